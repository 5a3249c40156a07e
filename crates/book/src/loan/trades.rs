//! What investors sell each other of a loan, and what the lender sells them: a part of a fund becomes another's.
//!
//! A fund that is sold in part is cut in two: both parts together get what the whole would have got, so that nobody
//! else's share changes by a cent. Parts are cut again in the order in which they were sold.

use jiff::civil::Date;
use loam_calc::funding::shares_of;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::course::Course;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{MarketRefusal, Refusal};
use crate::loan::securities::{Fund, weights};
use crate::loan::terms::is_zero;
use crate::loan::{Closure, Loan, LoanState};

/// Who sold to whom, in the order in which it was sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trade {
    /// The fund that was cut; `None`: the lender's part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Key>,
    /// The buyer's fund.
    pub to: Key,
}

/// A part of a fund that became another's, with every figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traded {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Key>,
    /// As it begins: with what of it had been repaid to whoever had it before.
    pub fund: Fund,
    /// By how much more was paid for it than was left in it; negative for less.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub premium: Amount,
}

/// A part of a fund that is to become another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTrade {
    /// The fund that is cut; `None`: the lender's part.
    pub from: Option<Key>,
    /// Of the buyer's fund.
    pub key: Key,
    /// The buyer's deposit account.
    pub account: Key,
    /// Of what was invested, or lent; what has been repaid of it is counted with it.
    pub amount: Amount,
    /// Without one, what is left in it.
    pub price: Option<Amount>,
    /// What the buyer earns of the rate.
    pub commission: Rate,
}

/// Everybody's share of a running total in the order of the funds, and behind them the lender's.
pub(crate) fn shared(loan: &Loan, total: Amount, weights: &[Amount]) -> Vec<Amount> {
    let course = &loan.servicing.course;
    let lender = course.funds.len();
    let place = |key: Key| course.funds.iter().position(|fund| fund.key == key);
    let mut whole = weights.to_vec();
    let mut cuts = Vec::with_capacity(course.trades.len());
    for trade in course.trades.iter().rev() {
        let from = trade.from.map_or(Some(lender), place);
        let Some((from, to)) = from.zip(place(trade.to)) else { continue };
        cuts.push((from, to, [whole[from], whole[to]]));
        let both = whole[from] + whole[to];
        whole[from] = both;
    }
    let is_root = |place: &usize| cuts.iter().all(|(_, to, _)| to != place);
    let roots: Vec<usize> = (0..whole.len()).filter(is_root).collect();
    let of_roots: Vec<Amount> = roots.iter().map(|place| whole[*place]).collect();
    let mut shares = vec![Amount::ZERO; whole.len()];
    for (place, share) in roots.into_iter().zip(shares_of(total, &of_roots)) {
        shares[place] = share;
    }
    for (from, to, parts) in cuts.into_iter().rev() {
        let cut = shares_of(shares[from], &parts);
        (shares[from], shares[to]) = (cut[0], cut[1]);
    }
    shares
}

/// Cuts a fund. What was repaid of the part goes with it, so that what is left in both is what was left in the whole.
///
/// # Errors
/// `UnknownOrder`, `MoreThanInvested`, `NothingLeft`.
pub(crate) fn trade(draft: &mut Draft<'_>, date: Date, new: &NewTrade) -> Result<(), Refusal> {
    let (amount, repaid) = part_of(&draft.loan, new.from).ok_or(MarketRefusal::UnknownOrder)?;
    let text = |amount: Amount| amount.to_fixed_text(draft.loan.terms.currency);
    if new.amount > amount || !new.amount.is_positive() {
        let (wanted, invested) = (text(new.amount), text(amount));
        return Err(MarketRefusal::MoreThanInvested { wanted, invested }.into());
    }
    let left = new.amount - cut_off(repaid, amount, new.amount);
    if !left.is_positive() {
        return Err(MarketRefusal::NothingLeft.into());
    }
    let premium = new.price.map_or(Amount::ZERO, |price| price - left);
    let fund = Fund {
        key: new.key,
        account: new.account,
        amount: new.amount,
        interest_commission: Some(new.commission),
        is_paid_in: true,
        principal_repaid: Amount::ZERO,
        interest_earned: Amount::ZERO,
        premium: Amount::ZERO,
        rebated: Amount::ZERO,
        lost: Amount::ZERO,
        traded: Amount::ZERO,
        bought_on: Some(date),
    };
    record(draft, date, Traded { from: new.from, fund, premium });
    Ok(())
}

/// Cuts a fund again, on what is now before it.
///
/// # Errors
/// `OrdersTraded` where the loan is not paid out any more, `NotForInvestors` where principal was waived before.
pub(crate) fn post_again(draft: &mut Draft<'_>, date: Date, traded: &Traded) -> Result<(), Refusal> {
    if draft.loan.state().disbursed_on().is_none() {
        return Err(MarketRefusal::OrdersTraded.into());
    }
    check_waived(&draft.loan)?;
    record(draft, date, traded.clone());
    Ok(())
}

/// What a claim of the protection waived or gave up is a loss of those who had the loan then: parts of it cannot
/// change hands after it.
pub(crate) fn check_waived(loan: &Loan) -> Result<(), Refusal> {
    if let LoanState::Closed { closure: Closure::WrittenOff, .. } = loan.state() {
        return Err(MarketRefusal::NotForInvestors { what: "principal that was given up" }.into());
    }
    if loan.servicing.course.waived.principal.is_zero() {
        return Ok(());
    }
    Err(MarketRefusal::NotForInvestors { what: "principal that was waived" }.into())
}

fn record(draft: &mut Draft<'_>, date: Date, mut traded: Traded) {
    let (amount, repaid) = part_of(&draft.loan, traded.from).unwrap_or_default();
    let fund = &mut traded.fund;
    fund.principal_repaid = cut_off(repaid, amount, fund.amount);
    fund.traded = -traded.premium;
    draft.record(date, Event::FundsTraded { traded: Box::new(traded) });
}

/// What of a fund, or of the lender's part, was invested and repaid.
fn part_of(loan: &Loan, from: Option<Key>) -> Option<(Amount, Amount)> {
    let course = &loan.servicing.course;
    match from {
        Some(key) => {
            let fund = course.funds.iter().find(|fund| fund.key == key && fund.is_paid_in)?;
            Some((fund.amount, fund.principal_repaid))
        }
        None => Some(lenders_part(loan)),
    }
}

/// What of the loan is the lender's own, and what was repaid of it.
pub(crate) fn lenders_part(loan: &Loan) -> (Amount, Amount) {
    let weights = weights(loan);
    let repaid = shared(loan, loan.servicing.paid.principal, &weights);
    weights.last().copied().zip(repaid.last().copied()).unwrap_or_default()
}

/// What of the repaid principal goes with a part of the amount.
fn cut_off(repaid: Amount, amount: Amount, part: Amount) -> Amount {
    shares_of(repaid, &[amount - part, part])[1]
}

impl Course {
    /// A part of a fund is another's from now on.
    pub(crate) fn trade(&mut self, traded: &Traded) {
        let fund = &traded.fund;
        let from = self.funds.iter_mut().find(|other| Some(other.key) == traded.from);
        if let Some(from) = from {
            from.amount -= fund.amount;
            from.principal_repaid -= fund.principal_repaid;
            from.traded += traded.premium;
        }
        self.trades.push(Trade { from: traded.from, to: fund.key });
        self.funds.push(fund.clone());
    }
}

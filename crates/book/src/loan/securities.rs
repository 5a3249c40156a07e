//! Guarantees of a loan, and the investors who fund it.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::funding::earned_by;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::custom_field::value::StatedValue;
use crate::ids::{Address, Key, Part};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::terms::{is_default, is_zero};
use crate::loan::trades::shared;
use crate::loan::{Holder, Loan, Terms};
use crate::party::ClientState;
use crate::product::interest::{InterestType, RateTerms};
use crate::product::securities::{FunderCommission, FundingRules};
use crate::stated::{StatedAmount, StatedPercent};

/// How many funds a loan has at most: their amounts add up without end otherwise.
pub(crate) const MAX_FUNDS: usize = 1_000;

/// Somebody or something that stands in for a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarantee {
    pub key: Key,
    pub kind: GuaranteeKind,
    pub amount: Amount,
    /// Of a guarantor: the deposit account that keeps the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub savings_account: Option<Address>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum GuaranteeKind {
    Guarantor { holder: Holder },
    Asset { name: String },
}

/// An investor's money in a loan, and what came back of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fund {
    pub key: Key,
    /// The investor's account. One that did not pay in is credited from the shares by those who keep it.
    pub account: Key,
    pub amount: Amount,
    /// What the investor earns of the rate, where each has a rate of its own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub interest_commission: Option<Rate>,
    /// The money left the investor's account when the loan was paid out, and each share of a repayment goes back
    /// there. The key is that of the booking.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_paid_in: bool,
    /// The investor's share of what was repaid.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub principal_repaid: Amount,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub interest_earned: Amount,
    /// What the investor got of the premium of a protection when the loan was paid out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub premium: Amount,
    /// What of the premium came when the loan ended early.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rebated: Amount,
    /// Of money that was paid in: what was given up with the loan, and did not come in since.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: Amount,
    /// What trades of it brought beyond what was left in what was sold, less what the fund itself cost beyond that.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub traded: Amount,
    /// The day on which it was bought of another investor or of the lender, while the loan ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bought_on: Option<Date>,
}

/// A funder's share of one repayment, or of what was lost or recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundShare {
    pub fund: Key,
    pub principal: Amount,
    pub interest: Amount,
    /// Principal that was given up; negative for what came in all the same.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: Amount,
    /// Whether it was lost because a protection was claimed, and not because the loan was given up.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_waived: bool,
    /// Whether it goes to the investor's account.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_paid_out: bool,
    /// Whether its interest is owed to an investor whose account others keep. Shares that were written before this was
    /// told owe nothing: they were not booked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_owed: bool,
}

/// A guarantee as a caller states it. The list that is posted is the whole of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedGuarantee {
    /// Of one that is there already.
    pub key: Option<Key>,
    pub is_asset: bool,
    pub guarantor: Option<StatedGuarantor>,
    pub savings_account: Option<Key>,
    pub asset_name: Option<String>,
    pub amount: StatedAmount,
    /// Those of one that is there already stay where none are given.
    pub custom_values: Option<Vec<StatedValue>>,
}

/// A guarantor as a caller names him or her, and what the desk finds of the holder: nothing where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedGuarantor {
    pub holder: Holder,
    /// Where the holder is kept; `None`: what was named led nowhere.
    pub part: Option<Part>,
    pub state: Option<ClientState>,
    /// The type of the client or group.
    pub role: Option<Key>,
}

impl StatedGuarantor {
    /// One whom the desk is to look up.
    pub fn named(holder: Holder, part: Option<Part>) -> StatedGuarantor {
        StatedGuarantor { holder, part, state: None, role: None }
    }

    /// Where the holder is looked up.
    pub fn address(&self) -> Option<Address> {
        self.part.map(|part| Address { part, key: self.holder.key })
    }
}

/// A fund as a caller states it. The list that is posted is the whole of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedFund {
    /// Of one that is there already.
    pub key: Option<Key>,
    pub account: Option<Key>,
    pub amount: StatedAmount,
    pub interest_commission: Option<StatedPercent>,
}

/// Shares what was just repaid among those who fund the loan, and writes it with the loan. The
/// lender keeps what nobody funds.
pub(crate) fn share(draft: &mut Draft<'_>, date: Date, repaid: Components) {
    let after = draft.loan.servicing.paid;
    share_between(draft, date, (after - repaid, after));
}

/// Shares what another loan took over of this one among those who paid for it: it repays them. What others fund goes
/// over to that loan.
pub(crate) fn share_repaid_by_another(draft: &mut Draft<'_>, date: Date, taken_over: Components) {
    if paid_in(&draft.loan).next().is_some() {
        let before = draft.loan.servicing.paid;
        share_between(draft, date, (before, before + taken_over));
    }
}

fn share_between(draft: &mut Draft<'_>, date: Date, (before, after): (Components, Components)) {
    let loan = &draft.loan;
    if loan.servicing.course.funds.is_empty() {
        return;
    }
    let rules = loan.terms.securities.funding.as_ref();
    // What was waived has been shared as a loss: shares of both together come out even.
    let waived = Components { principal: loan.servicing.course.waived.principal, ..Components::ZERO };
    let (before, after) = (before + waived, after + waived);
    let rate = loan.rate_on(date);
    let (was, is) = (running(loan, rules, rate, before), running(loan, rules, rate, after));
    let shares = loan.servicing.course.funds.iter().zip(was.into_iter().zip(is));
    let shares = shares.map(|(fund, (was, is))| FundShare {
        principal: is.principal - was.principal,
        interest: is.interest - was.interest,
        ..FundShare::nothing_of(fund)
    });
    let shares = shares.filter(|share| !share.principal.is_zero() || !share.interest.is_zero()).collect();
    draft.derive(date, Event::FundsShared { shares });
}

impl Terms {
    /// What of the terms does not go with investors who pay in. Their parts of the principal stand when it is paid out,
    /// and their parts of interest are parts of one rate: what a product with funding may not have, and a limit.
    pub(crate) fn contradicts_investors(&self) -> Option<&'static str> {
        if self.is_revolving() {
            return Some("a limit that is drawn again");
        }
        if self.interest_rules.interest_type != InterestType::SimpleInterest {
            return Some("interest that is added to the principal");
        }
        let has_tiers = self.interest_rules.rate_terms != RateTerms::Fixed;
        (self.is_dynamic() && has_tiers).then_some("a rate that has tiers")
    }
}

impl Fund {
    /// What is still in the loan.
    pub fn left(&self) -> Amount {
        self.amount - self.principal_repaid - self.lost
    }

    /// What came back less what was paid in, but for the premium.
    pub(crate) fn cash(&self) -> Amount {
        self.principal_repaid + self.interest_earned - self.amount + self.traded
    }
}

impl FundShare {
    fn nothing_of(fund: &Fund) -> FundShare {
        let nothing = Amount::ZERO;
        let is_paid_out = fund.is_paid_in;
        FundShare {
            fund: fund.key,
            principal: nothing,
            interest: nothing,
            lost: nothing,
            is_waived: false,
            is_paid_out,
            is_owed: !is_paid_out,
        }
    }
}

/// The loan is given up, and with it what investors paid in and did not get back.
pub(crate) fn lose(draft: &mut Draft<'_>, date: Date) {
    let of = |fund: &Fund| FundShare { lost: fund.left(), ..FundShare::nothing_of(fund) };
    let shares = paid_in(&draft.loan).map(of).filter(|share| !share.lost.is_zero()).collect();
    share_out(draft, date, shares);
}

/// Principal was waived: each investor loses a part of it.
pub(crate) fn lose_waived(draft: &mut Draft<'_>, date: Date, waived: Amount) {
    let loan = &draft.loan;
    let after = loan.servicing.paid.principal + loan.servicing.course.waived.principal;
    let of = |settled: Amount| shared(loan, settled, &weights(loan));
    let shares = of(after - waived).into_iter().zip(of(after));
    let shares = loan.servicing.course.funds.iter().zip(shares).filter(|(fund, _)| fund.is_paid_in);
    let of_fund = |(fund, (was, is)): (&Fund, (Amount, Amount))| FundShare {
        lost: is - was,
        is_waived: true,
        ..FundShare::nothing_of(fund)
    };
    let lost = shares.map(of_fund);
    let shares = lost.filter(|share| !share.lost.is_zero()).collect();
    share_out(draft, date, shares);
}

/// Shares what came in on a loan that was given up. It is principal first; what comes in beyond that is the lender's.
pub(crate) fn share_recovered(draft: &mut Draft<'_>, date: Date, amount: Amount) {
    let loan = &draft.loan;
    if paid_in(loan).next().is_none() {
        return;
    }
    let (lost, after) = (loan.servicing.lost().principal, loan.servicing.course.recovered);
    let repaid = loan.servicing.paid.principal + loan.servicing.course.waived.principal;
    let of = |recovered: Amount| shared(loan, repaid + recovered.min(lost), &weights(loan));
    let (was, is) = (of(after - amount), of(after));
    let shares = loan.servicing.course.funds.iter().zip(was.into_iter().zip(is));
    let shares = shares.filter(|(fund, _)| fund.is_paid_in).map(|(fund, (was, is))| FundShare {
        principal: is - was,
        lost: was - is,
        ..FundShare::nothing_of(fund)
    });
    let shares = shares.filter(|share| !share.principal.is_zero()).collect();
    share_out(draft, date, shares);
}

fn paid_in(loan: &Loan) -> impl Iterator<Item = &Fund> {
    loan.servicing.course.funds.iter().filter(|fund| fund.is_paid_in)
}

fn share_out(draft: &mut Draft<'_>, date: Date, shares: Vec<FundShare>) {
    if !shares.is_empty() {
        draft.derive(date, Event::FundsShared { shares });
    }
}

/// What each funds, and behind them the lender.
pub(crate) fn weights(loan: &Loan) -> Vec<Amount> {
    let mut weights: Vec<Amount> = loan.servicing.course.funds.iter().map(|fund| fund.amount).collect();
    weights.push(lent(loan) - weights.iter().copied().sum());
    weights
}

/// Each funder's share of everything that was repaid so far. Principal and interest are shared by
/// the funds; of its interest each funder gets what its commission is of the rate that counts.
fn running(loan: &Loan, rules: Option<&FundingRules>, rate: Rate, paid: Components) -> Vec<Components> {
    let funds = &loan.servicing.course.funds;
    let weights = weights(loan);
    let shares = |paid: Amount| shared(loan, paid, &weights).into_iter();
    let shares = shares(paid.principal).zip(shares(paid.interest));
    let of_fund = |(fund, (principal, interest)): (&Fund, (Amount, Amount))| Components {
        principal,
        interest: earned_by(interest, earns(fund, rules, rate), rate),
        ..Components::ZERO
    };
    funds.iter().zip(shares).map(of_fund).collect()
}

/// What is lent in all: fees that are lent with the loan amount are the lender's.
fn lent(loan: &Loan) -> Amount {
    if paid_in(loan).next().is_some() {
        // As it was paid out: such a loan grows by nothing else.
        return loan.terms.amount + loan.servicing.course.capitalized_fees;
    }
    if loan.terms.is_revolving() {
        return loan.terms.amount;
    }
    let servicing = &loan.servicing;
    let settled = servicing.paid.principal + servicing.course.waived.principal;
    loan.terms.amount.max(settled + servicing.outstanding.principal)
}

/// The part of the rate that is a funder's: its own commission, or what the lender leaves.
fn earns(fund: &Fund, rules: Option<&FundingRules>, rate: Rate) -> Rate {
    let own = fund.interest_commission.unwrap_or(Rate::from_ratio(0, 1));
    let Some(rules) = rules.filter(|_| !fund.is_paid_in) else { return own };
    match rules.commission {
        FunderCommission::FixedInterestCommissions => own,
        FunderCommission::PercentageOfLoanFunding => {
            let kept = rules.organization_commission.default.unwrap_or(Rate::from_ratio(0, 1));
            less(rate, kept)
        }
    }
}

/// One rate less another; nothing where that would be less.
fn less(rate: Rate, kept: Rate) -> Rate {
    let numerator = rate.numerator() * kept.denominator() - kept.numerator() * rate.denominator();
    let denominator = rate.denominator() * kept.denominator();
    match (i64::try_from(numerator), i64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) if numerator > 0 => Rate::from_ratio(numerator, denominator),
        _ => Rate::from_ratio(0, 1),
    }
}

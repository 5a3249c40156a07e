//! A life that has happened, with what is to be remembered of it.

use jiff::ToSpan;
use jiff::civil::Date;
use loam_book::ids::{Key, Part};
use loam_book::loan::Servicing;
use loam_book::loan::charges::penalties;
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, NewLoan, ReversalKind, Reverse};
use loam_book::loan::custom_payment::PaidKind;
use loam_book::loan::event::charge::{Forgone, PenaltyPart};
use loam_book::loan::event::{Event, InterestCause};
use loam_book::loan::log::effective;
use loam_book::loan::refusal::Refusal;
use loam_book::loan::restructuring::{Restructure, RestructureDetails, RestructureKind};
use loam_book::loan::securities::StatedFund;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::party::Assignment;
use loam_book::product::securities::FunderCommission;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::money::Amount;

use super::moves::{Act, Charging, Move, PAID_KINDS, parts_of};
use super::terms::Agreed;
use crate::support::{TestBook, text};

#[derive(Clone)]
pub(crate) struct Life {
    pub(crate) book: TestBook,
    /// How the loan stood before something was done in vain, and after it was taken back.
    pub(crate) restored: Vec<(Servicing, Servicing)>,
    /// How the loan stood at the end of days.
    pub(crate) evenings: Vec<(Date, Servicing)>,
    /// The lives of the loans whose place this one took, the first one first.
    pub(crate) earlier: Vec<Life>,
    figures: LoanFigures,
}

type Answer = Result<Vec<LoanTransaction>, Refusal>;

impl Life {
    /// A loan of these terms, paid out; `None` where they give none.
    pub(crate) fn begin(agreed: &Agreed) -> Option<Life> {
        let mut book = agreed.book();
        book.create_with(agreed.figures.clone()).ok()?;
        let funds: Vec<StatedFund> =
            (1..).zip(&agreed.funds).map(|(at, cents)| fund(agreed, at, *cents)).collect();
        if !funds.is_empty() {
            book.command(&LoanCommand::SetFunds { funds }).ok()?;
        }
        book.command(&LoanCommand::Approve { notes: None }).ok()?;
        let amount = agreed.first_part.map(|cents| StatedAmount(text(cents)));
        book.command(&LoanCommand::Disburse(Disburse { amount, ..Disburse::default() })).ok()?;
        Some(Life::of(book, agreed.figures.clone()))
    }

    fn of(book: TestBook, figures: LoanFigures) -> Life {
        Life { book, restored: Vec::new(), evenings: Vec::new(), earlier: Vec::new(), figures }
    }

    /// A refusal is a normal answer; a panic is not.
    pub(crate) fn lead(&mut self, step: &Move) {
        let _answer = match step {
            Move::Days(days) => {
                self.evenings.push((self.book.business_date, self.book.loan().servicing.clone()));
                self.book.move_to(self.book.business_date.saturating_add(days.days()));
                Ok(vec![])
            }
            Move::Act(Act::PayParts { shares, days_ago: 0 }) => self.pay_parts(shares),
            Move::Act(act) => self.book.command(&act.command(&self.book)),
            Move::InVain(act) => self.in_vain(act),
            Move::Reverse(index) => self.reverse_one(*index),
            // Lent again with its interest at a hundred percent a day, it is soon more than there is.
            Move::Restructure { .. } if self.book.outstanding().total().minor() > 1_000_000_000_000 => {
                Ok(vec![])
            }
            Move::Restructure { is_refinance, top_up, given_up } => {
                let asked = self.restructuring(*is_refinance, *top_up, *given_up);
                self.book.restructure(&asked).map(|new| {
                    let new = Life::of(new, self.figures.clone());
                    let mut old = std::mem::replace(self, new);
                    self.earlier.append(&mut old.earlier);
                    self.earlier.push(old);
                    vec![]
                })
            }
        };
    }

    /// What a repayment says that it pays is what it is served as.
    fn pay_parts(&mut self, shares: &[u8; 7]) -> Answer {
        self.book.command(&LoanCommand::Advance)?;
        let parts = parts_of(&self.book, shares);
        let act = Act::PayParts { shares: *shares, days_ago: 0 };
        let served = self.book.command(&act.command(&self.book))?;
        let repaid = served.iter().find(|row| row.kind == TransactionKind::Repayment);
        let repaid = repaid.expect("what was paid is served");
        if !parts.is_empty() {
            let shown = repaid.charges.custom.iter().map(|part| (part.kind, part.amount.minor()));
            let mut shown: Vec<(PaidKind, i64)> = shown.collect();
            shown.sort_by_key(|(kind, _)| PAID_KINDS.iter().position(|known| known == kind));
            assert_eq!(shown, parts);
            let taxes: Amount = repaid.charges.custom.iter().map(|part| part.tax).sum();
            assert_eq!(taxes, repaid.charges.tax.total());
        }
        Ok(served)
    }

    /// What is asked for where another loan is to take the place of this one: some thousandths lent on
    /// top, or given up of what is owed.
    fn restructuring(&self, is_refinance: bool, top_up: i64, given_up: i64) -> Restructure {
        let loan = self.book.loan();
        let share = |amount: Amount, share: i64| Some(StatedAmount(text(amount.minor() * share / 1_000)));
        let owed = loan.servicing.outstanding;
        let details = RestructureDetails {
            top_up: if is_refinance { share(loan.terms.amount, top_up) } else { None },
            principal_write_off: if is_refinance { None } else { share(owed.principal, given_up) },
            interest_write_off: share(owed.interest, given_up),
            fees_write_off: share(owed.fees, given_up),
            penalty_write_off: share(owed.penalties, given_up),
        };
        let figures =
            LoanFigures { amount: None, capitalized_fee: None, tranches: None, ..self.figures.clone() };
        let new = NewLoan {
            id: Some(format!("NEW{}", self.earlier.len())),
            holder: loan.holder,
            product: loan.terms.product,
            name: None,
            notes: None,
            assignment: Assignment::default(),
            figures,
        };
        let kind = if is_refinance { RestructureKind::Refinance } else { RestructureKind::Reschedule };
        Restructure { kind, new, details: Some(details), notes: None }
    }

    /// Does something and takes its transaction back, which is always possible.
    fn in_vain(&mut self, act: &Act) -> Answer {
        // What the passing of days brings comes before; it stays when the rest is taken back.
        self.book.command(&LoanCommand::Advance)?;
        let before = self.as_it_stands();
        let known: Vec<i64> = self.counting().iter().map(|row| row.id).collect();
        self.book.command(&act.command(&self.book))?;
        let kind = served_as(act);
        let is_it = |row: &&LoanTransaction| {
            kind == Some(row.kind) && !known.contains(&row.id) && !self.is_early_interest(row.id)
        };
        // A back-dated fact posts later ones of its kind again; it is the first among the new ones.
        let new = self.counting().into_iter().filter(is_it).min_by_key(|row| row.id).cloned();
        let new = new.expect("what was done is served");
        self.take_back(&new).expect("what was just done can be taken back");
        // A fee that was taken back is forgone from the day of the correction on, so that a payment before
        // the fee may be split otherwise.
        let is_forgone =
            |event: &Event| matches!(event, Event::ChargeForgone { forgone: Forgone::Fee { .. } });
        if !effective(&self.book.entries).iter().any(|one| is_forgone(&one.step.event)) {
            self.restored.push((before, self.as_it_stands()));
        }
        Ok(vec![])
    }

    /// The servicing with what has grown of penalties by today: on which days that was noted is nobody's
    /// concern.
    fn as_it_stands(&self) -> Servicing {
        let loan = self.book.loan();
        let mut servicing = loan.servicing.clone();
        let accrued = penalties::accrued(loan, self.book.business_date);
        let charges = &mut servicing.course.charges;
        let amount = charges.penalties.iter().map(|part| part.amount).sum();
        charges.penalties = vec![PenaltyPart { number: 0, accrued, amount }];
        charges.penalties_through = None;
        servicing
    }

    fn reverse_one(&mut self, index: usize) -> Answer {
        let counting = self.counting();
        let Some(row) = counting.get(index % counting.len().max(1)).copied().cloned() else {
            return Ok(vec![]);
        };
        self.take_back(&row)
    }

    fn take_back(&mut self, row: &LoanTransaction) -> Answer {
        const OTHERS: [(TransactionKind, ReversalKind); 10] = [
            (TransactionKind::PenaltyApplied, ReversalKind::Penalty),
            (TransactionKind::FeesReduced, ReversalKind::FeeReduction),
            (TransactionKind::PenaltiesReduced, ReversalKind::PenaltyReduction),
            (TransactionKind::Fee, ReversalKind::Fee),
            (TransactionKind::InterestApplied, ReversalKind::Interest),
            (TransactionKind::PaymentReschedule, ReversalKind::PaymentReschedule),
            (TransactionKind::PaymentMade, ReversalKind::PaymentMade),
            (TransactionKind::Recovery, ReversalKind::Recovery),
            (TransactionKind::Waiver, ReversalKind::Claim),
            (TransactionKind::WriteOff, ReversalKind::Claim),
        ];
        // Of the rest the repayments can be taken back; others are refused.
        let found = OTHERS.iter().find(|(kind, _)| *kind == row.kind);
        let kind = found.map_or(ReversalKind::Repayment, |(_, reversal)| *reversal);
        let reverse = Reverse { kind, original: row.id, account_no: None, notes: None };
        self.book.command(&LoanCommand::Reverse(reverse))
    }

    /// Whether interest was applied only because something paid it, or asked for what comes after it.
    fn is_early_interest(&self, transaction_id: i64) -> bool {
        effective(&self.book.entries).iter().any(|one| {
            matches!(
                one.step.event,
                Event::InterestApplied { posted, cause: InterestCause::EarlyPayment, .. }
                    if posted.transaction_id == transaction_id
            )
        })
    }

    /// Transactions that count and are no reversals.
    fn counting(&self) -> Vec<&LoanTransaction> {
        let rows = self.book.transactions.iter();
        rows.filter(|row| row.reverses.is_none() && row.reversed_by.is_none()).collect()
    }
}

/// As which transaction an act that can be taken back is served.
fn served_as(act: &Act) -> Option<TransactionKind> {
    match act {
        Act::Repay { .. } | Act::PayParts { .. } => Some(TransactionKind::Repayment),
        Act::Charge(Charging::Arbitrary { .. } | Charging::ManualFee { .. }, _) => Some(TransactionKind::Fee),
        Act::Charge(Charging::Penalty { .. }, _) => Some(TransactionKind::PenaltyApplied),
        Act::Charge(Charging::Waive { fees: true, .. }, _) => Some(TransactionKind::FeesReduced),
        Act::Charge(Charging::Waive { fees: false, .. }, _) => Some(TransactionKind::PenaltiesReduced),
        Act::ReAge { .. } | Act::Simple(_) => Some(TransactionKind::PaymentReschedule),
        Act::Recover { .. } => Some(TransactionKind::Recovery),
        Act::Claim { is_full: true, .. } => Some(TransactionKind::WriteOff),
        Act::Claim { is_full: false, .. } => Some(TransactionKind::Waiver),
        Act::ApplyInterest { .. } => Some(TransactionKind::InterestApplied),
        Act::Tolerance(_)
        | Act::Edit(_)
        | Act::Delete(_)
        | Act::Rate { .. }
        | Act::Pause { .. }
        | Act::Redraw { .. }
        | Act::PayOut { .. } => None,
    }
}

fn fund(agreed: &Agreed, account: u64, cents: i64) -> StatedFund {
    let rules = agreed.product.securities.funding.expect("funds go with a product that takes them");
    let earns = rules.commission == FunderCommission::FixedInterestCommissions;
    StatedFund {
        key: None,
        account: Some(Key::entity(Part::new(9), 1, account)),
        amount: StatedAmount(text(cents)),
        interest_commission: earns.then(|| StatedPercent("0.5".into())),
    }
}

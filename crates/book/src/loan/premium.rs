//! The premium of a protected loan, and what of it is the investors': a share when the loan is paid out, and a rebate
//! of what was not earned when the loan ends early.

use jiff::civil::Date;
use loam_calc::exact::Exact;
use loam_calc::funding::shares_of;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::commands::disbursement_fees::next_installment;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::event::charge::{FeeCause, FeeCharge};
use crate::loan::protection::Protection;
use crate::loan::restructuring::RestructureKind;
use crate::loan::securities::Fund;
use crate::loan::{Closure, Loan};
use crate::organization::TransactionDetails;

/// Why investors get something of the premium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PremiumCause {
    /// The loan was paid out.
    Disbursement,
    /// The loan ended early; less than nothing where it runs on after all.
    Rebate,
}

/// An investor's part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PremiumShare {
    pub fund: Key,
    pub amount: Amount,
}

/// How a loan ends, or that it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    PaidOff,
    WrittenOff,
    Refinanced,
    RunsOn,
}

/// Whether an event ends a loan so that a rebate may be due, or lets it run on.
pub(crate) fn turn_of(event: &Event) -> Option<Turn> {
    if let Event::Closed { closure, is_idle: false, .. } = event {
        return match closure {
            Closure::Repaid => Some(Turn::PaidOff),
            Closure::Refinanced => Some(Turn::Refinanced),
            Closure::Rejected
            | Closure::Withdrawn
            | Closure::WrittenOff
            | Closure::Rescheduled
            | Closure::Deleted => None,
        };
    }
    if let Event::Restructured { successor, .. } = event {
        return (successor.kind == RestructureKind::Refinance).then_some(Turn::Refinanced);
    }
    if let Event::WrittenOff { .. } = event {
        return Some(Turn::WrittenOff);
    }
    matches!(event, Event::Reopened { .. }).then_some(Turn::RunsOn)
}

/// Charges a premium that is no part of the loan amount, with the first installment.
pub(crate) fn charge(draft: &mut Draft<'_>, date: Date) {
    let Some(protection) = draft.loan.terms.protection.as_deref() else { return };
    let amount = protection.fee;
    if !protection.is_charged || !amount.is_positive() {
        return;
    }
    let number = next_installment(&draft.loan);
    let charge = FeeCharge { cause: FeeCause::Disbursement, ..FeeCharge::default() };
    let (posted, details) = (draft.unposted(Amount::ZERO), TransactionDetails::default());
    draft.derive(date, Event::FeeCharged { posted, amount, number, details, charge });
}

/// Gives the investors who just paid for the loan their share of the premium.
pub(crate) fn share(draft: &mut Draft<'_>, date: Date) {
    let Some(protection) = draft.loan.terms.protection.as_deref() else { return };
    let share = protection.investor_share;
    let amount = Exact::from_amount(protection.fee).times(share.numerator()).divided_by(share.denominator());
    let amount = amount.round(Rounding::HalfUp);
    give(draft, date, (PremiumCause::Disbursement, amount));
}

/// Gives a rebate where a loan ended early, and takes it back where one runs on.
pub(crate) fn settle(draft: &mut Draft<'_>, date: Date, turn: Turn) {
    let Some(protection) = draft.loan.terms.protection.as_deref() else { return };
    let rebates = protection.rebates;
    let is_due = match turn {
        Turn::PaidOff => rebates.at_payoff,
        Turn::WrittenOff => rebates.at_write_off,
        Turn::Refinanced => rebates.at_refinance,
        Turn::RunsOn => return take_back(draft, date),
    };
    if is_due {
        let amount = unearned(&draft.loan, protection, date);
        give(draft, date, (PremiumCause::Rebate, amount));
    }
}

/// The lender's share of the premium by installments that are not due yet, of all; rounded down. What was waived
/// counts as earned unless waivers are ignored.
fn unearned(loan: &Loan, protection: &Protection, date: Date) -> Amount {
    let servicing = &loan.servicing;
    let rows = &servicing.installments;
    let ignores_waivers = protection.rebates.ignores_waivers;
    let counts = |number: u32| ignores_waivers || servicing.waived_of(number).is_zero();
    let open = rows.iter().filter(|row| row.due_date > date && counts(row.number)).count();
    let count = |count: usize| i128::try_from(count).unwrap_or(i128::MAX);
    let shared: Amount = servicing.course.funds.iter().map(|fund| fund.premium).sum();
    let lenders = Exact::from_amount(protection.fee - shared);
    lenders.times(count(open)).divided_by(count(rows.len().max(1))).round(Rounding::Down)
}

/// Each investor's part, by what he paid in.
fn give(draft: &mut Draft<'_>, date: Date, (cause, amount): (PremiumCause, Amount)) {
    let funds: Vec<&Fund> = draft.loan.servicing.course.funds.iter().filter(|fund| fund.is_paid_in).collect();
    let weights: Vec<Amount> = funds.iter().map(|fund| fund.amount).collect();
    let parts = funds.iter().zip(shares_of(amount, &weights));
    let shares = parts.map(|(fund, amount)| PremiumShare { fund: fund.key, amount }).collect();
    derive(draft, date, (cause, shares));
}

fn take_back(draft: &mut Draft<'_>, date: Date) {
    if !draft.loan.servicing.state.is_active() {
        return;
    }
    let funds = draft.loan.servicing.course.funds.iter();
    let shares = funds.map(|fund| PremiumShare { fund: fund.key, amount: -fund.rebated }).collect();
    derive(draft, date, (PremiumCause::Rebate, shares));
}

fn derive(draft: &mut Draft<'_>, date: Date, (cause, mut shares): (PremiumCause, Vec<PremiumShare>)) {
    shares.retain(|share| !share.amount.is_zero());
    if !shares.is_empty() {
        draft.derive(date, Event::PremiumShared { cause, shares });
    }
}

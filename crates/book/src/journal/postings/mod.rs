//! The posting manual: one file per event that moves money.

use loam_calc::money::Amount;

use crate::journal::{GlAccount, Transfer};
use crate::loan::Loan;
use crate::loan::event::{Entry, Event, Placed, Step};
use crate::organization::TransactionDetails;

mod disbursement;
mod fee;
mod fee_income;
mod interest;
mod penalty;
mod recovery;
mod repayment;
mod restructuring;
mod reversal;
mod write_off;

/// One debit and one credit, before it is put on a loan and a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    pub debit: GlAccount,
    pub credit: GlAccount,
    pub amount: Amount,
}

/// The transfers that an entry makes. Every event that moves money makes one or more.
pub fn transfers(loan: &Loan, entry: &Entry) -> Vec<Transfer> {
    let on_loan = |step: &Step, movement: Movement| Transfer {
        debit: movement.debit,
        credit: movement.credit,
        amount: movement.amount,
        currency: loan.terms.currency,
        value_date: step.value_date,
        booking_date: entry.stamp.booking_date,
        branch: loan.assignment.branch,
        product: loan.terms.product,
        part: loan.part,
        account_no: loan.account_no,
        seq: entry.seq,
    };
    let Event::Refolded { refolded } = &entry.step.event else {
        return movements(&entry.step).into_iter().map(|m| on_loan(&entry.step, m)).collect();
    };
    let mut all: Vec<Transfer> = Vec::new();
    for reversal in &refolded.reversals {
        all.extend(reversal::reversal(&reversal.step).into_iter().map(|m| on_loan(&reversal.step, m)));
    }
    for placed in &refolded.tail {
        if let Placed::New(step) = placed {
            all.extend(movements(step).into_iter().map(|m| on_loan(step, m)));
        }
    }
    all
}

/// Where the money of a loan comes from and goes to: another account of the book, or the outside.
fn funds(details: &TransactionDetails) -> GlAccount {
    if details.transfer.is_some() { GlAccount::AccountTransfers } else { GlAccount::FundSource }
}

/// What an effective step moves; zero amounts move nothing.
pub fn movements(step: &Step) -> Vec<Movement> {
    let mut all = match &step.event {
        Event::Disbursed {
            amount,
            capitalized_fee,
            capitalized_fee_tax,
            fees,
            carried_over,
            details,
            ..
        } => {
            let kept = disbursement::Kept {
                capitalized_fee: (*capitalized_fee, *capitalized_fee_tax),
                fees,
                carried_over: carried_over.map_or(Amount::ZERO, |carried_over| carried_over.amount),
            };
            disbursement::disbursement(funds(details), *amount, &kept)
        }
        Event::InterestApplied { amount, parts, tax, .. } => {
            let capitalized = parts.iter().map(|part| part.part.principal).sum();
            interest::interest_applied(*amount, capitalized, *tax)
        }
        Event::Repaid { amount, parts, details, .. } => {
            repayment::repayment(funds(details), *amount, parts.iter().map(|part| part.part).sum())
        }
        Event::Redrawn { amount, .. } => repayment::redrawn(*amount),
        Event::FeeCharged { amount, charge, .. } => fee::fee_charged(*amount, *charge),
        Event::PenaltyApplied { amount, tax, .. } => penalty::penalty_applied(*amount, *tax),
        Event::FeeIncomeRecognized { parts } => fee_income::recognized(parts),
        Event::WrittenOff { amount, .. } => write_off::write_off(*amount),
        Event::Recovered { amount, .. } => recovery::recovery(*amount),
        Event::Restructured { written_off, carried_over, .. } => {
            restructuring::restructured(*written_off, *carried_over)
        }
        Event::ChargeReduced { amount, tax, .. } => fee::charge_reduced(*amount, *tax),
        Event::Created { .. }
        | Event::Edited { .. }
        | Event::ApprovalRequested { .. }
        | Event::Approved { .. }
        | Event::ApprovalUndone { .. }
        | Event::PenaltyAccrued { .. }
        | Event::ChargeForgone { .. }
        | Event::ScheduleChanged { .. }
        | Event::RateChanged { .. }
        | Event::RateReviewed
        | Event::InterestPaused { .. }
        | Event::TranchesSet { .. }
        | Event::DisbursementPlanned { .. }
        | Event::ArrearsChanged { .. }
        | Event::Locked { .. }
        | Event::Unlocked { .. }
        | Event::ScheduleEdited { .. }
        | Event::Closed { .. }
        | Event::Reopened { .. }
        | Event::GuaranteesSet { .. }
        | Event::FundsSet { .. }
        | Event::SettlementAccountsSet { .. }
        | Event::LineOfCreditSet { .. }
        | Event::FundsShared { .. }
        | Event::Refolded { .. } => Vec::new(),
    };
    all.retain(|movement| !movement.amount.is_zero());
    all
}

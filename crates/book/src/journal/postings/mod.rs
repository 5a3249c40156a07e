//! The posting manual: one file per event that moves money.

use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::journal::{GlAccount, Transfer};
use crate::loan::Loan;
use crate::loan::event::{Entry, Event, Placed, Step};
use crate::organization::TransactionDetails;
use crate::product::AccountingMethod;

mod disbursement;
mod fee;
mod fee_income;
mod interest;
mod investors;
mod method;
mod penalty;
mod premium;
mod recovery;
mod repayment;
mod restructuring;
mod reversal;
mod waiver;
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
        booked: loan.terms.accounting.rules.booked(movement.debit, movement.credit),
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
    let method = loan.terms.accounting.method;
    let Event::Refolded { refolded } = &entry.step.event else {
        return movements(&entry.step, method).into_iter().map(|m| on_loan(&entry.step, m)).collect();
    };
    let mut all: Vec<Transfer> = Vec::new();
    for reversal in &refolded.reversals {
        all.extend(
            reversal::reversal(&reversal.step, method).into_iter().map(|m| on_loan(&reversal.step, m)),
        );
    }
    for placed in &refolded.tail {
        if let Placed::New(step) = placed {
            all.extend(movements(step, method).into_iter().map(|m| on_loan(step, m)));
        }
    }
    all
}

/// Where the money of a loan comes from and goes to: the loan that takes its place, another account of the book, or
/// the outside.
fn funds(details: &TransactionDetails) -> GlAccount {
    match details.transfer {
        Some(other) if other.is_loan => GlAccount::Restructuring,
        Some(other) => other.clearing(),
        None => GlAccount::FundSource,
    }
}

/// What an effective step moves by a method of accounting; zero amounts move nothing.
pub fn movements(step: &Step, method: AccountingMethod) -> Vec<Movement> {
    let owed = when_owed(step);
    let mut all = match method {
        AccountingMethod::Accrual => owed,
        AccountingMethod::Cash => method::when_paid(owed, collected_tax(&step.event)),
        AccountingMethod::None => method::between_accounts(owed),
    };
    all.retain(|movement| !movement.amount.is_zero());
    all
}

/// The tax in what an event collects of interest, fees and penalties.
fn collected_tax(event: &Event) -> Components {
    if let Event::Repaid { tax, .. } | Event::Restructured { tax, .. } = event {
        return *tax;
    }
    Components::default()
}

/// What a step moves where income counts when it is owed.
fn when_owed(step: &Step) -> Vec<Movement> {
    match &step.event {
        Event::Disbursed {
            amount,
            capitalized_fee,
            capitalized_fee_tax,
            fees,
            carried_over,
            paid_off,
            details,
            ..
        } => {
            let carried_over = carried_over.map_or(Amount::ZERO, |carried_over| carried_over.amount);
            let paid_off: Amount = paid_off.iter().map(|paid| paid.amount).sum();
            let kept = disbursement::Kept {
                capitalized_fee: (*capitalized_fee, *capitalized_fee_tax),
                fees,
                for_others: carried_over + paid_off,
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
        Event::Waived { parts, tax, .. } => waiver::waived(parts, *tax),
        Event::Recovered { amount, .. } => recovery::recovery(*amount),
        Event::Restructured { written_off, carried_over, .. } => {
            restructuring::restructured(*written_off, *carried_over)
        }
        Event::FundsPaidIn { funds } => investors::paid_in(funds),
        Event::FundsTraded { traded } => investors::traded(traded),
        Event::FundsShared { shares } => investors::shared(shares),
        Event::PremiumShared { shares, .. } => premium::shared(shares),
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
        | Event::TrancheExpected { .. }
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
        | Event::Refolded { .. } => Vec::new(),
    }
}

//! Transactions: what the outside sees of a loan's movements. A served transaction never changes
//! its figures; when it stops counting it gains a reversal.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::Loan;
use crate::loan::charges::served::{charges_of, negated};
use crate::loan::event::charge::TransactionCharges;
use crate::loan::event::{Entry, Event, InstallmentPart, Placed, Posted, Reversal, Stamp, Step};
use crate::organization::TransactionDetails;

/// What kind of movement a transaction shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionKind {
    Disbursement,
    DisbursementReversal,
    Repayment,
    RepaymentReversal,
    InterestRateChanged,
    InterestRateChangeReversal,
    PaymentMade,
    PaymentMadeReversal,
    Fee,
    FeeReversal,
    PenaltyApplied,
    PenaltyReversal,
    InterestApplied,
    InterestAppliedReversal,
    WriteOff,
    WriteOffReversal,
    /// The protection was claimed.
    Waiver,
    WaiverReversal,
    Recovery,
    RecoveryReversal,
    /// Another loan took the place of this one.
    Restructure,
    PaymentReschedule,
    PaymentRescheduleReversal,
    FeesReduced,
    FeesReducedReversal,
    PenaltiesReduced,
    PenaltiesReducedReversal,
    InterestLocked,
    FeeLocked,
    PenaltyLocked,
    InterestUnlocked,
    FeeUnlocked,
    PenaltyUnlocked,
}

impl TransactionKind {
    pub const ALL: [TransactionKind; 33] = [
        TransactionKind::Disbursement,
        TransactionKind::DisbursementReversal,
        TransactionKind::Repayment,
        TransactionKind::RepaymentReversal,
        TransactionKind::InterestRateChanged,
        TransactionKind::InterestRateChangeReversal,
        TransactionKind::PaymentMade,
        TransactionKind::PaymentMadeReversal,
        TransactionKind::Fee,
        TransactionKind::FeeReversal,
        TransactionKind::PenaltyApplied,
        TransactionKind::PenaltyReversal,
        TransactionKind::InterestApplied,
        TransactionKind::InterestAppliedReversal,
        TransactionKind::WriteOff,
        TransactionKind::WriteOffReversal,
        TransactionKind::Waiver,
        TransactionKind::WaiverReversal,
        TransactionKind::Recovery,
        TransactionKind::RecoveryReversal,
        TransactionKind::Restructure,
        TransactionKind::PaymentReschedule,
        TransactionKind::PaymentRescheduleReversal,
        TransactionKind::FeesReduced,
        TransactionKind::FeesReducedReversal,
        TransactionKind::PenaltiesReduced,
        TransactionKind::PenaltiesReducedReversal,
        TransactionKind::InterestLocked,
        TransactionKind::FeeLocked,
        TransactionKind::PenaltyLocked,
        TransactionKind::InterestUnlocked,
        TransactionKind::FeeUnlocked,
        TransactionKind::PenaltyUnlocked,
    ];
}

/// A served transaction. Amounts of a reversal are negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanTransaction {
    pub id: i64,
    pub kind: TransactionKind,
    /// The log entry that brought it.
    pub seq: i64,
    pub value_date: Date,
    pub stamp: Stamp,
    pub amount: Amount,
    /// How the amount falls on principal, interest, fees and penalties.
    pub split: Components,
    /// Outstanding principal after it.
    pub principal_balance: Amount,
    pub details: TransactionDetails,
    /// Fees of the product in it, and its taxes; those of a reversal are negative.
    pub charges: TransactionCharges,
    /// The installment that carries a fee.
    pub installment: Option<u32>,
    /// Of a reversal: the transaction that it takes back.
    pub reverses: Option<i64>,
    /// The transaction that took this one back.
    pub reversed_by: Option<i64>,
}

impl LoanTransaction {
    /// The transaction's key.
    pub fn key(&self, loan: &Loan) -> Key {
        Key::transaction(loan.part, loan.account_no, self.id)
    }
}

impl Loan {
    /// The rate that a change of it brought, as long as the change stands.
    pub fn rate_brought_by(&self, change: &LoanTransaction) -> Option<Rate> {
        if change.kind != TransactionKind::InterestRateChanged || change.reversed_by.is_some() {
            return None;
        }
        let mut rates = self.servicing.course.rates.iter();
        rates.find(|rate| rate.from == change.value_date).map(|rate| rate.rate)
    }
}

/// The transactions as which an entry is served, in the order of their ids.
pub fn transactions(_loan: &Loan, entry: &Entry) -> Vec<LoanTransaction> {
    let Event::Refolded { refolded } = &entry.step.event else {
        return of_step(&entry.step, entry.seq, &entry.stamp);
    };
    let served = refolded.reversals.iter().filter(|reversal| reversal.is_served());
    let reversals = served.map(|reversal| of_reversal(reversal, entry));
    let posted_again = refolded.tail.iter().filter_map(|placed| match placed {
        Placed::New(step) => Some(step),
        Placed::Kept(_) => None,
    });
    let mut all: Vec<LoanTransaction> = reversals.collect();
    all.extend(posted_again.flat_map(|step| of_step(step, entry.seq, &entry.stamp)));
    all.sort_by_key(|transaction| transaction.id);
    all
}

fn of_step(step: &Step, seq: i64, stamp: &Stamp) -> Vec<LoanTransaction> {
    let kinds = kinds(&step.event);
    let (amount, split, details, installment) = figures(&step.event);
    let served = |(posted, kind): (&Posted, &TransactionKind)| LoanTransaction {
        id: posted.transaction_id,
        kind: *kind,
        seq,
        value_date: step.value_date,
        stamp: stamp.clone(),
        amount,
        split,
        principal_balance: posted.principal_balance,
        details: details.clone(),
        charges: charges_of(&step.event),
        installment,
        reverses: None,
        reversed_by: None,
    };
    step.event.posted().iter().zip(kinds).map(served).collect()
}

fn of_reversal(reversal: &Reversal, entry: &Entry) -> LoanTransaction {
    let (amount, split, details, installment) = figures(&reversal.step.event);
    LoanTransaction {
        id: reversal.posted.transaction_id,
        kind: reversal_kind(&reversal.step.event, reversal.original),
        seq: entry.seq,
        value_date: reversal.step.value_date,
        stamp: entry.stamp.clone(),
        amount: -amount,
        split: Components::default() - split,
        principal_balance: reversal.posted.principal_balance,
        details: TransactionDetails {
            notes: reversal.notes.clone(),
            external_id: None,
            values_key: None,
            ..details
        },
        charges: negated(charges_of(&reversal.step.event)),
        installment,
        reverses: Some(reversal.original),
        reversed_by: None,
    }
}

fn figures(event: &Event) -> (Amount, Components, TransactionDetails, Option<u32>) {
    let sum = |parts: &[InstallmentPart]| parts.iter().map(|part| part.part).sum::<Components>();
    let noted =
        |notes: &Option<String>| TransactionDetails { notes: notes.clone(), ..TransactionDetails::default() };
    match event {
        Event::Disbursed { amount, details, .. } => (*amount, Components::default(), details.clone(), None),
        Event::InterestApplied { amount, parts, notes, .. } => (*amount, sum(parts), noted(notes), None),
        Event::Repaid { amount, parts, details, .. } => (*amount, sum(parts), details.clone(), None),
        Event::RateChanged { notes, .. } => (Amount::ZERO, Components::default(), noted(notes), None),
        Event::Redrawn { amount, details, .. } => (*amount, Components::default(), details.clone(), None),
        Event::FeeCharged { amount, number, details, .. } => {
            let split = Components { fees: *amount, ..Components::default() };
            (*amount, split, details.clone(), Some(*number))
        }
        Event::PenaltyApplied { amount, parts, details, .. } => {
            let split = Components { penalties: *amount, ..Components::default() };
            let only = (parts.len() == 1).then(|| parts[0].number);
            (*amount, split, details.clone(), only)
        }
        Event::WrittenOff { amount, notes, claim, .. } => {
            (amount.total(), *amount, TransactionDetails { claim: claim.clone(), ..noted(notes) }, None)
        }
        Event::Waived { amount, notes, claim, .. } => {
            let details = TransactionDetails { claim: Some(claim.clone()), ..noted(notes) };
            (amount.total(), *amount, details, None)
        }
        Event::Recovered { amount, details, .. } => (*amount, Components::default(), details.clone(), None),
        Event::Restructured { written_off, carried_over, notes, .. } => {
            let all = *written_off + *carried_over;
            (all.total(), all, noted(notes), None)
        }
        Event::ScheduleEdited { notes, .. } => (Amount::ZERO, Components::default(), noted(notes), None),
        Event::ChargeReduced { amount, parts, details, .. } => {
            let only = (parts.len() == 1).then(|| parts[0].number);
            (amount.total(), *amount, details.clone(), only)
        }
        Event::Locked { notes, .. } | Event::Unlocked { notes, .. } => {
            (Amount::ZERO, Components::default(), noted(notes), None)
        }
        Event::Created { .. }
        | Event::Edited { .. }
        | Event::ApprovalRequested { .. }
        | Event::Approved { .. }
        | Event::ApprovalUndone { .. }
        | Event::PenaltyAccrued { .. }
        | Event::ChargeForgone { .. }
        | Event::FeeIncomeRecognized { .. }
        | Event::ScheduleChanged { .. }
        | Event::RateReviewed
        | Event::InterestPaused { .. }
        | Event::TranchesSet { .. }
        | Event::TrancheExpected { .. }
        | Event::DisbursementPlanned { .. }
        | Event::ArrearsChanged { .. }
        | Event::Closed { .. }
        | Event::Reopened { .. }
        | Event::GuaranteesSet { .. }
        | Event::FundsSet { .. }
        | Event::FundsPaidIn { .. }
        | Event::FundsTraded { .. }
        | Event::SettlementAccountsSet { .. }
        | Event::LineOfCreditSet { .. }
        | Event::FundsShared { .. }
        | Event::PremiumShared { .. }
        | Event::Refolded { .. } => {
            (Amount::ZERO, Components::default(), TransactionDetails::default(), None)
        }
    }
}

const LOCKED: [TransactionKind; 3] =
    [TransactionKind::InterestLocked, TransactionKind::FeeLocked, TransactionKind::PenaltyLocked];
const UNLOCKED: [TransactionKind; 3] =
    [TransactionKind::InterestUnlocked, TransactionKind::FeeUnlocked, TransactionKind::PenaltyUnlocked];

fn kinds(event: &Event) -> &'static [TransactionKind] {
    match event {
        Event::Disbursed { .. } => &[TransactionKind::Disbursement],
        Event::InterestApplied { .. } => &[TransactionKind::InterestApplied],
        Event::Repaid { .. } => &[TransactionKind::Repayment],
        Event::RateChanged { .. } => &[TransactionKind::InterestRateChanged],
        Event::Redrawn { .. } => &[TransactionKind::PaymentMade],
        Event::FeeCharged { .. } => &[TransactionKind::Fee],
        Event::PenaltyApplied { .. } => &[TransactionKind::PenaltyApplied],
        Event::WrittenOff { .. } => &[TransactionKind::WriteOff],
        Event::Waived { .. } => &[TransactionKind::Waiver],
        Event::Recovered { .. } => &[TransactionKind::Recovery],
        Event::Restructured { .. } => &[TransactionKind::Restructure],
        Event::ScheduleEdited { .. } => &[TransactionKind::PaymentReschedule],
        Event::ChargeReduced { amount, .. } if amount.fees.is_zero() => &[TransactionKind::PenaltiesReduced],
        Event::ChargeReduced { .. } => &[TransactionKind::FeesReduced],
        Event::Locked { .. } => &LOCKED,
        Event::Unlocked { .. } => &UNLOCKED,
        Event::Created { .. }
        | Event::Edited { .. }
        | Event::ApprovalRequested { .. }
        | Event::Approved { .. }
        | Event::ApprovalUndone { .. }
        | Event::PenaltyAccrued { .. }
        | Event::ChargeForgone { .. }
        | Event::FeeIncomeRecognized { .. }
        | Event::ScheduleChanged { .. }
        | Event::RateReviewed
        | Event::InterestPaused { .. }
        | Event::TranchesSet { .. }
        | Event::TrancheExpected { .. }
        | Event::DisbursementPlanned { .. }
        | Event::ArrearsChanged { .. }
        | Event::Closed { .. }
        | Event::Reopened { .. }
        | Event::GuaranteesSet { .. }
        | Event::FundsSet { .. }
        | Event::FundsPaidIn { .. }
        | Event::FundsTraded { .. }
        | Event::SettlementAccountsSet { .. }
        | Event::LineOfCreditSet { .. }
        | Event::FundsShared { .. }
        | Event::PremiumShared { .. }
        | Event::Refolded { .. } => &[],
    }
}

fn position(posted: &[Posted; 3], transaction_id: i64) -> usize {
    posted.iter().position(|posted| posted.transaction_id == transaction_id).unwrap_or(0)
}

fn reversal_kind(event: &Event, original: i64) -> TransactionKind {
    match event {
        Event::Disbursed { .. } => TransactionKind::DisbursementReversal,
        Event::InterestApplied { .. } => TransactionKind::InterestAppliedReversal,
        Event::Repaid { .. } => TransactionKind::RepaymentReversal,
        Event::RateChanged { .. } => TransactionKind::InterestRateChangeReversal,
        Event::Redrawn { .. } => TransactionKind::PaymentMadeReversal,
        Event::FeeCharged { .. } => TransactionKind::FeeReversal,
        Event::PenaltyApplied { .. } => TransactionKind::PenaltyReversal,
        Event::WrittenOff { .. } => TransactionKind::WriteOffReversal,
        Event::Waived { .. } => TransactionKind::WaiverReversal,
        Event::Recovered { .. } => TransactionKind::RecoveryReversal,
        Event::ScheduleEdited { .. } => TransactionKind::PaymentRescheduleReversal,
        Event::ChargeReduced { amount, .. } if amount.fees.is_zero() => {
            TransactionKind::PenaltiesReducedReversal
        }
        Event::ChargeReduced { .. } => TransactionKind::FeesReducedReversal,
        // Taking a lock back unlocks, and the other way round, each of the three.
        Event::Locked { posted, .. } => UNLOCKED[position(posted, original)],
        Event::Unlocked { posted, .. } => LOCKED[position(posted, original)],
        Event::Created { .. }
        | Event::Edited { .. }
        | Event::ApprovalRequested { .. }
        | Event::Approved { .. }
        | Event::ApprovalUndone { .. }
        | Event::PenaltyAccrued { .. }
        | Event::ChargeForgone { .. }
        | Event::FeeIncomeRecognized { .. }
        | Event::ScheduleChanged { .. }
        | Event::RateReviewed
        | Event::InterestPaused { .. }
        | Event::TranchesSet { .. }
        | Event::TrancheExpected { .. }
        | Event::DisbursementPlanned { .. }
        | Event::ArrearsChanged { .. }
        | Event::Closed { .. }
        | Event::Reopened { .. }
        | Event::Restructured { .. }
        | Event::GuaranteesSet { .. }
        | Event::FundsSet { .. }
        | Event::FundsPaidIn { .. }
        | Event::FundsTraded { .. }
        | Event::SettlementAccountsSet { .. }
        | Event::LineOfCreditSet { .. }
        | Event::FundsShared { .. }
        | Event::PremiumShared { .. }
        | Event::Refolded { .. } => unreachable!("{} is not served as a transaction", event.name()),
    }
}

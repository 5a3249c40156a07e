//! What happened to a loan. Every figure that was decided stands in the event, so that applying
//! it only adds and sets.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::actor::Door;
use crate::ids::{Address, Key, Part};
use crate::loan::accompanying::DisbursementPlan;
use crate::loan::course::Tranche;
use crate::loan::custom_payment::CustomPayment;
use crate::loan::dynamic::{Running, ScheduleCause};
use crate::loan::event::charge::{
    DisbursedFee, FeeCharge, Forgone, IncomePart, LockCause, PenaltyCause, PenaltyPart,
};
use crate::loan::premium::{PremiumCause, PremiumShare};
use crate::loan::protection::{ProtectClaim, WaivedPart};
use crate::loan::rescheduling::{MovedInterest, ScheduleChange};
use crate::loan::restructuring::{Origin, PaidOff};
use crate::loan::securities::{Fund, FundShare, Guarantee};
use crate::loan::terms::{is_default, is_zero};
use crate::loan::trades::Traded;
use crate::loan::{Closure, Holder, Installment, Servicing, Terms};
use crate::organization::TransactionDetails;
use crate::party::Assignment;

pub mod charge;

/// The version of the shape of events written by this binary.
pub const EVENT_VERSION: i64 = 1;
/// The version of the rules by which this binary decides. Since 2 what is taken back is numbered before what is posted in its
/// place.
pub const RULES_VERSION: i64 = 2;

/// One entry of a loan's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the loan's log, from 1.
    pub seq: i64,
    pub step: Step,
    pub stamp: Stamp,
}

/// When, by whom and under which rules an entry was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The business day on which the entry was made.
    pub booking_date: Date,
    pub recorded_at: Timestamp,
    pub actor: Key,
    pub door: Door,
    pub request_id: String,
    pub event_version: i64,
    pub rules_version: i64,
}

/// Something that happened, and the day from which it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub value_date: Date,
    pub event: Event,
}

/// The number under which a movement is served as a transaction, and the principal balance after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    pub transaction_id: i64,
    pub principal_balance: Amount,
}

/// A part of an amount and the installment to which it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallmentPart {
    pub number: u32,
    pub part: Components,
}

/// What was owed of another loan and is owed of this one from its disbursement on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedOver {
    pub origin: Origin,
    pub amount: Amount,
}

/// Why interest became a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterestCause {
    /// The loan was paid out and its product applies all interest then.
    Disbursement,
    /// The installment fell due.
    DueDate,
    /// A repayment paid it before it fell due.
    EarlyPayment,
    /// Somebody asked for it.
    Request,
    /// The account is being locked by the book.
    Locking,
}

/// How a loan began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub key: Key,
    pub part: Part,
    pub account_no: i64,
    pub id: String,
    pub holder: Holder,
    pub name: String,
    pub notes: Option<String>,
    pub assignment: Assignment,
    pub terms: Terms,
    /// Opened as a partial application, not as pending approval.
    pub is_partial: bool,
}

/// Everything that can happen to a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Created {
        opening: Box<Opening>,
    },
    Edited {
        terms: Box<Terms>,
        name: String,
        notes: Option<String>,
        assignment: Assignment,
        /// Nothing that the schedule rests on changed: one that was edited by hand stays.
        #[serde(default, skip_serializing_if = "is_default")]
        keeps_schedule: bool,
    },
    ApprovalRequested {
        notes: Option<String>,
    },
    Approved {
        notes: Option<String>,
    },
    ApprovalUndone {
        notes: Option<String>,
    },
    Disbursed {
        posted: Posted,
        /// The principal: the loan amount, with the fees that were added to it.
        amount: Amount,
        /// The part of the amount that was kept as a fee.
        #[serde(default, skip_serializing_if = "is_zero")]
        capitalized_fee: Amount,
        /// The tax that the capitalized fee includes.
        #[serde(default, skip_serializing_if = "is_zero")]
        capitalized_fee_tax: Amount,
        /// Fees of the product, kept or added to the principal.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fees: Vec<DisbursedFee>,
        /// Fees that a further part brings to an installment; each is charged after it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        upfront: Vec<DisbursedFee>,
        /// The part of the amount that was owed of another loan before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carried_over: Option<CarriedOver>,
        /// Loans that were paid off out of the amount.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        paid_off: Vec<PaidOff>,
        /// The rows of the loan; none when a further part is paid out.
        installments: Vec<Installment>,
        details: TransactionDetails,
        /// The tranche that it pays out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tranche: Option<Key>,
        /// The first due date, where it was named with the disbursement.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_due_date: Option<Date>,
    },
    InterestApplied {
        posted: Posted,
        amount: Amount,
        /// As interest; as principal where it is added to that.
        parts: Vec<InstallmentPart>,
        cause: InterestCause,
        notes: Option<String>,
        /// The tax that the amount includes.
        #[serde(default, skip_serializing_if = "is_zero")]
        tax: Amount,
    },
    Repaid {
        posted: Posted,
        amount: Amount,
        parts: Vec<InstallmentPart>,
        details: TransactionDetails,
        /// The tax in the interest, fees and penalties paid.
        #[serde(default, skip_serializing_if = "is_default")]
        tax: Components,
        /// What it says itself of what it pays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        custom: Option<Box<CustomPayment>>,
    },
    /// Derived: rows of a dynamic loan as they are now expected, and how its interest goes on.
    ScheduleChanged {
        cause: ScheduleCause,
        /// Each takes the place of the one with its number; the others stay.
        installments: Vec<Installment>,
        running: Running,
    },
    /// Another rate counts from the value date.
    RateChanged {
        posted: Posted,
        rate: Rate,
        notes: Option<String>,
        /// A review of the index brought it; nobody asked for it.
        #[serde(default, skip_serializing_if = "is_default")]
        is_derived: bool,
    },
    /// Derived: the index was looked at, and the rate stays.
    RateReviewed,
    /// No interest grows from the value date until this day.
    InterestPaused {
        /// Of a pause that was agreed ahead, its first day; else it begins on the value date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
        until: Date,
        notes: Option<String>,
    },
    /// The tranches that are agreed, all of them.
    TranchesSet {
        tranches: Vec<Tranche>,
    },
    /// Derived: the day has come on which a tranche is expected, and it was not paid out yet. Moves nothing; it reminds
    /// those who are told of the loan.
    TrancheExpected {
        tranche: Key,
        amount: Amount,
    },
    /// It was agreed how the loan is to be paid out.
    DisbursementPlanned {
        plan: DisbursementPlan,
    },
    /// What was paid too much was drawn again.
    Redrawn {
        posted: Posted,
        amount: Amount,
        details: TransactionDetails,
    },
    FeeCharged {
        posted: Posted,
        amount: Amount,
        number: u32,
        details: TransactionDetails,
        #[serde(default, skip_serializing_if = "is_default")]
        charge: FeeCharge,
    },
    PenaltyApplied {
        posted: Posted,
        amount: Amount,
        parts: Vec<PenaltyPart>,
        cause: PenaltyCause,
        /// The tax that the amount includes.
        #[serde(default, skip_serializing_if = "is_zero")]
        tax: Amount,
        details: TransactionDetails,
    },
    /// Derived: what has grown, before that on which it grows changes.
    PenaltyAccrued {
        parts: Vec<PenaltyPart>,
        /// It was to be applied, and was less than can be.
        #[serde(default, skip_serializing_if = "is_default")]
        was_due: bool,
    },
    ChargeForgone {
        forgone: Forgone,
    },
    /// Derived: deferred fees become income.
    FeeIncomeRecognized {
        parts: Vec<IncomePart>,
    },
    /// Derived: an installment went late, the account went into arrears, or came back.
    ArrearsChanged {
        late_since: Option<Date>,
        arrears_since: Option<Date>,
        /// When what is late becomes arrears, where that takes a calendar to say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrears_on: Option<Date>,
    },
    Locked {
        posted: [Posted; 3],
        notes: Option<String>,
        #[serde(default, skip_serializing_if = "is_default")]
        cause: LockCause,
    },
    Unlocked {
        posted: [Posted; 3],
        notes: Option<String>,
    },
    WrittenOff {
        posted: Posted,
        amount: Components,
        notes: Option<String>,
        /// The protection was claimed in full.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claim: Option<ProtectClaim>,
    },
    /// The protection was claimed: some of what installments ask for is not asked for any more.
    Waived {
        posted: Posted,
        amount: Components,
        parts: Vec<WaivedPart>,
        claim: ProtectClaim,
        /// The tax in the interest that had become a balance.
        #[serde(default, skip_serializing_if = "is_zero")]
        tax: Amount,
        notes: Option<String>,
    },
    /// Money came in on a loan that was written off.
    Recovered {
        posted: Posted,
        amount: Amount,
        details: TransactionDetails,
    },
    GuaranteesSet {
        guarantees: Vec<Guarantee>,
    },
    FundsSet {
        funds: Vec<Fund>,
    },
    /// Investors of the marketplace paid for the loan as it was paid out.
    FundsPaidIn {
        funds: Vec<Fund>,
    },
    /// A part of what an investor has in the loan, or of the lender's own part, became another investor's.
    FundsTraded {
        traded: Box<Traded>,
    },
    /// Derived: the repayment before it was shared among those who fund the loan.
    FundsShared {
        shares: Vec<FundShare>,
    },
    /// Derived: investors get something of the premium of the protection.
    PremiumShared {
        cause: PremiumCause,
        shares: Vec<PremiumShare>,
    },
    /// The schedule was changed by hand, or what was overdue was spread anew. Before the
    /// disbursement it is the schedule by which the loan will be paid out.
    ScheduleEdited {
        /// Of what was spread anew.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        posted: Option<Posted>,
        change: Box<ScheduleChange>,
        /// All rows afterwards.
        installments: Vec<Installment>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        moved: Vec<MovedInterest>,
        /// Due dates of rows whose principal is fixed by hand.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kept_principal: Vec<Date>,
        /// Due dates that somebody set or added by hand.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        set_dates: Vec<Date>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notes: Option<String>,
    },
    /// Another loan took the place of this one. Nothing is owed of it any more.
    Restructured {
        posted: Posted,
        successor: Origin,
        written_off: Components,
        carried_over: Components,
        /// The tax in the interest, fees and penalties that are carried over.
        #[serde(default, skip_serializing_if = "is_default")]
        tax: Components,
        notes: Option<String>,
    },
    /// Fees or penalties that were charged are given up: one of the two.
    ChargeReduced {
        posted: Posted,
        amount: Components,
        parts: Vec<InstallmentPart>,
        /// The tax in what is given up.
        #[serde(default, skip_serializing_if = "is_default")]
        tax: Components,
        #[serde(default, skip_serializing_if = "is_default")]
        details: TransactionDetails,
        /// The edit of the schedule that follows leaves it out; nobody asked for it by itself.
        #[serde(default, skip_serializing_if = "is_default")]
        is_of_edit: bool,
    },
    /// `is_derived`: the last repayment closed it, nobody asked for it.
    Closed {
        closure: Closure,
        notes: Option<String>,
        /// It was closed by hand, and by a correction something is owed again: it stays open, until
        /// another correction lets it close.
        #[serde(default, skip_serializing_if = "is_default")]
        is_idle: bool,
        is_derived: bool,
        /// The loan that paid this one off and took its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        successor: Option<Origin>,
    },
    Reopened {
        notes: Option<String>,
    },
    /// The deposit accounts from which the loan is paid when it falls due, in the order of linking.
    SettlementAccountsSet {
        accounts: Vec<Address>,
    },
    /// The line of credit that the loan is on; `None`: on none any more.
    LineOfCreditSet {
        line: Option<Key>,
    },
    /// The outcome of a back-dated fact or a reversal; see [`Refolded`].
    Refolded {
        refolded: Box<Refolded>,
    },
}

/// The steps of a loan from some point on, decided and derived again.
///
/// The first `kept` effective steps stand; the rest is replaced by `tail`. What the outside has
/// seen stays: a served transaction among the replaced steps appears in `reversals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refolded {
    pub kept: usize,
    pub reversals: Vec<Reversal>,
    pub tail: Vec<Placed>,
    /// Where the loan stands afterwards. The fold over the effective steps gives the same.
    pub result: Servicing,
}

/// A served transaction that no longer counts, and the transaction that takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    pub original: i64,
    pub posted: Posted,
    /// The step that was taken back, so that its transfers can be turned round.
    pub step: Step,
    pub notes: Option<String>,
    /// Somebody asked for this reversal; the others follow from it.
    pub is_requested: bool,
}

impl Reversal {
    /// Of a step that moved money and was never served: no transaction takes it back.
    pub(crate) fn unserved(step: &Step, principal_balance: Amount) -> Reversal {
        let posted = Posted { transaction_id: 0, principal_balance };
        Reversal { original: 0, posted, step: step.clone(), notes: None, is_requested: false }
    }

    /// Whether a transaction takes a transaction back.
    pub fn is_served(&self) -> bool {
        self.original != 0
    }
}

/// A step in the tail of a refold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placed {
    /// A derived step that came out the same again: it stays as it was served.
    Kept(Step),
    /// A step posted now.
    New(Step),
}

impl Placed {
    pub fn step(&self) -> &Step {
        match self {
            Placed::Kept(step) | Placed::New(step) => step,
        }
    }
}

impl Event {
    /// The name stored beside the entry.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Created { .. } => "created",
            Event::Edited { .. } => "edited",
            Event::ApprovalRequested { .. } => "approval_requested",
            Event::Approved { .. } => "approved",
            Event::ApprovalUndone { .. } => "approval_undone",
            Event::Disbursed { .. } => "disbursed",
            Event::InterestApplied { .. } => "interest_applied",
            Event::Repaid { .. } => "repaid",
            Event::ScheduleChanged { .. } => "schedule_changed",
            Event::RateChanged { .. } => "rate_changed",
            Event::RateReviewed => "rate_reviewed",
            Event::InterestPaused { .. } => "interest_paused",
            Event::TranchesSet { .. } => "tranches_set",
            Event::TrancheExpected { .. } => "tranche_expected",
            Event::DisbursementPlanned { .. } => "disbursement_planned",
            Event::Redrawn { .. } => "redrawn",
            Event::FeeCharged { .. } => "fee_charged",
            Event::PenaltyApplied { .. } => "penalty_applied",
            Event::PenaltyAccrued { .. } => "penalty_accrued",
            Event::ChargeForgone { .. } => "charge_forgone",
            Event::FeeIncomeRecognized { .. } => "fee_income_recognized",
            Event::ArrearsChanged { .. } => "arrears_changed",
            Event::Locked { .. } => "locked",
            Event::Unlocked { .. } => "unlocked",
            Event::WrittenOff { .. } => "written_off",
            Event::Waived { .. } => "waived",
            Event::Recovered { .. } => "recovered",
            Event::GuaranteesSet { .. } => "guarantees_set",
            Event::FundsSet { .. } => "funds_set",
            Event::FundsPaidIn { .. } => "funds_paid_in",
            Event::FundsTraded { .. } => "funds_traded",
            Event::SettlementAccountsSet { .. } => "settlement_accounts_set",
            Event::LineOfCreditSet { .. } => "line_of_credit_set",
            Event::FundsShared { .. } => "funds_shared",
            Event::PremiumShared { .. } => "premium_shared",
            Event::ScheduleEdited { .. } => "schedule_edited",
            Event::ChargeReduced { .. } => "charge_reduced",
            Event::Restructured { .. } => "restructured",
            Event::Closed { .. } => "closed",
            Event::Reopened { .. } => "reopened",
            Event::Refolded { .. } => "refolded",
        }
    }

    /// The transactions as which the event is served.
    pub fn posted(&self) -> &[Posted] {
        match self {
            Event::Disbursed { posted, .. }
            | Event::InterestApplied { posted, .. }
            | Event::Repaid { posted, .. }
            | Event::RateChanged { posted, .. }
            | Event::Redrawn { posted, .. }
            | Event::FeeCharged { posted, .. }
            | Event::PenaltyApplied { posted, .. }
            | Event::WrittenOff { posted, .. }
            | Event::Waived { posted, .. }
            | Event::Recovered { posted, .. }
            | Event::ChargeReduced { posted, .. }
            | Event::Restructured { posted, .. } => std::slice::from_ref(posted),
            Event::ScheduleEdited { posted, .. } => posted.as_slice(),
            Event::Locked { posted, .. } | Event::Unlocked { posted, .. } => posted,
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

    /// The same of an event that may be derived, to give them their numbers.
    pub(crate) fn derived_posted_mut(&mut self) -> &mut [Posted] {
        if let Event::Locked { posted, .. } = self {
            return posted;
        }
        if let Event::InterestApplied { posted, .. }
        | Event::RateChanged { posted, .. }
        | Event::FeeCharged { posted, .. }
        | Event::PenaltyApplied { posted, .. } = self
        {
            return std::slice::from_mut(posted);
        }
        &mut []
    }
}

//! What somebody can ask of a loan.

use jiff::civil::Date;
use loam_calc::calendar::PeriodUnit;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::application::ProtectType;
use crate::ids::{Address, Key};
use crate::loan::accompanying::Accompanying;
use crate::loan::custom_payment::StatedPart;
use crate::loan::protection::Protection;
use crate::loan::rescheduling::{ReAge, StatedRow};
use crate::loan::restructuring::PaidOff;
use crate::loan::securities::{StatedFund, StatedGuarantee};
use crate::loan::trades::NewTrade;
use crate::loan::{Holder, HolderKind};
use crate::organization::{TransactionDetails, TransferLink};
use crate::party::Assignment;
use crate::product::securities::PrincipalPaymentMethod;
use crate::stated::{StatedAmount, StatedPercent};

/// A command on one loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoanCommand {
    Create(Box<NewLoan>),
    Edit(Box<LoanEdit>),
    Delete,
    RequestApproval {
        notes: Option<String>,
    },
    Approve {
        notes: Option<String>,
    },
    UndoApproval {
        notes: Option<String>,
    },
    Reject {
        notes: Option<String>,
    },
    UndoReject {
        notes: Option<String>,
    },
    Withdraw {
        notes: Option<String>,
    },
    UndoWithdraw {
        notes: Option<String>,
    },
    Disburse(Disburse),
    /// Takes the last disbursement back.
    UndoDisbursement {
        /// The disbursement that the caller means, where one was named.
        named: Option<NamedTransaction>,
        notes: Option<String>,
    },
    Repay(Repay),
    ChangeInterestRate(ChangeInterestRate),
    PauseInterest(PauseInterest),
    /// Draws again what was paid too much.
    Redraw(Redraw),
    Reverse(Reverse),
    ChargeFee(ChargeFee),
    ApplyPenalty(ApplyPenalty),
    WaiveCharge(WaiveCharge),
    ApplyInterest {
        value_date: Option<Date>,
        notes: Option<String>,
    },
    WriteOff {
        notes: Option<String>,
    },
    UndoWriteOff {
        /// The write-off that the caller means, where one was named.
        named: Option<NamedTransaction>,
        notes: Option<String>,
    },
    /// Takes money in on a loan that was written off.
    Recover(Repay),
    /// Claims the protection that the borrower paid for.
    ClaimProtection(ClaimProtection),
    /// Sets the guarantees, all of them.
    SetGuarantees {
        guarantees: Vec<StatedGuarantee>,
    },
    /// Sells parts of what investors, or the lender, have in the loan to other investors.
    TradeFunds {
        parts: Vec<NewTrade>,
    },
    /// Sets the funds of investors, all of them.
    SetFunds {
        funds: Vec<StatedFund>,
    },
    /// All of them, in the order of linking; the desk writes the other side of each link.
    SetSettlementAccounts {
        accounts: Vec<Address>,
    },
    /// Puts the loan on a line of credit; the desk writes the other side.
    PutOnLineOfCredit {
        line: Key,
    },
    TakeOffLineOfCredit {
        line: Key,
    },
    /// Takes back a repayment that came from a deposit account; the desk takes back the other side.
    TakeBackTransfer {
        original: i64,
        notes: Option<String>,
    },
    /// Pays the loan off with money of another loan of its holder, which takes its place; the desk pays that one out.
    PayOff {
        by: TransferLink,
    },
    /// Edits the schedule by hand.
    EditSchedule {
        rows: Vec<StatedRow>,
    },
    DeleteInstallment {
        number: u32,
    },
    /// Spreads what is overdue over new installments.
    ReAge(ReAge),
    /// Spreads what is overdue over the installments that are left.
    ReAmortize {
        notes: Option<String>,
    },
    /// The book's own: move due dates where days off were changed.
    FollowCalendar,
    Lock {
        notes: Option<String>,
    },
    Unlock {
        notes: Option<String>,
    },
    Close {
        notes: Option<String>,
    },
    UndoClose {
        notes: Option<String>,
    },
    /// The book's own: derive what the passing of days brings.
    Advance,
}

/// A loan to be created. What is `None` comes from the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLoan {
    /// Given by the caller, or made by the product's pattern.
    pub id: Option<String>,
    pub holder: Holder,
    pub product: Key,
    pub name: Option<String>,
    pub notes: Option<String>,
    pub assignment: Assignment,
    pub figures: LoanFigures,
}

/// The figures of a loan that are agreed case by case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoanFigures {
    pub amount: Option<StatedAmount>,
    pub interest_rate: Option<StatedPercent>,
    /// Over an index rate.
    pub interest_spread: Option<StatedPercent>,
    /// Of a loan with balloon payments.
    pub periodic_payment: Option<StatedAmount>,
    /// The payments of a payment plan, all of them.
    pub payment_plan: Option<Vec<StatedPayment>>,
    pub installments: Option<u32>,
    pub period_count: Option<u32>,
    pub period_unit: Option<PeriodUnit>,
    pub grace_period: Option<u32>,
    pub principal_repayment_interval: Option<u32>,
    pub arrears_tolerance_days: Option<u32>,
    pub fixed_days_of_month: Option<Vec<u8>>,
    /// `Some(None)` takes the date away.
    pub expected_disbursement_on: Option<Option<Date>>,
    pub first_due_date: Option<Option<Date>>,
    /// The day of the month, 1 to 31, on which all installments fall due.
    pub due_day: Option<u8>,
    /// The maturity date. Where it is named without a number of installments, there are as many as
    /// regular due dates up to it.
    pub last_due_date: Option<Option<Date>>,
    /// The part of the loan amount that is kept as a fee and not paid out.
    pub capitalized_fee: Option<StatedAmount>,
    /// Of a product with penalties.
    pub penalty_rate: Option<StatedPercent>,
    /// What the borrower is protected against; only the marketplace says so.
    pub protection: Option<Box<Protection>>,
    /// Interest is to include the due date; without effect unless the product accrues at the end of
    /// the day.
    pub accrual_through: bool,
    /// How much principal the bills of a revolving credit ask for.
    pub principal_payment: Option<PrincipalPayment>,
    /// The tranches, all of them; `None` leaves them as they are.
    pub tranches: Option<Vec<TrancheFigure>>,
    /// Before the approval: what secures the loan, and how it is to be paid out.
    pub accompanying: Accompanying,
}

/// What a loan names of its bills: the amount or the percentage, as the product has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrincipalPayment {
    pub amount: Option<StatedAmount>,
    pub percentage: Option<StatedPercent>,
    /// What the product says of its bills: a loan may repeat it, and not change it.
    pub method: Option<PrincipalPaymentMethod>,
    pub floor: Option<StatedAmount>,
    pub ceiling: Option<StatedAmount>,
    pub floor_includes_interest: Option<bool>,
    pub floor_includes_fees: Option<bool>,
}

/// A tranche to be agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrancheFigure {
    /// Of one that is there already.
    pub key: Option<Key>,
    pub amount: StatedAmount,
    /// It is paid out on this day or later.
    pub expected_on: Option<Date>,
}

/// The payment of all installments up to one, from the one after the payment before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedPayment {
    /// Number of the last installment that has it.
    pub through: u32,
    pub payment: StatedAmount,
}

/// What to change of a loan that is not paid out yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoanEdit {
    pub figures: LoanFigures,
    pub name: Option<String>,
    pub notes: Option<Option<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Disburse {
    /// Must be the tranche or the loan amount, unless the loan is paid out in parts.
    pub amount: Option<StatedAmount>,
    /// Default: the business date.
    pub value_date: Option<Date>,
    pub first_due_date: Option<Date>,
    /// Fees of the product. `None` takes those that are required; a list must name them.
    pub fees: Option<Vec<StatedFee>>,
    pub details: TransactionDetails,
    /// What investors of the marketplace pay for it; only the book itself says so.
    pub paid_in: Vec<PaidIn>,
    /// Loans of the same holder that were paid off out of it; only the book itself says so.
    pub pays_off: Vec<PaidOff>,
}

/// Money of an investor that a loan is paid out with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidIn {
    /// Of the booking.
    pub key: Key,
    /// The deposit account.
    pub account: Key,
    pub amount: Amount,
    /// The rate that is the investor's.
    pub commission: Rate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repay {
    pub amount: StatedAmount,
    /// What it is to pay, where the product lets the caller say so; else in the product's order.
    pub custom: Vec<StatedPart>,
    /// Default: the business date.
    pub value_date: Option<Date>,
    pub details: TransactionDetails,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeInterestRate {
    pub rate: StatedPercent,
    /// The first day with the new rate; default: the business date.
    pub value_date: Option<Date>,
    pub notes: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseInterest {
    /// The first day without interest; default: the business date.
    pub from: Option<Date>,
    /// The first day with interest again.
    pub until: Date,
    pub notes: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redraw {
    pub amount: StatedAmount,
    /// Default: the business date.
    pub value_date: Option<Date>,
    pub details: TransactionDetails,
}

/// A transaction as a caller names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedTransaction {
    pub id: i64,
    /// The account that the caller named with it, if it was named by its key.
    pub account_no: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverse {
    pub kind: ReversalKind,
    pub original: i64,
    /// The account that the caller named with it, if it was named by its key.
    pub account_no: Option<i64>,
    pub notes: Option<String>,
}

/// Which kind of transaction a reversal means to take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReversalKind {
    Repayment,
    PaymentMade,
    Fee,
    FeeReduction,
    Penalty,
    PenaltyReduction,
    Interest,
    /// What was overdue was spread anew.
    PaymentReschedule,
    Recovery,
    /// A claim of the protection, partial or full.
    Claim,
}

/// What is claimed of a protection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimProtection {
    /// Default: the type of the protection.
    pub claimed: Option<ProtectType>,
    /// Default: the business date.
    pub value_date: Option<Date>,
    /// Of a partial claim: how many installments that have something left to waive, the oldest first.
    pub installments: Option<u32>,
    /// Only installments that fall due on these days, both included.
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub notes: Option<String>,
}

/// A fee of the product, and its amount where the product leaves it open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedFee {
    pub fee: Key,
    pub amount: Option<StatedAmount>,
}

/// An arbitrary fee has an amount; otherwise exactly one manual fee of the product is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeFee {
    pub amount: Option<StatedAmount>,
    pub fees: Option<Vec<StatedFee>>,
    pub value_date: Option<Date>,
    /// Number of the installment that carries the fee.
    pub installment: Option<u32>,
    pub details: TransactionDetails,
}

/// A penalty that the book has not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyPenalty {
    pub amount: StatedAmount,
    pub value_date: Option<Date>,
    /// Default: the oldest installment that is not paid.
    pub installment: Option<u32>,
    pub details: TransactionDetails,
}

/// A part of what is owed in fees or penalties is not asked for any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiveCharge {
    pub charge: WaivedCharge,
    pub amount: StatedAmount,
    pub value_date: Option<Date>,
    /// Default: the installments in their order.
    pub installment: Option<u32>,
    pub details: TransactionDetails,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaivedCharge {
    Fees,
    Penalties,
}

impl LoanCommand {
    /// The name used in refusals and the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            LoanCommand::Create(_) => "create",
            LoanCommand::Edit(_) => "edit",
            LoanCommand::Delete => "delete",
            LoanCommand::RequestApproval { .. } => "request approval",
            LoanCommand::Approve { .. } => "approve",
            LoanCommand::UndoApproval { .. } => "undo approval",
            LoanCommand::Reject { .. } => "reject",
            LoanCommand::UndoReject { .. } => "undo reject",
            LoanCommand::Withdraw { .. } => "withdraw",
            LoanCommand::UndoWithdraw { .. } => "undo withdraw",
            LoanCommand::Disburse(_) => "disburse",
            LoanCommand::UndoDisbursement { .. } => "undo disbursement",
            LoanCommand::Repay(_) => "repay",
            LoanCommand::ChangeInterestRate(_) => "change interest rate",
            LoanCommand::PauseInterest(_) => "pause interest",
            LoanCommand::Redraw(_) => "redraw",
            LoanCommand::Reverse(_) => "reverse",
            LoanCommand::ChargeFee(_) => "charge fee",
            LoanCommand::ApplyPenalty(_) => "apply penalty",
            LoanCommand::WaiveCharge(_) => "waive charge",
            LoanCommand::ApplyInterest { .. } => "apply interest",
            LoanCommand::WriteOff { .. } => "write off",
            LoanCommand::UndoWriteOff { .. } => "undo write-off",
            LoanCommand::Recover(_) => "recover",
            LoanCommand::ClaimProtection(_) => "claim protection",
            LoanCommand::SetGuarantees { .. } => "set guarantees",
            LoanCommand::SetFunds { .. } => "set funds",
            LoanCommand::TradeFunds { .. } => "trade funds",
            LoanCommand::SetSettlementAccounts { .. } => "set settlement accounts",
            LoanCommand::PutOnLineOfCredit { .. } => "put on line of credit",
            LoanCommand::TakeOffLineOfCredit { .. } => "take off line of credit",
            LoanCommand::TakeBackTransfer { .. } => "reverse transfer",
            LoanCommand::PayOff { .. } => "pay off",
            LoanCommand::EditSchedule { .. } => "edit schedule",
            LoanCommand::DeleteInstallment { .. } => "delete installment",
            LoanCommand::ReAge(_) => "re-age",
            LoanCommand::ReAmortize { .. } => "re-amortize",
            LoanCommand::FollowCalendar => "follow the calendar",
            LoanCommand::Lock { .. } => "lock",
            LoanCommand::Unlock { .. } => "unlock",
            LoanCommand::Close { .. } => "close",
            LoanCommand::UndoClose { .. } => "undo close",
            LoanCommand::Advance => "advance",
        }
    }
}

impl HolderKind {
    /// The plural used in refusals.
    pub fn plural(self) -> &'static str {
        match self {
            HolderKind::Client => "clients",
            HolderKind::Group => "groups",
        }
    }
}

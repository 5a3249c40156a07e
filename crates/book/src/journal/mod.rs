//! The journal: one row is one transfer, so debit equals credit by construction. Append-only.

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::ids::{Key, Part};
use crate::journal::chart::LedgerName;
use crate::journal::rules::Booked;

pub mod balances;
pub mod chart;
pub mod closure;
pub mod deposit_interest;
pub mod evening;
pub mod income;
pub mod manual;
pub mod posting_manual;
pub mod postings;
pub mod provisions;
pub mod refusal;
pub mod rules;

/// The accounts between which a loan's money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GlAccount {
    LoanPortfolio,
    FundSource,
    InterestReceivable,
    InterestIncome,
    FeeReceivable,
    FeeIncome,
    DeferredFeeIncome,
    PenaltyReceivable,
    PenaltyIncome,
    TaxesPayable,
    WriteOffExpense,
    /// Paid too much, and owed to the borrower.
    Overpayments,
    /// Between a loan and the one that takes its place; empty when both are written.
    Restructuring,
    /// What comes in after a write-off.
    RecoveryIncome,
    /// What depositors have.
    SavingsControl,
    /// Where deposits go and withdrawals come from.
    DepositReference,
    /// What depositors earned.
    InterestExpense,
    /// What depositors owe who have overdrawn their accounts.
    OverdraftPortfolio,
    /// Between two accounts of the book; empty when both sides are written.
    AccountTransfers,
    /// What investors of the marketplace have in loans.
    InvestorFunds,
    /// What was waived because a protection was claimed.
    WaiverExpense,
    /// What investors got of the premiums of protections.
    ProtectFeeExpense,
    /// What branches owe each other; nothing over all of them.
    InterBranch,
    /// Interest that has grown and is not applied yet.
    AccruedInterest,
    /// Interest that has grown on loans that are not performing, and is no income yet.
    InterestSuspense,
    /// What is set aside for loans that will not be repaid; it is taken off the portfolio.
    LoanLossAllowance,
    /// What setting it aside cost.
    ProvisionExpense,
    /// What investors earned whose accounts others keep, until they are paid.
    InvestorInterestPayable,
    /// Interest of deposits that has grown and is not applied yet.
    InterestPayable,
}

impl GlAccount {
    /// All accounts.
    pub const ALL: &[GlAccount] = &[
        GlAccount::LoanPortfolio,
        GlAccount::FundSource,
        GlAccount::InterestReceivable,
        GlAccount::InterestIncome,
        GlAccount::FeeReceivable,
        GlAccount::FeeIncome,
        GlAccount::DeferredFeeIncome,
        GlAccount::PenaltyReceivable,
        GlAccount::PenaltyIncome,
        GlAccount::TaxesPayable,
        GlAccount::WriteOffExpense,
        GlAccount::Overpayments,
        GlAccount::Restructuring,
        GlAccount::RecoveryIncome,
        GlAccount::SavingsControl,
        GlAccount::DepositReference,
        GlAccount::InterestExpense,
        GlAccount::OverdraftPortfolio,
        GlAccount::AccountTransfers,
        GlAccount::InvestorFunds,
        GlAccount::WaiverExpense,
        GlAccount::ProtectFeeExpense,
        GlAccount::InterBranch,
        GlAccount::AccruedInterest,
        GlAccount::InterestSuspense,
        GlAccount::LoanLossAllowance,
        GlAccount::ProvisionExpense,
        GlAccount::InvestorInterestPayable,
        GlAccount::InterestPayable,
    ];

    /// The name stored in the journal.
    pub fn name(self) -> &'static str {
        match self {
            GlAccount::LoanPortfolio => "loan_portfolio",
            GlAccount::FundSource => "fund_source",
            GlAccount::InterestReceivable => "interest_receivable",
            GlAccount::InterestIncome => "interest_income",
            GlAccount::FeeReceivable => "fee_receivable",
            GlAccount::FeeIncome => "fee_income",
            GlAccount::DeferredFeeIncome => "deferred_fee_income",
            GlAccount::PenaltyReceivable => "penalty_receivable",
            GlAccount::PenaltyIncome => "penalty_income",
            GlAccount::TaxesPayable => "taxes_payable",
            GlAccount::WriteOffExpense => "write_off_expense",
            GlAccount::WaiverExpense => "waiver_expense",
            GlAccount::ProtectFeeExpense => "protect_fee_expense",
            GlAccount::Overpayments => "overpayments",
            GlAccount::Restructuring => "restructuring",
            GlAccount::RecoveryIncome => "recovery_income",
            GlAccount::SavingsControl => "savings_control",
            GlAccount::DepositReference => "deposit_reference",
            GlAccount::InterestExpense => "interest_expense",
            GlAccount::OverdraftPortfolio => "overdraft_portfolio",
            GlAccount::AccountTransfers => "account_transfers",
            GlAccount::InvestorFunds => "investor_funds",
            GlAccount::InterBranch => "inter_branch",
            GlAccount::AccruedInterest => "accrued_interest",
            GlAccount::InterestSuspense => "interest_suspense",
            GlAccount::LoanLossAllowance => "loan_loss_allowance",
            GlAccount::ProvisionExpense => "provision_expense",
            GlAccount::InvestorInterestPayable => "investor_interest_payable",
            GlAccount::InterestPayable => "interest_payable",
        }
    }

    /// Whether it stands between two accounts of the book and comes to nothing over both.
    pub fn is_clearing(self) -> bool {
        self == GlAccount::Restructuring || self.is_between_accounts()
    }

    /// Whether it stands between two deposit accounts, or between a deposit account and a loan.
    pub fn is_between_accounts(self) -> bool {
        matches!(self, GlAccount::AccountTransfers | GlAccount::InterBranch)
    }

    /// The account with this name.
    pub fn from_name(name: &str) -> Option<GlAccount> {
        GlAccount::ALL.iter().copied().find(|account| account.name() == name)
    }
}

/// Money that moved from one account to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    pub debit: GlAccount,
    pub credit: GlAccount,
    /// Where in the chart both stand.
    #[serde(default)]
    pub booked: Booked,
    /// More than zero.
    pub amount: Amount,
    pub currency: Currency,
    pub value_date: Date,
    pub booking_date: Date,
    pub branch: Option<Key>,
    pub product: Key,
    pub part: Part,
    pub account_no: i64,
    /// The log entry that made it.
    pub seq: i64,
}

impl Transfer {
    /// What the general ledger calls the side that is debited.
    pub fn debit_name(&self) -> LedgerName {
        self.booked.debit_name(self.debit)
    }

    /// What the general ledger calls the side that is credited.
    pub fn credit_name(&self) -> LedgerName {
        self.booked.credit_name(self.credit)
    }
}

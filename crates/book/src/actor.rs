//! Who acts, through which door, and what they may do.

use serde::{Deserialize, Serialize};

use crate::ids::{Key, Part};
use crate::rights::Bounds;

/// The door through which a command came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    LoanAccounts,
    Marketplace,
    RepaymentData,
    LoanPerformance,
    Native,
    CommandLine,
    EndOfDay,
}

impl Door {
    /// All doors.
    pub const ALL: [Door; 7] = [
        Door::LoanAccounts,
        Door::Marketplace,
        Door::RepaymentData,
        Door::LoanPerformance,
        Door::Native,
        Door::CommandLine,
        Door::EndOfDay,
    ];

    /// The name stored in the log.
    pub fn name(self) -> &'static str {
        match self {
            Door::LoanAccounts => "loan_accounts",
            Door::Marketplace => "marketplace",
            Door::RepaymentData => "repayment_data",
            Door::LoanPerformance => "loan_performance",
            Door::Native => "native",
            Door::CommandLine => "command_line",
            Door::EndOfDay => "end_of_day",
        }
    }
}

/// One thing that a user may be allowed to do. Names on the wire are those of the loan accounts
/// contract, its misspellings included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Permission {
    ViewLoanAccountDetails,
    CreateLoanAccount,
    EditLoanAccount,
    DeleteLoanAccount,
    EnterRepayment,
    ApproveLoans,
    RequestLoanApproval,
    #[serde(rename = "DIBURSE_LOANS")]
    DisburseLoans,
    WithdrawLoanAccounts,
    UndoWithdrawLoanAccounts,
    RejectLoans,
    UndoRejectLoans,
    CloseLoanAccounts,
    WriteOffLoanAccounts,
    UndoLoanAccountClosure,
    ReverseLoanAccountWriteOff,
    EditRepaymentSchedule,
    RefinanceLoanAccount,
    RescheduleLoanAccount,
    ApplyAccruedLoanInterest,
    ApplyLoanFees,
    ApplyLoanAdjustments,
    BackdateLoanTransactions,
    LockLoanAccounts,
    PostTransactionsOnLockedLoanAccounts,
    BulkLoanCorrections,
    EditInterestRate,
    EditPenaltyRate,
    EditLoanTranches,
    SetDisbursementConditions,
    EditPrincipalPaymentActiveRevolvingCredit,
    PerformRepaymentsWithCustomAmountsAllocation,
    LinkAccounts,
    /// No action of this version asks for it.
    SetLoanIncomplete,
    /// No action of this version asks for it: a repayment of all that is owed is a repayment.
    PayOffLoan,
    /// No action of this version asks for it: guarantees are named, not collected.
    CollectGuaranties,
    EditLoanTransactions,
    /// No action of this version asks for it: what a loan is assigned to stays.
    ManageLoanAssociation,
    ViewClientDetails,
    CreateClient,
    EditClient,
    DeleteClient,
    ViewGroupDetails,
    CreateGroup,
    EditGroup,
    DeleteGroup,
    ViewLoanProductDetails,
    ViewBranchDetails,
    ViewCentreDetails,
    ViewUserDetails,
    CreateUser,
    EditUser,
    ViewSavingsProductDetails,
    ViewSavingsAccountDetails,
    CreateSavingsAccount,
    EditSavingsAccount,
    DeleteSavingsAccount,
    ApproveSavings,
    RejectSavings,
    CloseSavingsAccounts,
    LockSavingsAccounts,
    ActivateMaturity,
    UndoMaturity,
    MakeDeposit,
    MakeWithdrawal,
    MakeTransfer,
    ApplySavingsFees,
    ApplySavingsAdjustments,
    ApplyAccruedSavingsInterest,
    BackdateSavingsTransactions,
    ViewChartOfAccounts,
    ViewJournalEntries,
    LogJournalEntries,
    ViewIntelligence,
    /// A copy of the whole book.
    DownloadBackups,
    ViewLineOfCreditDetails,
    CreateLinesOfCredit,
    EditLinesOfCredit,
    ApproveLineOfCredit,
    UndoApproveLineOfCredit,
    WithdrawLineOfCredit,
    UndoWithdrawLineOfCredit,
    RejectLineOfCredit,
    UndoRejectLineOfCredit,
    CloseLinesOfCredit,
    AddAccountsToLineOfCredit,
    #[serde(rename = "REMOTE_ACCOUNTS_FROM_LINE_OF_CREDIT")]
    RemoveAccountsFromLineOfCredit,
    /// Reports about loans that are serviced elsewhere; not a contract name.
    ReportLoans,
    /// Accounts, purposes and products of the marketplace, entered by its own door; not a contract name.
    SetUpMarketplace,
    /// Products, branches, centres, users, channels and the business date; not a contract name.
    Administration,
}

/// Who stands behind a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub user_key: Key,
    pub username: String,
    /// An administrator may do everything.
    pub is_administrator: bool,
    pub permissions: Vec<Permission>,
    /// Set for a credit officer without access to other officers' clients.
    pub only_own_clients: bool,
    /// Branches and amounts.
    pub bounds: Bounds,
    /// The role of the user or the consumer.
    pub role: Option<Key>,
}

impl Actor {
    /// The book itself: what the end of a day and the command line do.
    pub fn of_the_book() -> Actor {
        Actor {
            user_key: Key::entity(Part::new(0), 0, 0),
            username: "loam".to_owned(),
            is_administrator: true,
            permissions: Vec::new(),
            only_own_clients: false,
            role: None,
            bounds: Bounds::default(),
        }
    }

    /// Whether the actor may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.is_administrator || self.permissions.contains(&permission)
    }

    /// Whether one of these keys stands for the actor: the actor's own, or that of a role that he or she has.
    pub fn has_one_of(&self, keys: &[Key]) -> bool {
        let own = std::iter::once(self.user_key).chain(self.role);
        self.is_administrator || own.into_iter().any(|key| keys.contains(&key))
    }
}

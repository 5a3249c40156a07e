//! What somebody can ask of a deposit account.

use jiff::civil::Date;
use loam_calc::currency::Currency;

use crate::actor::Permission;
use crate::custom_field::refusal::CustomFieldRefusal;
use crate::custom_field::value::{CustomEdit, StatedValue};
use crate::ids::Key;
use crate::loan::Holder;
use crate::organization::TransactionDetails;
use crate::party::Assignment;
use crate::savings::event::MovementKind;
use crate::stated::{StatedAmount, StatedPercent};

/// A new deposit account as a door understood it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSavings {
    /// Given by the caller, or drawn by the book.
    pub id: Option<String>,
    pub holder: Holder,
    pub product: Key,
    pub name: Option<String>,
    pub notes: Option<String>,
    pub assignment: Assignment,
    /// Of what the caller believes; the product's counts.
    pub currency: Option<Currency>,
    pub figures: SavingsFigures,
    /// The line of credit that it is to be on.
    pub line_of_credit: Option<Key>,
    pub custom_values: Vec<StatedValue>,
}

/// The figures that are agreed case by case; `None` leaves one as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SavingsFigures {
    pub allows_overdraft: Option<bool>,
    pub overdraft_limit: Option<StatedAmount>,
    pub max_withdrawal: Option<StatedAmount>,
    pub recommended_deposit: Option<StatedAmount>,
    pub target: Option<StatedAmount>,
    /// A year.
    pub interest_rate: Option<StatedPercent>,
    /// A year, of what is overdrawn.
    pub overdraft_rate: Option<StatedPercent>,
    /// Where the rate of the tax stands that is withheld.
    pub tax_source: Option<Key>,
}

/// What to change of a deposit account; `None` leaves a field alone, `Some(None)` empties it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SavingsEdit {
    pub name: Option<String>,
    pub notes: Option<Option<String>>,
    pub figures: SavingsFigures,
    pub custom_values: Option<CustomEdit>,
}

/// Money that comes in or goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub amount: StatedAmount,
    pub value_date: Option<Date>,
    pub details: TransactionDetails,
    /// Of the transaction that comes of it.
    pub custom_values: Vec<StatedValue>,
}

/// A movement to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeBackMovement {
    /// What kind the caller says it is.
    pub kind: MovementKind,
    pub original: i64,
    /// The account that the caller named with it.
    pub account_no: Option<i64>,
    pub notes: Option<String>,
}

/// A term to be started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StartTerm {
    /// The day from which its length counts: the business date, or one before it.
    pub from: Option<Date>,
    /// The day on which it ends; the length of the product, if none is named.
    pub matures_on: Option<Date>,
    pub notes: Option<String>,
}

/// Everything that somebody can ask of one deposit account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SavingsCommand {
    Edit(Box<SavingsEdit>),
    Delete,
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
    Close {
        notes: Option<String>,
    },
    UndoClose {
        notes: Option<String>,
    },
    Lock {
        notes: Option<String>,
    },
    Unlock {
        notes: Option<String>,
    },
    /// Keeps the money for a term.
    StartTerm(StartTerm),
    UndoTerm {
        notes: Option<String>,
    },
    /// Puts the account on a line of credit; the desk writes the other side.
    PutOnLineOfCredit {
        line: Key,
    },
    TakeOffLineOfCredit {
        line: Key,
    },
    Deposit(Move),
    TakeOut(Move),
    ChargeFee(Move),
    /// Of a transfer, both sides.
    TakeBack(TakeBackMovement),
    /// Applies what has accrued before the business date.
    ApplyInterest {
        notes: Option<String>,
    },
    /// What the passing of days brings.
    Advance,
}

impl SavingsCommand {
    /// The money that it brings, takes or charges.
    pub fn movement(&self) -> Option<&Move> {
        if let SavingsCommand::Deposit(wanted)
        | SavingsCommand::TakeOut(wanted)
        | SavingsCommand::ChargeFee(wanted) = self
        {
            Some(wanted)
        } else {
            None
        }
    }

    /// The command with custom field values of its transaction.
    ///
    /// # Errors
    /// Refuses a command whose transaction has no channel.
    pub fn with_values(mut self, values: Vec<StatedValue>) -> Result<SavingsCommand, CustomFieldRefusal> {
        if let SavingsCommand::Deposit(wanted)
        | SavingsCommand::TakeOut(wanted)
        | SavingsCommand::ChargeFee(wanted) = &mut self
        {
            wanted.custom_values = values;
        } else if !values.is_empty() {
            return Err(CustomFieldRefusal::NotOfCommand { command: self.name() });
        }
        Ok(self)
    }

    /// The name written to the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            SavingsCommand::Edit(_) => "edit deposit account",
            SavingsCommand::Delete => "delete deposit account",
            SavingsCommand::Approve { .. } => "approve deposit account",
            SavingsCommand::UndoApproval { .. } => "undo approval of deposit account",
            SavingsCommand::Reject { .. } => "reject deposit account",
            SavingsCommand::UndoReject { .. } => "undo reject of deposit account",
            SavingsCommand::Withdraw { .. } => "withdraw deposit account",
            SavingsCommand::UndoWithdraw { .. } => "undo withdraw of deposit account",
            SavingsCommand::Close { .. } => "close deposit account",
            SavingsCommand::UndoClose { .. } => "undo close of deposit account",
            SavingsCommand::Lock { .. } => "lock deposit account",
            SavingsCommand::Unlock { .. } => "unlock deposit account",
            SavingsCommand::StartTerm(_) => "start maturity of deposit account",
            SavingsCommand::UndoTerm { .. } => "undo maturity of deposit account",
            SavingsCommand::PutOnLineOfCredit { .. } => "put deposit account on line of credit",
            SavingsCommand::TakeOffLineOfCredit { .. } => "take deposit account off line of credit",
            SavingsCommand::Deposit(_) => "deposit",
            SavingsCommand::TakeOut(_) => "withdrawal",
            SavingsCommand::ChargeFee(_) => "charge fee of deposit account",
            SavingsCommand::TakeBack(_) => "reverse movement of deposit account",
            SavingsCommand::ApplyInterest { .. } => "apply interest of deposit account",
            SavingsCommand::Advance => "advance deposit account",
        }
    }

    /// What the actor must be allowed to do; nothing for the book's own commands.
    pub fn permission(&self) -> Option<Permission> {
        Some(match self {
            SavingsCommand::Edit(_) => Permission::EditSavingsAccount,
            SavingsCommand::Delete => Permission::DeleteSavingsAccount,
            SavingsCommand::Approve { .. } | SavingsCommand::UndoApproval { .. } => {
                Permission::ApproveSavings
            }
            SavingsCommand::Reject { .. }
            | SavingsCommand::UndoReject { .. }
            | SavingsCommand::Withdraw { .. }
            | SavingsCommand::UndoWithdraw { .. } => Permission::RejectSavings,
            SavingsCommand::Close { .. } | SavingsCommand::UndoClose { .. } => {
                Permission::CloseSavingsAccounts
            }
            SavingsCommand::Lock { .. } | SavingsCommand::Unlock { .. } => Permission::LockSavingsAccounts,
            SavingsCommand::StartTerm(_) => Permission::ActivateMaturity,
            SavingsCommand::UndoTerm { .. } => Permission::UndoMaturity,
            SavingsCommand::PutOnLineOfCredit { .. } => Permission::AddAccountsToLineOfCredit,
            SavingsCommand::TakeOffLineOfCredit { .. } => Permission::RemoveAccountsFromLineOfCredit,
            SavingsCommand::Deposit(_) => Permission::MakeDeposit,
            SavingsCommand::TakeOut(_) => Permission::MakeWithdrawal,
            SavingsCommand::ChargeFee(_) => Permission::ApplySavingsFees,
            SavingsCommand::TakeBack(_) => Permission::ApplySavingsAdjustments,
            SavingsCommand::ApplyInterest { .. } => Permission::ApplyAccruedSavingsInterest,
            SavingsCommand::Advance => return None,
        })
    }
}

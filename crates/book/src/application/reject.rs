//! Rejects an application: the lender does not want it in the market.

use crate::actor::Permission;
use crate::application::{Application, Stage};
use crate::loan::command::LoanCommand;
use crate::loan::context::Context;
use crate::loan::refusal::Refusal;
use crate::loan::{Loan, LoanState};

/// The application as it stands after its rejection. Its loan account, where it has one, is
/// rejected by a command of its own.
///
/// # Errors
/// `NotPermitted`; `WrongApplicationStage` for one that is not new, in funding, or funded and not paid out.
pub fn reject(application: &Application, context: &Context<'_>) -> Result<Application, Refusal> {
    context.require(Permission::RejectLoans)?;
    match application.stage {
        // What was booked of it must not stay reserved where no loan comes of it.
        Stage::Funded if application.amount_in_funding.is_positive() => {
            Ok(application.moved_to(Stage::Rejected, context))
        }
        Stage::New | Stage::InFunding => Ok(application.moved_to(Stage::Rejected, context)),
        Stage::Funded | Stage::Expired | Stage::Cancelled | Stage::Rejected => {
            Err(Refusal::WrongApplicationStage { command: "reject", stage: application.stage.name() })
        }
    }
}

/// What the rejection of an application means for its loan: nothing for one that is closed already.
/// One that was paid out refuses the command, and with it the rejection.
pub fn rejection_of_loan(loan: &Loan) -> Option<LoanCommand> {
    match loan.servicing.state {
        LoanState::PartialApplication
        | LoanState::PendingApproval
        | LoanState::Approved { .. }
        | LoanState::Active { .. } => Some(LoanCommand::Reject { notes: None }),
        LoanState::Closed { .. } => None,
    }
}

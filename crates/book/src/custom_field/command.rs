//! Commands on loans that bring custom field values with them.

use crate::ids::Key;
use crate::loan::Loan;
use crate::loan::command::LoanCommand;
use crate::loan::refusal::Refusal;
use crate::loan::transaction::LoanTransaction;
use crate::organization::TransactionDetails;

use super::refusal::CustomFieldRefusal;

/// What a command says of its channel; `None` where it has none.
pub fn details(command: &mut LoanCommand) -> Option<&mut TransactionDetails> {
    match command {
        LoanCommand::Disburse(disburse) => Some(&mut disburse.details),
        LoanCommand::Repay(repay) | LoanCommand::Recover(repay) => Some(&mut repay.details),
        LoanCommand::Redraw(redraw) => Some(&mut redraw.details),
        LoanCommand::ChargeFee(charge) => Some(&mut charge.details),
        LoanCommand::ApplyPenalty(apply) => Some(&mut apply.details),
        LoanCommand::WaiveCharge(waive) => Some(&mut waive.details),
        LoanCommand::Create(_)
        | LoanCommand::Edit(_)
        | LoanCommand::Delete
        | LoanCommand::RequestApproval { .. }
        | LoanCommand::Approve { .. }
        | LoanCommand::UndoApproval { .. }
        | LoanCommand::Reject { .. }
        | LoanCommand::UndoReject { .. }
        | LoanCommand::Withdraw { .. }
        | LoanCommand::UndoWithdraw { .. }
        | LoanCommand::UndoDisbursement { .. }
        | LoanCommand::ChangeInterestRate(_)
        | LoanCommand::PauseInterest(_)
        | LoanCommand::Reverse(_)
        | LoanCommand::ApplyInterest { .. }
        | LoanCommand::WriteOff { .. }
        | LoanCommand::UndoWriteOff { .. }
        | LoanCommand::ClaimProtection(_)
        | LoanCommand::SetGuarantees { .. }
        | LoanCommand::SetFunds { .. }
        | LoanCommand::TradeFunds { .. }
        | LoanCommand::SetSettlementAccounts { .. }
        | LoanCommand::PutOnLineOfCredit { .. }
        | LoanCommand::TakeOffLineOfCredit { .. }
        | LoanCommand::TakeBackTransfer { .. }
        | LoanCommand::PayOff { .. }
        | LoanCommand::EditSchedule { .. }
        | LoanCommand::DeleteInstallment { .. }
        | LoanCommand::ReAge(_)
        | LoanCommand::ReAmortize { .. }
        | LoanCommand::FollowCalendar
        | LoanCommand::Lock { .. }
        | LoanCommand::Unlock { .. }
        | LoanCommand::Close { .. }
        | LoanCommand::UndoClose { .. }
        | LoanCommand::Advance => None,
    }
}

/// The command with a key under which the values of its transaction are kept.
///
/// # Errors
/// Refuses a command whose transaction has no channel.
pub fn with_values_key(mut command: LoanCommand, key: Key) -> Result<LoanCommand, Refusal> {
    let refused = Refusal::CustomField(CustomFieldRefusal::NotOfCommand { command: command.name() });
    details(&mut command).ok_or(refused)?.values_key = Some(key);
    Ok(command)
}

/// The channel of a command, and the key under which the values of its transaction are kept.
pub fn channel_and_key(command: &LoanCommand) -> (Option<Key>, Option<Key>) {
    details(&mut command.clone()).map_or((None, None), |details| (details.channel, details.values_key))
}

/// The key under which the values of a transaction are kept: its own, unless its details name one.
pub fn values_key(transaction: &LoanTransaction, loan: &Loan) -> Key {
    transaction.details.values_key.unwrap_or_else(|| transaction.key(loan))
}

//! What an actor must be permitted to do for a command on a loan, and up to which amount.

use loam_calc::money::Amount;

use crate::actor::Permission;
use crate::channel_limits::{self, ChannelMovement, Passing};
use crate::loan::Loan;
use crate::loan::command::{
    ChargeFee, Disburse, LoanCommand, LoanEdit, LoanFigures, NewLoan, Repay, ReversalKind,
};
use crate::loan::commands::{accompany, disburse_part};
use crate::loan::context::Context;
use crate::loan::refusal::{AccessRefusal, Refusal};
use crate::loan::state::LoanState;
use crate::organization::TransactionDetails;
use crate::rights::Limited;
use crate::stated::StatedAmount;

impl LoanCommand {
    /// All of what the actor must be permitted to do; nothing for the book's own commands. `loan` is
    /// none while it is being created.
    pub fn permissions(&self, loan: Option<&Loan>) -> Vec<Permission> {
        let one = match self {
            LoanCommand::Edit(edit) => return of_edit(edit, loan),
            LoanCommand::Repay(repay) => return of_repayment(repay),
            LoanCommand::Create(new) => return of_creation(new),
            // Who may take a transfer back is asked of the side that paid.
            LoanCommand::FollowCalendar | LoanCommand::Advance | LoanCommand::TakeBackTransfer { .. } => {
                return Vec::new();
            }
            LoanCommand::PayOff { .. } => Permission::RefinanceLoanAccount,
            LoanCommand::Delete => Permission::DeleteLoanAccount,
            LoanCommand::RequestApproval { .. } => Permission::RequestLoanApproval,
            LoanCommand::Approve { .. } | LoanCommand::UndoApproval { .. } => Permission::ApproveLoans,
            LoanCommand::Reject { .. } => Permission::RejectLoans,
            LoanCommand::UndoReject { .. } => Permission::UndoRejectLoans,
            LoanCommand::Withdraw { .. } => Permission::WithdrawLoanAccounts,
            LoanCommand::UndoWithdraw { .. } => Permission::UndoWithdrawLoanAccounts,
            LoanCommand::Disburse(_) | LoanCommand::Redraw(_) => Permission::DisburseLoans,
            // A claim gives up what is owed, as a write-off does.
            LoanCommand::Reverse(reverse) if reverse.kind == ReversalKind::Claim => {
                Permission::ReverseLoanAccountWriteOff
            }
            LoanCommand::UndoDisbursement { .. } | LoanCommand::Reverse(_) | LoanCommand::WaiveCharge(_) => {
                Permission::ApplyLoanAdjustments
            }
            LoanCommand::Recover(_) => Permission::EnterRepayment,
            LoanCommand::ChangeInterestRate(_) | LoanCommand::PauseInterest(_) => {
                Permission::EditInterestRate
            }
            LoanCommand::ChargeFee(_) | LoanCommand::ApplyPenalty(_) => Permission::ApplyLoanFees,
            LoanCommand::ApplyInterest { .. } => Permission::ApplyAccruedLoanInterest,
            LoanCommand::WriteOff { .. } | LoanCommand::ClaimProtection(_) => {
                Permission::WriteOffLoanAccounts
            }
            LoanCommand::UndoWriteOff { .. } => Permission::ReverseLoanAccountWriteOff,
            LoanCommand::TradeFunds { .. } => Permission::MakeTransfer,
            LoanCommand::SetGuarantees { .. } | LoanCommand::SetFunds { .. } => Permission::EditLoanAccount,
            LoanCommand::SetSettlementAccounts { .. } => Permission::LinkAccounts,
            LoanCommand::PutOnLineOfCredit { .. } => Permission::AddAccountsToLineOfCredit,
            LoanCommand::TakeOffLineOfCredit { .. } => Permission::RemoveAccountsFromLineOfCredit,
            LoanCommand::EditSchedule { .. }
            | LoanCommand::DeleteInstallment { .. }
            | LoanCommand::ReAge(_)
            | LoanCommand::ReAmortize { .. } => Permission::EditRepaymentSchedule,
            LoanCommand::Lock { .. } | LoanCommand::Unlock { .. } => Permission::LockLoanAccounts,
            LoanCommand::Close { .. } => Permission::CloseLoanAccounts,
            LoanCommand::UndoClose { .. } => Permission::UndoLoanAccountClosure,
        };
        vec![one]
    }
}

/// An edit needs the permission of each thing that has one, and the common one for the rest.
fn of_edit(edit: &LoanEdit, loan: Option<&Loan>) -> Vec<Permission> {
    let is_active = loan.is_some_and(|loan| loan.servicing.state.is_active());
    let mut rest = edit.clone();
    let figures = &mut rest.figures;
    let accompanying = &mut figures.accompanying;
    let named = [
        (figures.tranches.take().is_some(), Permission::EditLoanTranches),
        (
            [
                figures.expected_disbursement_on.take().is_some(),
                figures.first_due_date.take().is_some(),
                accompanying.fees.take().is_some(),
                accompanying.details.take().is_some(),
            ]
            .contains(&true),
            Permission::SetDisbursementConditions,
        ),
        (is_active && figures.penalty_rate.take().is_some(), Permission::EditPenaltyRate),
        (
            is_active && figures.principal_payment.take().is_some(),
            Permission::EditPrincipalPaymentActiveRevolvingCredit,
        ),
    ];
    let mut needed: Vec<Permission> =
        named.into_iter().filter(|(is_named, _)| *is_named).map(|(_, permission)| permission).collect();
    if needed.is_empty() || names_anything(&rest) {
        needed.push(Permission::EditLoanAccount);
    }
    needed
}

fn names_anything(edit: &LoanEdit) -> bool {
    let LoanEdit { figures, name, notes } = edit;
    name.is_some() || notes.is_some() || *figures != LoanFigures::default()
}

/// Who puts a loan on a line of credit at once must be allowed to do that too.
fn of_creation(new: &NewLoan) -> Vec<Permission> {
    let mut needed = vec![Permission::CreateLoanAccount];
    if new.figures.accompanying.line_of_credit.is_some() {
        needed.push(Permission::AddAccountsToLineOfCredit);
    }
    needed
}

fn of_repayment(repay: &Repay) -> Vec<Permission> {
    let mut needed = vec![Permission::EnterRepayment];
    if !repay.custom.is_empty() {
        needed.push(Permission::PerformRepaymentsWithCustomAmountsAllocation);
    }
    needed
}

/// Refuses an amount above what the actor may move at once. What cannot be read as an amount is left
/// to the command, which says why.
pub(crate) fn check_amount(
    command: &LoanCommand,
    loan: Option<&Loan>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let limits = &context.actor.bounds.limits;
    let Some(loan) = loan.filter(|_| !limits.0.is_empty()) else { return Ok(()) };
    let Some((what, amount)) = moved(command, loan, context) else { return Ok(()) };
    Ok(limits.check(what, amount, loan.terms.currency)?)
}

/// Refuses money that its channel does not take. A disbursement that names no channel goes over the planned one.
pub(crate) fn check_channel(
    command: &LoanCommand,
    loan: Option<&Loan>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let Some(loan) = loan else { return Ok(()) };
    let Some((movement, details)) = over_channel(command, loan) else { return Ok(()) };
    let Some((_, amount)) = moved(command, loan, context) else { return Ok(()) };
    let (currency, product) = (loan.terms.currency, loan.terms.product);
    channel_limits::check(&details, &Passing { movement, amount, currency, product }, context)
}

/// What a command moves over a channel, and what it says of that.
fn over_channel(command: &LoanCommand, loan: &Loan) -> Option<(ChannelMovement, TransactionDetails)> {
    if let LoanCommand::Disburse(disburse) = command {
        let planned = accompany::as_planned(loan, disburse);
        return Some((ChannelMovement::Disbursement, planned.details));
    }
    if let LoanCommand::Redraw(redraw) = command {
        return Some((ChannelMovement::Disbursement, redraw.details.clone()));
    }
    if let LoanCommand::Repay(repay) | LoanCommand::Recover(repay) = command {
        return Some((ChannelMovement::Repayment, repay.details.clone()));
    }
    None
}

/// The kind of limit that a command falls under, and its amount.
fn moved(command: &LoanCommand, loan: &Loan, context: &Context<'_>) -> Option<(Limited, Amount)> {
    let stated = |stated: &StatedAmount| stated.in_currency(loan.terms.currency).ok();
    if let LoanCommand::Approve { .. } = command {
        return Some((Limited::ApproveLoan, loan.terms.amount));
    }
    if let LoanCommand::Disburse(disburse) = command {
        return paid_out(disburse, loan, context).map(|amount| (Limited::DisburseLoan, amount));
    }
    if let LoanCommand::Redraw(redraw) = command {
        return stated(&redraw.amount).map(|amount| (Limited::DisburseLoan, amount));
    }
    if let LoanCommand::Repay(repay) | LoanCommand::Recover(repay) = command {
        return stated(&repay.amount).map(|amount| (Limited::MakeRepayment, amount));
    }
    if let LoanCommand::ChargeFee(fee) = command {
        return Some((Limited::ApplyFee, charged(fee, loan)));
    }
    if let LoanCommand::ApplyPenalty(penalty) = command {
        return stated(&penalty.amount).map(|amount| (Limited::ApplyFee, amount));
    }
    None
}

/// What a disbursement pays out: what it names, the next tranche, or what is left of the loan.
fn paid_out(disburse: &Disburse, loan: &Loan, context: &Context<'_>) -> Option<Amount> {
    let value_date = disburse.value_date.unwrap_or(context.business_date);
    disburse_part::part(loan, disburse, value_date).ok().map(|part| part.amount)
}

/// What a fee names; one whose amount the product says is no choice of the caller's and counts as
/// nothing.
fn charged(fee: &ChargeFee, loan: &Loan) -> Amount {
    let listed = fee.fees.iter().flatten().filter_map(|fee| fee.amount.as_ref());
    let stated = fee.amount.iter().chain(listed);
    stated.filter_map(|stated| stated.in_currency(loan.terms.currency).ok()).sum()
}

/// Refuses that whoever approved the loan pays it out, where the organization wants two for that.
pub(crate) fn check_two_men(loan: &Loan, context: &Context<'_>) -> Result<(), Refusal> {
    let settings = context.catalog.settings.as_ref();
    if !settings.is_some_and(|settings| settings.security.approval_needs_another) {
        return Ok(());
    }
    let approver = match &loan.servicing.state {
        LoanState::Approved { approved_by, .. } | LoanState::Active { approved_by, .. } => Some(*approved_by),
        LoanState::PartialApplication | LoanState::PendingApproval | LoanState::Closed { .. } => None,
    };
    if approver == Some(context.actor.user_key) {
        return Err(AccessRefusal::ApproverMayNotDisburse.into());
    }
    Ok(())
}

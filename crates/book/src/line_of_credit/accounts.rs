//! What accounts have to do with the line that they are on: what they take of it, and what it does not allow.

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::life::wrong_state;
use super::{ExposureLimit, LineOfCredit, LineUse};
use crate::ids::Key;
use crate::loan::command::LoanCommand;
use crate::loan::context::Context;
use crate::loan::refusal::{LineRefusal, Refusal};
use crate::loan::{Holder, Loan, LoanState};
use crate::product::ProductType;
use crate::product::linking::LineRequirement;
use crate::savings::command::SavingsCommand;
use crate::savings::{Savings, SavingsState};

/// What a loan takes of a line that counts in this way.
pub fn use_of_loan(loan: &Loan, limit: ExposureLimit) -> LineUse {
    let is_active = loan.state().is_active();
    let amount = match limit {
        ExposureLimit::ApprovedAmount => agreed(loan),
        ExposureLimit::OutstandingAmount => outstanding(loan),
    };
    LineUse {
        account: loan.key,
        is_loan: true,
        is_open: is_open(loan),
        amount,
        paid_out_on: loan.state().disbursed_on().filter(|_| is_active),
        matures_on: last_due_date(loan).filter(|_| is_active),
    }
}

/// What a deposit account takes of a line: as much as it may be overdrawn, whatever it is by now.
pub fn use_of_savings(account: &Savings) -> LineUse {
    let is_open = is_open_account(account);
    let amount = account.terms.overdraft_limit.filter(|_| is_open).unwrap_or(Amount::ZERO);
    LineUse { account: account.key, is_loan: false, is_open, amount, paid_out_on: None, matures_on: None }
}

/// Whether a line has to be looked at because of what becomes of a loan.
pub fn needs_line(before: Option<&Loan>, after: &Loan) -> bool {
    let line = |loan: &Loan| loan.servicing.course.line_of_credit.filter(|_| !loan.is_deleted());
    let (was, is) = (before.and_then(line), line(after));
    let uses = |loan: &Loan| {
        [ExposureLimit::ApprovedAmount, ExposureLimit::OutstandingAmount]
            .map(|limit| use_of_loan(loan, limit))
    };
    was != is || (is.is_some() && before.map(uses) != Some(uses(after)))
}

/// The same of a deposit account.
pub fn savings_needs_line(before: Option<&Savings>, after: &Savings) -> bool {
    let line = |account: &Savings| account.line_of_credit.filter(|_| !account.is_deleted());
    let was = before.and_then(line);
    was != line(after) || (was.is_some() && before.map(use_of_savings) != Some(use_of_savings(after)))
}

/// Whether a command is refused where the line does not allow what comes of it. What follows from anything else is
/// counted as it is: a repayment that is taken back is owed again.
pub fn looks_at_line(command: &LoanCommand) -> bool {
    matches!(
        command,
        LoanCommand::Create(_)
            | LoanCommand::Edit(_)
            | LoanCommand::Approve { .. }
            | LoanCommand::UndoReject { .. }
            | LoanCommand::UndoWithdraw { .. }
            | LoanCommand::UndoClose { .. }
            | LoanCommand::Disburse(_)
            | LoanCommand::Redraw(_)
            | LoanCommand::EditSchedule { .. }
            | LoanCommand::ReAge(_)
            | LoanCommand::ReAmortize { .. }
            | LoanCommand::PutOnLineOfCredit { .. }
    )
}

/// Whether a command on a deposit account may make it take more of its line.
pub fn concerns_line(command: &SavingsCommand) -> bool {
    matches!(
        command,
        SavingsCommand::Edit(_)
            | SavingsCommand::UndoReject { .. }
            | SavingsCommand::UndoWithdraw { .. }
            | SavingsCommand::UndoClose { .. }
            | SavingsCommand::PutOnLineOfCredit { .. }
    )
}

/// Refuses a loan that the line does not allow.
///
/// Checks, in this order: the line is open, where the loan takes more of it or comes to it; of one that comes, who may
/// reach the line, its holder, its currency, its product, its state; the dates, unless the loan is closed; the amount, where it takes more.
///
/// # Errors
/// The first check that does not hold.
pub fn check_loan(
    line: &LineOfCredit,
    before: Option<&Loan>,
    loan: &Loan,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let taken = use_of_loan(loan, line.limit);
    let comes = before.and_then(|before| before.servicing.course.line_of_credit) != Some(line.key);
    let earlier = line.use_of(loan.key).map_or(Amount::ZERO, |on_it| on_it.amount);
    if (comes || taken.amount > earlier) && !line.state.is_open() {
        return Err(wrong_state("put an account on it", line));
    }
    if comes {
        context.require_reach(&line.assignment)?;
        check_party(line, loan.holder, loan.terms.currency)?;
        let product = context.catalog.products.by_key(loan.terms.product);
        if product.is_some_and(|product| product.linking.line_of_credit == LineRequirement::NotRequired) {
            return Err(LineRefusal::ProductNotAllowed.into());
        }
        if !is_open(loan) {
            return Err(LineRefusal::AccountClosed { state: loan.state().name() }.into());
        }
    }
    if is_open(loan) {
        check_dates(line, loan, context)?;
    }
    check_amount(line, &taken)
}

/// Refuses a deposit account that the line does not allow, by the same checks as far as they are about one; it must
/// have an overdraft limit.
///
/// # Errors
/// The first check that does not hold.
pub fn check_savings(
    line: &LineOfCredit,
    before: Option<&Savings>,
    account: &Savings,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let taken = use_of_savings(account);
    let comes = before.and_then(|before| before.line_of_credit) != Some(line.key);
    let earlier = line.use_of(account.key).map_or(Amount::ZERO, |on_it| on_it.amount);
    if (comes || taken.amount > earlier) && !line.state.is_open() {
        return Err(wrong_state("put an account on it", line));
    }
    if comes {
        context.require_reach(&line.assignment)?;
        check_party(line, account.holder, account.terms.currency)?;
        if !taken.is_open {
            return Err(LineRefusal::AccountClosed { state: account.state.name() }.into());
        }
        if account.terms.overdraft_limit.is_none_or(|limit| !limit.is_positive()) {
            return Err(LineRefusal::OverdraftLimitMissing.into());
        }
    }
    check_overdrawn(before, account)?;
    check_amount(line, &taken)
}

/// What an account takes of its line is its limit, which does not fall below what is overdrawn: that is owed, and
/// would be lent again.
fn check_overdrawn(before: Option<&Savings>, account: &Savings) -> Result<(), Refusal> {
    let limit = |account: &Savings| account.terms.overdraft_limit.unwrap_or(Amount::ZERO);
    let (limit_before, limit, overdrawn) =
        (before.map_or(Amount::ZERO, limit), limit(account), account.overdraft());
    if limit >= limit_before || limit >= overdrawn {
        return Ok(());
    }
    let text = |amount: Amount| amount.to_fixed_text(account.terms.currency);
    Err(LineRefusal::LimitBelowOverdrawn { limit: text(limit), overdrawn: text(overdrawn) }.into())
}

fn check_party(line: &LineOfCredit, holder: Holder, currency: Currency) -> Result<(), Refusal> {
    if line.holder != holder {
        return Err(LineRefusal::OtherHolder.into());
    }
    if line.currency != currency {
        return Err(LineRefusal::OtherCurrency.into());
    }
    Ok(())
}

/// A loan is paid out and falls due while the line counts. Of one that is not paid out yet and names no day, the
/// first day on which it could be is looked at.
fn check_dates(line: &LineOfCredit, loan: &Loan, context: &Context<'_>) -> Result<(), Refusal> {
    let LineOfCredit { start_on, expire_on, .. } = *line;
    let named = loan.state().disbursed_on().or(loan.terms.expected_disbursement_on);
    if let Some(paid_out_on) = named.filter(|paid_out_on| *paid_out_on < start_on) {
        return Err(LineRefusal::BeforeStart { paid_out_on, start_on }.into());
    }
    let paid_out_on = named.unwrap_or(context.business_date.max(start_on));
    let matures_on = match last_due_date(loan) {
        Some(matures_on) => Some(matures_on),
        None if is_revolving(loan) => None,
        // A schedule that is not possible is refused where the loan is paid out.
        None => loan
            .terms
            .schedule(paid_out_on, context.calendar)
            .ok()
            .and_then(|rows| rows.last().map(|row| row.due_date)),
    };
    let last = matures_on.unwrap_or(paid_out_on).max(paid_out_on);
    if last > expire_on {
        return Err(LineRefusal::AfterExpiry { matures_on: last, expire_on }.into());
    }
    Ok(())
}

/// What is taken in addition must be left. An account that takes no more than before is in nobody's way.
fn check_amount(line: &LineOfCredit, taken: &LineUse) -> Result<(), Refusal> {
    let earlier = line.use_of(taken.account).map_or(Amount::ZERO, |on_it| on_it.amount);
    let exposure = line.consumed() - earlier + taken.amount;
    if taken.amount <= earlier || exposure <= line.amount {
        return Ok(());
    }
    let text = |amount: Amount| amount.to_fixed_text(line.currency);
    Err(LineRefusal::Exceeded { exposure: text(exposure), most: text(line.amount) }.into())
}

fn agreed(loan: &Loan) -> Amount {
    if is_open(loan) { loan.terms.amount } else { Amount::ZERO }
}

/// What may be owed of a loan without anybody being asked again: all of it from its approval on, and what is still to
/// be paid out of one that is paid out in tranches. A draw on a revolving credit is looked at by itself.
fn outstanding(loan: &Loan) -> Amount {
    match loan.state() {
        LoanState::PartialApplication | LoanState::PendingApproval | LoanState::Closed { .. } => Amount::ZERO,
        LoanState::Approved { .. } => loan.terms.amount,
        LoanState::Active { .. } => {
            let tranches = loan.servicing.course.tranches.iter();
            let left = tranches.filter(|tranche| tranche.disbursement.is_none());
            loan.servicing.outstanding.principal + left.map(|tranche| tranche.amount).sum::<Amount>()
        }
    }
}

fn is_open(loan: &Loan) -> bool {
    !matches!(loan.state(), LoanState::Closed { .. })
}

fn is_open_account(account: &Savings) -> bool {
    !matches!(account.state, SavingsState::Closed { .. })
}

fn is_revolving(loan: &Loan) -> bool {
    loan.terms.product_type == ProductType::RevolvingCredit
}

/// Of a loan that was paid out. A revolving credit has no last installment.
fn last_due_date(loan: &Loan) -> Option<Date> {
    let rows = loan.servicing.installments.last().filter(|_| !is_revolving(loan));
    rows.map(|row| row.due_date).filter(|_| loan.state().disbursed_on().is_some())
}

/// Takes a loan or an account off a line that it is on.
///
/// # Errors
/// `NotOnLine`.
pub(crate) fn require_on(present: Option<Key>, line: Key) -> Result<(), Refusal> {
    if present == Some(line) { Ok(()) } else { Err(LineRefusal::NotOnLine.into()) }
}

/// An account is on one line at most.
///
/// # Errors
/// `AlreadyOnLine`.
pub(crate) fn require_on_none(present: Option<Key>) -> Result<(), Refusal> {
    if present.is_none() { Ok(()) } else { Err(LineRefusal::AlreadyOnLine.into()) }
}

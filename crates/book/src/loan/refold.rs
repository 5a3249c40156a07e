//! Back-dated facts and reversals: later facts are decided again in value-date order, derived
//! steps are derived again, and the outcome is one `Refolded` entry.

use jiff::civil::Date;
use loam_calc::allocation::Components;

use crate::actor::Permission;
use crate::loan::advance::advance;
use crate::loan::charges;
use crate::loan::commands::{
    claim, close, disburse_part, edit, interest, interest_rate, lock, pause, recover, redraw, repay,
    restructure, schedule_edit, securities, tranches, write_off,
};
use crate::loan::context::Context;
use crate::loan::course::Pause;
use crate::loan::custom_payment::Paying;
use crate::loan::draft::Draft;
use crate::loan::dynamic::ScheduleCause;
use crate::loan::dynamic::review::looked_up;
use crate::loan::event::charge::{FeeCause, LockCause, PenaltyCause};
use crate::loan::event::{Entry, Event, InterestCause, Placed, Refolded, Reversal, Step};
use crate::loan::log::{Effective, effective, fold_steps, position_after};
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::loan::securities::FundShare;
use crate::loan::trades;
use crate::loan::{Closure, Loan, LoanState, Servicing};
use crate::product::payments::FuturePayments;

mod numbers;

use numbers::Numbers;

/// A fact to be decided at its place in a log.
pub(crate) type Fact<'f> = &'f dyn Fn(&mut Draft<'_>) -> Result<(), Refusal>;

/// A transaction that somebody wants taken back.
#[derive(Debug, Clone)]
pub(crate) struct TakeBack {
    pub(crate) original: i64,
    pub(crate) notes: Option<String>,
}

/// The loan after a refold, and the entry's event with the day from which it counts.
pub(crate) struct Outcome {
    pub(crate) servicing: Servicing,
    pub(crate) step: Step,
}

/// Puts a fact of an earlier day in its place.
///
/// # Errors
/// `BeforeOtherTransaction` when served transactions follow and the actor may not correct in
/// bulk; otherwise what the fact, or a later fact decided again, refuses.
pub(crate) fn insert(
    loan: &Loan,
    history: &[Entry],
    value_date: Date,
    context: &Context<'_>,
    fact: Fact<'_>,
) -> Result<Outcome, Refusal> {
    let steps = effective(history);
    let kept = position_after(&steps, value_date);
    if let Some((transaction_id, later)) = first_served(&steps[kept..])
        && !context.actor.may(Permission::BulkLoanCorrections)
    {
        return Err(Refusal::BeforeOtherTransaction { value_date, transaction_id, later });
    }
    no_transfer_among(&steps[kept..])?;
    Refold { loan, steps: &steps, kept, context }.run(value_date, fact, None)
}

/// Takes a served transaction back.
///
/// # Errors
/// `UnknownTransaction`, `AlreadyReversed`; `LaterTransactionExists` when facts follow and the
/// actor may not correct in bulk; otherwise what a later fact refuses.
pub(crate) fn take_back(
    loan: &Loan,
    history: &[Entry],
    take_back: &TakeBack,
    context: &Context<'_>,
) -> Result<Outcome, Refusal> {
    let steps = effective(history);
    let original = take_back.original;
    let target = locate(&steps, history, original)?;
    let later = steps[target + 1..].iter().filter(|later| is_fact(&later.step.event));
    if let Some(later) = later.flat_map(|fact| fact.step.event.posted()).next()
        && !context.actor.may(Permission::BulkLoanCorrections)
    {
        return Err(Refusal::LaterTransactionExists { original, later: later.transaction_id });
    }
    no_transfer_among(&steps[target + 1..])?;
    let value_date = steps[target].step.value_date;
    let kept = target - early_interest_before(&steps, target);
    let step = steps[target].step;
    let forgo = |draft: &mut Draft<'_>| charges::forgo(draft, step);
    Refold { loan, steps: &steps, kept, context }.run(value_date, &forgo, Some(take_back))
}

/// Money that came from another account of the book, or went to one, is not posted again: the other side
/// would stay as it was.
fn no_transfer_among(later: &[Effective<'_>]) -> Result<(), Refusal> {
    let moved = later.iter().find_map(|effective| {
        let (Event::Repaid { posted, details, .. } | Event::Disbursed { posted, details, .. }) =
            &effective.step.event
        else {
            return None;
        };
        details.transfer.is_some().then_some(posted.transaction_id)
    });
    match moved {
        Some(transaction_id) => Err(SavingsRefusal::TransferInTheWay { transaction_id }.into()),
        None => Ok(()),
    }
}

/// How many steps just before this one applied interest or charges only because it came, or because of
/// the payment with which it came itself: they go with it, and are derived again with what stays.
fn early_interest_before(steps: &[Effective<'_>], target: usize) -> usize {
    let is_early = |effective: &Effective<'_>| {
        charges::comes_with_repayment(&effective.step.event)
            || matches!(
                effective.step.event,
                Event::InterestApplied { cause: InterestCause::EarlyPayment, .. }
                    | Event::ScheduleChanged {
                        cause: ScheduleCause::Repayment | ScheduleCause::LateInterest,
                        ..
                    }
            )
    };
    let brings_others = matches!(
        steps[target].step.event,
        Event::ScheduleEdited { .. }
            | Event::Repaid { .. }
            | Event::WrittenOff { .. }
            | Event::Waived { .. }
            | Event::InterestApplied { cause: InterestCause::Request, .. }
    );
    if !brings_others && !is_early(&steps[target]) {
        return 0;
    }
    steps[..target].iter().rev().take_while(|effective| is_early(effective)).count()
}

/// The effective step that is served as this transaction, if it counts still.
///
/// # Errors
/// `AlreadyReversed` when it was served once and taken back, `UnknownTransaction` otherwise.
pub(crate) fn locate(
    steps: &[Effective<'_>],
    history: &[Entry],
    transaction_id: i64,
) -> Result<usize, Refusal> {
    let is_it = |event: &Event| event.posted().iter().any(|posted| posted.transaction_id == transaction_id);
    if let Some(index) = steps.iter().position(|effective| is_it(&effective.step.event)) {
        return Ok(index);
    }
    let was_reversed = history.iter().any(|entry| {
        let Event::Refolded { refolded } = &entry.step.event else { return false };
        refolded.reversals.iter().any(|reversal| reversal.original == transaction_id)
    });
    if was_reversed {
        return Err(Refusal::AlreadyReversed { transaction_id });
    }
    Err(Refusal::UnknownTransaction { transaction_id })
}

struct Refold<'a> {
    loan: &'a Loan,
    steps: &'a [Effective<'a>],
    kept: usize,
    context: &'a Context<'a>,
}

impl Refold<'_> {
    fn run(&self, value_date: Date, fact: Fact<'_>, target: Option<&TakeBack>) -> Result<Outcome, Refusal> {
        let tail = &self.steps[self.kept..];
        let next = &self.context.ids.transaction_id;
        let first = next.get();
        let mut drafted = self.drafted(value_date, fact, target)?;
        // What is taken back is booked before what is posted in its place, and numbered so. How much that is shows only
        // when all is decided.
        let posted = dropped(tail, &drafted.1).iter().map(|step| step.event.posted().len()).sum::<usize>();
        let count = i64::try_from(posted).expect("a log fits in memory");
        if count > 0 && next.get() > first {
            next.set(first + count);
            drafted = self.drafted(value_date, fact, target)?;
        }
        let end = next.get().max(first + count);
        next.set(first);
        let (after, placed) = drafted;
        let reversals = self.reversals(&dropped(tail, &placed), target);
        next.set(end);
        self.check_periods(&reversals, &placed)?;
        let refolded = Refolded { kept: self.kept, reversals, tail: placed, result: after.servicing.clone() };
        let event = Event::Refolded { refolded: Box::new(refolded) };
        Ok(Outcome { servicing: after.servicing, step: Step { value_date, event } })
    }

    /// Decides the fact, and again what came after it; gives the loan and the steps that lead to it.
    fn drafted(
        &self,
        value_date: Date,
        fact: Fact<'_>,
        target: Option<&TakeBack>,
    ) -> Result<(Loan, Vec<Placed>), Refusal> {
        let tail = &self.steps[self.kept..];
        let derived = tail.iter().filter(|e| !is_fact(&e.step.event)).map(|e| e.step).collect();
        let mut base = fold_steps(&self.steps[..self.kept]).expect("the creation always counts");
        base.version = self.loan.version;
        let numbers = Numbers::of(&base, tail);

        let looked_up = looked_up(base.terms.interest.rate, self.steps);
        let mut draft = Draft::keeping(base, self.context, derived).having_looked_up(looked_up);
        let facts = tail.iter().map(|e| e.step).filter(|step| is_fact(&step.event));
        let facts = charges::forgo_fees_first(&mut draft, value_date, facts.collect());
        fact(&mut draft)?;
        for later in charges::forgone_first(facts.into_iter()) {
            if target.is_none_or(|target| !is_served_as(later, target.original)) {
                advance(&mut draft, charges::derived_through(later));
                let later = numbers.renumbered(later, &draft.loan.servicing.installments)?;
                decide_again(&mut draft, &later)?;
            }
        }
        advance(&mut draft, self.context.business_date);

        let (after, placed, _) = draft.finish();
        Ok((after, placed))
    }

    /// Nothing is moved in a closed accounting period.
    fn check_periods(&self, reversals: &[Reversal], placed: &[Placed]) -> Result<(), Refusal> {
        let Some(closed_through) = self.context.closed_through else { return Ok(()) };
        let reversed = reversals.iter().map(|reversal| reversal.step.value_date);
        let posted = placed.iter().filter(|p| matches!(p, Placed::New(_))).map(|p| p.step().value_date);
        match reversed.chain(posted).find(|value_date| *value_date <= closed_through) {
            Some(value_date) => Err(Refusal::ClosedPeriod { value_date, closed_through }),
            None => Ok(()),
        }
    }

    /// One reversal for each served transaction that is not kept, the latest first, as if each
    /// had been taken back by hand.
    fn reversals(&self, dropped: &[&Step], target: Option<&TakeBack>) -> Vec<Reversal> {
        let mut principal_balance = self.loan.servicing.outstanding.principal;
        let mut reversals = Vec::new();
        for step in dropped {
            principal_balance -= principal_moved(&step.event);
            if moves_unserved(&step.event) {
                reversals.push(Reversal::unserved(step, principal_balance));
            }
            for posted in step.event.posted() {
                let requested = target.filter(|target| target.original == posted.transaction_id);
                let transaction_id = self.context.ids.take_transaction_id();
                reversals.push(Reversal {
                    original: posted.transaction_id,
                    posted: crate::loan::event::Posted { transaction_id, principal_balance },
                    step: (*step).clone(),
                    notes: requested.and_then(|target| target.notes.clone()),
                    is_requested: requested.is_some(),
                });
            }
        }
        reversals
    }
}

/// The steps that are not kept, the latest first.
fn dropped<'a>(tail: &[Effective<'a>], placed: &[Placed]) -> Vec<&'a Step> {
    // Equal steps of one day are kept one by one.
    let mut kept: Vec<&Step> = placed.iter().filter_map(kept_step).collect();
    let mut dropped = Vec::new();
    for effective in tail.iter().rev() {
        match kept.iter().position(|step| *step == effective.step) {
            Some(index) => {
                kept.swap_remove(index);
            }
            None => dropped.push(effective.step),
        }
    }
    dropped
}

/// Whether an event moves money and is served as no transaction.
fn moves_unserved(event: &Event) -> bool {
    if let Event::FundsShared { shares } = event {
        let moves = |share: &FundShare| share.is_paid_out || share.is_owed && !share.interest.is_zero();
        return shares.iter().any(moves);
    }
    if let Event::FundsTraded { traded } = event {
        return traded.from.is_none();
    }
    matches!(
        event,
        Event::FeeIncomeRecognized { .. } | Event::FundsPaidIn { .. } | Event::PremiumShared { .. }
    )
}

fn kept_step(placed: &Placed) -> Option<&Step> {
    if let Placed::Kept(step) = placed { Some(step) } else { None }
}

/// By how much an event moved the principal balance.
fn principal_moved(event: &Event) -> loam_calc::money::Amount {
    match event {
        Event::Disbursed { amount, .. } => *amount,
        Event::Repaid { parts, .. } => -parts.iter().map(|part| part.part).sum::<Components>().principal,
        Event::InterestApplied { parts, .. } => parts.iter().map(|part| part.part.principal).sum(),
        Event::WrittenOff { amount, .. } | Event::Waived { amount, .. } => -amount.principal,
        Event::Restructured { written_off, carried_over, .. } => -(*written_off + *carried_over).principal,
        Event::Created { .. }
        | Event::Edited { .. }
        | Event::ApprovalRequested { .. }
        | Event::Approved { .. }
        | Event::ApprovalUndone { .. }
        | Event::ScheduleChanged { .. }
        | Event::RateChanged { .. }
        | Event::RateReviewed
        | Event::InterestPaused { .. }
        | Event::TranchesSet { .. }
        | Event::TrancheExpected { .. }
        | Event::DisbursementPlanned { .. }
        | Event::Redrawn { .. }
        | Event::FeeCharged { .. }
        | Event::PenaltyApplied { .. }
        | Event::PenaltyAccrued { .. }
        | Event::ChargeForgone { .. }
        | Event::FeeIncomeRecognized { .. }
        | Event::ArrearsChanged { .. }
        | Event::Recovered { .. }
        | Event::ScheduleEdited { .. }
        | Event::ChargeReduced { .. }
        | Event::Locked { .. }
        | Event::Unlocked { .. }
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
        | Event::Refolded { .. } => loam_calc::money::Amount::ZERO,
    }
}

fn is_served_as(step: &Step, transaction_id: i64) -> bool {
    step.event.posted().iter().any(|posted| posted.transaction_id == transaction_id)
}

fn first_served(steps: &[Effective<'_>]) -> Option<(i64, Date)> {
    steps.iter().find_map(|e| e.step.event.posted().first().map(|p| (p.transaction_id, e.step.value_date)))
}

/// Whether somebody did this, as opposed to the book itself.
pub(crate) fn is_fact(event: &Event) -> bool {
    match event {
        Event::InterestApplied { cause, .. } => *cause == InterestCause::Request,
        Event::FeeCharged { charge, .. } => charge.cause == FeeCause::Request,
        Event::PenaltyApplied { cause, .. } => *cause == PenaltyCause::Request,
        Event::Locked { cause, .. } => *cause == LockCause::Request,
        Event::PenaltyAccrued { .. }
        | Event::FeeIncomeRecognized { .. }
        | Event::ArrearsChanged { .. }
        | Event::FundsShared { .. }
        | Event::PremiumShared { .. }
        | Event::RateReviewed
        | Event::TrancheExpected { .. }
        | Event::ScheduleChanged { .. } => false,
        Event::Closed { is_derived, .. } | Event::RateChanged { is_derived, .. } => !is_derived,
        Event::ChargeReduced { is_of_edit, .. } => !is_of_edit,
        Event::Created { .. }
        | Event::Edited { .. }
        | Event::ApprovalRequested { .. }
        | Event::Approved { .. }
        | Event::ApprovalUndone { .. }
        | Event::Disbursed { .. }
        | Event::Repaid { .. }
        | Event::InterestPaused { .. }
        | Event::TranchesSet { .. }
        | Event::DisbursementPlanned { .. }
        | Event::Redrawn { .. }
        | Event::ChargeForgone { .. }
        | Event::Unlocked { .. }
        | Event::WrittenOff { .. }
        | Event::Waived { .. }
        | Event::Recovered { .. }
        | Event::Restructured { .. }
        | Event::ScheduleEdited { .. }
        | Event::Reopened { .. }
        | Event::GuaranteesSet { .. }
        | Event::FundsSet { .. }
        | Event::FundsPaidIn { .. }
        | Event::FundsTraded { .. }
        | Event::SettlementAccountsSet { .. }
        | Event::LineOfCreditSet { .. }
        | Event::Refolded { .. } => true,
    }
}

/// What comes in on a loan that keeps what is too much opens it, where another repayment closes it now
/// that did not before.
fn reopen_for_too_much(draft: &mut Draft<'_>, date: Date) {
    let keeps_excess = draft.loan.terms.payment_rules.future_payments == FuturePayments::AcceptOverpayments;
    let is_repaid = matches!(draft.loan.state(), LoanState::Closed { closure: Closure::Repaid, .. });
    if keeps_excess && is_repaid {
        draft.record(date, Event::Reopened { notes: None });
    }
}

/// Decides a later fact again, on what is now before it.
fn decide_again(draft: &mut Draft<'_>, step: &Step) -> Result<(), Refusal> {
    let date = step.value_date;
    match &step.event {
        Event::Repaid { amount, details, custom, .. } => {
            reopen_for_too_much(draft, date);
            let stated = custom.as_ref().map(|custom| custom.stated.as_slice()).unwrap_or_default();
            repay::post(draft, Paying { amount: *amount, stated, is_again: true }, date, details)
        }
        Event::RateChanged { rate, notes, .. } => interest_rate::post(draft, date, *rate, notes.clone()),
        Event::InterestPaused { from, until, notes } => {
            let pause = Pause { from: from.unwrap_or(date), to: *until };
            pause::post(draft, date, pause, notes.clone())
        }
        Event::TranchesSet { tranches } => tranches::set_again(draft, date, tranches),
        Event::DisbursementPlanned { .. } => {
            draft.record(date, step.event.clone());
            Ok(())
        }
        Event::Disbursed { amount, tranche, details, fees, upfront, .. } => {
            disburse_part::post_again(draft, date, (*amount, *tranche), (fees, upfront), details)
        }
        Event::Redrawn { amount, details, .. } => redraw::post(draft, date, *amount, details),
        Event::FeeCharged { .. }
        | Event::PenaltyApplied { .. }
        | Event::ChargeReduced { .. }
        | Event::ChargeForgone { .. } => charges::decide_again(draft, step),
        Event::InterestApplied { notes, .. } => interest::post(draft, date, notes.clone()),
        Event::WrittenOff { notes, claim, .. } => write_off::post(draft, date, notes.clone(), claim.clone()),
        Event::Waived { claim, notes, .. } => claim::post(draft, claim, date, notes.clone()),
        Event::Recovered { amount, details, .. } => recover::post(draft, *amount, date, details),
        Event::FundsTraded { traded } => trades::post_again(draft, date, traded),
        // Without a disbursement nobody has paid for it.
        Event::FundsPaidIn { .. } if !draft.loan.state().is_active() => Ok(()),
        Event::GuaranteesSet { .. }
        | Event::FundsSet { .. }
        | Event::FundsPaidIn { .. }
        | Event::SettlementAccountsSet { .. }
        | Event::LineOfCreditSet { .. } => {
            securities::post(draft, date, step.event.clone());
            Ok(())
        }
        Event::ScheduleEdited { change, notes, .. } => {
            schedule_edit::post(draft, date, change, notes.clone())
        }
        // What was carried over stands in another loan's log.
        Event::Restructured { successor, .. } => restructure::refuse_restructured(Some(*successor)),
        Event::Locked { notes, .. } => lock::post_lock(draft, date, notes.clone()),
        Event::Unlocked { notes, .. } => lock::post_unlock(draft, date, notes.clone()),
        // A closed loan that was opened again: where it does not close any more there is nothing to
        // open, and it stands in the log all the same, for it may close again by another correction.
        Event::Reopened { notes } => close::reopen_again(draft, date, notes),
        Event::Closed { notes, .. } => {
            close::post(draft, date, notes);
            Ok(())
        }
        Event::PenaltyAccrued { .. }
        | Event::FeeIncomeRecognized { .. }
        | Event::ArrearsChanged { .. }
        | Event::FundsShared { .. }
        | Event::PremiumShared { .. }
        | Event::RateReviewed
        | Event::TrancheExpected { .. }
        | Event::ScheduleChanged { .. } => Ok(()),
        Event::Edited { .. } => edit::post(draft, date, step.event.clone()),
        Event::Created { .. }
        | Event::ApprovalRequested { .. }
        | Event::Approved { .. }
        | Event::ApprovalUndone { .. }
        | Event::Refolded { .. } => unreachable!("{} never follows a disbursement", step.event.name()),
    }
}

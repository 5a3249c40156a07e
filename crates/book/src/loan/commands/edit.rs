//! Changes the terms of a loan that is not paid out, and the tolerance of one that is.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::loan::accompanying::Accompanying;
use crate::loan::advance::{advance, settle_lateness};
use crate::loan::command::{LoanEdit, LoanFigures};
use crate::loan::commands::create::check_schedule;
use crate::loan::commands::{accompany, tranches};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{Refusal, RevolvingRefusal};
use crate::loan::terms_agreed::{Ground, agree};
use crate::loan::{Loan, LoanState, Terms};
use crate::product::Product;

/// Changes what the edit names. Checks, in this order: state, product, figures, schedule.
pub(super) fn edit(draft: &mut Draft<'_>, edit: &LoanEdit) -> Result<(), Refusal> {
    check_state(draft, edit)?;
    let loan = &draft.loan;
    let unknown = || Refusal::UnknownProduct { value: loan.terms.product.to_string() };
    let product = draft.context.catalog.products.by_key(loan.terms.product).ok_or_else(unknown)?;
    if let Some(figures) = &edit.figures.tranches {
        tranches::set(draft, figures, product)?;
        let without = LoanFigures { tranches: None, ..edit.figures.clone() };
        let rest = LoanEdit { figures: without, ..edit.clone() };
        return if rest == LoanEdit::default() { Ok(()) } else { self::edit(draft, &rest) };
    }
    if edit.figures.accompanying.is_named() {
        accompany::accompany(draft, &edit.figures.accompanying)?;
        let without = LoanFigures { accompanying: Accompanying::default(), ..edit.figures.clone() };
        let rest = LoanEdit { figures: without, ..edit.clone() };
        return if rest == LoanEdit::default() { Ok(()) } else { self::edit(draft, &rest) };
    }
    let terms = edited(draft, &edit.figures, product)?;
    let event = Event::Edited {
        keeps_schedule: rests_on_the_same(&loan.terms, &terms),
        terms: Box::new(terms),
        name: edit.name.clone().unwrap_or_else(|| loan.name.clone()),
        notes: edit.notes.clone().unwrap_or_else(|| loan.notes.clone()),
        assignment: loan.assignment,
    };
    post(draft, draft.context.business_date, event)?;
    // What rests on arrears may come with another tolerance.
    advance(draft, draft.context.business_date);
    Ok(())
}

/// The terms with the figures named. Where none is, nothing is agreed anew: what the product says by
/// now is not the loan's.
fn edited(draft: &Draft<'_>, figures: &LoanFigures, product: &Product) -> Result<Terms, Refusal> {
    let loan = &draft.loan;
    if *figures == LoanFigures::default() {
        return Ok(loan.terms.clone());
    }
    let ground = Ground::of(draft.context, &loan.assignment);
    let agreed = agree(figures, product, Some(&loan.terms), &ground)?;
    if loan.servicing.state.is_active() {
        return edited_while_active(loan, figures, agreed);
    }
    check_schedule(&agreed, draft.context)?;
    tranches::check_first_due_date(&agreed, &loan.servicing.course.tranches)?;
    Ok(agreed)
}

/// Of an active loan the arrears tolerance and the penalty rate; of a revolving credit also its limit
/// and its bills. What is not named stays.
fn edited_while_active(loan: &Loan, figures: &LoanFigures, agreed: Terms) -> Result<Terms, Refusal> {
    let mut terms = loan.terms.clone();
    if figures.arrears_tolerance_days.is_some() {
        terms.arrears_tolerance_days = agreed.arrears_tolerance_days;
    }
    if figures.penalty_rate.is_some() {
        terms.penalty_rate = agreed.penalty_rate;
    }
    if figures.principal_payment.is_some() {
        terms.revolving = agreed.revolving;
    }
    if figures.amount.is_some() {
        terms.amount = agreed.amount;
        let outstanding = loan.servicing.outstanding.principal;
        if terms.amount < outstanding {
            let text = |amount: Amount| amount.to_fixed_text(terms.currency);
            let reason = format!("{} are outstanding", text(outstanding));
            return Err(Refusal::InvalidAmount { value: text(terms.amount), reason });
        }
    }
    Ok(terms)
}

/// Whether a schedule that was edited by hand goes with both.
fn rests_on_the_same(before: &Terms, after: &Terms) -> bool {
    let but_for_lateness = Terms {
        arrears_tolerance_days: after.arrears_tolerance_days,
        penalty_rate: after.penalty_rate,
        product_version: after.product_version,
        ..before.clone()
    };
    but_for_lateness == *after
}

/// Posts an edit; another tolerance may change whether the account is in arrears.
///
/// # Errors
/// When more is outstanding of a credit than the limit that it sets.
pub(crate) fn post(draft: &mut Draft<'_>, value_date: Date, event: Event) -> Result<(), Refusal> {
    draft.record(value_date, event);
    let loan = &draft.loan;
    if loan.terms.is_revolving() && loan.servicing.outstanding.principal > loan.terms.amount {
        let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
        let (amount, available) = (text(loan.servicing.outstanding.principal), text(loan.terms.amount));
        return Err(Refusal::Revolving(RevolvingRefusal::MoreThanAvailable { amount, available }));
    }
    if draft.loan.servicing.state.is_active() {
        settle_lateness(draft, value_date);
    }
    Ok(())
}

/// Everything may change before approval; afterwards name and notes, and of an active loan arrears
/// tolerance and penalty rate: nothing that the schedule rests on.
fn check_state(draft: &Draft<'_>, edit: &LoanEdit) -> Result<(), Refusal> {
    let state = &draft.loan.servicing.state;
    match state {
        LoanState::PartialApplication | LoanState::PendingApproval => Ok(()),
        LoanState::Approved { .. } | LoanState::Active { .. } => {
            let fixed = first_fixed(&edit.figures, &draft.loan);
            fixed.map_or(Ok(()), |field| Err(Refusal::FieldNotEditable { field, state: state.name() }))
        }
        LoanState::Closed { .. } => Err(Refusal::WrongState { command: "edit", state: state.name() }),
    }
}

/// The first figure named that may not change any more.
fn first_fixed(figures: &LoanFigures, loan: &Loan) -> Option<&'static str> {
    let is_active = loan.servicing.state.is_active();
    // What a credit may owe, and what its bills ask for, may change while it is drawn.
    let is_drawn = is_active && loan.terms.is_revolving();
    let named = [
        (figures.amount.is_some() && !is_drawn, "loanAmount"),
        (figures.principal_payment.is_some() && !is_drawn, "principalPaymentSettings"),
        (figures.interest_rate.is_some(), "interestRate"),
        (figures.interest_spread.is_some(), "interestSpread"),
        (figures.periodic_payment.is_some(), "periodicPayment"),
        (figures.payment_plan.is_some(), "paymentPlan"),
        (figures.installments.is_some(), "repaymentInstallments"),
        (figures.period_count.is_some(), "repaymentPeriodCount"),
        (figures.period_unit.is_some(), "repaymentPeriodUnit"),
        (figures.grace_period.is_some(), "gracePeriod"),
        (figures.principal_repayment_interval.is_some(), "principalRepaymentInterval"),
        (figures.fixed_days_of_month.is_some(), "fixedDaysOfMonth"),
        (figures.expected_disbursement_on.is_some(), "expectedDisbursementDate"),
        (figures.first_due_date.is_some(), "firstRepaymentDate"),
        (figures.due_day.is_some(), "dueDay"),
        (figures.last_due_date.is_some(), "maturityDate"),
        (figures.capitalized_fee.is_some(), "capitalizedFee"),
        (figures.accrual_through, "accrualThrough"),
        (figures.accompanying.is_named(), "disbursementDetails"),
        (figures.arrears_tolerance_days.is_some() && !is_active, "arrearsTolerancePeriod"),
        (figures.penalty_rate.is_some() && !is_active, "penaltyRate"),
    ];
    named.into_iter().find(|(is_named, _)| *is_named).map(|(_, field)| field)
}

//! Pays a loan out, all of it or the first part, and takes a disbursement back. A capitalized fee is part of the amount:
//! it is lent, but kept and not paid out.
//!
//! Checks, in this order: state, value date, amount, channel, fees, first due date, schedule.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::loan::advance::advance;
use crate::loan::command::{Disburse, NamedTransaction, PaidIn};
use crate::loan::commands::disbursement_fees::{DisbursementFees, Disbursing};
use crate::loan::commands::reverse::require_named;
use crate::loan::commands::{
    Decided, Target, accompany, check_value_date, disburse_part, pay_off, repay, require_unlocked,
    restructure, schedule_edit,
};
use crate::loan::draft::Draft;
use crate::loan::dynamic::begin;
use crate::loan::event::{CarriedOver, Event, InstallmentPart, InterestCause};
use crate::loan::refold::{self, TakeBack};
use crate::loan::refusal::{MarketRefusal, Refusal};
use crate::loan::securities::Fund;
use crate::loan::{Loan, LoanState, command_rights, premium};
use crate::product::InterestApplication;

/// Pays an approved loan out and derives what followed since the value date. Of a schedule that was edited before, the log
/// tells for which day.
pub(super) fn decide(on: &Target<'_>, disburse: &Disburse) -> Result<Decided, Refusal> {
    let edited_for = match (on.loan.servicing.course.agreed_schedule.is_empty(), on.history) {
        (true, _) => None,
        (false, Some(history)) => schedule_edit::edited_for(on.loan, history),
        (false, None) => return Ok(Decided::NeedsHistory(on.context.business_date)),
    };
    on.with(|draft| {
        command_rights::check_two_men(&draft.loan, draft.context)?;
        pay_out(draft, disburse, Source { carried_over: None, edited_for })
    })
}

/// What a loan is paid out by, besides what the command says.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// What was owed of another loan.
    pub(super) carried_over: Option<CarriedOver>,
    /// The day for which the schedule was edited.
    pub(super) edited_for: Option<Date>,
}

/// Money for a deposit account reaches it in the same decision, or is not paid out.
fn check_target(disburse: &Disburse, carried_over: Option<&CarriedOver>) -> Result<(), Refusal> {
    if carried_over.is_some() && disburse.details.target.is_some() {
        let what = "paying a loan to a deposit account that takes the place of another";
        return Err(Refusal::NotSupported(what.to_owned()));
    }
    Ok(())
}

/// Pays an approved loan out, in part with what was owed of another loan.
pub(super) fn pay_out(
    draft: &mut Draft<'_>,
    disburse: &Disburse,
    Source { carried_over, edited_for }: Source,
) -> Result<(), Refusal> {
    let LoanState::Approved { .. } = draft.loan.servicing.state else {
        return Err(Refusal::WrongState { command: "disburse", state: draft.loan.servicing.state.name() });
    };
    let disburse = &accompany::as_planned(&draft.loan, disburse);
    check_target(disburse, carried_over.as_ref())?;
    let context = draft.context;
    let value_date = disburse.value_date.unwrap_or(context.business_date);
    check_value_date(context, "disburse", value_date)?;
    let part = disburse_part::part(&draft.loan, disburse, value_date)?;
    repay::check_details(&disburse.details, context)?;

    let mut terms = draft.loan.terms.clone();
    check_paid_in(&draft.loan, part.amount, &disburse.paid_in)?;
    let cash = part.amount - terms.capitalized_fee;
    let disbursing = Disbursing { cash, is_first: true, charged: &[] };
    let fees = DisbursementFees::agree(&terms, disburse.fees.as_deref(), &disbursing, context)?;
    terms.amount = part.amount + fees.capitalized();
    terms.first_due_date = disburse.first_due_date.or(terms.first_due_date);
    if let Some(first_due_date) = terms.first_due_date.filter(|first| *first <= value_date) {
        return Err(Refusal::FirstDueDateBeforeDisbursement { first_due_date, disbursed_on: value_date });
    }
    terms.check_first_due_date(value_date)?;
    let installments = match schedule_edit::agreed_rows(&draft.loan, disburse, value_date, terms.amount)? {
        Some(rows) => schedule_edit::moved_to(rows, (edited_for, value_date), &terms, context.calendar)?,
        None => terms.schedule(value_date, context.calendar).map_err(|error| terms.impossible(&error))?,
    };
    let (amount, capitalized_fee) = (terms.amount, terms.capitalized_fee);
    let (kept, capitalized_fee_tax) = (fees.kept.clone(), Amount::ZERO);
    if let Some(carried_over) = carried_over {
        restructure::check_cash(&terms, amount - capitalized_fee - carried_over.amount, &kept)?;
    }
    let cash = amount - capitalized_fee - kept.iter().map(|fee| fee.amount).sum();
    pay_off::check_pays_off(disburse, (value_date, cash), &terms, context)?;
    let paid_off = disburse.pays_off.clone();
    let posted = draft.posted(amount);
    let (details, tranche) = (disburse.details.clone(), part.tranche);
    draft.record(
        value_date,
        Event::Disbursed {
            posted,
            amount,
            capitalized_fee,
            capitalized_fee_tax,
            fees: kept,
            upfront: Vec::new(),
            carried_over,
            paid_off,
            installments,
            details,
            tranche,
            first_due_date: disburse.first_due_date,
        },
    );
    if terms.is_dynamic() {
        let event = begin(&draft.loan, value_date);
        draft.derive(value_date, event);
    }
    let investors = paid_in_funds(&disburse.paid_in);
    if !investors.is_empty() {
        draft.record(value_date, Event::FundsPaidIn { funds: investors });
        premium::share(draft, value_date);
    }
    fees.charge_upfront(draft, value_date);
    premium::charge(draft, value_date);
    if terms.interest_application == InterestApplication::OnDisbursement {
        apply_all_interest(draft, value_date);
    }
    advance(draft, context.business_date);
    Ok(())
}

/// Refuses investors' money that is not what is lent, all of it at once, and a loan that cannot be shared among them.
/// Fees that are lent on top are the lender's.
fn check_paid_in(loan: &Loan, lent: Amount, paid_in: &[PaidIn]) -> Result<(), Refusal> {
    if paid_in.is_empty() {
        return Ok(());
    }
    if !loan.servicing.course.funds.is_empty() {
        return Err(MarketRefusal::FundsByHand.into());
    }
    if let Some(what) = loan.terms.contradicts_investors() {
        return Err(MarketRefusal::NotForInvestors { what }.into());
    }
    let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
    let sum: Amount = paid_in.iter().map(|paid| paid.amount).sum();
    let whole = loan.terms.amount;
    if sum == lent && sum == whole {
        return Ok(());
    }
    let lent = text(if sum == lent { whole } else { lent });
    Err(MarketRefusal::PaidInDiffers { paid_in: text(sum), lent }.into())
}

/// What investors paid, as funds of the loan.
fn paid_in_funds(paid_in: &[PaidIn]) -> Vec<Fund> {
    let fund = |paid: &PaidIn| Fund {
        key: paid.key,
        account: paid.account,
        amount: paid.amount,
        interest_commission: Some(paid.commission),
        is_paid_in: true,
        principal_repaid: Amount::ZERO,
        interest_earned: Amount::ZERO,
        premium: Amount::ZERO,
        rebated: Amount::ZERO,
        lost: Amount::ZERO,
        traded: Amount::ZERO,
        bought_on: None,
    };
    paid_in.iter().map(fund).collect()
}

/// Takes the last disbursement back; only what the book derived may have followed. Loans that it paid off are opened
/// again by the desk.
pub(super) fn undo(
    on: &Target<'_>,
    named: Option<NamedTransaction>,
    notes: &Option<String>,
) -> Result<Decided, Refusal> {
    let LoanState::Active { disbursed_on, .. } = on.loan.servicing.state else {
        let state = on.loan.servicing.state.name();
        return Err(Refusal::WrongState { command: "undo disbursement", state });
    };
    require_unlocked(on.loan, on.context)?;
    if !on.loan.servicing.course.trades.is_empty() {
        return Err(MarketRefusal::OrdersTraded.into());
    }
    let Some(history) = on.history else { return Ok(Decided::NeedsHistory(disbursed_on)) };
    let steps = crate::loan::log::effective(history);
    let (index, original, carried_over) = steps
        .iter()
        .enumerate()
        .rev()
        .find_map(|(index, effective)| {
            let Event::Disbursed { posted, carried_over, .. } = &effective.step.event else { return None };
            Some((index, posted.transaction_id, carried_over))
        })
        .expect("an active loan was disbursed");
    let number_of = |event: &Event| {
        if let Event::Disbursed { posted, .. } = event { Some(posted.transaction_id) } else { None }
    };
    require_named(on, named, (original, history), number_of)?;
    // A further tranche rests on nothing but this loan.
    restructure::refuse_restructured(carried_over.map(|carried_over| carried_over.origin))?;
    // Facts never stand without their disbursement, whatever the actor's permissions.
    let facts = steps[index + 1..].iter().filter(|later| refold::is_fact(&later.step.event));
    if let Some(later) = facts.flat_map(|fact| fact.step.event.posted()).next() {
        return Err(Refusal::LaterTransactionExists { original, later: later.transaction_id });
    }
    let take_back = TakeBack { original, notes: notes.clone() };
    let outcome = refold::take_back(on.loan, history, &take_back, on.context)?;
    Ok(on.refolded(outcome))
}

fn apply_all_interest(draft: &mut Draft<'_>, value_date: Date) {
    let parts: Vec<InstallmentPart> = draft
        .loan
        .servicing
        .installments
        .iter()
        .filter(|installment| installment.interest_to_apply().is_positive())
        .map(|installment| InstallmentPart {
            number: installment.number,
            part: Components { interest: installment.interest_to_apply(), ..Components::default() },
        })
        .collect();
    let amount: Amount = parts.iter().map(|part| part.part.interest).sum();
    if amount.is_positive() {
        let posted = draft.unposted(Amount::ZERO);
        let cause = InterestCause::Disbursement;
        let tax = Amount::ZERO;
        draft.derive(value_date, Event::InterestApplied { posted, amount, parts, cause, notes: None, tax });
    }
}

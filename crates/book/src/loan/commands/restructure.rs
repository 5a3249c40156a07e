//! Closes a loan and opens another one in its place, paid out with what was owed of the first.
//!
//! Checks, in this order: permission, state of the old loan, its kind, what is written off and lent
//! on top, the new loan as at its creation, currency and accounting, the new amount, how much the actor
//! may approve and pay out, its approval, its channel, its schedule.

use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::actor::Permission;
use crate::channel_limits::{self, ChannelMovement, Passing};
use crate::loan::accompanying::Accompanying;
use crate::loan::charges::fee_income;
use crate::loan::command::{Disburse, LoanFigures, NewLoan, TrancheFigure};
use crate::loan::commands::{
    Decision, accompany, application, create, decision, disburse, new_step, require_active, securities,
    settlement,
};
use crate::loan::context::Context;
use crate::loan::course::Tranche;
use crate::loan::draft::Draft;
use crate::loan::event::charge::DisbursedFee;
use crate::loan::event::{CarriedOver, Event, Opening, Step};
use crate::loan::refusal::{Refusal, RestructureRefusal, SecurityRefusal};
use crate::loan::restructuring::{
    Division, Origin, Restructure, RestructureDetails, RestructureKind, Restructured,
};
use crate::loan::securities::{self as shares, Fund, Guarantee, GuaranteeKind};
use crate::loan::{Closure, Loan, LoanState, Terms};
use crate::organization::TransactionDetails;
use crate::product::ProductType;
use crate::rights::Limited;
use crate::savings::Savings;
use crate::stated::StatedAmount;

/// Decides a restructuring of a loan that has been advanced to the business date. `linked` are the
/// deposit accounts that pay for it.
///
/// # Errors
/// The first check that does not hold; nothing is written of either loan then.
pub fn restructure(
    (old, linked): (&Loan, &[&Savings]),
    asked: &Restructure,
    context: &Context<'_>,
) -> Result<Restructured, Refusal> {
    context.require(permission(asked.kind))?;
    check_old(old, asked.kind, context)?;
    let division = divide(old, asked)?;
    let new = completed(old, asked, &division);
    let opening = create::opening(&new, context)?;
    check_products((old, asked.kind), &opening.terms, &division)?;
    check_amount(&opening.terms, &division)?;

    let line = new.figures.accompanying.line_of_credit;
    if line.is_some() && line != old.servicing.course.line_of_credit {
        context.require(Permission::AddAccountsToLineOfCredit)?;
    }
    let successor = Origin { kind: asked.kind, loan: opening.key };
    let origin = Origin { kind: asked.kind, loan: old.key };
    if new.figures.accompanying.funds.is_some() && stays_funded(old, asked.kind) {
        return Err(Refusal::Restructure(RestructureRefusal::OriginalHasFunds));
    }
    let opened = open((opening, &new), (old, linked), (origin, &division), context, &asked.notes)?;
    Ok(Restructured { closed: close(old, successor, &division, context, &asked.notes), opened })
}

/// Refuses to move what another loan rests on.
pub(crate) fn refuse_restructured(origin: Option<Origin>) -> Result<(), Refusal> {
    let Some(origin) = origin else { return Ok(()) };
    Err(Refusal::Restructure(match origin.kind {
        RestructureKind::Refinance => RestructureRefusal::Refinanced,
        RestructureKind::Reschedule => RestructureRefusal::Rescheduled,
    }))
}

/// Fees are kept only from cash that is paid out: what is carried over was paid out long ago.
pub(super) fn check_cash(terms: &Terms, cash: Amount, kept: &[DisbursedFee]) -> Result<(), Refusal> {
    let fees: Amount = kept.iter().map(|fee| fee.amount).sum();
    let text = |amount: Amount| amount.to_fixed_text(terms.currency);
    // A capitalized fee is lent on top of the amount, and is in the cash as well as in the fees.
    if fees <= cash {
        return Ok(());
    }
    let (fee, paid_out) = (text(fees), text(cash));
    Err(Refusal::Restructure(RestructureRefusal::FeeExceedsTopUp { fee, paid_out }))
}

fn permission(kind: RestructureKind) -> Permission {
    match kind {
        RestructureKind::Refinance => Permission::RefinanceLoanAccount,
        RestructureKind::Reschedule => Permission::RescheduleLoanAccount,
    }
}

fn check_old(old: &Loan, kind: RestructureKind, context: &Context<'_>) -> Result<(), Refusal> {
    if let LoanState::Closed { closure: Closure::Refinanced | Closure::Rescheduled, .. } = old.state() {
        return refuse_restructured(old.successor());
    }
    require_active(old, kind.name(), context)?;
    if old.terms.product_type == ProductType::RevolvingCredit {
        return Err(Refusal::Restructure(RestructureRefusal::RevolvingCredit));
    }
    let overpaid = old.servicing.course.overpaid;
    if overpaid.is_positive() {
        let amount = overpaid.to_fixed_text(old.terms.currency);
        return Err(Refusal::Restructure(RestructureRefusal::Overpaid { amount }));
    }
    Ok(())
}

/// Divides what is outstanding into what is written off and what is carried over.
fn divide(old: &Loan, asked: &Restructure) -> Result<Division, Refusal> {
    let refused = |refusal| Err(Refusal::Restructure(refusal));
    let details = match (&asked.details, asked.kind) {
        (Some(details), _) => details.clone(),
        (None, RestructureKind::Reschedule) => RestructureDetails::default(),
        (None, RestructureKind::Refinance) => return refused(RestructureRefusal::DetailsMissing),
    };
    let command = asked.kind.name();
    match asked.kind {
        RestructureKind::Refinance if details.principal_write_off.is_some() => {
            return refused(RestructureRefusal::FieldNotAllowed { field: "principalWriteOff", command });
        }
        RestructureKind::Refinance if details.top_up.is_none() => {
            return refused(RestructureRefusal::TopUpMissing);
        }
        RestructureKind::Reschedule if details.top_up.is_some() => {
            return refused(RestructureRefusal::FieldNotAllowed { field: "topUpAmount", command });
        }
        RestructureKind::Refinance | RestructureKind::Reschedule => {}
    }
    let currency = old.terms.currency;
    let stated = |stated: &Option<StatedAmount>| {
        stated.as_ref().map_or(Ok(Amount::ZERO), |stated| stated.in_currency(currency))
    };
    let top_up = stated(&details.top_up)?;
    if top_up.is_negative() {
        return refused(RestructureRefusal::NegativeTopUp { value: top_up.to_fixed_text(currency) });
    }
    let outstanding = old.servicing.outstanding;
    let write_off = |field, value: &Option<StatedAmount>, balance| {
        written_off(field, stated(value)?, balance).map_err(|refusal| refusal(old))
    };
    let written_off = Components {
        principal: write_off("principalWriteOff", &details.principal_write_off, outstanding.principal)?,
        interest: write_off("interestWriteOff", &details.interest_write_off, outstanding.interest)?,
        fees: write_off("feesWriteOff", &details.fees_write_off, outstanding.fees)?,
        penalties: write_off("penaltyWriteOff", &details.penalty_write_off, outstanding.penalties)?,
    };
    Ok(Division { written_off, carried_over: outstanding - written_off, top_up })
}

fn written_off(
    field: &'static str,
    value: Amount,
    balance: Amount,
) -> Result<Amount, impl FnOnce(&Loan) -> Refusal> {
    if !value.is_negative() && value <= balance {
        return Ok(value);
    }
    Err(move |old: &Loan| {
        let text = |amount: Amount| amount.to_fixed_text(old.terms.currency);
        Refusal::Restructure(if value.is_negative() {
            RestructureRefusal::NegativeWriteOff { field, value: text(value) }
        } else {
            RestructureRefusal::WriteOffExceedsBalance {
                field,
                value: text(value),
                outstanding: text(balance),
            }
        })
    })
}

/// The new loan with what it has from the old one.
fn completed(old: &Loan, asked: &Restructure, division: &Division) -> NewLoan {
    let new = &asked.new;
    let amount = division.new_amount().to_fixed_text(old.terms.currency);
    let figures = LoanFigures {
        amount: new.figures.amount.clone().or(Some(StatedAmount(amount))),
        accompanying: Accompanying {
            line_of_credit: new.figures.accompanying.line_of_credit.or(old.servicing.course.line_of_credit),
            ..new.figures.accompanying.clone()
        },
        ..new.figures.clone()
    };
    let assignment = new.assignment.completed_by(old.assignment);
    NewLoan { holder: old.holder, assignment, figures, ..new.clone() }
}

/// What was income of the old product becomes principal of the new one: both must account for it
/// in the same way.
fn check_products(
    (old, kind): (&Loan, RestructureKind),
    new: &Terms,
    division: &Division,
) -> Result<(), Refusal> {
    if old.terms.currency != new.currency {
        return Err(Refusal::Restructure(RestructureRefusal::OtherCurrency));
    }
    if new.product_type == ProductType::RevolvingCredit {
        return Err(Refusal::Restructure(RestructureRefusal::IntoRevolvingCredit));
    }
    check_funds((old, kind), new, division)?;
    let capitalized = division.carried_over.total() - division.carried_over.principal;
    if capitalized.is_positive() && old.terms.accounting.method != new.accounting.method {
        return Err(Refusal::Restructure(RestructureRefusal::OtherAccounting));
    }
    Ok(())
}

/// Whether investors' money stays in the loan that takes the place of the old one. What they paid in themselves is
/// repaid with a loan that is refinanced: the new one is the lender's.
fn stays_funded(old: &Loan, kind: RestructureKind) -> bool {
    let mut funds = old.servicing.course.funds.iter();
    match kind {
        RestructureKind::Refinance => funds.any(|fund| !fund.is_paid_in),
        RestructureKind::Reschedule => funds.next().is_some(),
    }
}

/// Investors' money stays in the loan as it is: nothing of what they lent is given up, and nothing
/// becomes principal that they did not lend.
fn check_funds(
    (old, kind): (&Loan, RestructureKind),
    new: &Terms,
    division: &Division,
) -> Result<(), Refusal> {
    let refused = |refusal| Err(Refusal::Restructure(refusal));
    if !stays_funded(old, kind) {
        return Ok(());
    }
    if old.servicing.course.funds.iter().any(|fund| fund.is_paid_in) {
        return Err(Refusal::NotSupported(
            "rescheduling a loan that investors paid for into another one".to_owned(),
        ));
    }
    let rules = new.securities.funding.ok_or(Refusal::Security(SecurityRefusal::FundsNotTaken))?;
    for fund in &old.servicing.course.funds {
        securities::check_commission(&rules, fund.interest_commission, new.interest.rate)?;
    }
    if division.top_up.is_positive() || division.written_off.principal.is_positive() {
        return refused(RestructureRefusal::FundedAmountChanges);
    }
    if division.carried_over.total() > division.carried_over.principal {
        return refused(RestructureRefusal::FundedCapitalization);
    }
    Ok(())
}

/// What secures the old loan secures the new one, as far as its product takes it and nothing else is
/// named in its place; funds with what was not repaid of them.
fn carry_securities(draft: &mut Draft<'_>, old: &Loan, named: &Accompanying) {
    let (course, rules) = (&old.servicing.course, draft.loan.terms.securities);
    let is_taken = |guarantee: &&Guarantee| match guarantee.kind {
        GuaranteeKind::Guarantor { .. } => rules.takes_guarantors,
        GuaranteeKind::Asset { .. } => rules.takes_collateral,
    };
    let guarantees: Vec<Guarantee> = course.guarantees.iter().filter(is_taken).cloned().collect();
    // What investors paid in is repaid with the old loan.
    let left = course.funds.iter().filter(|fund| !fund.is_paid_in).map(|fund| Fund {
        amount: fund.amount - fund.principal_repaid,
        principal_repaid: Amount::ZERO,
        interest_earned: Amount::ZERO,
        premium: Amount::ZERO,
        rebated: Amount::ZERO,
        ..fund.clone()
    });
    let funds: Vec<Fund> = left.filter(|fund| fund.amount.is_positive()).collect();
    let date = draft.context.business_date;
    if !guarantees.is_empty() && named.guarantees.is_none() {
        draft.record(date, Event::GuaranteesSet { guarantees });
    }
    if !funds.is_empty() {
        draft.record(date, Event::FundsSet { funds });
    }
}

fn check_amount(new: &Terms, division: &Division) -> Result<(), Refusal> {
    let text = |amount: Amount| amount.to_fixed_text(new.currency);
    if new.amount != division.new_amount() {
        let (value, expected) = (text(new.amount), text(division.new_amount()));
        return Err(Refusal::Restructure(RestructureRefusal::AmountDiffers { value, expected }));
    }
    if new.capitalized_fee > division.top_up {
        let (fee, paid_out) = (text(new.capitalized_fee), text(division.top_up));
        return Err(Refusal::Restructure(RestructureRefusal::FeeExceedsTopUp { fee, paid_out }));
    }
    Ok(())
}

/// The new loan is approved as a whole, and what is lent on top is paid out, at once or with its tranches.
fn check_limits(
    new: &Terms,
    tranches: Option<&[Tranche]>,
    division: &Division,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let limits = &context.actor.bounds.limits;
    limits.check(Limited::ApproveLoan, new.amount, new.currency)?;
    Ok(limits.check(Limited::DisburseLoan, paid_out(tranches, division), new.currency)?)
}

/// What leaves the house: what is lent on top, or as much of it as comes with the first tranche.
fn paid_out(tranches: Option<&[Tranche]>, division: &Division) -> Amount {
    let first = tranches.and_then(|tranches| tranches.first());
    first.map_or(division.top_up, |first| first.amount - division.carried_over.total())
}

/// Refuses money that the planned channel does not take. Where none leaves the house, none goes over it.
fn check_channel(
    loan: &Loan,
    disburse: &Disburse,
    division: &Division,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let course = &loan.servicing.course;
    let amount = paid_out(Some(&course.tranches), division);
    if !amount.is_positive() {
        return Ok(());
    }
    let (currency, product) = (loan.terms.currency, loan.terms.product);
    let passing = Passing { movement: ChannelMovement::Disbursement, amount, currency, product };
    channel_limits::check(&accompany::as_planned(loan, disburse).details, &passing, context)
}

/// The tranches of the new loan: those named, else one of all of it. The first one is paid out at
/// once, and with it all that is carried over.
fn tranches(
    opening: &Opening,
    figures: &LoanFigures,
    division: &Division,
    context: &Context<'_>,
) -> Result<Option<Vec<Tranche>>, Refusal> {
    let terms = &opening.terms;
    let text = |amount: Amount| amount.to_fixed_text(terms.currency);
    let all =
        || vec![TrancheFigure { key: None, amount: StatedAmount(text(terms.amount)), expected_on: None }];
    let needs_one =
        terms.product_type == ProductType::TranchedLoan && !terms.payment_rules.disburses_in_parts;
    let Some(figures) = figures.tranches.clone().or_else(|| needs_one.then(all)) else { return Ok(None) };
    let tranches = create::tranches_of(&figures, opening, context)?;
    let carried_over = division.carried_over.total();
    match tranches.first().filter(|first| first.amount < carried_over) {
        Some(first) => Err(Refusal::Restructure(RestructureRefusal::FirstTrancheTooSmall {
            value: text(first.amount),
            carried_over: text(carried_over),
        })),
        None => Ok(Some(tranches)),
    }
}

/// The new loan: created, approved and paid out on one day.
fn open(
    (opening, new): (Opening, &NewLoan),
    (old, linked): (&Loan, &[&Savings]),
    (origin, division): (Origin, &Division),
    context: &Context<'_>,
    notes: &Option<String>,
) -> Result<Decision, Refusal> {
    let is_partial = opening.is_partial;
    let loan = crate::loan::apply::open(&opening, &context.stamp());
    let mut draft = Draft::new(loan, context);
    let named = &new.figures.accompanying;
    let tranches = tranches(&opening, &new.figures, division, context)?;
    check_limits(&opening.terms, tranches.as_deref(), division, context)?;
    if let Some(tranches) = tranches {
        draft.record(context.business_date, Event::TranchesSet { tranches });
    }
    carry_securities(&mut draft, old, named);
    settlement::carry(&mut draft, linked);
    accompany::accompany(&mut draft, named)?;
    if is_partial {
        application::request_approval(&mut draft, notes)?;
    }
    application::approve(&mut draft, notes)?;
    let details = TransactionDetails { notes: notes.clone(), ..TransactionDetails::default() };
    let disburse = Disburse { details, ..Disburse::default() };
    let carried_over = CarriedOver { origin, amount: division.carried_over.total() };
    check_channel(&draft.loan, &disburse, division, context)?;
    let source = disburse::Source { carried_over: Some(carried_over), edited_for: None };
    disburse::pay_out(&mut draft, &disburse, source)?;
    let (_, placed, _) = draft.finish();
    let event = Event::Created { opening: Box::new(opening) };
    let created = Step { value_date: context.business_date, event };
    let steps = std::iter::once(created).chain(placed.into_iter().map(new_step)).collect();
    Ok(decision(None, steps, context))
}

/// The old loan: all of it is written off or carried over, and it is closed.
fn close(
    old: &Loan,
    successor: Origin,
    division: &Division,
    context: &Context<'_>,
    notes: &Option<String>,
) -> Decision {
    let mut draft = Draft::new(old.clone(), context);
    let posted = draft.posted(-old.servicing.outstanding.principal);
    let event = Event::Restructured {
        posted,
        successor,
        written_off: division.written_off,
        carried_over: division.carried_over,
        tax: Components::default(),
        notes: notes.clone(),
    };
    draft.record(context.business_date, event);
    shares::share_repaid_by_another(&mut draft, context.business_date, division.carried_over);
    fee_income::settle(&mut draft, context.business_date);
    let (_, placed, _) = draft.finish();
    decision(Some(old), placed.into_iter().map(new_step).collect(), context)
}

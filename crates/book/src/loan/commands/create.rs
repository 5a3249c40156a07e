//! Creates a loan from a product and the figures agreed.
//!
//! Checks, in this order: product, holder, product for holder and branch, assignment, figures
//! (amount, rate, installments, period, grace, interval, tolerance, dates), id, schedule, tranches,
//! what comes with it.

use jiff::civil::Date;

use crate::ids::{Key, Part, is_possible_id};
use crate::loan::HolderKind;
use crate::loan::apply;
use crate::loan::command::{NewLoan, TrancheFigure};
use crate::loan::commands::{Decision, accompany, decision, new_step, tranches};
use crate::loan::context::Context;
use crate::loan::course::Tranche;
use crate::loan::draft::Draft;
use crate::loan::event::{Event, Opening, Step};
use crate::loan::refusal::{PartyRefusal, Refusal};
use crate::loan::terms::Terms;
use crate::loan::terms_agreed::{Ground, agree};
use crate::party::Assignment;
use crate::party::holder::Party;
use crate::product::{IdPattern, InitialState, Product};

/// Decides the creation of a loan.
pub(super) fn create(new: &NewLoan, context: &Context<'_>) -> Result<Decision, Refusal> {
    let opening = Box::new(opening(new, context)?);
    let tranches = new.figures.tranches.as_deref().map(|figures| tranches_of(figures, &opening, context));
    let tranches = tranches.transpose()?.map(|tranches| Event::TranchesSet { tranches });
    let mut draft = Draft::new(apply::open(&opening, &context.stamp()), context);
    tranches.into_iter().for_each(|event| draft.record(context.business_date, event));
    accompany::accompany(&mut draft, &new.figures.accompanying)?;
    let created = Step { value_date: context.business_date, event: Event::Created { opening } };
    let (_, placed, _) = draft.finish();
    let steps = std::iter::once(created).chain(placed.into_iter().map(new_step)).collect();
    Ok(decision(None, steps, context))
}

/// The tranches of a new loan.
pub(super) fn tranches_of(
    figures: &[TrancheFigure],
    opening: &Opening,
    context: &Context<'_>,
) -> Result<Vec<Tranche>, Refusal> {
    let product = context.catalog.products.by_key(opening.terms.product).expect("its terms come from it");
    let number = |place: usize| i64::try_from(place).expect("a place fits");
    let key = |place: usize| Key::tranche(opening.part, opening.account_no, number(place));
    let today = context.business_date;
    let frame = tranches::Frame { terms: &opening.terms, product, present: &[], today, key: &key };
    tranches::agreed(figures, &frame)
}

/// The opening of a new loan.
pub(super) fn opening(new: &NewLoan, context: &Context<'_>) -> Result<Opening, Refusal> {
    let product = product_of(new, context)?;
    let (terms, assignment) = agreed(new, context)?;
    Ok(Opening {
        key: context.ids.key,
        part: context.ids.part,
        account_no: context.ids.account_no,
        id: id_of(new, product, context)?,
        holder: new.holder,
        name: new.name.clone().unwrap_or_else(|| product.name.clone()),
        notes: new.notes.clone(),
        assignment,
        terms,
        is_partial: product.initial_state == InitialState::PartialApplication,
    })
}

/// The terms of a new loan, and who looks after it: everything but its id.
///
/// # Errors
/// What the creation refuses, in the same order.
pub(crate) fn agreed(new: &NewLoan, context: &Context<'_>) -> Result<(Terms, Assignment), Refusal> {
    let product = product_of(new, context)?;
    if !product.is_active {
        return Err(Refusal::InactiveProduct { id: product.id.clone() });
    }
    let holder = check_holder(new, product, context)?;
    let assignment = new.assignment.completed_by(holder.assignment());
    check_branch(&assignment, product, context)?;
    let terms = agree(&new.figures, product, None, &Ground::of(context, &assignment))?;
    check_schedule(&terms, context)?;
    Ok((terms, assignment))
}

fn product_of<'a>(new: &NewLoan, context: &Context<'a>) -> Result<&'a Product, Refusal> {
    let unknown = || Refusal::UnknownProduct { value: new.product.to_string() };
    Ok(context.catalog.products.by_key(new.product).ok_or_else(unknown)?)
}

fn check_holder<'a>(new: &NewLoan, product: &Product, context: &Context<'a>) -> Result<Party<'a>, Refusal> {
    let unknown = || Refusal::UnknownHolder { value: new.holder.key.to_string() };
    let holder = context.holder.filter(|holder| holder.kind() == new.holder.kind).ok_or_else(unknown)?;
    check_offered(new.holder.kind, product)?;
    holder.check_state()?;
    holder.check_type(&context.catalog.client_roles)?;
    assert_eq!(holder.part(), context.ids.part, "a loan lives in its holder's part");
    Ok(holder)
}

/// The members of a solidarity group owe each for himself or herself; such loans are not made here.
fn check_offered(kind: HolderKind, product: &Product) -> Result<(), Refusal> {
    let is_offered = match kind {
        HolderKind::Client => product.for_individuals,
        HolderKind::Group => product.for_groups,
    };
    if is_offered {
        return Ok(());
    }
    let id = product.id.clone();
    if product.for_hybrid_groups {
        return Err(PartyRefusal::SolidarityLoan { id }.into());
    }
    Err(Refusal::ProductNotForHolder { id, holder: kind.plural() })
}

fn check_branch(assignment: &Assignment, product: &Product, context: &Context<'_>) -> Result<(), Refusal> {
    check_assignment(assignment, context)?;
    let is_offered = product.branches.is_empty()
        || assignment.branch.is_some_and(|branch| product.branches.contains(&branch));
    if !is_offered {
        return Err(Refusal::ProductNotInBranch { id: product.id.clone() });
    }
    Ok(())
}

/// Refuses a branch, centre or user that does not exist, and a centre of another branch.
///
/// # Errors
/// `UnknownBranch`, `UnknownCentre`, `CentreNotInBranch`, `UnknownUser`.
pub fn check_assignment(assignment: &Assignment, context: &Context<'_>) -> Result<(), Refusal> {
    let catalog = context.catalog;
    if let Some(key) = assignment.branch.filter(|key| catalog.branches.by_key(*key).is_none()) {
        return Err(Refusal::UnknownBranch { key });
    }
    if let Some(key) = assignment.centre {
        let centre = catalog.centres.by_key(key).ok_or(Refusal::UnknownCentre { key })?;
        if assignment.branch.is_some_and(|branch| branch != centre.branch) {
            return Err(Refusal::CentreNotInBranch { key });
        }
    }
    if let Some(key) = assignment.user.filter(|key| catalog.users.by_key(*key).is_none()) {
        return Err(Refusal::UnknownUser { key });
    }
    Ok(())
}

/// The terms must give a schedule if the loan were paid out as expected.
pub(super) fn check_schedule(terms: &Terms, context: &Context<'_>) -> Result<(), Refusal> {
    let disbursed_on = terms.expected_disbursement_on.unwrap_or(context.business_date);
    check_dates(terms, disbursed_on)?;
    let from = terms
        .first_due_date
        .map_or(disbursed_on, |first| disbursed_on.min(first.yesterday().unwrap_or(first)));
    terms.schedule(from, context.calendar).map_err(|error| terms.impossible(&error))?;
    Ok(())
}

/// A first due date goes with the day on which the loan is expected to be paid out, where one is named.
pub(super) fn check_dates(terms: &Terms, disbursed_on: Date) -> Result<(), Refusal> {
    if terms.expected_disbursement_on.is_none() {
        return Ok(());
    }
    if let Some(first_due_date) = terms.first_due_date.filter(|first| *first <= disbursed_on) {
        return Err(Refusal::FirstDueDateBeforeDisbursement { first_due_date, disbursed_on });
    }
    terms.check_first_due_date(disbursed_on)
}

fn id_of(new: &NewLoan, product: &Product, context: &Context<'_>) -> Result<String, Refusal> {
    if let Some(id) = &new.id {
        let refusal = || Refusal::InvalidId { value: id.clone() };
        return is_possible_id(id).then(|| id.clone()).ok_or_else(refusal);
    }
    Ok(match &product.id_pattern {
        IdPattern::Random(pattern) => fill_pattern(pattern, context.ids.random),
        IdPattern::Incremental => context.ids.account_no.to_string(),
    })
}

/// Fills `@` with a letter, `#` with a digit and `$` with either.
pub(crate) fn fill_pattern(pattern: &str, mut random: u64) -> String {
    let mut draw = |from: &[u8]| {
        // Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
        random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let count = u64::try_from(from.len()).expect("an alphabet is short");
        let index = usize::try_from((mixed ^ (mixed >> 31)) % count).expect("smaller than the alphabet");
        char::from(from[index])
    };
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let digits = b"0123456789";
    let fill = |symbol| match symbol {
        '@' => draw(letters),
        '#' => draw(digits),
        '$' => draw(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
        other => other,
    };
    pattern.chars().map(fill).collect()
}

/// The id that the book draws for a client: nine digits.
pub fn drawn_client_id(random: u64) -> String {
    fill_pattern("#########", random)
}

/// The id that the book draws for a group: two letters and nine digits.
pub fn drawn_group_id(random: u64) -> String {
    fill_pattern("@@#########", random)
}

/// The part of a new holder.
pub fn drawn_part(random: u64) -> Part {
    Part::new(u16::try_from(random % u64::from(Part::COUNT)).expect("smaller than the count of parts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_filled_with_letters_and_digits() {
        let id = fill_pattern("@@@@###-$", 42);
        assert_eq!(id.len(), 9);
        assert!(id[..4].bytes().all(|b| b.is_ascii_uppercase()), "{id}");
        assert!(id[4..7].bytes().all(|b| b.is_ascii_digit()), "{id}");
        assert_eq!(&id[7..8], "-");
    }

    #[test]
    fn another_draw_gives_another_id() {
        assert_ne!(fill_pattern("@@@@###", 1), fill_pattern("@@@@###", 2));
    }
}

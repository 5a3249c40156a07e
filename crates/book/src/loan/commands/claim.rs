//! Claims the protection of a loan: some installments are waived, or all that is left and the loan with it.
//!
//! Checks, in this order: state, protection and its type, value date. Of a partial claim: the kind of loan, what it
//! names, whether anything is left to waive, how many installments the product allows. Of a full claim what a
//! write-off checks, but for the days in arrears.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::application::{ProtectType, ProtectWaiver};
use crate::loan::advance::settle_lateness;
use crate::loan::charges::penalties;
use crate::loan::command::ClaimProtection;
use crate::loan::commands::close::close_if_repaid;
use crate::loan::commands::{Decided, Target, require_active, write_off};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::protection::{ProtectClaim, Protection, WaivedPart};
use crate::loan::refusal::{MarketRefusal, ProtectRefusal, Refusal};
use crate::loan::{Installment, Loan, securities};

/// Decides a claim, today's or a back-dated one.
pub(super) fn claim(on: &Target<'_>, claim: &ClaimProtection) -> Result<Decided, Refusal> {
    require_active(on.loan, "claim the protection", on.context)?;
    let claimed = claimed_type(on.loan, claim)?;
    let value_date = claim.value_date.unwrap_or(on.context.business_date);
    on.check_value_date("claim the protection", value_date)?;
    match claimed {
        ProtectType::Partial => {
            check_named(on.loan, claim)?;
            on.on_day(value_date, |draft| waive_some(draft, claim, value_date))
        }
        ProtectType::Full => on.on_day(value_date, |draft| waive_all(draft, claim, value_date)),
    }
}

/// A full protection covers what a partial one does, and not the other way round.
fn claimed_type(loan: &Loan, claim: &ClaimProtection) -> Result<ProtectType, Refusal> {
    let protected = loan.protect_type().ok_or_else(|| refused(ProtectRefusal::NotProtected))?;
    match (claim.claimed.unwrap_or(protected), protected) {
        (ProtectType::Full, ProtectType::Partial) => Err(refused(ProtectRefusal::NotFull)),
        (claimed, _) => Ok(claimed),
    }
}

fn refused(refusal: ProtectRefusal) -> Refusal {
    MarketRefusal::from(refusal).into()
}

fn check_named(loan: &Loan, claim: &ClaimProtection) -> Result<(), Refusal> {
    if loan.terms.is_dynamic() {
        let what = "interest that follows what is outstanding";
        return Err(refused(ProtectRefusal::NotForLoan { what }));
    }
    if claim.installments == Some(0) {
        return Err(refused(ProtectRefusal::NoInstallments));
    }
    if claim.installments.is_none() && claim.until.is_none() {
        return Err(Refusal::MissingField { field: "numberOfInstallments" });
    }
    match claim.from.zip(claim.until) {
        Some((from, until)) if from > until => Err(refused(ProtectRefusal::DaysInReverse { from, until })),
        _ => Ok(()),
    }
}

/// Waives the installments that a claim names: those between its days, and of them the first so many.
fn waive_some(draft: &mut Draft<'_>, claim: &ClaimProtection, value_date: Date) -> Result<(), Refusal> {
    let protection = protection_of(&draft.loan)?;
    let servicing = &draft.loan.servicing;
    let is_between = |row: &&Installment| {
        claim.from.is_none_or(|from| row.due_date >= from)
            && claim.until.is_none_or(|until| row.due_date <= until)
    };
    let has_some = |row: &&Installment| !waivable(row, protection.waiver).part.total().is_zero();
    let rows = servicing.installments.iter().filter(is_between).filter(has_some);
    let mut numbers: Vec<u32> = rows.map(|row| row.number).collect();
    if numbers.is_empty() {
        return Err(refused(ProtectRefusal::NothingToWaive));
    }
    if let Some(claimed) = claim.installments {
        let left = numbers.len();
        let count = usize::try_from(claimed).unwrap_or(usize::MAX);
        if count > left {
            return Err(refused(ProtectRefusal::TooFewInstallments { claimed, left }));
        }
        numbers.truncate(count);
    }
    let before = &servicing.course.waived_installments;
    let is_new = |number: &&u32| before.iter().all(|row| row.number != **number);
    let (claimed, before) = (numbers.iter().filter(is_new).count(), before.len());
    if let Some(most) = protection.maximum_installments
        && u32::try_from(claimed + before).is_ok_and(|all| all > most)
    {
        return Err(refused(ProtectRefusal::TooManyInstallments { claimed, before, most }));
    }
    let claim_of = ProtectClaim { claimed: ProtectType::Partial, installments: numbers };
    post(draft, &claim_of, value_date, claim.notes.clone())
}

fn waive_all(draft: &mut Draft<'_>, claim: &ClaimProtection, value_date: Date) -> Result<(), Refusal> {
    if claim.installments.is_some() || claim.from.is_some() || claim.until.is_some() {
        return Err(refused(ProtectRefusal::NamesInstallments));
    }
    write_off::check_left(&draft.loan)?;
    let left = draft.loan.servicing.installments.iter().filter(|row| !row.is_paid());
    let installments = left.map(|row| row.number).collect();
    let claimed = ProtectClaim { claimed: ProtectType::Full, installments };
    write_off::post(draft, value_date, claim.notes.clone(), Some(claimed))
}

fn protection_of(loan: &Loan) -> Result<&Protection, Refusal> {
    loan.terms.protection.as_deref().ok_or_else(|| refused(ProtectRefusal::NotProtected))
}

/// Posts a partial claim on the loan as it stands in the draft: what is unpaid of these installments is waived.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    claim: &ProtectClaim,
    value_date: Date,
    notes: Option<String>,
) -> Result<(), Refusal> {
    let state = &draft.loan.servicing.state;
    if !state.is_active() {
        return Err(Refusal::WrongState { command: "claim the protection", state: state.name() });
    }
    penalties::settle(draft, value_date);
    let waiver = protection_of(&draft.loan)?.waiver;
    let rows = draft.loan.servicing.installments.iter();
    let claimed = rows.filter(|row| claim.installments.contains(&row.number));
    let mut parts: Vec<WaivedPart> = claimed.map(|row| waivable(row, waiver)).collect();
    parts.retain(|part| !part.part.total().is_zero());
    if parts.is_empty() {
        return Err(refused(ProtectRefusal::NothingToWaive));
    }
    let amount: Components = parts.iter().map(|part| part.part).sum();
    let posted = draft.posted(-amount.principal);
    let (claim, tax) = (claim.clone(), Amount::ZERO);
    draft.record(value_date, Event::Waived { posted, amount, parts, claim, tax, notes });
    securities::lose_waived(draft, value_date, amount.principal);
    settle_lateness(draft, value_date);
    close_if_repaid(draft, value_date);
    Ok(())
}

/// What is left of an installment that a claim waives. Interest that was not applied yet goes first: it never becomes
/// a balance.
fn waivable(row: &Installment, waiver: ProtectWaiver) -> WaivedPart {
    let unpaid = row.unpaid();
    let (principal, interest) = match waiver {
        ProtectWaiver::InterestOnly => (Amount::ZERO, unpaid.interest),
        ProtectWaiver::PrincipalOnly => (unpaid.principal, Amount::ZERO),
        ProtectWaiver::PrincipalAndInterest => (unpaid.principal, unpaid.interest),
    };
    let applied = (interest - row.interest_to_apply()).max(Amount::ZERO);
    WaivedPart { number: row.number, part: Components { principal, interest, ..Components::ZERO }, applied }
}

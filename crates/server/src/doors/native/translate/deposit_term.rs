//! How long money of a deposit product is kept, between the wire and the book.

use loam_book::savings::term::TermRules;
use loam_calc::calendar::PeriodUnit;

use super::super::error::DoorError;
use super::super::members::Members;
use super::super::wire;
use super::names::PERIOD_UNIT;

/// Where no member speaks of a term, each account names its own.
///
/// # Errors
/// A member that is malformed.
pub(super) fn term_of(members: &Members) -> Result<Option<TermRules>, DoorError> {
    let length = |name: &str| Ok::<_, DoorError>(members.count(name)?.filter(|length| *length > 0));
    let unit = members.choice("termUnit", PERIOD_UNIT)?;
    let rules = TermRules {
        unit: unit.unwrap_or(PeriodUnit::Months),
        length: length("defaultTermLength")?,
        min: length("minTermLength")?,
        max: length("maxTermLength")?,
    };
    let says_nothing = [rules.length, rules.min, rules.max].iter().all(Option::is_none);
    Ok((unit.is_some() || !says_nothing).then_some(rules))
}

pub(super) fn wire_of(term: TermRules) -> wire::DepositTerm {
    wire::DepositTerm {
        term_unit: (PERIOD_UNIT.name_of)(term.unit),
        default_term_length: term.length,
        min_term_length: term.min,
        max_term_length: term.max,
    }
}

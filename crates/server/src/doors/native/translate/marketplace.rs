//! Loan purposes between the wire and the book, and ids of the marketplace.

use loam_book::application::foreign_id::{ForeignId, ForeignKind};
use loam_book::ids::Part;
use loam_book::partner::LoanPurpose;

use super::super::error::DoorError;
use super::super::members::Members;
use super::super::records::Base;
use super::super::wire;

type Result<T> = std::result::Result<T, DoorError>;

/// The purpose that the members say.
///
/// # Errors
/// A member that is missing or malformed.
pub(in super::super) fn purpose_of(members: &Members, base: &Base<'_, LoanPurpose>) -> Result<LoanPurpose> {
    let made = || ForeignId::of_key(ForeignKind::Purpose, Part::new(0), base.key);
    let present = || base.present.and_then(|present| ForeignId::parse(&present.id).ok());
    let id = foreign_id(members)?.or_else(present).unwrap_or_else(made);
    Ok(LoanPurpose {
        key: base.key,
        id: id.to_string(),
        name: members.required("name")?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// The id that the members give, in either form.
///
/// # Errors
/// What is no such id, or one with a wrong checksum.
pub(in super::super) fn foreign_id(members: &Members) -> Result<Option<ForeignId>> {
    let Some(text) = members.text("id")? else { return Ok(None) };
    ForeignId::parse(&text).map(Some).map_err(|error| DoorError::invalid("id", &text, error))
}

/// A purpose as this door shows it.
pub(in super::super) fn wire_of_purpose(purpose: &LoanPurpose) -> wire::LoanPurpose {
    wire::LoanPurpose {
        encoded_key: purpose.key.to_string(),
        id: ForeignId::parse(&purpose.id).map_or_else(|_| purpose.id.clone(), ForeignId::to_18),
        name: purpose.name.clone(),
        creation_date: purpose.created_at.to_string(),
        last_modified_date: purpose.last_modified_at.to_string(),
    }
}

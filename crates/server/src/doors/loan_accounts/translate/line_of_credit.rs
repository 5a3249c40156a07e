//! A posted or patched lineOfCredit, and lines as they go over the wire.

use loam_book::line_of_credit::{ExposureLimit, LineEdit, LineOfCredit, LineState, NewLine};
use loam_book::loan::{Holder, HolderKind};
use loam_book::stated::StatedAmount;

use super::super::error::DoorError;
use super::super::fields::{Fields, invalid};
use super::super::return_codes::ReturnCode;
use super::super::wire::line_of_credit as wire;
use super::super::wire::values::{Day, EncodedKey, Instant, Money};
use super::custom_field::Shown;

/// Whose line it is to be: a client or a group, by id or key.
pub(crate) fn holder(line: &Fields<'_>) -> Result<(HolderKind, String), DoorError> {
    match (line.owned("clientKey")?, line.owned("groupKey")?) {
        (Some(client), None) => Ok((HolderKind::Client, client)),
        (None, Some(group)) => Ok((HolderKind::Group, group)),
        (Some(_), Some(_)) => Err(invalid("groupKey")),
        (None, None) => Err(DoorError::at(ReturnCode::MissingAccountHolderKey, "clientKey")),
    }
}

/// A new line. Its custom field values are read beside it.
pub(crate) fn new_line(line: &Fields<'_>, holder: Holder) -> Result<NewLine, DoorError> {
    Ok(NewLine {
        id: line.owned("id")?,
        holder,
        amount: line.owned("amount")?.map(StatedAmount),
        limit: limit(line)?,
        start_on: line.date("startDate")?,
        expire_on: line.date("expireDate")?,
        notes: line.owned("notes")?,
        is_approved: state(line)?.is_some_and(LineState::is_open),
        custom_values: Vec::new(),
    })
}

/// What a PATCH changes. An id that is given must be the one that the line has.
pub(crate) fn line_edit(line: &Fields<'_>, present: &LineOfCredit) -> Result<LineEdit, DoorError> {
    if line.text("id")?.is_some_and(|id| *id != present.id) {
        return Err(DoorError::at(ReturnCode::InconsistentIdentifierWithJson, "id"));
    }
    Ok(LineEdit {
        amount: line.owned("amount")?.map(StatedAmount),
        limit: limit(line)?,
        start_on: line.date("startDate")?,
        expire_on: line.date("expireDate")?,
        notes: line.changed_text("notes")?,
        state: state(line)?,
        custom_values: None,
    })
}

fn limit(line: &Fields<'_>) -> Result<Option<ExposureLimit>, DoorError> {
    let Some(name) = line.text("exposureLimitType")? else { return Ok(None) };
    limit_named(&name).map(Some).ok_or_else(|| invalid("exposureLimitType"))
}

/// The state that is named, if one is.
pub(crate) fn state(line: &Fields<'_>) -> Result<Option<LineState>, DoorError> {
    let Some(name) = line.text("state")? else { return Ok(None) };
    state_named(&name).map(Some).ok_or_else(|| invalid("state"))
}

pub(crate) fn state_named(name: &str) -> Option<LineState> {
    LineState::ALL.into_iter().find(|state| state_name(*state).eq_ignore_ascii_case(name))
}

pub(crate) fn limit_named(name: &str) -> Option<ExposureLimit> {
    let limits = [ExposureLimit::ApprovedAmount, ExposureLimit::OutstandingAmount];
    limits.into_iter().find(|limit| limit_name(*limit).eq_ignore_ascii_case(name))
}

fn state_name(state: LineState) -> &'static str {
    match state {
        LineState::PendingApproval => "PENDING_APPROVAL",
        LineState::Approved => "APPROVED",
        LineState::Active => "ACTIVE",
        LineState::Closed => "CLOSED",
        LineState::Withdrawn => "WITHDRAWN",
        LineState::Rejected => "REJECTED",
    }
}

fn limit_name(limit: ExposureLimit) -> &'static str {
    match limit {
        ExposureLimit::ApprovedAmount => "APPROVED_AMOUNT",
        ExposureLimit::OutstandingAmount => "OUTSTANDING_AMOUNT",
    }
}

/// The line as it stands.
pub(crate) fn line_of_credit(line: &LineOfCredit) -> wire::LineOfCredit<'_> {
    let money = |amount| Money(amount, line.currency);
    let of = |kind| (line.holder.kind == kind).then_some(EncodedKey(line.holder.key));
    wire::LineOfCredit {
        encoded_key: EncodedKey(line.key),
        id: &line.id,
        client_key: of(HolderKind::Client),
        group_key: of(HolderKind::Group),
        start_date: Day(line.start_on),
        expire_date: Day(line.expire_on),
        amount: money(line.amount),
        available_credit_amount: money(line.available()),
        consumed_credit_amount: money(line.consumed()),
        state: state_name(line.state),
        exposure_limit_type: limit_name(line.limit),
        currency_code: line.currency.code(),
        notes: line.notes.as_deref(),
        creation_date: Instant(line.created_at),
        last_modified_date: Instant(line.last_modified_at),
        approved_date: line.approved_at.map(Instant),
        closed_date: line.closed_at.map(Instant),
        custom_field_values: None,
    }
}

/// The line in a list, with its custom field values.
pub(crate) fn with_values<'a>(line: &'a LineOfCredit, values: Shown<'a>) -> wire::LineOfCredit<'a> {
    wire::LineOfCredit { custom_field_values: Some(values.of(line.key)), ..line_of_credit(line) }
}

/// The line by itself.
pub(crate) fn expanded<'a>(line: &'a LineOfCredit, values: Shown<'a>) -> wire::LineOfCreditExpanded<'a> {
    wire::LineOfCreditExpanded {
        line_of_credit: line_of_credit(line),
        beside: line_of_credit(line),
        custom_information: values.of(line.key),
    }
}

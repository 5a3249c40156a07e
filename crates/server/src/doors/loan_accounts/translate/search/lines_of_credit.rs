//! The selections of searches of lines of credit; docs/search-fields.md has a line for each.

use loam_app::search::Choice;
use loam_app::search::lines_of_credit::LineFact;

use super::super::line_of_credit::{limit_named, state_named};
use super::Kind;

/// The selection of a data item; see the one of loans.
pub(crate) fn select(item: Option<&str>, name: &str) -> Option<Option<(LineFact, Kind)>> {
    matches!(item, None | Some("LINE_OF_CREDIT" | "LINES_OF_CREDIT")).then(|| of_lines(name))
}

fn of_lines(name: &str) -> Option<(LineFact, Kind)> {
    Some(match name {
        "ENCODED_KEY" => (LineFact::Key, Kind::Key),
        "ID" => (LineFact::Id, Kind::Text),
        "ACCOUNT_HOLDER_KEY" => (LineFact::Holder, Kind::Key),
        "CLIENT_KEY" => (LineFact::Client, Kind::Key),
        "GROUP_KEY" => (LineFact::Group, Kind::Key),
        "AMOUNT" => (LineFact::Amount, Kind::Decimal),
        "AVAILABLE_CREDIT_AMOUNT" => (LineFact::Available, Kind::Decimal),
        "CONSUMED_CREDIT_AMOUNT" => (LineFact::Consumed, Kind::Decimal),
        "STATE" => (LineFact::State, Kind::Choice(states)),
        "EXPOSURE_LIMIT_TYPE" => (LineFact::Limit, Kind::Choice(limits)),
        "START_DATE" => (LineFact::StartOn, Kind::Date),
        "EXPIRE_DATE" => (LineFact::ExpireOn, Kind::Date),
        "CREATION_DATE" => (LineFact::CreatedAt, Kind::Instant),
        "LAST_MODIFIED_DATE" => (LineFact::LastModifiedAt, Kind::Instant),
        "APPROVED_DATE" => (LineFact::ApprovedAt, Kind::Instant),
        "CLOSED_DATE" => (LineFact::ClosedAt, Kind::Instant),
        "NOTES" => (LineFact::Notes, Kind::Text),
        "BRANCH_KEY" => (LineFact::Branch, Kind::Key),
        "CENTRE_KEY" => (LineFact::Centre, Kind::Key),
        "CREDIT_OFFICER_KEY" => (LineFact::CreditOfficer, Kind::Key),
        _ => return None,
    })
}

fn states(name: &str) -> Option<Vec<Choice>> {
    state_named(name).map(|state| vec![Choice::Line(state)])
}

fn limits(name: &str) -> Option<Vec<Choice>> {
    limit_named(name).map(|limit| vec![Choice::ExposureLimit(limit)])
}

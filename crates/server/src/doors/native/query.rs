//! What stands behind the question mark.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Query as AxumQuery};
use axum::http::request::Parts;
use jiff::civil::Date;
use loam_app::views::Page;
use loam_book::partner::Realm;

use crate::Services;

use super::error::DoorError;

/// How many rows a page has, and at most.
const PAGE: i64 = 50;
const LONGEST_PAGE: i64 = 1_000;

/// The parameters of a request, by name; of several with one name, the last counts.
#[derive(Debug, Default)]
pub(super) struct Query(BTreeMap<String, String>);

impl FromRequestParts<Services> for Query {
    type Rejection = DoorError;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Query, DoorError> {
        let given = AxumQuery::<BTreeMap<String, String>>::from_request_parts(parts, services).await;
        given
            .map(|AxumQuery(given)| Query(given))
            .map_err(|error| DoorError::invalid("the query", parts.uri.query().unwrap_or_default(), error))
    }
}

impl Query {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The names of all that say something.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, text)| !text.is_empty()).map(|(name, _)| name.as_str())
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, DoorError> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(DoorError::invalid(name, other, "it is neither true nor false")),
        }
    }

    pub(super) fn date(&self, name: &str) -> Result<Option<Date>, DoorError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        // jiff would take a date-time too and drop its time.
        let date = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        let no_date = || DoorError::invalid(name, text, "it is no date in the form 2024-12-31");
        date.map(Some).ok_or_else(no_date)
    }

    /// `offset` and `limit`.
    pub(super) fn page(&self) -> Result<Page, DoorError> {
        Ok(Page {
            offset: self.number("offset", 0, i64::MAX)?.unwrap_or(0),
            limit: self.number("limit", 1, LONGEST_PAGE)?.unwrap_or(PAGE),
        })
    }

    fn number(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, DoorError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse::<i64>().ok().filter(|number| (least..=most).contains(number));
        let reason = || format!("it is no whole number from {least} to {most}");
        number.map(Some).ok_or_else(|| DoorError::invalid(name, text, reason()))
    }

    /// The services of the book that `realm` names: the live one unless it is `test`.
    pub(super) fn in_realm<'a>(&self, services: &'a Services) -> Result<&'a Services, DoorError> {
        let realm = match self.text("realm") {
            None | Some("live") => Realm::Live,
            Some("test") => Realm::Test,
            Some(other) => return Err(DoorError::not_supported("realm", other, "live, test")),
        };
        services
            .in_realm(realm)
            .ok_or_else(|| DoorError::invalid("realm", "test", "no book for tests is served"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query(serde_urlencoded::from_str(text).expect("plain pairs"))
    }

    #[test]
    fn a_page_has_bounds() {
        assert_eq!(query("").page().ok(), Some(Page { offset: 0, limit: PAGE }));
        assert_eq!(query("offset=5&limit=1000").page().ok(), Some(Page { offset: 5, limit: 1_000 }));
        for wrong in ["limit=0", "limit=1001", "offset=-1", "limit=ten"] {
            assert_eq!(query(wrong).page().expect_err(wrong).parts().1, "invalid_member");
        }
    }

    #[test]
    fn a_date_is_a_day_and_nothing_else() {
        assert_eq!(query("asOf=2024-02-29").date("asOf").ok(), Some(Some(jiff::civil::date(2024, 2, 29))));
        assert_eq!(query("asOf=").date("asOf").ok(), Some(None));
        for wrong in ["2023-02-29", "2024-02-29T00:00", "today"] {
            let error = query(&format!("asOf={wrong}")).date("asOf").expect_err(wrong);
            assert_eq!(error.parts(), (400, "invalid_member", "asOf"));
        }
    }

    #[test]
    fn a_flag_is_true_or_false() {
        assert_eq!(query("dead=true").flag("dead").ok(), Some(true));
        assert_eq!(query("").flag("dead").ok(), Some(false));
        assert!(query("dead=yes").flag("dead").is_err());
    }
}

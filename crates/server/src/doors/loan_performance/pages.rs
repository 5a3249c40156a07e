//! Lists a part at a time. A cursor is base64 of a small JSON object, as the contract's framework
//! makes it; callers hand it back as it is.

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::error::DoorError;
use super::translate::{said, text};
use super::validation::{Object, integer};
use super::wire::{Links, Meta, Paged};

/// How many rows a part has unless the caller says.
const PER_PAGE: i64 = 100;

/// A cursor that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counted {
    /// How many rows lie before.
    pub(super) offset: i64,
}

/// How many rows are asked for.
pub(super) fn per_page(query: &Object<'_>) -> i64 {
    said(query, "per_page", integer).flatten().unwrap_or(PER_PAGE)
}

/// The cursor that is handed back, if there is one.
///
/// # Errors
/// One that was not made here.
pub(super) fn cursor<T: DeserializeOwned>(query: &Object<'_>) -> Result<Option<T>, DoorError> {
    let Some(cursor) = said(query, "cursor", text).flatten() else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(cursor.trim_end_matches('='));
    let read = bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.map(Some).ok_or_else(|| DoorError::invalid_choice("cursor"))
}

/// The rows from a counted cursor on, and one more where there is one.
///
/// # Errors
/// A cursor that was not made here.
pub(super) fn counted(query: &Object<'_>) -> Result<(i64, i64), DoorError> {
    let offset = cursor::<Counted>(query)?.map_or(0, |counted| counted.offset);
    if offset < 0 {
        return Err(DoorError::invalid_choice("cursor"));
    }
    Ok((offset, per_page(query)))
}

/// A part of a list that is counted; `rows` has one more than the part where the list goes on.
pub(super) fn counted_page<T: Serialize>(
    asked: &Asked,
    rows: Vec<T>,
    (offset, per_page): (i64, i64),
) -> Response {
    let most = usize::try_from(per_page).expect("a page is small");
    let next = (rows.len() > most).then(|| Counted { offset: offset.saturating_add(per_page) });
    let previous = (offset > 0).then(|| Counted { offset: (offset - per_page).max(0) });
    let rows = rows.into_iter().take(most).collect();
    page(asked, rows, per_page, (previous, next))
}

/// A part of a list, with the cursors of the parts before and behind it.
pub(super) fn page<T: Serialize, C: Serialize>(
    asked: &Asked,
    data: Vec<T>,
    per_page: i64,
    (previous, next): (Option<C>, Option<C>),
) -> Response {
    let (path, query) = asked.place();
    let [previous, next] = [previous, next].map(|cursor| cursor.map(|cursor| encoded(&cursor)));
    let link = |cursor: &Option<String>| cursor.as_deref().map(|cursor| link(&path, &query, cursor));
    let links = Links { first: None, last: None, prev: link(&previous), next: link(&next) };
    let meta = Meta { path, per_page, next_cursor: next, prev_cursor: previous };
    Json(Paged { data, links, meta }).into_response()
}

fn encoded<C: Serialize>(cursor: &C) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor).expect("a cursor has text keys"))
}

/// The same question with another cursor.
fn link(path: &str, query: &[(String, String)], cursor: &str) -> String {
    let kept = query
        .iter()
        .filter(|(name, _)| name != "cursor")
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs: Vec<(&str, &str)> = kept.chain([("cursor", cursor)]).collect();
    let query = serde_urlencoded::to_string(pairs).expect("pairs of texts make a query");
    format!("{path}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_made_and_no_other_is() {
        let made = encoded(&Counted { offset: 200 });
        let query = |cursor: &str| Object::of_form(format!("cursor={cursor}").as_bytes()).unwrap();
        assert_eq!(cursor(&query(&made)), Ok(Some(Counted { offset: 200 })));
        assert_eq!(cursor::<Counted>(&query("")), Ok(None));
        for other in ["x", "e30", "5", "%00"] {
            let refused = cursor::<Counted>(&query(other));
            assert_eq!(refused, Err(DoorError::invalid_choice("cursor")), "{other}");
        }
        let before_the_first = encoded(&Counted { offset: -1 });
        assert_eq!(counted(&query(&before_the_first)), Err(DoorError::invalid_choice("cursor")));
    }

    #[test]
    fn a_link_asks_the_same_question() {
        let query = [("date".to_owned(), "2021-09-25".to_owned()), ("cursor".to_owned(), "old".to_owned())];
        assert_eq!(link("http://h/p", &query, "new"), "http://h/p?date=2021-09-25&cursor=new");
    }
}

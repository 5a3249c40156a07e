//! Leads: their ids, and columns of one.

use axum::Json;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use loam_app::views::{LeadFilter, Page};
use loam_book::reporting::lead::Lead;
use serde::{Deserialize, Serialize};

use super::asked::{Asked, At};
use super::error::DoorError;
use super::translate::said;
use super::validation::{Errors, Object, Value, day, instant, invalid_choice};
use super::{fields, pages, wire};

/// A cursor that names a lead, which itself is not shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Beside {
    lead_id: i64,
    #[serde(rename = "_pointsToNextItems")]
    points_to_next_items: bool,
}

/// Ids of leads, of a day or of all time, in the order of their numbers.
#[utoipa::path(
    get,
    path = "/api/v1/lead-data/lead-ids",
    tag = "lead data",
    operation_id = "list_lead_ids",
    params(
        ("date" = Option<String>, Query, description = "Leads received on this day, UTC: 2021-09-25"),
        ("datetime" = Option<String>, Query, description = "Leads received from this instant on: 2021-09-25T04:01:57Z"),
        ("per_page" = Option<i64>, Query, minimum = 1, maximum = 1000, description = "100 unless said otherwise"),
        ("cursor" = Option<String>, Query),
    ),
    responses(
        (status = 200, body = wire::Paged<i64>),
        (status = 422, body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["lead-data"])),
)]
pub(super) async fn list(asked: Asked) -> Result<Response, DoorError> {
    let query = asked.query(fields::LEAD_IDS)?;
    let (cursor, per_page) = (pages::cursor::<Beside>(&query)?, pages::per_page(&query));
    let goes_back = cursor.is_some_and(|cursor| !cursor.points_to_next_items);
    let beside = cursor.map(|cursor| cursor.lead_id);
    let (before, after) = if goes_back { (beside, None) } else { (None, beside) };
    let filter = LeadFilter { before, after, ..of_query(asked.organization(), &query) };
    let page = Page { offset: 0, limit: per_page + 1 };
    let leads = asked.services.reading.store().leads(&filter, page).await?;
    let (ids, cursors) = part_of(&leads, per_page, cursor);
    Ok(pages::page(&asked, ids, per_page, cursors))
}

/// Columns of one lead: `m1` is the lead id, `m2` the account id.
#[utoipa::path(
    get,
    path = "/api/v1/lead-data/leads/{leadId}",
    tag = "lead data",
    operation_id = "read_lead_columns",
    params(
        ("leadId" = i64, Path),
        ("map_ids[]" = Option<Vec<String>>, Query, description = "`m1`, `m2`; left out: both"),
    ),
    responses(
        (status = 200, body = wire::Data<wire::Lead>),
        (status = 422, body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["lead-data"])),
)]
pub(super) async fn show(At(id): At<i64>, asked: Asked) -> Result<Json<wire::Data<wire::Lead>>, DoorError> {
    let columns = columns(&asked.query(fields::LEAD)?)?;
    let organization = Some(asked.organization().to_owned());
    let filter = LeadFilter { organization, lead_id: Some(id), ..LeadFilter::default() };
    let found = asked.services.reading.store().leads(&filter, Page { offset: 0, limit: 1 }).await?;
    let lead = found.into_iter().next().ok_or(DoorError::NotFound)?;
    let has = |column: Column| columns.contains(&column);
    let data = wire::Lead {
        m1: has(Column::LeadId).then_some(lead.lead_id),
        m2: has(Column::AccountId).then_some(lead.account_id),
    };
    Ok(Json(wire::Data { data }))
}

/// A column of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    LeadId,
    AccountId,
}

/// The columns that are asked for.
fn columns(query: &Object<'_>) -> Result<Vec<Column>, DoorError> {
    let Some(asked) = query.get("map_ids").and_then(Value::elements) else {
        return Ok(vec![Column::LeadId, Column::AccountId]);
    };
    let (mut columns, mut errors) = (Vec::new(), Errors::default());
    for (place, id) in asked.iter().enumerate() {
        match id {
            Value::Text(id) if id == "m1" => columns.push(Column::LeadId),
            Value::Text(id) if id == "m2" => columns.push(Column::AccountId),
            Value::Null
            | Value::Flag(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Object(_) => {
                let attribute = format!("map_ids.{place}");
                errors.add(&attribute, invalid_choice(&attribute));
            }
        }
    }
    if errors.is_empty() { Ok(columns) } else { Err(DoorError::Invalid(errors)) }
}

/// Leads of an organization that were received when the query says.
fn of_query(organization: &str, query: &Object<'_>) -> LeadFilter {
    let day = said(query, "date", day).flatten();
    let from = said(query, "datetime", instant).flatten();
    LeadFilter {
        organization: Some(organization.to_owned()),
        received_from: day.and_then(midnight).max(from),
        received_before: day.and_then(|day| midnight(day.tomorrow().ok()?)),
        ..LeadFilter::default()
    }
}

/// The first instant of a day, UTC.
fn midnight(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The ids to be shown, in the order of their numbers, and the cursors of the parts before and behind.
fn part_of(
    leads: &[Lead],
    per_page: i64,
    cursor: Option<Beside>,
) -> (Vec<i64>, (Option<Beside>, Option<Beside>)) {
    let most = usize::try_from(per_page).expect("a page is small");
    let goes_on = leads.len() > most;
    let mut ids: Vec<i64> = leads.iter().take(most).map(|lead| lead.lead_id).collect();
    let (has_previous, has_next) = match cursor {
        None => (false, goes_on),
        Some(Beside { points_to_next_items: true, .. }) => (true, goes_on),
        Some(Beside { points_to_next_items: false, .. }) => {
            ids.reverse();
            (goes_on, true)
        }
    };
    let beside = |id: Option<&i64>, points_to_next_items| {
        id.map(|lead_id| Beside { lead_id: *lead_id, points_to_next_items })
    };
    let previous = if has_previous { beside(ids.first(), false) } else { None };
    let next = if has_next { beside(ids.last(), true) } else { None };
    (ids, (previous, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(ids: &[i64]) -> Vec<Lead> {
        ids.iter().map(|id| Lead::named("o", *id, Timestamp::UNIX_EPOCH)).collect()
    }

    fn beside(lead_id: i64, points_to_next_items: bool) -> Option<Beside> {
        Some(Beside { lead_id, points_to_next_items })
    }

    #[test]
    fn a_list_is_walked_forth_and_back() {
        assert_eq!(part_of(&leads(&[1, 2, 3]), 2, None), (vec![1, 2], (None, beside(2, true))));
        let second = part_of(&leads(&[3, 4]), 2, beside(2, true));
        assert_eq!(second, (vec![3, 4], (beside(3, false), None)));
        let back = part_of(&leads(&[2, 1]), 2, beside(3, false));
        assert_eq!(back, (vec![1, 2], (None, beside(2, true))));
        let middle = part_of(&leads(&[4, 3, 2]), 2, beside(5, false));
        assert_eq!(middle, (vec![3, 4], (beside(3, false), beside(4, true))));
    }

    #[test]
    fn an_empty_list_leads_nowhere() {
        assert_eq!(part_of(&[], 2, None), (vec![], (None, None)));
    }

    #[test]
    fn a_day_is_one_of_utc_and_an_instant_narrows_it() {
        let of = |query: &[u8]| of_query("o", &Object::of_form(query).unwrap());
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let day = of(b"date=2021-09-25");
        assert_eq!(day.received_from, at("2021-09-25T00:00:00Z"));
        assert_eq!(day.received_before, at("2021-09-26T00:00:00Z"));
        let later = of(b"date=2021-09-25&datetime=2021-09-25T04:01:57Z");
        assert_eq!(
            (later.received_from, later.received_before),
            (at("2021-09-25T04:01:57Z"), day.received_before)
        );
        let earlier = of(b"date=2021-09-25&datetime=2021-09-24T04:01:57Z");
        assert_eq!(earlier.received_from, day.received_from);
        assert_eq!(of(b"").received_from, None);
    }

    #[test]
    fn columns_are_those_that_are_asked_for() {
        let of = |query: &[u8]| columns(&Object::of_form(query).unwrap());
        assert_eq!(of(b""), Ok(vec![Column::LeadId, Column::AccountId]));
        assert_eq!(of(b"map_ids[]=m2"), Ok(vec![Column::AccountId]));
        let wrong = of(b"map_ids[]=m1&map_ids[]=m9").unwrap_err();
        let errors = Errors::of("map_ids.1", "The selected map ids.1 is invalid.".to_owned());
        assert_eq!(wrong, DoorError::Invalid(errors));
    }
}

//! Whether somebody was bought or underwritten before.

use axum::Json;
use jiff::{SignedDuration, Timestamp};
use loam_app::views::{LeadFilter, Page};
use loam_book::reporting::lead::Lead;

use crate::persons;

use super::asked::Asked;
use super::error::DoorError;
use super::translate::said;
use super::validation::{Object, Value, integer};
use super::{fields, wire};

/// How many leads are read at a time.
const LEADS_AT_ONCE: i64 = 500;
const HOURS_OF_DAY: i64 = 24;
/// How many days underwriting counts unless the caller says.
const UNDERWRITING_DAYS: i64 = 3;

/// How far a dry run looks back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Window {
    AllTime,
    Days(i64),
    /// It does not count.
    Off,
}

/// Tells whether a lead with this number or address would pass: nobody with either was purchased or
/// underwritten within the windows. Nothing is kept.
#[utoipa::path(
    post,
    path = "/api/v1/lead-processing/dry-run",
    tag = "lead processing",
    operation_id = "dry_run",
    request_body = wire::DryRun,
    responses(
        (status = 200, body = wire::DryRunResult),
        (status = 422, body = wire::Invalid),
        (status = "4XX", body = wire::Message),
    ),
    security(("oauth2" = ["dry-run"])),
)]
pub(super) async fn run(asked: Asked) -> Result<Json<wire::DryRunResult>, DoorError> {
    let body = asked.checked_body(&[fields::DRY_RUN])?;
    let now = asked.services.clock.now();
    let purchased = window(&body, "previously_purchased_lookback_window", Window::AllTime);
    let underwritten = window(&body, "underwriting_cost_lookback_window", Window::Days(UNDERWRITING_DAYS));
    let counts = |lead: &Lead| {
        purchased.holds(lead.purchased_at, now) || underwritten.holds(lead.underwritten_at, now)
    };
    for filter in filters(&asked, &body) {
        if any_lead(&asked, filter, &counts).await? {
            return Ok(Json(wire::DryRunResult { pass: false }));
        }
    }
    Ok(Json(wire::DryRunResult { pass: true }))
}

/// One question for each thing that identifies the person.
fn filters(asked: &Asked, body: &Object<'_>) -> Vec<LeadFilter> {
    let vault = &asked.services.vault;
    let number = said(body, "social_security_number", digits).flatten();
    let email = said(body, "email", digits).flatten();
    let of = || LeadFilter { organization: Some(asked.organization().to_owned()), ..LeadFilter::default() };
    let by_number =
        number.map(|number| LeadFilter { ssn_hash: Some(persons::ssn_hash(vault, &number)), ..of() });
    let by_email =
        email.map(|email| LeadFilter { email_hash: Some(persons::email_hash(vault, &email)), ..of() });
    by_number.into_iter().chain(by_email).collect()
}

async fn any_lead(
    asked: &Asked,
    mut filter: LeadFilter,
    counts: &impl Fn(&Lead) -> bool,
) -> Result<bool, DoorError> {
    let store = asked.services.reading.store();
    loop {
        let leads = store.leads(&filter, Page { offset: 0, limit: LEADS_AT_ONCE }).await?;
        if leads.iter().any(counts) {
            return Ok(true);
        }
        match leads.last() {
            Some(last) => filter.after = Some(last.lead_id),
            None => return Ok(false),
        }
    }
}

fn window(body: &Object<'_>, name: &str, otherwise: Window) -> Window {
    let given = said(body, name, |value| match integer(value) {
        Some(days) => Some(Window::Days(days)),
        None => Some(Window::Off),
    });
    given.flatten().unwrap_or(otherwise)
}

/// Digits may come as a number.
fn digits(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(text) => Some(text.clone().into_owned()),
        Value::Null | Value::Flag(_) | Value::List(_) | Value::Object(_) => None,
    }
}

impl Window {
    /// Whether something that happened then counts now.
    fn holds(self, happened_at: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(at) = happened_at else { return false };
        match self {
            Window::AllTime => true,
            Window::Off => false,
            Window::Days(days) => {
                let back = SignedDuration::try_from_hours(days.saturating_mul(HOURS_OF_DAY));
                // Before the beginning of time lies all time.
                back.and_then(|back| now.checked_sub(back).ok()).is_none_or(|from| at >= from)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_counts_days_back_from_now() {
        let hour = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap();
        let now = hour(1_000);
        assert!(Window::Days(3).holds(Some(hour(1_000 - 72)), now));
        assert!(!Window::Days(3).holds(Some(hour(1_000 - 73)), now));
        assert!(!Window::Days(3).holds(None, now));
        assert!(Window::AllTime.holds(Some(hour(0)), now) && !Window::AllTime.holds(None, now));
        assert!(!Window::Off.holds(Some(now), now));
        assert!(Window::Days(i64::MAX).holds(Some(hour(0)), now));
    }

    #[test]
    fn false_turns_a_window_off_and_silence_leaves_the_default() {
        let of = |body: &str| {
            let body = Object::of_json(body.as_bytes()).unwrap();
            window(&body, "w", Window::Days(UNDERWRITING_DAYS))
        };
        assert_eq!(of("{}"), Window::Days(3));
        assert_eq!(of(r#"{"w": null}"#), Window::Days(3));
        assert_eq!(of(r#"{"w": false}"#), Window::Off);
        assert_eq!(of(r#"{"w": "30"}"#), Window::Days(30));
    }
}

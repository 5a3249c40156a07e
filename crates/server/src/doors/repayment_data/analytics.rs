//! Figures for a dashboard. Days are those of UTC.

use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use loam_app::analytics;
use loam_app::views::{ReportedLoanFilter, SubjectFilter};
use loam_book::reporting::subject::Scheme;

use super::asked::Asked;
use super::error::DoorError;
use super::reply;
use super::translate::analytics::{loan_stats, settlement_stats, stats};
use super::translate::listing::{clients_of, midnight};
use super::wire::{Failure, LoanStats, SettlementStats, Stats, Success};

/// Over which time changes are measured.
const THIRTY_DAYS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What there is, and how much of it came in the last thirty days.
#[utoipa::path(
    get,
    path = "/v1/api/analytics/stats",
    tag = "repayment data",
    operation_id = "read_stats",
    security(("x-api-key" = [])),
    responses((status = 200, body = Success<Stats>), (status = "4XX", body = Failure)),
)]
pub(super) async fn totals(asked: Asked) -> Result<Response, DoorError> {
    let now = asked.services.clock.now();
    let all = clients_of(&asked.business);
    let earlier = SubjectFilter { created_before: now.checked_sub(THIRTY_DAYS).ok(), ..all.clone() };
    let store = asked.services.reading.store();
    let (before, now) = (store.subject_totals(&earlier).await?, store.subject_totals(&all).await?);
    Ok(reply::ok("Stats fetched successfully!", stats(&before, &now)))
}

/// New clients with and without loans, by periods.
#[utoipa::path(
    get,
    path = "/v1/api/analytics/loan-stats",
    tag = "repayment data",
    operation_id = "read_loan_stats",
    security(("x-api-key" = [])),
    params(
        ("startDate" = Option<String>, Query, description = "A year before the end unless given"),
        ("endDate" = Option<String>, Query, description = "Today unless given"),
    ),
    responses((status = 200, body = Success<LoanStats>), (status = "4XX", body = Failure)),
)]
pub(super) async fn clients(asked: Asked) -> Result<Response, DoorError> {
    let days = asked.query()?.days_until(today(&asked))?;
    let filter = SubjectFilter {
        created_from: Some(midnight(days.from, &TimeZone::UTC)),
        created_before: Some(midnight(days.to.saturating_add(1.day()), &TimeZone::UTC)),
        ..clients_of(&asked.business)
    };
    let counts = asked.services.reading.store().subjects_by_day(&filter).await?;
    Ok(reply::ok("Loan stats fetched successfully!", loan_stats(&analytics::opened(days, &counts))))
}

/// Settled loans by how late they were, by periods.
#[utoipa::path(
    get,
    path = "/v1/api/analytics/loan-settlement-stats",
    tag = "repayment data",
    operation_id = "read_loan_settlement_stats",
    security(("x-api-key" = [])),
    params(
        ("startDate" = Option<String>, Query, description = "A year before the end unless given"),
        ("endDate" = Option<String>, Query, description = "Today unless given"),
    ),
    responses((status = 200, body = Success<SettlementStats>), (status = "4XX", body = Failure)),
)]
pub(super) async fn settlements(asked: Asked) -> Result<Response, DoorError> {
    let days = asked.query()?.days_until(today(&asked))?;
    let filter = ReportedLoanFilter {
        scheme: Some(Scheme::RepaymentClient),
        organization: Some(asked.business.id.clone()),
        settled_from: Some(days.from),
        settled_to: Some(days.to),
        ..ReportedLoanFilter::default()
    };
    let counts = asked.services.reading.store().settlements_by_day(&filter).await?;
    let shown = settlement_stats(&analytics::settled(days, &counts));
    Ok(reply::ok("Loan settlement stats fetched successfully!", shown))
}

fn today(asked: &Asked) -> Date {
    asked.services.clock.now().to_zoned(TimeZone::UTC).date()
}

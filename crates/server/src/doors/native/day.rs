//! The business date, and the closing of days.

use axum::Json;
use axum::extract::State;
use loam_app::end_of_day::{DayReport, DayStep, Failure, Report, StepReport};

use crate::Services;

use super::call::Call;
use super::error::DoorError;
use super::wire;

/// The business date.
#[utoipa::path(
    get,
    path = "/loam/v1/business-date",
    tag = "day",
    responses((status = 200, body = wire::BusinessDate), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn business_date(call: Call) -> Json<wire::BusinessDate> {
    Json(wire::BusinessDate { business_date: call.now.state.business_date.to_string() })
}

/// Closes each day up to a date.
///
/// The present business date only has its sweep finished, so asking twice changes nothing, and an
/// `Idempotency-Key` has no effect. What failed for one account is reported and tried again by the
/// next run.
#[utoipa::path(
    post,
    path = "/loam/v1/end-of-day",
    tag = "day",
    request_body = wire::EndOfDay,
    responses((status = 200, body = wire::EndOfDayReport), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn end_of_day(
    State(services): State<Services>,
    call: Call,
) -> Result<Json<wire::EndOfDayReport>, DoorError> {
    let through = call.members()?.date("through")?.ok_or_else(|| DoorError::missing("through"))?;
    let caller = call.end_of_day();
    // On a task of its own: a caller who goes away does not stop the day halfway.
    let closing = tokio::spawn(async move {
        let report = services.end_of_day.close_through(through, &caller).await?;
        let state = services.reading.store().state().await?;
        Ok::<_, DoorError>(report_of(state.business_date.to_string(), &report))
    });
    let report = closing.await.map_err(|error| {
        tracing::error!(%error, "the end of day ended by a panic");
        DoorError::internal()
    })??;
    Ok(Json(report))
}

/// How far the closing of days has come on this server, and what its last run did.
#[utoipa::path(
    get,
    path = "/loam/v1/end-of-day",
    tag = "day",
    responses((status = 200, body = wire::EndOfDayProgress), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn progress(State(services): State<Services>, call: Call) -> Json<wire::EndOfDayProgress> {
    let progress = services.end_of_day.progress().borrow().clone();
    let running = progress.running.map(|running| wire::RunningDay {
        through: running.through.to_string(),
        business_date: running.business_date.to_string(),
        step: running.step.name(),
        done: running.done,
        failed: running.failed,
        loans_due: running.loans_due,
    });
    let last = progress.last.map(|report| report.days.iter().map(day_of).collect());
    Json(wire::EndOfDayProgress { business_date: call.now.state.business_date.to_string(), running, last })
}

fn report_of(business_date: String, report: &Report) -> wire::EndOfDayReport {
    wire::EndOfDayReport { business_date, days: report.days.iter().map(day_of).collect() }
}

fn day_of(day: &DayReport) -> wire::DayReport {
    let failure = |failure: &Failure| wire::DayFailure {
        account: failure.account.clone(),
        reason: failure.reason.clone(),
    };
    let step = |step: &StepReport| wire::DayStep {
        step: step.step.name(),
        done: step.done,
        failed: step.failed,
        milliseconds: u64::try_from(step.took.as_millis()).unwrap_or(u64::MAX),
    };
    wire::DayReport {
        business_date: day.business_date.to_string(),
        advanced: day.advanced(),
        followed: day.done(DayStep::DaysOff),
        steps: day.steps.iter().map(step).collect(),
        failed: day.failures().map(failure).collect(),
    }
}

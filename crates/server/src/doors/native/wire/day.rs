//! The closing of days on the wire.

use serde::Serialize;
use utoipa::ToSchema;

/// Up to which day to close.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[schema(as = native::EndOfDay)]
pub(in super::super) struct EndOfDay {
    #[schema(format = Date, example = "2024-01-31")]
    through: String,
}

/// What closing days did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::EndOfDayReport)]
pub(in super::super) struct EndOfDayReport {
    /// The business date afterwards.
    #[schema(format = Date, example = "2024-01-31")]
    pub(in super::super) business_date: String,
    pub(in super::super) days: Vec<DayReport>,
}

/// What closing one day did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::DayReport)]
pub(in super::super) struct DayReport {
    /// The business date after it.
    #[schema(format = Date, example = "2024-01-31")]
    pub(in super::super) business_date: String,
    /// Loans and deposit accounts on which something was derived.
    pub(in super::super) advanced: u64,
    /// Loans that were looked at because days off had been changed.
    pub(in super::super) followed: u64,
    /// What was done step by step, in this order.
    pub(in super::super) steps: Vec<DayStep>,
    /// Accounts that could not be advanced, or could not follow, which the next run tries again; and loans
    /// of which the evening could not tell what has grown or what is to be set aside, which the next evening that posts tries again.
    pub(in super::super) failed: Vec<DayFailure>,
}

/// What one step of a day did on this server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::DayStep)]
pub(in super::super) struct DayStep {
    /// `evening`, `days off`, `loans`, `funding`, `deposits`, `settlement`, `crediting`
    #[schema(example = "loans")]
    pub(in super::super) step: &'static str,
    /// How many accounts or applications it was done for; of the evening, for how many groups of loans something was
    /// posted.
    pub(in super::super) done: u64,
    pub(in super::super) failed: u64,
    pub(in super::super) milliseconds: u64,
}

/// An account that could not be advanced.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::DayFailure)]
pub(in super::super) struct DayFailure {
    /// The key of the account or application. Where that is damaged, the text that stands for it, or part and number
    /// of the row.
    pub(in super::super) account: String,
    pub(in super::super) reason: String,
}

/// How far the closing of days has come on this server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::EndOfDayProgress)]
pub(in super::super) struct EndOfDayProgress {
    #[schema(format = Date, example = "2024-01-31")]
    pub(in super::super) business_date: String,
    /// Left out while no day is being closed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) running: Option<RunningDay>,
    /// What the last run of this server did that closed a day, with what later ones did of that day; left out where
    /// there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) last: Option<Vec<DayReport>>,
}

/// A day that is being closed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::RunningDay)]
pub(in super::super) struct RunningDay {
    /// The day up to which days are closed.
    #[schema(format = Date, example = "2024-01-31")]
    pub(in super::super) through: String,
    /// The business date that the book has meanwhile.
    #[schema(format = Date, example = "2024-01-31")]
    pub(in super::super) business_date: String,
    /// One of the steps of a day.
    #[schema(example = "loans")]
    pub(in super::super) step: &'static str,
    /// How many the step was done for so far, and how often it failed. In the evening, how many loans were added up.
    pub(in super::super) done: u64,
    pub(in super::super) failed: u64,
    /// How many loans had something to be derived when the day began.
    pub(in super::super) loans_due: u64,
}

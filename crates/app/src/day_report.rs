//! What closing days did, step by step, and how far it has come.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use loam_book::ids::Key;

/// What is done of a day, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayStep {
    /// Before the business date moves: growing interest and allowances of many loans together, posted on the day that
    /// ends. A day whose date had moved already has none.
    Evening,
    /// Loans follow days off that were changed: before anything falls due, for a due date that is moved must not have
    /// come.
    DaysOff,
    /// Whatever the book derives of loans: interest, lateness and arrears, fees and penalties, bills, reviews of rates,
    /// locks, dormancy.
    Loans,
    /// Applications of the marketplace whose window is over.
    Funding,
    /// Interest, terms and sleep of deposit accounts.
    Deposits,
    /// What linked accounts pay of what is due.
    Settlement,
    /// What investors get of all that.
    Crediting,
}

impl DayStep {
    /// All of them, in their order.
    pub const ALL: [DayStep; 7] = [
        DayStep::Evening,
        DayStep::DaysOff,
        DayStep::Loans,
        DayStep::Funding,
        DayStep::Deposits,
        DayStep::Settlement,
        DayStep::Crediting,
    ];

    /// The name that is shown.
    pub fn name(self) -> &'static str {
        match self {
            DayStep::Evening => "evening",
            DayStep::DaysOff => "days off",
            DayStep::Loans => "loans",
            DayStep::Funding => "funding",
            DayStep::Deposits => "deposits",
            DayStep::Settlement => "settlement",
            DayStep::Crediting => "crediting",
        }
    }
}

/// What closing days did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub days: Vec<DayReport>,
}

/// What closing one day did here; other servers may have done more of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayReport {
    /// The business date after it.
    pub business_date: Date,
    pub steps: Vec<StepReport>,
    /// Accounts that could not be advanced, or could not follow; the next run tries them again.
    pub failed: Vec<Failure>,
}

/// What one step of a day did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    pub step: DayStep,
    /// How many accounts or applications it was done for; of the evening, for how many groups of loans something was
    /// posted.
    pub done: u64,
    pub failed: u64,
    /// How long it took, by the clock of the desk.
    pub took: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub account: Key,
    pub reason: String,
}

impl DayReport {
    pub(crate) fn of(business_date: Date) -> DayReport {
        DayReport { business_date, steps: Vec::new(), failed: Vec::new() }
    }

    /// How many a step was done for.
    pub fn done(&self, step: DayStep) -> u64 {
        self.steps.iter().filter(|row| row.step == step).map(|row| row.done).sum()
    }

    /// Loans and deposit accounts on which something was derived.
    pub fn advanced(&self) -> u64 {
        self.done(DayStep::Loans) + self.done(DayStep::Deposits)
    }

    /// Whether nothing was derived, and nothing failed. Settlement and funding look at accounts and applications for
    /// which there may be nothing to do, as often as they are asked.
    pub fn is_idle(&self) -> bool {
        self.failed.is_empty() && self.advanced() + self.done(DayStep::DaysOff) == 0
    }
}

/// How far the closing of days has come on this server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// `None` while no day is being closed.
    pub running: Option<Running>,
    /// What the last run did.
    pub last: Option<Arc<Report>>,
}

/// A day that is being closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// The day up to which days are closed.
    pub through: Date,
    /// The business date that the book has meanwhile.
    pub business_date: Date,
    pub step: DayStep,
    /// How many the step was done for so far, and how often it failed. In the evening, how many loans were added up.
    pub done: u64,
    pub failed: u64,
    /// How many loans had something to be derived when the day began.
    pub loans_due: u64,
}

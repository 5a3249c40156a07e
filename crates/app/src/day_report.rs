//! What closing days did, step by step, and how far it has come.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use crate::error::StoreError;
use crate::ports::UnreadableRow;

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
    /// reminders of tranches, locks, dormancy.
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
    /// Loans of which the evening could not tell what has grown or what is to be set aside; the next evening that
    /// posts tries them again, so that they stay in the report of the day.
    pub untold: Vec<Failure>,
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

/// An account or application for which a step of a day could not be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Failure {
    /// The key of the account or application. Where that is damaged, the text that stands for it, or part and number of
    /// the row.
    pub account: String,
    pub reason: String,
}

/// What failed in one step: what is looked at again and fails in the same way stands there once.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    all: Vec<Failure>,
    known: HashSet<Failure>,
}

impl Failures {
    /// Whether it is a new one.
    pub(crate) fn note(&mut self, failure: Failure) -> bool {
        let is_new = self.known.insert(failure.clone());
        if is_new {
            self.all.push(failure);
        }
        is_new
    }

    /// Rows that cannot be read: the step goes on without them.
    pub(crate) fn note_unreadable(&mut self, rows: Vec<UnreadableRow>) {
        for UnreadableRow { account, reason } in rows {
            let reason = StoreError::Unreadable(reason).to_string();
            if self.note(Failure { account: account.clone(), reason: reason.clone() }) {
                tracing::error!(account, reason, "the day goes on without a row");
            }
        }
    }

    /// What was noted last.
    pub(crate) fn last(&self) -> Option<&Failure> {
        self.all.last()
    }

    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.all.len()).unwrap_or(u64::MAX)
    }
}

impl DayReport {
    pub(crate) fn of(business_date: Date) -> DayReport {
        DayReport { business_date, steps: Vec::new(), failed: Vec::new(), untold: Vec::new() }
    }

    /// All that failed, whoever tries it again. What fails in several steps for the same reason stands there once,
    /// though each of these steps counts it.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        let of_evening: HashSet<&Failure> = self.untold.iter().collect();
        let of_later_steps = self.failed.iter().filter(move |failure| !of_evening.contains(failure));
        self.untold.iter().chain(of_later_steps)
    }

    /// How many there are of these.
    pub fn failures_count(&self) -> usize {
        self.failures().count()
    }

    /// Keeps what failed in a step: of the evening apart, for the next run does not try that again.
    pub(crate) fn note(&mut self, step: DayStep, failures: Failures) {
        let kept = if step == DayStep::Evening { &mut self.untold } else { &mut self.failed };
        let known: HashSet<Failure> = kept.iter().cloned().collect();
        let new = failures.all.into_iter().filter(|failure| !known.contains(failure));
        kept.extend(new);
    }

    /// How many a step was done for.
    pub fn done(&self, step: DayStep) -> u64 {
        self.steps.iter().filter(|row| row.step == step).map(|row| row.done).sum()
    }

    /// Loans and deposit accounts on which something was derived.
    pub fn advanced(&self) -> u64 {
        self.done(DayStep::Loans) + self.done(DayStep::Deposits)
    }

    /// Whether nothing was done, and nothing failed.
    pub fn is_idle(&self) -> bool {
        self.failures_count() == 0 && self.steps.iter().all(|row| row.done == 0)
    }

    /// Adds what a later run did of the same day. It tried again what had failed: what failed now is what still does.
    /// The evening of a day is not run again, and what it could not tell stays.
    fn add(&mut self, later: DayReport) {
        for row in self.steps.iter_mut().filter(|row| row.step != DayStep::Evening) {
            row.failed = 0;
        }
        for row in later.steps {
            match self.steps.iter_mut().find(|known| known.step == row.step) {
                Some(known) => {
                    known.done += row.done;
                    known.failed = row.failed;
                    known.took += row.took;
                }
                None => self.steps.push(row),
            }
        }
        self.failed = later.failed;
    }
}

/// How far the closing of days has come on this server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// `None` while no day is being closed.
    pub running: Option<Running>,
    /// What the last run that closed a day did, with what later ones did of that day.
    pub last: Option<Arc<Report>>,
}

impl Progress {
    /// Notes what a run did that began on a business date. An automatic server looks every minute whether something is
    /// left of the present day: what that gives belongs to the day, and must not take the place of what closing it did.
    pub(crate) fn note(&mut self, report: &Report, began_on: Date) {
        let closed_a_day = report.days.iter().any(|day| day.business_date != began_on);
        let last = self.last.as_deref().and_then(|last| last.days.last());
        let belongs = !closed_a_day && last.is_some_and(|day| day.business_date == began_on);
        if belongs {
            let mut last = self.last.as_deref().cloned().unwrap_or_default();
            let later = report.days.first().cloned().unwrap_or_else(|| DayReport::of(began_on));
            if let Some(day) = last.days.last_mut() {
                day.add(later);
            }
            self.last = Some(Arc::new(last));
        } else if !report.days.is_empty() {
            self.last = Some(Arc::new(report.clone()));
        }
    }
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const DAY: Date = date(2026, 2, 1);
    const NEXT: Date = date(2026, 2, 2);

    fn report(business_date: Date, done: u64, failed: usize) -> Report {
        let failure =
            |n: usize| Failure { account: format!("account {n}"), reason: "it is broken".to_owned() };
        let failed: Vec<Failure> = (0..failed).map(failure).collect();
        let (count, took) = (u64::try_from(failed.len()).unwrap(), Duration::from_millis(5));
        let step = StepReport { step: DayStep::Loans, done, failed: count, took };
        Report { days: vec![DayReport { business_date, steps: vec![step], failed, untold: Vec::new() }] }
    }

    fn told(progress: &Progress) -> (Date, u64, u64, usize) {
        let day = progress.last.as_ref().expect("something was told").days.last().expect("a day");
        (day.business_date, day.done(DayStep::Loans), day.steps[0].failed, day.failed.len())
    }

    #[test]
    fn a_run_without_work_leaves_the_report_of_the_day() {
        let mut progress = Progress::default();
        progress.note(&Report::default(), DAY);
        assert_eq!(progress.last, None, "there is nothing to tell");
        progress.note(&report(NEXT, 12, 0), DAY);
        progress.note(&Report::default(), NEXT);
        assert_eq!(told(&progress), (NEXT, 12, 0, 0));
    }

    #[test]
    fn what_is_done_later_of_a_day_is_added_to_it() {
        let mut progress = Progress::default();
        progress.note(&report(NEXT, 12, 1), DAY);
        progress.note(&report(NEXT, 0, 1), NEXT);
        assert_eq!(told(&progress), (NEXT, 12, 1, 1), "it still fails, once");
        progress.note(&report(NEXT, 1, 0), NEXT);
        assert_eq!(told(&progress), (NEXT, 13, 0, 0), "it was mended");
        let day = &progress.last.as_ref().expect("a report").days[0];
        assert_eq!(day.steps[0].took, Duration::from_millis(15));
    }

    #[test]
    fn what_failed_and_is_not_there_any_more_does_not_stay() {
        let mut progress = Progress::default();
        progress.note(&report(NEXT, 12, 1), DAY);
        progress.note(&Report::default(), NEXT);
        assert_eq!(told(&progress), (NEXT, 12, 0, 0));
    }

    #[test]
    fn what_the_evening_could_not_tell_stays_in_the_report_of_its_day() {
        let mut closed = report(NEXT, 12, 1);
        let day = &mut closed.days[0];
        day.untold = day.failed.clone();
        day.steps.push(StepReport { step: DayStep::Evening, done: 1, failed: 1, took: Duration::ZERO });
        let mut progress = Progress::default();
        progress.note(&closed, DAY);
        progress.note(&report(NEXT, 1, 0), NEXT);
        assert_eq!(told(&progress), (NEXT, 13, 0, 0), "the loan was mended");
        let day = &progress.last.as_ref().expect("a report").days[0];
        assert_eq!(
            (day.failures_count(), day.steps[1].failed),
            (1, 1),
            "and its allowance waits for an evening"
        );
    }

    /// A day of which these steps failed for these accounts, for a reason each.
    fn failed_in(steps: &[(DayStep, &[(&str, &str)])]) -> DayReport {
        let mut day = DayReport::of(NEXT);
        for (step, failed) in steps {
            let mut failures = Failures::default();
            for (account, reason) in *failed {
                failures.note(Failure { account: (*account).to_owned(), reason: (*reason).to_owned() });
            }
            let failed = failures.count();
            day.steps.push(StepReport { step: *step, done: 0, failed, took: Duration::ZERO });
            day.note(*step, failures);
        }
        day
    }

    #[test]
    fn an_account_that_fails_in_several_steps_is_told_once_for_each_reason() {
        let day = failed_in(&[
            (DayStep::Evening, &[("A", "damaged"), ("B", "cannot be told")]),
            (DayStep::Loans, &[("A", "damaged"), ("B", "quarantined"), ("A", "damaged")]),
            (DayStep::Settlement, &[("B", "quarantined"), ("C", "damaged")]),
        ]);
        let told: Vec<(&str, &str)> =
            day.failures().map(|failure| (failure.account.as_str(), failure.reason.as_str())).collect();
        let expected = [("A", "damaged"), ("B", "cannot be told"), ("B", "quarantined"), ("C", "damaged")];
        assert_eq!((told.as_slice(), day.failures_count()), (&expected[..], 4));
        let counts: Vec<u64> = day.steps.iter().map(|step| step.failed).collect();
        assert_eq!(counts, [2, 2, 2], "each step counts what failed in it");
    }

    #[test]
    fn what_is_mended_after_the_evening_stays_told_as_what_the_evening_missed() {
        let mut progress = Progress::default();
        let day =
            failed_in(&[(DayStep::Evening, &[("A", "damaged")]), (DayStep::Loans, &[("A", "damaged")])]);
        progress.note(&Report { days: vec![day] }, DAY);
        progress.note(&Report::default(), NEXT);
        let day = &progress.last.as_ref().expect("a report").days[0];
        assert_eq!((day.failures_count(), day.failed.len(), day.steps[1].failed), (1, 0, 0));
    }

    #[test]
    fn another_day_takes_the_place_of_the_one_before() {
        let mut progress = Progress::default();
        progress.note(&report(DAY, 12, 1), DAY);
        assert_eq!(told(&progress), (DAY, 12, 1, 1), "the first run of a server only finished a day");
        progress.note(&report(NEXT, 3, 0), DAY);
        assert_eq!(told(&progress), (NEXT, 3, 0, 0));
        // Another server closed the day; this one finds nothing to do.
        progress.note(&Report::default(), date(2026, 2, 3));
        assert_eq!(told(&progress), (NEXT, 3, 0, 0));
    }
}

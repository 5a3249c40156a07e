//! The days of a contract: cycles, business days, the day on which it ends.

use jiff::Span;
use jiff::civil::{Date, Weekday};
use loam_calc::calendar::{Calendar, Period, PeriodUnit};
use loam_calc::cash_flow::{Cycle, Move, Stub};

use super::read::Case;

/// Where days go, and on which calendar.
#[derive(Debug)]
pub(super) struct Days {
    calendar: Calendar,
    way: Move,
    end_of_month: bool,
    /// The last day has interest, but its midnight is no day of a cycle.
    ends_in_the_last_second: bool,
}

impl Days {
    /// # Errors
    /// The reason why the days cannot be said.
    pub(super) fn of(case: &Case) -> Result<Days, String> {
        let calendar = match case.text("calendar") {
            Some("MF") => Calendar::try_new(&[Weekday::Saturday, Weekday::Sunday], []),
            _ => Ok(Calendar::every_day_works()),
        };
        let way = match case.text("businessDayConvention") {
            None | Some("NOS") => Move::Stay,
            Some("SCF") => Move::Next,
            Some("SCP") => Move::Previous,
            Some("SCMF") => Move::NextWithinMonth,
            Some("SCMP") => Move::PreviousWithinMonth,
            Some(other) => {
                return Err(format!("business days {other}: interest by days that were not moved"));
            }
        };
        let end_of_month = case.text("endOfMonthConvention") == Some("EOM");
        let ends_in_the_last_second = case.text("maturityDate").is_some_and(|end| end.ends_with("T23:59:59"));
        let calendar = calendar.map_err(|error| error.to_string())?;
        Ok(Days { calendar, way, end_of_month, ends_in_the_last_second })
    }

    /// The days of a cycle before the end, as they are worked.
    pub(super) fn before(&self, cycle: Cycle, end: Date) -> Vec<Date> {
        let end = if self.ends_in_the_last_second { day_before(end) } else { end };
        let days = cycle.days_before(end).into_iter().map(|day| self.worked(day));
        days.collect()
    }

    pub(super) fn worked(&self, day: Date) -> Date {
        self.way.apply(day, &self.calendar)
    }

    /// The cycle of a term; one without a first day begins a period after the payout.
    pub(super) fn cycle(&self, case: &Case, of: &str) -> Option<Cycle> {
        let every = case.text(&format!("cycleOf{of}"));
        let first = case.day(&format!("cycleAnchorDateOf{of}"));
        self.cycle_of(first, every, case.day("initialExchangeDate")?)
    }

    /// A cycle from its first day and its text, such as `P1ML0`.
    pub(super) fn cycle_of(&self, first: Option<Date>, every: Option<&str>, lent: Date) -> Option<Cycle> {
        let parsed = every.and_then(parse_cycle);
        let first = first.or_else(|| parsed?.0.add_times(lent, 1).ok())?;
        let stub = parsed.map_or(Stub::Short, |(_, stub)| stub);
        Some(Cycle { first, every: parsed.map(|(every, _)| every), stub, end_of_month: self.end_of_month })
    }
}

/// `P15DL1`: every 15 days; after the `L` a 0 for a long last period, a 1 for a short one.
fn parse_cycle(text: &str) -> Option<(Period, Stub)> {
    let (period, stub) = text.split_once('L').unwrap_or((text, "1"));
    Some((parse_period(period)?, if stub == "0" { Stub::Long } else { Stub::Short }))
}

pub(super) fn parse_period(text: &str) -> Option<Period> {
    let text = text.strip_prefix('P')?;
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "D" => PeriodUnit::Days,
        "W" => PeriodUnit::Weeks,
        "M" => PeriodUnit::Months,
        "Y" => PeriodUnit::Years,
        _ => return None,
    };
    Some(Period { count: count.parse().ok()?, unit })
}

pub(super) fn day_before(day: Date) -> Date {
    day.checked_sub(Span::new().days(1)).unwrap_or(day)
}

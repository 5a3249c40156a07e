//! Schedules of every method with dates and actual/365, beside a bare loop over i64 that does the
//! same arithmetic and nothing else.

use std::hint::black_box;

use jiff::civil::{Date, date};
use loam_calc::calendar::{Calendar, Period, PeriodUnit};
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::{DueDateMethod, DueDateTerms, NonWorkingDays, due_dates_into};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{
    ChargeFrequency, Grace, InstallmentRounding, InterestMethod, InterestTerms, Remainder, ScheduleTerms,
    schedule_into,
};

use crate::clock::Stopwatch;
use crate::table::{Row, Table, ratio};

const PRINCIPAL: i64 = 250_000_00;
const COUNTS: [u32; 3] = [12, 60, 360];
const METHODS: [(InterestMethod, &str); 3] = [
    (InterestMethod::Flat, "flat"),
    (InterestMethod::DecliningBalance, "equal principal"),
    (InterestMethod::DecliningBalanceDiscounted, "equal installments"),
];
/// Installments in a round, whatever the length of the schedule.
const INSTALLMENTS: u32 = 360_000;
const REPEATS: u32 = 7;

pub(crate) fn measure(table: &mut Table) {
    for (method, name) in METHODS {
        for count in COUNTS {
            measure_one(table, (method, name), count);
        }
    }
}

fn measure_one(table: &mut Table, (method, name): (InterestMethod, &str), count: u32) {
    let start = date(2024, 1, 31);
    let month = Period { count: 1, unit: PeriodUnit::Months };
    let due = DueDateTerms {
        method: DueDateMethod::Interval(month),
        start,
        first_due_date: None,
        first_offset_days: 0,
        count,
        non_working: NonWorkingDays::None,
    };
    let terms = terms(method, month);
    let calendar = Calendar::every_day_works();
    let (mut dates, mut rows) = (Vec::new(), Vec::new());
    let rounds = INSTALLMENTS / count;
    let ours = best(rounds, || {
        due_dates_into(&due, &calendar, &mut dates).expect("the dates are in range");
        schedule_into(&terms, start, &dates, &mut rows).expect("the terms give a schedule");
        black_box(&rows);
    });
    let first = &rows[0];
    // What the loop is given: a share of the principal, or the equal total.
    let given = match method {
        InterestMethod::Flat | InterestMethod::DecliningBalance => first.principal.minor(),
        InterestMethod::DecliningBalanceDiscounted => (first.principal + first.interest).minor(),
    };
    let mut bare_rows = Vec::with_capacity(rows.len());
    let bare = best(rounds, || bare_loop(black_box(given), (method, count), start, &mut bare_rows));
    let equal = rows.iter().zip(&bare_rows).all(|(row, bare)| {
        (row.due_date, row.principal.minor(), row.interest.minor())
            == (bare.due_date, bare.principal, bare.interest)
    });
    assert!(equal && rows.len() == bare_rows.len(), "the loop does the same arithmetic");
    table.push(Row {
        what: format!("schedule, {name}, {count} installments with dates, actual/365"),
        measured: format!("{ours} ns"),
        reference: format!("{bare} ns, a bare i64 loop"),
        ratio: format!("{} times", ratio(ours, bare)),
    });
}

fn terms(method: InterestMethod, month: Period) -> ScheduleTerms {
    ScheduleTerms {
        principal: Amount::from_minor(PRINCIPAL),
        interest: InterestTerms {
            method,
            rate: Rate::parse_percent("6.25").expect("a plain percentage"),
            charge_frequency: ChargeFrequency::Annualized,
            day_count: DayCount::Actual365Fixed,
            days_method: DaysMethod::ActualDays,
        },
        period: month,
        grace: Grace::None,
        principal_repayment_interval: 1,
        remainder: Remainder::None,
        installment_rounding: InstallmentRounding::None,
        rounding: Rounding::HalfEven,
    }
}

struct BareRow {
    due_date: Date,
    principal: i64,
    interest: i64,
}

/// The interest of 6.25 % over actual days, half even, in plain integers; months from the first
/// date. The share or the equal total is given: finding it is not part of the loop.
fn bare_loop(given: i64, (method, count): (InterestMethod, u32), start: Date, rows: &mut Vec<BareRow>) {
    rows.clear();
    let count = i32::try_from(count).expect("a small number");
    let mut balance = PRINCIPAL;
    let mut before = day_number(start.year(), start.month(), start.day());
    for number in 1..=count {
        let months = i32::from(start.year()) * 12 + i32::from(start.month()) - 1 + number;
        let year = i16::try_from(months / 12).expect("a year of this century");
        let month = i8::try_from(months % 12 + 1).expect("a month");
        let day = start.day().min(days_in_month(year, month));
        let now = day_number(year, month, day);
        let base = if method == InterestMethod::Flat { PRINCIPAL } else { balance };
        let numerator = base * (now - before) * 625;
        let denominator = 3_650_000i64;
        let (whole, rest) = (numerator / denominator, numerator % denominator);
        let interest =
            whole + i64::from(rest * 2 > denominator || (rest * 2 == denominator && whole % 2 == 1));
        let principal = match method {
            _ if number == count => balance,
            InterestMethod::Flat | InterestMethod::DecliningBalance => given.min(balance),
            InterestMethod::DecliningBalanceDiscounted => (given - interest).min(balance),
        };
        rows.push(BareRow { due_date: Date::constant(year, month, day), principal, interest });
        balance -= principal;
        before = now;
    }
    black_box(&rows);
}

fn days_in_month(year: i16, month: i8) -> i8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970, by the proleptic Gregorian calendar.
fn day_number(year: i16, month: i8, day: i8) -> i64 {
    let (year, month) = (i64::from(year), i64::from(month));
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The best of some repeats, in nanoseconds a round.
fn best(rounds: u32, mut work: impl FnMut()) -> u128 {
    (0..REPEATS)
        .map(|_| {
            let stopwatch = Stopwatch::start();
            for _ in 0..rounds {
                work();
            }
            stopwatch.elapsed().as_nanos() / u128::from(rounds)
        })
        .min()
        .expect("there are repeats")
}

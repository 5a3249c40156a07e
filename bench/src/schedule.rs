//! Schedules of every method with dates and actual/365, beside a bare loop over i64 that does the
//! same arithmetic and nothing else.

use std::hint::black_box;

use jiff::civil::date;
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

use loam_load::stopwatch::Stopwatch;
use loam_load::table::{Row, Table, ratio};

mod bare;
mod changes;
mod varied;

use bare::{BareRow, Months, half_even};

const PRINCIPAL: i64 = 250_000_00;
const COUNTS: [u32; 3] = [12, 60, 360];
const METHODS: [(InterestMethod, &str); 3] = [
    (InterestMethod::Flat, "flat"),
    (InterestMethod::DecliningBalance, "equal principal"),
    (InterestMethod::DecliningBalanceDiscounted, "equal installments"),
];
/// Installments in a round, whatever the length of the schedule.
const INSTALLMENTS: u32 = 14_400;
const REPEATS: u32 = 300;

pub(crate) fn measure(table: &mut Table) {
    for (method, name) in METHODS {
        for count in COUNTS {
            measure_one(table, (method, name), count);
        }
    }
    varied::measure(table);
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
    let mut ours = || {
        due_dates_into(&due, &calendar, &mut dates).expect("the dates are in range");
        schedule_into(&terms, start, &dates, &mut rows).expect("the terms give a schedule");
        black_box(&rows);
        // What the loop is given: a share of the principal, or the equal total.
        let first = &rows[0];
        match method {
            InterestMethod::Flat | InterestMethod::DecliningBalance => first.principal.minor(),
            InterestMethod::DecliningBalanceDiscounted => first.total().minor(),
        }
    };
    let (given, mut bare_rows) = (ours(), Vec::new());
    let [ours, bare] = best(
        rounds,
        [
            &mut || {
                ours();
            },
            &mut || bare_loop(black_box(given), (method, count), &mut bare_rows),
        ],
    );
    bare::assert_equal(&rows, &bare_rows);
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

/// The interest of 6.25 % over actual days, half even, in plain integers; months from the first
/// date. The share or the equal total is given: finding it is not part of the loop.
fn bare_loop(given: i64, (method, count): (InterestMethod, u32), rows: &mut Vec<BareRow>) {
    rows.clear();
    let mut balance = PRINCIPAL;
    for (number, (due_date, days)) in (1..).zip(Months::new(count)) {
        let base = if method == InterestMethod::Flat { PRINCIPAL } else { balance };
        let interest = half_even(base * days * 625, 3_650_000);
        let principal = match method {
            _ if number == count => balance,
            InterestMethod::Flat | InterestMethod::DecliningBalance => given.min(balance),
            InterestMethod::DecliningBalanceDiscounted => (given - interest).min(balance),
        };
        rows.push(BareRow { due_date, principal, interest });
        balance -= principal;
    }
    black_box(&rows);
}

/// The best of some repeats of each, in nanoseconds a round. They take turns, so that whatever else the
/// machine does meets all of them.
fn best<const COUNT: usize>(rounds: u32, mut works: [&mut dyn FnMut(); COUNT]) -> [u128; COUNT] {
    let mut best = [u128::MAX; COUNT];
    for _ in 0..REPEATS {
        for (best, work) in best.iter_mut().zip(&mut works) {
            let stopwatch = Stopwatch::start();
            for _ in 0..rounds {
                work();
            }
            *best = (stopwatch.elapsed().as_nanos() / u128::from(rounds)).min(*best);
        }
    }
    best
}

//! Schedules that no formula gives at once, each beside two bare loops: one that finds the payments or
//! the rate in the same way, and one that is told them.

use std::hint::black_box;

use jiff::civil::date;
use loam_calc::calendar::Calendar;
use loam_calc::day_count::DaysMethod;
use loam_calc::due_dates::{DueDateMethod, DueDateTerms, NonWorkingDays, due_dates_into};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{
    BalanceTier, DayTier, Installment, InterestMethod, InterestTerms, Payments, RateTiers, ScheduleOptions,
    ScheduleTerms, equal_total, payment_plan_rate, schedule_with_into,
};

use super::bare::{BareRow, Months, assert_equal, half_even, product};
use super::changes::Search;
use super::{COUNTS, INSTALLMENTS, PRINCIPAL, best, terms};
use loam_load::table::{Row, Table, ratio};

/// The payment of the loans with a balloon; it covers the interest of every month.
const PAYMENT: i64 = 1_500_00;
/// Tiers by balance: bounds, and rates over 400.
const BALANCE_TIERS: [(i64, i64); 3] = [(50_000_00, 28), (150_000_00, 25), (i64::MAX, 22)];
/// Tiers by day: last days, and rates over 2000.
const DAY_TIERS: [(i64, i64); 3] = [(90, 98), (400, 125), (i64::MAX, 140)];
/// Binary places of a balance: the principal with them stays below 2^60.
const PLACES: u32 = 35;

pub(super) fn measure(table: &mut Table) {
    for count in COUNTS {
        balloon(table, count);
    }
    for count in COUNTS {
        optimized(table, count);
    }
    for count in COUNTS {
        payment_plan(table, count);
    }
    for count in COUNTS {
        tiers_by_balance(table, count);
    }
    for count in COUNTS {
        tiers_by_day(table, count);
    }
}

/// A kind of schedule, and how many installments.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    count: u32,
}

/// Measures the engine, the loop that searches and the loop that is told what the search found.
fn compare<F: Copy>(
    table: &mut Table,
    case: Case,
    mut ours: impl FnMut(&mut Vec<Installment>),
    mut find: impl FnMut() -> F,
    fill: impl Fn(F, &mut Vec<BareRow>),
) {
    let rounds = INSTALLMENTS / case.count;
    let (mut rows, mut bare_rows) = (Vec::new(), Vec::new());
    let (found, mut told_rows) = (find(), Vec::new());
    let [measured, searching, told] = best(
        rounds,
        [
            &mut || {
                ours(&mut rows);
                black_box(&rows);
            },
            &mut || fill(black_box(find()), &mut bare_rows),
            &mut || fill(black_box(found), &mut told_rows),
        ],
    );
    assert_equal(&rows, &bare_rows);
    assert_equal(&rows, &told_rows);
    table.push(Row {
        what: format!("schedule, {}, {} installments with dates", case.name, case.count),
        measured: format!("{measured} ns"),
        reference: format!("{searching} ns, a bare loop that searches alike; {told} ns, one that is told"),
        ratio: format!("{} times; {}", ratio(measured, searching), ratio(measured, told)),
    });
}

/// The engine's schedule under these options.
fn engine<'a>(
    terms: &'a ScheduleTerms,
    options: &'a ScheduleOptions<'a>,
    count: u32,
) -> impl FnMut(&mut Vec<Installment>) + 'a {
    let start = date(2024, 1, 31);
    let due = DueDateTerms {
        method: DueDateMethod::Interval(terms.period),
        start,
        first_due_date: None,
        first_offset_days: 0,
        count,
        non_working: NonWorkingDays::None,
    };
    let (calendar, mut dates) = (Calendar::every_day_works(), Vec::new());
    move |rows| {
        due_dates_into(&due, &calendar, &mut dates).expect("the dates are in range");
        schedule_with_into(terms, start, &dates, (options, rows)).expect("the terms give a schedule");
    }
}

fn annuity() -> ScheduleTerms {
    terms(InterestMethod::DecliningBalanceDiscounted, loam_calc::calendar::Period::months(1))
}

/// Rows whose totals and interest are told; the last one repays what is left.
fn fill(
    count: u32,
    rows: &mut Vec<BareRow>,
    total: impl Fn(usize) -> i64,
    mut interest: impl FnMut(i64, i64) -> i64,
) {
    rows.clear();
    let (mut balance, last) = (PRINCIPAL, count as usize - 1);
    for (place, (due_date, days)) in Months::new(count).enumerate() {
        let interest = interest(balance, days);
        let principal = if place == last { balance } else { (total(place) - interest).min(balance) };
        rows.push(BareRow { due_date, principal, interest });
        balance -= principal;
    }
    black_box(&rows);
}

fn at_one_rate(balance: i64, days: i64) -> i64 {
    half_even(balance * days * 625, 3_650_000)
}

fn balloon(table: &mut Table, count: u32) {
    let payments = Payments::Balloon(Amount::from_minor(PAYMENT));
    let (terms, options) = (annuity(), ScheduleOptions { payments, ..ScheduleOptions::default() });
    compare(
        table,
        Case { name: "balloon payment, actual/365", count },
        engine(&terms, &options, count),
        || PAYMENT,
        |payment, rows| fill(count, rows, |_| payment, at_one_rate),
    );
}

fn optimized(table: &mut Table, count: u32) {
    let terms = annuity();
    let options = ScheduleOptions { payments: Payments::Optimized, ..ScheduleOptions::default() };
    let dates: Vec<_> = Months::new(count).map(|(due_date, _)| due_date).collect();
    let equal = equal_total(&terms, date(2024, 1, 31), &dates, Default::default());
    let equal = equal.ok().flatten().expect("an annuity has an equal total").total.minor();
    let (mut search, mut totals) = (Search::default(), Vec::new());
    search.totals(equal, count, &mut totals);
    let told = totals.clone();
    compare(
        table,
        Case { name: "optimized payments, actual/365", count },
        engine(&terms, &options, count),
        || search.totals(black_box(equal), count, &mut totals),
        |(), rows| fill(count, rows, |place| told[place.min(told.len() - 1)], at_one_rate),
    );
}

fn payment_plan(table: &mut Table, count: u32) {
    let nominal = InterestTerms { days_method: DaysMethod::RepaymentPeriodicity, ..annuity().interest };
    let plan = ScheduleTerms { interest: nominal, ..annuity() };
    // Payments that rise and fall by ten, on the level of the same loan at 6.25 %.
    let level = PRINCIPAL / i64::from(count) + PRINCIPAL * 3 / 1000;
    let payments: Vec<i64> = (0..i64::from(count)).map(|place| level + (place % 3 - 1) * 10_00).collect();
    let agreed: Vec<Amount> = payments.iter().copied().map(Amount::from_minor).collect();
    let ours = |rows: &mut Vec<Installment>| {
        let rate = payment_plan_rate(&plan.interest, plan.period, plan.principal, black_box(&agreed))
            .expect("the payments are more than the principal");
        let terms = ScheduleTerms { interest: InterestTerms { rate, ..plan.interest }, ..plan };
        let options = ScheduleOptions { payments: Payments::Agreed(&agreed), ..ScheduleOptions::default() };
        engine(&terms, &options, count)(rows);
    };
    compare(
        table,
        Case { name: "payment plan with its rate, nominal months", count },
        ours,
        || plan_rate(&payments),
        |rate, rows| {
            // A rate with ten decimals of a percentage, over twelve months; its denominator needs more than 64 bits.
            let interest = |balance: i64, _| {
                let (numerator, denominator) = (i128::from(balance) * i128::from(rate), 12_000_000_000_000);
                let (whole, rest) = (numerator / denominator, numerator % denominator);
                let is_half = rest * 2 == denominator && whole % 2 == 1;
                (whole + i128::from(rest * 2 > denominator || is_half)) as i64
            };
            fill(count, rows, |place| payments[place], interest);
            if let (Some(last), Some(payment)) = (rows.last_mut(), payments.last()) {
                last.interest = payment - last.principal;
            }
        },
    );
}

/// The yearly rate in ten decimals of a percentage: Newton's method on what the payments are worth,
/// then the two half steps between which it lies.
fn plan_rate(payments: &[i64]) -> i64 {
    let count = payments.len() as i128;
    let after = |factor: u64| {
        let (mut balance, mut slope) = (PRINCIPAL << PLACES, 0_i64);
        for payment in payments {
            slope += product(slope, factor) + (balance >> 16);
            balance += product(balance, factor) - (payment << PLACES);
        }
        (balance, slope)
    };
    let sum: i128 = payments.iter().map(|payment| i128::from(*payment)).sum();
    let weighed: i128 =
        (1..).zip(payments).map(|(number, payment): (i128, _)| number * i128::from(*payment)).sum();
    let principal = i128::from(PRINCIPAL);
    let mut factor = ((((sum - principal) << 32) / principal) * ((sum << 32) / weighed)) as u64;
    loop {
        let (balance, slope) = after(factor);
        let discounted = ((count * i128::from(balance)) << 32) / i128::from((1 << 32) + (factor >> 32));
        let change = ((i128::from(balance) << 64) / ((i128::from(slope) << 16) - discounted)) as i64;
        factor = factor.wrapping_add_signed(-change);
        if change.abs() < 1 << 12 {
            break;
        }
    }
    const HALF_STEPS: u128 = 24_000_000_000_000;
    let is_too_much = |half_steps: u128| after(((half_steps << 64) / HALF_STEPS) as u64).0 > 0;
    let mut high = (u128::from(factor) * HALF_STEPS) >> 64;
    while is_too_much(high) {
        high -= 1;
    }
    while !is_too_much(high) {
        high += 1;
    }
    (high / 2) as i64
}

fn tiers_by_balance(table: &mut Table, count: u32) {
    let tiers = BALANCE_TIERS.map(|(bound, rate)| BalanceTier {
        up_to: (bound < i64::MAX).then(|| Amount::from_minor(bound)),
        rate: Rate::from_ratio(rate, 400),
    });
    let options = ScheduleOptions { tiers: RateTiers::ByBalance(&tiers), ..ScheduleOptions::default() };
    let (terms, mut factors) = (annuity(), Vec::new());
    compare(
        table,
        Case { name: "equal installments, tiers by balance, actual/365", count },
        engine(&terms, &options, count),
        || total_by_balance(count, &mut factors),
        |total, rows| {
            fill(count, rows, |_| total, |balance, days| half_even(weight(balance) * days, 146_000));
        },
    );
}

#[inline]
fn weight(balance: i64) -> i64 {
    match balance {
        ..=50_000_00 => balance * 28,
        50_000_01..=150_000_00 => 50_000_00 * 28 + (balance - 50_000_00) * 25,
        150_000_01.. => 50_000_00 * 28 + 100_000_00 * 25 + (balance - 150_000_00) * 22,
    }
}

/// Newton's method on what is left after the last payment.
fn total_by_balance(count: u32, factors: &mut Vec<[(i64, i64, u64); 3]>) -> i64 {
    const BOUNDS: [i64; 2] = [50_000_00 << PLACES, 150_000_00 << PLACES];
    factors.clear();
    let unit_rate = |rate: i64| ((i128::from(rate) << 64) / 146_000) as u64;
    let units = BALANCE_TIERS.map(|(_, rate)| unit_rate(rate));
    for (_, days) in Months::new(count) {
        let of = units.map(|unit| unit * days as u64);
        let first = product(BOUNDS[0], of[0]);
        let second = first + product(BOUNDS[1] - BOUNDS[0], of[1]);
        factors.push([(0, 0, of[0]), (BOUNDS[0], first, of[1]), (BOUNDS[1], second, of[2])]);
    }
    let principal = PRINCIPAL << PLACES;
    let interest = |factors: &[(i64, i64, u64); 3], balance: i64| {
        let tier = usize::from(balance > BOUNDS[0]) + usize::from(balance > BOUNDS[1]);
        let (above, before, factor) = factors[tier];
        (before + product(balance - above, factor), factor)
    };
    let (mut growth, mut sum, mut unit) = (1_i64 << 50, 0_i64, 1_i64 << 50);
    const RECIPROCAL: u64 = ((1_u128 << 123) / (PRINCIPAL << PLACES) as u128) as u64;
    for factors in factors.iter() {
        let rate = ((interest(factors, principal).0 as u128 * u128::from(RECIPROCAL)) >> 59) as u64;
        growth += product(growth, rate);
        sum += product(sum, rate) + unit;
        while sum >= 1 << 61 {
            (growth, sum, unit) = (growth >> 1, sum >> 1, unit >> 1);
        }
    }
    let mut total = (i128::from(principal) * i128::from(growth) / i128::from(sum)) as i64;
    loop {
        let (mut balance, mut slope) = (principal, 0_i64);
        for factors in factors.iter() {
            let (interest, factor) = interest(factors, balance);
            balance += interest - total;
            slope += product(slope, factor) + (1 << 20);
        }
        // What is left falls by at least one for each payment.
        let radius = balance.abs() / i64::from(count) + 2;
        let lower = half_even(total - radius, 1 << PLACES);
        if lower == half_even(total + radius, 1 << PLACES) {
            return lower;
        }
        total += ((i128::from(balance) << 20) / i128::from(slope)) as i64;
    }
}

fn tiers_by_day(table: &mut Table, count: u32) {
    let tiers = DAY_TIERS.map(|(day, rate)| DayTier {
        through_day: u32::try_from(day).ok(),
        rate: Rate::from_ratio(rate, 2000),
    });
    let options = ScheduleOptions { tiers: RateTiers::ByDay(&tiers), ..ScheduleOptions::default() };
    let terms = annuity();
    compare(
        table,
        Case { name: "equal installments, tiers by day, actual/365", count },
        engine(&terms, &options, count),
        || total_by_day(count),
        |total, rows| {
            let mut from = 0;
            let interest = |balance: i64, days: i64| {
                from += days;
                half_even(balance * rated_days(from - days, from), 730_000)
            };
            fill(count, rows, |_| total, interest);
        },
    );
}

/// Days times their rates, of the days after `from` up to `to`.
#[inline]
fn rated_days(from: i64, to: i64) -> i64 {
    let (mut from, mut sum) = (from, 0);
    for (day, rate) in DAY_TIERS {
        if day > from {
            sum += (to.min(day) - from) * rate;
            from = to.min(day);
        }
        if from == to {
            break;
        }
    }
    sum
}

/// Principal × growth ÷ sum.
fn total_by_day(count: u32) -> i64 {
    let unit_rate = ((1_u128 << 64) / 730_000) as u64;
    let (mut growth, mut sum, mut unit) = (1_i64 << 50, 0_i64, 1_i64 << 50);
    let mut from = 0;
    for (_, days) in Months::new(count) {
        let rate = unit_rate * rated_days(from, from + days) as u64;
        from += days;
        growth += product(growth, rate);
        sum += product(sum, rate) + unit;
        while sum >= 1 << 61 {
            (growth, sum, unit) = (growth >> 1, sum >> 1, unit >> 1);
        }
    }
    let total = (i128::from(PRINCIPAL << PLACES) * i128::from(growth) / i128::from(sum)) as i64;
    half_even(total, 1 << PLACES)
}

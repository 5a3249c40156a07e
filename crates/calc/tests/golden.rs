//! Golden files: terms in, rows out, and where the numbers come from.
//!
//! A file is never "fixed" without naming its source. Amounts are minor units.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use loam_calc::allocation::{AllocationOrder, Component, Components, allocate_horizontal, allocate_vertical};
use loam_calc::calendar::{Calendar, Period};
use loam_calc::day_count::DayCount;
use loam_calc::due_dates::{DueDateMethod, DueDateTerms, NonWorkingDays, due_dates};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{
    Accrual, BalanceTier, DayTier, Installment, InterestTerms, Payments, RateTiers, RoundedElements,
    ScheduleError, ScheduleOptions, ScheduleTerms, payment_plan_rate, schedule_with,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScheduleCase {
    source: String,
    start: Date,
    /// Without them there are `count` due dates, one period of the terms apart.
    #[serde(default)]
    due_dates: Vec<Date>,
    #[serde(default)]
    count: u32,
    first_due_date: Option<Date>,
    #[serde(default)]
    accrual: Accrual,
    #[serde(default)]
    elements: RoundedElements,
    #[serde(default)]
    balance_tiers: Vec<BalanceTier>,
    #[serde(default)]
    day_tiers: Vec<DayTier>,
    /// At most one of the three.
    balloon: Option<Amount>,
    #[serde(default)]
    optimized: bool,
    #[serde(default)]
    agreed: Vec<Amount>,
    terms: ScheduleTerms,
    total_interest: Option<Amount>,
    /// The total of every installment but the last.
    equal_total: Option<Amount>,
    last_total: Option<Amount>,
    /// The rows that are known; the others only have to exist.
    #[serde(default)]
    installment: Vec<ExpectedRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRow {
    number: u32,
    due_date: Option<Date>,
    principal: Amount,
    interest: Amount,
    #[serde(default)]
    is_grace: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaymentPlanCase {
    source: String,
    principal: Amount,
    /// So many times this payment, one group after the other.
    payments: Vec<(u32, Amount)>,
    interest: InterestTerms,
    period: Period,
    /// In percent; empty when there is none.
    rate: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DueDateCase {
    source: String,
    terms: DueDateTerms,
    #[serde(default)]
    calendar: Option<Calendar>,
    #[serde(default)]
    expected: Vec<Date>,
    /// The message of the error, when there are no due dates.
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayCountCase {
    source: String,
    day_count: DayCount,
    example: Vec<DayCountExample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayCountExample {
    from: Date,
    to: Date,
    /// Numerator and denominator pairs; the fraction is their sum.
    parts: Vec<(i128, i128)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllocationCase {
    source: String,
    amount: Amount,
    order: [Component; 4],
    vertical: bool,
    owed: Vec<Components>,
    paid: Vec<Components>,
    excess: Amount,
}

#[test]
fn schedules_match_their_golden_files() {
    for (path, case) in cases::<ScheduleCase>("schedules") {
        say_where_from(&path, &case.source);
        let due_dates = case.due_dates();
        let rows = schedule_with(&case.terms, case.start, &due_dates, &case.options())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        case.check(&path, &rows);
    }
}

#[test]
fn rates_of_payment_plans_match_their_golden_files() {
    for (path, case) in cases::<PaymentPlanCase>("payment_plans") {
        say_where_from(&path, &case.source);
        let repeated = |(times, payment): &(u32, Amount)| (0..*times).map(|_| *payment).collect::<Vec<_>>();
        let payments: Vec<Amount> = case.payments.iter().flat_map(repeated).collect();
        let found = payment_plan_rate(&case.interest, case.period, case.principal, &payments);
        let expected = match case.rate.as_str() {
            "" => Err(ScheduleError::NoRate),
            rate => Ok(rate.to_owned()),
        };
        assert_eq!(found.map(Rate::to_percent_text), expected, "{}", path.display());
    }
}

#[test]
fn due_dates_match_their_golden_files() {
    for (path, case) in cases::<DueDateCase>("due_dates") {
        say_where_from(&path, &case.source);
        let calendar = case.calendar.unwrap_or_default();
        let outcome = due_dates(&case.terms, &calendar).map_err(|error| error.to_string());
        let expected = match case.error {
            Some(message) => Err(message),
            None => Ok(case.expected),
        };
        assert_eq!(outcome, expected, "{}", path.display());
    }
}

#[test]
fn day_counts_match_their_golden_files() {
    for (path, case) in cases::<DayCountCase>("day_counts") {
        say_where_from(&path, &case.source);
        assert!(!case.example.is_empty(), "{}: no examples", path.display());
        for example in case.example {
            let fraction = case.day_count.year_fraction(example.from, example.to);
            let common: i128 = example.parts.iter().map(|part| part.1).product();
            let sum: i128 = example.parts.iter().map(|part| part.0 * (common / part.1)).sum();
            assert_eq!(
                fraction.numerator * common,
                sum * fraction.denominator,
                "{}: {} to {} is {fraction:?}",
                path.display(),
                example.from,
                example.to,
            );
        }
    }
}

#[test]
fn allocations_match_their_golden_files() {
    for (path, case) in cases::<AllocationCase>("allocations") {
        say_where_from(&path, &case.source);
        let order = AllocationOrder::try_new(case.order).expect("each component once");
        let allocate = if case.vertical { allocate_vertical } else { allocate_horizontal };
        let allocation = allocate(case.amount, &order, &case.owed);
        assert_eq!(allocation.parts, case.paid, "{}", path.display());
        assert_eq!(allocation.excess, case.excess, "{}", path.display());
    }
}

impl ScheduleCase {
    fn due_dates(&self) -> Vec<Date> {
        if !self.due_dates.is_empty() {
            return self.due_dates.clone();
        }
        let terms = DueDateTerms {
            method: DueDateMethod::Interval(self.terms.period),
            start: self.start,
            first_due_date: self.first_due_date,
            first_offset_days: 0,
            count: self.count,
            non_working: NonWorkingDays::None,
        };
        due_dates(&terms, &Calendar::every_day_works()).expect("golden terms have due dates")
    }

    fn options(&self) -> ScheduleOptions<'_> {
        let tiers = match (self.balance_tiers.as_slice(), self.day_tiers.as_slice()) {
            ([], []) => RateTiers::None,
            (tiers, []) => RateTiers::ByBalance(tiers),
            (_, tiers) => RateTiers::ByDay(tiers),
        };
        let payments = match (self.balloon, self.optimized, self.agreed.as_slice()) {
            (Some(payment), _, _) => Payments::Balloon(payment),
            (None, true, _) => Payments::Optimized,
            (None, false, []) => Payments::Standard,
            (None, false, payments) => Payments::Agreed(payments),
        };
        ScheduleOptions {
            accrual: self.accrual,
            tiers,
            payments,
            elements: self.elements,
            ..ScheduleOptions::default()
        }
    }

    fn check(&self, path: &Path, rows: &[Installment]) {
        let path = path.display();
        for expected in &self.installment {
            let index = usize::try_from(expected.number).expect("a small number") - 1;
            let row = rows[index];
            let wanted = Installment {
                number: expected.number,
                due_date: expected.due_date.unwrap_or(row.due_date),
                principal: expected.principal,
                interest: expected.interest,
                is_grace: expected.is_grace,
            };
            assert_eq!(row, wanted, "{path}");
        }
        let principal: Amount = rows.iter().map(|row| row.principal).sum();
        assert_eq!(principal, self.terms.principal, "{path}: principal column");
        if let Some(total_interest) = self.total_interest {
            let interest: Amount = rows.iter().map(|row| row.interest).sum();
            assert_eq!(interest, total_interest, "{path}: interest column");
        }
        let (last, others) = rows.split_last().expect("there are rows");
        if let Some(total) = self.equal_total {
            assert!(others.iter().all(|row| row.total() == total), "{path}: {rows:?}");
        }
        if let Some(total) = self.last_total {
            assert_eq!(last.total(), total, "{path}: last installment");
        }
        let knows_anything =
            !self.installment.is_empty() || self.total_interest.is_some() || self.equal_total.is_some();
        assert!(knows_anything, "{path}: nothing is expected");
    }
}

/// Every case of a folder; an empty folder means that nothing is tested, so it is a failure.
fn cases<Case: DeserializeOwned>(folder: &str) -> Vec<(PathBuf, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    assert!(!paths.is_empty(), "{} has no golden files", folder.display());
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

fn read<Case: DeserializeOwned>(path: &Path) -> Case {
    let text = fs::read_to_string(path).expect("a listed file can be read");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn say_where_from(path: &Path, source: &str) {
    assert!(!source.is_empty(), "{}: say where the numbers come from", path.display());
}

//! What all bare loops share: months and their days, half-even division, rows to compare. Plain integers.

use jiff::civil::Date;
use loam_calc::schedule::Installment;

pub(super) struct BareRow {
    pub(super) due_date: Date,
    pub(super) principal: i64,
    pub(super) interest: i64,
}

pub(super) fn assert_equal(rows: &[Installment], bare_rows: &[BareRow]) {
    let equal = rows.iter().zip(bare_rows).all(|(row, bare)| {
        (row.due_date, row.principal.minor(), row.interest.minor())
            == (bare.due_date, bare.principal, bare.interest)
    });
    assert!(equal && rows.len() == bare_rows.len(), "the loop does the same arithmetic");
}

/// Month ends from 2024-01-31 on, each with the days since the one before.
pub(super) struct Months {
    number: i32,
    count: i32,
    before: i64,
}

impl Months {
    pub(super) fn new(count: u32) -> Months {
        let count = i32::try_from(count).expect("a small number");
        Months { number: 0, count, before: day_number(2024, 1, 31) }
    }
}

impl Iterator for Months {
    type Item = (Date, i64);

    #[inline]
    fn next(&mut self) -> Option<(Date, i64)> {
        self.number += 1;
        if self.number > self.count {
            return None;
        }
        let months = 2024 * 12 + self.number;
        let year = i16::try_from(months / 12).expect("a year of this century");
        let month = i8::try_from(months % 12 + 1).expect("a month");
        let day = 31.min(days_in_month(year, month));
        let now = day_number(year, month, day);
        let days = now - self.before;
        self.before = now;
        Some((Date::constant(year, month, day), days))
    }
}

/// A ratio of numbers that are not negative, a half to the even neighbor.
#[inline]
pub(super) fn half_even(numerator: i64, denominator: i64) -> i64 {
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    whole + i64::from(rest * 2 > denominator || (rest * 2 == denominator && whole % 2 == 1))
}

/// `value` × `factor` ÷ 2^64.
#[inline]
pub(super) fn product(value: i64, factor: u64) -> i64 {
    ((i128::from(value) * i128::from(factor)) >> 64) as i64
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

//! What a constraint must find, told from known values alone.

use std::cmp::Ordering;

use jiff::ToSpan;
use jiff::civil::Date;

/// One constraint, as a request has it.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) data_type: &'a str,
    pub(super) element: &'a str,
    pub(super) value: &'a str,
    pub(super) second: &'a str,
    /// What relative dates count from.
    pub(super) today: Date,
}

impl Asked<'_> {
    /// Whether it holds of a value; `None`: the loan has none.
    pub(super) fn holds(&self, value: Option<&str>) -> bool {
        let Some(known) = value else { return self.element == "EMPTY" };
        match self.element {
            "EMPTY" => false,
            "NOT_EMPTY" => true,
            "EQUALS" | "ON" => self.compared(known, self.value) == Ordering::Equal,
            "IN" => [self.value, self.second].contains(&known),
            "MORE_THAN" | "AFTER" => self.compared(known, self.value) == Ordering::Greater,
            "LESS_THAN" | "BEFORE" => self.compared(known, self.value) == Ordering::Less,
            "BETWEEN" => {
                self.compared(known, self.value) != Ordering::Less
                    && self.compared(known, self.second) != Ordering::Greater
            }
            "STARTS_WITH" => known.to_lowercase().starts_with(&self.value.to_lowercase()),
            relative => self.days(relative).contains(&day(known)),
        }
    }

    fn compared(&self, known: &str, value: &str) -> Ordering {
        match self.data_type {
            "MONEY" | "BIG_DECIMAL" | "NUMBER" => decimal(known).cmp(&decimal(value)),
            "STRING" => known.to_lowercase().cmp(&value.to_lowercase()),
            _ => known.cmp(value),
        }
    }

    fn days(&self, relative: &str) -> std::ops::RangeInclusive<Date> {
        let today = self.today;
        match relative {
            "TODAY" => today..=today,
            "THIS_WEEK" => {
                let monday = today - i64::from(today.weekday().to_monday_zero_offset()).days();
                monday..=monday + 6.days()
            }
            "THIS_MONTH" => today.first_of_month()..=today.last_of_month(),
            "THIS_YEAR" => today.first_of_year()..=today.last_of_year(),
            "LAST_DAYS" => today - (self.value.parse::<i64>().expect("a number of days") - 1).days()..=today,
            other => panic!("{other} is no element"),
        }
    }
}

fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| panic!("{text} is no day"))
}

/// In millionths.
fn decimal(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<6}").parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

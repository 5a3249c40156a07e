//! What a list of clients was asked for, and where a page stands in it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use loam_app::analytics::Days;
use loam_app::views::{Page, SubjectFilter, SubjectOrder};
use loam_book::partner::Business;
use loam_book::reporting::score::Evolution;
use loam_book::reporting::subject::Scheme;
use serde::Deserialize;

use super::super::error::DoorError;
use super::super::wire::{Pagination, Problem};
use super::client::zone_of;
use super::fields::parse_date;

/// How many clients a page has, and at most.
const PAGE: i64 = 20;
const LONGEST_PAGE: i64 = 100;
const HIGHEST_SCORE: i64 = 1_000;

/// The parameters of a request, by name; of several with one name, the last counts.
#[derive(Debug, Default)]
pub(in super::super) struct Query {
    given: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

/// Which clients, and which page of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Listing {
    /// None when nobody can be among them.
    pub(in super::super) filter: Option<SubjectFilter>,
    /// From 1 on.
    pub(in super::super) number: i64,
    pub(in super::super) per_page: i64,
}

#[derive(Deserialize)]
struct Sort {
    item: String,
    order: i64,
}

impl Query {
    /// The parameters behind the question mark.
    ///
    /// # Errors
    /// When they are no pairs.
    pub(in super::super) fn parse(query: &str) -> Result<Query, DoorError> {
        let given = serde_urlencoded::from_str(query).map_err(|error| {
            DoorError::invalid(vec![Problem { field: "query".to_owned(), message: error.to_string() }])
        })?;
        Ok(Query { given, problems: Vec::new() })
    }

    pub(in super::super) fn text(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn read<T>(&mut self, name: &str, reason: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let value = read(text);
        if value.is_none() {
            self.object_to(name, reason);
        }
        value
    }

    fn object_to(&mut self, name: &str, reason: &str) {
        self.problems.push(Problem { field: name.to_owned(), message: format!("{name} {reason}") });
    }

    fn name(&mut self, name: &str) -> Option<String> {
        let has_none = |text: &str| !text.chars().any(char::is_control);
        self.read(name, "must not have control characters", |text| has_none(text).then(|| text.to_owned()))
    }

    fn number(&mut self, name: &str, (least, most): (i64, i64)) -> Option<i64> {
        let reason = if most == i64::MAX {
            format!("must be a whole number from {least}")
        } else {
            format!("must be a whole number from {least} to {most}")
        };
        self.read(name, &reason, |text| text.parse().ok().filter(|n| (least..=most).contains(n)))
    }

    fn date(&mut self, name: &str) -> Option<Date> {
        self.read(name, "must be a date in the form YYYY-MM-DD", parse_date)
    }

    /// Two ends of which the second may not be before the first.
    fn in_order<T: PartialOrd>(&mut self, (from, to): (&str, &str), ends: (Option<T>, Option<T>)) {
        if let (Some(first), Some(last)) = ends
            && last < first
        {
            self.object_to(to, &format!("must not be before {from}"));
        }
    }

    fn days(&mut self) -> (Option<Date>, Option<Date>) {
        let days = (self.date("startDate"), self.date("endDate"));
        self.in_order(("startDate", "endDate"), days);
        days
    }

    fn range(&mut self, names: (&str, &str), most: i64) -> (Option<i64>, Option<i64>) {
        let range = (self.number(names.0, (0, most)), self.number(names.1, (0, most)));
        self.in_order(names, range);
        range
    }

    fn finish<T>(self, read: T) -> Result<T, DoorError> {
        if self.problems.is_empty() { Ok(read) } else { Err(DoorError::invalid(self.problems)) }
    }

    /// The clients that are asked for.
    ///
    /// # Errors
    /// Everything that is wrong with the parameters.
    pub(in super::super) fn listing(mut self, business: &Business) -> Result<Listing, DoorError> {
        let (number, per_page) = self.number_and_length();
        let reference = self.name("externalClientId");
        let id = self.name("clientId").map(|id| id.to_lowercase());
        let evolution = self.evolution();
        let (start, end) = self.days();
        let (score_from, score_to) = self.range(("dcsFrom", "dcsTo"), HIGHEST_SCORE);
        let (phones_from, _) = self.range(("phoneDataCountFrom", "phoneDataCountTo"), i64::MAX);
        let order = self.order();

        let zone = zone_of(business);
        let filter = SubjectFilter {
            id,
            reference,
            created_from: start.map(|day| midnight(day, &zone)),
            created_before: end.map(|day| midnight(day.tomorrow().unwrap_or(Date::MAX), &zone)),
            score_from,
            score_to,
            evolution,
            order,
            ..clients_of(business)
        };
        let is_own = self.text("businessId").is_none_or(|id| id.eq_ignore_ascii_case(&business.id));
        // Nobody has phone data.
        let is_possible = is_own && phones_from.unwrap_or(0) == 0;
        self.finish(Listing { filter: is_possible.then_some(filter), number, per_page })
    }

    /// A page of a list that nobody is on.
    ///
    /// # Errors
    /// A page that cannot be.
    pub(in super::super) fn page(mut self) -> Result<Listing, DoorError> {
        let (number, per_page) = self.number_and_length();
        self.finish(Listing { filter: None, number, per_page })
    }

    fn number_and_length(&mut self) -> (i64, i64) {
        let number = self.number("page", (1, i64::MAX / LONGEST_PAGE)).unwrap_or(1);
        (number, self.number("limit", (1, LONGEST_PAGE)).unwrap_or(PAGE))
    }

    /// The days that figures are asked about: a year up to today unless they are given.
    ///
    /// # Errors
    /// Days that are malformed or not in order.
    pub(in super::super) fn days_until(mut self, today: Date) -> Result<Days, DoorError> {
        let (start, end) = self.days();
        let to = end.unwrap_or_else(|| start.map_or(today, |start| start.max(today)));
        let from = start.unwrap_or(Days::year_to(to).from);
        self.finish(Days { from, to })
    }

    fn evolution(&mut self) -> Option<String> {
        let is_word = |text: &str| Evolution::ALL.iter().any(|evolution| evolution.name() == text);
        let reason = "must be one of improving, stable, declining";
        self.read("digitalCreditScoreEvolution", reason, |text| is_word(text).then(|| text.to_owned()))
    }

    fn order(&mut self) -> SubjectOrder {
        let reason = "must be like {\"item\":\"dcs\",\"order\":-1}, with dcs or createdAt, and 1 or -1";
        let order = self.read("sort", reason, |text| {
            let sort: Sort = serde_json::from_str(text).ok()?;
            match (sort.item.as_str(), sort.order) {
                ("dcs", 1) => Some(SubjectOrder::LowestScoreFirst),
                ("dcs", -1) => Some(SubjectOrder::HighestScoreFirst),
                ("createdAt", 1) => Some(SubjectOrder::OldestFirst),
                ("createdAt", -1) => Some(SubjectOrder::NewestFirst),
                _ => None,
            }
        });
        order.unwrap_or_default()
    }
}

impl Listing {
    /// The page in the terms of the book.
    pub(in super::super) fn page(&self) -> Page {
        Page { offset: (self.number - 1) * self.per_page, limit: self.per_page }
    }

    /// Where the page stands in a list of so many.
    pub(in super::super) fn pagination(&self, total_docs: i64) -> Pagination {
        let Listing { number, per_page, .. } = *self;
        let total_pages = ((total_docs + per_page - 1) / per_page).max(1);
        Pagination {
            total_docs,
            per_page,
            total_pages,
            current_page: number,
            serial_no: (number - 1) * per_page + 1,
            has_prev_page: number > 1,
            has_next_page: number < total_pages,
            prev_page: (number > 1).then_some(number - 1),
            next_page: (number < total_pages).then_some(number + 1),
        }
    }
}

/// All clients of a business.
pub(in super::super) fn clients_of(business: &Business) -> SubjectFilter {
    SubjectFilter {
        scheme: Some(Scheme::RepaymentClient),
        organization: Some(business.id.clone()),
        ..SubjectFilter::default()
    }
}

/// The first instant of a day.
pub(in super::super) fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone()).map_or(Timestamp::MAX, |start| start.timestamp())
}

#[cfg(test)]
mod tests;

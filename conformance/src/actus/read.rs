//! The files of contracts as they are written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use jiff::civil::Date;
use loam_calc::cash_flow::YearRate;
use loam_calc::money::Amount;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::text;

const FILES: [&str; 6] = ["ann", "clm", "lam", "lax", "nam", "pam"];

#[derive(Debug, Deserialize)]
struct Contract {
    terms: Map<String, Value>,
    #[serde(default, rename = "dataObserved")]
    observed: BTreeMap<String, Series>,
    #[serde(default, rename = "eventsObserved")]
    events: Vec<Observed>,
    results: Vec<Outcome>,
}

#[derive(Debug, Deserialize)]
struct Series {
    data: Vec<Point>,
}

#[derive(Debug, Deserialize)]
struct Point {
    timestamp: String,
    value: Value,
}

/// Something that happened from outside, such as a call.
#[derive(Debug, Deserialize)]
struct Observed {
    time: String,
    #[serde(rename = "type")]
    kind: String,
}

/// What is expected on a day.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome {
    event_date: String,
    pub(super) event_type: String,
    pub(super) payoff: Value,
    pub(super) notional_principal: Value,
    pub(super) nominal_interest_rate: Value,
    pub(super) accrued_interest: Value,
}

impl Outcome {
    pub(super) fn on(&self) -> Result<Date> {
        day(&self.event_date)
    }
}

/// A contract: its terms, what was observed, and what is expected.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) terms: Map<String, Value>,
    index: Vec<(Date, YearRate)>,
    pub(super) called_on: Option<Date>,
    pub(super) results: Vec<Outcome>,
}

pub(super) fn cases(folder: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for file in FILES {
        let path = folder.join("actus").join(format!("{file}.json"));
        let text = fs::read_to_string(&path).with_context(|| file.to_owned())?;
        let contracts: BTreeMap<String, Contract> = serde_json::from_str(&text).context(file)?;
        for (id, contract) in contracts {
            let context = id.clone();
            cases.push(case(id, contract).context(context)?);
        }
    }
    Ok(cases)
}

fn case(id: String, contract: Contract) -> Result<Case> {
    let mut index = Vec::new();
    for point in contract.observed.values().flat_map(|series| &series.data) {
        index.push((day(&point.timestamp)?, rate(&point.value)?));
    }
    let called = contract.events.iter().find(|event| event.kind == "XD");
    let called_on = called.map(|event| day(&event.time)).transpose()?;
    Ok(Case { id, terms: contract.terms, index, called_on, results: contract.results })
}

impl Case {
    pub(super) fn kind(&self) -> &str {
        self.terms.get("contractType").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn has(&self, term: &str) -> bool {
        self.terms.contains_key(term)
    }

    pub(super) fn text(&self, term: &str) -> Option<&str> {
        self.terms.get(term).and_then(Value::as_str).map(str::trim)
    }

    pub(super) fn day(&self, term: &str) -> Option<Date> {
        self.text(term).and_then(|text| day(text).ok())
    }

    pub(super) fn amount(&self, term: &str) -> Option<Amount> {
        self.terms.get(term).and_then(|value| text::amount(&trimmed(value)).ok())
    }

    pub(super) fn rate(&self, term: &str) -> Option<YearRate> {
        self.terms.get(term).and_then(|value| rate(value).ok())
    }

    /// The values of a term that is a list, or one value that stands for a list.
    pub(super) fn list(&self, term: &str) -> Vec<Value> {
        match self.terms.get(term) {
            Some(Value::Array(values)) => values.clone(),
            Some(value) => vec![value.clone()],
            None => Vec::new(),
        }
    }

    /// What the index says on a day: the last it said.
    pub(super) fn index(&self, on: Date) -> Option<YearRate> {
        self.index.iter().filter(|(day, _)| *day <= on).max_by_key(|(day, _)| *day).map(|(_, rate)| *rate)
    }
}

pub(super) fn rate(value: &Value) -> Result<YearRate> {
    let scaled = text::scaled(&trimmed(value), 15)?;
    Ok(YearRate::from_scaled(i64::try_from(scaled)?))
}

fn trimmed(value: &Value) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| Value::from(text.trim()))
}

/// A point of time as a day. The last second of a day is the midnight after it.
pub(super) fn day(text: &str) -> Result<Date> {
    let day: Date = text.get(..10).and_then(|day| day.parse().ok()).with_context(|| text.to_owned())?;
    Ok(if text.ends_with("T23:59:59") { day.tomorrow()? } else { day })
}

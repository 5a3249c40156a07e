//! What is set aside for losses, by product and risk level.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::catalog::Catalog;
use crate::ids::Key;
use crate::journal::provisions::Provision;
use crate::loan::Loan;
use crate::report::{Column, Row, Value, product_id};
use crate::risk_level::RiskLevel;

/// Loans by the risk level by which something is set aside for them.
pub const PROVISIONS: &[Column] = &[
    Column::text("productId"),
    Column::text("currency"),
    Column::text("riskLevelId"),
    Column::text("daysInArrears"),
    Column::count("loans"),
    Column::money("principal"),
    Column::text("ratePercent"),
    Column::money("allowance"),
];

/// A product, a currency, the first day of a level and its key.
type Place = (Key, &'static str, Option<(u32, Key)>);

#[derive(Debug)]
struct Found {
    loans: i64,
    principal: Amount,
    rate: Rate,
    allowance: Amount,
    currency: Currency,
}

/// Allowances as they are added up.
#[derive(Debug)]
pub struct Provisions<'a> {
    catalog: &'a Catalog,
    found: BTreeMap<Place, Found>,
}

impl<'a> Provisions<'a> {
    pub fn new(catalog: &'a Catalog) -> Provisions<'a> {
        Provisions { catalog, found: BTreeMap::new() }
    }

    /// Counts a loan for which something may be set aside on a day.
    pub fn add(&mut self, loan: &Loan, on: Date) {
        let Some(provision) = Provision::of(loan, self.catalog, on) else { return };
        let currency = loan.terms.currency;
        let level = provision.level.map(|level| (level.from_days, level.key));
        let place = (loan.terms.product, currency.code(), level);
        let found = self.found.entry(place).or_insert_with(|| Found {
            loans: 0,
            principal: Amount::ZERO,
            rate: provision.rate,
            allowance: Amount::ZERO,
            currency,
        });
        found.loans += 1;
        found.principal += provision.principal;
        found.allowance += provision.allowance;
    }

    /// A row for each level of each product that has loans; those on none stand before the others.
    pub fn rows(&self) -> Vec<Row> {
        let row = |((product, currency, level), found): (&Place, &Found)| {
            let level = level.and_then(|(_, key)| self.catalog.risk_levels.by_key(key));
            vec![
                product_id(Some(*product), self.catalog),
                Value::text(currency),
                level.map_or(Value::Nothing, |level| Value::text(&level.id)),
                level.map_or(Value::Nothing, |level| Value::Text(days_of(level))),
                Value::Count(found.loans),
                Value::Money(found.principal, found.currency),
                Value::Text(found.rate.to_percent_text()),
                Value::Money(found.allowance, found.currency),
            ]
        };
        self.found.iter().map(row).collect()
    }
}

/// Such as `31-60`, and `>90` for a band without end.
fn days_of(level: &RiskLevel) -> String {
    match level.to_days {
        Some(to) if to == level.from_days => to.to_string(),
        Some(to) => format!("{}-{to}", level.from_days),
        None if level.from_days == 0 => "all".to_owned(),
        None => format!(">{}", level.from_days - 1),
    }
}

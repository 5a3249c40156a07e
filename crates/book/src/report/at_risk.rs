//! How much of what is lent is late, and for how long: by loans, and by installments.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::catalog::Catalog;
use crate::ids::Key;
use crate::indicator::percent_of;
use crate::loan::Loan;
use crate::report::{Column, Row, Value, product_id};

/// The last days of bands of days past due; what is later stands in a band without end, and what is not late in one of
/// its own before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands(Vec<u32>);

impl Default for Bands {
    fn default() -> Bands {
        Bands(vec![30, 60, 90, 180])
    }
}

impl Bands {
    /// Bands that end on these days; `None` unless each is later than the one before and the first is more than none.
    pub fn try_new(ends: Vec<u32>) -> Option<Bands> {
        let rises = ends.windows(2).all(|pair| pair[0] < pair[1]);
        (rises && ends.first().is_some_and(|first| *first > 0)).then_some(Bands(ends))
    }

    /// The place of the band in which so many days lie.
    pub fn place_of(&self, days: i64) -> usize {
        if days <= 0 {
            return 0;
        }
        1 + self.0.iter().take_while(|end| i64::from(**end) < days).count()
    }

    /// What the band at a place is called, such as `31-60`.
    pub fn name_of(&self, place: usize) -> String {
        let end = |index: usize| self.0.get(index).copied();
        match place.checked_sub(1) {
            None => "0".to_owned(),
            Some(index) => {
                let from = index.checked_sub(1).and_then(end).map_or(1, |before| before + 1);
                end(index).map_or_else(|| format!(">{}", from - 1), |to| format!("{from}-{to}"))
            }
        }
    }
}

/// A product, a currency and a band.
type Place = (Key, &'static str, usize);

/// Loans by how long the oldest installment of each is late.
pub const PORTFOLIO_AT_RISK: &[Column] = &[
    Column::text("productId"),
    Column::text("currency"),
    Column::text("daysPastDue"),
    Column::count("loans"),
    Column::money("principal"),
    Column::text("sharePercent"),
    Column::money("principalThisLateOrLater"),
    Column::text("shareThisLateOrLaterPercent"),
];

/// The portfolio as it is added up.
#[derive(Debug)]
pub struct PortfolioAtRisk<'a> {
    bands: &'a Bands,
    found: BTreeMap<Place, (i64, Amount, Currency)>,
}

impl<'a> PortfolioAtRisk<'a> {
    pub fn new(bands: &'a Bands) -> PortfolioAtRisk<'a> {
        PortfolioAtRisk { bands, found: BTreeMap::new() }
    }

    /// Counts a loan that is active on a day.
    pub fn add(&mut self, loan: &Loan, on: Date) {
        if !loan.state().is_active() {
            return;
        }
        let currency = loan.terms.currency;
        let place = (loan.terms.product, currency.code(), self.bands.place_of(loan.days_late(on)));
        let (loans, principal, _) = self.found.entry(place).or_insert((0, Amount::ZERO, currency));
        *loans += 1;
        *principal += loan.servicing.outstanding.principal;
    }

    /// A row for each band of each product that has loans.
    pub fn rows(&self, catalog: &Catalog) -> Vec<Row> {
        let sum = |(product, currency, from): Place| -> Amount {
            let same = self
                .found
                .iter()
                .filter(|(place, _)| place.0 == product && place.1 == currency && place.2 >= from);
            same.map(|(_, (_, principal, _))| *principal).sum()
        };
        let row = |(place, (loans, principal, currency)): (&Place, &(i64, Amount, Currency))| {
            let (whole, late) = (sum((place.0, place.1, 0)), sum(*place));
            vec![
                product_id(Some(place.0), catalog),
                Value::text(place.1),
                Value::Text(self.bands.name_of(place.2)),
                Value::Count(*loans),
                Value::Money(*principal, *currency),
                Value::Text(percent_of(*principal, whole)),
                Value::Money(late, *currency),
                Value::Text(percent_of(late, whole)),
            ]
        };
        self.found.iter().map(row).collect()
    }
}

/// What is overdue by the age of each installment.
pub const AGING: &[Column] = &[
    Column::text("productId"),
    Column::text("currency"),
    Column::text("daysPastDue"),
    Column::count("installments"),
    Column::money("principal"),
    Column::money("interest"),
    Column::money("fees"),
    Column::money("penalties"),
    Column::money("total"),
];

/// Overdue installments as they are added up.
#[derive(Debug)]
pub struct Aging<'a> {
    bands: &'a Bands,
    found: BTreeMap<Place, (i64, Components, Currency)>,
}

impl<'a> Aging<'a> {
    pub fn new(bands: &'a Bands) -> Aging<'a> {
        Aging { bands, found: BTreeMap::new() }
    }

    /// Counts the installments of an active loan that fell due before a day and are not paid.
    pub fn add(&mut self, loan: &Loan, on: Date) {
        if !loan.state().is_active() {
            return;
        }
        let currency = loan.terms.currency;
        for installment in &loan.servicing.installments {
            let unpaid = installment.unpaid();
            if installment.due_date >= on || unpaid.is_zero() {
                continue;
            }
            let days = installment.due_date.until(on).map_or(0, |span| i64::from(span.get_days()));
            let place = (loan.terms.product, currency.code(), self.bands.place_of(days));
            let (count, owed, _) = self.found.entry(place).or_insert((0, Components::ZERO, currency));
            *count += 1;
            *owed += unpaid;
        }
    }

    /// A row for each band of each product in which something is overdue.
    pub fn rows(&self, catalog: &Catalog) -> Vec<Row> {
        let row = |(place, (count, owed, currency)): (&Place, &(i64, Components, Currency))| {
            vec![
                product_id(Some(place.0), catalog),
                Value::text(place.1),
                Value::Text(self.bands.name_of(place.2)),
                Value::Count(*count),
                Value::Money(owed.principal, *currency),
                Value::Money(owed.interest, *currency),
                Value::Money(owed.fees, *currency),
                Value::Money(owed.penalties, *currency),
                Value::Money(owed.total(), *currency),
            ]
        };
        self.found.iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_ends_on_its_last_day() {
        let bands = Bands::default();
        let named = |days| bands.name_of(bands.place_of(days));
        let told = [0, 1, 30, 31, 60, 61, 180, 181, 4_000].map(named);
        assert_eq!(told, ["0", "1-30", "1-30", "31-60", "31-60", "61-90", "91-180", ">180", ">180"]);
        let one = Bands::try_new(vec![1]).expect("one day");
        assert_eq!([1, 2].map(|days| one.name_of(one.place_of(days))), ["1-1", ">1"]);
    }

    #[test]
    fn bands_rise() {
        for wrong in [vec![], vec![0], vec![30, 30], vec![60, 30]] {
            assert_eq!(Bands::try_new(wrong), None);
        }
    }
}

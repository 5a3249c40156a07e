//! What a random loan is agreed to: a kind of product, what comes to it, and what is left to the dice.

use jiff::civil::{Date, Weekday, date};
use loam_book::application::{ProtectType, ProtectWaiver};
use loam_book::catalog::Catalog;
use loam_book::loan::command::LoanFigures;
use loam_book::loan::protection::Protection;
use loam_book::product::interest::RateSource;
use loam_book::product::{GracePeriodType, Product, ProductDueDates, Range, Rebates};
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::{AllocationOrder, Component};
use loam_calc::calendar::{Calendar, PeriodUnit};
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder};

use super::dice::Dice;
use super::extras::EXTRAS;
use super::kinds::Kind;
use crate::agreed_rates::index;
use crate::support::{TestBook, cents, product, text};

/// What a random loan is agreed to.
#[derive(Debug, Clone)]
pub(crate) struct Agreed {
    pub(crate) product: Product,
    pub(crate) figures: LoanFigures,
    pub(crate) start: Date,
    /// Cents that are paid out at first, where that has to be said.
    pub(crate) first_part: Option<i64>,
    pub(crate) has_weekends: bool,
    /// Cents that investors give, each.
    pub(crate) funds: Vec<i64>,
}

impl Agreed {
    /// The amount of the loan.
    pub(crate) fn cents(&self) -> i64 {
        let amount = self.figures.amount.as_ref().expect("every loan names its amount");
        amount.0.replace('.', "").parse().expect("as it was written")
    }

    /// A book that knows the product and what it rests on.
    pub(crate) fn book(&self) -> TestBook {
        let mut book = TestBook::new(self.product.clone(), self.start);
        if self.product.interest_rules.source != RateSource::Fixed {
            let product = Record::Product(Box::new(self.product.clone()));
            book.catalog = Catalog::new(1, vec![product, Record::IndexRateSource(index(&PRIME))]);
        }
        if self.has_weekends {
            let weekend = [Weekday::Saturday, Weekday::Sunday];
            book.calendar = Calendar::try_new(&weekend, []).expect("five days are left");
        }
        book
    }
}

/// An index that goes up and down while lives are led.
const PRIME: [(Date, &str); 6] = [
    (date(2011, 1, 1), "3"),
    (date(2012, 3, 15), "5"),
    (date(2012, 7, 1), "9"),
    (date(2012, 8, 10), "0.5"),
    (date(2012, 12, 1), "4"),
    (date(2013, 5, 1), "6.25"),
];

pub(crate) const METHODS: [InterestMethod; 3] =
    [InterestMethod::DecliningBalance, InterestMethod::DecliningBalanceDiscounted, InterestMethod::Flat];

/// A loan of this kind; what the kind says nothing about is left to the dice.
pub(crate) fn agreed((_, kind): &Kind, dice: &mut Dice<'_>) -> Agreed {
    let mut agreed = Agreed {
        product: random_product(dice),
        figures: random_figures(dice),
        start: start(dice),
        first_part: None,
        has_weekends: false,
        funds: Vec::new(),
    };
    kind(&mut agreed, dice);
    assert_eq!(agreed.product.contradiction(), None);
    for (odds, extra) in EXTRAS {
        let mut with = agreed.clone();
        if dice.one_in(*odds) {
            extra(&mut with, dice);
        }
        // What does not go with the kind is left away.
        if with.product.contradiction().is_none() {
            agreed = with;
        }
    }
    agreed.figures.protection = Some(Box::new(protection(dice)));
    agreed
}

fn protection(dice: &mut Dice<'_>) -> Protection {
    let waivers =
        [ProtectWaiver::PrincipalAndInterest, ProtectWaiver::InterestOnly, ProtectWaiver::PrincipalOnly];
    Protection {
        protect_type: Some(ProtectType::Full),
        waiver: dice.pick(&waivers),
        fee: Amount::ZERO,
        maximum_installments: None,
        investor_share: Rate::ZERO,
        is_charged: false,
        rebates: Rebates::default(),
    }
}

fn start(dice: &mut Dice<'_>) -> Date {
    dice.pick(&[
        date(2012, 6, 28),
        date(2012, 1, 31),
        date(2011, 12, 15),
        date(2012, 2, 29),
        date(2013, 3, 30),
    ])
}

fn random_product(dice: &mut Dice<'_>) -> Product {
    let base = product();
    Product {
        amount: Range::OPEN,
        charge_frequency: dice.pick(&[
            ChargeFrequency::Annualized,
            ChargeFrequency::EveryMonth,
            ChargeFrequency::EveryFourWeeks,
            ChargeFrequency::EveryWeek,
            ChargeFrequency::EveryDay,
            ChargeFrequency::EveryXDays(10),
        ]),
        day_count: dice.pick(&[
            DayCount::Actual365Fixed,
            DayCount::Actual360,
            DayCount::Actual364,
            DayCount::ThirtyE360,
            DayCount::ThirtyUs360,
            DayCount::ActualActualIsda,
            DayCount::ActualActualYearOfEnd,
        ]),
        days_method: dice.pick(&[DaysMethod::ActualDays, DaysMethod::RepaymentPeriodicity]),
        due_dates: dice.pick(&[
            every(1, PeriodUnit::Months),
            every(2, PeriodUnit::Weeks),
            every(10, PeriodUnit::Days),
            every(3, PeriodUnit::Months),
        ]),
        remainder: dice.pick(&[
            Remainder::None,
            Remainder::First,
            Remainder::Last,
            Remainder::PrincipalAndInterestIntoLast,
        ]),
        installment_rounding: dice.pick(&[
            InstallmentRounding::None,
            InstallmentRounding::None,
            InstallmentRounding::ToNearest(cents(1_00)),
            InstallmentRounding::UpTo(cents(5_00)),
        ]),
        rounding: dice.pick(&[Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down]),
        allocation_order: order(dice),
        arrears_tolerance_days: Range { default: Some(dice.below(10)), ..base.arrears_tolerance_days },
        grace_period_type: GracePeriodType::None,
        ..base
    }
}

fn every(count: u32, unit: PeriodUnit) -> ProductDueDates {
    ProductDueDates::Interval { count: Some(count), unit: Some(unit) }
}

fn order(dice: &mut Dice<'_>) -> AllocationOrder {
    let mut left = vec![Component::Fee, Component::Penalty, Component::Interest, Component::Principal];
    let order = [4, 3, 2, 1].map(|count| left.remove(usize::try_from(dice.below(count)).expect("small")));
    AllocationOrder::try_new(order).expect("each component once")
}

fn random_figures(dice: &mut Dice<'_>) -> LoanFigures {
    let cents = match dice.below(4) {
        0 => 950_00,
        1 => dice.cents_below(1_000) + 1,
        2 => dice.cents_below(60_000) + 100_00,
        _ => dice.cents_below(60_000) * 1_013 + 1_000_01,
    };
    LoanFigures {
        amount: Some(StatedAmount(text(cents))),
        interest_rate: Some(StatedPercent(
            dice.pick(&["2.5", "12", "0", "0.77", "9.123456789", "36", "100"]).into(),
        )),
        installments: Some(dice.pick(&[5, 1, 2, 3, 7, 12, 24])),
        ..LoanFigures::default()
    }
}

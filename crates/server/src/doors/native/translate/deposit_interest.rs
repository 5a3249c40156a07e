//! What a deposit product says of interest, between the wire and the book.

use loam_book::savings::interest::{DayOfYear, InterestRules, PaymentPoint, RateBounds};
use loam_calc::rate::Rate;

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::wire;
use super::names::DAY_COUNT;
use crate::product_names::payment_point;

type Result<T> = std::result::Result<T, DoorError>;

/// The words for when interest is applied; of fixed dates, the days come from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    FirstDayOfMonth,
    EveryWeek,
    EveryOtherWeek,
    EveryMonth,
    EveryThreeMonths,
    OnFixedDates,
    OnMaturity,
}

impl Point {
    const ALL: &[Point] = &[
        Point::FirstDayOfMonth,
        Point::EveryWeek,
        Point::EveryOtherWeek,
        Point::EveryMonth,
        Point::EveryThreeMonths,
        Point::OnFixedDates,
        Point::OnMaturity,
    ];

    fn paid(self, days: Vec<DayOfYear>) -> PaymentPoint {
        match self {
            Point::FirstDayOfMonth => PaymentPoint::FirstDayOfMonth,
            Point::EveryWeek => PaymentPoint::EveryWeek,
            Point::EveryOtherWeek => PaymentPoint::EveryOtherWeek,
            Point::EveryMonth => PaymentPoint::EveryMonth,
            Point::EveryThreeMonths => PaymentPoint::EveryThreeMonths,
            Point::OnFixedDates => PaymentPoint::OnFixedDates(days),
            Point::OnMaturity => PaymentPoint::OnMaturity,
        }
    }

    fn name(self) -> &'static str {
        payment_point(&self.paid(Vec::new()))
    }
}

/// Where no member speaks of interest, there is none.
///
/// # Errors
/// A member that is malformed, dates without `ON_FIXED_DATES`.
pub(super) fn interest_of(members: &Members) -> Result<Option<InterestRules>> {
    let settings = members.object("interestRateSettings")?;
    let point = members.choice("interestPaymentPoint", Names { values: Point::ALL, name_of: Point::name })?;
    let overdraft = members.object("overdraftInterestSettings")?;
    let overdraft = (!overdraft.is_empty()).then(|| bounds(&overdraft)).transpose()?;
    let withholds_tax = members.flag("withholdingTaxEnabled")?.unwrap_or(false);
    let earns = !settings.is_empty() || point.is_some();
    if !earns && overdraft.is_none() && !withholds_tax {
        return Ok(None);
    }
    let earned = bounds(&settings)?;
    let point = point.unwrap_or(Point::FirstDayOfMonth);
    let days = days(members)?;
    if point != Point::OnFixedDates && !days.is_empty() {
        let reason = "they go with ON_FIXED_DATES";
        return Err(DoorError::invalid("interestPaymentDates", "dates", reason));
    }
    Ok(Some(InterestRules {
        // What costs something need not earn anything.
        rate: earned.rate.or_else(|| (!earns).then_some(Rate::ZERO)),
        min_rate: earned.min_rate,
        max_rate: earned.max_rate,
        day_count: members.choice("daysInYear", DAY_COUNT)?.unwrap_or_default(),
        paid: point.paid(days),
        overdraft,
        withholds_tax,
    }))
}

fn bounds(settings: &Members) -> Result<RateBounds> {
    let rate = |name: &str| settings.figure(name, Rate::parse_percent);
    Ok(RateBounds {
        rate: rate("defaultInterestRate")?,
        min_rate: rate("minInterestRate")?,
        max_rate: rate("maxInterestRate")?,
    })
}

fn rates_of(bounds: RateBounds) -> wire::DepositRates {
    wire::DepositRates {
        default_interest_rate: bounds.rate.map(Rate::to_percent_text),
        min_interest_rate: bounds.min_rate.map(Rate::to_percent_text),
        max_interest_rate: bounds.max_rate.map(Rate::to_percent_text),
    }
}

fn days(members: &Members) -> Result<Vec<DayOfYear>> {
    let number = |date: &Members, name: &str| {
        let number = date.figure(name, str::parse::<i8>)?;
        number.ok_or_else(|| DoorError::invalid(&date.path(name), "", "it must be given"))
    };
    let day = |date: &Members| {
        Ok(DayOfYear { month: number(date, "monthOfYear")?, day: number(date, "dayOfMonth")? })
    };
    members.objects("interestPaymentDates")?.iter().map(day).collect()
}

pub(super) fn wire_of(interest: &InterestRules) -> wire::DepositInterest {
    let date = |day: &DayOfYear| wire::PaymentDate { day_of_month: day.day, month_of_year: day.month };
    let dates = match &interest.paid {
        PaymentPoint::OnFixedDates(days) => days.iter().map(date).collect(),
        PaymentPoint::FirstDayOfMonth
        | PaymentPoint::EveryWeek
        | PaymentPoint::EveryOtherWeek
        | PaymentPoint::EveryMonth
        | PaymentPoint::EveryThreeMonths
        | PaymentPoint::OnMaturity => Vec::new(),
    };
    wire::DepositInterest {
        interest_rate_settings: rates_of(interest.bounds()),
        overdraft_interest_settings: interest.overdraft.map(rates_of),
        withholding_tax_enabled: interest.withholds_tax,
        interest_payment_point: payment_point(&interest.paid),
        interest_payment_dates: dates,
        days_in_year: (DAY_COUNT.name_of)(interest.day_count),
    }
}

//! Which rate a loan agrees on: none, one that is stated, one over an index, or tiers of the product.

use jiff::civil::Date;
use loam_calc::rate::Rate;

use crate::index_rate::within;
use crate::loan::command::LoanFigures;
use crate::loan::refusal::Refusal;
use crate::loan::refusal::TermsRefusal;
use crate::loan::terms::Terms;
use crate::loan::terms_agreed::{Ground, bounds, expected_disbursement_on};
use crate::product::interest::{RateSource, RateTerms};
use crate::product::payments::Amortization;
use crate::product::{Product, ProductType};
use crate::stated::StatedPercent;

/// A rate, and the spread over the index that it has in it.
pub(crate) struct AgreedRate {
    pub(crate) rate: Rate,
    pub(crate) spread: Option<Rate>,
}

/// Agrees the rate. Where the product has tiers it is that of the first one, and where payments are
/// planned it is nothing yet: it follows from them.
pub(crate) fn agreed_rate(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
    ground: &Ground<'_>,
) -> Result<AgreedRate, Refusal> {
    let fixed = |rate| AgreedRate { rate, spread: None };
    if product.product_type == ProductType::InterestFreeLoan {
        refuse_rate(figures, |value| TermsRefusal::RateOfInterestFreeLoan { value })?;
        refuse_spread(figures, |value| TermsRefusal::SpreadOfInterestFreeLoan { value })?;
        return Ok(fixed(Rate::ZERO));
    }
    if let Some(first) = first_tier(&product.interest_rules.rate_terms) {
        refuse_rate(figures, |value| TermsRefusal::RateOfTieredLoan { value })?;
        refuse_spread(figures, |value| TermsRefusal::SpreadOfTieredLoan { value })?;
        return Ok(fixed(first));
    }
    match &product.interest_rules.source {
        RateSource::Fixed => {
            refuse_spread(figures, |value| TermsRefusal::SpreadOfFixedRate { value })?;
            if product.amortization == Amortization::PaymentPlan {
                refuse_stated_rate_of_plan(figures)?;
                return Ok(fixed(Rate::ZERO));
            }
            stated_rate(figures, product, current).map(fixed)
        }
        RateSource::Index { .. } => {
            refuse_rate(figures, |value| TermsRefusal::RateOfIndexedLoan { value })?;
            over_index(figures, product, current, ground)
        }
    }
}

/// Refuses a rate outside what the product allows.
pub(crate) fn check_rate(rate: Rate, product: &Product) -> Result<(), Refusal> {
    if product.interest_rate.allows(rate) {
        return Ok(());
    }
    let bounds = bounds(&product.interest_rate, |bound| bound.to_percent_text());
    let reason = format!("it is outside what the product allows ({bounds})");
    Err(Refusal::InvalidInterestRate { value: rate.to_percent_text(), reason })
}

fn stated_rate(figures: &LoanFigures, product: &Product, current: Option<&Terms>) -> Result<Rate, Refusal> {
    let stated = figures.interest_rate.as_ref().map(StatedPercent::to_rate).transpose()?;
    let rate = stated.or(current.map(|current| current.interest.rate)).or(product.interest_rate.default);
    let rate = rate.ok_or(Refusal::MissingField { field: "interestRate" })?;
    check_rate(rate, product)?;
    Ok(rate)
}

/// The index on the day on which the loan is expected to be paid out, else on the business date, plus
/// the spread, within floor and ceiling.
fn over_index(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
    ground: &Ground<'_>,
) -> Result<AgreedRate, Refusal> {
    let RateSource::Index { source, floor, ceiling, spread: allowed, .. } = &product.interest_rules.source
    else {
        unreachable!("the rate follows an index")
    };
    let stated = figures.interest_spread.as_ref().map(to_spread).transpose()?;
    let spread = stated.or(current.and_then(|current| current.interest_spread)).or(allowed.default);
    let spread = spread.ok_or(TermsRefusal::MissingSpread)?;
    if !allowed.allows(spread) {
        let bounds = bounds(allowed, |bound| bound.to_percent_text());
        let reason = format!("it is outside what the product allows ({bounds})");
        return Err(TermsRefusal::InvalidSpread { value: spread.to_percent_text(), reason }.into());
    }
    let index = ground.catalog.index_rates.by_key(*source);
    let index = index.ok_or(TermsRefusal::UnknownIndexRateSource { key: *source })?;
    let date: Date = expected_disbursement_on(figures, current).unwrap_or(ground.business_date);
    let rate = index.rate_on(date).ok_or_else(|| TermsRefusal::NoIndexRate { id: index.id.clone(), date })?;
    Ok(AgreedRate { rate: within(rate.plus(spread), *floor, *ceiling), spread: Some(spread) })
}

fn first_tier(terms: &RateTerms) -> Option<Rate> {
    match terms {
        RateTerms::Fixed => None,
        RateTerms::Tiered { tiers } => Some(tiers.first().map_or(Rate::ZERO, |tier| tier.rate)),
        RateTerms::TieredPeriod { tiers } => Some(tiers.first().map_or(Rate::ZERO, |tier| tier.rate)),
    }
}

fn to_spread(stated: &StatedPercent) -> Result<Rate, Refusal> {
    let invalid = |error: loam_calc::rate::RateError| TermsRefusal::InvalidSpread {
        value: stated.0.clone(),
        reason: error.to_string(),
    };
    Ok(Rate::parse_percent(&stated.0).map_err(invalid)?)
}

/// A rate of zero is what some callers send for nothing.
fn refuse_rate(figures: &LoanFigures, refusal: impl Fn(String) -> TermsRefusal) -> Result<(), Refusal> {
    let Some(stated) = &figures.interest_rate else { return Ok(()) };
    if stated.to_rate()?.is_zero() { Ok(()) } else { Err(refusal(stated.0.clone()).into()) }
}

fn refuse_spread(figures: &LoanFigures, refusal: impl Fn(String) -> TermsRefusal) -> Result<(), Refusal> {
    let Some(stated) = &figures.interest_spread else { return Ok(()) };
    if to_spread(stated)?.is_zero() { Ok(()) } else { Err(refusal(stated.0.clone()).into()) }
}

fn refuse_stated_rate_of_plan(figures: &LoanFigures) -> Result<(), Refusal> {
    let Some(stated) = &figures.interest_rate else { return Ok(()) };
    if stated.to_rate()?.is_zero() {
        return Ok(());
    }
    let reason = "it follows from the payment plan".to_owned();
    Err(Refusal::InvalidInterestRate { value: stated.0.clone(), reason })
}

//! What is agreed on the interest of a deposit account: its rate, that of its overdraft, the tax on it.

use loam_calc::rate::Rate;

use crate::ids::Key;
use crate::index_rate::IndexRateKind;
use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::savings::command::SavingsFigures;
use crate::savings::commands::refused;
use crate::savings::interest::{DepositInterest, RateBounds};
use crate::savings::product::SavingsProduct;
use crate::stated::StatedPercent;

/// The interest that is agreed: at the rates that are named, at those that were agreed before, or at those of
/// the product. Without interest nothing is what may be said.
pub(super) fn agree_interest(
    figures: &SavingsFigures,
    product: &SavingsProduct,
    before: Option<&DepositInterest>,
    context: &Context<'_>,
) -> Result<Option<DepositInterest>, Refusal> {
    let rules = product.interest.as_ref();
    let named = (stated(figures.interest_rate.as_ref())?, stated(figures.overdraft_rate.as_ref())?);
    let rate = agree_rate(named.0, rules.map(|rules| rules.bounds()), before.map(|before| before.rate))?;
    let overdraft = rules.and_then(|rules| rules.overdraft);
    let overdraft_rate = match before {
        // What costs nothing from the beginning goes on to cost nothing.
        Some(DepositInterest { overdraft_rate: None, .. }) => agree_rate(named.1, None, None)?,
        before => agree_rate(named.1, overdraft, before.and_then(|before| before.overdraft_rate))?,
    };
    let withholds_tax = rules.is_some_and(|rules| rules.withholds_tax);
    let tax_source = agree_tax(figures.tax_source, withholds_tax, before, context)?;
    let Some(rate) = rate else { return Ok(None) };
    let agreed = match (before, rules) {
        (Some(before), _) => before.clone(),
        (None, Some(rules)) => DepositInterest {
            rate,
            day_count: rules.day_count,
            paid: rules.paid.clone(),
            overdraft_rate,
            tax_source,
        },
        (None, None) => return Ok(None),
    };
    Ok(Some(DepositInterest { rate, overdraft_rate, tax_source, ..agreed }))
}

fn stated(named: Option<&StatedPercent>) -> Result<Option<Rate>, Refusal> {
    named.map(StatedPercent::to_rate).transpose()
}

/// The rate that is named, that was agreed before, or that of the product; none where there are no rates.
fn agree_rate(
    stated: Option<Rate>,
    bounds: Option<RateBounds>,
    before: Option<Rate>,
) -> Result<Option<Rate>, Refusal> {
    let value = |rate: Rate| rate.to_percent_text();
    let Some(bounds) = bounds else {
        return match stated.filter(|rate| *rate != Rate::ZERO && Some(*rate) != before) {
            Some(rate) => refused(SavingsRefusal::InterestNotAllowed { value: value(rate) }),
            // The product had interest when the account was opened: its rate stays, or ends.
            None => Ok(before.map(|before| stated.unwrap_or(before))),
        };
    };
    let agreed = stated.or(before).or(bounds.rate);
    let Some(rate) = agreed else { return refused(SavingsRefusal::MissingInterestRate) };
    let (min, max) = (bounds.min_rate, bounds.max_rate);
    if stated.is_some() && (min.is_some_and(|min| rate < min) || max.is_some_and(|max| rate > max)) {
        let text = |bound: Option<Rate>| bound.map_or_else(|| "any".to_owned(), value);
        let bounds = format!("{} to {}", text(min), text(max));
        return refused(SavingsRefusal::InterestRateOutsideProduct { value: value(rate), bounds });
    }
    Ok(Some(rate))
}

/// The source of the tax that is withheld: the one that is named, or that was before.
fn agree_tax(
    named: Option<Key>,
    withholds_tax: bool,
    before: Option<&DepositInterest>,
    context: &Context<'_>,
) -> Result<Option<Key>, Refusal> {
    let before = before.and_then(|before| before.tax_source);
    let Some(key) = named.filter(|named| Some(*named) != before) else { return Ok(before) };
    if !withholds_tax {
        return refused(SavingsRefusal::TaxNotAllowed);
    }
    let found = context.catalog.index_rates.by_key(key);
    if found.is_none_or(|source| source.kind != IndexRateKind::WithholdingTaxRate) {
        return refused(SavingsRefusal::NoTaxSource);
    }
    Ok(Some(key))
}

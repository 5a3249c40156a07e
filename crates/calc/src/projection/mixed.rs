//! The equal installment of rows of which the first has days of another rate, or days without one.

use jiff::civil::Date;

use super::Growth;
use crate::accrual::Span;
use crate::exact::Exact;
use crate::money::Amount;
use crate::rounding::Rounding;
use crate::schedule::{
    BalanceTier, InstallmentRounding, RateTiers, Remainder, ScheduleOptions, ScheduleTerms, schedule_with,
};

/// Parts of a minor unit in which the installment is worked out before it is rounded.
const PARTS: i64 = 10_000;
/// How often a principal under tiers by balance is made better; under one rate once is exact.
const ROUNDS: u32 = 8;

/// The equal total of rows that begin on `start`, rounded as `terms` say; `terms` have the rate of
/// all days but those of the first row, whose interest is that of `growth`. With tiers the rate of
/// the terms is not looked at, and the first row differs by pauses only.
///
/// The rate of the first row stands in P · Π(1+r_i) ÷ Σ_k Π_{j>k}(1+r_j) only once, as a factor of P.
/// So P · (1+r_1 of growth) ÷ (1+r_1 of the terms) with the rate of the terms has the same total; with
/// tiers by balance it is the principal that comes to as much with its interest. It is worked out in
/// ten-thousandths of a minor unit. `None` where nothing is different in the first row, where the
/// terms give no schedule, or where a principal is too large for that.
#[must_use]
pub fn mixed_total(
    growth: &Growth<'_>,
    terms: &ScheduleTerms,
    start: Date,
    (dates, options): (&[Date], &ScheduleOptions<'_>),
) -> Option<Amount> {
    let time = Span { from: start, to: *dates.first()? };
    let rates = match options.tiers {
        RateTiers::ByDay(_) => growth.rates,
        RateTiers::None | RateTiers::ByBalance(_) => &[],
    };
    let alone = Growth { terms: terms.interest, rates, pauses: &[], ..*growth };
    let grown = |growth: &Growth<'_>, principal: Amount| {
        Exact::from_amount(principal) + growth.within(time, time, principal)
    };
    let fine = |grown: Exact| i128::from(grown.times(i128::from(PARTS)).round(Rounding::HalfEven).minor());
    let mixed = fine(grown(growth, terms.principal));
    if mixed == fine(grown(&alone, terms.principal)) || terms.principal.minor() > Amount::MAX.minor() / PARTS
    {
        return None;
    }
    let fine_tiers: Vec<BalanceTier> = growth.tiers.iter().map(in_parts).collect::<Option<_>>()?;
    let alone = Growth { tiers: &fine_tiers, ..alone };
    let mut principal = Amount::from_minor(terms.principal.minor() * PARTS);
    for _ in 0..if growth.tiers.is_empty() { 1 } else { ROUNDS } {
        let single = i128::from(grown(&alone, principal).round(Rounding::HalfEven).minor());
        let better = Exact::ratio(i128::from(principal.minor()) * mixed, single).round(Rounding::HalfEven);
        if better == principal {
            break;
        }
        principal = better;
    }
    let scaled = ScheduleTerms {
        principal,
        remainder: Remainder::Last,
        installment_rounding: InstallmentRounding::None,
        rounding: Rounding::HalfEven,
        ..*terms
    };
    let tiers = if growth.tiers.is_empty() { options.tiers } else { RateTiers::ByBalance(&fine_tiers) };
    let options = ScheduleOptions { tiers, ..*options };
    let rows = schedule_with(&scaled, start, dates, &options).ok()?;
    let total = rows.iter().find(|row| row.principal.is_positive())?.total();
    let total = Exact::ratio(i128::from(total.minor()), i128::from(PARTS));
    let rounded = total.round(terms.rounding);
    Some(terms.installment_rounding.multiple_of(total, terms.rounding).unwrap_or(rounded))
}

/// A tier with its bound in parts of minor units.
fn in_parts(tier: &BalanceTier) -> Option<BalanceTier> {
    let up_to = tier.up_to.map(|bound| bound.minor().checked_mul(PARTS).map(Amount::from_minor));
    match up_to {
        Some(None) => None,
        Some(bound) => Some(BalanceTier { up_to: bound, ..*tier }),
        None => Some(*tier),
    }
}

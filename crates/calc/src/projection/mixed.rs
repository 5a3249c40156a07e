//! The equal installment of rows of which the first has days of another rate, or days without one.

use jiff::civil::Date;

use super::Growth;
use crate::accrual::Span;
use crate::exact::Exact;
use crate::money::Amount;
use crate::rounding::Rounding;
use crate::schedule::{InstallmentRounding, Remainder, ScheduleTerms, schedule_repaying};

/// Parts of a minor unit in which the installment is worked out before it is rounded.
const PARTS: i64 = 10_000;

/// The equal total of rows that begin on `start`, rounded as `terms` say; `terms` have the rate of
/// all days but those of the first row, whose interest is that of `growth`; `repays` says which rows
/// repay principal.
///
/// The rate of the first row stands in P · Π(1+r_i) ÷ Σ_k Π_{j>k}(1+r_j) only once, as a factor of P.
/// So P · (1+r_1 of growth) ÷ (1+r_1 of the terms) with the rate of the terms has the same total. It
/// is worked out in ten-thousandths of a minor unit. `None` where nothing is different in the first
/// row, where the terms give no schedule, or where a principal is too large for that.
#[must_use]
pub fn mixed_total(
    growth: &Growth<'_>,
    terms: &ScheduleTerms,
    start: Date,
    (dates, repays): (&[Date], &[bool]),
) -> Option<Amount> {
    let time = Span { from: start, to: *dates.first()? };
    let alone = Growth { terms: terms.interest, rates: &[], pauses: &[], ..*growth };
    let fine = |grown: Exact| {
        let grown = Exact::from_amount(terms.principal) + grown;
        i128::from(grown.times(i128::from(PARTS)).round(Rounding::HalfEven).minor())
    };
    let (mixed, single) =
        (fine(growth.within(time, time, terms.principal)), fine(alone.within(time, time, terms.principal)));
    if mixed == single || terms.principal.minor() > Amount::MAX.minor() / PARTS {
        return None;
    }
    let principal = Exact::ratio(i128::from(terms.principal.minor()) * i128::from(PARTS) * mixed, single);
    let scaled = ScheduleTerms {
        principal: principal.round(Rounding::HalfEven),
        remainder: Remainder::Last,
        installment_rounding: InstallmentRounding::None,
        rounding: Rounding::HalfEven,
        ..*terms
    };
    let rows = schedule_repaying(&scaled, start, dates, repays).ok()?;
    let total = rows.iter().find(|row| row.principal.is_positive())?.total();
    let total = Exact::ratio(i128::from(total.minor()), i128::from(PARTS));
    let rounded = total.round(terms.rounding);
    Some(terms.installment_rounding.multiple_of(total, terms.rounding).unwrap_or(rounded))
}

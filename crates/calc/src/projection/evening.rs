//! Evens installments out when the last one would differ too much from the others.

use super::{Growth, Keep, Projected, Row, Standing, project};
use crate::exact::Exact;
use crate::money::Amount;
use crate::rounding::Rounding;
use crate::schedule::InstallmentRounding;

/// How often the total is tried anew.
const ROUNDS: u32 = 3;

/// Spreads the difference between the last open total and the one before it over all rows, while
/// it is more than half a minor unit for each row and becomes smaller by that.
///
/// Rows that keep no total or one of nothing, and those in which more was paid than the new total,
/// stay as they are.
pub fn even_out(
    growth: &Growth<'_>,
    rows: &mut [Row],
    standing: &Standing<'_>,
    multiples: InstallmentRounding,
) {
    for _ in 0..ROUNDS {
        let Some(ending) = Ending::of(rows, &project(growth, rows, standing)) else { return };
        let half = Amount::from_minor(i64::try_from(rows.len() / 2).unwrap_or(i64::MAX));
        if half.is_zero() || ending.size() <= half {
            return;
        }
        let total = ending.evened(rows, growth.rounding, multiples);
        if total == ending.total {
            return;
        }
        let before = rows.to_vec();
        set_totals(rows, total);
        let after = Ending::of(rows, &project(growth, rows, standing));
        if after.is_none_or(|after| after.size() >= ending.size()) {
            rows.copy_from_slice(&before);
            return;
        }
    }
}

/// The last two rows that are both open.
struct Ending {
    /// Of the last but one.
    total: Amount,
    /// By how much the last one differs.
    difference: Amount,
}

impl Ending {
    fn of(rows: &[Row], projected: &[Projected]) -> Option<Ending> {
        let total = |index: usize| projected[index].principal + projected[index].interest;
        let is_open = |index: usize| total(index) > rows[index].paid();
        let last = (1..rows.len()).rev().find(|last| is_open(*last) && is_open(last - 1))?;
        Some(Ending { total: total(last - 1), difference: total(last) - total(last - 1) })
    }

    fn size(&self) -> Amount {
        self.difference.max(-self.difference)
    }

    /// The total with an even share of the difference.
    fn evened(&self, rows: &[Row], rounding: Rounding, multiples: InstallmentRounding) -> Amount {
        let sharing = rows.iter().filter(|row| row.paid() <= self.total).count().max(1);
        let sharing = i128::try_from(sharing).expect("a number of rows fits");
        let share = Exact::from_amount(self.difference).divided_by(sharing).round(rounding);
        let total = self.total + share;
        multiples.multiple_of(Exact::from_amount(total), rounding).unwrap_or(total)
    }
}

fn set_totals(rows: &mut [Row], total: Amount) {
    for row in rows.iter_mut() {
        // A row that asks for nothing is no installment.
        let is_equal = matches!(row.keep, Keep::Total(kept) if kept.is_positive());
        if is_equal && row.paid() <= total {
            row.keep = Keep::Total(total);
        }
    }
}

impl Row {
    fn paid(&self) -> Amount {
        self.paid_principal + self.applied_interest
    }
}

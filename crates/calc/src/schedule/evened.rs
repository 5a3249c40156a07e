//! Equal installments that are evened out: one total for all but the last, chosen so that the last
//! one differs less.

use super::charge::Charge;
use super::varied::{equal_total, fill, last_total, totals};
use super::{Installment, ScheduleError};
use crate::exact::Exact;
use crate::money::Amount;

/// How often the total is tried anew.
const ROUNDS: u32 = 3;

/// While the last total differs from the others by more than half a minor unit for each of them, an
/// even share of the difference is added to all; it stays only where the difference becomes smaller.
pub(super) fn evened(charge: &Charge<'_>, rows: &mut Vec<Installment>) -> Result<(), ScheduleError> {
    let sharing = i64::from(charge.plan.repaying_count());
    let mut total = equal_total(charge)?;
    let mut difference = with_total(charge, total, rows)?;
    for _ in 0..ROUNDS {
        if sharing < 2 || difference.minor().abs() <= sharing / 2 {
            break;
        }
        let moved = moved(charge, total, difference, sharing);
        let after = with_total(charge, moved, rows)?;
        if moved == total || after.minor().abs() >= difference.minor().abs() {
            with_total(charge, total, rows)?;
            break;
        }
        (total, difference) = (moved, after);
    }
    Ok(())
}

/// Fills the rows and answers by how much the last total differs.
fn with_total(
    charge: &Charge<'_>,
    total: Amount,
    rows: &mut Vec<Installment>,
) -> Result<Amount, ScheduleError> {
    rows.clear();
    fill(charge, totals(|_| total), rows)?;
    Ok(last_total(rows) - total)
}

/// The total with an even share of the difference, rounded as amounts and totals are.
fn moved(charge: &Charge<'_>, total: Amount, difference: Amount, sharing: i64) -> Amount {
    let share = Exact::from_amount(difference).divided_by(i128::from(sharing));
    let moved = total + share.round(charge.plan.terms.rounding);
    charge.plan.rounded_to_multiple(Exact::from_amount(moved)).unwrap_or(moved)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::calendar::Period;
    use crate::day_count::{DayCount, DaysMethod};
    use crate::money::Amount;
    use crate::rate::Rate;
    use crate::rounding::Rounding;
    use crate::schedule::{
        ChargeFrequency, Grace, InstallmentRounding, InterestMethod, InterestTerms, Payments, Remainder,
        ScheduleOptions, ScheduleTerms, schedule_with,
    };

    fn totals(principal: i64, count: u32, payments: Payments<'_>) -> Vec<i64> {
        let terms = ScheduleTerms {
            principal: Amount::from_minor(principal),
            interest: InterestTerms {
                method: InterestMethod::DecliningBalanceDiscounted,
                rate: Rate::from_ratio(12, 100),
                charge_frequency: ChargeFrequency::Annualized,
                day_count: DayCount::ThirtyE360,
                days_method: DaysMethod::RepaymentPeriodicity,
            },
            period: Period::months(1),
            grace: Grace::None,
            principal_repayment_interval: 1,
            remainder: Remainder::Last,
            installment_rounding: InstallmentRounding::None,
            rounding: Rounding::HalfEven,
        };
        let start = date(2024, 1, 1);
        let dates: Vec<_> = (1..=count).map(|n| Period::months(1).add_times(start, n).unwrap()).collect();
        let options = ScheduleOptions { payments, ..ScheduleOptions::default() };
        let rows = schedule_with(&terms, start, &dates, &options).unwrap();
        let principal_sum: Amount = rows.iter().map(|row| row.principal).sum();
        assert_eq!(principal_sum, terms.principal);
        rows.iter().map(|row| row.total().minor()).collect()
    }

    #[test]
    fn a_large_difference_is_spread_and_a_small_one_stays() {
        for principal in [100_00, 331_77, 1000_00, 1234_57, 9999_99] {
            for count in [1, 2, 6, 24, 360] {
                let standard = totals(principal, count, Payments::Standard);
                let evened = totals(principal, count, Payments::Evened);
                let difference = |totals: &[i64]| (totals[totals.len() - 1] - totals[0]).abs();
                let (before, after) = (difference(&standard), difference(&evened));
                assert!(after <= before, "{principal} in {count}: {after} after {before}");
                assert!(before > i64::from(count / 2) || standard == evened, "{principal} in {count}");
            }
        }
    }
}

//! What a payment ahead of its time does to the rows that follow it, by the method of the product.

use loam_calc::money::Amount;
use loam_calc::projection::Keep;

use crate::loan::dynamic::respread::respread;
use crate::loan::dynamic::upcoming_row;
use crate::loan::{Installment, Loan};
use crate::product::payments::{PrepaymentRecalculation, PrincipalPaidStatus};

/// The row that takes what is paid ahead where the rest is spread anew: the first one that is not
/// due and not paid.
pub(super) fn target(loan: &Loan) -> Option<usize> {
    let rows = &loan.servicing.installments;
    (loan.closed()..rows.len()).find(|index| !is_complete(&rows[*index]))
}

/// What rows keep after a payment, from one of them on. `None` where it stays as it was: the method
/// changes nothing, or nothing was paid ahead.
pub(super) fn keeps(before: &Loan, after: &Loan) -> Option<(usize, Vec<Keep>)> {
    let method = before.terms.payment_rules.prepayment_recalculation;
    let index = target(before)?;
    let (asked, paid) = (&before.servicing.installments[index], &after.servicing.installments[index]);
    let is_ahead = paid.paid.principal > asked.paid.principal;
    if method == PrepaymentRecalculation::NoRecalculation || !is_ahead {
        return None;
    }
    let own = keep_of_target(before, asked, paid);
    let rest = index + 1;
    let unpaid = after.servicing.outstanding.principal
        - after.unpaid_principal_of_closed()
        - unpaid_principal(own, paid);
    let mut keeps = vec![own];
    match method {
        PrepaymentRecalculation::NoRecalculation => {}
        PrepaymentRecalculation::RescheduleRemainingRepayments
        | PrepaymentRecalculation::RecalculateScheduleKeepSameNumberOfTerms
        | PrepaymentRecalculation::ReduceAmountPerInstallment => {
            // Rows that nothing is left for ask for nothing; projecting them says so.
            keeps.extend(respread(after, rest, unpaid).unwrap_or_default());
        }
        PrepaymentRecalculation::RecalculateScheduleKeepSamePrincipalAmount => {
            let rows = before.servicing.installments.iter().enumerate().skip(rest);
            keeps.extend(rows.map(|(index, row)| match row.is_grace {
                true => upcoming_row(before, index).keep,
                false => Keep::Principal(row.expected.principal),
            }));
        }
        PrepaymentRecalculation::RecalculateScheduleKeepSameTotalRepaymentAmount
        | PrepaymentRecalculation::ReduceNumberOfInstallments
        | PrepaymentRecalculation::ReduceNumberOfInstallmentsNew => {
            keeps.extend(
                (rest..before.servicing.installments.len()).map(|row| upcoming_row(before, row).keep),
            );
        }
    }
    Some((index, keeps))
}

/// What the row that took the payment asks for: nothing more once it counts as paid, else what it
/// asked for before.
fn keep_of_target(before: &Loan, asked: &Installment, paid: &Installment) -> Keep {
    let settled = paid.paid.principal + paid.interest_applied;
    let total = asked.expected.principal + asked.expected.interest;
    let is_paid = match before.terms.payment_rules.principal_paid_status {
        PrincipalPaidStatus::PartiallyPaid => false,
        PrincipalPaidStatus::Paid => paid.paid.principal >= asked.expected.principal,
        PrincipalPaidStatus::OriginalTotalExpectedPaid => settled >= total,
    };
    if is_paid {
        return Keep::Total(settled);
    }
    Keep::Principal(asked.expected.principal.max(paid.paid.principal))
}

fn unpaid_principal(keep: Keep, paid: &Installment) -> Amount {
    match keep {
        Keep::Principal(principal) => principal - paid.paid.principal,
        Keep::Total(_) | Keep::Nothing => Amount::ZERO,
    }
}

/// Principal and interest were paid as expected.
fn is_complete(row: &Installment) -> bool {
    let unpaid = row.unpaid();
    unpaid.principal.is_zero() && unpaid.interest.is_zero()
}

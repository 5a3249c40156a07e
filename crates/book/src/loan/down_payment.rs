//! A share of the loan amount that is owed on the day of the payout, as an installment of its own.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use crate::loan::{Installment, Terms};

impl Terms {
    /// What is owed on the day of the payout, rounded as the totals of installments are; nothing where
    /// the product asks for no down payment.
    pub fn down_payment(&self) -> Amount {
        self.down_payment_of(self.amount)
    }

    fn down_payment_of(&self, amount: Amount) -> Amount {
        let Some(rate) = self.payment_rules.down_payment else { return Amount::ZERO };
        let unrounded = Exact::ratio(i128::from(amount.minor()) * rate.numerator(), rate.denominator());
        let multiple = self.installment_rounding.multiple_of(unrounded, self.rounding);
        multiple.unwrap_or_else(|| unrounded.round(self.rounding)).min(amount)
    }

    /// How many of the rows by which a loan was paid out are a down payment: one or none. It was worked out on all that
    /// was paid out, capitalized fees included, and not on the loan amount.
    pub(crate) fn down_payment_rows(&self, rows: &[Installment]) -> u32 {
        let amount = rows.iter().map(|row| row.expected.principal).sum();
        u32::from(self.down_payment_of(amount).is_positive())
    }

    /// The rows of what is repaid later, with the down payment before them.
    pub(crate) fn with_down_payment(&self, disbursed_on: Date, rows: Vec<Installment>) -> Vec<Installment> {
        let principal = self.down_payment();
        if !principal.is_positive() {
            return rows;
        }
        let down_payment = Installment {
            number: 1,
            due_date: disbursed_on,
            expected: Components { principal, ..Components::default() },
            interest_applied: Amount::ZERO,
            paid: Components::default(),
            is_grace: false,
            last_paid_on: None,
            repaid_on: None,
        };
        let later = rows.into_iter().map(|row| Installment { number: row.number + 1, ..row });
        std::iter::once(down_payment).chain(later).collect()
    }
}

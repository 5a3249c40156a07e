//! What one loan agreed to: copied from the product when the loan is created. Later edits of the
//! product do not touch it.

use jiff::civil::Date;
use loam_calc::allocation::{AllocationOrder, Components};
use loam_calc::calendar::{Calendar, Period};
use loam_calc::currency::Currency;
use loam_calc::due_dates::{DueDateMethod, DueDateTerms, NonWorkingDays, due_dates};
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{
    self, Grace, InstallmentRounding, InterestTerms, Remainder, ScheduleError, ScheduleTerms,
};
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::Installment;
use crate::product::{GracePeriodType, InterestApplication, PrepaymentAcceptance};

/// The agreed terms of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub product: Key,
    pub product_version: i64,
    pub currency: Currency,
    /// The loan amount.
    pub amount: Amount,
    pub interest: InterestTerms,
    pub interest_application: InterestApplication,
    pub installment_count: u32,
    /// The nominal repayment period; with fixed days of the month, one month.
    pub period: Period,
    pub due_dates: DueDateMethod,
    pub non_working_days: NonWorkingDays,
    pub first_due_date_offset_days: u32,
    pub grace_period: u32,
    pub grace_period_type: GracePeriodType,
    pub principal_repayment_interval: u32,
    pub remainder: Remainder,
    pub installment_rounding: InstallmentRounding,
    pub rounding: Rounding,
    pub allocation_order: AllocationOrder,
    pub prepayment: PrepaymentAcceptance,
    pub arrears_tolerance_days: u32,
    pub allows_arbitrary_fees: bool,
    pub expected_disbursement_on: Option<Date>,
    pub first_due_date: Option<Date>,
}

impl Terms {
    /// The grace period as the schedule understands it.
    pub fn grace(&self) -> Grace {
        match self.grace_period_type {
            _ if self.grace_period == 0 => Grace::None,
            GracePeriodType::None => Grace::None,
            GracePeriodType::PayInterestOnly => Grace::PayInterestOnly(self.grace_period),
            GracePeriodType::InterestForgiveness => Grace::InterestForgiveness(self.grace_period),
        }
    }

    /// The schedule of a loan paid out on `disbursed_on`.
    ///
    /// # Errors
    /// What [`loam_calc`] refuses: dates that cannot be met, grace as long as the loan, amounts
    /// that do not fit.
    pub fn schedule(
        &self,
        disbursed_on: Date,
        calendar: &Calendar,
    ) -> Result<Vec<Installment>, ScheduleError> {
        let dates = due_dates(
            &DueDateTerms {
                method: self.due_dates.clone(),
                start: disbursed_on,
                first_due_date: self.first_due_date,
                first_offset_days: self.first_due_date_offset_days,
                count: self.installment_count,
                non_working: self.non_working_days,
            },
            calendar,
        )?;
        let terms = ScheduleTerms {
            principal: self.amount,
            interest: self.interest,
            period: self.period,
            grace: self.grace(),
            principal_repayment_interval: self.principal_repayment_interval,
            remainder: self.remainder,
            installment_rounding: self.installment_rounding,
            rounding: self.rounding,
        };
        Ok(schedule::schedule(&terms, disbursed_on, &dates)?.into_iter().map(Installment::from).collect())
    }
}

impl From<schedule::Installment> for Installment {
    fn from(row: schedule::Installment) -> Installment {
        Installment {
            number: row.number,
            due_date: row.due_date,
            expected: Components {
                principal: row.principal,
                interest: row.interest,
                ..Components::default()
            },
            interest_applied: Amount::ZERO,
            paid: Components::default(),
            is_grace: row.is_grace,
            last_paid_on: None,
            repaid_on: None,
        }
    }
}

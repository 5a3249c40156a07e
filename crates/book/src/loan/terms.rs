//! What one loan agreed to: copied from the product when the loan is created. Later edits of the
//! product do not touch it.

use jiff::civil::Date;
use loam_calc::allocation::{AllocationOrder, Components};
use loam_calc::calendar::{Calendar, Period, PeriodUnit};
use loam_calc::currency::Currency;
use loam_calc::due_dates::{DueDateMethod, DueDateTerms, NonWorkingDays, due_dates, move_last};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{
    self, Accrual, Grace, InstallmentRounding, InterestTerms, Remainder, ScheduleError, ScheduleTerms,
};
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::journal::rules::Accounting;
use crate::loan::Installment;
use crate::loan::charges::tax::charged_interest;
use crate::loan::commands::disbursement_fees::capitalized_if_disbursed;
use crate::loan::protection::Protection;
use crate::product::charges::ChargeRules;
use crate::product::controls::ControlRules;
use crate::product::interest::InterestRules;
use crate::product::payments::{Amortization, PaymentRules};
use crate::product::securities::{RevolvingRules, SecurityRules};
use crate::product::{
    GracePeriodType, InterestApplication, PaymentMethod, PrepaymentAcceptance, ProductType,
};

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
    /// By how many days a first due date that is agreed may be later than the regular one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub first_due_date_offset: OffsetBounds,
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
    /// The day of the month, 1 to 31, on which all installments fall due; a month without it has
    /// them on its last day. Where no first due date is agreed, the first one falls on that day in
    /// the month after the month of the disbursement, so that no first period is a few days short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_day: Option<u8>,
    /// The agreed maturity date: the last installment falls due on it and not on its regular date.
    ///
    /// The last period becomes longer by that. Interest by the dates counts the added days, and
    /// equal installments are equal with them; by the nominal period there is none for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_due_date: Option<Date>,
    /// The part of the loan amount that is not paid out but kept as a fee.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub capitalized_fee: Amount,
    /// Whether an installment carries interest including its due date; see [`Accrual`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accrues_through_due_date: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub product_type: ProductType,
    #[serde(default, skip_serializing_if = "is_default")]
    pub amortization: Amortization,
    #[serde(default, skip_serializing_if = "is_default")]
    pub payment_method: PaymentMethod,
    #[serde(default, skip_serializing_if = "is_default")]
    pub interest_rules: InterestRules,
    #[serde(default, skip_serializing_if = "is_default")]
    pub payment_rules: PaymentRules,
    #[serde(default, skip_serializing_if = "is_default")]
    pub charges: ChargeRules,
    #[serde(default, skip_serializing_if = "is_default")]
    pub controls: ControlRules,
    #[serde(default, skip_serializing_if = "is_default")]
    pub securities: SecurityRules,
    #[serde(default, skip_serializing_if = "is_default")]
    pub revolving: Option<RevolvingRules>,
    /// The agreed payment of a loan with balloon payments.
    #[serde(default, skip_serializing_if = "is_default")]
    pub periodic_payment: Option<Amount>,
    /// The agreed payments of a payment plan.
    #[serde(default, skip_serializing_if = "is_default")]
    pub payment_plan: Vec<PlannedPayment>,
    /// Over an index rate.
    #[serde(default, skip_serializing_if = "is_default")]
    pub interest_spread: Option<Rate>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub penalty_rate: Option<Rate>,
    /// A debt waiver that the borrower pays for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub protection: Option<Box<Protection>>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub accounting: Accounting,
}

/// The fewest and the most days of an offset; `None` sets no bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetBounds {
    pub min: Option<u32>,
    pub max: Option<u32>,
}

/// The payment of all installments up to one, from the one after the planned payment before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedPayment {
    /// Number of the last installment that has it.
    pub through: u32,
    pub payment: Amount,
}

/// Whether a figure may be left out of what is written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Whether a figure may be left out of what is written.
pub(crate) fn is_zero(amount: &Amount) -> bool {
    amount.is_zero()
}

/// What due dates follow from, before it is known when they start and how many there are.
pub(crate) struct DueDateRule<'a> {
    pub(crate) method: &'a DueDateMethod,
    pub(crate) due_day: Option<u8>,
    pub(crate) first_due_date: Option<Date>,
    pub(crate) first_offset_days: u32,
    pub(crate) non_working: NonWorkingDays,
}

impl DueDateRule<'_> {
    /// The terms of the due dates of a loan paid out on `start`.
    pub(crate) fn terms(&self, start: Date, count: u32) -> DueDateTerms {
        let on_due_day = || self.due_day.and_then(|day| in_the_next_month(start, day));
        DueDateTerms {
            method: self.method.clone(),
            start,
            first_due_date: self.first_due_date.or_else(on_due_day),
            first_offset_days: self.first_offset_days,
            count,
            non_working: self.non_working,
        }
    }
}

/// The day of the month after `date`'s month, or its last day; `None` beyond the calendar.
fn in_the_next_month(date: Date, day: u8) -> Option<Date> {
    let next_month =
        Period { count: 1, unit: PeriodUnit::Months }.add_times(date.first_of_month(), 1).ok()?;
    let day = i8::try_from(day).ok()?.min(next_month.days_in_month());
    Date::new(next_month.year(), next_month.month(), day).ok()
}

impl Terms {
    /// The due dates of what is left of a loan that is re-aged on `date`: `count` of them, the first on
    /// `first_due_date`, one each `period`.
    pub(crate) fn due_dates_re_aged(
        &self,
        date: Date,
        (first_due_date, count, period): (Date, u32, Period),
        calendar: &Calendar,
    ) -> Result<Vec<Date>, ScheduleError> {
        let terms = DueDateTerms {
            method: DueDateMethod::Interval(period),
            start: date,
            first_due_date: Some(first_due_date),
            first_offset_days: 0,
            count,
            non_working: self.non_working_days,
        };
        due_dates(&terms, calendar)
    }

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
    /// What [`loam_calc`] refuses: dates that cannot be met, a maturity date before the regular one,
    /// grace as long as the loan, amounts that do not fit.
    pub fn schedule(
        &self,
        disbursed_on: Date,
        calendar: &Calendar,
    ) -> Result<Vec<Installment>, ScheduleError> {
        if self.is_revolving() {
            return Ok(vec![self.open_row(disbursed_on, calendar)?]);
        }
        let rule = self.due_date_rule();
        let mut dates = due_dates(&rule.terms(disbursed_on, self.installment_count), calendar)?;
        if let Some(last_due_date) = self.last_due_date {
            move_last(&mut dates, last_due_date)?;
        }
        let terms = self.schedule_terms();
        let rows = match self.variation() {
            None => schedule::schedule_accruing(&terms, disbursed_on, &dates, self.accrual())?,
            Some(variation) => {
                schedule::schedule_with(&terms, disbursed_on, &dates, &variation.options(self))?
            }
        };
        Ok(self.with_down_payment(disbursed_on, rows.into_iter().map(Installment::from).collect()))
    }

    /// The schedule of a loan that is not paid out yet, if it were paid out on a day with the fees that
    /// are required: those that are lent are part of its principal.
    ///
    /// # Errors
    /// As [`Terms::schedule`].
    pub fn expected_schedule(
        &self,
        disbursed_on: Date,
        calendar: &Calendar,
    ) -> Result<Vec<Installment>, ScheduleError> {
        let amount = self.amount + capitalized_if_disbursed(self);
        Terms { amount, ..self.clone() }.schedule(disbursed_on, calendar)
    }

    /// The terms on which a schedule depends besides its dates.
    pub(crate) fn schedule_terms(&self) -> ScheduleTerms {
        ScheduleTerms {
            principal: self.amount - self.down_payment(),
            interest: charged_interest(self),
            period: self.period,
            grace: self.grace(),
            principal_repayment_interval: self.principal_repayment_interval,
            remainder: self.remainder,
            installment_rounding: self.installment_rounding,
            rounding: self.rounding,
        }
    }

    /// Up to which day installments carry interest.
    pub(crate) fn accrual(&self) -> Accrual {
        if self.accrues_through_due_date { Accrual::ThroughDueDate } else { Accrual::ToDueDate }
    }

    pub(crate) fn due_date_rule(&self) -> DueDateRule<'_> {
        DueDateRule {
            method: &self.due_dates,
            due_day: self.due_day,
            first_due_date: self.first_due_date,
            first_offset_days: self.first_due_date_offset_days,
            non_working: self.non_working_days,
        }
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

//! What a product says about payments that come early, late or too large.

use loam_calc::allocation::AllocationOrder;
use loam_calc::rate::Rate;
use loam_calc::schedule::RoundedElements;
use serde::{Deserialize, Serialize};

/// Whether the payments of a loan are all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Amortization {
    #[default]
    StandardPayments,
    /// A payment that is agreed, and the rest on the last due date.
    BalloonPayments,
    /// Standard payments, and the difference of the last one spread over all.
    OptimizedPayments,
    /// Agreed payments, from which the rate follows.
    PaymentPlan,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FuturePayments {
    #[default]
    NoFuturePayments,
    AcceptFuturePayments,
    /// What is too much stays on the account and can be drawn again.
    AcceptOverpayments,
}

/// Which installment takes what is paid ahead first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentsAhead {
    /// The next one that falls due.
    #[default]
    NextInstallment,
    /// The last one of the loan, then the one before it.
    LastInstallment,
}

/// What a payment of principal before its time does to the schedule of a dynamic loan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PrepaymentRecalculation {
    #[default]
    NoRecalculation,
    RescheduleRemainingRepayments,
    RecalculateScheduleKeepSameNumberOfTerms,
    RecalculateScheduleKeepSamePrincipalAmount,
    RecalculateScheduleKeepSameTotalRepaymentAmount,
    ReduceAmountPerInstallment,
    ReduceNumberOfInstallments,
    ReduceNumberOfInstallmentsNew,
}

/// The state of an installment whose principal was paid before its time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PrincipalPaidStatus {
    #[default]
    PartiallyPaid,
    Paid,
    OriginalTotalExpectedPaid,
}

/// Whether an early payment applies the interest that has accrued.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InterestOnPrepayment {
    #[default]
    Automatic,
    Manual,
    /// It applies the interest of the installment's whole time, and its principal counts from the
    /// next due date.
    WholeInstallment,
}

/// What of an installment stays when its interest changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ElementsRecalculation {
    FixedPrincipalExpected,
    #[default]
    FixedTotalExpected,
}

/// Where the interest of overdue principal goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LatePaymentsRecalculation {
    #[default]
    IncreaseOverdueInstallments,
    IncreaseLastInstallment,
}

/// What may be changed of a schedule by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ScheduleEdit {
    AdjustPaymentDates,
    AdjustPrincipalPaymentSchedule,
    AdjustInterestPaymentSchedule,
    AdjustFeePaymentSchedule,
    AdjustPenaltyPaymentSchedule,
    AdjustNumberOfInstallments,
}

/// All of it. The default is what every product had before it could be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentRules {
    /// What is rounded when installments are whole units.
    pub rounded_elements: RoundedElements,
    pub future_payments: FuturePayments,
    pub prepayment_recalculation: PrepaymentRecalculation,
    pub principal_paid_status: PrincipalPaidStatus,
    pub interest_on_prepayment: InterestOnPrepayment,
    pub elements_recalculation: ElementsRecalculation,
    pub late_payments_recalculation: LatePaymentsRecalculation,
    pub allows_custom_allocation: bool,
    pub allows_redraw: bool,
    pub schedule_edits: Vec<ScheduleEdit>,
    /// Whether a last installment that would differ by more than half a minor unit for each
    /// installment is evened out over all of them.
    pub evens_installments: bool,
    /// Whether a loan may be paid out in parts that were not named before, up to its amount.
    pub disburses_in_parts: bool,
    /// The order of the components in an installment that falls due on the day of the payment;
    /// `None` is the product's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_when_due: Option<AllocationOrder>,
    /// The same in an installment that is paid ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_ahead: Option<AllocationOrder>,
    #[serde(skip_serializing_if = "PaymentsAhead::is_next")]
    pub payments_ahead: PaymentsAhead,
    /// The share of the loan amount that is owed on the day of the payout, as an installment of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_payment: Option<Rate>,
}

impl PaymentsAhead {
    /// For stored products: what was always so is not written.
    fn is_next(&self) -> bool {
        *self == PaymentsAhead::NextInstallment
    }
}

impl PaymentRules {
    /// Whether nothing is said of a schedule but when its next row falls due: a revolving credit has bills
    /// and no schedule, and no installment whose whole interest could be asked for ahead.
    pub fn is_for_bills(&self) -> bool {
        self.prepayment_recalculation == PrepaymentRecalculation::NoRecalculation
            && self.interest_on_prepayment != InterestOnPrepayment::WholeInstallment
            && self.schedule_edits.iter().all(|edit| *edit == ScheduleEdit::AdjustPaymentDates)
            && !self.disburses_in_parts
            && !self.evens_installments
            && self.has_one_order()
            && self.down_payment.is_none()
    }

    /// Whether every installment is paid in the order of the product and of the due dates.
    pub fn has_one_order(&self) -> bool {
        self.order_when_due.is_none()
            && self.order_ahead.is_none()
            && self.payments_ahead == PaymentsAhead::NextInstallment
    }
}

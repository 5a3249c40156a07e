//! Which payments a loan agrees on: a balloon's periodic payment, or a plan and the rate it comes to.

use loam_calc::calendar::Period;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{InterestTerms, payment_plan_rate};

use crate::loan::command::{LoanFigures, StatedPayment};
use crate::loan::refusal::Refusal;
use crate::loan::refusal::TermsRefusal;
use crate::loan::terms::{PlannedPayment, Terms};
use crate::product::Product;
use crate::product::payments::Amortization;

/// The periodic payment of a loan with balloon payments. Zero is what some callers send for nothing.
pub(crate) fn periodic_payment(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
    amount: Amount,
) -> Result<Option<Amount>, Refusal> {
    let text = |amount: Amount| amount.to_fixed_text(product.currency);
    let stated = match &figures.periodic_payment {
        Some(stated) => Some(Amount::parse(&stated.0, product.currency).map_err(|error| {
            TermsRefusal::InvalidPeriodicPayment { value: stated.0.clone(), reason: error.to_string() }
        })?),
        None => None,
    };
    let stated = stated.filter(|payment| !payment.is_zero());
    if product.amortization != Amortization::BalloonPayments {
        return match stated {
            Some(payment) => Err(TermsRefusal::BalloonNotAllowed { value: text(payment) }.into()),
            None => Ok(None),
        };
    }
    let payment = stated.or(current.and_then(|current| current.periodic_payment));
    let payment = payment.ok_or(TermsRefusal::MissingPeriodicPayment)?;
    if payment.is_negative() {
        let reason = "it is less than zero".to_owned();
        return Err(TermsRefusal::InvalidPeriodicPayment { value: text(payment), reason }.into());
    }
    if payment > amount {
        return Err(TermsRefusal::PeriodicPaymentAboveAmount {
            payment: text(payment),
            amount: text(amount),
        }
        .into());
    }
    Ok(Some(payment))
}

/// The payments of a payment plan: each more than zero, in order, the last one through the last
/// installment, and together more than the loan amount.
pub(crate) fn payment_plan(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
    (amount, installments): (Amount, u32),
) -> Result<Vec<PlannedPayment>, Refusal> {
    let stated = figures.payment_plan.as_deref().filter(|plan| !plan.is_empty());
    if product.amortization != Amortization::PaymentPlan {
        return if stated.is_some() {
            Err(TermsRefusal::PaymentPlanNotAllowed.into())
        } else {
            Ok(Vec::new())
        };
    }
    let plan = match stated {
        Some(stated) => stated.iter().map(|stated| planned(stated, product)).collect::<Result<_, _>>()?,
        None => current.map_or(Vec::new(), |current| current.payment_plan.clone()),
    };
    let last = plan.last().ok_or(TermsRefusal::MissingPaymentPlan)?.through;
    let mut after = 0;
    for PlannedPayment { through, .. } in &plan {
        if *through <= after {
            return Err(TermsRefusal::PaymentPlanNotOrdered { through: *through, after }.into());
        }
        after = *through;
    }
    if last != installments {
        return Err(TermsRefusal::PaymentPlanEndsElsewhere { through: last, installments }.into());
    }
    let sum = i128::from(sum(&plan));
    if sum <= i128::from(amount.minor()) {
        let sum = Amount::from_minor(i64::try_from(sum).unwrap_or(i64::MAX));
        let text = |amount: Amount| amount.to_fixed_text(product.currency);
        return Err(TermsRefusal::PaymentsNotMoreThanAmount { sum: text(sum), amount: text(amount) }.into());
    }
    Ok(plan)
}

/// The rate to which a plan comes.
pub(crate) fn rate_of(
    plan: &[PlannedPayment],
    interest: &InterestTerms,
    period: Period,
    amount: Amount,
) -> Result<Rate, Refusal> {
    let rate = payment_plan_rate(interest, period, amount, &each_payment(plan));
    Ok(rate.map_err(|error| TermsRefusal::NoRateForPayments { reason: error.to_string() })?)
}

/// The payment of each installment, in their order.
pub(crate) fn each_payment(plan: &[PlannedPayment]) -> Vec<Amount> {
    let mut payments = Vec::new();
    for planned in plan {
        let through = usize::try_from(planned.through).expect("a number of 32 bits fits");
        payments.resize(through.max(payments.len()), planned.payment);
    }
    payments
}

fn planned(stated: &StatedPayment, product: &Product) -> Result<PlannedPayment, Refusal> {
    let value = stated.payment.0.clone();
    match Amount::parse(&value, product.currency) {
        Ok(payment) if payment.is_positive() => Ok(PlannedPayment { through: stated.through, payment }),
        Ok(_) => {
            let reason = "it must be more than zero".to_owned();
            Err(TermsRefusal::InvalidPlannedPayment { value, reason }.into())
        }
        Err(error) => Err(TermsRefusal::InvalidPlannedPayment { value, reason: error.to_string() }.into()),
    }
}

/// In minor units; more than 64 bits hold is as good as the most they hold.
fn sum(plan: &[PlannedPayment]) -> i64 {
    let mut after = 0;
    let mut sum = 0_i64;
    for planned in plan {
        let times = i64::from(planned.through - after);
        sum = sum.saturating_add(planned.payment.minor().saturating_mul(times));
        after = planned.through;
    }
    sum
}

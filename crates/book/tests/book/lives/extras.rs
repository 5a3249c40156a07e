//! What may come to a product of any kind: charges, controls, securities, and how it is changed.

use loam_book::product::charges::{
    FeeAmortization, FeeCalculation, FeeTrigger, PenaltyMethod, PenaltyRules, ProductFee, TaxMethod, TaxRules,
};
use loam_book::product::controls::{
    ArrearsCountedFrom, ArrearsRules, Capping, CappingBase, CappingConstraint, ControlRules,
};
use loam_book::product::interest::{BalanceTier, PeriodTier, RateSource, RateTerms};
use loam_book::product::payments::{
    Amortization, FuturePayments, InterestOnPrepayment, LatePaymentsRecalculation, ScheduleEdit,
};
use loam_book::product::securities::{FunderCommission, FundingRules};
use loam_book::product::{ProductType, Range};
use loam_book::stated::StatedAmount;
use loam_calc::calendar::PeriodUnit;
use loam_calc::due_dates::NonWorkingDays;
use loam_calc::rate::Rate;

use super::dice::Dice;
use super::terms::Agreed;
use crate::agreed_rates::{index_key, percent};
use crate::support::{cents, text};
use crate::turns::random_turns;

type Extra = fn(&mut Agreed, &mut Dice<'_>);

/// Once in so many lives, each on its own.
pub(crate) const EXTRAS: &[(u32, Extra)] = &[
    (3, |agreed, _| agreed.product.payment_rules.schedule_edits = EDITS.to_vec()),
    (4, fees),
    (4, |agreed, dice| agreed.product.charges.penalty = any_penalty(dice)),
    (6, |agreed, dice| agreed.product.charges.tax = any_tax(dice)),
    (5, |agreed, dice| agreed.product.controls = any_controls(dice)),
    (8, |agreed, dice| {
        agreed.product.payment_rules.future_payments = FuturePayments::AcceptOverpayments;
        agreed.product.payment_rules.allows_redraw = dice.flag();
    }),
    (5, |agreed, _| agreed.product.payment_rules.allows_custom_allocation = true),
    (8, indexed),
    (8, tiered),
    (8, |agreed, dice| {
        agreed.has_weekends = true;
        agreed.product.non_working_days = dice.pick(&[
            NonWorkingDays::None,
            NonWorkingDays::NextWorkingDay,
            NonWorkingDays::PreviousWorkingDay,
            NonWorkingDays::ExtendSchedule,
        ]);
    }),
    (10, |agreed, dice| {
        agreed.product.first_due_date_offset_days.default = Some(dice.below(40));
    }),
    (10, |agreed, dice| {
        let kept = dice.cents_below(u32::try_from(agreed.cents().min(9_999)).expect("a small number")) + 1;
        agreed.figures.capitalized_fee = Some(StatedAmount(text(kept)));
    }),
    (10, funded),
    (6, |agreed, dice| random_turns(&mut agreed.product.payment_rules, dice)),
    (8, |agreed, _| agreed.product.charges.on_paid_installments = true),
    (8, |agreed, dice| {
        let share = Rate::from_ratio(i64::from(dice.below(99)) + 1, 100);
        agreed.product.payment_rules.down_payment = Some(share);
        agreed.product.payment_rules.schedule_edits = Vec::new();
    }),
];

const EDITS: [ScheduleEdit; 6] = [
    ScheduleEdit::AdjustPrincipalPaymentSchedule,
    ScheduleEdit::AdjustInterestPaymentSchedule,
    ScheduleEdit::AdjustNumberOfInstallments,
    ScheduleEdit::AdjustPaymentDates,
    ScheduleEdit::AdjustFeePaymentSchedule,
    ScheduleEdit::AdjustPenaltyPaymentSchedule,
];

fn fees(agreed: &mut Agreed, dice: &mut Dice<'_>) {
    let charges = &mut agreed.product.charges;
    charges.fees = (1..=u64::from(dice.below(3)) + 1).map(|number| any_fee(number, dice)).collect();
    if agreed.product.contradiction() == Some("loanFees") {
        // What is drawn again and again has no fees of its disbursement.
        agreed.product.charges.fees.retain(|fee| !fee.trigger.is_of_disbursement());
    }
}

fn any_fee(number: u64, dice: &mut Dice<'_>) -> ProductFee {
    let trigger = dice.pick(&[
        FeeTrigger::PaymentDue,
        FeeTrigger::LateRepayment,
        FeeTrigger::Manual,
        FeeTrigger::UpfrontDisbursement,
        FeeTrigger::Disbursement,
        FeeTrigger::CapitalizedDisbursement,
    ]);
    let calculation = dice.pick(&[
        FeeCalculation::Flat,
        FeeCalculation::LoanAmountPercentage,
        FeeCalculation::LoanAmountPercentageNumberOfInstallments,
        FeeCalculation::FlatNumberOfInstallments,
        if trigger.is_of_disbursement() {
            FeeCalculation::Flat
        } else {
            FeeCalculation::RepaymentPrincipalAmountPercentage
        },
    ]);
    ProductFee {
        calculation,
        amortization: dice.pick(&[
            FeeAmortization::None,
            FeeAmortization::SumOfYearsDigits,
            FeeAmortization::StraightLine,
            FeeAmortization::EffectiveInterestRate,
        ]),
        percentage: Some(Rate::from_ratio(dice.cents_below(4_000) + 1, 100_000)),
        amount: Some(cents(dice.cents_below(900) + 1)),
        ..crate::fees::fee(number, trigger)
    }
}

fn any_penalty(dice: &mut Dice<'_>) -> PenaltyRules {
    let rate = Rate::from_ratio(dice.cents_below(300) + 1, 10_000);
    PenaltyRules {
        method: dice.pick(&[
            PenaltyMethod::OverdueBalance,
            PenaltyMethod::OverdueBalanceAndInterest,
            PenaltyMethod::OutstandingPrincipal,
        ]),
        rate: Range { default: Some(rate), ..Range::OPEN },
        tolerance_days: dice.below(20),
    }
}

fn any_tax(dice: &mut Dice<'_>) -> TaxRules {
    TaxRules {
        on_interest: dice.flag(),
        on_fees: dice.flag(),
        on_penalties: dice.flag(),
        method: dice.pick(&[TaxMethod::Inclusive, TaxMethod::Exclusive]),
        rate: Some(Rate::from_ratio(dice.cents_below(30), 100)),
    }
}

fn any_controls(dice: &mut Dice<'_>) -> ControlRules {
    let capping = dice.one_in(3).then(|| {
        let constraint = dice.pick(&[CappingConstraint::SoftCap, CappingConstraint::HardCap]);
        Capping {
            base: dice.pick(&[
                CappingBase::OriginalPrincipalPercentage,
                CappingBase::OutstandingPrincipalPercentage,
            ]),
            constraint,
            percentage: Rate::from_ratio(dice.cents_below(20) + 1, 100),
            applies_accrued_before_locking: dice.flag() && constraint == CappingConstraint::SoftCap,
        }
    });
    ControlRules {
        arrears: ArrearsRules {
            monthly_day: dice.one_in(5).then(|| u8::try_from(dice.below(28) + 1).expect("a day")),
            floor_amount: dice.one_in(5).then(|| cents(dice.cents_below(60_000))),
            floor_percentage: dice.one_in(5).then(|| Rate::from_ratio(dice.cents_below(60), 100)),
            counted_from: dice.pick(&[
                ArrearsCountedFrom::DateOfLastLateRepayment,
                ArrearsCountedFrom::DateAccountFirstWentToArrears,
            ]),
            excludes_non_working_days: dice.flag(),
        },
        lock_after_days: dice.one_in(5).then(|| dice.below(40) + 1),
        capping,
        dormancy_days: dice.one_in(5).then(|| dice.below(20)),
        write_off_after_days: dice.one_in(8).then(|| dice.below(20)),
    }
}

/// The rate follows an index; of a fixed loan it is looked at once.
fn indexed(agreed: &mut Agreed, dice: &mut Dice<'_>) {
    let product = &mut agreed.product;
    let has_rate = product.product_type != ProductType::InterestFreeLoan
        && product.amortization != Amortization::PaymentPlan
        && product.interest_rules.rate_terms == RateTerms::Fixed;
    if !has_rate {
        return;
    }
    agreed.figures.interest_rate = None;
    product.interest_rules.source = RateSource::Index {
        source: index_key(),
        review_count: dice.below(9) + 1,
        review_unit: dice.pick(&[PeriodUnit::Months, PeriodUnit::Weeks, PeriodUnit::Days]),
        floor: dice.flag().then(|| percent("4")),
        ceiling: dice.flag().then(|| percent("8")),
        spread: Range { default: Some(percent("2")), ..Range::OPEN },
    };
}

/// Tiers by balance or by day instead of a rate, without what does not go with them.
fn tiered(agreed: &mut Agreed, dice: &mut Dice<'_>) {
    let product = &mut agreed.product;
    if product.interest_rules.source != RateSource::Fixed {
        return;
    }
    let rate = |dice: &mut Dice<'_>| Rate::from_ratio(dice.cents_below(40), 100);
    let is_by_day = dice.flag();
    product.interest_rules.rate_terms = if is_by_day {
        let tier = |ending_day, rate| PeriodTier { ending_day, rate };
        let tiers = vec![
            tier(Some(dice.below(60) + 1), rate(dice)),
            tier(Some(dice.below(60) + 61), rate(dice)),
            tier(None, rate(dice)),
        ];
        RateTerms::TieredPeriod { tiers }
    } else {
        let tier = |ending_balance, rate| BalanceTier { ending_balance, rate };
        let bound = cents(dice.cents_below(90_000) + 1);
        RateTerms::Tiered { tiers: vec![tier(Some(bound), rate(dice)), tier(None, rate(dice))] }
    };
    agreed.figures.interest_rate = None;
    if product.is_dynamic() && !is_by_day {
        product.payment_rules.late_payments_recalculation =
            LatePaymentsRecalculation::IncreaseLastInstallment;
        product.interest_rules.late_interest_to_due_date = false;
        product.payment_rules.interest_on_prepayment =
            dice.pick(&[InterestOnPrepayment::Automatic, InterestOnPrepayment::Manual]);
    }
}

/// Some of it is investors' money.
fn funded(agreed: &mut Agreed, dice: &mut Dice<'_>) {
    let commission =
        dice.pick(&[FunderCommission::PercentageOfLoanFunding, FunderCommission::FixedInterestCommissions]);
    agreed.product.securities.funding = Some(FundingRules {
        commission,
        organization_commission: Range { default: Some(Rate::from_ratio(5, 1_000)), ..Range::OPEN },
        funder_commission: Range::OPEN,
        required: None,
        locks_funds_at_approval: dice.flag(),
    });
    let mut left = agreed.cents();
    for _ in 0..=dice.below(3) {
        let part = left * (dice.cents_below(700) + 1) / 1_000;
        if part > 0 {
            agreed.funds.push(part);
            left -= part;
        }
    }
}

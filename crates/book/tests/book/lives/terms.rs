//! Random products and terms. What a product can be is a list: one line is one variant.

use jiff::civil::{Date, date};
use loam_book::loan::command::LoanFigures;
use loam_book::product::charges::{
    FeeCalculation, FeeTrigger, PenaltyMethod, PenaltyRules, ProductFee, TaxMethod, TaxRules,
};
use loam_book::product::payments::{
    FuturePayments, InterestOnPrepayment, PrepaymentRecalculation, ScheduleEdit,
};
use loam_book::product::{
    DailyAccrual, GracePeriodType, InterestApplication, PaymentMethod, PrepaymentAcceptance, Product,
    ProductDueDates, Range,
};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::{AllocationOrder, Component};
use loam_calc::calendar::PeriodUnit;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::ShortMonth;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder};

use crate::moves::text;
use crate::support::{cents, product};

/// What a random loan is agreed to.
#[derive(Debug, Clone)]
pub(crate) struct Agreed {
    pub(crate) product: Product,
    pub(crate) figures: LoanFigures,
    pub(crate) start: Date,
}

/// Choices out of random bytes. Zeros choose the first of everything, so that a failing case shrinks
/// to the plainest loan that fails.
pub(crate) struct Dice<'a>(std::slice::Iter<'a, u8>);

impl<'a> Dice<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Dice<'a> {
        Dice(bytes.iter())
    }

    /// A number below `bound`; zero when no bytes are left.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let mut byte = || u32::from(self.0.next().copied().unwrap_or(0));
        (byte() << 8 | byte()) % bound
    }

    pub(crate) fn pick<T: Clone>(&mut self, among: &[T]) -> T {
        let count = u32::try_from(among.len()).expect("a short list");
        among[usize::try_from(self.below(count)).expect("a small number")].clone()
    }
}

type Variant = (&'static str, fn(&mut Agreed, &mut Dice<'_>));

/// Every kind of product that lives are led with.
pub(crate) const VARIANTS: &[Variant] = &[
    ("flat", |agreed, _| agreed.product.interest_method = InterestMethod::Flat),
    ("equal principal", |agreed, _| agreed.product.interest_method = InterestMethod::DecliningBalance),
    ("equal installments", |agreed, _| {
        agreed.product.interest_method = InterestMethod::DecliningBalanceDiscounted;
    }),
    ("interest on disbursement", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.interest_application = InterestApplication::OnDisbursement;
    }),
    ("capitalized fee", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.figures.capitalized_fee = Some(StatedAmount(text(i64::from(dice.below(9_999)) + 1)));
    }),
    ("interest through the due date", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.marketplace.daily_accrual = DailyAccrual::EndOfDay;
        agreed.figures.accrual_through = true;
    }),
    ("grace", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.grace_period_type =
            dice.pick(&[GracePeriodType::PayInterestOnly, GracePeriodType::InterestForgiveness]);
        let installments = agreed.figures.installments.unwrap_or(5);
        agreed.figures.grace_period = Some(dice.below(installments));
    }),
    ("principal at intervals", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.figures.principal_repayment_interval = Some(dice.below(4) + 1);
    }),
    ("schedules edited by hand", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.payment_rules.schedule_edits = vec![
            ScheduleEdit::AdjustPrincipalPaymentSchedule,
            ScheduleEdit::AdjustInterestPaymentSchedule,
            ScheduleEdit::AdjustNumberOfInstallments,
        ];
    }),
    ("dynamic, prepayments change nothing", |agreed, dice| {
        dynamic(agreed, dice, &[PrepaymentRecalculation::NoRecalculation]);
    }),
    ("dynamic, prepayments reduce amounts", |agreed, dice| {
        dynamic(
            agreed,
            dice,
            &[
                PrepaymentRecalculation::RescheduleRemainingRepayments,
                PrepaymentRecalculation::RecalculateScheduleKeepSameNumberOfTerms,
                PrepaymentRecalculation::ReduceAmountPerInstallment,
            ],
        );
    }),
    ("dynamic, prepayments reduce the number of installments", |agreed, dice| {
        dynamic(
            agreed,
            dice,
            &[
                PrepaymentRecalculation::RecalculateScheduleKeepSamePrincipalAmount,
                PrepaymentRecalculation::RecalculateScheduleKeepSameTotalRepaymentAmount,
                PrepaymentRecalculation::ReduceNumberOfInstallments,
                PrepaymentRecalculation::ReduceNumberOfInstallmentsNew,
            ],
        );
    }),
    ("dynamic, overpaid and drawn again", |agreed, dice| {
        dynamic(agreed, dice, &[PrepaymentRecalculation::NoRecalculation]);
        agreed.product.payment_rules.future_payments = FuturePayments::AcceptOverpayments;
    }),
    ("tiers of rates", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        tiered(agreed, dice);
    }),
    ("dynamic, tiers of rates", |agreed, dice| {
        let methods = [
            PrepaymentRecalculation::NoRecalculation,
            PrepaymentRecalculation::RescheduleRemainingRepayments,
            PrepaymentRecalculation::ReduceNumberOfInstallments,
        ];
        dynamic(agreed, dice, &methods);
        tiered(agreed, dice);
    }),
    ("fees of the product", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.charges.fees = (1..=3).map(|number| any_fee(number, dice)).collect();
    }),
    ("penalties", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.charges.penalty = any_penalty(dice);
    }),
    ("fees of a dynamic loan", |agreed, dice| {
        dynamic(agreed, dice, &[PrepaymentRecalculation::NoRecalculation]);
        agreed.product.charges.fees = (1..=2).map(|number| any_fee(number, dice)).collect();
    }),
    ("taxes", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.charges.fees = vec![any_fee(1, dice)];
        agreed.product.charges.penalty = any_penalty(dice);
        agreed.product.charges.tax = TaxRules {
            on_interest: dice.pick(&[true, false]),
            on_fees: dice.pick(&[true, false]),
            on_penalties: dice.pick(&[true, false]),
            method: dice.pick(&[TaxMethod::Exclusive, TaxMethod::Inclusive]),
            rate: Some(Rate::from_ratio(i64::from(dice.below(30)), 100)),
        };
    }),
    ("no prepayments", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.prepayment = PrepaymentAcceptance::NoPrepayments;
    }),
    ("fixed days of the month", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        let days = dice.pick(&[vec![1], vec![15], vec![31], vec![1, 15], vec![5, 20, 30]]);
        agreed.product.due_dates =
            ProductDueDates::FixedDaysOfMonth { days, short_month: ShortMonth::LastDayInMonth };
    }),
];

fn any_fee(number: u64, dice: &mut Dice<'_>) -> ProductFee {
    let trigger = dice.pick(&[
        FeeTrigger::PaymentDue,
        FeeTrigger::LateRepayment,
        FeeTrigger::Manual,
        FeeTrigger::UpfrontDisbursement,
        FeeTrigger::Disbursement,
        FeeTrigger::CapitalizedDisbursement,
    ]);
    let of_installments =
        matches!(trigger, FeeTrigger::PaymentDue | FeeTrigger::LateRepayment | FeeTrigger::Manual);
    let calculation = dice.pick(&[
        FeeCalculation::Flat,
        FeeCalculation::LoanAmountPercentage,
        FeeCalculation::LoanAmountPercentageNumberOfInstallments,
        FeeCalculation::FlatNumberOfInstallments,
        if of_installments {
            FeeCalculation::RepaymentPrincipalAmountPercentage
        } else {
            FeeCalculation::Flat
        },
    ]);
    let percentage = Some(Rate::from_ratio(i64::from(dice.below(4_000)) + 1, 100_000));
    let amount = Some(cents(i64::from(dice.below(90)) + 1));
    ProductFee { calculation, percentage, amount, ..crate::fees::fee(number, trigger) }
}

fn any_penalty(dice: &mut Dice<'_>) -> PenaltyRules {
    let rate = Rate::from_ratio(i64::from(dice.below(300)) + 1, 10_000);
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

/// A product whose interest follows what is outstanding.
fn dynamic(agreed: &mut Agreed, dice: &mut Dice<'_>, methods: &[PrepaymentRecalculation]) {
    let flag = |dice: &mut Dice<'_>| dice.pick(&[false, true]);
    let base = crate::dynamic::dynamic();
    let product = &mut agreed.product;
    product.product_type = base.product_type;
    product.remainder = base.remainder;
    product.payment_rules.late_payments_recalculation = base.payment_rules.late_payments_recalculation;
    product.interest_method =
        dice.pick(&[InterestMethod::DecliningBalanceDiscounted, InterestMethod::DecliningBalance]);
    product.payment_rules.prepayment_recalculation = dice.pick(methods);
    product.interest_rules.accrues_late_interest = flag(dice);
    product.interest_rules.late_interest_to_due_date = flag(dice);
    product.interest_rules.accrues_after_maturity = flag(dice);
    product.payment_rules.interest_on_prepayment = dice.pick(&[
        InterestOnPrepayment::Automatic,
        InterestOnPrepayment::Manual,
        InterestOnPrepayment::WholeInstallment,
    ]);
    product.payment_method = dice.pick(&[PaymentMethod::Horizontal, PaymentMethod::Vertical]);
    product.payment_rules.evens_installments = flag(dice);
    product.grace_period_type =
        dice.pick(&[GracePeriodType::PayInterestOnly, GracePeriodType::InterestForgiveness]);
    product.grace_period.default = Some(dice.below(3));
    product.principal_repayment_interval = dice.below(3) + 1;
    assert_eq!(product.contradiction(), None);
}

/// Tiers by balance or by day instead of a rate, without what does not go with them.
fn tiered(agreed: &mut Agreed, dice: &mut Dice<'_>) {
    let by_day = dice.pick(&[false, true]);
    agreed.product.interest_rules.rate_terms = crate::moves::tiers(by_day);
    agreed.figures.interest_rate = None;
    if !by_day {
        agreed.product.interest_rules.late_interest_to_due_date = false;
        agreed.product.payment_rules.interest_on_prepayment =
            dice.pick(&[InterestOnPrepayment::Automatic, InterestOnPrepayment::Manual]);
    }
    if !agreed.product.is_dynamic() {
        agreed.product.payment_rules.interest_on_prepayment = InterestOnPrepayment::default();
    }
    assert_eq!(agreed.product.contradiction(), None);
}

const METHODS: [InterestMethod; 3] =
    [InterestMethod::DecliningBalance, InterestMethod::DecliningBalanceDiscounted, InterestMethod::Flat];

/// A loan of this variant; what the variant says nothing about is left to the dice.
pub(crate) fn agreed((_, variant): &Variant, dice: &mut Dice<'_>) -> Agreed {
    let mut agreed =
        Agreed { product: random_product(dice), figures: random_figures(dice), start: start(dice) };
    variant(&mut agreed, dice);
    agreed
}

fn start(dice: &mut Dice<'_>) -> Date {
    dice.pick(&[
        date(2012, 6, 28),
        date(2012, 1, 31),
        date(2011, 12, 15),
        date(2012, 2, 29),
        date(2013, 3, 30),
    ])
}

fn random_product(dice: &mut Dice<'_>) -> Product {
    let base = product();
    Product {
        amount: Range::OPEN,
        charge_frequency: dice.pick(&[
            ChargeFrequency::Annualized,
            ChargeFrequency::EveryMonth,
            ChargeFrequency::EveryFourWeeks,
            ChargeFrequency::EveryWeek,
            ChargeFrequency::EveryDay,
            ChargeFrequency::EveryXDays(10),
        ]),
        day_count: dice.pick(&[
            DayCount::Actual365Fixed,
            DayCount::Actual360,
            DayCount::Actual364,
            DayCount::ThirtyE360,
            DayCount::ThirtyUs360,
            DayCount::ActualActualIsda,
            DayCount::ActualActualYearOfEnd,
        ]),
        days_method: dice.pick(&[DaysMethod::ActualDays, DaysMethod::RepaymentPeriodicity]),
        due_dates: dice.pick(&[
            every(1, PeriodUnit::Months),
            every(2, PeriodUnit::Weeks),
            every(10, PeriodUnit::Days),
            every(3, PeriodUnit::Months),
        ]),
        remainder: dice.pick(&[
            Remainder::None,
            Remainder::First,
            Remainder::Last,
            Remainder::PrincipalAndInterestIntoLast,
        ]),
        installment_rounding: dice.pick(&[
            InstallmentRounding::None,
            InstallmentRounding::None,
            InstallmentRounding::ToNearest(cents(1_00)),
            InstallmentRounding::UpTo(cents(5_00)),
        ]),
        rounding: dice.pick(&[Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down]),
        allocation_order: order(dice),
        arrears_tolerance_days: Range { default: Some(dice.below(10)), ..base.arrears_tolerance_days },
        ..base
    }
}

fn every(count: u32, unit: PeriodUnit) -> ProductDueDates {
    ProductDueDates::Interval { count: Some(count), unit: Some(unit) }
}

fn order(dice: &mut Dice<'_>) -> AllocationOrder {
    let mut left = vec![Component::Fee, Component::Penalty, Component::Interest, Component::Principal];
    let order = [4, 3, 2, 1].map(|count| left.remove(usize::try_from(dice.below(count)).expect("small")));
    AllocationOrder::try_new(order).expect("each component once")
}

fn random_figures(dice: &mut Dice<'_>) -> LoanFigures {
    let cents = match dice.below(4) {
        0 => 950_00,
        1 => i64::from(dice.below(1_000)) + 1,
        2 => i64::from(dice.below(60_000)) + 100_00,
        _ => i64::from(dice.below(60_000)) * 1_013 + 1_000_01,
    };
    LoanFigures {
        amount: Some(StatedAmount(text(cents))),
        interest_rate: Some(StatedPercent(
            dice.pick(&["2.5", "12", "0", "0.77", "9.123456789", "36", "100"]).into(),
        )),
        installments: Some(dice.pick(&[5, 1, 2, 3, 7, 12, 24])),
        ..LoanFigures::default()
    }
}

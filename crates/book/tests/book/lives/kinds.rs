//! Every kind of product that lives are led with. One line is one kind.

use jiff::ToSpan;
use loam_book::loan::command::{LoanFigures, StatedPayment, TrancheFigure};
use loam_book::product::interest::{BalanceTier, InterestBalance, InterestType, PeriodTier, RateTerms};
use loam_book::product::payments::{
    Amortization, FuturePayments, InterestOnPrepayment, LatePaymentsRecalculation, PrepaymentRecalculation,
};
use loam_book::product::securities::{PrincipalPaymentMethod, RevolvingRules};
use loam_book::product::{
    DailyAccrual, GracePeriodType, InterestApplication, PaymentMethod, PrepaymentAcceptance, ProductDueDates,
    ProductType, Range,
};
use loam_book::stated::StatedAmount;
use loam_calc::day_count::DaysMethod;
use loam_calc::due_dates::ShortMonth;
use loam_calc::rate::Rate;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder, RoundedElements};

use super::dice::Dice;
use super::terms::{Agreed, METHODS};
use crate::support::{cents, text};

pub(crate) type Kind = (&'static str, fn(&mut Agreed, &mut Dice<'_>));

pub(crate) const KINDS: &[Kind] = &[
    ("flat", |agreed, _| agreed.product.interest_method = InterestMethod::Flat),
    ("equal principal", |agreed, _| agreed.product.interest_method = InterestMethod::DecliningBalance),
    ("equal installments", |agreed, _| {
        agreed.product.interest_method = InterestMethod::DecliningBalanceDiscounted;
    }),
    ("interest on disbursement", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.interest_application = InterestApplication::OnDisbursement;
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
        agreed.figures.grace_period = Some(dice.below(count_of(&agreed.figures)));
    }),
    ("principal at intervals", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.figures.principal_repayment_interval = Some(dice.below(4) + 1);
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
    ("every element is rounded", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.figures.amount = Some(StatedAmount(text(950_00 + dice.cents_below(10_000) * 5_00)));
        agreed.product.installment_rounding =
            dice.pick(&[InstallmentRounding::ToNearest(cents(1_00)), InstallmentRounding::UpTo(cents(5_00))]);
        agreed.product.payment_rules.rounded_elements = RoundedElements::RoundAll;
    }),
    ("balloon", |agreed, dice| {
        annuity(agreed, Amortization::BalloonPayments);
        let share = dice.cents_below(400) + 1;
        agreed.figures.periodic_payment = Some(StatedAmount(text((agreed.cents() * share / 1_000).max(1))));
    }),
    ("optimized payments", |agreed, _| annuity(agreed, Amortization::OptimizedPayments)),
    ("payment plan", |agreed, dice| {
        annuity(agreed, Amortization::PaymentPlan);
        agreed.product.days_method = DaysMethod::RepaymentPeriodicity;
        agreed.figures.interest_rate = None;
        let count = count_of(&agreed.figures);
        let interest = dice.cents_below(300) + 20;
        let payment = agreed.cents() * (1_000 + interest) / 1_000 / i64::from(count) + 1;
        let stated = |through, cents| StatedPayment { through, payment: StatedAmount(text(cents)) };
        let first = dice.below(count);
        let mut plan = vec![stated(count, payment)];
        if first > 0 {
            plan.insert(0, stated(first, payment + dice.cents_below(500)));
        }
        agreed.figures.payment_plan = Some(plan);
    }),
    ("tiers by balance", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.figures.interest_rate = None;
        let tier =
            |ending_balance, percent| BalanceTier { ending_balance, rate: Rate::from_ratio(percent, 100) };
        let bound = cents(agreed.cents() / (dice.cents_below(4) + 1) + 1);
        let tiers = vec![tier(Some(bound), dice.cents_below(40)), tier(None, dice.cents_below(40))];
        agreed.product.interest_rules.rate_terms = RateTerms::Tiered { tiers };
    }),
    ("tiers by day", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.figures.interest_rate = None;
        let tier = |ending_day, percent| PeriodTier { ending_day, rate: Rate::from_ratio(percent, 100) };
        let tiers =
            vec![tier(Some(dice.below(90) + 1), dice.cents_below(40)), tier(None, dice.cents_below(40))];
        agreed.product.interest_rules.rate_terms = RateTerms::TieredPeriod { tiers };
    }),
    ("interest free", |agreed, dice| {
        agreed.product.interest_method = dice.pick(&METHODS);
        agreed.product.product_type = ProductType::InterestFreeLoan;
        agreed.figures.interest_rate = None;
    }),
    ("interest free and dynamic", |agreed, dice| {
        dynamic(agreed, dice, &KEEPING);
        agreed.product.product_type = ProductType::InterestFreeLoan;
        agreed.product.payment_method = PaymentMethod::Vertical;
        agreed.figures.interest_rate = None;
    }),
    ("dynamic, prepayments change nothing", |agreed, dice| {
        dynamic(agreed, dice, &[PrepaymentRecalculation::NoRecalculation]);
    }),
    ("dynamic, prepayments reduce amounts", |agreed, dice| dynamic(agreed, dice, &KEEPING[1..])),
    ("dynamic, prepayments reduce the number of installments", |agreed, dice| {
        dynamic(agreed, dice, &SHORTENING);
    }),
    ("dynamic, overpaid and drawn again", |agreed, dice| {
        dynamic(agreed, dice, &[PrepaymentRecalculation::NoRecalculation]);
        agreed.product.payment_rules.future_payments = FuturePayments::AcceptOverpayments;
        agreed.product.payment_rules.allows_redraw = true;
    }),
    ("dynamic, late interest with what is overdue", |agreed, dice| {
        dynamic(agreed, dice, &KEEPING);
        agreed.product.interest_rules.late_interest_to_due_date = false;
        agreed.product.payment_rules.late_payments_recalculation =
            LatePaymentsRecalculation::IncreaseOverdueInstallments;
    }),
    ("interest on interest", |agreed, dice| {
        dynamic(agreed, dice, &KEEPING);
        compounding(agreed, dice);
        agreed.product.interest_rules.accrues_late_interest = true;
        agreed.product.interest_rules.late_interest_to_due_date = false;
        agreed.product.interest_rules.balance = InterestBalance::PrincipalAndInterest;
    }),
    ("interest is added to the principal", capitalizing),
    ("paid out in parts", |agreed, dice| {
        let methods = if dice.flag() { &SHORTENING } else { &KEEPING };
        dynamic(agreed, dice, methods);
        in_parts(agreed, dice);
    }),
    ("tranches", |agreed, dice| {
        dynamic(agreed, dice, &KEEPING);
        agreed.product.product_type = ProductType::TranchedLoan;
        agreed.product.max_tranches = Some(3);
        let first = (agreed.cents() * (dice.cents_below(900) + 50) / 1_000).max(1);
        let tranche =
            |cents, expected_on| TrancheFigure { key: None, amount: StatedAmount(text(cents)), expected_on };
        let rest = (agreed.cents() - first).max(1);
        // Half of the lives are reminded of the second one.
        let days = i64::from(dice.below(90)) + 1;
        let second = dice.flag().then(|| agreed.start.saturating_add(days.days()));
        agreed.figures.tranches = Some(vec![tranche(first, Some(agreed.start)), tranche(rest, second)]);
    }),
    ("revolving credit", |agreed, dice| {
        revolving(agreed, dice, PrincipalPaymentMethod::Flat);
    }),
    ("revolving credit, by share", |agreed, dice| {
        let method = dice.pick(&[
            PrincipalPaymentMethod::OutstandingPrincipalPercentage,
            PrincipalPaymentMethod::TotalBalancePercentage,
        ]);
        revolving(agreed, dice, method);
    }),
];

const KEEPING: [PrepaymentRecalculation; 4] = [
    PrepaymentRecalculation::NoRecalculation,
    PrepaymentRecalculation::RescheduleRemainingRepayments,
    PrepaymentRecalculation::RecalculateScheduleKeepSameNumberOfTerms,
    PrepaymentRecalculation::ReduceAmountPerInstallment,
];

const SHORTENING: [PrepaymentRecalculation; 4] = [
    PrepaymentRecalculation::RecalculateScheduleKeepSamePrincipalAmount,
    PrepaymentRecalculation::RecalculateScheduleKeepSameTotalRepaymentAmount,
    PrepaymentRecalculation::ReduceNumberOfInstallments,
    PrepaymentRecalculation::ReduceNumberOfInstallmentsNew,
];

fn count_of(figures: &LoanFigures) -> u32 {
    figures.installments.unwrap_or(5)
}

fn annuity(agreed: &mut Agreed, amortization: Amortization) {
    agreed.product.interest_method = InterestMethod::DecliningBalanceDiscounted;
    agreed.product.amortization = amortization;
    agreed.product.remainder = Remainder::Last;
    agreed.product.installment_rounding = InstallmentRounding::None;
}

/// A product whose interest follows what is outstanding.
fn dynamic(agreed: &mut Agreed, dice: &mut Dice<'_>, methods: &[PrepaymentRecalculation]) {
    let base = crate::dynamic::dynamic();
    let product = &mut agreed.product;
    product.product_type = base.product_type;
    product.remainder = base.remainder;
    product.payment_rules.late_payments_recalculation = base.payment_rules.late_payments_recalculation;
    product.interest_method =
        dice.pick(&[InterestMethod::DecliningBalanceDiscounted, InterestMethod::DecliningBalance]);
    product.payment_rules.prepayment_recalculation = dice.pick(methods);
    product.interest_rules.accrues_late_interest = dice.flag();
    product.interest_rules.late_interest_to_due_date = dice.flag();
    product.interest_rules.accrues_after_maturity = dice.flag();
    product.payment_rules.interest_on_prepayment = dice.pick(&[
        InterestOnPrepayment::Automatic,
        InterestOnPrepayment::Manual,
        InterestOnPrepayment::WholeInstallment,
    ]);
    product.payment_method = dice.pick(&[PaymentMethod::Horizontal, PaymentMethod::Vertical]);
    product.payment_rules.evens_installments = dice.flag();
    product.grace_period_type =
        dice.pick(&[GracePeriodType::PayInterestOnly, GracePeriodType::InterestForgiveness]);
    product.grace_period.default = Some(dice.below(3));
    product.principal_repayment_interval = dice.below(3) + 1;
}

/// Interest on interest at a hundred percent a day is soon more than an amount can be.
fn compounding(agreed: &mut Agreed, dice: &mut Dice<'_>) {
    agreed.product.charge_frequency = dice.pick(&[
        ChargeFrequency::Annualized,
        ChargeFrequency::EveryMonth,
        ChargeFrequency::EveryFourWeeks,
    ]);
}

/// Interest is added to the principal, without what does not go with that.
fn capitalizing(agreed: &mut Agreed, dice: &mut Dice<'_>) {
    let methods = if dice.flag() { &SHORTENING } else { &KEEPING };
    dynamic(agreed, dice, methods);
    compounding(agreed, dice);
    let product = &mut agreed.product;
    product.interest_rules.interest_type = InterestType::CapitalizedInterest;
    product.interest_rules.late_interest_to_due_date = false;
    product.payment_rules.interest_on_prepayment =
        dice.pick(&[InterestOnPrepayment::Automatic, InterestOnPrepayment::Manual]);
    if dice.one_in(3) {
        in_parts(agreed, dice);
    }
}

/// It is paid out in parts that nobody named before.
fn in_parts(agreed: &mut Agreed, dice: &mut Dice<'_>) {
    agreed.product.payment_rules.disburses_in_parts = true;
    agreed.first_part = Some((agreed.cents() * (dice.cents_below(900) + 100) / 1_000).max(1));
}

/// A credit that is drawn and repaid, with bills that are a part of what it is.
fn revolving(agreed: &mut Agreed, dice: &mut Dice<'_>, method: PrincipalPaymentMethod) {
    dynamic(agreed, dice, &[PrepaymentRecalculation::NoRecalculation]);
    let limit = agreed.cents();
    let bound =
        |dice: &mut Dice<'_>| dice.one_in(3).then(|| cents(limit * (dice.cents_below(300) + 1) / 1_000));
    let flat = cents((limit * (dice.cents_below(300) + 1) / 1_000).max(1));
    let (floor, ceiling) = (bound(dice), bound(dice));
    let percentage = Rate::from_ratio(dice.cents_below(60) + 1, 100);
    let product = &mut agreed.product;
    product.product_type = ProductType::RevolvingCredit;
    product.days_method = DaysMethod::ActualDays;
    product.interest_method = InterestMethod::DecliningBalance;
    product.grace_period_type = GracePeriodType::None;
    product.grace_period = Range { default: Some(0), ..product.grace_period };
    product.principal_repayment_interval = 1;
    product.installment_rounding = InstallmentRounding::None;
    product.payment_rules.evens_installments = false;
    product.payment_rules.interest_on_prepayment =
        dice.pick(&[InterestOnPrepayment::Automatic, InterestOnPrepayment::Manual]);
    product.revolving = Some(RevolvingRules {
        method,
        amount: Range { default: Some(flat), ..Range::OPEN },
        percentage: Range { default: Some(percentage), ..Range::OPEN },
        floor: floor.filter(|floor| ceiling.is_none_or(|ceiling| *floor <= ceiling)),
        ceiling,
        floor_includes_interest: dice.flag(),
        floor_includes_fees: dice.flag(),
    });
    agreed.figures.installments = None;
    agreed.first_part = Some((limit * (dice.cents_below(900) + 100) / 1_000).max(1));
}

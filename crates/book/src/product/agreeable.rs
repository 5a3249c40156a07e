//! What a product says about rates, payments and rounding, and where that contradicts itself.

use loam_calc::calendar::PeriodUnit;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::rate::Rate;
use loam_calc::schedule::{
    BalanceTier, DayTier, InstallmentRounding, InterestMethod, RateTiers, Remainder, RoundedElements,
};

use crate::ids::is_possible_id;
use crate::product::interest::{RateSource, RateTerms};
use crate::product::payments::{Amortization, PaymentRules, PrepaymentRecalculation};
use crate::product::{DailyAccrual, GracePeriodType, IdPattern, PaymentMethod, Product, ProductType, Range};

impl RateTerms {
    /// The tiers by balance as schedules have them; empty where there are none.
    pub fn balance_tiers(&self) -> Vec<BalanceTier> {
        match self {
            RateTerms::Tiered { tiers } => {
                tiers.iter().map(|tier| BalanceTier { up_to: tier.ending_balance, rate: tier.rate }).collect()
            }
            RateTerms::Fixed | RateTerms::TieredPeriod { .. } => Vec::new(),
        }
    }

    /// The tiers by the days of the loan as schedules have them; empty where there are none.
    pub fn day_tiers(&self) -> Vec<DayTier> {
        match self {
            RateTerms::TieredPeriod { tiers } => {
                tiers.iter().map(|tier| DayTier { through_day: tier.ending_day, rate: tier.rate }).collect()
            }
            RateTerms::Fixed | RateTerms::Tiered { .. } => Vec::new(),
        }
    }

    fn are_in_order(&self) -> bool {
        match self {
            RateTerms::Fixed => true,
            RateTerms::Tiered { .. } => RateTiers::ByBalance(&self.balance_tiers()).check().is_ok(),
            RateTerms::TieredPeriod { .. } => RateTiers::ByDay(&self.day_tiers()).check().is_ok(),
        }
    }
}

impl ProductType {
    /// Whether the rows of its loans follow what is paid. Interest free loans have fixed rows, or
    /// dynamic ones where the rules of payment say what a payment changes.
    pub fn is_dynamic(self, rules: &PaymentRules, method: PaymentMethod) -> bool {
        match self {
            ProductType::DynamicTermLoan | ProductType::TranchedLoan | ProductType::RevolvingCredit => true,
            ProductType::InterestFreeLoan => {
                rules.prepayment_recalculation != PrepaymentRecalculation::NoRecalculation
                    || method == PaymentMethod::Vertical
            }
            ProductType::FixedTermLoan => false,
        }
    }
}

impl Product {
    /// Whether the schedule is fixed when the loan is paid out.
    pub fn has_fixed_schedule(&self) -> bool {
        match self.product_type {
            ProductType::FixedTermLoan => true,
            ProductType::InterestFreeLoan => !self.is_dynamic(),
            ProductType::DynamicTermLoan | ProductType::TranchedLoan | ProductType::RevolvingCredit => false,
        }
    }

    /// The name of the first figure about rates, payments or rounding that contradicts another one.
    pub(super) fn contradicting_agreement(&self) -> Option<&'static str> {
        let rates = self.contradicting_rates();
        rates.or_else(|| self.contradicting_payments()).or_else(|| self.contradicting_rounding())
    }

    fn contradicting_rates(&self) -> Option<&'static str> {
        let rules = &self.interest_rules;
        let is_free = self.product_type == ProductType::InterestFreeLoan;
        let is_tiered = rules.rate_terms != RateTerms::Fixed;
        let is_by_days = !rules.rate_terms.day_tiers().is_empty();
        let is_indexed = rules.source != RateSource::Fixed;
        let no_rate = |rate: Option<Rate>| rate.is_none_or(Rate::is_zero);
        let range = &self.interest_rate;
        let pairs = [
            (!(is_free && is_tiered), "interestRateTerms"),
            (!(is_free && is_indexed), "interestRateSource"),
            (!is_free || [range.min, range.default, range.max].into_iter().all(no_rate), "interestRate"),
            (!(is_tiered && is_indexed), "interestRateTerms"),
            (!(is_tiered || is_indexed) || *range == Range::OPEN, "interestRate"),
            // A period with a leap day counts as a whole, which bills and tiers by days do not have.
            (
                self.day_count != DayCount::ActualActualLeapDay
                    || self.product_type != ProductType::RevolvingCredit && !is_by_days,
                "daysInYear",
            ),
            (rules.rate_terms.are_in_order(), "interestRateTiers"),
        ];
        let broken = first_broken(&pairs).or_else(|| self.contradicts_tiers());
        broken.or_else(|| contradicting_index(&rules.source))
    }

    fn contradicting_payments(&self) -> Option<&'static str> {
        let is_annuity = self.interest_method == InterestMethod::DecliningBalanceDiscounted;
        let takes_first = self.remainder == Remainder::First;
        let is_rounded = self.installment_rounding != InstallmentRounding::None;
        let pairs = [
            (self.has_fixed_schedule(), "amortizationMethod"),
            (is_annuity, "interestCalculationMethod"),
            (!takes_first, "roundingRepaymentScheduleMethod"),
        ];
        match self.amortization {
            Amortization::StandardPayments => None,
            Amortization::OptimizedPayments => first_broken(&pairs),
            Amortization::BalloonPayments => {
                first_broken(&pairs).or((is_rounded).then_some("repaymentCurrencyRounding"))
            }
            Amortization::PaymentPlan => first_broken(&pairs).or_else(|| self.contradicting_plan()),
        }
    }

    /// The payments of a plan are agreed to the cent, and its rate follows from them alone.
    fn contradicting_plan(&self) -> Option<&'static str> {
        let settles = self.remainder == Remainder::PrincipalAndInterestIntoLast;
        let pairs = [
            (self.product_type != ProductType::InterestFreeLoan, "loanProductType"),
            (self.days_method == DaysMethod::RepaymentPeriodicity, "scheduleInterestDaysCountMethod"),
            (self.interest_rules.rate_terms == RateTerms::Fixed, "interestRateTerms"),
            (self.interest_rules.source == RateSource::Fixed, "interestRateSource"),
            (self.interest_rate.default.is_none(), "defaultInterestRate"),
            (self.grace_period_type == GracePeriodType::None, "gracePeriodType"),
            (self.principal_repayment_interval == 1, "defaultPrincipalRepaymentInterval"),
            (self.marketplace.daily_accrual == DailyAccrual::StartOfDay, "dailyAccrual"),
            (self.installment_rounding == InstallmentRounding::None, "repaymentCurrencyRounding"),
            (!settles, "roundingRepaymentScheduleMethod"),
        ];
        first_broken(&pairs)
    }

    /// A pattern that draws nothing, or ids that cannot be.
    pub(super) fn has_possible_ids(&self) -> bool {
        match &self.id_pattern {
            IdPattern::Incremental => true,
            IdPattern::Random(pattern) => {
                let is_drawn = |symbol: char| ['@', '#', '$'].contains(&symbol);
                pattern.contains(is_drawn) && is_possible_id(&pattern.replace(is_drawn, "0"))
            }
        }
    }

    fn contradicting_rounding(&self) -> Option<&'static str> {
        let rounds_all = self.payment_rules.rounded_elements == RoundedElements::RoundAll;
        let has_multiple = self.installment_rounding != InstallmentRounding::None;
        let holds = !rounds_all || (has_multiple && self.has_fixed_schedule());
        (!holds).then_some("repaymentElementsRoundingMethod")
    }
}

fn contradicting_index(source: &RateSource) -> Option<&'static str> {
    let RateSource::Index { review_count, review_unit, floor, ceiling, spread, .. } = source else {
        return None;
    };
    let is_reviewable = match review_unit {
        PeriodUnit::Days | PeriodUnit::Weeks | PeriodUnit::Months => true,
        PeriodUnit::Years => false,
    };
    let pairs = [
        (spread.is_ordered(), "interestSpread"),
        (floor.zip(*ceiling).is_none_or(|(floor, ceiling)| floor <= ceiling), "interestRateFloorValue"),
        (*review_count > 0, "interestRateReviewCount"),
        (is_reviewable, "interestRateReviewUnit"),
    ];
    first_broken(&pairs)
}

fn first_broken(pairs: &[(bool, &'static str)]) -> Option<&'static str> {
    pairs.iter().find(|(holds, _)| !holds).map(|(_, field)| *field)
}

//! What a product may say and this version services. The rest is refused when the product is saved.

use loam_calc::day_count::DaysMethod;
use loam_calc::rate::Rate;
use loam_calc::schedule::{InterestMethod, Remainder};

use crate::product::interest::{InterestBalance, InterestRules, InterestType, RateTerms};
use crate::product::payments::{
    Amortization, InterestOnPrepayment, LatePaymentsRecalculation, PaymentRules, PaymentsAhead,
    PrepaymentRecalculation,
};
use crate::product::{
    DailyAccrual, GracePeriodType, InterestApplication, PaymentMethod, Product, ProductType,
};

impl Product {
    /// Whether interest of its loans follows what is outstanding.
    pub fn is_dynamic(&self) -> bool {
        self.product_type.is_dynamic(&self.payment_rules, self.payment_method)
    }

    /// A dynamic loan has declining interest, applied with the repayments and up to the due dates; no
    /// remainder is settled in a last row that follows what is paid.
    pub(super) fn is_type_serviced(&self) -> bool {
        match self.product_type {
            ProductType::FixedTermLoan => true,
            ProductType::InterestFreeLoan if !self.is_dynamic() => true,
            ProductType::InterestFreeLoan | ProductType::DynamicTermLoan | ProductType::TranchedLoan => {
                self.interest_method != InterestMethod::Flat
                    && self.interest_application == InterestApplication::OnRepayment
                    && self.marketplace.daily_accrual == DailyAccrual::StartOfDay
                    && self.remainder != Remainder::PrincipalAndInterestIntoLast
            }
            // Its bills take the place of a schedule, and of everything that one can say. Draws come
            // on any day, so interest counts days and not periods.
            ProductType::RevolvingCredit => {
                self.revolving.is_some_and(|rules| rules.is_possible())
                    && self.interest_method == InterestMethod::DecliningBalance
                    && self.days_method == DaysMethod::ActualDays
                    && self.interest_application == InterestApplication::OnRepayment
                    && self.marketplace.daily_accrual == DailyAccrual::StartOfDay
                    && self.grace_period_type == GracePeriodType::None
                    && self.payment_rules.is_for_bills()
            }
        }
    }

    /// What comes early or late changes a dynamic schedule only; what is too much any loan may keep.
    pub(super) fn are_payment_rules_serviced(&self) -> bool {
        let rules = &self.payment_rules;
        // Component by component there are no turns of installments; and a payment that spreads the
        // rest anew is taken by the next one.
        let has_turns = self.payment_method == PaymentMethod::Horizontal;
        let spreads = rules.prepayment_recalculation != PrepaymentRecalculation::NoRecalculation;
        if rules.down_payment.is_some_and(|share| !self.can_ask_for_down_payment(share)) {
            return false;
        }
        if !has_turns && !rules.has_one_order()
            || spreads && rules.payments_ahead == PaymentsAhead::LastInstallment
        {
            return false;
        }
        if !self.is_dynamic() {
            let serviced = PaymentRules {
                future_payments: rules.future_payments,
                allows_redraw: rules.allows_redraw,
                evens_installments: rules.evens_installments,
                allows_custom_allocation: rules.allows_custom_allocation,
                schedule_edits: rules.schedule_edits.clone(),
                rounded_elements: rules.rounded_elements,
                order_when_due: rules.order_when_due,
                order_ahead: rules.order_ahead,
                payments_ahead: rules.payments_ahead,
                down_payment: rules.down_payment,
                ..PaymentRules::default()
            };
            return *rules == serviced;
        }
        // Late interest that has a place of its own is principal's, and counted up to the payment.
        rules.late_payments_recalculation == LatePaymentsRecalculation::IncreaseLastInstallment
            || self.interest_rules.balance == InterestBalance::PrincipalOnly
                && !self.interest_rules.late_interest_to_due_date
    }

    /// Of a loan that is paid out at once and whose other installments follow from the rest: no agreed
    /// payments, no edits that could move it.
    fn can_ask_for_down_payment(&self, share: Rate) -> bool {
        let is_share = !share.is_zero() && share < Rate::from_ratio(1, 1);
        let has_rest = self.amortization == Amortization::StandardPayments;
        is_share && has_rest && !self.is_dynamic() && self.payment_rules.schedule_edits.is_empty()
    }

    pub(super) fn are_interest_rules_serviced(&self) -> bool {
        let rules = &self.interest_rules;
        let serviced = if self.is_dynamic() {
            InterestRules {
                source: rules.source.clone(),
                // Where they go with the rest; see `agreeable.rs`.
                rate_terms: rules.rate_terms.clone(),
                interest_type: self.interest_type_serviced(),
                accrues_after_maturity: rules.accrues_after_maturity,
                accrues_late_interest: rules.accrues_late_interest,
                late_interest_to_due_date: rules.late_interest_to_due_date,
                balance: self.interest_balance_serviced(),
            }
        } else {
            // Where the rate comes from is agreed once; see `agreeable.rs`.
            InterestRules {
                source: rules.source.clone(),
                rate_terms: rules.rate_terms.clone(),
                ..InterestRules::default()
            }
        };
        *rules == serviced
    }

    /// Interest may be added to the principal of a loan whose rows follow what is outstanding.
    fn interest_type_serviced(&self) -> InterestType {
        match self.product_type {
            ProductType::DynamicTermLoan | ProductType::TranchedLoan => self.interest_rules.interest_type,
            ProductType::FixedTermLoan | ProductType::InterestFreeLoan | ProductType::RevolvingCredit => {
                InterestType::SimpleInterest
            }
        }
    }

    /// The first field that does not go with interest that is added to the principal.
    pub(super) fn contradicts_capitalized_interest(&self) -> Option<&'static str> {
        if self.interest_rules.interest_type == InterestType::SimpleInterest {
            return None;
        }
        let rules = &self.payment_rules;
        // What makes principal of interest bears interest: not before it has grown, and not as interest
        // of its own in a row.
        let is_placed =
            rules.late_payments_recalculation == LatePaymentsRecalculation::IncreaseLastInstallment;
        let is_at_once = rules.interest_on_prepayment != InterestOnPrepayment::WholeInstallment;
        let pairs = [
            (is_placed, "latePaymentsRecalculationMethod"),
            (is_at_once, "applyInterestOnPrepaymentMethod"),
            (
                self.interest_rules.balance == InterestBalance::PrincipalOnly,
                "interestBalanceCalculationMethod",
            ),
            (!self.interest_rules.late_interest_to_due_date, "accrueLateInterest"),
            (!self.charges.tax.on_interest || self.charges.tax.rate.is_none(), "taxSettings"),
            (self.securities.funding.is_none(), "fundingSettings"),
        ];
        pairs.into_iter().find(|(holds, _)| !holds).map(|(_, field)| field)
    }

    /// The first field that does not go with tiers on a dynamic loan. The rate of a part of the balance
    /// depends on all of it, so nothing may bear interest apart from the rest; and a funder's part of
    /// interest is a part of one rate.
    pub(super) fn contradicts_tiers(&self) -> Option<&'static str> {
        let (rules, interest) = (&self.payment_rules, &self.interest_rules);
        let is_by_balance = !interest.rate_terms.balance_tiers().is_empty();
        // With bills, late interest comes with the next one.
        let has_late = interest.accrues_late_interest && self.product_type != ProductType::RevolvingCredit;
        let is_placed =
            rules.late_payments_recalculation == LatePaymentsRecalculation::IncreaseLastInstallment;
        let is_at_once = rules.interest_on_prepayment != InterestOnPrepayment::WholeInstallment;
        if !self.is_dynamic() || interest.rate_terms == RateTerms::Fixed {
            return None;
        }
        let pairs = [
            (!is_by_balance || is_placed || !has_late, "latePaymentsRecalculationMethod"),
            (!is_by_balance || is_at_once, "applyInterestOnPrepaymentMethod"),
            (!is_by_balance || !interest.late_interest_to_due_date || !has_late, "accrueLateInterest"),
            (self.securities.funding.is_none(), "fundingSettings"),
        ];
        pairs.into_iter().find(|(holds, _)| !holds).map(|(_, field)| field)
    }

    /// Interest on interest is late interest: it runs as long as that does, up to the day of payment.
    fn interest_balance_serviced(&self) -> InterestBalance {
        let rules = &self.interest_rules;
        if rules.accrues_late_interest && !rules.late_interest_to_due_date {
            rules.balance
        } else {
            InterestBalance::PrincipalOnly
        }
    }
}

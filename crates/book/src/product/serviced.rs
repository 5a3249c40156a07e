//! What a product may say and this version services. The rest is refused when the product is saved.

use loam_calc::schedule::{InterestMethod, Remainder};

use crate::product::interest::InterestRules;
use crate::product::payments::{LatePaymentsRecalculation, PaymentRules};
use crate::product::{DailyAccrual, InterestApplication, Product, ProductType};

impl Product {
    /// Whether interest of its loans follows what is outstanding.
    pub fn is_dynamic(&self) -> bool {
        match self.product_type {
            ProductType::DynamicTermLoan | ProductType::TranchedLoan => true,
            ProductType::FixedTermLoan | ProductType::InterestFreeLoan | ProductType::RevolvingCredit => {
                false
            }
        }
    }

    /// A dynamic loan has declining interest, applied with the repayments and up to the due dates; no
    /// remainder is settled in a last row that follows what is paid.
    pub(super) fn is_type_serviced(&self) -> bool {
        match self.product_type {
            ProductType::FixedTermLoan => true,
            ProductType::DynamicTermLoan | ProductType::TranchedLoan => {
                self.interest_method != InterestMethod::Flat
                    && self.interest_application == InterestApplication::OnRepayment
                    && self.marketplace.daily_accrual == DailyAccrual::StartOfDay
                    && self.remainder != Remainder::PrincipalAndInterestIntoLast
            }
            ProductType::InterestFreeLoan | ProductType::RevolvingCredit => false,
        }
    }

    /// What comes early or late changes a dynamic schedule only; what is too much any loan may keep.
    pub(super) fn are_payment_rules_serviced(&self) -> bool {
        let rules = &self.payment_rules;
        if !self.is_dynamic() {
            let serviced = PaymentRules {
                future_payments: rules.future_payments,
                allows_redraw: rules.allows_redraw,
                evens_installments: rules.evens_installments,
                schedule_edits: rules.schedule_edits.clone(),
                ..PaymentRules::default()
            };
            return *rules == serviced;
        }
        // Late interest finds its place in the rows that follow; nowhere else yet.
        let is_late_placed = !self.interest_rules.accrues_late_interest
            || rules.late_payments_recalculation == LatePaymentsRecalculation::IncreaseLastInstallment;
        is_late_placed && !rules.allows_custom_allocation && rules.schedule_edits.is_empty()
    }

    pub(super) fn are_interest_rules_serviced(&self) -> bool {
        let rules = &self.interest_rules;
        let serviced = if self.is_dynamic() {
            InterestRules {
                accrues_after_maturity: rules.accrues_after_maturity,
                accrues_late_interest: rules.accrues_late_interest,
                late_interest_to_due_date: rules.late_interest_to_due_date,
                ..InterestRules::default()
            }
        } else {
            InterestRules::default()
        };
        *rules == serviced
    }
}

//! What the agreed terms say to a schedule beyond shares at one rate, and whether an agreed first due
//! date is within what the product allows.

use jiff::civil::Date;
use loam_calc::allocation::Component;
use loam_calc::calendar::Calendar;
use loam_calc::day_count::days_between;
use loam_calc::due_dates::due_dates;
use loam_calc::money::Amount;
use loam_calc::schedule::{
    BalanceTier, DayTier, InterestMethod, Payments, RateTiers, RoundedElements, ScheduleError,
    ScheduleOptions,
};

use crate::loan::agreed_payments::each_payment;
use crate::loan::charges::tax::gross_rate;
use crate::loan::refusal::Refusal;
use crate::loan::refusal::TermsRefusal;
use crate::loan::terms::{DueDateRule, Terms};
use crate::product::interest::RateTerms;
use crate::product::payments::Amortization;

/// Tiers and payments of terms, in the words of schedules.
pub(crate) struct Variation {
    balance_tiers: Vec<BalanceTier>,
    day_tiers: Vec<DayTier>,
    payments: Vec<Amount>,
}

impl Variation {
    /// The options of a schedule under these terms.
    pub(crate) fn options<'a>(&'a self, terms: &Terms) -> ScheduleOptions<'a> {
        let tiers = match terms.interest_rules.rate_terms {
            RateTerms::Fixed => RateTiers::None,
            RateTerms::Tiered { .. } => RateTiers::ByBalance(&self.balance_tiers),
            RateTerms::TieredPeriod { .. } => RateTiers::ByDay(&self.day_tiers),
        };
        let payments = match terms.amortization {
            Amortization::StandardPayments if terms.are_totals_evened() => Payments::Evened,
            Amortization::StandardPayments => Payments::Standard,
            Amortization::BalloonPayments => {
                Payments::Balloon(terms.periodic_payment.unwrap_or(Amount::ZERO))
            }
            Amortization::OptimizedPayments => Payments::Optimized,
            Amortization::PaymentPlan => Payments::Agreed(&self.payments),
        };
        let elements = terms.payment_rules.rounded_elements;
        ScheduleOptions { accrual: terms.accrual(), tiers, payments, elements, ..ScheduleOptions::default() }
    }
}

impl Terms {
    /// What the schedule has beyond shares at one rate; `None` where it has nothing.
    pub(crate) fn variation(&self) -> Option<Variation> {
        let is_plain = self.interest_rules.rate_terms == RateTerms::Fixed
            && self.amortization == Amortization::StandardPayments
            && !self.are_totals_evened()
            && self.payment_rules.rounded_elements == RoundedElements::PaymentDue;
        if is_plain {
            return None;
        }
        Some(Variation {
            balance_tiers: self.balance_tiers(),
            day_tiers: self.day_tiers(),
            payments: each_payment(&self.payment_plan),
        })
    }

    /// The tiers by balance at rates as they are charged; empty where there are none.
    pub(crate) fn balance_tiers(&self) -> Vec<BalanceTier> {
        let charged = |rate| gross_rate(self, Component::Interest, rate);
        let tiers = self.interest_rules.rate_terms.balance_tiers().into_iter();
        tiers.map(|tier| BalanceTier { rate: charged(tier.rate), ..tier }).collect()
    }

    /// The tiers by the days of the loan, likewise.
    pub(crate) fn day_tiers(&self) -> Vec<DayTier> {
        let charged = |rate| gross_rate(self, Component::Interest, rate);
        let tiers = self.interest_rules.rate_terms.day_tiers().into_iter();
        tiers.map(|tier| DayTier { rate: charged(tier.rate), ..tier }).collect()
    }

    /// What the calculation of the schedule of these terms refuses, in the book's words.
    pub fn impossible(&self, error: &ScheduleError) -> Refusal {
        let text = |amount: Amount| amount.to_fixed_text(self.currency);
        let below =
            |number: u32, interest| format!("installment {number} has interest of {}", text(interest));
        let early = |number: u32| format!("everything would be repaid with installment {number}");
        let (value, reason) = if let ScheduleError::PaymentBelowInterest { number, payment, interest } = error
        {
            (text(*payment), below(*number, *interest))
        } else if let ScheduleError::RepaidTooEarly { number, .. } = error {
            (text(self.agreed_payment(*number)), early(*number))
        } else {
            return Refusal::impossible_schedule(error);
        };
        match self.amortization {
            Amortization::PaymentPlan => TermsRefusal::InvalidPlannedPayment { value, reason }.into(),
            Amortization::StandardPayments
            | Amortization::BalloonPayments
            | Amortization::OptimizedPayments => {
                TermsRefusal::InvalidPeriodicPayment { value, reason }.into()
            }
        }
    }

    /// The payment that was agreed for an installment; nothing where none was.
    fn agreed_payment(&self, number: u32) -> Amount {
        let planned = self.payment_plan.iter().find(|planned| planned.through >= number);
        planned.map(|planned| planned.payment).or(self.periodic_payment).unwrap_or(Amount::ZERO)
    }

    /// Whether the totals of an annuity are evened out. Only equal totals can be.
    fn are_totals_evened(&self) -> bool {
        self.payment_rules.evens_installments
            && self.interest.method == InterestMethod::DecliningBalanceDiscounted
    }

    /// Whether equal totals are those of an annuity at one rate.
    pub(crate) fn has_annuity(&self) -> bool {
        self.amortization == Amortization::StandardPayments
            && !self.are_totals_evened()
            && self.interest_rules.rate_terms == RateTerms::Fixed
    }

    /// Refuses an agreed first due date whose distance from the regular one is outside the bounds.
    /// The regular one is what the product gives without any offset, on whatever day it falls.
    ///
    /// # Errors
    /// `FirstDueDateOutsideOffset`, with the distance in days.
    pub fn check_first_due_date(&self, disbursed_on: Date) -> Result<(), Refusal> {
        let allowed = self.first_due_date_offset;
        let Some(first_due_date) = self.first_due_date.filter(|_| allowed != Default::default()) else {
            return Ok(());
        };
        let rule = DueDateRule { first_due_date: None, first_offset_days: 0, ..self.due_date_rule() };
        let regular = due_dates(&rule.terms(disbursed_on, 1), &Calendar::every_day_works());
        let regular = regular.map_err(|error| Refusal::impossible_schedule(&error))?;
        let days = regular.first().map_or(0, |regular| days_between(*regular, first_due_date));
        let is_allowed = allowed.min.is_none_or(|min| days >= i64::from(min))
            && allowed.max.is_none_or(|max| days <= i64::from(max));
        if is_allowed {
            return Ok(());
        }
        let bound = |bound: Option<u32>| bound.map_or("any".to_owned(), |days| days.to_string());
        let bounds = format!("{} to {}", bound(allowed.min), bound(allowed.max));
        Err(TermsRefusal::FirstDueDateOutsideOffset { first_due_date, days, bounds }.into())
    }
}

//! What a step costs when the rate depends on the balance or on the day of the loan.

use super::factor::{Time, interest_on};
use super::options::{BalanceTier, DayTier, RateTiers, RoundedElements, ScheduleOptions};
use super::spread::{Kind, Plan, Step};
use super::{InstallmentRounding, ScheduleError};
use crate::exact::Exact;
use crate::money::Amount;
use crate::rate::Rate;

/// The interest of steps under a plan and its options.
pub(super) struct Charge<'a> {
    pub(super) plan: &'a Plan<'a>,
    tiers: RateTiers<'a>,
    rounds_all: bool,
}

/// The rates that run on one part of the balance, each with its time.
pub(super) struct PartRates {
    pub(super) up_to: Option<Amount>,
    pub(super) rates: Vec<(Rate, Time)>,
}

impl<'a> Charge<'a> {
    /// Checks the tiers.
    pub(super) fn try_new(
        plan: &'a Plan<'a>,
        options: &ScheduleOptions<'a>,
    ) -> Result<Charge<'a>, ScheduleError> {
        options.tiers.check()?;
        let has_multiple = plan.terms.installment_rounding != InstallmentRounding::None;
        let rounds_all = has_multiple && options.elements == RoundedElements::RoundAll;
        Ok(Charge { plan, tiers: options.tiers, rounds_all })
    }

    /// Whether one rate counts, that of the terms.
    pub(super) fn has_one_rate(&self) -> bool {
        self.tiers == RateTiers::None
    }

    /// Whether there is interest at all.
    pub(super) fn is_free(&self) -> bool {
        match self.tiers {
            RateTiers::None => self.plan.terms.interest.rate.is_zero(),
            RateTiers::ByBalance(tiers) => tiers.iter().all(|tier| tier.rate.is_zero()),
            RateTiers::ByDay(tiers) => tiers.iter().all(|tier| tier.rate.is_zero()),
        }
    }

    /// The unrounded interest of a step on a balance: Σ part of the balance × its rate × its time.
    pub(super) fn exact(&self, step: Step, balance: Amount) -> Exact {
        if step.kind == Kind::Forgiven {
            return Exact::ZERO;
        }
        match self.tiers {
            RateTiers::None => self.plan.exact_interest(step, balance),
            RateTiers::ByBalance(tiers) => {
                let time = self.plan.time(step);
                parts_of(balance, tiers).map(|(part, rate)| interest_on(part, rate, time)).sum()
            }
            RateTiers::ByDay(tiers) => {
                self.times(step, tiers).map(|(time, rate)| interest_on(balance, rate, time)).sum()
            }
        }
    }

    /// The interest of a step, rounded once: to the minor unit, or to the multiple where all elements are.
    pub(super) fn rounded(&self, step: Step, balance: Amount) -> Result<Amount, ScheduleError> {
        if self.has_one_rate() && !self.rounds_all {
            return self.plan.interest(step, balance);
        }
        self.element(self.exact(step, balance))
            .ok_or(ScheduleError::InstallmentTooLarge { number: step.number })
    }

    /// An amount as an element of an installment has it; `None` beyond the largest amount.
    pub(super) fn element(&self, value: Exact) -> Option<Amount> {
        let rounded = value.round_within_range(self.plan.terms.rounding)?;
        let multiple = if self.rounds_all { self.plan.rounded_to_multiple(value) } else { None };
        Some(multiple.unwrap_or(rounded))
    }

    /// Whether each element is a multiple, so that totals need no rounding of their own.
    pub(super) fn rounds_all(&self) -> bool {
        self.rounds_all
    }

    /// The rates of one step, by the part of the balance on which they run.
    pub(super) fn rates(&self, step: Step) -> Vec<PartRates> {
        match self.tiers {
            RateTiers::None => {
                let rates = vec![(self.plan.terms.interest.rate, self.plan.time(step))];
                vec![PartRates { up_to: None, rates }]
            }
            RateTiers::ByBalance(tiers) => {
                let time = self.plan.time(step);
                let part =
                    |tier: &BalanceTier| PartRates { up_to: tier.up_to, rates: vec![(tier.rate, time)] };
                tiers.iter().map(part).collect()
            }
            RateTiers::ByDay(tiers) => {
                let rates = self.times(step, tiers).map(|(time, rate)| (rate, time)).collect();
                vec![PartRates { up_to: None, rates }]
            }
        }
    }

    /// The time that a step has in each tier by days.
    fn times<'t>(&'t self, step: Step, tiers: &'t [DayTier]) -> impl Iterator<Item = (Time, Rate)> + 't {
        let plan = self.plan;
        let mut from = plan.interest_from(step);
        let end = plan.interest_to(step);
        let begins = plan.begins_on();
        tiers.iter().filter_map(move |tier| {
            let bound =
                tier.through_day.map(|day| begins.later_by(day)).filter(|bound| bound.number < end.number);
            let to = bound.unwrap_or(end);
            if to.number <= from.number {
                return None;
            }
            let time = plan.time_within(step, from, to);
            from = to;
            Some((time, tier.rate))
        })
    }
}

/// The parts of a balance with their rates.
fn parts_of(balance: Amount, tiers: &[BalanceTier]) -> impl Iterator<Item = (Amount, Rate)> + '_ {
    let mut below = Amount::ZERO;
    tiers.iter().map_while(move |tier| {
        if below >= balance {
            return None;
        }
        let to = tier.up_to.map_or(balance, |bound| bound.min(balance));
        let part = to - below;
        below = to;
        Some((part, tier.rate))
    })
}

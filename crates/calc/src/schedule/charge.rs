//! What a step costs when the rate depends on the balance or on the day of the loan.

use super::factor::{Day, Time, interest_on};
use super::options::{BalanceTier, DayTier, RateTiers, RoundedElements, ScheduleOptions};
use super::parts::InterestPart;
use super::spread::{Kind, Plan, Step};
use super::weights::Weights;
use super::{InstallmentRounding, ScheduleError};
use crate::day_count::Fraction;
use crate::exact::Exact;
use crate::money::Amount;
use crate::rate::Rate;

/// The interest of steps under a plan and its options.
pub(super) struct Charge<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) tiers: RateTiers<'a>,
    /// Of tiers by balance, where they fit 64 bits.
    weights: Option<Weights>,
    rounds_all: bool,
    /// The day on which the loan begins.
    begins_on: Day,
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
        let weights = match options.tiers {
            RateTiers::ByBalance(tiers) => Weights::of(tiers),
            RateTiers::None | RateTiers::ByDay(_) => None,
        };
        Ok(Charge { plan, tiers: options.tiers, weights, rounds_all, begins_on: Day::of(plan.start) })
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
                sum(parts_of(balance, tiers).map(|(part, rate)| (part, rate, time)))
            }
            RateTiers::ByDay(tiers) => sum(self.times(step, tiers).map(|(time, rate)| (balance, rate, time))),
        }
    }

    /// The interest of a step, rounded once: to the minor unit, or to the multiple where all elements are.
    pub(super) fn rounded(&self, step: Step, balance: Amount) -> Result<Amount, ScheduleError> {
        if self.has_one_rate() && !self.rounds_all {
            return self.plan.interest(step, balance);
        }
        let rounded = match self.narrow(step, balance) {
            Some((numerator, denominator)) if !self.rounds_all => {
                let minor = self.plan.terms.rounding.divide_small(numerator, denominator);
                (minor <= Amount::MAX.minor()).then_some(Amount::from_minor(minor))
            }
            Some(_) | None => self.element(self.exact(step, balance)),
        };
        rounded.ok_or(ScheduleError::InstallmentTooLarge { number: step.number })
    }

    /// The interest of a step on a balance as a ratio of 64-bit integers, when it is one.
    fn narrow(&self, step: Step, balance: Amount) -> Option<(i64, i64)> {
        if step.kind == Kind::Forgiven {
            return Some((0, 1));
        }
        if let Some(weights) = &self.weights {
            let time = self.plan.time(step);
            let numerator = weights.of_balance(balance)?.checked_mul(time.numerator)?;
            return Some((numerator, weights.denominator.checked_mul(time.denominator)?));
        }
        let (numerator, denominator) = self.ratio(step)?;
        Some((balance.minor().checked_mul(numerator)?, denominator))
    }

    /// Rate × time of a step, where one ratio of 64-bit integers says it for every balance.
    #[inline]
    pub(super) fn ratio(&self, step: Step) -> Option<(i64, i64)> {
        let product = |rate: Rate, time: Time| {
            let (numerator, denominator) = rate.parts();
            Some((numerator.checked_mul(time.numerator)?, denominator.checked_mul(time.denominator)?))
        };
        let tiers = match self.tiers {
            RateTiers::None => return product(self.plan.terms.interest.rate, self.plan.time(step)),
            RateTiers::ByBalance(_) => return None,
            RateTiers::ByDay(tiers) => tiers,
        };
        if let Some(rate) = self.only_rate(step, tiers) {
            return product(rate, self.plan.time(step));
        }
        self.times(step, tiers).try_fold((0_i64, 1_i64), |(numerator, denominator), (time, rate)| {
            let (part, unit) = product(rate, time)?;
            if unit == denominator {
                return Some((numerator.checked_add(part)?, denominator));
            }
            let sum = numerator.checked_mul(unit)?.checked_add(part.checked_mul(denominator)?)?;
            Some((sum, denominator.checked_mul(unit)?))
        })
    }

    /// The rate of a step that lies in one tier by days, as nearly all do.
    pub(super) fn only_rate(&self, step: Step, tiers: &[DayTier]) -> Option<Rate> {
        let (from, to) = (self.plan.interest_from(step).number, self.plan.interest_to(step).number);
        let begins = self.begins_on;
        let ends = |tier: &DayTier| tier.through_day.map_or(i64::MAX, |day| begins.number + i64::from(day));
        let tier = tiers.iter().find(|tier| ends(tier) > from)?;
        (ends(tier) >= to).then_some(tier.rate)
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

    /// The bounds of tiers by balance, but that of the last one, which is open.
    pub(super) fn bounds(&self) -> impl Iterator<Item = Amount> + '_ {
        let tiers = match self.tiers {
            RateTiers::ByBalance(tiers) => tiers,
            RateTiers::None | RateTiers::ByDay(_) => &[],
        };
        tiers.iter().filter_map(|tier| tier.up_to)
    }

    /// The rates of one step with their times, for each part of the balance.
    pub(super) fn rates(&self, step: Step) -> Vec<Vec<(Rate, Time)>> {
        match self.tiers {
            RateTiers::None => vec![vec![(self.plan.terms.interest.rate, self.plan.time(step))]],
            RateTiers::ByBalance(tiers) => {
                let time = self.plan.time(step);
                tiers.iter().map(|tier| vec![(tier.rate, time)]).collect()
            }
            RateTiers::ByDay(tiers) => {
                vec![self.times(step, tiers).map(|(time, rate)| (rate, time)).collect()]
            }
        }
    }

    /// The interest of a step on a balance, taken apart: one part for each rate that counts.
    pub(super) fn parts(&self, step: Step, balance: Amount) -> Vec<InterestPart> {
        let (from, to) = (self.plan.interest_from(step), self.plan.interest_to(step));
        let part = |balance: Amount, rate: Rate, (from, to): (Day, Day), time: Time| InterestPart {
            number: step.number,
            from: from.date,
            to: to.date,
            balance,
            rate,
            time: Fraction {
                numerator: i128::from(time.numerator),
                denominator: i128::from(time.denominator),
            },
        };
        let whole = self.plan.time(step);
        match self.tiers {
            RateTiers::None => vec![part(balance, self.plan.terms.interest.rate, (from, to), whole)],
            RateTiers::ByBalance(tiers) => {
                parts_of(balance, tiers).map(|(share, rate)| part(share, rate, (from, to), whole)).collect()
            }
            RateTiers::ByDay(tiers) => {
                let spans = self.spans(step, tiers);
                spans
                    .map(|(span, rate)| {
                        part(balance, rate, span, self.plan.time_within(step, span.0, span.1))
                    })
                    .collect()
            }
        }
    }

    /// The time that a step has in each tier by days.
    pub(super) fn times<'t>(
        &'t self,
        step: Step,
        tiers: &'t [DayTier],
    ) -> impl Iterator<Item = (Time, Rate)> + Clone + 't {
        let time = move |(from, to)| self.plan.time_within(step, from, to);
        self.spans(step, tiers).map(move |(span, rate)| (time(span), rate))
    }

    /// The days that a step has in each tier by days, half-open.
    fn spans<'t>(
        &'t self,
        step: Step,
        tiers: &'t [DayTier],
    ) -> impl Iterator<Item = ((Day, Day), Rate)> + Clone + 't {
        let plan = self.plan;
        let mut from = plan.interest_from(step);
        let end = plan.interest_to(step);
        let begins = self.begins_on;
        tiers.iter().filter_map(move |tier| {
            let is_within = |day: &u32| begins.number + i64::from(*day) < end.number;
            let to = tier.through_day.filter(is_within).map_or(end, |day| begins.later_by(day));
            if to.number <= from.number {
                return None;
            }
            let span = (from, to);
            from = to;
            Some((span, tier.rate))
        })
    }
}

/// Σ balance × rate × time. Nearly every sum fits one ratio, which needs no common divisor looked for.
fn sum(parts: impl Iterator<Item = (Amount, Rate, Time)> + Clone) -> Exact {
    let narrow =
        parts.clone().try_fold((0_i128, 1_i128), |(numerator, denominator), (balance, rate, time)| {
            let (rate_numerator, rate_denominator) = rate.parts();
            let part = balance.minor().checked_mul(rate_numerator)?.checked_mul(time.numerator)?;
            let unit = i128::from(rate_denominator.checked_mul(time.denominator)?);
            if unit == denominator {
                return Some((numerator.checked_add(i128::from(part))?, denominator));
            }
            let sum = numerator.checked_mul(unit)?.checked_add(i128::from(part).checked_mul(denominator)?)?;
            Some((sum, denominator.checked_mul(unit)?))
        });
    match narrow {
        Some((numerator, denominator)) => Exact::ratio(numerator, denominator),
        None => parts.map(|(balance, rate, time)| interest_on(balance, rate, time)).sum(),
    }
}

/// The parts of a balance with their rates.
pub(crate) fn parts_of(
    balance: Amount,
    tiers: &[BalanceTier],
) -> impl Iterator<Item = (Amount, Rate)> + Clone + '_ {
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

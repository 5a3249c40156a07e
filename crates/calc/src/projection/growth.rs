//! How interest grows on balances over days, with rates that change or depend on the balance, and
//! pauses without interest.

use jiff::civil::Date;

use crate::accrual::{Span, interest_within, time_within};
use crate::calendar::Period;
use crate::day_count::Fraction;
use crate::exact::Exact;
use crate::money::Amount;
use crate::rate::Rate;
use crate::rounding::Rounding;
use crate::schedule::{BalanceTier, InterestTerms, parts_of};

/// A rate and the day from which it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateFrom {
    /// The first day with it.
    pub from: Date,
    /// The rate, for the same time as the agreed one.
    pub rate: Rate,
}

/// What bears interest, and the day from which it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The first day with it.
    pub from: Date,
    /// How much.
    pub principal: Amount,
}

/// Interest on one balance at one rate over days that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrowthPart {
    /// The days.
    pub span: Span,
    /// On what interest runs.
    pub principal: Amount,
    /// For each time of the charge frequency.
    pub rate: Rate,
    /// How often the charge frequency fits.
    pub time: Fraction,
}

/// Everything that growth depends on besides balances and days.
#[derive(Debug, Clone, Copy)]
pub struct Growth<'a> {
    /// Their rate counts until the first of `rates`.
    pub terms: InterestTerms,
    /// The nominal time between two installments.
    pub period: Period,
    /// In the order of their days. Tiers by the day of the loan are rates too, each from its first day.
    pub rates: &'a [RateFrom],
    /// The rates of the parts of a balance; no other rate is looked at then. Empty where one rate counts.
    pub tiers: &'a [BalanceTier],
    /// Days without interest; `to` is the first one with interest again.
    pub pauses: &'a [Span],
    /// How interest of an installment becomes whole minor units.
    pub rounding: Rounding,
}

impl Growth<'_> {
    /// Unrounded interest on one balance over a part of an installment's time.
    #[must_use]
    pub fn within(&self, whole: Span, part: Span, principal: Amount) -> Exact {
        if self.rates.is_empty() && self.pauses.is_empty() && self.tiers.is_empty() {
            return interest_within(&self.terms, &self.period, principal, whole, part);
        }
        let mut grown = Exact::ZERO;
        let mut from = part.from;
        while from < part.to {
            let to = self.next_change(from).min(part.to);
            if !self.pauses.iter().any(|pause| pause.from <= from && from < pause.to) {
                for (principal, rate) in self.shares(principal, from) {
                    let terms = InterestTerms { rate, ..self.terms };
                    grown += interest_within(&terms, &self.period, principal, whole, Span { from, to });
                }
            }
            from = to;
        }
        grown
    }

    /// Unrounded interest on balances that followed each other, up to a day.
    #[must_use]
    pub fn on_balances(&self, whole: Span, balances: &[Balance], until: Date) -> Exact {
        let mut grown = Exact::ZERO;
        for (index, balance) in balances.iter().enumerate() {
            let next = balances.get(index + 1).map_or(until, |next| next.from);
            let part = Span { from: balance.from.max(whole.from), to: next.min(until).min(whole.to) };
            if part.from < part.to {
                grown += self.within(whole, part, balance.principal);
            }
        }
        grown
    }

    /// What [`Growth::within`] adds up: balance × rate × time of each stretch of days.
    #[must_use]
    pub fn parts_within(&self, whole: Span, part: Span, principal: Amount) -> Vec<GrowthPart> {
        let mut parts = Vec::new();
        let mut from = part.from;
        while from < part.to {
            let to = self.next_change(from).min(part.to);
            if !self.pauses.iter().any(|pause| pause.from <= from && from < pause.to) {
                let time = time_within(&self.terms, &self.period, whole, Span { from, to });
                let span = Span { from, to };
                let shares = self.shares(principal, from);
                parts.extend(shares.map(|(principal, rate)| GrowthPart { span, principal, rate, time }));
            }
            from = to;
        }
        parts
    }

    /// What [`Growth::on_balances`] adds up.
    #[must_use]
    pub fn parts_on_balances(&self, whole: Span, balances: &[Balance], until: Date) -> Vec<GrowthPart> {
        let mut parts = Vec::new();
        for (index, balance) in balances.iter().enumerate() {
            let next = balances.get(index + 1).map_or(until, |next| next.from);
            let part = Span { from: balance.from.max(whole.from), to: next.min(until).min(whole.to) };
            parts.extend(self.parts_within(whole, part, balance.principal));
        }
        parts
    }

    /// The parts of a balance with the rates that count for them on a day.
    fn shares(&self, principal: Amount, day: Date) -> impl Iterator<Item = (Amount, Rate)> + '_ {
        let whole = self.tiers.is_empty().then(|| (principal, self.rate_on(day)));
        whole.into_iter().chain(parts_of(principal, self.tiers))
    }

    /// The rate that counts on a day, where it does not depend on the balance.
    #[must_use]
    pub fn rate_on(&self, day: Date) -> Rate {
        self.rates.iter().rev().find(|rate| rate.from <= day).map_or(self.terms.rate, |rate| rate.rate)
    }

    /// The first day after this one on which a rate changes, or a pause begins or ends.
    fn next_change(&self, day: Date) -> Date {
        let rates = self.rates.iter().map(|rate| rate.from);
        let pauses = self.pauses.iter().flat_map(|pause| [pause.from, pause.to]);
        rates.chain(pauses).filter(|change| *change > day).min().unwrap_or(Date::MAX)
    }
}

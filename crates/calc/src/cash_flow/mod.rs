//! Cash flows of a loan whose course is not one schedule: interest that is paid or capitalized on
//! its own days, principal that is repaid or drawn on others, rates that are reviewed against an
//! index, money that can be called.
//!
//! A [`Position`] is carried from occurrence to occurrence. Interest accrues unrounded; it is rounded
//! once, when it is paid or added to the principal. When the occurrences fall is not decided here;
//! [`Cycle`] makes days that follow each other.

mod cycle;
mod year_rate;

use jiff::civil::Date;

use crate::calendar::Period;
use crate::day_count::{DayCount, DaysMethod};
use crate::exact::Exact;
use crate::money::Amount;
use crate::rounding::Rounding;
use crate::schedule::{
    ChargeFrequency, Grace, InstallmentRounding, InterestMethod, InterestTerms, Remainder, ScheduleError,
    ScheduleTerms, schedule,
};

pub use cycle::{Cycle, Move, Stub};
pub use year_rate::{RateReview, YearRate};

/// How interest is counted and rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashFlowTerms {
    /// Which part of a year lies between two days.
    pub day_count: DayCount,
    /// How interest is rounded to the minor unit when it is paid or capitalized.
    pub rounding: Rounding,
}

/// Where a loan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Outstanding principal.
    pub balance: Amount,
    /// Interest that has accrued and is neither paid nor capitalized.
    pub accrued: Exact,
    /// The day up to which it has accrued.
    pub accrued_until: Date,
    /// The rate of a year.
    pub rate: YearRate,
    /// The agreed payment of principal and interest together.
    pub payment: Amount,
    /// The balance on which interest is charged, where it is not the outstanding one: that of the
    /// last rest.
    pub rest_balance: Option<Amount>,
}

/// Something that happens to a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Principal is lent; `kept` of it is not paid out.
    PayOut {
        /// What is owed from now on.
        principal: Amount,
        /// A fee or a discount.
        kept: Amount,
    },
    /// Principal is lent on top, up to any amount.
    Draw(Amount),
    /// Accrued interest is paid.
    PayInterest,
    /// Accrued interest becomes principal.
    CapitalizeInterest,
    /// Principal is repaid, at most what is outstanding. Interest goes on accruing.
    RepayPrincipal(Amount),
    /// The agreed payment: accrued interest, and principal with the rest of it. Interest beyond the
    /// payment is paid with principal that is drawn for it.
    PayInstallment,
    /// The payment becomes the one that repays balance and accrued interest in equal payments on
    /// these days.
    EqualizePayment {
        /// The days of the payments, in order, the last one included.
        due_dates: Vec<Date>,
    },
    /// The rate becomes this one.
    SetRate(YearRate),
    /// The rate follows an index.
    ReviewRate {
        /// What the index says.
        index: YearRate,
        /// What the loan makes of it.
        review: RateReview,
    },
    /// From now on interest is charged on the present balance, until the next rest.
    Rest,
    /// Accrued interest and all principal are paid.
    RepayAll,
    /// The loan changes hands: its price and the accrued interest are paid to the one who had it.
    Sell {
        /// Without the accrued interest.
        price: Amount,
    },
}

/// An act and its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// When; interest accrues up to this day.
    pub on: Date,
    /// What.
    pub act: Act,
}

/// What an occurrence moved, seen from the lender: what comes in is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashFlow {
    /// When.
    pub on: Date,
    /// Principal that was repaid, or lent when negative.
    pub principal: Amount,
    /// Interest that was paid.
    pub interest: Amount,
    /// Fees kept at the payout, or the price of a sale.
    pub other: Amount,
    /// Where the loan stands afterwards.
    pub after: Position,
}

/// Why there are no cash flows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CashFlowError {
    /// An occurrence before the day up to which interest has accrued.
    #[error("{on} lies before {accrued_until}, up to which interest has accrued")]
    OutOfOrder {
        /// The day of the occurrence.
        on: Date,
        /// The day that is already accounted for.
        accrued_until: Date,
    },
    /// Equal payments need a rate that is not below zero.
    #[error("a rate below zero has no equal payments")]
    RateBelowZero,
    /// Equal payments that cannot be.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
}

/// Carries a position through occurrences, in the order in which they are given.
///
/// # Errors
/// [`CashFlowError`]: days that go back, or equal payments that cannot be.
///
/// ```
/// use jiff::civil::date;
/// use loam_calc::cash_flow::{Act, CashFlowTerms, Occurrence, Position, YearRate, cash_flows};
/// use loam_calc::{day_count::DayCount, money::Amount, rate::Rate, rounding::Rounding};
///
/// let terms = CashFlowTerms { day_count: DayCount::Actual365Fixed, rounding: Rounding::HalfUp };
/// let start = Position::empty(date(2024, 1, 1), YearRate::from(Rate::from_ratio(73, 1000)));
/// let lent = Act::PayOut { principal: Amount::from_minor(1000_00), kept: Amount::ZERO };
/// let acts = [(date(2024, 1, 1), lent), (date(2024, 1, 11), Act::RepayAll)];
/// let flows = cash_flows(&terms, start, acts.map(|(on, act)| Occurrence { on, act })).expect("in order");
/// assert_eq!(flows[1].interest, Amount::from_minor(2_00));
/// assert_eq!(flows[1].principal, Amount::from_minor(1000_00));
/// ```
pub fn cash_flows(
    terms: &CashFlowTerms,
    start: Position,
    occurrences: impl IntoIterator<Item = Occurrence>,
) -> Result<Vec<CashFlow>, CashFlowError> {
    let mut position = start;
    let flow = |occurrence: Occurrence| {
        position.accrue(terms, occurrence.on)?;
        position.carry_out(terms, &occurrence)
    };
    occurrences.into_iter().map(flow).collect()
}

/// What an act moves besides what it changes.
#[derive(Debug, Clone, Copy, Default)]
struct Moved {
    principal: Amount,
    interest: Amount,
    other: Amount,
}

impl Position {
    /// Nothing lent yet.
    #[must_use]
    pub fn empty(on: Date, rate: YearRate) -> Position {
        Position {
            balance: Amount::ZERO,
            accrued: Exact::ZERO,
            accrued_until: on,
            rate,
            payment: Amount::ZERO,
            rest_balance: None,
        }
    }

    fn accrue(&mut self, terms: &CashFlowTerms, until: Date) -> Result<(), CashFlowError> {
        if until < self.accrued_until {
            return Err(CashFlowError::OutOfOrder { on: until, accrued_until: self.accrued_until });
        }
        let time = terms.day_count.year_fraction(self.accrued_until, until);
        let base = Exact::from_amount(self.rest_balance.unwrap_or(self.balance));
        self.accrued += self.rate.of(base).times(time.numerator).divided_by(time.denominator);
        self.accrued_until = until;
        Ok(())
    }

    fn carry_out(
        &mut self,
        terms: &CashFlowTerms,
        occurrence: &Occurrence,
    ) -> Result<CashFlow, CashFlowError> {
        let mut moved = Moved::default();
        match &occurrence.act {
            Act::PayOut { principal, kept } => {
                moved = Moved { other: *kept, ..self.lend(*principal) };
            }
            Act::Draw(amount) => moved = self.lend(*amount),
            Act::PayInterest => moved.interest = self.take_accrued(terms),
            Act::CapitalizeInterest => {
                let interest = self.take_accrued(terms);
                self.balance += interest;
            }
            Act::RepayPrincipal(amount) => moved.principal = self.repay(*amount),
            Act::PayInstallment => {
                moved.interest = self.take_accrued(terms);
                moved.principal = self.repay(self.payment - moved.interest);
            }
            Act::EqualizePayment { due_dates } => self.payment = self.equal_payment(terms, due_dates)?,
            Act::SetRate(rate) => self.rate = *rate,
            Act::ReviewRate { index, review } => self.rate = review.rate(*index),
            Act::Rest => self.rest_balance = Some(self.balance),
            Act::RepayAll => {
                moved.interest = self.take_accrued(terms);
                moved.principal = self.repay(self.balance);
            }
            // It goes on as it stands; only its owner is another one.
            Act::Sell { price } => {
                moved.interest = self.accrued.round(terms.rounding);
                moved.other = *price;
            }
        }
        let Moved { principal, interest, other } = moved;
        Ok(CashFlow { on: occurrence.on, principal, interest, other, after: *self })
    }

    fn lend(&mut self, principal: Amount) -> Moved {
        self.balance += principal;
        Moved { principal: -principal, ..Moved::default() }
    }

    fn repay(&mut self, amount: Amount) -> Amount {
        let repaid = amount.min(self.balance);
        self.balance -= repaid;
        repaid
    }

    fn take_accrued(&mut self, terms: &CashFlowTerms) -> Amount {
        std::mem::take(&mut self.accrued).round(terms.rounding)
    }

    /// By the formula of equal installments. Accrued interest is paid with the first of them and bears
    /// none until then, so it counts for what it is worth today: a ÷ (1 + r·t).
    fn equal_payment(&self, terms: &CashFlowTerms, due_dates: &[Date]) -> Result<Amount, CashFlowError> {
        let first = due_dates.first().copied().unwrap_or(self.accrued_until);
        let until_first = terms.day_count.year_fraction(self.accrued_until, first);
        let accrued_today = self.rate.discounted(self.accrued, until_first).round(terms.rounding);
        let schedule_terms = ScheduleTerms {
            principal: self.balance + accrued_today,
            interest: InterestTerms {
                method: InterestMethod::DecliningBalanceDiscounted,
                rate: self.rate.not_below_zero().ok_or(CashFlowError::RateBelowZero)?,
                charge_frequency: ChargeFrequency::Annualized,
                day_count: terms.day_count,
                days_method: DaysMethod::ActualDays,
            },
            period: Period::months(1),
            grace: Grace::None,
            principal_repayment_interval: 1,
            remainder: Remainder::Last,
            installment_rounding: InstallmentRounding::None,
            rounding: terms.rounding,
        };
        let today = self.accrued_until;
        let pays_today = due_dates.first() == Some(&today) && due_dates.len() > 1;
        let later = if pays_today { &due_dates[1..] } else { due_dates };
        let rows = schedule(&schedule_terms, today, later)?;
        let payment = rows.first().expect("a schedule has installments").total();
        Ok(if pays_today {
            with_one_today(schedule_terms.principal, payment, terms.rounding)
        } else {
            payment
        })
    }
}

/// The payment when one more of them is made at once: what is left of `owed` after it must be repaid
/// by the same later payments, so it is owed × payment ÷ (owed + payment).
fn with_one_today(owed: Amount, payment: Amount, rounding: Rounding) -> Amount {
    let both = i128::from((owed + payment).minor()).max(1);
    Exact::from_amount(owed).times(i128::from(payment.minor())).divided_by(both).round(rounding)
}

#[cfg(test)]
mod tests;

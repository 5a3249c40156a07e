//! What is shown of an application and follows from its figures, the business date and the clock.

use std::fmt;

use jiff::civil::{Date, Time};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;

use crate::application::{Application, Stage};

/// Time left of a funding window, each part a difference of its own: nothing is borrowed from the
/// days for the hours, so these are zero or negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLeft {
    pub days: i64,
    pub hours: i64,
    pub minutes: i64,
}

/// The time from now to the midnight with which `expiry` begins. The days count from the business
/// date, the hours and minutes from the clock in UTC, which the business date may lag behind.
///
/// ```
/// use jiff::civil::{date, time};
/// use loam_book::application::derived::time_left;
///
/// let left = time_left(date(2014, 6, 23), date(2014, 1, 3), time(11, 32, 1, 0));
/// assert_eq!(left.to_string(), "171 Days -11 Hours -32 Minutes");
/// ```
pub fn time_left(expiry: Date, business_date: Date, clock: Time) -> TimeLeft {
    TimeLeft {
        days: loam_calc::day_count::days_between(business_date, expiry),
        hours: -i64::from(clock.hour()),
        minutes: -i64::from(clock.minute()),
    }
}

impl fmt::Display for TimeLeft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Days {} Hours {} Minutes", self.days, self.hours, self.minutes)
    }
}

impl Application {
    /// What investors have not taken yet: requested − in funding − funded, never less than zero.
    pub fn remaining_requested_amount(&self) -> Amount {
        (self.requested_amount - self.amount_in_funding - self.amount_funded).max(Amount::ZERO)
    }

    /// 100 × (in funding + funded) ÷ requested, rounded half-up to two decimals of a percent.
    ///
    /// # Panics
    /// When the amounts are negative or nothing was requested, which no application is made with.
    pub fn percent_funded(&self) -> Rate {
        let taken = i128::from((self.amount_in_funding + self.amount_funded).minor());
        let hundredths = Exact::ratio(taken * 10_000, i128::from(self.requested_amount.minor()));
        Rate::from_ratio(hundredths.round(Rounding::HalfUp).minor(), 10_000)
    }

    /// Time left until the application expires.
    pub fn time_left(&self, business_date: Date, clock: Time) -> TimeLeft {
        time_left(self.expiry_date, business_date, clock)
    }

    /// The same as one number, in whole seconds: below zero once the midnight is over.
    pub fn seconds_left(&self, business_date: Date, clock: Time) -> i64 {
        const SECONDS_OF_A_DAY: i64 = 86_400;
        let days = loam_calc::day_count::days_between(business_date, self.expiry_date);
        let of_clock = (i64::from(clock.hour()) * 60 + i64::from(clock.minute())) * 60;
        days * SECONDS_OF_A_DAY - of_clock - i64::from(clock.second())
    }

    /// Whether it was set to expired, or still waits for money after its expiry date. What counts
    /// is the business date, and on the expiry date itself it is not expired yet.
    pub fn is_expired(&self, business_date: Date) -> bool {
        match self.stage {
            Stage::Expired => true,
            Stage::New | Stage::InFunding => business_date > self.expiry_date,
            Stage::Funded | Stage::Cancelled | Stage::Rejected => false,
        }
    }

    /// Whether fees and spread are at least zero. Money costs nothing in this version, so that the
    /// spread is the interest rate, which is never negative.
    pub fn is_profitable(&self) -> bool {
        !(self.capitalized_fee + self.protect_fee).is_negative()
    }
}

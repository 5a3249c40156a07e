//! The pure numbers of a loan book: money, rates, dates, day counts, schedules, accrual, allocation.
//!
//! Values go in, values come out. There is no clock, no random source, no I/O and no float here,
//! and nothing knows what a loan account, a state or a wire format is.
//!
//! Two types carry money. [`money::Amount`] is whole minor units and can be booked;
//! [`exact::Exact`] is unrounded and cannot. Only [`exact::Exact::round`] leads from the second to
//! the first, and every call names its [`rounding::Rounding`].
//!
//! ```
//! use loam_calc::{exact::Exact, money::Amount, rounding::Rounding};
//!
//! // 950.00 at 2.5 % per four weeks for 30 days: 950 × 0.025 × 30 ÷ 28 = 25.4464…
//! let interest = Exact::from_amount(Amount::from_minor(950_00)).times(25 * 30).divided_by(1000 * 28);
//! assert_eq!(interest.round(Rounding::HalfUp), Amount::from_minor(25_45));
//! ```

#![warn(missing_docs)]

pub mod accrual;
pub mod allocation;
pub mod apr;
pub mod billing;
pub mod calendar;
pub mod cash_flow;
pub mod charges;
pub mod currency;
mod currency_table;
pub mod day_count;
mod decimal;
pub mod due_dates;
pub mod exact;
pub mod funding;
pub mod money;
pub mod projection;
pub mod rate;
pub mod rounding;
pub mod schedule;
pub mod shares;

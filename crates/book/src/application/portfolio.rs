//! Booking orders: an amount that is spread over applications which the book chooses, as bookings that carry the order's
//! id. All of it is booked, or nothing.
//!
//! The application that closes first comes first, of those the one with the lower number. An order takes what an
//! application still asks for, up to the largest share that the organization allows, at the borrower's whole rate.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use serde::{Deserialize, Serialize};

use crate::actor::Permission;
use crate::application::foreign_id::{ForeignId, ForeignKind, Named};
use crate::application::{Application, Stage};
use crate::ids::{Address, Key, Part};
use crate::loan::context::Context;
use crate::loan::refusal::{MarketRefusal, Refusal};
use crate::savings::Savings;
use crate::savings::product::AccountType;
use crate::stated::StatedAmount;

/// More applications than this are not booked by one order.
pub const MOST_BOOKINGS: usize = 500;

/// What the organization allows of booking orders. Off by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PortfolioRules {
    /// How many orders one account gives within sixty minutes of the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_per_hour: Option<u32>,
    /// How many on one business date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_per_day: Option<u32>,
    /// How much of the order goes to one application at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_share: Option<Rate>,
}

/// What an investor asked the book to spread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingOrder {
    pub key: Key,
    /// The part of the investor's account.
    pub part: Part,
    /// Counted with the accounts.
    pub number: i64,
    /// The id by which the marketplace knows the investor, 15 characters.
    pub investor_id: String,
    /// The investor's deposit account.
    pub account: Key,
    pub currency: Currency,
    pub amount: Amount,
    /// How many applications it was spread over.
    pub bookings: i64,
    pub ordered_on: Date,
    pub created_at: Timestamp,
    pub created_by: Key,
}

/// An order as a door understood it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPortfolio {
    pub investor_id: String,
    pub amount: StatedAmount,
}

/// How many orders an account gave before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrdersBefore {
    /// Within the last sixty minutes.
    pub in_the_hour: i64,
    /// On the business date.
    pub on_the_day: i64,
}

impl PortfolioRules {
    /// Whether these are rules that can be kept: a share of more than nothing and not more than all.
    pub fn are_possible(&self) -> bool {
        let whole = Rate::from_ratio(1, 1);
        self.largest_share.is_none_or(|share| share > Rate::default() && share <= whole)
    }

    /// What one application gets of an order at most, at least a cent.
    fn most_of(&self, amount: Amount) -> Amount {
        let Some(share) = self.largest_share else { return amount };
        let exact = Exact::from_amount(amount).times(share.numerator()).divided_by(share.denominator());
        exact.round(Rounding::Down).max(Amount::from_minor(1))
    }
}

impl BookingOrder {
    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// The id in 15 characters, which its bookings carry.
    pub fn id(&self) -> ForeignId {
        ForeignId::new(Named { kind: ForeignKind::BookingOrder, part: self.part, number: self.number })
    }
}

/// Checks an order before applications are looked for, and gives its amount.
///
/// # Errors
/// `NotPermitted`; `NotAnInvestor`, `AccountNotActive`; `InvalidAmount`; `PortfolioLimit`; `InsufficientFunds`.
pub fn check(
    account: &Savings,
    new: &NewPortfolio,
    (rules, before): (PortfolioRules, OrdersBefore),
    context: &Context<'_>,
) -> Result<Amount, Refusal> {
    context.require(Permission::MakeTransfer)?;
    if account.terms.account_type != AccountType::InvestorAccount {
        return Err(MarketRefusal::NotAnInvestor { value: account.id.clone() }.into());
    }
    if !account.takes_investments() {
        return Err(MarketRefusal::AccountNotActive { state: account.state.name() }.into());
    }
    let amount = new.amount.positive_in(account.terms.currency)?;
    let is_over = |most: Option<u32>, given: i64| most.filter(|most| given >= i64::from(*most));
    if let Some(most) = is_over(rules.most_per_hour, before.in_the_hour) {
        return Err(MarketRefusal::PortfolioLimit { most, within: "hour" }.into());
    }
    if let Some(most) = is_over(rules.most_per_day, before.on_the_day) {
        return Err(MarketRefusal::PortfolioLimit { most, within: "day" }.into());
    }
    let available = account.available();
    if amount > available {
        let text = |amount: Amount| amount.to_fixed_text(account.terms.currency);
        let (amount, available) = (text(amount), text(available));
        return Err(MarketRefusal::InsufficientFunds { amount, available }.into());
    }
    Ok(amount)
}

/// Whether an order of this account may book the application: one that waits for money, in the account's currency, and
/// of another borrower.
pub fn may_book(account: &Savings, application: &Application, context: &Context<'_>) -> bool {
    let waits = matches!(application.stage, Stage::New | Stage::InFunding);
    let remaining = application.remaining_requested_amount();
    waits
        && remaining.is_positive()
        && context.business_date <= application.expiry_date
        && application.currency == account.terms.currency
        && application.borrower != account.holder.key
}

/// Spreads an amount over applications in their order; `None` while these do not take all of it.
pub fn spread(amount: Amount, rules: PortfolioRules, applications: &[&Application]) -> Option<Vec<Amount>> {
    let most = rules.most_of(amount);
    let mut left = amount;
    let mut shares = Vec::new();
    for application in applications.iter().take(MOST_BOOKINGS) {
        let share = application.remaining_requested_amount().min(most).min(left);
        shares.push(share);
        left -= share;
        if left.is_zero() {
            return Some(shares);
        }
    }
    None
}

/// What no applications were found for.
pub fn unspread(amount: Amount, account: &Savings, found: usize) -> Refusal {
    if found == 0 {
        return MarketRefusal::NoApplications.into();
    }
    let amount = amount.to_fixed_text(account.terms.currency);
    MarketRefusal::InsufficientApplications { amount, found: found.min(MOST_BOOKINGS) }.into()
}

/// The order that was spread over so many applications.
pub fn order(
    account: &Savings,
    new: &NewPortfolio,
    (amount, bookings): (Amount, usize),
    context: &Context<'_>,
) -> BookingOrder {
    BookingOrder {
        key: context.ids.key,
        part: account.part,
        number: context.ids.account_no,
        investor_id: new.investor_id.clone(),
        account: account.key,
        currency: account.terms.currency,
        amount,
        bookings: i64::try_from(bookings).expect("an order has few bookings"),
        ordered_on: context.business_date,
        created_at: context.recorded_at,
        created_by: context.actor.user_key,
    }
}

//! Bookings: what investors want of an application, as an auction. The lower rate wins, of equal ones the earlier.
//!
//! A booking reserves what it wins when it comes in, on the investor's account; it may win less later, never more.
//! What becomes of it in the end is decided with the application: it is invested or released.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::actor::Permission;
use crate::application::order_book::Place;
use crate::application::{Application, Stage};
use crate::ids::{Address, Key, Part};
use crate::loan::context::Context;
use crate::loan::refusal::{MarketRefusal, Refusal};
use crate::savings::Savings;
use crate::savings::product::AccountType;
use crate::stated::{StatedAmount, StatedPercent};

/// More different rates than this are not kept of one application.
const MOST_RATES: usize = 1_000;

/// What an investor has booked of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub key: Key,
    /// The part of the application.
    pub part: Part,
    /// Counted with the accounts.
    pub number: i64,
    pub version: i64,
    /// Of an order that was bought, the loan.
    pub application: Key,
    /// Zero of an order that was bought.
    pub application_number: i64,
    /// The id by which the marketplace knows the investor, 15 characters.
    pub investor_id: String,
    /// The investor's deposit account.
    pub account: Address,
    /// What the investor wants.
    pub amount: Amount,
    pub place: Place,
    /// What the marketplace keeps of the borrower's rate besides.
    pub service_rate: Option<Rate>,
    /// As the caller named the order that it belongs to.
    pub booking_order: Option<String>,
    pub state: BookingState,
    /// The business date on which it came in.
    pub booked_on: Date,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
    pub created_by: Key,
    pub last_modified_by: Key,
}

/// What has become of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum BookingState {
    /// The account's money has not all come in yet: it reserves nothing and takes no part.
    Uncommitted,
    Open,
    /// The loan was paid out with this much of the investor's money.
    Invested {
        amount: Amount,
        loan: Address,
        account_no: i64,
        on: Date,
    },
    /// It lost, or the application came to nothing.
    Released {
        won: Amount,
    },
    /// An order that no auction made: bought of another investor, or of the lender, while the loan ran.
    Bought {
        amount: Amount,
        loan: Address,
        account_no: i64,
        on: Date,
        /// The order of which it was a part; `None`: the lender's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Key>,
    },
}

/// How a booking stands in the auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BookingStatus {
    Uncommitted,
    Winning,
    PartialWinning,
    Losing,
}

/// A booking as a door understood it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBooking {
    pub investor_id: String,
    pub booking_order: Option<String>,
    /// Without one, what the application still asks for.
    pub amount: Option<StatedAmount>,
    /// Percent a year that the investor wants; without one, what the service leaves of the borrower's rate.
    pub certificate_rate: Option<StatedPercent>,
    pub service_rate: Option<StatedPercent>,
}

/// What a booking leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    pub booking: Booking,
    pub application: Application,
}

impl BookingState {
    /// The name stored.
    pub fn name(&self) -> &'static str {
        match self {
            BookingState::Uncommitted => "uncommitted",
            BookingState::Open => "open",
            BookingState::Invested { .. } => "invested",
            BookingState::Released { .. } => "released",
            BookingState::Bought { .. } => "bought",
        }
    }
}

impl Booking {
    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// What it wins, or won when the auction was over.
    pub fn won(&self, application: &Application) -> Amount {
        match self.state {
            BookingState::Uncommitted => Amount::ZERO,
            BookingState::Open => application.order_book.won(self.place, application.requested_amount),
            BookingState::Invested { amount, .. }
            | BookingState::Bought { amount, .. }
            | BookingState::Released { won: amount } => amount,
        }
    }

    pub fn status(&self, application: &Application) -> BookingStatus {
        if let BookingState::Uncommitted = self.state {
            return BookingStatus::Uncommitted;
        }
        let won = self.won(application);
        if won == self.amount {
            BookingStatus::Winning
        } else if won.is_positive() {
            BookingStatus::PartialWinning
        } else {
            BookingStatus::Losing
        }
    }

    /// The booking in its last state, or open again.
    #[must_use]
    pub fn in_state(&self, state: BookingState, context: &Context<'_>) -> Booking {
        Booking {
            state,
            version: self.version + 1,
            last_modified_at: context.recorded_at,
            last_modified_by: context.actor.user_key,
            ..self.clone()
        }
    }
}

/// Decides a booking. `uncleared` is what the investor has paid in that has not come in yet: a booking that only it
/// would cover is kept uncommitted.
///
/// # Errors
/// `NotPermitted`; `WrongApplicationStage`, `Expired` where the auction is over; `NotAnInvestor`, `OtherCurrency`,
/// `AccountNotActive`; `InvalidAmount`, `InvalidRate`, `RatesExceedLoan`, `TooManyRates`; `InsufficientFunds`.
pub fn book(
    (application, account): (&Application, &Savings),
    uncleared: Amount,
    new: &NewBooking,
    context: &Context<'_>,
) -> Result<Booked, Refusal> {
    context.require(Permission::MakeTransfer)?;
    check_investor(account, application)?;
    check_open(application, context)?;
    let amount = match &new.amount {
        Some(stated) => stated.positive_in(application.currency)?,
        None => Some(application.remaining_requested_amount())
            .filter(|asked| asked.is_positive())
            .ok_or(Refusal::Market(MarketRefusal::NothingAsked))?,
    };
    let (rate, service_rate) = rates(application, new)?;
    let mut place = application.order_book.place(rate, amount, application.requested_amount);
    let available = account.available();
    let state = if place.reserved <= available {
        BookingState::Open
    } else if place.reserved <= available + uncleared {
        place.reserved = Amount::ZERO;
        BookingState::Uncommitted
    } else {
        return Err(insufficient(place.reserved, available, application));
    };
    let booking = booking(new, (application, account), (amount, place, service_rate, state), context);
    let application = match state {
        BookingState::Open => with(application, place, context),
        // It takes no part yet, and is seen all the same by whoever ends the auction meanwhile.
        BookingState::Uncommitted
        | BookingState::Invested { .. }
        | BookingState::Released { .. }
        | BookingState::Bought { .. } => application.moved_to(application.stage, context),
    };
    Ok(Booked { booking, application })
}

/// Lets an uncommitted booking take part, now that the money is there; `None` while it is not, or when the auction is
/// over.
pub fn commit(
    booking: &Booking,
    (application, account): (&Application, &Savings),
    context: &Context<'_>,
) -> Option<Booked> {
    let is_open = booking.state == BookingState::Uncommitted && check_open(application, context).is_ok();
    if !is_open || !account.is_active() {
        return None;
    }
    let requested = application.requested_amount;
    let place = application.order_book.place(booking.place.rate, booking.amount, requested);
    if place.reserved > account.available() {
        return None;
    }
    let booking = Booking { place, ..booking.in_state(BookingState::Open, context) };
    Some(Booked { booking, application: with(application, place, context) })
}

/// Refuses what is no account of an investor in the money of the application.
fn check_investor(account: &Savings, application: &Application) -> Result<(), Refusal> {
    check_account(account, application.currency)
}

/// The same of money in a currency.
pub(super) fn check_account(account: &Savings, currency: Currency) -> Result<(), Refusal> {
    if account.terms.account_type != AccountType::InvestorAccount {
        return Err(MarketRefusal::NotAnInvestor { value: account.id.clone() }.into());
    }
    if account.terms.currency != currency {
        let (account, loan) = (account.terms.currency.code(), currency.code());
        return Err(
            MarketRefusal::OtherCurrency { account: account.to_owned(), loan: loan.to_owned() }.into()
        );
    }
    if !account.takes_investments() {
        return Err(MarketRefusal::AccountNotActive { state: account.state.name() }.into());
    }
    Ok(())
}

/// Bookings are taken through the last day of the funding window, as long as the loan is not paid out: also when all
/// is funded, for better ones.
fn check_open(application: &Application, context: &Context<'_>) -> Result<(), Refusal> {
    let stage = application.stage;
    let takes_bookings = match stage {
        Stage::New | Stage::InFunding => true,
        Stage::Funded => application.amount_funded.is_zero() && !application.order_book.is_empty(),
        Stage::Expired | Stage::Cancelled | Stage::Rejected => false,
    };
    if !takes_bookings {
        return Err(Refusal::WrongApplicationStage { command: "book", stage: stage.name() });
    }
    if context.business_date > application.expiry_date {
        return Err(MarketRefusal::FundingOver { expiry_date: application.expiry_date }.into());
    }
    Ok(())
}

/// What the investor wants and what the service takes, within the borrower's rate.
fn rates(application: &Application, new: &NewBooking) -> Result<(Rate, Option<Rate>), Refusal> {
    let stated = (&new.certificate_rate, &new.service_rate);
    let (rate, service) = stated_rates(application.interest_rate, stated)?;
    let book = &application.order_book;
    if book.is_new_rate(rate) && book.rates() >= MOST_RATES {
        return Err(MarketRefusal::TooManyRates { most: MOST_RATES }.into());
    }
    Ok((rate, service))
}

/// What an investor wants and what the service takes, as they are stated, within the borrower's rate.
pub(super) fn stated_rates(
    whole: Rate,
    (certificate_rate, service_rate): (&Option<StatedPercent>, &Option<StatedPercent>),
) -> Result<(Rate, Option<Rate>), Refusal> {
    let parsed = |stated: &StatedPercent| {
        let invalid = |reason: String| MarketRefusal::InvalidRate { value: stated.0.clone(), reason };
        Rate::parse_percent(&stated.0).map_err(|error| Refusal::from(invalid(error.to_string())))
    };
    let service = service_rate.as_ref().map(parsed).transpose()?;
    let kept = service.unwrap_or_default();
    let exceeds = |sum: Rate| {
        let (sum, rate) = (sum.to_percent_text(), whole.to_percent_text());
        Refusal::from(MarketRefusal::RatesExceedLoan { sum, rate })
    };
    if kept > whole {
        return Err(exceeds(kept));
    }
    let rate = match certificate_rate {
        Some(stated) => parsed(stated)?,
        None => less(whole, kept),
    };
    // The difference is exact: an investor's rate is compared with it, not the sum with the whole.
    if rate > less(whole, kept) {
        return Err(exceeds(rate.plus(kept)));
    }
    Ok((rate, service))
}

/// One rate less another that is not larger.
fn less(whole: Rate, kept: Rate) -> Rate {
    let numerator = whole.numerator() * kept.denominator() - kept.numerator() * whole.denominator();
    let denominator = whole.denominator() * kept.denominator();
    match (i64::try_from(numerator), i64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) if numerator >= 0 => Rate::from_ratio(numerator, denominator),
        _ => Rate::default(),
    }
}

fn insufficient(amount: Amount, available: Amount, application: &Application) -> Refusal {
    let text = |amount: Amount| amount.to_fixed_text(application.currency);
    MarketRefusal::InsufficientFunds { amount: text(amount), available: text(available) }.into()
}

fn booking(
    new: &NewBooking,
    (application, account): (&Application, &Savings),
    (amount, place, service_rate, state): (Amount, Place, Option<Rate>, BookingState),
    context: &Context<'_>,
) -> Booking {
    Booking {
        key: context.ids.key,
        part: application.part,
        number: context.ids.account_no,
        version: 1,
        application: application.key,
        application_number: application.number,
        investor_id: new.investor_id.clone(),
        account: account.address(),
        amount,
        place,
        service_rate,
        booking_order: new.booking_order.clone(),
        state,
        booked_on: context.business_date,
        created_at: context.recorded_at,
        last_modified_at: context.recorded_at,
        created_by: context.actor.user_key,
        last_modified_by: context.actor.user_key,
    }
}

/// The application with a booking in its place.
fn with(application: &Application, place: Place, context: &Context<'_>) -> Application {
    let requested = application.requested_amount;
    let order_book = application.order_book.with(place, requested);
    let amount_in_funding = order_book.won_by_all(requested);
    let stage = if amount_in_funding == requested { Stage::Funded } else { Stage::InFunding };
    Application { order_book, amount_in_funding, ..application.moved_to(stage, context) }
}

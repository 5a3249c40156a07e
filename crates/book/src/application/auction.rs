//! The end of an auction: the loan is paid out with what was won, or the bookings are released.

use loam_calc::money::Amount;

use crate::application::booking::{Booking, BookingState};
use crate::application::{Application, Stage};
use crate::ids::Address;
use crate::loan::Loan;
use crate::loan::command::PaidIn;
use crate::loan::context::Context;
use crate::loan::refusal::{MarketRefusal, Refusal};

/// An application and its bookings, as they leave an auction or come back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auctioned {
    pub application: Application,
    /// Those that changed.
    pub bookings: Vec<Booking>,
}

/// What investors pay in when the loan of an application is paid out, each winning booking for itself, the best
/// first. Nothing for an application that nobody booked.
///
/// # Errors
/// `WrongApplicationStage` while not all of it is funded.
pub fn paid_in(application: &Application, bookings: &[Booking]) -> Result<Vec<PaidIn>, Refusal> {
    if application.order_book.is_empty() {
        return Ok(Vec::new());
    }
    if application.stage != Stage::Funded {
        let stage = application.stage.name();
        return Err(Refusal::WrongApplicationStage { command: "disburse", stage });
    }
    let mut winners: Vec<(&Booking, Amount)> =
        bookings.iter().map(|booking| (booking, booking.won(application))).collect();
    winners.retain(|(booking, won)| booking.state == BookingState::Open && won.is_positive());
    winners.sort_by_key(|(booking, _)| (booking.place.rate, booking.number));
    let paid = |(booking, amount): (&Booking, Amount)| PaidIn {
        key: booking.key,
        account: booking.account.key,
        amount,
        commission: booking.place.rate,
    };
    Ok(winners.into_iter().map(paid).collect())
}

/// Refuses to take money from an account that does not have it.
///
/// # Errors
/// `InsufficientFunds`.
pub fn check_cash(balance: Amount, wanted: Amount, application: &Application) -> Result<(), Refusal> {
    if balance >= wanted {
        return Ok(());
    }
    let text = |amount: Amount| amount.to_fixed_text(application.currency);
    let (amount, available) = (text(wanted), text(balance));
    Err(MarketRefusal::InsufficientFunds { amount, available }.into())
}

/// The loan was paid out: winning bookings are invested, the others released. Those that wait for money took no part,
/// and wait on: the disbursement may be taken back.
pub fn invested(
    application: &Application,
    bookings: &[Booking],
    loan: &Loan,
    context: &Context<'_>,
) -> Auctioned {
    let on = loan.state().disbursed_on().unwrap_or(context.business_date);
    let address = Address { part: loan.part, key: loan.key };
    let became = |booking: &Booking| {
        let amount = booking.won(application);
        let state = if amount.is_positive() {
            BookingState::Invested { amount, loan: address, account_no: loan.account_no, on }
        } else {
            BookingState::Released { won: Amount::ZERO }
        };
        booking.in_state(state, context)
    };
    let took_part = |booking: &&Booking| booking.state == BookingState::Open;
    let bookings = bookings.iter().filter(took_part).map(became).collect();
    let funded = application.order_book.won_by_all(application.requested_amount);
    let application = Application {
        amount_in_funding: Amount::ZERO,
        amount_funded: funded,
        ..application.moved_to(Stage::Funded, context)
    };
    Auctioned { application, bookings }
}

/// The disbursement was taken back: bookings stand again as they stood before it.
pub fn reopened(application: &Application, bookings: &[Booking], context: &Context<'_>) -> Auctioned {
    let took_part = |booking: &&Booking| match booking.state {
        BookingState::Invested { .. } | BookingState::Released { .. } => true,
        BookingState::Open | BookingState::Uncommitted | BookingState::Bought { .. } => false,
    };
    let bookings = bookings
        .iter()
        .filter(took_part)
        .map(|booking| booking.in_state(BookingState::Open, context))
        .collect();
    let application = Application {
        amount_in_funding: application.amount_funded,
        amount_funded: Amount::ZERO,
        ..application.moved_to(Stage::Funded, context)
    };
    Auctioned { application, bookings }
}

/// The application came to nothing: what was booked is free again.
pub fn released(
    application: &Application,
    bookings: &[Booking],
    stage: Stage,
    context: &Context<'_>,
) -> Auctioned {
    let became = |booking: &Booking| {
        let won = booking.won(application);
        booking.in_state(BookingState::Released { won }, context)
    };
    let bookings = still_open(bookings).map(became).collect();
    let application = Application { amount_in_funding: Amount::ZERO, ..application.moved_to(stage, context) };
    Auctioned { application, bookings }
}

/// What becomes of an application after its funding window, if it still waits for money: it expires, unless its loan
/// was paid out without investors.
pub fn stage_after(application: &Application, loan: Option<&Loan>, context: &Context<'_>) -> Option<Stage> {
    match application.stage {
        Stage::New | Stage::InFunding if application.is_expired(context.business_date) => {
            let was_paid_out = loan.is_some_and(|loan| loan.state().disbursed_on().is_some());
            Some(if was_paid_out { Stage::Funded } else { Stage::Expired })
        }
        Stage::New
        | Stage::InFunding
        | Stage::Funded
        | Stage::Expired
        | Stage::Cancelled
        | Stage::Rejected => None,
    }
}

fn still_open(bookings: &[Booking]) -> impl Iterator<Item = &Booking> {
    bookings.iter().filter(|booking| match booking.state {
        BookingState::Open | BookingState::Uncommitted => true,
        BookingState::Invested { .. } | BookingState::Released { .. } | BookingState::Bought { .. } => false,
    })
}

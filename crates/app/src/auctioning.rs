//! Bookings of an application in a batch, and what becomes of them when its loan is paid out, or not.
//!
//! A booking writes the application and the investor's account, each only if nobody else did meanwhile: of two that
//! would take the same that is left, or the same cash, in one lane or on two servers, the second is decided again.

use std::collections::BTreeMap;

use loam_book::application::auction::{self, Auctioned};
use loam_book::application::booking::{Booked, Booking, BookingState, NewBooking, book};
use loam_book::application::convert::convert;
use loam_book::application::{Application, Stage};
use loam_book::custom_field::value::StatedValue;
use loam_book::ids::{Address, Key};
use loam_book::loan::command::{Disburse, LoanCommand};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{MarketRefusal, Refusal};
use loam_book::loan::{Loan, LoanState};
use loam_book::party::holder::Party;
use loam_book::savings::HoldKind;
use loam_book::savings::commands::of_market;
use loam_calc::money::Amount;

use crate::command::{Caller, Done, Outcome};
use crate::error::AppError;
use crate::ports::Need;
use crate::refinancing::paid_off;
use crate::session::{Answer, Session, Wanted};

/// Loans that were made for applications have such ids.
const LOAN_OF_APPLICATION: &str = "LAI-";

/// The note of a loan account that is withdrawn because the funding of its application ran out.
const EXPIRED: &str = "expired";

type By<'a> = (&'a Caller, &'a NewIds);

impl Session {
    pub(crate) fn book(
        &mut self,
        (application, account): (Address, Address),
        new: &NewBooking,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let application = self.application(application).ok_or(AppError::ApplicationNotFound)?;
        let account = self.savings_to_move(account)?;
        let context = self.context(caller, ids, None);
        context.require_reach(&account.assignment)?;
        let booked = book((application, account), account.announced, new, &context)?;
        if application.stage == Stage::New {
            let application = application.clone();
            self.approve_loan_of(&application, (caller, ids))?;
        }
        Ok(self.record_booking(booked, "book", (caller, ids)))
    }

    /// Takes a booking into the batch, and keeps what it reserves of the account.
    pub(crate) fn record_booking(
        &mut self,
        booked: Booked,
        command: &'static str,
        (caller, ids): By<'_>,
    ) -> Outcome {
        let Booked { booking, application } = booked;
        if booking.state == BookingState::Uncommitted {
            self.touch(booking.account, (caller, ids));
        }
        self.keep_more((&application, booking.account), booking.place.reserved, (caller, ids));
        self.audit(booking.address(), command, caller, (None, None));
        self.market.put_booking(booking.clone());
        self.applications.put(application.clone());
        self.outcome(Done::Booking { booking: Box::new(booking), application: Box::new(application) })
    }

    /// With the first booking the loan account made for the application is approved, if it can be: it is in the
    /// market now. One that was paid out or closed takes no bookings.
    pub(crate) fn approve_loan_of(
        &mut self,
        application: &Application,
        (caller, ids): By<'_>,
    ) -> Result<(), AppError> {
        let Some(loan) = &application.loan else { return Ok(()) };
        let address = Address { part: application.part, key: loan.key };
        let Some(loan) = self.loan(address) else {
            if self.looked_for(address) {
                return Err(AppError::AccountNotFound);
            }
            return Err(self.want_accounts(Need { loans: vec![address], ..Need::default() }));
        };
        match loan.state() {
            LoanState::PendingApproval => self.try_approval(address, (caller, ids)),
            LoanState::PartialApplication | LoanState::Approved { .. } => Ok(()),
            state @ (LoanState::Active { .. } | LoanState::Closed { .. }) => {
                Err(Refusal::from(MarketRefusal::LoanState { state: state.name() }).into())
            }
        }
    }

    /// Approves a loan, or leaves it as it is where that is refused.
    fn try_approval(&mut self, loan: Address, (caller, ids): By<'_>) -> Result<(), AppError> {
        let approve = LoanCommand::Approve { notes: None };
        match self.command_loan(loan, (&approve, &[]), caller, ids) {
            Ok(_) | Err(AppError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn convert(
        &mut self,
        (address, borrower): (Address, Address),
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let application = self.application(address).ok_or(AppError::ApplicationNotFound)?.clone();
        let borrower = self.client(borrower).cloned();
        let context = self.context(caller, ids, borrower.as_ref().map(Party::Client));
        let (application, new) = convert(&application, &context)?;
        let decision = self.decide_loan(None, &LoanCommand::Create(Box::new(new)), context)?;
        let made = self.open_loan(decision.expect("a new loan has no log to ask for"), caller)?;
        let loan = Address { part: made.part, key: made.key };
        // What investors booked is enough: it is in the market, as one that was made with the application.
        self.try_approval(loan, (caller, ids))?;
        let loan = self.shared_loan(loan).cloned().unwrap_or(made);
        Ok(self.put_application(application, Some(loan), ("convert application", caller)))
    }

    pub(crate) fn end_funding(
        &mut self,
        (address, loan): (Address, Option<Address>),
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let application = self.application(address).ok_or(AppError::ApplicationNotFound)?.clone();
        let present = loan.and_then(|address| self.loan(address));
        let stage = auction::stage_after(&application, present, &self.context(caller, ids, None));
        let is_open = present.is_some_and(|loan| !matches!(loan.state(), LoanState::Closed { .. }));
        let Some(stage) = stage else {
            return Ok(self.outcome(Done::Application { application: Box::new(application), loan: None }));
        };
        let bookings = self.bookings_of(&application)?;
        if let Some(loan) = loan.filter(|_| is_open && stage == Stage::Expired) {
            let command = LoanCommand::Withdraw { notes: Some(EXPIRED.to_owned()) };
            self.command_loan_alone(loan, (&command, &[]), caller, ids)?;
        }
        let ended = auction::released(&application, &bookings, stage, &self.context(caller, ids, None));
        Ok(self.record_auction(ended, "end funding", (caller, ids)))
    }

    /// Decides a command by which investors' money goes into a loan or comes back, or is free again; `None` for any
    /// other.
    pub(crate) fn with_investors(
        &mut self,
        loan: Address,
        (command, values): (&LoanCommand, &[StatedValue]),
        caller: &Caller,
        ids: &NewIds,
    ) -> Option<Answer> {
        let ends = matches!(
            command,
            LoanCommand::Disburse(_)
                | LoanCommand::UndoDisbursement { .. }
                | LoanCommand::Reject { .. }
                | LoanCommand::Withdraw { .. }
                | LoanCommand::Delete
        );
        let present =
            self.loan(loan).filter(|loan| ends && loan.id.starts_with(LOAN_OF_APPLICATION))?.clone();
        let application = match self.application_of(&present) {
            Ok(application) => application?,
            Err(error) => return Some(Err(error)),
        };
        let on = (loan, &application);
        Some(if let LoanCommand::Disburse(disburse) = command {
            self.pay_out_investors(on, (disburse, values), caller, ids)
        } else if let LoanCommand::UndoDisbursement { .. } = command {
            self.pay_investors_back(on, (command, values), caller, ids)
        } else {
            self.give_investors_up(on, (command, values), caller, ids)
        })
    }

    /// Pays a loan out with what investors booked, and other loans off that it refinances. One that nobody booked is the
    /// lender's.
    fn pay_out_investors(
        &mut self,
        (loan, application): (Address, &Application),
        (disburse, values): (&Disburse, &[StatedValue]),
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let bookings = self.bookings_of(application)?;
        let paid_in = auction::paid_in(application, &bookings)?;
        let mut wanted: BTreeMap<Key, Amount> = BTreeMap::new();
        for paid in &paid_in {
            *wanted.entry(paid.account).or_default() += paid.amount;
        }
        for (key, amount) in wanted {
            let part = key.part().ok_or(AppError::SavingsNotFound)?;
            let account = self.savings_to_move(Address { part, key })?;
            auction::check_cash(account.balance, amount, application)?;
        }
        let payoffs = self.decide_payoffs((loan, application), (caller, ids))?;
        let pays_off = paid_off(&payoffs);
        let command = LoanCommand::Disburse(Disburse { paid_in, pays_off, ..disburse.clone() });
        let outcome = self.command_loan_alone(loan, (&command, values), caller, ids)?;
        self.record_others(payoffs, "pay off", (caller, ids));
        let Done::Loan { loan, .. } = &outcome.done else { unreachable!("a command on a loan gives a loan") };
        let ended = auction::invested(application, &bookings, loan, &self.context(caller, ids, None));
        self.record_auction(ended, "invest", (caller, ids));
        Ok(outcome)
    }

    /// Takes a disbursement back: what was invested is booked again, and loans that were paid off are open again.
    fn pay_investors_back(
        &mut self,
        (loan, application): (Address, &Application),
        (command, values): (&LoanCommand, &[StatedValue]),
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let bookings = self.bookings_of(application)?;
        let reopenings = self.decide_reopenings((loan, command), (caller, ids))?;
        let outcome = self.command_loan_alone(loan, (command, values), caller, ids)?;
        self.record_others(reopenings, "take payoff back", (caller, ids));
        let Done::Loan { loan, .. } = &outcome.done else { unreachable!("a command on a loan gives a loan") };
        if loan.state().disbursed_on().is_none() && application.amount_funded.is_positive() {
            let again = auction::reopened(application, &bookings, &self.context(caller, ids, None));
            self.record_auction(again, "book again", (caller, ids));
        }
        Ok(outcome)
    }

    /// A loan that is rejected, withdrawn or deleted ends the auction of its application.
    fn give_investors_up(
        &mut self,
        (loan, application): (Address, &Application),
        (command, values): (&LoanCommand, &[StatedValue]),
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let bookings = self.bookings_of(application)?;
        let outcome = self.command_loan_alone(loan, (command, values), caller, ids)?;
        let is_rejected = matches!(command, LoanCommand::Reject { .. });
        let stage = match application.stage {
            Stage::New | Stage::InFunding | Stage::Funded if is_rejected => Stage::Rejected,
            Stage::New | Stage::InFunding | Stage::Funded => Stage::Cancelled,
            Stage::Expired | Stage::Cancelled | Stage::Rejected => return Ok(outcome),
        };
        let ended = auction::released(application, &bookings, stage, &self.context(caller, ids, None));
        self.record_auction(ended, "release bookings", (caller, ids));
        Ok(outcome)
    }

    /// Takes the end of an auction into the batch: accounts keep what open bookings still win, and nothing for others.
    pub(crate) fn record_auction(
        &mut self,
        auctioned: Auctioned,
        command: &'static str,
        (caller, ids): By<'_>,
    ) -> Outcome {
        let Auctioned { application, bookings } = auctioned;
        let mut kept: BTreeMap<Address, Amount> = BTreeMap::new();
        for booking in &bookings {
            let is_open = booking.state == BookingState::Open;
            let won = if is_open { booking.won(&application) } else { Amount::ZERO };
            *kept.entry(booking.account).or_default() += won;
        }
        for (account, amount) in kept {
            self.keep((&application, account), amount, (caller, ids));
        }
        bookings.into_iter().for_each(|booking| self.market.put_booking(booking));
        self.put_application(application, None, (command, caller))
    }

    /// The bookings of an application as the batch leaves them, with the accounts that they name.
    pub(crate) fn bookings_of(&mut self, application: &Application) -> Result<Vec<Booking>, AppError> {
        if !self.market.has_looked_for(application.key) {
            self.want(Wanted::BookingsOf(application.address()));
            return Err(AppError::Broken("bookings were asked for and not given".to_owned()));
        }
        let bookings = self.market.of_application(application.key);
        let mut missing: Vec<Address> = bookings
            .iter()
            .map(|booking| booking.account)
            .filter(|account| self.savings_account(*account).is_none() && !self.looked_for(*account))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(bookings);
        }
        Err(self.want_accounts(Need { savings: missing, ..Need::default() }))
    }

    /// The application for which a loan was made.
    fn application_of(&mut self, loan: &Loan) -> Result<Option<Application>, AppError> {
        match self.market.application_of.get(&loan.key) {
            Some(found) => Ok(found.and_then(|address| self.application(address)).cloned()),
            None => {
                self.want(Wanted::ApplicationOf {
                    loan: loan.key,
                    part: loan.part,
                    account_no: loan.account_no,
                });
                Err(AppError::Broken("an application was asked for and not given".to_owned()))
            }
        }
    }

    /// A booking waits for the money of an account as it is: money that clears meanwhile must see the booking.
    fn touch(&mut self, account: Address, (caller, ids): By<'_>) {
        let Some(account) = self.savings_account(account) else { return };
        let touched = of_market::touch(account, &self.context(caller, ids, None));
        self.record_savings(touched, "wait for money", caller);
    }

    fn keep_more(&mut self, (application, account): (&Application, Address), more: Amount, by: By<'_>) {
        let what = (application.address(), HoldKind::Booking);
        let kept = self.savings_account(account).map(|account| of_market::kept_for(account, what.0, what.1));
        self.keep((application, account), kept.unwrap_or_default() + more, by);
    }

    fn keep(
        &mut self,
        (application, account): (&Application, Address),
        amount: Amount,
        (caller, ids): By<'_>,
    ) {
        let what = (application.address(), HoldKind::Booking);
        let Some(account) = self.savings_account(account) else { return };
        let kept = of_market::keep(account, what, amount, &self.context(caller, ids, None));
        if let Some(kept) = kept {
            self.record_savings(kept, "keep for application", caller);
        }
    }
}

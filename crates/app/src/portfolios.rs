//! Booking orders in a batch: an amount is spread over applications of any part, and all of it is written in one
//! transaction, each application and the investor's account only if nobody else wrote it meanwhile.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use loam_book::application::booking::{NewBooking, book};
use loam_book::application::portfolio::{
    self, BookingOrder, MOST_BOOKINGS, NewPortfolio, OrdersBefore, PortfolioRules,
};
use loam_book::application::{Application, Stage};
use loam_book::ids::{Address, Key, Name};
use loam_book::loan::LoanState;
use loam_book::loan::context::NewIds;
use loam_book::savings::Savings;
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;

use crate::command::{Caller, Done};
use crate::error::AppError;
use crate::ports::Need;
use crate::session::{Answer, Session, Wanted};

/// How many open applications are read at once.
const PAGE: i64 = 200;

/// How many numbers an order takes: its own, and one for each booking.
pub(crate) const NUMBERS: i64 = 501;

/// Asks for applications that wait for money, which an account has not booked and whose borrower is somebody else, in
/// the order in which they close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenAsked {
    /// The investor's deposit account.
    pub account: Address,
    /// Whose account it is.
    pub holder: Key,
    /// Those that close on this day or later.
    pub on: Date,
    /// After the one that closes on this day and has this number.
    pub after: Option<(Date, i64)>,
    pub limit: i64,
}

/// Asks how many orders an account gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrdersAsked {
    pub account: Address,
    /// From this instant on.
    pub since: Timestamp,
    /// On this business date.
    pub on: Date,
}

/// Open applications as they were found for an account.
#[derive(Debug, Default)]
pub(crate) struct OpenFound {
    found: Vec<Address>,
    last: Option<(Date, i64)>,
    is_all: bool,
}

impl OpenFound {
    fn take(&mut self, applications: &[Application]) {
        self.found.extend(applications.iter().map(Application::address));
        self.last = applications.last().map(|last| (last.expiry_date, last.number));
        self.is_all = i64::try_from(applications.len()).is_ok_and(|count| count < PAGE);
    }
}

impl Session {
    pub(crate) fn order_portfolio(
        &mut self,
        address: Address,
        new: &NewPortfolio,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let account = self.savings_to_move(address)?.clone();
        self.context(caller, ids, None).require_reach(&account.assignment)?;
        let rules = self.catalog.settings.as_deref().map(|settings| settings.portfolios).unwrap_or_default();
        let before = self.orders_before(address, rules)?;
        let context = self.context(caller, ids, None);
        let amount = portfolio::check(&account, new, (rules, before), &context)?;
        let chosen = self.chosen(&account, (amount, rules), (caller, ids))?;
        for (application, _) in chosen.iter().filter(|(application, _)| application.stage == Stage::New) {
            self.approve_loan_of(application, (caller, ids))?;
        }
        let context = self.context(caller, ids, None);
        let order = portfolio::order(&account, new, (amount, chosen.len()), &context);
        self.book_portfolio(order, chosen, (caller, ids))
    }

    /// Books what was chosen. Nothing of it is refused: it was chosen so.
    fn book_portfolio(
        &mut self,
        order: BookingOrder,
        chosen: Vec<(Application, Amount)>,
        (caller, ids): (&Caller, &NewIds),
    ) -> Answer {
        let account = Address { part: order.part, key: order.account };
        let mut bookings = Vec::with_capacity(chosen.len());
        for (place, (application, share)) in (1..).zip(chosen) {
            let new = NewBooking {
                investor_id: order.investor_id.clone(),
                booking_order: Some(order.id().to_string()),
                amount: Some(StatedAmount(share.to_fixed_text(order.currency))),
                certificate_rate: None,
                service_rate: None,
            };
            let of_booking = ids_of(ids, &order, &application, place);
            let context = self.context(caller, &of_booking, None);
            let investor = self.savings_to_move(account)?;
            let booked = book((&application, investor), Amount::ZERO, &new, &context)?;
            bookings.push(booked.booking.clone());
            self.record_booking(booked, "book", (caller, &of_booking));
            ids.transaction_id.set(of_booking.transaction_id.get());
        }
        self.audit(order.address(), "order portfolio", caller, (None, None));
        self.market.put_order(order.clone());
        Ok(self.outcome(Done::BookingOrder { order: Box::new(order), bookings }))
    }

    /// How many orders the account gave before, where that is limited.
    fn orders_before(&mut self, account: Address, rules: PortfolioRules) -> Result<OrdersBefore, AppError> {
        if rules.most_per_hour.is_none() && rules.most_per_day.is_none() {
            return Ok(OrdersBefore::default());
        }
        let Some(stored) = self.market.orders_before.get(&account.key).copied() else {
            let hour = SignedDuration::from_hours(1);
            let since = self.recorded_at.saturating_sub(hour).unwrap_or(self.recorded_at);
            let on = self.loaded.state.business_date;
            self.want(Wanted::OrdersBefore(OrdersAsked { account, since, on }));
            return Err(AppError::Broken("orders were asked for and not given".to_owned()));
        };
        let of_batch = self.market.orders_of(account.key);
        Ok(OrdersBefore {
            in_the_hour: stored.in_the_hour + of_batch,
            on_the_day: stored.on_the_day + of_batch,
        })
    }

    /// The applications among which the amount is spread, each with its share.
    fn chosen(
        &mut self,
        account: &Savings,
        (amount, rules): (Amount, PortfolioRules),
        (caller, ids): (&Caller, &NewIds),
    ) -> Result<Vec<(Application, Amount)>, AppError> {
        let found = self.market.open.get(&account.key).map(|open| open.found.clone()).unwrap_or_default();
        self.require_loans_of(&found)?;
        let booked: HashSet<Key> = self.market.booked_by(account.key).collect();
        let context = self.context(caller, ids, None);
        let usable: Vec<&Application> = found
            .iter()
            .filter_map(|address| self.application(*address))
            .filter(|application| !booked.contains(&application.key))
            .filter(|application| portfolio::may_book(account, application, &context))
            .filter(|application| self.may_be_funded(application))
            .collect();
        if let Some(shares) = portfolio::spread(amount, rules, &usable) {
            return Ok(usable.into_iter().cloned().zip(shares).collect());
        }
        let count = usable.len();
        let open = self.market.open.get(&account.key);
        if count >= MOST_BOOKINGS || open.is_some_and(|open| open.is_all) {
            return Err(portfolio::unspread(amount, account, count).into());
        }
        let (account, holder) = (account.address(), account.holder.key);
        let after = open.and_then(|open| open.last);
        let on = self.loaded.state.business_date;
        self.want(Wanted::OpenApplications(OpenAsked { account, holder, on, after, limit: PAGE }));
        Err(AppError::Broken("applications were asked for and not given".to_owned()))
    }

    /// Takes open applications that were asked for; those that were here already stay as they were read.
    pub(crate) fn give_open_applications(&mut self, account: Key, applications: Vec<Application>) {
        self.market.open.entry(account).or_default().take(&applications);
        for application in applications {
            self.loaded.applications.entry(application.key).or_insert(application);
        }
    }

    /// Asks for the loans of new applications: with the first booking they are approved.
    fn require_loans_of(&mut self, applications: &[Address]) -> Result<(), AppError> {
        let missing: Vec<Address> = applications
            .iter()
            .filter_map(|address| self.application(*address))
            .filter_map(loan_of_new)
            .filter(|loan| self.loan(*loan).is_none() && !self.looked_for(*loan))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(self.want_accounts(Need { loans: missing, ..Need::default() }))
    }

    /// Whether the loan made for an application, if any, can still be funded.
    fn may_be_funded(&self, application: &Application) -> bool {
        let Some(address) = loan_of_new(application) else { return true };
        let is_open = |state: &LoanState| match state {
            LoanState::PartialApplication | LoanState::PendingApproval | LoanState::Approved { .. } => true,
            LoanState::Active { .. } | LoanState::Closed { .. } => false,
        };
        !self.loaded.quarantined.contains(&address.key)
            && self.loan(address).is_some_and(|loan| is_open(loan.state()))
    }
}

fn loan_of_new(application: &Application) -> Option<Address> {
    let loan = application.loan.as_ref().filter(|_| application.stage == Stage::New)?;
    Some(Address { part: application.part, key: loan.key })
}

/// Ids for one booking of an order: a key that follows from both, and the next number.
fn ids_of(ids: &NewIds, order: &BookingOrder, application: &Application, place: i64) -> NewIds {
    let name = Name::of(&[&order.key.to_string(), "booking", &application.key.to_string()]);
    NewIds {
        key: Key::named(application.part, &name),
        part: application.part,
        account_no: ids.account_no + place,
        random: ids.random,
        transaction_id: ids.transaction_id.clone(),
        transaction_id_end: ids.transaction_id_end,
    }
}

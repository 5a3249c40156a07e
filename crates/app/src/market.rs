//! Commands of the marketplace in a batch, and what the batch makes of bookings and of investors' fund transactions.

use std::collections::{BTreeMap, HashMap, HashSet};

use loam_book::application::booking::{Booking, BookingState, NewBooking};
use loam_book::application::fund_transaction::{FundTransaction, NewFundTransaction};
use loam_book::application::orders::{NewPurchase, NewSale};
use loam_book::application::portfolio::{BookingOrder, NewPortfolio, OrdersBefore};
use loam_book::ids::{Address, Key, Part};
use loam_book::loan::command::NewLoan;
use loam_book::loan::context::NewIds;

use crate::changes::{BookingChange, Changes, FundTransactionChange};
use crate::command::{Caller, Done};
use crate::needs::need_for_new_loan;
use crate::portfolios::{self, OpenFound, OrdersAsked};
use crate::ports::{Loaded, Need};
use crate::session::{Answer, Session};
use crate::trading::OrderPlace;

/// What somebody asks of the marketplace, besides applying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarketCommand {
    /// A deposit or withdrawal of an investor; with `clears` it moves at once.
    Announce { account: Address, new: NewFundTransaction, clears: bool },
    /// One that was announced clears, or is rejected.
    SettleFund { account: Address, transaction: Address, clears: bool },
    /// Books a part of an application.
    Book { application: Address, account: Address, new: NewBooking },
    /// Makes a loan account that no application stands behind. Its id is one that the loan of an application would
    /// have: the number is drawn from those of applications, and none gets it any more.
    Open { holder: Address, new: Box<NewLoan> },
    /// Makes the loan account of a funded application that has none.
    Convert { application: Address, borrower: Address },
    /// Credits what waits for an investor's account; loading the account does it.
    CreditShares { account: Address },
    /// Spreads an amount of an investor over open applications.
    OrderPortfolio { account: Address, new: NewPortfolio },
    /// Sells parts of an order of an account to other investors.
    Sell { order: OrderPlace, loan: Address, seller: Address, sales: Vec<NewSale> },
    /// Buys a part of a loan of the lender.
    Buy { loan: Address, account: Address, new: NewPurchase },
    /// The funding window is over.
    EndFunding { application: Address, loan: Option<Address> },
}

impl MarketCommand {
    /// The part that decides which lane takes the command: bookings of one application meet in one lane.
    pub fn part(&self) -> Part {
        match self {
            MarketCommand::Announce { account, .. }
            | MarketCommand::SettleFund { account, .. }
            | MarketCommand::CreditShares { account }
            | MarketCommand::OrderPortfolio { account, .. } => account.part,
            MarketCommand::Sell { loan, .. } | MarketCommand::Buy { loan, .. } => loan.part,
            MarketCommand::Open { holder, .. } => holder.part,
            MarketCommand::Book { application, .. }
            | MarketCommand::Convert { application, .. }
            | MarketCommand::EndFunding { application, .. } => application.part,
        }
    }

    /// The name written to the audit trail.
    pub fn name(&self) -> &'static str {
        match self {
            MarketCommand::Announce { .. } => "announce fund transaction",
            MarketCommand::SettleFund { clears: true, .. } => "clear fund transaction",
            MarketCommand::SettleFund { clears: false, .. } => "reject fund transaction",
            MarketCommand::Book { .. } => "book",
            MarketCommand::OrderPortfolio { .. } => "order portfolio",
            MarketCommand::Sell { .. } => "sell order",
            MarketCommand::Buy { .. } => "buy of lender",
            MarketCommand::Open { .. } => "create loan",
            MarketCommand::Convert { .. } => "convert application",
            MarketCommand::CreditShares { .. } => "credit shares",
            MarketCommand::EndFunding { .. } => "end funding",
        }
    }

    /// The deposit account that it moves.
    pub(crate) fn account(&self) -> Option<Address> {
        match self {
            MarketCommand::Announce { account, .. }
            | MarketCommand::SettleFund { account, .. }
            | MarketCommand::CreditShares { account }
            | MarketCommand::OrderPortfolio { account, .. }
            | MarketCommand::Sell { seller: account, .. }
            | MarketCommand::Buy { account, .. }
            | MarketCommand::Book { account, .. } => Some(*account),
            MarketCommand::Open { .. } | MarketCommand::Convert { .. } | MarketCommand::EndFunding { .. } => {
                None
            }
        }
    }

    /// How many numbers of accounts it takes.
    pub(crate) fn numbers(&self) -> i64 {
        match self {
            MarketCommand::Announce { .. }
            | MarketCommand::Book { .. }
            | MarketCommand::Buy { .. }
            | MarketCommand::Open { .. }
            | MarketCommand::Convert { .. } => 1,
            MarketCommand::Sell { sales, .. } => i64::try_from(sales.len()).unwrap_or(portfolios::NUMBERS),
            MarketCommand::OrderPortfolio { .. } => portfolios::NUMBERS,
            MarketCommand::SettleFund { .. }
            | MarketCommand::CreditShares { .. }
            | MarketCommand::EndFunding { .. } => 0,
        }
    }
}

/// What a command of the marketplace must see.
pub(crate) fn need(command: &MarketCommand, need: &mut Need) {
    match command {
        MarketCommand::Announce { account, .. }
        | MarketCommand::CreditShares { account }
        | MarketCommand::OrderPortfolio { account, .. } => {
            need.savings.push(*account);
        }
        MarketCommand::SettleFund { account, transaction, .. } => {
            need.savings.push(*account);
            need.fund_transactions.push(*transaction);
        }
        MarketCommand::Book { application, account, .. } => {
            need.applications.push(*application);
            need.savings.push(*account);
        }
        MarketCommand::Sell { loan, seller, sales, .. } => {
            need.loans.push(*loan);
            need.savings.push(*seller);
            need.savings.extend(sales.iter().filter_map(|sale| sale.account));
        }
        MarketCommand::Buy { loan, account, .. } => {
            need.loans.push(*loan);
            need.savings.push(*account);
        }
        MarketCommand::Open { holder, new } => need_for_new_loan(*holder, new, need),
        MarketCommand::Convert { application, borrower } => {
            need.applications.push(*application);
            need.clients.push(*borrower);
        }
        MarketCommand::EndFunding { application, loan } => {
            need.applications.push(*application);
            need.loans.extend(loan);
        }
    }
}

/// What the batch makes of bookings and fund transactions, and what was looked for on the way.
#[derive(Default)]
pub(crate) struct Market {
    bookings: HashMap<Key, Booking>,
    funds: HashMap<Key, FundTransaction>,
    /// As they were loaded, in the order of their numbers.
    loaded: BTreeMap<i64, Booking>,
    /// Applications whose bookings were loaded, and accounts whose uncommitted ones were.
    looked_for: HashSet<Key>,
    /// The application for which a loan was made, where it was looked for.
    pub(crate) application_of: HashMap<Key, Option<Address>>,
    /// Bookings that were asked for by their numbers, also those that are not there.
    numbered: HashMap<(Part, i64), Option<Key>>,
    /// Booking orders of the batch.
    orders: Vec<BookingOrder>,
    /// How many each account gave before, where it was looked for.
    pub(crate) orders_before: HashMap<Key, OrdersBefore>,
    /// Applications that an account may book, where they were looked for.
    pub(crate) open: HashMap<Key, OpenFound>,
}

impl Market {
    pub(crate) fn put_booking(&mut self, booking: Booking) {
        self.bookings.insert(booking.key, booking);
    }

    pub(crate) fn put_fund_transaction(&mut self, transaction: FundTransaction) {
        self.funds.insert(transaction.key, transaction);
    }

    /// Takes how many orders an account gave before, where any are stored.
    pub(crate) fn give_orders_before(&mut self, asked: &OrdersAsked, before: Option<OrdersBefore>) {
        self.orders_before.insert(asked.account.key, before.unwrap_or_default());
    }

    pub(crate) fn put_order(&mut self, order: BookingOrder) {
        self.orders.push(order);
    }

    /// How many orders of the batch are an account's.
    pub(crate) fn orders_of(&self, account: Key) -> i64 {
        let count = self.orders.iter().filter(|order| order.account == account).count();
        i64::try_from(count).expect("a batch is small")
    }

    /// The applications that the batch booked for an account.
    pub(crate) fn booked_by(&self, account: Key) -> impl Iterator<Item = Key> {
        let is_its = move |booking: &&Booking| booking.account.key == account;
        self.bookings.values().filter(is_its).map(|booking| booking.application)
    }

    /// Takes a booking that was asked for by its number.
    pub(crate) fn give_numbered(&mut self, place: OrderPlace, booking: Option<Booking>) {
        let key = booking.as_ref().map(|booking| booking.key);
        self.numbered.insert((place.part, place.number), key);
        if let Some(booking) = booking {
            self.loaded.entry(booking.number).or_insert(booking);
        }
    }

    /// The booking with this number as it now stands; `None` while it was not asked for.
    pub(crate) fn booking_numbered(&self, place: OrderPlace) -> Option<Option<&Booking>> {
        let key = *self.numbered.get(&(place.part, place.number))?;
        let stored = || self.loaded.get(&place.number);
        Some(key.and_then(|key| self.bookings.get(&key).or_else(stored)))
    }

    pub(crate) fn fund_transaction(&self, key: Key) -> Option<&FundTransaction> {
        self.funds.get(&key)
    }

    pub(crate) fn has_looked_for(&self, key: Key) -> bool {
        self.looked_for.contains(&key)
    }

    /// Takes bookings that were asked for by an application or an account.
    pub(crate) fn give(&mut self, asked: Key, bookings: Vec<Booking>) {
        self.looked_for.insert(asked);
        for booking in bookings {
            self.loaded.entry(booking.number).or_insert(booking);
        }
    }

    /// The bookings that were loaded or made, as they now stand, in the order of their numbers.
    fn present(&self) -> impl Iterator<Item = &Booking> {
        let stored = self.loaded.values().map(|stored| self.bookings.get(&stored.key).unwrap_or(stored));
        let mut new: Vec<&Booking> =
            self.bookings.values().filter(|booking| !self.loaded.contains_key(&booking.number)).collect();
        new.sort_by_key(|booking| booking.number);
        stored.chain(new)
    }

    /// Those of an application. They must have been loaded.
    pub(crate) fn of_application(&self, application: Key) -> Vec<Booking> {
        self.present().filter(|booking| booking.application == application).cloned().collect()
    }

    /// Those of an account that wait for its money. They must have been loaded.
    pub(crate) fn uncommitted_of(&self, account: Key) -> Vec<Booking> {
        let waits =
            |booking: &&Booking| booking.account.key == account && booking.state == BookingState::Uncommitted;
        self.present().filter(waits).cloned().collect()
    }

    /// Hands over what is to be written, in the order of parts and numbers.
    pub(crate) fn finish(&mut self, loaded: &Loaded, changes: &mut Changes) {
        changes.booking_orders.append(&mut self.orders);
        for (_, booking) in self.bookings.drain() {
            let version_read = self.loaded.get(&booking.number).map(|before| before.version);
            changes.bookings.push(BookingChange { booking, version_read });
        }
        for (key, transaction) in self.funds.drain() {
            let version_read = loaded.fund_transactions.get(&key).map(|before| before.version);
            changes.fund_transactions.push(FundTransactionChange { transaction, version_read });
        }
        changes.bookings.sort_by_key(|change| (change.booking.part, change.booking.number));
        changes.fund_transactions.sort_by_key(|change| (change.transaction.part, change.transaction.number));
    }
}

impl Session {
    pub(crate) fn command_market(
        &mut self,
        command: &MarketCommand,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        match command {
            MarketCommand::Announce { account, new, clears } => {
                self.announce_fund((*account, *clears), new, caller, ids)
            }
            MarketCommand::SettleFund { account, transaction, clears } => {
                self.settle_fund((*account, *transaction), *clears, caller, ids)
            }
            MarketCommand::Book { application, account, new } => {
                self.book((*application, *account), new, caller, ids)
            }
            MarketCommand::OrderPortfolio { account, new } => {
                self.order_portfolio(*account, new, caller, ids)
            }
            MarketCommand::Sell { order, loan, seller, sales } => {
                self.sell((*order, *loan, *seller), sales, caller, ids)
            }
            MarketCommand::Buy { loan, account, new } => {
                self.buy_of_lender((*loan, *account), new, caller, ids)
            }
            MarketCommand::Open { holder, new } => self.open_in_market(*holder, new, caller, ids),
            MarketCommand::Convert { application, borrower } => {
                self.convert((*application, *borrower), caller, ids)
            }
            MarketCommand::CreditShares { account } => {
                let account = Box::new(self.savings_to_move(*account)?.clone());
                Ok(self.outcome(Done::Savings { account, transactions: Vec::new() }))
            }
            MarketCommand::EndFunding { application, loan } => {
                self.end_funding((*application, *loan), caller, ids)
            }
        }
    }
}

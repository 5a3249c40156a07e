//! Investment orders after the auction: sold to other investors, and bought of the lender while the loan runs.
//!
//! An order is sold by shares: what was invested ÷ the denomination of the product. A buyer pays what is left in the
//! shares, or the price that is named, and has the seller's rate.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use loam_calc::funding::shares_of;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::actor::Permission;
use crate::application::booking::{Booking, BookingState};
use crate::application::order_book::Place;
use crate::ids::{Address, Key, Name};
use crate::loan::Loan;
use crate::loan::context::Context;
use crate::loan::refusal::{MarketRefusal, Refusal};
use crate::loan::securities::Fund;
use crate::loan::trades::NewTrade;
use crate::savings::Savings;
use crate::savings::product::AccountType;
use crate::stated::{StatedAmount, StatedPercent};

/// A part of an order that an investor is to buy, as a door understood it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSale {
    /// As the marketplace knows the buyer, 15 characters.
    pub investor_id: String,
    /// The buyer's deposit account, if there is one.
    pub account: Option<Address>,
    /// How many shares; without a number, all that are left of the order.
    pub shares: Option<i64>,
    /// Without one, what is left in the shares.
    pub price: Option<StatedAmount>,
}

/// A part of a loan that an investor buys of the lender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPurchase {
    pub investor_id: String,
    /// Of what was lent; without one, all that is the lender's.
    pub amount: Option<StatedAmount>,
    /// Percent a year that the investor gets; without one, what the service leaves of the borrower's rate.
    pub certificate_rate: Option<StatedPercent>,
    pub service_rate: Option<StatedPercent>,
}

/// What is wrong with one row of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRow {
    /// From one.
    pub row: usize,
    pub fault: SaleFault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaleFault {
    /// Nobody, or no account of another investor that takes part in loans of this currency.
    Investor,
    /// Not a number of shares that the order has.
    Shares { left: i64 },
    /// No amount above zero.
    Price,
    /// The buyer has not enough cash.
    Funds { price: String, available: String },
}

impl fmt::Display for SaleRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "row {}: {}", self.row, self.fault)
    }
}

impl fmt::Display for SaleFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaleFault::Investor => formatter.write_str("there is no such other investor"),
            SaleFault::Shares { left } => {
                write!(formatter, "a sale is of one share or more, and of the {left} that are left at most")
            }
            SaleFault::Price => formatter.write_str("the price is no amount above zero"),
            SaleFault::Funds { price, available } => {
                write!(formatter, "{price} is more than the {available} that the buyer's account has left")
            }
        }
    }
}

/// How many whole shares an amount has.
pub fn shares_in(amount: Amount, denomination: Amount) -> i64 {
    amount.minor() / denomination.minor().max(1)
}

/// Decides what of an order is sold to whom. `buyers` are the accounts of the rows, in their order.
///
/// # Errors
/// `NotPermitted`; `UnknownOrder`, `NothingLeft`, `SoldTooSoon`; `MissingField` without rows; `SaleRows` with all rows that are not valid.
pub fn sell(
    (order, loan): (&Booking, &Loan),
    (sales, buyers): (&[NewSale], &[Option<&Savings>]),
    denomination: Amount,
    context: &Context<'_>,
) -> Result<Vec<NewTrade>, Refusal> {
    context.require(Permission::MakeTransfer)?;
    let fund = loan.servicing.course.funds.iter().find(|fund| fund.key == order.key && fund.is_paid_in);
    let fund = fund.ok_or(MarketRefusal::UnknownOrder)?;
    if !fund.left().is_positive() {
        return Err(MarketRefusal::NothingLeft.into());
    }
    if let Some(on) = order.ordered_on().filter(|on| *on >= context.business_date) {
        return Err(MarketRefusal::SoldTooSoon { on }.into());
    }
    if sales.is_empty() {
        return Err(Refusal::MissingField { field: "saleTransactions" });
    }
    let mut left =
        Left { loan, fund, amount: fund.amount, repaid: fund.principal_repaid, paid: BTreeMap::new() };
    let mut trades = Vec::with_capacity(sales.len());
    let mut rows = Vec::new();
    for (row, (sale, buyer)) in (1..).zip(sales.iter().zip(buyers)) {
        match left.sell(sale, *buyer, denomination) {
            Ok((account, amount, price)) => trades.push(NewTrade {
                from: Some(order.key),
                key: key_of(context, row),
                account,
                amount,
                price,
                commission: fund.interest_commission.unwrap_or_default(),
            }),
            Err(fault) => rows.push(SaleRow { row, fault }),
        }
    }
    if rows.is_empty() { Ok(trades) } else { Err(MarketRefusal::SaleRows { rows }.into()) }
}

/// What is left of an order, row by row.
struct Left<'a> {
    loan: &'a Loan,
    fund: &'a Fund,
    amount: Amount,
    repaid: Amount,
    /// What each buyer pays for the rows so far.
    paid: BTreeMap<Key, Amount>,
}

impl Left<'_> {
    fn sell(
        &mut self,
        sale: &NewSale,
        buyer: Option<&Savings>,
        denomination: Amount,
    ) -> Result<(Key, Amount, Option<Amount>), SaleFault> {
        let currency = self.loan.terms.currency;
        let buyer = buyer.filter(|buyer| {
            buyer.key != self.fund.account
                && buyer.terms.account_type == AccountType::InvestorAccount
                && buyer.terms.currency == currency
                && buyer.takes_investments()
        });
        let buyer = buyer.ok_or(SaleFault::Investor)?;
        let amount = self.part(sale.shares, denomination)?;
        let price = sale.price.as_ref().map(|price| price.positive_in(currency)).transpose();
        let price = price.map_err(|_| SaleFault::Price)?;
        let repaid = shares_of(self.repaid, &[self.amount - amount, amount])[1];
        let asked = price.unwrap_or(amount - repaid);
        let paid = self.paid.entry(buyer.key).or_default();
        let available = buyer.available() - *paid;
        if asked > available {
            let text = |amount: Amount| amount.to_fixed_text(currency);
            return Err(SaleFault::Funds { price: text(asked), available: text(available) });
        }
        *paid += asked;
        self.amount -= amount;
        self.repaid -= repaid;
        Ok((buyer.key, amount, price))
    }

    /// The part of the order that so many shares are.
    fn part(&self, shares: Option<i64>, denomination: Amount) -> Result<Amount, SaleFault> {
        let left = shares_in(self.amount, denomination);
        let Some(shares) = shares else {
            return if self.amount.is_positive() { Ok(self.amount) } else { Err(SaleFault::Shares { left }) };
        };
        if shares < 1 || shares > left {
            return Err(SaleFault::Shares { left });
        }
        Ok(Amount::from_minor(denomination.minor() * shares))
    }
}

/// Decides what of a loan an investor buys of the lender, at what is left in it.
///
/// # Errors
/// `NotPermitted`; `NotAnInvestor`, `OtherCurrency`, `AccountNotActive`; `InvalidAmount`, `InvalidRate`, `RatesExceedLoan`;
/// `InsufficientFunds`.
pub fn buy(
    (loan, account): (&Loan, &Savings),
    lenders: Lenders,
    new: &NewPurchase,
    context: &Context<'_>,
) -> Result<(NewTrade, Option<Rate>), Refusal> {
    context.require(Permission::MakeTransfer)?;
    super::booking::check_account(account, loan.terms.currency)?;
    let amount = match &new.amount {
        Some(stated) => stated.positive_in(loan.terms.currency)?,
        None => lenders.amount,
    };
    let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
    if amount > lenders.amount || !amount.is_positive() {
        let (wanted, invested) = (text(amount), text(lenders.amount));
        return Err(MarketRefusal::MoreThanInvested { wanted, invested }.into());
    }
    let whole = loan.rate_on(context.business_date);
    let (rate, service_rate) =
        super::booking::stated_rates(whole, (&new.certificate_rate, &new.service_rate))?;
    let price = amount - shares_of(lenders.repaid, &[lenders.amount - amount, amount])[1];
    let available = account.available();
    if price > available {
        let (amount, available) = (text(price), text(available));
        return Err(MarketRefusal::InsufficientFunds { amount, available }.into());
    }
    let (key, account) = (key_of(context, 1), account.key);
    Ok((NewTrade { from: None, key, account, amount, price: None, commission: rate }, service_rate))
}

/// What of a loan is the lender's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lenders {
    pub amount: Amount,
    /// What was repaid of it.
    pub repaid: Amount,
}

impl Lenders {
    pub fn of(loan: &Loan) -> Lenders {
        let (amount, repaid) = crate::loan::trades::lenders_part(loan);
        Lenders { amount, repaid }
    }
}

/// The order of a buyer, kept as a booking that no auction made.
pub fn bought(
    loan: &Loan,
    trade: &NewTrade,
    (investor_id, service_rate): (&str, Option<Rate>),
    (place, context): (i64, &Context<'_>),
) -> Booking {
    let on = context.business_date;
    let address = Address { part: loan.part, key: loan.key };
    let account = Address { part: trade.account.part().unwrap_or(loan.part), key: trade.account };
    Booking {
        key: trade.key,
        part: loan.part,
        number: context.ids.account_no + place,
        version: 1,
        application: loan.key,
        application_number: 0,
        investor_id: investor_id.to_owned(),
        account,
        amount: trade.amount,
        place: Place { rate: trade.commission, ahead: Amount::ZERO, reserved: Amount::ZERO },
        service_rate,
        booking_order: None,
        state: BookingState::Bought {
            amount: trade.amount,
            loan: address,
            account_no: loan.account_no,
            on,
            of: trade.from,
        },
        booked_on: on,
        created_at: context.recorded_at,
        last_modified_at: context.recorded_at,
        created_by: context.actor.user_key,
        last_modified_by: context.actor.user_key,
    }
}

fn key_of(context: &Context<'_>, row: usize) -> Key {
    let key = context.ids.key;
    let part = key.part().unwrap_or(context.ids.part);
    Key::named(part, &Name::of(&[&key.to_string(), "order", &row.to_string()]))
}

impl Booking {
    /// The day on which it became an order; `None` while it is none.
    pub fn ordered_on(&self) -> Option<Date> {
        match self.state {
            BookingState::Invested { on, .. } | BookingState::Bought { on, .. } => Some(on),
            BookingState::Uncommitted | BookingState::Open | BookingState::Released { .. } => None,
        }
    }

    /// The loan of an order; `None` while it is none.
    pub fn ordered_loan(&self) -> Option<Address> {
        match self.state {
            BookingState::Invested { loan, .. } | BookingState::Bought { loan, .. } => Some(loan),
            BookingState::Uncommitted | BookingState::Open | BookingState::Released { .. } => None,
        }
    }
}

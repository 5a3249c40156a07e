//! Orders of investors that are sold, and loans of the lender that investors buy: the loan, the accounts of all sides
//! and the new orders are written in one transaction, or nothing is.

use loam_book::application::booking::Booking;
use loam_book::application::orders::{self, Lenders, NewPurchase, NewSale};
use loam_book::ids::{Address, Part};
use loam_book::loan::Loan;
use loam_book::loan::command::LoanCommand;
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{MarketRefusal, Refusal};
use loam_book::loan::trades::NewTrade;
use loam_book::savings::Savings;
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::command::{Caller, Done};
use crate::error::AppError;
use crate::session::{Answer, Session, Wanted};

/// Where an order is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderPlace {
    pub part: Part,
    pub number: i64,
}

impl Session {
    pub(crate) fn sell(
        &mut self,
        (place, loan, seller): (OrderPlace, Address, Address),
        sales: &[NewSale],
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let Some(order) = self.market.booking_numbered(place).map(Option::<&Booking>::cloned) else {
            self.want(Wanted::Booking(place));
            return Err(AppError::Broken("a booking was asked for and not given".to_owned()));
        };
        let order = order.ok_or(Refusal::from(MarketRefusal::UnknownOrder))?;
        self.context(caller, ids, None).require_reach(&self.savings_to_move(seller)?.assignment)?;
        let present = self.loan(loan).ok_or(AppError::AccountNotFound)?;
        let account = |sale: &NewSale| sale.account.and_then(|account| self.savings_to_move(account).ok());
        let buyers: Vec<Option<&Savings>> = sales.iter().map(account).collect();
        let context = self.context(caller, ids, None);
        let denomination = self.denomination_of(present);
        let trades = orders::sell((&order, present), (sales, &buyers), denomination, &context)?;
        for buyer in buyers.into_iter().flatten() {
            context.require_reach(&buyer.assignment)?;
        }
        let named = sales.iter().map(|sale| (sale.investor_id.as_str(), order.service_rate)).collect();
        self.trade((loan, trades), named, caller, ids)
    }

    pub(crate) fn buy_of_lender(
        &mut self,
        (loan, account): (Address, Address),
        new: &NewPurchase,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let present = self.loan(loan).ok_or(AppError::AccountNotFound)?;
        let investor = self.savings_to_move(account)?;
        let context = self.context(caller, ids, None);
        context.require_reach(&investor.assignment)?;
        let (trade, service_rate) = orders::buy((present, investor), Lenders::of(present), new, &context)?;
        self.trade((loan, vec![trade]), vec![(new.investor_id.as_str(), service_rate)], caller, ids)
    }

    fn trade(
        &mut self,
        (loan, trades): (Address, Vec<NewTrade>),
        named: Vec<(&str, Option<Rate>)>,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let command = LoanCommand::TradeFunds { parts: trades.clone() };
        let outcome = self.command_loan_alone(loan, (&command, &[]), caller, ids)?;
        let Done::Loan { loan, .. } = outcome.done else { unreachable!("a command on a loan gives a loan") };
        let context = self.context(caller, ids, None);
        let new = (0..).zip(trades.iter().zip(named));
        let bought: Vec<Booking> = new
            .map(|(place, (trade, named))| orders::bought(&loan, trade, named, (place, &context)))
            .collect();
        for order in &bought {
            self.audit(order.address(), "buy order", caller, (None, None));
            self.market.put_booking(order.clone());
        }
        Ok(self.outcome(Done::Orders { loan, bought }))
    }

    /// What one share of a loan is: as its product says, or one of its currency.
    fn denomination_of(&self, loan: &Loan) -> Amount {
        let product = self.catalog.products.by_key(loan.terms.product);
        let own = product.and_then(|product| product.marketplace.denomination);
        let one = || StatedAmount("1".to_owned()).in_currency(loan.terms.currency).ok();
        own.or_else(one).unwrap_or(Amount::from_minor(1))
    }
}

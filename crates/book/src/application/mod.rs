//! Loan applications of the marketplace: what somebody asked investors for, before there is money.
//!
//! An application asks for the amount and the fees on top of it. The loan account made for it keeps
//! the fees at disbursement, so that the borrower gets the amount. Bookings of investors
//! stand by themselves; what they come to is counted here.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::application::order_book::OrderBook;
use crate::application::refinance::Refinancing;
use crate::ids::{Address, Key, Part};
use crate::loan::context::Context;

pub mod apply;
pub mod auction;
pub mod booking;
pub mod convert;
pub mod derived;
pub mod foreign_id;
pub mod fund_transaction;
pub mod order_book;
pub mod orders;
pub mod plain_product;
pub mod portfolio;
pub mod refinance;
pub mod reject;

pub use apply::{NewApplication, Resolved, apply};
pub use reject::{reject, rejection_of_loan};

/// How far an application has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    New,
    InFunding,
    Funded,
    Expired,
    Cancelled,
    Rejected,
}

/// How far a debt waiver that the borrower pays for goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtectType {
    /// Against missed installments, for a time.
    Partial,
    /// Against the write-off too.
    Full,
}

/// What a claim waives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtectWaiver {
    InterestOnly,
    PrincipalOnly,
    PrincipalAndInterest,
}

/// Up to which day interest was asked to run; without effect unless the product accrues at the end
/// of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EodAccrual {
    ToDate,
    ThroughDate,
}

/// The loan account that was made for an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationLoan {
    pub key: Key,
    pub account_no: i64,
    pub id: String,
}

/// A loan application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    pub key: Key,
    /// The part of its borrower.
    pub part: Part,
    /// Counted up in the whole book; makes the name that people use.
    pub number: i64,
    pub version: i64,
    /// The client.
    pub borrower: Key,
    /// The id of 15 characters by which the caller knows the borrower.
    pub borrower_account: String,
    pub product: Key,
    pub purpose: Key,
    pub stage: Stage,
    /// The business date on which it came in.
    pub application_date: Date,
    pub currency: Currency,
    /// What the borrower asked for and gets.
    pub amount: Amount,
    /// What investors are asked for: the amount and both fees, unless the protect fee is charged apart.
    pub requested_amount: Amount,
    /// The product's fee.
    pub capitalized_fee: Amount,
    /// The borrower's premium for the protection.
    pub protect_fee: Amount,
    pub interest_rate: Rate,
    /// How many installments.
    pub term: u32,
    /// The first installment of the schedule.
    pub monthly_payment: Amount,
    pub first_payment_date: Date,
    pub disbursal_date: Date,
    /// The last day of the funding window.
    pub expiry_date: Date,
    /// When the last installment falls due.
    pub maturity_date: Date,
    pub due_day: Option<u8>,
    pub protect_type: Option<ProtectType>,
    pub protect_fee_percent: Option<Rate>,
    pub protect_waiver_type: Option<ProtectWaiver>,
    pub eod_accrual_type: Option<EodAccrual>,
    /// Kept and shown; no fee of this version accrues.
    pub eod_fee_accrual: Option<bool>,
    /// The loans of the borrower that its loan pays off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refinancing: Option<Refinancing>,
    /// What is booked, as far as it says who wins.
    #[serde(default, skip_serializing_if = "OrderBook::is_empty")]
    pub order_book: OrderBook,
    /// Winning parts of open bookings.
    pub amount_in_funding: Amount,
    /// Bookings that became orders.
    pub amount_funded: Amount,
    pub loan: Option<ApplicationLoan>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
    /// The user or the client of the token endpoint.
    pub created_by: Key,
    pub last_modified_by: Key,
}

impl Stage {
    /// The name used in refusals and stored.
    pub fn name(self) -> &'static str {
        match self {
            Stage::New => "new",
            Stage::InFunding => "in_funding",
            Stage::Funded => "funded",
            Stage::Expired => "expired",
            Stage::Cancelled => "cancelled",
            Stage::Rejected => "rejected",
        }
    }
}

impl Application {
    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// The application in another stage, or changed in the same.
    #[must_use]
    pub fn moved_to(&self, stage: Stage, context: &Context<'_>) -> Application {
        Application {
            stage,
            version: self.version + 1,
            last_modified_at: context.recorded_at,
            last_modified_by: context.actor.user_key,
            ..self.clone()
        }
    }

    /// The name that people use, such as `APP-00038502`.
    pub fn name(&self) -> String {
        format!("APP-{:08}", self.number)
    }
}

/// The id of the loan account made for the application with this number, such as `LAI-00038502`.
pub fn loan_id(number: i64) -> String {
    format!("LAI-{number:08}")
}

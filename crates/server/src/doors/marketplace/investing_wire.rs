//! What goes over the wire about investors: fund transactions and bookings. The contract prints no answer of these in
//! full, so that the order of members is ours.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::wire::{Attributes, number};

/// A deposit or withdrawal of an investor, as it is announced.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewInvestorFundTransaction, rename_all = "camelCase")]
pub(super) struct NewInvestorFundTransaction {
    /// The account of the investor, 15 or 18 characters.
    investor_id: String,
    /// Below zero: a withdrawal.
    #[schema(schema_with = number, example = 1000)]
    amount: String,
    #[schema(format = Date)]
    transaction_date: String,
    #[schema(example = "ACH")]
    payment_mode: Option<String>,
    /// The bank account of the investor, as the caller names it.
    account_id: Option<String>,
    /// True: it clears at once. A member of ours.
    is_cleared: Option<bool>,
}

/// What has become of a fund transaction: one of both.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::FundTransactionSettlement, rename_all = "camelCase")]
pub(super) struct FundTransactionSettlement {
    is_cleared: Option<bool>,
    is_rejected: Option<bool>,
}

/// A fund transaction (`loan__Investor_Fund_Transaction__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::InvestorFundTransaction)]
pub(super) struct InvestorFundTransaction {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    #[schema(example = "IFT-00000017")]
    pub(super) name: String,
    #[serde(rename = "loan__Account__c")]
    pub(super) account: String,
    /// `Deposit` or `Withdrawal`.
    #[serde(rename = "loan__Transaction_Type__c")]
    pub(super) transaction_type: &'static str,
    /// Without sign.
    #[serde(rename = "loan__Transaction_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) amount: Box<RawValue>,
    #[serde(rename = "loan__Transaction_Date__c")]
    #[schema(format = Date)]
    pub(super) transaction_date: String,
    #[serde(rename = "loan__Payment_Mode__c")]
    pub(super) payment_mode: Option<String>,
    #[serde(rename = "loan__Cleared__c")]
    pub(super) is_cleared: bool,
    #[serde(rename = "loan__Rejected__c")]
    pub(super) is_rejected: bool,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
    #[serde(rename = "LastModifiedDate")]
    pub(super) last_modified_date: String,
    #[serde(rename = "CreatedById")]
    pub(super) created_by_id: String,
}

/// A new booking.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewInvestmentBooking, rename_all = "camelCase")]
pub(super) struct NewInvestmentBooking {
    /// The account of the investor, 15 or 18 characters.
    investor_id: String,
    /// The application, by id or name.
    loan_application: String,
    /// Left out: what the application still asks for.
    #[schema(schema_with = number)]
    investment_amount: Option<String>,
    /// Percent a year for the investor: the lower wins. Left out: the borrower's rate less the service rate.
    #[schema(schema_with = number)]
    certificate_rate: Option<String>,
    /// Percent a year that the marketplace keeps of the borrower's rate.
    #[schema(schema_with = number)]
    service_rate: Option<String>,
    /// Kept and shown.
    booking_order_id: Option<String>,
}

/// A booking (`peer__Investment_Booking__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::InvestmentBooking)]
pub(super) struct InvestmentBooking {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    #[schema(example = "IB-00000018")]
    pub(super) name: String,
    #[serde(rename = "peer__Account__c")]
    pub(super) account: String,
    #[serde(rename = "peer__Loan_Application__c")]
    pub(super) loan_application: String,
    /// What the investor wants.
    #[serde(rename = "peer__Investment_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) investment_amount: Box<RawValue>,
    /// What it wins now, or won in the end.
    #[serde(rename = "peer__Winning_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) winning_amount: Box<RawValue>,
    #[serde(rename = "peer__Certificate_Rate__c")]
    #[schema(schema_with = number)]
    pub(super) certificate_rate: Box<RawValue>,
    #[serde(rename = "peer__Service_Rate__c")]
    #[schema(schema_with = number)]
    pub(super) service_rate: Box<RawValue>,
    /// `Uncommitted`, `Winning`, `Partial Winning` or `Losing`.
    #[serde(rename = "peer__Status__c")]
    pub(super) status: &'static str,
    /// `In Funding`, `Funded`, `Expired`, `Cancelled` or `Rejected`.
    #[serde(rename = "peer__Stage__c")]
    pub(super) stage: &'static str,
    #[serde(rename = "peer__Booking_Date__c")]
    #[schema(format = Date)]
    pub(super) booking_date: String,
    #[serde(rename = "peer__Booking_Order__c")]
    pub(super) booking_order: Option<String>,
    #[serde(rename = "peer__Booking_Order__r")]
    pub(super) expanded_booking_order: Option<BookingOrder>,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
    #[serde(rename = "LastModifiedDate")]
    pub(super) last_modified_date: String,
    #[serde(rename = "CreatedById")]
    pub(super) created_by_id: String,
}

/// The order to which a booking belongs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::BookingOrder)]
pub(super) struct BookingOrder {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
}

//! What goes over the wire about booking orders. The contract prints no answer of them, so that members are ours.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::wire::{Attributes, number};

/// An amount that is to be spread over applications.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewPortfolio, rename_all = "camelCase")]
pub(super) struct NewPortfolio {
    /// The account of the investor, 15 or 18 characters.
    #[schema(example = "001G000001INV01")]
    investor_id: String,
    /// More than zero.
    #[schema(schema_with = number, example = 1000)]
    amount: String,
}

/// A booking order (`peer__Booking_Order__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::Portfolio)]
pub(super) struct BookingOrder {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    #[schema(example = "BO-00000019")]
    pub(super) name: String,
    #[serde(rename = "peer__Account__c")]
    pub(super) account: String,
    #[serde(rename = "peer__Amount__c")]
    #[schema(schema_with = number)]
    pub(super) amount: Box<RawValue>,
    #[serde(rename = "peer__Order_Date__c")]
    #[schema(format = Date)]
    pub(super) order_date: String,
    /// What it came to, in the order in which applications were chosen.
    #[serde(rename = "peer__Investment_Bookings__r")]
    pub(super) bookings: Vec<BookingOfOrder>,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
    #[serde(rename = "CreatedById")]
    pub(super) created_by_id: String,
}

/// A booking of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::BookingOfOrder)]
pub(super) struct BookingOfOrder {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "peer__Loan_Application__c")]
    pub(super) loan_application: String,
    #[serde(rename = "peer__Investment_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) investment_amount: Box<RawValue>,
    #[serde(rename = "peer__Certificate_Rate__c")]
    #[schema(schema_with = number)]
    pub(super) certificate_rate: Box<RawValue>,
}

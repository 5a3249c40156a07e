//! What goes over the wire about orders that are sold and bought. The contract names `saleTransactions` and
//! `returnOnlyNewIOs`; the members of a row are ours.

use serde::Serialize;
use utoipa::ToSchema;

use super::wire::number;

/// To whom an order is sold.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewSaleOfOrder, rename_all = "camelCase")]
pub(super) struct NewSaleOfOrder {
    /// One or more, 200 at most; valid all of them, or nothing is done.
    #[schema(inline)]
    sale_transactions: Vec<SaleTransaction>,
    /// True: the order that is sold is not among the answer's.
    #[schema(rename = "returnOnlyNewIOs")]
    return_only_new_ios: Option<bool>,
}

/// A part of an order that an investor buys.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::SaleTransaction, rename_all = "camelCase")]
pub(super) struct SaleTransaction {
    /// The account of the buyer, 15 or 18 characters.
    investor_id: String,
    /// Shares of the product's denomination. Left out: all that is left of the order.
    number_of_shares: Option<u32>,
    /// What the buyer pays for all of them. Left out: the principal that is left in them.
    #[schema(schema_with = number)]
    price: Option<String>,
}

/// What is wrong with a row of a sale.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RowError {
    /// From one.
    pub(super) row_number: usize,
    pub(super) error_code: &'static str,
    pub(super) error_message: String,
}

/// A part of a loan that an investor buys of the lender.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewInvestmentOrder, rename_all = "camelCase")]
pub(super) struct NewInvestmentOrder {
    /// The account of the investor, 15 or 18 characters.
    investor_id: String,
    /// Of what was lent; the investor pays what is left of it. Left out: all that is the lender's.
    #[schema(schema_with = number)]
    investment_amount: Option<String>,
    /// Percent a year for the investor. Left out: the borrower's rate less the service rate.
    #[schema(schema_with = number)]
    certificate_rate: Option<String>,
    /// Percent a year that the marketplace keeps of the borrower's rate.
    #[schema(schema_with = number)]
    service_rate: Option<String>,
}

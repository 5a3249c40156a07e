//! What goes over the wire, with exactly the contract's names. Members stand in the order in which
//! the contract's sample prints them; numbers are plain JSON numbers without trailing zeros.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, Type};

/// Exact decimals, which no type of this language is by itself.
pub(super) fn number() -> Object {
    Object::with_type(Type::Number)
}

/// Around every answer of an operation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = marketplace::Envelope)]
pub(super) struct Envelope<T> {
    /// `SUCCESS` or `ERROR`.
    pub(super) status: &'static str,
    /// What some operations answer besides, or instead of, the content; else empty.
    #[schema(value_type = Vec<Object>)]
    pub(super) response: Vec<Box<RawValue>>,
    pub(super) error_message: Option<String>,
    /// `NO_ERROR`, `INVALID_INPUT`, `API_EXCEPTION` or `UNKNOWN_EXCEPTION`.
    pub(super) error_code: &'static str,
    pub(super) content: Vec<T>,
}

/// Null.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Nothing;

impl<T> Envelope<T> {
    pub(super) fn of(content: Vec<T>) -> Envelope<T> {
        Envelope {
            status: "SUCCESS",
            response: Vec::new(),
            error_message: None,
            error_code: "NO_ERROR",
            content,
        }
    }
}

impl Envelope<Nothing> {
    pub(super) fn failed(code: &'static str, message: String) -> Envelope<Nothing> {
        Envelope {
            status: "ERROR",
            response: Vec::new(),
            error_message: Some(message),
            error_code: code,
            content: Vec::new(),
        }
    }
}

/// What stands in the array that answers before an operation is reached.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = marketplace::PlatformError)]
pub(super) struct PlatformError {
    pub(super) message: String,
    #[schema(example = "INVALID_SESSION_ID")]
    pub(super) error_code: &'static str,
}

/// A new application. Figures are numbers, or texts that are numbers; days are `2014-12-31`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewLoanApplication, rename_all = "camelCase")]
pub(super) struct NewLoanApplication {
    /// The account of the borrower, 15 or 18 characters.
    #[schema(example = "001G000001KY8by")]
    borrower_id: String,
    /// What the borrower gets; of a refinancing, what is paid off and lent on top. More than zero.
    #[schema(schema_with = number, example = 10000)]
    amount: Option<String>,
    /// The name of a loan purpose.
    #[schema(example = "Family")]
    purpose: String,
    /// How many installments. This or `maturityDate` must be given.
    #[schema(example = 10)]
    term: Option<i64>,
    /// When the last installment falls due.
    #[schema(format = Date)]
    maturity_date: Option<String>,
    /// Percent a year. Left out: the product's default.
    #[schema(schema_with = number, example = 9)]
    interest_rate: Option<String>,
    /// 1: the loan account is made at once, with its schedule. 0 or left out: it is not.
    #[schema(example = 1)]
    create_schedule: Option<i64>,
    /// 1 to 31: the day of the month on which installments fall due, or the last of a shorter month.
    due_day: Option<i64>,
    /// Left out: the business date.
    #[schema(format = Date)]
    disbursal_date: Option<String>,
    /// Left out: a month after the disbursal, or the due day in the month after it.
    #[schema(format = Date)]
    first_installment_date: Option<String>,
    /// The last day of the funding window. Left out: the day of disbursal.
    #[schema(format = Date)]
    expiry_date: Option<String>,
    /// The product's id, key, or id of 15 or 18 characters. Left out: the default product.
    loan_product_id: Option<String>,
    /// `Partial` or `Full`.
    protect_type: Option<String>,
    /// Percent of the amount, added to what is requested.
    #[schema(schema_with = number)]
    protect_fee_percent: Option<String>,
    /// `Principal and Interest`, `Interest Only` or `Principal Only`.
    protect_waiver_type: Option<String>,
    /// `Accrual To Date` or `Accrual Through Date`; counts with a product that accrues at the end of
    /// the day.
    eod_accrual_type: Option<String>,
    /// Kept; no fee of this version accrues.
    eod_fee_accrual: Option<bool>,
    /// What is lent on top of loans that are refinanced: zero or more. With it no `amount` is needed; where both are
    /// given, the amount is what paying off is expected to take and this.
    #[schema(schema_with = number)]
    additional_loan_amount: Option<String>,
    /// Loans of the borrower that the new one pays off when it is paid out: names, or ids of 15 or 18 characters, as a
    /// list or as a text with commas. At most 20.
    #[schema(value_type = Vec<String>, example = json!(["a4y41000000LFb6", "a3y43200000KDb6"]))]
    loans_to_be_refinanced: Option<String>,
}

/// What sort of object it is and where the platform has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::Attributes)]
pub(super) struct Attributes {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) url: String,
}

/// A loan application (`peer__Loan_Application__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::LoanApplication)]
pub(super) struct LoanApplication {
    pub(super) attributes: Attributes,
    /// `New`, `In Funding`, `Funded`, `Expired`, `Cancelled` or `Rejected`.
    #[serde(rename = "peer__Stage__c")]
    pub(super) stage: &'static str,
    /// The business date on which it came in.
    #[serde(rename = "peer__Application_Date__c")]
    #[schema(format = Date)]
    pub(super) application_date: String,
    #[serde(rename = "peer__Loan_Purpose_1__c")]
    pub(super) loan_purpose: Option<String>,
    #[serde(rename = "peer__Amount_Funded__c")]
    #[schema(schema_with = number)]
    pub(super) amount_funded: Box<RawValue>,
    #[serde(rename = "peer__Sorting_Criteria__c")]
    #[schema(schema_with = number)]
    pub(super) sorting_criteria: Box<RawValue>,
    #[serde(rename = "LastModifiedDate")]
    #[schema(example = "2014-09-23T11:32:01.000+0000")]
    pub(super) last_modified_date: String,
    /// Percent a year.
    #[serde(rename = "peer__Interest_Rate__c")]
    #[schema(schema_with = number)]
    pub(super) interest_rate: Box<RawValue>,
    #[serde(rename = "peer__Attractiveness_Parameter__c")]
    #[schema(schema_with = number)]
    pub(super) attractiveness_parameter: Box<RawValue>,
    #[serde(rename = "peer__Amount_In_Funding__c")]
    #[schema(schema_with = number)]
    pub(super) amount_in_funding: Box<RawValue>,
    /// The amount and all fees.
    #[serde(rename = "peer__Requested_Loan_Amount__c")]
    #[schema(schema_with = number, example = 10200)]
    pub(super) requested_loan_amount: Box<RawValue>,
    #[serde(rename = "peer__Profitable_Application__c")]
    pub(super) profitable_application: bool,
    /// Days from the business date to the expiry date, hours and minutes of the clock taken from them.
    #[serde(rename = "peer__Time_Left__c")]
    #[schema(example = "171 Days -11 Hours -32 Minutes")]
    pub(super) time_left: String,
    /// The loan account, if there is one.
    #[serde(rename = "peer__Loan__c")]
    pub(super) loan: Option<String>,
    #[serde(rename = "peer__Borrower__c")]
    pub(super) borrower: String,
    #[serde(rename = "peer__Borrower__r", skip_serializing_if = "Option::is_none")]
    pub(super) expanded_borrower: Option<Borrower>,
    #[serde(rename = "SystemModstamp")]
    pub(super) system_modstamp: String,
    /// The first installment.
    #[serde(rename = "peer__Monthly_Payment__c")]
    #[schema(schema_with = number, example = 1062.55)]
    pub(super) monthly_payment: Box<RawValue>,
    #[serde(rename = "peer__Remaining_Requested_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) remaining_requested_amount: Box<RawValue>,
    #[serde(rename = "peer__Disbursal_Date__c")]
    #[schema(format = Date)]
    pub(super) disbursal_date: String,
    #[serde(rename = "peer__First_Payment_Date__c")]
    #[schema(format = Date)]
    pub(super) first_payment_date: String,
    #[serde(rename = "LastModifiedById")]
    pub(super) last_modified_by_id: String,
    #[serde(rename = "peer__Is_Expired__c")]
    pub(super) is_expired: bool,
    #[serde(rename = "peer__Amount_Time_Left__c")]
    #[schema(example = "$10200 / 171 Days -11 Hours -32 Minutes")]
    pub(super) amount_time_left: String,
    #[serde(rename = "peer__Expiry_Date__c")]
    #[schema(example = "2014-06-23T00:00:00.000+0000")]
    pub(super) expiry_date: String,
    #[serde(rename = "peer__Term__c")]
    pub(super) term: u32,
    #[serde(rename = "Name")]
    #[schema(example = "APP-00038502")]
    pub(super) name: String,
    #[serde(rename = "CreatedById")]
    pub(super) created_by_id: String,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
    #[serde(rename = "IsDeleted")]
    pub(super) is_deleted: bool,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "peer__Percent_Funded__c")]
    #[schema(schema_with = number)]
    pub(super) percent_funded: Box<RawValue>,
    /// `peer__Time_Left__c` as a number of seconds, where an application is read. A member of ours.
    #[serde(rename = "timeLeftSeconds", skip_serializing_if = "Option::is_none")]
    pub(super) time_left_seconds: Option<i64>,
}

/// A borrower, where applications are listed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::Borrower)]
pub(super) struct Borrower {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    pub(super) name: String,
}

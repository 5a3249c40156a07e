//! What goes over the wire about accounts, purposes and products as objects of the platform. The contract names the
//! objects; which members they have here is ours.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::wire::{Attributes, number};

/// What was created.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::CreatedObject)]
pub(super) struct Created {
    #[schema(example = "001G000001KY8byIAD")]
    pub(super) id: String,
    pub(super) success: bool,
    /// Empty.
    #[schema(value_type = Vec<Object>)]
    pub(super) errors: Vec<u8>,
}

/// A fault of a request about an object.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = marketplace::ObjectError)]
pub(super) struct ObjectError {
    pub(super) message: String,
    #[schema(example = "REQUIRED_FIELD_MISSING")]
    pub(super) error_code: &'static str,
    /// The members at fault; not said before an operation is reached.
    #[schema(required = false)]
    pub(super) fields: Vec<String>,
}

/// Somebody who borrows, invests, or both.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewAccount)]
pub(super) struct NewAccount {
    /// The whole name; the last word is the last name. Not needed beside `FirstName` and `LastName`.
    #[schema(rename = "Name", example = "Ana Lima")]
    name: Option<String>,
    #[schema(rename = "FirstName")]
    first_name: Option<String>,
    #[schema(rename = "LastName")]
    last_name: Option<String>,
    #[schema(rename = "PersonEmail")]
    email: Option<String>,
    #[schema(rename = "Phone")]
    phone: Option<String>,
    #[schema(rename = "PersonBirthdate", format = Date)]
    birthdate: Option<String>,
    /// Whether applications may name the account as the borrower's; true where it is left out.
    #[schema(rename = "peer__Is_Borrower__c")]
    is_borrower: Option<bool>,
    /// True: a deposit account of an investor is opened under the same id.
    #[schema(rename = "peer__Is_Investor__c")]
    is_investor: Option<bool>,
}

/// Somebody who borrows, invests, or both.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::Account)]
pub(super) struct Account {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    pub(super) name: String,
    #[serde(rename = "FirstName")]
    pub(super) first_name: String,
    #[serde(rename = "LastName")]
    pub(super) last_name: String,
    #[serde(rename = "PersonEmail")]
    pub(super) email: Option<String>,
    #[serde(rename = "Phone")]
    pub(super) phone: Option<String>,
    #[serde(rename = "PersonBirthdate")]
    #[schema(format = Date)]
    pub(super) birthdate: Option<String>,
    #[serde(rename = "peer__Is_Borrower__c")]
    pub(super) is_borrower: bool,
    #[serde(rename = "peer__Is_Investor__c")]
    pub(super) is_investor: bool,
    #[serde(rename = "IsDeleted")]
    pub(super) is_deleted: bool,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
    #[serde(rename = "LastModifiedDate")]
    pub(super) last_modified_date: String,
}

/// What loans are for.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewLoanPurpose)]
pub(super) struct NewLoanPurpose {
    #[schema(rename = "Name", example = "Family")]
    name: String,
}

/// What loans are for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::LoanPurpose)]
pub(super) struct LoanPurpose {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    pub(super) name: String,
    #[serde(rename = "IsDeleted")]
    pub(super) is_deleted: bool,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
    #[serde(rename = "LastModifiedDate")]
    pub(super) last_modified_date: String,
}

/// A product of equal monthly installments, 30/360. Percents are a year.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewLoanProduct)]
pub(super) struct NewLoanProduct {
    #[schema(rename = "Name", example = "Default")]
    name: String,
    /// Left out: the book's.
    #[schema(rename = "CurrencyIsoCode", example = "USD")]
    currency: Option<String>,
    #[schema(rename = "loan__Default_Interest_Rate__c", schema_with = number)]
    default_rate: Option<String>,
    #[schema(rename = "loan__Min_Interest_Rate__c", schema_with = number)]
    min_rate: Option<String>,
    #[schema(rename = "loan__Max_Interest_Rate__c", schema_with = number)]
    max_rate: Option<String>,
    #[schema(rename = "loan__Min_Loan_Amount__c", schema_with = number)]
    min_amount: Option<String>,
    #[schema(rename = "loan__Max_Loan_Amount__c", schema_with = number)]
    max_amount: Option<String>,
    #[schema(rename = "loan__Min_Number_of_Installments__c")]
    min_installments: Option<u32>,
    #[schema(rename = "loan__Max_Number_of_Installments__c")]
    max_installments: Option<u32>,
    /// Added to the amount applied for, and kept at disbursement. Of ours.
    #[schema(rename = "peer__Capitalized_Fee_Percent__c", schema_with = number)]
    capitalized_fee_percent: Option<String>,
    /// What one share of a loan is. Of ours.
    #[schema(rename = "peer__Denomination__c", schema_with = number)]
    denomination: Option<String>,
}

/// A loan product, as far as the marketplace needs it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::LoanProduct)]
pub(super) struct LoanProduct {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    pub(super) name: String,
    #[serde(rename = "CurrencyIsoCode")]
    pub(super) currency: &'static str,
    #[serde(rename = "loan__Default_Interest_Rate__c")]
    #[schema(value_type = Option<f64>)]
    pub(super) default_rate: Option<Box<RawValue>>,
    #[serde(rename = "loan__Min_Interest_Rate__c")]
    #[schema(value_type = Option<f64>)]
    pub(super) min_rate: Option<Box<RawValue>>,
    #[serde(rename = "loan__Max_Interest_Rate__c")]
    #[schema(value_type = Option<f64>)]
    pub(super) max_rate: Option<Box<RawValue>>,
    #[serde(rename = "loan__Min_Loan_Amount__c")]
    #[schema(value_type = Option<f64>)]
    pub(super) min_amount: Option<Box<RawValue>>,
    #[serde(rename = "loan__Max_Loan_Amount__c")]
    #[schema(value_type = Option<f64>)]
    pub(super) max_amount: Option<Box<RawValue>>,
    #[serde(rename = "loan__Min_Number_of_Installments__c")]
    pub(super) min_installments: Option<u32>,
    #[serde(rename = "loan__Max_Number_of_Installments__c")]
    pub(super) max_installments: Option<u32>,
    #[serde(rename = "peer__Capitalized_Fee_Percent__c")]
    #[schema(schema_with = number)]
    pub(super) capitalized_fee_percent: Box<RawValue>,
    #[serde(rename = "peer__Denomination__c")]
    #[schema(value_type = Option<f64>)]
    pub(super) denomination: Option<Box<RawValue>>,
    #[serde(rename = "IsDeleted")]
    pub(super) is_deleted: bool,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
    #[serde(rename = "LastModifiedDate")]
    pub(super) last_modified_date: String,
}

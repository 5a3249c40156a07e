//! Which attribute has which rules: one table for each thing that can be sent.

use loam_book::reporting::performance::{
    ApplicationType, LoanStatus, LoanType, PaymentMode, PaymentStatus, PaymentType,
};

use loam_book::reporting::performance_report::MOST_PAYMENTS;

use super::validation::Rule::{
    Array, Boolean, Characters, Date, DateTime, Digits, Email, In, Integer, IntegerOrFalse, Items, List, Max,
    Min, Plain, Required, RequiredWith, RequiredWithout, Text,
};
use super::validation::{Field, Rule};

/// The most customers in one batch.
pub(super) const MOST_CUSTOMERS: usize = 1_000;
/// The most loans of one customer in a batch.
const MOST_LOANS: usize = 1_000;
/// The longest text.
const LONGEST: usize = 255;
/// The most ids on a page.
const LONGEST_PAGE: i64 = 1_000;

const ID: &[Rule] = &[Required, Text, Characters(LONGEST), Plain];
const TEXT: &[Rule] = &[Text, Characters(LONGEST), Plain];
const CENTS: &[Rule] = &[Integer, Min(0)];

const fn field(name: &'static str, rules: &'static [Rule]) -> Field {
    Field { name, rules }
}

const APPLICATION_TYPE: Field =
    field("application_type", &[In(|word| ApplicationType::from_name(word).is_some())]);
const LOAN_TYPE: Field = field("loan_type", &[In(|word| LoanType::from_name(word).is_some())]);
const LOAN_STATUS: Field = field("loan_status", &[In(|word| LoanStatus::from_name(word).is_some())]);
const LOAN_AMOUNT: Field = field("loan_amount", &[Required, Integer, Min(0)]);
const FUNDED_AMOUNT: Field = field("funded_amount", CENTS);
const FIRST_PAYMENT_DATE: Field = field("first_payment_date", &[Date]);
const APPLIED_AT: Field = field("applied_at", &[Required, DateTime]);
const LEAD_ID: Field = field("lead_id", &[RequiredWithout("management_system_id"), Integer]);
const MANAGEMENT_SYSTEM_ID: Field = field("management_system_id", &[RequiredWithout("lead_id"), Integer]);

/// A customer; what is in `lead_loan` has a table of its own.
pub(super) const CUSTOMER: &[Field] = &[field("customer_id", ID), field("lead_loan", &[Required, Array])];

/// The loan that comes with a new customer.
pub(super) const LEAD_LOAN: &[Field] = &[
    field("loan_id", ID),
    field("lead_id", &[Required, Integer]),
    APPLICATION_TYPE,
    LOAN_TYPE,
    LOAN_STATUS,
    LOAN_AMOUNT,
    FUNDED_AMOUNT,
    FIRST_PAYMENT_DATE,
    APPLIED_AT,
];

/// A loan of a known customer.
pub(super) const LOAN: &[Field] = &[
    field("loan_id", ID),
    LEAD_ID,
    MANAGEMENT_SYSTEM_ID,
    APPLICATION_TYPE,
    LOAN_TYPE,
    LOAN_STATUS,
    LOAN_AMOUNT,
    FUNDED_AMOUNT,
    FIRST_PAYMENT_DATE,
    APPLIED_AT,
    field("esigned_at", &[DateTime]),
    field("withdrawn_at", &[DateTime]),
    field("originated_at", &[DateTime]),
];

/// A batch, a customer in it, and what a loan in it has besides the members of a loan.
pub(super) const BATCH: &[Field] = &[field("customers", &[Required, List, Items(MOST_CUSTOMERS)])];
pub(super) const BATCH_CUSTOMER: &[Field] =
    &[field("customer_id", ID), field("loans", &[Required, List, Items(MOST_LOANS)])];
pub(super) const BATCH_LOAN: &[Field] =
    &[field("is_lead_loan", &[Required, Boolean]), field("payments", &[List, Items(MOST_PAYMENTS)])];

/// By what a payment names its loan: in the body, or in the path and perhaps in the body too.
pub(super) const LOAN_OF_PAYMENT: &[Field] = &[field("loan_id", ID), LEAD_ID, MANAGEMENT_SYSTEM_ID];
pub(super) const LOAN_IN_PATH: &[Field] = &[field("loan_id", TEXT), LEAD_ID, MANAGEMENT_SYSTEM_ID];

/// A payment of a batch stands inside its loan.
pub(super) const REFERENCES: &[Field] =
    &[field("lead_id", &[Integer]), field("management_system_id", &[Integer])];

/// A payment.
pub(super) const PAYMENT: &[Field] = &[
    field("payment_id", ID),
    field("payment_amount", CENTS),
    field("payment_type", &[In(|word| PaymentType::from_name(word).is_some())]),
    field("payment_mode", &[In(|word| PaymentMode::from_name(word).is_some())]),
    field("payment_status", &[In(|word| PaymentStatus::from_name(word).is_some())]),
    field("principal", CENTS),
    field("interest", CENTS),
    field("fees", CENTS),
    field("bank_routing_number", TEXT),
    field("bank_account_number", TEXT),
    field("return_code", TEXT),
    field("returned_at", &[RequiredWith("return_code"), DateTime]),
    field("fail_code", TEXT),
    field("failed_at", &[RequiredWith("fail_code"), DateTime]),
    field("payment_at", &[DateTime]),
];

/// A dry run.
pub(super) const DRY_RUN: &[Field] = &[
    field("social_security_number", &[RequiredWithout("email"), Digits(9)]),
    field("email", &[RequiredWithout("social_security_number"), Email]),
    field("previously_purchased_lookback_window", &[IntegerOrFalse, Min(0)]),
    field("underwriting_cost_lookback_window", &[IntegerOrFalse, Min(0)]),
];

/// What a list of lead ids is narrowed by.
pub(super) const LEAD_IDS: &[Field] = &[
    field("date", &[Date]),
    field("datetime", &[DateTime]),
    field("per_page", PER_PAGE),
    field("cursor", TEXT),
];

/// Which part of a list.
pub(super) const PAGE: &[Field] = &[field("per_page", PER_PAGE), field("cursor", TEXT)];
const PER_PAGE: &[Rule] = &[Integer, Min(1), Max(LONGEST_PAGE)];

/// Which columns of a lead.
pub(super) const LEAD: &[Field] = &[field("map_ids", &[Array])];

//! What a member of a body may be, by its name.

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};

/// Lists of objects.
const LISTS: &[&str] = &[
    "customInformation",
    "customFieldValues",
    "customPaymentAmounts",
    "fees",
    "funds",
    "guarantees",
    "managedBranches",
    "paymentPlan",
    "tranches",
];

/// Lists of what stands in a list alone.
const PLAIN_LISTS: &[&str] = &["accessRights", "fixedDaysOfMonth", "values"];

const OBJECTS: &[&str] = &[
    "disbursementDetails",
    "loanAccount",
    "permissions",
    "principalPaymentSettings",
    "restructureDetails",
    "role",
    "transactionLimits",
];

/// Numbers, which may be texts as well.
const FIGURES: &[&str] = &[
    "amount",
    "arrearsTolerancePeriod",
    "buyRate",
    "customFieldSetGroupIndex",
    "feesDue",
    "gracePeriod",
    "installments",
    "interestCommission",
    "interestDue",
    "interestRate",
    "interestSpread",
    "loanAmount",
    "maxWidthdrawlAmount",
    "overdraftLimit",
    "penaltyDue",
    "penaltyRate",
    "periodicPayment",
    "principalDue",
    "principalRepaymentInterval",
    "rate",
    "recommendedDepositAmount",
    "repayment",
    "repaymentInstallments",
    "repaymentPeriodCount",
    "sellRate",
    "targetAmount",
];

/// Booleans, which may be texts as well.
const FLAGS: &[&str] =
    &["allowOverdraft", "isAdministrator", "isCreditOfficer", "isPaymentHoliday", "isSupport", "isTeller"];

/// Whether a form can carry it.
pub(super) fn is_flat(name: &str) -> bool {
    [LISTS, PLAIN_LISTS, OBJECTS].iter().all(|nested| !nested.contains(&name))
}

pub(super) fn member(name: &str) -> Schema {
    let of = |types: &[Type]| ObjectBuilder::new().schema_type(SchemaType::from_iter(types.iter().cloned()));
    if LISTS.contains(&name) {
        Schema::Array(ArrayBuilder::new().items(of(&[Type::Object])).build())
    } else if PLAIN_LISTS.contains(&name) {
        Schema::Array(ArrayBuilder::new().items(of(&[Type::String, Type::Number])).build())
    } else if OBJECTS.contains(&name) {
        Schema::Object(of(&[Type::Object]).build())
    } else if FIGURES.contains(&name) {
        Schema::Object(of(&[Type::String, Type::Number]).build())
    } else if FLAGS.contains(&name) {
        Schema::Object(of(&[Type::Boolean, Type::String]).build())
    } else {
        Schema::Object(of(&[Type::String]).build())
    }
}

//! A deposit product between the wire and the book.

use loam_book::ids::Key;
use loam_book::journal::rules::DepositAccounting;
use loam_book::product::linking::LinkingRules;
use loam_book::product::{AccountingMethod, IdPattern, Product};
use loam_book::savings::product::{AccountType, SavingsProduct};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::records::Base;
use super::super::wire;
use super::names;
use super::product::{ID_PATTERN, accounting, branches, id_generator, id_pattern};
use crate::product_names::{
    ACCOUNT_TYPES, ACCRUAL_POSTINGS, DEPOSIT_RESOURCES, LINE_REQUIREMENTS, SETTLEMENT_OPTIONS, account_type,
    accrual_posting, deposit_resource, line_requirement, settlement_options,
};

type Result<T> = std::result::Result<T, DoorError>;

/// What deposit products say elsewhere and this version does nothing with, with the values that say
/// nothing.
const UNSUPPORTED: [(&str, &[&str]); 4] = [
    ("interestRate", &["0"]),
    ("interestSettings", &[]),
    ("interestPaidIntoAccount", &["false"]),
    ("interestCalculationBalance", &["END_OF_DAY"]),
];

/// The product that the members say; what is left out has its default.
///
/// # Errors
/// A member that is missing, malformed or not supported.
pub(in super::super) fn product_of(
    members: &Members,
    base: &Base<'_, SavingsProduct>,
) -> Result<SavingsProduct> {
    UNSUPPORTED.iter().try_for_each(|(name, nothing)| members.refuse_unless(name, nothing))?;
    let types = Names { values: ACCOUNT_TYPES, name_of: account_type };
    let currency = members.figure("currencyCode", Currency::from_code)?.unwrap_or(base.currency);
    let amount = |name: &str| members.figure(name, |text| Amount::parse(text, currency));
    let flag = |name: &str, default| Ok::<_, DoorError>(members.flag(name)?.unwrap_or(default));
    Ok(SavingsProduct {
        key: base.key,
        id: members.required("id")?,
        name: members.required("name")?,
        description: members.text("description")?,
        account_type: members.choice("productType", types)?.unwrap_or(AccountType::RegularSavings),
        is_active: flag("activated", true)?,
        for_individuals: flag("forIndividuals", true)?,
        for_groups: flag("forGroups", false)?,
        branches: branches(members, base)?,
        currency,
        id_pattern: id_pattern(members)?.unwrap_or_else(|| IdPattern::Random(ID_PATTERN.to_owned())),
        allows_overdraft: flag("allowOverdraft", false)?,
        max_overdraft_limit: amount("maxOverdraftLimit")?,
        max_withdrawal: amount("maxWidthdrawlAmount")?,
        recommended_deposit: amount("recommendedDepositAmount")?,
        minimum_opening_balance: amount("minOpeningBalance")?,
        allows_arbitrary_fees: flag("allowArbitraryFees", false)?,
        interest: super::deposit_interest::interest_of(members)?,
        dormancy_days: members.count("dormancyPeriodDays")?.filter(|days| *days > 0),
        term: super::deposit_term::term_of(members)?,
        accounting: accounting_of(members, base)?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// Whether and where its accounts are booked.
///
/// # Errors
/// Words that nobody knows, a rule of a resource that they do not move, and what is wrong with any rule.
fn accounting_of(members: &Members, base: &Base<'_, SavingsProduct>) -> Result<DepositAccounting> {
    let postings = Names { values: ACCRUAL_POSTINGS, name_of: accrual_posting };
    let resources = Names { values: DEPOSIT_RESOURCES, name_of: deposit_resource };
    Ok(DepositAccounting {
        method: members.choice("accountingMethod", names::ACCOUNTING)?.unwrap_or(AccountingMethod::Cash),
        rules: accounting::rules_of(members, "savingsProductRules", (base.catalog, resources))?,
        accrual: members.choice("interestAccruedAccountingMethod", postings)?.unwrap_or_default(),
    })
}

/// What a loan product says about linked accounts.
///
/// # Errors
/// A product that does not exist, options that are none.
pub(super) fn linking(members: &Members, base: &Base<'_, Product>) -> Result<LinkingRules> {
    const PRODUCT: &str = "linkableSavingsProductKey";
    let options = Names { values: SETTLEMENT_OPTIONS, name_of: settlement_options };
    let requirements = Names { values: LINE_REQUIREMENTS, name_of: line_requirement };
    let found = members.text(PRODUCT)?.map(|id| {
        let product = base.catalog.savings_products.find(&id).map(|product| product.key);
        product.ok_or_else(|| DoorError::invalid(PRODUCT, &id, "there is no such savings product"))
    });
    Ok(LinkingRules {
        is_enabled: members.flag("accountLinkingEnabled")?.unwrap_or(false),
        savings_product: found.transpose()?,
        options: members.choice("settlementOptions", options)?.unwrap_or_default(),
        line_of_credit: members.choice("lineOfCreditRequirement", requirements)?.unwrap_or_default(),
    })
}

pub(super) fn linking_of(product: &Product) -> wire::ProductLinking {
    wire::ProductLinking {
        account_linking_enabled: product.linking.is_enabled,
        linkable_savings_product_key: product.linking.savings_product.map(|key| key.to_string()),
        settlement_options: settlement_options(product.linking.options),
        line_of_credit_requirement: line_requirement(product.linking.line_of_credit),
    }
}

/// A product as this door shows it.
pub(in super::super) fn wire_of(product: &SavingsProduct) -> wire::SavingsProduct {
    let text = |amount: Amount| amount.to_text(product.currency);
    let branch = |key: &Key| wire::ProductBranch { branch_key: key.to_string() };
    let (id_generator_type, id_pattern) = id_generator(&product.id_pattern);
    wire::SavingsProduct {
        encoded_key: product.key.to_string(),
        id: product.id.clone(),
        name: product.name.clone(),
        description: product.description.clone(),
        product_type: account_type(product.account_type),
        activated: product.is_active,
        for_individuals: product.for_individuals,
        for_groups: product.for_groups,
        available_product_branches: product.branches.iter().map(branch).collect(),
        currency_code: product.currency.code().to_owned(),
        id_generator_type,
        id_pattern,
        allow_overdraft: product.allows_overdraft,
        max_overdraft_limit: product.max_overdraft_limit.map(text),
        max_withdrawal_amount: product.max_withdrawal.map(text),
        recommended_deposit_amount: product.recommended_deposit.map(text),
        min_opening_balance: product.minimum_opening_balance.map(text),
        allow_arbitrary_fees: product.allows_arbitrary_fees,
        interest: product.interest.as_ref().map(super::deposit_interest::wire_of),
        dormancy_period_days: product.dormancy_days,
        term: product.term.map(super::deposit_term::wire_of),
        accounting_method: names::accounting(product.accounting.method),
        interest_accrued_accounting_method: accrual_posting(product.accounting.accrual),
        savings_product_rules: accounting::wire_of(&product.accounting.rules, deposit_resource),
        creation_date: product.created_at.to_string(),
        last_modified_date: product.last_modified_at.to_string(),
    }
}

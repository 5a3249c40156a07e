//! Accounting rules of a product (§4.1): where in the chart what its accounts move is booked, and which part of the
//! principal of its loans is set aside for losses.

use loam_book::catalog::Catalog;
use loam_book::journal::GlAccount;
use loam_book::journal::provisions::ProvisionRate;
use loam_book::journal::rules::{AccountingRule, AccountingRules};
use loam_book::product::Product;
use loam_calc::rate::Rate;

use crate::product_names::{ACCRUAL_POSTINGS, FINANCIAL_RESOURCES, accrual_posting, financial_resource};

use super::super::super::error::DoorError;
use super::super::super::members::{Members, Names};
use super::super::super::records::Base;
use super::super::super::wire;

type Result<T> = std::result::Result<T, DoorError>;

/// Reads what a loan product says about accounting. Whether an account can be booked on is the book's to say.
///
/// # Errors
/// A rule without resource or account, and one whose resource or account nobody knows; rates of levels that are none.
pub(super) fn read(product: &mut Product, members: &Members, base: &Base<'_, Product>) -> Result<()> {
    let of_loans: Vec<GlAccount> =
        FINANCIAL_RESOURCES.iter().copied().filter(|resource| is_of_loans(*resource)).collect();
    let resources = Names { values: &of_loans, name_of: financial_resource };
    let postings = Names { values: ACCRUAL_POSTINGS, name_of: accrual_posting };
    let posting = members.choice("interestAccruedAccountingMethod", postings)?;
    product.accrual_posting = posting.unwrap_or_default();
    product.suspense_after_days = members.count("interestSuspenseAfterDays")?;
    product.provision_rates = provision_rates(members, base.catalog)?;
    product.accounting_rules = rules_of(members, "loanProductRules", (base.catalog, resources))?;
    Ok(())
}

/// The rules in a list of this name, of the resources that may have any.
///
/// # Errors
/// A rule without resource or account, one whose resource or account nobody knows, and a second one of a resource.
pub(in super::super) fn rules_of(
    members: &Members,
    name: &str,
    (catalog, resources): (&Catalog, Names<'_, GlAccount>),
) -> Result<AccountingRules> {
    let given = members.objects(name)?;
    let rule = |rule: &Members| rule_of(rule, catalog, resources);
    let rules = given.iter().map(rule).collect::<Result<Vec<_>>>()?;
    AccountingRules::try_new(rules).map_err(|refusal| DoorError::contradiction(name, refusal))
}

fn rule_of(rule: &Members, catalog: &Catalog, resources: Names<'_, GlAccount>) -> Result<AccountingRule> {
    const RESOURCE: &str = "financialResource";
    let resource =
        rule.choice(RESOURCE, resources)?.ok_or_else(|| DoorError::missing(&rule.path(RESOURCE)))?;
    let account = rule.object("account")?;
    let (member, named) = match account.text("glCode")? {
        Some(code) => ("glCode", Some(code)),
        None => ("encodedKey", account.text("encodedKey")?),
    };
    let named = named.ok_or_else(|| DoorError::missing(&account.path("glCode")))?;
    let found = catalog.ledger_accounts.find(&named);
    let found = found
        .ok_or_else(|| DoorError::invalid(&account.path(member), &named, "there is no such GL account"))?;
    Ok(AccountingRule { resource, account: found.key })
}

fn provision_rates(members: &Members, catalog: &Catalog) -> Result<Vec<ProvisionRate>> {
    let read = |rate: &Members| {
        let named = rate.required("riskLevelKey")?;
        let level = catalog.risk_levels.find(&named).map(|level| level.key);
        let unknown =
            || DoorError::invalid(&rate.path("riskLevelKey"), &named, "there is no such risk level");
        let percent = rate.figure("percent", Rate::parse_percent)?;
        let percent = percent.ok_or_else(|| DoorError::missing(&rate.path("percent")))?;
        Ok(ProvisionRate { level: level.ok_or_else(unknown)?, rate: percent })
    };
    members.objects("provisioning")?.iter().map(read).collect()
}

/// Whether loans move it, and not between two accounts alone.
fn is_of_loans(resource: GlAccount) -> bool {
    let of_deposits = [
        GlAccount::SavingsControl,
        GlAccount::DepositReference,
        GlAccount::OverdraftPortfolio,
        GlAccount::InterestPayable,
    ];
    !resource.is_clearing() && !of_deposits.contains(&resource)
}

/// Rules as this door shows them, by the names that resources have for these accounts.
pub(in super::super) fn wire_of(
    rules: &AccountingRules,
    name_of: fn(GlAccount) -> &'static str,
) -> Vec<wire::AccountingRule> {
    let shown = |rule: &AccountingRule| wire::AccountingRule {
        financial_resource: name_of(rule.resource),
        account: wire::RuledAccount { encoded_key: rule.account.to_string(), gl_code: None },
    };
    rules.iter().map(shown).collect()
}

pub(super) fn wire_of_rates(product: &Product) -> Vec<wire::ProvisionRate> {
    let shown = |is: &ProvisionRate| wire::ProvisionRate {
        risk_level_key: is.level.to_string(),
        percent: is.rate.to_percent_text(),
    };
    product.provision_rates.iter().map(shown).collect()
}

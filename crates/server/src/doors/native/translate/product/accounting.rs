//! Accounting rules of a product (§4.1): where in the chart what its loans move is booked.

use loam_book::journal::GlAccount;
use loam_book::journal::rules::{AccountingRule, AccountingRules};
use loam_book::product::Product;

use crate::product_names::{ACCRUAL_POSTINGS, FINANCIAL_RESOURCES, accrual_posting, financial_resource};

use super::super::super::error::DoorError;
use super::super::super::members::{Members, Names};
use super::super::super::records::Base;
use super::super::super::wire;

type Result<T> = std::result::Result<T, DoorError>;

const RULES: &str = "loanProductRules";

/// Reads the rules. Whether an account can be booked on is the book's to say.
///
/// # Errors
/// A rule without resource or account, and one whose resource or account nobody knows.
pub(super) fn read(product: &mut Product, members: &Members, base: &Base<'_, Product>) -> Result<()> {
    let given = members.objects(RULES)?;
    let rules = given.iter().map(|rule| rule_of(rule, base)).collect::<Result<Vec<_>>>()?;
    let postings = Names { values: ACCRUAL_POSTINGS, name_of: accrual_posting };
    let posting = members.choice("interestAccruedAccountingMethod", postings)?;
    product.accrual_posting = posting.unwrap_or_default();
    product.suspense_after_days = members.count("interestSuspenseAfterDays")?;
    product.accounting_rules =
        AccountingRules::try_new(rules).map_err(|refusal| DoorError::contradiction(RULES, refusal))?;
    Ok(())
}

fn rule_of(rule: &Members, base: &Base<'_, Product>) -> Result<AccountingRule> {
    const RESOURCE: &str = "financialResource";
    let of_loans: Vec<GlAccount> =
        FINANCIAL_RESOURCES.iter().copied().filter(|resource| is_of_loans(*resource)).collect();
    let resources = Names { values: &of_loans, name_of: financial_resource };
    let resource =
        rule.choice(RESOURCE, resources)?.ok_or_else(|| DoorError::missing(&rule.path(RESOURCE)))?;
    let account = rule.object("account")?;
    let (member, named) = match account.text("glCode")? {
        Some(code) => ("glCode", Some(code)),
        None => ("encodedKey", account.text("encodedKey")?),
    };
    let named = named.ok_or_else(|| DoorError::missing(&account.path("glCode")))?;
    let found = base.catalog.ledger_accounts.find(&named);
    let found = found
        .ok_or_else(|| DoorError::invalid(&account.path(member), &named, "there is no such GL account"))?;
    Ok(AccountingRule { resource, account: found.key })
}

/// Whether loans move it, and not between two accounts alone.
fn is_of_loans(resource: GlAccount) -> bool {
    let of_deposits = [GlAccount::SavingsControl, GlAccount::DepositReference, GlAccount::OverdraftPortfolio];
    !resource.is_clearing() && !of_deposits.contains(&resource)
}

pub(super) fn wire_of(product: &Product) -> Vec<wire::AccountingRule> {
    let rules = product.accounting_rules.iter();
    let shown = |rule: &AccountingRule| wire::AccountingRule {
        financial_resource: financial_resource(rule.resource),
        account: wire::RuledAccount { encoded_key: rule.account.to_string() },
    };
    rules.map(shown).collect()
}

//! What a product says about its accounting: when what its loans move is booked, and on which account of the chart.
//!
//! A transfer keeps what it is about, its [`GlAccount`]; a rule only says where in the chart that stands. So balances
//! of loans are proved from the transfers whatever the rules are, and rules that change move nothing that was booked.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::ids::Key;
use crate::journal::GlAccount;
use crate::journal::chart::{LedgerAccount, LedgerName, LedgerUsage, default_account};
use crate::journal::refusal::JournalRefusal;
use crate::loan::terms::is_default;
use crate::product::{AccountingMethod, Product};

/// Where one thing that loans move is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountingRule {
    pub resource: GlAccount,
    /// A detail account of the chart.
    pub account: Key,
}

/// The rules of a product, each resource at most once. What no rule names is booked on the account that carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountingRules(Vec<AccountingRule>);

/// What a loan agreed to of its product's accounting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Accounting {
    pub method: AccountingMethod,
    #[serde(skip_serializing_if = "AccountingRules::is_empty")]
    pub rules: AccountingRules,
    #[serde(skip_serializing_if = "is_default")]
    pub accrual: AccrualPosting,
    /// Interest of a loan is in suspense while it is late for more than so many days; `None`: never.
    #[serde(skip_serializing_if = "is_default")]
    pub suspense_after_days: Option<u32>,
}

/// What a deposit account agreed to of its product's accounting; the default is that of accounts that were opened before
/// products said anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DepositAccounting {
    /// On cash basis all that moves is booked; on accrual basis the same, and interest while it grows.
    pub method: AccountingMethod,
    #[serde(skip_serializing_if = "AccountingRules::is_empty")]
    pub rules: AccountingRules,
    /// When interest is posted that has grown and is not applied.
    #[serde(skip_serializing_if = "is_default")]
    pub accrual: AccrualPosting,
}

impl Default for DepositAccounting {
    fn default() -> DepositAccounting {
        let (method, rules, accrual) =
            (AccountingMethod::Cash, AccountingRules::default(), AccrualPosting::None);
        DepositAccounting { method, rules, accrual }
    }
}

impl Accounting {
    /// What a loan of a product agrees to.
    pub fn of(product: &Product) -> Accounting {
        Accounting {
            method: product.accounting,
            rules: product.accounting_rules.clone(),
            accrual: product.accrual_posting,
            suspense_after_days: product.suspense_after_days,
        }
    }
}

/// When interest is posted that has grown and is not applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccrualPosting {
    /// When it is applied, and not before.
    #[default]
    None,
    /// At the end of each day.
    Daily,
    /// At the end of each month, and taken back on the day after.
    EndOfMonth,
}

impl AccrualPosting {
    /// The name that it has in the loan accounts contract.
    pub fn name(self) -> &'static str {
        match self {
            AccrualPosting::None => "NONE",
            AccrualPosting::Daily => "DAILY",
            AccrualPosting::EndOfMonth => "END_OF_MONTH",
        }
    }

    /// Whether what has grown stands in the ledger in the evening of a day: of one that is posted at the
    /// end of months on the last day of a month alone.
    pub(super) fn is_posted_on(self, on: Date) -> bool {
        match self {
            AccrualPosting::None => false,
            AccrualPosting::Daily => true,
            AccrualPosting::EndOfMonth => on == on.last_of_month(),
        }
    }
}

/// The accounts that both sides of a transfer name by themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    /// `None`: the account that carries what is debited.
    pub debit: Option<Key>,
    /// `None`: the account that carries what is credited.
    pub credit: Option<Key>,
}

impl AccountingRules {
    /// Rules in the order of their resources.
    ///
    /// # Errors
    /// `RuledTwice`, and `NoRuleFor` where both sides of what moves must meet in one account.
    pub fn try_new(mut rules: Vec<AccountingRule>) -> Result<AccountingRules, JournalRefusal> {
        rules.sort_by_key(|rule| rule.resource);
        if let Some(pair) = rules.windows(2).find(|pair| pair[0].resource == pair[1].resource) {
            return Err(JournalRefusal::RuledTwice { resource: pair[0].resource.name() });
        }
        match rules.iter().find(|rule| rule.resource.is_clearing()) {
            Some(rule) => Err(JournalRefusal::NoRuleFor { resource: rule.resource.name() }),
            None => Ok(AccountingRules(rules)),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of their resources.
    pub fn iter(&self) -> impl Iterator<Item = &AccountingRule> {
        self.0.iter()
    }

    /// The account on which a resource is booked; `None`: the one that carries it.
    pub fn account_of(&self, resource: GlAccount) -> Option<Key> {
        self.0.iter().find(|rule| rule.resource == resource).map(|rule| rule.account)
    }

    /// Where a transfer between two resources is booked.
    pub fn booked(&self, debit: GlAccount, credit: GlAccount) -> Booked {
        Booked { debit: self.account_of(debit), credit: self.account_of(credit) }
    }

    /// Refuses a rule whose account nothing of its kind can be booked on.
    ///
    /// # Errors
    /// `UnknownAccount`, `IsHeader`, `Inactive`, `OtherType`, for the first rule that is not possible.
    pub fn check(&self, catalog: &Catalog) -> Result<(), JournalRefusal> {
        self.0.iter().try_for_each(|rule| check_rule(rule, catalog))
    }
}

fn check_rule(rule: &AccountingRule, catalog: &Catalog) -> Result<(), JournalRefusal> {
    let found = catalog.ledger_accounts.by_key(rule.account);
    let account = found.ok_or_else(|| JournalRefusal::UnknownAccount { value: rule.account.to_string() })?;
    let code = account.code.clone();
    if account.usage == LedgerUsage::Header {
        return Err(JournalRefusal::IsHeader { code });
    }
    if !account.is_active {
        return Err(JournalRefusal::Inactive { code });
    }
    let needed = default_account(rule.resource).ledger_type;
    if account.ledger_type != needed {
        let resource = rule.resource.name();
        return Err(JournalRefusal::OtherType { code, resource, is: account.ledger_type, needed });
    }
    Ok(())
}

/// Refuses to close an account on which a product books.
///
/// # Errors
/// `BookedByProduct` with the first product.
pub fn check_closing(account: &LedgerAccount, catalog: &Catalog) -> Result<(), JournalRefusal> {
    if account.is_active {
        return Ok(());
    }
    let names = |rules: &AccountingRules| rules.iter().any(|rule| rule.account == account.key);
    let loans = catalog.products.iter().find(|product| names(&product.accounting_rules));
    let deposits = catalog.savings_products.iter().find(|product| names(&product.accounting.rules));
    let found = loans.map(|product| &product.id).or(deposits.map(|product| &product.id));
    match found.cloned() {
        Some(product) => Err(JournalRefusal::BookedByProduct { code: account.code.clone(), product }),
        None => Ok(()),
    }
}

/// What accounts may go on to book on a GL account by the rules that they were made with; nothing on a header or on
/// equity. Allowances are none of it: they follow the rules that the product has now.
pub fn kept_resources(account: &LedgerAccount) -> Vec<GlAccount> {
    if account.usage == LedgerUsage::Header {
        return Vec::new();
    }
    let allowances = [GlAccount::LoanLossAllowance, GlAccount::ProvisionExpense];
    let is_kept = |resource: &GlAccount| {
        let is_ruled = !resource.is_clearing() && !allowances.contains(resource);
        is_ruled && default_account(*resource).ledger_type == account.ledger_type
    };
    GlAccount::ALL.iter().copied().filter(is_kept).collect()
}

impl Booked {
    /// What the journal calls the side that is debited.
    pub fn debit_name(self, debit: GlAccount) -> LedgerName {
        LedgerName::of(debit, self.debit)
    }

    /// What the journal calls the side that is credited.
    pub fn credit_name(self, credit: GlAccount) -> LedgerName {
        LedgerName::of(credit, self.credit)
    }

    /// The same with debit and credit changed for each other.
    #[must_use]
    pub fn turned(self) -> Booked {
        Booked { debit: self.credit, credit: self.debit }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::ids::Part;
    use crate::journal::chart::{LedgerType, default_chart};
    use crate::record::Record;

    fn key(number: u64) -> Key {
        Key::entity(Part::new(0), 0, number)
    }

    fn rule(resource: GlAccount, account: u64) -> AccountingRule {
        AccountingRule { resource, account: key(account) }
    }

    fn catalog() -> Catalog {
        let own = |number: u64, code: &str, change: fn(&mut LedgerAccount)| {
            let mut account = default_account(GlAccount::InterestIncome);
            (account.key, account.code, account.carries) = (key(number), code.to_owned(), None);
            change(&mut account);
            account
        };
        let more = [
            own(71, "4110", |_| {}),
            own(72, "4120", |account| account.is_active = false),
            own(73, "4130", |account| account.usage = LedgerUsage::Header),
        ];
        let chart = default_chart(Timestamp::UNIX_EPOCH).into_iter().chain(more);
        Catalog::new(1, chart.map(|account| Record::LedgerAccount(Box::new(account))).collect())
    }

    #[test]
    fn a_rule_needs_an_open_detail_account_of_its_kind() {
        let check = |resource, account| {
            AccountingRules::try_new(vec![rule(resource, account)]).expect("one rule").check(&catalog())
        };
        let income = GlAccount::InterestIncome;
        assert_eq!(check(income, 71), Ok(()));
        assert_eq!(check(income, 72), Err(JournalRefusal::Inactive { code: "4120".to_owned() }));
        assert_eq!(check(income, 73), Err(JournalRefusal::IsHeader { code: "4130".to_owned() }));
        let unknown = JournalRefusal::UnknownAccount { value: key(99).to_string() };
        assert_eq!(check(income, 99), Err(unknown));
        let other = JournalRefusal::OtherType {
            code: "4110".to_owned(),
            resource: "loan_portfolio",
            is: LedgerType::Income,
            needed: LedgerType::Asset,
        };
        assert_eq!(check(GlAccount::LoanPortfolio, 71), Err(other));
    }

    #[test]
    fn a_resource_has_one_rule_and_a_clearing_account_has_none() {
        let rules = AccountingRules::try_new(vec![
            rule(GlAccount::InterestIncome, 71),
            rule(GlAccount::LoanPortfolio, 72),
        ]);
        let rules = rules.expect("two resources");
        assert_eq!(rules.account_of(GlAccount::InterestIncome), Some(key(71)));
        assert_eq!(rules.account_of(GlAccount::FeeIncome), None);
        let twice = vec![rule(GlAccount::FeeIncome, 71), rule(GlAccount::FeeIncome, 72)];
        let refused = JournalRefusal::RuledTwice { resource: "fee_income" };
        assert_eq!(AccountingRules::try_new(twice), Err(refused));
        let refused = JournalRefusal::NoRuleFor { resource: "account_transfers" };
        let clearing = vec![rule(GlAccount::AccountTransfers, 71)];
        assert_eq!(AccountingRules::try_new(clearing), Err(refused));
    }
    #[test]
    fn accounts_go_on_to_book_what_is_of_the_type_of_an_account_and_no_allowances() {
        let kept = |usage, ledger_type| {
            kept_resources(&LedgerAccount {
                usage,
                ledger_type,
                ..default_account(GlAccount::LoanLossAllowance)
            })
        };
        let assets = kept(LedgerUsage::Detail, LedgerType::Asset);
        assert!(assets.contains(&GlAccount::LoanPortfolio) && assets.contains(&GlAccount::DepositReference));
        let others = [GlAccount::LoanLossAllowance, GlAccount::AccountTransfers, GlAccount::FeeIncome];
        assert!(others.iter().all(|other| !assets.contains(other)), "{assets:?}");
        assert!(kept(LedgerUsage::Detail, LedgerType::Equity).is_empty());
        assert!(kept(LedgerUsage::Header, LedgerType::Asset).is_empty());
    }
}

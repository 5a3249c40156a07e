//! Provisions: a lender counts on losing a part of what is lent, the more the longer a loan is late. The allowance for
//! that is posted for all loans of a product in a branch and a currency together, as the difference between what ought
//! to stand and what was posted before.
//!
//! Nothing of it is agreed with a borrower: the rates of now count for all loans, whenever they were made.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::ids::Key;
use crate::journal::evening::{self, EveningAccount, EveningGroup, EveningKind, EveningPosting, Standing};
use crate::journal::rules::Accounting;
use crate::journal::{GlAccount, Transfer};
use crate::loan::Loan;
use crate::loan::securities::Fund;
use crate::product::AccountingMethod;
use crate::risk_level::RiskLevel;

/// When allowances are posted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Provisioning {
    /// Never; what stands is released.
    #[default]
    None,
    /// At the end of each day.
    Daily,
    /// At the end of each month; it stands until the end of the next.
    EndOfMonth,
}

impl Provisioning {
    /// Whether the evening of a day is one on which allowances are brought to what they ought to be.
    pub fn is_posted_on(self, on: Date) -> bool {
        match self {
            Provisioning::None | Provisioning::Daily => true,
            Provisioning::EndOfMonth => on == on.last_of_month(),
        }
    }
}

/// Which part of the principal of loans on a risk level is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionRate {
    pub level: Key,
    pub rate: Rate,
}

/// What is set aside for a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provision<'a> {
    /// `None`: the loan is on no level that has a rate, and nothing is set aside.
    pub level: Option<&'a RiskLevel>,
    pub rate: Rate,
    /// What the lender has to lose: the outstanding principal less what investors paid for.
    pub principal: Amount,
    /// Rounded, so that any loans add up to what is posted for them.
    pub allowance: Amount,
}

impl Provision<'_> {
    /// What is set aside for a loan on a day; `None` for one that is not running, or of which nothing is booked.
    pub fn of<'a>(loan: &Loan, catalog: &'a Catalog, on: Date) -> Option<Provision<'a>> {
        let is_booked = loan.terms.accounting.method != AccountingMethod::None;
        if !is_booked || !loan.state().is_active() || loan.state().disbursed_on() > Some(on) {
            return None;
        }
        let found = highest(rates_of(loan.terms.product, catalog), loan.days_in_arrears(on));
        let (level, rate) = found.map_or((None, Rate::from_ratio(0, 1)), |(level, rate)| (Some(level), rate));
        let theirs = loan.servicing.course.funds.iter().filter(|fund| fund.is_paid_in).map(Fund::left).sum();
        let principal = (loan.servicing.outstanding.principal - theirs).max(Amount::ZERO);
        Some(Provision { level, rate, principal, allowance: part_of(principal, rate) })
    }
}

/// allowance = principal × rate, rounded half-even.
fn part_of(principal: Amount, rate: Rate) -> Amount {
    let exact = Exact::from_amount(principal).times(rate.numerator()).divided_by(rate.denominator());
    exact.round(Rounding::HalfEven)
}

/// The levels on which something is set aside: those that the product names itself, or else those that have a rate.
fn rates_of(product: Key, catalog: &Catalog) -> Vec<(&RiskLevel, Rate)> {
    let own = catalog.products.by_key(product).map(|product| product.provision_rates.as_slice());
    match own.filter(|own| !own.is_empty()) {
        Some(own) => {
            let named = |is: &ProvisionRate| Some((catalog.risk_levels.by_key(is.level)?.as_ref(), is.rate));
            own.iter().filter_map(named).collect()
        }
        None => {
            let levels = catalog.risk_levels.iter();
            levels.filter_map(|level| Some((level.as_ref(), level.provision_rate?))).collect()
        }
    }
}

/// Of several levels that have the day the one with the highest rate: who is careful sets aside too much.
fn highest(rates: Vec<(&RiskLevel, Rate)>, days_in_arrears: i64) -> Option<(&RiskLevel, Rate)> {
    let has_day = rates.into_iter().filter(|(level, _)| level.has(days_in_arrears));
    has_day.max_by(|(one, low), (other, high)| low.cmp(high).then_with(|| other.id.cmp(&one.id)))
}

/// Where rules put the allowance and the expense.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProvisionKind {
    pub allowance_on: Option<Key>,
    pub expense_on: Option<Key>,
}

/// What is posted of allowances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionAmounts {
    /// What is set aside.
    pub allowance: Amount,
}

pub type ProvisionGroup = EveningGroup<ProvisionKind>;
pub type ProvisionAccount = EveningAccount<ProvisionKind>;
pub type ProvisionPosting = EveningPosting<ProvisionKind>;

impl EveningKind for ProvisionKind {
    type Amounts = ProvisionAmounts;

    fn told_apart_by(&self) -> (Option<&'static str>, Vec<Option<Key>>) {
        (None, vec![self.allowance_on, self.expense_on])
    }

    fn standing(&self, amounts: &ProvisionAmounts) -> Vec<Standing> {
        let debit = (GlAccount::ProvisionExpense, self.expense_on);
        let credit = (GlAccount::LoanLossAllowance, self.allowance_on);
        vec![Standing { debit, credit, amount: amounts.allowance }]
    }
}

/// Rates are those of now, and so are the accounts: by the rules of the product, and not of when the loan was made.
fn group_of(loan: &Loan, catalog: &Catalog) -> ProvisionGroup {
    let product = catalog.products.by_key(loan.terms.product);
    let rules =
        product.map_or_else(|| loan.terms.accounting.rules.clone(), |product| Accounting::of(product).rules);
    let kind = ProvisionKind {
        allowance_on: rules.account_of(GlAccount::LoanLossAllowance),
        expense_on: rules.account_of(GlAccount::ProvisionExpense),
    };
    ProvisionGroup::of(loan, kind)
}

/// Allowances of many loans as they are added up.
#[derive(Debug, Default)]
pub struct ProvisionSums {
    sums: BTreeMap<ProvisionGroup, ProvisionAmounts>,
    /// Product, branch and currency of loans that could not be told, whatever accounts the rules name now.
    untold: BTreeSet<(Key, Option<Key>, String)>,
    /// Product and branch of loans that could not even be read: whatever their currency is.
    unreadable: BTreeSet<(Key, Option<Key>)>,
    /// Whether there is a loan of which not even these could be read: it may be one of any group.
    is_one_unknown: bool,
}

impl ProvisionSums {
    /// Adds what is set aside for a loan on a day.
    pub fn add(&mut self, loan: &Loan, catalog: &Catalog, on: Date) {
        let found = Provision::of(loan, catalog, on).filter(|found| !found.allowance.is_zero());
        let Some(provision) = found else { return };
        self.sums.entry(group_of(loan, catalog)).or_default().allowance += provision.allowance;
    }

    /// Notes a loan whose allowance cannot be told. How much of what stands is its own nobody knows, so that nothing
    /// of it is released.
    pub fn add_untold(&mut self, loan: &Loan, catalog: &Catalog) {
        let group = group_of(loan, catalog);
        self.untold.insert(place_of(&group));
    }

    /// Notes a loan of which nothing is known but its product and its branch, or not even these.
    pub fn add_unreadable(&mut self, product_and_branch: Option<(Key, Option<Key>)>) {
        match product_and_branch {
            Some(known) => drop(self.unreadable.insert(known)),
            None => self.is_one_unknown = true,
        }
    }

    /// Whether some loan could not be told that may be one of the group.
    fn is_untold(&self, group: &ProvisionGroup) -> bool {
        self.is_one_unknown
            || self.untold.contains(&place_of(group))
            || self.unreadable.contains(&(group.product, group.branch))
    }

    /// What is to be posted, given what was posted before: for a group that is not among the sums nothing is set aside.
    pub fn postings(&self, accounts: &[ProvisionAccount], on: Date) -> Vec<ProvisionPosting> {
        let mut wanted = self.sums.clone();
        for account in accounts.iter().filter(|account| self.is_untold(&account.group)) {
            let amounts = wanted.entry(account.group.clone()).or_default();
            amounts.allowance = amounts.allowance.max(account.amounts.allowance);
        }
        evening::postings(wanted, accounts, on)
    }
}

fn place_of(group: &ProvisionGroup) -> (Key, Option<Key>, String) {
    (group.product, group.branch, group.currency.clone())
}

/// Says where transfers lead elsewhere than the account says, and an allowance that is none.
pub fn what_does_not_hold(account: &ProvisionAccount, transfers: &[Transfer]) -> Option<String> {
    let told = account.amounts.allowance;
    let is_none = || format!("{} set aside is less than nothing (minor units)", told.minor());
    evening::what_does_not_hold(account, transfers).or_else(|| told.is_negative().then(is_none))
}

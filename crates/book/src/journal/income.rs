//! Daily interest income: interest that has grown and is not applied yet is an asset and income already. It is posted
//! for all loans of a product in a branch and a currency together, as the difference between the rounded sum of what has
//! grown and what was posted before. So the ledger is never further from the exact sum than half a minor unit.
//!
//! Interest of loans that are late for too long is put in suspense instead, what is applied and unpaid included.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::allocation::Component;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use serde::{Deserialize, Serialize};

use crate::ids::{Key, Part};
use crate::journal::rules::{Accounting, AccrualPosting, Booked};
use crate::journal::{GlAccount, Transfer};
use crate::loan::Loan;
use crate::loan::charges::tax::{net_of_tax, tax_of};
use crate::loan::explain::accrued_exact;
use crate::product::AccountingMethod;

/// How many decimals of a minor unit are added up: a million loans stay within a millionth.
const DECIMALS: u32 = 12;

/// Loans whose growing interest is posted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IncomeGroup {
    pub product: Key,
    pub branch: Option<Key>,
    /// ISO 4217.
    pub currency: String,
    pub posting: AccrualPosting,
    /// Where rules put accrued interest, interest income and interest in suspense.
    pub accrued_on: Option<Key>,
    pub income_on: Option<Key>,
    pub suspense_on: Option<Key>,
}

/// What is posted for a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomeAccount {
    pub part: Part,
    /// Names its transfers; unique among accounts.
    pub account_no: i64,
    /// Counts what was posted.
    pub version: i64,
    pub group: IncomeGroup,
    /// What is posted as accrued interest.
    pub accrued: Amount,
    /// What of income is put in suspense.
    pub suspended: Amount,
}

/// What has grown in a group, exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Grown {
    pub accrued: Exact,
    /// Of loans that are late for too long: what has grown, and what was applied and is unpaid.
    pub suspended: Exact,
}

/// What is to be posted for a group on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomePosting {
    pub group: IncomeGroup,
    /// `None`: nothing was posted for the group before.
    pub before: Option<IncomeAccount>,
    /// Rounded.
    pub accrued: Amount,
    pub suspended: Amount,
    pub on: Date,
}

impl IncomeGroup {
    /// The group of a loan whose interest is posted while it grows.
    fn of(loan: &Loan) -> Option<IncomeGroup> {
        let Accounting { method, rules, accrual, .. } = &loan.terms.accounting;
        if *method != AccountingMethod::Accrual || *accrual == AccrualPosting::None {
            return None;
        }
        Some(IncomeGroup {
            product: loan.terms.product,
            branch: loan.assignment.branch,
            currency: loan.terms.currency.code().to_owned(),
            posting: *accrual,
            accrued_on: rules.account_of(GlAccount::AccruedInterest),
            income_on: rules.account_of(GlAccount::InterestIncome),
            suspense_on: rules.account_of(GlAccount::InterestSuspense),
        })
    }

    /// Whether something stands on the accounts of the group in the evening of a day: of one that is posted at the
    /// end of months on the last day of a month alone.
    fn is_posted_on(&self, on: Date) -> bool {
        match self.posting {
            AccrualPosting::None => false,
            AccrualPosting::Daily => true,
            AccrualPosting::EndOfMonth => on == on.last_of_month(),
        }
    }

    /// The text by which the group is unique.
    pub fn name(&self) -> String {
        let or_none = |key: Option<Key>| key.map_or_else(|| "-".to_owned(), |key| key.to_string());
        let keys = [self.branch, self.accrued_on, self.income_on, self.suspense_on].map(or_none);
        format!("{} {} {} {}", self.product, self.currency, self.posting.name(), keys.join(" "))
    }
}

/// Interest of many loans as it is added up.
#[derive(Debug, Default)]
pub struct IncomeSums(BTreeMap<IncomeGroup, Grown>);

impl IncomeSums {
    /// Adds what has grown on a loan by a day, without the tax in it: that is nobody's income.
    pub fn add(&mut self, loan: &Loan, on: Date) {
        if !loan.state().is_active() || loan.state().disbursed_on() > Some(on) {
            return;
        }
        let Some(group) = IncomeGroup::of(loan).filter(|group| group.is_posted_on(on)) else { return };
        let gross = accrued_exact(loan, on).map_or(Exact::ZERO, |(_, exact)| exact);
        let accrued = net_of_tax(&loan.terms, Component::Interest, gross).to_decimals(DECIMALS);
        let grown = self.0.entry(group).or_default();
        grown.accrued += accrued;
        let most = loan.terms.accounting.suspense_after_days;
        if most.is_some_and(|most| loan.days_late(on) > i64::from(most)) {
            let applied = loan.servicing.outstanding.interest;
            let tax = tax_of(&loan.terms, Component::Interest, applied);
            grown.suspended += accrued + Exact::from_amount(applied - tax);
        }
    }

    /// What is to be posted, given what was posted before: of a group that is not among the sums nothing has grown.
    pub fn postings(&self, accounts: &[IncomeAccount], on: Date) -> Vec<IncomePosting> {
        let mut wanted = self.0.clone();
        for account in accounts {
            wanted.entry(account.group.clone()).or_default();
        }
        let posting = |(group, grown): (IncomeGroup, Grown)| {
            let before = accounts.iter().find(|account| account.group == group).cloned();
            let [accrued, suspended] =
                [grown.accrued, grown.suspended].map(|exact| exact.round(Rounding::HalfEven));
            let stood = before.as_ref().map_or((Amount::ZERO, Amount::ZERO), |is| (is.accrued, is.suspended));
            let differs = stood != (accrued, suspended);
            differs.then_some(IncomePosting { group, before, accrued, suspended, on })
        };
        wanted.into_iter().filter_map(posting).collect()
    }
}

/// The account afterwards, and the transfers that bring it there. `account_no` is for one that is new.
pub fn post(posting: &IncomePosting, account_no: i64) -> (IncomeAccount, Vec<Transfer>) {
    let new = || IncomeAccount {
        part: Part::new(0),
        account_no,
        version: 0,
        group: posting.group.clone(),
        accrued: Amount::ZERO,
        suspended: Amount::ZERO,
    };
    let before = posting.before.clone().unwrap_or_else(new);
    let after = IncomeAccount {
        version: before.version + 1,
        accrued: posting.accrued,
        suspended: posting.suspended,
        ..before.clone()
    };
    let group = &after.group;
    let income = (GlAccount::InterestIncome, group.income_on);
    let grown = ((GlAccount::AccruedInterest, group.accrued_on), income);
    let suspended = (income, (GlAccount::InterestSuspense, group.suspense_on));
    let moves = [(grown, after.accrued - before.accrued), (suspended, after.suspended - before.suspended)];
    let transfers =
        moves.into_iter().filter_map(|(sides, amount)| transfer(&after, sides, amount, posting.on));
    let transfers = transfers.collect();
    (after, transfers)
}

/// From one account of the ledger to another; a negative amount goes the other way.
fn transfer(
    account: &IncomeAccount,
    (one, other): (Side, Side),
    amount: Amount,
    on: Date,
) -> Option<Transfer> {
    if amount.is_zero() {
        return None;
    }
    let (debit, credit) = if amount.is_negative() { (other, one) } else { (one, other) };
    let currency = Currency::from_code(&account.group.currency).expect("it is that of a loan");
    Some(Transfer {
        debit: debit.0,
        credit: credit.0,
        booked: Booked { debit: debit.1, credit: credit.1 },
        amount: if amount.is_negative() { -amount } else { amount },
        currency,
        value_date: on,
        booking_date: on,
        branch: account.group.branch,
        product: account.group.product,
        part: account.part,
        account_no: account.account_no,
        seq: account.version,
    })
}

/// What is posted, and the account that a rule names for it.
type Side = (GlAccount, Option<Key>);

/// Says where transfers lead elsewhere than the account says.
pub fn what_does_not_hold(account: &IncomeAccount, transfers: &[Transfer]) -> Option<String> {
    let of = |name: GlAccount| super::balances::balance_up_to(transfers, name, account.version);
    let (accrued, suspended) = (of(GlAccount::AccruedInterest), -of(GlAccount::InterestSuspense));
    ((accrued, suspended) != (account.accrued, account.suspended)).then(|| {
        format!(
            "{} accrued and {} in suspense by the transfers, {} and {} by the account (minor units)",
            accrued.minor(),
            suspended.minor(),
            account.accrued.minor(),
            account.suspended.minor()
        )
    })
}

//! Daily interest income: interest that has grown and is not applied yet is an asset and income already. It is posted
//! for all loans of a product in a branch and a currency together, as the difference between the rounded sum of what has
//! grown and what was posted before. So the ledger is never further from the exact sum than half a minor unit.
//!
//! Interest of loans that are late for too long is put in suspense instead, what is applied and unpaid included.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::allocation::Component;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::journal::GlAccount;
use crate::journal::evening::{self, EveningAccount, EveningGroup, EveningKind, EveningPosting, Standing};
use crate::journal::rules::{Accounting, AccrualPosting};
use crate::loan::Loan;
use crate::loan::charges::tax::{net_of_tax, tax_of};
use crate::loan::explain::accrued_exact;
use crate::product::{AccountingMethod, Product};

pub use crate::journal::evening::what_does_not_hold;

/// How many decimals of a minor unit are added up: a million loans stay within a millionth.
const DECIMALS: u32 = 12;

/// How growing interest is posted, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IncomeKind {
    pub posting: AccrualPosting,
    /// Where rules put accrued interest, interest income and interest in suspense.
    pub accrued_on: Option<Key>,
    pub income_on: Option<Key>,
    pub suspense_on: Option<Key>,
}

/// What is posted of growing interest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomeAmounts {
    /// What is posted as accrued interest.
    pub accrued: Amount,
    /// What of income is put in suspense.
    pub suspended: Amount,
}

pub type IncomeGroup = EveningGroup<IncomeKind>;
pub type IncomeAccount = EveningAccount<IncomeKind>;
pub type IncomePosting = EveningPosting<IncomeKind>;

impl EveningKind for IncomeKind {
    type Amounts = IncomeAmounts;

    fn told_apart_by(&self) -> (Option<&'static str>, Vec<Option<Key>>) {
        (Some(self.posting.name()), vec![self.accrued_on, self.income_on, self.suspense_on])
    }

    fn standing(&self, amounts: &IncomeAmounts) -> Vec<Standing> {
        let income = (GlAccount::InterestIncome, self.income_on);
        let accrued = (GlAccount::AccruedInterest, self.accrued_on);
        let suspense = (GlAccount::InterestSuspense, self.suspense_on);
        vec![
            Standing { debit: accrued, credit: income, amount: amounts.accrued },
            Standing { debit: income, credit: suspense, amount: amounts.suspended },
        ]
    }
}

/// What has grown in a group, exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Grown {
    pub accrued: Exact,
    /// Of loans that are late for too long: what has grown, and what was applied and is unpaid.
    pub suspended: Exact,
}

/// The group of a loan whose interest is posted while it grows.
fn group_of(loan: &Loan) -> Option<IncomeGroup> {
    let Accounting { method, rules, accrual, .. } = &loan.terms.accounting;
    if *method != AccountingMethod::Accrual || *accrual == AccrualPosting::None {
        return None;
    }
    let kind = IncomeKind {
        posting: *accrual,
        accrued_on: rules.account_of(GlAccount::AccruedInterest),
        income_on: rules.account_of(GlAccount::InterestIncome),
        suspense_on: rules.account_of(GlAccount::InterestSuspense),
    };
    Some(IncomeGroup::of(loan, kind))
}

/// Whether the evening of a day can find something to post. Where all that is posted is posted at the ends of months, it
/// can on those, on evenings after which something still stands, and where interest may come in suspense.
pub fn is_due_on<'a>(
    mut products: impl Iterator<Item = &'a Product>,
    accounts: &[IncomeAccount],
    on: Date,
) -> bool {
    let may_post = |product: &Product| {
        let limit = product.suspense_after_days.filter(|_| product.accrual_posting != AccrualPosting::None);
        product.accrual_posting.is_posted_on(on) || limit.is_some()
    };
    let stands = |account: &IncomeAccount| {
        account.group.kind.posting.is_posted_on(on) || account.amounts != IncomeAmounts::default()
    };
    products.any(may_post) || accounts.iter().any(stands)
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
        let Some(group) = group_of(loan) else { return };
        let gross = accrued_exact(loan, on).filter(|_| group.kind.posting.is_posted_on(on));
        let gross = gross.map_or(Exact::ZERO, |(_, exact)| exact);
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
        let rounded = |grown: &Grown| IncomeAmounts {
            accrued: grown.accrued.round(Rounding::HalfEven),
            suspended: grown.suspended.round(Rounding::HalfEven),
        };
        let wanted = self.0.iter().map(|(group, grown)| (group.clone(), rounded(grown))).collect();
        evening::postings(wanted, accounts, on)
    }
}

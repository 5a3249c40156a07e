//! Interest of deposit accounts while it grows: what depositors have earned and was not applied yet is owed to them and an
//! expense already; of what is overdrawn, it is the lender's asset and income. It is posted as daily interest income of
//! loans is: for all accounts of a product in a branch and a currency together, as the difference between the rounded sum
//! of what has grown and what was posted before.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::journal::GlAccount;
use crate::journal::evening::{self, EveningAccount, EveningGroup, EveningKind, EveningPosting, Standing};
use crate::journal::rules::{AccrualPosting, DepositAccounting};
use crate::product::AccountingMethod;
use crate::savings::Savings;
use crate::savings::product::SavingsProduct;

/// How many decimals of a minor unit are added up: a million accounts stay within a millionth.
const DECIMALS: u32 = 12;

/// How growing interest of deposits is posted, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DepositInterestKind {
    pub posting: AccrualPosting,
    /// Where rules put what is owed to depositors, and the expense of it.
    pub payable_on: Option<Key>,
    pub expense_on: Option<Key>,
    /// Where rules put what depositors owe for overdrafts, and the income of it.
    pub accrued_on: Option<Key>,
    pub income_on: Option<Key>,
}

/// What is posted of growing interest of deposits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositInterestAmounts {
    /// What is posted as owed to depositors, before the tax that is withheld when it is applied.
    pub payable: Amount,
    /// What is posted as owed by depositors for what is overdrawn.
    pub accrued: Amount,
}

pub type DepositInterestGroup = EveningGroup<DepositInterestKind>;
pub type DepositInterestAccount = EveningAccount<DepositInterestKind>;
pub type DepositInterestPosting = EveningPosting<DepositInterestKind>;

impl EveningKind for DepositInterestKind {
    type Amounts = DepositInterestAmounts;

    fn told_apart_by(&self) -> (Option<&'static str>, Vec<Option<Key>>) {
        let accounts = vec![self.payable_on, self.expense_on, self.accrued_on, self.income_on];
        (Some(self.posting.name()), accounts)
    }

    fn standing(&self, amounts: &DepositInterestAmounts) -> Vec<Standing> {
        let expense = (GlAccount::InterestExpense, self.expense_on);
        let payable = (GlAccount::InterestPayable, self.payable_on);
        let accrued = (GlAccount::AccruedInterest, self.accrued_on);
        let income = (GlAccount::InterestIncome, self.income_on);
        vec![
            Standing { debit: expense, credit: payable, amount: amounts.payable },
            Standing { debit: accrued, credit: income, amount: amounts.accrued },
        ]
    }
}

/// What has grown in a group, exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Grown {
    payable: Exact,
    accrued: Exact,
}

/// The group of an account whose interest is posted while it grows.
fn group_of(account: &Savings) -> Option<DepositInterestGroup> {
    let DepositAccounting { method, rules, accrual } = &account.terms.accounting;
    if *method != AccountingMethod::Accrual || *accrual == AccrualPosting::None {
        return None;
    }
    let kind = DepositInterestKind {
        posting: *accrual,
        payable_on: rules.account_of(GlAccount::InterestPayable),
        expense_on: rules.account_of(GlAccount::InterestExpense),
        accrued_on: rules.account_of(GlAccount::AccruedInterest),
        income_on: rules.account_of(GlAccount::InterestIncome),
    };
    Some(DepositInterestGroup {
        product: account.terms.product,
        branch: account.assignment.branch,
        currency: account.terms.currency.code().to_owned(),
        kind,
    })
}

/// Whether the evening of a day can find something to post: where all that is posted is posted at the ends of months, it can
/// on those, and on evenings after which something still stands.
pub fn is_due_on<'a>(
    mut products: impl Iterator<Item = &'a SavingsProduct>,
    accounts: &[DepositInterestAccount],
    on: Date,
) -> bool {
    let stands = |account: &DepositInterestAccount| {
        account.group.kind.posting.is_posted_on(on) || account.amounts != DepositInterestAmounts::default()
    };
    products.any(|product| product.accounting.accrual.is_posted_on(on)) || accounts.iter().any(stands)
}

/// Interest of many deposit accounts as it is added up.
#[derive(Debug, Default)]
pub struct DepositInterestSums(BTreeMap<DepositInterestGroup, Grown>);

impl DepositInterestSums {
    /// Adds what has grown on an account by a day: what the account shows as accrued on it, unrounded.
    pub fn add(&mut self, account: &Savings, on: Date) {
        let Some(group) = group_of(account).filter(|group| group.kind.posting.is_posted_on(on)) else {
            return;
        };
        let Some((earned, owed)) = account.growing_interest(on) else { return };
        let grown = self.0.entry(group).or_default();
        grown.payable += earned.to_decimals(DECIMALS);
        grown.accrued += owed.to_decimals(DECIMALS);
    }

    /// What is to be posted, given what was posted before: of a group that is not among the sums nothing has grown.
    pub fn postings(&self, accounts: &[DepositInterestAccount], on: Date) -> Vec<DepositInterestPosting> {
        let rounded = |grown: &Grown| DepositInterestAmounts {
            payable: grown.payable.round(Rounding::HalfEven),
            accrued: grown.accrued.round(Rounding::HalfEven),
        };
        let wanted = self.0.iter().map(|(group, grown)| (group.clone(), rounded(grown))).collect();
        evening::postings(wanted, accounts, on)
    }
}

//! What the evening posts for many loans together, of whatever kind: for each group of loans an account says which
//! amounts stand in the ledger, and the difference to what ought to stand is posted. Of each kind its own module says
//! which loans are a group and what the amounts are.

use std::collections::BTreeMap;
use std::fmt::Debug;

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ids::{Key, Part};
use crate::journal::balances::balance_up_to;
use crate::journal::rules::Booked;
use crate::journal::{GlAccount, Transfer};

pub use account::{EveningAccount, EveningGroup};

#[expect(
    clippy::disallowed_types,
    reason = "what is flattened is read as whatever serde knows, floats included"
)]
mod account;

/// A kind of what is posted: by what loans are told apart besides product, branch and currency.
pub trait EveningKind: Debug + Clone + Ord + Serialize + DeserializeOwned {
    /// What is posted for a group.
    type Amounts: Debug + Copy + Default + Eq + Serialize + DeserializeOwned;

    /// A word and the accounts of rules that make the name of a group unique.
    fn told_apart_by(&self) -> (Option<&'static str>, Vec<Option<Key>>);

    /// Where the amounts stand in the ledger.
    fn standing(&self, amounts: &Self::Amounts) -> Vec<Standing>;
}

/// What is posted, and the account that a rule names for it.
type Side = (GlAccount, Option<Key>);

/// An amount that stands in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub debit: Side,
    pub credit: Side,
    /// Less than nothing stands the other way round.
    pub amount: Amount,
}

/// What is to be posted for a group on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EveningPosting<K: EveningKind> {
    pub group: EveningGroup<K>,
    /// `None`: nothing was posted for the group before.
    pub before: Option<EveningAccount<K>>,
    /// What ought to stand.
    pub amounts: K::Amounts,
    pub on: Date,
}

/// What is to be posted, given what was posted before: for a group of which nothing is wanted nothing may stand.
pub(super) fn postings<K: EveningKind>(
    mut wanted: BTreeMap<EveningGroup<K>, K::Amounts>,
    accounts: &[EveningAccount<K>],
    on: Date,
) -> Vec<EveningPosting<K>> {
    for account in accounts {
        wanted.entry(account.group.clone()).or_default();
    }
    let posting = |(group, amounts)| {
        let before = accounts.iter().find(|account| account.group == group).cloned();
        let stood = before.as_ref().map(|before| before.amounts).unwrap_or_default();
        (stood != amounts).then_some(EveningPosting { group, before, amounts, on })
    };
    wanted.into_iter().filter_map(posting).collect()
}

/// The account afterwards, and the transfers that bring it there. `account_no` is for one that is new.
pub fn post<K: EveningKind>(
    posting: &EveningPosting<K>,
    account_no: i64,
) -> (EveningAccount<K>, Vec<Transfer>) {
    let new = || EveningAccount {
        part: Part::new(0),
        account_no,
        version: 0,
        group: posting.group.clone(),
        amounts: K::Amounts::default(),
    };
    let before = posting.before.clone().unwrap_or_else(new);
    let kind = &before.group.kind;
    let stood = kind.standing(&before.amounts);
    let more =
        |(stands, stood): (Standing, Standing)| Standing { amount: stands.amount - stood.amount, ..stands };
    let moves: Vec<Standing> = kind.standing(&posting.amounts).into_iter().zip(stood).map(more).collect();
    let after = EveningAccount { version: before.version + 1, amounts: posting.amounts, ..before };
    let transfers = moves.into_iter().filter_map(|more| transfer(&after, more, posting.on)).collect();
    (after, transfers)
}

fn transfer<K: EveningKind>(account: &EveningAccount<K>, more: Standing, on: Date) -> Option<Transfer> {
    let Standing { debit, credit, amount } = more;
    let (debit, credit) = if amount.is_negative() { (credit, debit) } else { (debit, credit) };
    (!amount.is_zero()).then(|| Transfer {
        debit: debit.0,
        credit: credit.0,
        booked: Booked { debit: debit.1, credit: credit.1 },
        amount: if amount.is_negative() { -amount } else { amount },
        currency: Currency::from_code(&account.group.currency).expect("it is that of a loan"),
        value_date: on,
        booking_date: on,
        branch: account.group.branch,
        product: account.group.product,
        part: account.part,
        account_no: account.account_no,
        seq: account.version,
    })
}

/// The product of a group of which something stands on an account that rules name: an evening to come takes it back.
pub fn product_standing_on<K: EveningKind>(accounts: &[EveningAccount<K>], on: Key) -> Option<Key> {
    let stands_there = |account: &&EveningAccount<K>| {
        let standing = account.group.kind.standing(&account.amounts);
        let is_there = |one: &Standing| [one.debit.1, one.credit.1].contains(&Some(on));
        standing.iter().any(|one| !one.amount.is_zero() && is_there(one))
    };
    accounts.iter().find(stands_there).map(|account| account.group.product)
}

/// Says where transfers lead elsewhere than the account says.
pub fn what_does_not_hold<K: EveningKind>(
    account: &EveningAccount<K>,
    transfers: &[Transfer],
) -> Option<String> {
    let mut told: BTreeMap<&str, (GlAccount, Amount)> = BTreeMap::new();
    for Standing { debit, credit, amount } in account.group.kind.standing(&account.amounts) {
        told.entry(debit.0.name()).or_insert((debit.0, Amount::ZERO)).1 += amount;
        told.entry(credit.0.name()).or_insert((credit.0, Amount::ZERO)).1 -= amount;
    }
    let wrong = |(name, (of, told)): (&str, (GlAccount, Amount))| {
        let booked = balance_up_to(transfers, of, account.version);
        let (booked_minor, told_minor) = (booked.minor(), told.minor());
        (booked != told)
            .then(|| format!("{name}: {booked_minor} by the transfers, {told_minor} by the account"))
    };
    let wrong: Vec<String> = told.into_iter().filter_map(wrong).collect();
    (!wrong.is_empty()).then(|| format!("{} (minor units)", wrong.join("; ")))
}

//! Loans of a group: those that it holds itself, and those of its members.

use std::collections::HashMap;

use loam_book::ids::Key;
use loam_book::loan::{HolderKind, Loan};

use super::columns::Column;
use super::{Constraint, LoanFact, LoanSearch, Test, Value};
use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;

/// The same search, which asks for holders where it asked for their groups: few loans are found by them.
pub(super) async fn by_holder(
    store: &dyn ReadStore,
    search: &LoanSearch,
) -> Result<Option<LoanSearch>, StoreError> {
    let asks = |asked: &Constraint<LoanFact>| asked.fact == LoanFact::Group;
    if !search.constraints.iter().any(asks) {
        return Ok(None);
    }
    let mut by_holder = search.clone();
    for asked in by_holder.constraints.iter_mut().filter(|asked| asked.fact == LoanFact::Group) {
        if let Test::Is(groups) = &asked.test {
            asked.test = Test::Is(with_members(store, groups).await?);
            asked.fact = LoanFact::Column(Column::Holder);
        }
    }
    Ok(Some(by_holder))
}

/// The groups and everybody who is in them.
async fn with_members(store: &dyn ReadStore, groups: &[Value]) -> Result<Vec<Value>, StoreError> {
    let mut holders = groups.to_vec();
    for group in groups {
        let Value::Key(key) = group else { continue };
        let Some(part) = key.part() else { continue };
        if let Some(view) = store.group(Address { part, key: *key }).await? {
            holders.extend(view.group.members.iter().map(|member| Value::Key(member.client.key)));
        }
    }
    Ok(holders)
}

/// The groups in which the holders of loans are, by the holders.
pub(super) async fn of_holders(
    store: &dyn ReadStore,
    loans: &[Loan],
) -> Result<HashMap<Key, Vec<Key>>, StoreError> {
    let mut groups = HashMap::new();
    for loan in loans {
        let holder = loan.holder.key;
        if groups.contains_key(&holder) {
            continue;
        }
        let of_holder = match loan.holder.kind {
            HolderKind::Group => vec![holder],
            HolderKind::Client => {
                let client = store.client(Address { part: loan.part, key: holder }).await?;
                client.map_or_else(Vec::new, |view| view.client.groups.clone())
            }
        };
        groups.insert(holder, of_holder);
    }
    Ok(groups)
}

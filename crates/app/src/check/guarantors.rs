//! Who guarantees loans is there, and found by the rows that say so. A guarantor may be kept in any part, so no row beside the
//! loan tells.

use std::collections::HashSet;

use loam_book::ids::Key;
use loam_book::loan::{Holder, HolderKind};

use crate::changes::guarantors;
use crate::error::StoreError;
use crate::ports::{CheckStore, StoredAccount};

/// Those who guarantee these loans and are not there. Nothing is asked where nobody guarantees one.
pub(super) async fn absent(
    store: &dyn CheckStore,
    accounts: &[StoredAccount],
) -> Result<HashSet<Key>, StoreError> {
    let mut named: Vec<Holder> = accounts.iter().flat_map(of_account).collect();
    named.sort_unstable_by_key(|holder| holder.key);
    named.dedup();
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let there: HashSet<Key> = store.holders_there(&named).await?.into_iter().collect();
    Ok(named.into_iter().map(|holder| holder.key).filter(|key| !there.contains(key)).collect())
}

/// One line for each guarantor of a loan who is among the absent.
pub(super) fn lost(account: &StoredAccount, absent: &HashSet<Key>) -> Vec<String> {
    let Some(loan) = &account.loan else { return Vec::new() };
    let line = |holder: Holder| {
        let kind = match holder.kind {
            HolderKind::Client => "client",
            HolderKind::Group => "group",
        };
        format!("loan {} ({}): its guarantor, the {kind} {}, is not there", loan.id, loan.key, holder.key)
    };
    of_account(account).into_iter().filter(|holder| absent.contains(&holder.key)).map(line).collect()
}

/// One line for each row that says what the loan does not, and for each that is missing.
pub(super) fn differing(account: &StoredAccount) -> Vec<String> {
    let should: Vec<String> = of_account(account).into_iter().map(|holder| holder.key.to_string()).collect();
    let is = &account.guarantors;
    let surplus = is.iter().filter(|key| !should.contains(key));
    let surplus = surplus.map(|key| format!("the table guarantor names {key}, who does not guarantee it"));
    let missing = should.iter().filter(|key| !is.contains(key));
    let missing = missing.map(|key| format!("the table guarantor does not name {key}, who guarantees it"));
    surplus.chain(missing).collect()
}

fn of_account(account: &StoredAccount) -> Vec<Holder> {
    account.loan.as_ref().map(guarantors).unwrap_or_default()
}

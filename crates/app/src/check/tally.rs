//! Counts the rows that are read through logs.

use std::collections::HashSet;

use loam_book::journal::Transfer;

use crate::ports::{RowCounts, StoredAccount, StoredSavingsAccount};

fn count(rows: usize) -> u64 {
    u64::try_from(rows).expect("what is in memory can be counted")
}

/// Both together.
pub(super) fn sum(one: RowCounts, other: RowCounts) -> RowCounts {
    RowCounts {
        loans: one.loans + other.loans,
        actions: one.actions + other.actions,
        installments: one.installments + other.installments,
        loan_transactions: one.loan_transactions + other.loan_transactions,
        settlements: one.settlements + other.settlements,
        shares: one.shares + other.shares,
        guarantors: one.guarantors + other.guarantors,
        savings: one.savings + other.savings,
        savings_transactions: one.savings_transactions + other.savings_transactions,
        transfers: one.transfers + other.transfers,
        postings: one.postings + other.postings,
    }
}

/// A loan's. The kept day of its next action is there if its column says so, or else it is a finding.
pub(super) fn count_account(account: &StoredAccount) -> RowCounts {
    let installments = account.loan.as_ref().map_or(0, |loan| loan.servicing.installments.len());
    RowCounts {
        loans: u64::from(account.loan.is_some()),
        actions: u64::from(account.next_action_on.is_some()),
        installments: count(installments),
        loan_transactions: count(account.transactions.len()),
        settlements: u64::from(account.settles_on.is_some()),
        shares: count(account.shares.len()),
        guarantors: count(account.guarantors.len()),
        transfers: count(account.transfers.len()),
        ..RowCounts::default()
    }
}

/// A deposit account's.
pub(super) fn count_savings(account: &StoredSavingsAccount) -> RowCounts {
    RowCounts {
        savings: u64::from(account.account.is_some()),
        savings_transactions: count(account.transactions.len()),
        transfers: count(account.transfers.len()),
        ..RowCounts::default()
    }
}

/// Those of an account for which evenings post: each posting has a place in its log, and its transfers.
pub(super) fn count_postings(transfers: &[Transfer]) -> RowCounts {
    let places: HashSet<i64> = transfers.iter().map(|transfer| transfer.seq).collect();
    RowCounts { transfers: count(transfers.len()), postings: count(places.len()), ..RowCounts::default() }
}

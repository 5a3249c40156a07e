//! What must hold of a deposit account: a list of checks, each a pure function. `loam check` runs them.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::checks::{Finding, lacking};
use crate::journal::balances::balance_of;
use crate::journal::chart::LedgerName;
use crate::journal::{GlAccount, Transfer};
use crate::product::AccountingMethod;
use crate::savings::event::{Movement, SavingsEntry, SavingsEvent};
use crate::savings::interest::history::payments;
use crate::savings::share::Credit;
use crate::savings::transaction::{SavingsTransaction, transaction};
use crate::savings::{Savings, log, postings};

/// Everything that is stored about one deposit account.
#[derive(Debug, Clone, Copy)]
pub struct StoredSavings<'a> {
    /// `None` for a deleted one.
    pub account: Option<&'a Savings>,
    pub entries: &'a [SavingsEntry],
    pub transactions: &'a [SavingsTransaction],
    pub transfers: &'a [Transfer],
    /// What shares of loans say was credited to it, one for each transaction that they name.
    pub credits: &'a [Credit],
}

type Check = fn(&StoredSavings<'_>, &Savings) -> Option<String>;

const CHECKS: [(&str, Check); 7] = [
    ("the stored account equals the fold over its log", stored_equals_fold),
    ("movements add up to the balance", movements_add_up),
    ("the balance equals the transfers", balance_equals_transfers),
    ("the transfers of each entry equal its postings", transfers_equal_postings),
    ("transactions equal what the log serves", transactions_equal_log),
    ("applied interest is what the balances earned", interest_equals_balances),
    ("what loans gave is what their shares say", credits_equal_shares),
];

/// Runs every check on one account.
pub fn check(stored: &StoredSavings<'_>) -> Vec<Finding> {
    let entries = stored.entries;
    if let Some(lacking) = lacking(log::begun(entries), entries.iter().map(|entry| entry.seq)) {
        return vec![lacking];
    }
    let Some(folded) = log::fold(stored.entries) else {
        return vec![Finding { check: "an account has a log", sentence: "its log is empty".to_owned() }];
    };
    let run = |(name, check): &(&'static str, Check)| {
        check(stored, &folded).map(|sentence| Finding { check: name, sentence })
    };
    CHECKS.iter().filter_map(run).collect()
}

fn stored_equals_fold(stored: &StoredSavings<'_>, folded: &Savings) -> Option<String> {
    let Some(stored) = stored.account else {
        return (!folded.is_deleted()).then(|| "its row is missing".to_owned());
    };
    (stored != folded).then(|| {
        format!(
            "version {} is stored and {} folded; balance {} is stored and {} folded; state {} is stored and {} folded",
            stored.version,
            folded.version,
            stored.balance.minor(),
            folded.balance.minor(),
            stored.state.name(),
            folded.state.name(),
        )
    })
}

/// Each movement says the balance after it, in the order in which they were booked.
fn movements_add_up(stored: &StoredSavings<'_>, folded: &Savings) -> Option<String> {
    let mut balance = Amount::ZERO;
    for movement in stored.entries.iter().filter_map(|entry| entry.event.movement()) {
        balance += movement.amount;
        if movement.balance != balance {
            let (id, said) = (movement.transaction_id, movement.balance.minor());
            return Some(format!("transaction {id} says {said} and makes {}", balance.minor()));
        }
    }
    let said = folded.balance.minor();
    (balance != folded.balance)
        .then(|| format!("movements make {}, the account says {said}", balance.minor()))
}

/// What the lender owes the holder, and what the holder owes the lender, each in its own account.
fn balance_equals_transfers(stored: &StoredSavings<'_>, folded: &Savings) -> Option<String> {
    let owned = -balance_of(stored.transfers, GlAccount::SavingsControl);
    let overdrawn = balance_of(stored.transfers, GlAccount::OverdraftPortfolio);
    let (is_owned, is_overdrawn) = match folded.terms.accounting.method {
        AccountingMethod::None => (Amount::ZERO, Amount::ZERO),
        AccountingMethod::Cash | AccountingMethod::Accrual => {
            (folded.balance.max(Amount::ZERO), folded.overdraft())
        }
    };
    (owned != is_owned || overdrawn != is_overdrawn).then(|| {
        format!(
            "the transfers say {} owned and {} overdrawn, the log and the accounting method {} and {}",
            owned.minor(),
            overdrawn.minor(),
            is_owned.minor(),
            is_overdrawn.minor()
        )
    })
}

fn transfers_equal_postings(stored: &StoredSavings<'_>, folded: &Savings) -> Option<String> {
    let differs = stored.entries.iter().find(|entry| {
        let is = stored.transfers.iter().filter(|transfer| transfer.seq == entry.seq);
        let is: Vec<_> = is.map(figures).collect();
        let should: Vec<_> = postings::transfers(folded, entry).iter().map(figures).collect();
        is != should
    });
    let known = |transfer: &&Transfer| stored.entries.iter().all(|entry| entry.seq != transfer.seq);
    let stray = stored.transfers.iter().find(known).map(|transfer| transfer.seq);
    let entry = differs.map(|entry| entry.seq).or(stray)?;
    Some(format!("those of entry {entry} differ"))
}

/// Each payment of interest is worked out again from the movements of the log.
fn interest_equals_balances(stored: &StoredSavings<'_>, folded: &Savings) -> Option<String> {
    let paid = |is: Option<&Movement>| is.map_or(Amount::ZERO, |movement| movement.amount);
    let all = payments(folded, stored.entries);
    let mut kinds = all.iter().flat_map(|payment| payment.kinds().map(|kind| (payment.on, kind)));
    let (on, (_, is, should)) = kinds.find(|(_, (_, is, should))| paid(*is) != *should)?;
    let (is, should) = (paid(is).minor(), should.minor());
    Some(format!("{is} was applied on {on}, and the balances earned {should}"))
}

/// Each movement that came of a loan names shares of the same sum, and no share names a movement that is not there. One
/// that moved no cash is no transaction: it is looked for among the changes of what the account has in loans.
fn credits_equal_shares(stored: &StoredSavings<'_>, _: &Savings) -> Option<String> {
    let mut credits = stored.credits.to_vec();
    let (mut invested, mut changes) = (Amount::ZERO, Vec::new());
    for entry in stored.entries {
        if let SavingsEvent::InvestedSet { amount } = &entry.event {
            changes.push(*amount - invested);
            invested = *amount;
        }
        let Some(movement) = entry.event.movement() else { continue };
        invested += movement.invested;
        if !movement.is_of_investor() {
            continue;
        }
        let is_its = |credit: &Credit| credit.transaction_id == movement.transaction_id;
        let credit = credits.iter().position(is_its).map(|at| credits.swap_remove(at));
        let said = credit.map_or((Amount::ZERO, Amount::ZERO), |credit| (credit.cash, credit.invested));
        if said != (movement.amount, movement.invested) {
            let (id, moved, said) = (movement.transaction_id, movement.amount.minor(), said.0.minor());
            return Some(format!("transaction {id} credited {moved}, and its shares come to {said}"));
        }
    }
    let stray = credits.into_iter().find(|credit| {
        let place = changes.iter().position(|change| *change == credit.invested);
        place.filter(|_| credit.cash.is_zero()).map(|at| changes.swap_remove(at)).is_none()
    })?;
    let (id, cash) = (stray.transaction_id, stray.cash.minor());
    Some(format!("shares of {cash} name transaction {id}, which is none of its"))
}

/// What is moved and where it is booked, and both days.
fn figures(transfer: &Transfer) -> (LedgerName, LedgerName, Amount, [Date; 2]) {
    let days = [transfer.value_date, transfer.booking_date];
    (transfer.debit_name(), transfer.credit_name(), transfer.amount, days)
}

fn transactions_equal_log(stored: &StoredSavings<'_>, _: &Savings) -> Option<String> {
    let mut served: Vec<SavingsTransaction> = stored.entries.iter().filter_map(transaction).collect();
    for entry in stored.entries {
        if let SavingsEvent::Reversed { original, movement, .. } = &entry.event
            && let Some(taken_back) = served.iter_mut().find(|served| served.id == *original)
        {
            taken_back.reversed_by = Some(movement.transaction_id);
        }
    }
    let (is, should) = (stored.transactions, served.as_slice());
    if is == should {
        return None;
    }
    let differs = is.iter().zip(should).find(|(is, should)| is != should).map(|(is, _)| is.id);
    let (is, should) = (is.len(), should.len());
    Some(match differs {
        Some(id) => format!("transaction {id} differs"),
        None => format!("{is} are stored, and the log serves {should}"),
    })
}

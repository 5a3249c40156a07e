//! Shares of investors on their way to the accounts. Whoever loads an account for a change credits what waits for it
//! first, in the same transaction; the rest is credited before a day ends.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use async_trait::async_trait;
use loam_book::actor::{Actor, Door};
use loam_book::ids::{Address, Key, Part};
use loam_book::loan::context::NewIds;
use loam_book::savings::commands::of_market::credit;
use loam_book::savings::share::InvestorShare;

use crate::aside::panic_text;
use crate::changes::CreditedShare;
use crate::command::{Caller, Command, MarketCommand};
use crate::day_report::Failures;
use crate::end_of_day::{EndOfDay, SWEEP};
use crate::error::{AppError, StoreError};
use crate::ports::{EndOfDayStore, Listed, WrittenKey};
use crate::session::Session;
use crate::sharing::Step;

/// How many shares the end of a day hands in at once, unless one account has more.
const AT_ONCE: i64 = 5_000;

impl Session {
    /// Credits what was loaded with deposit accounts, in the name of the book: who sent the command may know nothing
    /// of them. An account that was set aside is left as it is.
    pub(crate) fn credit_loaded(&mut self, caller: &Caller, ids: &NewIds) {
        let mut waiting: BTreeMap<Address, Vec<InvestorShare>> = BTreeMap::new();
        for share in std::mem::take(&mut self.loaded.shares) {
            waiting.entry(share.account).or_default().push(share);
        }
        for (account, shares) in waiting {
            self.credit_account(account, &shares, (caller, ids));
        }
    }

    fn credit_account(
        &mut self,
        address: Address,
        shares: &[InvestorShare],
        (caller, ids): (&Caller, &NewIds),
    ) {
        let Ok(account) = self.savings_to_move(address) else { return };
        let book = Caller {
            actor: Arc::new(Actor::of_the_book()),
            door: Door::EndOfDay,
            request_id: caller.request_id.clone(),
            idempotency: None,
        };
        let context = self.context(&book, ids, None);
        let credited = match catch_unwind(AssertUnwindSafe(|| credit(account, shares, &context))) {
            Ok(credited) => credited,
            Err(panic) => {
                let reason = format!("credit shares: {}", panic_text(panic.as_ref()));
                tracing::error!(account = %address.key, reason, "an invariant was broken");
                self.loaded.quarantined.push(address.key);
                return self.broken.push((address, reason));
            }
        };
        let Some((decision, credited_by)) = credited else { return };
        self.changes.credited_shares.extend(shares.iter().map(|share| CreditedShare {
            part: share.part,
            account_no: share.account_no,
            fund: share.fund,
            transaction_id: share.transaction_id,
            credited_by,
        }));
        self.record_savings(decision, "credit shares", &book);
    }
}

/// Deposit accounts for which shares wait.
struct WaitingShares;

impl EndOfDay {
    /// Credits every account for which shares wait. What comes meanwhile waits for the next run.
    pub(crate) async fn credit_shares(
        &self,
        caller: &Caller,
        failures: &mut Failures,
    ) -> Result<u64, AppError> {
        self.share(&WaitingShares, caller, failures).await
    }
}

#[async_trait]
impl Step for WaitingShares {
    type Found = (Address, i64);
    type Place = Option<WrittenKey>;
    /// Portions are as large as a batch may be.
    const STRETCHES: usize = 1;

    fn beginning_of(part: Part) -> Option<WrittenKey> {
        // No account was opened at the first millisecond of 1970. What is no key may stand before all that are.
        (part.number() > 0).then(|| Key::entity(part, 0, 0).to_string().into_bytes())
    }

    fn address_of((account, _): &(Address, i64)) -> Address {
        *account
    }

    async fn list(
        &self,
        store: &dyn EndOfDayStore,
        after: Option<WrittenKey>,
    ) -> Result<Listed<(Address, i64), Option<WrittenKey>>, StoreError> {
        let Listed { rows, last } = store.accounts_with_shares(after, SWEEP).await?;
        Ok(Listed { rows, last: last.map(Some) })
    }

    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        (account, _): &(Address, i64),
        caller: &Caller,
    ) -> Result<bool, AppError> {
        let command = Command::Market(Box::new(MarketCommand::CreditShares { account: *account }));
        end_of_day.desk().submit_behind(command, caller.clone()).await.map(|_| true)
    }

    fn portions<'f>(&self, found: &'f [(Address, i64)]) -> Vec<&'f [(Address, i64)]> {
        in_portions(found)
    }
}

/// Accounts for which about so many shares wait together that no batch holds others up for long.
fn in_portions(accounts: &[(Address, i64)]) -> Vec<&[(Address, i64)]> {
    let (mut portions, mut first, mut shares) = (Vec::new(), 0, 0);
    for (at, (_, count)) in accounts.iter().enumerate() {
        if at > first && shares + count > AT_ONCE {
            portions.push(&accounts[first..at]);
            (first, shares) = (at, 0);
        }
        shares += count;
    }
    portions.push(&accounts[first..]);
    portions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_hold_all_accounts_and_no_more_shares_than_one_account_needs() {
        let account = |random| Address { part: Part::new(1), key: Key::entity(Part::new(1), 1, random) };
        let accounts: Vec<(Address, i64)> =
            (1..).map(account).zip([1, AT_ONCE - 1, 1, 2 * AT_ONCE, AT_ONCE, 3]).collect();
        let counts: Vec<Vec<i64>> = in_portions(&accounts)
            .into_iter()
            .map(|portion| portion.iter().map(|(_, count)| *count).collect())
            .collect();
        assert_eq!(counts, [vec![1, AT_ONCE - 1], vec![1], vec![2 * AT_ONCE], vec![AT_ONCE], vec![3]],);
    }
}

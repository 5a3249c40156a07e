//! What the marketplace has to do with an investor's deposit account: it keeps money for bookings and withdrawals,
//! what is paid for loans leaves it, and its shares of what comes in are credited to it.

use std::collections::BTreeMap;

use loam_calc::money::Amount;

use crate::ids::{Address, Key};
use crate::loan::Loan;
use crate::loan::context::Context;
use crate::loan::securities::Fund;
use crate::organization::{Investing, InvestingKind, TransactionDetails, TransferLink};
use crate::savings::commands::move_money::on_balance;
use crate::savings::commands::{SavingsDecision, decision};
use crate::savings::event::{Movement, MovementKind, SavingsEntry, SavingsEvent};
use crate::savings::share::InvestorShare;
use crate::savings::{Hold, HoldKind, Savings};

/// What is kept for an application, or for a withdrawal.
pub fn kept_for(account: &Savings, what: Address, kind: HoldKind) -> Amount {
    let held = account.holds.iter().find(|hold| hold.loan == what && hold.kind == kind);
    held.map_or(Amount::ZERO, |hold| hold.amount)
}

/// Lets the account keep so much for an application or a withdrawal; `None` where it does already.
pub fn keep(
    account: &Savings,
    (what, kind): (Address, HoldKind),
    amount: Amount,
    context: &Context<'_>,
) -> Option<SavingsDecision> {
    if kept_for(account, what, kind) == amount {
        return None;
    }
    let hold = Hold { loan: what, kind, amount };
    Some(decision(account, vec![(context.business_date, SavingsEvent::HoldSet { hold })], context))
}

/// Notes what was announced and has not come in yet.
pub fn announce(account: &Savings, more: Amount, context: &Context<'_>) -> SavingsDecision {
    let amount = (account.announced + more).max(Amount::ZERO);
    decision(account, vec![(context.business_date, SavingsEvent::AnnouncedSet { amount })], context)
}

/// Writes an account that stays as it is, so that whoever moves it at the same time decides again.
pub fn touch(account: &Savings, context: &Context<'_>) -> SavingsDecision {
    announce(account, Amount::ZERO, context)
}

/// The accounts of investors that a change of a loan moves at once.
pub fn accounts_moved(before: Option<&Loan>, after: &Loan) -> Vec<Address> {
    let at_once = shares(before, after).into_iter().filter(|share| share.what.is_at_once());
    at_once.filter_map(|share| share.account_address()).collect()
}

/// Moves what a change of a loan means for an investor's account at once, fund by fund: what was paid in, and what of
/// that was given back. `None` where nothing moves.
pub fn settle(
    account: &Savings,
    (before, after): (Option<&Loan>, &Loan),
    context: &Context<'_>,
) -> Option<SavingsDecision> {
    let (mut balance, mut invested) = (account.balance, account.invested);
    let mut events = Vec::new();
    let at_once = shares(before, after).into_iter().filter(|share| share.what.is_at_once());
    for share in at_once.filter(|share| share.account == account.key) {
        invested += share.invested;
        let event = if share.cash.is_zero() {
            SavingsEvent::InvestedSet { amount: invested }
        } else {
            let moved = (MovementKind::Transfer, share.cash);
            let transaction_id = context.ids.take_transaction_id();
            let movement = on_balance(balance, moved, share.details(after), transaction_id);
            balance += share.cash;
            SavingsEvent::Moved { movement: Movement { invested: share.invested, ..movement } }
        };
        events.push((context.business_date, event));
    }
    (!events.is_empty()).then(|| decision(account, events, context))
}

/// What a change of a loan gives investors or takes back, fund by fund. It is written with the loan and credited to the
/// accounts later, so that one investor in many loans holds up none of them.
pub fn shared(before: Option<&Loan>, after: &Loan, context: &Context<'_>) -> Vec<InvestorShare> {
    let later = shares(before, after).into_iter().filter(|share| !share.what.is_at_once());
    let of_account = |share: Share| {
        Some(InvestorShare {
            transaction_id: context.ids.take_transaction_id(),
            part: after.part,
            account_no: after.account_no,
            seq: after.version,
            fund: share.fund,
            account: share.account_address()?,
            currency: after.terms.currency,
            cash: share.cash,
            invested: share.invested,
            what: share.what,
            booked_on: context.business_date,
            recorded_at: context.recorded_at,
            credited_by: None,
        })
    };
    later.filter_map(of_account).collect()
}

/// What [`settle`] moved, as shares that were credited at once: beside the others they tell all that an investor paid
/// for a loan and got of it.
pub fn moved_at_once(decision: &SavingsDecision, loan: &Loan) -> Vec<InvestorShare> {
    let movements =
        decision.entries.iter().filter_map(|entry| entry.event.movement().map(|moved| (entry, moved)));
    let of_loan = |(entry, moved): (&SavingsEntry, &Movement)| {
        let Investing { fund, what } = moved.details.investing?;
        Some(InvestorShare {
            transaction_id: moved.transaction_id,
            part: loan.part,
            account_no: loan.account_no,
            seq: loan.version,
            fund,
            account: decision.account.address(),
            currency: loan.terms.currency,
            cash: moved.amount,
            invested: moved.invested,
            what,
            booked_on: entry.value_date,
            recorded_at: entry.stamp.recorded_at,
            credited_by: Some(moved.transaction_id),
        })
    };
    movements.filter_map(of_loan).collect()
}

/// Credits an account with shares that wait for it, all of them at once, however little it has left of what is taken
/// back. The transaction has the number that the shares get as the one that credited them.
pub fn credit(
    account: &Savings,
    shares: &[InvestorShare],
    context: &Context<'_>,
) -> Option<(SavingsDecision, i64)> {
    if shares.is_empty() {
        return None;
    }
    let cash: Amount = shares.iter().map(|share| share.cash).sum();
    let invested: Amount = shares.iter().map(|share| share.invested).sum();
    let transaction_id = context.ids.take_transaction_id();
    let event = if cash.is_zero() {
        SavingsEvent::InvestedSet { amount: account.invested + invested }
    } else {
        let moved = (MovementKind::Transfer, cash);
        let movement = on_balance(account.balance, moved, TransactionDetails::default(), transaction_id);
        SavingsEvent::Moved { movement: Movement { invested, ..movement } }
    };
    Some((decision(account, vec![(context.business_date, event)], context), transaction_id))
}

/// What changes on an investor's account because of one fund of a loan.
#[derive(Debug, Clone, Copy)]
struct Share {
    account: Key,
    fund: Key,
    /// What comes in; negative for what is paid for the loan.
    cash: Amount,
    /// By how much more is in the loan.
    invested: Amount,
    what: InvestingKind,
}

impl Share {
    fn account_address(&self) -> Option<Address> {
        self.account.part().map(|part| Address { part, key: self.account })
    }

    fn details(&self, loan: &Loan) -> TransactionDetails {
        let link = TransferLink {
            account: Address { part: loan.part, key: loan.key },
            account_no: loan.account_no,
            is_loan: true,
            transaction_id: 0,
            is_source: self.cash.is_positive(),
            // What investors have in loans is one account for all branches.
            is_between_branches: false,
        };
        let investing = Investing { fund: self.fund, what: self.what };
        TransactionDetails {
            transfer: Some(link),
            investing: Some(investing),
            ..TransactionDetails::default()
        }
    }
}

/// The changes by fund; those that change nothing are left out.
fn shares(before: Option<&Loan>, after: &Loan) -> Vec<Share> {
    let (was, is) = (before.map_or(&[][..], funds), funds(after));
    if was == is {
        return Vec::new();
    }
    let mut changed: BTreeMap<Key, [Option<&Fund>; 2]> = BTreeMap::new();
    for (place, funds) in [was, is].into_iter().enumerate() {
        for fund in funds.iter().filter(|fund| fund.is_paid_in) {
            changed.entry(fund.key).or_default()[place] = Some(fund);
        }
    }
    changed.into_values().flat_map(|[was, is]| of_fund(was, is)).collect()
}

/// What was paid in and came back of it, the share of a premium, and a rebate, each by itself.
fn of_fund(was: Option<&Fund>, is: Option<&Fund>) -> impl Iterator<Item = Share> {
    let premium = of_premium((was, is), |fund| fund.premium, PREMIUM);
    [share(was, is), premium, of_premium((was, is), |fund| fund.rebated, REBATE)].into_iter().flatten()
}

/// What it is when it comes, and when it goes back.
type Kinds = [InvestingKind; 2];
const PREMIUM: Kinds = [InvestingKind::Premium, InvestingKind::PremiumTakenBack];
const REBATE: Kinds = [InvestingKind::Rebate, InvestingKind::RebateTakenBack];

fn of_premium(
    (was, is): (Option<&Fund>, Option<&Fund>),
    amount: fn(&Fund) -> Amount,
    [comes, goes]: Kinds,
) -> Option<Share> {
    let fund = is.or(was)?;
    let cash = is.map_or(Amount::ZERO, amount) - was.map_or(Amount::ZERO, amount);
    let what = if cash.is_negative() { goes } else { comes };
    let share = Share { account: fund.account, fund: fund.key, cash, invested: Amount::ZERO, what };
    (!cash.is_zero()).then_some(share)
}

fn share(was: Option<&Fund>, is: Option<&Fund>) -> Option<Share> {
    let fund = is.or(was)?;
    let of =
        |fund: Option<&Fund>| fund.map_or((Amount::ZERO, Amount::ZERO), |fund| (fund.cash(), fund.left()));
    let ((cash_before, left_before), (cash, left)) = (of(was), of(is));
    let (cash, invested) = (cash - cash_before, left - left_before);
    let what = match (was, is) {
        (None, _) if fund.bought_on.is_some() => InvestingKind::Bought,
        (None, _) => InvestingKind::Invested,
        (_, None) => InvestingKind::Returned,
        (Some(was), Some(is)) if was.amount != is.amount => InvestingKind::Sold,
        _ if cash.is_negative() => InvestingKind::TakenBack,
        _ => InvestingKind::Shared,
    };
    let share = Share { account: fund.account, fund: fund.key, cash, invested, what };
    (!cash.is_zero() || !invested.is_zero()).then_some(share)
}

fn funds(loan: &Loan) -> &[Fund] {
    &loan.servicing.course.funds
}

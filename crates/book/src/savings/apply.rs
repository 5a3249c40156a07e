//! Applies what happened to a deposit account. Never fails: an event is a fact. Only adds and sets.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::loan::event::Stamp;
use crate::savings::event::{Movement, MovementKind, SavingsEntry, SavingsEvent, SavingsOpening};
use crate::savings::interest::Accruing;
use crate::savings::term::Maturity;
use crate::savings::{BeforeClosing, Hold, Savings, SavingsState};

/// The account that an opening entry begins.
pub fn open(opening: &SavingsOpening, stamp: &Stamp) -> Savings {
    Savings {
        key: opening.key,
        part: opening.part,
        account_no: opening.account_no,
        id: opening.id.clone(),
        version: 1,
        holder: opening.holder,
        name: opening.name.clone(),
        notes: opening.notes.clone(),
        assignment: opening.assignment,
        terms: opening.terms.clone(),
        state: SavingsState::PendingApproval,
        balance: Amount::ZERO,
        latest_value_date: None,
        has_transactions: false,
        holds: Vec::new(),
        linked_loans: Vec::new(),
        line_of_credit: opening.line_of_credit,
        created_at: stamp.recorded_at,
        last_modified_at: stamp.recorded_at,
        approved_at: None,
        activated_at: None,
        locked_at: None,
        closed_at: None,
        invested: Amount::ZERO,
        announced: Amount::ZERO,
        accruing: None,
        last_used_on: None,
        maturity: None,
    }
}

/// Applies one entry to the account that the entries before it make.
pub fn apply(account: &mut Savings, entry: &SavingsEntry) {
    let at = entry.stamp.recorded_at;
    match &entry.event {
        SavingsEvent::Created { .. } => {}
        SavingsEvent::Edited { terms, name, notes, assignment } => {
            account.terms = terms.as_ref().clone();
            account.name.clone_from(name);
            account.notes.clone_from(notes);
            account.assignment = *assignment;
            if let (Some(accruing), Some(interest)) = (&mut account.accruing, &account.terms.interest) {
                accruing.set_rates(entry.value_date, interest);
            }
        }
        SavingsEvent::Approved { .. } => {
            account.approved_at = Some(at);
            account.state = SavingsState::Approved;
        }
        SavingsEvent::ApprovalUndone { .. } => {
            account.approved_at = None;
            account.state = SavingsState::PendingApproval;
        }
        SavingsEvent::Locked { .. } => lock(account, entry),
        SavingsEvent::Unlocked { .. } => unlock(account),
        SavingsEvent::Closed { closure, .. } => {
            let before = before_closing(&account.state);
            account.closed_at = Some(at);
            account.state = SavingsState::Closed { closure: *closure, before };
        }
        SavingsEvent::Reopened { .. } => reopen(account),
        SavingsEvent::Moved { movement } => move_money(account, entry, movement),
        SavingsEvent::Reversed { movement, latest_value_date, .. } => {
            account.latest_value_date = *latest_value_date;
            changed(account, entry.value_date, movement.amount);
        }
        SavingsEvent::InterestApplied { movement, .. } => {
            let amount = movement.as_ref().map_or(Amount::ZERO, |movement| movement.amount);
            account.balance += amount;
            account.has_transactions |= movement.is_some();
            if let Some(accruing) = &mut account.accruing {
                accruing.applied(entry.value_date, amount);
            }
        }
        SavingsEvent::ChargedWithInterest { movement } => {
            account.has_transactions = true;
            changed(account, entry.value_date, movement.amount);
        }
        SavingsEvent::InterestUndone { accruing } => account.accruing = Some(accruing.as_ref().clone()),
        SavingsEvent::HoldsSet { holds } => account.holds.clone_from(holds),
        SavingsEvent::HoldSet { hold } => keep(account, *hold),
        SavingsEvent::AnnouncedSet { amount } => account.announced = *amount,
        SavingsEvent::InvestedSet { amount } => account.invested = *amount,
        SavingsEvent::LinksSet { loans } => account.linked_loans.clone_from(loans),
        SavingsEvent::LineOfCreditSet { line } => account.line_of_credit = *line,
        SavingsEvent::FellAsleep => fall_asleep(account),
        SavingsEvent::TermStarted { matures_on, .. } => {
            let (started_on, matures_on) = (entry.value_date, *matures_on);
            account.maturity = Some(Maturity { started_on, matures_on, is_over: false });
            grows_until(account, Some(matures_on));
        }
        SavingsEvent::Matured => mature(account),
        SavingsEvent::TermUndone { .. } => undo_term(account),
    }
    account.version = entry.seq;
    account.last_modified_at = at;
}

fn move_money(account: &mut Savings, entry: &SavingsEntry, movement: &Movement) {
    account.balance += movement.amount;
    account.invested += movement.invested;
    account.has_transactions = true;
    account.latest_value_date = account.latest_value_date.max(Some(entry.value_date));
    activate(account, entry);
    used(account, entry.stamp.booking_date, movement);
    moved(account, entry.value_date, movement.amount);
}

/// Sets what one loan or application keeps; nothing: it keeps it no longer.
fn keep(account: &mut Savings, hold: Hold) {
    account.holds.retain(|other| (other.loan, other.kind) != (hold.loan, hold.kind));
    account.holds.extend(hold.amount.is_positive().then_some(hold));
}

/// The balance, and what interest will make of it.
fn changed(account: &mut Savings, on: Date, amount: Amount) {
    account.balance += amount;
    moved(account, on, amount);
}

/// The first money makes an account active.
fn activate(account: &mut Savings, entry: &SavingsEntry) {
    if account.state == SavingsState::Approved {
        account.activated_at = Some(entry.stamp.recorded_at);
        account.state = SavingsState::Active { activated_on: entry.value_date };
        let begun = |interest| Accruing::begin(entry.value_date, interest);
        account.accruing = account.terms.interest.as_ref().map(begun);
    }
}

/// What interest will make of it.
fn moved(account: &mut Savings, on: Date, amount: Amount) {
    if let Some(accruing) = &mut account.accruing {
        accruing.moved(on, amount);
    }
}

/// What its holder moves is in use: deposits, withdrawals and transfers are; fees and interest come by
/// themselves.
fn used(account: &mut Savings, booked_on: Date, movement: &Movement) {
    let is_use = match movement.kind {
        MovementKind::Deposit | MovementKind::Withdrawal | MovementKind::Transfer => true,
        MovementKind::Fee
        | MovementKind::Interest
        | MovementKind::OverdraftInterest
        | MovementKind::WithholdingTax => false,
    };
    if !is_use || account.terms.dormancy_days.is_none() {
        return;
    }
    account.last_used_on = account.last_used_on.max(Some(booked_on));
    if let SavingsState::Dormant { activated_on } = account.state {
        account.state = SavingsState::Active { activated_on };
    }
}

fn fall_asleep(account: &mut Savings) {
    if let SavingsState::Active { activated_on } = account.state {
        account.state = SavingsState::Dormant { activated_on };
    }
}

/// One that is locked stays so; unlocked, it has matured.
fn mature(account: &mut Savings) {
    if let Some(maturity) = &mut account.maturity {
        maturity.is_over = true;
    }
    if let SavingsState::Active { activated_on } | SavingsState::Dormant { activated_on } = account.state {
        account.state = SavingsState::Matured { activated_on };
    }
}

/// Nothing grows from the end of a term on.
fn grows_until(account: &mut Savings, until: Option<Date>) {
    if let Some(accruing) = &mut account.accruing {
        accruing.until = until;
    }
}

fn undo_term(account: &mut Savings) {
    account.maturity = None;
    if let SavingsState::Matured { activated_on } = account.state {
        account.state = SavingsState::Active { activated_on };
    }
    grows_until(account, None);
}

fn lock(account: &mut Savings, entry: &SavingsEntry) {
    if let SavingsState::Active { activated_on }
    | SavingsState::Dormant { activated_on }
    | SavingsState::Matured { activated_on } = account.state
    {
        account.locked_at = Some(entry.stamp.recorded_at);
        account.state = SavingsState::Locked { activated_on };
    }
}

fn unlock(account: &mut Savings) {
    if let SavingsState::Locked { activated_on } = account.state {
        let is_over = account.maturity.is_some_and(|maturity| maturity.is_over);
        account.locked_at = None;
        account.state = if is_over {
            SavingsState::Matured { activated_on }
        } else {
            SavingsState::Active { activated_on }
        };
    }
}

fn before_closing(state: &SavingsState) -> BeforeClosing {
    match *state {
        SavingsState::PendingApproval => BeforeClosing::PendingApproval,
        SavingsState::Approved => BeforeClosing::Approved,
        SavingsState::Active { activated_on }
        | SavingsState::Locked { activated_on }
        | SavingsState::Dormant { activated_on } => BeforeClosing::Active { activated_on },
        SavingsState::Matured { activated_on } => BeforeClosing::Matured { activated_on },
        SavingsState::Closed { before, .. } => before,
    }
}

fn reopen(account: &mut Savings) {
    if let SavingsState::Closed { before, .. } = account.state {
        account.closed_at = None;
        account.state = match before {
            BeforeClosing::PendingApproval => SavingsState::PendingApproval,
            BeforeClosing::Approved => SavingsState::Approved,
            BeforeClosing::Active { activated_on } => SavingsState::Active { activated_on },
            BeforeClosing::Matured { activated_on } => SavingsState::Matured { activated_on },
        };
    }
}

//! Entries by hand: what somebody books on accounts of the chart, line by line, debits equal to credits.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::actor::{Door, Permission};
use crate::ids::{Address, Key, Part};
use crate::journal::chart::{LedgerAccount, LedgerName, LedgerUsage};
use crate::journal::refusal::JournalRefusal;
use crate::loan::context::Context;
use crate::loan::refusal::{AccessRefusal, Refusal};
use crate::stated::StatedAmount;

/// The most lines of one entry.
pub const MOST_LINES: usize = 200;
/// The most characters of its notes.
const MOST_NOTES: usize = 4_000;

/// On which side of an account something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Debit,
    Credit,
}

impl Side {
    /// The name stored in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Side::Debit => "debit",
            Side::Credit => "credit",
        }
    }

    /// The side with this name.
    pub fn from_name(name: &str) -> Option<Side> {
        [Side::Debit, Side::Credit].into_iter().find(|side| side.name() == name)
    }
}

/// An entry as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewManualEntry {
    /// The booking date.
    pub date: Option<Date>,
    pub branch: Option<Key>,
    pub notes: Option<String>,
    pub lines: Vec<NewManualLine>,
}

/// A line as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewManualLine {
    pub side: Side,
    /// Code or key.
    pub account: String,
    pub amount: StatedAmount,
}

/// An entry as it stands in the journal. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualEntry {
    pub part: Part,
    /// Unique among accounts and entries of the whole book.
    pub number: i64,
    pub key: Key,
    pub booking_date: Date,
    pub branch: Option<Key>,
    pub notes: Option<String>,
    pub currency: Currency,
    pub lines: Vec<ManualLine>,
    pub recorded_at: Timestamp,
    pub actor: Key,
    pub door: Door,
}

/// One amount on one side of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualLine {
    pub side: Side,
    /// Key of the account.
    pub account: Key,
    /// More than zero.
    pub amount: Amount,
    /// Where the account carries one of the journal's.
    pub carried: Option<crate::journal::GlAccount>,
}

impl ManualLine {
    /// What the journal calls the account.
    pub fn ledger_name(&self) -> LedgerName {
        self.carried.map_or(LedgerName::Own(self.account), LedgerName::Carried)
    }
}

impl ManualEntry {
    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// What stands on one side.
    pub fn total(&self, side: Side) -> Amount {
        self.lines.iter().filter(|line| line.side == side).map(|line| line.amount).sum()
    }

    /// Says what of a stored entry does not hold: its two sides are equal, and its lines are those stored beside it.
    pub fn what_does_not_hold(&self, stored: &[ManualLine]) -> Option<String> {
        let (debits, credits) = (self.total(Side::Debit), self.total(Side::Credit));
        if debits != credits {
            return Some(format!(
                "its debits are {} and its credits {} (minor units)",
                debits.minor(),
                credits.minor()
            ));
        }
        let unpositive = self.lines.iter().find(|line| !line.amount.is_positive());
        if let Some(line) = unpositive {
            return Some(format!("a line of {} minor units", line.amount.minor()));
        }
        (stored != self.lines.as_slice())
            .then(|| format!("{} lines are stored and {} were entered", stored.len(), self.lines.len()))
    }
}

/// Decides an entry by hand. Checks in this order: permission, date, closed period, branch, notes, both sides,
/// each line, the sums.
///
/// # Errors
/// `NotPermitted`, `ClosedPeriod`, `UnknownBranch`, `AnotherBranch`, `InvalidAmount`, and every refusal of the journal
/// about entries.
pub fn enter(
    new: &NewManualEntry,
    currency: Currency,
    context: &Context<'_>,
) -> Result<ManualEntry, Refusal> {
    context.require(Permission::LogJournalEntries)?;
    let booking_date = date_of(new, context)?;
    check_branch(new.branch, context)?;
    let notes = new.notes.as_deref().map(str::trim).filter(|notes| !notes.is_empty());
    let length = notes.map_or(0, |notes| notes.chars().count());
    if length > MOST_NOTES {
        return Err(JournalRefusal::NotesTooLong { length, most: MOST_NOTES }.into());
    }
    check_sides(&new.lines)?;
    let lines: Vec<ManualLine> =
        new.lines.iter().map(|line| line_of(line, currency, context)).collect::<Result<_, Refusal>>()?;
    let entry = ManualEntry {
        part: context.ids.part,
        number: context.ids.account_no,
        key: context.ids.key,
        booking_date,
        branch: new.branch,
        notes: notes.map(str::to_owned),
        currency,
        lines,
        recorded_at: context.recorded_at,
        actor: context.actor.user_key,
        door: context.door,
    };
    let (debits, credits) = (entry.total(Side::Debit), entry.total(Side::Credit));
    if debits != credits {
        let text = |amount: Amount| amount.to_fixed_text(currency);
        return Err(JournalRefusal::Unbalanced { debits: text(debits), credits: text(credits) }.into());
    }
    Ok(entry)
}

fn date_of(new: &NewManualEntry, context: &Context<'_>) -> Result<Date, Refusal> {
    let date = new.date.ok_or(JournalRefusal::MissingDate)?;
    let business_date = context.business_date;
    if date > business_date {
        return Err(JournalRefusal::InTheFuture { date, business_date }.into());
    }
    match context.closed_in(new.branch) {
        Some(closed_through) if date <= closed_through => {
            Err(Refusal::ClosedPeriod { value_date: date, closed_through })
        }
        _ => Ok(date),
    }
}

/// Who works in some branches only books for these.
fn check_branch(branch: Option<Key>, context: &Context<'_>) -> Result<(), Refusal> {
    if let Some(key) = branch
        && context.catalog.branches.by_key(key).is_none()
    {
        return Err(Refusal::UnknownBranch { key });
    }
    if context.actor.bounds.contain(branch) { Ok(()) } else { Err(AccessRefusal::AnotherBranch.into()) }
}

fn check_sides(lines: &[NewManualLine]) -> Result<(), JournalRefusal> {
    if lines.len() > MOST_LINES {
        return Err(JournalRefusal::TooManyLines { count: lines.len(), most: MOST_LINES });
    }
    for side in [Side::Debit, Side::Credit] {
        if !lines.iter().any(|line| line.side == side) {
            return Err(JournalRefusal::MissingSide { side: side.name() });
        }
    }
    Ok(())
}

fn line_of(line: &NewManualLine, currency: Currency, context: &Context<'_>) -> Result<ManualLine, Refusal> {
    let found = context.catalog.ledger_accounts.find(&line.account);
    let account = found.ok_or_else(|| JournalRefusal::UnknownAccount { value: line.account.clone() })?;
    check_account(account)?;
    let amount = line.amount.positive_in(currency)?;
    Ok(ManualLine { side: line.side, account: account.key, amount, carried: account.carries })
}

fn check_account(account: &LedgerAccount) -> Result<(), JournalRefusal> {
    let code = account.code.clone();
    if account.usage == LedgerUsage::Header {
        return Err(JournalRefusal::IsHeader { code });
    }
    if !account.is_active {
        return Err(JournalRefusal::Inactive { code });
    }
    if !account.allows_manual_entries {
        return Err(JournalRefusal::NoManualEntries { code });
    }
    Ok(())
}

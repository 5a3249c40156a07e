//! The chart of accounts between the wire and the book.

use loam_book::journal::chart::{LedgerAccount, LedgerUsage};
use loam_book::journal::closure::Closure;

use crate::product_names::{LEDGER_TYPES, LEDGER_USAGES, ledger_type, ledger_usage};

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::records::Base;
use super::super::wire;

type Result<T> = std::result::Result<T, DoorError>;

/// The account that the members say. What it carries is the book's to say.
///
/// # Errors
/// A member that is missing or malformed.
pub(in super::super) fn account_of(
    members: &Members,
    base: &Base<'_, LedgerAccount>,
) -> Result<LedgerAccount> {
    let types = Names { values: LEDGER_TYPES, name_of: ledger_type };
    let usages = Names { values: LEDGER_USAGES, name_of: ledger_usage };
    let of_type = members.choice("type", types)?;
    Ok(LedgerAccount {
        key: base.key,
        code: members.required("glCode")?,
        name: members.required("name")?,
        ledger_type: of_type.ok_or_else(|| DoorError::missing(&members.path("type")))?,
        usage: members.choice("usage", usages)?.unwrap_or(LedgerUsage::Detail),
        is_active: members.flag("activated")?.unwrap_or(true),
        allows_manual_entries: members.flag("allowManualJournalEntries")?.unwrap_or(true),
        description: members.text("description")?,
        strips_zeros: members.flag("stripTrailingZeroes")?.unwrap_or(true),
        carries: base.present.and_then(|present| present.carries),
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// An account as this door shows it.
pub(in super::super) fn wire_of_account(account: &LedgerAccount) -> wire::GlAccount {
    wire::GlAccount {
        encoded_key: account.key.to_string(),
        gl_code: account.code.clone(),
        name: account.name.clone(),
        ledger_type: ledger_type(account.ledger_type),
        usage: ledger_usage(account.usage),
        activated: account.is_active,
        allow_manual_journal_entries: account.allows_manual_entries,
        strip_trailing_zeroes: account.strips_zeros,
        description: account.description.clone(),
        carries: account.carries.map(|carried| carried.name()),
        creation_date: account.created_at.to_string(),
        last_modified_date: account.last_modified_at.to_string(),
    }
}

/// The closure that the members say.
///
/// # Errors
/// A member that is missing or malformed, and a branch that nobody knows.
pub(in super::super) fn closure_of(members: &Members, base: &Base<'_, Closure>) -> Result<Closure> {
    let closed_through = members.date("closedThrough")?;
    Ok(Closure {
        key: base.key,
        id: members.required("id")?,
        branch: base.branch(members, "branchKey")?,
        closed_through: closed_through.ok_or_else(|| DoorError::missing(&members.path("closedThrough")))?,
        is_active: members.flag("activated")?.unwrap_or(true),
        notes: members.text("notes")?,
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// A closure as this door shows it.
pub(in super::super) fn wire_of_closure(closure: &Closure) -> wire::AccountingClosure {
    wire::AccountingClosure {
        encoded_key: closure.key.to_string(),
        id: closure.id.clone(),
        branch_key: closure.branch.map(|key| key.to_string()),
        closed_through: closure.closed_through.to_string(),
        activated: closure.is_active,
        notes: closure.notes.clone(),
        creation_date: closure.created_at.to_string(),
        last_modified_date: closure.last_modified_at.to_string(),
    }
}

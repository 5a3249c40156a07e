//! GL accounts and journal entries between the wire and the book.

use loam_app::search::entries::{EntrySource, LedgerSum, ProductFamily, StoredEntry, family};
use loam_book::ids::Key;
use loam_book::journal::chart::{LedgerAccount, LedgerType};
use loam_book::journal::manual::{NewManualEntry, NewManualLine, Side};
use loam_book::stated::StatedAmount;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::product_names::{LEDGER_TYPES, ledger_type, ledger_usage};

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;
use super::super::wire::ledger::{CurrencyCode, ForeignBalance, GlAccount, GlJournalEntry, Standing};
use super::super::wire::values::{Day, EncodedKey, Instant, Money};

/// The type with this name, in any case.
pub(crate) fn type_named(name: &str) -> Option<LedgerType> {
    LEDGER_TYPES.iter().copied().find(|known| ledger_type(*known).eq_ignore_ascii_case(name))
}

pub(crate) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Debit => "DEBIT",
        Side::Credit => "CREDIT",
    }
}

pub(crate) fn family_name(family: ProductFamily) -> &'static str {
    match family {
        ProductFamily::Loans => "LOAN",
        ProductFamily::Savings => "SAVINGS",
    }
}

/// An account without what stands on it.
pub(crate) fn account(account: &LedgerAccount) -> GlAccount<'_> {
    GlAccount {
        encoded_key: EncodedKey(account.key),
        creation_date: Instant(account.created_at),
        last_modified_date: Instant(account.last_modified_at),
        gl_code: &account.code,
        name: &account.name,
        kind: ledger_type(account.ledger_type),
        usage: ledger_usage(account.usage),
        activated: account.is_active,
        allow_manual_journal_entries: account.allows_manual_entries,
        strip_trailing_zeroes: account.strips_zeros,
        description: account.description.as_deref(),
        standing: None,
    }
}

/// What stands on an account by its sums: in the currency of the book, and in others.
pub(crate) fn standing(account: &LedgerAccount, sums: &[LedgerSum], base: Currency) -> Standing {
    let mut foreign: Vec<(Currency, Amount)> = Vec::new();
    let mut own = Amount::ZERO;
    for sum in sums {
        let balance = sum.balance(account.ledger_type);
        if sum.currency == base {
            own += balance;
        } else if let Some((_, total)) = foreign.iter_mut().find(|(currency, _)| *currency == sum.currency) {
            *total += balance;
        } else {
            foreign.push((sum.currency, balance));
        }
    }
    let code = |currency: Currency| CurrencyCode { code: currency.code() };
    let foreign = foreign.into_iter().map(|(currency, total)| ForeignBalance {
        balance: Money(total, currency),
        currency: code(currency),
    });
    Standing { balance: Money(own, base), currency: code(base), foreign_balances: foreign.collect() }
}

/// An entry with the account on which it stands.
pub(crate) fn entry<'a>(entry: &'a StoredEntry, on: &'a LedgerAccount) -> GlJournalEntry<'a> {
    let (account_key, notes) = match &entry.source {
        EntrySource::Loan(account) | EntrySource::Savings(account) => {
            (account.as_ref().map(|account| EncodedKey(account.key)), None)
        }
        EntrySource::Income => (None, None),
        EntrySource::ByHand { notes, .. } => (None, notes.as_deref()),
    };
    GlJournalEntry {
        encoded_key: EncodedKey(entry.key()),
        entry_id: entry.number,
        creation_date: Instant(entry.recorded_at),
        entry_date: Day(entry.booking_date),
        booking_date: Day(entry.booking_date),
        value_date: Day(entry.value_date),
        transaction_id: entry.transaction_id(),
        account_key,
        product_key: entry.product.map(EncodedKey),
        product_type: family(entry).map(family_name),
        amount: Money(entry.amount, entry.currency),
        currency: CurrencyCode { code: entry.currency.code() },
        gl_account: account(on),
        kind: side_name(entry.side),
        user_key: EncodedKey(entry.actor),
        notes,
        assigned_branch_key: entry.branch.map(EncodedKey),
        reversal_entry_key: entry.reversal_key().map(EncodedKey),
    }
}

/// The entry that a form says: `debitAccount1` with `debitAmount1` and so on, and the same of credits.
///
/// # Errors
/// A date that is none, and an account or an amount without its other half.
pub(crate) fn new_entry(fields: &Fields<'_>, branch: Option<Key>) -> Result<NewManualEntry, DoorError> {
    let mut lines = lines_of(fields, Side::Debit, ["debitAccount", "debitAmount"])?;
    lines.extend(lines_of(fields, Side::Credit, ["creditAccount", "creditAmount"])?);
    Ok(NewManualEntry { date: fields.date("date")?, branch, notes: fields.owned("notes")?, lines })
}

fn lines_of(
    fields: &Fields<'_>,
    side: Side,
    [accounts, amounts]: [&'static str; 2],
) -> Result<Vec<NewManualLine>, DoorError> {
    let (named, stated) = (fields.numbered(accounts)?, fields.numbered(amounts)?);
    let missing = |stem: &str, number: u32| {
        DoorError::at(ReturnCode::MissingRequiredParameter, format!("{stem}{number}"))
    };
    if let Some(number) = stated.keys().find(|number| !named.contains_key(number)) {
        return Err(missing(accounts, *number));
    }
    let line = |(number, account): (u32, String)| {
        let amount = stated.get(&number).ok_or_else(|| missing(amounts, number))?;
        Ok(NewManualLine { side, account, amount: StatedAmount(amount.clone()) })
    };
    named.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &str) -> Result<NewManualEntry, DoorError> {
        new_entry(&Fields::of_form(form.as_bytes()).unwrap(), None)
    }

    #[test]
    fn lines_follow_their_numbers_debits_first() {
        let entry = read(
            "CreditAccount1=2100&creditAmount1=5&debitaccount10=1400&debitAmount10=3&debitAccount2=1410&debitAmount2=2.0",
        )
        .unwrap();
        let lines: Vec<(Side, &str, &str)> = entry
            .lines
            .iter()
            .map(|line| (line.side, line.account.as_str(), line.amount.0.as_str()))
            .collect();
        let expected =
            [(Side::Debit, "1410", "2.0"), (Side::Debit, "1400", "3"), (Side::Credit, "2100", "5")];
        assert_eq!(lines, expected);
        assert_eq!(entry.date, None);
    }

    #[test]
    fn an_account_needs_its_amount_and_an_amount_its_account() {
        let source = |form: &str| read(form).unwrap_err().source().map(str::to_owned);
        assert_eq!(source("debitAccount1=1400").as_deref(), Some("debitAmount1"));
        assert_eq!(source("creditAmount3=5").as_deref(), Some("creditAccount3"));
        assert_eq!(source("debitAccount1=1400&debitAmount1=").as_deref(), Some("debitAmount1"));
    }

    #[test]
    fn what_stands_on_an_account_is_told_by_currency() {
        let chart = loam_book::journal::chart::default_account(loam_book::journal::GlAccount::FundSource);
        let sum = |currency, debits, credits| LedgerSum {
            account: chart.ledger_name(),
            currency,
            debits: Amount::from_minor(debits),
            credits: Amount::from_minor(credits),
        };
        let eur = Currency::from_code("EUR").unwrap();
        let sums = [sum(Currency::USD, 500, 200), sum(eur, 0, 75)];
        let shown = serde_json::to_value(standing(&chart, &sums, Currency::USD)).unwrap();
        let expected = serde_json::json!({
            "balance": "3", "currency": {"code": "USD"},
            "foreignBalances": [{"balance": "-0.75", "currency": {"code": "EUR"}}],
        });
        assert_eq!(shown, expected);
    }
}

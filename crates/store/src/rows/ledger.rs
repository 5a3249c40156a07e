//! `manual_entry`, `manual_line` and `ledger_day`, and entries of the journal as they are read.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_app::changes::Changes;
use loam_app::error::StoreError;
use loam_app::indicators::AtRisk;
use loam_app::ports::{Placed, WrongSum};
use loam_app::search::entries::{EntrySource, LedgerSum, SourceAccount, StoredEntry};
use loam_book::ids::{Key, Part};
use loam_book::journal::chart::LedgerName;
use loam_book::journal::manual::{ManualEntry, ManualLine, Side};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::cells::{Cell, Columns, Cursor, Row};

/// The rows of entries by hand.
pub(crate) fn manual_entry_row(entry: &ManualEntry) -> Row<'_> {
    vec![
        Cell::part(entry.part),
        Cell::int(entry.number),
        Cell::key(entry.key),
        Cell::instant(entry.recorded_at),
        Cell::key(entry.actor),
        Cell::maybe_text(entry.notes.as_deref()),
        Cell::json(entry),
    ]
}

/// The rows of their lines, numbered as entries of the journal from `first` on.
pub(crate) fn manual_line_rows(entries: &[ManualEntry], first: i64) -> Vec<Row<'_>> {
    let lines =
        entries.iter().flat_map(|entry| (1..).zip(&entry.lines).map(move |(n, line)| (entry, n, line)));
    (first..)
        .zip(lines)
        .map(|(entry_no, (entry, n, line))| manual_line_row(entry, n, line, entry_no))
        .collect()
}

fn manual_line_row<'a>(entry: &ManualEntry, n: i64, line: &ManualLine, entry_no: i64) -> Row<'a> {
    vec![
        Cell::part(entry.part),
        Cell::int(entry.number),
        Cell::int(n),
        Cell::text(line.side.name()),
        Cell::Text(Some(line.ledger_name().text().into())),
        Cell::key(line.account),
        Cell::amount(line.amount),
        Cell::text(entry.currency.code()),
        Cell::date(entry.booking_date),
        Cell::maybe_key(entry.branch),
        Cell::int(entry_no),
    ]
}

/// Where a sum stands.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    account: String,
    booking_date: Date,
    branch: Option<Key>,
    currency: &'static str,
    part: Part,
}

/// What a batch adds to the sums of days, each place once. Sums of different parts stand in so many different places.
pub(crate) fn ledger_day_rows<'a>(changes: &Changes, places: u16) -> Vec<Row<'a>> {
    let mut added: BTreeMap<Place, [Amount; 2]> = BTreeMap::new();
    let mut add =
        |account: LedgerName, side: Side, amount: Amount, at: (Date, Option<Key>, Currency, Part)| {
            let (booking_date, branch, currency, part) = at;
            let part = Part::new(part.number() % places);
            let place =
                Place { account: account.text(), booking_date, branch, currency: currency.code(), part };
            let [debits, credits] = added.entry(place).or_default();
            match side {
                Side::Debit => *debits += amount,
                Side::Credit => *credits += amount,
            }
        };
    for transfer in &changes.transfers {
        let at = (transfer.booking_date, transfer.branch, transfer.currency, transfer.part);
        add(transfer.debit_name(), Side::Debit, transfer.amount, at);
        add(transfer.credit_name(), Side::Credit, transfer.amount, at);
    }
    for entry in &changes.manual_entries {
        let at = (entry.booking_date, entry.branch, entry.currency, entry.part);
        entry.lines.iter().for_each(|line| add(line.ledger_name(), line.side, line.amount, at));
    }
    added.into_iter().map(|(place, sums)| ledger_day_row(place, sums)).collect()
}

fn ledger_day_row<'a>(place: Place, [debits, credits]: [Amount; 2]) -> Row<'a> {
    let branch = place.branch.map(|key| key.to_string()).unwrap_or_default();
    vec![
        Cell::Text(Some(place.account.into())),
        Cell::date(place.booking_date),
        Cell::Text(Some(branch.into())),
        Cell::text(place.currency),
        Cell::part(place.part),
        Cell::amount(debits),
        Cell::amount(credits),
    ]
}

/// Reads what `search::entries::entry_search` selects.
pub(crate) fn read_entry_row(row: &impl Columns) -> Result<StoredEntry, StoreError> {
    let mut row = Cursor::new("journal_transfer", row);
    let (number, part, source_no, seq) = (row.int()?, row.part()?, row.int()?, row.int()?);
    let side = row.named(Side::from_name)?;
    let account = row.named(LedgerName::from_text)?;
    let amount = row.amount()?;
    let currency = row.named(|code| Currency::from_code(code).ok())?;
    let (value_date, booking_date) = (row.date()?, row.date()?);
    let (branch, product) = (row.maybe_key()?, row.maybe_key()?);
    let (recorded_at, actor) = (row.instant()?, row.key()?);
    let brought_by = row.int()?;
    let source = read_source(&mut row, brought_by)?;
    let reversed_by = row.maybe_int()?;
    Ok(StoredEntry {
        number,
        part,
        source_no,
        seq,
        side,
        account,
        amount,
        currency,
        value_date,
        booking_date,
        branch,
        product,
        recorded_at,
        actor,
        source,
        reversed_by,
    })
}

/// Key and id of the account, then key and notes of an entry by hand. `brought_by` is 1 for the log of a loan, 0 for that
/// of a deposit account, and 2 for none.
fn read_source<C: Columns>(row: &mut Cursor<'_, C>, brought_by: i64) -> Result<EntrySource, StoreError> {
    let (key, id) = (row.maybe_key()?, row.maybe_string()?);
    let (by_hand, notes) = (row.maybe_key()?, row.maybe_string()?);
    if let Some(key) = by_hand {
        return Ok(EntrySource::ByHand { key, notes });
    }
    let account = key.zip(id).map(|(key, id)| SourceAccount { key, id });
    Ok(match brought_by {
        1 => EntrySource::Loan(account),
        2 => EntrySource::Income,
        _ => EntrySource::Savings(account),
    })
}

/// Reads `account, currency, debits, credits`.
pub(crate) fn read_sum(row: &impl Columns) -> Result<LedgerSum, StoreError> {
    let mut row = Cursor::new("ledger_day", row);
    Ok(LedgerSum {
        account: row.named(LedgerName::from_text)?,
        currency: row.named(|code| Currency::from_code(code).ok())?,
        debits: row.amount()?,
        credits: row.amount()?,
    })
}

/// Reads a product and what its loans owe.
pub(crate) fn read_at_risk(row: &impl Columns) -> Result<AtRisk, StoreError> {
    let mut row = Cursor::new("loan_account", row);
    Ok(AtRisk { product: row.key()?, principal: row.amount()? })
}

/// Reads `account, booking_date`, and by how much the sums differ.
pub(crate) fn read_wrong_sum(row: &impl Columns) -> Result<WrongSum, StoreError> {
    let mut row = Cursor::new("ledger_day", row);
    let (account, booking_date) = (row.string()?, row.date()?);
    Ok(WrongSum { account, booking_date, debits_minor: row.int()?, credits_minor: row.int()? })
}

/// An entry with the lines that are stored beside it.
pub(crate) type EnteredByHand = (ManualEntry, Vec<ManualLine>);

/// Reads `part, number, body`.
pub(crate) fn read_manual_entry(row: &impl Columns) -> Result<((Part, i64), ManualEntry), StoreError> {
    let mut row = Cursor::new("manual_entry", row);
    Ok(((row.part()?, row.int()?), row.json()?))
}

/// Reads `part, number, side, account, account_key, amount_minor`.
pub(crate) fn read_manual_line(row: &impl Columns) -> Result<((Part, i64), ManualLine), StoreError> {
    let mut row = Cursor::new("manual_line", row);
    let place = (row.part()?, row.int()?);
    let side = row.named(Side::from_name)?;
    let carried = row.named(LedgerName::from_text)?.resource();
    Ok((place, ManualLine { side, account: row.key()?, amount: row.amount()?, carried }))
}

/// Entries with the lines of what they say is their number.
pub(crate) fn with_lines(
    entries: Vec<((Part, i64), ManualEntry)>,
    lines: Vec<((Part, i64), ManualLine)>,
) -> Vec<Placed<EnteredByHand>> {
    let of = |entry: &ManualEntry| {
        let own = lines.iter().filter(|(place, _)| *place == (entry.part, entry.number));
        own.map(|(_, line)| *line).collect()
    };
    entries
        .into_iter()
        .map(|(place, entry)| {
            let lines = of(&entry);
            (place, Ok((entry, lines)))
        })
        .collect()
}

/// Days of which the stored sum is not that of the journal: the whole of it is added up, once for both sides.
pub(crate) const WRONG_SUMS: &str = "
      with moved as materialized (
           select debit, credit, booking_date, branch_key, currency, sum(amount_minor) as minor
             from journal_transfer
            group by debit, credit, booking_date, branch_key, currency)
    select account, booking_date, cast(sum(debits_minor) as bigint), cast(sum(credits_minor) as bigint)
      from (select account, booking_date, branch_key, currency, debits_minor, credits_minor from ledger_day
             union all
            select debit, booking_date, coalesce(branch_key, ''), currency, -minor, 0 from moved
             union all
            select credit, booking_date, coalesce(branch_key, ''), currency, 0, -minor from moved
             union all
            select account, booking_date, coalesce(branch_key, ''), currency,
                   case when side = 'debit' then -amount_minor else 0 end,
                   case when side = 'credit' then -amount_minor else 0 end
              from manual_line) as booked
     group by account, booking_date, branch_key, currency
    having sum(debits_minor) <> 0 or sum(credits_minor) <> 0
     order by booking_date, account";

#[cfg(test)]
mod tests {
    use loam_book::journal::{GlAccount, Transfer};

    use super::*;

    fn transfer(part: u16, amount: i64) -> Transfer {
        Transfer {
            debit: GlAccount::FundSource,
            credit: GlAccount::LoanPortfolio,
            booked: Default::default(),
            amount: Amount::from_minor(amount),
            currency: Currency::USD,
            value_date: jiff::civil::date(2024, 1, 1),
            booking_date: jiff::civil::date(2024, 1, 2),
            branch: None,
            product: Key::entity(Part::new(0), 0, 1),
            part: Part::new(part),
            account_no: 1,
            seq: 1,
        }
    }

    #[test]
    fn a_batch_adds_to_each_place_once() {
        let transfers = vec![transfer(1, 100), transfer(17, 20), transfer(2, 3)];
        let changes = Changes { transfers, ..Changes::default() };
        let sums = |places| -> Vec<(Cell<'_>, Cell<'_>)> {
            let rows = ledger_day_rows(&changes, places);
            rows.into_iter().map(|row| (row[5].clone(), row[6].clone())).collect()
        };
        let (zero, all) = (Cell::int(0), Cell::int(123));
        assert_eq!(sums(1), [(all.clone(), zero.clone()), (zero.clone(), all)]);
        let spread = [(120, 0), (3, 0), (0, 120), (0, 3)].map(|(d, c)| (Cell::int(d), Cell::int(c)));
        assert_eq!(sums(16), spread);
    }
}

//! The numbers of audit rows and journal entries, taken out of the book in blocks, and the keys that need a registry row.

use loam_app::changes::Changes;
use loam_book::loan::refusal::IdKind;

use crate::cells::Row;
use crate::rows::book::foreign_key_row;

/// How many numbers a lane takes at once. Those it does not use are gaps.
const BLOCK: i64 = 100_000;

/// The numbers of one sequence that a lane holds.
#[derive(Debug)]
pub(crate) struct RowNumbers {
    /// The name of the sequence.
    pub(crate) sequence: &'static str,
    next: i64,
    end: i64,
}

impl RowNumbers {
    /// Those of audit rows.
    pub(crate) fn of_audit() -> RowNumbers {
        RowNumbers { sequence: "audit", next: 0, end: 0 }
    }

    /// Those of journal entries.
    pub(crate) fn of_journal() -> RowNumbers {
        RowNumbers { sequence: "journal", next: 0, end: 0 }
    }

    /// How many must be taken out of the book before `count` can be used.
    pub(crate) fn wanted(&self, count: usize) -> Option<i64> {
        let count = count_of(count);
        (self.end - self.next < count).then(|| BLOCK.max(count))
    }

    pub(crate) fn refill(&mut self, first: i64, count: i64) {
        self.next = first;
        self.end = first + count;
    }

    /// The first of `count` numbers, which are used up.
    pub(crate) fn take(&mut self, count: usize) -> i64 {
        let first = self.next;
        self.next += count_of(count);
        assert!(self.next <= self.end, "the numbers were refilled before");
        first
    }
}

fn count_of(rows: usize) -> i64 {
    i64::try_from(rows).expect("a batch has fewer than 2^63 rows")
}

/// The first numbers of a batch: of its audit rows, and of its journal entries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FirstNumbers {
    pub(crate) audit: i64,
    pub(crate) journal: i64,
}

impl FirstNumbers {
    /// The first number of a line that was entered by hand: those of transfers go before.
    pub(crate) fn of_lines(self, changes: &Changes) -> i64 {
        self.journal + count_of(2 * changes.transfers.len())
    }
}

/// How many journal entries a batch makes: a transfer makes two.
pub(crate) fn journal_entries(changes: &Changes) -> usize {
    let lines: usize = changes.manual_entries.iter().map(|entry| entry.lines.len()).sum();
    2 * changes.transfers.len() + lines
}

/// Rows for the keys of new accounts and clients that do not carry their part.
pub(crate) fn foreign_keys(changes: &Changes) -> Vec<Row<'static>> {
    let loans = changes.loans.iter().filter(|change| change.version_read.is_none());
    let loans = loans.filter_map(|change| foreign_key_row(IdKind::Loan, change.loan.key, change.loan.part));
    let clients = changes.clients.iter().filter(|change| change.version_read.is_none());
    let clients =
        clients.filter_map(|change| foreign_key_row(IdKind::Client, change.client.key, change.client.part));
    let groups = changes.groups.iter().filter(|change| change.version_read.is_none());
    let groups =
        groups.filter_map(|change| foreign_key_row(IdKind::Group, change.group.key, change.group.part));
    loans.chain(clients).chain(groups).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_used_twice() {
        let mut numbers = RowNumbers::of_audit();
        assert_eq!(numbers.wanted(2), Some(BLOCK));
        numbers.refill(1, BLOCK);
        assert_eq!(numbers.take(2), 1);
        assert_eq!(numbers.take(3), 3);
        assert_eq!(numbers.wanted(usize::try_from(BLOCK).unwrap() - 4), Some(BLOCK));
        assert_eq!(numbers.wanted(1), None);
    }
}

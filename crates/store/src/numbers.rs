//! The numbers of audit rows, taken out of the book in blocks, and the keys that need a registry row.

use loam_app::changes::Changes;
use loam_book::loan::refusal::IdKind;

use crate::cells::Row;
use crate::rows::book::foreign_key_row;

/// How many numbers a lane takes at once. Those it does not use are gaps.
const BLOCK: i64 = 100_000;

/// The numbers that a lane holds.
#[derive(Debug, Default)]
pub(crate) struct AuditNumbers {
    next: i64,
    end: i64,
}

impl AuditNumbers {
    /// The name of the sequence.
    pub(crate) const BLOCK: &'static str = "audit";

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
        let mut numbers = AuditNumbers::default();
        assert_eq!(numbers.wanted(2), Some(BLOCK));
        numbers.refill(1, BLOCK);
        assert_eq!(numbers.take(2), 1);
        assert_eq!(numbers.take(3), 3);
        assert_eq!(numbers.wanted(usize::try_from(BLOCK).unwrap() - 4), Some(BLOCK));
        assert_eq!(numbers.wanted(1), None);
    }
}

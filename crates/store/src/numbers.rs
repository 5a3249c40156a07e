//! The numbers of audit rows, log entries and journal entries, taken out of the book in blocks, and the keys that need a registry row.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use loam_app::changes::Changes;
use loam_book::ids::Part;
use loam_book::loan::refusal::IdKind;

use crate::cells::{Cell, Row};
use crate::rows::book::foreign_key_row;

/// How many numbers a lane takes at once. Those it does not use are gaps.
const BLOCK: i64 = 100_000;

/// The numbers of one sequence that a lane holds.
#[derive(Debug)]
struct RowNumbers {
    /// The name of the sequence.
    sequence: &'static str,
    next: i64,
    end: i64,
}

impl RowNumbers {
    fn of(sequence: &'static str) -> RowNumbers {
        RowNumbers { sequence, next: 0, end: 0 }
    }

    /// The first of `count` numbers, which are used up.
    fn take(&mut self, count: i64) -> i64 {
        let first = self.next;
        self.next += count;
        assert!(self.next <= self.end, "the numbers were refilled before");
        first
    }
}

/// The numbers that a lane holds: of audit rows, of log entries, and of journal entries.
#[derive(Debug)]
pub(crate) struct LaneNumbers([RowNumbers; 3]);

impl LaneNumbers {
    pub(crate) fn none() -> LaneNumbers {
        LaneNumbers(["audit", "log", "journal"].map(RowNumbers::of))
    }

    /// Of which sequence numbers must be taken out of the book before the batch can have its own, and how many.
    pub(crate) fn wanted(&self, needed: &NeededNumbers) -> Option<(&'static str, i64)> {
        let held = self.0.iter().zip(needed.counts());
        let lacking = held.into_iter().find(|(numbers, count)| numbers.end - numbers.next < *count);
        lacking.map(|(numbers, count)| (numbers.sequence, BLOCK.max(count)))
    }

    pub(crate) fn refill(&mut self, sequence: &str, first: i64, count: i64) {
        for numbers in self.0.iter_mut().filter(|numbers| numbers.sequence == sequence) {
            (numbers.next, numbers.end) = (first, first + count);
        }
    }

    /// Those of a batch, after everything that was wanted for it.
    pub(crate) fn take(&mut self, needed: NeededNumbers) -> FirstNumbers {
        let counts = needed.counts();
        let [audit, log, journal] = &mut self.0;
        FirstNumbers {
            audit: audit.take(counts[0]),
            log: LogNumbers { first: log.take(counts[1]), ..needed.log },
            journal: journal.take(counts[2]),
        }
    }
}

fn count_of(rows: usize) -> i64 {
    i64::try_from(rows).expect("a batch has fewer than 2^63 rows")
}

/// What a batch needs numbers for.
#[derive(Debug)]
pub(crate) struct NeededNumbers {
    audit: usize,
    log: LogNumbers,
    /// A transfer makes two entries of the journal, a line by hand one.
    journal: usize,
}

impl NeededNumbers {
    pub(crate) fn of(changes: &Changes) -> NeededNumbers {
        let lines: usize = changes.manual_entries.iter().map(|entry| entry.lines.len()).sum();
        NeededNumbers {
            audit: changes.audit.len(),
            log: LogNumbers::of(changes),
            journal: 2 * changes.transfers.len() + lines,
        }
    }

    /// In the order of [`LaneNumbers`].
    fn counts(&self) -> [i64; 3] {
        [self.audit, self.log.places.len(), self.journal].map(count_of)
    }
}

/// The numbers of a batch: the first of its audit rows and of its journal entries, and those of its log entries.
#[derive(Debug)]
pub(crate) struct FirstNumbers {
    pub(crate) audit: i64,
    pub(crate) log: LogNumbers,
    pub(crate) journal: i64,
}

impl FirstNumbers {
    /// The first number of a line that was entered by hand: those of transfers go before.
    pub(crate) fn of_lines(&self, changes: &Changes) -> i64 {
        self.journal + count_of(2 * changes.transfers.len())
    }
}

/// An entry of a log: part and number of its account, and its place in the log.
type Place = (Part, i64, i64);

/// The log entries of a batch: each has a number in the whole book, by which what it brought is kept.
#[derive(Debug, Default)]
pub(crate) struct LogNumbers {
    first: i64,
    /// Which of the batch each entry is, from 0.
    places: HashMap<Place, i64>,
    /// Entries of no loan and no deposit account: what the book posts in the evening.
    evening: Vec<Place>,
}

impl LogNumbers {
    /// Without a first number yet.
    fn of(changes: &Changes) -> LogNumbers {
        let mut numbers = LogNumbers::default();
        for row in &changes.entries {
            numbers.count((row.part, row.account_no, row.entry.seq));
        }
        for row in &changes.savings_entries {
            numbers.count((row.part, row.account_no, row.entry.seq));
        }
        for transfer in &changes.transfers {
            let place = (transfer.part, transfer.account_no, transfer.seq);
            if numbers.count(place) {
                numbers.evening.push(place);
            }
        }
        numbers
    }

    /// Whether the entry was not counted before.
    fn count(&mut self, place: Place) -> bool {
        let next = count_of(self.places.len());
        match self.places.entry(place) {
            Entry::Vacant(free) => {
                free.insert(next);
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    /// The number of an entry of the batch; nothing that a batch writes comes of an entry before it.
    pub(crate) fn cell(&self, part: Part, account_no: i64, seq: i64) -> Cell<'static> {
        let place = self.places.get(&(part, account_no, seq));
        Cell::int(self.first + place.expect("what is written comes of an entry of the batch"))
    }

    /// The rows of `evening_log`.
    pub(crate) fn evening_rows(&self) -> impl Iterator<Item = Row<'static>> {
        self.evening.iter().map(|(part, account_no, seq)| {
            let number = self.cell(*part, *account_no, *seq);
            vec![Cell::part(*part), Cell::int(*account_no), Cell::int(*seq), number]
        })
    }
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
        let needed = |audit| NeededNumbers { audit, log: LogNumbers::default(), journal: 0 };
        let mut numbers = LaneNumbers::none();
        assert_eq!(numbers.wanted(&needed(2)), Some(("audit", BLOCK)));
        numbers.refill("audit", 1, BLOCK);
        assert_eq!(numbers.wanted(&needed(2)), None);
        assert_eq!(numbers.take(needed(2)).audit, 1);
        assert_eq!(numbers.take(needed(3)).audit, 3);
        let all = usize::try_from(BLOCK).unwrap();
        assert_eq!(numbers.wanted(&needed(all - 4)), Some(("audit", BLOCK)));
        assert_eq!(numbers.wanted(&needed(2 * all)), Some(("audit", 2 * BLOCK)));
        assert_eq!(numbers.wanted(&needed(1)), None);
    }
}

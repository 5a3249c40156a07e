//! Closures of accounting periods: up to a day nothing is booked any more, in a branch or in the whole book.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::journal::refusal::JournalRefusal;

/// The end of an accounting period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    pub key: Key,
    pub id: String,
    /// `None`: the whole book.
    pub branch: Option<Key>,
    /// Nothing is booked on this day or before.
    pub closed_through: Date,
    /// A closure that was undone counts no more.
    pub is_active: bool,
    pub notes: Option<String>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl Closure {
    /// Whether it counts for what is booked in a branch, or in none.
    pub fn is_for(&self, branch: Option<Key>) -> bool {
        self.is_active && (self.branch.is_none() || self.branch == branch)
    }

    /// Refuses a closure of days that are not over, and a change of which days it closes where.
    ///
    /// # Errors
    /// `NotOver`, `StaysAsItIs` with the member.
    pub fn check(&self, before: Option<&Closure>, business_date: Date) -> Result<(), JournalRefusal> {
        if self.is_active && self.closed_through >= business_date {
            return Err(JournalRefusal::NotOver { closed_through: self.closed_through, business_date });
        }
        let Some(before) = before else { return Ok(()) };
        let stays = [
            (self.branch == before.branch, "branch"),
            (self.closed_through == before.closed_through, "closedThrough"),
        ];
        match stays.into_iter().find(|(stays, _)| !stays) {
            Some((_, member)) => Err(JournalRefusal::StaysAsItIs { member, code: self.id.clone() }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::ids::Part;

    fn closure(branch: Option<Key>) -> Closure {
        Closure {
            key: Key::entity(Part::new(0), 0, 1),
            id: "2026-01".to_owned(),
            branch,
            closed_through: date(2026, 1, 31),
            is_active: true,
            notes: None,
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_closure_counts_in_its_branch_or_everywhere() {
        let [here, there] = [7, 8].map(|number| Key::entity(Part::new(0), 0, number));
        assert!(closure(None).is_for(Some(here)) && closure(None).is_for(None));
        assert!(closure(Some(here)).is_for(Some(here)) && !closure(Some(here)).is_for(Some(there)));
        assert!(!closure(Some(here)).is_for(None));
        assert!(!Closure { is_active: false, ..closure(None) }.is_for(None));
    }

    #[test]
    fn only_days_that_are_over_are_closed_and_they_stay_the_same() {
        let refused = |refusal| Err(refusal);
        let (closed_through, business_date) = (date(2026, 1, 31), date(2026, 1, 31));
        let not_over = JournalRefusal::NotOver { closed_through, business_date };
        assert_eq!(closure(None).check(None, business_date), refused(not_over));
        let later = date(2026, 2, 1);
        assert_eq!(closure(None).check(None, later), Ok(()));
        let moved = Closure { closed_through: date(2026, 1, 30), ..closure(None) };
        let stays = JournalRefusal::StaysAsItIs { member: "closedThrough", code: "2026-01".to_owned() };
        assert_eq!(moved.check(Some(&closure(None)), later), refused(stays));
        let undone = Closure { is_active: false, ..closure(None) };
        assert_eq!(undone.check(Some(&closure(None)), later), Ok(()));
    }
}

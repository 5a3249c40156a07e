//! Several servers close one day together. The parts of the book lie in stretches: whoever works in a stretch holds a
//! lease on it, the others go round it and look again later. Leases save double work and no more; what is right rests
//! on versions, and on commands that have no effect the second time.

use std::pin::pin;

use async_trait::async_trait;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use loam_book::ids::{Address, Part};

use crate::command::Caller;
use crate::day_report::{Failure, Failures};
use crate::end_of_day::{EndOfDay, PATIENCE};
use crate::error::{AppError, StoreError};
use crate::ports::{EndOfDayStore, Listed, UnreadableRow};

/// How many parts there are.
const PARTS: u16 = 4_096;
/// How many parts one lease covers: enough that a small book is worked on in batches, few enough that several servers
/// find something to do in a large one.
const STRETCH: u16 = 64;

/// A step of the end of a day that is taken wherever something is found.
#[async_trait]
pub(crate) trait Step: Sync {
    type Found: Send + Sync;
    /// Where a list goes on; lists are ordered by part.
    type Place: Clone + Send + Sync;
    /// In how many stretches it is taken at once.
    const STRETCHES: usize = 4;

    /// Before all that is found in a part.
    fn beginning_of(part: Part) -> Self::Place;
    fn address_of(found: &Self::Found) -> Address;
    /// What is found after a place, page by page.
    async fn list(
        &self,
        store: &dyn EndOfDayStore,
        after: Self::Place,
    ) -> Result<Listed<Self::Found, Self::Place>, StoreError>;
    /// Hands one of them in; whether there was something to do for it.
    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        found: &Self::Found,
        caller: &Caller,
    ) -> Result<bool, AppError>;

    /// How many are handed in at once.
    fn portions<'f>(&self, found: &'f [Self::Found]) -> Vec<&'f [Self::Found]> {
        vec![found]
    }
}

/// What a page brings, in the order of parts.
enum Group<F> {
    /// What was found in one stretch.
    Found { stretch: u16, found: Vec<F> },
    /// What cannot be read. Nobody works on it, and each server that meets it says so.
    Unreadable(Vec<UnreadableRow>),
}

/// What became of a group.
enum Taken {
    Done {
        count: u64,
        failed: Vec<Failure>,
    },
    Unreadable(Vec<UnreadableRow>),
    /// Another server holds the stretch.
    Held(u16),
}

impl EndOfDay {
    /// Takes a step in the whole book; gives how often it was taken here. What is found is read once, page by page,
    /// while what was found before is worked on. A stretch that another server holds is waited for, until that server
    /// is done or its lease has run out: a day is closed when all of it is.
    pub(crate) async fn share<S: Step>(
        &self,
        step: &S,
        caller: &Caller,
        failures: &mut Failures,
    ) -> Result<u64, AppError> {
        let (mut taken, mut held) = (0, Vec::new());
        let own = own_part(self.worker());
        for (from, end) in [(own, PARTS), (0, own)] {
            let groups = self.groups(step, from, end);
            let working = groups.map_ok(|group| self.claim_and_take(step, group, caller));
            let mut working = pin!(working.try_buffer_unordered(S::STRETCHES));
            while let Some(group) = working.try_next().await? {
                self.note(group, failures, &mut taken, &mut held);
            }
        }
        while !held.is_empty() {
            let mut still_held = Vec::new();
            for stretch in &held {
                let mut groups = pin!(self.groups(step, *stretch, stretch + STRETCH));
                while let Some(group) = groups.try_next().await? {
                    let group = self.claim_and_take(step, group, caller).await?;
                    self.note(group, failures, &mut taken, &mut still_held);
                }
            }
            if still_held.len() == held.len() {
                tokio::time::sleep(PATIENCE).await;
            }
            held = still_held;
        }
        Ok(taken)
    }

    /// What is found from one part to before another, by stretches. One that lies across two pages comes twice.
    fn groups<'s, S: Step>(
        &'s self,
        step: &'s S,
        from: u16,
        end: u16,
    ) -> impl Stream<Item = Result<Group<S::Found>, AppError>> + 's {
        let beginning = (from < end).then(|| S::beginning_of(Part::new(from)));
        let pages = stream::try_unfold(beginning, move |after| async move {
            let Some(after) = after else { return Ok(None) };
            let Listed { mut rows, last } = step.list(self.store(), after).await?;
            let is_past = |found: &S::Found| S::address_of(found).part.number() >= end;
            let past = rows.iter().position(|row| row.as_ref().is_ok_and(is_past));
            rows.truncate(past.unwrap_or(rows.len()));
            // A page that reaches past the end, or that is empty, is the last one.
            let next = if past.is_none() { last } else { None };
            Ok::<_, AppError>(Some((grouped::<S>(rows), next)))
        });
        pages.map_ok(|groups| stream::iter(groups).map(Ok)).try_flatten()
    }

    /// Takes a step for a group, unless another server holds its stretch.
    async fn claim_and_take<S: Step>(
        &self,
        step: &S,
        group: Group<S::Found>,
        caller: &Caller,
    ) -> Result<Taken, AppError> {
        let (stretch, found) = match group {
            Group::Found { stretch, found } => (stretch, found),
            Group::Unreadable(rows) => return Ok(Taken::Unreadable(rows)),
        };
        let Some(lease) = self.claim(Part::new(stretch)).await? else { return Ok(Taken::Held(stretch)) };
        let (mut count, mut failed) = (0, Vec::new());
        for portion in step.portions(&found) {
            count += self.take(step, portion, caller, &mut failed).await?;
            // For the next portion, if there is one.
            self.claim(lease.part).await?;
        }
        self.store().release(&lease).await?;
        Ok(Taken::Done { count, failed })
    }

    /// Hands in what was found. What fails for one is reported and tried again by the next run.
    async fn take<S: Step>(
        &self,
        step: &S,
        found: &[S::Found],
        caller: &Caller,
        failed: &mut Vec<Failure>,
    ) -> Result<u64, AppError> {
        let handed_in = found.iter().map(|found| step.hand_in(self, found, caller));
        let results = futures_util::future::join_all(handed_in).await;
        let mut taken = 0;
        for (found, result) in found.iter().zip(results) {
            match result {
                Ok(was_done) => taken += u64::from(was_done),
                Err(AppError::Stopping) => return Err(AppError::Stopping),
                Err(error) => {
                    let account = S::address_of(found).key.to_string();
                    failed.push(Failure { account, reason: error.to_string() });
                }
            }
        }
        self.tell(|running| running.done += taken);
        Ok(taken)
    }

    fn note(&self, group: Taken, failures: &mut Failures, taken: &mut u64, held: &mut Vec<u16>) {
        match group {
            Taken::Done { count, failed } => {
                *taken += count;
                // A stretch that was held is looked at again from its beginning.
                for failure in failed {
                    failures.note(failure);
                }
            }
            Taken::Unreadable(rows) => failures.note_unreadable(rows),
            Taken::Held(stretch) if held.contains(&stretch) => {}
            Taken::Held(stretch) => held.push(stretch),
        }
        self.tell(|running| running.failed = failures.count());
    }
}

/// The number of a part, or what is before every number: a damaged part may be less than the first.
pub(crate) fn before_all_of(part: Part) -> i64 {
    if part.number() == 0 { i64::MIN } else { i64::from(part.number()) }
}

fn grouped<S: Step>(rows: Vec<Result<S::Found, UnreadableRow>>) -> Vec<Group<S::Found>> {
    let (mut groups, mut unreadable) = (Vec::new(), Vec::new());
    for row in rows {
        let new = match row {
            Ok(found) => found,
            Err(row) => {
                unreadable.push(row);
                continue;
            }
        };
        let of_new = stretch_of(S::address_of(&new).part);
        match groups.last_mut() {
            Some(Group::Found { stretch, found }) if *stretch == of_new => found.push(new),
            _ => groups.push(Group::Found { stretch: of_new, found: vec![new] }),
        }
    }
    if !unreadable.is_empty() {
        groups.push(Group::Unreadable(unreadable));
    }
    groups
}

fn stretch_of(part: Part) -> u16 {
    part.number() / STRETCH * STRETCH
}

/// Where a worker begins: the first part of a stretch, drawn by its name.
fn own_part(worker: &str) -> u16 {
    let drawn = worker.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31) ^ u64::from(byte));
    u16::try_from(drawn % u64::from(PARTS / STRETCH)).expect("a stretch is less than 4096") * STRETCH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_begin_at_different_stretches() {
        let begun: Vec<u16> = ["a", "b", "c", "0f5d", "77aa"].map(own_part).to_vec();
        assert!(begun.iter().all(|part| part % STRETCH == 0 && *part < PARTS), "{begun:?}");
        assert!(begun.iter().any(|part| *part != begun[0]), "{begun:?}");
        assert_eq!(own_part("a"), begun[0], "a worker begins where it began");
    }

    #[test]
    fn the_last_stretch_ends_with_the_last_part() {
        assert_eq!([0, 63, 64, 4_095].map(|part| stretch_of(Part::new(part))), [0, 0, 64, PARTS - STRETCH]);
    }
}

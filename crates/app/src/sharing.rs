//! Several servers close one day together. The parts of the book lie in stretches: whoever works in a stretch holds a
//! lease on it, the others go round it and look again later. Leases save double work and no more; what is right rests
//! on versions, and on commands that have no effect the second time.

use async_trait::async_trait;
use loam_book::ids::{Address, Part};

use crate::command::Caller;
use crate::end_of_day::{DayReport, EndOfDay, Failure, PATIENCE};
use crate::error::{AppError, StoreError};
use crate::ports::EndOfDayStore;

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
    type Place: Copy + Send + Sync;

    /// Before all that is found in a part.
    fn beginning_of(part: Part) -> Self::Place;
    fn place_of(found: &Self::Found) -> Self::Place;
    fn address_of(found: &Self::Found) -> Address;
    /// What is found after a place, page by page.
    async fn list(
        &self,
        store: &dyn EndOfDayStore,
        after: Self::Place,
    ) -> Result<Vec<Self::Found>, StoreError>;
    /// Hands one of them in.
    async fn hand_in(
        &self,
        end_of_day: &EndOfDay,
        found: &Self::Found,
        caller: &Caller,
    ) -> Result<(), AppError>;

    /// How many are handed in at once.
    fn portions<'f>(&self, found: &'f [Self::Found]) -> Vec<&'f [Self::Found]> {
        vec![found]
    }
}

impl EndOfDay {
    /// Takes a step in the whole book; gives how often it was taken here. A stretch that another server holds is
    /// waited for, until that server is done or its lease has run out: a day is closed when all of it is.
    pub(crate) async fn share<S: Step>(
        &self,
        step: &S,
        caller: &Caller,
        day: &mut DayReport,
    ) -> Result<u64, AppError> {
        let (mut taken, mut held) = (0, Vec::new());
        let own = own_part(self.worker());
        for (mut from, end) in [(own, PARTS), (0, own)] {
            while from < end {
                let Some(stretch) = self.next_stretch(step, from).await?.filter(|stretch| *stretch < end)
                else {
                    break;
                };
                match self.claim_and_take(step, stretch, caller, day).await? {
                    Some(count) => taken += count,
                    None => held.push(stretch),
                }
                from = stretch + STRETCH;
            }
        }
        while !held.is_empty() {
            let mut still_held = Vec::new();
            for stretch in &held {
                if self.next_stretch(step, *stretch).await? != Some(*stretch) {
                    continue;
                }
                match self.claim_and_take(step, *stretch, caller, day).await? {
                    Some(count) => taken += count,
                    None => still_held.push(*stretch),
                }
            }
            if still_held.len() == held.len() {
                tokio::time::sleep(PATIENCE).await;
            }
            held = still_held;
        }
        Ok(taken)
    }

    /// The first stretch from a part on in which something is found.
    async fn next_stretch<S: Step>(&self, step: &S, from: u16) -> Result<Option<u16>, AppError> {
        let found = step.list(self.store(), S::beginning_of(Part::new(from))).await?;
        Ok(found.first().map(|found| stretch_of(S::address_of(found).part)))
    }

    /// Takes a step in a stretch, unless another server holds it.
    async fn claim_and_take<S: Step>(
        &self,
        step: &S,
        stretch: u16,
        caller: &Caller,
        day: &mut DayReport,
    ) -> Result<Option<u64>, AppError> {
        let Some(lease) = self.claim(Part::new(stretch)).await? else { return Ok(None) };
        let (mut after, mut taken) = (S::beginning_of(Part::new(stretch)), 0);
        loop {
            let mut found = step.list(self.store(), after).await?;
            found.retain(|found| stretch_of(S::address_of(found).part) == stretch);
            let Some(last) = found.last() else { break };
            after = S::place_of(last);
            for portion in step.portions(&found) {
                taken += self.take(step, portion, caller, day).await?;
            }
            self.claim(Part::new(stretch)).await?;
        }
        self.store().release(&lease).await?;
        Ok(Some(taken))
    }

    /// Hands in what was found. What fails for one is reported and tried again by the next run.
    async fn take<S: Step>(
        &self,
        step: &S,
        found: &[S::Found],
        caller: &Caller,
        day: &mut DayReport,
    ) -> Result<u64, AppError> {
        let handed_in = found.iter().map(|found| step.hand_in(self, found, caller));
        let results = futures_util::future::join_all(handed_in).await;
        let mut taken = 0;
        for (found, result) in found.iter().zip(results) {
            match result {
                Ok(()) => taken += 1,
                Err(AppError::Stopping) => return Err(AppError::Stopping),
                Err(error) => {
                    let account = S::address_of(found).key;
                    day.failed.push(Failure { account, reason: error.to_string() });
                }
            }
        }
        let failed = found.len() - usize::try_from(taken).unwrap_or(found.len());
        self.tell(|running| {
            running.done += taken;
            running.failed += u64::try_from(failed).unwrap_or(u64::MAX);
        });
        Ok(taken)
    }
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

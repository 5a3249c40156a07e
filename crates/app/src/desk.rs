//! The desk: the one place through which everything changes. It takes a command to the lane of
//! its part and waits for the commit.

use std::sync::Arc;

use loam_book::ids::{Key, Part};
use loam_book::loan::command::LoanCommand;
use tokio::sync::{mpsc, oneshot};

use crate::command::{Address, Caller, Command, Idempotency};
use crate::error::AppError;
use crate::ids::Sources;
use crate::lane::{Answer, Envelope, Lane, Work};
use crate::ports::{Clock, Random, WriteStore};
use crate::preview::{Preview, PreviewRequest};

/// How many commands may wait for a lane before callers wait to hand theirs in.
const QUEUE: usize = 4_096;

/// A handle on the desk; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    lanes: Arc<[Entrance]>,
    sources: Sources,
}

/// The way into a lane: what somebody waits for, and what has time.
struct Entrance {
    callers: mpsc::Sender<Work>,
    behind: mpsc::Sender<Work>,
}

/// A command that was handed in and is on its way.
pub struct HandedIn(oneshot::Receiver<Answer>);

impl HandedIn {
    /// What became of it, after its commit.
    ///
    /// # Errors
    /// As [`Desk::submit`].
    pub async fn answer(self) -> Answer {
        self.0.await.unwrap_or(Err(AppError::Stopping))
    }
}

/// The lanes of a desk; dropping it does not stop them, closing every handle does.
pub struct Lanes {
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Desk {
    /// Opens a desk with one lane for each store, each on its own thread. An account always takes
    /// the same lane, by its part.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn open(
        stores: Vec<Box<dyn WriteStore>>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> std::io::Result<(Desk, Lanes)> {
        assert!(!stores.is_empty(), "a desk has at least one lane");
        let sources = Sources { clock, random };
        let mut lanes = Vec::with_capacity(stores.len());
        let mut threads = Vec::with_capacity(stores.len());
        for (number, store) in stores.into_iter().enumerate() {
            let ((callers, of_callers), (behind, has_time)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
            let lane = Lane::new(store, (of_callers, has_time), sources.clone());
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let name = format!("lane-{number}");
            threads.push(std::thread::Builder::new().name(name).spawn(move || runtime.block_on(lane.run()))?);
            lanes.push(Entrance { callers, behind });
        }
        Ok((Desk { lanes: lanes.into(), sources }, Lanes { threads }))
    }

    /// Hands a command in and answers after its commit.
    ///
    /// # Errors
    /// The book's refusal, or what kept the desk from deciding; nothing was written then.
    pub async fn submit(&self, command: Command, caller: Caller) -> Answer {
        self.hand_in(command, caller).await?.answer().await
    }

    /// Hands a command in and does not wait for its commit, so that the next one may come into the same batch. What is
    /// handed in about one account, one after the other, is decided in that order.
    ///
    /// # Errors
    /// `Stopping` when the desk takes nothing any more.
    pub async fn hand_in(&self, command: Command, caller: Caller) -> Result<HandedIn, AppError> {
        let queue = &self.lane(command.part()).callers;
        hand_in(queue, command, caller).await
    }

    /// The same for what has time, such as the work of a day's end: it goes behind what callers wait for, and never
    /// stands still.
    ///
    /// # Errors
    /// As [`Desk::submit`].
    pub async fn submit_behind(&self, command: Command, caller: Caller) -> Answer {
        let queue = &self.lane(command.part()).behind;
        hand_in(queue, command, caller).await?.answer().await
    }

    /// What a command on a loan would do now. Nothing is written, whatever the answer is.
    ///
    /// # Errors
    /// What the command itself would be refused with, or what kept the desk from deciding.
    pub async fn preview(
        &self,
        loan: Address,
        command: LoanCommand,
        caller: Caller,
    ) -> Result<Preview, AppError> {
        let (reply, answer) = oneshot::channel();
        let request = PreviewRequest { loan, command, caller, reply };
        let work = Work::Preview(Box::new(request));
        self.lane(loan.part).callers.send(work).await.map_err(|_| AppError::Stopping)?;
        answer.await.unwrap_or(Err(AppError::Stopping))
    }

    fn lane(&self, part: Part) -> &Entrance {
        &self.lanes[usize::from(part.number()) % self.lanes.len()]
    }

    /// A part for a new holder: drawn, or for a retry the same one again.
    pub fn part_for_new_holder(&self, idempotency: Option<&Idempotency>) -> Part {
        let from_key =
            idempotency.map(|i| i.key.bytes().fold(7u64, |h, b| h.wrapping_mul(31) ^ u64::from(b)));
        loam_book::loan::commands::create::drawn_part(from_key.unwrap_or_else(|| self.sources.random.draw()))
    }

    /// A key for a new record, address or document.
    pub fn new_key(&self, part: Part) -> Key {
        self.sources.new_key(part)
    }

    /// Random bits, for secrets and nonces.
    pub fn draw(&self) -> u64 {
        self.sources.random.draw()
    }

    /// So many random bytes.
    pub fn draw_bytes<const COUNT: usize>(&self) -> [u8; COUNT] {
        let mut bytes = [0; COUNT];
        for word in bytes.chunks_mut(8) {
            word.copy_from_slice(&self.draw().to_le_bytes()[..word.len()]);
        }
        bytes
    }

    /// The clock of the desk.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.sources.clock
    }
}

async fn hand_in(queue: &mpsc::Sender<Work>, command: Command, caller: Caller) -> Result<HandedIn, AppError> {
    let (reply, answer) = oneshot::channel();
    let envelope = Envelope::new(command, caller, reply);
    queue.send(Work::Settle(Box::new(envelope))).await.map_err(|_| AppError::Stopping)?;
    Ok(HandedIn(answer))
}

impl Lanes {
    /// Waits until every lane has settled what was handed in. The handles must be gone.
    pub fn join(self) {
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a lane ended by a panic");
            }
        }
    }
}

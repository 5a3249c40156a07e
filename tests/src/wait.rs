//! Waiting for what another process does: asked again and again until it is so, never for a fixed time.

use std::sync::mpsc::channel;
use std::time::Duration;

/// How long to let the other process work before it is asked again, and how often it is asked.
const BREATH: Duration = Duration::from_millis(20);
const TIMES: u32 = 6_000;

/// Asks until the answer is `Ok`.
///
/// # Panics
/// When it is not within two minutes; with the last answer.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Result<T, String>) -> T {
    // Nobody ever sends: receiving is the way to give the processor to others.
    let (_keep, pause) = channel::<()>();
    let mut last = String::new();
    for _ in 0..TIMES {
        match ask() {
            Ok(found) => return found,
            Err(why) => last = why,
        }
        let _nothing_came = pause.recv_timeout(BREATH);
    }
    panic!("{what}: {last}");
}

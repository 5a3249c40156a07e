//! The clock and the source of randomness. In tests both are fixed by `LOAM_CLOCK`.

use std::sync::Arc;

use anyhow::{Context, bail};
use jiff::Timestamp;
use loam_app::ports::{Clock, Random};

/// The clock of the machine.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still, for tests.
struct FixedClock(Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Randomness of the operating system, by way of a generator seeded from it.
struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place that draws random numbers")]
    fn draw(&self) -> u64 {
        rand::random()
    }
}

/// The clock: the machine's, or in test mode the one that `LOAM_CLOCK` sets.
pub(crate) fn clock() -> anyhow::Result<Arc<dyn Clock>> {
    let Some(fixed) = variable("LOAM_CLOCK") else { return Ok(Arc::new(SystemClock)) };
    if variable("LOAM_TEST_MODE").as_deref() != Some("1") {
        bail!("LOAM_CLOCK is for tests and needs LOAM_TEST_MODE=1");
    }
    let instant = fixed.parse().with_context(|| format!("LOAM_CLOCK \"{fixed}\" is no instant"))?;
    Ok(Arc::new(FixedClock(instant)))
}

pub(crate) fn random() -> Arc<dyn Random> {
    Arc::new(SystemRandom)
}

/// A password or key that a person can type: 24 letters and digits, over 120 bits.
pub(crate) fn secret() -> String {
    const SYMBOLS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let random = SystemRandom;
    let count = u64::try_from(SYMBOLS.len()).expect("few symbols");
    let symbol = |_| {
        let index = usize::try_from(random.draw() % count).expect("smaller than the count");
        char::from(SYMBOLS[index])
    };
    (0..24).map(symbol).collect()
}

/// Random bytes for salts and keys.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let random = SystemRandom;
    std::array::from_fn(|_| random.draw().to_le_bytes()[0])
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

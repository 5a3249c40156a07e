//! The one place that looks at a clock to measure.

use std::time::{Duration, Instant};

/// A stopwatch.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// How often per second something happened; whole numbers are exact enough here.
pub fn per_second(count: usize, elapsed: Duration) -> u128 {
    let count = u128::try_from(count).unwrap_or(u128::MAX);
    count * 1_000_000 / elapsed.as_micros().max(1)
}

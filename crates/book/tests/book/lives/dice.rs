//! Choices out of random bytes.

/// Zeros choose the first of everything, so that a failing case shrinks to the plainest loan that
/// fails.
pub(crate) struct Dice<'a>(std::slice::Iter<'a, u8>);

impl<'a> Dice<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Dice<'a> {
        Dice(bytes.iter())
    }

    /// A number below `bound`; zero when no bytes are left.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let mut byte = || u32::from(self.0.next().copied().unwrap_or(0));
        (byte() << 8 | byte()) % bound
    }

    /// The same, as an amount of cents may want it.
    pub(crate) fn cents_below(&mut self, bound: u32) -> i64 {
        i64::from(self.below(bound))
    }

    /// Happens once in so many times.
    pub(crate) fn one_in(&mut self, count: u32) -> bool {
        self.below(count) + 1 == count
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.one_in(2)
    }

    pub(crate) fn pick<T: Clone>(&mut self, among: &[T]) -> T {
        let count = u32::try_from(among.len()).expect("a short list");
        among[usize::try_from(self.below(count)).expect("a small number")].clone()
    }
}

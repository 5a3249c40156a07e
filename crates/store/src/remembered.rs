//! The state of the book as it was last read, so that not every request reads it again.

use std::sync::{PoisonError, RwLock};

use loam_app::changes::Changes;
use loam_app::ports::BookState;

/// What is remembered, until something may have changed it.
#[derive(Debug, Default)]
pub(crate) struct RememberedState(RwLock<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// Counts how often the state was forgotten: what was read before that is not remembered after.
    generation: u64,
    state: Option<BookState>,
}

impl RememberedState {
    /// The state, or the generation under which to remember it once it is read.
    pub(crate) fn recall(&self) -> Result<BookState, u64> {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        remembered.state.clone().ok_or(remembered.generation)
    }

    pub(crate) fn remember(&self, state: &BookState, generation: u64) {
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.generation == generation {
            remembered.state = Some(state.clone());
        }
    }

    pub(crate) fn forget(&self) {
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        remembered.generation += 1;
        remembered.state = None;
    }

    /// Forgets when these changes touch the state.
    pub(crate) fn forget_after(&self, changes: &Changes) {
        if changes.business_date.is_some() || !changes.records.is_empty() {
            self.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use loam_calc::currency::Currency;

    use super::*;

    fn state() -> BookState {
        BookState {
            business_date: date(2024, 1, 31),
            currency: Currency::USD,
            time_zone: "UTC".to_owned(),
            catalog_version: 1,
            closed_through: None,
        }
    }

    #[test]
    fn what_is_remembered_is_recalled_until_it_is_forgotten() {
        let remembered = RememberedState::default();
        let generation = remembered.recall().expect_err("nothing was read yet");
        remembered.remember(&state(), generation);
        assert_eq!(remembered.recall(), Ok(state()));
        remembered.forget();
        assert!(remembered.recall().is_err());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let remembered = RememberedState::default();
        let generation = remembered.recall().expect_err("nothing was read yet");
        remembered.forget();
        remembered.remember(&state(), generation);
        assert!(remembered.recall().is_err());
    }
}

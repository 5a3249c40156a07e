//! Entries by hand in a batch.

use loam_book::journal::manual::{NewManualEntry, enter};
use loam_book::loan::context::NewIds;

use crate::command::{Caller, Done};
use crate::session::{Answer, Session};

impl Session {
    pub(crate) fn enter_journal(&mut self, new: &NewManualEntry, caller: &Caller, ids: &NewIds) -> Answer {
        let currency = self.loaded.state.currency;
        let entry = enter(new, currency, &self.context(caller, ids, None))?;
        let told = serde_json::to_string(&entry).unwrap_or_default();
        self.audit(entry.address(), "enter journal", caller, (None, Some(told)));
        self.changes.manual_entries.push(entry.clone());
        Ok(self.outcome(Done::ManualEntry { entry: Box::new(entry) }))
    }
}

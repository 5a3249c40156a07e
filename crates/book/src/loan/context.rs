//! What a decision may look at besides the accounts: dates, actor, catalog, calendar, new ids.

use std::cell::Cell;

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::calendar::Calendar;

use crate::actor::{Actor, Door, Permission};
use crate::catalog::Catalog;
use crate::ids::{Key, Part};
use crate::loan::Loan;
use crate::loan::event::{EVENT_VERSION, RULES_VERSION, Stamp};
use crate::loan::refusal::Refusal;
use crate::party::Assignment;
use crate::party::holder::Party;

/// Everything that a decision may look at besides the loan.
#[derive(Debug)]
pub struct Context<'a> {
    pub business_date: Date,
    pub recorded_at: Timestamp,
    pub actor: &'a Actor,
    pub door: Door,
    pub request_id: &'a str,
    pub calendar: &'a Calendar,
    pub catalog: &'a Catalog,
    /// Last day of the last closed accounting period of the whole book, or of the branch at work.
    pub closed_through: Option<Date>,
    /// The holder named by a new loan.
    pub holder: Option<Party<'a>>,
    /// The other loans of the holder, where the organization limits them and the command looks at that.
    pub other_loans: Option<&'a [Loan]>,
    pub ids: &'a NewIds,
}

/// Ids that a decision may use.
#[derive(Debug)]
pub struct NewIds {
    pub key: Key,
    pub part: Part,
    pub account_no: i64,
    /// Turned into an id by the product's pattern.
    pub random: u64,
    /// The next free transaction id.
    pub transaction_id: Cell<i64>,
    /// The first transaction id that is somebody else's.
    pub transaction_id_end: i64,
}

impl NewIds {
    /// Takes the next transaction id.
    pub fn take_transaction_id(&self) -> i64 {
        let id = self.transaction_id.get();
        assert!(id < self.transaction_id_end, "a decision needs more transaction ids than a lane holds");
        self.transaction_id.set(id + 1);
        id
    }
}

impl Context<'_> {
    /// The last day on which nothing is booked any more in a branch, or in none.
    pub fn closed_in(&self, branch: Option<Key>) -> Option<Date> {
        self.closed_through.max(self.catalog.closed_through(branch))
    }

    /// The stamp of entries written under this context.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            booking_date: self.business_date,
            recorded_at: self.recorded_at,
            actor: self.actor.user_key,
            door: self.door,
            request_id: self.request_id.to_owned(),
            event_version: EVENT_VERSION,
            rules_version: RULES_VERSION,
        }
    }

    /// Refuses what the actor's branches and clients do not contain.
    ///
    /// # Errors
    /// `AnotherBranch`, `AnotherOfficer`.
    pub fn require_reach(&self, assignment: &Assignment) -> Result<(), Refusal> {
        Ok(self.actor.check_reach(assignment)?)
    }

    /// Refuses an actor without the permission.
    ///
    /// # Errors
    /// `NotPermitted` with the permission's name.
    pub fn require(&self, permission: Permission) -> Result<(), Refusal> {
        if self.actor.may(permission) {
            return Ok(());
        }
        let name = serde_json::to_value(permission).expect("a permission is a plain name");
        Err(Refusal::NotPermitted { permission: name.as_str().unwrap_or_default().to_owned() })
    }
}

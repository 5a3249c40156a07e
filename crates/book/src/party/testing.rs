//! A context for the tests of clients and groups.

use std::cell::Cell;

use jiff::Timestamp;
use jiff::civil::date;
use loam_calc::calendar::Calendar;

use crate::actor::{Actor, Door};
use crate::catalog::Catalog;
use crate::ids::{Key, Part};
use crate::loan::context::{Context, NewIds};
use crate::party::{Assignment, Client, NewClient, Profile, create_client};
use crate::record::Record;

pub(crate) fn key(n: u64) -> Key {
    Key::entity(Part::new(1), 0, n)
}

/// Runs a test in a book with these records; what is new gets the key of this number.
pub(crate) fn within<T>(records: Vec<Record>, number: u64, test: impl FnOnce(&Context<'_>) -> T) -> T {
    let ids = NewIds {
        key: key(number),
        part: Part::new(1),
        account_no: 1,
        random: 1,
        transaction_id: Cell::new(1),
        transaction_id_end: 2,
    };
    let actor = Actor {
        user_key: key(0),
        username: "tom".to_owned(),
        is_administrator: true,
        permissions: Vec::new(),
        only_own_clients: false,
        role: None,
        bounds: crate::rights::Bounds::default(),
    };
    test(&Context {
        business_date: date(2024, 1, 1),
        recorded_at: Timestamp::UNIX_EPOCH,
        actor: &actor,
        door: Door::LoanAccounts,
        request_id: "r",
        calendar: &Calendar::every_day_works(),
        catalog: &Catalog::new(1, records),
        closed_through: None,
        holder: None,
        other_loans: None,
        ids: &ids,
    })
}

pub(crate) fn new_client() -> NewClient {
    NewClient {
        id: None,
        state: None,
        profile: Profile { first_name: "Ana".into(), last_name: "Lima".into(), ..Profile::default() },
        role: None,
        assignment: Assignment::default(),
        addresses: vec![],
        documents: vec![],
        custom_values: vec![],
    }
}

/// A client of this number, whose id it is.
pub(crate) fn a_client(number: u64) -> Client {
    within(vec![], number, |context| create_client(&new_client(), &number.to_string(), context))
        .expect("the client is complete")
}

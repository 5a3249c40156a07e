//! What the five kinds of record have in common: list, read, create, change.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use loam_app::command::{Command, Done};
use loam_book::catalog::{Catalog, Shelf};
use loam_book::ids::{Key, Part};
use loam_book::record::Record;
use loam_calc::currency::Currency;
use serde::Serialize;

use crate::Services;
use crate::{auth, idempotency};

use super::call::Call;
use super::error::DoorError;
use super::members::Members;

/// How much of a hexadecimal hash makes a salt: 128 bits.
const SALT_LENGTH: usize = 32;

type Result<T> = std::result::Result<T, DoorError>;

/// A kind of record, and how it goes over the wire.
pub(super) trait Kind: Sized + Clone {
    /// The record as this door shows it.
    type Wire: Serialize;
    /// What it is called in a sentence.
    const NAME: &'static str;
    /// Where it is served.
    const PATH: &'static str;
    /// The member by which people know a record of this kind. It never changes.
    const ID: &'static str;
    /// Whether a record of this kind has a password.
    const HAS_PASSWORD: bool = false;
    /// Members that follow from others; see [`change`].
    const DERIVED: &'static [&'static str] = &[];

    fn shelf(catalog: &Catalog) -> &Shelf<Self>;
    fn key(&self) -> Key;
    fn id(&self) -> &str;
    fn to_wire(&self) -> Self::Wire;
    /// Members under the names under which `read` looks for them.
    ///
    /// # Errors
    /// A member that contradicts another one, or that the contract has and this version does not.
    fn canonical(members: Members) -> Result<Members> {
        Ok(members)
    }
    /// The record that the members say; what is left out has its default.
    fn read(members: &Members, base: &Base<'_, Self>) -> Result<Self>;
    fn into_record(self) -> Record;
    /// Nothing for a record of another kind.
    fn of_record(record: Record) -> Option<Self>;
}

/// What a record needs besides its members.
pub(super) struct Base<'a, T> {
    pub(super) key: Key,
    /// A second new key, for what hangs on the record.
    pub(super) other_key: Key,
    pub(super) now: Timestamp,
    pub(super) catalog: &'a Catalog,
    /// The currency of the book.
    pub(super) currency: Currency,
    /// Who asks.
    pub(super) actor: Key,
    /// The record that is changed.
    pub(super) present: Option<&'a T>,
    /// The hash of the password in the members, if there is one.
    pub(super) password_hash: Option<String>,
}

impl<T> Base<'_, T> {
    /// The key of a branch that a member names by key or id.
    pub(super) fn branch(&self, members: &Members, name: &str) -> Result<Option<Key>> {
        let Some(id_or_key) = members.text(name)? else { return Ok(None) };
        let branch = self.catalog.branches.find(&id_or_key);
        let unknown = || DoorError::invalid(&members.path(name), &id_or_key, "there is no such branch");
        branch.map(|branch| Some(branch.key)).ok_or_else(unknown)
    }
}

impl<T> Base<'_, T> {
    /// The key of an index that a member names by key or id.
    pub(super) fn index(&self, members: &Members, name: &str) -> Result<Option<Key>> {
        let Some(id_or_key) = members.text(name)? else { return Ok(None) };
        let source = self.catalog.index_rates.find(&id_or_key);
        let unknown = || DoorError::invalid(&members.path(name), &id_or_key, "there is no such index");
        source.map(|source| Some(source.key)).ok_or_else(unknown)
    }
}

/// All records of a kind, in the order of their ids.
pub(super) fn list<T: Kind>(call: &Call) -> Json<Vec<T::Wire>> {
    Json(T::shelf(&call.now.catalog).iter().map(|record| record.to_wire()).collect())
}

/// One record, by id or key.
pub(super) fn one<T: Kind>(call: &Call, id: &str) -> Result<Json<T::Wire>> {
    let found = T::shelf(&call.now.catalog).find(id).ok_or_else(|| DoorError::no_such(T::NAME, id))?;
    Ok(Json(found.to_wire()))
}

/// Creates a record. The book refuses an id that is taken.
pub(super) async fn create<T: Kind>(services: &Services, call: &Call) -> Result<Response> {
    let given = given::<T>(call)?;
    let password_hash = password_hash::<T>(services, &given).await?;
    let base = Base { password_hash, ..base(services, call, None) };
    let record = T::read(&given, &base)?.into_record();
    let outcome = call.submit(services, Command::CreateRecord(Box::new(record))).await?;
    let created = done::<T>(outcome.done);
    let mut response = (StatusCode::CREATED, Json(created.to_wire())).into_response();
    if let Ok(place) = HeaderValue::try_from(format!("{}/{}", T::PATH, created.id())) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// Changes a record: the members given go into those of the present one, null puts a member back to
/// its default. The book refuses when any record was changed since the present one was read.
pub(super) async fn change<T: Kind>(services: &Services, call: &Call, id: &str) -> Result<Json<T::Wire>> {
    let catalog = &call.now.catalog;
    let present = T::shelf(catalog).find(id).ok_or_else(|| DoorError::no_such(T::NAME, id))?;
    let given = given::<T>(call)?;
    let password_hash = password_hash::<T>(services, &given).await?;
    let base = Base { password_hash, ..base(services, call, Some(present.as_ref())) };
    let members = Members::of_wire(&present.to_wire()).without(T::DERIVED).merged_with(given);
    let changed = T::read(&members, &base)?;
    if changed.id() != present.id() {
        return Err(DoorError::invalid(
            T::ID,
            changed.id(),
            format!("it is \"{}\" and stays so", present.id()),
        ));
    }
    let record = Box::new(changed.into_record());
    let command = Command::ChangeRecord { record, catalog_version: catalog.version };
    let outcome = call.submit(services, command).await?;
    Ok(Json(done::<T>(outcome.done).to_wire()))
}

/// The members of the body under the names under which they are read, each of which the API reference has.
fn given<T: Kind>(call: &Call) -> Result<Members> {
    let given = T::canonical(call.given()?)?;
    call.refuse_unknown(&given)?;
    Ok(given)
}

/// What a record needs besides its members; `present` is the one that is changed.
pub(super) fn base<'a, T: Kind>(services: &Services, call: &'a Call, present: Option<&'a T>) -> Base<'a, T> {
    let new_key = || services.desk.new_key(Part::new(0));
    Base {
        key: present.map_or_else(new_key, T::key),
        other_key: new_key(),
        now: services.clock.now(),
        catalog: &call.now.catalog,
        currency: call.now.state.currency,
        actor: call.caller.actor.user_key,
        present,
        password_hash: None,
    }
}

/// The hash of the password that is given; made away from the threads that serve requests.
async fn password_hash<T: Kind>(services: &Services, given: &Members) -> Result<Option<String>> {
    let password = if T::HAS_PASSWORD { given.text("password")? } else { None };
    let Some(password) = password else { return Ok(None) };
    // Two keys hold 120 random bits; the hash brings them into the length of a salt.
    let keys = [(); 2].map(|()| services.desk.new_key(Part::new(0)).to_string());
    let salt = idempotency::sha256_hex(&[keys[0].as_bytes(), keys[1].as_bytes()]);
    let hashing =
        tokio::task::spawn_blocking(move || auth::hash_password(&password, &salt.as_bytes()[..SALT_LENGTH]));
    match hashing.await {
        Ok(Ok(hash)) => Ok(Some(hash)),
        Ok(Err(error)) => Err(DoorError::invalid("password", "as given", error)),
        Err(error) => {
            tracing::error!(%error, "a password could not be hashed");
            Err(DoorError::internal())
        }
    }
}

/// The record that a command led to.
pub(super) fn done<T: Kind>(done: Done) -> T {
    let record = match done {
        Done::Record { record } => T::of_record(*record),
        Done::Loan { .. }
        | Done::Client { .. }
        | Done::Group { .. }
        | Done::Application { .. }
        | Done::Booking { .. }
        | Done::FundTransaction { .. }
        | Done::BookingOrder { .. }
        | Done::Orders { .. }
        | Done::Report { .. }
        | Done::Lead { .. }
        | Done::Savings { .. }
        | Done::Paper { .. }
        | Done::ManualEntry { .. }
        | Done::Posted { .. }
        | Done::Line { .. }
        | Done::CustomValues { .. }
        | Done::LoanMoved { .. }
        | Done::ManyBegun
        | Done::BusinessDate { .. } => None,
    };
    record.expect("a command on a record gives a record of the same kind")
}

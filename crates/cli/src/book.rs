//! Opens or creates the book and its desk for the commands that change it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use loam_app::command::{Caller, Command, Done};
use loam_app::desk::{Desk, Lanes};
use loam_app::end_of_day::EndOfDay;
use loam_app::ports::{Clock, ReadStore};
use loam_app::reading::Reading;
use loam_book::actor::{Actor, Door};
use loam_book::ids::Part;
use loam_book::organization::{User, UserState};
use loam_book::record::Record;
use loam_calc::currency::Currency;
use loam_store::{DatabaseUrl, NewBook as StoredBook, Property, Store};

use crate::args::NewBook;
use crate::sources;

/// An open book, ready to take commands.
pub(crate) struct Book {
    pub(crate) store: Store,
    pub(crate) desk: Desk,
    pub(crate) lanes: Lanes,
    pub(crate) reader: Arc<dyn ReadStore>,
    pub(crate) reading: Arc<Reading>,
    pub(crate) end_of_day: Arc<EndOfDay>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A password that somebody has to be told once.
pub(crate) struct OneTimePassword(pub(crate) Option<String>);

pub(crate) fn parse_url(database: &str) -> anyhow::Result<DatabaseUrl> {
    DatabaseUrl::parse(database).map_err(|error| anyhow!("{error}"))
}

/// Opens an existing book for writing.
pub(crate) async fn open(database: &str, lanes: u16) -> anyhow::Result<Book> {
    let url = parse_url(database)?;
    if !Store::exists(&url).await.map_err(|error| anyhow!("{error}"))? {
        bail!("there is no book at {url}; `loam init` or `loam serve` creates one");
    }
    open_url(&url, lanes).await
}

/// What a book of the realm `test` says about itself.
const TEST: &str = "test";

/// Opens the book for tests; one that is not there yet gets the currency and zone of the book, and
/// its business date. A book that was not made for tests is never taken for one.
pub(crate) async fn open_test_book(book: &Book, url: &DatabaseUrl) -> anyhow::Result<Book> {
    let exists = Store::exists(url).await.map_err(|error| anyhow!("{error}"))?;
    if !exists {
        let state = book.reader.state().await.map_err(|error| anyhow!("{error}"))?;
        let stored = StoredBook {
            business_date: state.business_date,
            currency: state.currency,
            time_zone: state.time_zone,
            created_at: book.clock.now(),
        };
        Store::create(url, &stored).await.map_err(|error| anyhow!("{error}"))?;
    }
    let test = open_url(url, 1).await?;
    let realm = if exists {
        test.store.property(Property::Realm).await.map_err(|error| anyhow!("{error}"))?
    } else {
        test.store.keep_property(Property::Realm, TEST).await.map_err(|error| anyhow!("{error}"))?
    };
    if realm.as_deref() != Some(TEST) {
        test.close();
        bail!("the book at {url} was not made for tests");
    }
    Ok(test)
}

/// Refuses a book for tests where the book is wanted.
pub(crate) async fn must_be_live(book: &Book, url: &DatabaseUrl) -> anyhow::Result<()> {
    let realm = book.store.property(Property::Realm).await.map_err(|error| anyhow!("{error}"))?;
    if realm.as_deref() == Some(TEST) {
        bail!("the book at {url} is a book for tests");
    }
    Ok(())
}

/// Creates a book with its first user.
pub(crate) async fn create(
    url: &DatabaseUrl,
    new: &NewBook,
    lanes: u16,
) -> anyhow::Result<(Book, OneTimePassword)> {
    let clock = sources::clock()?;
    let zone =
        TimeZone::get(&new.time_zone).with_context(|| format!("no time zone \"{}\"", new.time_zone))?;
    let currency = Currency::from_code(&new.currency).map_err(|error| anyhow!("{error}"))?;
    let now = clock.now();
    let stored = StoredBook {
        business_date: new.business_date.unwrap_or_else(|| now.to_zoned(zone).date()),
        currency,
        time_zone: new.time_zone.clone(),
        created_at: now,
    };
    if let DatabaseUrl::Sqlite(path) = url
        && let Some(folder) = path.parent()
    {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    Store::create(url, &stored).await.map_err(|error| anyhow!("{error}"))?;
    let book = open_url(url, lanes).await?;
    let (password, one_time) = match &new.admin_password {
        Some(password) => (password.clone(), None),
        None => {
            let drawn = sources::secret();
            (drawn.clone(), Some(drawn))
        }
    };
    add_user(&book, NewUser { username: "admin", is_administrator: true, password: &password }).await?;
    Ok((book, OneTimePassword(one_time)))
}

async fn open_url(url: &DatabaseUrl, lanes: u16) -> anyhow::Result<Book> {
    let clock = sources::clock()?;
    let store = Store::open(url, usize::from(lanes)).await.map_err(|error| anyhow!("{error}"))?;
    let writers = store.lanes().map_err(|error| anyhow!("{error}"))?;
    let (desk, lanes) = Desk::open(writers, Arc::clone(&clock), sources::random())?;
    let reader = store.reader();
    let reading = Arc::new(Reading::new(Arc::clone(&reader)));
    let worker = match url {
        // One process owns the file: what an earlier one held when it died is this one's.
        DatabaseUrl::Sqlite(_) => "owner".to_owned(),
        DatabaseUrl::Postgres(_) => sources::secret(),
    };
    let sweeping = store.end_of_day().map_err(|error| anyhow!("{error}"))?;
    let end_of_day = Arc::new(EndOfDay::new(desk.clone(), Arc::clone(&reader), sweeping, worker));
    Ok(Book { store, desk, lanes, reader, reading, end_of_day, clock })
}

impl Book {
    /// The same book, of which a replica answers what doors only read. The end of day reads the book itself.
    pub(crate) async fn reading_beside(self, replica: &str, lag: Duration) -> anyhow::Result<Book> {
        let replica = parse_url(replica)?;
        let reader = self.store.reader_beside(&replica, lag).await.map_err(|error| anyhow!("{error}"))?;
        Ok(Book { reading: Arc::new(Reading::new(reader)), ..self })
    }

    /// Today in the time zone of the book.
    pub(crate) async fn today(&self) -> anyhow::Result<Date> {
        let state = self.reader.state().await.map_err(|error| anyhow!("{error}"))?;
        let zone = TimeZone::get(&state.time_zone)?;
        Ok(self.clock.now().to_zoned(zone).date())
    }

    /// Lets the lanes settle what was handed in.
    pub(crate) fn close(self) {
        let Book { desk, lanes, end_of_day, reading, reader, store, clock: _ } = self;
        drop((desk, end_of_day, reading, reader));
        lanes.join();
        drop(store);
    }
}

/// The book itself as an actor: what the command line and the end of day do.
pub(crate) fn operator(door: Door) -> Caller {
    let request_id = format!("{:016x}", u64::from_le_bytes(sources::random_bytes()));
    Caller { actor: Arc::new(Actor::of_the_book()), door, request_id, idempotency: None }
}

pub(crate) struct NewUser<'a> {
    pub(crate) username: &'a str,
    pub(crate) is_administrator: bool,
    pub(crate) password: &'a str,
}

pub(crate) async fn add_user(book: &Book, new: NewUser<'_>) -> anyhow::Result<()> {
    let at = book.clock.now();
    let user = User {
        key: book.desk.new_key(Part::new(0)),
        number: 0,
        username: new.username.to_owned(),
        first_name: new.username.to_owned(),
        last_name: String::new(),
        title: None,
        email_address: None,
        home_phone: None,
        mobile_phone: None,
        language: None,
        notes: None,
        state: UserState::Active,
        is_administrator: new.is_administrator,
        is_teller: false,
        is_credit_officer: false,
        has_api_access: true,
        sees_other_officers_clients: true,
        branch: None,
        reach: loam_book::rights::Reach {
            manages_all_branches: new.is_administrator,
            ..loam_book::rights::Reach::default()
        },
        permissions: Vec::new(),
        password_hash: Some(hash(new.password)?),
        api_key_hash: None,
        created_at: at,
        last_modified_at: at,
    };
    submit_record(book, Command::CreateRecord(Box::new(Record::User(user)))).await
}

pub(crate) fn hash(password: &str) -> anyhow::Result<String> {
    loam_server::auth::hash_password(password, &sources::random_bytes::<16>())
        .map_err(|error| anyhow!("{error}"))
}

pub(crate) async fn submit_record(book: &Book, command: Command) -> anyhow::Result<()> {
    let outcome =
        book.desk.submit(command, operator(Door::CommandLine)).await.map_err(|error| anyhow!("{error}"))?;
    assert!(matches!(outcome.done, Done::Record { .. }), "a record command gives a record");
    Ok(())
}

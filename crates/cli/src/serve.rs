//! `loam serve`: opens or creates the book, closes days, answers HTTP until Ctrl-C.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use jiff::tz::TimeZone;
use loam_app::end_of_day::EndOfDay;
use loam_app::ports::{Clock, ReadStore};
use loam_book::actor::Door;
use loam_server::auth::{Auth, Proxies};
use loam_server::backups::Backups;
use loam_server::entrance::Entrance;
use loam_server::outbound::Outbound;
use loam_server::vault::Vault;
use loam_server::{Server, Services, telemetry};
use loam_store::{DatabaseUrl, Store};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::args::{EndOfDayMode, Serve};
use crate::book::{self, Book, OneTimePassword};
use crate::misfit::Misfit;
use crate::tls::{self, Prepared};
use crate::{demo, key, sources};

/// How long the closing of days sleeps at most; a clock that was set is noticed within this time.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

pub(crate) async fn serve(database: &str, arguments: &Serve) -> anyhow::Result<ExitCode> {
    let url = book::parse_url(database)?;
    // The ports come first: a server that cannot listen leaves no half-made book behind.
    let ports = Ports::open(arguments, &url).await?;
    let exists = Store::exists(&url).await.map_err(|error| anyhow!("{error}"))?;
    let book = if exists {
        book::open(database, arguments.writers.lanes).await?
    } else {
        let (book, password) = book::create(&url, &arguments.new_book, arguments.writers.lanes).await?;
        // Whatever happens next, the password has been told.
        show(&url.to_string(), &password);
        if arguments.demo {
            demo::fill(&book).await?;
        }
        book
    };
    book::must_be_live(&book, &url).await?;
    let book = match &arguments.read_database {
        Some(replica) => book.reading_beside(replica, Duration::from_secs(arguments.read_lag)).await?,
        None => book,
    };
    let test_book = test_book(&book, &url, &arguments.test_book).await?;
    let vault = Arc::new(key::vault(&book.store, &url, arguments.key_file.as_deref()).await?);
    let (stop, stopping) = watch::channel(false);
    let mut tasks = Vec::new();
    if arguments.end_of_day == EndOfDayMode::Automatic {
        let books = [Some(&book), test_book.as_ref()].into_iter().flatten();
        tasks.extend(books.map(|book| tokio::spawn(close_days(book, stopping.clone()))));
    }
    let proxies = &arguments.trusted_proxies;
    let backups = arguments.backups.clone().unwrap_or_else(|| backups_of(&url));
    let backups_of_tests = backups.join("test");
    let mut live = services(&book, (vault, telemetry::install_metrics()?), proxies, backups)?;
    live.test = match &test_book {
        Some(test) => {
            let shared = (Arc::clone(&live.vault), live.metrics.clone());
            Some(Arc::new(services(test, shared, proxies, backups_of_tests)?))
        }
        None => None,
    };
    live.closes_days = arguments.end_of_day == EndOfDayMode::Automatic;
    let interrupted = interrupted()?;
    ports.greet(&url.to_string())?;
    for outbound in Outbound::of(&live) {
        tasks.push(tokio::spawn(outbound.run(stopping.clone())));
    }
    // Beside servers of a later version, until the book is not for this one any more.
    let stores = [Some(&book), test_book.as_ref()].into_iter().flatten().map(|book| book.store.clone());
    let (misfit, looking) = Misfit::watched(stores.collect(), &stop);
    tasks.push(looking);
    let noticed = misfit.clone().noticed();
    let ending = async move {
        tokio::select! {
            () = interrupted => {}
            _ = noticed => {}
        }
    };
    tokio::select! {
        served = Server::new(live, ports.entrances()).serve(ending) => served?,
        why = misfit.clone().out_of_time() => bail!("{why}; this server ends, and what was in flight is broken off"),
    }
    tracing::info!("stopping: what is in flight is finished");
    stop.send_replace(true);
    for task in tasks {
        task.await?;
    }
    test_book.into_iter().for_each(Book::close);
    book.close();
    misfit.why().map_or(Ok(ExitCode::SUCCESS), |why| bail!("{why}; this server ends"))
}

/// The book for tests, unless there is to be none.
async fn test_book(book: &Book, url: &DatabaseUrl, wanted: &str) -> anyhow::Result<Option<Book>> {
    let url = match wanted {
        "none" => return Ok(None),
        "beside" => url.for_tests(),
        other => book::parse_url(other)?,
    };
    book::open_test_book(book, &url).await.map(Some).context("the book for tests cannot be opened")
}

/// What the doors work with, over one book.
fn services(
    book: &Book,
    (vault, metrics): (Arc<Vault>, PrometheusHandle),
    proxies: &[String],
    backups: PathBuf,
) -> anyhow::Result<Services> {
    let sign_ins = book.store.sign_ins().map_err(|error| anyhow!("{error}"))?;
    let proxies = Proxies(proxies.to_vec());
    Ok(Services {
        desk: book.desk.clone(),
        reading: Arc::clone(&book.reading),
        end_of_day: Arc::clone(&book.end_of_day),
        clock: Arc::clone(&book.clock),
        auth: Arc::new(Auth::new(sources::random_bytes::<32>(), Arc::clone(&book.clock), sign_ins, proxies)),
        vault,
        bearers: Arc::default(),
        tokens: book.store.tokens().map_err(|error| anyhow!("{error}"))?,
        deliveries: book.store.deliveries().map_err(|error| anyhow!("{error}"))?,
        backups: Arc::new(Backups::new(book.store.backups(), backups)),
        closes_days: false,
        test: None,
        metrics,
    })
}

/// Where backups are kept that are asked for over HTTP: beside the file of the book, or in the folder where it would be.
fn backups_of(url: &DatabaseUrl) -> PathBuf {
    match url {
        DatabaseUrl::Sqlite(path) => path.with_extension("backups"),
        DatabaseUrl::Postgres(_) => PathBuf::from("loam-data/backups"),
    }
}

/// Plain HTTP where nothing else is said.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The ports that are listened on: plain, with TLS, or both.
struct Ports {
    plain: Option<TcpListener>,
    tls: Option<(TcpListener, Prepared)>,
}

impl Ports {
    async fn open(arguments: &Serve, url: &DatabaseUrl) -> anyhow::Result<Ports> {
        let prepared = tls::prepare(arguments, url)?;
        let address = arguments.listen.or(prepared.is_none().then_some(LISTEN));
        let plain = match address {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let tls = match prepared {
            Some(prepared) => Some((listen(arguments.tls_listen).await?, prepared)),
            None => None,
        };
        Ok(Ports { plain, tls })
    }

    fn entrances(self) -> Vec<Entrance> {
        let tls = self.tls.map(|(listener, prepared)| Entrance::with_tls(listener, prepared.tls));
        self.plain.map(Entrance::plain).into_iter().chain(tls).collect()
    }

    /// Tells where to look.
    fn greet(&self, database: &str) -> anyhow::Result<()> {
        let address = |listener: &TcpListener| listener.local_addr().context("a port has no address");
        println!("Loam serves the book at {database}");
        if let Some((listener, prepared)) = &self.tls {
            if self.plain.is_some() {
                println!("  with TLS    https://{}/api", address(listener)?);
            }
            if let Some(certificate) = &prepared.self_signed {
                println!(
                    "  certificate {}   (for development; callers must be given it)",
                    certificate.display()
                );
            }
        }
        let plain = self.plain.as_ref().map(|listener| ("http", listener));
        let tls = self.tls.as_ref().map(|(listener, _)| ("https", listener));
        if let Some((scheme, listener)) = plain.or(tls) {
            let base = format!("{scheme}://{}", address(listener)?);
            println!("  API         {base}/api");
            println!("  reference   {base}/docs");
            println!("  metrics     {base}/metrics");
        }
        Ok(())
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// The password is shown once and kept nowhere.
fn show(database: &str, password: &OneTimePassword) {
    if let Some(password) = &password.0 {
        println!("Loam made a book at {database}");
        println!("  user        admin");
        println!("  password    {password}   (shown once)");
    }
}

/// Closes days at midnight of the book's time zone, and at start those that were missed.
fn close_days(book: &Book, mut stopping: watch::Receiver<bool>) -> impl Future<Output = ()> + Send + use<> {
    let (end_of_day, reader) = (Arc::clone(&book.end_of_day), Arc::clone(&book.reader));
    let clock = Arc::clone(&book.clock);
    async move {
        loop {
            let closing = close_until_today(&end_of_day, reader.as_ref(), clock.as_ref());
            let sleep = tokio::select! {
                closed = closing => closed.unwrap_or_else(|error| {
                    tracing::error!(%error, "a day could not be closed; it is tried again");
                    LONGEST_SLEEP
                }),
                _ = stopping.wait_for(|stop| *stop) => return,
            };
            tokio::select! {
                () = tokio::time::sleep(sleep) => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            }
        }
    }
}

/// Closes each day up to today, and tells how long to sleep until there may be more to do.
async fn close_until_today(
    end_of_day: &EndOfDay,
    reader: &dyn ReadStore,
    clock: &dyn Clock,
) -> anyhow::Result<Duration> {
    let state = reader.state().await.map_err(|error| anyhow!("{error}"))?;
    let zone = TimeZone::get(&state.time_zone)?;
    let now = clock.now().to_zoned(zone);
    // A business date ahead of the clock is the operator's choice and stays.
    let through = now.date().max(state.business_date);
    let report = end_of_day.close_through(through, &book::operator(Door::EndOfDay)).await;
    report.map_err(|error| anyhow!("{error}"))?;
    let midnight = now.tomorrow()?.start_of_day()?;
    let until_midnight = Duration::try_from(now.duration_until(&midnight)).unwrap_or(LONGEST_SLEEP);
    Ok(until_midnight.min(LONGEST_SLEEP))
}

/// Done at Ctrl-C, or when the process is asked to end; from now on, not from the first time that somebody
/// looks: a signal between the two would be lost.
#[cfg(unix)]
fn interrupted() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Done at Ctrl-C.
#[cfg(not(unix))]
fn interrupted() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async { tokio::signal::ctrl_c().await.expect("the signal can be watched") })
}

//! Arguments. Every flag is also an environment variable `LOAM_…`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};
use jiff::civil::Date;

/// An open loan book: originates, services and reports loans.
#[derive(Debug, Parser)]
#[command(name = "loam", version, propagate_version = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Where the book is kept: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(
        long,
        global = true,
        env = "LOAM_DATABASE",
        default_value = "sqlite:loam-data/loam.db",
        hide_env_values = true
    )]
    pub(crate) database: String,
    /// What is logged to standard error: error, warn, info, debug, or a filter
    #[arg(long, global = true, env = "LOAM_LOG", default_value = "info")]
    pub(crate) log: String,
    #[command(subcommand)]
    pub(crate) command: Subcommand,
}

const EXAMPLES: &str = "Examples:
  loam serve --demo                          start with demo data in ./loam-data
  loam serve --listen 0.0.0.0:8080           listen on all addresses
  loam --database postgres://loam@db/loam serve
  loam end-of-day --through 2026-12-31       close days while nothing serves
  loam check                                 prove the book
  loam backup book-2026-11-21.db             copy the book while it serves";

const APPLY: &str = "Examples:
  LOAM_PASSWORD=secret loam apply bank.yaml --plan
  loam apply bank.yaml --server https://loam.example --api-key KEY --yes

The file has a list of records for each kind, in the order in which they are made:
  branches:
    - {id: NORTH, name: North}
  centres:
    - {id: MARKET, name: Market, assignedBranchKey: NORTH}
Kinds and members are those of /loam/v1; members that are left out stay as they are.";

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Serve the book over HTTP; creates it where there is none
    #[command(
        after_help = "Examples:\n  loam serve --demo\n  loam serve --tls-self-signed\n  loam serve --end-of-day manual --business-date 2012-06-28"
    )]
    Serve(Serve),
    /// Create a book and its first user
    #[command(
        after_help = "Example:\n  LOAM_ADMIN_PASSWORD=secret loam init --currency EUR --time-zone Europe/Berlin"
    )]
    Init(NewBook),
    /// Create a book with demo data and as many more loans as you like, to try things on
    #[command(after_help = "Example:\n  loam --database sqlite:million.db demo --loans 1000000")]
    Demo(Demo),
    /// Make the records of a running book as a YAML file says; shows what would change first
    #[command(after_help = APPLY)]
    Apply(Apply),
    /// Close days: move the business date and advance every account
    #[command(
        after_help = "Examples:\n  loam end-of-day                        up to today\n  loam end-of-day --through 2026-12-31"
    )]
    EndOfDay(EndOfDay),
    /// Prove the book: fold every log again and compare it with what is stored; reads only
    #[command(after_help = "Exit code 0: everything holds. 1: something does not, see the list.")]
    Check(Check),
    /// Measure this machine: makes a book, serves it, asks it, closes its days, and prints a table
    #[command(
        after_help = "Examples:\n  loam bench                             100,000 loans in a file that goes again\n  loam bench --loans 1000000 --book postgres://loam@db/empty\n\nThe book must be empty; where it is named, it stays."
    )]
    Bench(Bench),
    /// Add users, change passwords, make API keys
    #[command(
        after_help = "Examples:\n  loam user add tom --administrator\n  loam user password admin\n  loam user api-key tom"
    )]
    User(User),
    /// Copy the book to a file, also while it serves; the file is a SQLite book
    Backup(File),
    /// Spread the tables of the book over the machines of a Citus cluster, or show how
    #[command(
        after_help = "Example:\n  loam distribute --plan\n  loam --database postgres://loam@db/loam distribute --apply"
    )]
    Distribute(Distribute),
    /// Fill an empty database from a backup
    #[command(after_help = "Example:\n  loam --database postgres://loam@db/loam restore book.db")]
    Restore(File),
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// How many loans there are besides those that show every kind
    #[arg(long, env = "LOAM_LOANS", default_value_t = 1_000)]
    pub(crate) loans: u64,
    /// Pay all of them out on this day, so that all fall due together [default: on days of the last months]
    #[arg(long, env = "LOAM_LENT_ON", value_name = "DATE")]
    pub(crate) lent_on: Option<Date>,
    /// Two more loans on the same terms: LONG with a repayment on each of 700 days, SHORT of today
    #[arg(long, env = "LOAM_LONG_HISTORY")]
    pub(crate) long_history: bool,
    /// Products post the interest that has grown at the end of each day
    #[arg(long, env = "LOAM_DAILY_INCOME")]
    pub(crate) daily_income: bool,
    #[command(flatten)]
    pub(crate) new_book: NewBook,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Apply {
    /// YAML (or JSON) with records by kind
    pub(crate) file: PathBuf,
    /// The server that has the book open
    #[arg(long, env = "LOAM_SERVER", default_value = "http://127.0.0.1:8080")]
    pub(crate) server: String,
    #[arg(long, env = "LOAM_USER", default_value = "admin")]
    pub(crate) user: String,
    #[arg(long, env = "LOAM_PASSWORD", hide_env_values = true)]
    pub(crate) password: Option<String>,
    /// Instead of a user and a password
    #[arg(long, env = "LOAM_API_KEY", hide_env_values = true)]
    pub(crate) api_key: Option<String>,
    /// Only show what would be done
    #[arg(long, env = "LOAM_PLAN", conflicts_with = "yes")]
    pub(crate) plan: bool,
    /// Do it without asking
    #[arg(long, env = "LOAM_YES")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Take accounts back that were set aside and hold: a command on them failed, and nothing of it was written
    #[arg(long, env = "LOAM_LIFT_QUARANTINE")]
    pub(crate) lift_quarantine: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// How many loans the book has; one in thirty has something due on any day
    #[arg(long, env = "LOAM_LOANS", default_value_t = 100_000)]
    pub(crate) loans: u64,
    /// How long each load lasts, in seconds
    #[arg(long, env = "LOAM_SECONDS", default_value_t = 10)]
    pub(crate) seconds: u64,
    /// How many connections ask at once
    #[arg(long, env = "LOAM_CONNECTIONS", default_value_t = 64)]
    pub(crate) connections: usize,
    /// How many days are closed one after the other at the end
    #[arg(long, env = "LOAM_DAYS", default_value_t = 30)]
    pub(crate) days: u16,
    /// Where the book is made: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME [default: a file that goes again]
    #[arg(long, env = "LOAM_BOOK", hide_env_values = true)]
    pub(crate) book: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address and port of plain HTTP [default: 127.0.0.1:8080, and none when TLS is asked for]
    #[arg(long, env = "LOAM_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// Address and port of HTTP inside TLS
    #[arg(long, env = "LOAM_TLS_LISTEN", default_value = "127.0.0.1:8443")]
    pub(crate) tls_listen: SocketAddr,
    /// Serve with TLS: a certificate, and those that vouch for it after it, as PEM
    #[arg(long, env = "LOAM_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The private key of the certificate, as PEM
    #[arg(long, env = "LOAM_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Serve with TLS for development: a certificate for localhost is made beside the book, and its place printed
    #[arg(long, env = "LOAM_TLS_SELF_SIGNED", conflicts_with_all = ["tls_cert", "tls_key"])]
    pub(crate) tls_self_signed: bool,
    /// Fill a new book with demo data
    #[arg(long, env = "LOAM_DEMO")]
    pub(crate) demo: bool,
    /// Who closes days: the server at midnight of the book's time zone, or an operator
    #[arg(long, env = "LOAM_END_OF_DAY", default_value = "automatic")]
    pub(crate) end_of_day: EndOfDayMode,
    /// The book for tests, to which test keys lead: a database, `beside` the book, or `none`
    #[arg(long, env = "LOAM_TEST_BOOK", default_value = "beside", hide_env_values = true)]
    pub(crate) test_book: String,
    /// The file with the key that seals bank account numbers and secrets; made if the book has none yet
    #[arg(long, env = "LOAM_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// The folder for backups that are asked for over HTTP [default: beside the book]
    #[arg(long, env = "LOAM_BACKUPS", value_name = "FOLDER")]
    pub(crate) backups: Option<PathBuf>,
    /// Proxies whose X-Forwarded-For is believed: networks or addresses with commas between; no proxy is, if none is named
    #[arg(long = "trusted-proxy", env = "LOAM_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    pub(crate) trusted_proxies: Vec<String>,
    /// A streaming replica of the book, which answers what only reads
    #[arg(long, env = "LOAM_READ_DATABASE", hide_env_values = true, value_name = "URL")]
    pub(crate) read_database: Option<String>,
    /// How many seconds behind the replica may be: one that is further behind is not read from
    #[arg(long, env = "LOAM_READ_LAG", default_value_t = 5, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) read_lag: u64,
    #[command(flatten)]
    pub(crate) writers: Writers,
    #[command(flatten)]
    pub(crate) new_book: NewBook,
}

fn network(text: &str) -> Result<String, String> {
    let found = loam_book::security::network(text);
    found
        .map(|_| text.to_owned())
        .ok_or_else(|| "this is no network, such as 10.0.0.0/8, and no address".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EndOfDayMode {
    Automatic,
    Manual,
}

/// What a new book starts with; an existing one keeps what it has.
#[derive(Debug, Args)]
pub(crate) struct NewBook {
    /// First business date of a new book [default: today]
    #[arg(long, env = "LOAM_BUSINESS_DATE", value_name = "YYYY-MM-DD")]
    pub(crate) business_date: Option<Date>,
    /// Base currency of a new book
    #[arg(long, env = "LOAM_CURRENCY", default_value = "USD")]
    pub(crate) currency: String,
    /// Time zone of a new book, by its IANA name
    #[arg(long, env = "LOAM_TIME_ZONE", default_value = "UTC")]
    pub(crate) time_zone: String,
    /// Password of the first user, admin [default: a one-time password is printed]
    #[arg(long, env = "LOAM_ADMIN_PASSWORD", hide_env_values = true)]
    pub(crate) admin_password: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Distribute {
    /// Print the calls of Citus for every table, and do nothing
    #[arg(long, env = "LOAM_PLAN", conflicts_with = "apply", required_unless_present = "apply")]
    pub(crate) plan: bool,
    /// Spread the tables that are not spread yet; nobody may be serving the book
    #[arg(long, env = "LOAM_APPLY")]
    pub(crate) apply: bool,
    /// Into how many pieces the ledger is cut; later only Citus can cut it anew
    #[arg(long, env = "LOAM_SHARDS", default_value_t = 128, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) shards: u16,
}

#[derive(Debug, Args)]
pub(crate) struct EndOfDay {
    /// Close each day up to this one [default: today in the book's time zone]
    #[arg(long, env = "LOAM_THROUGH", value_name = "YYYY-MM-DD")]
    pub(crate) through: Option<Date>,
    #[command(flatten)]
    pub(crate) writers: Writers,
}

/// Who writes the book.
#[derive(Debug, Args)]
pub(crate) struct Writers {
    /// How many writers work on PostgreSQL at once; SQLite has one
    #[arg(long, env = "LOAM_LANES", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) lanes: u16,
}

#[derive(Debug, Args)]
pub(crate) struct User {
    #[command(subcommand)]
    pub(crate) command: UserCommand,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum UserCommand {
    /// Add a user; the password is printed unless it is given
    Add {
        username: String,
        /// May do everything
        #[arg(long, env = "LOAM_USER_ADMINISTRATOR")]
        administrator: bool,
        #[arg(long, env = "LOAM_USER_PASSWORD", hide_env_values = true)]
        password: Option<String>,
    },
    /// Set a new password; it is printed unless it is given
    Password {
        username: String,
        #[arg(long, env = "LOAM_USER_PASSWORD", hide_env_values = true)]
        password: Option<String>,
    },
    /// Make a new API key and print it once; the old one stops working
    ApiKey { username: String },
    /// Let a user sign in again who was locked, by an administrator or after too many failures
    Unlock { username: String },
    /// List the users
    List,
}

#[derive(Debug, Args)]
pub(crate) struct File {
    pub(crate) file: PathBuf,
}

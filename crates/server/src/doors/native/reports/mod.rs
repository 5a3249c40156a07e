//! Reports over loans and the ledger, as JSON, CSV, spreadsheets and Parquet files.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use loam_app::error::StoreError;
use loam_app::freshness::{self, Freshness};
use loam_app::ports::ByDay;
use loam_app::reading::Reading;
use loam_app::reports::{Report, Scope, Statement, Table};
use loam_book::catalog::Catalog;
use loam_book::report::at_risk::Bands;
use tracing::{Instrument, Span};

use crate::Services;

use super::call::Call;
use super::error::DoorError;
use super::query::Query;
use super::wire;

use self::asked::{Account, AsOf, Branch, By, Day, DueDays, Files, InBands, Period, Tables};
use self::form::Form;
use self::write::{Unwritten, Writer};

mod asked;
mod form;
mod parquet;
mod write;
mod xlsx;

type Result<T> = std::result::Result<T, DoorError>;

/// Describes one report and serves it: all of them are asked for alike.
macro_rules! report {
    ($handler:ident, $path:literal, $report:expr, [$($asked:ident),*], $forms:ident, $summary:literal) => {
        #[doc = $summary]
        #[utoipa::path(
            get,
            path = $path,
            tag = "reports",
            params($($asked,)* $forms),
            responses($forms, (status = "4XX", body = wire::ErrorBody)),
        )]
        pub(super) async fn $handler(
            State(services): State<Services>,
            query: Query,
            headers: HeaderMap,
            call: Call,
        ) -> Result<Response> {
            let names = asked::names!($($asked,)* $forms);
            asked::refuse_others(&query, name_of($path), &names)?;
            let form = Form::asked(&query, &headers, $forms::HAS_PARQUET)?;
            let scope = scope(&query, &names, &call)?;
            let table = Table::open($report, scope, services.reading.store(), &call.now).await?;
            send(table, (form, name_of($path)), &services, &call).await
        }
    };
}

report!(
    trial_balance,
    "/loam/v1/reports/trial-balance",
    Report::TrialBalance,
    [Period, By, Branch],
    Tables,
    "What stood on each GL account, what moved, and what stands there. Balances are debits less credits."
);
report!(
    income,
    "/loam/v1/reports/income",
    Report::Income,
    [Period, By, Branch],
    Tables,
    "What was earned and spent, by GL account, product and branch."
);
report!(
    sub_ledger,
    "/loam/v1/reports/sub-ledger",
    Report::SubLedger,
    [Day, By, Branch],
    Files,
    "What each loan owed on a day, by component, and what stood in the ledger for it that is owed to others."
);
report!(
    deposit_sub_ledger,
    "/loam/v1/reports/deposit-sub-ledger",
    Report::DepositSubLedger,
    [Day, By, Branch],
    Files,
    "What each deposit account had on a day, and what stood in the ledger for it."
);
report!(
    portfolio_at_risk,
    "/loam/v1/reports/portfolio-at-risk",
    Report::PortfolioAtRisk,
    [Day, By, Branch, InBands],
    Tables,
    "The principal of loans by the days for which the oldest installment of each is past due."
);
report!(
    aging,
    "/loam/v1/reports/aging",
    Report::Aging,
    [Day, By, Branch, InBands],
    Tables,
    "What is overdue, by the age of each installment."
);
report!(
    provisions,
    "/loam/v1/reports/provisions",
    Report::Provisions,
    [Day, By, Branch],
    Tables,
    "What is set aside for losses by the rates of now: the loans of each product by risk level."
);
report!(
    collections_due,
    "/loam/v1/reports/collections-due",
    Report::Collections,
    [DueDays, AsOf, By, Branch],
    Tables,
    "What is unpaid of installments that fall due in some days, as loans stand on a day."
);
report!(
    transactions,
    "/loam/v1/reports/transactions",
    Report::Transactions,
    [Period, By, Branch],
    Files,
    "The transactions of loans."
);
report!(
    schedules,
    "/loam/v1/reports/schedules",
    Report::Schedules,
    [AsOf, By, Branch],
    Files,
    "The installments of all loans that were paid out, as they stand on a day."
);

/// The entries of one GL account, with what stands there after each.
#[utoipa::path(
    get,
    path = "/loam/v1/reports/gl-statement",
    tag = "reports",
    params(Account, Period, By, Branch, Tables),
    responses(Tables, (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn gl_statement(
    State(services): State<Services>,
    query: Query,
    headers: HeaderMap,
    call: Call,
) -> Result<Response> {
    let names = asked::names!(Account, Period, By, Branch, Tables);
    asked::refuse_others(&query, "gl-statement", &names)?;
    let form = Form::asked(&query, &headers, Tables::HAS_PARQUET)?;
    let scope = scope(&query, &names, &call)?;
    let named = query.text("account").ok_or_else(|| DoorError::missing("account"))?;
    let account = call.now.catalog.ledger_accounts.find(named);
    let account =
        account.ok_or_else(|| DoorError::invalid("account", named, "there is no such GL account"))?;
    let statement = Statement::open(account, &scope, services.reading.store()).await?;
    send(Table::of_account(statement), (form, "gl-statement"), &services, &call).await
}

/// The last part of a report's path.
fn name_of(path: &'static str) -> &'static str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What a report is about, by the parameters that it has.
fn scope(query: &Query, names: &[String], call: &Call) -> Result<Scope> {
    let has = |name: &str| names.iter().any(|has| has == name);
    let today = call.now.state.business_date;
    let as_of = query.date("asOf")?;
    let (from, to) = (query.date("from")?, query.date("to")?.or(as_of).unwrap_or(today));
    if let Some(from) = from.filter(|from| *from > to) {
        return Err(DoorError::invalid("from", &from.to_string(), format!("it is after {to}")));
    }
    let (on, named) = if has("asOf") { (as_of.unwrap_or(today), "asOf") } else { (to, "to") };
    // How loans stand on a day that is to come, nobody knows. A period may end on one: nothing happened there yet.
    let is_of_a_day = has("asOf") || !has("from");
    if is_of_a_day && on > today {
        let reason = format!("it is after the business date {today}");
        return Err(DoorError::invalid(named, &on.to_string(), reason));
    }
    let by = match query.text("by") {
        None | Some("bookingDate") => ByDay::Booking,
        Some("valueDate") => ByDay::Value,
        Some(other) => return Err(DoorError::not_supported("by", other, "bookingDate, valueDate")),
    };
    let branch = match query.text("branch") {
        None => None,
        Some(named) => {
            let found = call.now.catalog.branches.find(named);
            let unknown = || DoorError::invalid("branch", named, "there is no such branch");
            Some(found.ok_or_else(unknown)?.key)
        }
    };
    Ok(Scope { from, to, on, by, branch, bands: bands(query)? })
}

fn bands(query: &Query) -> Result<Bands> {
    let Some(text) = query.text("bands") else { return Ok(Bands::default()) };
    let ends: Option<Vec<u32>> = text.split(',').map(|end| end.trim().parse().ok()).collect();
    let wrong = || DoorError::invalid("bands", text, "days rise from more than none, such as 30,60,90");
    ends.and_then(Bands::try_new).ok_or_else(wrong)
}

/// What cuts an answer off that has begun.
#[derive(Debug, thiserror::Error)]
enum CutOff {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
}

/// A report on its way out.
struct Sending {
    table: Table,
    /// `None` after the end.
    writer: Option<Writer>,
    reading: Arc<Reading>,
    catalog: Arc<Catalog>,
    /// What the request must see, and where it is logged. Its pages are read when the request is over, by whoever
    /// carries its body: nothing of it is around them any more.
    wanted: Freshness,
    span: Span,
}

impl Sending {
    /// The next bytes, read as the request reads; `None` at the end.
    async fn next(&mut self) -> std::result::Result<Option<Vec<u8>>, CutOff> {
        let (wanted, span) = (self.wanted, self.span.clone());
        freshness::reading(wanted, self.page().instrument(span)).await
    }

    /// The next bytes, of which there may be none; `None` at the end.
    async fn page(&mut self) -> std::result::Result<Option<Vec<u8>>, CutOff> {
        let Some(writer) = &mut self.writer else { return Ok(None) };
        match self.table.next(self.reading.store(), &self.catalog).await? {
            Some(rows) => Ok(Some(writer.rows(&rows)?)),
            None => match self.writer.take() {
                Some(writer) => Ok(Some(writer.end()?)),
                None => Ok(None),
            },
        }
    }
}

/// Sends rows as they are read. A spreadsheet is written whole before the answer begins, so that one with too many rows
/// is refused.
async fn send(
    table: Table,
    (form, name): (Form, &'static str),
    services: &Services,
    call: &Call,
) -> Result<Response> {
    let writer = Writer::new(form, name, table.columns).map_err(|error| refused(&error))?;
    let (reading, catalog) = (Arc::clone(&services.reading), Arc::clone(&call.now.catalog));
    let (wanted, span) = (freshness::wanted(), Span::current());
    let mut sending = Sending { table, writer: Some(writer), reading, catalog, wanted, span };
    let body = if form == Form::Xlsx {
        let mut whole = Vec::new();
        while let Some(bytes) = sending.next().await.map_err(|error| cut_off(&error))? {
            whole.extend(bytes);
        }
        Body::from(whole)
    } else {
        let pages = stream::try_unfold(sending, |mut sending| async {
            let page = sending.next().await;
            if let Err(error) = &page {
                sending.span.in_scope(|| tracing::error!(%error, "a report was cut off"));
            }
            page.map(|page| page.map(|bytes| (Bytes::from(bytes), sending)))
        });
        Body::from_stream(pages)
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    if form != Form::Json {
        let file = format!("attachment; filename=\"{name}.{}\"", form.name());
        if let Ok(file) = HeaderValue::try_from(file) {
            headers.insert(header::CONTENT_DISPOSITION, file);
        }
    }
    Ok(response)
}

fn refused(error: &Unwritten) -> DoorError {
    DoorError::invalid("format", "xlsx", error)
}

fn cut_off(error: &CutOff) -> DoorError {
    match error {
        CutOff::Unwritten(error) => refused(error),
        CutOff::Store(error) => {
            tracing::error!(%error, "a report could not be read");
            DoorError::internal()
        }
    }
}

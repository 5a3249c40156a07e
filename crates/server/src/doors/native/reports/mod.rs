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

use self::form::Form;
use self::write::{Unwritten, Writer};

mod form;
mod parquet;
mod write;
mod xlsx;

type Result<T> = std::result::Result<T, DoorError>;

/// Describes one report and serves it: all of them are asked for alike.
macro_rules! report {
    ($handler:ident, $path:literal, $report:expr, $has_parquet:literal, $summary:literal) => {
        #[doc = $summary]
        #[utoipa::path(
            get,
            path = $path,
            tag = "reports",
            params(
                ("from" = Option<String>, Query, description = "The first day; left out: from the beginning"),
                ("to" = Option<String>, Query, description = "The last day, or the day to look at; left out: the business date"),
                ("by" = Option<String>, Query, description = "`bookingDate` or `valueDate`"),
                ("branch" = Option<String>, Query, description = "Only this branch, by id or key"),
                ("bands" = Option<String>, Query, description = "Last days of bands of days past due, such as `30,60,90`"),
                ("format" = Option<String>, Query, description = "`json`, `csv`, `xlsx`, of some reports `parquet`; left out: by `Accept`"),
            ),
            responses((status = 200, body = Vec<serde_json::Value>), (status = "4XX", body = wire::ErrorBody)),
        )]
        pub(super) async fn $handler(
            State(services): State<Services>,
            query: Query,
            headers: HeaderMap,
            call: Call,
        ) -> Result<Response> {
            let form = Form::asked(&query, &headers, $has_parquet)?;
            let scope = scope(&query, &call)?;
            let table = Table::open($report, scope, services.reading.store(), &call.now).await?;
            send(table, (form, $path), &services, &call).await
        }
    };
}

report!(
    trial_balance,
    "/loam/v1/reports/trial-balance",
    Report::TrialBalance,
    false,
    "What stood on each GL account, what moved, and what stands there. Balances are debits less credits."
);
report!(
    income,
    "/loam/v1/reports/income",
    Report::Income,
    false,
    "What was earned and spent, by GL account, product and branch."
);
report!(
    sub_ledger,
    "/loam/v1/reports/sub-ledger",
    Report::SubLedger,
    true,
    "What each loan owed on a day, by component."
);
report!(
    portfolio_at_risk,
    "/loam/v1/reports/portfolio-at-risk",
    Report::PortfolioAtRisk,
    false,
    "The principal of loans by the days for which the oldest installment of each is past due."
);
report!(
    aging,
    "/loam/v1/reports/aging",
    Report::Aging,
    false,
    "What is overdue, by the age of each installment."
);
report!(
    provisions,
    "/loam/v1/reports/provisions",
    Report::Provisions,
    false,
    "What is set aside for losses by the rates of now: the loans of each product by risk level."
);
report!(
    collections_due,
    "/loam/v1/reports/collections-due",
    Report::Collections,
    false,
    "What is unpaid of installments that fall due in some days, as loans stand now."
);
report!(
    transactions,
    "/loam/v1/reports/transactions",
    Report::Transactions,
    true,
    "The transactions of loans."
);
report!(
    schedules,
    "/loam/v1/reports/schedules",
    Report::Schedules,
    true,
    "The installments of all loans that were paid out, as they stand now."
);

/// The entries of one GL account, with what stands there after each.
#[utoipa::path(
    get,
    path = "/loam/v1/reports/gl-statement",
    tag = "reports",
    params(
        ("account" = String, Query, description = "The GL account, by code or key"),
        ("from" = Option<String>, Query, description = "The first day; left out: from the beginning"),
        ("to" = Option<String>, Query, description = "The last day; left out: the business date"),
        ("by" = Option<String>, Query, description = "`bookingDate` or `valueDate`; the order is that of booking"),
        ("branch" = Option<String>, Query, description = "Only this branch, by id or key"),
        ("format" = Option<String>, Query, description = "`json`, `csv` or `xlsx`; left out: by `Accept`"),
    ),
    responses((status = 200, body = Vec<serde_json::Value>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn gl_statement(
    State(services): State<Services>,
    query: Query,
    headers: HeaderMap,
    call: Call,
) -> Result<Response> {
    let form = Form::asked(&query, &headers, false)?;
    let scope = scope(&query, &call)?;
    let named = query.text("account").ok_or_else(|| DoorError::missing("account"))?;
    let account = call.now.catalog.ledger_accounts.find(named);
    let account =
        account.ok_or_else(|| DoorError::invalid("account", named, "there is no such GL account"))?;
    let statement = Statement::open(account, &scope, services.reading.store()).await?;
    send(Table::of_account(statement), (form, "gl-statement"), &services, &call).await
}

fn scope(query: &Query, call: &Call) -> Result<Scope> {
    let today = call.now.state.business_date;
    let (from, to) = (query.date("from")?, query.date("to")?.unwrap_or(today));
    if let Some(from) = from.filter(|from| *from > to) {
        return Err(DoorError::invalid("from", &from.to_string(), format!("it is after {to}")));
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
    Ok(Scope { from, to, by, branch, bands: bands(query)? })
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
    (form, path): (Form, &'static str),
    services: &Services,
    call: &Call,
) -> Result<Response> {
    let name = path.rsplit('/').next().unwrap_or(path);
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

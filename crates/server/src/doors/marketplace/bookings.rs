//! Bookings of investors: made, and listed with what they win.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use axum::Json;
use axum::extract::RawQuery;
use loam_app::command::{Address, Command, Done, MarketCommand};
use loam_app::ports::ReadStore;
use loam_app::views::{BOOKED, BookingFilter};
use loam_book::application::booking::{Booking, BookingState, BookingStatus, NewBooking};
use loam_book::application::foreign_id::{ForeignId, ForeignKind};
use loam_book::application::{Application, Stage};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_book::vocabulary::stage_word;
use serde::Deserialize;

use super::applications::{Answer, MOST};
use super::asked::Asked;
use super::error::{DoorError, Row};
use super::fields::Fields;
use super::investing_wire as wire;
use super::lookups;
use super::translate::{amount, attributes, id_of, instant, number, stages_of, to_18, user};
use super::wire::{Envelope, Nothing, PlatformError};

/// Books a part of an application for an investor. It reserves what it wins on the investor's account.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/investmentBookings",
    tag = "marketplace",
    operation_id = "create_investment_booking",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::NewInvestmentBooking,
    responses(
        (status = 200, body = Envelope<wire::InvestmentBooking>),
        (status = 400, description = "`INVALID_INPUT`, `INVESTOR_ID_NULL`, `INVESTOR_ACCOUNT_NOT_FOUND`, `INSUFFICIENT_FUNDS`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create(asked: Asked) -> Answer<wire::InvestmentBooking> {
    let fields = Fields::of_json(&asked.body)?;
    let (id, application) = (fields.text("investorId")?, fields.text("loanApplication")?);
    let new = NewBooking {
        investor_id: String::new(),
        booking_order: fields.text("bookingOrderId")?,
        amount: fields.decimal("investmentAmount")?.map(StatedAmount),
        certificate_rate: fields.decimal("certificateRate")?.map(StatedPercent),
        service_rate: fields.decimal("serviceRate")?.map(StatedPercent),
    };
    let reading = &asked.services.reading;
    let investor = lookups::investor(reading, id.as_deref()).await?;
    let missing = || DoorError::row(Row::LoanApplicationMissing);
    let application = application.ok_or_else(missing)?;
    let application = lookups::application_place(reading, &application).await?.ok_or_else(missing)?;
    let new = NewBooking { investor_id: investor.id.to_string(), ..new };
    let account = investor.account;
    let command = Command::Market(Box::new(MarketCommand::Book { application, account, new }));
    let outcome = asked.submit(command).await.map_err(DoorError::of_amount("investmentAmount"))?;
    let Done::Booking { booking, application } = outcome.done else { return Err(DoorError::Internal) };
    Ok(Json(Envelope::of(vec![wire_of(&booking, &application)])))
}

/// What stands behind the question mark of a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    investor_id: Option<String>,
    status: Option<String>,
    stage: Option<String>,
    loan_application_status: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

/// The bookings of an investor, in the order in which they came in; at most 2,000 that match.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/investmentBookings",
    tag = "marketplace",
    operation_id = "list_investment_bookings",
    params(
        ("investorId" = String, Query, description = "The account of the investor, 15 or 18 characters"),
        ("status" = Option<String>, Query, description = "With commas between them: `Uncommitted`, `Winning`, `Partial Winning`, `Losing`. Left out: all"),
        ("stage" = Option<String>, Query, description = "Stages of bookings, with commas between them. Left out: all"),
        ("loanApplicationStatus" = Option<String>, Query, description = "Stages of applications, with commas between them. Left out: all"),
        ("after" = Option<String>, Query, description = "Of ours: bookings after the one with this id"),
        ("limit" = Option<u32>, Query, description = "Of ours: how many, 1 to 2,000. Left out: 2,000"),
    ),
    responses(
        (status = 200, body = Envelope<wire::InvestmentBooking>),
        (status = 400, description = "`INVALID_INPUT`, `INVESTOR_ID_NULL`, `INVESTOR_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn list(RawQuery(query): RawQuery, asked: Asked) -> Answer<wire::InvestmentBooking> {
    let unparsable = || DoorError::row(Row::UnableToParse);
    let listed: Listed =
        serde_urlencoded::from_str(query.as_deref().unwrap_or_default()).map_err(|_| unparsable())?;
    let statuses = statuses_of(listed.status.as_deref().unwrap_or_default())?;
    let stages = stages_of(listed.stage.as_deref().unwrap_or_default())?;
    let of_applications = stages_of(listed.loan_application_status.as_deref().unwrap_or_default())?;
    let reading = &asked.services.reading;
    let investor = lookups::investor(reading, listed.investor_id.as_deref()).await?;
    let page = Paging::of(ForeignKind::Booking, (&listed.after, &listed.limit))?;
    let filter = BookingFilter {
        account: Some(investor.account),
        states: BOOKED,
        after: page.after,
        ..BookingFilter::default()
    };
    let mut bookings = InPages::new(filter);
    let mut applications: BTreeMap<Address, Application> = BTreeMap::new();
    let mut shown = Vec::new();
    while let Some(booking) = bookings.next(reading.store()).await? {
        let application = match applications.entry(Address { part: booking.part, key: booking.application }) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let found = reading.store().application(*place.key()).await?;
                place.insert(found.ok_or(DoorError::Internal)?)
            }
        };
        let is_asked = (statuses.is_empty() || statuses.contains(&booking.status(application)))
            && (stages.is_empty() || stages.contains(&stage_of(&booking, application)))
            && (of_applications.is_empty() || of_applications.contains(&application.stage));
        shown.extend(is_asked.then(|| wire_of(&booking, application)));
        if shown.len() == page.limit {
            break;
        }
    }
    Ok(Json(Envelope::of(shown)))
}

/// More than this are not shown at once.
const SHOWN: usize = 2_000;

/// Where a list begins and how much of it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paging {
    /// The number of the one before.
    pub(super) after: Option<i64>,
    pub(super) limit: usize,
}

impl Paging {
    /// As the parameters say.
    ///
    /// # Errors
    /// Unable to parse the Request parameters.
    pub(super) fn of(
        kind: ForeignKind,
        (after, limit): (&Option<String>, &Option<String>),
    ) -> Result<Paging, DoorError> {
        let unparsable = || DoorError::row(Row::UnableToParse);
        let number = |id: &String| {
            let named = ForeignId::parse(id).ok().and_then(ForeignId::named);
            named.filter(|named| named.kind == kind).map(|named| named.number).ok_or_else(unparsable)
        };
        let count = |text: &String| {
            let count = text.parse().ok().filter(|count| (1..=SHOWN).contains(count));
            count.ok_or_else(unparsable)
        };
        let (after, limit) =
            (after.as_ref().map(number).transpose()?, limit.as_ref().map(count).transpose()?);
        Ok(Paging { after, limit: limit.unwrap_or(SHOWN) })
    }
}

/// Bookings one after the other, read page by page: as many as it takes to show those that were asked for.
pub(super) struct InPages {
    filter: BookingFilter,
    read: std::vec::IntoIter<Booking>,
    is_over: bool,
}

impl InPages {
    pub(super) fn new(filter: BookingFilter) -> InPages {
        InPages { filter, read: Vec::new().into_iter(), is_over: false }
    }

    pub(super) async fn next(&mut self, store: &dyn ReadStore) -> Result<Option<Booking>, DoorError> {
        if let Some(booking) = self.read.next() {
            return Ok(Some(booking));
        }
        if self.is_over {
            return Ok(None);
        }
        let found = store.bookings(&self.filter, MOST).await?;
        self.is_over = i64::try_from(found.len()).is_ok_and(|count| count < MOST.limit);
        self.filter.after = found.last().map(|last| last.number);
        self.read = found.into_iter();
        Ok(self.read.next())
    }
}

const STATUSES: [(&str, BookingStatus); 4] = [
    ("Uncommitted", BookingStatus::Uncommitted),
    ("Winning", BookingStatus::Winning),
    ("Partial Winning", BookingStatus::PartialWinning),
    ("Losing", BookingStatus::Losing),
];

/// The statuses of a comma list, with or without spaces.
fn statuses_of(text: &str) -> Result<Vec<BookingStatus>, DoorError> {
    let named = |name: &str| STATUSES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| named(name).map(|(_, status)| *status).ok_or_else(|| DoorError::row(Row::UnableToParse)))
        .collect()
}

/// The stage of a booking: that of its application, and cancelled where it lost in the end.
fn stage_of(booking: &Booking, application: &Application) -> Stage {
    match booking.state {
        // It took no part when the loan was paid out.
        BookingState::Uncommitted if application.amount_funded.is_positive() => Stage::Cancelled,
        BookingState::Uncommitted | BookingState::Open if application.stage == Stage::New => Stage::InFunding,
        BookingState::Uncommitted | BookingState::Open => application.stage,
        BookingState::Invested { .. } | BookingState::Bought { .. } => Stage::Funded,
        BookingState::Released { .. } if application.stage == Stage::Funded => Stage::Cancelled,
        BookingState::Released { .. } => application.stage,
    }
}

fn wire_of(booking: &Booking, application: &Application) -> wire::InvestmentBooking {
    let id = id_of(ForeignKind::Booking, booking.part, booking.number);
    let status = booking.status(application);
    let status = STATUSES.iter().find(|(_, known)| *known == status).map_or("", |(name, _)| name);
    let currency = application.currency;
    let order = |id: &String| wire::BookingOrder {
        attributes: attributes("peer__Booking_Order__c", &to_18(id)),
        id: to_18(id),
    };
    wire::InvestmentBooking {
        attributes: attributes("peer__Investment_Booking__c", &id),
        id,
        name: format!("IB-{:08}", booking.number),
        account: to_18(&booking.investor_id),
        loan_application: id_of(ForeignKind::Application, application.part, application.number),
        investment_amount: amount(booking.amount, currency),
        winning_amount: amount(booking.won(application), currency),
        certificate_rate: number(&booking.place.rate.to_percent_text()),
        service_rate: number(&booking.service_rate.unwrap_or_default().to_percent_text()),
        status,
        stage: stage_word(stage_of(booking, application)),
        booking_date: booking.booked_on.to_string(),
        booking_order: booking.booking_order.as_deref().map(to_18),
        expanded_booking_order: booking.booking_order.as_ref().map(order),
        created_date: instant(booking.created_at),
        last_modified_date: instant(booking.last_modified_at),
        created_by_id: user(booking.created_by),
    }
}

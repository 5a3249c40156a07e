//! Many payments in one request. Each is a command of its own: the refusal of one touches no other. What one payment
//! says is read where single commands are.

use std::collections::VecDeque;
use std::fmt;

use axum::Json;
use axum::extract::State;
use loam_app::command::{Address, Command, Done};
use loam_app::desk::HandedIn;
use loam_app::error::AppError;
use loam_book::loan::brief::BriefLoan;
use loam_book::loan::command::LoanCommand;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tracing::Instrument;

use crate::Services;
use crate::telemetry;

use super::call::Call;
use super::error::DoorError;
use super::members::Members;
use super::translate::command::{Given, payment};
use super::translate::commanded;
use super::wire;

/// The most payments in one request.
const MOST: usize = 10_000;
/// How many are read, and their loans looked up, at once.
const AT_ONCE: usize = 500;
/// How many of one request wait for their commit: enough to fill the batches of all lanes while those before are written,
/// and not so many that somebody else's single command waits for all of them.
const UNDER_WAY: usize = 2_048;

/// Takes many payments, each on its own.
///
/// The answer has one result for each payment, in the order of the request, and comes when all that were taken are
/// durable. Payments on one loan are taken in their order. An `Idempotency-Key` makes a repetition of the whole request
/// safe, also when the first one broke off: what was taken is answered again, what was not is taken now.
#[utoipa::path(
    post,
    path = "/loam/v1/loan-payments",
    tag = "loans",
    operation_id = "take_payments",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition takes nothing twice"),
    ),
    request_body = Vec<wire::LoanPayment>,
    responses((status = 200, body = Vec<wire::PaymentResult>), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn take(
    State(services): State<Services>,
    call: Call,
) -> Result<Json<Vec<wire::PaymentResult>>, DoorError> {
    // On a task of its own: a caller who goes away does not stop the payments halfway.
    let taking = async move { take_all(&services, &call).await };
    let taken = tokio::spawn(taking.in_current_span()).await.map_err(|error| {
        tracing::error!(%error, "payments ended by a panic");
        DoorError::internal()
    })??;
    Ok(Json(taken))
}

async fn take_all(services: &Services, call: &Call) -> Result<Vec<wire::PaymentResult>, DoorError> {
    let Payments { given, count } = serde_json::from_slice(call.body()).map_err(DoorError::no_list)?;
    if count > MOST {
        return Err(DoorError::too_many("payments", count, MOST));
    }
    if let Some(idempotency) = &call.caller.idempotency {
        let part = services.desk.part_for_new_holder(Some(idempotency));
        call.submit(services, Command::BeginMany { part }).await?;
    }
    let mut taking =
        Taking { services, call, under_way: VecDeque::new(), results: Vec::with_capacity(count) };
    for some in given.chunks(AT_ONCE) {
        taking.hand_in(some).await;
    }
    taking.answer_down_to(0).await;
    Ok(taking.results)
}

/// The elements of a list, unread. No more are kept than one request may bring; all are counted.
struct Payments<'a> {
    given: Vec<&'a RawValue>,
    count: usize,
}

impl<'de> Deserialize<'de> for Payments<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Payments<'de>, D::Error> {
        deserializer.deserialize_seq(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Payments<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of payments")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Payments<'de>, A::Error> {
        let mut given = Vec::new();
        while given.len() < MOST
            && let Some(payment) = list.next_element()?
        {
            given.push(payment);
        }
        let mut count = given.len();
        while count >= MOST && list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Payments { given, count })
    }
}

/// A payment that was read, and the loan that it names.
struct Read {
    loan: String,
    members: Members,
}

/// A payment whose result is not told yet.
enum UnderWay {
    Refused(DoorError),
    HandedIn(&'static str, HandedIn),
}

/// One request on its way through the desk.
struct Taking<'a> {
    services: &'a Services,
    call: &'a Call,
    /// In the order of the request, as the results are.
    under_way: VecDeque<UnderWay>,
    results: Vec<wire::PaymentResult>,
}

impl Taking<'_> {
    /// Hands payments in, one after the other: so they reach a loan in their order.
    async fn hand_in(&mut self, some: &[&RawValue]) {
        let read: Vec<Result<Read, DoorError>> =
            some.iter().map(|payment| read(self.call, payment)).collect();
        let named: Vec<&str> = read.iter().flatten().map(|read| read.loan.as_str()).collect();
        let found = self.services.reading.find_loans(&named).await;
        let mut addresses = match &found {
            Ok(addresses) => addresses.iter().copied().map(Ok).collect::<Vec<_>>(),
            Err(error) => named.iter().map(|_| Err(error.clone())).collect(),
        }
        .into_iter();
        for read in read {
            let read = read.and_then(|read| {
                let address = addresses.next().expect("every payment that was read was looked up")?;
                Ok((address.ok_or_else(|| DoorError::no_such("loan", &read.loan))?, read.members))
            });
            let under_way = match read {
                Ok((loan, members)) => self.hand_in_one(loan, &members).await,
                Err(error) => UnderWay::Refused(error),
            };
            self.under_way.push_back(under_way);
            self.answer_down_to(UNDER_WAY).await;
        }
    }

    async fn hand_in_one(&self, loan: Address, members: &Members) -> UnderWay {
        let given = Given { members, catalog: &self.call.now.catalog, part: loan.part };
        match payment(&given) {
            Ok((word, command)) => self.submit(loan, word, command).await,
            Err(error) => UnderWay::Refused(error),
        }
    }

    async fn submit(&self, loan: Address, word: &'static str, command: LoanCommand) -> UnderWay {
        let place = self.results.len() + self.under_way.len();
        let command = Command::Loan { loan, command };
        match self.services.desk.hand_in(command, self.call.caller_at(place)).await {
            Ok(handed_in) => UnderWay::HandedIn(word, handed_in),
            Err(error) => UnderWay::Refused(error.into()),
        }
    }

    /// Waits for the oldest of those under way, until so many are left.
    async fn answer_down_to(&mut self, left: usize) {
        while self.under_way.len() > left
            && let Some(oldest) = self.under_way.pop_front()
        {
            let taken = match oldest {
                UnderWay::Refused(error) => Err(error),
                UnderWay::HandedIn(word, handed_in) => answered(word, handed_in).await,
            };
            self.results.push(taken.map_or_else(refused, wire::PaymentResult::Taken));
        }
    }
}

fn read(call: &Call, payment: &RawValue) -> Result<Read, DoorError> {
    let members = Members::of_json(payment.get().as_bytes())
        .map_err(|_| DoorError::invalid("payment", payment.get(), "it is no object"))?;
    call.refuse_unknown(&members)?;
    Ok(Read { loan: members.required("loan")?, members })
}

async fn answered(word: &'static str, handed_in: HandedIn) -> Result<wire::PaymentTaken, DoorError> {
    let answer = handed_in.answer().await;
    telemetry::count_command(word, &answer);
    let done = answer?.done;
    if let Done::Loan { loan, transactions } = &done {
        return Ok(commanded::paid(&BriefLoan::from(loan.as_ref()), transactions));
    }
    let Done::LoanMoved { loan, transactions } = done else {
        return Err(AppError::Broken(format!("a payment gave no loan but {done:?}")).into());
    };
    Ok(commanded::paid(&loan, &transactions))
}

fn refused(error: DoorError) -> wire::PaymentResult {
    let (status, error) = error.told();
    wire::PaymentResult::Refused(wire::PaymentRefused { status: status.as_u16(), error })
}

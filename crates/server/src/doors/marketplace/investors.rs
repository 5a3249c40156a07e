//! Money of investors: announced, cleared, rejected.

use axum::Json;
use loam_app::command::{Address, Command, Done, MarketCommand};
use loam_book::application::foreign_id::{ForeignId, ForeignKind};
use loam_book::application::fund_transaction::{FundTransaction, FundTransactionState, NewFundTransaction};
use loam_book::stated::StatedAmount;

use super::applications::Answer;
use super::asked::{Asked, Id};
use super::error::{DoorError, Named, Row};
use super::fields::Fields;
use super::investing_wire as wire;
use super::lookups;
use super::translate::{amount, attributes, id_of, instant, to_18, user};
use super::wire::{Envelope, Nothing, PlatformError};

/// Announces a deposit or a withdrawal of an investor. It moves when it has cleared; until then a withdrawal is kept
/// back.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/investorFundTransactions",
    tag = "marketplace",
    operation_id = "create_investor_fund_transaction",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::NewInvestorFundTransaction,
    responses(
        (status = 200, body = Envelope<wire::InvestorFundTransaction>),
        (status = 400, description = "`INVALID_INPUT`, `INVESTOR_ID_NULL`, `INVESTOR_ACCOUNT_NOT_FOUND`, `INVESTOR_FUND_TXN_AMT_NULL`, `INVESTOR_FUND_TXN_DATE_NULL`, `INSUFFICIENT_FUNDS`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create(asked: Asked) -> Answer<wire::InvestorFundTransaction> {
    let fields = Fields::of_json(&asked.body)?;
    let (id, stated, day) =
        (fields.text("investorId")?, fields.decimal("amount")?, fields.date("transactionDate")?);
    let (payment_mode, bank_account) = (fields.text("paymentMode")?, fields.text("accountId")?);
    let clears = fields.flag("isCleared")?.unwrap_or(false);
    let investor = lookups::investor(&asked.services.reading, id.as_deref()).await?;
    let new = NewFundTransaction {
        investor_id: investor.id.to_string(),
        amount: StatedAmount(stated.ok_or(DoorError::Named(Named::FundTransactionAmountNull))?),
        transaction_date: day.ok_or(DoorError::Named(Named::FundTransactionDateNull))?,
        payment_mode,
        bank_account,
    };
    let command = MarketCommand::Announce { account: investor.account, new, clears };
    submit(&asked, command).await
}

/// Clears or rejects a fund transaction that was announced. An operation of ours.
#[utoipa::path(
    put,
    path = "/services/apexrest/peer/v1/investorFundTransactions/{id}",
    tag = "marketplace",
    operation_id = "settle_investor_fund_transaction",
    params(
        ("id" = String, Path, description = "15 or 18 characters"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer"),
    ),
    request_body = wire::FundTransactionSettlement,
    responses(
        (status = 200, body = Envelope<wire::InvestorFundTransaction>),
        (status = 400, description = "`INVALID_INPUT`, `INVESTOR_FUND_TXN_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn settle(Id(id): Id, asked: Asked) -> Answer<wire::InvestorFundTransaction> {
    let fields = Fields::of_json(&asked.body)?;
    let is = |name| Ok::<bool, DoorError>(fields.flag(name)?.unwrap_or(false));
    let clears = match (is("isCleared")?, is("isRejected")?) {
        (true, false) => true,
        (false, true) => false,
        (true, true) | (false, false) => return Err(DoorError::row(Row::UnableToParse)),
    };
    let unknown = || DoorError::Named(Named::FundTransactionNotFound);
    let named = ForeignId::parse(&id).ok().and_then(ForeignId::named);
    let named = named.filter(|named| named.kind == ForeignKind::FundTransaction).ok_or_else(unknown)?;
    let found = asked.services.reading.store().fund_transaction(named.part, named.number).await?;
    let found = found.ok_or_else(unknown)?;
    let account = Address { part: found.part, key: found.account };
    submit(&asked, MarketCommand::SettleFund { account, transaction: found.address(), clears }).await
}

async fn submit(asked: &Asked, command: MarketCommand) -> Answer<wire::InvestorFundTransaction> {
    let outcome = asked.submit(Command::Market(Box::new(command))).await;
    let outcome = outcome.map_err(DoorError::of_amount("amount"))?;
    let Done::FundTransaction { transaction } = outcome.done else { return Err(DoorError::Internal) };
    Ok(Json(Envelope::of(vec![wire_of(&transaction)])))
}

fn wire_of(transaction: &FundTransaction) -> wire::InvestorFundTransaction {
    let id = id_of(ForeignKind::FundTransaction, transaction.part, transaction.number);
    let is_withdrawal = transaction.is_withdrawal();
    let figure = if is_withdrawal { -transaction.amount } else { transaction.amount };
    wire::InvestorFundTransaction {
        attributes: attributes("loan__Investor_Fund_Transaction__c", &id),
        id,
        name: format!("IFT-{:08}", transaction.number),
        account: to_18(&transaction.investor_id),
        transaction_type: if is_withdrawal { "Withdrawal" } else { "Deposit" },
        amount: amount(figure, transaction.currency),
        transaction_date: transaction.transaction_date.to_string(),
        payment_mode: transaction.payment_mode.clone(),
        is_cleared: matches!(transaction.state, FundTransactionState::Cleared { .. }),
        is_rejected: matches!(transaction.state, FundTransactionState::Rejected { .. }),
        created_date: instant(transaction.created_at),
        last_modified_date: instant(transaction.last_modified_at),
        created_by_id: user(transaction.created_by),
    }
}

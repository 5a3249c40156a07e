//! Claims of the protection of a loan account: made, listed and taken back. The contract names no routes for them.

use axum::Json;
use loam_app::command::{Address, Command, Done};
use loam_book::application::ProtectType;
use loam_book::application::foreign_id::{ForeignId, ForeignKind};
use loam_book::loan::Loan;
use loam_book::loan::command::{ClaimProtection, LoanCommand, ReversalKind, Reverse};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::transaction::LoanTransaction;

use super::applications::Answer;
use super::asked::{Asked, Id};
use super::error::{DoorError, Named};
use super::fields::Fields;
use super::loan_accounts::TRANSACTIONS;
use super::loan_payments::body_of;
use super::loan_shown::{loan_id, payment_name};
use super::lookups;
use super::protect_wire as wire;
use super::translate::{PROTECT_TYPES, amount, attributes, id_of, instant};
use super::wire::{Envelope, Nothing, PlatformError};

/// Claims the protection: some installments are waived, or with a full claim all that is left, and the loan is
/// written off.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/loanAccounts/protectClaims/{id}",
    tag = "marketplace",
    operation_id = "create_protect_claim",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name"), ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::NewProtectClaim,
    responses(
        (status = 200, body = Envelope<wire::ProtectClaim>),
        (status = 400, description = "`INVALID_INPUT`, `INVALID_JSON_BODY_IN_POST_REQUEST`, `LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn create(Id(id): Id, asked: Asked) -> Answer<wire::ProtectClaim> {
    let claim = claim_of(&body_of(&asked)?)?;
    let loan = lookups::loan(&asked.services.reading, &id).await?;
    submit(&asked, &loan, LoanCommand::ClaimProtection(claim)).await
}

fn claim_of(fields: &Fields) -> Result<ClaimProtection, DoorError> {
    let claimed = fields.text("claimType")?.map(|text| {
        let found = PROTECT_TYPES.iter().find(|(name, _)| *name == text).map(|(_, claimed)| *claimed);
        found.ok_or_else(|| DoorError::from(Refusal::NotSupported(format!("claimType \"{text}\""))))
    });
    let installments = fields.whole("numberOfInstallments")?.map(|count| {
        let impossible =
            |_| DoorError::Exception(format!("numberOfInstallments: {count} installments are not possible"));
        u32::try_from(count).map_err(impossible)
    });
    Ok(ClaimProtection {
        claimed: claimed.transpose()?,
        value_date: fields.date("claimDate")?,
        installments: installments.transpose()?,
        from: fields.date("startDate")?,
        until: fields.date("endDate")?,
        notes: fields.text("notes")?,
    })
}

async fn submit(asked: &Asked, loan: &Loan, command: LoanCommand) -> Answer<wire::ProtectClaim> {
    let address = Address { part: loan.part, key: loan.key };
    let reversed = if let LoanCommand::Reverse(reverse) = &command { Some(reverse.original) } else { None };
    let Done::Loan { loan, transactions } =
        asked.submit(Command::Loan { loan: address, command }).await?.done
    else {
        return Err(DoorError::Internal);
    };
    let shown = match reversed {
        Some(original) => claims_of(asked, &loan).await?.into_iter().find(|row| row.id == original),
        None => transactions.into_iter().rev().find(is_claim),
    };
    let shown = shown.ok_or(DoorError::Internal)?;
    Ok(Json(Envelope::of(vec![shown_of(&loan, &shown)?])))
}

/// The claims of a loan account, the oldest first, those that were taken back too; of 2,000 transactions at most.
#[utoipa::path(
    get,
    path = "/services/apexrest/peer/v1/loanAccounts/protectClaims/{id}",
    tag = "marketplace",
    operation_id = "list_protect_claims",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name")),
    responses(
        (status = 200, body = Envelope<wire::ProtectClaim>),
        (status = 400, description = "`LOAN_ACCOUNT_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn list(Id(id): Id, asked: Asked) -> Answer<wire::ProtectClaim> {
    let loan = lookups::loan(&asked.services.reading, &id).await?;
    let claims = claims_of(&asked, &loan).await?;
    let shown = claims.iter().rev().map(|row| shown_of(&loan, row)).collect::<Result<_, _>>()?;
    Ok(Json(Envelope::of(shown)))
}

/// Takes a claim back: what was waived is asked for again, and a loan that was written off runs on.
#[utoipa::path(
    post,
    path = "/services/apexrest/peer/v1/loanAccounts/protectClaims/{id}/reversal",
    tag = "marketplace",
    operation_id = "reverse_protect_claim",
    params(("id" = String, Path, description = "The loan account: 15 or 18 characters, or its name"), ("Idempotency-Key" = Option<String>, Header, description = "Names the request; a repetition gets the first answer")),
    request_body = wire::ProtectClaimReversal,
    responses(
        (status = 200, body = Envelope<wire::ProtectClaim>),
        (status = 400, description = "`INVALID_INPUT`, `INVALID_JSON_BODY_IN_POST_REQUEST`, `LOAN_ACCOUNT_NOT_FOUND`, `PROTECT_CLAIM_NOT_FOUND`", body = Envelope<Nothing>),
        (status = 401, description = "`INVALID_SESSION_ID`", body = Vec<PlatformError>),
        (status = 403, description = "`FORBIDDEN`, `REQUEST_LIMIT_EXCEEDED`", body = Vec<PlatformError>),
        (status = 409, description = "The idempotency key was used with other content", body = Envelope<Nothing>),
        (status = 413, description = "`REQUEST_TOO_LARGE`", body = Vec<PlatformError>),
        (status = 500, description = "`API_EXCEPTION`", body = Envelope<Nothing>),
        (status = 503, description = "`SERVER_UNAVAILABLE`", body = Vec<PlatformError>),
    ),
    security(("bearer" = [])),
)]
pub(super) async fn reverse(Id(id): Id, asked: Asked) -> Answer<wire::ProtectClaim> {
    let fields = body_of(&asked)?;
    let (claim, notes) = (fields.text("claimId")?, fields.text("notes")?);
    let loan = lookups::loan(&asked.services.reading, &id).await?;
    let claims = claims_of(&asked, &loan).await?;
    let is_it = |row: &&LoanTransaction| match &claim {
        Some(claim) => is_named(&loan, row, claim),
        None => row.reversed_by.is_none(),
    };
    let found = claims.iter().find(is_it).ok_or(DoorError::Named(Named::ClaimNotFound))?;
    let (kind, original) = (ReversalKind::Claim, found.id);
    let reverse = Reverse { kind, original, account_no: None, notes };
    submit(&asked, &loan, LoanCommand::Reverse(reverse)).await
}

/// By its id of 15 or 18 characters, or its name.
fn is_named(loan: &Loan, row: &LoanTransaction, claim: &str) -> bool {
    let named = ForeignId::parse(claim).ok().and_then(ForeignId::named);
    let is_id = named.is_some_and(|named| {
        named.kind == ForeignKind::LoanPayment && named.part == loan.part && named.number == row.id
    });
    is_id || claim == payment_name(row)
}

fn is_claim(row: &LoanTransaction) -> bool {
    row.details.claim.is_some() && row.reverses.is_none()
}

/// The newest first.
async fn claims_of(asked: &Asked, loan: &Loan) -> Result<Vec<LoanTransaction>, DoorError> {
    let store = asked.services.reading.store();
    let mut rows = store.transactions(loan.part, loan.account_no, TRANSACTIONS).await?;
    rows.retain(is_claim);
    Ok(rows)
}

fn shown_of(loan: &Loan, row: &LoanTransaction) -> Result<wire::ProtectClaim, DoorError> {
    let claim = row.details.claim.as_ref().ok_or(DoorError::Internal)?;
    let id = id_of(ForeignKind::LoanPayment, loan.part, row.id);
    let money = |value| amount(value, loan.terms.currency);
    Ok(wire::ProtectClaim {
        attributes: attributes("peer__Protect_Claim__c", &id),
        id,
        name: payment_name(row),
        loan_account: loan_id(loan),
        claim_type: match claim.claimed {
            ProtectType::Partial => "Partial",
            ProtectType::Full => "Full",
        },
        claim_date: row.value_date.to_string(),
        installments: claim.installments.clone(),
        amount: money(row.amount),
        principal: money(row.split.principal),
        interest: money(row.split.interest),
        fees: money(row.split.fees + row.split.penalties),
        is_reversed: row.reversed_by.is_some(),
        created_date: instant(row.stamp.recorded_at),
    })
}

//! A posted or patched savingsAccount, and what a posted transaction asks of a deposit account.

use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::Holder;
use loam_book::loan::command::NamedTransaction;
use loam_book::savings::command::{
    Move, NewSavings, SavingsCommand, SavingsEdit, SavingsFigures, StartTerm, TakeBackMovement,
};
use loam_book::savings::event::MovementKind;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::currency::Currency;

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;
use super::movement::{Setting, currency, details, original_transaction, value_date};
use super::new_loan::assignment;
use super::savings::upper_case;

/// What of interest a request may not name: no rate follows an index, and no overdraft ends by itself. Nothing
/// is what clients send.
const INTEREST: [&str; 3] = ["interestSpread", "overdraftInterestSpread", "overdraftExpiryDate"];

/// What a posted transaction asks for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// The account is the answer.
    Life(SavingsCommand),
    /// The transaction is the answer.
    Money(SavingsCommand),
    /// To another account: to a loan, or to a deposit account.
    Transfer { to: String, is_loan: bool, wanted: Move },
}

/// A new deposit account of a client or group; its custom field values come from the door.
pub(crate) fn new_savings(
    account: &Fields<'_>,
    holder: Holder,
    catalog: &Catalog,
) -> Result<NewSavings, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidProductId, "productTypeKey");
    let product = account.text_of(&["productTypeKey", "productID"])?;
    let product = product.and_then(|id| catalog.savings_products.find(&id).map(|product| product.key));
    Ok(NewSavings {
        id: account.owned("id")?,
        holder,
        product: product.ok_or_else(unknown)?,
        name: account.owned("name")?,
        notes: account.owned("notes")?,
        assignment: assignment(account, catalog)?,
        currency: currency(account)?,
        figures: figures(account, catalog)?,
        line_of_credit: None,
        custom_values: Vec::new(),
    })
}

fn figures(account: &Fields<'_>, catalog: &Catalog) -> Result<SavingsFigures, DoorError> {
    refuse_interest(account)?;
    let amount = |name| Ok::<_, DoorError>(account.owned(name)?.map(StatedAmount));
    Ok(SavingsFigures {
        allows_overdraft: if account.has("allowOverdraft") {
            Some(account.flag("allowOverdraft")?)
        } else {
            None
        },
        overdraft_limit: amount("overdraftLimit")?,
        max_withdrawal: amount("maxWidthdrawlAmount")?,
        recommended_deposit: amount("recommendedDepositAmount")?,
        target: amount("targetAmount")?,
        interest_rate: rate(account, "interestRate", "interestSettings")?,
        overdraft_rate: rate(account, "overdraftInterestRate", "overdraftInterestSettings")?,
        tax_source: tax_source(account, catalog)?,
    })
}

/// A rate stands in the account, or in its settings.
fn rate(
    account: &Fields<'_>,
    name: &'static str,
    settings: &'static str,
) -> Result<Option<StatedPercent>, DoorError> {
    let mut stated = account.owned(name)?;
    if let Some(settings) = account.object(settings)? {
        stated = stated.or(settings.owned("interestRate")?);
    }
    Ok(stated.map(StatedPercent))
}

/// Key or id of an index.
fn tax_source(account: &Fields<'_>, catalog: &Catalog) -> Result<Option<Key>, DoorError> {
    const SOURCE: &str = "withholdingTaxSourceKey";
    let Some(named) = account.text(SOURCE)? else { return Ok(None) };
    let found = catalog.index_rates.find(&named).map(|source| source.key);
    found.map(Some).ok_or_else(|| DoorError::at(ReturnCode::InvalidWithholdingTaxSourceType, SOURCE))
}

fn refuse_interest(account: &Fields<'_>) -> Result<(), DoorError> {
    let says_nothing = |text: &str| text.chars().all(|c| matches!(c, '0' | '.'));
    for name in INTEREST {
        if account.text(name)?.is_some_and(|text| !says_nothing(&text)) {
            return Err(DoorError::disabled(name));
        }
    }
    match account.object("interestSettings")? {
        Some(settings) => refuse_interest(&settings),
        None => Ok(()),
    }
}

/// What an update changes; its custom field values come from the door.
pub(crate) fn savings_edit(account: &Fields<'_>, catalog: &Catalog) -> Result<SavingsEdit, DoorError> {
    Ok(SavingsEdit {
        name: account.owned("name")?,
        notes: account.changed_text("notes")?,
        figures: figures(account, catalog)?,
        custom_values: None,
    })
}

/// Reads a posted transaction; the currency that the caller believes the account to have comes with it.
pub(crate) fn asked(
    fields: &Fields<'_>,
    setting: Setting<'_>,
) -> Result<(Asked, Option<Currency>), DoorError> {
    let missing = || DoorError::at(ReturnCode::MissingTypeParameter, "type");
    let kind = fields.text("type")?.ok_or_else(missing)?;
    let kind = upper_case(&kind);
    let asked = match life(&kind, fields, setting)? {
        Some(command) => Asked::Life(command),
        None => money(&kind, fields, setting)?,
    };
    Ok((asked, currency(fields)?))
}

/// The types that only move the account from state to state.
fn life(kind: &str, fields: &Fields<'_>, setting: Setting<'_>) -> Result<Option<SavingsCommand>, DoorError> {
    let notes = fields.owned("notes")?;
    Ok(Some(match kind {
        "APPROVAL" => SavingsCommand::Approve { notes },
        "UNDO_APPROVAL" => SavingsCommand::UndoApproval { notes },
        "REJECT" => SavingsCommand::Reject { notes },
        "UNDO_REJECT" => SavingsCommand::UndoReject { notes },
        "WITHDRAW" => SavingsCommand::Withdraw { notes },
        "UNDO_WITHDRAWN" | "UNDO_WITHDRAW" => SavingsCommand::UndoWithdraw { notes },
        "CLOSE" => SavingsCommand::Close { notes },
        "UNDO_CLOSE" => SavingsCommand::UndoClose { notes },
        "LOCK" => SavingsCommand::Lock { notes },
        "UNLOCK" => SavingsCommand::Unlock { notes },
        "START_MATURITY" => SavingsCommand::StartTerm(start_term(fields, setting, notes)?),
        "UNDO_MATURITY" => SavingsCommand::UndoTerm { notes },
        _ => return Ok(None),
    }))
}

fn money(kind: &str, fields: &Fields<'_>, setting: Setting<'_>) -> Result<Asked, DoorError> {
    let take_back = |kind| take_back(kind, fields, setting).map(Asked::Money);
    match kind {
        "DEPOSIT" => Ok(Asked::Money(SavingsCommand::Deposit(wanted(fields, setting)?))),
        "WITHDRAWAL" => Ok(Asked::Money(SavingsCommand::TakeOut(wanted(fields, setting)?))),
        "FEE" | "FEE_APPLIED" if fields.has("fees") => Err(DoorError::at(ReturnCode::InvalidFeeKey, "fees")),
        "FEE" | "FEE_APPLIED" => Ok(Asked::Money(SavingsCommand::ChargeFee(wanted(fields, setting)?))),
        "TRANSFER" => transfer(fields, setting),
        "DEPOSIT_ADJUSTMENT" => take_back(MovementKind::Deposit),
        "WITHDRAWAL_ADJUSTMENT" => take_back(MovementKind::Withdrawal),
        "TRANSFER_ADJUSTMENT" => take_back(MovementKind::Transfer),
        "FEE_ADJUSTMENT" => take_back(MovementKind::Fee),
        "INTEREST_APPLIED" => {
            Ok(Asked::Money(SavingsCommand::ApplyInterest { notes: fields.owned("notes")? }))
        }
        "INTEREST_APPLIED_ADJUSTMENT" => take_back(MovementKind::Interest),
        _ => Err(DoorError::at(ReturnCode::InvalidTransactionType, "type")),
    }
}

/// `date` is the day from which the term counts, `maturityDate` the one on which it ends.
fn start_term(
    fields: &Fields<'_>,
    setting: Setting<'_>,
    notes: Option<String>,
) -> Result<StartTerm, DoorError> {
    Ok(StartTerm { from: value_date(fields, setting)?, matures_on: fields.date("maturityDate")?, notes })
}

fn wanted(fields: &Fields<'_>, setting: Setting<'_>) -> Result<Move, DoorError> {
    let invalid = || DoorError::at(ReturnCode::InvalidDepositAmount, "amount");
    let amount = fields.owned("amount").map_err(|_| invalid())?;
    Ok(Move {
        amount: StatedAmount(amount.ok_or_else(invalid)?),
        value_date: value_date(fields, setting)?,
        details: details(fields, setting)?,
        custom_values: Vec::new(),
    })
}

/// Money for exactly one other account.
fn transfer(fields: &Fields<'_>, setting: Setting<'_>) -> Result<Asked, DoorError> {
    let (savings, loan) = (fields.owned("toSavingsAccount")?, fields.owned("toLoanAccount")?);
    let (to, is_loan) = match (savings, loan) {
        (Some(to), None) => (to, false),
        (None, Some(to)) => (to, true),
        (Some(_), Some(_)) | (None, None) => {
            return Err(DoorError::at(ReturnCode::TransferCantBeMade, "toSavingsAccount"));
        }
    };
    Ok(Asked::Transfer { to, is_loan, wanted: wanted(fields, setting)? })
}

fn take_back(
    kind: MovementKind,
    fields: &Fields<'_>,
    setting: Setting<'_>,
) -> Result<SavingsCommand, DoorError> {
    let missing = || DoorError::at(ReturnCode::MissingOriginalTransactionId, "originalTransactionId");
    let original = fields.text("originalTransactionId")?.ok_or_else(missing)?;
    let NamedTransaction { id: original, account_no } = original_transaction(&original, setting.part)?;
    let notes = fields.owned("notes")?;
    Ok(SavingsCommand::TakeBack(TakeBackMovement { kind, original, account_no, notes }))
}

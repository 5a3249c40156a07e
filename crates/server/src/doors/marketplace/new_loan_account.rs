//! What a new loan account is asked to be: one of itself, or that of a funded application. Kinds of values are checked
//! here, in the order of the contract's table; what they say is decided by the book.

use loam_app::command::{Address, Command, MarketCommand};
use loam_book::application::EodAccrual;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::command::{LoanFigures, NewLoan};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::{Holder, HolderKind};
use loam_book::party::Assignment;
use loam_book::product::GracePeriodType;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::calendar::PeriodUnit;

use super::asked::Asked;
use super::error::{DoorError, Row};
use super::fields::Fields;
use super::lookups;
use super::translate::{EOD_ACCRUALS, choice};

/// The command that makes it.
///
/// # Errors
/// The rows of the contract's table, and what this door does not serve.
pub(super) async fn command_of(asked: &Asked, fields: &Fields) -> Result<Command, DoorError> {
    let command = match fields.text("loanApplication")? {
        Some(application) => conversion(asked, &application).await?,
        None => creation(asked, fields).await?,
    };
    Ok(Command::Market(Box::new(command)))
}

async fn conversion(asked: &Asked, application: &str) -> Result<MarketCommand, DoorError> {
    let found = lookups::application(&asked.services.reading, application).await?;
    let found = found.ok_or_else(|| DoorError::row(Row::LoanApplicationNull))?;
    let borrower = Address { part: found.part, key: found.borrower };
    Ok(MarketCommand::Convert { application: found.address(), borrower })
}

async fn creation(asked: &Asked, fields: &Fields) -> Result<MarketCommand, DoorError> {
    let catalog = &asked.now.catalog;
    let mut not_served = None;
    let figures = figures(fields, &mut not_served)?;
    let (borrower, product) = (fields.text("borrowerId")?, fields.text("loanProductId")?);
    let purpose = lookups::purpose(catalog, fields.text("purpose")?);
    let borrower = lookups::borrower(&asked.services.reading, borrower.as_deref()).await?;
    let product = product.ok_or_else(|| DoorError::row(Row::LoanProductIdNull))?;
    if !purpose.value.is_empty() && purpose.key.is_none() {
        return Err(DoorError::row(Row::LoanPurposeNotValid));
    }
    check_complete(&figures)?;
    if let Some(name) = not_served {
        return Err(Refusal::NotSupported(name).into());
    }
    let product = lookups::product(catalog, Some(product));
    let product = product.key.ok_or(DoorError::from(Refusal::UnknownProduct { value: product.value }))?;
    check_interest_only(&figures, catalog, product)?;
    let holder = Holder { kind: HolderKind::Client, key: borrower.client.key };
    let assignment = Assignment::default();
    let new = NewLoan { id: None, holder, product, name: None, notes: None, assignment, figures };
    Ok(MarketCommand::Open { holder: borrower.client, new: Box::new(new) })
}

/// What the contract marks with a star.
fn check_complete(figures: &LoanFigures) -> Result<(), DoorError> {
    if figures.amount.is_none() {
        return Err(DoorError::row(Row::LoanAmountNotValid));
    }
    if figures.installments.is_none_or(|term| term == 0) {
        return Err(DoorError::row(Row::TermNotValid));
    }
    let dates = [
        ("firstInstallmentDate", figures.first_due_date.is_none()),
        ("expectedDisbursalDate", figures.expected_disbursement_on.is_none()),
    ];
    match dates.into_iter().find(|(_, is_missing)| *is_missing) {
        Some((name, _)) => Err(DoorError::Exception(format!("{name} is null"))),
        None => Ok(()),
    }
}

/// Installments of interest only are the grace period of a product whose grace is of that kind. Of another kind they
/// would be without interest too, and with none the book says no.
fn check_interest_only(figures: &LoanFigures, catalog: &Catalog, product: Key) -> Result<(), DoorError> {
    let forgives = |key| {
        let product = catalog.products.by_key(key);
        product.is_some_and(|product| product.grace_period_type == GracePeriodType::InterestForgiveness)
    };
    if figures.grace_period.is_some_and(|count| count > 0) && forgives(product) {
        let name = "interestOnlyPeriod of a product without interest in its grace period";
        return Err(Refusal::NotSupported(name.to_owned()).into());
    }
    Ok(())
}

const FREQUENCIES: [(&str, (u32, PeriodUnit)); 5] = [
    ("Monthly", (1, PeriodUnit::Months)),
    ("Weekly", (1, PeriodUnit::Weeks)),
    ("Bi-Weekly", (2, PeriodUnit::Weeks)),
    ("Quarterly", (3, PeriodUnit::Months)),
    ("Annual", (12, PeriodUnit::Months)),
];

fn figures(fields: &Fields, not_served: &mut Option<String>) -> Result<LoanFigures, DoorError> {
    if fields.decimal("balloonPayment")?.is_some_and(|value| value != "0") {
        not_served.get_or_insert_with(|| "balloonPayment".to_owned());
    }
    let term = fields.whole("term")?;
    let term =
        term.map(|term| u32::try_from(term).map_err(|_| DoorError::row(Row::TermNotValid))).transpose()?;
    let interest_only = fields.whole("interestOnlyPeriod")?.filter(|count| *count != 0);
    let grace_period = interest_only.and_then(|count| u32::try_from(count).ok());
    if let Some(count) = interest_only.filter(|_| grace_period.is_none()) {
        not_served.get_or_insert_with(|| format!("interestOnlyPeriod {count}"));
    }
    // No fee of the book accrues from day to day.
    let _eod_fee_accrual = fields.flag("eodFeeAccrual")?;
    let frequency = frequency(fields, not_served)?;
    let accrual = choice(fields, "eodAccrualType", &EOD_ACCRUALS, not_served)?;
    Ok(LoanFigures {
        amount: fields.decimal("loanAmount")?.map(StatedAmount),
        interest_rate: fields.decimal("interestRate")?.map(StatedPercent),
        installments: term,
        period_count: frequency.map(|(count, _)| count),
        period_unit: frequency.map(|(_, unit)| unit),
        grace_period,
        first_due_date: fields.date("firstInstallmentDate")?.map(Some),
        expected_disbursement_on: fields.date("expectedDisbursalDate")?.map(Some),
        accrual_through: accrual == Some(EodAccrual::ThroughDate),
        ..LoanFigures::default()
    })
}

/// How often installments fall due; case does not count.
fn frequency(
    fields: &Fields,
    not_served: &mut Option<String>,
) -> Result<Option<(u32, PeriodUnit)>, DoorError> {
    let Some(text) = fields.text("frequencyOfPayment")? else { return Ok(None) };
    let found = FREQUENCIES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text));
    if found.is_none() {
        not_served.get_or_insert_with(|| format!("frequencyOfPayment \"{text}\""));
    }
    Ok(found.map(|(_, every)| *every))
}

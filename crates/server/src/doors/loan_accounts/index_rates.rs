//! Rates of indexes.

use loam_app::command::{Command, Done};
use loam_book::index_rate::{IndexRate, IndexRateError, IndexRateSource};
use loam_book::record::Record;
use loam_calc::rate::Rate;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::Fields;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::organization as translate;

/// `POST /api/indexratesources/{source}/indexrates`.
pub(super) async fn add(At(id): At<String>, asked: Asked) -> Answer {
    let unknown = || DoorError::not_found(ReturnCode::InvalidIndexRateSourceId);
    let source = asked.catalog().index_rates.find(&id).ok_or_else(unknown)?;
    let rate = index_rate(&asked.entity(asked.fields()?, "indexRate")?)?;
    let changed = source.with_rate(rate, asked.business_date()).map_err(refused)?;
    let changed = IndexRateSource { last_modified_at: asked.services.clock.now(), ..changed };
    let record = Box::new(Record::IndexRateSource(changed));
    let command = Command::ChangeRecord { record, catalog_version: asked.catalog().version };
    let Done::Record { record } = asked.submit(command).await?.done else {
        unreachable!("a command on a record gives a record")
    };
    let Record::IndexRateSource(changed) = *record else { unreachable!("the record keeps its kind") };
    let added = changed.rates.last().expect("it was added");
    reply::posted(&translate::index_rate(added, &changed, asked.actor().user_key))
}

fn index_rate(fields: &Fields<'_>) -> Result<IndexRate, DoorError> {
    let no_date = || DoorError::at(ReturnCode::InvalidIndexRateStartDate, "startDate");
    let invalid = || DoorError::at(ReturnCode::InvalidInterestRate, "rate");
    let rate = fields.text("rate")?.ok_or_else(invalid)?;
    Ok(IndexRate {
        start_date: fields.date("startDate")?.ok_or_else(no_date)?,
        rate: Rate::parse_percent(&rate).map_err(|_| invalid())?,
        notes: fields.owned("notes")?,
    })
}

fn refused(error: IndexRateError) -> DoorError {
    let code = match error {
        IndexRateError::NotAfterLast { .. } => ReturnCode::StartDateBeforeLastIndexReviewedDate,
        IndexRateError::InThePast { .. } => ReturnCode::InvalidIndexRateStartDate,
    };
    DoorError::at(code, "startDate")
}

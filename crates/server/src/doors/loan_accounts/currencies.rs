//! Currencies and their exchange rates.

use std::collections::BTreeSet;

use loam_app::command::{Command, Done};
use loam_book::actor::Permission;
use loam_book::exchange::{ExchangeRate, ExchangeRateError, ExchangeRates};
use loam_book::record::Record;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::Fields;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::organization as translate;
use super::translate::page::{page, slice};

/// `GET /api/currencies`: the base currency, and with `includeForeign` those of products and those
/// with rates too.
pub(super) async fn list(asked: Asked) -> Answer {
    let query = asked.query()?;
    let base = asked.now.state.currency;
    let foreign = if query.flag("includeForeign")? { foreign(&asked) } else { BTreeSet::new() };
    let rows = slice(std::iter::once(base).chain(foreign), page(&query)?);
    reply::ok(&rows.map(|row| translate::currency(row, base)).collect::<Vec<_>>())
}

/// `GET /api/currencies/{currency}`.
pub(super) async fn show(At(code): At<String>, asked: Asked) -> Answer {
    let base = asked.now.state.currency;
    let found = std::iter::once(base).chain(foreign(&asked)).find(|currency| currency.code() == code);
    reply::ok(&translate::currency(found.ok_or_else(unknown)?, base))
}

/// Currencies of products and of rates other than the base currency, by code.
fn foreign(asked: &Asked) -> BTreeSet<Currency> {
    let base = asked.now.state.currency;
    let catalog = asked.catalog();
    let of_products = catalog.products.iter().map(|product| product.currency);
    let all = of_products.chain(catalog.exchange_rates.iter().map(|rates| rates.currency));
    all.filter(|currency| *currency != base).collect()
}

fn unknown() -> DoorError {
    DoorError::not_found(ReturnCode::InvalidCurrencyCode)
}

fn named(code: &str) -> Result<Currency, DoorError> {
    Currency::from_code(&code.to_ascii_uppercase()).map_err(|_| unknown())
}

/// `GET /api/currencies/{currency}/rates`: the newest first.
pub(super) async fn rates(At(code): At<String>, asked: Asked) -> Answer {
    let page = page(&asked.query()?)?;
    let currency = named(&code)?;
    let kept = asked.catalog().exchange_rates.find(currency.code());
    let rates = kept.map_or(&[][..], |kept| &kept.rates);
    reply::ok(&slice(rates.iter().rev(), page).map(translate::exchange_rate).collect::<Vec<_>>())
}

/// `POST /api/currencies/{currency}/rates`: JSON, in an envelope `exchangeRate` or without one, or a form.
pub(super) async fn add_rate(At(code): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::Administration)?;
    let currency = named(&code)?;
    let fields = asked.fields()?;
    let enveloped = fields.object("exchangeRate")?;
    let rate = rate(&asked, enveloped.as_ref().unwrap_or(&fields))?;
    let catalog = asked.catalog();
    let kept = catalog.exchange_rates.find(currency.code()).map(|kept| kept.as_ref().clone());
    let now = asked.services.clock.now();
    let is_new = kept.is_none();
    let before = kept.unwrap_or_else(|| ExchangeRates::none(currency, now));
    let here = (asked.now.state.currency, asked.business_date());
    let changed = before.with_rate(rate, here).map_err(refused)?;
    let changed = Box::new(Record::ExchangeRates(ExchangeRates { last_modified_at: now, ..changed }));
    let command = if is_new {
        Command::CreateRecord(changed)
    } else {
        Command::ChangeRecord { record: changed, catalog_version: catalog.version }
    };
    let Done::Record { .. } = asked.submit(command).await?.done else {
        unreachable!("a command on a record gives a record")
    };
    reply::posted(&translate::exchange_rate(&rate))
}

fn rate(asked: &Asked, fields: &Fields<'_>) -> Result<ExchangeRate, DoorError> {
    let figure = |name: &'static str| {
        let invalid = || DoorError::at(ReturnCode::InvalidExchangeRateValue, name);
        let text = fields.text(name)?.ok_or_else(invalid)?;
        Exact::parse_decimal_text(&text).map_err(|_| invalid())
    };
    Ok(ExchangeRate {
        start_date: fields.date("startDate")?.unwrap_or(asked.business_date()),
        buy: figure("buyRate")?,
        sell: figure("sellRate")?,
    })
}

fn refused(error: ExchangeRateError) -> DoorError {
    use ReturnCode as Code;
    match error {
        ExchangeRateError::OwnCurrency => DoorError::new(Code::RateToSameCurrency),
        ExchangeRateError::NotPositive => DoorError::new(Code::InvalidExchangeRateValue),
        ExchangeRateError::BuyAboveSell => DoorError::at(Code::BuyRateGreaterThanSellRate, "buyRate"),
        ExchangeRateError::InTheFuture { .. } => DoorError::at(Code::StartDateInFuture, "startDate"),
        ExchangeRateError::BeforeLast { .. } => DoorError::at(Code::DateBeforeLastRateDate, "startDate"),
        ExchangeRateError::OnLast { .. } => DoorError::at(Code::DateOnLastRateDate, "startDate"),
    }
}

//! Constraints of a search: selections, elements and values (contract §5.10).
//!
//! Checks of a constraint, in this order: the data item, the selection, the element, the values.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use loam_app::search::columns::Column;
use loam_app::search::custom::CustomColumn;
use loam_app::search::items::ItemSearch;
use loam_app::search::{Constraint, Direction, LoanFact, LoanSearch, Test, Value};
use loam_calc::exact::Exact;

use super::super::error::DoorError;
use super::super::fields::{self, Fields};
use super::super::return_codes::ReturnCode as Code;

mod agreed;
pub(crate) mod clients;
mod custom;
mod dates;
pub(crate) mod entries;
pub(crate) mod groups;
pub(crate) mod lines_of_credit;
pub(crate) mod messages;
pub(crate) mod savings;
pub(crate) mod savings_transactions;
mod selections;
pub(crate) mod transactions;

pub(crate) use custom::CustomFields;
pub(crate) use selections::Kind;
use selections::{Selected, select};

/// The most constraints of one search.
const MAX_CONSTRAINTS: usize = 100;

/// The days that relative dates are counted from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Today {
    pub(crate) business_date: Date,
    pub(crate) now: Timestamp,
}

impl Today {
    /// The day in UTC, by the clock.
    fn utc(self) -> Date {
        TimeZone::UTC.to_datetime(self.now).date()
    }
}

/// Selections of the contract, by data item and name. `None`: there is no such item. `Some(None)`: the item has no such
/// selection.
pub(crate) type Native<F> = fn(Option<&str>, &str) -> Option<Option<(F, Kind)>>;

/// A custom field as something that is searched by.
type OfCustom<F> = fn(CustomColumn) -> F;

/// What something is searched by.
pub(crate) struct Selections<'a, F> {
    pub(crate) native: Native<F>,
    /// The items that stand for what is searched itself.
    pub(crate) own: &'static [&'static str],
    /// `None`: nothing of it is searched by custom fields.
    pub(crate) custom: Option<(CustomFields<'a>, OfCustom<F>)>,
}

/// The search of loans that a body asks for.
pub(crate) fn loan_search(
    body: &Fields<'_>,
    custom: CustomFields<'_>,
    today: Today,
) -> Result<LoanSearch, DoorError> {
    let of_custom = |column| Selected::Loan(LoanFact::Column(Column::Custom(column)));
    let selections = Selections { native: select, own: &["LOANS"], custom: Some((custom, of_custom)) };
    let mut search = LoanSearch::default();
    for (selected, test) in selections.constraints(body, today)? {
        match selected {
            Selected::Loan(fact) => search.constraints.push(Constraint { fact, test }),
            Selected::Tranche(fact) => search.of_a_tranche.push(Constraint { fact, test }),
        }
    }
    search.order = match selections.order(body)? {
        Some((Selected::Loan(fact), direction)) => Some((fact, direction)),
        // A loan has several tranches, and no place by one of them.
        Some((Selected::Tranche(_), _)) => return Err(DoorError::new(Code::ColumnNotSortable)),
        None => None,
    };
    Ok(search)
}

/// The search of other items that a body asks for.
pub(crate) fn item_search<F>(
    body: &Fields<'_>,
    selections: &Selections<'_, F>,
    today: Today,
) -> Result<ItemSearch<F>, DoorError> {
    let constraints = selections.constraints(body, today)?;
    let constraints = constraints.into_iter().map(|(fact, test)| Constraint { fact, test }).collect();
    let order = selections.order(body)?;
    Ok(ItemSearch { constraints, order, within: Vec::new(), credit_officer: None })
}

impl<F> Selections<'_, F> {
    /// Those of the contract alone.
    pub(crate) fn native(native: Native<F>) -> Self {
        Selections { native, own: &[], custom: None }
    }

    fn constraints(&self, body: &Fields<'_>, today: Today) -> Result<Vec<(F, Test)>, DoorError> {
        let constraints = body.objects("filterConstraints")?;
        if constraints.len() > MAX_CONSTRAINTS {
            return Err(DoorError::at(Code::TooManyFiltersProvided, "filterConstraints"));
        }
        let constraint = |stated: &Fields<'_>| {
            let (selected, kind) = self.selection(stated)?;
            Ok((selected, test(stated, kind, today)?))
        };
        constraints.iter().map(constraint).collect()
    }

    fn selection(&self, stated: &Fields<'_>) -> Result<(F, Kind), DoorError> {
        let name = stated.text("filterSelection")?.unwrap_or_default();
        let item = stated.text("dataItemType")?.map(|item| item.to_ascii_uppercase());
        let found = self.find(stated, &name)?;
        let found =
            found.ok_or_else(|| DoorError::at(Code::InvalidFilterDataItemType, item.unwrap_or_default()))?;
        let unknown = || DoorError::at(Code::InvalidFilterSelection, name.into_owned());
        found.ok_or_else(unknown)
    }

    fn order(&self, body: &Fields<'_>) -> Result<Option<(F, Direction)>, DoorError> {
        let Some(details) = body.object("sortDetails")? else { return Ok(None) };
        let Some(name) = details.text("sortingColumn")? else { return Ok(None) };
        let found = self.find(&details, &name)?.flatten();
        let (fact, _) = found.ok_or_else(|| DoorError::at(Code::InvalidSortingColumn, name.into_owned()))?;
        let order = details.text("sortingOrder")?.map(|order| order.to_ascii_uppercase());
        let direction = match order.as_deref() {
            None | Some("ASCENDING") => Direction::Ascending,
            Some("DESCENDING") => Direction::Descending,
            Some(other) => return Err(DoorError::at(Code::InvalidSortingOrder, other.to_owned())),
        };
        Ok(Some((fact, direction)))
    }

    /// What a name stands for, with the data item and the kind of field that are stated beside it.
    fn find(&self, stated: &Fields<'_>, name: &str) -> Result<Option<Option<(F, Kind)>>, DoorError> {
        let item = stated.text("dataItemType")?.map(|item| item.to_ascii_uppercase());
        let kind = stated.text("dataFieldType")?;
        let native = (self.native)(item.as_deref(), &name.to_ascii_uppercase());
        if native.is_none() || !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("CUSTOM")) {
            return Ok(native);
        }
        if item.is_some_and(|item| !self.own.contains(&item.as_str())) {
            return Ok(Some(None));
        }
        let Some((custom, of_custom)) = self.custom else { return Ok(Some(None)) };
        let column = custom.find(name.trim())?;
        Ok(Some(column.map(|column| (of_custom(column), Kind::Custom(column)))))
    }
}

/// What the element and its values ask of a selection of this kind.
fn test(stated: &Fields<'_>, kind: Kind, today: Today) -> Result<Test, DoorError> {
    let name = stated.text("filterElement")?.unwrap_or_default().to_ascii_uppercase();
    let not_possible = || DoorError::at(Code::InvalidFilterElement, name.clone());
    match name.as_str() {
        "EMPTY" if kind != Kind::Flag => return Ok(Test::Empty),
        "NOT_EMPTY" if kind != Kind::Flag => return Ok(Test::NotEmpty),
        _ => {}
    }
    let like = kind.like();
    if let Kind::Date | Kind::Instant = like {
        let dates = dates::range(&name, stated, (like == Kind::Instant).then(|| today.utc()), today)?;
        let test = dates.ok_or_else(not_possible)?.test(like == Kind::Instant);
        return Ok(if let Kind::Custom(column) = kind { custom::of_days(test, column) } else { test });
    }
    let is_figure = matches!(like, Kind::Decimal | Kind::Number);
    let value = || value_of(stated, "value", Code::InvalidFilterValue, kind);
    Ok(match name.as_str() {
        "EQUALS" => Test::Is(value()?),
        "DIFFERENT_THAN" => Test::IsNot(value()?),
        "EQUALS_CASE_SENSITIVE" if like == Kind::Text => Test::IsExactly(text(stated, "value")?),
        "STARTS_WITH" if like == Kind::Text => Test::StartsWith(text(stated, "value")?),
        "MORE_THAN" if is_figure => Test::Above(single(value()?)?),
        "LESS_THAN" if is_figure => Test::Below(single(value()?)?),
        "BETWEEN" if is_figure => {
            let second = value_of(stated, "secondValue", Code::InvalidFilterSecondValue, kind)?;
            Test::Between(single(value()?)?, single(second)?)
        }
        "IN" if matches!(like, Kind::Key | Kind::Choice(_)) => Test::Is(values(stated, kind)?),
        _ => return Err(not_possible()),
    })
}

fn text(stated: &Fields<'_>, name: &'static str) -> Result<String, DoorError> {
    let value = stated.text(name)?.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    value.ok_or_else(|| DoorError::at(Code::InvalidFilterValue, name))
}

fn single(values: Vec<Value>) -> Result<Value, DoorError> {
    values.into_iter().next().ok_or_else(|| DoorError::at(Code::InvalidFilterValue, "value"))
}

fn value_of(
    stated: &Fields<'_>,
    name: &'static str,
    code: Code,
    kind: Kind,
) -> Result<Vec<Value>, DoorError> {
    let invalid = || DoorError::at(code, name);
    let text = stated.text(name)?.ok_or_else(invalid)?;
    parse(text.trim(), kind).ok_or_else(invalid)
}

/// Those of `values`, or `value` with commas between them.
fn values(stated: &Fields<'_>, kind: Kind) -> Result<Vec<Value>, DoorError> {
    let invalid = || DoorError::at(Code::InvalidFilterValues, "values");
    let listed = stated.texts("values")?;
    let named = match &listed {
        Some(listed) => listed.iter().map(AsRef::as_ref).map(str::to_owned).collect::<Vec<String>>(),
        None => {
            let text = stated.text("value")?.ok_or_else(invalid)?;
            text.split(',').map(|name| name.trim().to_owned()).collect()
        }
    };
    if named.is_empty() {
        return Err(invalid());
    }
    let parsed: Option<Vec<Vec<Value>>> = named.iter().map(|name| parse(name, kind)).collect();
    parsed.map(|values| values.into_iter().flatten().collect()).ok_or_else(invalid)
}

/// What a text stands for; a name of the contract may stand for several states of the book.
fn parse(text: &str, kind: Kind) -> Option<Vec<Value>> {
    let one = |value: Value| Some(vec![value]);
    match kind {
        Kind::Text => one(Value::Text(text.to_owned())),
        Kind::Key => one(Value::Key(text.parse().ok()?)),
        Kind::Number => one(Value::Number(text.parse().ok()?)),
        Kind::Decimal => one(Value::Decimal(Exact::parse_decimal_text(text).ok()?)),
        Kind::Flag if text.eq_ignore_ascii_case("true") => one(Value::Flag(true)),
        Kind::Flag if text.eq_ignore_ascii_case("false") => one(Value::Flag(false)),
        Kind::Flag => None,
        Kind::Choice(named) => {
            let choices = named(&text.to_ascii_uppercase())?;
            Some(choices.into_iter().map(Value::Choice).collect())
        }
        Kind::Custom(column) => one(custom::parse(text, column)?),
        Kind::Date | Kind::Instant => None,
    }
}

/// The day of a date or date-time, as it is written.
fn day(stated: &Fields<'_>, name: &'static str, code: Code) -> Result<Date, DoorError> {
    let text = stated.text(name)?.ok_or_else(|| DoorError::at(code, name))?;
    fields::date(&text).ok_or_else(|| DoorError::at(code, name))
}

/// So many days before a day.
fn days_before(date: Date, days: i64) -> Option<Date> {
    date.checked_sub(days.days()).ok()
}

#[cfg(test)]
mod tests;

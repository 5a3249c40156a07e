use jiff::civil::date;
use loam_app::search::LoanFact;
use loam_app::search::columns::Column;
use loam_book::actor::Actor;
use loam_book::catalog::Catalog;
use loam_book::custom_field::CustomFieldType;
use loam_book::ids::{Key, Part};
use loam_book::rights::Bounds;

use super::*;

/// Thursday, by the book; by the clock it is Friday already.
fn today() -> Today {
    Today { business_date: date(2024, 2, 29), now: "2024-03-01T00:30:00Z".parse().unwrap() }
}

fn actor() -> Actor {
    Actor {
        user_key: Key::entity(Part::new(0), 1, 1),
        username: "ana".to_owned(),
        is_administrator: true,
        permissions: Vec::new(),
        only_own_clients: false,
        bounds: Bounds::default(),
        role: None,
    }
}

fn searched(body: &str) -> Result<LoanSearch, (u16, Option<String>)> {
    let error = |error: DoorError| (error.code() as u16, error.source().map(str::to_owned));
    let fields = Fields::of_json(body.as_bytes()).map_err(error)?;
    let custom =
        CustomFields { catalog: &Catalog::default(), actor: &actor(), of: CustomFieldType::LoanAccountInfo };
    loan_search(&fields, custom, today()).map_err(error)
}

fn one(selection: &str, element: &str, rest: &str) -> Result<Test, u16> {
    let body = format!(
        r#"{{"filterConstraints":[{{"filterSelection":"{selection}","filterElement":"{element}"{rest}}}]}}"#
    );
    let search = searched(&body).map_err(|(code, _)| code)?;
    Ok(search.constraints.into_iter().next().expect("one constraint").test)
}

#[test]
fn relative_dates_count_from_the_business_date_and_creation_from_the_clock() {
    let days = |from, to| Ok(Test::Between(Value::Date(from), Value::Date(to)));
    assert_eq!(one("CLOSED_DATE", "TODAY", ""), days(date(2024, 2, 29), date(2024, 2, 29)));
    assert_eq!(one("CLOSED_DATE", "THIS_WEEK", ""), days(date(2024, 2, 26), date(2024, 3, 3)));
    assert_eq!(one("CLOSED_DATE", "THIS_MONTH", ""), days(date(2024, 2, 1), date(2024, 2, 29)));
    assert_eq!(one("CLOSED_DATE", "THIS_YEAR", ""), days(date(2024, 1, 1), date(2024, 12, 31)));
    let last = one("CLOSED_DATE", "LAST_DAYS", r#","value":"3""#);
    assert_eq!(last, days(date(2024, 2, 27), date(2024, 2, 29)));
    let instant = |text: &str| Value::Instant(text.parse().unwrap());
    let month = Test::Between(instant("2024-03-01T00:00:00Z"), instant("2024-03-31T23:59:59.999999Z"));
    assert_eq!(one("CREATION_DATE", "THIS_MONTH", ""), Ok(month));
}

#[test]
fn each_mistake_has_its_code() {
    assert_eq!(one("NO_SUCH", "EQUALS", ""), Err(2100));
    assert_eq!(one("LOAN_AMOUNT", "STARTS_WITH", r#","value":"1""#), Err(2101));
    assert_eq!(one("LOAN_AMOUNT", "SOMEHOW", ""), Err(2101));
    assert_eq!(one("LOAN_AMOUNT", "EQUALS", ""), Err(2102));
    assert_eq!(one("LOAN_AMOUNT", "EQUALS", r#","value":"much""#), Err(2102));
    assert_eq!(one("LOAN_AMOUNT", "BETWEEN", r#","value":"1""#), Err(2103));
    assert_eq!(one("ACCOUNT_STATE", "EQUALS", r#","value":"SLEEPING""#), Err(2102));
    assert_eq!(one("ACCOUNT_STATE", "IN", r#","values":["ACTIVE","SLEEPING"]"#), Err(2099));
    assert_eq!(one("ACCOUNT_STATE", "IN", r#","values":[]"#), Err(2099));
    assert_eq!(one("LOAN_AMOUNT", "EQUALS", r#","value":"1","dataItemType":"SAVINGS""#), Err(2105));
    assert_eq!(one("LOAN_AMOUNT", "EQUALS", r#","value":"1","dataFieldType":"CUSTOM""#), Err(2100));
    assert_eq!(one("WAS_REFINANCED", "EMPTY", ""), Err(2101));
    assert_eq!(one("CLOSED_DATE", "LAST_DAYS", r#","value":"0""#), Err(2102));
}

#[test]
fn a_list_is_a_list_or_has_commas() {
    let listed = one("ACCOUNT_STATE", "IN", r#","values":["ACTIVE","APPROVED"]"#);
    assert_eq!(listed, one("ACCOUNT_STATE", "IN", r#","value":"ACTIVE, APPROVED""#));
}

#[test]
fn several_constraints_and_an_order_are_taken() {
    let body = r#"{"filterConstraints":[
        {"filterSelection":"ACCOUNT_ID","filterElement":"STARTS_WITH","value":"AB"},
        {"filterSelection":"AMOUNT","dataItemType":"TRANCHE","filterElement":"EQUALS","value":"100"}],
        "sortDetails":{"sortingColumn":"ACCOUNT_ID","sortingOrder":"DESCENDING"}}"#;
    let search = searched(body).unwrap();
    assert_eq!((search.constraints.len(), search.of_a_tranche.len()), (1, 1));
    assert_eq!(search.order, Some((LoanFact::Column(Column::Id), Direction::Descending)));
    let sorted =
        |details: &str| searched(&format!(r#"{{"sortDetails":{details}}}"#)).map_err(|(code, _)| code);
    assert_eq!(sorted(r#"{"sortingColumn":"NO_SUCH"}"#).unwrap_err(), 2117);
    assert_eq!(sorted(r#"{"sortingColumn":"AMOUNT","dataItemType":"TRANCHE"}"#).unwrap_err(), 2118);
    assert_eq!(sorted(r#"{"sortingColumn":"ACCOUNT_ID","sortingOrder":"UP"}"#).unwrap_err(), 2119);
}

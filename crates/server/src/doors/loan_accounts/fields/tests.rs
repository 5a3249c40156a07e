use super::*;
use jiff::civil::date as day;

fn json(text: &str) -> Fields<'_> {
    Fields::of_json(text.as_bytes()).expect("the text is a JSON object")
}

#[test]
fn names_are_matched_without_regard_to_case() {
    let fields = Fields::of_form(b"clientID=8&BRANCHid=2").unwrap();
    assert_eq!(fields.text("clientId").unwrap().as_deref(), Some("8"));
    assert_eq!(fields.text("branchId").unwrap().as_deref(), Some("2"));
}

#[test]
fn an_amount_stays_the_text_that_was_written() {
    let fields = json(r#"{"a":950.10,"b":"25.45","c":12345678901234567890.123456789}"#);
    assert_eq!(fields.text("a").unwrap().as_deref(), Some("950.10"));
    assert_eq!(fields.text("b").unwrap().as_deref(), Some("25.45"));
    assert_eq!(fields.text("c").unwrap().as_deref(), Some("12345678901234567890.123456789"));
}

#[test]
fn null_and_empty_are_not_given() {
    let fields = json(r#"{"method":null,"notes":"","date":null}"#);
    assert_eq!(fields.text("method").unwrap(), None);
    assert_eq!(fields.text("notes").unwrap(), None);
    assert_eq!(fields.date("date").unwrap(), None);
    assert_eq!(fields.changed_date("date").unwrap(), Some(None));
    assert_eq!(fields.changed_date("other").unwrap(), None);
}

#[test]
fn numbers_booleans_and_texts_stand_for_each_other() {
    let fields = json(r#"{"a":5,"b":"5","c":5.0,"d":true,"e":"True","f":false}"#);
    for name in ["a", "b", "c"] {
        assert_eq!(fields.count(name).unwrap(), Some(5), "{name}");
    }
    assert!(fields.flag("d").unwrap() && fields.flag("e").unwrap() && !fields.flag("f").unwrap());
}

#[test]
fn a_wrong_type_is_named() {
    let fields = json(r#"{"count":"five","flag":"maybe","notes":{"a":1},"loanAccount":3}"#);
    let check = |error: DoorError, name: &str| {
        assert_eq!((error.code(), error.source()), (ReturnCode::InvalidParameters, Some(name)));
    };
    check(fields.count("count").unwrap_err(), "count");
    check(fields.flag("flag").unwrap_err(), "flag");
    check(fields.text("notes").unwrap_err(), "notes");
    check(fields.object("loanAccount").unwrap_err(), "loanAccount");
}

#[test]
fn broken_json_is_told_from_json_of_another_shape() {
    let code = |text: &str| Fields::of_json(text.as_bytes()).unwrap_err().code();
    assert_eq!(code("{\"a\":"), ReturnCode::InvalidJsonSyntax);
    assert_eq!(code("{\"a\":1}x"), ReturnCode::InvalidJsonSyntax);
    assert_eq!(code("{\"a\":[1,}"), ReturnCode::InvalidJsonSyntax);
    assert_eq!(code("[1]"), ReturnCode::InvalidParameters);
}

#[test]
fn every_form_of_a_date_gives_the_day_that_was_written() {
    for text in [
        "2012-10-04",
        "2012-10-04T11:03:31",
        "2012-10-04T23:33:20+0000",
        "2012-10-04T00:00:00+0200",
        "2012-10-04T00:00:00+02:00",
        "2012-10-04T00:00:00Z",
        "2012-10-04T00:00:00.123-0500",
    ] {
        assert_eq!(date(text), Some(day(2012, 10, 4)), "{text}");
    }
}

#[test]
fn what_is_no_date_is_refused() {
    for text in [
        "",
        "2012-10-4",
        "2012-13-01",
        "2012-02-30",
        "04/10/2012",
        "2012-10-04T25:00:00",
        "2012-10-04+0000",
        "20121004",
        "2012-10-04T00:00:00+2",
    ] {
        assert_eq!(date(text), None, "{text}");
    }
}

#[test]
fn days_of_the_month_come_as_numbers_texts_or_a_list_in_one_text() {
    assert_eq!(
        json(r#"{"fixedDaysOfMonth":["1"]}"#).small_numbers("fixedDaysOfMonth").unwrap(),
        Some(vec![1])
    );
    assert_eq!(
        json(r#"{"fixedDaysOfMonth":[2,10]}"#).small_numbers("fixedDaysOfMonth").unwrap(),
        Some(vec![2, 10])
    );
    let form = Fields::of_form(b"fixedDaysOfMonth=2,10,20").unwrap();
    assert_eq!(form.small_numbers("fixedDaysOfMonth").unwrap(), Some(vec![2, 10, 20]));
    assert_eq!(form.small_numbers("other").unwrap(), None);
}

#[test]
fn the_body_goes_before_the_query() {
    let query = Fields::of_form(b"type=LOCK&notes=query").unwrap();
    let both = query.overlaid_by(json(r#"{"type":"UNLOCK"}"#));
    assert_eq!(both.text("type").unwrap().as_deref(), Some("UNLOCK"));
    assert_eq!(both.text("notes").unwrap().as_deref(), Some("query"));
}

#[test]
fn empty_lists_and_objects_are_not_had() {
    let fields = json(r#"{"a":[ ],"b":{},"c":null,"d":[{"e":1}],"f":""}"#);
    let has: Vec<bool> = ["a", "b", "c", "d", "f", "g"].iter().map(|name| fields.has(name)).collect();
    assert_eq!(has, [false, false, false, true, false, false]);
}

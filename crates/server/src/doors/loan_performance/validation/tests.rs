use super::*;

use super::rules::Rule::{
    Array, Boolean, Characters, Date, DateTime, Digits, Email, In, Integer, IntegerOrFalse, Items, List, Max,
    Min, Plain, Required, RequiredWith, RequiredWithout, Text,
};

/// What the rules say of the attribute `first_name` with this value, JSON; empty: it is left out.
fn said(rules: &'static [Rule], value: &str) -> Vec<String> {
    let body = if value.is_empty() { "{}".to_owned() } else { format!("{{\"first_name\": {value}}}") };
    sentences(&[Field { name: "first_name", rules }], &body)
}

fn sentences(fields: &[Field], body: &str) -> Vec<String> {
    let mut errors = Errors::default();
    check(fields, &Object::of_json(body.as_bytes()).unwrap(), "", &mut errors);
    let shown = serde_json::to_value(&errors).unwrap();
    let all = shown.as_object().unwrap().values().flat_map(|said| said.as_array().unwrap().clone());
    all.map(|sentence| sentence.as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn refused(rules: &'static [Rule], values: &[&str], sentence: &str) {
    for value in values {
        assert_eq!(said(rules, value), [sentence], "{value}");
    }
}

#[track_caller]
fn admitted(rules: &'static [Rule], values: &[&str]) {
    for value in values {
        assert_eq!(said(rules, value), Vec::<String>::new(), "{value}");
    }
}

#[test]
fn required_wants_something_there() {
    refused(
        &[Required, Integer],
        &["", "null", "\"\"", "\" \"", "[]", "{}"],
        "The first name field is required.",
    );
    admitted(&[Required], &["0", "false", "\"0\"", "[0]", "{\"a\": 1}"]);
}

#[test]
fn what_is_not_required_may_be_left_out_or_null() {
    const ALL: &[Rule] =
        &[Text, Integer, Boolean, Array, Min(1), In(|_| false), Date, DateTime, Digits(9), Email];
    admitted(ALL, &["", "null", "\"\"", "\"  \""]);
}

#[test]
fn required_with_and_without_look_at_another_attribute() {
    const FIELDS: &[Field] = &[
        Field { name: "lead_id", rules: &[RequiredWithout("management_system_id"), Integer] },
        Field { name: "management_system_id", rules: &[RequiredWithout("lead_id"), Integer] },
        Field { name: "returned_at", rules: &[RequiredWith("return_code"), DateTime] },
    ];
    let neither = [
        "The lead id field is required when management system id is not present.",
        "The management system id field is required when lead id is not present.",
    ];
    for body in ["{}", r#"{"lead_id": null, "management_system_id": ""}"#] {
        assert_eq!(sentences(FIELDS, body), neither, "{body}");
    }
    assert_eq!(sentences(FIELDS, r#"{"lead_id": 1}"#), Vec::<String>::new());
    assert_eq!(sentences(FIELDS, r#"{"management_system_id": 0, "lead_id": null}"#), Vec::<String>::new());
    assert_eq!(
        sentences(FIELDS, r#"{"lead_id": 1, "return_code": "R01"}"#),
        ["The returned at field is required when return code is present."]
    );
}

#[test]
fn integers_may_be_texts_and_have_no_fraction() {
    admitted(
        &[Integer],
        &["0", "75000", "-5", "\"75000\"", "\" 75000 \"", "\"+5\"", "\"-0\"", "750.0", "9223372036854775807"],
    );
    let refusals = [
        "750.5",
        "\"750.5\"",
        "\"7e2\"",
        "1e400",
        "\"007\"",
        "\"abc\"",
        "true",
        "false",
        "[1]",
        "{\"a\": 1}",
        "9223372036854775808",
        "\"٧\"",
        "\"+\"",
        "\"--1\"",
        "\"0x1A\"",
    ];
    refused(&[Integer], &refusals, "The first name must be an integer.");
}

#[test]
fn an_integer_or_false_is_nothing_else() {
    admitted(&[IntegerOrFalse], &["false", "0", "\"30\""]);
    refused(&[IntegerOrFalse], &["true", "1.5", "\"false\""], "The first name must be an integer or false.");
}

#[test]
fn bounds_of_numbers_belong_to_them() {
    admitted(&[Integer, Min(0), Max(1_000)], &["0", "\"0\"", "1000"]);
    refused(&[Integer, Min(0)], &["-1", "\"-1\""], "The first name must be at least 0.");
    refused(&[Integer, Max(1_000)], &["1001"], "The first name must not be greater than 1000.");
    let both = ["The first name must be an integer.", "The first name must be at least 0."];
    assert_eq!(said(&[Integer, Min(0)], "-750.5"), both);
    assert_eq!(said(&[Integer, Min(0)], "\"-0.5\""), both);
    assert_eq!(said(&[Integer, Min(0)], "750.5"), both[..1]);
}

#[test]
fn texts_have_so_many_characters_and_no_controls() {
    admitted(&[Text, Characters(3), Plain], &["\"abc\"", "\"é€x\"", "\"  abc  \"", "\"{L}\""]);
    refused(&[Text, Characters(3)], &["\"abcd\""], "The first name must not be greater than 3 characters.");
    refused(
        &[Text, Characters(3)],
        &["5", "true", "[\"a\"]", "{\"a\": 1}"],
        "The first name must be a string.",
    );
    refused(&[Text, Plain], &["\"a\\u0000\"", "\"a\\nb\""], "The first name format is invalid.");
}

#[test]
fn words_are_matched_exactly() {
    const WORD: &[Rule] = &[In(|word| word == "Past Due")];
    admitted(WORD, &["\"Past Due\"", "\" Past Due \""]);
    refused(
        WORD,
        &["\"past due\"", "\"PastDue\"", "8", "true", "[\"Past Due\"]"],
        "The selected first name is invalid.",
    );
}

#[test]
fn a_day_exists_and_has_one_form() {
    admitted(&[Date], &["\"2021-09-25\"", "\"2024-02-29\""]);
    let refusals = [
        "\"2021-02-30\"",
        "\"2023-02-29\"",
        "\"2021-9-25\"",
        "\"25-09-2021\"",
        "\"2021-09-25T00:00:00Z\"",
        "\"20210925\"",
        "20210925",
        "\"2021/09/25\"",
        "\"2021-13-01\"",
        "\"+021-09-25\"",
        "\"２021-09-2\"",
        "true",
    ];
    refused(&[Date], &refusals, "The first name does not match the format Y-m-d.");
}

#[test]
fn an_instant_exists_and_says_its_offset() {
    let good = [
        "\"2021-09-25T04:01:57Z\"",
        "\"2021-09-25T04:01:57.123456789123Z\"",
        "\"2021-09-25T04:01:57+02:00\"",
        "\"2021-09-25T04:01:57-0330\"",
        "\"2021-09-25T04:01:57+00\"",
        "\"2021-09-25t04:01:57z\"",
    ];
    admitted(&[DateTime], &good);
    let bad = [
        "\"2021-09-25\"",
        "\"2021-09-25T04:01:57\"",
        "\"2021-09-25 04:01:57Z\"",
        "\"2021-02-30T04:01:57Z\"",
        "\"2021-09-25T24:00:00Z\"",
        "\"2021-09-25T04:60:00Z\"",
        "\"2021-09-25T04:01:60Z\"",
        "\"2021-09-25T04:01Z\"",
        "\"2021-09-25T04:01:57.Z\"",
        "\"2021-09-25T04:01:57+25:00\"",
        "\"2021-09-25T04:01:57+02:60\"",
        "\"2021-09-25T04:01:57+2\"",
        "\"2021-09-25T04:01:57+é0:0\"",
        "\"yesterday at this time!\"",
        "1632542517",
        "\"2021-09-25T04:01:57ZZ\"",
        "\"9999-12-31T23:59:59-23:00\"",
    ];
    refused(&[DateTime], &bad, "The first name is not a valid date.");
}

#[test]
fn instants_are_kept_in_utc_without_fractions() {
    let read = |text: &str| instant(&Value::Text(text.to_owned())).map(|at| at.to_string());
    assert_eq!(read("2021-09-25T04:01:57.999Z").as_deref(), Some("2021-09-25T04:01:57Z"));
    assert_eq!(read("2021-09-25T04:01:57+02:00").as_deref(), Some("2021-09-25T02:01:57Z"));
    assert_eq!(read("2021-09-25T04:01:57-0330").as_deref(), Some("2021-09-25T07:31:57Z"));
}

#[test]
fn booleans_arrays_digits_and_emails() {
    admitted(&[Boolean], &["true", "false", "0", "1", "\"0\"", "\"1\""]);
    refused(&[Boolean], &["\"true\"", "2", "[0]"], "The first name field must be true or false.");
    admitted(&[Array], &["[1]", "{\"a\": 1}"]);
    refused(&[Array], &["\"a\"", "1", "true"], "The first name must be an array.");
    refused(&[List], &["{\"a\": 1}", "\"a\""], "The first name must be an array.");
    refused(&[List, Items(2)], &["[1, 2, 3]"], "The first name must not have more than 2 items.");
    admitted(&[Digits(9)], &["\"078051120\"", "123456789"]);
    refused(
        &[Digits(9)],
        &["\"078-05-1120\"", "12345678", "\"07805112x\"", "-12345678"],
        "The first name must be 9 digits.",
    );
    admitted(&[Email], &["\"ana@example.com\""]);
    refused(&[Email], &["\"ana\"", "5"], "The first name must be a valid email address.");
}

#[test]
fn nested_attributes_are_dotted() {
    let mut errors = Errors::default();
    let fields = [Field { name: "lead_id", rules: &[RequiredWithout("management_system_id")] }];
    check(&fields, &Object::default(), "customers.0.loans.1.", &mut errors);
    let shown = serde_json::to_value(&errors).unwrap();
    let sentence = "The customers.0.loans.1.lead id field is required when \
                    customers.0.loans.1.management system id is not present.";
    assert_eq!(shown["customers.0.loans.1.lead_id"][0], sentence);
}

#[test]
fn what_is_no_object_has_no_members_and_what_is_no_json_is_malformed() {
    for body in ["", " ", "[]", "5", "\"text\"", "null"] {
        assert!(Object::of_json(body.as_bytes()).unwrap().get("a").is_none(), "{body}");
    }
    for body in ["{", "{\"a\":}", "{} {}", "loan_id=5", "{\"a\": \"\\ud800\"}", "\u{feff}{}"] {
        assert!(Object::of_json(body.as_bytes()).is_err(), "{body}");
    }
    assert!(Object::of_json(b"{\"a\": \"\xff\"}").is_err(), "no UTF-8");
}

#[test]
fn a_body_may_nest_deeply_where_nobody_looks() {
    let deep = format!("{{\"loan_id\": {}{}, \"lead_id\": 5}}", "[".repeat(100_000), "]".repeat(100_000));
    let object = Object::of_json(deep.as_bytes()).unwrap();
    assert_eq!(object.get("lead_id").and_then(integer), Some(5));
    assert_eq!(
        sentences(&[Field { name: "loan_id", rules: &[Text] }], &deep),
        ["The loan id must be a string."]
    );
}

#[test]
fn of_two_members_with_one_name_the_last_counts() {
    let object = Object::of_json(br#"{"lead_id": 1, "lead\u005fid": 2}"#).unwrap();
    assert_eq!(object.get("lead_id").and_then(integer), Some(2));
}

#[test]
fn a_form_has_texts_and_lists() {
    let object = Object::of_form(b"lead_id=5&loan_id=&map_ids%5B%5D=m1&map_ids[]=m2").unwrap();
    assert_eq!(object.get("lead_id").and_then(integer), Some(5));
    assert_eq!(object.get("loan_id"), Some(&Value::Null));
    let list = object.get("map_ids").and_then(Value::elements).unwrap();
    assert_eq!(list, [Value::Text("m1".to_owned()), Value::Text("m2".to_owned())]);
}

use loam_book::template::TemplateType;

use super::*;

fn members(text: &str) -> Members {
    Members::of_json(text.as_bytes()).unwrap()
}

#[test]
fn figures_keep_the_text_that_was_written() {
    let members = members(r#"{"a": 12345678901234567890.10, "b": "1.50", "c": null}"#);
    let figure = |name| members.figure(name, |text| Ok::<_, String>(text.to_owned())).unwrap();
    assert_eq!(figure("a").as_deref(), Some("12345678901234567890.10"));
    assert_eq!(figure("b").as_deref(), Some("1.50"));
    assert_eq!(figure("c"), None);
    assert_eq!(figure("d"), None);
}

#[test]
fn a_body_that_is_no_object_is_malformed() {
    for text in ["", "[]", "null", "{", "\"a\"", "{\"a\":}"] {
        let error = Members::of_json(text.as_bytes()).unwrap_err();
        assert_eq!(error.parts(), (400, "malformed_json", ""), "{text}");
    }
}

#[test]
fn values_of_another_kind_are_refused_by_name() {
    let members =
        members(r#"{"text": 5, "count": -1, "flag": "yes", "date": "2024-1-31", "list": {}, "object": []}"#);
    let check = |error: DoorError, field: &str| assert_eq!(error.parts(), (400, "invalid_member", field));
    check(members.text("text").unwrap_err(), "text");
    check(members.count("count").unwrap_err(), "count");
    check(members.flag("flag").unwrap_err(), "flag");
    check(members.date("date").unwrap_err(), "date");
    check(members.list("list").unwrap_err(), "list");
    check(members.object("object").unwrap_err(), "object");
}

#[test]
fn numbers_and_flags_may_be_texts() {
    let members = members(r#"{"count": "12", "flag": "true"}"#);
    assert_eq!(members.count("count"), Ok(Some(12)));
    assert_eq!(members.flag("flag"), Ok(Some(true)));
}

#[test]
fn a_date_is_a_calendar_day_and_nothing_more() {
    let date = |text: &str| members(&format!("{{\"d\":\"{text}\"}}")).date("d");
    assert_eq!(
        date("2024-02-29").map(|date| date.map(|date| date.to_string())),
        Ok(Some("2024-02-29".to_owned()))
    );
    for text in ["2023-02-29", "2024-02-29T00:00:00", "20240229", "29.02.2024", ""] {
        assert_eq!(date(text).unwrap_err().parts(), (400, "invalid_member", "d"), "{text}");
    }
}

#[test]
fn a_patch_goes_into_objects_and_null_takes_away() {
    let present = members(r#"{"a": "1", "b": {"c": "2", "d": "3"}, "e": [1]}"#);
    let patch = members(r#"{"a": null, "b": {"c": null, "f": 4}, "e": [2]}"#);
    let merged = present.merged_with(patch);
    assert!(!merged.has("a"));
    let inner = merged.object("b").unwrap();
    assert_eq!((inner.has("c"), inner.has("d"), inner.count("f")), (false, true, Ok(Some(4))));
    assert_eq!(merged.list("e").unwrap().unwrap()[0].get(), "2");
}

#[test]
fn a_member_in_both_places_must_say_the_same() {
    let same = members(r#"{"rate": 5, "settings": {"rate": "5"}}"#).lowered("settings", &["rate"]).unwrap();
    assert!(!same.has("rate") && same.object("settings").unwrap().has("rate"));
    let other = members(r#"{"rate": 6, "settings": {"rate": "5"}}"#).lowered("settings", &["rate"]);
    assert_eq!(other.unwrap_err().parts(), (400, "contradicting_members", "rate"));
}

#[test]
fn a_null_beside_the_object_takes_the_member_inside_away() {
    let present = members(r#"{"settings": {"rate": "5"}}"#);
    let patch = members(r#"{"rate": null}"#).lowered("settings", &["rate"]).unwrap();
    assert!(!present.merged_with(patch).object("settings").unwrap().has("rate"));
}

#[test]
fn a_name_that_is_not_stored_is_answered_with_those_that_are() {
    let error = members(r#"{"type": "ACCOUNT"}"#).stored::<TemplateType>("type").unwrap_err();
    let text = format!("{error:?}");
    assert!(text.contains("LOAN_ACCOUNT") && !text.contains("at line"), "{text}");
}

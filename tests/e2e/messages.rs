//! Messages: the book sends none, so searches are valid and find nothing, and nothing is sent again.

use serde_json::json;

use crate::book::on_both;

const SEARCH: &str = "/api/notifications/messages/search";

#[test]
fn messages_are_searched_and_none_is_found() {
    on_both(|book| {
        let by = |selection: &str, element: &str, value: &str| {
            json!({"filterConstraints": [{"filterSelection": selection, "filterElement": element,
                "value": value, "dataFieldType": "NATIVE"}]})
        };
        let found = |body| assert_eq!(book.admin.post(SEARCH, &body).expect(200).json(), json!([]));
        found(json!({"filterConstraints": []}));
        found(by("EVENT", "EQUALS", "LOAN_CREATED"));
        found(by("RECIPIENT_USER_KEY", "EMPTY", ""));
        found(by("STATE", "IN", "SENT,FAILED"));
        found(by("CREATION_DATE", "AFTER", "2012-06-28"));
        for (path, body, name) in [
            (SEARCH, by("COLOUR", "EQUALS", "1"), "INVALID_FILTER_SELECTION"),
            (SEARCH, by("STATE", "EQUALS", "LOST"), "INVALID_FILTER_VALUE"),
            (
                "/api/notifications/messages/search?limit=x",
                by("EVENT", "EQUALS", "1"),
                "INVALID_PAGINATION_LIMIT_VALUE",
            ),
        ] {
            let answer = book.admin.post(path, &body);
            assert_eq!(
                (answer.status, &answer.json()["returnStatus"]),
                (400, &json!(name)),
                "{}",
                answer.text
            );
        }
        let clerk = book.user_with("clerk", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        clerk.post(SEARCH, &json!({"filterConstraints": []})).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn nothing_is_there_to_be_sent_again() {
    on_both(|book| {
        let one = "8a80808a5317de22015317de5b94034c";
        let other = "8a80806852f38c860152f38de0ad0019";
        let many: Vec<String> = (0..101).map(|number| format!("{number:032x}")).collect();
        for (body, code, name, source) in [
            (
                json!({"action": "resend", "identifiers": [one, other]}),
                2502,
                "INVALID_COMMUNICATION_MESSAGE_ENCODED_KEY",
                json!(one),
            ),
            (
                json!({"action": "RESEND", "identifiers": [one, other, one]}),
                2442,
                "DUPLICATED_NOTIFICATION_ENCODED_KEY",
                json!(one),
            ),
            (
                json!({"action": "resend", "identifiers": many}),
                2443,
                "MAXIMUM_NUMBER_OF_NOTIFICATIONS_TO_RESEND_EXCEEDED",
                json!(null),
            ),
            (
                json!({"action": "resend", "identifiers": []}),
                31,
                "MISSING_REQUIRED_PARAMETER",
                json!("identifiers"),
            ),
            (json!({"identifiers": [one]}), 31, "MISSING_REQUIRED_PARAMETER", json!("action")),
            (json!({"action": "burn", "identifiers": [one]}), 4, "INVALID_PARAMETERS", json!("action")),
        ] {
            let answer = book.admin.post("/api/notifications", &body);
            answer.expect_refusal(400, code, name);
            assert_eq!(answer.json()["errorSource"], source);
        }
    });
}

//! The sample of the contract's own page, byte for byte.

use loam_tests::database::BOTH;
use serde_json::{Value, json};

use super::lender::{Start, lender};

const REQUEST: &str = include_str!("../../fixtures/repayment_data/add_loan_repayment_data.json");
const ANSWER: &str = include_str!("../../fixtures/repayment_data/add_loan_repayment_data.answer.json");

const CREATED: Start = Start { at: Some("2024-07-20T12:34:35.459Z"), has_test_book: false };
const REPORTED: Start = Start { at: Some("2024-07-20T12:37:40.506Z"), has_test_book: false };
const REPORTED_AGAIN: Start = Start { at: Some("2024-07-21T12:37:40.506Z"), has_test_book: false };

/// The first place where an answer has not the shape of the sample. A null in the sample stands for
/// anything; ids and times have its length.
fn difference(path: &str, actual: &Value, sample: &Value) -> Option<String> {
    match (actual, sample) {
        (_, Value::Null) | (Value::Number(_), Value::Number(_)) | (Value::Array(_), Value::Array(_)) => None,
        (Value::Object(members), Value::Object(wanted)) => wanted.iter().find_map(|(name, wanted)| {
            let path = format!("{path}.{name}");
            let Some(found) = members.get(name) else { return Some(format!("{path} is missing")) };
            difference(&path, found, wanted)
        }),
        (Value::Bool(found), Value::Bool(wanted)) if found == wanted => None,
        (Value::String(found), Value::String(wanted)) if found.len() == wanted.len() => None,
        (found, wanted) => Some(format!("{path} is {found}, not like {wanted}")),
    }
}

#[test]
fn the_sample_gets_its_documented_answer_and_sent_again_leaves_one_loan() {
    for kind in BOTH {
        println!("on {kind:?}");
        let sample: Value = serde_json::from_str(ANSWER).expect("the sample is JSON");
        let business = json!({"id": sample["data"]["businessId"], "timeZone": "Africa/Lagos",
            "doublesSeconds": true});
        let lender = lender(kind, CREATED, &business);
        let client = json!({"clientId": "60d21b4667d0d8992e610c85", "externalClientId": "1234567890"});
        lender.secret.post("/v1/api/clients", &client).expect(201);

        let lender = lender.restarted(REPORTED);
        let send = || lender.secret.send("PUT", "/v1/api/clients/loans", Some("application/json"), REQUEST);
        let first = send().expect(200).json();
        assert_eq!(first["message"], sample["message"]);
        assert_eq!(first["statusCode"], 200);
        assert_eq!(difference("", &first, &sample), None);
        let data = &first["data"];
        assert_eq!(difference("loan", &data["loans"][0], &sample["data"]["loans"][0]), None);
        for member in [
            "externalReferenceId",
            "businessId",
            "createdAt",
            "lastModifiedAt",
            "_createdAt",
            "_lastModifiedAt",
        ] {
            assert_eq!(data[member], sample["data"][member], "{member}");
        }
        assert_eq!((&data["clientId"], &data["id"]), (&client["clientId"], &client["clientId"]));
        let loan = &data["loans"][0];
        for member in ["_createdAt", "_lastModifiedAt"] {
            assert_eq!(loan[member], sample["data"]["loans"][0][member], "{member}");
        }
        // Its first four bytes are the second of the report, as in the sample.
        assert!(loan["id"].as_str().is_some_and(|id| id.starts_with("669baf94")), "{loan}");

        // What was reported is shown as it was said.
        let request: Value = serde_json::from_str(REQUEST).expect("the sample is JSON");
        for (member, said) in request.as_object().expect("an object") {
            if !["clientId", "installmentRepayments"].contains(&member.as_str()) {
                assert_eq!(&loan[member], said, "{member}");
            }
        }
        let (shown, said) = (&loan["installmentRepayments"][0], &request["installmentRepayments"][0]);
        for member in ["dueDate", "datePaid", "status"] {
            assert_eq!(shown[member], said[member], "{member}");
        }
        for member in ["amountDue", "amountPaid"] {
            assert_eq!(shown[member]["amount"], said[member]["amount"]);
            assert_eq!(shown[member]["currency"], said[member]["currency"]);
            assert_eq!(shown[member]["_id"].as_str().map(str::len), Some(24));
        }

        let lender = lender.restarted(REPORTED_AGAIN);
        let again = lender.secret.send("PUT", "/v1/api/clients/loans", Some("application/json"), REQUEST);
        let again = again.expect(200).json()["data"].clone();
        assert_eq!(again["loans"].as_array().map(Vec::len), Some(1));
        let second = &again["loans"][0];
        for member in ["_id", "id", "createdAt", "_createdAt", "amount"] {
            assert_eq!(second[member], loan[member], "{member}");
        }
        assert_eq!(second["installmentRepayments"][0]["_id"], shown["_id"]);
        assert_eq!(second["lastModifiedAt"], "2024-07-21T12:37:40.506Z");
        assert_eq!(second["_lastModifiedAt"], "2024-07-21T13:37:4040+01:00");
        assert_eq!((&loan["__v"], &second["__v"]), (&json!(0), &json!(1)));
        assert_eq!(again["lastModifiedAt"], "2024-07-21T12:37:40.506Z");
        assert_eq!(again["createdAt"], data["createdAt"]);
        lender.assert_proven();
    }
}

#[test]
fn amounts_are_shown_with_exactly_their_digits() {
    for kind in BOTH {
        println!("on {kind:?}");
        let lender = lender(kind, Start::default(), &json!({"timeZone": "Africa/Lagos"}));
        let client = json!({"clientId": "60d21b4667d0d8992e610c85", "externalClientId": "1"});
        lender.secret.post("/v1/api/clients", &client).expect(201);
        // The nearest float of this amount is another number.
        let body = REQUEST.replacen("10000", "9007199254740.93", 1);
        let answer = lender.secret.send("PUT", "/v1/api/clients/loans", None, &body).expect(200);
        assert!(answer.text.contains("\"amount\":9007199254740.93,"), "{}", answer.text);
        assert!(answer.text.contains("\"amount\":833.33,"), "{}", answer.text);
        // Local times are correct unless the business wants them otherwise.
        let shown = answer.json()["data"]["_lastModifiedAt"].clone();
        let local = shown.as_str().expect("a text");
        assert!(local.len() == 25 && local.ends_with("+01:00"), "{local}");
    }
}

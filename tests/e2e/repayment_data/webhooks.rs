//! What a business hears when a loan of one of its clients was reported.

use loam_tests::listener::Listener;
use serde_json::{Value, json};

use super::lender::{on_both, report};

#[test]
fn a_report_is_told_in_the_words_of_this_door() {
    on_both(|lender| {
        let listener = Listener::start();
        let place = format!("/loam/v1/businesses/{}", lender.id);
        lender.admin.patch(&place, &json!({"webhookUrl": listener.base})).expect(200);
        let client = lender.client("A");
        let reported = lender.reports(&report(&client));
        let heard = listener.wait_for(1);
        assert_eq!(heard[0].method, "POST");
        for header in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            assert!(heard[0].header(header).is_some_and(|value| !value.is_empty()), "{header}");
        }
        let told: Value = serde_json::from_str(&heard[0].body).expect("the webhook is JSON");
        assert_eq!(told["type"], "client.loan.updated");
        assert_eq!(told["timestamp"], reported["loans"][0]["lastModifiedAt"]);
        assert_eq!(told["data"]["loan"], reported["loans"][0]);
        let mut without_loans = reported.clone();
        without_loans.as_object_mut().expect("an object").remove("loans");
        assert_eq!(told["data"]["client"], without_loans);
    });
}

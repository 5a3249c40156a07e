//! Webhooks: a business hears of each report, signed, again when it did not listen, and by replay.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use loam_tests::database::{BOTH, Database};
use loam_tests::http::Caller;
use loam_tests::listener::{Heard, Listener};
use loam_tests::server::Server;
use loam_tests::wait::until;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::book::{FIRST_DAY, text};

/// A business that listens, and what it was given once.
struct Told {
    business: String,
    caller: Caller,
    test_caller: Caller,
    secret: String,
    test_secret: String,
}

fn business(server: &Server, listener: &Listener) -> Told {
    let body = json!({"name": "Listener", "webhookUrl": format!("{}/live", listener.base),
        "testWebhookUrl": format!("{}/test", listener.base)});
    let made = server.admin().post("/loam/v1/businesses", &body).expect(201).json();
    let caller = |keys: &str| {
        Caller::anonymous(&server.base).with_header("x-api-key", &text(&made[keys]["secretKey"]))
    };
    Told {
        business: text(&made["id"]),
        caller: caller("liveKeys"),
        test_caller: caller("testKeys"),
        secret: text(&made["webhookSecret"]),
        test_secret: text(&made["testWebhookSecret"]),
    }
}

fn loan(client: &str, status: &str) -> Value {
    json!({"externalClientId": client, "loanReferenceId": "loan_12345", "applicationDate": "2023-01-01",
        "applicationStatus": status, "amount": 10000, "currency": "NGN",
        "tenure": {"value": 12, "interval": "months"}, "totalInstallments": 12,
        "installmentRepayments": [], "loanRepaymentStatus": "not_settled",
        "dateLastInstallmentIsDue": "2024-01-01"})
}

fn report(caller: &Caller, client: &str, status: &str) {
    caller
        .send("PUT", "/v1/api/clients/loans", Some("application/json"), &loan(client, status).to_string())
        .expect(200);
}

/// Panics unless the request was signed with the secret, by the Standard Webhooks convention.
#[track_caller]
fn assert_signed(heard: &Heard, secret: &str) {
    let header = |name: &str| heard.header(name).unwrap_or_else(|| panic!("no {name}: {heard:?}"));
    let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("the prefix")).expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
    let signed = format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), heard.body);
    mac.update(signed.as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(header("webhook-signature"), expected);
}

#[test]
fn a_business_hears_of_each_report_and_again_when_it_did_not_listen() {
    for kind in BOTH {
        println!("on {kind:?}");
        let database = Database::fresh(kind);
        let server = Server::start(&database, &["--business-date", FIRST_DAY, "--test-book", "beside"]);
        let listener = Listener::start();
        let told = business(&server, &listener);
        told.caller.post("/v1/api/clients", &json!({"externalClientId": "c1"})).expect(201);

        listener.answer_with(&[500, 503]);
        report(&told.caller, "c1", "pending");
        let heard = listener.wait_for(3);
        let ids: Vec<_> = heard.iter().map(|heard| heard.header("webhook-id")).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "the same news has the same id: {ids:?}");
        assert!(heard.iter().all(|heard| heard.body == heard_body(&listener)));
        heard.iter().for_each(|heard| assert_signed(heard, &told.secret));
        let body: Value = serde_json::from_str(&heard[0].body).expect("JSON");
        assert_eq!(body["type"], "client.loan.updated");
        assert_eq!(body["data"]["loan"]["loanReferenceId"], "loan_12345");
        assert_eq!((heard[0].method.as_str(), heard[0].path.as_str()), ("POST", "/live"));

        until_quiet(&server, "");
        report(&told.caller, "c1", "approved");
        let heard = listener.wait_for(4);
        assert_ne!(heard[3].header("webhook-id"), ids[0], "news has an id of its own");
        assert!(heard[3].body.contains("\"approved\""), "{}", heard[3].body);

        until_quiet(&server, "");
        let replay = json!({"target": told.business});
        let replayed = server.admin().post("/loam/v1/deliveries/replay", &replay).expect(200).json();
        assert_eq!(replayed["accounts"], 1);
        let heard = listener.wait_for(5);
        assert_eq!(heard[4].header("webhook-id"), heard[3].header("webhook-id"));

        // The book for tests has a webhook and a secret of its own.
        told.test_caller.post("/v1/api/clients", &json!({"externalClientId": "c1"})).expect(201);
        report(&told.test_caller, "c1", "pending");
        let heard = listener.wait_for(6);
        assert_eq!(heard[5].path, "/test");
        assert_signed(&heard[5], &told.test_secret);
        until_quiet(&server, "?realm=test");
    }
}

/// The body of the first request, which its repetitions have too.
fn heard_body(listener: &Listener) -> String {
    listener.wait_for(1)[0].body.clone()
}

fn until_quiet(server: &Server, query: &str) {
    until("everything is told", || {
        let deliveries = server.admin().get(&format!("/loam/v1/deliveries{query}")).expect(200).json();
        let left = [&deliveries["waiting"], &deliveries["unread"]];
        if left.iter().all(|count| **count == json!(0)) { Ok(()) } else { Err(deliveries.to_string()) }
    });
}

//! Keys: who comes in, what the public key may do, and that live and test data never mix.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use super::lender::{Lender, Start, assert_refused, create, on_both, on_both_started, put, report};
use crate::book::text;

const WITH_TEST_BOOK: Start = Start { at: None, has_test_book: true };
const NO_KEY: &str = "Send the key of your business in the header x-api-key";
const WRONG_KEY: &str = "The key in x-api-key is not valid";
const PUBLIC_KEY: &str = "This needs the secret key of your business, not the public one";

/// Every read of the contract, for a client that exists.
const READS: [&str; 11] = [
    "/v1/api/clients",
    "/v1/api/clients/A",
    "/v1/api/clients/phones",
    "/v1/api/clients/A/phones/1",
    "/v1/api/analytics/stats",
    "/v1/api/analytics/loan-stats",
    "/v1/api/analytics/loan-settlement-stats",
    "/v1/clients",
    "/v1/clients/A",
    "/v1/analytics/stats",
    "/v1/analytics/loan-stats",
];

/// Panics unless a caller is kept out of everything with this status and sentence.
#[track_caller]
fn assert_kept_out(lender: &Lender, caller: &Caller, status: u16, message: &str) {
    let before = lender.snapshot();
    for path in READS {
        assert_refused(&caller.get(path), status, message, &[]);
    }
    assert_refused(&put(caller, &report("60d21b4667d0d8992e610c85")), status, message, &[]);
    assert_eq!(lender.snapshot(), before);
}

#[test]
fn nobody_comes_in_without_a_key() {
    on_both(|lender| {
        lender.client("A");
        let anonymous = Caller::anonymous(&lender.server.base);
        assert_kept_out(lender, &anonymous, 401, NO_KEY);
        for wrong in ["sk_live_0", "", " ", "Bearer x", &lender.id] {
            let caller = anonymous.clone().with_header("x-api-key", wrong);
            assert_kept_out(lender, &caller, 401, WRONG_KEY);
        }
        let body = json!({"externalClientId": "B"});
        assert_refused(&anonymous.post("/v1/api/clients", &body), 401, NO_KEY, &[]);
        // The administrator's password is no key of a business.
        assert_refused(&lender.admin.get("/v1/api/clients"), 401, NO_KEY, &[]);
    });
}

#[test]
fn the_public_key_registers_clients_and_sees_nothing() {
    on_both(|lender| {
        lender.client("A");
        assert_kept_out(lender, &lender.public, 403, PUBLIC_KEY);
        let client = create(&lender.public, "B");
        assert_eq!(lender.read("/v1/api/clients/B")["clientId"], json!(client));
        // Who brings an id along may learn what is known under it.
        let known = json!({"externalClientId": "B", "clientId": client});
        assert_refused(&lender.public.post("/v1/api/clients", &known), 403, PUBLIC_KEY, &[]);
        let again = lender.public.post("/v1/api/clients", &json!({"externalClientId": "B"}));
        let taken = "A client with this clientId or externalClientId exists already";
        assert_refused(&again, 409, taken, &[]);
    });
}

#[test]
fn the_key_of_an_inactive_business_opens_nothing() {
    on_both(|lender| {
        lender.client("A");
        let before = lender.snapshot();
        let place = format!("/loam/v1/businesses/{}", lender.id);
        lender.admin.patch(&place, &json!({"isActive": false})).expect(200);
        for path in READS {
            assert_refused(&lender.secret.get(path), 401, WRONG_KEY, &[]);
        }
        lender.admin.patch(&place, &json!({"isActive": true})).expect(200);
        // Two changes of a record, and nothing else.
        let differ = before.iter().zip(lender.snapshot()).filter(|(was, is)| *was != is).count();
        assert_eq!(differ, 1, "only the audit trail has grown");
    });
}

#[test]
fn businesses_do_not_see_each_other() {
    on_both(|lender| {
        let client = lender.client("A");
        lender.reports(&report(&client));
        let other = lender.admin.post("/loam/v1/businesses", &json!({"name": "Another"})).expect(201).json();
        let key = text(&other["liveKeys"]["secretKey"]);
        let other = Caller::anonymous(&lender.server.base).with_header("x-api-key", &key);
        let none = other.get("/v1/api/clients").expect(200).json();
        assert_eq!(none["data"]["docs"], json!([]));
        for path in [format!("/v1/api/clients/{client}"), "/v1/api/clients/A".to_owned()] {
            assert_refused(&other.get(&path), 404, "Client not found", &[]);
        }
        assert_refused(&put(&other, &report(&client)), 404, "Client not found", &[]);
        // The same external id is free for the other business.
        let twin = create(&other, "A");
        assert_ne!(twin, client);
        let shown = put(&other, &report(&twin)).expect(200).json();
        assert_eq!(shown["data"]["loans"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn live_and_test_data_never_mix() {
    on_both_started(WITH_TEST_BOOK, |lender| {
        let live = lender.client("A");
        let test = create(&lender.test_secret, "A");
        let only_test = create(&lender.test_public, "T");
        lender.reports(&report(&live));
        let read = |caller: &Caller, path: &str| caller.get(path).expect(200).json()["data"].clone();
        let (in_live, in_test) =
            (read(&lender.secret, "/v1/api/clients/A"), read(&lender.test_secret, "/v1/api/clients/A"));
        assert_eq!((&in_live["clientId"], &in_live["dataType"]), (&json!(live), &json!("production")));
        assert_eq!((&in_test["clientId"], &in_test["dataType"]), (&json!(test), &json!("sandbox")));
        assert_eq!(in_test["loans"], json!([]));
        for (caller, id) in [
            (&lender.test_secret, &live),
            (&lender.secret, &test),
            (&lender.secret, &only_test),
            (&lender.secret, &"T".to_owned()),
        ] {
            let path = format!("/v1/api/clients/{id}");
            assert_refused(&caller.get(&path), 404, "Client not found", &[]);
        }
        assert_refused(&put(&lender.test_secret, &report(&live)), 404, "Client not found", &[]);
        put(&lender.test_secret, &report(&test)).expect(200);
        let totals = |caller: &Caller| {
            let stats = read(caller, "/v1/api/analytics/stats");
            json!([stats["totalClients"], stats["totalLoanData"]])
        };
        assert_eq!((totals(&lender.secret), totals(&lender.test_secret)), (json!([1, 1]), json!([2, 1])));
        let rows = |table: &str| lender.database.number(&format!("select count(*) from {table}"));
        assert_eq!(
            (rows("subject"), rows("reported_loan")),
            (1, 1),
            "the live book holds the live data only"
        );
    });
}

#[test]
fn without_a_book_for_tests_test_keys_lead_nowhere() {
    on_both(|lender| {
        let message = "Test keys lead nowhere: this server has no book for tests";
        assert_kept_out(lender, &lender.test_secret, 401, message);
    });
}

#[test]
fn rotated_keys_replace_the_old_ones_at_once() {
    on_both_started(WITH_TEST_BOOK, |lender| {
        lender.client("A");
        let place = format!("/loam/v1/businesses/{}/rotate-keys", lender.id);
        let rotated = lender.admin.post(&place, &json!({"realm": "live"})).expect(200).json();
        assert_eq!(rotated.get("testKeys"), None, "{rotated}");
        for old in [&lender.secret, &lender.public] {
            assert_refused(
                &old.post("/v1/api/clients", &json!({"externalClientId": "B"})),
                401,
                WRONG_KEY,
                &[],
            );
        }
        lender.test_secret.get("/v1/api/clients").expect(200);
        let with_key =
            |key: &Value| Caller::anonymous(&lender.server.base).with_header("x-api-key", &text(key));
        let new = with_key(&rotated["liveKeys"]["secretKey"]);
        assert_eq!(new.get("/v1/api/clients/A").expect(200).json()["data"]["externalReferenceId"], "A");
        create(&with_key(&rotated["liveKeys"]["publicKey"]), "B");

        let both = lender.admin.send("POST", &place, None, "").expect(200).json();
        for old in [&lender.test_secret, &lender.test_public, &new] {
            assert_refused(
                &old.post("/v1/api/clients", &json!({"externalClientId": "C"})),
                401,
                WRONG_KEY,
                &[],
            );
        }
        create(&with_key(&both["liveKeys"]["secretKey"]), "C");
        create(&with_key(&both["testKeys"]["secretKey"]), "C");
    });
}

//! Businesses over the native door: created, changed, and their secrets shown once.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use super::lender::{Lender, on_both};
use crate::book::text;

const PLACE: &str = "/loam/v1/businesses";

/// Whether a text stands anywhere in the book, as it is stored.
fn is_stored(lender: &Lender, secret: &str) -> bool {
    let columns = [("record", "body"), ("audit", "was"), ("audit", "became"), ("answer", "outcome")];
    columns.iter().any(|(table, column)| {
        let sql = format!("select count(*) from {table} where {column} like '%{secret}%'");
        lender.database.number(&sql) > 0
    })
}

fn secrets_of(business: &Value) -> Vec<String> {
    let keys =
        ["liveKeys", "testKeys"].map(|pair| [&business[pair]["secretKey"], &business[pair]["publicKey"]]);
    let webhooks = [&business["webhookSecret"], &business["testWebhookSecret"]];
    keys.into_iter()
        .flatten()
        .chain(webhooks)
        .filter_map(|secret| secret.as_str().map(str::to_owned))
        .collect()
}

#[test]
fn secrets_are_shown_once_and_stored_nowhere() {
    on_both(|lender| {
        let body = json!({"name": "B", "webhookUrl": "https://example.com/hook",
            "testWebhookUrl": "http://127.0.0.1:9/hook"});
        let created = lender.admin.post(PLACE, &body).expect(201);
        let business = created.json();
        let one = format!("{PLACE}/{}", text(&business["id"]));
        assert_eq!(created.header("location"), Some(one.as_str()));
        let secrets = secrets_of(&business);
        let prefixes: Vec<&str> = secrets.iter().map(|secret| secret.split_at(6).0).collect();
        assert_eq!(prefixes, ["sk_liv", "pk_liv", "sk_tes", "pk_tes", "whsec_", "whsec_"]);
        for (number, secret) in secrets.iter().enumerate() {
            assert!(secret.len() >= 50, "256 bits do not fit into {secret}");
            assert!(secrets[..number].iter().all(|other| other != secret), "{secret} is given twice");
            assert!(!is_stored(lender, &secret[8..]), "{secret} is stored");
        }
        let read = lender.admin.get(&one).expect(200).json();
        assert_eq!(secrets_of(&read), [""; 0]);
        assert_eq!(read["webhookUrl"], "https://example.com/hook");
        let list = lender.admin.get(PLACE).expect(200);
        assert!(secrets.iter().all(|secret| !list.text.contains(secret.as_str())));
        assert_eq!(list.json().as_array().map(Vec::len), Some(2));
    });
}

#[test]
fn a_repeated_creation_makes_one_business_and_shows_no_secret_again() {
    on_both(|lender| {
        let retrying = lender.admin.clone().with_header("idempotency-key", "business-1");
        let body = json!({"name": "B", "webhookUrl": "https://example.com/hook"});
        let first = retrying.post(PLACE, &body).expect(201).json();
        let second = retrying.post(PLACE, &body).expect(201).json();
        assert_eq!((&second["id"], secrets_of(&second)), (&first["id"], vec![]));
        let key = text(&first["liveKeys"]["secretKey"]);
        Caller::anonymous(&lender.server.base)
            .with_header("x-api-key", &key)
            .get("/v1/api/clients")
            .expect(200);
        // A rotation that is repeated does not rotate again.
        let rotate = format!("{PLACE}/{}/rotate-keys", text(&first["id"]));
        let retrying = lender.admin.clone().with_header("idempotency-key", "rotation-1");
        let rotated = retrying.post(&rotate, &json!({})).expect(200).json();
        let again = retrying.post(&rotate, &json!({})).expect(200).json();
        assert_eq!((secrets_of(&rotated).len(), secrets_of(&again).len()), (4, 0));
        let key = text(&rotated["liveKeys"]["secretKey"]);
        Caller::anonymous(&lender.server.base)
            .with_header("x-api-key", &key)
            .get("/v1/api/clients")
            .expect(200);
    });
}

#[test]
fn a_webhook_keeps_its_secret_until_it_is_rotated_or_gone() {
    on_both(|lender| {
        let place = format!("{PLACE}/{}", lender.id);
        let rotate = format!("{place}/rotate-webhook-secret");
        let none = lender.admin.post(&rotate, &json!({}));
        assert_eq!((none.status, &none.json()["error"]["field"]), (400, &json!("realm")), "{}", none.text);
        let change = |body: Value| lender.admin.patch(&place, &body).expect(200).json();
        let first = change(json!({"webhookUrl": "https://example.com/1"}));
        assert_eq!(secrets_of(&first).len(), 1);
        let moved = change(json!({"webhookUrl": "https://example.com/2"}));
        assert_eq!((&moved["webhookUrl"], secrets_of(&moved)), (&json!("https://example.com/2"), vec![]));
        let rotated = lender.admin.post(&rotate, &json!({"realm": "live"})).expect(200).json();
        assert_eq!(secrets_of(&rotated).len(), 1);
        assert_ne!(secrets_of(&rotated), secrets_of(&first));
        assert_eq!(rotated["webhookUrl"], "https://example.com/2");
        assert_eq!(change(json!({"webhookUrl": null})).get("webhookUrl"), None);
        assert_eq!(secrets_of(&change(json!({"webhookUrl": "https://example.com/3"}))).len(), 1);
    });
}

#[test]
fn a_business_is_changed_member_by_member() {
    on_both(|lender| {
        let place = format!("{PLACE}/{}", lender.id);
        let change = json!({"name": "Renamed", "timeZone": "Africa/Lagos", "doublesSeconds": true,
            "allowedNotification": "webhooks", "readsBook": true});
        let changed = lender.admin.patch(&place, &change).expect(200).json();
        for (member, value) in change.as_object().expect("an object") {
            assert_eq!(&changed[member], value, "{member}");
        }
        assert_eq!(lender.admin.get(&place).expect(200).json(), changed);
        lender.secret.get("/v1/api/clients").expect(200);
        let back = lender.admin.patch(&place, &json!({"timeZone": null, "doublesSeconds": null})).expect(200);
        assert_eq!(json!([back.json()["timeZone"], back.json()["doublesSeconds"]]), json!(["UTC", false]));
        for (body, field) in [
            (json!({"name": null}), "name"),
            (json!({"timeZone": "Lagos"}), "timeZone"),
            (json!({"allowedNotification": "sms"}), "allowedNotification"),
            (json!({"webhookUrl": "http://example.com"}), "webhookUrl"),
            (json!({"id": "60d21b4667d0d8992e610c85"}), "id"),
        ] {
            let answer = lender.admin.patch(&place, &body);
            assert_eq!(
                (answer.status, &answer.json()["error"]["field"]),
                (400, &json!(field)),
                "{}",
                answer.text
            );
        }
        assert_eq!(lender.admin.get(&place).expect(200).json(), back.json());
    });
}

#[test]
fn a_business_may_bring_its_id() {
    on_both(|lender| {
        let body = json!({"name": "B", "id": "667D38938450ddf0f7ea2468"});
        let created = lender.admin.post(PLACE, &body).expect(201).json();
        assert_eq!(created["id"], "667d38938450ddf0f7ea2468");
        lender.admin.post(PLACE, &body).expect(409);
        for (body, field) in
            [(json!({"name": "B", "id": "B"}), "id"), (json!({"id": "667d38938450ddf0f7ea2469"}), "name")]
        {
            let answer = lender.admin.post(PLACE, &body);
            assert_eq!(
                (answer.status, &answer.json()["error"]["field"]),
                (400, &json!(field)),
                "{}",
                answer.text
            );
        }
        assert_eq!(lender.admin.get(PLACE).expect(200).json().as_array().map(Vec::len), Some(2));
    });
}

//! Clients of the token endpoint over the native door: made, read, changed; secrets shown once.

use serde_json::{Value, json};

use super::lender::{Credentials, ask_token, new_client, on_both};

const CLIENTS: &str = "/loam/v1/api-clients";

#[test]
fn a_client_is_made_with_a_secret_that_is_shown_once() {
    on_both(|lender| {
        let body =
            json!({"name": "LMS", "organization": "acme", "scopes": ["dry-run"], "requestsPerMinute": 60});
        let made = lender.admin.post(CLIENTS, &body).expect(201);
        let shown = made.json();
        let id = shown["clientId"].as_str().expect("an id").to_owned();
        assert_eq!(made.header("location"), Some(format!("{CLIENTS}/{id}").as_str()));
        assert_eq!((id.len(), id.matches('-').count()), (36, 4));
        assert_eq!(shown["clientSecret"].as_str().map(str::len), Some(64));
        let mut without = shown.clone();
        without.as_object_mut().expect("an object").remove("clientSecret");
        let path = format!("{CLIENTS}/{id}");
        assert_eq!(lender.admin.get(&path).expect(200).json(), without);
        let key = shown["encodedKey"].as_str().expect("a key");
        assert_eq!(lender.admin.get(&format!("{CLIENTS}/{key}")).expect(200).json(), without);
        let all = lender.admin.get(CLIENTS).expect(200).json();
        assert!(all.as_array().expect("a list").contains(&without));
        assert!(!all.to_string().contains("clientSecret"));
        let defaults = lender.admin.post(CLIENTS, &json!({"name": "plain"})).expect(201).json();
        assert_eq!(defaults["organization"], defaults["clientId"], "an organization of its own");
        assert_eq!(
            (&defaults["realm"], &defaults["scopes"], &defaults["isActive"]),
            (&json!("live"), &json!([]), &json!(true))
        );
    });
}

#[test]
fn a_client_keeps_id_organization_and_realm() {
    on_both(|lender| {
        let path = format!("{CLIENTS}/{}", lender.client.id);
        let change = json!({"name": "renamed", "scopes": ["lead-data", "dry-run"], "requestsPerMinute": 5});
        let changed = lender.admin.patch(&path, &change).expect(200).json();
        for (member, value) in change.as_object().expect("an object") {
            assert_eq!(changed[member], *value);
        }
        // What was read can be sent back.
        assert_eq!(lender.admin.patch(&path, &changed).expect(200).json()["scopes"], changed["scopes"]);
        let cleared =
            lender.admin.patch(&path, &json!({"requestsPerMinute": null, "scopes": null})).expect(200).json();
        assert_eq!((&cleared["requestsPerMinute"], &cleared["scopes"]), (&Value::Null, &json!([])));
        for (body, code, field) in [
            (json!({"clientId": "other"}), "invalid_member", "clientId"),
            (json!({"organization": "other"}), "invalid_member", "organization"),
            (json!({"realm": "test"}), "invalid_member", "realm"),
            (json!({"scopes": ["everything"]}), "not_supported", "scopes"),
            (json!({"requestsPerMinute": -1}), "invalid_member", "requestsPerMinute"),
            (json!({"name": null}), "missing_member", "name"),
        ] {
            let refused = lender.admin.patch(&path, &body).expect(400).json();
            assert_eq!(
                (&refused["error"]["code"], &refused["error"]["field"]),
                (&json!(code), &json!(field))
            );
        }
        lender.admin.patch(&format!("{CLIENTS}/unknown"), &change).expect(404);
        lender.admin.delete(&format!("{CLIENTS}/unknown")).expect(404);
        lender.admin.post(&format!("{CLIENTS}/unknown/rotate-secret"), &json!({})).expect(404);
    });
}

#[test]
fn a_repeated_request_gets_the_first_client_without_the_secret() {
    on_both(|lender| {
        let once = |key: &str| lender.admin.clone().with_header("idempotency-key", key);
        let body = json!({"name": "LMS"});
        let first = once("c").post(CLIENTS, &body).expect(201).json();
        let second = once("c").post(CLIENTS, &body).expect(201).json();
        assert_eq!((&second["clientId"], &second["clientSecret"]), (&first["clientId"], &Value::Null));
        let path = format!("{CLIENTS}/{}/rotate-secret", first["clientId"].as_str().expect("an id"));
        let rotated = once("r").post(&path, &json!({})).expect(200).json();
        let again = once("r").post(&path, &json!({})).expect(200).json();
        assert_eq!(again["clientSecret"], Value::Null);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let renewed = Credentials { id: text(&first["clientId"]), secret: text(&rotated["clientSecret"]) };
        ask_token(&lender.server, &renewed).expect(200);
    });
}

#[test]
fn only_administrators_make_clients() {
    on_both(|lender| {
        for caller in [&lender.caller, &loam_tests::http::Caller::anonymous(&lender.server.base)] {
            caller.get(CLIENTS).expect(401);
            caller.post(CLIENTS, &json!({"name": "mine"})).expect(401);
        }
        let made = new_client(&lender.admin, &json!({"name": "made"}));
        let audited = lender.database.text(
            "select became from audit where command = 'create record' order by recorded_at desc limit 1",
        );
        assert!(audited.contains(&made.id), "{audited}");
        assert!(audited.contains(r#""secret_hash":"""#), "no hash in the audit trail: {audited}");
    });
}

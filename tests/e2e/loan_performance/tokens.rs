//! The token endpoint, and what becomes of tokens: rotation, revocation, scopes, age, realm.

use loam_tests::database::{BOTH, Database};
use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use super::lender::{
    CUSTOMERS, Credentials, Lender, ORGANIZATION, ask_token, caller, customer, loan, new_client, on_both,
    serve, served, token, with_token,
};

const IDS: &str = "/api/v1/lead-data/lead-ids";
const DRY_RUN: &str = "/api/v1/lead-processing/dry-run";

fn unauthenticated(caller: &Caller) {
    let answer = caller.get(IDS);
    assert_eq!((answer.status, answer.json()), (401, json!({"message": "Unauthenticated."})));
    assert!(answer.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")));
}

fn post(lender: &Lender, kind: &str, body: &str) -> Answer {
    Caller::anonymous(&lender.server.base).send("POST", "/oauth/token", Some(kind), body)
}

#[test]
fn a_token_is_given_out_in_the_shape_of_the_contract() {
    on_both(|lender| {
        let answer = ask_token(&lender.server, &lender.client).expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let shown = answer.json();
        let members: Vec<&str> = shown.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(members, ["access_token", "expires_in", "token_type"]);
        assert_eq!((&shown["token_type"], &shown["expires_in"]), (&json!("Bearer"), &json!(3600)));
        let other = token(&lender.server, &lender.client);
        assert_ne!(shown["access_token"], json!(other), "each is a new one");
        with_token(&lender.server, &other).get(IDS).expect(200);

        let Credentials { id, secret } = &lender.client;
        let body = json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
        post(lender, "application/json", &body.to_string()).expect(200);
        post(lender, "application/x-www-form-urlencoded", &body.to_string()).expect(200);
        let basic = Caller::basic(&lender.server.base, id, secret);
        basic.form("/oauth/token", "grant_type=client_credentials").expect(200);
        assert_eq!(
            lender.database.number("select count(*) from access_token where length(token_hash) = 64"),
            6
        );
    });
}

#[test]
fn every_error_of_the_token_endpoint_says_what_is_wrong() {
    on_both(|lender| {
        let Credentials { id, secret } = lender.client.clone();
        let grant = "grant_type=client_credentials";
        let malformed = "The request is missing a required parameter, includes an invalid parameter value, or is otherwise malformed";
        let unsupported = "The authorization grant type is not supported by the authorization server";
        let scope = "The requested scope is invalid, unknown, or malformed";
        let client = "Client authentication failed";
        for (body, status, error, description, hint) in [
            (String::new(), 400, "invalid_request", malformed, Some("Check the `grant_type` parameter")),
            (grant.to_owned(), 400, "invalid_request", malformed, Some("Check the `client_id` parameter")),
            (
                format!("{grant}&client_id={id}"),
                400,
                "invalid_request",
                malformed,
                Some("Check the `client_secret` parameter"),
            ),
            (
                format!("grant_type=password&client_id={id}&client_secret={secret}"),
                400,
                "unsupported_grant_type",
                unsupported,
                Some("Check the `grant_type` parameter"),
            ),
            (format!("{grant}&client_id={id}&client_secret=wrong"), 401, "invalid_client", client, None),
            (format!("{grant}&client_id=wrong&client_secret={secret}"), 401, "invalid_client", client, None),
            (
                format!("{grant}&client_id={id}&client_secret={secret}&scope=dry-run"),
                400,
                "invalid_scope",
                scope,
                Some("Check the `dry-run` scope"),
            ),
        ] {
            let answer = post(lender, "application/x-www-form-urlencoded", &body);
            let mut expected =
                json!({"error": error, "error_description": description, "message": description});
            if let Some(hint) = hint {
                expected["hint"] = json!(hint);
            }
            assert_eq!((answer.status, answer.json()), (status, expected), "{body}");
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
        let basic = Caller::basic(&lender.server.base, &id, "wrong").form("/oauth/token", grant).expect(401);
        assert!(basic.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Basic")));
        let broken = post(lender, "application/json", "{").expect(400);
        assert_eq!(broken.json()["error"], "invalid_request");
        let get = Caller::anonymous(&lender.server.base).get("/oauth/token");
        assert_eq!(get.status, 405);
    });
}

#[test]
fn nobody_is_let_in_without_a_token_of_a_client() {
    on_both(|lender| {
        let anonymous = Caller::anonymous(&lender.server.base);
        unauthenticated(&anonymous);
        unauthenticated(&lender.server.admin());
        let good = token(&lender.server, &lender.client);
        let forged = format!("{}{}", &good[..good.len() - 1], if good.ends_with('0') { '1' } else { '0' });
        let upper = good.to_uppercase();
        for token in ["", "x", &good[..32], &forged, &upper, &lender.client.secret, &lender.client.id] {
            unauthenticated(&with_token(&lender.server, token));
        }
        // What is not let in is not read either.
        let answer = anonymous.send("POST", CUSTOMERS, Some("application/json"), "{");
        assert_eq!(answer.status, 401);
    });
}

#[test]
fn a_new_secret_ends_the_old_one_and_its_tokens() {
    on_both(|lender| {
        let old = token(&lender.server, &lender.client);
        with_token(&lender.server, &old).get(IDS).expect(200);
        let path = format!("/loam/v1/api-clients/{}/rotate-secret", lender.client.id);
        let rotated = lender.admin.post(&path, &json!({})).expect(200).json();
        unauthenticated(&with_token(&lender.server, &old));
        ask_token(&lender.server, &lender.client).expect(401);
        let secret = rotated["clientSecret"].as_str().expect("it is shown once").to_owned();
        let renewed = Credentials { secret, ..lender.client.clone() };
        caller(&lender.server, &renewed).get(IDS).expect(200);
    });
}

#[test]
fn a_revoked_client_is_out_at_once_and_comes_back_with_new_tokens_only() {
    on_both(|lender| {
        let old = token(&lender.server, &lender.client);
        let path = format!("/loam/v1/api-clients/{}", lender.client.id);
        let revoked = lender.admin.delete(&path).expect(200).json();
        assert_eq!(revoked["isActive"], false);
        unauthenticated(&with_token(&lender.server, &old));
        ask_token(&lender.server, &lender.client).expect(401);
        let restored = lender.admin.patch(&path, &json!({"isActive": true})).expect(200).json();
        assert_eq!(restored["isActive"], true);
        unauthenticated(&with_token(&lender.server, &old));
        caller(&lender.server, &lender.client).get(IDS).expect(200);
    });
}

#[test]
fn a_client_may_do_what_its_scopes_say() {
    on_both(|lender| {
        let dry = json!({"email": "ana@example.com"});
        let ask = |caller: &Caller| {
            let customers = caller.post(CUSTOMERS, &customer("1", "A")).status;
            [
                customers,
                caller.get(&format!("{CUSTOMERS}/1")).status,
                caller.get(IDS).status,
                caller.post(DRY_RUN, &dry).status,
            ]
        };
        let with_scopes = |scopes: Value| {
            let body = json!({"name": "one", "organization": scopes.to_string(), "scopes": scopes});
            new_client(&lender.admin, &body)
        };
        for (scopes, expected) in [
            (json!(["dry-run"]), [403, 403, 403, 200]),
            (json!(["lead-data"]), [403, 403, 200, 403]),
            (json!(["loan-performance"]), [201, 200, 403, 403]),
            (json!(["marketplace", "book"]), [403, 403, 403, 403]),
            (json!([]), [201, 200, 200, 200]),
        ] {
            assert_eq!(ask(&caller(&lender.server, &with_scopes(scopes.clone()))), expected, "{scopes}");
        }
        let client = with_scopes(json!(["lead-data", "dry-run"]));
        let caller = caller(&lender.server, &client);
        let refused = caller.post(CUSTOMERS, &json!({}));
        assert_eq!(
            (refused.status, refused.json()),
            (403, json!({"message": "This action is unauthorized."}))
        );
        // Scopes hang on the client and count at once.
        let path = format!("/loam/v1/api-clients/{}", client.id);
        lender.admin.patch(&path, &json!({"scopes": ["loan-performance"]})).expect(200);
        assert_eq!(ask(&caller)[0], 201);
        assert_eq!(caller.get(IDS).status, 403);
    });
}

#[test]
fn a_token_lives_an_hour_and_outlives_the_server() {
    for kind in BOTH {
        let at = |instant: &'static str| {
            move |command: &mut std::process::Command| {
                command.env("LOAM_TEST_MODE", "1").env("LOAM_CLOCK", instant);
            }
        };
        let lender = served(Database::fresh(kind), at("2021-09-25T04:00:00Z"));
        let token = token(&lender.server, &lender.client);
        assert_eq!(lender.server.stop(), Some(0));
        for (instant, status) in [("2021-09-25T04:59:59Z", 200), ("2021-09-25T05:00:00Z", 401)] {
            let server = serve(&lender.database, at(instant));
            assert_eq!(with_token(&server, &token).get(IDS).status, status, "{instant}");
            assert_eq!(server.stop(), Some(0));
        }
    }
}

/// Also where the clock stands still, a secret that is no more gives no token that is worth anything.
#[test]
fn rotation_does_not_depend_on_the_clock() {
    for kind in BOTH {
        let lender = served(Database::fresh(kind), |command| {
            command.env("LOAM_TEST_MODE", "1").env("LOAM_CLOCK", "2021-09-25T04:00:00Z");
        });
        let old = token(&lender.server, &lender.client);
        let path = format!("/loam/v1/api-clients/{}/rotate-secret", lender.client.id);
        lender.admin.post(&path, &json!({})).expect(200);
        unauthenticated(&with_token(&lender.server, &old));
    }
}

#[test]
fn a_client_with_a_limit_is_told_how_much_is_left() {
    for kind in BOTH {
        let lender = served(Database::fresh(kind), |command| {
            command.env("LOAM_TEST_MODE", "1").env("LOAM_CLOCK", "2021-09-25T04:00:15Z");
        });
        assert_eq!(
            lender.caller.get(IDS).header("x-ratelimit-limit"),
            None,
            "there is none unless it is set"
        );
        let path = format!("/loam/v1/api-clients/{}", lender.client.id);
        lender.admin.patch(&path, &json!({"requestsPerMinute": 2})).expect(200);
        for remaining in ["1", "0"] {
            let answer = lender.caller.get(IDS).expect(200);
            let headers = ["x-ratelimit-limit", "x-ratelimit-remaining"].map(|name| answer.header(name));
            assert_eq!(headers, [Some("2"), Some(remaining)]);
        }
        let refused = lender.caller.post(CUSTOMERS, &customer("1", "A"));
        assert_eq!((refused.status, refused.json()), (429, json!({"message": "Too Many Attempts."})));
        let headers =
            ["retry-after", "x-ratelimit-limit", "x-ratelimit-remaining"].map(|name| refused.header(name));
        assert_eq!(headers, [Some("45"), Some("2"), Some("0")]);
        let other = new_client(&lender.admin, &json!({"name": "other"}));
        caller(&lender.server, &other).get(IDS).expect(200);
    }
}

#[test]
fn organizations_see_their_own_customers_only() {
    on_both(|lender| {
        lender.open();
        let same = json!({"name": "second system", "organization": ORGANIZATION});
        let same = caller(&lender.server, &new_client(&lender.admin, &same));
        same.get(&format!("{CUSTOMERS}/1/loans/A")).expect(200);
        assert_eq!(same.get(IDS).json()["data"], json!([7]));
        let stranger = caller(&lender.server, &new_client(&lender.admin, &json!({"name": "stranger"})));
        stranger.get(&format!("{CUSTOMERS}/1")).expect(404);
        assert_eq!(stranger.get(IDS).json()["data"], json!([]));
        stranger.post(&format!("{CUSTOMERS}/1/loans"), &loan("B")).expect(404);
        // The same ids mean other things to others.
        stranger.post(CUSTOMERS, &customer("1", "A")).expect(201);
        assert_eq!(lender.shown("/1")["loan_count"], 1);
    });
}

#[test]
fn test_clients_work_in_a_book_of_their_own() {
    for kind in BOTH {
        let database = Database::fresh(kind);
        let lender = served(database, |command| {
            command.env("LOAM_TEST_BOOK", "beside");
        });
        let body = json!({"name": "trial", "organization": ORGANIZATION, "realm": "test"});
        let trial = new_client(&lender.admin, &body);
        let tester = caller(&lender.server, &trial);
        tester.post(CUSTOMERS, &customer("1", "A")).expect(201);
        tester.get(&format!("{CUSTOMERS}/1")).expect(200);
        lender.caller.get(&format!("{CUSTOMERS}/1")).expect(404);
        assert_eq!(lender.count("subject"), 0);
        lender.open();
        assert_eq!(lender.caller.get(IDS).json()["data"], json!([7]));
        let lead = json!({"organization": ORGANIZATION, "leadId": 8, "email": "ana@example.com",
            "purchasedAt": "2021-09-25T04:01:57Z"});
        lender.admin.post("/loam/v1/leads?realm=test", &lead).expect(201);
        let dry = json!({"email": "ana@example.com"});
        let passes = |caller: &Caller| caller.post(DRY_RUN, &dry).expect(200).json()["pass"].clone();
        assert_eq!((passes(&tester), passes(&lender.caller)), (json!(false), json!(true)));

        assert_eq!(lender.server.stop(), Some(0));
        let server = serve(&lender.database, |_| {});
        let refused = caller(&server, &trial).get(IDS);
        assert_eq!(refused.status, 401);
        let message = "This client belongs to the test realm, and no book for tests is served here.";
        assert_eq!(refused.json(), json!({"message": message}));
    }
}

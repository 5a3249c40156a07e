//! Who comes in: keys of API consumers, addresses, failures to sign in.

use loam_tests::database::{BOTH, Database};
use loam_tests::http::{Answer, Caller};
use loam_tests::server::{PASSWORD, Server, command};
use serde_json::{Value, json};

use crate::book::{Book, on_both, record};
use crate::subset::assert_shows;

fn with_key(book: &Book, header: &str, key: &str) -> Caller {
    Caller::anonymous(&book.server.base).with_header(header, key)
}

fn key_of(answer: &Answer) -> String {
    answer.json()["apiKey"].as_str().expect("a key that is shown once").to_owned()
}

#[test]
fn keys_of_a_consumer_are_made_rotated_and_revoked() {
    on_both(|book| {
        let consumer = json!({"id": "billing", "name": "Billing", "permissions": ["VIEW_BRANCH_DETAILS"]});
        record(&book.admin, "api-consumers", &consumer);
        let keys = "/loam/v1/api-consumers/billing/keys";
        let made = book.admin.post(keys, &json!({})).expect(201);
        let first = key_of(&made);
        let shown = book.admin.get("/loam/v1/api-consumers/billing").expect(200);
        assert_shows(
            &shown.json(),
            &json!({"id": "billing", "isActive": true, "apiKey": null, "keys": [{}]}),
        );
        assert!(!shown.text.contains(&first), "a key is shown once");
        for header in ["apiKey", "apikey", "APIKEY"] {
            with_key(book, header, &first).get("/api/branches").expect(200);
        }
        with_key(book, "apiKey", &first).get("/api/clients").expect_refusal(403, 15, "INVALID_PERMISSIONS");

        let rotate = "/loam/v1/api-consumers/billing/rotate-keys";
        let second = key_of(&book.admin.post(rotate, &json!({})).expect(200));
        for key in [&first, &second] {
            with_key(book, "apiKey", key).get("/api/branches").expect(200);
        }
        let third = key_of(&book.admin.post(rotate, &json!({"graceSeconds": 0})).expect(200));
        for key in [&first, &second] {
            let old = with_key(book, "apiKey", key).get("/api/branches");
            old.expect_refusal(401, 2, "INVALID_CREDENTIALS");
        }
        with_key(book, "apiKey", &third).get("/api/branches").expect(200);

        let past = json!({"expirationDate": "2001-01-01T00:00:00Z"});
        let over = key_of(&book.admin.post(keys, &past).expect(201));
        with_key(book, "apiKey", &over).get("/api/branches").expect_refusal(401, 2, "INVALID_CREDENTIALS");
        let listed = book.read("/loam/v1/api-consumers/billing")["keys"].as_array().expect("a list").clone();
        for key in &listed {
            let id = key["id"].as_str().expect("an id");
            book.admin.delete(&format!("{keys}/{id}")).expect(200);
            book.admin.delete(&format!("{keys}/{id}")).expect(404);
        }
        with_key(book, "apiKey", &third).get("/api/branches").expect_refusal(401, 2, "INVALID_CREDENTIALS");
        assert_eq!(book.read("/loam/v1/api-consumers/billing")["keys"], json!([]));
    });
}

#[test]
fn a_consumer_is_bound_like_a_user() {
    on_both(|book| {
        record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        record(
            &book.admin,
            "roles",
            &json!({"id": "R", "name": "Reader", "permissions": ["VIEW_CLIENT_DETAILS"]}),
        );
        let consumer = json!({"id": "hill", "name": "Hill", "role": "R", "assignedBranchKey": "3"});
        record(&book.admin, "api-consumers", &consumer);
        let path = "/loam/v1/api-consumers/hill";
        let key = key_of(&book.admin.post(&format!("{path}/keys"), &json!({})).expect(201));
        let hill = with_key(book, "apiKey", &key);
        hill.get("/api/clients/8").expect_refusal(403, 15, "INVALID_PERMISSIONS");
        book.admin.patch(path, &json!({"managedBranches": ["2"]})).expect(200);
        hill.get("/api/clients/8").expect(200);
        book.admin.patch(path, &json!({"allowedAddresses": ["10.0.0.0/8"]})).expect(200);
        hill.get("/api/clients/8").expect_refusal(403, 16, "INVALID_IP_ADDRESS");
        book.admin.patch(path, &json!({"allowedAddresses": ["127.0.0.1"]})).expect(200);
        hill.get("/api/clients/8").expect(200);
        let wrong = book.admin.patch(path, &json!({"allowedAddresses": ["everywhere"]})).expect(400).json();
        assert_eq!(wrong["error"]["field"], "allowedAddresses");
        book.admin.patch(path, &json!({"accessRights": []})).expect(200);
        hill.get("/api/clients/8").expect(200);
        book.admin.patch("/loam/v1/roles/R", &json!({"accessRights": []})).expect(200);
        hill.get("/api/clients/8").expect_refusal(403, 18, "NO_API_ACCESS");
        book.admin.patch("/loam/v1/roles/R", &json!({"accessRights": ["APIS"]})).expect(200);
        book.admin.patch(path, &json!({"isActive": false})).expect(200);
        hill.get("/api/clients/8").expect_refusal(403, 17, "INACTIVE_USER");
    });
}

/// A server whose clock stands still, so that no failure is forgotten while the test runs.
fn served(database: &Database, arguments: &[&str]) -> Server {
    let mut command = command(database);
    command.env("LOAM_TEST_MODE", "1").env("LOAM_CLOCK", "2026-05-04T12:00:00Z");
    command.args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual"]).args(arguments);
    Server::spawn(command)
}

fn signs_in(server: &Server, user: &str, password: &str) -> Answer {
    Caller::basic(&server.base, user, password).get("/api/settings/general")
}

#[test]
fn failures_slow_down_and_lock_and_a_restart_forgets_none() {
    for kind in BOTH {
        let database = Database::fresh(kind);
        let server = served(&database, &[]);
        let admin = server.admin();
        let secret = "a long enough secret";
        for name in ["ida", "tom"] {
            admin.post("/loam/v1/users", &json!({"username": name, "password": secret})).expect(201);
        }
        let wrong = |server: &Server, name: &str| signs_in(server, name, "wrong");
        for _ in 0..6 {
            wrong(&server, "ida").expect_refusal(401, 2, "INVALID_CREDENTIALS");
        }
        let too_soon = (403, 24, "EXCESSIVE_INVALID_REQUESTS");
        signs_in(&server, "ida", secret).expect_refusal(too_soon.0, too_soon.1, too_soon.2);
        let native = Caller::basic(&server.base, "ida", secret).get("/loam/v1/settings").expect(429).json();
        assert_eq!(native["error"]["code"], "too_many_failures");
        signs_in(&server, "tom", secret).expect(200);

        admin.patch("/loam/v1/settings", &json!({"failuresUntilLocked": 4})).expect(200);
        signs_in(&server, "ida", secret).expect_refusal(403, 708, "USER_IS_LOCKED");
        assert_eq!(server.stop(), Some(0));
        let server = served(&database, &[]);
        signs_in(&server, "ida", secret).expect_refusal(403, 708, "USER_IS_LOCKED");
        for _ in 0..4 {
            wrong(&server, "nobody").expect_refusal(401, 2, "INVALID_CREDENTIALS");
        }
        wrong(&server, "nobody").expect_refusal(403, 708, "USER_IS_LOCKED");

        let unlocked = server.admin().post("/loam/v1/users/ida/unlock", &json!({})).expect(200).json();
        assert_eq!(unlocked["userState"], "ACTIVE");
        signs_in(&server, "ida", secret).expect(200);
        server.admin().patch("/loam/v1/users/ida", &json!({"userState": "LOCKED"})).expect(200);
        signs_in(&server, "ida", secret).expect_refusal(403, 708, "USER_IS_LOCKED");
        assert_eq!(server.stop(), Some(0));
        let done = loam_tests::server::run(&database, &["user", "unlock", "ida"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let server = served(&database, &[]);
        signs_in(&server, "ida", secret).expect(200);
        server.admin().patch("/loam/v1/users/ida", &json!({"userState": "INACTIVE"})).expect(200);
        signs_in(&server, "ida", secret).expect_refusal(403, 17, "INACTIVE_USER");
    }
}

#[test]
fn calls_are_taken_from_the_networks_that_are_named() {
    let database = Database::fresh(BOTH[0]);
    let server = served(&database, &["--trusted-proxy", "127.0.0.1"]);
    let admin = server.admin();
    let allow = |networks: Value| admin.patch("/loam/v1/settings", &json!({"allowedAddresses": networks}));
    let locked_out = allow(json!(["192.0.2.0/24"])).expect(400).json();
    assert_eq!(locked_out["error"]["field"], "allowedAddresses", "nobody shuts himself or herself out");
    allow(json!(["everywhere"])).expect(400);
    allow(json!(["127.0.0.0/8", "192.0.2.0/24"])).expect(200);
    admin.get("/api/settings/general").expect(200);
    let behind = |address: &str| {
        let caller = Caller::basic(&server.base, "admin", PASSWORD);
        caller.with_header("x-forwarded-for", address).get("/api/settings/general")
    };
    behind("192.0.2.7").expect(200);
    behind("198.51.100.7").expect_refusal(403, 16, "INVALID_IP_ADDRESS");
    behind("192.0.2.7, 198.51.100.7").expect_refusal(403, 16, "INVALID_IP_ADDRESS");
    let anonymous = Caller::anonymous(&server.base).with_header("x-forwarded-for", "198.51.100.7");
    anonymous.get("/api/settings/general").expect_refusal(403, 16, "INVALID_IP_ADDRESS");

    // Without a proxy that is trusted, the header is anybody's word.
    drop(server);
    let server = served(&database, &[]);
    let caller = server.admin().with_header("x-forwarded-for", "198.51.100.7");
    caller.get("/api/settings/general").expect(200);
}

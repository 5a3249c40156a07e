//! What must be nowhere: social security numbers, e-mail addresses and bank account numbers, in the
//! database, in the log, in answers. Nor secrets and tokens.

use std::fs::File;
use std::path::Path;

use loam_tests::database::{BOTH, Database, Kind};
use serde_json::json;

use super::lender::{CUSTOMERS, Lender, ORGANIZATION, customer, loan, payment, served, token, with};

const SSN: &str = "078051120";
const EMAIL: &str = "ana.lima@example.com";
/// Twice, so that no masked end is found by looking for a part.
const ACCOUNTS: [&str; 3] = ["000123456789", "998877665544", "5550001"];

/// Does everything with these numbers that a caller can do, and fails in every way.
fn use_them(lender: &Lender) -> Vec<String> {
    let mut said = Vec::new();
    let once =
        |caller: &loam_tests::http::Caller, key: &str| caller.clone().with_header("idempotency-key", key);
    let lead = json!({"organization": ORGANIZATION, "leadId": 5, "socialSecurityNumber": SSN, "email": EMAIL,
        "purchasedAt": "2021-09-25T04:01:57Z"});
    for key in ["l", "l", "m"] {
        said.push(once(&lender.admin, key).post("/loam/v1/leads", &lead).expect(201).text);
    }
    said.push(
        once(&lender.admin, "l")
            .post("/loam/v1/leads", &with(lead.clone(), json!({"accountId": "A"})))
            .expect(409)
            .text,
    );
    for changes in [
        json!({"leadId": null}),
        json!({"socialSecurityNumber": format!("{SSN}0")}),
        json!({"email": format!("{EMAIL} ")}),
    ] {
        said.push(lender.admin.post("/loam/v1/leads", &with(lead.clone(), changes)).expect(400).text);
    }
    said.push(lender.admin.get("/loam/v1/leads/Acme%20%26%20Sons/5").expect(200).text);

    let dry = "/api/v1/lead-processing/dry-run";
    said.push(
        lender.caller.post(dry, &json!({"social_security_number": SSN, "email": EMAIL})).expect(200).text,
    );
    said.push(
        lender
            .caller
            .post(dry, &json!({"social_security_number": format!("{SSN}0"), "email": "x"}))
            .expect(422)
            .text,
    );

    lender.report("", &customer("1", "A"), 201);
    let path = format!("{CUSTOMERS}/1/payments");
    let prefers = lender.caller.clone().with_header("prefer", "return=representation");
    for (place, account) in ACCOUNTS.iter().enumerate() {
        let name = format!("P{place}");
        let paid = with(payment(&name, "A"), json!({"bank_account_number": account}));
        said.push(once(&prefers, &name).post(&path, &paid).expect(201).text);
        said.push(once(&prefers, &name).post(&path, &paid).expect(201).text);
        said.push(prefers.post(&path, &paid).expect(200).text);
        said.push(
            once(&prefers, &name).post(&path, &with(paid.clone(), json!({"fees": 1}))).expect(409).text,
        );
        for (changes, status) in [
            (json!({"payment_id": null}), 422),
            (json!({"loan_id": "Z"}), 422),
            (json!({"bank_account_number": [account]}), 422),
            (json!({"bank_account_number": format!("{account}\u{0}")}), 422),
        ] {
            said.push(prefers.post(&path, &with(paid.clone(), changes)).expect(status).text);
        }
        let broken = paid.to_string().replace('}', "");
        said.push(prefers.send("POST", &path, Some("application/json"), &broken).expect(400).text);
        let lent = with(
            loan(&format!("B{place}")),
            json!({"is_lead_loan": true, "payments": [paid.clone(), paid, {"bank_account_number": account}]}),
        );
        let batch = json!({"customers": [{"customer_id": "2", "loans": [lent]}]});
        said.push(prefers.post(&format!("{CUSTOMERS}/batch"), &batch).expect(200).text);
    }
    for path in ["/1", "/1/loans/A", "/1/payments", "/2/payments", "/1/loans/A/payments"] {
        said.push(lender.caller.get(&format!("{CUSTOMERS}{path}")).expect(200).text);
    }
    said
}

/// Every text that the database holds, whatever it is about.
fn stored(database: &Database) -> Vec<u8> {
    match database.kind {
        Kind::Sqlite => {
            let files = std::fs::read_dir(database.folder()).expect("the folder is there");
            let files = files.map(|file| file.expect("it is listed").path());
            let of_the_book = |path: &Path| {
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("loam.db"))
            };
            let files = files.filter(|path| of_the_book(path));
            files.flat_map(|path| std::fs::read(path).expect("it can be read")).collect()
        }
        Kind::Postgres => database.dump().into_bytes(),
    }
}

#[track_caller]
fn assert_absent(haystack: &[u8], what: &str, secrets: &[&str]) {
    for secret in secrets {
        let found = haystack.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{what} holds {secret}");
    }
}

#[test]
fn what_identifies_people_and_accounts_is_nowhere() {
    for kind in BOTH {
        println!("on {kind:?}");
        let database = Database::fresh(kind);
        let log = database.folder().join("log.txt");
        let file = File::create(&log).expect("the folder takes a file");
        let lender = served(database, |command| {
            command.env("LOAM_LOG", "trace").stderr(file);
        });
        let shown = use_them(&lender).join("\n");
        let token = token(&lender.server, &lender.client);
        let wrong = super::lender::Credentials {
            secret: format!("{}0", lender.client.secret),
            ..lender.client.clone()
        };
        super::lender::ask_token(&lender.server, &wrong).expect(401);

        let secrets = [SSN, EMAIL, ACCOUNTS[0], ACCOUNTS[1], ACCOUNTS[2], &lender.client.secret, &token];
        assert_absent(shown.as_bytes(), "an answer", &secrets);
        assert!(shown.contains("********6789") && shown.contains("*******\""), "numbers are shown masked");
        assert_absent(&stored(&lender.database), "the database", &secrets);
        assert_eq!(lender.server.stop(), Some(0));
        assert_absent(&stored(&lender.database), "the database at rest", &secrets);
        let log = std::fs::read(&log).expect("it was written");
        assert!(log.len() > 1_000, "there is a log to look into");
        assert_absent(&log, "the log", &secrets);
    }
}

/// The hash of a request is kept to recognize a retry. It is keyed, so that nobody with a copy of
/// the book can try numbers until one fits.
#[test]
fn two_books_keep_different_hashes_of_one_request() {
    let kept = |lender: &Lender| {
        let once = lender.admin.clone().with_header("idempotency-key", "l");
        let lead = json!({"organization": "o", "leadId": 5, "socialSecurityNumber": SSN});
        once.post("/loam/v1/leads", &lead).expect(201);
        lender.database.text("select content from answer")
    };
    let [first, second] = [(); 2].map(|()| super::lender::lender(Kind::Sqlite));
    assert_ne!(kept(&first), kept(&second));
    let hash = |lender: &Lender| lender.database.text("select ssn_hash from lead");
    assert_ne!(hash(&first), hash(&second));
}

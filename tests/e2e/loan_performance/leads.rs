//! Leads: registered by administrators or named by loans; listed, shown, and compared with.

use serde_json::{Value, json};

use super::lender::{Lender, ORGANIZATION, loan, on_both, with};

const IDS: &str = "/api/v1/lead-data/lead-ids";
const PLACE: &str = "Acme%20%26%20Sons";

fn register(lender: &Lender, id: i64, changes: Value) -> Value {
    let lead = with(json!({"organization": ORGANIZATION, "leadId": id}), changes);
    lender.admin.post("/loam/v1/leads", &lead).expect(201).json()
}

fn ids(lender: &Lender, query: &str) -> Value {
    lender.caller.get(&format!("{IDS}?{query}")).expect(200).json()["data"].clone()
}

#[test]
fn a_lead_is_registered_and_never_shows_who_it_is() {
    on_both(|lender| {
        let body = json!({"organization": ORGANIZATION, "leadId": 5, "accountId": "ACC-1",
            "socialSecurityNumber": "078051120", "email": "Ana@Example.com", "receivedAt": "2021-09-25T04:01:57Z",
            "purchasedAt": "2021-09-25T06:01:57+02:00", "underwrittenAt": null});
        let made = lender.admin.post("/loam/v1/leads", &body).expect(201);
        assert_eq!(made.header("location"), Some(format!("/loam/v1/leads/{PLACE}/5").as_str()));
        let expected = json!({"organization": ORGANIZATION, "leadId": 5, "accountId": "ACC-1",
            "hasSocialSecurityNumber": true, "hasEmail": true, "receivedAt": "2021-09-25T04:01:57Z",
            "purchasedAt": "2021-09-25T04:01:57Z"});
        assert_eq!(made.json(), expected);
        let place = format!("/loam/v1/leads/{PLACE}/5");
        assert_eq!(lender.admin.get(&place).expect(200).json(), expected);
        // Registered again, it is as it was said last.
        let again = register(lender, 5, json!({"email": "bo@example.com"}));
        assert_eq!((&again["hasSocialSecurityNumber"], &again["hasEmail"]), (&json!(false), &json!(true)));
        assert_eq!(lender.count("lead"), 1);
        lender.admin.get(&format!("/loam/v1/leads/{PLACE}/6")).expect(404);
        lender.admin.get("/loam/v1/leads/other/5").expect(404);
        lender.caller.post("/loam/v1/leads", &body).expect(401);
    });
}

#[test]
fn what_is_wrong_with_a_lead_is_named_without_who_it_is() {
    on_both(|lender| {
        for (changes, field) in [
            (json!({"socialSecurityNumber": "078-05-1120"}), "socialSecurityNumber"),
            (json!({"socialSecurityNumber": 780511201}), "socialSecurityNumber"),
            (json!({"email": "ana.example.com"}), "email"),
            (json!({"organization": ""}), "organization"),
            (json!({"leadId": "five"}), "leadId"),
            (json!({"purchasedAt": "2021-09-25"}), "purchasedAt"),
            (json!({"accountId": "a\u{0}"}), "accountId"),
        ] {
            let body = with(json!({"organization": ORGANIZATION, "leadId": 5}), changes);
            let answer = lender.admin.post("/loam/v1/leads", &body).expect(400);
            assert_eq!(answer.json()["error"]["field"], field, "{}", answer.text);
            assert!(
                !["1120", "780511201", "ana."].iter().any(|part| answer.text.contains(part)),
                "{}",
                answer.text
            );
        }
        assert_eq!(lender.count("lead"), 0);
    });
}

#[test]
fn a_repeated_registration_with_a_key_gets_the_first_answer() {
    on_both(|lender| {
        let once = lender.admin.clone().with_header("idempotency-key", "l");
        let body = json!({"organization": ORGANIZATION, "leadId": 5, "socialSecurityNumber": "078051120"});
        let first = once.post("/loam/v1/leads", &body).expect(201).json();
        register(lender, 5, json!({"accountId": "later"}));
        assert_eq!(once.post("/loam/v1/leads", &body).expect(201).json(), first);
        let other = with(body, json!({"socialSecurityNumber": "078051121"}));
        once.post("/loam/v1/leads", &other).expect(409);
        let shown = lender.admin.get(&format!("/loam/v1/leads/{PLACE}/5")).expect(200).json();
        assert_eq!(shown["accountId"], "later");
    });
}

#[test]
fn columns_of_a_lead_are_shown_by_their_map_ids() {
    on_both(|lender| {
        register(lender, 5, json!({"accountId": "ACC-1"}));
        lender.open();
        for (path, expected) in [
            ("5?map_ids[]=m1", json!({"m1": 5})),
            ("5?map_ids%5B%5D=m2&map_ids%5B%5D=m1", json!({"m1": 5, "m2": "ACC-1"})),
            ("5", json!({"m1": 5, "m2": "ACC-1"})),
            ("7?map_ids[0]=m1&map_ids[1]=m2", json!({"m1": 7, "m2": null})),
        ] {
            let shown = lender.caller.get(&format!("/api/v1/lead-data/leads/{path}")).expect(200).json();
            assert_eq!(shown, json!({"data": expected}), "{path}");
        }
        let wrong = lender.caller.get("/api/v1/lead-data/leads/5?map_ids[]=m1&map_ids[]=m3").expect(422);
        assert_eq!(wrong.json()["errors"], json!({"map_ids.1": ["The selected map ids.1 is invalid."]}));
        let wrong = lender.caller.get("/api/v1/lead-data/leads/5?map_ids=m1").expect(422);
        assert_eq!(wrong.json()["errors"], json!({"map_ids": ["The map ids must be an array."]}));
        for path in ["6", "x", "5.0", "99999999999999999999"] {
            let answer = lender.caller.get(&format!("/api/v1/lead-data/leads/{path}"));
            assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})), "{path}");
        }
    });
}

#[test]
fn lead_ids_are_those_of_a_day_or_from_an_instant_on() {
    on_both(|lender| {
        for (id, received) in [
            (1, "2021-09-24T23:59:59Z"),
            (2, "2021-09-25T00:00:00Z"),
            (3, "2021-09-25T23:59:59Z"),
            (4, "2021-09-26T01:00:00+02:00"),
            (5, "2021-09-26T00:00:00Z"),
        ] {
            register(lender, id, json!({"receivedAt": received}));
        }
        assert_eq!(ids(lender, ""), json!([1, 2, 3, 4, 5]));
        assert_eq!(ids(lender, "date=2021-09-25"), json!([2, 3, 4]));
        assert_eq!(ids(lender, "datetime=2021-09-25T23:59:59Z"), json!([3, 5]));
        assert_eq!(ids(lender, "date=2021-09-25&datetime=2021-09-25T12:00:00Z"), json!([3, 4]));
        assert_eq!(ids(lender, "date=2030-01-01"), json!([]));
        for (query, attribute, sentence) in [
            ("date=2021-02-30", "date", "The date does not match the format Y-m-d."),
            ("datetime=2021-09-25", "datetime", "The datetime is not a valid date."),
            ("per_page=0", "per_page", "The per page must be at least 1."),
            ("per_page=1001", "per_page", "The per page must not be greater than 1000."),
            ("per_page=ten", "per_page", "The per page must be an integer."),
            ("cursor=nonsense", "cursor", "The selected cursor is invalid."),
        ] {
            let wrong = lender.caller.get(&format!("{IDS}?{query}")).expect(422);
            let expected =
                json!({"message": "The given data was invalid.", "errors": {attribute: [sentence]}});
            assert_eq!(wrong.json(), expected, "{query}");
        }
    });
}

#[test]
fn lead_ids_are_walked_forth_and_back_by_cursors() {
    on_both(|lender| {
        for id in (1..=7).rev() {
            register(lender, id, json!({"receivedAt": "2021-09-25T04:01:57Z"}));
        }
        let get = |path: &str| lender.caller.get(path).expect(200).json();
        let first = get(&format!("{IDS}?date=2021-09-25&per_page=3"));
        let follow = |page: &Value, link: &str| {
            let path = page["links"][link].as_str().unwrap_or_else(|| panic!("no {link}: {page}"));
            get(path.strip_prefix(&lender.server.base).expect("it leads back here"))
        };
        let second = follow(&first, "next");
        let third = follow(&second, "next");
        assert_eq!(
            [&first["data"], &second["data"], &third["data"]],
            [&json!([1, 2, 3]), &json!([4, 5, 6]), &json!([7])]
        );
        for (page, has_previous, has_next) in
            [(&first, false, true), (&second, true, true), (&third, true, false)]
        {
            let links = &page["links"];
            assert_eq!((&links["first"], &links["last"]), (&Value::Null, &Value::Null));
            assert_eq!((links["prev"].is_string(), links["next"].is_string()), (has_previous, has_next));
            let meta = &page["meta"];
            assert_eq!(
                (&meta["per_page"], meta["path"].as_str()),
                (&json!(3), Some(format!("{}{IDS}", lender.server.base).as_str()))
            );
            assert_eq!(
                (meta["prev_cursor"].is_string(), meta["next_cursor"].is_string()),
                (has_previous, has_next)
            );
        }
        let back = follow(&third, "prev");
        assert_eq!(back["data"], second["data"]);
        assert_eq!(follow(&back, "prev")["data"], first["data"]);
        assert_eq!(follow(&follow(&back, "prev"), "next")["data"], second["data"]);
        let cursor = first["meta"]["next_cursor"].as_str().expect("a cursor");
        assert_eq!(ids(lender, &format!("per_page=2&cursor={cursor}")), json!([4, 5]));
        assert_eq!(get(IDS)["meta"]["per_page"], 100);
    });
}

/// A lead that nobody registered is known by its number from the first loan on that names it; what
/// is registered later stays when loans name it again.
#[test]
fn a_loan_makes_its_lead_known() {
    on_both(|lender| {
        lender.open();
        assert_eq!(ids(lender, ""), json!([7]));
        lender.report("/1/loans", &with(loan("B"), json!({"lead_id": 8})), 201);
        lender.report("/1/loans", &with(loan("C"), json!({"lead_id": null, "management_system_id": 1})), 201);
        assert_eq!(ids(lender, ""), json!([7, 8]));
        register(lender, 7, json!({"accountId": "ACC-7", "email": "ana@example.com"}));
        lender.report("/1/loans", &loan("D"), 201);
        lender.report("/1/loans", &loan("A"), 200);
        let shown = lender.admin.get(&format!("/loam/v1/leads/{PLACE}/7")).expect(200).json();
        assert_eq!((&shown["accountId"], &shown["hasEmail"]), (&json!("ACC-7"), &json!(true)));
    });
}

#[test]
fn a_dry_run_asks_for_a_number_or_an_address() {
    on_both(|lender| {
        let ask = |body: Value| {
            lender.caller.post("/api/v1/lead-processing/dry-run", &body).expect(422).json()["errors"].clone()
        };
        let neither = json!({
            "social_security_number": ["The social security number field is required when email is not present."],
            "email": ["The email field is required when social security number is not present."],
        });
        assert_eq!(ask(json!({})), neither);
        for (member, value, sentence) in [
            ("social_security_number", json!("078-05-1120"), "The social security number must be 9 digits."),
            ("social_security_number", json!("07805112"), "The social security number must be 9 digits."),
            ("email", json!("ana.example.com"), "The email must be a valid email address."),
            (
                "previously_purchased_lookback_window",
                json!("soon"),
                "The previously purchased lookback window must be an integer or false.",
            ),
            (
                "previously_purchased_lookback_window",
                json!(true),
                "The previously purchased lookback window must be an integer or false.",
            ),
            (
                "underwriting_cost_lookback_window",
                json!(-1),
                "The underwriting cost lookback window must be at least 0.",
            ),
        ] {
            let body = with(
                json!({"email": "ana@example.com", "social_security_number": "078051120"}),
                json!({member: value}),
            );
            assert_eq!(ask(body), json!({member: [sentence]}));
        }
    });
}

#[test]
fn who_was_bought_or_underwritten_before_does_not_pass() {
    on_both(|lender| {
        let long_ago = "2001-01-01T00:00:00Z";
        let future = "2200-01-01T00:00:00Z";
        register(
            lender,
            1,
            json!({"socialSecurityNumber": "078051120", "email": "Ana@Example.com", "purchasedAt": long_ago}),
        );
        register(lender, 2, json!({"socialSecurityNumber": "219099999", "underwrittenAt": long_ago}));
        register(lender, 3, json!({"socialSecurityNumber": "457555462", "underwrittenAt": future}));
        register(lender, 4, json!({"socialSecurityNumber": "111111111"}));
        let before = lender.rows();
        for (body, pass) in [
            (json!({"social_security_number": "078051120"}), false),
            (json!({"social_security_number": 219099999}), true),
            (json!({"email": "ana@example.COM"}), false),
            (json!({"email": "bo@example.com"}), true),
            (json!({"email": "bo@example.com", "social_security_number": "078051120"}), false),
            (json!({"email": "ana@example.com", "social_security_number": "111111111"}), false),
            (
                json!({"social_security_number": "078051120", "previously_purchased_lookback_window": 30}),
                true,
            ),
            (
                json!({"social_security_number": "078051120", "previously_purchased_lookback_window": 36500}),
                false,
            ),
            (
                json!({"social_security_number": "078051120", "previously_purchased_lookback_window": false}),
                true,
            ),
            (
                json!({"social_security_number": "219099999", "underwriting_cost_lookback_window": 36500}),
                false,
            ),
            (json!({"social_security_number": "457555462"}), false),
            (
                json!({"social_security_number": "457555462", "underwriting_cost_lookback_window": false}),
                true,
            ),
            (json!({"social_security_number": "111111111"}), true),
            (json!({"social_security_number": "999999999"}), true),
        ] {
            let answer = lender.caller.post("/api/v1/lead-processing/dry-run", &body).expect(200).json();
            assert_eq!(answer, json!({"pass": pass}), "{body}");
        }
        assert_eq!(lender.rows(), before, "a dry run leaves nothing behind");
    });
}

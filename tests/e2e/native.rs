//! The native door: records are created and changed, what is not supported is refused, days are
//! closed. Administrators only.

use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::book::{FIRST_DAY, agriculture, key, on_both, record, with};
use crate::subset::assert_shows;

/// Panics unless this door said no with this status, code and member.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str, field: &Value) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let error = &answer.json()["error"];
    assert_eq!((error["code"].as_str(), &error["field"]), (Some(code), field), "{error}");
    assert!(error["message"].as_str().is_some_and(|message| message.len() > 5), "{error}");
}

#[test]
fn a_record_is_created_read_and_changed() {
    on_both(|book| {
        for (kind, id, body, change) in [
            ("branches", "N", json!({"id": "N", "name": "North"}), json!({"name": "Norther", "notes": "n"})),
            (
                "centres",
                "NC",
                json!({"id": "NC", "name": "Pine", "assignedBranchKey": "2"}),
                json!({"meetingDay": "FRIDAY", "state": "INACTIVE"}),
            ),
            ("users", "tom", json!({"username": "tom", "lastName": "Hale"}), json!({"lastName": "Hill"})),
            (
                "transaction-channels",
                "WIRE",
                json!({"id": "WIRE", "name": "Wire"}),
                json!({"activated": false}),
            ),
            ("loan-products", "P", with(agriculture(), &json!({"id": "P"})), json!({"maxLoanAmount": "200"})),
        ] {
            println!("{kind}");
            let place = format!("/loam/v1/{kind}");
            let created = book.admin.post(&place, &body).expect(201);
            let one = format!("{place}/{id}");
            assert_eq!(created.header("location"), Some(one.as_str()));
            assert_eq!(book.read(&one), created.json());
            let by_key = format!("{place}/{}", created.json()["encodedKey"].as_str().expect("a key"));
            assert_eq!(book.read(&by_key), created.json());
            assert!(book.list(&place).contains(&created.json()));

            let changed = book.admin.patch(&one, &change).expect(200).json();
            assert_shows(&changed, &change);
            assert_shows(&book.read(&by_key), &change);
            let twice = book.admin.post(&place, &body);
            assert_eq!(twice.status, 409, "{}", twice.text);
            assert_refused(
                &book.admin.patch(&format!("{place}/NONE"), &change),
                404,
                "not_found",
                &Value::Null,
            );
        }
    });
}

#[test]
fn a_changed_product_counts_for_new_loans_only() {
    on_both(|book| {
        book.lend("OLD");
        let change = json!({"maxLoanAmount": "500", "productDescription": "small"});
        book.admin.patch("/loam/v1/loan-products/AGRL", &change).expect(200);
        let large = json!({"loanAccount": book.application("NEW")});
        book.admin.post("/api/loans", &large).expect_refusal(400, 101, "INVALID_AMOUNT");
        book.apply_with("SMALL", &json!({"loanAmount": "500"}));
        book.act("OLD", "type=REPAYMENT&amount=900");
        let back = json!({"maxLoanAmount": null, "productDescription": null});
        book.admin.patch("/loam/v1/loan-products/AGRL", &back).expect(200);
        assert_shows(
            &book.read("/api/loanproducts/AGRL"),
            &json!({"maxLoanAmount": null, "productDescription": null}),
        );
        book.admin.post("/api/loans", &large).expect(201);
    });
}

#[test]
fn a_product_that_this_version_would_not_serve_is_refused() {
    on_both(|book| {
        for (member, value) in [
            ("loanProductType", json!("OFFSET_LOAN")),
            ("repaymentScheduleMethod", json!("DYNAMIC")),
            ("gracePeriodType", json!("ROLL_UP_INTEREST")),
            ("repaymentElementsRoundingMethod", json!("ROUND_SOME")),
            ("interestCalculationMethod", json!("COMPOUND")),
            ("settlementOptions", json!("FULL_DUE_AMOUNTS")),
            ("cappingPercentage", json!("5")),
            ("forPureGroups", json!("perhaps")),
        ] {
            println!("{member}: {value}");
            let body = with(agriculture(), &json!({"id": "P", member: value}));
            let answer = book.admin.post("/loam/v1/loan-products", &body);
            assert_eq!(answer.status, 400, "{}", answer.text);
            assert_eq!(answer.json()["error"]["field"], member, "{}", answer.text);
            let change = book.admin.patch("/loam/v1/loan-products/AGRL", &json!({member: value}));
            assert_eq!(change.status, 400, "{}", change.text);
        }
        let backwards = with(agriculture(), &json!({"id": "P", "minLoanAmount": "2", "maxLoanAmount": "1"}));
        let answer = book.admin.post("/loam/v1/loan-products", &backwards);
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].as_str()),
            (400, Some("contradicting_members"))
        );
        let nameless = book.admin.post("/loam/v1/loan-products", &json!({"id": "P"}));
        assert_refused(&nameless, 400, "missing_member", &json!("productName"));
        let source = json!({"interestRateSettings": {"interestRateSource": "INDEX_INTEREST_RATE"}});
        let indexed = book
            .admin
            .post("/loam/v1/loan-products", &with(with(agriculture(), &json!({"id": "P"})), &source));
        assert_eq!(indexed.status, 400, "{}", indexed.text);
        assert_eq!(book.list("/api/loanproducts").len(), 1, "nothing was made");
    });
}

#[test]
fn only_administrators_come_in() {
    on_both(|book| {
        let everything_else = ["VIEW_LOAN_ACCOUNT_DETAILS", "CREATE_LOAN_ACCOUNT", "BULK_LOAN_CORRECTIONS"];
        let teller = book.user_with("teller", &everything_else);
        let anonymous = Caller::anonymous(&book.server.base);
        let guess = Caller::basic(&book.server.base, "admin", "guess");
        let before = book.snapshot();
        for (method, path, body) in [
            ("GET", "business-date", Value::Null),
            ("POST", "end-of-day", json!({"through": "2012-07-28"})),
            ("GET", "loan-products", Value::Null),
            ("POST", "branches", json!({"id": "X", "name": "X"})),
            ("PATCH", "users/teller", json!({"isAdministrator": true})),
            ("POST", "users", json!({"username": "me", "isAdministrator": true})),
        ] {
            let path = format!("/loam/v1/{path}");
            let send =
                |caller: &Caller| caller.send(method, &path, Some("application/json"), &body.to_string());
            assert_refused(&send(&teller), 403, "not_permitted", &Value::Null);
            assert_refused(&send(&anonymous), 401, "no_credentials", &Value::Null);
            assert_refused(&send(&guess), 401, "wrong_credentials", &Value::Null);
        }
        assert_eq!(book.snapshot(), before);
        assert_eq!(book.read("/loam/v1/business-date")["businessDate"], FIRST_DAY);
    });
}

#[test]
fn a_user_takes_what_was_changed_at_once() {
    on_both(|book| {
        book.lend("L");
        let teller = book.user_with("teller", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        let repay = || teller.form("/api/loans/L/transactions", "type=REPAYMENT&amount=1");
        repay().expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let change = |body: Value| book.admin.patch("/loam/v1/users/teller", &body).expect(200);
        change(json!({"permissions": ["ENTER_REPAYMENT"]}));
        repay().expect(201);
        change(json!({"userState": "LOCKED"}));
        repay().expect_refusal(403, 708, "USER_IS_LOCKED");
        change(json!({"userState": "ACTIVE", "password": "another long secret"}));
        repay().expect_refusal(401, 2, "INVALID_CREDENTIALS");
        let other = Caller::basic(&book.server.base, "teller", "another long secret");
        other.form("/api/loans/L/transactions", "type=REPAYMENT&amount=1").expect(201);
    });
}

#[test]
fn days_are_closed_up_to_a_date_and_never_back() {
    on_both(|book| {
        book.lend("L");
        assert_eq!(book.read("/loam/v1/business-date"), json!({"businessDate": FIRST_DAY}));
        let report = book.close_days("2012-07-29");
        let days = report["days"].as_array().expect("a report has days");
        let on =
            |date: &str| days.iter().find(|day| day["businessDate"] == date).expect("each day is reported");
        assert_eq!(days.iter().filter(|day| day["businessDate"] != FIRST_DAY).count(), 31, "{report}");
        assert_shows(on("2012-07-27"), &json!({"advanced": 0, "failed": []}));
        assert_shows(on("2012-07-28"), &json!({"advanced": 1, "failed": []}));
        assert_shows(on("2012-07-29"), &json!({"advanced": 1, "failed": []}));
        let before = book.snapshot();
        let again = book.close_days("2012-07-29");
        assert!(again["days"].as_array().expect("days").iter().all(|day| day["advanced"] == 0), "{again}");
        let close = |body: Value| book.admin.post("/loam/v1/end-of-day", &body);
        assert_refused(
            &close(json!({"through": "2012-07-28"})),
            400,
            "business_date_goes_forward",
            &Value::Null,
        );
        assert_refused(&close(json!({})), 400, "missing_member", &json!("through"));
        assert_refused(&close(json!({"through": "tomorrow"})), 400, "invalid_member", &json!("through"));
        assert_refused(&close(json!({"through": "2012-02-30"})), 400, "invalid_member", &json!("through"));
        assert_eq!(book.snapshot(), before);
        assert_eq!(book.read("/loam/v1/business-date"), json!({"businessDate": "2012-07-29"}));
    });
}

#[test]
fn bad_requests_are_refused_in_the_doors_own_way() {
    on_both(|book| {
        let before = book.snapshot();
        let send = |method: &str, path: &str, body: &str| {
            book.admin.send(method, path, Some("application/json"), body)
        };
        assert_refused(&send("POST", "/loam/v1/branches", "{"), 400, "malformed_json", &Value::Null);
        assert_refused(&send("POST", "/loam/v1/branches", "[]"), 400, "malformed_json", &Value::Null);
        assert_refused(&send("POST", "/loam/v1/branches", "{}"), 400, "missing_member", &json!("id"));
        let numbered = r#"{"id": "X", "name": 5}"#;
        assert_refused(&send("POST", "/loam/v1/branches", numbered), 400, "invalid_member", &json!("name"));
        assert_refused(&send("GET", "/loam/v1/nothing", ""), 404, "not_found", &Value::Null);
        assert_refused(&send("DELETE", "/loam/v1/branches/2", ""), 405, "method_not_allowed", &Value::Null);
        let nowhere = r#"{"id": "X", "name": "X", "assignedBranchKey": "NONE"}"#;
        assert_refused(
            &send("POST", "/loam/v1/centres", nowhere),
            400,
            "invalid_member",
            &json!("assignedBranchKey"),
        );
        assert_refused(
            &send("PATCH", "/loam/v1/branches/2", r#"{"id": "3"}"#),
            400,
            "invalid_member",
            &json!("id"),
        );
        assert_eq!(book.snapshot(), before);
        let user = record(&book.admin, "users", &json!({"username": "u"}));
        assert_eq!(book.read(&format!("/loam/v1/users/{user}"))["username"], "u");
    });
}

/// A misspelt member would mean that the one that is meant has its default, and nobody would see it.
#[test]
fn a_member_that_nobody_knows_is_refused_and_the_one_that_is_meant_is_named() {
    on_both(|book| {
        let product = with(agriculture(), &json!({"id": "P"}));
        let refused = |method: &str, path: &str, body: &Value, field: &str, meant: &str| {
            let answer = book.admin.send(method, path, Some("application/json"), &body.to_string());
            assert_refused(&answer, 400, "unknown_member", &json!(field));
            let message = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
            assert!(message.contains(meant), "{message}");
        };
        let before = book.snapshot();
        let products = "/loam/v1/loan-products";
        let cases = [
            (json!({"minLoanAmuont": "5"}), "minLoanAmuont", "minLoanAmount"),
            (
                json!({"arrearsSettings": {"tolerancePeriods": 5}}),
                "arrearsSettings.tolerancePeriods",
                "tolerancePeriod",
            ),
            (json!({"loanFees": [{"nmae": "F"}]}), "loanFees[0].nmae", "name"),
            (json!({"colour": null}), "colour", "/docs"),
        ];
        for (wrong, field, meant) in &cases {
            refused("POST", products, &with(product.clone(), wrong), field, meant);
        }
        let settings = "/loam/v1/settings";
        refused("PATCH", settings, &json!({"nonWorkingDay": ["SUNDAY"]}), "nonWorkingDay", "nonWorkingDays");
        refused("POST", "/loam/v1/end-of-day", &json!({"trough": "2012-07-29"}), "trough", "through");
        assert_eq!(book.snapshot(), before);

        record(&book.admin, "loan-products", &product);
        let one = format!("{products}/P");
        let shown = book.read(&one);
        for path in [one.clone(), format!("{one}?dryRun=true")] {
            for (wrong, field, meant) in &cases {
                refused("PATCH", &path, wrong, field, meant);
            }
        }
        assert_eq!(book.read(&one), shown);
        // Older writers put members of an object on the product itself.
        book.admin.patch(&one, &json!({"maxInterestRate": "90"})).expect(200);
        let interest = &book.read(&one)["interestRateSettings"];
        assert_eq!(interest["maxInterestRate"], "90");
    });
}

#[test]
fn members_of_what_stands_inside_a_command_are_known_too() {
    on_both(|book| {
        let loan = key(&book.lend("L"));
        let before = book.snapshot();
        let (commands, preview) =
            (format!("/loam/v1/loans/{loan}/commands"), format!("/loam/v1/loans/{loan}/preview"));
        let row = json!({"command": "editSchedule", "repayments": [{"index": 1, "dueDat": "2013-01-01"}]});
        for path in [&commands, &preview] {
            assert_refused(
                &book.admin.post(path, &row),
                400,
                "unknown_member",
                &json!("repayments[0].dueDat"),
            );
        }
        let part = json!([{"customPaymentAmountType": "PRINCIPAL", "amuont": "5"}]);
        let payment = json!([{"loan": loan, "amount": "5", "customPaymentAmounts": part}]);
        let answered = book.admin.post("/loam/v1/loan-payments", &payment).expect(200).json();
        assert_eq!(answered[0]["error"]["field"], "customPaymentAmounts[0].amuont", "{answered}");
        assert_eq!(answered[0]["error"]["code"], "unknown_member");
        assert_eq!(book.snapshot(), before);
    });
}

/// The bodies that the reference describes are those that are read: no route takes what it does not tell, and what was
/// read can be sent back.
#[test]
fn every_body_has_the_members_of_the_reference() {
    on_both(|book| {
        let reference = book.read("/openapi.json");
        let paths = reference["paths"].as_object().expect("a document has paths");
        let native = paths.iter().filter(|(path, _)| path.starts_with("/loam/v1/") && !path.contains('{'));
        let mut asked = 0;
        for (path, methods) in native {
            let schema = &methods["post"]["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_object() && schema["type"] != "array" {
                let answer = book.admin.post(path, &json!({"nobodyKnowsThis": 1}));
                assert_refused(&answer, 400, "unknown_member", &json!("nobodyKnowsThis"));
                asked += 1;
            }
            let has_records =
                paths.get(&format!("{path}/{{id}}")).is_some_and(|one| one["patch"].is_object());
            for shown in if has_records { book.list(path) } else { Vec::new() } {
                let id = ["encodedKey", "clientId", "id"].iter().find_map(|name| shown[*name].as_str());
                let one = format!("{path}/{}?dryRun=true", id.expect("an id"));
                println!("{one}");
                book.admin.patch(&one, &shown).expect(200);
                let more = with(shown.clone(), &json!({"nobodyKnowsThis": 1}));
                let answer = book.admin.patch(&one, &more);
                assert_refused(&answer, 400, "unknown_member", &json!("nobodyKnowsThis"));
                asked += 1;
            }
        }
        assert!(asked > 40, "{asked}");
    });
}

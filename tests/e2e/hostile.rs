//! Input that nobody sends by mistake: the answer is a plain no, never a fault of ours, and the
//! server goes on.

use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, with};

const JSON: Option<&str> = Some("application/json");

/// Panics unless the request was understood and either done or refused in the contract's way.
#[track_caller]
fn assert_no_fault(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text);
    let body = answer.json();
    assert!(answer.status < 300 || body["returnCode"].is_i64(), "{what}: {body}");
}

#[track_caller]
fn assert_refused(answer: &Answer, what: &str) {
    assert_no_fault(answer, what);
    assert!(answer.status >= 400, "{what} is taken: {}", answer.text);
}

#[test]
fn ids_of_strange_letters_name_nothing() {
    on_both(|book| {
        book.lend("L");
        for id in [
            "%00",
            "a%00b",
            "%FF%FE",
            "..%2F..%2Fetc",
            "%20",
            "'%3B--",
            "%F0%9F%92%B8",
            "L%0d%0aX",
            &"x".repeat(5_000),
        ] {
            for path in [
                format!("/api/loans/{id}"),
                format!("/api/clients/{id}"),
                format!("/api/loans/{id}/transactions"),
            ] {
                let answer = book.admin.get(&path);
                assert_eq!(answer.status, 404, "{path}: {}", answer.text);
                assert!(answer.json()["returnCode"].is_i64());
            }
            let native = book.admin.get(&format!("/loam/v1/branches/{id}"));
            assert_eq!(native.status, 404, "{id}: {}", native.text);
            for filter in ["lastName", "idDocument", "branchId", "creditOfficerUsername"] {
                assert_no_fault(&book.admin.get(&format!("/api/clients?{filter}={id}")), filter);
            }
        }
    });
}

#[test]
fn texts_of_strange_letters_are_kept_or_refused() {
    on_both(|book| {
        book.lend("L");
        let long = "long ".repeat(20_000);
        for text in [
            "a\u{0}b",
            "\u{1}\u{1f}",
            "\u{feff}",
            "Ω≈ç√",
            "💸",
            "<script>",
            "'; drop table client; --",
            long.as_str(),
        ] {
            let what = &text.chars().take(8).collect::<String>();
            let answer = book
                .admin
                .post("/api/loans/L/transactions", &json!({"type": "REPAYMENT", "amount": 1, "notes": text}));
            assert_no_fault(&answer, what);
            if answer.status == 201 {
                assert_eq!(answer.json()["comment"], text);
                assert_eq!(book.transactions("L")[0]["comment"], text);
            }
            let client = json!({"client": {"firstName": text, "lastName": "X", "notes": text}});
            let answer = book.admin.post("/api/clients", &client);
            assert_no_fault(&answer, what);
            if answer.status == 201 {
                let id = answer.json()["client"]["id"].as_str().expect("an id").to_owned();
                assert_eq!(book.read(&format!("/api/clients/{id}"))["firstName"], text);
            }
            let branch = book.admin.post("/loam/v1/branches", &json!({"id": "B", "name": text}));
            assert!(branch.status < 500, "{what}: {}", branch.text);
            let named = json!({"loanAccount": with(book.application("unused"), &json!({"id": text}))});
            assert_no_fault(&book.admin.post("/api/loans", &named), what);
        }
        let key = book.admin.clone().with_header("idempotency-key", &"k".repeat(4_000));
        assert_no_fault(&key.form("/api/loans/L/transactions", "type=REPAYMENT&amount=1"), "a long key");
    });
}

#[test]
fn figures_at_the_end_of_their_range_are_refused() {
    on_both(|book| {
        let open = json!({"id": "OPEN", "minLoanAmount": null, "maxLoanAmount": null, "minNumInstallments": null,
            "maxNumInstallments": null, "interestRateSettings": {"interestChargeFrequency": "EVERY_DAY"},
            "defaultRepaymentPeriodCount": null, "repaymentPeriodUnit": null,
            "arrearsSettings": {"defaultTolerancePeriod": 0}});
        record(&book.admin, "loan-products", &with(agriculture(), &open));
        let monthly =
            json!({"productTypeKey": "OPEN", "repaymentPeriodCount": 1, "repaymentPeriodUnit": "MONTHS"});
        let apply = |changes: &Value| {
            let account = with(with(book.application("X"), &monthly), changes);
            book.admin.post("/api/loans", &json!({"loanAccount": account}))
        };
        for changes in [
            json!({"loanAmount": "92233720368547758.07", "interestRate": "1000000"}),
            json!({"loanAmount": "92233720368547758.08"}),
            json!({"loanAmount": "1", "interestRate": "99999999999999999999999999"}),
            json!({"repaymentInstallments": 4_294_967_295_u32}),
            json!({"repaymentInstallments": 2_600, "repaymentPeriodCount": 4, "repaymentPeriodUnit": "YEARS"}),
            json!({"repaymentPeriodCount": 4_294_967_295_u32}),
            json!({"firstRepaymentDate": "9999-12-31"}),
            json!({"expectedDisbursementDate": "9999-12-31"}),
            json!({"gracePeriod": 4_294_967_295_u32}),
            json!({"principalRepaymentInterval": 4_294_967_295_u32}),
        ] {
            assert_refused(&apply(&changes), &changes.to_string());
        }
        assert_no_fault(&apply(&json!({"arrearsTolerancePeriod": 4_294_967_295_u32})), "a tolerance");
        let preview = "loanAmount=92233720368547758&interestRate=999999&repaymentInstallments=2600&repaymentPeriodCount=1000&repaymentPeriodUnit=YEARS";
        assert_refused(&book.admin.get(&format!("/api/loanproducts/OPEN/schedule?{preview}")), preview);
    });
}

#[test]
fn a_large_loan_is_lent_and_repaid_to_the_cent() {
    on_both(|book| {
        let open = json!({"id": "OPEN", "minLoanAmount": null, "maxLoanAmount": null});
        record(&book.admin, "loan-products", &with(agriculture(), &open));
        let large = json!({"productTypeKey": "OPEN", "loanAmount": "9999999999999.99", "interestRate": "0"});
        book.lend_with("LARGE", &large);
        book.act("LARGE", "type=REPAYMENT&amount=9999999999999.98");
        let rest = book.loan("LARGE");
        assert_eq!((&rest["principalBalance"], &rest["accountState"]), (&json!("0.01"), &json!("ACTIVE")));
        book.act("LARGE", "type=REPAYMENT&amount=0.01");
        assert_eq!(book.loan("LARGE")["accountState"], "CLOSED");
    });
}

#[test]
fn dates_at_the_end_of_time_are_refused() {
    on_both(|book| {
        book.lend("L");
        for date in [
            "9999-12-31",
            "10000-01-01",
            "-0001-01-01",
            "0000-00-00",
            "2012-06-31",
            "2012-6-1",
            "20120628",
            "2012-06-28T25:00:00",
            "2012-06-28T00:00:00+9",
            "1970-01-01",
            "0001-01-01",
        ] {
            let body = json!({"type": "REPAYMENT", "amount": 1, "date": date});
            assert_refused(&book.admin.post("/api/loans/L/transactions", &body), date);
        }
        book.apply("M");
        book.act("M", "type=APPROVAL");
        for form in ["firstRepaymentDate=9999-12-31", "date=9999-12-31", "date=10000-01-01"] {
            assert_refused(&book.try_act("M", &format!("type=DISBURSEMENT&{form}")), form);
        }
        assert_eq!(book.loan("M")["accountState"], "APPROVED");
    });
}

#[test]
fn json_of_any_depth_and_forms_of_any_bytes_are_answered() {
    on_both(|book| {
        book.lend("L");
        let deep = format!("{{\"loanAccount\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_refused(&book.admin.send("POST", "/api/loans", JSON, &deep), "deep lists");
        let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert_refused(&book.admin.send("POST", "/api/loans", JSON, &deep), "deep objects");
        let native = book.admin.send("POST", "/loam/v1/branches", JSON, &deep);
        assert!((400..500).contains(&native.status), "{}", native.text);
        for form in ["%FF=%FE", "&&&==&", "type=REPAYMENT&amount=%ZZ", "type=%00", "=", "type"] {
            let send = |caller: &Caller| caller.form("/api/loans/L/transactions", form);
            assert_refused(&send(&book.admin), form);
        }
        let many = "a=1&".repeat(100_000);
        assert_refused(&book.admin.form("/api/loans/L/transactions", &many), "many parameters");
        assert_eq!(book.transactions("L").len(), 1);
    });
}

/// Every key of the book, put where another kind of key belongs.
#[test]
fn a_key_of_one_thing_names_no_other() {
    on_both(|book| {
        book.lend("L");
        let transaction = book.transactions("L")[0].clone();
        let installment = book.repayments("L")[0].clone();
        let keys = [
            &book.branch,
            &book.product,
            &book.officer,
            &book.client,
            &crate::book::key(&transaction),
            &crate::book::key(&installment),
            &crate::book::key(&book.loan("L")),
        ];
        for (at, key) in keys.into_iter().enumerate() {
            for (path, own) in
                [("loans", 6), ("clients", 3), ("branches", 0), ("loanproducts", 1), ("users", 2)]
            {
                let answer = book.admin.get(&format!("/api/{path}/{key}"));
                let expected = if own == at { 200 } else { 404 };
                assert_eq!(answer.status, expected, "{path} {at}: {}", answer.text);
            }
            if at != 3 {
                assert_refused(&borrows(book, key), "an account holder that is no client");
            }
            if at != 4 {
                let form = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={key}");
                assert_refused(&book.try_act("L", &form), "a transaction that is none");
            }
        }
    });
}

fn borrows(book: &Book, holder: &str) -> Answer {
    let account = with(book.application("X"), &json!({"accountHolderKey": holder}));
    book.admin.post("/api/loans", &json!({"loanAccount": account}))
}

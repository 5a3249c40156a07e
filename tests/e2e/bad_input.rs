//! What callers get wrong: each has its status, returnCode and returnStatus, and nothing changes in
//! the book.

use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, transaction_id, with};

const JSON: Option<&str> = Some("application/json; charset=UTF-8");

/// A no: status, returnCode, returnStatus.
type No = (u16, i64, &'static str);

const WRONG_AMOUNT: No = (400, 101, "INVALID_AMOUNT");
const UNKNOWN_LOAN: No = (404, 100, "INVALID_LOAN_ACCOUNT_ID");
const WRONG_RATE: No = (400, 120, "INVALID_INTEREST_RATE");
const WRONG_INSTALLMENTS: No = (400, 121, "INVALID_INSTALLMENTS");

/// Posts a transaction on a loan.
fn act(loan: &'static str, form: &'static str) -> impl FnOnce(&Caller) -> Answer {
    move |caller| caller.form(&format!("/api/loans/{loan}/transactions"), form)
}

fn get(path: &'static str) -> impl FnOnce(&Caller) -> Answer {
    move |caller| caller.get(path)
}

#[test]
fn what_is_no_json_is_refused() {
    on_both(|book| {
        book.lend("L");
        for (method, path) in [
            ("POST", "/api/loans"),
            ("POST", "/api/loans/L/transactions"),
            ("PATCH", "/api/loans/L"),
            ("POST", "/api/clients"),
        ] {
            for body in ["{\"loanAccount\":", "{'type':'REPAYMENT'}", "{\"a\":1,}", "{} {}", "\u{feff}{"] {
                println!("{method} {path} {body}");
                book.refuses(
                    |caller| caller.send(method, path, JSON, body),
                    (400, 26, "INVALID_JSON_SYNTAX"),
                );
            }
        }
    });
}

#[test]
fn json_of_another_shape_is_refused() {
    on_both(|book| {
        let shapes = [
            ("[]", (400, 4, "INVALID_PARAMETERS")),
            ("\"loan\"", (400, 4, "INVALID_PARAMETERS")),
            ("{}", (400, 30, "MISSING_ENTITY_JSON")),
            ("{\"loanAccount\":null}", (400, 30, "MISSING_ENTITY_JSON")),
            ("{\"loanAccount\":[]}", (400, 4, "INVALID_PARAMETERS")),
        ];
        for (body, no) in shapes {
            println!("{body}");
            book.refuses(|caller| caller.send("POST", "/api/loans", JSON, body), no);
        }
        let text = Some("text/plain");
        book.refuses(|caller| caller.send("POST", "/api/loans", text, "x"), (400, 4, "INVALID_PARAMETERS"));
        let latin = Some("application/json; charset=ISO-8859-1");
        let no = (400, 22, "UNSUPPORTED_CHARACTER_ENCODING");
        book.refuses(|caller| caller.send("POST", "/api/loans", latin, "{}"), no);
    });
}

/// Creating a loan with one member changed; null takes the member away.
#[track_caller]
fn refuses_application(book: &Book, member: &str, value: Value, no: No) {
    println!("{member}: {value}");
    let mut account = book.application("REFUSED");
    account[member] = value;
    book.refuses(|caller| caller.post("/api/loans", &json!({"loanAccount": account})), no);
}

#[test]
fn a_new_loan_without_what_it_needs_is_refused() {
    on_both(|book| {
        for (member, no) in [
            ("accountHolderKey", (400, 1490, "MISSING_ACCOUNT_HOLDER_KEY")),
            ("accountHolderType", (400, 1491, "MISSING_ACCOUNT_HOLDER_TYPE")),
            ("productTypeKey", (400, 31, "MISSING_REQUIRED_PARAMETER")),
            ("loanAmount", WRONG_AMOUNT),
            ("interestRate", WRONG_RATE),
            ("repaymentInstallments", WRONG_INSTALLMENTS),
        ] {
            refuses_application(book, member, Value::Null, no);
        }
        // Also where the product has an amount to offer: the contract requires it.
        let offering = json!({"id": "OFFERING", "defaultLoanAmount": "950"});
        record(&book.admin, "loan-products", &with(agriculture(), &offering));
        let unsaid = json!({"productTypeKey": "OFFERING", "loanAmount": null, "loanAmuont": "500"});
        let unsaid = json!({"loanAccount": with(book.application("REFUSED"), &unsaid)});
        book.refuses(|caller| caller.post("/api/loans", &unsaid), WRONG_AMOUNT);
        let open = json!({"id": "OPEN", "defaultRepaymentPeriodCount": null, "repaymentPeriodUnit": null,
            "arrearsSettings": {}});
        record(&book.admin, "loan-products", &with(agriculture(), &open));
        let apply = |changes: Value| {
            let account =
                with(with(book.application("REFUSED"), &json!({"productTypeKey": "OPEN"})), &changes);
            move |caller: &Caller| caller.post("/api/loans", &json!({"loanAccount": account}))
        };
        let (count, unit) = ("MISSING_REPAYMENT_PERIOD_COUNT", "MISSING_REPAYMENT_INTERVAL");
        book.refuses(apply(json!({"repaymentPeriodUnit": "MONTHS"})), (400, 139, count));
        book.refuses(apply(json!({"repaymentPeriodCount": 1})), (400, 140, unit));
        let tolerance = (400, 273, "REQUIRED_ARREARS_TOLERANCE_PERIOD_MISSING");
        book.refuses(apply(json!({"repaymentPeriodCount": 1, "repaymentPeriodUnit": "MONTHS"})), tolerance);
    });
}

#[test]
fn figures_of_a_new_loan_that_cannot_be_are_refused() {
    on_both(|book| {
        for amount in [
            json!("-950"),
            json!(-950),
            json!("0"),
            json!("950.005"),
            json!("much"),
            json!("1e3"),
            json!("99.99"),
            json!("50000.01"),
            json!("99999999999999999999999999"),
        ] {
            refuses_application(book, "loanAmount", amount, WRONG_AMOUNT);
        }
        refuses_application(book, "loanAmount", json!({"amount": 1}), (400, 4, "INVALID_PARAMETERS"));
        for rate in [json!("-1"), json!("15.01"), json!("low")] {
            refuses_application(book, "interestRate", rate, WRONG_RATE);
        }
        for count in [json!(0), json!(61), json!(-1), json!("2.5"), json!("many")] {
            refuses_application(book, "repaymentInstallments", count, WRONG_INSTALLMENTS);
        }
        for grace in [json!(1), json!(-1)] {
            refuses_application(book, "gracePeriod", grace, (400, 185, "INVALID_GRACE_PERIOD"));
        }
        let interval = (400, 188, "INVALID_PRINCIPAL_REPAYMENT_INVERVAL");
        for wrong in [json!(0), json!(-1)] {
            refuses_application(book, "principalRepaymentInterval", wrong, interval);
        }
        let negative = (400, 272, "NEGATIVE_ARREARS_TOLERANCE_PERIOD");
        refuses_application(book, "arrearsTolerancePeriod", json!(-1), negative);
        let tolerance = (400, 271, "ARREARS_TOLERANCE_PERIOD_OUTSIDE_CONSTRAINTS");
        refuses_application(book, "arrearsTolerancePeriod", json!(31), tolerance);
        let frequency = (400, 2204, "REPAYMENT_FREQUENCY_NOT_ALLOWED");
        refuses_application(book, "repaymentPeriodUnit", json!("WEEKS"), frequency);
        refuses_application(book, "repaymentPeriodUnit", json!("FORTNIGHTS"), (400, 4, "INVALID_PARAMETERS"));
        refuses_application(book, "firstRepaymentDate", json!("soon"), (400, 102, "INVALID_DATE"));
        refuses_application(book, "firstRepaymentDate", json!("2012-02-30"), (400, 102, "INVALID_DATE"));
        let dates = json!({"expectedDisbursementDate": "2012-07-28", "firstRepaymentDate": "2012-07-28"});
        let early = (400, 194, "FIRST_REPAYMENT_DATE_BEFORE_EXPECTED_DISBURSEMENT_DATE");
        refuses_application(book, "disbursementDetails", dates, early);
        refuses_application(
            book,
            "accountHolderType",
            json!("GROUP"),
            (400, 1492, "ACCOUNT_HOLDER_NOT_FOUND"),
        );
        refuses_application(book, "accountHolderType", json!("NOBODY"), (400, 4, "INVALID_PARAMETERS"));
        refuses_application(book, "id", json!("a/b"), (400, 149, "INVALID_ID"));
        let balloon = (400, 190, "BALLOON_PAYMENTS_NOT_ALLOWED_BY_PRODUCT");
        refuses_application(book, "periodicPayment", json!("100"), balloon);
        let spread = (400, 518, "INTEREST_SPREAD_NOT_AVAILABLE_FOR_FIXED_RATES");
        refuses_application(book, "interestSpread", json!("1"), spread);
    });
}

#[test]
fn a_new_loan_that_names_what_is_not_there_is_refused() {
    on_both(|book| {
        let nobody = json!("00000000000000000000000000000000");
        refuses_application(book, "productTypeKey", nobody.clone(), (400, 505, "INVALID_PRODUCT_ID"));
        refuses_application(book, "assignedBranchKey", nobody.clone(), (400, 801, "INVALID_BRANCH_KEY"));
        refuses_application(book, "assignedCentreKey", nobody.clone(), (400, 850, "INVALID_CENTRE_KEY"));
        refuses_application(
            book,
            "assignedUserKey",
            nobody.clone(),
            (400, 702, "INVALID_CREDIT_OFFICER_KEY"),
        );
        let mut account = book.application("REFUSED");
        account["accountHolderKey"] = nobody;
        let answer = book.admin.post("/api/loans", &json!({"loanAccount": account})).json();
        assert_eq!(answer["returnStatus"], "ACCOUNT_HOLDER_NOT_FOUND", "{answer}");

        let other = record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        let mut account = book.application("REFUSED");
        account["assignedBranchKey"] = json!(other);
        account["assignedCentreKey"] = json!(book.centre);
        let no = (400, 852, "INCONSISTENT_CENTRE_WITH_BRANCH");
        book.refuses(|caller| caller.post("/api/loans", &json!({"loanAccount": account})), no);

        book.apply("TAKEN");
        let taken = json!({"loanAccount": book.application("TAKEN")});
        // In the contract an id that is taken makes an update of it, which changes custom fields only.
        let before = book.snapshot();
        book.admin.post("/api/loans", &taken).expect(200);
        let marked = book.admin.clone().with_header("idempotency-key", "new");
        marked.post("/api/loans", &taken).expect(200);
        assert_eq!(book.snapshot(), before);
        let form = "clientID=8&productID=AGRL&loanAmount=950&interestRate=2.5&installments=5&id=TAKEN";
        book.refuses(|caller| caller.form("/api/loans", form), (400, 411, "ACCOUNT_ID_ALREADY_IN_USE"));
        book.admin.patch("/loam/v1/loan-products/AGRL", &json!({"activated": false})).expect(200);
        let late = json!({"loanAccount": book.application("LATE")});
        book.refuses(|caller| caller.post("/api/loans", &late), (400, 189, "INVALID_PRODUCT_STATE"));
    });
}

#[test]
fn amounts_that_cannot_be_moved_are_refused() {
    on_both(|book| {
        book.lend("L");
        for amount in
            ["-10", "0", "10.005", "ten", "1e2", "NaN", "0x10", "", "10+", "10%2C50", "99999999999999999999"]
        {
            let form = format!("type=REPAYMENT&amount={amount}");
            println!("{form}");
            let no = if amount == "99999999999999999999" { None } else { Some(WRONG_AMOUNT) };
            let send = |caller: &Caller| caller.form("/api/loans/L/transactions", &form);
            match no {
                Some(no) => book.refuses(send, no),
                None => assert_eq!(send(&book.admin).status, 400),
            }
        }
        book.refuses(act("L", "type=REPAYMENT"), WRONG_AMOUNT);
        book.refuses(act("L", "type=REPAYMENT&amount=1079.78"), (400, 110, "EXCESS_REPAYMENT_ERROR"));
        book.refuses(act("L", "type=FEE&amount=-5&repayment=1"), WRONG_AMOUNT);
        book.refuses(act("L", "type=FEE&repayment=1"), WRONG_AMOUNT);
        book.refuses(act("L", "type=FEE&amount=5"), (400, 171, "MISSING_REPAYMENT_NUMBER"));
        book.refuses(act("L", "type=FEE&amount=5&repayment=6"), (400, 170, "INVALID_REPAYMENT_NUMBER"));
        book.refuses(act("L", "type=FEE&amount=5&repayment=0"), (400, 170, "INVALID_REPAYMENT_NUMBER"));
        let body = json!({"type": "REPAYMENT", "amount": {"value": 5}});
        book.refuses(|caller| caller.post("/api/loans/L/transactions", &body), WRONG_AMOUNT);
        let strict =
            json!({"id": "STRICT", "prepaymentAcceptance": "NO_PREPAYMENTS", "allowArbitraryFees": false});
        record(&book.admin, "loan-products", &with(agriculture(), &strict));
        book.lend_with("S", &json!({"productTypeKey": "STRICT"}));
        book.refuses(act("S", "type=REPAYMENT&amount=1"), (400, 123, "PREPAYMENT_NOT_ALLOWED_ERROR"));
        book.refuses(act("S", "type=FEE&amount=1&repayment=1"), (400, 174, "ARBITRARY_FEE_NOT_ALLOWED"));
    });
}

#[test]
fn dates_types_and_channels_that_cannot_be_are_refused() {
    on_both(|book| {
        book.lend("L");
        let future = (400, 124, "REPAYMENT_DATE_IN_THE_FUTURE_ERROR");
        book.refuses(act("L", "type=REPAYMENT&amount=1&date=2012-06-29"), future);
        book.refuses(act("L", "type=REPAYMENT&amount=1&date=2012-06-27"), (400, 102, "INVALID_DATE"));
        book.refuses(act("L", "type=REPAYMENT&amount=1&date=28.06.2012"), (400, 102, "INVALID_DATE"));
        book.refuses(act("L", "type=REPAYMENT&amount=1&date=2012-13-01"), (400, 102, "INVALID_DATE"));
        book.refuses(act("L", "amount=1"), (400, 427, "MISSING_TYPE_PARAMETER"));
        book.refuses(act("L", "type=&amount=1"), (400, 427, "MISSING_TYPE_PARAMETER"));
        let channel = (400, 104, "INVALID_TRANSACTION_TYPE_ID");
        book.refuses(act("L", "type=REPAYMENT&amount=1&method=PIGEON"), channel);
        let field = (400, 108, "INVALID_FIELD_FOR_TRANSACTION_TYPE");
        book.refuses(act("L", "type=REPAYMENT&amount=1&method=CASH&receiptNumber=1"), field);
        book.admin.patch("/loam/v1/transaction-channels/CASH", &json!({"activated": false})).expect(200);
        let inactive = (400, 109, "INACTIVE_TRANSACTION_TYPE");
        book.refuses(act("L", "type=REPAYMENT&amount=1&method=CASH"), inactive);
        let custom = json!({"type": "REPAYMENT", "amount": 1,
            "customInformation": [{"customFieldID": "IBAN", "value": "x"}]});
        let unknown = (400, 903, "INVALID_CUSTOM_FIELD_ID");
        book.refuses(|caller| caller.post("/api/loans/L/transactions", &custom), unknown);
    });
}

#[test]
fn what_the_state_of_a_loan_does_not_allow_is_refused() {
    on_both(|book| {
        let transition = (400, 116, "INVALID_STATE_TRANSITION");
        let state = (400, 105, "INVALID_ACCOUNT_STATE");
        book.apply("PENDING");
        for form in [
            "type=PENDING_APPROVAL",
            "type=UNDO_APPROVAL",
            "type=UNDO_REJECT",
            "type=UNDO_WITHDRAWN",
            "type=CLOSE",
            "type=UNDO_CLOSE",
        ] {
            println!("{form}");
            book.refuses(act("PENDING", form), transition);
        }
        for form in [
            "type=DISBURSEMENT",
            "type=DISBURSMENT_ADJUSTMENT",
            "type=WRITE_OFF",
            "type=WRITE_OFF_ADJUSTMENT",
            "type=LOCK",
            "type=UNLOCK",
            "type=FEE&amount=1&repayment=1",
            "type=INTEREST_APPLIED",
        ] {
            println!("{form}");
            book.refuses(act("PENDING", form), state);
        }
        let repayment = (400, 128, "INVALID_ACCOUNT_STATE_FOR_REPAYMENTS");
        book.refuses(act("PENDING", "type=REPAYMENT&amount=1"), repayment);
        book.lend("ACTIVE");
        for form in ["type=APPROVAL", "type=REJECT", "type=WITHDRAW"] {
            book.refuses(act("ACTIVE", form), transition);
        }
        book.refuses(act("ACTIVE", "type=DISBURSEMENT"), state);
        let transactions = (400, 423, "ACCOUNT_HAS_TRANSACTIONS");
        book.refuses(|caller| caller.delete("/api/loans/ACTIVE"), transactions);
        let remains = (400, 513, "ACCOUNT_HAS_REMAINING_BALANCE");
        book.refuses(act("ACTIVE", "type=CLOSE"), remains);
    });
}

#[test]
fn ids_that_name_nothing_are_not_found() {
    on_both(|book| {
        book.lend("L");
        for path in [
            "/api/loans/NOBODY",
            "/api/loans/NOBODY/transactions",
            "/api/loans/NOBODY/repayments",
            "/api/loans/00000000000000000000000000000000",
            "/api/loans/L%20",
            "/api/clients/8/loans/NOBODY",
        ] {
            println!("{path}");
            book.refuses(get(path), UNKNOWN_LOAN);
        }
        book.refuses(act("NOBODY", "type=REPAYMENT&amount=1"), UNKNOWN_LOAN);
        book.refuses(|caller| caller.patch("/api/loans/NOBODY", &json!({"loanAccount": {}})), UNKNOWN_LOAN);
        book.refuses(|caller| caller.delete("/api/loans/NOBODY"), UNKNOWN_LOAN);
        for path in ["/api/clients/NOBODY", "/api/clients/NOBODY/loans", "/api/clients/NOBODY/loans/L"] {
            book.refuses(get(path), (404, 301, "INVALID_CLIENT_ID"));
        }
        let form = "productID=AGRL&loanAmount=1000&interestRate=1&installments=5";
        let unknown = (404, 301, "INVALID_CLIENT_ID");
        book.refuses(|caller| caller.form("/api/clients/NOBODY/loans", form), unknown);
        for (path, no) in [
            ("/api/loanproducts/NONE", (404, 505, "INVALID_PRODUCT_ID")),
            ("/api/loanproducts/NONE/schedule?loanAmount=100", (404, 505, "INVALID_PRODUCT_ID")),
            ("/api/branches/NONE", (404, 800, "INVALID_BRANCH_ID")),
            ("/api/centres/NONE", (404, 851, "INVALID_CENTRE_ID")),
            ("/api/transactionchannels/NONE", (404, 104, "INVALID_TRANSACTION_TYPE_ID")),
            ("/api/users/none", (404, 700, "INVALID_USER_NAME")),
            ("/api/currencies/XYZ", (404, 650, "INVALID_CURRENCY_CODE")),
        ] {
            book.refuses(get(path), no);
        }
    });
}

#[test]
fn pages_that_cannot_be_are_refused() {
    on_both(|book| {
        book.lend("L");
        let lists = [
            "/api/loans",
            "/api/clients",
            "/api/clients/8/loans",
            "/api/loans/L/transactions",
            "/api/loans/L/repayments",
            "/api/branches",
            "/api/centres",
            "/api/users",
            "/api/loanproducts",
            "/api/transactionchannels",
        ];
        for list in lists {
            for (query, code, name) in [
                ("offset=-1", 12, "OUT_OF_BOUNDS_PAGINATION_OFFSET_VALUE"),
                ("offset=x", 11, "INVALID_PAGINATION_OFFSET_VALUE"),
                ("limit=-1", 14, "OUT_OF_BOUNDS_PAGINATION_LIMIT_VALUE"),
                ("limit=1001", 14, "OUT_OF_BOUNDS_PAGINATION_LIMIT_VALUE"),
                ("limit=x", 13, "INVALID_PAGINATION_LIMIT_VALUE"),
            ] {
                println!("{list}?{query}");
                book.admin.get(&format!("{list}?{query}")).expect_refusal(400, code, name);
            }
        }
        assert_eq!(book.list("/api/loans?limit=0"), Vec::<Value>::new());
    });
}

#[test]
fn callers_who_are_not_known_are_refused() {
    on_both(|book| {
        book.lend("L");
        let base = &book.server.base;
        let anonymous = Caller::anonymous(base);
        let before = book.snapshot();
        for caller in [
            Caller::basic(base, "admin", "guess"),
            Caller::basic(base, "nobody", "guess"),
            Caller::basic(base, "admin", ""),
            anonymous.clone().with_header("apikey", "guess"),
        ] {
            let answer = caller.get("/api/loans/L");
            answer.expect_refusal(401, 2, "INVALID_CREDENTIALS");
            assert!(
                answer.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Basic"))
            );
            caller.form("/api/loans/L/transactions", "type=REPAYMENT&amount=1").expect_refusal(
                401,
                2,
                "INVALID_CREDENTIALS",
            );
        }
        for caller in [
            anonymous.clone(),
            anonymous.clone().with_header("authorization", "Bearer x"),
            anonymous.clone().with_header("authorization", "Basic %%%"),
        ] {
            let name = "INVALID_BASIC_AUTHORIZATION";
            caller.get("/api/loans/L").expect_refusal(401, 1, name);
            caller.form("/api/loans/L/transactions", "type=LOCK").expect_refusal(401, 1, name);
        }
        let user = |name: &str, changes: Value| {
            let user = json!({"username": name, "password": "a long enough secret"});
            record(&book.admin, "users", &with(user, &changes));
            Caller::basic(base, name, "a long enough secret")
        };
        let inactive = user("gone", json!({"userState": "INACTIVE"}));
        inactive.get("/api/loans").expect_refusal(403, 17, "INACTIVE_USER");
        let locked = user("desk", json!({"accessRights": []}));
        locked.get("/api/loans").expect_refusal(403, 18, "NO_API_ACCESS");
        let harmless = user("clerk", json!({}));
        harmless.get("/api/loans/L").expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let repayment = harmless.form("/api/loans/L/transactions", "type=REPAYMENT&amount=1");
        repayment.expect_refusal(403, 15, "INVALID_PERMISSIONS");
        assert_eq!(book.transactions("L").len(), 1, "nothing was repaid");
        assert_eq!(before[..3], book.snapshot()[..3], "the loan is as it was");
    });
}

#[test]
fn a_body_of_ten_megabytes_is_refused_and_the_server_goes_on() {
    on_both(|book| {
        book.lend("L");
        let notes = "x".repeat(10_000_000);
        let form = format!("type=REPAYMENT&amount=1&notes={notes}");
        let no = (413, 20, "MAX_FILE_SIZE_EXCEEDED");
        book.refuses(|caller| caller.form("/api/loans/L/transactions", &form), no);
        let json = json!({"type": "REPAYMENT", "amount": "1", "notes": notes});
        book.refuses(|caller| caller.post("/api/loans/L/transactions", &json), no);
        let answer = book.admin.send("POST", "/loam/v1/branches", JSON, &json!({"id": notes}).to_string());
        assert_eq!(answer.status, 413, "{}", answer.text);
        book.act("L", "type=REPAYMENT&amount=1");
    });
}

#[test]
fn paths_and_methods_of_the_contract_are_told_from_others() {
    on_both(|book| {
        book.lend("L");
        let unknown = (404, 3, "INVALID_API_OPERATION");
        for path in ["/api/nothing", "/api", "/api/loans/L/moods", "/api/loans/L/transactions/1/2/3/4"] {
            println!("{path}");
            book.refuses(get(path), unknown);
        }
        for (method, path) in [
            ("PUT", "/api/loans/L"),
            ("DELETE", "/api/loans"),
            ("POST", "/api/branches"),
            ("PATCH", "/api/loanproducts/AGRL"),
            ("DELETE", "/api/loans/L/transactions"),
        ] {
            println!("{method} {path}");
            book.refuses(|caller| caller.send(method, path, None, ""), (405, 5, "METHOD_NOT_IMPLEMENTED"));
        }
        let version_two = book.admin.clone().with_header("accept", "application/vnd.mambu.v2+json");
        version_two.get("/api/loans/L").expect_refusal(404, 3, "INVALID_API_OPERATION");
    });
}

#[test]
fn refusals_of_reversals_change_nothing() {
    on_both(|book| {
        book.lend("L");
        let repayment = transaction_id(&book.act("L", "type=REPAYMENT&amount=100"));
        let missing = (400, 258, "MISSING_ORIGINAL_TRANSACTION_ID");
        book.refuses(act("L", "type=REPAYMENT_ADJUSTMENT"), missing);
        let unknown = (400, 212, "INVALID_TRANSACTION_ID");
        book.refuses(act("L", "type=REPAYMENT_ADJUSTMENT&originalTransactionId=999999999"), unknown);
        book.refuses(act("L", "type=REPAYMENT_ADJUSTMENT&originalTransactionId=x"), unknown);
        let form = format!("type=FEE_ADJUSTMENT&originalTransactionId={repayment}");
        let wrong_type = (400, 165, "INVALID_TRANSACTION_TYPE");
        book.refuses(|caller| caller.form("/api/loans/L/transactions", &form), wrong_type);
        book.close_days("2012-09-01");
        book.apply("M");
        book.act("M", "type=APPROVAL");
        book.act("M", "type=DISBURSEMENT");
        let form = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={repayment}");
        let of_another = (400, 212, "INVALID_TRANSACTION_ID");
        book.refuses(|caller| caller.form("/api/loans/M/transactions", &form), of_another);
    });
}

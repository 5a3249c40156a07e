//! Loans whose interest follows what is outstanding, and loans that are paid out in tranches.

use loam_tests::http::Caller;
use loam_tests::listener::Listener;
use loam_tests::wait::until;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, transaction_id, with};
use crate::subset::assert_shows;
use crate::terms::to_cents;

/// 7 % a year by months of thirty days, in equal installments; what is late costs interest.
fn dynamic(id: &str, changes: &Value) -> Value {
    let product = with(
        agriculture(),
        &json!({
            "id": id, "loanProductType": "DYNAMIC_TERM_LOAN",
            "interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED", "daysInYear": "E30_360",
            "scheduleInterestDaysCountMethod": "USING_REPAYMENT_PERIODICITY", "roundingMethod": "HALF_EVEN",
            "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED", "maxInterestRate": "50"},
            "roundingRepaymentScheduleMethod": "ROUND_REMAINDER_INTO_LAST_REPAYMENT",
            "accrueLateInterest": true, "latePaymentsRecalculationMethod": "INCREASE_LAST_INSTALLMENT",
        }),
    );
    with(product, changes)
}

/// 100 in six months at 7 %.
fn hundred(book: &Book, product: &str) {
    let product = record(&book.admin, "loan-products", &dynamic(product, &json!({})));
    let terms = json!({"productTypeKey": product, "loanAmount": "100", "interestRate": "7", "repaymentInstallments": 6});
    book.lend_with("L", &terms);
}

fn column(rows: &[Value], member: &str) -> Vec<String> {
    rows.iter().map(|row| text(&row[member])).collect()
}

#[test]
fn what_is_paid_early_lowers_the_interest_that_follows() {
    on_both(|book| {
        hundred(book, "DYN");
        assert_eq!(
            column(&book.repayments("L"), "interestDue"),
            ["0.58", "0.49", "0.39", "0.29", "0.2", "0.1"]
        );
        assert_shows(
            &book.loan("L"),
            &json!({"repaymentScheduleMethod": "DYNAMIC", "accrueLateInterest": true,
                "prepaymentRecalculationMethod": "NO_RECALCULATION", "applyInterestOnPrepaymentMethod": "AUTOMATIC"}),
        );
        book.close_days("2012-07-13");
        let paid = book.act("L", "type=REPAYMENT&amount=50");
        assert_shows(&paid, &json!({"amount": "50"}));
        let interest = column(&book.repayments("L"), "interestDue");
        let cents: i64 = interest.iter().map(|due| to_cents(due)).sum();
        assert!(cents < 205, "{interest:?}");
        let types = column(&book.transactions("L"), "type");
        assert_eq!(types, ["REPAYMENT", "INTEREST_APPLIED", "DISBURSMENT"]);
    });
}

#[test]
fn what_is_late_costs_interest_until_it_is_paid() {
    on_both(|book| {
        hundred(book, "DYN");
        book.close_days("2012-08-12");
        let rows = book.repayments("L");
        assert_eq!(column(&rows, "interestDue")[..2], ["0.58", "0.53"]);
        assert_eq!(rows[0]["state"], "LATE");
        assert_shows(&book.loan("L"), &json!({"accountState": "ACTIVE_IN_ARREARS", "principalDue": "16.43"}));
    });
}

#[test]
fn another_rate_counts_from_its_day() {
    on_both(|book| {
        hundred(book, "DYN");
        book.close_days("2012-07-28");
        book.act("L", "type=REPAYMENT&amount=17.01");
        let changed = book.act("L", "type=INTEREST_RATE_CHANGED&rate=14&notes=review");
        assert_shows(
            &changed,
            &json!({"type": "INTEREST_RATE_CHANGED", "interestRate": "14", "comment": "review"}),
        );
        assert_shows(&book.loan("L"), &json!({"interestRate": "14"}));
        assert_eq!(column(&book.repayments("L"), "interestDue")[..2], ["0.58", "0.97"]);
        book.lend("FIXED");
        let change = |loan: &str, form: &str| {
            let (path, form) = (format!("/api/loans/{loan}/transactions"), form.to_owned());
            move |caller: &Caller| caller.form(&path, &form)
        };
        book.refuses(
            change("FIXED", "type=INTEREST_RATE_CHANGED&rate=3"),
            (400, 2401, "INTEREST_RATE_CHANGED_TRANSACTION_NOT_ALLOWED_FOR_LOAN_PRODUCT_TYPE"),
        );
        book.refuses(change("L", "type=INTEREST_RATE_CHANGED"), (400, 120, "INVALID_INTEREST_RATE"));
    });
}

#[test]
fn what_is_paid_too_much_can_be_drawn_again() {
    on_both(|book| {
        let changes = json!({"futurePaymentsAcceptance": "ACCEPT_OVERPAYMENTS", "redrawSettings": {"allowRedraw": true}});
        let product = record(&book.admin, "loan-products", &dynamic("REDRAW", &changes));
        let terms = json!({"productTypeKey": product, "loanAmount": "100", "interestRate": "7", "repaymentInstallments": 6});
        book.lend_with("L", &terms);
        book.act("L", "type=REPAYMENT&amount=130");
        assert_shows(&book.loan("L"), &json!({"redrawBalance": "30", "principalBalance": "0"}));
        let drawn = book.act("L", "type=PAYMENT_MADE&amount=20");
        assert_shows(&drawn, &json!({"type": "PAYMENT_MADE", "amount": "20"}));
        assert_shows(&book.loan("L"), &json!({"redrawBalance": "10"}));
        let id = transaction_id(&drawn);
        let back = book.act("L", &format!("type=PAYMENT_MADE_ADJUSTMENT&originalTransactionId={id}"));
        assert_shows(&back, &json!({"type": "PAYMENT_MADE_ADJUSTMENT", "amount": "-20"}));
        assert_shows(&book.loan("L"), &json!({"redrawBalance": "30"}));
        book.refuses(
            |caller| caller.form("/api/loans/L/transactions", "type=PAYMENT_MADE&amount=31"),
            (400, 278, "INSUFFICIENT_BALANCE"),
        );
    });
}

fn tranched(book: &Book) -> String {
    let changes = json!({"loanProductType": "TRANCHED_LOAN", "maxNumberOfDisbursementTranches": 3});
    record(&book.admin, "loan-products", &dynamic("TRANCHED", &changes))
}

#[test]
fn tranches_are_paid_out_in_their_order() {
    on_both(|book| {
        let terms = json!({"productTypeKey": tranched(book), "loanAmount": "1000", "interestRate": "7",
            "repaymentInstallments": 6, "tranches": [
                {"amount": "700"}, {"amount": "300", "expectedDisbursementDate": "2012-08-02"}]});
        let loan = book.apply_with("T", &terms);
        assert_shows(
            &loan,
            &json!({"tranches": [{"amount": "700", "index": 0, "disbursementTransactionKey": null},
                {"amount": "300", "index": 1, "expectedDisbursementDate": "2012-08-02T00:00:00+0000"}]}),
        );
        book.act("T", "type=APPROVAL");
        let first = book.act("T", "type=DISBURSEMENT");
        assert_shows(&first, &json!({"type": "DISBURSMENT", "amount": "700"}));
        let paid = book.loan("T");
        assert_shows(
            &paid,
            &json!({"accountState": "ACTIVE", "accountSubState": "PARTIALLY_DISBURSED", "principalBalance": "700"}),
        );
        assert_eq!(paid["tranches"][0]["disbursementTransactionKey"], first["encodedKey"]);
        book.refuses(
            |caller| caller.form("/api/loans/T/transactions", "type=DISBURSEMENT"),
            (400, 3012, "TRANSACTION_DISBURSEMENT_DATE_DOES_NOT_MATCH_WITH_TRANCH_EXPECTED_DATE"),
        );
        book.close_days("2012-08-02");
        book.act("T", "type=DISBURSEMENT");
        assert_shows(&book.loan("T"), &json!({"principalBalance": "1000", "accountSubState": null}));
        book.refuses(
            |caller| caller.form("/api/loans/T/transactions", "type=DISBURSEMENT"),
            (400, 530, "ALL_TRANCHES_ALREADY_DISBURSED"),
        );
        let first_one =
            format!("type=DISBURSMENT_ADJUSTMENT&originalTransactionId={}", transaction_id(&first));
        book.refuses(
            |caller| caller.form("/api/loans/T/transactions", &first_one),
            (400, 166, "UNREVERSED_TRANSACTION_LOGGED_AFTER_CURRENT_ONE"),
        );
        let last = book.transactions("T").iter().find(|row| row["amount"] == "300").map(key);
        let last = last.expect("the second tranche is paid out");
        book.act("T", &format!("type=DISBURSMENT_ADJUSTMENT&originalTransactionId={last}"));
        assert_shows(
            &book.loan("T"),
            &json!({"principalBalance": "700", "accountSubState": "PARTIALLY_DISBURSED"}),
        );
    });
}

#[test]
fn a_first_tranche_after_the_first_repayment_is_refused() {
    on_both(|book| {
        let terms = json!({"productTypeKey": tranched(book), "loanAmount": "1000", "interestRate": "7",
            "repaymentInstallments": 6, "firstRepaymentDate": "2012-07-20"});
        let early = (400, 194, "FIRST_REPAYMENT_DATE_BEFORE_EXPECTED_DISBURSEMENT_DATE");
        let late = json!({"tranches": [{"amount": "1000", "expectedDisbursementDate": "2012-08-02"}]});
        let account = with(with(book.application("T"), &terms), &late);
        book.refuses(|caller| caller.post("/api/loans", &json!({"loanAccount": account})), early);
        book.apply_with("T", &terms);
        book.refuses(|caller| caller.post("/api/loans/T/tranches", &late), early);
        let in_time = json!({"tranches": [{"amount": "1000", "expectedDisbursementDate": "2012-07-10"}]});
        book.admin.post("/api/loans/T/tranches", &in_time).expect(201);
        let sooner = json!({"loanAccount": {"firstRepaymentDate": "2012-07-09"}});
        book.refuses(|caller| caller.patch("/api/loans/T", &sooner), early);
    });
}

/// Of loan T: how many reminders stand in the log and how many wait in the outbox.
fn reminders(book: &Book) -> (i64, i64) {
    let of_loan = "account_no = (select account_no from loan_account where id = 'T')";
    let count = |table: &str| {
        let sql = format!("select count(*) from {table} where {of_loan} and event = 'tranche_expected'");
        book.database.number(&sql)
    };
    (count("loan_log"), count("outbox"))
}

#[test]
fn the_day_of_a_tranche_stands_in_the_log_and_is_told() {
    on_both(|book| {
        let terms = json!({"productTypeKey": tranched(book), "loanAmount": "1000", "interestRate": "7",
            "repaymentInstallments": 6, "tranches": [
                {"amount": "700"}, {"amount": "300", "expectedDisbursementDate": "2012-07-10"}]});
        let loan = book.apply_with("T", &terms);
        book.act("T", "type=APPROVAL");
        book.act("T", "type=DISBURSEMENT");
        book.close_days("2012-07-09");
        assert_eq!(reminders(book), (0, 0));
        let before = (book.loan("T")["principalBalance"].clone(), book.transactions("T"));
        let day = book.close_days("2012-07-10")["days"][0].clone();
        assert_eq!(day["advanced"], 1, "{day}");
        assert_eq!(reminders(book), (1, 1));
        assert_eq!((book.loan("T")["principalBalance"].clone(), book.transactions("T")), before);
        assert_eq!(book.close_days("2012-07-10")["days"], json!([]), "once");

        let listener = Listener::start();
        let target =
            json!({"id": "score", "url": listener.base, "contract": "REPAYMENT_DATA", "secret": "sk_1"});
        book.admin.post("/loam/v1/targets", &target).expect(201);
        let heard_of_all = |seq: i64| {
            until("the target is told of the last entry", || {
                let sent = book.database.number("select coalesce(max(sent_seq), 0) from delivery");
                (sent == seq).then_some(()).ok_or(format!("{sent} of {seq}"))
            });
            listener.heard().len()
        };
        let last_entry = || book.database.number("select max(seq) from loan_log");
        let heard = heard_of_all(last_entry());
        let tranches = json!([{"encodedKey": key(&loan["tranches"][0]), "amount": "700"},
            {"encodedKey": key(&loan["tranches"][1]), "amount": "300", "expectedDisbursementDate": "2012-07-20"}]);
        book.admin.post("/api/loans/T/tranches", &json!({"tranches": tranches})).expect(201);
        book.close_days("2012-07-19");
        let heard_of_edit = heard_of_all(last_entry());
        assert!(heard_of_edit > heard);
        book.close_days("2012-07-20");
        assert_eq!(reminders(book).0, 2, "another day is another reminder");
        assert!(heard_of_all(last_entry()) > heard_of_edit, "the reminder is told");
    });
}

#[test]
fn posted_tranches_are_the_whole_list() {
    on_both(|book| {
        let terms = json!({"productTypeKey": tranched(book), "loanAmount": "1000", "interestRate": "7",
            "repaymentInstallments": 6, "tranches": [{"amount": "700"}, {"amount": "300"}]});
        let loan = book.apply_with("T", &terms);
        let first = key(&loan["tranches"][0]);
        let post = |tranches: Value| book.admin.post("/api/loans/T/tranches", &json!({"tranches": tranches}));
        let changed =
            post(json!([{"encodedKey": first, "amount": "600"}, {"amount": "400"}])).expect(201).json();
        assert_shows(
            &changed,
            &json!({"id": "T", "tranches": [{"encodedKey": first, "amount": "600"}, {"amount": "400"}]}),
        );
        let same = book.admin.post("/api/loans/T/tranches", &json!({})).expect(201).json();
        assert_eq!(same["tranches"], changed["tranches"]);
        assert_eq!(post(json!([])).expect(201).json()["tranches"], json!([]));

        let send = |loan: &str, tranches: Value| {
            let path = format!("/api/loans/{loan}/tranches");
            move |caller: &Caller| caller.post(&path, &json!({"tranches": tranches}))
        };
        book.lend("FIXED");
        let one = |amount: &str| json!([{"amount": amount}]);
        for (loan, tranches, code, name) in [
            ("FIXED", one("950"), 520, "TRANCHES_NOT_ALLOWED"),
            ("T", one("1001"), 523, "TOTAL_TRANCHES_AMOUNT_MORE_THAN_LOAN_AMOUNT"),
            ("T", one("0"), 525, "TRANCHE_AMOUNT_SHOULD_BE_STRICT_POSITIVE"),
            ("T", json!([{"encodedKey": first, "amount": "1"}]), 526, "INVALID_TRANCHE_KEY"),
            (
                "T",
                json!([{"amount": "1"}, {"amount": "1"}, {"amount": "1"}, {"amount": "1"}]),
                522,
                "MORE_TRANCHES_THAN_ALLOWED",
            ),
            (
                "T",
                json!([{"amount": "1", "expectedDisbursementDate": "2012-09-01"},
                    {"amount": "1", "expectedDisbursementDate": "2012-08-01"}]),
                519,
                "TRANCHES_EXPECTED_DISBURSMENT_DATES_NOT_ORDERED",
            ),
        ] {
            book.refuses(send(loan, tranches), (400, code, name));
        }
        post(one("900")).expect(201);
        book.refuses(
            |caller| caller.form("/api/loans/T/transactions", "type=APPROVAL"),
            (400, 524, "TOTAL_AMOUNT_NOT_EQUAL_WITH_LOAN_AMOUNT"),
        );
        let patched = json!({"loanAccount": {"tranches": [{"amount": "1"}]}});
        book.refuses(|caller| caller.patch("/api/loans/T", &patched), (400, 27, "PARAMETER_NOT_ALLOWED"));
    });
}

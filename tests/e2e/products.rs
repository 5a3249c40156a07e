//! Products of every kind that the book services, and what their loans agree on.

use loam_tests::http::Caller;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, on_both, record, text, with};
use crate::subset::assert_shows;

/// Equal installments by months of thirty days, with other members.
fn equal(id: &str, changes: &Value) -> Value {
    let base = json!({
        "id": id, "interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED", "daysInYear": "E30_360",
        "scheduleInterestDaysCountMethod": "USING_REPAYMENT_PERIODICITY",
        "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED"},
    });
    with(with(agriculture(), &base), changes)
}

fn offered(book: &Book, id: &str, changes: &Value) -> String {
    record(&book.admin, "loan-products", &equal(id, changes))
}

fn column(rows: &[Value], member: &str) -> Vec<String> {
    rows.iter().map(|row| text(&row[member])).collect()
}

fn try_apply(book: &Book, changes: &Value) -> impl FnOnce(&Caller) -> loam_tests::http::Answer {
    let body = json!({"loanAccount": with(book.application("X"), changes)});
    move |caller| caller.post("/api/loans", &body)
}

#[test]
fn what_a_product_says_is_shown_in_both_doors() {
    on_both(|book| {
        let tiers = json!({"interestRateTerms": "TIERED", "interestChargeFrequency": "ANNUALIZED",
            "interestRateTiers": [{"endingBalance": "500", "interestRate": "12"}, {"interestRate": "9"}]});
        for (id, changes) in [
            ("TIERED", json!({"interestRateSettings": tiers})),
            ("BALLOON", json!({"amortizationMethod": "BALLOON_PAYMENTS"})),
            ("OPTIMIZED", json!({"amortizationMethod": "OPTIMIZED_PAYMENTS"})),
            (
                "FREE",
                json!({"loanProductType": "INTEREST_FREE_LOAN",
                "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED"}}),
            ),
            ("EDITED", json!({"repaymentScheduleEditOptions": ["ADJUST_PAYMENT_DATES"]})),
            (
                "DYNAMIC",
                json!({"loanProductType": "DYNAMIC_TERM_LOAN", "repaymentScheduleMethod": "DYNAMIC",
                "prepaymentRecalculationMethod": "REDUCE_AMOUNT_PER_INSTALLMENT",
                "principalPaidInstallmentStatus": "PAID", "paymentMethod": "VERTICAL",
                "applyInterestOnPrepaymentMethod": "MANUAL", "elementsRecalculationMethod": "FIXED_PRINCIPAL_EXPECTED",
                "futurePaymentsAcceptance": "ACCEPT_OVERPAYMENTS", "redrawSettings": {"allowRedraw": true}}),
            ),
            ("TRANCHED", json!({"loanProductType": "TRANCHED_LOAN", "maxNumberOfDisbursementTranches": 4})),
        ] {
            println!("{id}");
            offered(book, id, &changes);
            assert_shows(&book.read(&format!("/loam/v1/loan-products/{id}")), &changes);
            let shown = book.read(&format!("/api/loanproducts/{id}"));
            assert_shows(&shown, &changes);
            // The settings of the rate stand on the product itself, too.
            let settings = shown["interestRateSettings"].clone();
            assert_shows(&shown, &settings);
        }
    });
}

#[test]
fn a_balloon_leaves_the_rest_to_the_last_due_date() {
    on_both(|book| {
        let product = offered(book, "BALLOON", &json!({"amortizationMethod": "BALLOON_PAYMENTS"}));
        let terms = json!({"productTypeKey": product, "loanAmount": "1000", "interestRate": "12",
            "repaymentInstallments": 4, "periodicPayment": "100"});
        book.lend_with("L", &terms);
        let rows = book.repayments("L");
        assert_eq!(column(&rows, "interestDue"), ["10", "9.1", "8.19", "7.27"]);
        assert_eq!(column(&rows, "principalDue"), ["90", "90.9", "91.81", "727.29"]);
        assert_shows(&book.loan("L"), &json!({"periodicPayment": "100"}));
        let preview = "loanAmount=1000&interestRate=12&repaymentInstallments=4&periodicPayment=100";
        let preview = book.read(&format!("/api/loanproducts/BALLOON/schedule?{preview}"));
        assert_eq!(preview["repayments"][3]["principalDue"], "727.29");
        for (changes, code, name) in [
            (json!({"periodicPayment": 0}), 191, "MANDATORY_PERIODIC_PAYMENT"),
            (json!({"periodicPayment": "1001"}), 192, "PERIODIC_PAYMENT_GREATER_THAN_LOAN_AMOUNT"),
        ] {
            book.refuses(try_apply(book, &with(terms.clone(), &changes)), (400, code, name));
        }
        let plain = json!({"periodicPayment": "100"});
        book.refuses(try_apply(book, &plain), (400, 190, "BALLOON_PAYMENTS_NOT_ALLOWED_BY_PRODUCT"));
    });
}

#[test]
fn the_rate_of_a_plan_follows_from_its_payments() {
    on_both(|book| {
        let changes = json!({"amortizationMethod": "PAYMENT_PLAN"});
        let product = offered(book, "PLAN", &changes);
        let terms = json!({"productTypeKey": product, "loanAmount": "1000", "interestRate": null,
            "repaymentInstallments": 4, "paymentPlan": [
                {"pmt": "300", "endingInstallmentPosition": 2}, {"pmt": "220", "endingInstallmentPosition": 4}]});
        book.lend_with("L", &terms);
        let rows = book.repayments("L");
        let totals: Vec<i64> = rows
            .iter()
            .map(|row| {
                crate::terms::to_cents(&text(&row["principalDue"]))
                    + crate::terms::to_cents(&text(&row["interestDue"]))
            })
            .collect();
        assert_eq!(totals, [30_000, 30_000, 22_000, 22_000]);
        assert_shows(
            &book.loan("L"),
            &json!({"paymentPlan": [{"pmt": "300", "endingInstallmentPosition": 2, "index": 0},
                {"pmt": "220", "endingInstallmentPosition": 4, "index": 1}]}),
        );
        let plan = |payments: Value| with(terms.clone(), &json!({"paymentPlan": payments}));
        for (changes, code, name) in [
            (plan(Value::Null), 2483, "AT_LEAST_ONE_PERIODIC_PAYMENT_PLAN_MANDATORY"),
            (
                plan(json!([{"pmt": "250", "endingInstallmentPosition": 4}])),
                2484,
                "SUM_OF_PERIODIC_PAYMENTS_LESS_OR_EQUAL_WITH_LOAN_AMOUNT",
            ),
            (
                plan(json!([{"pmt": "300", "endingInstallmentPosition": 3}])),
                2480,
                "INVALID_TO_INSTALLMENT_POSITION",
            ),
            (plan(json!([{"endingInstallmentPosition": 4}])), 2481, "INVALID_PMT_VALUE"),
        ] {
            book.refuses(try_apply(book, &changes), (400, code, name));
        }
        let other = json!({"paymentPlan": [{"pmt": "300", "endingInstallmentPosition": 5}]});
        book.refuses(try_apply(book, &other), (400, 2482, "PAYMENT_PLAN_NOT_AVAILABLE"));
    });
}

#[test]
fn a_loan_without_interest_repays_its_principal_alone() {
    on_both(|book| {
        let changes = json!({"loanProductType": "INTEREST_FREE_LOAN",
            "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED"}});
        let product = offered(book, "FREE", &changes);
        let terms = json!({"productTypeKey": product, "loanAmount": "100", "interestRate": "0", "repaymentInstallments": 4});
        book.lend_with("L", &terms);
        let rows = book.repayments("L");
        assert_eq!(column(&rows, "principalDue"), ["25"; 4]);
        assert_eq!(column(&rows, "interestDue"), ["0"; 4]);
        assert_eq!(book.loan("L")["repaymentScheduleMethod"], "FIXED");
        // Where payments change what is left of the schedule, it is not fixed.
        let following = with(
            changes,
            &json!({"prepaymentRecalculationMethod": "RESCHEDULE_REMAINING_REPAYMENTS",
            "repaymentScheduleMethod": "DYNAMIC"}),
        );
        let dynamic = offered(book, "FREE2", &following);
        assert_shows(&book.read("/api/loanproducts/FREE2"), &following);
        book.lend_with("M", &with(terms.clone(), &json!({"productTypeKey": dynamic})));
        assert_eq!(book.loan("M")["repaymentScheduleMethod"], "DYNAMIC");
        let rate = with(terms, &json!({"interestRate": "1"}));
        book.refuses(try_apply(book, &rate), (400, 532, "INTEREST_RATE_SHOULD_BE_ZERO_OR_EMPTY"));
    });
}

/// An index that stands at 3 % since the beginning of the year.
fn prime(book: &Book) -> String {
    let index =
        json!({"id": "PRIME", "name": "Prime", "indexRates": [{"startDate": "2012-01-01", "rate": "3"}]});
    record(&book.admin, "index-rate-sources", &index)
}

#[test]
fn the_rate_of_a_loan_is_its_index_and_its_spread() {
    on_both(|book| {
        prime(book);
        let settings = json!({"interestChargeFrequency": "ANNUALIZED", "interestRateSource": "INDEX_INTEREST_RATE",
            "indexSourceKey": "PRIME", "interestRateReviewUnit": "MONTHS", "interestRateReviewCount": 6,
            "minInterestSpread": "1", "maxInterestSpread": "5", "interestRateCeilingValue": "7.5"});
        let product = offered(book, "INDEXED", &json!({"interestRateSettings": settings}));
        let terms = json!({"productTypeKey": product, "loanAmount": "1000", "interestRate": null,
            "interestSpread": "2.5", "repaymentInstallments": 4});
        let loan = book.apply_with("L", &terms);
        assert_shows(
            &loan,
            &json!({"interestRate": "5.5", "interestSpread": "2.5", "interestRateSource": "INDEX_INTEREST_RATE",
                "interestRateReviewUnit": "MONTHS", "interestRateReviewCount": 6}),
        );
        for (changes, code, name) in [
            (json!({"interestRate": "5"}), 517, "INTEREST_RATE_NOT_AVAILABLE_FOR_INDEXED_RATES"),
            (json!({"interestSpread": "6"}), 197, "INVALID_INTEREST_SPREAD"),
            (json!({"interestSpread": null}), 193, "MISSING_INTEREST_RATE_SPREAD_ON_PRODUCT"),
        ] {
            book.refuses(try_apply(book, &with(terms.clone(), &changes)), (400, code, name));
        }
        let fixed = json!({"interestSpread": "1"});
        book.refuses(try_apply(book, &fixed), (400, 518, "INTEREST_SPREAD_NOT_AVAILABLE_FOR_FIXED_RATES"));
    });
}

#[test]
fn rates_are_added_to_an_index_from_today_on() {
    on_both(|book| {
        let source = prime(book);
        let path = format!("/api/indexratesources/{source}/indexrates");
        let body =
            |date: &str, rate: &str| json!({"indexRate": {"startDate": date, "rate": rate, "notes": "n"}});
        let added = book.admin.post(&path, &body("2012-07-01", "3.25")).expect(201).json();
        assert_shows(
            &added,
            &json!({"startDate": "2012-07-01T00:00:00+0000", "rate": "3.25", "notes": "n",
                "rateSource": {"encodedKey": source, "name": "Prime", "type": "INTEREST_RATE"}}),
        );
        assert_eq!(book.read("/loam/v1/index-rate-sources/PRIME")["indexRates"][1]["rate"], "3.25");
        for (body, code, name) in [
            (body("2012-07-01", "4"), 1301, "START_DATE_BEFORE_LAST_INDEX_REVIEWD_DATE"),
            (json!({"indexRate": {"rate": "4"}}), 1302, "INVALID_INDEX_RATE_START_DATE"),
            (body("2012-08-01", "much"), 120, "INVALID_INTEREST_RATE"),
            (json!({}), 30, "MISSING_ENTITY_JSON"),
        ] {
            book.refuses(|caller| caller.post(&path, &body), (400, code, name));
        }
        let unknown = book.admin.post("/api/indexratesources/NONE/indexrates", &body("2012-08-01", "4"));
        unknown.expect_refusal(404, 1300, "INVALID_INDEX_RATE_SOURCE_ID");
    });
}

/// 28 July 2012 is a Saturday.
#[test]
fn due_dates_keep_the_days_on_which_nobody_works() {
    on_both(|book| {
        let settings = json!({"nonWorkingDays": ["SATURDAY", "SUNDAY"],
            "holidays": [{"name": "Once", "date": "2012-07-30"}]});
        let changed = book.admin.patch("/loam/v1/settings", &settings).expect(200).json();
        assert_shows(&changed, &json!({"name": "Organization", "nonWorkingDays": ["SATURDAY", "SUNDAY"]}));
        assert_eq!(book.read("/loam/v1/settings"), changed);
        let shown = book.read("/api/settings/general");
        assert_shows(
            &shown,
            &json!({"nonWorkingDays": ["SATURDAY", "SUNDAY"],
                "holidays": [{"name": "Once", "date": "2012-07-30T00:00:00+0000", "isAnnuallyRecurring": false}]}),
        );
        let branch =
            json!({"branchHolidays": [{"name": "Own", "date": "2000-07-31", "isAnnuallyRecurring": true}]});
        book.admin.patch("/loam/v1/branches/2", &branch).expect(200);
        assert_eq!(book.read("/api/branches/2")["branchHolidays"][0]["name"], "Own");

        let product = offered(book, "NEXT", &json!({"repaymentReschedulingMethod": "NEXT_WORKING_DAY"}));
        let terms = json!({"productTypeKey": product, "loanAmount": "1000", "interestRate": "12", "repaymentInstallments": 3});
        book.lend_with("L", &terms);
        let elsewhere = record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        let client = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja", "assignedBranchKey": elsewhere}});
        let client = key(&book.admin.post("/api/clients", &client).expect(201).json()["client"]);
        book.lend_with("E", &with(terms, &json!({"accountHolderKey": client})));
        let first = |loan: &str| text(&book.repayments(loan)[0]["dueDate"])[..10].to_owned();
        assert_eq!((first("L"), first("E")), ("2012-08-01".to_owned(), "2012-07-31".to_owned()));

        let never = json!({"nonWorkingDays": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]});
        let refused = book.admin.patch("/loam/v1/settings", &never);
        assert_eq!((refused.status, &refused.json()["error"]["field"]), (400, &json!("nonWorkingDays")));
        assert_eq!(key(&book.read("/api/loans/L")).len(), 32);
    });
}

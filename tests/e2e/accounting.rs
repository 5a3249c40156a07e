//! Accounting: products say when and where their loans are booked, and the ledger follows.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, text, with};

fn balance(book: &Book, account: &str) -> String {
    text(&book.read(&format!("/api/glaccounts/{account}"))["balance"])
}

fn gl_account(book: &Book, code: &str, kind: &str) -> String {
    record(&book.admin, "gl-accounts", &json!({"glCode": code, "name": code, "type": kind}))
}

/// A product whose rules name these accounts.
fn product_with(book: &Book, id: &str, changes: &Value) -> String {
    record(&book.admin, "loan-products", &with(with(agriculture(), &json!({"id": id})), changes))
}

fn rule(resource: &str, code: &str) -> Value {
    json!({"financialResource": resource, "account": {"glCode": code}})
}

#[test]
fn loans_are_booked_where_their_product_says() {
    on_both(|book| {
        let own = gl_account(book, "1101", "ASSET");
        gl_account(book, "4101", "INCOME");
        let rules = json!([rule("PORTFOLIO_CONTROL", "1101"), rule("INTEREST_INCOME", "4101")]);
        let product = product_with(book, "RULED", &json!({"loanProductRules": rules}));
        let served = book.read("/api/loanproducts/RULED");
        let first = &served["loanProductRules"][0];
        assert_eq!(first["financialResource"], "PORTFOLIO_CONTROL");
        assert_eq!(
            (&first["account"]["glCode"], &first["account"]["encodedKey"]),
            (&json!("1101"), &json!(own))
        );
        book.lend("PLAIN");
        book.lend_with("RULED", &json!({"productTypeKey": product}));
        assert_eq!((balance(book, "1100"), balance(book, "1101")), ("950".to_owned(), "950".to_owned()));
        assert_eq!(balance(book, "1000"), "0", "what is lent was cash");
        assert_eq!(text(&book.read("/api/indicators/GROSS_LOAN_PORTFOLIO")["GROSS_LOAN_PORTFOLIO"]), "1900");

        // Rules that change count for new loans; the old ones stay where they are.
        let none = json!({"loanProductRules": []});
        book.admin.patch("/loam/v1/loan-products/RULED", &none).expect(200);
        book.close_days("2012-08-01");
        book.act("RULED", "type=REPAYMENT&amount=215.45");
        assert_eq!((balance(book, "1101"), balance(book, "4101")), ("760".to_owned(), "25.45".to_owned()));
        let entries = book.list("/api/gljournalentries?from=2012-06-28&to=2012-08-01");
        let on_own = entries.iter().filter(|entry| entry["glAccount"]["glCode"] == "1101").count();
        assert_eq!(on_own, 2, "paid out and repaid");
        book.assert_proven();
    });
}

#[test]
fn income_counts_when_it_is_paid_or_not_at_all() {
    on_both(|book| {
        let cash = product_with(book, "CASH", &json!({"accountingMethod": "CASH"}));
        let none = product_with(book, "NONE", &json!({"accountingMethod": "NONE"}));
        book.lend_with("C1", &json!({"productTypeKey": cash}));
        book.lend_with("N1", &json!({"productTypeKey": none}));
        book.close_days("2012-08-01");
        assert_eq!((balance(book, "1210"), balance(book, "4100")), ("0".to_owned(), "0".to_owned()));
        book.act("C1", "type=REPAYMENT&amount=100");
        book.act("N1", "type=REPAYMENT&amount=100");
        assert_eq!((balance(book, "1210"), balance(book, "4100")), ("0".to_owned(), "25.45".to_owned()));
        assert_eq!(balance(book, "1100"), "875.45");
        book.assert_proven();
    });
}

#[test]
fn branches_owe_each_other_what_goes_between_them() {
    on_both(|book| {
        let hill = record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        let product = crate::savings::savings_product(book, &json!({}));
        crate::savings::filled(book, "S1", &product, "300");
        book.lend_with("HERE", &json!({}));
        book.lend_with("HILL", &json!({"assignedBranchKey": hill}));
        for (loan, amount) in [("HERE", "40"), ("HILL", "70")] {
            let form = format!("type=TRANSFER&amount={amount}&toLoanAccount={loan}");
            crate::savings::act(book, "S1", &form);
        }
        assert_eq!((balance(book, "1910"), balance(book, "1930")), ("0".to_owned(), "0".to_owned()));
        let all = book.list("/api/gljournalentries?from=2012-06-28&to=2012-06-28");
        let between: Vec<(&Value, &Value, &Value)> = all
            .iter()
            .filter(|entry| entry["glAccount"]["glCode"] == "1930")
            .map(|entry| (&entry["assignedBranchKey"], &entry["type"], &entry["amount"]))
            .collect();
        for part in ["44.55", "25.45"] {
            assert!(between.contains(&(&json!(hill), &json!("DEBIT"), &json!(part))), "{between:?}");
        }
        assert!(between.contains(&(&json!(book.branch), &json!("CREDIT"), &json!("70"))), "{between:?}");
        assert_eq!(between.len(), 3, "within a branch nothing goes over it: {between:?}");
        book.assert_proven();
    });
}

#[test]
fn rules_that_cannot_be_are_refused_and_change_nothing() {
    on_both(|book| {
        gl_account(book, "4101", "INCOME");
        let header = json!({"glCode": "4900", "name": "More", "type": "INCOME", "usage": "HEADER"});
        record(&book.admin, "gl-accounts", &header);
        let place = "/loam/v1/loan-products/AGRL";
        let before = book.snapshot();
        for (rules, code, field) in [
            (json!([rule("INTEREST_INCOME", "9999")]), "invalid_member", "account.glCode"),
            (json!([rule("INTEREST_INCOME", "4900")]), "refused", ""),
            (json!([rule("PORTFOLIO_CONTROL", "4101")]), "accounting_rule", ""),
            (json!([rule("ACCOUNT_TRANSFERS", "1100")]), "not_supported", "financialResource"),
            (json!([rule("SAVINGS_CONTROL", "2100")]), "not_supported", "financialResource"),
            (json!([{"financialResource": "INTEREST_INCOME"}]), "missing_member", "account.glCode"),
            (json!([rule("CASH_BOX", "4101")]), "not_supported", "financialResource"),
            (
                json!([rule("FEE_INCOME", "4101"), rule("FEE_INCOME", "4200")]),
                "contradicting_members",
                "loanProductRules",
            ),
        ] {
            let answer = book.admin.patch(place, &json!({"loanProductRules": rules}));
            let error = &answer.json()["error"];
            println!("{error}");
            assert_eq!((answer.status, error["code"].as_str()), (400, Some(code)), "{error}");
            assert!(error["field"].as_str().unwrap_or_default().ends_with(field), "{error}");
        }
        assert_eq!(book.snapshot(), before);
        book.admin.patch(place, &json!({"loanProductRules": [rule("FEE_INCOME", "4101")]})).expect(200);
        let closed = book.admin.patch("/loam/v1/gl-accounts/4101", &json!({"activated": false}));
        assert_eq!(closed.json()["error"]["code"], "booked_by_product", "{}", closed.text);
    });
}

#[test]
fn a_gl_account_stays_open_while_something_books_on_it() {
    on_both(|book| {
        gl_account(book, "1191", "ASSET");
        gl_account(book, "4101", "INCOME");
        let rules = json!([rule("INTEREST_INCOME", "4101"), rule("LOAN_LOSS_ALLOWANCE", "1191")]);
        let level = json!({"id": "R0", "name": "R0", "fromDays": 0, "provisioningPercent": "1"});
        record(&book.admin, "risk-levels", &level);
        let product = product_with(book, "RULED", &json!({"loanProductRules": rules}));
        book.admin.patch("/loam/v1/settings", &json!({"provisioning": "DAILY"})).expect(200);
        book.lend_with("OLD", &json!({"productTypeKey": product}));
        book.close_days("2012-08-01");
        assert_eq!((balance(book, "1191"), balance(book, "4101")), ("-9.5".to_owned(), "25.45".to_owned()));
        book.admin.patch("/loam/v1/loan-products/RULED", &json!({"loanProductRules": []})).expect(200);
        let close = |code: &str, tried: &str| {
            let place = format!("/loam/v1/gl-accounts/{code}{tried}");
            book.admin.patch(&place, &json!({"activated": false}))
        };
        let before = book.snapshot();
        for (account, tried, code, named) in [
            ("4101", "", "booked_by_account", "loan OLD"),
            ("4101", "?dryRun=true", "booked_by_account", "loan OLD"),
            ("1191", "", "stands_until_evening", "product RULED"),
        ] {
            let answer = close(account, tried);
            let error = &answer.json()["error"];
            assert_eq!((answer.status, error["code"].as_str()), (400, Some(code)), "{error}");
            let message = text(&error["message"]);
            assert!(message.contains(account) && message.contains(named), "{message}");
        }
        assert_eq!(book.snapshot(), before);
        book.close_days("2012-08-02");
        assert_eq!((balance(book, "1190"), balance(book, "1191")), ("-9.5".to_owned(), "0".to_owned()));
        close("1191", "").expect(200);

        // A loan that is over keeps nothing open. What it books when it comes back is booked where it was.
        book.act("OLD", "type=WRITE_OFF");
        close("4101", "").expect(200);
        let undone = &book.transactions("OLD")[0]["transactionId"];
        book.act("OLD", &format!("type=WRITE_OFF_ADJUSTMENT&originalTransactionId={undone}&notes=wrong"));
        let closed_with = cents(book, "4101");
        let report = book.close_days("2012-08-29");
        let failed = report["days"].as_array().expect("days").iter().map(|day| &day["failed"]);
        assert!(failed.into_iter().all(|failed| *failed == json!([])), "{report}");
        assert!(cents(book, "4101") > closed_with, "interest of the second installment is income");
        book.assert_proven();
    });
}

#[test]
fn nothing_is_booked_in_a_closed_period() {
    on_both(|book| {
        let hill = record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        book.lend("HERE");
        book.lend_with("HILL", &json!({"assignedBranchKey": hill}));
        book.close_days("2012-08-10");
        let place = "/loam/v1/accounting-closures";
        let today = json!({"id": "now", "closedThrough": "2012-08-10"});
        let refused = book.admin.post(place, &today);
        assert_eq!((refused.status, &refused.json()["error"]["code"]), (400, &json!("not_over")));
        let july = json!({"id": "2012-07", "branchKey": "3", "closedThrough": "2012-07-31"});
        let made = book.admin.post(place, &july).expect(201).json();
        assert_eq!((&made["branchKey"], &made["activated"]), (&json!(hill), &json!(true)));
        let before = book.snapshot();
        let back_dated = |loan: &str| book.try_act(loan, "type=REPAYMENT&amount=10&date=2012-07-31");
        back_dated("HILL").expect_refusal(400, 602, "JOURNAL_ENTRY_BEFORE_CLOSURE");
        let rent = "date=2012-07-31&branchId=3&debitAccount1=5100&debitAmount1=3&creditAccount1=1400&creditAmount1=3";
        let entered = book.admin.form("/api/gljournalentries", rent);
        entered.expect_refusal(400, 602, "JOURNAL_ENTRY_BEFORE_CLOSURE");
        assert_eq!(book.snapshot(), before);
        back_dated("HERE").expect(201);
        let one = format!("{place}/2012-07");
        let moved = book.admin.patch(&one, &json!({"closedThrough": "2012-06-30"}));
        assert_eq!(moved.json()["error"]["code"], "stays_as_it_is", "{}", moved.text);
        book.admin.patch(&one, &json!({"activated": false})).expect(200);
        back_dated("HILL").expect(201);
        book.admin.post(place, &json!({"id": "all", "closedThrough": "2012-08-09"})).expect(201);
        book.try_act("HERE", "type=REPAYMENT&amount=10&date=2012-08-09").expect_refusal(
            400,
            602,
            "JOURNAL_ENTRY_BEFORE_CLOSURE",
        );
        assert_eq!(book.list(place).len(), 2);
        book.assert_proven();
    });
}

/// What has grown on loans by a day, in millionths of a unit.
fn grown(book: &Book, loans: &[&str], on: &str) -> i64 {
    let of = |loan: &&str| {
        let seen = book.read(&format!("/loam/v1/loans/{loan}?asOf={on}"));
        let text = text(&seen["accruedInterest"]);
        let (units, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let decimals: String = format!("{decimals:0<6}").chars().take(6).collect();
        units.parse::<i64>().expect("units") * 1_000_000 + decimals.parse::<i64>().expect("decimals")
    };
    loans.iter().map(of).sum()
}

/// A balance in millionths of a unit.
fn fine(balance: &str) -> i64 {
    let (units, cents) = balance.split_once('.').unwrap_or((balance, ""));
    let cents: i64 = format!("{cents:0<2}").parse().expect("cents");
    units.parse::<i64>().expect("units") * 1_000_000 + cents * 10_000
}

#[test]
fn growing_interest_is_income_day_by_day() {
    on_both(|book| {
        let terms = json!({"interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED",
            "interestAccruedAccountingMethod": "DAILY", "interestSuspenseAfterDays": 10});
        let daily = product_with(book, "DAILY", &terms);
        for loan in ["ONE", "TWO", "THREE"] {
            book.lend_with(loan, &json!({"productTypeKey": daily}));
        }
        for (today, evening) in [("2012-07-04", "2012-07-03"), ("2012-07-16", "2012-07-15")] {
            book.close_days(today);
            let (exact, posted) = (grown(book, &["ONE", "TWO", "THREE"], evening), balance(book, "1240"));
            assert!((fine(&posted) - exact).abs() <= 5_010, "{posted} is posted and {exact} has grown");
            assert_eq!(posted, balance(book, "4100"), "it is income");
        }
        // Nobody entered it: it is the book's own, on no account.
        let entries = book.read("/api/gljournalentries?from=2012-07-01&to=2012-07-15&limit=1000");
        let entries = entries.as_array().expect("a list");
        let grown = entries.iter().filter(|entry| entry["glAccount"]["glCode"] == "1240");
        assert!(grown.clone().count() > 0, "{entries:?}");
        assert!(
            grown.clone().all(|entry| entry["accountKey"] == Value::Null && entry["productKey"] == daily)
        );
        // Closed twice, nothing is posted twice.
        let rows = book.rows("journal_transfer");
        book.close_days("2012-07-16");
        assert_eq!(book.rows("journal_transfer"), rows);
        // On the due date it is applied: what had grown is no longer accrued, and all of it is income once.
        book.close_days("2012-07-30");
        let applied = fine(&balance(book, "1210"));
        let income = fine(&balance(book, "4100"));
        assert_eq!(income, applied + fine(&balance(book, "1240")));
        assert!(fine(&balance(book, "1240")) < applied);
        assert_eq!(balance(book, "2310"), "0", "nobody is late for too long");
        book.close_days("2012-08-15");
        let (accrued, suspended) = (fine(&balance(book, "1240")), fine(&balance(book, "2310")));
        assert_eq!(suspended, fine(&balance(book, "1210")) + accrued, "all of it is in suspense");
        assert_eq!(balance(book, "4100"), "0");
        for loan in ["ONE", "TWO", "THREE"] {
            book.act(loan, "type=REPAYMENT&amount=300");
        }
        book.close_days("2012-08-16");
        assert_eq!(balance(book, "2310"), "0", "they have paid");
        let served = book.read("/loam/v1/reports/income?to=2012-08-15");
        let of_product = |row: &&Value| row["glCode"] == "4100" && row["productId"] == "DAILY";
        assert_eq!(served.as_array().expect("rows").iter().filter(of_product).count(), 1);
        book.assert_proven();
    });
}

/// On an account, as a number of cents.
fn cents(book: &Book, account: &str) -> i64 {
    fine(&balance(book, account)) / 10_000
}

#[test]
fn deposits_are_booked_where_their_product_says() {
    on_both(|book| {
        gl_account(book, "2101", "LIABILITY");
        gl_account(book, "1411", "ASSET");
        gl_account(book, "4110", "INCOME");
        gl_account(book, "1301", "ASSET");
        let rules = json!([
            rule("SAVINGS_CONTROL", "2101"),
            rule("TRANSACTION_SOURCE", "1411"),
            rule("OVERDRAFT_PORTFOLIO_CONTROL", "1301"),
            rule("FEE_INCOME", "4110")
        ]);
        let plain = crate::savings::savings_product(book, &json!({}));
        let ruled = json!({"id": "OWN", "savingsProductRules": rules, "allowOverdraft": true,
            "maxOverdraftLimit": "50"});
        let own = crate::savings::savings_product(book, &ruled);
        let served = book.read("/loam/v1/savings-products/OWN");
        assert_eq!(served["accountingMethod"], "CASH");
        let names: Vec<&Value> = served["savingsProductRules"]
            .as_array()
            .expect("rules")
            .iter()
            .map(|rule| &rule["financialResource"])
            .collect();
        assert!(names.contains(&&json!("TRANSACTION_SOURCE")) && names.len() == 4, "{names:?}");
        crate::savings::filled(book, "PLAIN", &plain, "300");
        crate::savings::filled(book, "RULED", &own, "300");
        assert_eq!((balance(book, "2100"), balance(book, "2101")), ("300".to_owned(), "300".to_owned()));
        assert_eq!((balance(book, "1410"), balance(book, "1411")), ("300".to_owned(), "300".to_owned()));
        crate::savings::act(book, "RULED", "type=FEE&amount=10");
        crate::savings::act(book, "RULED", "type=TRANSFER&amount=40&toSavingsAccount=PLAIN");
        crate::savings::act(book, "RULED", "type=WITHDRAWAL&amount=270");
        assert_eq!((cents(book, "2100"), cents(book, "2101")), (340_00, 0));
        assert_eq!((cents(book, "1301"), cents(book, "4110"), cents(book, "1411")), (20_00, 10_00, 30_00));
        assert_eq!((balance(book, "1910"), balance(book, "4200")), ("0".to_owned(), "0".to_owned()));
        // Other rules count for accounts that are opened after them.
        let place = "/loam/v1/savings-products/OWN";
        book.admin.patch(place, &json!({"savingsProductRules": []})).expect(200);
        crate::savings::act(book, "RULED", "type=DEPOSIT&amount=25");
        crate::savings::filled(book, "LATER", &own, "7");
        assert_eq!((cents(book, "2100"), cents(book, "2101"), cents(book, "1301")), (347_00, 5_00, 0));
        book.assert_proven();
    });
}

#[test]
fn of_deposits_without_accounting_only_what_goes_to_other_accounts_is_booked() {
    on_both(|book| {
        let plain = crate::savings::savings_product(book, &json!({}));
        let none = json!({"id": "NONE", "accountingMethod": "NONE"});
        let none = crate::savings::savings_product(book, &none);
        crate::savings::filled(book, "PLAIN", &plain, "300");
        crate::savings::filled(book, "UNBOOKED", &none, "300");
        assert_eq!((cents(book, "2100"), cents(book, "1410")), (300_00, 300_00));
        crate::savings::act(book, "UNBOOKED", "type=WITHDRAWAL&amount=50");
        crate::savings::act(book, "UNBOOKED", "type=FEE&amount=5");
        crate::savings::act(book, "UNBOOKED", "type=TRANSFER&amount=40&toSavingsAccount=PLAIN");
        assert_eq!((cents(book, "2100"), cents(book, "1410"), cents(book, "1910")), (340_00, 340_00, 0));
        assert_eq!(balance(book, "4200"), "0");
        book.assert_proven();
    });
}

#[test]
fn rules_that_deposits_cannot_have_are_refused() {
    on_both(|book| {
        gl_account(book, "2101", "LIABILITY");
        crate::savings::savings_product(book, &json!({}));
        let place = "/loam/v1/savings-products/DSAV";
        for (change, code, field) in [
            (json!({"accountingMethod": "SOME"}), "not_supported", "accountingMethod"),
            (
                json!({"savingsProductRules": [rule("PORTFOLIO_CONTROL", "1100")]}),
                "not_supported",
                "financialResource",
            ),
            (json!({"savingsProductRules": [rule("FEE_INCOME", "2101")]}), "accounting_rule", ""),
        ] {
            let answer = book.admin.patch(place, &change);
            let error = &answer.json()["error"];
            assert_eq!((answer.status, error["code"].as_str()), (400, Some(code)), "{error}");
            assert!(error["field"].as_str().unwrap_or_default().ends_with(field), "{error}");
        }
        let ruled = json!({"savingsProductRules": [rule("SAVINGS_CONTROL", "2101")]});
        book.admin.patch(place, &ruled).expect(200);
        let closed = book.admin.patch("/loam/v1/gl-accounts/2101", &json!({"activated": false}));
        assert_eq!(closed.json()["error"]["code"], "booked_by_product", "{}", closed.text);
    });
}

#[test]
fn what_investors_earn_is_owed_to_them_and_no_margin() {
    on_both(|book| {
        let funds = json!({"productSecuritySettings": {"isInvestorFundsEnabled": true,
            "funderInterestCommissionAllocationType": "FIXED_INTEREST_COMMISSIONS",
            "funderInterestCommission": {"minValue": "0", "maxValue": "10"}}});
        let product = product_with(book, "FUNDED", &funds);
        let account = "00010a000000000000000000000000a1";
        let funded = json!({"productTypeKey": product,
            "funds": [{"savingsAccountKey": account, "amount": "475", "interestCommission": "2"}]});
        book.lend_with("FUNDED", &funded);
        book.close_days("2012-07-30");
        book.act("FUNDED", "type=REPAYMENT&amount=215.45");
        // Half of 25.45 is of the investor's part, and of 2.5 percent 2 are the investor's.
        assert_eq!((cents(book, "4100"), cents(book, "5200"), cents(book, "2160")), (25_45, 10_18, 10_18));
        assert_eq!(cents(book, "2150"), 0, "the money did not come over the book");
        // Who credits the investor says so by hand.
        let paid = "date=2012-07-30&branchId=2&debitAccount1=2160&debitAmount1=10.18&creditAccount1=1410&creditAmount1=10.18";
        book.admin.form("/api/gljournalentries", paid).expect(201);
        assert_eq!(cents(book, "2160"), 0);
        book.assert_proven();
    });
}

//! What is set aside for losses: levels and products say how much, the evening posts it, the report tells it.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, text, with};

/// On an account, in hundredths; what is set aside stands on the other side of the portfolio.
fn balance(book: &Book, account: &str) -> i64 {
    hundredths(&text(&book.read(&format!("/api/glaccounts/{account}"))["balance"]))
}

fn hundredths(amount: &str) -> i64 {
    let (units, rest) = amount.split_once('.').unwrap_or((amount, ""));
    let of = |text: &str| text.parse::<i64>().expect("digits");
    let rest = of(&format!("{rest:0<2}"));
    of(units) * 100 + if units.starts_with('-') { -rest } else { rest }
}

fn levels(book: &Book) {
    let bands = [("R0", 0, Some(0), "1"), ("R30", 1, Some(30), "5"), ("R60", 31, Some(60), "25")];
    for (id, from, to, percent) in bands.into_iter().chain([("R61", 61, None, "100")]) {
        let level =
            json!({"id": id, "name": id, "fromDays": from, "toDays": to, "provisioningPercent": percent});
        record(&book.admin, "risk-levels", &level);
    }
}

fn provide(book: &Book, when: &str) {
    let shown = book.admin.patch("/loam/v1/settings", &json!({"provisioning": when})).expect(200).json();
    assert_eq!(shown["provisioning"], when);
}

fn report(book: &Book, query: &str) -> Vec<Value> {
    let answer = book.read(&format!("/loam/v1/reports/provisions{query}"));
    answer.as_array().expect("rows").clone()
}

fn reported(book: &Book, query: &str) -> i64 {
    report(book, query).iter().map(|row| hundredths(&text(&row["allowance"]))).sum()
}

/// The allowance, the expense and the report say the same.
fn set_aside(book: &Book) -> i64 {
    let (allowance, expense) = (-balance(book, "1190"), balance(book, "5500"));
    assert_eq!(allowance, expense);
    allowance
}

#[test]
fn allowances_grow_with_the_days_in_arrears_and_are_released() {
    on_both(|book| {
        levels(book);
        for loan in ["ONE", "TWO"] {
            book.lend(loan);
        }
        book.close_days("2012-06-30");
        assert_eq!(set_aside(book), 0, "nobody said that allowances are posted");
        assert_eq!(reported(book, ""), 2 * 9_50, "and the report tells what they would be");
        provide(book, "DAILY");
        let closed = book.close_days("2012-07-01");
        let evening = &closed["days"][0]["steps"][0];
        assert_eq!(
            (&evening["step"], &evening["done"]),
            (&json!("evening"), &json!(1)),
            "one group: {closed}"
        );
        assert_eq!(set_aside(book), 2 * 9_50);
        // Due on the 28th of July: on the 5th of August a week in arrears.
        book.close_days("2012-08-05");
        assert_eq!(set_aside(book), 2 * 47_50);
        let rows = report(book, "");
        assert_eq!(rows.len(), 1, "{rows:?}");
        let row = &rows[0];
        assert_eq!((&row["riskLevelId"], &row["daysInArrears"]), (&json!("R30"), &json!("1-30")));
        assert_eq!((&row["loans"], &row["ratePercent"]), (&json!(2), &json!("5")));
        assert_eq!((text(&row["principal"]), text(&row["allowance"])), ("1900".to_owned(), "95".to_owned()));
        assert_eq!(reported(book, "?to=2012-07-15"), 2 * 9_50, "the loans as they were, by the rates of now");
        // Closed twice, nothing is posted twice.
        let rows = book.rows("journal_transfer");
        book.close_days("2012-08-05");
        assert_eq!(book.rows("journal_transfer"), rows);
        book.act("ONE", "type=REPAYMENT&amount=230");
        book.close_days("2012-08-06");
        let left = hundredths(&text(&book.read("/api/loans/ONE")["principalBalance"]));
        assert_eq!(set_aside(book), 47_50 + left / 100, "one of them has paid");
        book.act("TWO", "type=WRITE_OFF");
        book.close_days("2012-08-07");
        assert_eq!(set_aside(book), left / 100, "what is given up needs no allowance");
        assert!(balance(book, "5100") > 0, "it is an expense of its own");
        book.assert_proven();
        provide(book, "NONE");
        book.close_days("2012-08-08");
        assert_eq!(set_aside(book), 0, "all of it is released");
        let rows = book.rows("journal_transfer");
        book.close_days("2012-08-09");
        assert_eq!(book.rows("journal_transfer"), rows);
        book.assert_proven();
    });
}

#[test]
fn at_the_end_of_a_month_a_product_may_have_rates_and_accounts_of_its_own() {
    on_both(|book| {
        levels(book);
        record(&book.admin, "gl-accounts", &json!({"glCode": "5501", "name": "Crops", "type": "EXPENSE"}));
        let own = json!({"id": "OWN", "provisioning": [{"riskLevelKey": "R0", "percent": "10"}],
            "loanProductRules": [{"financialResource": "PROVISION_EXPENSE", "account": {"glCode": "5501"}}]});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &own));
        let shown = book.read("/loam/v1/loan-products/OWN");
        let level = text(&book.read("/loam/v1/risk-levels/R0")["encodedKey"]);
        assert_eq!(shown["provisioning"], json!([{"riskLevelKey": level, "percent": "10"}]));
        book.lend("PLAIN");
        book.lend_with("OWN1", &json!({"productTypeKey": product}));
        provide(book, "END_OF_MONTH");
        book.close_days("2012-06-30");
        assert_eq!(balance(book, "1190"), 0, "the month is not over");
        book.close_days("2012-07-01");
        let posted = |book: &Book| (-balance(book, "1190"), balance(book, "5500"), balance(book, "5501"));
        assert_eq!(posted(book), (104_50, 9_50, 95_00));
        book.close_days("2012-07-31");
        assert_eq!(posted(book), (104_50, 9_50, 95_00), "it stands until the next one is");
        book.close_days("2012-08-01");
        // The product has no rate for what is late; three days late are one level further for the other.
        assert_eq!(posted(book), (47_50, 47_50, 0));
        let rows = report(book, "");
        let of = |id: &str| rows.iter().find(|row| row["productId"] == id).expect("a row");
        assert_eq!((&of("OWN")["riskLevelId"], &of("OWN")["allowance"]), (&Value::Null, &json!("0")));
        let answer = book.admin.get("/loam/v1/reports/provisions?format=csv").expect(200);
        let csv = &answer.text;
        let head = "productId,currency,riskLevelId,daysInArrears,loans,principal,ratePercent,allowance";
        assert!(csv.starts_with(head) && csv.lines().count() == 3, "{csv}");
        let (status, bytes) = book.admin.download("/loam/v1/reports/provisions?format=xlsx");
        assert!(status == 200 && bytes.starts_with(b"PK"));
        let entries = book.read("/api/gljournalentries?from=2012-06-30&to=2012-06-30&limit=100");
        let of_product = |entry: &&Value| entry["glAccount"]["glCode"] == "5501";
        let found = entries.as_array().expect("a list").iter().find(of_product).expect("an entry");
        assert_eq!((&found["productKey"], &found["accountKey"]), (&json!(product), &Value::Null));
        book.assert_proven();
    });
}

#[test]
fn rates_that_cannot_be_are_refused() {
    on_both(|book| {
        levels(book);
        let field = |place: &str, change: Value| {
            let error = book.admin.patch(place, &change).expect(400).json();
            text(&error["error"]["field"])
        };
        let level = "/loam/v1/risk-levels/R0";
        assert_eq!(field(level, json!({"provisioningPercent": "100.5"})), "provisioningPercent");
        assert_eq!(field(level, json!({"provisioningPercent": "much"})), "provisioningPercent");
        assert_eq!(field("/loam/v1/settings", json!({"provisioning": "WEEKLY"})), "provisioning");
        record(&book.admin, "loan-products", &with(agriculture(), &json!({"id": "OWN"})));
        let product = |rates: Value| field("/loam/v1/loan-products/OWN", json!({"provisioning": rates}));
        let unknown = json!([{"riskLevelKey": "R9", "percent": "1"}]);
        assert_eq!(product(unknown), "provisioning[0].riskLevelKey");
        assert_eq!(product(json!([{"riskLevelKey": "R0"}])), "provisioning[0].percent");
        let twice = json!([{"riskLevelKey": "R0", "percent": "1"}, {"riskLevelKey": "R0", "percent": "2"}]);
        assert_eq!(product(twice), "provisioning");
    });
}

//! Days off that are changed while loans run: due dates that are still to come follow them.

use serde_json::{Value, json};

use crate::book::{Book, agriculture, on_both, record, text, with};

/// A product whose due dates avoid days off in this way.
fn offered(book: &Book, id: &str, rule: &str) -> String {
    let changes = json!({"id": id, "repaymentReschedulingMethod": rule});
    record(&book.admin, "loan-products", &with(agriculture(), &changes))
}

fn due_dates(book: &Book, loan: &str) -> Vec<String> {
    let rows = book.repayments(loan);
    rows.iter().map(|row| text(&row["dueDate"])[..10].to_owned()).collect()
}

fn settle(book: &Book, settings: &Value) {
    book.admin.patch("/loam/v1/settings", settings).expect(200);
}

fn weekends() -> Value {
    json!({"nonWorkingDays": ["SATURDAY", "SUNDAY"]})
}

#[test]
fn due_dates_of_running_loans_follow_when_the_day_is_closed() {
    on_both(|book| {
        let next = offered(book, "NEXT", "NEXT_WORKING_DAY");
        let extended = offered(book, "EXTENDED", "EXTEND_SCHEDULE");
        book.lend_with("N", &json!({"productTypeKey": next}));
        book.lend_with("E", &json!({"productTypeKey": extended}));
        book.lend("STAYS");
        let agreed = due_dates(book, "N");
        assert_eq!(agreed, ["2012-07-28", "2012-08-28", "2012-09-28", "2012-10-28", "2012-11-28"]);
        settle(book, &weekends());
        assert_eq!(due_dates(book, "N"), agreed, "the change is answered at once");
        let report = book.close_days("2012-06-29");
        let followed: Vec<&Value> =
            report["days"].as_array().expect("a list").iter().map(|day| &day["followed"]).collect();
        assert_eq!(followed, [&json!(3), &json!(0)], "{report}");
        let moved = ["2012-07-30", "2012-08-28", "2012-09-28", "2012-10-29", "2012-11-28"];
        assert_eq!(due_dates(book, "N"), moved);
        assert_eq!(
            due_dates(book, "E"),
            ["2012-08-28", "2012-09-28", "2012-11-28", "2012-12-28", "2013-01-28"]
        );
        assert_eq!(due_dates(book, "STAYS"), agreed);
        assert_eq!(book.loan("N")["hasCustomSchedule"], false);
        let entries = book.rows("loan_log");
        // Other settings than days off raise no work, and neither do the same days once more.
        settle(book, &weekends());
        assert_eq!(book.rows("calendar_work"), 0);
        assert_eq!(book.rows("loan_log"), entries);
        // The present day can be closed once more: then loans follow at once.
        settle(book, &json!({"nonWorkingDays": []}));
        book.close_days("2012-06-29");
        assert_eq!(due_dates(book, "N"), agreed);
        assert_eq!(due_dates(book, "E"), agreed);
        let known = book.read("/loam/v1/loans/N?knownOn=2012-06-28");
        assert_eq!(known["repayments"][0]["dueDate"], "2012-07-30", "{known}");
    });
}

#[test]
fn holidays_of_a_branch_move_loans_of_that_branch() {
    on_both(|book| {
        let next = offered(book, "NEXT", "NEXT_WORKING_DAY");
        book.lend_with("N", &json!({"productTypeKey": next}));
        let client = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
        book.admin.post("/api/clients", &client).expect(201);
        let elsewhere = json!({"productTypeKey": next, "accountHolderKey": "9"});
        book.lend_with("ELSEWHERE", &elsewhere);
        let fair = json!({"branchHolidays": [{"name": "Fair", "date": "2012-08-28"}]});
        book.admin.patch("/loam/v1/branches/2", &fair).expect(200);
        book.close_days("2012-06-28");
        assert_eq!(due_dates(book, "N")[..2], ["2012-07-28", "2012-08-29"]);
        assert_eq!(due_dates(book, "ELSEWHERE")[1], "2012-08-28");
    });
}

#[test]
fn a_loan_that_cannot_follow_is_reported_and_holds_up_no_other() {
    on_both(|book| {
        let next = offered(book, "NEXT", "NEXT_WORKING_DAY");
        let extended = offered(book, "EXTENDED", "EXTEND_SCHEDULE");
        book.lend_with("N", &json!({"productTypeKey": next}));
        let stuck = text(&book.lend_with("E", &json!({"productTypeKey": extended}))["encodedKey"]);
        let agreed = due_dates(book, "E");
        // On no 28th anybody works, so no month has a due date to which the schedule could be extended.
        let off: Vec<Value> = (1..=12)
            .map(|month| {
                json!({"name": "Off", "date": format!("2012-{month:02}-28"), "isAnnuallyRecurring": true})
            })
            .collect();
        settle(book, &json!({"holidays": off}));
        let report = book.close_days("2012-06-29");
        let failed = report["days"][0]["failed"].as_array().expect("a list").clone();
        assert_eq!(failed.iter().map(|one| text(&one["account"])).collect::<Vec<_>>(), [stuck], "{report}");
        assert_eq!(due_dates(book, "E"), agreed);
        assert_eq!(due_dates(book, "N")[0], "2012-07-29");
        assert_eq!(book.rows("calendar_work"), 1, "its part is tried again");
        // A new loan of this product would be refused in this calendar, too.
        settle(book, &json!({"holidays": []}));
        let report = book.close_days("2012-06-30");
        assert!(
            report["days"].as_array().expect("a list").iter().all(|day| day["failed"] == json!([])),
            "{report}"
        );
        assert_eq!(book.rows("calendar_work"), 0);
        assert_eq!(due_dates(book, "N"), agreed);
    });
}

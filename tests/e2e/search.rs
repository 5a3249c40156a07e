//! Searches of loan accounts: every selection with every element, and what they find.

use loam_tests::database::BOTH;
use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

mod custom;
mod custom_deposits;
mod deposits;
mod expected;
mod items;
mod known;
mod model;

use crate::book::{Book, book, on_both, record, text};
use expected::Asked;

/// The tables of the contract, and the selections that its model adds to them: `ITEM SELECTION TYPE` and `ELEMENT NAME VALUES TYPES`, one a line.
const TABLES: &str = include_str!("../fixtures/loan_accounts_search.txt");
/// `ITEM SELECTION` and the value of each loan of [`known::LOANS`], one selection a line.
const KNOWN: &str = include_str!("../fixtures/loan_accounts_search_known.txt");

fn search(caller: &Caller, constraints: &Value) -> Answer {
    caller.post("/api/loans/search", &json!({"filterConstraints": constraints}))
}

fn found(caller: &Caller, constraints: &Value) -> Vec<String> {
    let answer = search(caller, constraints).expect(200).json();
    answer.as_array().expect("a list").iter().map(|loan| text(&loan["id"])).collect()
}

fn constraint(selection: &str, element: &str, value: &str) -> Value {
    json!([{"filterSelection": selection, "filterElement": element, "value": value}])
}

fn lines(of: impl Fn(&str) -> bool) -> Vec<Vec<&'static str>> {
    let rows = TABLES.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    rows.filter(|row| of(row[0])).collect()
}

/// What is known of each loan: values of a selection, more than one where it has several tranches.
type Known = Vec<Vec<Option<String>>>;

/// The line of a selection. `-` is no value, `.` no tranche, `@` what the loan shows under that name, `+` a space.
fn known_values(shown: &[Value], item: &str, selection: &str) -> Known {
    let line = KNOWN.lines().find(|line| line.starts_with(&format!("{item} {selection} ")));
    let cells = line.unwrap_or_else(|| panic!("nothing is known of {item} {selection}")).split(' ').skip(2);
    let value = |text: &str, loan: &Value| match text.strip_prefix('@') {
        Some(path) => loan.pointer(&format!("/{}", path.replace('.', "/"))).map(text_of),
        None => (text != "-").then(|| text.replace('+', " ")),
    };
    let of_loan = |(cell, loan): (&str, &Value)| match cell {
        "." => Vec::new(),
        cell => cell.split(';').map(|text| value(text, loan)).collect(),
    };
    cells.zip(shown).map(of_loan).collect()
}

fn text_of(value: &Value) -> String {
    text(value)
}

/// Values to ask for: the least, the greatest and one between, of those that are known.
fn samples(known: &Known, data_type: &str) -> Vec<String> {
    let mut values: Vec<String> = known.iter().flatten().flatten().cloned().collect();
    values.sort();
    values.dedup();
    let unknown = match data_type {
        "KEY" => "0123456789abcdef0123456789abcdef",
        "DATE" | "DATE_UTC" => "2012-06-29",
        "BOOLEAN" => "true",
        "ENUM" => return values,
        _ => "12",
    };
    let mut picked = vec![unknown.to_owned()];
    picked.extend(values.first().cloned());
    picked.extend(values.get(values.len() / 2).cloned());
    picked.extend(values.last().cloned());
    picked.dedup();
    picked
}

/// What is said of every selection.
const FIELDS: &str = include_str!("../../docs/search-fields.md");

#[test]
fn every_selection_has_its_line_in_the_reference() {
    let headings = ["clients", "groups", "loans/transactions", "savings", "savings/transactions"];
    let titles =
        ["Clients", "Groups", "Loan transactions", "Deposit accounts", "Transactions of deposit accounts"];
    let table = |title: &str| {
        let section = FIELDS.split("\n## ").find(|section| section.starts_with(&format!("{title}\n")));
        section.unwrap_or_else(|| panic!("nothing is said of {title}"))
    };
    let has_line = |title: &str, name: &str| {
        table(title).lines().any(|line| line.starts_with("| `") && line.contains(&format!("`{name}`")))
    };
    for row in lines(|item| item != "ELEMENT") {
        let start = format!("| `{}` | `{}` | {} |", row[0], row[1], row[2]);
        assert!(table("Selections").contains(&start), "{start}");
    }
    for line in items::SELECTIONS.lines() {
        let [what, name, _] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let title =
            headings.iter().zip(titles).find(|(heading, _)| **heading == what).expect("it is searched").1;
        assert!(has_line(title, name), "{title} {name}");
    }
}

#[test]
fn every_selection_finds_what_its_elements_say_and_takes_no_other() {
    let elements = lines(|item| item == "ELEMENT");
    let selections = lines(|item| item != "ELEMENT");
    assert_eq!((selections.len(), elements.len()), (114, 16));
    for kind in BOTH {
        println!("on {kind:?}");
        let book = known::filled(book(kind));
        let shown = |id: &&str| book.read(&format!("/api/loans/{id}?fullDetails=true"));
        let shown: Vec<Value> = known::LOANS.iter().map(shown).collect();
        for selection in &selections {
            let [item, name, data_type] = selection[..] else { panic!("{selection:?}") };
            let known = known_values(&shown, item, name);
            assert_eq!(known.len(), known::LOANS.len(), "{name}");
            let (allowed, forbidden): (Vec<_>, Vec<_>) = elements
                .iter()
                .partition(|element| element[3].split(',').any(|allowed| allowed == data_type));
            assert!(!forbidden.is_empty(), "{name} is not asked what it does not take");
            for element in forbidden {
                ask(&book.admin, item, name, element[1], ("1", "1")).expect_refusal(
                    400,
                    2101,
                    "INVALID_FILTER_ELEMENT",
                );
            }
            for element in allowed {
                finds(&book.admin, (item, name, data_type), element[1], &known);
            }
        }
        book.assert_proven();
    }
}

fn ask(caller: &Caller, item: &str, selection: &str, element: &str, values: (&str, &str)) -> Answer {
    let mut constraint = json!({"filterSelection": selection, "filterElement": element, "value": values.0,
        "secondValue": values.1, "dataItemType": item});
    if element == "IN" {
        constraint["values"] = json!([values.0, values.1]);
    }
    search(caller, &json!([constraint]))
}

/// Asks for sample values, and sees that just those loans are found that are known to have them.
fn finds(caller: &Caller, (item, name, data_type): (&str, &str, &str), element: &str, known: &Known) {
    let samples = samples(known, data_type);
    let last = samples.last().cloned().unwrap_or_default();
    for value in &samples {
        let value = match element {
            "LAST_DAYS" => "2",
            // Without regard to case.
            "STARTS_WITH" => &value[..value.len().min(2)].to_uppercase(),
            _ => value,
        };
        let today = if data_type == "DATE_UTC" { "2012-08-01" } else { known::BUSINESS_DATE };
        let asked = Asked { data_type, element, value, second: &last, today: today.parse().expect("a day") };
        let holds = |values: &Vec<Option<String>>| values.iter().any(|value| asked.holds(value.as_deref()));
        let loans = known::LOANS.iter().zip(known);
        let mut expected: Vec<&str> = loans.filter(|(_, values)| holds(values)).map(|(id, _)| *id).collect();
        expected.sort_unstable();
        println!("{item} {name} {asked:?}");
        let answer = ask(caller, item, name, element, (value, &last)).expect(200).json();
        let mut found: Vec<String> =
            answer.as_array().expect("a list").iter().map(|loan| text(&loan["id"])).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{item} {name} {asked:?}");
    }
}

/// Loans in the order in which they were opened, as seen on July 29th: `LATE` is a day late.
fn filled(book: &Book) {
    for (id, amount) in [("SMALL", "950"), ("LATE", "1500"), ("LARGE", "2000")] {
        book.lend_with(id, &json!({"loanAmount": amount, "loanName": format!("Loan {id}")}));
    }
    book.act("SMALL", "type=REPAYMENT&amount=215.45");
    book.act("LARGE", "type=REPAYMENT&amount=2273.22");
    book.apply("PENDING");
    book.close_days("2012-07-29");
}

#[test]
fn loans_are_found_by_what_is_known_of_them() {
    on_both(|book| {
        filled(book);
        for (selection, element, value, expected) in [
            ("ACCOUNT_ID", "EQUALS_CASE_SENSITIVE", "late", vec![]),
            ("ACCOUNT_ID", "EQUALS_CASE_SENSITIVE", "LATE", vec!["LATE"]),
            ("ACCOUNT_ID", "DIFFERENT_THAN", "LATE", vec!["SMALL", "LARGE", "PENDING"]),
            ("ACCOUNT_ID", "STARTS_WITH", "la", vec!["LARGE", "LATE"]),
            ("LAST_PAYMENT_AMOUNT", "DIFFERENT_THAN", "215.45", vec!["LATE", "LARGE", "PENDING"]),
            ("DAYS_IN_ARREARS", "DIFFERENT_THAN", "0", vec!["LATE"]),
            ("DAYS_IN_ARREARS", "DIFFERENT_THAN", "1", vec!["SMALL", "LARGE", "PENDING"]),
            ("DAYS_IN_ARREARS", "LESS_THAN", "1", vec!["SMALL", "LARGE", "PENDING"]),
            ("WAS_REFINANCED", "DIFFERENT_THAN", "true", vec!["SMALL", "LATE", "LARGE", "PENDING"]),
            ("ACCOUNT_STATE", "IN", "CLOSED,PENDING_APPROVAL,CLOSED", vec!["LARGE", "PENDING"]),
            ("BRANCH_KEY", "EQUALS", &book.branch, vec!["SMALL", "LATE", "LARGE", "PENDING"]),
            ("CREDIT_OFFICER_KEY", "EQUALS", &book.branch, vec![]),
        ] {
            let found = found(&book.admin, &constraint(selection, element, value));
            assert_eq!(found, expected, "{selection} {element} {value}");
        }
        let three = json!([
            {"filterSelection": "ACCOUNT_STATE", "filterElement": "EQUALS", "value": "ACTIVE_IN_ARREARS"},
            {"filterSelection": "LOAN_AMOUNT", "filterElement": "BETWEEN", "value": "1000", "secondValue": "1500"},
            {"filterSelection": "DAYS_IN_ARREARS", "filterElement": "LESS_THAN", "value": "30"}
        ]);
        assert_eq!(found(&book.admin, &three), ["LATE"]);
    });
}

#[test]
fn what_is_found_is_sorted_and_paged() {
    on_both(|book| {
        filled(book);
        let page = |query: &str, sorting: &Value| {
            let body = json!({"filterConstraints": [], "sortDetails": sorting});
            let answer = book.admin.post(&format!("/api/loans/search?{query}"), &body).expect(200).json();
            answer.as_array().expect("a list").iter().map(|loan| text(&loan["id"])).collect::<Vec<_>>()
        };
        let by = |column: &str, order: &str| json!({"sortingColumn": column, "sortingOrder": order});
        let none = Value::Null;
        assert_eq!(page("", &none), ["SMALL", "LATE", "LARGE", "PENDING"]);
        assert_eq!(page("offset=1&limit=2", &none), ["LATE", "LARGE"]);
        let by_id = ["LARGE", "LATE", "PENDING", "SMALL"];
        assert_eq!(page("", &by("ACCOUNT_ID", "ASCENDING")), by_id);
        assert_eq!(page("limit=2", &by("ACCOUNT_ID", "DESCENDING")), ["SMALL", "PENDING"]);
        assert_eq!(page("", &by("LOAN_AMOUNT", "DESCENDING")), ["LARGE", "LATE", "PENDING", "SMALL"]);
        assert_eq!(page("", &by("LOAN_AMOUNT", "ASCENDING")), ["SMALL", "PENDING", "LATE", "LARGE"]);
        // Loans without a value stand last in either direction, as they were opened.
        let by_payment = |order: &str| page("", &by("LAST_PAYMENT_AMOUNT", order));
        assert_eq!(by_payment("ASCENDING"), ["SMALL", "LARGE", "LATE", "PENDING"]);
        assert_eq!(by_payment("DESCENDING"), ["LARGE", "SMALL", "LATE", "PENDING"]);
        assert_eq!(page("offset=1&limit=2", &by("CLOSED_DATE", "ASCENDING")), ["SMALL", "LATE"]);
        // Not late at all is late for no days.
        assert_eq!(page("", &by("DAYS_LATE", "DESCENDING")), ["LATE", "SMALL", "LARGE", "PENDING"]);
        assert_eq!(page("", &by("DAYS_LATE", "ASCENDING")), ["SMALL", "LARGE", "PENDING", "LATE"]);
        // What no column says.
        assert_eq!(page("", &by("PRINCIPAL_DUE", "DESCENDING")), ["LATE", "SMALL", "LARGE", "PENDING"]);
        assert_eq!(page("limit=1", &by("INTEREST_RATE", "ASCENDING")), ["SMALL"]);
        let looked_at = json!({"filterConstraints": [{"filterSelection": "INTEREST_RATE", "filterElement": "MORE_THAN",
            "value": "0"}], "sortDetails": by("ACCOUNT_ID", "ASCENDING")});
        let answer = book.admin.post("/api/loans/search?offset=1&limit=2", &looked_at).expect(200).json();
        let ids: Vec<String> = answer.as_array().unwrap().iter().map(|loan| text(&loan["id"])).collect();
        assert_eq!(ids, ["LATE", "PENDING"]);
    });
}

#[test]
fn an_officer_finds_own_loans_only_and_others_need_the_permission() {
    on_both(|book| {
        let ida = json!({"username": "ida", "isCreditOfficer": true, "password": "secret",
            "permissions": ["VIEW_LOAN_ACCOUNT_DETAILS"]});
        record(&book.admin, "users", &ida);
        book.lend("HERS");
        book.apply_with("IDAS", &json!({"assignedUserKey": "ida"}));
        let ida = Caller::basic(&book.server.base, "ida", "secret");
        assert_eq!(found(&ida, &json!([])), ["IDAS"]);
        let nobody = book.user_with("nobody", &[]);
        search(&nobody, &json!([])).expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

/// A book of a binary that had no columns to search by: they are filled when it is opened.
#[test]
fn loans_from_before_are_found_too() {
    for kind in BOTH {
        println!("on {kind:?}");
        let book = book(kind);
        filled(&book);
        let empty = "update loan_account set amount_minor = null, late_from = null, closed_on = null";
        book.database.execute(empty);
        let book = book.restarted(loam_tests::server::command);
        for (selection, element, value, expected) in [
            ("LOAN_AMOUNT", "BETWEEN", "1500", vec!["LATE"]),
            ("DAYS_LATE", "MORE_THAN", "0", vec!["LATE"]),
            ("CLOSED_DATE", "NOT_EMPTY", "", vec!["LARGE"]),
        ] {
            let asked = json!([{"filterSelection": selection, "filterElement": element, "value": value,
                "secondValue": value}]);
            assert_eq!(found(&book.admin, &asked), expected, "{selection}");
        }
        book.assert_proven();
    }
}

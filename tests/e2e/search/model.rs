//! Searches of loans by what the model adds: names, groups, what comes next, and what an application shows.

use serde_json::{Value, json};

use super::{constraint, found, search};
use crate::book::{Book, agriculture, key, on_both, record, text, with};

fn by(book: &Book, (selection, element, value): (&str, &str, &str)) -> Vec<String> {
    let mut ids = found(&book.admin, &constraint(selection, element, value));
    ids.sort_unstable();
    ids
}

fn sorted(book: &Book, column: &str, order: &str) -> Vec<String> {
    let body = json!({"sortDetails": {"sortingColumn": column, "sortingOrder": order}});
    let answer = book.admin.post("/api/loans/search", &body).expect(200).json();
    answer.as_array().expect("a list").iter().map(|loan| text(&loan["id"])).collect()
}

#[test]
fn loans_of_a_group_are_its_own_and_those_of_its_members() {
    on_both(|book| {
        let ben = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
        let ben = key(&book.admin.post("/api/clients", &ben).expect(201).json()["client"]);
        let first = key(&book.group("G1", &[&book.client])["group"]);
        let second = key(&book.group("G2", &[&book.client, &ben])["group"]);
        let product = json!({"id": "GRP", "forPureGroups": true});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &product));
        book.apply_with("ANA", &json!({}));
        book.apply_with("BEN", &json!({"accountHolderKey": ben}));
        let of_group =
            json!({"accountHolderKey": first, "accountHolderType": "GROUP", "productTypeKey": product});
        book.apply_with("GROUP", &of_group);
        let eva = json!({"client": {"id": "10", "firstName": "Eva", "lastName": "Costa"}});
        let eva = key(&book.admin.post("/api/clients", &eva).expect(201).json()["client"]);
        book.apply_with("EVA", &json!({"accountHolderKey": eva}));
        let none: [&str; 0] = [];
        for (element, value, expected) in [
            ("EQUALS", first.as_str(), vec!["ANA", "GROUP"]),
            ("EQUALS", second.as_str(), vec!["ANA", "BEN"]),
            ("IN", &format!("{first},{second}"), vec!["ANA", "BEN", "GROUP"]),
            ("EMPTY", "", vec!["EVA"]),
            ("NOT_EMPTY", "", vec!["ANA", "BEN", "GROUP"]),
            // Of several groups one is enough.
            ("DIFFERENT_THAN", &first, vec!["ANA", "BEN", "EVA"]),
        ] {
            assert_eq!(by(book, ("GROUP_FILTER_KEY", element, value)), expected, "{element} {value}");
        }
        assert_eq!(by(book, ("GROUP_FILTER_KEY", "EQUALS", &book.branch)), none);
        assert_eq!(by(book, ("ACCOUNT_HOLDER_TYPE", "EQUALS", "GROUP")), ["GROUP"]);
        assert_eq!(by(book, ("ACCOUNT_HOLDER_TYPE", "IN", "CLIENT")), ["ANA", "BEN", "EVA"]);
        assert_eq!(sorted(book, "GROUP_FILTER_KEY", "ASCENDING").last().map(String::as_str), Some("EVA"));
    });
}

#[test]
fn loans_are_found_by_the_names_of_what_they_belong_to() {
    on_both(|book| {
        let second = record(&book.admin, "branches", &json!({"id": "3", "name": "hillside"}));
        let ida = json!({"username": "ida", "firstName": "Ida", "lastName": "Roth", "isCreditOfficer": true});
        let ida = record(&book.admin, "users", &ida);
        let ben = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
        let ben = key(&book.admin.post("/api/clients", &ben).expect(201).json()["client"]);
        book.apply("A");
        let there = json!({"accountHolderKey": ben, "assignedBranchKey": second, "assignedUserKey": ida});
        book.apply_with("B", &there);
        book.apply_with("C", &json!({"accountHolderKey": ben}));
        for (selection, element, value, expected) in [
            ("BRANCH_NAME", "EQUALS", "HILLSIDE", vec!["B"]),
            ("BRANCH_NAME", "EQUALS_CASE_SENSITIVE", "HILLSIDE", vec![]),
            ("BRANCH_NAME", "DIFFERENT_THAN", "hillside", vec!["A", "C"]),
            ("BRANCH_NAME", "EMPTY", "", vec!["C"]),
            ("BRANCH_NAME", "STARTS_WITH", "river", vec!["A"]),
            ("CENTRE_NAME", "EQUALS", "cedar", vec!["A"]),
            ("CREDIT_OFFICER_NAME", "EQUALS", "ida roth", vec!["B"]),
            ("CREDIT_OFFICER_NAME", "STARTS_WITH", "tom", vec!["A"]),
            ("CREDIT_OFFICER_NAME", "NOT_EMPTY", "", vec!["A", "B"]),
            ("PRODUCT_NAME", "STARTS_WITH", "agri", vec!["A", "B", "C"]),
            ("PRODUCT_NAME", "DIFFERENT_THAN", "Agriculture Loan", vec![]),
        ] {
            assert_eq!(by(book, (selection, element, value)), expected, "{selection} {element} {value}");
        }
        assert_eq!(sorted(book, "BRANCH_NAME", "ASCENDING"), ["B", "A", "C"]);
        assert_eq!(sorted(book, "CREDIT_OFFICER_NAME", "DESCENDING"), ["A", "B", "C"]);
        let more = search(&book.admin, &constraint("BRANCH_NAME", "MORE_THAN", "a"));
        more.expect_refusal(400, 2101, "INVALID_FILTER_ELEMENT");
    });
}

#[test]
fn loans_are_found_by_what_is_to_be_paid_next_and_what_was_paid() {
    on_both(|book| {
        book.lend("EARLY");
        book.lend("LATE");
        book.lend_with("SHORT", &json!({"repaymentInstallments": 1}));
        book.act("EARLY", "type=REPAYMENT&amount=215.45");
        book.close_days("2012-07-28");
        // On its due date an installment is the next one, until it is paid.
        assert_eq!(by(book, ("NEXT_PAYMENT_DATE", "TODAY", "")), ["LATE", "SHORT"]);
        assert_eq!(by(book, ("LAST_REPAYMENT_DUE_DATE", "TODAY", "")), ["EARLY", "LATE", "SHORT"]);
        book.act("SHORT", "type=REPAYMENT&amount=975.45");
        assert_eq!(by(book, ("DATE_PAID", "TODAY", "")), ["SHORT"]);
        book.close_days("2012-07-29");
        book.act("LATE", "type=REPAYMENT&amount=100");
        for (selection, element, value, expected) in [
            ("NEXT_PAYMENT_DATE", "ON", "2012-08-28", vec!["EARLY", "LATE"]),
            ("NEXT_PAYMENT_DATE", "EMPTY", "", vec!["SHORT"]),
            ("NEXT_AMOUNT_TO_BE_PAID", "EQUALS", "216.29", vec!["EARLY", "LATE"]),
            ("NEXT_AMOUNT_TO_BE_PAID", "LESS_THAN", "1", vec![]),
            ("REPAYMENT_RATE", "EQUALS", "46.41", vec!["LATE"]),
            ("REPAYMENT_RATE", "EQUALS", "100", vec!["EARLY", "SHORT"]),
            ("DATE_PAID", "BEFORE", "2012-07-29", vec!["SHORT"]),
            ("DATE_PAID", "EMPTY", "", vec!["EARLY", "LATE"]),
        ] {
            assert_eq!(by(book, (selection, element, value)), expected, "{selection} {element} {value}");
        }
        assert_eq!(sorted(book, "REPAYMENT_RATE", "ASCENDING")[0], "LATE");
        assert_eq!(sorted(book, "NEXT_PAYMENT_DATE", "DESCENDING")[2], "SHORT");
        let one = json!({"filterConstraints": constraint("NEXT_PAYMENT_DATE", "AFTER", "2012-08-01")});
        let page =
            |query: &str| book.admin.post(&format!("/api/loans/search?{query}"), &one).expect(200).json();
        assert_eq!(page("limit=1&offset=1")[0]["id"], "LATE");
        let shown: &Value = &page("limit=1")[0];
        assert_eq!(shown["id"], "EARLY");
    });
}

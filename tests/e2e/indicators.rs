//! Indicators: figures that follow the book.

use serde_json::json;

use crate::book::{Book, on_both, record, text};

fn indicator(book: &Book, name: &str) -> String {
    let answer = book.read(&format!("/api/indicators/{name}"));
    assert_eq!(answer.as_object().map(serde_json::Map::len), Some(1), "{answer}");
    text(&answer[name])
}

#[test]
fn indicators_follow_the_book() {
    on_both(|book| {
        for name in ["NUM_ACTIVE_CLIENTS", "NUM_ACTIVE_LOANS", "GROSS_LOAN_PORTFOLIO", "PORTFOLIO_AT_RISK"] {
            assert_eq!(indicator(book, name), "0", "{name}");
        }
        assert_eq!(indicator(book, "NUM_CLIENTS"), "1");
        book.apply("WAITS");
        book.lend("OHNP076");
        book.lend("OHNP077");
        book.group("G1", &[]);
        let expected = [
            ("NUM_CLIENTS", "1"),
            ("NUM_ACTIVE_CLIENTS", "1"),
            ("NUM_GROUPS", "1"),
            ("NUM_ACTIVE_LOANS", "2"),
            ("NUM_LOANS_PENDING_APPROVAL", "1"),
            ("NUM_LOANS_APPROVED", "0"),
            ("NUM_LOANS_IN_ARREARS", "0"),
            ("NUM_ACTIVE_DEPOSITS", "0"),
            ("GROSS_LOAN_PORTFOLIO", "1900"),
            ("TOTAL_DEPOSITS", "0"),
        ];
        for (name, value) in expected {
            assert_eq!(indicator(book, name), value, "{name}");
        }
        // The first installments fall due at the end of July; one of the two loans is paid.
        book.close_days("2012-07-28");
        let due = book.loan("OHNP076");
        let total = ["principalDue", "interestDue"].map(|member| crate::ledger::cents(&text(&due[member])));
        let (units, rest) = ((total[0] + total[1]) / 100, (total[0] + total[1]) % 100);
        book.act("OHNP076", &format!("type=REPAYMENT&amount={units}.{rest:02}"));
        book.close_days("2012-08-05");
        assert_eq!(indicator(book, "NUM_LOANS_IN_ARREARS"), "1");
        assert_eq!(indicator(book, "PORTFOLIO_AT_RISK_30"), "0");
        let owed = crate::ledger::cents(&indicator(book, "GROSS_LOAN_PORTFOLIO"));
        let share = crate::ledger::cents(&indicator(book, "PORTFOLIO_AT_RISK"));
        let of_late = crate::ledger::cents(&text(&book.loan("OHNP077")["principalBalance"]));
        assert_eq!(share, (of_late * 20_000 + owed) / (2 * owed), "percent with two decimals, rounded");
        assert_eq!(text(&book.read("/api/indicators/num_clients")["NUM_CLIENTS"]), "1", "in any case");
        book.admin.get("/api/indicators/HAPPINESS").expect_refusal(400, 203, "INVALID_INDICATORS");
        let clerk = book.user_with("clerk", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        clerk.get("/api/indicators/NUM_CLIENTS").expect_refusal(403, 15, "INVALID_PERMISSIONS");
    });
}

#[test]
fn who_works_in_a_branch_sees_its_figures() {
    on_both(|book| {
        book.lend("OHNP076");
        record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
        for (name, branch, expected) in [("river", "2", ["1", "1", "1", "950"]), ("hill", "3", ["0"; 4])] {
            let user = json!({"username": name, "password": "a long enough secret", "lastName": name,
                "permissions": ["VIEW_INTELLIGENCE"], "assignedBranchKey": branch});
            record(&book.admin, "users", &user);
            let caller = loam_tests::http::Caller::basic(&book.server.base, name, "a long enough secret");
            let names = ["NUM_CLIENTS", "NUM_ACTIVE_CLIENTS", "NUM_ACTIVE_LOANS", "GROSS_LOAN_PORTFOLIO"];
            for (indicator, value) in names.into_iter().zip(expected) {
                let answer = caller.get(&format!("/api/indicators/{indicator}")).expect(200).json();
                assert_eq!(answer[indicator], value, "{name} {indicator}");
            }
        }
    });
}

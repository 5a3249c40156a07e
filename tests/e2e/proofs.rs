//! What `loam check` compares besides the accounts themselves: lines of credit, settlements, columns that rows
//! are found by, and papers. Each is found when somebody changes it by hand, and nothing else is.

use loam_tests::server::run;
use serde_json::json;

use crate::book::{Book, key, on_both, with};
use crate::lines_of_credit::{approved, put_on};
use crate::savings::{act, filled, open_with, savings_product};
use crate::settlement::{link, linked_product};

/// What check prints of findings.
fn findings(book: &Book) -> Vec<String> {
    let output = run(&book.database, &["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
    lines.pop();
    lines
}

/// Panics unless the fault is found in these words and by nothing else, and is gone when it is undone.
#[track_caller]
fn finds(book: &Book, (fault, undo): (&str, &str), expected: &[&str]) {
    book.database.execute(fault);
    let found = findings(book);
    assert_eq!(found.len(), expected.len(), "{fault}: {found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{fault}: {found}");
    }
    book.database.execute(undo);
    assert_eq!(findings(book), [""; 0], "{undo}");
}

/// A line with a loan and a deposit account on it, a loan that an account pays for, a comment and a document.
fn filled_book(book: &Book) {
    let product = savings_product(book, &json!({"allowOverdraft": true, "maxOverdraftLimit": "40"}));
    approved(book, "L1", &json!({"amount": "2000"}));
    book.apply("A");
    put_on(book, "L1", "A").expect(201);
    open_with(book, "S1", &product, &json!({"lineOfCreditKey": "L1"}));
    filled(book, "S2", &product, "70");
    let linked = linked_product(book, &json!({}));
    let loan = with(book.application("B"), &json!({"productTypeKey": linked}));
    book.admin.post("/api/loans", &json!({ "loanAccount": loan })).expect(201);
    link(book, "B", "S2");
    for form in ["type=APPROVAL", "type=DISBURSEMENT"] {
        book.admin.form("/api/loans/B/transactions", form).expect(201);
    }
    act(book, "S1", "type=APPROVAL");
    book.admin.post("/api/loans/A/comments", &json!({"comment": {"text": "a word"}})).expect(201);
    let document = json!({"document": {"documentHolderKey": key(&book.loan("A")), "documentHolderType": "LOAN_ACCOUNT",
        "name": "contract.pdf", "type": "pdf"}, "documentContent": "JVBERi0="});
    book.admin.post("/api/documents", &document).expect(201);
}

#[test]
fn check_compares_what_stands_beside_the_accounts() {
    on_both(|book| {
        filled_book(book);
        assert_eq!(findings(book), [""; 0]);
        finds(
            book,
            ("update line_of_credit set status = 'closed'", "update line_of_credit set status = 'active'"),
            &["the column status says something else"],
        );
        finds(
            book,
            (
                "update line_of_credit set body = replace(body, '\"amount\":4000', '\"amount\":3000')",
                "update line_of_credit set body = replace(body, '\"amount\":3000', '\"amount\":4000')",
            ),
            &["takes 40.00 and is counted with 30.00"],
        );
        finds(
            book,
            (
                "update line_of_credit set body = replace(body, '\"is_open\":true', '\"is_open\":false')",
                "update line_of_credit set body = replace(body, '\"is_open\":false', '\"is_open\":true')",
            ),
            &["has other days", "has other days"],
        );
        let line = key(&book.read("/api/linesofcredit/L1")["lineOfCredit"]);
        let nobody = format!("{}9999", &line[..28]);
        let moved = |from: &str, to: &str| {
            format!("update line_of_credit set line_key = '{to}', body = replace(body, '{from}', '{to}')")
        };
        finds(
            book,
            (&moved(&line, &nobody), &moved(&nobody, &line)),
            &["is counted and not on it", "is counted and not on it"],
        );
        finds(
            book,
            (
                "update settlement set settles_on = settles_on + 1",
                "update settlement set settles_on = settles_on - 1",
            ),
            &["the day from which deposit accounts pay is stored as"],
        );
        finds(
            book,
            (
                "update loan_account set matures_on = matures_on + 1, sub_state = 'LOCKED' where id = 'B'",
                "update loan_account set matures_on = matures_on - 1, sub_state = null where id = 'B'",
            ),
            &["the column matures_on says something else", "the column sub_state says something else"],
        );
        finds(
            book,
            (
                "update savings_account set balance_minor = balance_minor + 1 where id = 'S2'",
                "update savings_account set balance_minor = balance_minor - 1 where id = 'S2'",
            ),
            &["the column balance_minor says something else"],
        );
        let loan = key(&book.loan("A"));
        let about = |key: &str| format!("update paper set subject_key = '{key}' where kind = 'comment'");
        finds(book, (&about(&nobody), &about(&loan)), &["what it is about is not there"]);
        let document = key(&book.read("/api/loans/A/documents")[0]);
        let pieces = |key: &str| format!("update document_piece set paper_key = '{key}'");
        let lost = &["a document of it is kept, and no paper"];
        finds(book, (&pieces(&nobody), &pieces(&document)), lost);
    });
}

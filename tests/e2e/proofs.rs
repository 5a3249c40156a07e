//! What `loam check` compares besides the accounts themselves: lines of credit, settlements, columns that rows
//! are found by, and papers. Each is found when somebody changes it by hand, and nothing else is.

use loam_tests::database::Kind;
use loam_tests::server::run;
use serde_json::json;

use crate::book::{Book, agriculture, key, on_both, record, with};
use crate::lines_of_credit::{approved, put_on};
use crate::savings::{act, filled, open_with, savings_product};
use crate::settlement::{link, linked_product};

/// What check prints of findings.
pub(crate) fn findings(book: &Book) -> Vec<String> {
    let output = run(&book.database, &["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
    lines.pop();
    lines
}

/// Panics unless the fault is found in these words and by nothing else, and is gone when it is undone.
#[track_caller]
pub(crate) fn finds(book: &Book, (fault, undo): (&str, &str), expected: &[&str]) {
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
        let paid = key(&book.loan("B"));
        let settled = |key: &str| format!("update settlement set loan_key = '{key}'");
        finds(book, (&settled("damaged"), &settled(&paid)), &["the column settlement says something else"]);
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

/// The number of an account that was never opened.
const NOBODY: &str = "999999";

/// A row of an account that is not there, like one of loan A, and what takes it away again.
fn stray(table: &str, changed: &str, same: &str) -> (String, String) {
    let (columns, values): (Vec<&str>, Vec<&str>) =
        changed.split(", ").map(|pair| pair.split_once('=').expect("column=value")).unzip();
    let (columns, values) = (columns.join(", "), values.join(", "));
    let of_loan = "(select account_no from loan_account where id = 'A')";
    let fault = format!(
        "insert into {table} (account_no, {columns}, {same}) select {NOBODY}, {values}, {same} from {table}
          where account_no = {of_loan} order by {same} limit 1"
    );
    (fault, format!("delete from {table} where account_no = {NOBODY}"))
}

/// The same past the foreign keys of the table: as damage does it, not as a program could.
fn unguarded(book: &Book, (fault, undo): (String, String)) -> (String, String) {
    let off = match book.database.kind {
        Kind::Sqlite => "pragma foreign_keys = off",
        Kind::Postgres => "set session_replication_role = replica",
    };
    (format!("{off}; {fault}"), undo)
}

/// Every table whose rows are read through logs, with a row that no log speaks of.
fn strays(book: &Book) -> Vec<(&'static str, (String, String))> {
    let installment = "number, due_date, principal_expected_minor, interest_expected_minor, fees_expected_minor,
        penalties_expected_minor, interest_applied_minor, principal_paid_minor, interest_paid_minor, fees_paid_minor,
        penalties_paid_minor, is_grace";
    let transaction = "part, kind, seq, value_date, booking_date, recorded_at, actor, door, request_id,
        event_version, rules_version, amount_minor, principal_minor, interest_minor, fees_minor, penalties_minor,
        principal_balance_minor, details";
    let number = "log_no=log_no + 500000, transaction_id=transaction_id + 500000";
    vec![
        (
            "loan_action has rows, but there is no log",
            stray("loan_action", "next_action_on=99999", "part, loan_key"),
        ),
        (
            "installment has rows, but there is no log",
            unguarded(book, stray("installment", "part=part", installment)),
        ),
        (
            "settlement has rows, but there is no log",
            (
                format!(
                    "insert into settlement (part, account_no, loan_key, settles_on)
                     select part, {NOBODY}, loan_key, 99999 from loan_account where id = 'A'"
                ),
                format!("delete from settlement where account_no = {NOBODY}"),
            ),
        ),
        (
            "evening_log has rows, but there is no log",
            (
                format!(
                    "insert into evening_log (part, account_no, seq, log_no)
                     select part, {NOBODY}, 1, 500000 from loan_account where id = 'A'"
                ),
                format!("delete from evening_log where account_no = {NOBODY}"),
            ),
        ),
        (
            "loan_transaction has rows that no entry of a log brought",
            stray("loan_transaction", number, transaction),
        ),
    ]
}

/// A transfer of nobody, once of an entry that was never written and once of one that another account wrote.
fn stray_transfers() -> [(String, String); 2] {
    let same = "n, part, seq, debit, credit, amount_minor, currency, value_date, booking_date, branch_key,
        product_key, entry_no";
    let of_an_entry = same.strip_prefix("n, ").expect("it begins with n");
    [
        stray("journal_transfer", "log_no=log_no + 500000", same),
        stray("journal_transfer", "n=n + 50", &format!("log_no, {of_an_entry}")),
    ]
}

#[test]
fn check_names_rows_that_no_log_speaks_of() {
    on_both(|book| {
        for loan in ["A", "B"] {
            book.lend(loan);
        }
        assert_eq!(findings(book), [""; 0]);
        let part = book.database.number("select part from loan_account where id = 'A'");
        let nobody = |what: &str| format!("account number {NOBODY} of part {part}: {what}");
        for (what, (fault, undo)) in strays(book) {
            finds(book, (&fault, &undo), &[&nobody(what)]);
        }
        let no_entry = nobody("journal_transfer has rows that no entry of a log brought");
        for (fault, undo) in stray_transfers() {
            // The sums of its day do not have it.
            let expected = ["the sum of fund_source", "the sum of loan_portfolio", &no_entry];
            finds(book, (&fault, &undo), &expected);
            // Somebody who writes it into the sums, too, is found as well.
            let sums = |account: &str, debits: &str, credits: &str| {
                format!(
                    "insert into ledger_day
                        (account, booking_date, branch_key, currency, part, debits_minor, credits_minor)
                     select {account}, booking_date, coalesce(branch_key, ''), currency, 9999, {debits}, {credits}
                       from journal_transfer where account_no = {NOBODY}"
                )
            };
            let (debit, credit) = (sums("debit", "amount_minor", "0"), sums("credit", "0", "amount_minor"));
            let fault = format!("{fault}; {debit}; {credit}");
            finds(book, (&fault, &format!("{undo}; delete from ledger_day where part = 9999")), &[&no_entry]);
        }
    });
}

#[test]
fn check_compares_the_day_by_which_the_end_of_a_day_finds_a_loan() {
    on_both(|book| {
        for loan in ["A", "B"] {
            book.lend(loan);
        }
        assert_eq!(findings(book), [""; 0]);
        let of_loan = "account_no = (select account_no from loan_account where id = 'A')";
        let expected = &["loan A (", "the column loan_action says something else"];
        let finds = |fault: &str, undo: &str| {
            book.database.execute(fault);
            let found = findings(book);
            assert_eq!(found.len(), 1, "{fault}: {found:?}");
            assert!(expected.iter().all(|words| found[0].contains(words)), "{fault}: {found:?}");
            book.database.execute(undo);
            assert_eq!(findings(book), [""; 0], "{undo}");
        };
        // A second day would advance the loan when nothing is to be done.
        finds(
            &format!(
                "insert into loan_action (part, next_action_on, loan_key, account_no)
                 select part, 99999, loan_key, account_no from loan_action where {of_loan}"
            ),
            "delete from loan_action where next_action_on = 99999",
        );
        // Without one, or under the key of another loan, no end of a day would ever find it.
        let day = book.database.number(&format!("select next_action_on from loan_action where {of_loan}"));
        finds(
            &format!("delete from loan_action where {of_loan}"),
            &format!(
                "insert into loan_action (part, next_action_on, loan_key, account_no)
                 select part, {day}, loan_key, account_no from loan_account where id = 'A'"
            ),
        );
        let loan = key(&book.loan("A"));
        let nobody = format!("{}9999", &loan[..28]);
        let named = |key: &str| format!("update loan_action set loan_key = '{key}' where {of_loan}");
        finds(&named(&nobody), &named(&loan));
        finds(&named("damaged"), &named(&loan));
    });
}

/// An application of a borrower, as far as it is looked at here.
fn application_of(borrower: &str) -> String {
    format!(
        "insert into application (part, number, application_key, version, borrower_key, borrower_account, stage,
            created_at, body)
         select part, 7, '{borrower}', 1, '{borrower}', 'A', 'rejected', 0, '{{}}' from loan_account where id = 'A'"
    )
}

#[test]
fn check_names_guarantors_and_borrowers_who_are_gone() {
    on_both(|book| {
        let changes = json!({"id": "SAFE", "productSecuritySettings": {"isGuarantorsEnabled": true}});
        let product = record(&book.admin, "loan-products", &with(agriculture(), &changes));
        let client = json!({"client": {"id": "67", "firstName": "Ben", "lastName": "Oja"}});
        let client = key(&book.admin.post("/api/clients", &client).expect(201).json()["client"]);
        let group = json!({"group": {"groupName": "H", "id": "H"}});
        let group = key(&book.admin.post("/api/groups", &group).expect(201).json()["group"]);
        let guarantees = json!([{"guarantorType": "CLIENT", "guarantorKey": client, "amount": "1"},
            {"guarantorType": "GROUP", "guarantorKey": group, "amount": "2"}]);
        book.apply_with("A", &json!({"productTypeKey": product, "guarantees": guarantees}));
        assert_eq!(findings(book), [""; 0]);
        let nobody = format!("{}9999", &client[..28]);
        for (table, column, key, what) in
            [("client", "client_key", &client, "client"), ("client_group", "group_key", &group, "group")]
        {
            let moved = |from: &str, to: &str| {
                format!("update {table} set {column} = '{to}' where {column} = '{from}'")
            };
            let lost = format!("its guarantor, the {what} {key}, is not there");
            finds(book, (&moved(key, &nobody), &moved(&nobody, key)), &[&lost]);
        }
        let lost = format!("its borrower, the client {nobody}, is not there");
        finds(book, (&application_of(&nobody), "delete from application"), &[&lost]);
        book.database.execute(&application_of(&key(&book.read(&format!("/api/clients/{}", book.client)))));
        assert_eq!(findings(book), [""; 0]);
    });
}

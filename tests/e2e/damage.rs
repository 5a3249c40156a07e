//! What `loam check` makes of damage that rows can take outside Loam: it names each, and is stopped by none.

use loam_tests::server::run;
use serde_json::{Value, json};

use crate::book::{Book, key, on_both};
use crate::groups::for_groups;
use crate::lines_of_credit::approved;
use crate::proofs::{findings, finds};
use crate::savings::{filled, open_with, savings, savings_product};
use crate::settlement::{link, linked_product};

/// Takes rows out of a table, and puts them back.
fn taken_out(table: &str, rows: &str) -> (String, String) {
    (
        format!("create table kept as select * from {table} where {rows}; delete from {table} where {rows}"),
        format!("insert into {table} select * from kept; drop table kept"),
    )
}

fn of_loan(id: &str) -> String {
    format!("account_no = (select account_no from loan_account where id = '{id}')")
}

#[test]
fn a_log_without_its_creation_is_a_finding_and_an_error_of_its_account_alone() {
    on_both(|book| {
        for loan in ["A", "B"] {
            book.lend(loan);
        }
        let product = savings_product(book, &json!({}));
        filled(book, "S", &product, "70");
        book.close_days("2012-07-29");
        assert_eq!(findings(book), [""; 0]);
        let reads = |path: &str, status| drop(book.admin.get(path).expect(status));
        // A report is sent as it is read, and cut off where it cannot be read on.
        let is_cut_off = |report: &str| book.admin.try_send("GET", report, None, "").is_err();
        let reports = "/loam/v1/reports/sub-ledger";

        let (fault, undo) = taken_out("loan_log", &format!("seq = 1 and {}", of_loan("A")));
        book.database.execute(&fault);
        reads("/loam/v1/loans/A", 500);
        reads("/loam/v1/loans/B", 200);
        assert!(is_cut_off(reports));
        // What is decided again by the log is refused, and the account set aside; others go on.
        let dated_back = "type=REPAYMENT&amount=50&date=2012-07-01";
        book.try_act("A", dated_back).expect(500);
        book.act("B", dated_back);
        book.database.execute(&undo);
        let found = findings(book);
        assert!(found.len() == 1 && found[0].contains("is quarantined"), "{found:?}");
        book.database.execute("delete from quarantine");
        reads("/loam/v1/loans/A", 200);
        reads(reports, 200);
        let lost = "\"a log begins with the creation\" does not hold: the log begins with approved, not with the creation";
        finds(book, (&fault, &undo), &[&format!("loan A ({}): {lost}", key(&book.loan("A")))]);

        let (fault, undo) = taken_out("savings_log", "seq = 1");
        book.database.execute(&fault);
        assert!(is_cut_off("/loam/v1/reports/deposit-sub-ledger"));
        book.database.execute(&undo);
        finds(book, (&fault, &undo), &[&format!(": {lost}")]);
        book.assert_proven();
    });
}

/// Whichever entry is gone, what follows it may be something that cannot happen.
#[test]
fn a_log_without_one_of_its_entries_stops_no_check() {
    on_both(|book| {
        book.lend("A");
        book.close_days("2012-07-29");
        book.act("A", "type=REPAYMENT&amount=100");
        book.act("A", "type=REPAYMENT&amount=50&date=2012-07-01");
        book.act("A", "type=WRITE_OFF");
        let entries = book.database.number("select count(*) from loan_log");
        assert!(entries >= 6, "{entries}");
        for seq in 1..=entries {
            let (fault, undo) = taken_out("loan_log", &format!("seq = {seq}"));
            book.database.execute(&fault);
            let output = run(&book.database, &["check"]);
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(output.status.code(), Some(1), "entry {seq}: {said}");
            assert!(said.starts_with("loan A ("), "entry {seq}: {said}");
            assert!(said.trim_end().ends_with(" findings"), "entry {seq}: {said}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "entry {seq}");
            book.database.execute(&undo);
        }
        book.assert_proven();
    });
}

/// A loan that somebody guarantees and that a deposit account pays for. Gives the key of the guarantor.
fn guaranteed(book: &Book, id: &str) -> String {
    let client = json!({"client": {"id": "67", "firstName": "Ben", "lastName": "Oja"}});
    let guarantor = key(&book.admin.post("/api/clients", &client).expect(201).json()["client"]);
    let product = linked_product(book, &json!({"productSecuritySettings": {"isGuarantorsEnabled": true}}));
    let guarantees = json!([{"guarantorType": "CLIENT", "guarantorKey": guarantor, "amount": "1"}]);
    book.apply_with(id, &json!({"productTypeKey": product, "guarantees": guarantees}));
    let product = savings_product(book, &json!({}));
    filled(book, "S", &product, "70");
    link(book, id, "S");
    for form in ["type=APPROVAL", "type=DISBURSEMENT"] {
        book.act(id, form);
    }
    guarantor
}

#[test]
fn check_compares_by_whom_loans_are_found_as_guaranteed() {
    on_both(|book| {
        let guarantor = guaranteed(book, "A");
        book.apply("B");
        assert_eq!(findings(book), [""; 0]);
        let missing = format!("the table guarantor does not name {guarantor}, who guarantees it");
        let (fault, undo) = taken_out("guarantor", "part >= 0");
        finds(book, (&fault, &undo), &[&missing]);
        let moved = |from: &str, to: &str| {
            format!("update guarantor set holder_key = '{to}' where holder_key = '{from}'")
        };
        let damaged = "the table guarantor names damaged, who does not guarantee it";
        finds(book, (&moved(&guarantor, "damaged"), &moved("damaged", &guarantor)), &[damaged, &missing]);
        let surplus = |account: &str| {
            format!(
                "insert into guarantor (part, account_no, holder_key)
                 select part, {account}, '{guarantor}' from loan_account where id = 'B'"
            )
        };
        let names =
            format!("loan B ({}): the table guarantor names {guarantor}, who does not", key(&book.loan("B")));
        let undo = format!("delete from guarantor where {}", of_loan("B"));
        finds(book, (&surplus("account_no"), &undo), &[&names]);
        let nobody = "account number 999999 of part";
        let undo = "delete from guarantor where account_no = 999999";
        finds(book, (&surplus("999999"), undo), &[nobody]);
    });
}

#[test]
fn check_names_what_is_held_by_nobody() {
    on_both(|book| {
        let holder = json!({"client": {"id": "68", "firstName": "Eva", "lastName": "Roth"}});
        let client = key(&book.admin.post("/api/clients", &holder).expect(201).json()["client"]);
        let group = key(&book.group("G", &[&client])["group"]);
        let held = json!({"accountHolderKey": client, "accountHolderType": "CLIENT"});
        book.apply_with("A", &held);
        let by_group = json!({"accountHolderKey": group, "accountHolderType": "GROUP",
            "productTypeKey": for_groups(book)});
        book.apply_with("B", &by_group);
        let product = savings_product(book, &json!({}));
        open_with(book, "S", &product, &held);
        approved(book, "L", &json!({"clientKey": client}));
        assert_eq!(findings(book), [""; 0]);
        let nobody = format!("{}9999", &client[..28]);
        let moved = |(table, column): (&str, &str), from: &str, to: &str| {
            format!("update {table} set {column} = '{to}' where {column} = '{from}'")
        };
        let clients = ("client", "client_key");
        let lost = |what: &str| format!("{what}its holder, the client {client}, is not there");
        finds(
            book,
            (&moved(clients, &client, &nobody), &moved(clients, &nobody, &client)),
            &[
                &lost(&format!("loan A ({}): ", key(&book.loan("A")))),
                &lost("): "),
                &format!("its holder, the client or group {client}, is not there"),
            ],
        );
        let groups = ("client_group", "group_key");
        let lost = format!("loan B ({}): its holder, the group {group}, is not there", key(&book.loan("B")));
        finds(book, (&moved(groups, &group, &nobody), &moved(groups, &nobody, &group)), &[&lost]);
    });
}

/// Every table that was found to end the check with an error, all damaged at once: each is told, and so is what has nothing to
/// do with them.
#[test]
fn damaged_keys_are_named_and_keep_nothing_else_from_being_checked() {
    on_both(|book| {
        let guarantor = guaranteed(book, "A");
        for loan in ["B", "C"] {
            book.lend(loan);
        }
        let client: Value = book.read(&format!("/api/clients/{}", book.client));
        let client = key(&client);
        book.database.execute(&format!(
            "insert into application (part, number, application_key, version, borrower_key, borrower_account, stage,
                created_at, body)
             select part, 7, '{client}', 1, '{client}', 'A', 'rejected', 0, '{{}}' from loan_account where id = 'A'"
        ));
        assert_eq!(findings(book), [""; 0]);
        let number =
            |of: &str| book.database.number(&format!("select {of} from loan_account where id = 'B'"));
        let (part, number) = (number("part"), number("account_no"));
        let damaged = |table: &str, column: &str, key: &str| {
            let set = |from: &str, to: &str| {
                format!("update {table} set {column} = '{to}' where {column} = '{from}'; ")
            };
            (set(key, "damaged"), set("damaged", key))
        };
        let interest = |by: &str| {
            format!("update loan_account set interest_paid_minor = interest_paid_minor {by} where id = 'C'; ")
        };
        let part_of_a = book.database.number("select part from loan_account where id = 'A'");
        let stray = format!(
            "insert into custom_owner (part, owner_key, version, kind) values ({part_of_a}, 'x', 1, 'l'); "
        );
        let [a, b] = ["A", "B"].map(|loan| key(&book.loan(loan)));
        let faults = [
            damaged("guarantor", "holder_key", &guarantor),
            damaged("settlement", "loan_key", &a),
            damaged("loan_action", "loan_key", &a),
            damaged("savings_account", "savings_key", &key(&savings(book, "S"))),
            damaged("application", "application_key", &client),
            (stray, "delete from custom_owner where owner_key = 'x'; ".to_owned()),
            (interest("+ 5"), interest("- 5")),
            damaged("loan_account", "loan_key", &b),
        ];
        let loan_a = format!("loan A ({a}): ");
        let (faults, undo): (Vec<String>, Vec<String>) = faults.into_iter().unzip();
        book.database.execute(&faults.concat());
        let found = findings(book);
        book.database.execute(&undo.concat());
        let expected = [
            format!("{loan_a}the column loan_action says something else"),
            format!("{loan_a}the column settlement says something else"),
            format!("{loan_a}the table guarantor names damaged, who does not guarantee it"),
            format!("{loan_a}the table guarantor does not name {guarantor}, who guarantees it"),
            format!(
                "account number {number} of part {part}: a row cannot be read: column 3 of loan_account: \"damaged\""
            ),
            "deposit account S (".to_owned(),
            format!("application number 7 of part {part_of_a}: \"damaged\" is no key"),
            format!("custom_owner of part {part_of_a}: \"x\" is no key"),
            "loan C (".to_owned(),
        ];
        for expected in &expected {
            let told = found.iter().filter(|line| line.starts_with(expected.as_str())).count();
            assert_eq!(told, 1, "{expected}: {found:#?}");
        }
        assert_eq!(found.len(), expected.len(), "{found:#?}");
    });
}

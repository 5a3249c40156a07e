//! What `check` makes of rows that somebody damaged: each is named, and everything else is checked all the same.

use loam_app::changes::{Changes, GuarantorsChange};
use loam_app::check::check_book;
use loam_app::ports::StoredAccount;
use loam_book::ids::Part;
use loam_book::loan::course::Course;
use loam_book::loan::securities::{Guarantee, GuaranteeKind};
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_calc::money::Amount;

use crate::applications::{application, new_application};
use crate::lines_of_credit::{line, new_line};
use crate::parties::{group, new_group};
use crate::places::{Open, Place};
use crate::samples::{client, instant, key, loan, new_loan};
use crate::savings::{account, logged, moved, opened_by};

on_both_and_spread!(
    a_loan_that_cannot_be_read_keeps_no_other_from_being_read,
    a_deposit_account_that_cannot_be_read_keeps_no_other_from_being_read,
    a_line_that_cannot_be_read_keeps_no_other_from_being_read,
    check_reads_by_whom_a_loan_is_found_as_guaranteed,
    check_finds_what_is_held_by_nobody,
    check_finds_keys_that_are_none,
);

/// The whole of it, which is not asked of a spread book.
mod whole {
    use super::{no_damage_keeps_the_rest_from_being_checked, what_cannot_be_read_is_not_taken_for_sound};

    on_both!(no_damage_keeps_the_rest_from_being_checked, what_cannot_be_read_is_not_taken_for_sound);
}

/// Who holds what is in the book.
const HOLDER: (u16, u64) = (5, 1);

fn guaranteed(n: u64) -> Loan {
    let holder = Holder { kind: HolderKind::Client, key: key(6, 1) };
    let kind = GuaranteeKind::Guarantor { holder };
    let guarantee = Guarantee { key: key(5, 70), kind, amount: Amount::from_minor(5), savings_account: None };
    let mut guaranteed = loan(&client(HOLDER.0, HOLDER.1), n);
    guaranteed.servicing.course = Course { guarantees: vec![guarantee], ..Course::default() };
    guaranteed
}

/// Loans 1, 2 and 3, of which the second is guaranteed, deposit accounts 11 and 12, and a line, all of part 5.
async fn filled(place: &Place) -> Open {
    let mut open = place.book_of(&[client(HOLDER.0, HOLDER.1), client(6, 1)]).await;
    let holder = client(HOLDER.0, HOLDER.1);
    let second = guaranteed(2);
    let guarantors = GuarantorsChange::of(None, &second, |_| Some(Part::new(6))).into_iter().collect();
    for changes in [
        new_loan(&loan(&holder, 1)),
        Changes { guarantors, ..new_loan(&second) },
        new_loan(&loan(&holder, 3)),
        logged(&account(5, 11), &[moved(1, 7, 10, None)]),
        logged(&account(5, 12), &[moved(1, 8, 10, None)]),
        new_line(&line(5, 1)),
        new_application(&application(&loan(&holder, 1), 1)),
    ] {
        open.lane.save(&changes).await.unwrap();
    }
    open
}

async fn loans(open: &Open) -> Vec<StoredAccount> {
    open.store.checker().accounts_after(None, Part::LAST, 10).await.unwrap()
}

/// Damage to a row of each table that is read with a loan, and the column that cannot be read.
const OF_LOANS: [(&str, &str); 7] = [
    ("update loan_account set loan_key = 'damaged'", "column 3 of loan_account: \"damaged\" is not"),
    ("update loan_account set holder_key = 'damaged'", "column 7 of loan_account: \"damaged\" is not"),
    ("update loan_account set state = '!'", "column 15 of loan_account: "),
    ("update loan_log set step = '!'", "column 11 of loan_log: "),
    ("update loan_log set actor = 'damaged'", "of loan_log: \"damaged\" is not"),
    ("update installment set due_date = 99999999", "column 4 of installment: 99999999 is not a day"),
    ("update journal_transfer set debit = 'elsewhere'", " of journal_transfer: "),
];

async fn a_loan_that_cannot_be_read_keeps_no_other_from_being_read(place: Place) {
    let open = filled(&place).await;
    let before = loans(&open).await;
    assert!(before.iter().all(|account| account.unreadable.is_none()));
    for n in [1, 2, 3] {
        let (fault, why) = OF_LOANS[n - 1];
        place.tamper(&format!("{fault} where account_no = {n}")).await;
        let after = loans(&open).await;
        let places = |read: &[StoredAccount]| -> Vec<_> {
            read.iter().map(|account| (account.part, account.account_no)).collect()
        };
        assert_eq!(places(&after), places(&before));
        for (place, (was, is)) in before.iter().zip(&after).enumerate() {
            let reason = is.unreadable.as_deref();
            assert_eq!(reason.is_some(), place < n, "{reason:?}");
            if place == n - 1 {
                assert!(reason.is_some_and(|reason| reason.starts_with(why)), "{fault}: {reason:?}");
            }
            if place >= n {
                assert_eq!((&is.loan, &is.entries), (&was.loan, &was.entries));
            }
        }
    }
}

async fn a_deposit_account_that_cannot_be_read_keeps_no_other_from_being_read(place: Place) {
    let open = filled(&place).await;
    place.tamper("update savings_log set actor = 'damaged' where account_no = 11").await;
    let read = open.store.checker().savings_after(None, 10).await.unwrap();
    let accounts: Vec<_> = read.iter().map(|read| (read.account_no, read.account.is_some())).collect();
    assert_eq!(accounts, [(11, false), (12, true)]);
    let reason = read[0].unreadable.as_deref();
    assert!(reason.is_some_and(|reason| reason.contains("of savings_log: \"damaged\" is not")), "{reason:?}");
    assert_eq!(read[1].unreadable, None);
}

/// Its own rows, or those of accounts of its holder.
async fn a_line_that_cannot_be_read_keeps_no_other_from_being_read(place: Place) {
    let mut open = filled(&place).await;
    open.lane.save(&new_line(&line(6, 2))).await.unwrap();
    let read = async || open.store.checker().lines_after(None, 10).await.unwrap();
    let places = [(Part::new(5), line(5, 1).key.to_string()), (Part::new(6), line(6, 2).key.to_string())];
    place.tamper("update loan_account set loan_key = 'damaged' where account_no = 3").await;
    let [(first, broken), (second, whole)] = <[_; 2]>::try_from(read().await).unwrap();
    assert_eq!([first, second], places);
    assert!(broken.unwrap_err().starts_with("column 3 of loan_account: \"damaged\" is not"));
    assert_eq!(whole.unwrap().line, line(6, 2));
    // A line is read where it is kept, also under a text that is no key.
    place.tamper("update line_of_credit set line_key = 'damaged' where part = 6").await;
    let [_, (place, whole)] = <[_; 2]>::try_from(read().await).unwrap();
    assert_eq!(place, (Part::new(6), "damaged".to_owned()));
    assert_eq!(whole.unwrap().differing, ["line_key"]);
    assert_eq!(open.store.checker().lines_after(Some(place), 10).await.unwrap().len(), 0);
}

async fn check_reads_by_whom_a_loan_is_found_as_guaranteed(place: Place) {
    let open = filled(&place).await;
    let found = async || {
        let loans = loans(&open).await;
        loans.into_iter().map(|account| account.guarantors).collect::<Vec<_>>()
    };
    let guarantor = key(6, 1).to_string();
    assert_eq!(found().await, [vec![], vec![guarantor.clone()], vec![]]);
    place
        .tamper("insert into guarantor (part, account_no, holder_key) values (5, 3, 'b'), (5, 3, 'a'), (5, 99, 'a')")
        .await;
    assert_eq!(found().await, [vec![], vec![guarantor], vec!["a".to_owned(), "b".to_owned()]]);
    let nobody = "account number 99 of part 5: guarantor has rows, but there is no log";
    assert_eq!(open.store.checker().orphans().await.unwrap(), [nobody]);
}

async fn check_finds_what_is_held_by_nobody(place: Place) {
    let mut open = filled(&place).await;
    open.lane.save(&new_group(&group(7, 1))).await.unwrap();
    let by_group = Holder { kind: HolderKind::Group, key: group(7, 1).key };
    open.lane.save(&opened_by(by_group, 7, 20)).await.unwrap();
    let checker = open.store.checker();
    assert_eq!(checker.lost_holders().await.unwrap(), [""; 0]);
    place
        .tamper("delete from client_document; delete from client where part = 5; delete from client_group")
        .await;
    let (holder, group) = (key(HOLDER.0, HOLDER.1), group(7, 1).key);
    let lost = |what: &str, key, kind: &str, holder| {
        format!("{what} ({key}): its holder, the {kind} {holder}, is not there")
    };
    let mut expected: Vec<String> = [loan(&client(5, 1), 1), guaranteed(2), loan(&client(5, 1), 3)]
        .iter()
        .map(|loan| lost(&format!("loan {}", loan.id), loan.key, "client", holder))
        .collect();
    let accounts = [account(5, 11), account(5, 12)];
    expected.extend(
        accounts
            .iter()
            .map(|account| lost(&format!("deposit account {}", account.id), account.key, "client", holder)),
    );
    expected.push(lost("deposit account S20", key(7, 520), "group", group));
    expected.push(lost("line of credit L5-1", line(5, 1).key, "client or group", holder));
    assert_eq!(checker.lost_holders().await.unwrap(), expected);
}

async fn check_finds_keys_that_are_none(place: Place) {
    let open = filled(&place).await;
    let checker = open.store.checker();
    place
        .tamper(
            "insert into custom_owner (part, owner_key, version, kind)
                 values (5, '0123456789abcdef0123456789abcdef', 1, 'client')",
        )
        .await;
    assert_eq!(checker.damaged_keys().await.unwrap(), [""; 0]);
    for damaged in ["", "damaged", "0123456789abcdef0123456789abcdeF", "0123456789abcdef0123456789abcdef0"] {
        place.tamper(&format!("update custom_owner set owner_key = '{damaged}'")).await;
        let found = format!("custom_owner of part 5: \"{damaged}\" is no key");
        assert_eq!(checker.damaged_keys().await.unwrap(), [found]);
    }
    place.tamper("delete from custom_owner; update application set application_key = 'damaged'").await;
    let found = "application number 1 of part 5: \"damaged\" is no key";
    assert_eq!(checker.damaged_keys().await.unwrap(), [found]);
    place.tamper("update application set borrower_key = 'lost'").await;
    let found = "application 1 (damaged): its borrower, the client lost, is not there";
    assert_eq!(checker.stray_applications().await.unwrap(), [found]);
}

/// One at a time, in a book whose sample logs do not hold anyway.
async fn no_damage_keeps_the_rest_from_being_checked(place: Place) {
    let open = filled(&place).await;
    let findings = async || check_book(&open.store.checker()).await.unwrap().findings;
    let unharmed = findings().await;
    assert!(unharmed.iter().any(|line| line.contains("begins with approved, not with the creation")));
    let (loan, deposit, guarantor) = (guaranteed(2).key, account(5, 11).key, key(6, 1));
    let (asked, line) = (application(&guaranteed(1), 1).key, line(5, 1).key);
    for (table, column, key, expected) in [
        (
            "loan_account",
            "loan_key",
            loan,
            "number 2 of part 5: a row cannot be read: column 3 of loan_account",
        ),
        ("savings_account", "savings_key", deposit, "the column savings_key says something else"),
        ("loan_action", "loan_key", loan, "the column loan_action says something else"),
        (
            "guarantor",
            "holder_key",
            guarantor,
            "the table guarantor names damaged, who does not guarantee it",
        ),
        ("application", "application_key", asked, "application number 1 of part 5: \"damaged\" is no key"),
        ("line_of_credit", "line_key", line, "the column line_key says something else"),
        ("id_registry", "entity_key", loan, ""),
    ] {
        place.tamper(&format!("update {table} set {column} = 'damaged' where {column} = '{key}'")).await;
        let found = findings().await;
        assert!(found.iter().any(|line| line.contains(expected)), "{table}: {found:?}");
        let lost: Vec<_> = unharmed.iter().filter(|line| !found.contains(line)).collect();
        assert!(lost.iter().all(|line| line.contains(&loan.to_string())), "{table}: {lost:?}");
        place.tamper(&format!("update {table} set {column} = '{key}' where {column} = 'damaged'")).await;
        assert_eq!(findings().await, unharmed, "{table}");
    }
}

/// Its key is not known, so that nobody can say that it is another one that was set aside.
async fn what_cannot_be_read_is_not_taken_for_sound(place: Place) {
    let mut open = filled(&place).await;
    let first = loan(&client(HOLDER.0, HOLDER.1), 1).key;
    let set_aside = loam_app::command::Address { part: Part::new(5), key: first };
    open.lane.quarantine(set_aside, "broken", instant(70)).await.unwrap();
    place.tamper("update loan_account set loan_key = 'damaged' where account_no = 1").await;
    let report = check_book(&open.store.checker()).await.unwrap();
    assert_eq!(report.sound_in_quarantine, []);
    assert!(report.findings.iter().any(|line| line == &format!("account {first} is quarantined: broken")));
}

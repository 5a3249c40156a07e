//! Lists, filters and pages, and what `check` reads.

use jiff::civil::date;
use loam_app::views::{ClientFilter, LoanFilter, LoanStatus, Page, ShownClientState};
use loam_book::ids::Part;
use loam_book::loan::{Closure, LoanState};
use loam_book::party::ClientState;

use crate::places::{Open, Place};
use crate::samples::{client, entry, key, loan, new_client, new_loan, of_client, transfer};
use crate::writing::with_loan;

on_both_and_spread!(
    loans_are_listed_as_they_were_opened,
    loans_are_filtered,
    clients_are_filtered,
    a_client_is_shown_with_what_the_loans_say,
    transactions_come_newest_first_in_pages,
    nothing_is_nothing,
    check_reads_every_account_by_its_log,
    check_sees_a_hand_made_fault,
    check_names_rows_without_a_log,
);

const ALL: Page = Page { offset: 0, limit: 100 };

/// Three clients in two parts, four loans: active, in arrears, repaid, active.
async fn filled(place: &Place) -> Open {
    let mut open = place.book().await;
    for (part, n) in [(7, 1), (3, 2), (7, 3)] {
        let mut new = client(part, n);
        if n == 3 {
            new.state = ClientState::Blacklisted;
            new.assignment.branch = Some(key(0, 555));
        }
        open.lane.save(&new_client(&new)).await.unwrap();
    }
    for (n, holder) in [(4, client(7, 1)), (2, client(3, 2)), (3, client(3, 2)), (1, client(7, 1))] {
        let mut new = loan(&holder, n);
        if n == 2 {
            new.servicing.arrears_since = Some(date(2026, 1, 5));
        }
        if n == 3 {
            let before = Box::new(new.servicing.state.clone());
            let closed_on = date(2026, 1, 30);
            new.servicing.state = LoanState::Closed { closed_on, closure: Closure::Repaid, before };
            new.assignment.centre = Some(key(0, 777));
        }
        open.lane.save(&new_loan(&new)).await.unwrap();
    }
    open
}

async fn numbers(open: &Open, filter: &LoanFilter, page: Page) -> Vec<i64> {
    open.reader.loans(filter, page).await.unwrap().iter().map(|loan| loan.account_no).collect()
}

async fn loans_are_listed_as_they_were_opened(place: Place) {
    let open = filled(&place).await;
    assert_eq!(numbers(&open, &LoanFilter::default(), ALL).await, [1, 2, 3, 4]);
    assert_eq!(numbers(&open, &LoanFilter::default(), Page { offset: 1, limit: 2 }).await, [2, 3]);
    assert_eq!(numbers(&open, &LoanFilter::default(), Page { offset: 4, limit: 2 }).await, Vec::<i64>::new());
    let listed = open.reader.loans(&LoanFilter::default(), Page { offset: 3, limit: 1 }).await.unwrap();
    assert_eq!(listed, [loan(&client(7, 1), 4)]);
}

async fn loans_are_filtered(place: Place) {
    let open = filled(&place).await;
    let by = async |filter| numbers(&open, &filter, ALL).await;
    let none = LoanFilter::default();
    assert_eq!(by(LoanFilter { status: Some(LoanStatus::Active), ..none.clone() }).await, [1, 4]);
    assert_eq!(by(LoanFilter { status: Some(LoanStatus::ActiveInArrears), ..none.clone() }).await, [2]);
    assert_eq!(by(LoanFilter { status: Some(LoanStatus::Closed), ..none.clone() }).await, [3]);
    assert_eq!(by(LoanFilter { branch: Some(key(0, 900)), ..none.clone() }).await, [1, 2, 3, 4]);
    assert_eq!(by(LoanFilter { centre: Some(key(0, 777)), ..none.clone() }).await, [3]);
    assert_eq!(by(LoanFilter { credit_officer: Some(key(0, 1)), ..none.clone() }).await, Vec::<i64>::new());
    let holder = Some(of_client(&client(3, 2)));
    assert_eq!(by(LoanFilter { holder, ..none.clone() }).await, [2, 3]);
    assert_eq!(by(LoanFilter { holder, status: Some(LoanStatus::Closed), ..none }).await, [3]);
}

async fn clients_are_filtered(place: Place) {
    let open = filled(&place).await;
    let by = |filter: ClientFilter| {
        let reader = open.reader.clone();
        async move {
            let views = reader.clients(&filter, ALL).await.unwrap();
            views.into_iter().map(|view| view.client.id).collect::<Vec<_>>()
        }
    };
    let none = ClientFilter::default();
    assert_eq!(by(none.clone()).await, ["C7-1", "C3-2", "C7-3"]);
    assert_eq!(by(ClientFilter { first_name: Some("Ana".into()), ..none.clone() }).await.len(), 3);
    assert_eq!(by(ClientFilter { last_name: Some("Lima 2".into()), ..none.clone() }).await, ["C3-2"]);
    assert_eq!(by(ClientFilter { id_document: Some("P7-3".into()), ..none.clone() }).await, ["C7-3"]);
    assert_eq!(by(ClientFilter { birth_date: Some(date(1980, 2, 28)), ..none.clone() }).await.len(), 0);
    assert_eq!(by(ClientFilter { branch: Some(key(0, 555)), ..none.clone() }).await, ["C7-3"]);
    assert_eq!(by(ClientFilter { centre: Some(key(0, 1)), ..none.clone() }).await.len(), 0);
    assert_eq!(by(ClientFilter { credit_officer: Some(key(0, 901)), ..none.clone() }).await.len(), 3);
    let state = Some(ShownClientState::Active);
    assert_eq!(by(ClientFilter { state, ..none.clone() }).await, ["C7-1", "C3-2"]);
    let state = Some(ShownClientState::Stored(ClientState::Inactive));
    assert_eq!(by(ClientFilter { state, ..none.clone() }).await.len(), 0);
    let state = Some(ShownClientState::Stored(ClientState::Blacklisted));
    assert_eq!(by(ClientFilter { state, last_name: Some("Lima 3".into()), ..none }).await, ["C7-3"]);
}

async fn a_client_is_shown_with_what_the_loans_say(place: Place) {
    let open = filled(&place).await;
    let check = async |part, n, has_active_loans, loan_cycle| {
        let view = open.reader.client(of_client(&client(part, n))).await.unwrap().unwrap();
        assert_eq!((view.has_active_loans, view.loan_cycle), (has_active_loans, loan_cycle));
        let filter = ClientFilter { last_name: Some(format!("Lima {n}")), ..ClientFilter::default() };
        assert_eq!(open.reader.clients(&filter, ALL).await.unwrap(), [view]);
    };
    check(7, 1, true, 0).await;
    check(3, 2, true, 1).await;
    check(7, 3, false, 0).await;
}

async fn transactions_come_newest_first_in_pages(place: Place) {
    let (open, loan) = with_loan(&place).await;
    let page = async |offset, limit| {
        let page = Page { offset, limit };
        let all = open.reader.transactions(loan.part, loan.account_no, page).await.unwrap();
        all.into_iter().map(|transaction| transaction.id).collect::<Vec<_>>()
    };
    assert_eq!(page(0, 10).await, [1_002, 1_001]);
    assert_eq!(page(1, 1).await, [1_001]);
    let newest = Page { offset: 0, limit: 1 };
    let newest = open.reader.transactions(loan.part, loan.account_no, newest).await.unwrap();
    assert_eq!(newest, [crate::samples::transaction(1_002, 2)]);
}

async fn nothing_is_nothing(place: Place) {
    let mut open = place.book().await;
    let nobody = crate::samples::address(Part::new(1), key(1, 1));
    assert_eq!(open.reader.loan(nobody).await.unwrap(), None);
    assert_eq!(open.reader.client(nobody).await.unwrap(), None);
    assert_eq!(open.reader.loans(&LoanFilter::default(), ALL).await.unwrap(), []);
    assert_eq!(open.reader.clients(&ClientFilter::default(), ALL).await.unwrap(), []);
    assert_eq!(open.reader.history(Part::new(1), 1).await.unwrap(), []);
    let need = loam_app::ports::Need::default();
    assert!(open.lane.load(&need).await.unwrap().loans.is_empty());
    assert!(open.store.checker().accounts_after(None, Part::LAST, 10).await.unwrap().is_empty());
    assert_eq!(open.store.checker().orphans().await.unwrap(), Vec::<String>::new());
    open.lane.save(&loam_app::changes::Changes::default()).await.unwrap();
}

async fn check_reads_every_account_by_its_log(place: Place) {
    let open = filled(&place).await;
    let checker = open.store.checker();
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let accounts = checker.accounts_after(after, Part::LAST, 3).await.unwrap();
        let Some(last) = accounts.last() else { break };
        after = Some((last.part, last.account_no));
        seen.extend(accounts);
    }
    let accounts: Vec<_> = seen.iter().map(|account| (account.part.number(), account.account_no)).collect();
    assert_eq!(accounts, [(3, 2), (3, 3), (7, 1), (7, 4)]);
    let of_part_three =
        checker.accounts_after(Some((Part::new(2), i64::MAX)), Part::new(3), 3).await.unwrap();
    assert_eq!(of_part_three.iter().map(|account| account.account_no).collect::<Vec<_>>(), [2, 3]);
    let first = seen.iter().find(|account| account.account_no == 1).unwrap();
    let expected = loan(&client(7, 1), 1);
    assert_eq!(first.loan.as_ref(), Some(&expected));
    assert_eq!(first.next_action_on, Some(date(2026, 2, 28)));
    assert_eq!(first.entries, [entry(1, date(2026, 1, 20)), entry(2, date(2026, 1, 20))]);
    assert_eq!(first.transactions.iter().map(|t| t.id).collect::<Vec<_>>(), [1_001, 1_002]);
    let transfers = [(1, 500), (1, 600), (2, 700)].map(|(seq, amount)| transfer(&expected, seq, amount));
    assert_eq!(first.transfers, transfers);
}

/// Faults in columns that balances, lists and the end of day rest on.
async fn check_sees_a_hand_made_fault(place: Place) {
    let (open, _) = with_loan(&place).await;
    for fault in [
        "update loan_account set principal_outstanding_minor = principal_outstanding_minor + 1",
        "update loan_account set interest_paid_minor = interest_paid_minor + 1",
        "update loan_account set product_key = '00000000000000000000000000000001'",
        "update installment set fees_paid_minor = fees_paid_minor + 1 where number = 2",
        "delete from installment where number = 3",
    ] {
        let checker = open.store.checker();
        let before = checker.accounts_after(None, Part::LAST, 10).await.unwrap().remove(0).loan;
        place.tamper(fault).await;
        let after = checker.accounts_after(None, Part::LAST, 10).await.unwrap().remove(0).loan;
        assert_ne!(after, before, "{fault}");
    }
    place.tamper("update loan_account set acts_on = 1").await;
    let accounts = open.store.checker().accounts_after(None, Part::LAST, 10).await.unwrap();
    assert_eq!(accounts[0].next_action_on, Some(date(1970, 1, 2)));
    // The day's end would look on another day than the loan says.
    let without_the_last = ["matures_on", "packed_installments", "loan_action"];
    assert_eq!((accounts[0].settles_on, &accounts[0].differing[..]), (None, &without_the_last[..]));
    place
        .tamper("insert into settlement (part, account_no, loan_key, settles_on) values (5, 1, 'k', 31)")
        .await;
    place.tamper("update loan_account set status = 'closed', disbursed_on = 7, fixed_days = '9'").await;
    let accounts = open.store.checker().accounts_after(None, Part::LAST, 10).await.unwrap();
    assert_eq!(accounts[0].settles_on, Some(date(1970, 2, 1)));
    // It would ask for a loan of another key.
    let last = ["packed_installments", "loan_action", "settlement"];
    assert_eq!(accounts[0].differing[..4], ["status", "disbursed_on", "matures_on", "fixed_days"]);
    assert_eq!(accounts[0].differing[4..], last);
    place.tamper("delete from installment; delete from loan_account").await;
    let accounts = open.store.checker().accounts_after(None, Part::LAST, 10).await.unwrap();
    assert_eq!((accounts.len(), accounts[0].loan.is_none()), (1, true));
}

async fn check_names_rows_without_a_log(place: Place) {
    let (open, _) = with_loan(&place).await;
    place.tamper("delete from loan_log").await;
    let no_log = ["loan_account", "loan_action", "installment"]
        .map(|table| format!("account number 1 of part 5: {table} has rows, but there is no log"));
    let no_entry = ["loan_transaction", "journal_transfer"]
        .map(|table| format!("account number 1 of part 5: {table} has rows that no entry of a log brought"));
    let expected: Vec<String> = no_log.into_iter().chain(no_entry).collect();
    assert_eq!(open.store.checker().orphans().await.unwrap(), expected);
}

//! Deposit accounts: written once, changed by version, found by key, holder and state; their logs and
//! transactions; what is to be settled; and two lanes that move money between two parts.

use jiff::civil::date;
use loam_app::changes::{Changes, SavingsChange, SavingsLogRow, SavingsTransactionRow, SettlementChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{Need, WriteStore};
use loam_app::views::{Page, SavingsFilter};
use loam_book::ids::{Key, Part};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::{Holder, HolderKind};
use loam_book::organization::TransactionDetails;
use loam_book::party::Assignment;
use loam_book::savings::event::{Movement, MovementKind, SavingsEntry, SavingsEvent};
use loam_book::savings::interest::{Accruing, DepositInterest, PaymentPoint};
use loam_book::savings::product::AccountType;
use loam_book::savings::transaction::{SavingsTransaction, transaction};
use loam_book::savings::{BeforeClosing, Savings, SavingsClosure, SavingsState, SavingsTerms};
use loam_calc::currency::Currency;
use loam_calc::day_count::DayCount;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::places::{Open, Place};
use crate::samples::{audit, client, instant, key, stamp};

on_both_and_spread!(
    a_deposit_account_is_read_back_as_it_was_written,
    a_log_and_its_transactions_come_back_in_order_and_say_what_was_reversed,
    deposit_accounts_are_listed_by_holder_and_state,
    a_stale_deposit_account_is_a_conflict_and_a_deleted_one_is_gone,
    loans_are_to_settle_from_their_day_on,
    deposit_accounts_have_work_from_their_payment_day_on,
    rows_of_deposit_accounts_without_a_log_are_found,
    a_transfer_that_left_one_side_only_is_found,
    two_lanes_that_change_accounts_of_two_parts_lose_nothing,
);

pub(crate) const ALL: Page = Page { offset: 0, limit: 100 };

/// A new book with the holders of the accounts.
pub(crate) async fn book(place: &Place) -> Open {
    place.book_of(&[client(5, 1), client(6, 1)]).await
}

pub(crate) fn account(part: u16, n: i64) -> Savings {
    let serial = u64::try_from(n).unwrap();
    Savings {
        key: key(part, 500 + serial),
        part: Part::new(part),
        account_no: n,
        id: format!("S{n}"),
        version: 1,
        holder: Holder { kind: HolderKind::Client, key: key(part, 1) },
        name: "Daily \"Savings\"".to_owned(),
        notes: None,
        assignment: Assignment { branch: Some(key(0, 11)), ..Assignment::default() },
        terms: SavingsTerms {
            product: key(0, 902),
            currency: Currency::EUR,
            account_type: AccountType::RegularSavings,
            overdraft_limit: Some(Amount::from_minor(5)),
            max_withdrawal: None,
            recommended_deposit: None,
            target: None,
            minimum_opening_balance: None,
            allows_arbitrary_fees: false,
            interest: None,
            dormancy_days: None,
            term: None,
            accounting: Default::default(),
        },
        state: SavingsState::Active { activated_on: date(2026, 1, 31) },
        balance: Amount::from_minor(35),
        latest_value_date: Some(date(2026, 1, 31)),
        has_transactions: true,
        invested: Amount::ZERO,
        announced: Amount::ZERO,
        holds: vec![],
        linked_loans: vec![Address { part: Part::new(part), key: key(part, 77) }],
        line_of_credit: None,
        created_at: instant(n),
        last_modified_at: instant(n),
        approved_at: Some(instant(n)),
        activated_at: Some(instant(n)),
        locked_at: None,
        closed_at: None,
        accruing: None,
        last_used_on: None,
        maturity: None,
    }
}

pub(crate) fn change(account: &Savings, version_read: Option<i64>) -> SavingsChange {
    SavingsChange { account: account.clone(), version_read }
}

pub(crate) fn changes(rows: Vec<SavingsChange>) -> Changes {
    let first = &rows[0].account;
    Changes { audit: vec![audit(first.part, first.key)], savings: rows, ..Changes::default() }
}

/// A deposit account that a client or a group opens.
pub(crate) fn opened_by(holder: Holder, part: u16, n: i64) -> Changes {
    changes(vec![change(&Savings { holder, ..account(part, n) }, None)])
}

fn of(account: &Savings) -> Need {
    Need { savings: vec![account.address()], ..Need::default() }
}

async fn a_deposit_account_is_read_back_as_it_was_written(place: Place) {
    let mut open = book(&place).await;
    let mut written = account(5, 1);
    open.lane.save(&changes(vec![change(&written, None)])).await.unwrap();
    assert_eq!(open.reader.savings(written.address()).await, Ok(Some(written.clone())));
    written.version = 2;
    written.balance = Amount::from_minor(-3);
    open.lane.save(&changes(vec![change(&written, Some(1))])).await.unwrap();
    let loaded = open.lane.load(&of(&written)).await.unwrap();
    assert_eq!(loaded.savings.get(&written.key), Some(&written));
    open.lane.quarantine(written.address(), "broken", instant(9)).await.unwrap();
    assert_eq!(open.lane.load(&of(&written)).await.unwrap().quarantined, [written.key]);
}

pub(crate) fn moved(seq: i64, transaction_id: i64, amount: i64, reverses: Option<i64>) -> SavingsEntry {
    let movement = Movement {
        invested: Amount::ZERO,
        transaction_id,
        kind: MovementKind::Deposit,
        amount: Amount::from_minor(amount),
        balance: Amount::from_minor(amount.max(0)),
        overdraft: Amount::ZERO,
        details: TransactionDetails { notes: Some("n".to_owned()), ..TransactionDetails::default() },
    };
    let event = match reverses {
        None => SavingsEvent::Moved { movement },
        Some(original) => SavingsEvent::Reversed { original, movement, latest_value_date: None },
    };
    SavingsEntry { seq, value_date: date(2026, 1, 30), event, stamp: stamp() }
}

pub(crate) fn logged(account: &Savings, entries: &[SavingsEntry]) -> Changes {
    let (part, account_no) = (account.part, account.account_no);
    let rows = entries.iter().cloned().map(|entry| SavingsLogRow { part, account_no, entry });
    let served = entries.iter().filter_map(transaction);
    let served = served.map(|transaction| SavingsTransactionRow { part, account_no, transaction });
    let transfers = entries.iter().map(|entry| transfer(account, entry.seq));
    Changes {
        savings_entries: rows.collect(),
        savings_transactions: served.collect(),
        transfers: transfers.collect(),
        ..changes(vec![change(account, None)])
    }
}

fn transfer(account: &Savings, seq: i64) -> Transfer {
    Transfer {
        debit: GlAccount::DepositReference,
        credit: GlAccount::SavingsControl,
        booked: Default::default(),
        amount: Amount::from_minor(10),
        currency: Currency::EUR,
        value_date: date(2026, 1, 30),
        booking_date: date(2026, 1, 31),
        branch: None,
        product: key(0, 902),
        part: account.part,
        account_no: account.account_no,
        seq,
    }
}

/// A deposit account with a log, and a loan that settles from deposit accounts.
pub(crate) fn some_savings() -> Changes {
    let settles_on = Some(date(2026, 1, 31));
    let row = SettlementChange { part: Part::new(5), account_no: 1, key: key(5, 11), settles_on };
    Changes { settlements: vec![row], ..logged(&account(5, 7), &[moved(1, 7, 10, None)]) }
}

async fn a_log_and_its_transactions_come_back_in_order_and_say_what_was_reversed(place: Place) {
    let mut open = book(&place).await;
    let account = account(5, 1);
    let entries = [moved(1, 7, 10, None), moved(2, 8, 20, None), moved(3, 9, -20, Some(8))];
    open.lane.save(&logged(&account, &entries)).await.unwrap();
    let (part, account_no) = (account.part, account.account_no);
    assert_eq!(open.lane.load_savings_history(part, account_no).await.unwrap(), entries);
    let page = Page { offset: 1, limit: 2 };
    let read = open.reader.savings_transactions(part, account_no, page).await.unwrap();
    let told: Vec<_> = read.iter().map(|row: &SavingsTransaction| (row.id, row.reversed_by)).collect();
    assert_eq!(told, [(8, Some(9)), (7, None)]);
    let checked = open.store.checker().savings_after(None, 10).await.unwrap();
    assert_eq!(checked.len(), 1);
    assert_eq!(checked[0].account.as_ref(), Some(&account));
    assert_eq!(
        (checked[0].entries.len(), checked[0].transactions.len(), checked[0].transfers.len()),
        (3, 3, 3)
    );
    assert!(open.store.checker().savings_after(Some((part, account_no)), 10).await.unwrap().is_empty());
    assert_eq!(open.store.checker().orphans().await.unwrap(), Vec::<String>::new());
}

async fn deposit_accounts_are_listed_by_holder_and_state(place: Place) {
    let mut open = book(&place).await;
    let one = account(5, 1);
    let two = Savings { state: SavingsState::Approved, ..account(5, 2) };
    let three = account(6, 3);
    let all = [&one, &two, &three].map(|account| change(account, None));
    open.lane.save(&changes(all.into_iter().collect())).await.unwrap();
    let reader = open.reader.clone();
    let ids = async |filter: SavingsFilter| -> Vec<String> {
        let found = reader.list_savings(&filter, ALL).await.unwrap();
        found.into_iter().map(|account| account.id).collect()
    };
    assert_eq!(ids(SavingsFilter::default()).await, ["S1", "S2", "S3"]);
    let holder = Some(Address { part: one.part, key: one.holder.key });
    assert_eq!(ids(SavingsFilter { holder, ..SavingsFilter::default() }).await, ["S1", "S2"]);
    let status = Some("approved");
    assert_eq!(ids(SavingsFilter { holder, status, ..SavingsFilter::default() }).await, ["S2"]);
    let branch = Some(key(0, 12));
    assert_eq!(ids(SavingsFilter { branch, ..SavingsFilter::default() }).await, [""; 0]);
}

async fn a_stale_deposit_account_is_a_conflict_and_a_deleted_one_is_gone(place: Place) {
    let mut open = book(&place).await;
    let mut written = account(5, 1);
    open.lane.save(&changes(vec![change(&written, None)])).await.unwrap();
    written.version = 2;
    let stale = changes(vec![change(&written, Some(7))]);
    assert_eq!(open.lane.save(&stale).await, Err(StoreError::VersionConflict));
    let again = changes(vec![change(&account(5, 1), None)]);
    assert_eq!(open.lane.save(&again).await, Err(StoreError::VersionConflict));
    let before = loam_book::savings::BeforeClosing::Approved;
    written.state = SavingsState::Closed { closure: SavingsClosure::Deleted, before };
    open.lane.save(&changes(vec![change(&written, Some(1))])).await.unwrap();
    assert_eq!(open.reader.savings(written.address()).await, Ok(None));
}

async fn loans_are_to_settle_from_their_day_on(place: Place) {
    let mut open = book(&place).await;
    let settle = |n: i64, day: Option<i8>| SettlementChange {
        part: Part::new(5),
        account_no: n,
        key: key(5, 10 + u64::try_from(n).unwrap()),
        settles_on: day.map(|day| date(2026, 2, day)),
    };
    let write = |rows: Vec<SettlementChange>| Changes {
        settlements: rows,
        audit: vec![audit(Part::new(5), key(5, 1))],
        ..Changes::default()
    };
    let rows = vec![settle(1, Some(1)), settle(2, Some(3)), settle(3, None), settle(4, Some(2))];
    open.lane.save(&write(rows)).await.unwrap();
    let days = open.store.end_of_day().unwrap();
    let due = async |day: i8, after: Option<i64>, limit: i64| -> Vec<i64> {
        let after = after.map_or((0, 0), |account_no| (5, account_no));
        let found = days.loans_to_settle(date(2026, 2, day), after, limit).await.unwrap();
        let number = |key| (1..5).find(|n| settle(*n, None).key == key).unwrap();
        found.rows.into_iter().map(|row| number(row.unwrap().key)).collect()
    };
    assert_eq!(due(2, None, 10).await, [1, 4]);
    assert_eq!(due(3, Some(1), 1).await, [2]);
    open.lane.save(&write(vec![settle(1, Some(9)), settle(2, None)])).await.unwrap();
    assert_eq!(due(3, None, 10).await, [4]);
}

async fn rows_of_deposit_accounts_without_a_log_are_found(place: Place) {
    let mut open = book(&place).await;
    open.lane.save(&logged(&account(5, 1), &[moved(1, 7, 10, None)])).await.unwrap();
    let differing = async || {
        let accounts = open.store.checker().savings_after(None, 10).await.unwrap();
        accounts[0].differing.clone()
    };
    assert_eq!(differing().await, [""; 0]);
    place.tamper("update savings_account set holder_key = 'k', balance_minor = 7, next_action_on = 3").await;
    assert_eq!(differing().await, ["holder_key", "balance_minor", "next_action_on"]);
    place.tamper("delete from savings_log").await;
    let expected = [
        ("journal_transfer", "has rows that no entry of a log brought"),
        ("savings_account", "has rows, but there is no log"),
        ("savings_transaction", "has rows, but there is no log"),
    ];
    let expected = expected.map(|(table, what)| format!("account number 1 of part 5: {table} {what}"));
    assert_eq!(open.store.checker().orphans().await.unwrap(), expected);
}

async fn a_transfer_that_left_one_side_only_is_found(place: Place) {
    let mut open = book(&place).await;
    open.lane.save(&logged(&account(5, 1), &[moved(1, 7, 10, None)])).await.unwrap();
    let checker = open.store.checker();
    assert_eq!(checker.left_between_accounts().await.unwrap(), []);
    let one_side = |n: i64, sides: &str| {
        format!(
            "insert into journal_transfer (log_no, n, part, account_no, seq, debit, credit, amount_minor, currency,
               value_date, booking_date, product_key, entry_no)
             select log_no, n + {n}, part, account_no, seq, {sides}, value_date, booking_date, product_key, 0
               from journal_transfer where n < 10"
        )
    };
    place.tamper(&one_side(10, "'account_transfers', debit, 7, 'EUR'")).await;
    assert_eq!(checker.left_between_accounts().await.unwrap(), [("EUR".to_owned(), 7)]);
    place.tamper(&one_side(20, "debit, 'account_transfers', 7, 'USD'")).await;
    let left = checker.left_between_accounts().await.unwrap();
    assert_eq!(
        left,
        [("EUR".to_owned(), 7), ("USD".to_owned(), -7)],
        "currencies do not make up for each other"
    );
    place.tamper(&one_side(30, "'restructuring', debit, 5, 'EUR'")).await;
    let left = checker.left_between_accounts().await.unwrap();
    let expected = [("EUR".to_owned(), 5), ("EUR".to_owned(), 7), ("USD".to_owned(), -7)];
    assert_eq!(left, expected, "a loan was paid off by none");
}

/// Moves one from an account of one part to one of another, as often as it takes; gives the number of
/// conflicts.
async fn move_one(mut lane: Box<dyn WriteStore>, (from, to): (Savings, Savings), times: i64) -> i64 {
    let need = Need { savings: vec![from.address(), to.address()], ..Need::default() };
    let (mut done, mut conflicts) = (0, 0);
    while done < times {
        let loaded = lane.load(&need).await.unwrap();
        tokio::task::yield_now().await;
        let after = |key: Key, amount: i64| {
            let mut account = loaded.savings[&key].clone();
            account.version += 1;
            account.balance += Amount::from_minor(amount);
            let read = account.version - 1;
            change(&account, Some(read))
        };
        match lane.save(&changes(vec![after(from.key, -1), after(to.key, 1)])).await {
            Ok(()) => done += 1,
            Err(StoreError::VersionConflict | StoreError::TryAgain(_)) => conflicts += 1,
            Err(error) => panic!("{error}"),
        }
    }
    conflicts
}

async fn two_lanes_that_change_accounts_of_two_parts_lose_nothing(place: Place) {
    let mut open = book(&place).await;
    let (one, two) = (account(5, 1), account(6, 2));
    open.lane.save(&changes(vec![change(&one, None), change(&two, None)])).await.unwrap();
    let second = open.store.lanes().unwrap().pop().unwrap();
    let there = move_one(open.lane, (one.clone(), two.clone()), 60);
    let back = move_one(second, (two.clone(), one.clone()), 50);
    let (first, other) = tokio::join!(there, back);
    assert!(first + other > 0, "they never met");
    let balance = async |account: &Savings| {
        let read = open.reader.savings(account.address()).await.unwrap().unwrap();
        (read.version, read.balance.minor())
    };
    assert_eq!((balance(&one).await, balance(&two).await), ((111, 25), (111, 45)));
}

async fn deposit_accounts_have_work_from_their_payment_day_on(place: Place) {
    let mut open = book(&place).await;
    let interest = DepositInterest {
        rate: Rate::from_ratio(2, 100),
        day_count: DayCount::Actual365Fixed,
        paid: PaymentPoint::FirstDayOfMonth,
        overdraft_rate: None,
        tax_source: None,
    };
    let since = |n: i64, since| {
        let mut account = account(5, n);
        account.accruing = Some(Accruing::begin(since, &interest));
        account.terms.interest = Some(interest.clone());
        account
    };
    let idle = account(5, 9);
    let mut sleepy = account(5, 10);
    sleepy.terms.dormancy_days = Some(59);
    sleepy.last_used_on = Some(date(2026, 2, 1));
    for account in [since(1, date(2026, 1, 31)), since(2, date(2026, 2, 1)), idle, sleepy] {
        open.lane.save(&changes(vec![change(&account, None)])).await.unwrap();
    }
    let days = open.store.end_of_day().unwrap();
    let found = async |day, after| {
        let found = days.savings_with_work(day, after, 10).await.unwrap();
        found.rows.into_iter().map(|row| row.unwrap().key).collect::<Vec<_>>()
    };
    let beginning = (0, 0);
    assert_eq!(found(date(2026, 1, 31), beginning).await, []);
    assert_eq!(found(date(2026, 2, 1), beginning).await, [account(5, 1).key]);
    assert_eq!(found(date(2026, 3, 1), beginning).await.len(), 2);
    assert_eq!(found(date(2026, 3, 1), (5, 1)).await, [account(5, 2).key]);
    assert_eq!(found(date(2026, 4, 1), (5, 2)).await, [account(5, 10).key]);
    let mut closed = since(1, date(2026, 1, 31));
    closed.version = 2;
    closed.state = SavingsState::Closed {
        closure: SavingsClosure::Closed,
        before: BeforeClosing::Active { activated_on: date(2026, 1, 31) },
    };
    open.lane.save(&changes(vec![change(&closed, Some(1))])).await.unwrap();
    assert_eq!(found(date(2026, 2, 1), beginning).await, []);
}

//! The ledger: entries of the journal in their order, sums that follow them, entries by hand, and the chart.

use jiff::civil::{Date, date};
use loam_app::changes::Changes;
use loam_app::check::check_book;
use loam_app::ports::{ByDay, Placed, WrongSum};
use loam_app::search::columns::{Bound, ColumnTest};
use loam_app::search::entries::{EntryColumn, EntryQuery, EntrySource, StoredEntry, SumFilter};
use loam_app::views::Page;
use loam_book::actor::Door;
use loam_book::ids::{Key, Part};
use loam_book::journal::chart::{LedgerName, default_chart};
use loam_book::journal::manual::{ManualEntry, ManualLine, Side};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::Loan;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::places::{Open, Place};
use crate::samples::{audit, client, entry, instant, key, loan, new_client, new_loan, transfer};

on_both_and_spread!(
    a_new_book_has_a_chart,
    both_sides_of_a_transfer_are_entries_by_day_and_number,
    entries_are_read_by_value_date_where_that_is_asked_for,
    entries_are_narrowed_by_what_columns_say,
    sums_follow_the_journal_day_by_day,
    an_entry_by_hand_is_read_back_with_its_lines,
    an_entry_by_hand_that_cannot_be_read_is_told_alone,
    a_sum_that_is_not_the_journals_is_told,
);

const ALL: Page = Page { offset: 0, limit: 100 };

/// A loan with transfers on two days, which stand in its first log entry.
async fn with_transfers(place: &Place) -> (Open, Loan) {
    let mut open = place.book().await;
    let holder = client(7, 1);
    let loan = loan(&holder, 2);
    open.lane.save(&new_client(&holder)).await.unwrap();
    let booked = |day: Date, amount| Transfer { booking_date: day, ..transfer(&loan, 1, amount) };
    let transfers = vec![booked(date(2026, 1, 30), 100), booked(date(2026, 1, 31), 20)];
    open.lane.save(&Changes { transfers, ..new_loan(&loan) }).await.unwrap();
    (open, loan)
}

fn by_hand(part: u16, number: i64, day: Date, lines: Vec<ManualLine>) -> ManualEntry {
    ManualEntry {
        part: Part::new(part),
        number,
        key: key(part, 700 + u64::try_from(number).unwrap()),
        booking_date: day,
        branch: None,
        notes: Some("rent".to_owned()),
        currency: Currency::EUR,
        lines,
        recorded_at: instant(90),
        actor: key(0, 901),
        door: Door::LoanAccounts,
    }
}

fn line(side: Side, account: Key, carried: Option<GlAccount>, minor: i64) -> ManualLine {
    ManualLine { side, account, amount: Amount::from_minor(minor), carried }
}

pub(crate) async fn enter(open: &mut Open, entry: &ManualEntry) {
    let manual_entries = vec![entry.clone()];
    let audit = vec![audit(entry.part, entry.key)];
    open.lane.save(&Changes { manual_entries, audit, ..Changes::default() }).await.unwrap();
}

pub(crate) fn rent() -> ManualEntry {
    let lines = vec![
        line(Side::Debit, key(0, 50), None, 30),
        line(Side::Credit, key(0, 51), Some(GlAccount::FundSource), 20),
        line(Side::Credit, key(0, 52), None, 10),
    ];
    by_hand(3, 40, date(2026, 1, 31), lines)
}

async fn entries(open: &Open, query: EntryQuery) -> Vec<StoredEntry> {
    open.reader.journal_entries(&query, ALL).await.unwrap()
}

fn told(entries: &[StoredEntry]) -> Vec<(Date, Side, i64)> {
    entries.iter().map(|entry| (entry.booking_date, entry.side, entry.amount.minor())).collect()
}

async fn a_new_book_has_a_chart(place: Place) {
    let open = place.book().await;
    let catalog = open.reader.catalog().await.unwrap();
    let mut expected = default_chart(instant(0));
    expected.sort_by(|left, right| left.code.cmp(&right.code));
    let found: Vec<_> = catalog.ledger_accounts.iter().map(|account| account.as_ref().clone()).collect();
    let codes = |chart: &[loam_book::journal::chart::LedgerAccount]| {
        chart.iter().map(|account| (account.code.clone(), account.key, account.carries)).collect::<Vec<_>>()
    };
    assert_eq!(codes(&found), codes(&expected));
    for carried in GlAccount::ALL {
        assert_eq!(catalog.carrier_of(*carried).carries, Some(*carried));
    }
}

async fn both_sides_of_a_transfer_are_entries_by_day_and_number(place: Place) {
    let (mut open, loan) = with_transfers(&place).await;
    enter(&mut open, &rent()).await;
    let all = entries(&open, EntryQuery::default()).await;
    let (first, second) = (date(2026, 1, 30), date(2026, 1, 31));
    let expected = [
        (first, Side::Debit, 100),
        (first, Side::Credit, 100),
        (second, Side::Debit, 20),
        (second, Side::Credit, 20),
        (second, Side::Debit, 30),
        (second, Side::Credit, 20),
        (second, Side::Credit, 10),
    ];
    assert_eq!(told(&all), expected);
    let numbers: Vec<i64> = all.iter().map(|entry| entry.number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    assert_eq!(all[0].account, LedgerName::Carried(GlAccount::LoanPortfolio));
    assert_eq!(all[1].account, LedgerName::Carried(GlAccount::FundSource));
    let EntrySource::Loan(Some(account)) = &all[0].source else { panic!("{:?}", all[0].source) };
    assert_eq!((account.key, &account.id), (loan.key, &loan.id));
    assert_eq!(
        (all[0].recorded_at, all[0].actor),
        (entry(1, first).stamp.recorded_at, entry(1, first).stamp.actor)
    );
    let expected = EntrySource::ByHand { key: key(3, 740), notes: Some("rent".to_owned()) };
    assert_eq!(all[4].source, expected);
    assert_eq!((all[4].account, all[4].actor), (LedgerName::Own(key(0, 50)), key(0, 901)));
    for offset in 0..all.len() {
        let page = Page { offset: i64::try_from(offset).unwrap(), limit: 2 };
        let found = open.reader.journal_entries(&EntryQuery::default(), page).await.unwrap();
        assert_eq!(found, all[offset..all.len().min(offset + 2)]);
        let after = Some((all[offset].booking_date, all[offset].number));
        let rest = entries(&open, EntryQuery { after, ..EntryQuery::default() }).await;
        assert_eq!(rest, all[offset + 1..]);
    }
}

async fn entries_are_read_by_value_date_where_that_is_asked_for(place: Place) {
    let (mut open, loan) = with_transfers(&place).await;
    enter(&mut open, &rent()).await;
    let (value_date, booking_date) = (date(2026, 1, 10), date(2026, 2, 2));
    let back_dated = Transfer { value_date, booking_date, ..transfer(&loan, 2, 5) };
    open.lane.save(&Changes { transfers: vec![back_dated], ..Changes::default() }).await.unwrap();
    let by_value = EntryQuery { by: ByDay::Value, ..EntryQuery::default() };
    let all = entries(&open, by_value.clone()).await;
    let amounts: Vec<i64> = all.iter().map(|entry| entry.amount.minor()).collect();
    assert_eq!(amounts, [5, 5, 100, 100, 20, 20, 30, 20, 10], "what was booked last counts first");
    for (place, entry) in all.iter().enumerate() {
        let after = Some((entry.value_date, entry.number));
        assert_eq!(entries(&open, EntryQuery { after, ..by_value.clone() }).await, all[place + 1..]);
    }
}

async fn entries_are_narrowed_by_what_columns_say(place: Place) {
    let (mut open, loan) = with_transfers(&place).await;
    enter(&mut open, &rent()).await;
    let with = |column, test| EntryQuery { conditions: vec![(column, test)], ..EntryQuery::default() };
    let count = async |query: EntryQuery| entries(&open, query).await.len();
    let first = Bound::Date(date(2026, 1, 30));
    assert_eq!(count(with(EntryColumn::BookingDate, ColumnTest::In(vec![first]))).await, 2);
    let value_day = Bound::Date(date(2026, 1, 20));
    assert_eq!(count(with(EntryColumn::ValueDate, ColumnTest::In(vec![value_day]))).await, 4);
    assert_eq!(count(with(EntryColumn::Amount, ColumnTest::Above(Bound::Int(20)))).await, 3);
    let product = Bound::Key(loan.terms.product);
    assert_eq!(count(with(EntryColumn::Product, ColumnTest::In(vec![product]))).await, 4);
    assert_eq!(count(with(EntryColumn::Product, ColumnTest::Empty)).await, 3);
    let branch = loan.assignment.branch.unwrap();
    assert_eq!(count(with(EntryColumn::Branch, ColumnTest::In(vec![branch.into()]))).await, 4);
    assert_eq!(count(with(EntryColumn::Branch, ColumnTest::In(vec![]))).await, 0);
    let side = |side| EntryQuery { side: Some(side), ..EntryQuery::default() };
    assert_eq!((count(side(Side::Debit)).await, count(side(Side::Credit)).await), (3, 4));
    let on = |accounts| EntryQuery { accounts: Some(accounts), ..EntryQuery::default() };
    assert_eq!(count(on(vec![LedgerName::Carried(GlAccount::FundSource)])).await, 3);
    assert_eq!(count(on(vec![LedgerName::Own(key(0, 50)), LedgerName::Own(key(0, 52))])).await, 2);
    assert_eq!(count(on(vec![])).await, 0);
    let of = |part, number| EntryQuery { of: Some((part, number)), ..EntryQuery::default() };
    assert_eq!(count(of(loan.part, loan.account_no)).await, 4);
    assert_eq!(count(of(Part::new(3), 40)).await, 3);
    assert_eq!(count(of(Part::new(4), 40)).await, 0);
}

async fn sums(open: &Open, filter: SumFilter) -> Vec<(String, i64, i64)> {
    let found = open.reader.ledger_sums(&filter).await.unwrap();
    let row = |sum: &loam_app::search::entries::LedgerSum| {
        assert_eq!(sum.currency, Currency::EUR);
        (sum.account.text(), sum.debits.minor(), sum.credits.minor())
    };
    found.iter().map(row).collect()
}

async fn sums_follow_the_journal_day_by_day(place: Place) {
    let (mut open, loan) = with_transfers(&place).await;
    enter(&mut open, &rent()).await;
    let source = LedgerName::Carried(GlAccount::FundSource);
    let of = |from, to| SumFilter { accounts: vec![source], from, to, ..SumFilter::default() };
    let name = || "fund_source".to_owned();
    let (first, second) = (date(2026, 1, 30), date(2026, 1, 31));
    assert_eq!(sums(&open, of(None, None)).await, [(name(), 0, 140)]);
    assert_eq!(sums(&open, of(None, Some(first))).await, [(name(), 0, 100)]);
    assert_eq!(sums(&open, of(Some(second), Some(second))).await, [(name(), 0, 40)]);
    assert!(sums(&open, of(Some(date(2026, 2, 1)), None)).await.is_empty());
    let within = vec![loan.assignment.branch.unwrap()];
    assert_eq!(sums(&open, SumFilter { within, ..of(None, None) }).await, [(name(), 0, 120)]);
    let own = vec![LedgerName::Own(key(0, 50)), LedgerName::Own(key(0, 52))];
    let both = sums(&open, SumFilter { accounts: own, ..SumFilter::default() }).await;
    assert_eq!(both, [(key(0, 50).to_string(), 30, 0), (key(0, 52).to_string(), 0, 10)]);
    // A day that has a sum already.
    let more = vec![Transfer { booking_date: second, ..transfer(&loan, 2, 1) }];
    let changes = Changes { transfers: more, audit: vec![audit(loan.part, loan.key)], ..Changes::default() };
    open.lane.save(&changes).await.unwrap();
    assert_eq!(sums(&open, of(Some(second), None)).await, [(name(), 0, 41)]);
    assert_eq!(open.store.checker().wrong_sums().await, Ok(vec![]));
}

async fn an_entry_by_hand_is_read_back_with_its_lines(place: Place) {
    let mut open = place.book().await;
    let other = by_hand(3, 41, date(2026, 1, 2), rent().lines);
    for entry in [rent(), other.clone()] {
        enter(&mut open, &entry).await;
    }
    let check = open.store.checker();
    let all = check.manual_entries_after(None, 10).await.unwrap();
    let next = ((Part::new(3), 41), Ok((other.clone(), other.lines.clone())));
    assert_eq!(all, [((Part::new(3), 40), Ok((rent(), rent().lines))), next.clone()]);
    assert_eq!(check.manual_entries_after(Some((Part::new(3), 40)), 10).await, Ok(vec![next]));
    assert!(check.manual_entries_after(Some((Part::new(3), 41)), 10).await.unwrap().is_empty());
    assert!(all.iter().all(|entry| what_does_not_hold(entry).is_none()));
    place.tamper("update manual_line set amount_minor = 31 where amount_minor = 30 and number = 40").await;
    let found = check.manual_entries_after(None, 1).await.unwrap();
    assert!(what_does_not_hold(&found[0]).is_some());
}

fn what_does_not_hold((_, read): &Placed<(ManualEntry, Vec<ManualLine>)>) -> Option<String> {
    let (entry, lines) = read.as_ref().unwrap();
    entry.what_does_not_hold(lines)
}

/// A damaged entry, or a damaged line of one, hides no other.
async fn an_entry_by_hand_that_cannot_be_read_is_told_alone(place: Place) {
    let mut open = place.book().await;
    for number in 41..=44 {
        enter(&mut open, &by_hand(3, number, date(2026, 1, 2), rent().lines)).await;
    }
    place.tamper("update manual_entry set body = 'no entry' where number = 42").await;
    place.tamper("update manual_line set account_key = 'no key' where number = 44").await;
    let check = open.store.checker();
    for limit in 1..=4 {
        let (mut after, mut read) = (None, Vec::new());
        loop {
            let page = check.manual_entries_after(after, limit).await.unwrap();
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            read.extend(page);
        }
        let readable: Vec<(i64, bool)> =
            read.iter().map(|((_, number), read)| (*number, read.is_ok())).collect();
        assert_eq!(readable, [(41, true), (42, false), (43, true), (44, false)], "{limit} at once");
    }
    let found = check_book(&check).await.unwrap().findings;
    let of = |number: i64| {
        found.iter().filter(move |line| {
            line.starts_with(&format!("journal entry number {number} of part 3: a row cannot be read: "))
        })
    };
    assert_eq!((of(42).count(), of(44).count()), (1, 1), "{found:?}");
    assert!(!found.iter().any(|line| line.contains("number 41") || line.contains("number 43")), "{found:?}");
}

async fn a_sum_that_is_not_the_journals_is_told(place: Place) {
    let (open, _) = with_transfers(&place).await;
    assert_eq!(open.store.checker().wrong_sums().await, Ok(vec![]));
    place.tamper("update ledger_day set debits_minor = debits_minor + 7 where debits_minor = 100").await;
    let wrong = WrongSum {
        account: "loan_portfolio".to_owned(),
        booking_date: date(2026, 1, 30),
        debits_minor: 7,
        credits_minor: 0,
    };
    assert_eq!(open.store.checker().wrong_sums().await, Ok(vec![wrong]));
}

//! What reports read: sums of the journal by either day, transfers where rules put them, and runs of loans.

use jiff::civil::date;
use loam_app::changes::{Changes, EveningChange, LogRow};
use loam_app::check::check_book;
use loam_app::error::StoreError;
use loam_app::ports::{BookedFilter, BookedSum, ByDay, LoggedSavings, Placed, RowPlace};
use loam_app::search::entries::{EntryQuery, SumFilter};
use loam_app::views::Page;
use loam_book::ids::{Key, Part};
use loam_book::journal::chart::LedgerName;
use loam_book::journal::evening::{EveningGroup, EveningPosting, post, what_does_not_hold};
use loam_book::journal::income::{IncomeAccount, IncomeAmounts, IncomeKind, IncomePosting};
use loam_book::journal::provisions::{self, ProvisionAccount, ProvisionAmounts, ProvisionKind};
use loam_book::journal::rules::{AccountingRule, AccountingRules, AccrualPosting, Booked};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::Loan;
use loam_book::loan::refusal::IdKind;
use loam_book::savings::Savings;
use loam_calc::money::Amount;

use crate::places::{Open, Place};
use crate::samples::{audit, client, entry, key, loan, new_client, new_loan, transaction, transfer};
use crate::savings;

on_both_and_spread!(
    the_journal_is_added_up_by_either_day,
    what_a_rule_books_elsewhere_is_kept_and_summed_there,
    loans_logs_and_transactions_are_read_in_pages,
    logs_of_deposit_accounts_are_read_in_pages,
    a_loan_that_cannot_be_read_keeps_nobody_from_the_others,
    what_is_posted_of_growing_interest_is_written_once,
    growing_interest_that_cannot_be_read_is_told_alone,
    what_is_set_aside_is_written_once,
    an_account_that_books_on_a_gl_account_is_found_until_it_is_over,
);

/// Two loans of two holders, with a transfer each: booked on one day, of value on another.
async fn with_loans(place: &Place) -> (Open, [Loan; 2]) {
    let mut open = place.book().await;
    let mut loans = Vec::new();
    for (part, number) in [(7, 2), (9, 3)] {
        let holder = client(part, number + 10);
        let loan = loan(&holder, number);
        open.lane.save(&new_client(&holder)).await.unwrap();
        let amount = i64::try_from(number).unwrap() * 100;
        let transfers = vec![Transfer { booking_date: date(2026, 1, 30), ..transfer(&loan, 1, amount) }];
        open.lane.save(&Changes { transfers, ..new_loan(&loan) }).await.unwrap();
        loans.push(loan);
    }
    (open, loans.try_into().unwrap())
}

async fn sums(open: &Open, filter: &BookedFilter) -> Vec<(String, i64, i64)> {
    let found = open.reader.booked_sums(filter).await.unwrap();
    let row = |sum: &BookedSum| (sum.account.text(), sum.debits.minor(), sum.credits.minor());
    found.iter().map(row).collect()
}

async fn the_journal_is_added_up_by_either_day(place: Place) {
    let (open, loans) = with_loans(&place).await;
    let whole = BookedFilter::default();
    let both = [("fund_source".to_owned(), 0, 500), ("loan_portfolio".to_owned(), 500, 0)];
    assert_eq!(sums(&open, &whole).await, both);
    let booked = |by, from, to| BookedFilter { by, from, to, branch: None };
    let (value, booking) = (date(2026, 1, 20), date(2026, 1, 30));
    assert_eq!(sums(&open, &booked(ByDay::Value, Some(value), Some(value))).await, both);
    assert_eq!(sums(&open, &booked(ByDay::Booking, Some(booking), None)).await, both);
    assert!(sums(&open, &booked(ByDay::Booking, None, Some(value))).await.is_empty());
    assert!(sums(&open, &booked(ByDay::Value, Some(booking), None)).await.is_empty());
    let branch = loans[0].assignment.branch;
    assert_eq!(sums(&open, &BookedFilter { branch, ..BookedFilter::default() }).await, both);
    let elsewhere = BookedFilter { branch: Some(key(0, 999)), ..BookedFilter::default() };
    assert!(sums(&open, &elsewhere).await.is_empty());
    let one = open.reader.booked_sums(&whole).await.unwrap()[0];
    assert_eq!((one.product, one.branch), (Some(loans[0].terms.product), branch));
}

async fn what_a_rule_books_elsewhere_is_kept_and_summed_there(place: Place) {
    let (mut open, [loan, _]) = with_loans(&place).await;
    let own: Key = key(0, 50);
    let booked = Booked { debit: Some(own), credit: None };
    let ruled = Transfer { booked, ..transfer(&loan, 3, 7) };
    let brought_by =
        LogRow { part: loan.part, account_no: loan.account_no, entry: entry(3, date(2026, 1, 20)) };
    let changes = Changes { entries: vec![brought_by], transfers: vec![ruled.clone()], ..Changes::default() };
    open.lane.save(&changes).await.unwrap();
    let name = LedgerName::Ruled(GlAccount::LoanPortfolio, own);
    let kept = open.store.checker().accounts_after(None, Part::LAST, 1).await.unwrap().remove(0).transfers;
    assert!(kept.contains(&ruled), "{kept:?}");
    let filter = SumFilter { accounts: vec![name], ..SumFilter::default() };
    let found = open.reader.ledger_sums(&filter).await.unwrap();
    assert_eq!(found.iter().map(|sum| (sum.account, sum.debits.minor())).collect::<Vec<_>>(), [(name, 7)]);
    let query = EntryQuery { accounts: Some(vec![name]), ..EntryQuery::default() };
    let entries = open.reader.journal_entries(&query, Page::ALL).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.account).collect::<Vec<_>>(), [name]);
    assert_eq!(open.store.checker().wrong_sums().await, Ok(vec![]));
}

/// Where a loan stands in the order of pages.
fn place_of(loan: &Loan) -> RowPlace {
    (i64::from(loan.part.number()), loan.account_no)
}

/// Whatever of it is damaged, its own row or that of an installment, and wherever it stands in the page.
async fn a_loan_that_cannot_be_read_keeps_nobody_from_the_others(place: Place) {
    let (open, loans) = with_loans(&place).await;
    place.tamper("update loan_account set packed_installments = null").await;
    for (damage, repair) in [
        ("loan_account set state = '!' || state", "loan_account set state = substr(state, 2)"),
        ("loan_account set terms = '!' || terms", "loan_account set terms = substr(terms, 2)"),
        ("installment set due_date = due_date + 99999999", "installment set due_date = due_date - 99999999"),
    ] {
        for (broken, other) in [(&loans[0], &loans[1]), (&loans[1], &loans[0])] {
            let of_loan = |change: &str| format!("update {change} where account_no = {}", broken.account_no);
            place.tamper(&of_loan(damage)).await;
            let page = open.reader.loans_after(None, 5).await.unwrap();
            assert_eq!(page.last, Some(place_of(&loans[1])), "nobody reads it again");
            assert_eq!(page.loans, std::slice::from_ref(other), "{damage}");
            let [unreadable] = &page.unreadable[..] else { panic!("{damage}: {page:?}") };
            assert_eq!(
                (&unreadable.row.account, unreadable.group),
                (&broken.key.to_string(), Some((broken.terms.product, broken.assignment.branch)))
            );
            let reason = format!("loan {}: {}", broken.key, unreadable.row.reason);
            assert_eq!(page.all(), Err(StoreError::Unreadable(reason)), "some must leave none out");
            place.tamper(&of_loan(repair)).await;
        }
    }
    assert_eq!(open.reader.loans_after(None, 5).await.unwrap().all(), Ok(loans.to_vec()));
}

async fn loans_logs_and_transactions_are_read_in_pages(place: Place) {
    let (open, loans) = with_loans(&place).await;
    let reader = &open.reader;
    let first = reader.loans_after(None, 1).await.unwrap();
    assert_eq!(first.last, Some(place_of(&loans[0])));
    assert_eq!(reader.loans_after(first.last, 5).await.unwrap().all(), Ok(vec![loans[1].clone()]));
    assert_eq!(first.all(), Ok(vec![loans[0].clone()]));
    assert_eq!(reader.loans_after(Some(place_of(&loans[1])), 5).await.unwrap().last, None);
    let [after, last] = loans.each_ref().map(|loan| Some((loan.part, loan.account_no)));
    let logs = reader.logs_after(None, 5).await.unwrap();
    let places: Vec<(Part, i64, usize)> =
        logs.iter().map(|log| (log.part, log.account_no, log.entries.len())).collect();
    let expected = loans.each_ref().map(|loan| (loan.part, loan.account_no, new_loan(loan).entries.len()));
    assert_eq!(places, expected);
    assert!(reader.logs_after(last, 5).await.unwrap().is_empty());
    let found = reader.transactions_after(after, 5).await.unwrap();
    let numbers: Vec<usize> = found.iter().map(|(_, transactions)| transactions.len()).collect();
    assert_eq!(
        (found[0].0.clone(), numbers),
        (loans[1].clone(), vec![new_loan(&loans[1]).transactions.len()])
    );
    assert_ne!(transaction(1, 1).amount.minor(), 0);
}

async fn logs_of_deposit_accounts_are_read_in_pages(place: Place) {
    let mut open = savings::book(&place).await;
    let accounts = [savings::account(5, 1), savings::account(6, 2)];
    let entries = [savings::moved(1, 8, 10, None), savings::moved(2, 9, 20, None)];
    open.lane.save(&savings::logged(&accounts[0], &[savings::moved(1, 7, 10, None)])).await.unwrap();
    open.lane.save(&savings::logged(&accounts[1], &entries)).await.unwrap();
    let reader = &open.reader;
    let place_of = |account: &Savings| (account.part, account.account_no);
    let read = |logs: &[LoggedSavings]| -> Vec<(Part, i64, Vec<i64>)> {
        let seqs = |log: &LoggedSavings| log.entries.iter().map(|entry| entry.seq).collect();
        logs.iter().map(|log| (log.part, log.account_no, seqs(log))).collect()
    };
    let both = reader.savings_logs_after(None, 5).await.unwrap();
    assert_eq!(read(&both), [(Part::new(5), 1, vec![1]), (Part::new(6), 2, vec![1, 2])]);
    let first = reader.savings_logs_after(None, 1).await.unwrap();
    assert_eq!(read(&first), read(&both[..1]), "a page has whole logs");
    let second = reader.savings_logs_after(Some(place_of(&accounts[0])), 1).await.unwrap();
    assert_eq!(read(&second), read(&both[1..]));
    assert!(reader.savings_logs_after(Some(place_of(&accounts[1])), 5).await.unwrap().is_empty());
}

fn posting(before: Option<IncomeAccount>, accrued: i64) -> IncomePosting {
    let kind = IncomeKind {
        posting: AccrualPosting::Daily,
        accrued_on: None,
        income_on: Some(key(0, 61)),
        suspense_on: None,
    };
    let group = EveningGroup { product: key(0, 60), branch: None, currency: "EUR".to_owned(), kind };
    let [accrued, suspended] = [accrued, 3].map(Amount::from_minor);
    let amounts = IncomeAmounts { accrued, suspended };
    EveningPosting { group, before, amounts, on: date(2026, 1, 31) }
}

/// The posting as a batch writes it.
fn posted(posting: &IncomePosting, number: i64) -> (IncomeAccount, Changes) {
    let (account, transfers) = post(posting, number);
    let version_read = posting.before.as_ref().map(|before| before.version);
    let audit = vec![audit(account.part, account.group.product)];
    let income_accounts = vec![EveningChange { account: account.clone(), version_read }];
    (account, Changes { transfers, income_accounts, audit, ..Changes::default() })
}

async fn what_is_posted_of_growing_interest_is_written_once(place: Place) {
    let mut open = place.book().await;
    let (first, changes) = posted(&posting(None, 10), 900);
    open.lane.save(&changes).await.unwrap();
    assert_eq!(open.reader.income_accounts().await.unwrap(), std::slice::from_ref(&first));
    // Another server wants to post the same for the first time.
    let (_, again) = posted(&posting(None, 10), 901);
    assert_eq!(open.lane.save(&again).await, Err(StoreError::VersionConflict));
    let (second, changes) = posted(&posting(Some(first.clone()), 4), 902);
    open.lane.save(&changes).await.unwrap();
    let (_, late) = posted(&posting(Some(first), 8), 903);
    assert_eq!(open.lane.save(&late).await, Err(StoreError::VersionConflict));
    let check = open.store.checker();
    let (account, transfers) = only(check.posted_income().await);
    assert_eq!((&account, transfers.len()), (&second, 3));
    assert_eq!(what_does_not_hold(&account, &transfers), None);
    assert_eq!(check.orphans().await, Ok(vec![]));
    assert_eq!(check.wrong_sums().await, Ok(vec![]));
    place
        .tamper("update journal_transfer set amount_minor = 11 where account_no = 900 and amount_minor = 10")
        .await;
    let (account, transfers) = only(check.posted_income().await);
    assert!(what_does_not_hold(&account, &transfers).is_some());
}

/// The one account for which evenings posted, which can be read.
fn only<T>(posted: Result<Vec<Placed<T>>, StoreError>) -> T {
    let mut posted = posted.unwrap();
    assert_eq!(posted.len(), 1);
    posted.remove(0).1.unwrap()
}

/// An account of evenings that cannot be read hides none of the others.
async fn growing_interest_that_cannot_be_read_is_told_alone(place: Place) {
    let mut open = place.book().await;
    open.lane.save(&some_growing_interest()).await.unwrap();
    let IncomePosting { group, .. } = posting(None, 10);
    let group = EveningGroup { branch: Some(key(0, 62)), ..group };
    let (_, other) = posted(&IncomePosting { group, ..posting(None, 10) }, 901);
    open.lane.save(&other).await.unwrap();
    place.tamper("update income_account set body = 'no account' where account_no = 900").await;
    let check = open.store.checker();
    let kept = check.posted_income().await.unwrap();
    let readable: Vec<(i64, bool)> = kept.iter().map(|((_, number), read)| (*number, read.is_ok())).collect();
    assert_eq!(readable, [(900, false), (901, true)]);
    let found = check_book(&check).await.unwrap().findings;
    let told =
        found.iter().filter(|line| line.starts_with("growing interest of account number 900 of part "));
    assert_eq!(told.count(), 1, "{found:?}");
}

/// A posting of growing interest.
pub(crate) fn some_growing_interest() -> Changes {
    posted(&posting(None, 10), 900).1
}

/// A posting of what is set aside, as a batch writes it.
fn provided(before: Option<ProvisionAccount>, allowance: i64, number: i64) -> (ProvisionAccount, Changes) {
    let kind = ProvisionKind { allowance_on: Some(key(0, 63)), expense_on: None };
    let branch = Some(key(0, 62));
    let group = EveningGroup { product: key(0, 60), branch, currency: "EUR".to_owned(), kind };
    let version_read = before.as_ref().map(|before| before.version);
    let amounts = ProvisionAmounts { allowance: Amount::from_minor(allowance) };
    let posting = EveningPosting { group, before, amounts, on: date(2026, 1, 31) };
    let (account, transfers) = post(&posting, number);
    let provision_accounts = vec![EveningChange { account: account.clone(), version_read }];
    let audit = vec![audit(account.part, account.group.product)];
    (account, Changes { transfers, provision_accounts, audit, ..Changes::default() })
}

async fn what_is_set_aside_is_written_once(place: Place) {
    let mut open = place.book().await;
    let (first, changes) = provided(None, 10, 900);
    open.lane.save(&changes).await.unwrap();
    assert_eq!(open.reader.provision_accounts().await.unwrap(), std::slice::from_ref(&first));
    // Another server wants to post the same for the first time.
    assert_eq!(open.lane.save(&provided(None, 10, 901).1).await, Err(StoreError::VersionConflict));
    let (second, changes) = provided(Some(first.clone()), 4, 902);
    open.lane.save(&changes).await.unwrap();
    assert_eq!(open.lane.save(&provided(Some(first), 8, 903).1).await, Err(StoreError::VersionConflict));
    let check = open.store.checker();
    let (account, transfers) = only(check.posted_provisions().await);
    assert_eq!((&account, transfers.len()), (&second, 2));
    assert_eq!(provisions::what_does_not_hold(&account, &transfers), None);
    assert_eq!(check.orphans().await, Ok(vec![]));
    assert_eq!(check.wrong_sums().await, Ok(vec![]));
    place.tamper("delete from journal_transfer where account_no = 900 and amount_minor = 6").await;
    let (account, transfers) = only(check.posted_provisions().await);
    assert!(provisions::what_does_not_hold(&account, &transfers).is_some());
}

async fn an_account_that_books_on_a_gl_account_is_found_until_it_is_over(place: Place) {
    let mut open = place.book().await;
    let (holder, on) = (client(5, 1), key(0, 50));
    open.lane.save(&new_client(&holder)).await.unwrap();
    let rules = |resource| AccountingRules::try_new(vec![AccountingRule { resource, account: on }]).unwrap();
    let mut lent = loan(&holder, 2);
    lent.terms.accounting.rules = rules(GlAccount::FeeIncome);
    open.lane.save(&new_loan(&lent)).await.unwrap();
    let mut kept = savings::account(5, 900);
    kept.terms.accounting.rules = rules(GlAccount::InterestIncome);
    open.lane.save(&savings::changes(vec![savings::change(&kept, None)])).await.unwrap();
    let both = [GlAccount::FeeIncome, GlAccount::InterestIncome];
    let found = async |kind, on, of: &[GlAccount]| open.reader.account_booking(kind, on, of).await.unwrap();
    assert_eq!(found(IdKind::Loan, on, &both).await, Some(lent.id.clone()));
    assert_eq!(found(IdKind::Savings, on, &both).await, Some(kept.id.clone()));
    assert_eq!(found(IdKind::Loan, on, &both[1..]).await, None);
    assert_eq!(found(IdKind::Savings, on, &both[..1]).await, None);
    assert_eq!(found(IdKind::Loan, key(0, 51), &both).await, None);
    place.tamper("update loan_account set status = 'closed'").await;
    place.tamper("update savings_account set status = 'withdrawn'").await;
    assert_eq!(found(IdKind::Loan, on, &both).await, None);
    assert_eq!(found(IdKind::Savings, on, &both).await, None);
}

/// Something that is set aside.
pub(crate) fn some_provisions() -> Changes {
    provided(None, 10, 901).1
}

//! Rows that cannot be read, in every list that a step of the day works off: they keep nobody from the others, are told by
//! what stands there, and no page begins with them again.

use std::fmt::Debug;
use std::sync::Arc;

use jiff::civil::date;
use loam_app::changes::{Changes, SettlementChange};
use loam_app::error::StoreError;
use loam_app::ports::{EndOfDayStore, Listed, UnreadableRow};
use loam_book::application::Application;
use loam_book::ids::{Address, Part};
use loam_book::loan::Loan;
use loam_book::savings::share::InvestorShare;
use loam_book::working_days::DaysOff;
use loam_store::schema::Dialect;

use crate::applications::{application, new_application};
use crate::places::{Open, Place};
use crate::samples::{audit, client, key, loan, new_client, new_loan};
use crate::savings::{account, book, change, changes};
use crate::shares::{investor, share, written};
use crate::working::days_off;

on_both_and_spread!(
    a_damaged_next_action_keeps_nobody_from_the_others,
    a_key_that_is_no_text_is_passed_by,
    a_damaged_settlement_keeps_nobody_from_the_others,
    a_damaged_deposit_account_keeps_nobody_from_the_others,
    a_damaged_application_keeps_nobody_from_the_others,
    a_damaged_share_keeps_nobody_from_the_others,
    damaged_days_off_keep_nobody_from_the_others,
    a_loan_with_a_damaged_key_keeps_nobody_from_the_others_in_the_evening,
);

/// More pages than any list here has.
const ENOUGH: usize = 20;

/// What a list gives page by page until there is no more, read and unreadable.
async fn walked<T, P: Clone>(
    list: impl AsyncFn(P, i64) -> Result<Listed<T, P>, StoreError>,
    (beginning, limit): (P, i64),
) -> (Vec<T>, Vec<UnreadableRow>) {
    let (mut read, mut unreadable, mut after) = (Vec::new(), Vec::new(), beginning);
    for _ in 0..ENOUGH {
        let Listed { rows, last } = list(after, limit).await.unwrap();
        assert!(rows.len() <= usize::try_from(limit).unwrap());
        rows.into_iter().for_each(|row| row.map_or_else(|row| unreadable.push(row), |row| read.push(row)));
        let Some(last) = last else { return (read, unreadable) };
        after = last;
    }
    panic!("a list of a few rows has no end")
}

/// Walks a list in pages of one row, of two and of all; each way gives the same.
async fn walked_each_way<T: Clone + PartialEq + Debug, P: Clone>(
    list: impl AsyncFn(P, i64) -> Result<Listed<T, P>, StoreError>,
    beginning: P,
) -> (Vec<T>, Vec<(String, String)>) {
    let (read, unreadable) = walked(&list, (beginning.clone(), 1)).await;
    for limit in [2, 10] {
        assert_eq!(walked(&list, (beginning.clone(), limit)).await, (read.clone(), unreadable.clone()));
    }
    (read, unreadable.into_iter().map(|row| (row.account, row.reason)).collect())
}

fn no_key(column: &str, place: &str, text: &str) -> (String, String) {
    let reason = format!("{place}: column {column}: \"{text}\" is not a 32-digit lowercase hexadecimal key");
    (if text.is_empty() { place } else { text }.to_owned(), reason)
}

/// Loans 1 to 3 of part 9 and loan 4 of part 2.
async fn with_loans(place: &Place) -> (Open, [Loan; 4]) {
    let mut open = place.book().await;
    let mut loans = Vec::new();
    for (part, numbers) in [(9, vec![1, 2, 3]), (2, vec![4])] {
        let holder = client(part, 1);
        open.lane.save(&new_client(&holder)).await.unwrap();
        for n in numbers {
            let loan = loan(&holder, n);
            open.lane.save(&new_loan(&loan)).await.unwrap();
            loans.push(loan);
        }
    }
    (open, loans.try_into().unwrap())
}

fn address(loan: &Loan) -> Address {
    Address { part: loan.part, key: loan.key }
}

fn days_of(open: &Open) -> Arc<dyn EndOfDayStore> {
    open.store.end_of_day().unwrap()
}

async fn a_damaged_next_action_keeps_nobody_from_the_others(place: Place) {
    let (open, loans) = with_loans(&place).await;
    let days = days_of(&open);
    let walk = async || {
        let list = async |after, limit| days.loans_with_work(date(2026, 2, 28), after, limit).await;
        let (read, unreadable) = walked_each_way(list, (i64::MIN, i64::MIN, Vec::new())).await;
        let number = |at: Address| loans.iter().find(|loan| address(loan) == at).unwrap().account_no;
        (read.into_iter().map(number).collect::<Vec<_>>(), unreadable)
    };
    assert_eq!(walk().await, (vec![4, 1, 2, 3], vec![]));
    let damage = async |what: &str, n: i64| {
        place.tamper(&format!("update loan_action set {what} where account_no = {n}")).await;
    };
    let at = |n: i64| format!("account number {n} of part 9");
    damage("loan_key = 'damaged'", 2).await;
    let second = no_key("2 of loan_action", &at(2), "damaged");
    assert_eq!(walk().await, (vec![4, 1, 3], vec![second.clone()]));
    damage("loan_key = ''", 1).await;
    let first = no_key("2 of loan_action", &at(1), "");
    assert_eq!(walk().await, (vec![4, 3], vec![first.clone(), second.clone()]));
    // The day is none, and the key still tells whose it is.
    damage("next_action_on = -99999999999", 3).await;
    let third = (loans[2].key.to_string(), "column 3 of loan_action: -99999999999 is not a day".to_owned());
    assert_eq!(walk().await, (vec![4], vec![third.clone(), first.clone(), second.clone()]));
    damage("part = 4096", 4).await;
    let fourth = (loans[3].key.to_string(), "column 1 of loan_action: 4096 is not a part".to_owned());
    assert_eq!(walk().await, (vec![], vec![third, first, second, fourth]), "all are damaged, and it ends");
}

async fn a_key_that_is_no_text_is_passed_by(place: Place) {
    // PostgreSQL takes no such text.
    if place.dialect() == Dialect::Postgres {
        return;
    }
    let (open, loans) = with_loans(&place).await;
    let days = days_of(&open);
    for bytes in ["ff", "30ff", "8030"] {
        for table in ["loan_action", "loan_account"] {
            place
                .tamper(&format!(
                    "update {table} set loan_key = cast(x'{bytes}' as text) where account_no = 2"
                ))
                .await;
        }
        let list = async |after, limit| days.loans_with_work(date(2026, 2, 28), after, limit).await;
        let (read, unreadable) = walked_each_way(list, (i64::MIN, i64::MIN, Vec::new())).await;
        assert_eq!(read, [3, 0, 2].map(|at| address(&loans[at])));
        assert_eq!(unreadable.len(), 1, "{unreadable:?}");
        assert!(unreadable[0].1.starts_with("account number 2 of part 9: "), "{unreadable:?}");
        let page = open.reader.loans_after(None, 10).await.unwrap();
        assert_eq!((page.loans.len(), page.unreadable.len()), (3, 1));
    }
}

async fn a_damaged_settlement_keeps_nobody_from_the_others(place: Place) {
    let mut open = book(&place).await;
    let settle = |n: i64| SettlementChange {
        part: Part::new(5),
        account_no: n,
        key: key(5, 10 + u64::try_from(n).unwrap()),
        settles_on: Some(date(2026, 2, 1)),
    };
    let settlements = vec![settle(1), settle(2), settle(3)];
    let audit = vec![audit(Part::new(5), key(5, 1))];
    open.lane.save(&Changes { settlements, audit, ..Changes::default() }).await.unwrap();
    let days = days_of(&open);
    let walk = async || {
        let list = async |after, limit| days.loans_to_settle(date(2026, 2, 1), after, limit).await;
        walked_each_way(list, (i64::MIN, i64::MIN)).await
    };
    let address = |n| Address { part: Part::new(5), key: settle(n).key };
    place.tamper("update settlement set loan_key = 'damaged' where account_no = 1").await;
    let of = |n: i64| no_key("3 of settlement", &format!("account number {n} of part 5"), "damaged");
    assert_eq!(walk().await, (vec![address(2), address(3)], vec![of(1)]));
    place.tamper("update settlement set loan_key = 'damaged'").await;
    assert_eq!(walk().await, (vec![], vec![of(1), of(2), of(3)]), "told apart though they read alike");
}

async fn a_damaged_deposit_account_keeps_nobody_from_the_others(place: Place) {
    let mut open = book(&place).await;
    for n in 1..4 {
        let mut sleepy = account(5, n);
        sleepy.terms.dormancy_days = Some(59);
        sleepy.last_used_on = Some(date(2026, 2, 1));
        open.lane.save(&changes(vec![change(&sleepy, None)])).await.unwrap();
    }
    let days = days_of(&open);
    let walk = async || {
        let list = async |after, limit| days.savings_with_work(date(2026, 4, 1), after, limit).await;
        walked_each_way(list, (i64::MIN, i64::MIN)).await
    };
    let of =
        |n: i64, text: &str| no_key("3 of savings_account", &format!("account number {n} of part 5"), text);
    place.tamper("update savings_account set savings_key = 'damaged' where account_no = 3").await;
    assert_eq!(walk().await, ([1, 2].map(|n| account(5, n).address()).to_vec(), vec![of(3, "damaged")]));
    place.tamper("update savings_account set savings_key = 'x' || account_no").await;
    assert_eq!(walk().await, (vec![], vec![of(1, "x1"), of(2, "x2"), of(3, "x3")]));
}

async fn a_damaged_application_keeps_nobody_from_the_others(place: Place) {
    let mut open = place.book_of(&[client(5, 1)]).await;
    let sample = |n| application(&loan(&client(5, 1), 1), n);
    for n in 1..4 {
        open.lane.save(&new_application(&sample(n))).await.unwrap();
    }
    let days = days_of(&open);
    let late = sample(1).expiry_date.tomorrow().unwrap();
    let walk = async || {
        let list = async |after, limit| days.applications_in_market(late, after, limit).await;
        let (read, unreadable) = walked_each_way(list, (i64::MIN, i64::MIN)).await;
        (
            read.into_iter().map(|(_, read): (Address, Application)| read.number).collect::<Vec<_>>(),
            unreadable,
        )
    };
    assert_eq!(walk().await, (vec![1, 2, 3], vec![]));
    place.tamper("update application set application_key = 'damaged' where number = 2").await;
    let damaged = no_key("3 of application", "account number 2 of part 5", "damaged");
    assert_eq!(walk().await, (vec![1, 3], vec![damaged.clone()]));
    place.tamper("update application set body = '!' || body where number in (1, 3)").await;
    let (read, unreadable) = walk().await;
    let named: Vec<String> = unreadable.iter().map(|(account, _)| account.clone()).collect();
    assert_eq!(
        (read, named),
        (vec![], [sample(1).key.to_string(), damaged.0, sample(3).key.to_string()].to_vec())
    );
    assert!(unreadable[0].1.starts_with("column 4 of application: "), "{unreadable:?}");
}

async fn a_damaged_share_keeps_nobody_from_the_others(place: Place) {
    let mut open = book(&place).await;
    let accounts = [investor(1), investor(2), investor(3)];
    open.lane.save(&changes(accounts.iter().map(|account| change(account, None)).collect())).await.unwrap();
    let shares: Vec<InvestorShare> = (31..)
        .zip(&accounts)
        .map(|(id, of)| InvestorShare { account: of.address(), ..share(id - 30, id, (7, -5)) })
        .collect();
    open.lane.save(&written(&shares)).await.unwrap();
    let days = days_of(&open);
    let walk = async || {
        let list = async |after, limit| {
            let Listed { rows, last } = days.accounts_with_shares(after, limit).await?;
            Ok(Listed { rows, last: last.map(Some) })
        };
        walked_each_way(list, None).await
    };
    let waiting = |at: usize| (accounts[at].address(), 1);
    assert_eq!(walk().await, ([0, 1, 2].map(waiting).to_vec(), vec![]));
    let of = |text: &str| no_key("1 of investor_share", "shares of an account", text);
    place.tamper("update investor_share set account_key = 'damaged' where transaction_id = 32").await;
    assert_eq!(walk().await, ([0, 2].map(waiting).to_vec(), vec![of("damaged")]));
    place.tamper("update investor_share set account_key = '' where transaction_id = 31").await;
    assert_eq!(walk().await, (vec![waiting(2)], vec![of(""), of("damaged")]));
}

async fn damaged_days_off_keep_nobody_from_the_others(place: Place) {
    let (mut open, loans) = with_loans(&place).await;
    open.lane.save(&days_off(Some(DaysOff::OfOrganization), 0)).await.unwrap();
    let days = days_of(&open);
    let to_do = async || {
        let (mut read, mut unreadable) = (Vec::new(), Vec::new());
        for row in days.calendar_work().await.unwrap() {
            row.map_or_else(|row| unreadable.push((row.account, row.reason)), |work| read.push(work));
        }
        (read, unreadable)
    };
    let (works, none) = to_do().await;
    assert_eq!((works.len(), none), (2, vec![]));
    let walk = async || {
        let list = async |after, limit| {
            let Listed { rows, last } = days.accounts_to_follow(&works[1], after, limit).await?;
            Ok(Listed { rows, last: last.map(Some) })
        };
        walked_each_way(list, None).await
    };
    let of = |n: i64, text: &str| no_key("2 of loan_account", &format!("account number {n} of part 9"), text);
    place.tamper("update loan_account set loan_key = 'damaged' where account_no = 2").await;
    assert_eq!(walk().await, ([0, 2].map(|at| address(&loans[at])).to_vec(), vec![of(2, "damaged")]));
    place.tamper("update loan_account set loan_key = '' where account_no = 3").await;
    assert_eq!(walk().await, (vec![address(&loans[0])], vec![of(3, ""), of(2, "damaged")]));
    place.tamper("update loan_account set loan_key = 'first' where account_no = 1").await;
    assert_eq!(walk().await.0, []);
    place.tamper("update calendar_work set branch_key = 'damaged' where part = 2").await;
    let damaged = no_key("2 of calendar_work", "days off of a branch in part 2", "damaged");
    assert_eq!(to_do().await, (works[1..].to_vec(), vec![damaged]));
}

async fn a_loan_with_a_damaged_key_keeps_nobody_from_the_others_in_the_evening(place: Place) {
    let (open, loans) = with_loans(&place).await;
    let walk = async || {
        let (mut after, mut read, mut unreadable) = (None, Vec::new(), Vec::new());
        for _ in 0..ENOUGH {
            let page = open.reader.loans_after(after, 1).await.unwrap();
            read.extend(page.loans.iter().map(|loan| loan.account_no));
            unreadable.extend(page.unreadable);
            if page.last.is_none() {
                return (read, unreadable);
            }
            after = page.last;
        }
        panic!("a book of a few loans has no end")
    };
    let group = Some((loans[0].terms.product, loans[0].assignment.branch));
    let damage = async |what: &str, n: i64| {
        place.tamper(&format!("update loan_account set {what} where account_no = {n}")).await;
    };
    damage("loan_key = 'damaged'", 2).await;
    let (read, unreadable) = walk().await;
    assert_eq!(read, [4, 1, 3]);
    let (account, reason) = no_key("3 of loan_account", "account number 2 of part 9", "damaged");
    assert_eq!((&unreadable[0].row, unreadable[0].group), (&UnreadableRow { account, reason }, group));
    // Where product or branch is damaged, nobody knows of which loans it is one.
    damage("product_key = 'damaged'", 1).await;
    damage("branch_key = 'damaged'", 3).await;
    let (read, unreadable) = walk().await;
    assert_eq!(read, [4]);
    let told: Vec<_> = unreadable.iter().map(|loan| (loan.row.account.clone(), loan.group)).collect();
    let [first, third] = [0, 2].map(|at| (loans[at].key.to_string(), None));
    assert_eq!(told, [first, ("damaged".to_owned(), group), third]);
    let whole = open.reader.loans_after(None, 10).await.unwrap();
    assert_eq!((whole.unreadable, whole.loans.len()), (unreadable, 1));
}

//! What loans give investors: kept with the loan, counted with the account, credited once.

use jiff::civil::{Date, date};
use loam_app::changes::{Changes, CreditedShare};
use loam_app::error::StoreError;
use loam_app::ports::Need;
use loam_app::views::SavingsFilter;
use loam_book::ids::{Address, Part};
use loam_book::organization::InvestingKind;
use loam_book::savings::product::AccountType;
use loam_book::savings::share::InvestorShare;
use loam_book::savings::{Savings, SavingsTerms};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::places::Place;
use crate::samples::{audit, instant, key};
use crate::savings::{ALL, account, book, change, changes, logged, moved};

on_both_and_spread!(
    what_waits_is_counted_until_it_is_credited,
    a_share_is_credited_once,
    shares_are_found_by_account_and_day_and_by_loan,
    what_waits_is_not_lost_between_accounts,
);

/// Investors' accounts.
pub(crate) fn investor(n: i64) -> Savings {
    let account = account(5, n);
    let terms = SavingsTerms { account_type: AccountType::InvestorAccount, ..account.terms };
    Savings { terms, ..account }
}

/// A share of the account number 1, of loan `loan` in part 6.
pub(crate) fn share(loan: i64, id: i64, (cash, invested): (i64, i64)) -> InvestorShare {
    InvestorShare {
        transaction_id: id,
        part: Part::new(6),
        account_no: loan,
        seq: 3,
        fund: key(6, 740),
        account: account(5, 1).address(),
        currency: Currency::EUR,
        cash: Amount::from_minor(cash),
        invested: Amount::from_minor(invested),
        what: if cash < 0 { InvestingKind::TakenBack } else { InvestingKind::Shared },
        booked_on: date(2026, 1, 31),
        recorded_at: instant(id),
        credited_by: None,
    }
}

pub(crate) fn written(shares: &[InvestorShare]) -> Changes {
    let audit = shares.iter().map(|share| audit(share.part, share.fund)).collect();
    Changes { investor_shares: shares.to_vec(), audit, ..Changes::default() }
}

/// A share that the sample book has.
pub(crate) fn some_share() -> Changes {
    written(&[share(1, 31, (7, -5))])
}

fn credited(shares: &[InvestorShare]) -> Changes {
    let credited = |share: &InvestorShare| CreditedShare {
        part: share.part,
        account_no: share.account_no,
        fund: share.fund,
        transaction_id: share.transaction_id,
        credited_by: 99,
    };
    Changes {
        credited_shares: shares.iter().map(credited).collect(),
        audit: vec![audit(Part::new(5), key(5, 1))],
        ..Changes::default()
    }
}

async fn what_waits_is_counted_until_it_is_credited(place: Place) {
    let mut open = book(&place).await;
    let (one, two) = (investor(1), investor(2));
    open.lane.save(&changes(vec![change(&one, None), change(&two, None)])).await.unwrap();
    let shares = [share(1, 31, (700, -600)), share(2, 32, (-50, 40))];
    open.lane.save(&written(&shares)).await.unwrap();
    let counted = one.clone().counting((Amount::from_minor(650), Amount::from_minor(-560)));
    assert_eq!(open.reader.savings(one.address()).await.unwrap(), Some(counted.clone()));
    let listed = open.reader.list_savings(&SavingsFilter::default(), ALL).await.unwrap();
    assert_eq!(listed, [counted, two.clone()]);
    let need = |account: &Savings| Need { savings: vec![account.address()], ..Need::default() };
    let loaded = open.lane.load(&need(&one)).await.unwrap();
    assert_eq!(loaded.savings.get(&one.key), Some(&one), "who changes it credits first");
    assert_eq!(loaded.shares, shares);
    assert_eq!(open.lane.load(&need(&two)).await.unwrap().shares, []);
    let days = open.store.end_of_day().unwrap();
    let waiting = async |after| days.accounts_with_shares(after, 10).await.unwrap();
    let written = one.key.to_string().into_bytes();
    let found = waiting(None).await;
    assert_eq!((found.rows, found.last), (vec![Ok((one.address(), 2))], Some(written.clone())));
    assert_eq!(waiting(Some(written)).await.last, None);
    open.lane.save(&credited(&shares)).await.unwrap();
    assert_eq!(open.reader.savings(one.address()).await.unwrap().as_ref(), Some(&one));
    assert_eq!(open.lane.load(&need(&one)).await.unwrap().shares, []);
    assert_eq!(waiting(None).await.rows, []);
}

async fn a_share_is_credited_once(place: Place) {
    let mut open = book(&place).await;
    let shares = [share(1, 31, (700, -600))];
    open.lane.save(&written(&shares)).await.unwrap();
    open.lane.save(&credited(&shares)).await.unwrap();
    assert_eq!(open.lane.save(&credited(&shares)).await, Err(StoreError::VersionConflict));
}

async fn shares_are_found_by_account_and_day_and_by_loan(place: Place) {
    let mut open = book(&place).await;
    let mine = investor(1);
    open.lane.save(&logged(&mine, &[moved(1, 7, 10, None)])).await.unwrap();
    let first = share(1, 31, (700, -600));
    let later = InvestorShare { booked_on: date(2026, 2, 1), ..share(1, 32, (-50, 40)) };
    let of_other = InvestorShare { account: account(5, 2).address(), ..share(1, 33, (1, 0)) };
    let elsewhere = InvestorShare { fund: key(6, 741), ..share(1, 34, (5, 5)) };
    let all = [later.clone(), of_other.clone(), elsewhere.clone(), first.clone()];
    open.lane.save(&written(&all)).await.unwrap();
    open.lane.save(&credited(std::slice::from_ref(&first))).await.unwrap();
    let first = InvestorShare { credited_by: Some(99), ..first };
    let day = first.booked_on;
    let since = async |from: Date| open.reader.account_since(mine.address(), from).await.unwrap().unwrap();
    let told = since(day).await;
    assert_eq!(told.shares, [first.clone(), later.clone(), elsewhere]);
    assert_eq!(told.account, mine.clone().counting((Amount::from_minor(-45), Amount::from_minor(45))));
    assert_eq!(since(day.tomorrow().unwrap()).await.shares, std::slice::from_ref(&later));
    let value_date = since(date(2000, 1, 1)).await.movements[0].value_date;
    assert_eq!(since(value_date).await.movements.len(), 1);
    assert_eq!(since(value_date.tomorrow().unwrap()).await.movements, []);
    let nobody = Address { part: Part::new(5), key: key(5, 999) };
    assert_eq!(open.reader.account_since(nobody, day).await.unwrap(), None);
    let of_fund = open.reader.shares_of_fund(Part::new(6), 1, first.fund).await.unwrap();
    assert_eq!(of_fund, [first, later, of_other]);
}

async fn what_waits_is_not_lost_between_accounts(place: Place) {
    let mut open = book(&place).await;
    let shares = [share(1, 31, (700, -600))];
    open.lane.save(&written(&shares)).await.unwrap();
    let checker = open.store.checker();
    assert_eq!(checker.left_between_accounts().await.unwrap(), [("EUR".to_owned(), 700)]);
    assert_eq!(
        checker.orphans().await.unwrap(),
        ["account number 1 of part 6: investor_share has rows, but there is no log"]
    );
    open.lane.save(&credited(&shares)).await.unwrap();
    assert_eq!(checker.left_between_accounts().await.unwrap(), []);
}

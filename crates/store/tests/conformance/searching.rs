//! Searches by custom fields, and of groups and deposit accounts: what is found, in which order, from where on.

use loam_app::changes::{Changes, CustomValueRow, CustomValuesChange};
use loam_app::search::Direction;
use loam_app::search::columns::{Bound, Column, ColumnTest, Condition, LoanQuery, Order, sequence};
use loam_app::search::custom::CustomColumn;
use loam_app::search::groups::{GroupColumn, GroupQuery};
use loam_app::search::items::Entered;
use loam_app::search::savings::{SavingsColumn, SavingsQuery};
use loam_app::views::Page;
use loam_book::custom_field::DataType;
use loam_book::custom_field::owner::OwnerKind;
use loam_book::custom_field::value::{CustomValue, CustomValues};
use loam_book::ids::Address;
use loam_book::loan::Loan;
use loam_book::savings::Savings;

use crate::parties::{group, new_group};
use crate::places::{Open, Place};
use crate::samples::{audit, client, key, loan, new_client, new_loan, of_loan};
use crate::savings::{account, logged};

on_both_and_spread!(
    loans_are_found_in_the_order_of_their_values,
    loans_are_found_from_one_with_the_same_value_on,
    a_loan_is_found_once_however_many_of_its_values_match,
    groups_are_found_by_names_and_values,
    deposit_accounts_are_found_by_their_values,
);

const ALL: Page = Page { offset: 0, limit: 100 };
const TEXT: DataType = DataType::String;

fn field(data_type: DataType) -> CustomColumn {
    CustomColumn { field: key(0, 70), data_type }
}

/// The owner with these values; more than one stand in groups.
fn valued(kind: OwnerKind, address: Address, column: CustomColumn, contents: &[&str]) -> Changes {
    let is_grouped = contents.len() > 1;
    let value = |(at, content): (u32, &&str)| CustomValue {
        key: key(address.part.number(), 90_000 + u64::from(at)),
        field: column.field,
        group: is_grouped.then_some(at),
        content: (*content).to_owned(),
    };
    let values: Vec<CustomValue> = (0..).zip(contents).map(value).collect();
    let row = |value: &CustomValue| CustomValueRow {
        value: value.clone(),
        comparable: loam_book::custom_field::comparable::comparable(column.data_type, &value.content),
    };
    let put = values.iter().map(row).collect();
    let values = CustomValues { kind, address, version: 1, values };
    let change = CustomValuesChange { values, version_read: None, gone: Vec::new(), put };
    let audit = vec![audit(address.part, address.key)];
    Changes { custom_values: vec![change], audit, ..Changes::default() }
}

/// Loans with these values, in the order of their opening.
async fn loans(open: &mut Open, column: CustomColumn, values: &[&[&str]]) -> Vec<Loan> {
    let holder = client(5, 1);
    open.lane.save(&new_client(&holder)).await.unwrap();
    let mut loans = Vec::new();
    for (n, contents) in (1..).zip(values) {
        let loan = loan(&holder, n);
        open.lane.save(&new_loan(&loan)).await.unwrap();
        if !contents.is_empty() {
            open.lane.save(&valued(OwnerKind::Loan, of_loan(&loan), column, contents)).await.unwrap();
        }
        loans.push(loan);
    }
    loans
}

fn asks(column: CustomColumn, test: ColumnTest) -> LoanQuery {
    let column = Column::Custom(column);
    let conditions = vec![Condition { column, test }];
    LoanQuery { conditions, order: Order::rising(column), after: None, scales: Vec::new() }
}

async fn found(open: &Open, query: &LoanQuery) -> Vec<i64> {
    let loans = open.reader.search_loans(query, ALL).await.unwrap();
    loans.into_iter().map(|loan| loan.account_no).collect()
}

fn sorting(column: CustomColumn, content: &str) -> Bound {
    Bound::Sorting(column.sorting(content))
}

async fn loans_are_found_in_the_order_of_their_values(place: Place) {
    let mut open = place.book().await;
    let number = field(DataType::Number);
    loans(&mut open, number, &[&["10"], &["-2.5"], &[], &["9"]]).await;
    let between = ColumnTest::Between(sorting(number, "-3"), sorting(number, "9.5"));
    assert_eq!(found(&open, &asks(number, between)).await, [2, 4]);
    assert_eq!(found(&open, &asks(number, ColumnTest::Above(sorting(number, "8")))).await, [4, 1]);
    assert_eq!(found(&open, &asks(number, ColumnTest::NotEmpty)).await, [2, 4, 1]);
    assert_eq!(found(&open, &asks(number, ColumnTest::Empty)).await, [3]);
    let other = ColumnTest::NotIn(vec![sorting(number, "9")]);
    assert_eq!(found(&open, &asks(number, other.clone())).await, [2, 1, 3]);
    let falling = Order { direction: Direction::Descending, ..Order::rising(Column::Custom(number)) };
    let all = LoanQuery { conditions: Vec::new(), order: falling, after: None, scales: Vec::new() };
    assert_eq!(found(&open, &all).await, [1, 4, 2, 3]);
    let opened = LoanQuery { order: Order::OPENING, ..asks(number, other) };
    assert_eq!(found(&open, &opened).await, [1, 2, 3]);
}

async fn loans_are_found_from_one_with_the_same_value_on(place: Place) {
    let mut open = place.book().await;
    let text = field(TEXT);
    let loans = loans(&mut open, text, &[&["Blue"], &["BLUE"], &["green"], &["blue"]]).await;
    let blue = asks(text, ColumnTest::Text("blue".to_owned()));
    assert_eq!(found(&open, &blue).await, [1, 2, 4]);
    assert_eq!(found(&open, &asks(text, ColumnTest::ExactText("BLUE".to_owned()))).await, [2]);
    let after = |loan: &Loan| Some((sorting(text, "blue"), Bound::Sorting(sequence(loan.key))));
    let rest = LoanQuery { after: after(&loans[1]), ..blue.clone() };
    assert_eq!(found(&open, &rest).await, [4]);
    let started = LoanQuery { after: after(&loans[1]), ..asks(text, ColumnTest::Prefix("b".to_owned())) };
    assert_eq!(found(&open, &started).await, [4]);
    let page = open.reader.search_loans(&blue, Page { offset: 1, limit: 1 }).await.unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!(page[0].account_no, 2);
}

async fn a_loan_is_found_once_however_many_of_its_values_match(place: Place) {
    let mut open = place.book().await;
    let text = field(TEXT);
    loans(&mut open, text, &[&["m", "b", "c"], &["c"], &["a", "c"]]).await;
    assert_eq!(found(&open, &asks(text, ColumnTest::Prefix(String::new()))).await, [3, 2, 1]);
    // The first value that meets the condition gives the place.
    let to_c = ColumnTest::Between(sorting(text, "b"), sorting(text, "c"));
    assert_eq!(found(&open, &asks(text, to_c)).await, [1, 2, 3]);
    assert_eq!(found(&open, &asks(text, ColumnTest::OtherText("c".to_owned()))).await, [3, 1]);
}

async fn groups_are_found_by_names_and_values(place: Place) {
    let mut open = place.book().await;
    let number = field(DataType::Number);
    for n in [1, 2] {
        let group = group(5, n);
        open.lane.save(&new_group(&group)).await.unwrap();
        if n == 2 {
            let address = Address { part: group.part, key: group.key };
            open.lane.save(&valued(OwnerKind::Group, address, number, &["7"])).await.unwrap();
        }
    }
    let found = async |column, test| {
        let query = GroupQuery { conditions: vec![(column, test)], after: None };
        let views = open.reader.search_groups(&query, 100).await.unwrap();
        views.into_iter().map(|view| view.group.key).collect::<Vec<_>>()
    };
    let (first, second) = (group(5, 1), group(5, 2));
    assert_eq!(found(GroupColumn::Id, ColumnTest::Text(first.id.to_lowercase())).await, [first.key]);
    let seven = ColumnTest::In(vec![sorting(number, "7")]);
    assert_eq!(found(GroupColumn::Custom(number), seven).await, [second.key]);
    assert_eq!(found(GroupColumn::Custom(number), ColumnTest::Empty).await, [first.key]);
    let key = ColumnTest::In(vec![Bound::Key(second.key)]);
    assert_eq!(found(GroupColumn::Key, key).await, [second.key]);
}

async fn deposit_accounts_are_found_by_their_values(place: Place) {
    let mut open = place.book_of(&[client(5, 1)]).await;
    let text = field(TEXT);
    for (n, contents) in [(1, &["b", "C"][..]), (2, &[]), (3, &["c"])] {
        let account = account(5, n);
        open.lane.save(&logged(&account, &[])).await.unwrap();
        if !contents.is_empty() {
            open.lane.save(&valued(OwnerKind::Savings, account.address(), text, contents)).await.unwrap();
        }
    }
    let found_after = async |after: Option<&Savings>, test, more: Option<(SavingsColumn, ColumnTest)>| {
        let place =
            |of: &Savings| Entered { at: of.created_at, last: Bound::Int(of.account_no), key: of.key };
        let conditions = [(SavingsColumn::Custom(text), test)].into_iter().chain(more).collect();
        let query = SavingsQuery { conditions, after: after.map(place) };
        let accounts = open.reader.search_savings(&query, 100).await.unwrap();
        accounts.into_iter().map(|account| account.account_no).collect::<Vec<_>>()
    };
    let found = async |test| found_after(None, test, None).await;
    let c = || ColumnTest::Text("C".to_owned());
    assert_eq!(found(c()).await, [1, 3]);
    assert_eq!(found_after(Some(&account(5, 1)), c(), None).await, [3]);
    // What leads to fewer goes first, and everything else is looked at.
    let id = (SavingsColumn::Id, ColumnTest::Text("s3".to_owned()));
    assert_eq!(found_after(None, c(), Some(id)).await, [3]);
    let branch = |n| (SavingsColumn::Branch, ColumnTest::In(vec![Bound::Key(key(0, n))]));
    assert_eq!(found_after(None, c(), Some(branch(11))).await, [1, 3]);
    assert_eq!(found_after(None, c(), Some(branch(12))).await, [0; 0]);
    let own = (SavingsColumn::Custom(text), ColumnTest::Text("b".to_owned()));
    assert_eq!(found_after(None, c(), Some(own)).await, [1]);
    let holders = (SavingsColumn::HolderId, ColumnTest::OtherText("nobody".to_owned()));
    assert_eq!(found_after(None, c(), Some(holders)).await, [1, 3]);
    let created = (SavingsColumn::CreatedAt, ColumnTest::NotEmpty);
    assert_eq!(found_after(Some(&account(5, 1)), c(), Some(created)).await, [3]);
    assert_eq!(found(ColumnTest::ExactText("C".to_owned())).await, [1]);
    assert_eq!(found(ColumnTest::Empty).await, [2]);
    assert_eq!(found(ColumnTest::NotEmpty).await, [1, 3]);
    assert_eq!(found(ColumnTest::OtherText("c".to_owned())).await, [1, 2]);
}

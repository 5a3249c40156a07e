use loam_app::search::columns::Order;
use loam_app::views::LoanStatus;
use loam_book::ids::{Key, Part};

use super::*;

const PAGE: Page = Page { offset: 0, limit: 9 };

fn asked(conditions: Vec<Condition>, order: Order, scales: Vec<(Key, i64)>) -> (String, usize) {
    let query = LoanQuery { conditions, order, after: None, scales };
    let (text, values) = loan_search(&query, PAGE, Dialect::Postgres);
    let (_, found) = text.split_once(" from (").expect("a page is found first");
    let (found, _) = found.split_once(") as f cross join").expect("and then joined");
    (found.to_owned(), values.len())
}

fn is(column: Column, test: ColumnTest) -> Condition {
    Condition { column, test }
}

fn status(statuses: &[LoanStatus]) -> Condition {
    is(Column::Status, ColumnTest::In(statuses.iter().copied().map(Bound::Status).collect()))
}

#[test]
fn what_leads_may_use_an_index_and_nothing_else_may() {
    let days = ColumnTest::Between(Bound::Int(1), Bound::Int(2));
    let name = is(Column::Name, ColumnTest::Text("A".into()));
    let (text, values) = asked(vec![name, is(Column::Amount, days)], Order::rising(Column::Amount), vec![]);
    let expected = "select part, account_no, 0 as place, amount_minor as k, 0 as tie, account_no as n from loan_account \
                    where lower((name || '') collate \"C\") = $1 and amount_minor >= $2 and amount_minor <= $3 \
                    order by amount_minor asc, account_no asc limit 9 offset 0";
    assert_eq!((text.as_str(), values), (expected, 3));
}

#[test]
fn each_state_is_asked_for_by_itself() {
    let two = [LoanStatus::Active, LoanStatus::ActiveInArrears];
    let (text, values) = asked(vec![status(&two)], Order::OPENING, vec![]);
    assert_eq!(text.matches("where status = $").count(), 2, "{text}");
    assert_eq!(text.matches("order by created_at asc, account_no asc limit 9)").count(), 2, "{text}");
    assert_eq!(values, 2);
}

#[test]
fn loans_without_a_place_in_the_order_are_asked_for_by_themselves() {
    let order = Order { direction: Direction::Descending, ..Order::rising(Column::ClosedOn) };
    let (text, _) = asked(vec![], order, vec![]);
    assert!(
        text.contains("where closed_on is not null order by closed_on desc, account_no desc limit 9)"),
        "{text}"
    );
    assert!(
        text.contains("where (closed_on + 0) is null order by created_at, account_no limit 9)"),
        "{text}"
    );
    assert!(text.ends_with("as arms order by place, k desc, tie, n limit 9 offset 0"), "{text}");
}

#[test]
fn a_key_leads_and_tells_its_part() {
    let key = Key::entity(Part::new(7), 0, 7);
    let asked_for =
        vec![status(&[LoanStatus::Active]), is(Column::Holder, ColumnTest::In(vec![Bound::Key(key)]))];
    let (text, _) = asked(asked_for, Order::OPENING, vec![]);
    let expected = " where (status || '') in ($1) and part in (7) and holder_key in ($2) \
                    order by (created_at + 0) asc, account_no asc limit 9 offset 0";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn money_of_larger_units_is_brought_to_the_smallest() {
    let product = Key::entity(Part::new(0), 0, 7);
    let above = is(Column::FeesPaid, ColumnTest::Above(Bound::Int(1)));
    let (text, _) = asked(vec![above], Order::OPENING, vec![(product, 100)]);
    let expected =
        format!("((fees_paid_minor * case product_key when '{product}' then 100 else 1 end) + 0) > $1");
    assert!(text.contains(&expected), "{text}");
}

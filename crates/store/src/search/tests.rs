use loam_app::search::columns::Order;
use loam_app::search::custom::CustomColumn;
use loam_app::views::LoanStatus;
use loam_book::custom_field::DataType;
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

/// How SQLite goes about a search of loans, in a book without statistics.
fn plan(conditions: Vec<Condition>, order: Order) -> String {
    let query = LoanQuery { conditions, order, after: None, scales: vec![] };
    plan_of(loan_search(&query, PAGE, Dialect::Sqlite))
}

fn plan_of((text, values): Asking<'_>) -> String {
    let mut connection = rusqlite::Connection::open_in_memory().expect("a database in memory");
    let tx = connection.transaction().expect("a transaction");
    crate::sqlite::create_schema(&tx).expect("a schema");
    let mut statement = tx.prepare(&format!("explain query plan {text}")).expect("a question");
    let steps = statement.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3));
    let steps: Vec<String> = steps.expect("a plan").map(|step| step.expect("a step")).collect();
    steps.join("\n")
}

/// The index that leads, where the order follows from it and a page costs the same in a book of any size.
#[track_caller]
fn assert_leads(index: &str, conditions: Vec<Condition>, order: Order) {
    let plan = plan(conditions, order);
    assert!(plan.contains(index), "{plan}");
    let (found, _) = plan.split_once("SCAN f").unwrap_or_else(|| panic!("{plan}"));
    assert!(!found.contains("TEMP B-TREE"), "{plan}");
}

#[test]
fn what_is_asked_for_often_has_an_index_that_has_the_order() {
    let day = || ColumnTest::Between(Bound::Int(1), Bound::Int(2));
    let key = |n| Bound::Key(Key::entity(Part::new(7), 0, n));
    let product = || is(Column::Product, ColumnTest::In(vec![key(1)]));
    let active = || status(&[LoanStatus::Active]);
    let leads = |index: &str, conditions, column| assert_leads(index, conditions, Order::rising(column));
    leads("loan_account_by_status (status=?)", vec![active()], Column::CreatedAt);
    leads("loan_account_by_product (product_key=?)", vec![active(), product()], Column::CreatedAt);
    leads(
        "loan_account_by_amount (amount_minor>? AND amount_minor<?)",
        vec![product(), is(Column::Amount, day())],
        Column::Amount,
    );
    leads(
        "loan_account_by_status_and_amount (status=? AND amount_minor>? AND amount_minor<?)",
        vec![active(), is(Column::Amount, day()), product()],
        Column::Amount,
    );
    for (column, index) in [
        (Column::InArrearsFrom, "loan_account_by_arrears (in_arrears_from>?"),
        (Column::LateFrom, "loan_account_by_lateness (late_from>?"),
        (Column::ClosedOn, "loan_account_by_closing (closed_on>?"),
        (Column::MaturesOn, "loan_account_by_maturity (matures_on>?"),
        (Column::FirstDueOn, "loan_account_by_first_due_date (first_due_on>?"),
        (Column::DisbursedOn, "loan_account_by_disbursement (disbursed_on>?"),
    ] {
        leads(index, vec![is(column, day()), product()], column);
    }
    let falling = Order { direction: Direction::Descending, ..Order::rising(Column::Amount) };
    assert_leads("loan_account_by_amount", vec![], falling);
    assert_leads("loan_account_by_opening", vec![], Order::OPENING);
    let fixed = is(Column::FixedDays, ColumnTest::NotEmpty);
    leads("loan_account_by_fixed_days", vec![fixed, active()], Column::CreatedAt);
    let branch = is(Column::Branch, ColumnTest::In(vec![key(2)]));
    leads("loan_account_by_branch (branch_key=?)", vec![branch, active()], Column::CreatedAt);
}

#[test]
fn of_a_key_a_holder_or_an_id_few_loans_are_found_and_sorted() {
    let key = Bound::Key(Key::entity(Part::new(7), 0, 7));
    let text = |text: &str| ColumnTest::Text(text.to_owned());
    for (column, test, index) in [
        (Column::Key, ColumnTest::In(vec![key.clone()]), "(part=? AND loan_key=?)"),
        (Column::Holder, ColumnTest::In(vec![key]), "loan_account_by_holder (part=? AND holder_key=?)"),
        (Column::Id, text("a"), "loan_account_by_lower_id (<expr>=?)"),
        (Column::HolderId, text("8"), "client_by_lower_id (<expr>=?)"),
        (Column::HolderName, text("ana lima"), "client_by_lower_name (<expr>=?)"),
    ] {
        let plan = plan(vec![status(&[LoanStatus::Active]), is(column, test)], Order::OPENING);
        assert!(plan.contains(index), "{plan}");
        assert!(!plan.contains("SCAN loan_account") && !plan.contains("SCAN client"), "{plan}");
    }
    let start = is(Column::Id, ColumnTest::Prefix("a".to_owned()));
    let plan = plan(vec![start], Order::rising(Column::Id));
    assert!(plan.contains("loan_account_by_lower_id (<expr>>? AND <expr><?)"), "{plan}");
}

#[test]
fn installments_of_a_range_of_days_are_read_in_their_order() {
    let day = |day| Some(jiff::civil::date(2024, 3, day));
    let due = loam_app::views::DueFilter { from: day(1), to: day(9), ..Default::default() };
    let plan = plan_of(due_list(&due, PAGE, Dialect::Sqlite));
    for index in ["installment_by_due_date (due_date>?", "installment_by_repaid_due_date (due_date>?"] {
        assert!(plan.contains(index), "{plan}");
    }
    let (found, _) = plan.split_once("SCAN installments").unwrap_or_else(|| panic!("{plan}"));
    assert!(!found.contains("TEMP B-TREE"), "{plan}");
}

#[test]
fn clients_and_transactions_are_led_to_by_their_names() {
    use loam_app::search::clients::{ClientColumn, ClientQuery};
    use loam_app::search::transactions::{TransactionColumn, TransactionQuery};

    let text = || ColumnTest::Prefix("a".to_owned());
    for (column, index) in [
        (ClientColumn::Id, "client_by_lower_id"),
        (ClientColumn::FullName, "client_by_lower_name"),
        (ClientColumn::LastName, "client_by_lower_last_name"),
    ] {
        let query = ClientQuery { conditions: vec![(column, text())], after: None };
        let plan = plan_of(client_search(&query, 9, Dialect::Sqlite));
        assert!(plan.contains(index), "{plan}");
    }
    let all = plan_of(client_search(&ClientQuery { conditions: vec![], after: None }, 9, Dialect::Sqlite));
    assert!(all.contains("client_by_entry") && !all.contains("TEMP B-TREE"), "{all}");

    let plan = |conditions| {
        let query = TransactionQuery { conditions, before: None };
        plan_of(transaction_search(&query, 9, Dialect::Sqlite))
    };
    let newest = plan(vec![]);
    assert!(newest.contains("loan_transaction_by_id") && !newest.contains("TEMP B-TREE"), "{newest}");
    let id = ColumnTest::In(vec![Bound::Int(7)]);
    let one = plan(vec![(TransactionColumn::Id, id)]);
    assert!(one.contains("loan_transaction_by_id (transaction_id=?)"), "{one}");
    let of_loan = plan(vec![(TransactionColumn::LoanId, ColumnTest::Text("a".to_owned()))]);
    assert!(of_loan.contains("loan_account_by_lower_id (<expr>=?)"), "{of_loan}");
    assert!(of_loan.contains("(part=? AND account_no=?)"), "{of_loan}");
}

fn custom(data_type: DataType) -> Column {
    Column::Custom(CustomColumn { field: Key::entity(Part::new(0), 1, 1), data_type })
}

#[test]
fn values_of_a_custom_field_are_read_in_their_order() {
    let led = "custom_value_by_value (field_key=?";
    let text = custom(DataType::String);
    let leads = |conditions, order| assert_leads(led, conditions, order);
    leads(vec![is(text, ColumnTest::Text("blue".into()))], Order::rising(text));
    leads(
        vec![is(text, ColumnTest::Prefix("bl".into())), status(&[LoanStatus::Active])],
        Order::rising(text),
    );
    let number = custom(DataType::Number);
    let between = ColumnTest::Between(Bound::Sorting("p0001".into()), Bound::Sorting("p0002".into()));
    leads(vec![is(number, between)], Order::rising(number));
    let falling = Order { direction: Direction::Descending, ..Order::rising(number) };
    leads(vec![is(number, ColumnTest::NotEmpty)], falling);
    let chosen = custom(DataType::Selection);
    let one = ColumnTest::In(vec![Bound::Sorting("ten".into())]);
    leads(vec![is(chosen, one), status(&[LoanStatus::Active])], Order::rising(chosen));
    let plan = plan(vec![is(text, ColumnTest::Text("blue".into()))], Order::rising(text));
    assert!(plan.contains("custom_value_by_value (field_key=? AND <expr>=?)"), "{plan}");
    assert!(!plan.contains("SCAN loan_account"), "{plan}");
}

#[test]
fn what_follows_a_loan_with_the_same_value_is_read_from_there_on() {
    let text = custom(DataType::String);
    let after = |test| {
        let after = Some((Bound::Sorting("blue".into()), Bound::Sorting("0123".into())));
        let query =
            LoanQuery { conditions: vec![is(text, test)], order: Order::rising(text), after, scales: vec![] };
        plan_of(loan_search(&query, PAGE, Dialect::Sqlite))
    };
    let one = after(ColumnTest::Text("blue".into()));
    assert!(one.contains("custom_value_by_value (field_key=? AND <expr>=? AND <expr>>?)"), "{one}");
    let many = after(ColumnTest::Prefix("bl".into()));
    assert!(many.contains("custom_value_by_value (field_key=? AND <expr>>?"), "{many}");
}

#[test]
fn in_another_order_a_rare_value_finds_its_loans_and_a_common_one_is_looked_at() {
    let rare = is(custom(DataType::Number), ColumnTest::In(vec![Bound::Sorting("p00015.".into())]));
    let by_amount = Order::rising(Column::Amount);
    let found = plan(vec![rare], by_amount);
    assert!(found.contains("custom_value_by_value (field_key=? AND <expr>=?)"), "{found}");
    assert!(!found.contains("SCAN loan_account"), "{found}");
    let ticked = is(custom(DataType::Checkbox), ColumnTest::In(vec![Bound::Sorting("true".into())]));
    let looked_at = plan(vec![ticked], by_amount);
    assert!(looked_at.contains("loan_account_by_amount"), "{looked_at}");
    assert!(looked_at.contains("PRIMARY KEY (part=? AND owner_key=? AND field_key=?)"), "{looked_at}");
}

#[test]
fn clients_are_found_by_values_of_a_custom_field() {
    use loam_app::search::clients::{ClientColumn, ClientQuery};
    use loam_app::search::items::Entered;

    let column = CustomColumn { field: Key::entity(Part::new(0), 1, 1), data_type: DataType::String };
    let plan = |test| {
        let conditions = vec![(ClientColumn::Custom(column), test)];
        plan_of(client_search(&ClientQuery { conditions, after: None }, 9, Dialect::Sqlite))
    };
    // Those with one value in the order in which they were entered, so that a page costs the same among many.
    let found = plan(ColumnTest::Text("a".to_owned()));
    assert!(found.contains("custom_value_by_value (field_key=? AND <expr>=?)"), "{found}");
    assert!(!found.contains("SCAN client") && !found.contains("TEMP B-TREE"), "{found}");
    let range = plan(ColumnTest::Prefix("a".to_owned()));
    assert!(range.contains("custom_value_by_value (field_key=? AND <expr>>? AND <expr><?)"), "{range}");
    let later = {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let key = Key::entity(Part::new(5), 9, 9);
        let after = Some(Entered { at, last: Bound::Key(key), key });
        let conditions = vec![(ClientColumn::Custom(column), ColumnTest::Text("a".to_owned()))];
        plan_of(client_search(&ClientQuery { conditions, after }, 9, Dialect::Sqlite))
    };
    assert!(later.contains("custom_value_by_value (field_key=? AND <expr>=? AND <expr>>?)"), "{later}");
    let empty = plan(ColumnTest::Empty);
    assert!(empty.contains("client_by_entry") && !empty.contains("TEMP B-TREE"), "{empty}");
}

#[test]
fn the_entries_of_one_account_are_found_through_its_logs() {
    use loam_app::search::entries::EntryQuery;

    let query = EntryQuery { of: Some((Part::new(5), 9)), ..EntryQuery::default() };
    let plan = plan_of(entry_search(&query, Page { offset: 0, limit: 9 }, Dialect::Sqlite));
    assert!(plan.contains("SEARCH journal_transfer USING PRIMARY KEY (log_no=?)"), "{plan}");
    assert!(!plan.contains("SCAN journal_transfer"), "{plan}");
}

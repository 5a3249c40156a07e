//! Searches of clients, groups and deposit accounts, in the order in which they were entered.

use loam_app::search::clients::{ClientColumn, ClientQuery};
use loam_app::search::columns::{ColumnTest, sequence};
use loam_app::search::custom::CustomColumn;
use loam_app::search::groups::{GroupColumn, GroupQuery};
use loam_app::search::items::{Entered, EnteredQuery};
use loam_app::search::savings::{SavingsColumn, SavingsQuery};
use loam_book::custom_field::DataType;

use super::custom::Owner;
use super::items::parts_of_keys;
use super::tested::{Tests, cell};
use super::{Type, all_of, columns, is_of_one_value, opaque};
use crate::cells::Cell;
use crate::lists::Asking;
use crate::schema::Dialect;

/// A table of items, and what tells those apart that were entered at the same instant.
struct Table {
    name: &'static str,
    last: &'static str,
    owner: Owner,
}

const CLIENTS: Table = Table {
    name: "client",
    last: "client_key",
    owner: Owner { part: "client.part", key: "client.client_key" },
};
const GROUPS: Table = Table {
    name: "client_group",
    last: "group_key",
    owner: Owner { part: "client_group.part", key: "client_group.group_key" },
};
const SAVINGS: Table = Table {
    name: "savings_account",
    last: "account_no",
    owner: Owner { part: "savings_account.part", key: "savings_account.savings_key" },
};

/// Where a figure stands.
enum Subject {
    Column(&'static str),
    /// A column whose values few items share, and by which an index finds them.
    Rare(&'static str),
    /// A key that tells its part.
    Key(&'static str),
    /// A figure of the holder: of a client, or of a group.
    Holder([&'static str; 2]),
    Custom(CustomColumn),
}

pub(crate) fn client_search(query: &ClientQuery, limit: i64, dialect: Dialect) -> Asking<'_> {
    let subject = |column| match column {
        ClientColumn::Key => Subject::Key("client_key"),
        ClientColumn::Id => Subject::Rare("id"),
        ClientColumn::FullName => Subject::Rare("(first_name || ' ' || last_name)"),
        ClientColumn::FirstName => Subject::Column("first_name"),
        ClientColumn::LastName => Subject::Rare("last_name"),
        ClientColumn::BirthDate => Subject::Column("birth_date"),
        ClientColumn::CreatedAt => Subject::Column("created_at"),
        ClientColumn::Branch => Subject::Column("branch_key"),
        ClientColumn::Centre => Subject::Column("centre_key"),
        ClientColumn::CreditOfficer => Subject::Column("user_key"),
        ClientColumn::Custom(custom) => Subject::Custom(custom),
    };
    found(&CLIENTS, query, subject, (limit, dialect))
}

pub(crate) fn group_search(query: &GroupQuery, limit: i64, dialect: Dialect) -> Asking<'_> {
    let subject = |column| match column {
        GroupColumn::Key => Subject::Key("group_key"),
        GroupColumn::Id => Subject::Rare("id"),
        GroupColumn::Name => Subject::Rare("name"),
        GroupColumn::CreatedAt => Subject::Column("created_at"),
        GroupColumn::Branch => Subject::Column("branch_key"),
        GroupColumn::Centre => Subject::Column("centre_key"),
        GroupColumn::CreditOfficer => Subject::Column("user_key"),
        GroupColumn::Custom(custom) => Subject::Custom(custom),
    };
    found(&GROUPS, query, subject, (limit, dialect))
}

pub(crate) fn savings_search(query: &SavingsQuery, limit: i64, dialect: Dialect) -> Asking<'_> {
    let subject = |column| match column {
        SavingsColumn::Key => Subject::Key("savings_key"),
        SavingsColumn::Id => Subject::Rare("id"),
        SavingsColumn::Name => Subject::Column("name"),
        SavingsColumn::Holder => Subject::Key("holder_key"),
        SavingsColumn::HolderId => Subject::Holder(columns::HOLDER_IDS),
        SavingsColumn::HolderName => Subject::Holder(columns::HOLDER_NAMES),
        SavingsColumn::Product => Subject::Column("product_key"),
        SavingsColumn::CreatedAt => Subject::Column("created_at"),
        SavingsColumn::Branch => Subject::Column("branch_key"),
        SavingsColumn::Centre => Subject::Column("centre_key"),
        SavingsColumn::CreditOfficer => Subject::Column("user_key"),
        SavingsColumn::Custom(custom) => Subject::Custom(custom),
    };
    found(&SAVINGS, query, subject, (limit, dialect))
}

fn found<'a, C: Copy>(
    table: &Table,
    query: &'a EnteredQuery<C>,
    subject: impl Fn(C) -> Subject,
    (limit, dialect): (i64, Dialect),
) -> Asking<'a> {
    let mut tests = Tests::new(dialect);
    let subjects: Vec<(Subject, &ColumnTest)> =
        query.conditions.iter().map(|(column, test)| (subject(*column), test)).collect();
    if let Some(leading) = value_that_leads(&subjects) {
        return found_by_value(table, (&subjects, leading), query.after.as_ref(), (limit, tests));
    }
    let mut texts = Vec::new();
    let mut are_few = false;
    for (subject, test) in &subjects {
        let (text, leads) = condition(table, subject, test, &mut tests);
        texts.push(text);
        are_few |= leads;
    }
    // Where few items are found, their index leads and not that of the order.
    let entered = if are_few { opaque("created_at", Type::Int) } else { "created_at".to_owned() };
    let Table { name, last, .. } = table;
    if let Some(Entered { at, last: after, .. }) = &query.after {
        let (created_at, after) = (tests.place(Cell::instant(*at)), tests.place(cell(after)));
        texts.push(format!("({entered}, {last}) > ({created_at}, {after})"));
    }
    let conditions = all_of(&texts);
    let sql = format!("select body from {name}{conditions} order by {entered}, {last} limit {limit}");
    (sql, tests.values)
}

/// The place of a condition that asks for one value of a custom field: an index has the items with it as they were
/// entered. Not where fewer items are found otherwise, or the time of their entry is asked for, which that index has not.
fn value_that_leads(subjects: &[(Subject, &ColumnTest)]) -> Option<usize> {
    let finds_few = |(subject, test): &(Subject, &ColumnTest)| match subject {
        Subject::Column(column) => *column == "created_at" && test.wants_a_value(),
        Subject::Rare(_) | Subject::Key(_) | Subject::Holder(_) => test.wants_a_value(),
        Subject::Custom(_) => false,
    };
    if subjects.iter().any(finds_few) {
        return None;
    }
    let asks = |has_few_values: bool| {
        subjects.iter().position(|(subject, test)| match subject {
            Subject::Custom(custom) => custom.has_few_values() == has_few_values && is_of_one_value(test),
            Subject::Column(_) | Subject::Rare(_) | Subject::Key(_) | Subject::Holder(_) => false,
        })
    };
    asks(false).or_else(|| asks(true))
}

/// Items with one value of a custom field, as they were entered: the value leads to them, one after the other.
fn found_by_value<'a>(
    table: &Table,
    (subjects, leading): (&[(Subject, &'a ColumnTest)], usize),
    after: Option<&Entered>,
    (limit, mut tests): (i64, Tests<'a>),
) -> Asking<'a> {
    let (Subject::Custom(custom), test) = &subjects[leading] else { unreachable!("only values lead so") };
    let mut of_value = tests.is_first(*custom, Some(test));
    let of_v = tests.sequence("v.owner_key");
    if let Some(Entered { key, .. }) = after {
        let place = tests.place(Cell::Text(Some(sequence(*key).into())));
        of_value.push(format!("{of_v} > {place}"));
    }
    let mut texts = Vec::new();
    for (_, (subject, test)) in subjects.iter().enumerate().filter(|(at, _)| *at != leading) {
        texts.push(condition(table, subject, test, &mut tests).0);
    }
    let sql = format!(
        "select body from (select v.part as value_part, v.owner_key as value_owner, {of_v} as value_place
           from custom_value as v{}) as found cross join {}{} order by found.value_place limit {limit}",
        all_of(&of_value),
        tests.items_found(table.name, table.owner),
        all_of(&texts)
    );
    (sql, tests.values)
}

/// A condition, and whether it leads: few items meet it, and an index has them.
fn condition<'a>(
    table: &Table,
    subject: &Subject,
    test: &'a ColumnTest,
    tests: &mut Tests<'a>,
) -> (String, bool) {
    match subject {
        Subject::Column(column) => (tests.test(column, test), false),
        Subject::Rare(column) => (tests.test(column, test), test.wants_a_value()),
        Subject::Key(column) => {
            let text = tests.test(column, test);
            match parts_of_keys(test) {
                Some(parts) => (format!("part in ({parts}) and {text}"), true),
                None => (text, test.wants_a_value()),
            }
        }
        Subject::Holder(of) => of_holder(*of, test, tests),
        Subject::Custom(custom) if leads(*custom, test) => {
            (tests.found_by_value(table.owner, *custom, test), true)
        }
        Subject::Custom(custom) => (tests.of_owner(table.owner, *custom, test), false),
    }
}

/// Whether owners are found by a value: half of them may have ticked the same box.
fn leads(custom: CustomColumn, test: &ColumnTest) -> bool {
    custom.data_type != DataType::Checkbox && test.wants_a_value() && test.has_two_ends()
}

/// Everything has a holder, so what none may have is another holder's.
fn of_holder<'a>(of: [&str; 2], test: &'a ColumnTest, tests: &mut Tests<'a>) -> (String, bool) {
    let [of_client, of_group] = of;
    let (client, group) = (tests.test(of_client, test), tests.test(of_group, test));
    let text = format!(
        "(part, holder_key) in (select part, key from (
           select client.part as part, client.client_key as key from client where {client}
            union all
           select client_group.part, client_group.group_key from client_group where {group}) as holder)"
    );
    (text, test.wants_a_value())
}

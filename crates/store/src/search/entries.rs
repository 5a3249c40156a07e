//! Searches of journal entries: both sides of every transfer, and the lines that were entered by hand.

use loam_app::ports::ByDay;
use loam_app::search::columns::ColumnTest;
use loam_app::search::entries::{EntryColumn, EntryQuery, SumFilter};
use loam_app::views::Page;
use loam_book::actor::Actor;
use loam_book::journal::chart::LedgerName;
use loam_book::journal::manual::Side;

use super::all_of;
use super::tested::Tests;
use crate::cells::Cell;
use crate::filters::Conditions;
use crate::lists::Asking;
use crate::schema::Dialect;

/// One kind of rows that entries are made of.
struct Arm {
    /// What it is called in the page.
    number: i64,
    table: &'static str,
    /// Side of every entry of the arm, where it is always the same.
    side: Option<Side>,
    account: &'static str,
    source_no: &'static str,
}

impl Arm {
    /// By how much the number of an entry is more than that of its row.
    fn beyond(&self) -> i64 {
        i64::from(self.side == Some(Side::Credit))
    }

    /// The column of a day of its entries; what was entered by hand has one for both.
    fn day(&self, by: ByDay) -> &'static str {
        match by {
            ByDay::Value if self.side.is_some() => "value_date",
            ByDay::Value | ByDay::Booking => "booking_date",
        }
    }
}

/// Debits and credits of transfers, and lines by hand.
const ARMS: [Arm; 3] = [
    Arm {
        number: 0,
        table: "journal_transfer",
        side: Some(Side::Debit),
        account: "debit",
        source_no: "account_no",
    },
    Arm {
        number: 1,
        table: "journal_transfer",
        side: Some(Side::Credit),
        account: "credit",
        source_no: "account_no",
    },
    Arm { number: 2, table: "manual_line", side: None, account: "account", source_no: "number" },
];

/// Of a day.
const MICROSECONDS: i64 = 86_400_000_000;

/// Entries of which all conditions hold, by day and number. Each arm gives as many as the page reaches, by
/// day and number alone; only the rows of the page are read, and joined with what made them.
pub(crate) fn entry_search(query: &EntryQuery, page: Page, dialect: Dialect) -> Asking<'_> {
    let mut tests = Tests::new(dialect);
    let reach = page.limit.saturating_add(page.offset);
    let arms: Vec<String> = ARMS
        .iter()
        .filter(|arm| may_hold(arm, query))
        .map(|arm| {
            let text = arm_of(arm, query, &mut tests);
            format!("select * from ({text} limit {reach}) as arm")
        })
        .collect();
    let Page { limit, offset } = page;
    let sql = format!(
        "select e.entry_no, coalesce(t.part, h.part), coalesce(t.account_no, h.number), coalesce(t.seq, 1),
                case e.arm when 0 then 'debit' when 1 then 'credit' else h.side end,
                case e.arm when 0 then t.debit when 1 then t.credit else h.account end,
                coalesce(t.amount_minor, h.amount_minor), coalesce(t.currency, h.currency),
                coalesce(t.value_date, e.booking_date), e.booking_date, coalesce(t.branch_key, h.branch_key),
                t.product_key, coalesce(l.recorded_at, s.recorded_at, m.recorded_at, e.booking_date * {MICROSECONDS}),
                coalesce(l.actor, s.actor, m.actor, '{}'),
                cast(case when l.seq is not null then 1 when s.seq is not null then 0 else 2 end as bigint),
                coalesce(a.loan_key, d.savings_key), coalesce(a.id, d.id), m.entry_key, m.notes,
                coalesce({}, {})
           from (select * from ({}) as arms order by day, entry_no limit {limit} offset {offset}) as e
           left join journal_transfer as t on e.arm < 2 and t.booking_date = e.booking_date and t.entry_no = e.row_no
           left join manual_line as h on e.arm = 2 and h.booking_date = e.booking_date and h.entry_no = e.row_no
           left join loan_log as l on l.part = t.part and l.account_no = t.account_no and l.seq = t.seq
           left join savings_log as s on s.part = t.part and s.account_no = t.account_no and s.seq = t.seq
           left join loan_account as a on a.part = t.part and a.account_no = t.account_no
           left join savings_account as d on d.part = t.part and d.account_no = t.account_no
           left join manual_entry as m on m.part = h.part and m.number = h.number
          order by e.day, e.entry_no",
        // What no log brought, the book posted by itself on that day.
        Actor::of_the_book().user_key,
        reversal_among("loan_transaction", "o.log_no = t.log_no", ("", "b.log_no")),
        reversal_among(
            "savings_transaction",
            "o.account_no = t.account_no and o.seq = t.seq",
            (
                "
            join savings_log as brought
              on brought.part = b.part and brought.account_no = b.account_no and brought.seq = b.seq",
                "brought.log_no"
            )
        ),
        arms.join(" union all ")
    );
    (sql, tests.values)
}

/// The number of the entry that takes one back: the same account on the other side, made by the transaction that
/// takes back the one that made it. One of a debit is a credit, whose number is the next one of its row.
///
/// `made` says which transactions the entry's own are, called `o`, and `brought` where the transfers of the one that takes
/// them back, called `b`, have their number in the log.
fn reversal_among(transactions: &str, made: &str, brought: (&str, &str)) -> String {
    let (joined, log_no) = brought;
    format!(
        "(select r.entry_no + case e.arm when 0 then 1 else 0 end
            from {transactions} as o
            join {transactions} as b
              on b.part = o.part and b.account_no = o.account_no and b.transaction_id = o.reversed_by{joined}
            join journal_transfer as r on r.part = b.part and r.log_no = {log_no}
             and r.debit = t.credit and r.credit = t.debit and r.amount_minor = t.amount_minor
           where o.part = t.part and {made} and o.reversed_by is not null
           order by case when r.n = t.n then 0 else 1 end, r.n limit 1)"
    )
}

/// A side that is not asked for costs nothing; lines by hand are told by what they say.
fn may_hold(arm: &Arm, query: &EntryQuery) -> bool {
    match (arm.side, query.side) {
        (Some(side), Some(wanted)) => side == wanted,
        (None, _) | (_, None) => true,
    }
}

fn arm_of<'a>(arm: &Arm, query: &'a EntryQuery, tests: &mut Tests<'a>) -> String {
    let mut texts = Vec::new();
    for (column, test) in &query.conditions {
        texts.push(condition(arm, *column, test, tests));
    }
    if let (None, Some(side)) = (arm.side, query.side) {
        texts.push(format!("side = {}", tests.place(Cell::text(side.name()))));
    }
    if let Some(accounts) = &query.accounts {
        texts.push(among(arm.account, accounts, tests));
    }
    let (table, beyond) = (arm.table, arm.beyond());
    // One account's entries are few: they lead to the order, and not the order to them.
    let day = arm.day(query.by);
    let mut order = format!("{table}.{day}, {table}.entry_no");
    if let Some((part, source_no)) = query.of {
        let (part, number) = (tests.place(Cell::part(part)), tests.place(Cell::int(source_no)));
        texts.push(format!("part = {part} and {} = {number}", arm.source_no));
        texts.extend(arm.side.map(|_| brought_to(&part, &number)));
        order = format!("{table}.{day} + 0, {table}.entry_no + 0");
    }
    if let Some((date, number)) = query.after {
        let (date, number) = (tests.place(Cell::date(date)), tests.place(Cell::int(number - beyond)));
        texts.push(format!("({table}.{day}, {table}.entry_no) > ({date}, {number})"));
    }
    let (conditions, number) = (all_of(&texts), arm.number);
    format!(
        "select booking_date, {day} as day, entry_no as row_no, entry_no + {beyond} as entry_no, {number} as arm
           from {table}{conditions} order by {order}"
    )
}

/// Transfers are found by the numbers of what brought them, and those by the account.
fn brought_to(part: &str, account_no: &str) -> String {
    let logs = ["loan_log", "savings_log", "evening_log"]
        .map(|log| format!("select log_no from {log} where part = {part} and account_no = {account_no}"));
    format!("log_no in ({})", logs.join(" union all "))
}

fn condition<'a>(arm: &Arm, column: EntryColumn, test: &'a ColumnTest, tests: &mut Tests<'a>) -> String {
    let by_hand = arm.side.is_none();
    let subject = match column {
        EntryColumn::BookingDate => arm.day(ByDay::Booking),
        EntryColumn::ValueDate => arm.day(ByDay::Value),
        EntryColumn::Amount => "amount_minor",
        EntryColumn::Branch => "branch_key",
        EntryColumn::Product if by_hand => "cast(null as text)",
        EntryColumn::Product => "product_key",
    };
    tests.test(subject, test)
}

fn among(subject: &str, accounts: &[LedgerName], tests: &mut Tests<'_>) -> String {
    if accounts.is_empty() {
        return "1 = 0".to_owned();
    }
    let places: Vec<String> =
        accounts.iter().map(|name| tests.place(Cell::Text(Some(name.text().into())))).collect();
    format!("{subject} in ({})", places.join(", "))
}

/// What was booked on accounts. The key of the sums leads: account, then days.
pub(crate) fn ledger_sums<'a>(filter: &SumFilter, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    let names = filter.accounts.iter().map(|name| Cell::Text(Some(name.text().into())));
    conditions.add_any("account", names.collect());
    conditions.add_if("booking_date >= {}", filter.from.map(Cell::date));
    conditions.add_if("booking_date <= {}", filter.to.map(Cell::date));
    conditions.add_any("branch_key", filter.within.iter().copied().map(Cell::key).collect());
    let (conditions, row) = conditions.finish();
    let sql = format!(
        "select account, currency, cast(sum(debits_minor) as bigint), cast(sum(credits_minor) as bigint)
           from ledger_day{conditions} group by account, currency order by account, currency"
    );
    (sql, row)
}

//! What is looked up of the marketplace: the whole text of each question, for both databases.

use jiff::civil::Date;
use loam_app::command::Address;
use loam_app::portfolios::{OpenAsked, OrdersAsked};
use loam_app::ports::{RowPlace, WrittenKey};
use loam_app::views::{ApplicationFilter, BookingFilter, Page};
use loam_book::application::Stage;
use loam_book::ids::{Key, Part};
use loam_book::loan::refusal::IdKind;

use super::{Asking, application_list, paged};
use crate::cells::Cell;
use crate::filters::Conditions;
use crate::rows::share::share_columns;

/// Bookings in the order of their numbers.
pub(crate) fn booking_list<'a>(filter: &BookingFilter, page: Page, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("account_key = {}", filter.account.map(|account| Cell::key(account.key)));
    conditions.add_if("part = {}", filter.application.map(|application| Cell::part(application.part)));
    conditions
        .add_if("application_key = {}", filter.application.map(|application| Cell::key(application.key)));
    conditions.add_any("state", filter.states.iter().copied().map(Cell::text).collect());
    conditions.add_if("number > {}", filter.after.map(Cell::int));
    conditions.add_if("booked_on >= {}", filter.booked.map(|(from, _)| Cell::date(from)));
    conditions.add_if("booked_on <= {}", filter.booked.map(|(_, to)| Cell::date(to)));
    let (conditions, row) = conditions.finish();
    paged(format!("select body from booking{conditions} order by number"), row, page, mark)
}

/// All bookings of an application, or those that wait for money of an account.
pub(crate) fn bookings_of<'a>(application: Address, mark: char) -> Asking<'a> {
    let filter = BookingFilter { application: Some(application), ..BookingFilter::default() };
    booking_list(&filter, Page::ALL, mark)
}

pub(crate) fn uncommitted_of<'a>(account: Address, mark: char) -> Asking<'a> {
    let filter =
        BookingFilter { account: Some(account), states: &["uncommitted"], ..BookingFilter::default() };
    booking_list(&filter, Page::ALL, mark)
}

/// All applications of a borrower, in the order of their numbers.
pub(crate) fn applications_of<'a>(borrower: Address, mark: char) -> Asking<'a> {
    application_list(&ApplicationFilter { borrower, stages: Vec::new() }, Page::ALL, mark)
}

pub(crate) fn application_of<'a>(part: Part, account_no: i64, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", Some(Cell::part(part)));
    conditions.add_if("loan_account_no = {}", Some(Cell::int(account_no)));
    let (conditions, row) = conditions.finish();
    (format!("select body from application{conditions}"), row)
}

pub(crate) fn fund_transaction_keyed<'a>(address: Address, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", Some(Cell::part(address.part)));
    conditions.add_if("transaction_key = {}", Some(Cell::key(address.key)));
    let (conditions, row) = conditions.finish();
    (format!("select body from fund_transaction{conditions}"), row)
}

pub(crate) fn fund_transaction_numbered<'a>(part: Part, number: i64, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", Some(Cell::part(part)));
    conditions.add_if("number = {}", Some(Cell::int(number)));
    let (conditions, row) = conditions.finish();
    (format!("select body from fund_transaction{conditions}"), row)
}

/// What shares say was credited to accounts, by each of their transactions.
pub(crate) fn credited<'a>(accounts: &[Key], mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_fact("credited_by is not null");
    conditions.add_any("account_key", accounts.iter().map(|account| Cell::key(*account)).collect());
    let (conditions, row) = conditions.finish();
    let sums = "cast(sum(cash_minor) as bigint), cast(sum(invested_minor) as bigint)";
    let columns = "account_key, credited_by";
    (format!("select {columns}, {sums} from investor_share{conditions} group by {columns}"), row)
}

/// The key of a loan or deposit account.
pub(crate) fn account_numbered<'a>(kind: IdKind, part: Part, account_no: i64, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", Some(Cell::part(part)));
    conditions.add_if("account_no = {}", Some(Cell::int(account_no)));
    let (conditions, row) = conditions.finish();
    let asked = if kind == IdKind::Savings {
        "savings_key from savings_account"
    } else {
        "loan_key from loan_account"
    };
    (format!("select {asked}{conditions}"), row)
}

/// What moved a deposit account from a day on, in the order in which it came.
pub(crate) fn movements_since<'a>((part, account_no): (Part, i64), from: Date, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", Some(Cell::part(part)));
    conditions.add_if("account_no = {}", Some(Cell::int(account_no)));
    conditions.add_if("value_date >= {}", Some(Cell::date(from)));
    let (conditions, row) = conditions.finish();
    let columns = "part, account_no, reversed_by, body";
    (format!("select {columns} from savings_transaction{conditions} order by seq, transaction_id"), row)
}

/// What waits to be credited to deposit accounts.
pub(crate) fn shares_waiting<'a>(accounts: &[Address], mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_fact("credited_by is null");
    conditions.add_any("account_key", accounts.iter().map(|account| Cell::key(account.key)).collect());
    shares(conditions)
}

/// What an account got of loans and gave back from a day on.
pub(crate) fn shares_since<'a>(account: Address, from: Date, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("account_key = {}", Some(Cell::key(account.key)));
    conditions.add_if("booked_on >= {}", Some(Cell::date(from)));
    shares(conditions)
}

pub(crate) fn shares_of_fund<'a>((part, account_no): (Part, i64), fund: Key, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", Some(Cell::part(part)));
    conditions.add_if("account_no = {}", Some(Cell::int(account_no)));
    conditions.add_if("fund_key = {}", Some(Cell::key(fund)));
    shares(conditions)
}

/// Of all accounts among these: what waits for each.
pub(crate) fn waiting<'a>(accounts: &[Address], mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_fact("credited_by is null");
    conditions.add_any("account_key", accounts.iter().map(|account| Cell::key(account.key)).collect());
    let (conditions, row) = conditions.finish();
    let sums = "cast(sum(cash_minor) as bigint), cast(sum(invested_minor) as bigint)";
    (format!("select account_key, {sums} from investor_share{conditions} group by account_key"), row)
}

/// Shares in the order in which they were written.
fn shares(conditions: Conditions<'_>) -> Asking<'_> {
    let (conditions, row) = conditions.finish();
    let columns = share_columns!();
    (format!("select {columns} from investor_share{conditions} order by recorded_at, transaction_id"), row)
}

/// Keys of accounts for which shares wait, and how many, after a key.
pub(crate) fn accounts_with_shares<'a>(after: Option<WrittenKey>, limit: i64, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_fact("credited_by is null");
    conditions.add_if("account_key > {}", after.map(Cell::written));
    let (conditions, row) = conditions.finish();
    let sql = format!(
        "select account_key, count(*) from investor_share{conditions} group by account_key order by account_key"
    );
    paged(sql, row, Page { offset: 0, limit }, mark)
}

/// Applications that wait for money and whose funding window ended before a day, after a place, in the order of part
/// and number.
pub(crate) fn applications_in_market<'a>(
    before: Date,
    (part, number): RowPlace,
    limit: i64,
    mark: char,
) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    let stages = [Stage::New, Stage::InFunding].map(|stage| Cell::text(stage.name()));
    conditions.add_any("stage", stages.into_iter().collect());
    let before = conditions.place(Cell::date(before));
    conditions.add_fact(&format!("(expires_on is null or expires_on < {before})"));
    let (part, number) = (conditions.place(Cell::int(part)), conditions.place(Cell::int(number)));
    conditions.add_fact(&format!("(part, number) > ({part}, {number})"));
    let (conditions, row) = conditions.finish();
    let sql = format!(
        "select part, number, application_key, body from application{conditions} order by part, number"
    );
    paged(sql, row, Page { offset: 0, limit }, mark)
}

/// Applications that an order of an investor may choose, in the order in which they close.
pub(crate) fn open_applications<'a>(asked: &OpenAsked, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    let stages = [Stage::New, Stage::InFunding].map(|stage| Cell::text(stage.name()));
    conditions.add_any("stage", stages.into_iter().collect());
    conditions.add_if("expires_on >= {}", Some(Cell::date(asked.on)));
    conditions.add_if("borrower_key <> {}", Some(Cell::key(asked.holder)));
    if let Some((closes, number)) = asked.after {
        let (closes, number) = (conditions.place(Cell::date(closes)), conditions.place(Cell::int(number)));
        conditions.add_fact(&format!("(expires_on, number) > ({closes}, {number})"));
    }
    let account = conditions.place(Cell::key(asked.account.key));
    conditions.add_fact(&format!(
        "not exists (select 1 from booking where booking.part = application.part
                        and booking.application_key = application.application_key
                        and booking.account_key = {account})"
    ));
    let (conditions, row) = conditions.finish();
    let sql = format!("select body from application{conditions} order by expires_on, number");
    paged(sql, row, Page { offset: 0, limit: asked.limit }, mark)
}

/// How many booking orders an account gave since an instant, and on a day.
pub(crate) fn orders_before<'a>(asked: &OrdersAsked, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    let since = conditions.place(Cell::instant(asked.since));
    let on = conditions.place(Cell::date(asked.on));
    conditions.add_if("part = {}", Some(Cell::part(asked.account.part)));
    conditions.add_if("account_key = {}", Some(Cell::key(asked.account.key)));
    conditions.add_fact(&format!("(created_at >= {since} or ordered_on = {on})"));
    let (conditions, row) = conditions.finish();
    let sql = format!(
        "select count(case when created_at >= {since} then 1 end), count(case when ordered_on = {on} then 1 end)
           from booking_order{conditions}"
    );
    (sql, row)
}

pub(crate) fn booking_numbered<'a>(part: Part, number: i64, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", Some(Cell::part(part)));
    conditions.add_if("number = {}", Some(Cell::int(number)));
    let (conditions, row) = conditions.finish();
    (format!("select body from booking{conditions}"), row)
}

//! `loan_account` and `installment`.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::civil::Date;
use loam_app::changes::LoanChange;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::search::columns::Searched;
use loam_app::search::facts::SubState;
use loam_app::views::LoanStatus;
use loam_book::ids::{Key, Part};
use loam_book::loan::course::Course;
use loam_book::loan::{Holder, HolderKind, Installment, Loan, LoanState, Servicing};
use loam_book::party::Assignment;

use super::packed::{Packing, packed_cell, unpacked};
use crate::cells::{Cell, Columns, Cursor, Row};

/// The columns of `loan_account`.
macro_rules! loan_columns {
    () => {
        "part, account_no, loan_key, id, version, holder_kind, holder_key, product_key, branch_key, centre_key, \
         user_key, status, name, notes, state, terms, principal_outstanding_minor, interest_outstanding_minor, \
         fees_outstanding_minor, penalties_outstanding_minor, principal_paid_minor, interest_paid_minor, \
         fees_paid_minor, penalties_paid_minor, late_since, arrears_since, last_set_to_arrears_on, \
         last_interest_applied_on, last_locked_on, unlocked_on, latest_value_date, acts_on, created_at, \
         last_modified_at, approved_at, last_appraised_at, closed_at, course, packed_installments"
    };
}

/// The columns of `installment`.
macro_rules! installment_columns {
    () => {
        "part, account_no, number, due_date, principal_expected_minor, interest_expected_minor, \
         fees_expected_minor, penalties_expected_minor, interest_applied_minor, principal_paid_minor, \
         interest_paid_minor, fees_paid_minor, penalties_paid_minor, is_grace, last_paid_on, repaid_on"
    };
}

pub(crate) use {installment_columns, loan_columns};

/// A loan as its row gives it: without its installments, until [`put_together`] or [`told_by_rows`] gives them to it.
#[derive(Debug)]
pub(crate) struct StoredLoan {
    /// Large, and handed on several times.
    pub(crate) loan: Box<Loan>,
    pub(crate) next_action_on: Option<Date>,
    /// The installments that it carries itself.
    pub(crate) packing: Packing,
}

impl StoredLoan {
    /// Whether the rows of its installments need not be read.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.packing, Packing::Whole(_))
    }

    /// Whether what it carries is not what the rows of its installments say.
    pub(crate) fn contradicts_rows(&self) -> bool {
        match &self.packing {
            Packing::Whole(installments) => *installments != self.loan.servicing.installments,
            Packing::Nothing => false,
            Packing::Damaged => true,
        }
    }
}

/// The days of next actions, by the keys of the loans that have one.
pub(crate) fn actions_of(loans: &[StoredLoan]) -> HashMap<Key, Date> {
    loans.iter().filter_map(|stored| Some((stored.loan.key, stored.next_action_on?))).collect()
}

/// Whether the loan is out of the book: only its log is left.
fn is_deleted(loan: &Loan) -> bool {
    LoanStatus::of(&loan.servicing).is_none()
}

fn holder_kind_name(kind: HolderKind) -> &'static str {
    match kind {
        HolderKind::Client => "client",
        HolderKind::Group => "group",
    }
}

fn holder_kind_named(name: &str) -> Option<HolderKind> {
    [HolderKind::Client, HolderKind::Group].into_iter().find(|kind| holder_kind_name(*kind) == name)
}

/// A loan to which nothing of this happened, which is most of them, costs neither space nor reading.
fn course_cell<'a>(course: &Course) -> Cell<'a> {
    if course.is_default() { Cell::maybe_text(None) } else { Cell::json(course) }
}

/// Balances and dates of servicing, in the order of the columns.
fn servicing_cells<'a>(change: &LoanChange) -> impl Iterator<Item = Cell<'a>> {
    let servicing = &change.loan.servicing;
    let dates = [
        servicing.late_since,
        servicing.arrears_since,
        servicing.last_set_to_arrears_on,
        servicing.last_interest_applied_on,
        servicing.last_locked_on,
        servicing.unlocked_on,
        servicing.latest_value_date,
        change.next_action_on,
    ];
    let balances =
        Cell::components(servicing.outstanding).into_iter().chain(Cell::components(servicing.paid));
    balances.chain(dates.map(Cell::maybe_date))
}

/// The row of a loan that is not deleted.
pub(crate) fn loan_row(change: &LoanChange) -> Row<'_> {
    let (loan, servicing) = (&change.loan, &change.loan.servicing);
    let status = LoanStatus::of(servicing).expect("a deleted loan has no row");
    let mut row = Vec::with_capacity(50);
    row.extend([
        Cell::part(loan.part),
        Cell::int(loan.account_no),
        Cell::key(loan.key),
        Cell::text(&loan.id),
        Cell::int(loan.version),
        Cell::text(holder_kind_name(loan.holder.kind)),
        Cell::key(loan.holder.key),
        Cell::key(loan.terms.product),
        Cell::maybe_key(loan.assignment.branch),
        Cell::maybe_key(loan.assignment.centre),
        Cell::maybe_key(loan.assignment.user),
        Cell::text(status.name()),
        Cell::text(&loan.name),
        Cell::maybe_text(loan.notes.as_deref()),
        Cell::json(&servicing.state),
        Cell::json(&loan.terms),
    ]);
    row.extend(servicing_cells(change));
    row.extend([Cell::instant(loan.created_at), Cell::instant(loan.last_modified_at)]);
    row.extend([loan.approved_at, loan.last_appraised_at, loan.closed_at].map(Cell::maybe_instant));
    row.extend([course_cell(&servicing.course), packed_cell(loan)]);
    row.extend(searched_cells(loan));
    row
}

/// What almost every change of a loan moves: account, version, state, balances and dates of servicing, the instants of
/// this change and of closing, the course, the installments packed.
pub(crate) fn serviced_row<'a>(change: &LoanChange) -> Row<'a> {
    let loan = &change.loan;
    let mut row = Vec::with_capacity(30);
    row.extend([
        Cell::part(loan.part),
        Cell::int(loan.account_no),
        Cell::int(loan.version),
        Cell::json(&loan.servicing.state),
    ]);
    row.extend(servicing_cells(change));
    row.extend([Cell::instant(loan.last_modified_at), Cell::maybe_instant(loan.closed_at)]);
    row.extend([course_cell(&loan.servicing.course), packed_cell(loan)]);
    row
}

/// Account, then what is agreed and not looked up by.
pub(crate) fn agreed_row(change: &LoanChange) -> Row<'_> {
    let loan = &change.loan;
    vec![
        Cell::part(loan.part),
        Cell::int(loan.account_no),
        Cell::text(&loan.name),
        Cell::maybe_text(loan.notes.as_deref()),
        Cell::json(&loan.terms),
        Cell::maybe_instant(loan.approved_at),
        Cell::maybe_instant(loan.last_appraised_at),
    ]
}

/// The columns by which lists and searches see how a loan stands.
pub(crate) fn standing_cells<'a>(change: &LoanChange) -> [Cell<'a>; 5] {
    let status = LoanStatus::of(&change.loan.servicing).expect("a deleted loan has no row");
    let searched = Searched::of(&change.loan);
    [
        Cell::text(status.name()),
        Cell::maybe_date(searched.late_from),
        Cell::maybe_date(searched.in_arrears_from),
        Cell::maybe_date(searched.closed_on),
        Cell::maybe_text(searched.sub_state.map(SubState::name)),
    ]
}

/// What a loan is searched by, besides the columns that it is read from.
fn searched_cells<'a>(loan: &Loan) -> [Cell<'a>; 11] {
    let searched = Searched::of(loan);
    [
        Cell::amount(searched.amount),
        Cell::maybe_date(searched.approved_on),
        Cell::maybe_date(searched.closed_on),
        Cell::maybe_date(searched.expected_disbursement_on),
        Cell::maybe_date(searched.disbursed_on),
        Cell::maybe_date(searched.first_due_on),
        Cell::maybe_date(searched.matures_on),
        Cell::maybe_date(searched.in_arrears_from),
        Cell::maybe_date(searched.late_from),
        Cell::maybe_text(searched.sub_state.map(SubState::name)),
        Cell::Text(searched.fixed_days.map(Cow::Owned)),
    ]
}

/// Account, then what the loan is searched by.
pub(crate) fn searched_row<'a>(loan: &Loan) -> Row<'a> {
    let mut row = vec![Cell::part(loan.part), Cell::int(loan.account_no)];
    row.extend(searched_cells(loan));
    row
}

/// Reads [`loan_columns`]; the status only repeats what other columns say.
pub(crate) fn read_loan(row: &impl Columns) -> Result<StoredLoan, StoreError> {
    let mut row = Cursor::new("loan_account", row);
    let (part, account_no, key) = (row.part()?, row.int()?, row.key()?);
    let (id, version) = (row.string()?, row.int()?);
    let holder = Holder { kind: row.named(holder_kind_named)?, key: row.key()? };
    let product = row.key()?;
    let assignment =
        Assignment { branch: row.maybe_key()?, centre: row.maybe_key()?, user: row.maybe_key()? };
    let (_status, name, notes) = (row.text()?, row.string()?, row.maybe_string()?);
    let (state, mut terms): (LoanState, loam_book::loan::Terms) = (row.json()?, row.json()?);
    // Lists are filtered by the column; whoever changes it must be found by `check`.
    terms.product = product;
    let servicing = Servicing {
        state,
        outstanding: row.components()?,
        paid: row.components()?,
        installments: Vec::new(),
        late_since: row.maybe_date()?,
        arrears_since: row.maybe_date()?,
        last_set_to_arrears_on: row.maybe_date()?,
        last_interest_applied_on: row.maybe_date()?,
        last_locked_on: row.maybe_date()?,
        unlocked_on: row.maybe_date()?,
        latest_value_date: row.maybe_date()?,
        course: Course::default(),
    };
    let next_action_on = row.maybe_date()?;
    let mut loan = Box::new(Loan {
        key,
        part,
        account_no,
        id,
        version,
        holder,
        name,
        notes,
        assignment,
        terms,
        servicing,
        created_at: row.instant()?,
        last_modified_at: row.instant()?,
        approved_at: row.maybe_instant()?,
        last_appraised_at: row.maybe_instant()?,
        closed_at: row.maybe_instant()?,
    });
    loan.servicing.course = row.json_or_default()?;
    let packing = unpacked(row.maybe_bytes(), loan.version);
    Ok(StoredLoan { loan, next_action_on, packing })
}

fn installment_row<'a>(loan: &Loan, installment: &Installment) -> Row<'a> {
    let mut row = Vec::with_capacity(16);
    row.extend([
        Cell::part(loan.part),
        Cell::int(loan.account_no),
        Cell::int(i64::from(installment.number)),
        Cell::date(installment.due_date),
    ]);
    row.extend(Cell::components(installment.expected));
    row.push(Cell::amount(installment.interest_applied));
    row.extend(Cell::components(installment.paid));
    row.extend([
        Cell::int(i64::from(installment.is_grace)),
        Cell::maybe_date(installment.last_paid_on),
        Cell::maybe_date(installment.repaid_on),
    ]);
    row
}

/// Reads [`installment_columns`]: the account and its installment.
pub(crate) fn read_installment(row: &impl Columns) -> Result<((Part, i64), Installment), StoreError> {
    let mut row = Cursor::new("installment", row);
    let account = (row.part()?, row.int()?);
    let installment = Installment {
        number: row.number()?,
        due_date: row.date()?,
        expected: row.components()?,
        interest_applied: row.amount()?,
        paid: row.components()?,
        is_grace: row.flag()?,
        last_paid_on: row.maybe_date()?,
        repaid_on: row.maybe_date()?,
    };
    Ok((account, installment))
}

/// Reads part and key of a loan, and the number of its installment.
pub(crate) fn read_due(row: &impl Columns) -> Result<(Address, u32), StoreError> {
    let mut row = Cursor::new("installment", row);
    Ok((Address { part: row.part()?, key: row.key()? }, row.number()?))
}

/// The installments that a change writes: those that were touched, or all.
fn installments_to_write(change: &LoanChange) -> impl Iterator<Item = &Installment> {
    let touched = change.touched.as_deref();
    let all = change.loan.servicing.installments.iter();
    all.filter(move |installment| touched.is_none_or(|touched| touched.contains(&installment.number)))
}

/// Account, then the columns by which lists and searches find a loan and which change seldom.
pub(crate) fn lookup_row(change: &LoanChange) -> Row<'_> {
    let (loan, assignment) = (&change.loan, &change.loan.assignment);
    vec![
        Cell::part(loan.part),
        Cell::int(loan.account_no),
        Cell::maybe_key(assignment.branch),
        Cell::maybe_key(assignment.centre),
        Cell::maybe_key(assignment.user),
        Cell::key(loan.terms.product),
        Cell::text(&loan.id),
    ]
}

/// The day of a loan's next action that is kept from now on.
fn kept_action(change: &LoanChange) -> Option<Date> {
    change.next_action_on.filter(|_| !is_deleted(&change.loan))
}

fn action_row<'a>(change: &LoanChange, next_action_on: Date) -> Row<'a> {
    vec![Cell::part(change.loan.part), Cell::date(next_action_on), Cell::key(change.loan.key)]
}

/// Part, day, key and account of a day that was not kept before; `None` where there is none.
pub(crate) fn new_action_row<'a>(change: &LoanChange) -> Option<Row<'a>> {
    let kept = kept_action(change).filter(|kept| change.next_action_read != Some(*kept))?;
    let mut row = action_row(change, kept);
    row.push(Cell::int(change.loan.account_no));
    Some(row)
}

/// Part, day and key of a day that was kept and is not any more.
pub(crate) fn gone_action_row<'a>(change: &LoanChange) -> Option<Row<'a>> {
    let gone = change.next_action_read.filter(|read| kept_action(change) != Some(*read))?;
    Some(action_row(change, gone))
}

/// Account and version read.
pub(crate) fn version_row<'a>(change: &LoanChange) -> Row<'a> {
    vec![Cell::part(change.loan.part), Cell::int(change.loan.account_no), Cell::Int(change.version_read)]
}

/// The account alone.
pub(crate) fn account_row<'a>(change: &LoanChange) -> Row<'a> {
    vec![Cell::part(change.loan.part), Cell::int(change.loan.account_no)]
}

/// All installments that the changes write, each with its account.
pub(crate) fn installment_rows<'a>(changes: &[&'a LoanChange]) -> Vec<Row<'a>> {
    let of_one = |change: &&'a LoanChange| {
        let change = *change;
        installments_to_write(change).map(|installment| installment_row(&change.loan, installment))
    };
    changes.iter().flat_map(of_one).collect()
}

/// Loans with their installments: those that they carry, or else those of rows in the order of accounts and numbers.
pub(crate) fn put_together(
    mut loans: Vec<StoredLoan>,
    rows: Vec<((Part, i64), Installment)>,
) -> Vec<StoredLoan> {
    let mut rows = by_account(rows);
    for StoredLoan { loan, packing, .. } in &mut loans {
        loan.servicing.installments = match std::mem::replace(packing, Packing::Nothing) {
            Packing::Whole(installments) => installments,
            Packing::Nothing | Packing::Damaged => {
                rows.remove(&(loan.part, loan.account_no)).unwrap_or_default()
            }
        };
    }
    loans
}

/// The same by the rows alone, beside which stands what the loans carry.
pub(crate) fn told_by_rows(
    mut loans: Vec<StoredLoan>,
    rows: Vec<((Part, i64), Installment)>,
) -> Vec<StoredLoan> {
    let mut rows = by_account(rows);
    for StoredLoan { loan, .. } in &mut loans {
        loan.servicing.installments = rows.remove(&(loan.part, loan.account_no)).unwrap_or_default();
    }
    loans
}

fn by_account(rows: Vec<((Part, i64), Installment)>) -> HashMap<(Part, i64), Vec<Installment>> {
    let mut by_account: HashMap<(Part, i64), Vec<Installment>> = HashMap::new();
    for (account, installment) in rows {
        by_account.entry(account).or_default().push(installment);
    }
    by_account
}

/// What happens to the rows of changed loans.
pub(crate) struct LoanWrites<'a> {
    pub(crate) new: Vec<&'a LoanChange>,
    pub(crate) known: Vec<&'a LoanChange>,
    /// Out of the book from now on.
    pub(crate) deleted: Vec<&'a LoanChange>,
    /// Known loans of which only the touched installments are written.
    pub(crate) touched: Vec<&'a LoanChange>,
    /// Loans whose installments are all inserted.
    pub(crate) rescheduled: Vec<&'a LoanChange>,
    /// Loans whose installments go away first.
    pub(crate) cleared: Vec<&'a LoanChange>,
}

impl<'a> LoanWrites<'a> {
    pub(crate) fn new(changes: &'a [LoanChange]) -> LoanWrites<'a> {
        let is_known = |change: &&LoanChange| change.version_read.is_some();
        let (deleted, kept): (Vec<_>, Vec<_>) = changes.iter().partition(|change| is_deleted(&change.loan));
        let (known, new): (Vec<_>, Vec<_>) = kept.into_iter().partition(is_known);
        // A loan that came and went within one batch never had a row.
        let deleted: Vec<_> = deleted.into_iter().filter(is_known).collect();
        let (touched, anew): (Vec<_>, Vec<_>) = known.iter().partition(|change| change.touched.is_some());
        let cleared = anew.iter().chain(&deleted).copied().collect();
        let rescheduled = new.iter().chain(&anew).copied().collect();
        LoanWrites { new, known, deleted, touched, rescheduled, cleared }
    }
}

//! `loan_account` and `installment`.

use loam_app::changes::{GuarantorsChange, LoanChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{LoanPage, RowPlace};
use loam_book::ids::Part;
use loam_book::loan::{Installment, Loan};
use rusqlite::Connection;

use super::rows::{execute_each, insert_all, select, select_one};
use crate::cells::{Cell, Row};
use crate::lists::Asking;
use crate::rows::check::Account;
use crate::rows::guarantor::{guaranteed_row, guarantor_rows};
use crate::rows::loan::{
    LoanWrites, StoredLoan, account_row, agreed_row, gone_action_row, installment_columns, installment_rows,
    loan_columns, loan_row, lookup_row, new_action_row, put_together, read_installment, read_loan,
    searched_row, serviced_row, standing_cells, told_by_rows, version_row,
};
use crate::rows::report::{are_whole, page_of, read_if_readable, read_installment_if_readable};
use crate::schema::Dialect;
use crate::search::unsearched;

/// Writes the loans, each only if nobody else did since it was read.
pub(super) fn save_loans(connection: &Connection, changes: &[LoanChange]) -> Result<(), StoreError> {
    let writes = LoanWrites::new(changes);
    update_serviced(connection, &writes.known)?;
    let edited: Vec<_> = writes.known.iter().copied().filter(|change| change.moved.agreement).collect();
    update_agreed(connection, &edited)?;
    update_lookups(connection, &edited)?;
    update_searched(connection, edited.iter().map(|change| change.loan.as_ref()))?;
    update_standing(connection, &writes.known)?;
    insert_loans(connection, &writes.new)?;
    update_installments(connection, &writes.touched)?;
    update_due_dates(connection, &writes.touched)?;
    delete_installments(connection, &writes.cleared)?;
    insert_installments(connection, &writes.rescheduled)?;
    delete_loans(connection, &writes.deleted)?;
    save_actions(connection, &writes)
}

/// What a repayment moves. No column set here is indexed: SQLite rewrites an index as soon as one
/// of its columns is set, also to what it was.
fn update_serviced(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let sql = "update loan_account
                  set version = ?3, state = ?4, principal_outstanding_minor = ?5, interest_outstanding_minor = ?6,
                      fees_outstanding_minor = ?7, penalties_outstanding_minor = ?8,
                      principal_paid_minor = ?9, interest_paid_minor = ?10, fees_paid_minor = ?11,
                      penalties_paid_minor = ?12, late_since = ?13, arrears_since = ?14,
                      last_set_to_arrears_on = ?15, last_interest_applied_on = ?16, last_locked_on = ?17,
                      unlocked_on = ?18, latest_value_date = ?19, acts_on = ?20, last_modified_at = ?21,
                      closed_at = ?22, course = ?23, packed_installments = ?24
                where part = ?1 and account_no = ?2 and version = ?25";
    let rows = changes.iter().map(|change| {
        let mut row = serviced_row(change);
        row.push(Cell::Int(change.version_read));
        row
    });
    all_or_conflict(&execute_each(connection, sql, rows)?)
}

/// What was agreed. That the account is the one that was read, [`update_serviced`] has made sure.
fn update_agreed(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let sql = "update loan_account
                  set name = ?3, notes = ?4, terms = ?5, approved_at = ?6, last_appraised_at = ?7
                where part = ?1 and account_no = ?2";
    all_or_conflict(&execute_each(connection, sql, changes.iter().map(|change| agreed_row(change)))?)
}

/// The columns by which lists find a loan, where they change.
fn update_lookups(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let sql = "update loan_account
                  set branch_key = ?3, centre_key = ?4, user_key = ?5, product_key = ?6, id = ?7
                where part = ?1 and account_no = ?2
                  and (branch_key, centre_key, user_key, product_key, id) is not (?3, ?4, ?5, ?6, ?7)";
    let _unchanged = execute_each(connection, sql, changes.iter().map(|change| lookup_row(change)))?;
    Ok(())
}

/// How the loans stand, where it changes: what has indexes of its own in a statement of its own.
fn update_standing(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let mut rows: [Vec<Row<'_>>; 3] = Default::default();
    for change in changes.iter().filter(|change| change.moved.standing) {
        let [status, late_from, in_arrears_from, closed_on, sub_state] = standing_cells(change);
        for (rows, cells) in
            rows.iter_mut().zip([vec![status], vec![late_from], vec![in_arrears_from, closed_on, sub_state]])
        {
            rows.push(account_row(change).into_iter().chain(cells).collect());
        }
    }
    let statements = [
        "update loan_account set status = ?3 where part = ?1 and account_no = ?2 and status is not ?3",
        "update loan_account set late_from = ?3 where part = ?1 and account_no = ?2 and late_from is not ?3",
        "update loan_account set in_arrears_from = ?3, closed_on = ?4, sub_state = ?5
          where part = ?1 and account_no = ?2
            and (in_arrears_from, closed_on, sub_state) is not (?3, ?4, ?5)",
    ];
    for (sql, rows) in statements.into_iter().zip(rows) {
        let _unchanged = execute_each(connection, sql, rows)?;
    }
    Ok(())
}

/// The day of the next action, where it changes. What is amiss there is for `check` to say: no payment fails of it.
fn save_actions(connection: &Connection, writes: &LoanWrites<'_>) -> Result<(), StoreError> {
    let sql = "delete from loan_action where part = ?1 and next_action_on = ?2 and loan_key = ?3";
    let known = writes.known.iter().chain(&writes.deleted);
    let _was_not_there = execute_each(connection, sql, known.filter_map(|change| gone_action_row(change)))?;
    let sql = "insert into loan_action (part, next_action_on, loan_key, account_no) values (?1, ?2, ?3, ?4)
               on conflict (part, next_action_on, loan_key) do nothing";
    let kept = writes.new.iter().chain(&writes.known);
    let _was_there = execute_each(connection, sql, kept.filter_map(|change| new_action_row(change)))?;
    Ok(())
}

/// What searches find a loan by, where it changes.
fn update_searched<'a>(
    connection: &Connection,
    loans: impl Iterator<Item = &'a Loan>,
) -> Result<(), StoreError> {
    let sql = "update loan_account
                  set amount_minor = ?3, approved_on = ?4, closed_on = ?5, expected_disbursement_on = ?6,
                      disbursed_on = ?7, first_due_on = ?8, matures_on = ?9, in_arrears_from = ?10,
                      late_from = ?11, sub_state = ?12, fixed_days = ?13
                where part = ?1 and account_no = ?2
                  and (amount_minor, approved_on, closed_on, expected_disbursement_on, disbursed_on, first_due_on,
                       matures_on, in_arrears_from, late_from, sub_state, fixed_days)
                      is not (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let _unchanged = execute_each(connection, sql, loans.map(searched_row))?;
    Ok(())
}

/// Makes loans findable that were written before there were columns to search by.
pub(super) fn fill_searched(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        let tx = connection.transaction().map_err(super::failed)?;
        let loans = select_loans(&tx, unsearched(Dialect::Sqlite))?;
        if loans.is_empty() {
            return Ok(());
        }
        update_searched(&tx, loans.iter())?;
        tx.commit().map_err(super::failed)?;
    }
}

fn insert_loans(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let sql = "insert into loan_account (part, account_no, loan_key, id, version, holder_kind, holder_key,
                 product_key, branch_key, centre_key, user_key, status, name, notes, state, terms,
                 principal_outstanding_minor, interest_outstanding_minor, fees_outstanding_minor,
                 penalties_outstanding_minor, principal_paid_minor, interest_paid_minor, fees_paid_minor,
                 penalties_paid_minor, late_since, arrears_since, last_set_to_arrears_on,
                 last_interest_applied_on, last_locked_on, unlocked_on, latest_value_date, acts_on,
                 created_at, last_modified_at, approved_at, last_appraised_at, closed_at, course,
                 packed_installments, amount_minor, approved_on, closed_on,
                 expected_disbursement_on, disbursed_on, first_due_on, matures_on,
                 in_arrears_from, late_from, sub_state, fixed_days)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                 ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38,
                 ?39, ?40, ?41, ?42, ?43, ?44, ?45, ?46, ?47, ?48, ?49, ?50)";
    insert_all(connection, sql, changes.iter().map(|change| loan_row(change)))
}

/// What a repayment moves on an installment; see [`update_serviced`] about indexed columns.
fn update_installments(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let sql = "update installment
                  set principal_expected_minor = ?5, interest_expected_minor = ?6, fees_expected_minor = ?7,
                      penalties_expected_minor = ?8, interest_applied_minor = ?9, principal_paid_minor = ?10,
                      interest_paid_minor = ?11, fees_paid_minor = ?12, penalties_paid_minor = ?13,
                      is_grace = ?14, last_paid_on = ?15
                where part = ?1 and account_no = ?2 and number = ?3 and ?16 is ?16";
    all_or_conflict(&execute_each(connection, sql, installment_rows(changes))?)
}

/// The columns by which installments are found, where they change.
fn update_due_dates(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let sql = "update installment
                  set due_date = ?4, repaid_on = ?5
                where part = ?1 and account_no = ?2 and number = ?3 and (due_date, repaid_on) is not (?4, ?5)";
    let rows = installment_rows(changes).into_iter().map(|mut row| {
        let repaid_on = row.pop().expect("`repaid_on` is the last column");
        row.truncate(4);
        row.push(repaid_on);
        row
    });
    let _unchanged = execute_each(connection, sql, rows)?;
    Ok(())
}

/// How many an account had is not asked.
fn delete_installments(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let sql = "delete from installment where part = ?1 and account_no = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(super::failed)?;
    for change in changes {
        statement.execute(rusqlite::params_from_iter(account_row(change))).map_err(super::failed)?;
    }
    Ok(())
}

fn insert_installments(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let sql = "insert into installment (part, account_no, number, due_date, principal_expected_minor,
                 interest_expected_minor, fees_expected_minor, penalties_expected_minor,
                 interest_applied_minor, principal_paid_minor, interest_paid_minor, fees_paid_minor,
                 penalties_paid_minor, is_grace, last_paid_on, repaid_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    insert_all(connection, sql, installment_rows(changes))
}

fn delete_loans(connection: &Connection, changes: &[&LoanChange]) -> Result<(), StoreError> {
    let sql = "delete from loan_account where part = ?1 and account_no = ?2 and version = ?3";
    all_or_conflict(&execute_each(connection, sql, changes.iter().map(|change| version_row(change)))?)
}

fn all_or_conflict(without_effect: &[usize]) -> Result<(), StoreError> {
    if without_effect.is_empty() { Ok(()) } else { Err(StoreError::VersionConflict) }
}

/// A loan that is to be changed. The pages that a change writes besides its own are brought into the cache here, where many
/// wait for the disk side by side: whoever writes is alone, and would wait for each of them by itself.
pub(super) fn select_to_change(
    connection: &Connection,
    address: &Address,
) -> Result<Option<StoredLoan>, StoreError> {
    let found = select_loan(connection, *address)?;
    if let Some(StoredLoan { loan, .. }) = &found {
        touch_pages(connection, loan)?;
    }
    Ok(found)
}

/// Reads the end of a loan's log, where it is written on.
fn touch_pages(connection: &Connection, loan: &Loan) -> Result<(), StoreError> {
    let log = "select seq from loan_log where part = ?1 and account_no = ?2 order by seq desc limit 1";
    let account = vec![Cell::part(loan.part), Cell::int(loan.account_no)];
    let _last = select_one(connection, log, account, |_| Ok(()))?;
    Ok(())
}

/// A loan with its installments.
pub(super) fn select_loan(
    connection: &Connection,
    address: Address,
) -> Result<Option<StoredLoan>, StoreError> {
    let sql = concat!("select ", loan_columns!(), " from loan_account where part = ?1 and loan_key = ?2");
    let row = vec![Cell::part(address.part), Cell::key(address.key)];
    let Some(stored) = select_one(connection, sql, row, |row| read_loan(row))? else {
        return Ok(None);
    };
    Ok(with_installments(connection, vec![stored])?.into_iter().next())
}

/// Loans with their installments, whose rows are read where a loan does not carry them itself.
fn with_installments(connection: &Connection, loans: Vec<StoredLoan>) -> Result<Vec<StoredLoan>, StoreError> {
    let mut rows = Vec::new();
    for StoredLoan { loan, .. } in loans.iter().filter(|stored| !stored.is_whole()) {
        rows.extend(select_installments(connection, loan.part, loan.account_no)?);
    }
    Ok(put_together(loans, rows))
}

fn select_installments(
    connection: &Connection,
    part: Part,
    account_no: i64,
) -> Result<Vec<(Account, Installment)>, StoreError> {
    let sql = concat!(
        "select ",
        installment_columns!(),
        " from installment where part = ?1 and account_no = ?2 order by number"
    );
    select(connection, sql, vec![Cell::part(part), Cell::int(account_no)], |row| read_installment(row))
}

/// Loans that a question finds, in its order.
pub(super) fn select_loans(connection: &Connection, asking: Asking<'_>) -> Result<Vec<Loan>, StoreError> {
    let (sql, row) = asking;
    let loans = select(connection, &sql, row, |row| read_loan(row))?;
    Ok(with_installments(connection, loans)?.into_iter().map(|stored| *stored.loan).collect())
}

/// Loans and installments of the accounts between two, both included, in the order of accounts.
const BETWEEN: [&str; 2] = [
    concat!(
        "select ",
        loan_columns!(),
        " from loan_account where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)
          order by part, account_no"
    ),
    concat!(
        "select ",
        installment_columns!(),
        " from installment where (part, account_no) >= (?1, ?2) and (part, account_no) <= (?3, ?4)
          order by part, account_no, number"
    ),
];

/// Loans whose accounts lie between two, both included, in the order of accounts.
pub(super) fn select_loans_between(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<StoredLoan>, StoreError> {
    let [loans, _] = BETWEEN;
    with_installments(connection, select(connection, loans, bounds.clone(), |row| read_loan(row))?)
}

/// The same for those who compare what loans carry with the rows of their installments.
pub(super) fn select_compared_between(
    connection: &Connection,
    bounds: &Row<'_>,
) -> Result<Vec<StoredLoan>, StoreError> {
    let [loans, installments] = BETWEEN;
    let loans = select(connection, loans, bounds.clone(), |row| read_loan(row))?;
    let installments = select(connection, installments, bounds.clone(), |row| read_installment(row))?;
    Ok(told_by_rows(loans, installments))
}

/// The same for those who go on without a loan that cannot be read.
pub(super) fn select_readable_between(
    connection: &Connection,
    bounds: &Row<'_>,
    last: RowPlace,
) -> Result<LoanPage, StoreError> {
    let [loans, installments] = BETWEEN;
    let loans = select(connection, loans, bounds.clone(), |row| read_if_readable(row))?;
    if are_whole(&loans) {
        return Ok(page_of(loans, Vec::new(), last));
    }
    let installments =
        select(connection, installments, bounds.clone(), |row| read_installment_if_readable(row))?;
    Ok(page_of(loans, installments, last))
}

/// Writes anew who guarantees the loans.
pub(super) fn save_guarantors(
    connection: &Connection,
    changes: &[GuarantorsChange],
) -> Result<(), StoreError> {
    let delete = "delete from guarantor where part = ?1 and account_no = ?2";
    execute_each(connection, delete, changes.iter().map(guaranteed_row))?;
    let insert = "insert into guarantor (part, account_no, holder_key) values (?1, ?2, ?3)";
    insert_all(connection, insert, guarantor_rows(changes))
}

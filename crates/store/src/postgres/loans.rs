//! `loan_account` and `installment`.

use std::collections::{HashMap, HashSet};

use deadpool_postgres::ClientWrapper;
use loam_app::changes::{GuarantorsChange, LoanChange};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_book::ids::Key;
use loam_book::loan::Loan;

use super::pipeline::{Query, Rows, Writes, execute, list_once, read_all, select, snapshot};
use crate::cells::{Cell, Row};
use crate::rows::guarantor::{guaranteed_row, guarantor_rows};
use crate::rows::loan::{
    LoanWrites, StoredLoan, account_row, gone_action_row, installment_columns, installment_rows,
    loan_columns, loan_row, new_action_row, put_together, read_installment, read_loan, searched_row,
    serviced_row, standing_cells, version_row,
};
use crate::schema::Dialect;
use crate::search::unsearched;

/// Writes the loans, each only if nobody else did since it was read.
pub(super) fn save_loans<'a>(writes: &mut Writes<'a>, changes: &'a [LoanChange]) {
    let loans = LoanWrites::new(changes);
    let (edited, serviced): (Vec<_>, Vec<_>) =
        loans.known.iter().copied().partition(|change| change.moved.agreement);
    update_loans(writes, &edited);
    update_serviced(writes, &serviced);
    insert_loans(writes, &loans.new);
    update_installments(writes, &loans.touched);
    delete_installments(writes, &loans.cleared);
    insert_installments(writes, &loans.rescheduled);
    delete_loans(writes, &loans.deleted);
    save_actions(writes, &loans);
}

fn update_loans<'a>(writes: &mut Writes<'a>, changes: &[&'a LoanChange]) {
    let sql = "update loan_account as a
                  set id = t.id, version = t.version, product_key = t.product_key,
                      branch_key = t.branch_key, centre_key = t.centre_key, user_key = t.user_key,
                      status = t.status, name = t.name, notes = t.notes, state = t.state,
                      terms = t.terms, principal_outstanding_minor = t.principal_outstanding_minor,
                      interest_outstanding_minor = t.interest_outstanding_minor,
                      fees_outstanding_minor = t.fees_outstanding_minor,
                      penalties_outstanding_minor = t.penalties_outstanding_minor,
                      principal_paid_minor = t.principal_paid_minor,
                      interest_paid_minor = t.interest_paid_minor, fees_paid_minor = t.fees_paid_minor,
                      penalties_paid_minor = t.penalties_paid_minor, late_since = t.late_since,
                      arrears_since = t.arrears_since, last_set_to_arrears_on = t.last_set_to_arrears_on,
                      last_interest_applied_on = t.last_interest_applied_on,
                      last_locked_on = t.last_locked_on, unlocked_on = t.unlocked_on,
                      latest_value_date = t.latest_value_date, acts_on = t.acts_on,
                      last_modified_at = t.last_modified_at, approved_at = t.approved_at,
                      last_appraised_at = t.last_appraised_at, closed_at = t.closed_at,
                      course = t.course, packed_installments = t.packed_installments,
                      amount_minor = t.amount_minor, approved_on = t.approved_on,
                      closed_on = t.closed_on, expected_disbursement_on = t.expected_disbursement_on,
                      disbursed_on = t.disbursed_on, first_due_on = t.first_due_on, matures_on = t.matures_on,
                      in_arrears_from = t.in_arrears_from, late_from = t.late_from, sub_state = t.sub_state,
                      fixed_days = t.fixed_days
                 from unnest(
                      $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                      $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                      $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[], $18::bigint[],
                      $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[],
                      $24::bigint[], $25::bigint[], $26::bigint[], $27::bigint[], $28::bigint[],
                      $29::bigint[], $30::bigint[], $31::bigint[], $32::bigint[], $33::bigint[],
                      $34::bigint[], $35::bigint[], $36::bigint[], $37::bigint[], $38::text[],
                      $39::bytea[], $40::bigint[], $41::bigint[], $42::bigint[], $43::bigint[],
                      $44::bigint[], $45::bigint[], $46::bigint[], $47::bigint[], $48::bigint[],
                      $49::text[], $50::text[], $51::bigint[])
                   as t (part, account_no, loan_key, id, version, holder_kind, holder_key,
                      product_key, branch_key, centre_key, user_key, status, name, notes, state,
                      terms, principal_outstanding_minor, interest_outstanding_minor,
                      fees_outstanding_minor, penalties_outstanding_minor, principal_paid_minor,
                      interest_paid_minor, fees_paid_minor, penalties_paid_minor, late_since,
                      arrears_since, last_set_to_arrears_on, last_interest_applied_on,
                      last_locked_on, unlocked_on, latest_value_date, acts_on, created_at,
                      last_modified_at, approved_at, last_appraised_at, closed_at, course,
                      packed_installments, amount_minor, approved_on, closed_on,
                      expected_disbursement_on, disbursed_on, first_due_on,
                      matures_on, in_arrears_from, late_from, sub_state, fixed_days, version_read)
                where a.part = t.part and a.account_no = t.account_no and a.version = t.version_read";
    let row = |change: &&'a LoanChange| {
        let mut row = loan_row(change);
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, changes.iter().map(row).collect());
}

/// What servicing moves, and how the loans stand by it: half of the columns.
fn update_serviced<'a>(writes: &mut Writes<'a>, changes: &[&'a LoanChange]) {
    let sql = "update loan_account as a
                  set version = t.version, state = t.state,
                      principal_outstanding_minor = t.principal_outstanding_minor,
                      interest_outstanding_minor = t.interest_outstanding_minor,
                      fees_outstanding_minor = t.fees_outstanding_minor,
                      penalties_outstanding_minor = t.penalties_outstanding_minor,
                      principal_paid_minor = t.principal_paid_minor,
                      interest_paid_minor = t.interest_paid_minor, fees_paid_minor = t.fees_paid_minor,
                      penalties_paid_minor = t.penalties_paid_minor, late_since = t.late_since,
                      arrears_since = t.arrears_since, last_set_to_arrears_on = t.last_set_to_arrears_on,
                      last_interest_applied_on = t.last_interest_applied_on,
                      last_locked_on = t.last_locked_on, unlocked_on = t.unlocked_on,
                      latest_value_date = t.latest_value_date, acts_on = t.acts_on,
                      last_modified_at = t.last_modified_at, closed_at = t.closed_at, course = t.course,
                      packed_installments = t.packed_installments, status = t.status,
                      late_from = t.late_from, in_arrears_from = t.in_arrears_from,
                      closed_on = t.closed_on, sub_state = t.sub_state
                 from unnest(
                      $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[],
                      $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
                      $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[],
                      $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[],
                      $22::bigint[], $23::text[], $24::bytea[], $25::text[], $26::bigint[], $27::bigint[],
                      $28::bigint[], $29::text[], $30::bigint[])
                   as t (part, account_no, version, state, principal_outstanding_minor,
                      interest_outstanding_minor, fees_outstanding_minor, penalties_outstanding_minor,
                      principal_paid_minor, interest_paid_minor, fees_paid_minor, penalties_paid_minor,
                      late_since, arrears_since, last_set_to_arrears_on, last_interest_applied_on,
                      last_locked_on, unlocked_on, latest_value_date, acts_on, last_modified_at, closed_at,
                      course, packed_installments, status, late_from, in_arrears_from, closed_on,
                      sub_state, version_read)
                where a.part = t.part and a.account_no = t.account_no and a.version = t.version_read";
    let row = |change: &&'a LoanChange| {
        let mut row = serviced_row(change);
        row.extend(standing_cells(change));
        row.push(Cell::Int(change.version_read));
        row
    };
    writes.all(sql, changes.iter().map(row).collect());
}

/// The day of the next action, where it changes. What is amiss there is for `check` to say: no payment fails of it.
fn save_actions<'a>(writes: &mut Writes<'a>, loans: &LoanWrites<'a>) {
    let sql = "delete from loan_action
                where (part, next_action_on, loan_key) in
                      (select * from unnest($1::bigint[], $2::bigint[], $3::text[]))";
    let known = loans.known.iter().chain(&loans.deleted);
    writes.any(sql, known.filter_map(|change| gone_action_row(change)).collect());
    let sql = "insert into loan_action (part, next_action_on, loan_key, account_no)
               select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
               on conflict (part, next_action_on, loan_key) do nothing";
    let kept = loans.new.iter().chain(&loans.known);
    writes.any(sql, kept.filter_map(|change| new_action_row(change)).collect());
}

/// Makes loans findable that were written before there were columns to search by. A loan that is written meanwhile has
/// them already.
pub(super) async fn fill_searched(client: &ClientWrapper) -> Result<(), StoreError> {
    let sql = "update loan_account as a
                  set amount_minor = t.amount_minor, approved_on = t.approved_on, closed_on = t.closed_on,
                      expected_disbursement_on = t.expected_disbursement_on, disbursed_on = t.disbursed_on,
                      first_due_on = t.first_due_on, matures_on = t.matures_on,
                      in_arrears_from = t.in_arrears_from, late_from = t.late_from, sub_state = t.sub_state,
                      fixed_days = t.fixed_days
                 from unnest(
                      $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                      $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[], $13::text[])
                   as t (part, account_no, amount_minor, approved_on, closed_on, expected_disbursement_on,
                      disbursed_on, first_due_on, matures_on, in_arrears_from, late_from, sub_state, fixed_days)
                where a.part = t.part and a.account_no = t.account_no and a.amount_minor is null";
    loop {
        let rows = list_once(client, &unsearched(Dialect::Postgres)).await?;
        let loans = listed_loans(client, &rows).await?;
        if loans.is_empty() {
            return Ok(());
        }
        let rows = loans.iter().map(searched_row).collect();
        let _filled = execute(client, Query::many(sql, rows)).await?;
    }
}

fn insert_loans<'a>(writes: &mut Writes<'a>, changes: &[&'a LoanChange]) {
    let sql = "insert into loan_account (part, account_no, loan_key, id, version, holder_kind, holder_key, product_key,
                 branch_key, centre_key, user_key, status, name, notes, state, terms,
                 principal_outstanding_minor, interest_outstanding_minor, fees_outstanding_minor,
                 penalties_outstanding_minor, principal_paid_minor, interest_paid_minor, fees_paid_minor,
                 penalties_paid_minor, late_since, arrears_since, last_set_to_arrears_on,
                 last_interest_applied_on, last_locked_on, unlocked_on, latest_value_date,
                 acts_on, created_at, last_modified_at, approved_at, last_appraised_at, closed_at, course,
                 packed_installments, amount_minor, approved_on, closed_on,
                 expected_disbursement_on, disbursed_on, first_due_on,
                 matures_on, in_arrears_from, late_from, sub_state, fixed_days)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                 $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                 $14::text[], $15::text[], $16::text[], $17::bigint[], $18::bigint[], $19::bigint[],
                 $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[],
                 $25::bigint[], $26::bigint[], $27::bigint[], $28::bigint[], $29::bigint[],
                 $30::bigint[], $31::bigint[], $32::bigint[], $33::bigint[], $34::bigint[],
                 $35::bigint[], $36::bigint[], $37::bigint[], $38::text[], $39::bytea[],
                 $40::bigint[], $41::bigint[], $42::bigint[], $43::bigint[], $44::bigint[],
                 $45::bigint[], $46::bigint[], $47::bigint[], $48::bigint[], $49::text[], $50::text[])";
    writes.all(sql, changes.iter().map(|change| loan_row(change)).collect());
}

fn update_installments<'a>(writes: &mut Writes<'a>, changes: &[&'a LoanChange]) {
    let sql = "update installment as a
                  set due_date = t.due_date, principal_expected_minor = t.principal_expected_minor,
                      interest_expected_minor = t.interest_expected_minor,
                      fees_expected_minor = t.fees_expected_minor,
                      penalties_expected_minor = t.penalties_expected_minor,
                      interest_applied_minor = t.interest_applied_minor,
                      principal_paid_minor = t.principal_paid_minor,
                      interest_paid_minor = t.interest_paid_minor, fees_paid_minor = t.fees_paid_minor,
                      penalties_paid_minor = t.penalties_paid_minor, is_grace = t.is_grace,
                      last_paid_on = t.last_paid_on, repaid_on = t.repaid_on
                 from unnest(
                      $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                      $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
                      $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[])
                   as t (part, account_no, number, due_date, principal_expected_minor,
                      interest_expected_minor, fees_expected_minor, penalties_expected_minor,
                      interest_applied_minor, principal_paid_minor, interest_paid_minor,
                      fees_paid_minor, penalties_paid_minor, is_grace, last_paid_on, repaid_on)
                where a.part = t.part and a.account_no = t.account_no and a.number = t.number";
    writes.all(sql, installment_rows(changes));
}

/// How many an account had is not asked.
fn delete_installments(writes: &mut Writes<'_>, changes: &[&LoanChange]) {
    let sql = "delete from installment
                where (part, account_no) in (select * from unnest($1::bigint[], $2::bigint[]))";
    writes.any(sql, changes.iter().map(|change| account_row(change)).collect());
}

fn insert_installments<'a>(writes: &mut Writes<'a>, changes: &[&'a LoanChange]) {
    let sql = "insert into installment (part, account_no, number, due_date, principal_expected_minor, interest_expected_minor,
                 fees_expected_minor, penalties_expected_minor, interest_applied_minor,
                 principal_paid_minor, interest_paid_minor, fees_paid_minor, penalties_paid_minor,
                 is_grace, last_paid_on, repaid_on)
               select * from unnest(
                 $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
                 $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
                 $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[])";
    writes.all(sql, installment_rows(changes));
}

fn delete_loans(writes: &mut Writes<'_>, changes: &[&LoanChange]) {
    let sql = "delete from loan_account
                where (part, account_no, version) in
                      (select * from unnest($1::bigint[], $2::bigint[], $3::bigint[]))";
    writes.all(sql, changes.iter().map(|change| version_row(change)).collect());
}

/// The loans at addresses.
pub(super) fn select_named<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = concat!(
        "select ",
        loan_columns!(),
        " from loan_account where (part, loan_key) in (select * from unnest($1::bigint[], $2::text[]))"
    );
    Query::many(sql, addresses.iter().map(address_row).collect())
}

/// The rows of their installments.
fn select_installments_of<'a>(addresses: &[Address]) -> Query<'a> {
    let sql = concat!(
        "select ",
        installment_columns!(),
        " from installment
          where (part, account_no) in
                (select part, account_no from loan_account
                  where (part, loan_key) in (select * from unnest($1::bigint[], $2::text[])))
          order by part, account_no, number"
    );
    Query::many(sql, addresses.iter().map(address_row).collect())
}

fn address_row<'a>(address: &Address) -> Row<'a> {
    vec![Cell::part(address.part), Cell::key(address.key)]
}

pub(super) fn read_loans(loans: &Rows, installments: &Rows) -> Result<Vec<StoredLoan>, StoreError> {
    Ok(put_together(read_all(loans, read_loan)?, read_all(installments, read_installment)?))
}

/// Loans with their installments, in their order. One that does not carry them itself is read once more, together with
/// the rows of its installments, so that both are of one instant: it may have changed, or be out of the book.
pub(super) async fn with_installments(
    client: &ClientWrapper,
    loans: &Rows,
) -> Result<Vec<StoredLoan>, StoreError> {
    let loans = read_all(loans, read_loan)?;
    let address = |StoredLoan { loan, .. }: &StoredLoan| Address { part: loan.part, key: loan.key };
    let others: Vec<Address> = loans.iter().filter(|stored| !stored.is_whole()).map(address).collect();
    if others.is_empty() {
        return Ok(put_together(loans, Vec::new()));
    }
    let queries = [select_named(&others), select_installments_of(&others)];
    let [found, installments] = snapshot(client, queries).await?;
    let read = read_loans(&found, &installments)?;
    let mut read: HashMap<Key, StoredLoan> =
        read.into_iter().map(|stored| (stored.loan.key, stored)).collect();
    let others: HashSet<Key> = others.into_iter().map(|address| address.key).collect();
    let in_place = |stored: StoredLoan| {
        let key = stored.loan.key;
        if others.contains(&key) { read.remove(&key) } else { Some(stored) }
    };
    Ok(put_together(loans, Vec::new()).into_iter().filter_map(in_place).collect())
}

/// A loan with its installments.
pub(super) async fn select_loan(
    client: &ClientWrapper,
    address: Address,
) -> Result<Option<Loan>, StoreError> {
    let sql = concat!("select ", loan_columns!(), " from loan_account where part = $1 and loan_key = $2");
    let found = select(client, Query::one(sql, address_row(&address))).await?;
    Ok(with_installments(client, &found).await?.into_iter().next().map(|stored| *stored.loan))
}

/// The loans of a list, in its order. A list shows each loan as it was at some time meanwhile.
pub(super) async fn listed_loans(client: &ClientWrapper, loans: &Rows) -> Result<Vec<Loan>, StoreError> {
    let loans = with_installments(client, loans).await?;
    Ok(loans.into_iter().map(|stored| *stored.loan).collect())
}

/// Loans whose accounts lie between two, both included, and their installments.
pub(super) fn select_loans_between<'a>(bounds: &Row<'a>) -> [Query<'a>; 2] {
    let loans = concat!(
        "select ",
        loan_columns!(),
        " from loan_account where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)
          order by part, account_no"
    );
    let installments = concat!(
        "select ",
        installment_columns!(),
        " from installment where (part, account_no) >= ($1, $2) and (part, account_no) <= ($3, $4)
          order by part, account_no, number"
    );
    [Query::one(loans, bounds.clone()), Query::one(installments, bounds.clone())]
}

/// Writes anew who guarantees the loans.
pub(super) fn save_guarantors<'a>(writes: &mut Writes<'a>, changes: &'a [GuarantorsChange]) {
    let delete = "delete from guarantor
                   where (part, account_no) in (select * from unnest($1::bigint[], $2::bigint[]))";
    writes.any(delete, changes.iter().map(guaranteed_row).collect());
    let insert = "insert into guarantor (part, account_no, holder_key)
                  select * from unnest($1::bigint[], $2::bigint[], $3::text[])";
    writes.all(insert, guarantor_rows(changes));
}

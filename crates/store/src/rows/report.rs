//! What reports read: sums of the journal, and runs of accounts.

use std::collections::HashMap;

use loam_app::error::StoreError;
use loam_app::ports::{
    BookedFilter, BookedSum, ByDay, LoanPage, Logged, RowPlace, UnreadableLoan, UnreadableRow,
};
use loam_book::journal::chart::LedgerName;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::loan::{Installment, Loan};
use loam_book::savings::Savings;
use loam_calc::currency::Currency;

use crate::cells::{Cell, Columns, Cursor, Row};
use crate::filters::Conditions;
use crate::lists::Asking;
use crate::rows::check::Account;
use crate::rows::listed::{Found, at, found, unreadable};
use crate::rows::loan::{StoredLoan, put_together, read_installment, read_loan};

/// What was booked, by account, branch, product and currency. A range of booking days is found by the index that leads
/// with them; by value dates the journal is read whole.
pub(crate) fn booked_sums<'a>(filter: &BookedFilter, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    let (from, to) = match filter.by {
        ByDay::Booking => ("booking_date >= {}", "booking_date <= {}"),
        ByDay::Value => ("value_date >= {}", "value_date <= {}"),
    };
    conditions.add_if(from, filter.from.map(Cell::date));
    conditions.add_if(to, filter.to.map(Cell::date));
    conditions.add_if("branch_key = {}", filter.branch.map(Cell::key));
    let (conditions, row) = conditions.finish();
    let sql = format!(
        "select account, branch_key, product_key, currency,
                cast(sum(debit_minor) as bigint), cast(sum(credit_minor) as bigint)
           from (select debit as account, branch_key, product_key, currency, amount_minor as debit_minor,
                        0 as credit_minor, booking_date, value_date
                   from journal_transfer
                  union all
                 select credit, branch_key, product_key, currency, 0, amount_minor, booking_date, value_date
                   from journal_transfer
                  union all
                 select account, branch_key, null, currency,
                        case when side = 'debit' then amount_minor else 0 end,
                        case when side = 'credit' then amount_minor else 0 end, booking_date, booking_date
                   from manual_line) as booked{conditions}
          group by account, branch_key, product_key, currency
          order by account, branch_key, product_key, currency"
    );
    (sql, row)
}

/// Reads `part, account_no` as they are written.
pub(crate) fn read_place(row: &impl Columns) -> Result<RowPlace, StoreError> {
    let mut row = Cursor::new("an account", row);
    Ok((row.int()?, row.int()?))
}

/// The place after which to go on, and how far.
pub(crate) fn after_place<'a>(after: Option<RowPlace>, limit: i64) -> Row<'a> {
    let (part, account_no) = after.unwrap_or((i64::MIN, i64::MIN));
    vec![Cell::int(part), Cell::int(account_no), Cell::int(limit)]
}

/// The first and the last of these places; `None` when there is none.
pub(crate) fn place_bounds<'a>(places: &[RowPlace]) -> Option<Row<'a>> {
    let (first, last) = (places.first()?, places.last()?);
    Some([first.0, first.1, last.0, last.1].map(Cell::int).into())
}

/// A row, or why it cannot be read.
pub(crate) type Readable<T, E> = Result<Result<T, E>, StoreError>;

/// Reads `loan_columns` for those who go on without a loan that cannot be read: then what it is known by, at least.
pub(crate) fn read_if_readable(row: &impl Columns) -> Readable<StoredLoan, UnreadableLoan> {
    let reason = match read_loan(row) {
        Ok(loan) => return Ok(Ok(loan)),
        Err(StoreError::Unreadable(reason)) => reason,
        Err(error) => return Err(error),
    };
    let mut raw = Cursor::new("loan_account", row);
    let (place, key) = ((raw.int()?, raw.int()?), raw.written()?);
    // Id, version, kind and key of the holder.
    raw.skip(4);
    let mut group = || Ok::<_, StoreError>((raw.key()?, raw.maybe_key()?));
    Ok(Err(UnreadableLoan { row: unreadable(reason, &key, || at(place)), group: group().ok() }))
}

/// The next deposit accounts in use, as [`read_deposit`] reads them: on others no interest grows.
pub(crate) fn deposits_in_use(mark: char) -> String {
    format!(
        "select part, account_no, savings_key, body from savings_account
          where (part, account_no) > ({mark}1, {mark}2) and status in ('active', 'locked', 'dormant')
          order by part, account_no limit {mark}3"
    )
}

/// Reads `part, account_no, savings_key, body` for those who go on without an account that cannot be read.
pub(crate) fn read_deposit(row: &impl Columns) -> Result<(RowPlace, Found<Savings>), StoreError> {
    let mut raw = Cursor::new("savings_account", row);
    let (place, key) = ((raw.int()?, raw.int()?), raw.written()?);
    Ok((place, found(raw.json(), &key, || at(place))?))
}

/// Whether no rows of installments are to be read for these loans.
pub(crate) fn are_whole(loans: &[Result<StoredLoan, UnreadableLoan>]) -> bool {
    loans.iter().flatten().all(StoredLoan::is_whole)
}

/// Reads `installment_columns` for the same: then whose it is, at least.
pub(crate) fn read_installment_if_readable(
    row: &impl Columns,
) -> Readable<(Account, Installment), (RowPlace, String)> {
    match read_installment(row) {
        Ok(installment) => Ok(Ok(installment)),
        Err(StoreError::Unreadable(reason)) => Ok(Err((read_place(row)?, reason))),
        Err(error) => Err(error),
    }
}

/// Loans with their installments; one with an installment that cannot be read cannot be read itself.
pub(crate) fn page_of(
    loans: Vec<Result<StoredLoan, UnreadableLoan>>,
    installments: Vec<Result<(Account, Installment), (RowPlace, String)>>,
    last: RowPlace,
) -> LoanPage {
    let mut page = LoanPage { last: Some(last), ..LoanPage::default() };
    let (mut read, mut rows, mut broken) = (Vec::new(), Vec::new(), HashMap::new());
    for loan in loans {
        loan.map_or_else(|loan| page.unreadable.push(loan), |loan| read.push(loan));
    }
    for row in installments {
        row.map_or_else(|(account, reason)| drop(broken.insert(account, reason)), |row| rows.push(row));
    }
    for StoredLoan { loan, .. } in put_together(read, rows) {
        match broken.remove(&(i64::from(loan.part.number()), loan.account_no)) {
            Some(reason) => page.unreadable.push(UnreadableLoan {
                row: UnreadableRow { account: loan.key.to_string(), reason },
                group: Some((loan.terms.product, loan.assignment.branch)),
            }),
            None => page.loans.push(*loan),
        }
    }
    page
}

/// Reads what [`booked_sums`] selects.
pub(crate) fn read_booked_sum(row: &impl Columns) -> Result<BookedSum, StoreError> {
    let mut row = Cursor::new("journal_transfer", row);
    Ok(BookedSum {
        account: row.named(LedgerName::from_text)?,
        branch: row.maybe_key()?,
        product: row.maybe_key()?,
        currency: row.named(|code| Currency::from_code(code).ok())?,
        debits: row.amount()?,
        credits: row.amount()?,
    })
}

/// Entries by their logs; both are in the order of part and number.
pub(crate) fn by_log<E>(entries: Vec<(Account, E)>) -> Vec<Logged<E>> {
    let mut logs: Vec<Logged<E>> = Vec::new();
    for ((part, account_no), entry) in entries {
        match logs.last_mut().filter(|log| (log.part, log.account_no) == (part, account_no)) {
            Some(log) => log.entries.push(entry),
            None => logs.push(Logged { part, account_no, entries: vec![entry] }),
        }
    }
    logs
}

/// Loans with their transactions; both are in the order of part and number.
pub(crate) fn with_transactions(
    loans: Vec<Loan>,
    transactions: Vec<(Account, LoanTransaction)>,
) -> Vec<(Loan, Vec<LoanTransaction>)> {
    let mut rest = transactions.into_iter().peekable();
    let mut all = Vec::with_capacity(loans.len());
    for loan in loans {
        let place = (loan.part, loan.account_no);
        let mut own = Vec::new();
        while let Some((account, transaction)) = rest.next_if(|(account, _)| *account <= place) {
            if account == place {
                own.push(transaction);
            }
        }
        all.push((loan, own));
    }
    all
}

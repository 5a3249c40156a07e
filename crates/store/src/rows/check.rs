//! What `check` reads of each account, put together from the rows of several tables.

use std::collections::HashMap;

use jiff::civil::Date;
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::ports::{RowCounts, StoredAccount, StoredLine, StoredSavingsAccount};
use loam_book::ids::{Key, Part};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::line_of_credit::LineOfCredit;
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::savings::Savings;
use loam_book::savings::event::SavingsEntry;
use loam_book::savings::share::{Credit, InvestorShare};
use loam_book::savings::transaction::SavingsTransaction;

use super::loan::StoredLoan;
use super::repeated::differing_of_loan;
use crate::cells::{Cell, Columns, Cursor, Row};

/// An account's part and number.
pub(crate) type Account = (Part, i64);

/// A day that is kept beside a loan, and the key under which a step of the day looks the loan up: as it is written, for
/// what is damaged is to be found, and not to stop those who look for it.
pub(crate) type KeptDay = (String, Date);

/// Tables whose rows must belong to a log.
const LOGGED_LOANS: [&str; 5] =
    ["loan_account", "loan_action", "installment", "settlement", "investor_share"];
const LOGGED_SAVINGS: [&str; 2] = ["savings_account", "savings_transaction"];

/// The rows of a run of accounts.
pub(crate) struct AccountRows {
    pub(crate) loans: Vec<StoredLoan>,
    pub(crate) repeated: Vec<(Account, Row<'static>)>,
    /// By what the end of a day finds the loans that deposit accounts pay, and those that it advances.
    pub(crate) settlements: Vec<(Account, KeptDay)>,
    pub(crate) actions: Vec<(Account, KeptDay)>,
    pub(crate) entries: Vec<(Account, Entry)>,
    pub(crate) transactions: Vec<(Account, LoanTransaction)>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) shares: Vec<InvestorShare>,
}

impl AccountRows {
    /// Each account with its own rows; rows of accounts that are not asked for are left out.
    pub(crate) fn by_account(self, accounts: &[Account]) -> Vec<StoredAccount> {
        let empty = |account: &Account| StoredAccount {
            part: account.0,
            account_no: account.1,
            loan: None,
            next_action_on: None,
            settles_on: None,
            differing: Vec::new(),
            entries: Vec::new(),
            transactions: Vec::new(),
            transfers: Vec::new(),
            shares: Vec::new(),
        };
        let places: HashMap<Account, usize> = accounts.iter().copied().zip(0..).collect();
        let mut all: Vec<StoredAccount> = accounts.iter().map(empty).collect();
        for StoredLoan { loan, next_action_on } in self.loans {
            if let Some(at) = places.get(&(loan.part, loan.account_no)) {
                all[*at].next_action_on = next_action_on;
                all[*at].loan = Some(*loan);
            }
        }
        for (account, cells) in self.repeated {
            let found = places.get(&account).map(|at| &mut all[*at]);
            if let Some(StoredAccount { loan: Some(loan), differing, .. }) = found {
                *differing = differing_of_loan(&cells, loan);
            }
        }
        let mut actions: HashMap<Account, Vec<KeptDay>> = HashMap::new();
        for (account, kept) in self.actions {
            actions.entry(account).or_default().push(kept);
        }
        for stored in &mut all {
            let kept = actions.remove(&(stored.part, stored.account_no)).unwrap_or_default();
            let should = stored.loan.as_ref().map(|loan| loan.key.to_string()).zip(stored.next_action_on);
            if !kept.into_iter().eq(should) {
                stored.differing.push("loan_action");
            }
        }
        for (account, (key, settles_on)) in self.settlements {
            let Some(stored) = places.get(&account).map(|at| &mut all[*at]) else { continue };
            stored.settles_on = Some(settles_on);
            if stored.loan.as_ref().is_some_and(|loan| loan.key.to_string() != key) {
                stored.differing.push("settlement");
            }
        }
        for (account, entry) in self.entries {
            if let Some(at) = places.get(&account) {
                all[*at].entries.push(entry);
            }
        }
        for (account, transaction) in self.transactions {
            if let Some(at) = places.get(&account) {
                all[*at].transactions.push(transaction);
            }
        }
        for transfer in self.transfers {
            let account = (transfer.part, transfer.account_no);
            if let Some(at) = places.get(&account) {
                all[*at].transfers.push(transfer);
            }
        }
        for share in self.shares {
            let account = (share.part, share.account_no);
            if let Some(at) = places.get(&account) {
                all[*at].shares.push(share);
            }
        }
        all
    }
}

/// The rows of a run of deposit accounts.
pub(crate) struct SavingsRows {
    pub(crate) accounts: Vec<(Savings, Vec<&'static str>)>,
    pub(crate) entries: Vec<(Account, SavingsEntry)>,
    pub(crate) transactions: Vec<(Account, SavingsTransaction)>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) credits: Vec<(Key, Credit)>,
}

impl SavingsRows {
    /// Each account with its own rows; rows of accounts that are not asked for are left out.
    pub(crate) fn by_account(self, accounts: &[Account]) -> Vec<StoredSavingsAccount> {
        let empty = |account: &Account| StoredSavingsAccount {
            part: account.0,
            account_no: account.1,
            account: None,
            differing: Vec::new(),
            entries: Vec::new(),
            transactions: Vec::new(),
            transfers: Vec::new(),
            credits: Vec::new(),
        };
        let places: HashMap<Account, usize> = accounts.iter().copied().zip(0..).collect();
        let mut all: Vec<StoredSavingsAccount> = accounts.iter().map(empty).collect();
        let mut keys = HashMap::new();
        for (account, differing) in self.accounts {
            if let Some(at) = places.get(&(account.part, account.account_no)) {
                keys.insert(account.key, *at);
                all[*at].account = Some(account);
                all[*at].differing = differing;
            }
        }
        for (account, credit) in self.credits {
            keys.get(&account).into_iter().for_each(|at| all[*at].credits.push(credit));
        }
        for (account, entry) in self.entries {
            if let Some(at) = places.get(&account) {
                all[*at].entries.push(entry);
            }
        }
        for (account, transaction) in self.transactions {
            if let Some(at) = places.get(&account) {
                all[*at].transactions.push(transaction);
            }
        }
        for transfer in self.transfers {
            let account = (transfer.part, transfer.account_no);
            if let Some(at) = places.get(&account) {
                all[*at].transfers.push(transfer);
            }
        }
        all
    }
}

/// The rows of a run of lines of credit.
pub(crate) struct LineRows {
    pub(crate) lines: Vec<(LineOfCredit, Vec<&'static str>)>,
    pub(crate) loans: Vec<Loan>,
    pub(crate) savings: Vec<Savings>,
}

impl LineRows {
    /// Each line with the accounts of its holder.
    pub(crate) fn by_line(&self) -> Vec<StoredLine> {
        let of = |(line, differing): &(LineOfCredit, Vec<&'static str>)| StoredLine {
            line: line.clone(),
            differing: differing.clone(),
            loans: self.loans.iter().filter(|loan| loan.holder == line.holder).cloned().collect(),
            savings: self.savings.iter().filter(|account| account.holder == line.holder).cloned().collect(),
        };
        self.lines.iter().map(of).collect()
    }
}

/// Papers about something that is not there, and pieces of documents without a paper.
pub(crate) fn stray_papers() -> [(&'static str, String); 2] {
    const SUBJECTS: [(&str, &str); 5] = [
        ("client", "client_key"),
        ("client_group", "group_key"),
        ("loan_account", "loan_key"),
        ("savings_account", "savings_key"),
        ("line_of_credit", "line_key"),
    ];
    let is_no = |(table, key): (&str, &str)| {
        format!(
            "not exists (select 1 from {table} as s where s.part = paper.part and s.{key} = paper.subject_key)"
        )
    };
    let conditions: Vec<String> = SUBJECTS.into_iter().map(is_no).collect();
    let conditions = conditions.join(" and ");
    let about = format!(
        "select part, paper_key from paper where subject_key is not null and {conditions}
            and not exists (select 1 from record as s where s.record_key = paper.subject_key)
          order by part, paper_key"
    );
    let pieces = "select distinct part, paper_key from document_piece as d
                   where not exists (select 1 from paper as p where p.part = d.part and p.paper_key = d.paper_key)
                   order by part, paper_key";
    [("what it is about is not there", about), ("a document of it is kept, and no paper", pieces.to_owned())]
}

/// Reads `part, paper_key`.
pub(crate) fn read_stray_paper(row: &impl Columns) -> Result<Address, StoreError> {
    let mut row = Cursor::new("paper", row);
    Ok(Address { part: row.part()?, key: row.key()? })
}

pub(crate) fn stray_line(what: &str, paper: Address) -> String {
    format!("paper {}: {what}", paper.key)
}

/// Applications of borrowers who are not there; both lie in one part.
pub(crate) const STRAY_APPLICATIONS: &str = "select application_key, borrower_key, number from application
      where not exists (select 1 from client as c
                         where c.part = application.part and c.client_key = application.borrower_key)
      order by number";

/// Reads what [`STRAY_APPLICATIONS`] selects, as a sentence.
pub(crate) fn read_stray_application(row: &impl Columns) -> Result<String, StoreError> {
    let mut row = Cursor::new("application", row);
    let (key, borrower, number) = (row.key()?, row.key()?, row.int()?);
    Ok(format!("application {number} ({key}): its borrower, the client {borrower}, is not there"))
}

/// Reads `part, account_no, loan_key` and the day.
pub(crate) fn read_kept_day(row: &impl Columns) -> Result<(Account, KeptDay), StoreError> {
    let mut row = Cursor::new("a day beside a loan", row);
    Ok(((row.part()?, row.int()?), (row.string()?, row.date()?)))
}

/// The place after which to go on, and how far; no key is less than an empty text.
pub(crate) fn lines_row<'a>(after: Option<Address>, limit: i64) -> Row<'a> {
    let key = |key: Key| Cell::key(key);
    let (part, key) =
        after.map_or((Cell::int(-1), Cell::text("")), |after| (Cell::part(after.part), key(after.key)));
    vec![part, key, Cell::int(limit)]
}

/// The first and the last of these lines; `None` when there is none.
pub(crate) fn line_bounds<'a>(lines: &[Address]) -> Option<Row<'a>> {
    let (first, last) = (lines.first()?, lines.last()?);
    Some(vec![Cell::part(first.part), Cell::key(first.key), Cell::part(last.part), Cell::key(last.key)])
}

/// Where to go on and how far; parts are never negative.
pub(crate) fn after_row<'a>(after: Option<Account>, limit: i64) -> Row<'a> {
    let (part, account_no) = after.map_or((-1, 0), |(part, number)| (i64::from(part.number()), number));
    vec![Cell::int(part), Cell::int(account_no), Cell::int(limit)]
}

/// The first and the last account; `None` when there is none.
pub(crate) fn bounds_row<'a>(accounts: &[Account]) -> Option<Row<'a>> {
    let (first, last) = (accounts.first()?, accounts.last()?);
    Some(vec![Cell::part(first.0), Cell::int(first.1), Cell::part(last.0), Cell::int(last.1)])
}

/// Reads `part, account_no`.
pub(crate) fn read_account(row: &impl Columns) -> Result<Account, StoreError> {
    let mut row = Cursor::new("an account", row);
    Ok((row.part()?, row.int()?))
}

/// Reads `reason, part, account_key`.
pub(crate) fn read_quarantined(row: &impl Columns) -> Result<(Address, String), StoreError> {
    let mut row = Cursor::new("quarantine", row);
    let reason = row.string()?;
    Ok((Address { part: row.part()?, key: row.key()? }, reason))
}

/// What transfers between accounts left between them, besides what waits to be credited, and what loans that paid for
/// others left, where it is not nothing.
pub(crate) fn left_between_accounts() -> String {
    let moved = |account: GlAccount| {
        let name = account.name();
        format!(
            "select '{name}' as name, currency, case when debit = '{name}' then amount_minor else -amount_minor end as minor
               from journal_transfer where debit = '{name}' or credit = '{name}'"
        )
    };
    let clearing = GlAccount::ALL.iter().copied().filter(|account| account.is_clearing());
    let both = clearing.map(moved).collect::<Vec<_>>().join(" union all ");
    let name = GlAccount::AccountTransfers.name();
    format!(
        "select currency, cast(sum(minor) as bigint) from (
           {both} union all
           select '{name}' as name, currency, cash_minor as minor from investor_share where credited_by is null) as moved
          group by name, currency having sum(minor) <> 0 order by currency, 2"
    )
}

/// Reads `currency, sum`.
pub(crate) fn read_left(row: &impl Columns) -> Result<(String, i64), StoreError> {
    let mut row = Cursor::new("what is left between accounts", row);
    Ok((row.string()?, row.int()?))
}

/// How many rows each table of [`RowCounts`] has, in its order. One statement, so that it is of one instant.
pub(crate) fn row_counts() -> String {
    let tables = [
        "loan_account",
        "loan_action",
        "installment",
        "loan_transaction",
        "settlement",
        "investor_share",
        "savings_account",
        "savings_transaction",
        "journal_transfer",
        "evening_log",
    ];
    format!("select {}", tables.map(|table| format!("(select count(*) from {table})")).join(", "))
}

/// Reads what [`row_counts`] selects.
pub(crate) fn read_row_counts(row: &impl Columns) -> Result<RowCounts, StoreError> {
    let mut row = Cursor::new("row counts", row);
    let mut count = || Ok(u64::try_from(row.int()?).unwrap_or_default());
    Ok(RowCounts {
        loans: count()?,
        actions: count()?,
        installments: count()?,
        loan_transactions: count()?,
        settlements: count()?,
        shares: count()?,
        savings: count()?,
        savings_transactions: count()?,
        transfers: count()?,
        postings: count()?,
    })
}

/// Tables whose rows must belong to a log, each with the question for accounts that have rows but no
/// log. Transactions and transfers belong to the very entry whose number they have; transfers come of loans, of deposit
/// accounts, or of what the book posts in the evening.
pub(crate) fn orphan_queries() -> Vec<(&'static str, String)> {
    const ACCOUNT: &[&str] = &["part", "account_no"];
    const ENTRY: &[&str] = &["part", "account_no", "seq", "log_no"];
    let of_loans = LOGGED_LOANS.map(|table| (table, &["loan_log"][..], ACCOUNT));
    let of_savings = LOGGED_SAVINGS.map(|table| (table, &["savings_log"][..], ACCOUNT));
    let of_entries = [
        ("loan_transaction", &["loan_log"][..], ENTRY),
        ("journal_transfer", &["loan_log", "savings_log", "evening_log"][..], ENTRY),
        ("evening_log", &["income_account", "provision_account"][..], ACCOUNT),
    ];
    let all = of_loans.into_iter().chain(of_entries).chain(of_savings);
    all.map(|(table, logs, by)| (table, orphan_query(table, logs, by))).collect()
}

fn orphan_query(table: &str, logs: &[&str], by: &[&str]) -> String {
    let has_no = |log: &&str| {
        let same: Vec<String> =
            by.iter().map(|column| format!("{log}.{column} = {table}.{column}")).collect();
        format!("not exists (select 1 from {log} where {})", same.join(" and "))
    };
    let conditions: Vec<String> = logs.iter().map(has_no).collect();
    let conditions = conditions.join(" and ");
    format!("select distinct part, account_no from {table} where {conditions} order by part, account_no")
}

pub(crate) fn orphan_line(table: &str, (part, account_no): Account) -> String {
    let what = match table {
        "loan_transaction" | "journal_transfer" => "has rows that no entry of a log brought",
        _ => "has rows, but there is no log",
    };
    format!("account number {account_no} of part {}: {table} {what}", part.number())
}

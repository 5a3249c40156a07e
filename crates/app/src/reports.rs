//! Reports: which rows each reads, page by page. What the rows say is told in the book, how they go out at the door.

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::loan::Loan;
use loam_book::loan::as_of::{View, as_of, with_owed_to_others};
use loam_book::report::at_risk::{AGING, Aging, Bands, PORTFOLIO_AT_RISK, PortfolioAtRisk};
use loam_book::report::deposits::{self, DEPOSIT_SUB_LEDGER};
use loam_book::report::loans::{self, COLLECTIONS, SCHEDULES, SUB_LEDGER, TRANSACTIONS};
use loam_book::report::provisions::{PROVISIONS, Provisions};
use loam_book::report::{Column, Row};
use loam_book::savings::as_of::as_of as deposit_as_of;

use crate::error::StoreError;
use crate::ports::{ByDay, Logged, ReadStore};
use crate::reading::{Now, as_begun};

mod ledger;

pub use ledger::Statement;

/// How many accounts are read at once.
const PAGE: i64 = 500;

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    TrialBalance,
    Income,
    SubLedger,
    DepositSubLedger,
    PortfolioAtRisk,
    Aging,
    Provisions,
    Collections,
    Schedules,
    Transactions,
}

/// Which days and branches a report is about.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What happened, or falls due, in these days; both ends belong to it.
    pub from: Option<Date>,
    pub to: Date,
    /// The day on which loans are looked at, by reports that show how they stand.
    pub on: Date,
    pub by: ByDay,
    pub branch: Option<Key>,
    pub bands: Bands,
}

impl Scope {
    /// How the day is looked at: as it was known then, or by all that is known now.
    fn view(&self, business_date: Date) -> View {
        let known_on = match self.by {
            ByDay::Booking => self.on,
            ByDay::Value => business_date,
        };
        View { as_of: self.on, known_on }
    }
}

/// A report that is being read: columns, and rows until there are no more.
pub struct Table {
    pub columns: &'static [Column],
    rows: Rows,
}

enum Rows {
    /// All there are.
    Whole(Vec<Row>),
    Statement(Box<Statement>),
    Loans(LoanRows),
    Deposits(DepositRows),
    Done,
}

/// Rows that are made of one loan after the other.
struct LoanRows {
    report: Report,
    scope: Scope,
    /// The day on which loans were as they are stored.
    business_date: Date,
    after: Option<(Part, i64)>,
}

/// Rows that are made of one deposit account after the other.
struct DepositRows {
    scope: Scope,
    business_date: Date,
    after: Option<(Part, i64)>,
}

impl Table {
    /// Opens a report. What is added up is added up now.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn open(
        report: Report,
        scope: Scope,
        store: &dyn ReadStore,
        now: &Now,
    ) -> Result<Table, StoreError> {
        let business_date = now.state.business_date;
        let walk = |scope: Scope| LoanRows { report, scope, business_date, after: None };
        let (columns, rows) = match report {
            Report::TrialBalance => {
                (ledger::TRIAL_BALANCE, Rows::Whole(ledger::trial_balance(&scope, store, now).await?))
            }
            Report::Income => (ledger::INCOME, Rows::Whole(ledger::income(&scope, store, now).await?)),
            Report::PortfolioAtRisk => {
                let bands = scope.bands.clone();
                let mut found = PortfolioAtRisk::new(&bands);
                let on = scope.on;
                walk(scope).each(store, |loan| found.add(loan, on)).await?;
                (PORTFOLIO_AT_RISK, Rows::Whole(found.rows(&now.catalog)))
            }
            Report::Aging => {
                let bands = scope.bands.clone();
                let mut found = Aging::new(&bands);
                let on = scope.on;
                walk(scope).each(store, |loan| found.add(loan, on)).await?;
                (AGING, Rows::Whole(found.rows(&now.catalog)))
            }
            Report::Provisions => {
                let mut found = Provisions::new(&now.catalog);
                let on = scope.on;
                walk(scope).each(store, |loan| found.add(loan, on)).await?;
                (PROVISIONS, Rows::Whole(found.rows()))
            }
            Report::SubLedger => (SUB_LEDGER, Rows::Loans(walk(scope))),
            Report::DepositSubLedger => {
                (DEPOSIT_SUB_LEDGER, Rows::Deposits(DepositRows { scope, business_date, after: None }))
            }
            Report::Collections => (COLLECTIONS, Rows::Loans(walk(scope))),
            Report::Schedules => (SCHEDULES, Rows::Loans(walk(scope))),
            Report::Transactions => (TRANSACTIONS, Rows::Loans(walk(scope))),
        };
        Ok(Table { columns, rows })
    }

    /// Opens the statement of a GL account.
    pub fn of_account(statement: Statement) -> Table {
        Table { columns: ledger::STATEMENT, rows: Rows::Statement(Box::new(statement)) }
    }

    /// The next rows, of which there may be none; `None` at the end.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn next(
        &mut self,
        store: &dyn ReadStore,
        catalog: &Catalog,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let page = match &mut self.rows {
            Rows::Done => return Ok(None),
            Rows::Whole(rows) => {
                let rows = std::mem::take(rows);
                self.rows = Rows::Done;
                return Ok(Some(rows));
            }
            Rows::Statement(statement) => statement.next(store, catalog).await?,
            Rows::Loans(walk) => walk.next(store, catalog).await?,
            Rows::Deposits(walk) => walk.next(store, catalog).await?,
        };
        if page.is_none() {
            self.rows = Rows::Done;
        }
        Ok(page)
    }
}

impl LoanRows {
    async fn next(
        &mut self,
        store: &dyn ReadStore,
        catalog: &Catalog,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let due = (self.scope.from.unwrap_or(Date::MIN), self.scope.to);
        match self.report {
            Report::Transactions => self.next_transactions(store, catalog).await,
            Report::Schedules => self.next_rows(store, |loan| loans::schedule(loan, catalog)).await,
            Report::Collections => self.next_rows(store, |loan| loans::collections(loan, due, catalog)).await,
            Report::SubLedger
            | Report::DepositSubLedger
            | Report::TrialBalance
            | Report::Income
            | Report::PortfolioAtRisk
            | Report::Aging
            | Report::Provisions => self.next_of_sub_ledger(store, catalog).await,
        }
    }

    async fn next_rows(
        &mut self,
        store: &dyn ReadStore,
        rows_of: impl Fn(&Loan) -> Vec<Row> + Send,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let loans = self.next_loans(store).await?;
        Ok(loans.map(|loans| loans.iter().flat_map(rows_of).collect()))
    }

    /// What is owed to others is told by the steps of a loan alone, so that logs are read on any day.
    async fn next_of_sub_ledger(
        &mut self,
        store: &dyn ReadStore,
        catalog: &Catalog,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let Some(logs) = self.next_logs(store).await? else { return Ok(None) };
        let (view, on) = (self.scope.view(self.business_date), self.scope.on);
        let found = logs.iter().filter_map(|log| with_owed_to_others(&log.entries, view));
        let found = found.filter(|(loan, _)| self.is_of_branch(loan));
        Ok(Some(
            found.filter_map(|(loan, to_others)| loans::sub_ledger(&loan, &to_others, on, catalog)).collect(),
        ))
    }

    /// Shows every loan that there was.
    async fn each(
        mut self,
        store: &dyn ReadStore,
        mut show: impl FnMut(&Loan) + Send,
    ) -> Result<(), StoreError> {
        while let Some(loans) = self.next_loans(store).await? {
            loans.iter().for_each(&mut show);
        }
        Ok(())
    }

    /// The next loans as they were on the day: as they are stored, or folded from their logs where the day is over.
    async fn next_loans(&mut self, store: &dyn ReadStore) -> Result<Option<Vec<Loan>>, StoreError> {
        let loans = if self.scope.on < self.business_date {
            let view = self.scope.view(self.business_date);
            let Some(logs) = self.next_logs(store).await? else { return Ok(None) };
            logs.iter().filter_map(|log| as_of(&log.entries, view)).collect()
        } else {
            let after = self.after.map(|(part, account_no)| (i64::from(part.number()), account_no));
            let loans = store.loans_after(after, PAGE).await?.all()?;
            let Some(last) = loans.last() else { return Ok(None) };
            self.after = Some((last.part, last.account_no));
            loans
        };
        Ok(Some(loans.into_iter().filter(|loan| self.is_of_branch(loan)).collect()))
    }

    async fn next_logs(&mut self, store: &dyn ReadStore) -> Result<Option<Vec<Logged>>, StoreError> {
        let logs = store.logs_after(self.after, PAGE).await?;
        let Some(last) = logs.last() else { return Ok(None) };
        self.after = Some((last.part, last.account_no));
        for log in &logs {
            as_begun((log.part, log.account_no), loam_book::loan::log::begun(&log.entries))?;
        }
        Ok(Some(logs))
    }

    async fn next_transactions(
        &mut self,
        store: &dyn ReadStore,
        catalog: &Catalog,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let found = store.transactions_after(self.after, PAGE).await?;
        let Some((last, _)) = found.last() else { return Ok(None) };
        self.after = Some((last.part, last.account_no));
        let days = self.scope.from.unwrap_or(Date::MIN)..=self.scope.to;
        let mut rows = Vec::new();
        for (loan, transactions) in found.iter().filter(|(loan, _)| self.is_of_branch(loan)) {
            for transaction in transactions {
                let day = match self.scope.by {
                    ByDay::Booking => transaction.stamp.booking_date,
                    ByDay::Value => transaction.value_date,
                };
                if days.contains(&day) {
                    rows.push(loans::transaction(loan, transaction, catalog));
                }
            }
        }
        Ok(Some(rows))
    }

    fn is_of_branch(&self, loan: &Loan) -> bool {
        self.scope.branch.is_none_or(|branch| loan.assignment.branch == Some(branch))
    }
}

impl DepositRows {
    /// The parts in which a balance was booked are told by the log alone, so that it is read on any day.
    async fn next(
        &mut self,
        store: &dyn ReadStore,
        catalog: &Catalog,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let logs = store.savings_logs_after(self.after, PAGE).await?;
        let Some(last) = logs.last() else { return Ok(None) };
        self.after = Some((last.part, last.account_no));
        for log in &logs {
            as_begun((log.part, log.account_no), loam_book::savings::log::begun(&log.entries))?;
        }
        let view = self.scope.view(self.business_date);
        let found = logs.iter().filter_map(|log| deposit_as_of(&log.entries, view));
        let found = found.filter(|(account, _)| {
            self.scope.branch.is_none_or(|branch| account.assignment.branch == Some(branch))
        });
        Ok(Some(
            found.map(|(account, standing)| deposits::sub_ledger(&account, &standing, catalog)).collect(),
        ))
    }
}

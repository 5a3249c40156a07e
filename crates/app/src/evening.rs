//! The evening: before a day is over, what many accounts make together is added up in one walk over all loans and one over
//! all deposit accounts, and the differences to what was posted before are posted. Nothing is changed on accounts. Run again, there is no difference;
//! stopped anywhere, the next run posts what is missing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::journal::deposit_interest::{self, DepositInterestAccount, DepositInterestSums};
use loam_book::journal::income::{self, IncomeAccount, IncomeSums};
use loam_book::journal::provisions::{ProvisionAccount, ProvisionSums, Provisioning};
use loam_book::loan::Loan;
use loam_book::savings::Savings;

use crate::aside::panic_text;
use crate::command::{Caller, Command};
use crate::day_report::{Failure, Failures};
use crate::end_of_day::EndOfDay;
use crate::error::{AppError, StoreError};
use crate::ports::{ReadStore, UnreadableLoan, UnreadableRow};

/// How many accounts are read at once.
const PAGE: i64 = 1_000;
/// How often it is added up again because another server posted meanwhile.
const ROUNDS: u32 = 5;

/// Allowances as they are added up, and what stands of them.
type Provisions = (ProvisionSums, Vec<ProvisionAccount>);

/// What is to be added up, and what is posted of it.
struct Evening {
    on: Date,
    catalog: Catalog,
    /// `None`: this evening no interest can be posted, put in suspense or taken back.
    income: Option<(IncomeSums, Vec<IncomeAccount>)>,
    /// `None`: it is not the evening for it, or there is nothing to set aside or to release.
    provisions: Option<Provisions>,
    /// `None`: this evening no interest of deposits can be posted or taken back.
    deposits: Option<(DepositInterestSums, Vec<DepositInterestAccount>)>,
    /// Accounts of which something could not be told.
    untold: Failures,
    /// How many accounts were read.
    read: u64,
}

impl EndOfDay {
    /// Posts what a day brings for many accounts together, with that day as booking date and value date. Of several
    /// servers that do so, each posts what the others have not: who meets another's posting adds up again. Gives for how
    /// many groups something was posted here; accounts of which something could not be told are noted in the report.
    pub(crate) async fn post_evening(
        &self,
        on: Date,
        caller: &Caller,
        failures: &mut Failures,
    ) -> Result<u64, AppError> {
        let (mut round, mut posted) = (1, 0);
        loop {
            match self.try_evening(on, (caller, &mut *failures), &mut posted).await {
                Err(AppError::Store(StoreError::VersionConflict)) if round < ROUNDS => round += 1,
                tried => return tried.map(|()| posted),
            }
        }
    }

    async fn try_evening(
        &self,
        on: Date,
        (caller, failures): (&Caller, &mut Failures),
        posted: &mut u64,
    ) -> Result<(), AppError> {
        let mut evening = Evening::begin(self.reader(), on).await?;
        // Where another server went on to the next day, it has posted.
        if !self.add_loans(&mut evening).await? || !self.add_deposits(&mut evening).await? {
            return Ok(());
        }
        let postings = evening.postings();
        *failures = evening.untold;
        if !postings.is_empty() {
            tracing::info!(%on, accounts = evening.read, postings = postings.len(), "interest that has grown and allowances were added up");
        }
        for posting in postings {
            let outcome = self.desk().submit_behind(posting, caller.clone()).await?;
            // On a later day it was not posted: another server has done it.
            *posted += u64::from(outcome.business_date == on);
        }
        Ok(())
    }

    /// False where the day is over before all loans are added.
    async fn add_loans(&self, evening: &mut Evening) -> Result<bool, AppError> {
        let mut after = None;
        while evening.income.is_some() || evening.provisions.is_some() {
            let page = self.reader().loans_after(after, PAGE).await?;
            if page.last.is_none() {
                break;
            }
            after = page.last;
            let read = page.loans.len() + page.unreadable.len();
            page.loans.iter().for_each(|loan| evening.add(loan));
            page.unreadable.into_iter().for_each(|loan| evening.leave_out(loan));
            if !self.goes_on(evening, read).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The same of deposit accounts.
    async fn add_deposits(&self, evening: &mut Evening) -> Result<bool, AppError> {
        let mut after = None;
        while evening.deposits.is_some() {
            let page = self.reader().deposits_after(after, PAGE).await?;
            if page.last.is_none() {
                break;
            }
            after = page.last;
            let read = page.rows.len();
            page.rows.into_iter().for_each(|deposit| evening.add_deposit(deposit));
            if !self.goes_on(evening, read).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Tells how many accounts were added; whether the book is still on the day.
    async fn goes_on(&self, evening: &mut Evening, read: usize) -> Result<bool, AppError> {
        evening.read = evening.read.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        self.tell(|running| (running.done, running.failed) = (evening.read, evening.untold.count()));
        Ok(self.reader().state().await?.business_date == evening.on)
    }
}

impl Evening {
    async fn begin(reader: &dyn ReadStore, on: Date) -> Result<Evening, StoreError> {
        let mut untold = Failures::default();
        let income = unless_unreadable(reader.income_accounts().await, "income_account", &mut untold)?;
        let provisions = reader.provision_accounts().await;
        let provisions = unless_unreadable(provisions, "provision_account", &mut untold)?;
        let deposits = reader.deposit_interest_accounts().await;
        let deposits = unless_unreadable(deposits, "deposit_interest_account", &mut untold)?;
        let catalog = reader.catalog().await?;
        let products = || catalog.products.iter().map(AsRef::as_ref);
        let of_deposits = || catalog.savings_products.iter().map(AsRef::as_ref);
        let income = income.filter(|income| income::is_due_on(products(), income, on));
        let deposits = deposits.filter(|posted| deposit_interest::is_due_on(of_deposits(), posted, on));
        let provisions = provisions.filter(|provisions| provides(&catalog, provisions, on));
        Ok(Evening {
            on,
            income: income.map(|accounts| (IncomeSums::default(), accounts)),
            provisions: provisions.map(|accounts| (ProvisionSums::default(), accounts)),
            deposits: deposits.map(|accounts| (DepositInterestSums::default(), accounts)),
            catalog,
            untold,
            read: 0,
        })
    }

    /// Adds what a loan makes. One of which that cannot be told holds up no other: it is noted. What has grown on it is
    /// left out; of allowances of loans like it nothing is released.
    fn add(&mut self, loan: &Loan) {
        let (on, catalog) = (self.on, &self.catalog);
        if let Some((sums, _)) = &mut self.income {
            let told = caught("interest that has grown on the loan cannot be told", || sums.add(loan, on));
            note(told.err(), loan.key, &mut self.untold);
        }
        if let Some(sums) = set_aside(&mut self.provisions, catalog) {
            let told =
                caught("what is to be set aside for the loan cannot be told", || sums.add(loan, catalog, on));
            if told.is_err() {
                sums.add_untold(loan, catalog);
            }
            note(told.err(), loan.key, &mut self.untold);
        }
    }

    /// A loan of which nothing can be told, since it cannot be read.
    fn leave_out(&mut self, loan: UnreadableLoan) {
        let set_aside = set_aside(&mut self.provisions, &self.catalog);
        let is_missed = self.income.is_some() || set_aside.is_some();
        if let Some(sums) = set_aside {
            sums.add_unreadable(loan.group);
        }
        if is_missed {
            self.untold.note_unreadable(vec![loan.row]);
        }
    }

    /// Adds what has grown on a deposit account. One of which that cannot be told is noted and left out.
    fn add_deposit(&mut self, deposit: Result<Savings, UnreadableRow>) {
        let Some((sums, _)) = &mut self.deposits else { return };
        match deposit {
            Ok(deposit) => {
                let what = "interest that has grown on the deposit account cannot be told";
                let told = caught(what, || sums.add(&deposit, self.on));
                note(told.err(), deposit.key, &mut self.untold);
            }
            Err(row) => self.untold.note_unreadable(vec![row]),
        }
    }

    fn postings(&self) -> Vec<Command> {
        let income = self.income.iter().flat_map(|(sums, accounts)| sums.postings(accounts, self.on));
        let provisions = self.provisions.iter().flat_map(|(sums, accounts)| sums.postings(accounts, self.on));
        let income = income.map(|posting| Command::PostIncome(Box::new(posting)));
        let deposits = self.deposits.iter().flat_map(|(sums, accounts)| sums.postings(accounts, self.on));
        let of_loans = income.chain(provisions.map(|posting| Command::PostProvision(Box::new(posting))));
        of_loans.chain(deposits.map(|posting| Command::PostDepositInterest(Box::new(posting)))).collect()
    }
}

/// What was posted, of all groups. Where it cannot be read of one, nothing is posted of any: what stands of it is not
/// known. The first evening after it was mended posts all that is missing.
fn unless_unreadable<T>(
    posted: Result<T, StoreError>,
    table: &str,
    untold: &mut Failures,
) -> Result<Option<T>, StoreError> {
    match posted {
        Ok(posted) => Ok(Some(posted)),
        Err(StoreError::Unreadable(reason)) => {
            untold.note_unreadable(vec![UnreadableRow { account: table.to_owned(), reason }]);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Gives why not, where it cannot be told.
fn caught(what: &str, add: impl FnOnce()) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(add)).map_err(|panic| format!("{what}: {}", panic_text(panic.as_ref())))
}

/// An account is listed once, by what failed first.
fn note(reason: Option<String>, account: Key, untold: &mut Failures) {
    let Some(reason) = reason else { return };
    let account = account.to_string();
    tracing::error!(account, reason, "an evening goes on without an account");
    if untold.last().is_none_or(|last| last.account != account) {
        untold.note(Failure { account, reason });
    }
}

/// What is set aside, as far as it is added up: where nothing is any more, what stands is released.
fn set_aside<'a>(provisions: &'a mut Option<Provisions>, catalog: &Catalog) -> Option<&'a mut ProvisionSums> {
    let (sums, _) = provisions.as_mut()?;
    (provisioning(catalog) != Provisioning::None).then_some(sums)
}

fn provisioning(catalog: &Catalog) -> Provisioning {
    catalog.settings.as_ref().map(|settings| settings.provisioning).unwrap_or_default()
}

/// Whether allowances are to be looked at: where they are posted this evening, or where some are left to be released.
fn provides(catalog: &Catalog, accounts: &[ProvisionAccount], on: Date) -> bool {
    let provisioning = provisioning(catalog);
    let is_left = accounts.iter().any(|account| !account.amounts.allowance.is_zero());
    provisioning.is_posted_on(on) && (provisioning != Provisioning::None || is_left)
}

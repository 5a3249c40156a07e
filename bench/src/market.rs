//! Investors under load: bookings into one application that everybody wants, and repayments on loans that share one
//! investor, beside the same loans without one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use jiff::Timestamp;
use loam_app::command::{Address, Command, Done, MarketCommand};
use loam_book::application::apply::{NewApplication, Resolved};
use loam_book::application::booking::NewBooking;
use loam_book::application::fund_transaction::NewFundTransaction;
use loam_book::loan::command::{Disburse, LoanCommand};
use loam_book::loan::{Holder, HolderKind};
use loam_book::party::Assignment;
use loam_book::product::IdPattern;
use loam_book::record::Record;
use loam_book::savings::command::{NewSavings, SavingsCommand, SavingsFigures};
use loam_book::savings::product::{AccountType, SavingsProduct};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::currency::Currency;
use loam_store::DatabaseUrl;

use crate::doors::{LOAN_PRODUCT, PURPOSE, account, key, prepare, request, token};
use crate::fill::{BUSINESS_DATE, Filler};
use crate::serve::{API_KEY_HASH, Bench, Books, CONNECTIONS, Running, repayments};
use loam_load::http::{Latencies, Requests, load};
use loam_load::table::{Row, Table, ratio};

const INVESTORS: usize = 1_000;
/// Bookings in a second that are to be reached.
const BOOKINGS_PER_SECOND: u128 = 2_000;
/// Percent of the repayments without investors that are to be reached.
const PERCENT_TO_REACH: u128 = 70;
/// How many loans wait for their money at once while a book is filled.
const AT_ONCE: usize = 500;
/// The number of the key of the product of investors' accounts.
const PRODUCT: u64 = 9;

/// Measures both, each on books of their own.
pub(crate) async fn measure(table: &mut Table, bench: &Bench<'_>) -> anyhow::Result<()> {
    let books = Books::begin(bench)?;
    booking(table, bench, &books.fresh("bookings")?).await?;
    let with = repaid(bench, &books.fresh("shared")?, true).await?;
    let without = repaid(bench, &books.fresh("alone")?, false).await?;
    let loans = bench.size.loans;
    table.push(Row {
        what: format!(
            "{}, durable repayments on {loans} loans that share one investor, {CONNECTIONS} connections",
            bench.kind.name()
        ),
        measured: told(&with),
        reference: format!(
            "{}/s without investors, of which {PERCENT_TO_REACH} % are to be reached",
            without.per_second
        ),
        ratio: ratio(with.per_second, without.per_second),
    });
    Ok(())
}

fn told(latencies: &Latencies) -> String {
    let (p50, p99) = (latencies.p50.as_micros(), latencies.p99.as_micros());
    format!("{}/s, p50 {p50} µs, p99 {p99} µs ({} requests)", latencies.per_second, latencies.count)
}

/// Many investors book parts of one application; once it is funded, better rates push worse ones out.
async fn booking(table: &mut Table, bench: &Bench<'_>, url: &str) -> anyhow::Result<()> {
    let parsed = DatabaseUrl::parse(url).map_err(|error| anyhow!("{error}"))?;
    let filler = Filler::create(&parsed, API_KEY_HASH.trim()).await?;
    let clients = prepare(&filler).await?;
    let market = Market { filler, borrower: clients[0] };
    market.open_investors(INVESTORS, "1000000").await?;
    let (application, _) = market.apply("100000").await?;
    market.filler.close();
    let server = Running::start(bench, url)?;
    let credential = format!("authorization: Bearer {}", token(&server.address)?);
    let requests: Requests = Arc::new(move |number| {
        let investor = investor(number.wrapping_mul(61_803) % INVESTORS);
        let body = format!(
            r#"{{"investorId":"{investor}","loanApplication":"{application}","investmentAmount":10,"certificateRate":{}.{}}}"#,
            9 - number / 10_000 % 5,
            number % 10
        );
        request("POST /services/apexrest/peer/v1/investmentBookings", &credential, &body)
    });
    let seconds = Duration::from_secs(bench.size.seconds);
    let booked = load(&server.address, CONNECTIONS, seconds, &requests).await?;
    table.push(Row {
        what: format!(
            "{}, bookings of {INVESTORS} investors into one application, {CONNECTIONS} connections",
            bench.kind.name()
        ),
        measured: told(&booked),
        reference: format!("{BOOKINGS_PER_SECOND}/s"),
        ratio: ratio(booked.per_second, BOOKINGS_PER_SECOND),
    });
    Ok(())
}

/// Repayments on loans that were applied for, with or without the money of one investor.
async fn repaid(bench: &Bench<'_>, url: &str, is_invested: bool) -> anyhow::Result<Latencies> {
    let parsed = DatabaseUrl::parse(url).map_err(|error| anyhow!("{error}"))?;
    let filler = Filler::create(&parsed, API_KEY_HASH.trim()).await?;
    let clients = prepare(&filler).await?;
    let market = Market { filler, borrower: clients[0] };
    let investor = market.open_investors(1, "1000000000000").await?;
    let mut loans = Vec::with_capacity(bench.size.loans);
    while loans.len() < bench.size.loans {
        let count = AT_ONCE.min(bench.size.loans - loans.len());
        let borrowers = (0..count).map(|n| clients[(loans.len() + n) % clients.len()]);
        loans.extend(market.lend(borrowers.collect(), investor.first().filter(|_| is_invested)).await?);
    }
    market.filler.close();
    let server = Running::start(bench, url)?;
    let seconds = Duration::from_secs(bench.size.seconds);
    load(&server.address, CONNECTIONS, seconds, &repayments(&loans)).await
}

/// The marketplace of a book that is filled.
struct Market {
    filler: Filler,
    borrower: Address,
}

impl Market {
    async fn done(&self, command: Command) -> anyhow::Result<Done> {
        self.filler.outcome(command).await
    }

    async fn all(&self, commands: Vec<Command>) -> anyhow::Result<Vec<Done>> {
        let done = commands.into_iter().map(|command| self.done(command));
        futures_util::future::join_all(done).await.into_iter().collect()
    }

    /// Accounts of investors, each with so much money.
    async fn open_investors(&self, count: usize, cash: &str) -> anyhow::Result<Vec<Address>> {
        self.done(Command::CreateRecord(Box::new(Record::SavingsProduct(Box::new(savings_product())))))
            .await?;
        let open = |number: usize| Command::CreateSavings {
            holder: self.borrower,
            new: Box::new(new_account(self.borrower, number)),
        };
        let mut accounts = Vec::with_capacity(count);
        for done in self.all((0..count).map(open).collect()).await? {
            let Done::Savings { account, .. } = done else { bail!("a deposit account is told") };
            accounts.push(account.address());
        }
        let approve = |account: &Address| Command::Savings {
            account: *account,
            command: SavingsCommand::Approve { notes: None },
        };
        self.all(accounts.iter().map(approve).collect()).await?;
        let pay_in = |(number, account): (usize, &Address)| {
            let new = NewFundTransaction {
                investor_id: investor(number),
                amount: StatedAmount(cash.to_owned()),
                transaction_date: BUSINESS_DATE,
                payment_mode: None,
                bank_account: None,
            };
            Command::Market(Box::new(MarketCommand::Announce { account: *account, new, clears: true }))
        };
        self.all(accounts.iter().enumerate().map(pay_in).collect()).await?;
        Ok(accounts)
    }

    /// An application for so much; its name, and its address with that of its loan.
    async fn apply(&self, amount: &str) -> anyhow::Result<(String, (Address, Address))> {
        applied(self.done(application(self.borrower, amount)).await?)
    }

    /// Loans of 5,000 to these borrowers, with the investor's money where there is one.
    async fn lend(
        &self,
        borrowers: Vec<Address>,
        investor: Option<&Address>,
    ) -> anyhow::Result<Vec<Address>> {
        let applications = borrowers.into_iter().map(|borrower| application(borrower, "5000"));
        let mut places = Vec::new();
        for done in self.all(applications.collect()).await? {
            places.push(applied(done)?.1);
        }
        if let Some(account) = investor {
            let bookings = places.iter().map(|(application, _)| book(*application, *account));
            self.all(bookings.collect()).await?;
        } else {
            let approve = |loan| Command::Loan { loan, command: LoanCommand::Approve { notes: None } };
            self.all(places.iter().map(|(_, loan)| approve(*loan)).collect()).await?;
        }
        let disburse = |loan| Command::Loan { loan, command: LoanCommand::Disburse(Disburse::default()) };
        self.all(places.iter().map(|(_, loan)| disburse(*loan)).collect()).await?;
        Ok(places.into_iter().map(|(_, loan)| loan).collect())
    }
}

/// The id by which the marketplace knows an investor.
fn investor(number: usize) -> String {
    format!("001G1000{number:07}")
}

fn applied(done: Done) -> anyhow::Result<(String, (Address, Address))> {
    let Done::Application { application, .. } = done else { bail!("an application is told") };
    let Some(loan) = &application.loan else { bail!("a schedule makes a loan account") };
    let loan = Address { part: application.part, key: loan.key };
    Ok((format!("APP-{:08}", application.number), (application.address(), loan)))
}

fn application(borrower: Address, amount: &str) -> Command {
    let resolved = |value: &str, number| Resolved { value: value.to_owned(), key: Some(key(number)) };
    let new = NewApplication {
        borrower_account: account(0),
        purpose: resolved("Family", PURPOSE),
        product: resolved("Default", LOAN_PRODUCT),
        amount: Some(StatedAmount(amount.to_owned())),
        interest_rate: Some(StatedPercent("12".to_owned())),
        term: Some(12),
        maturity_date: None,
        due_day: None,
        disbursal_date: None,
        first_installment_date: None,
        expiry_date: None,
        protect_type: None,
        protect_fee_percent: None,
        protect_waiver_type: None,
        eod_accrual_type: None,
        eod_fee_accrual: None,
        create_schedule: true,
        refinancing: None,
        not_served: None,
    };
    Command::Apply { borrower, new: Box::new(new) }
}

fn book(application: Address, account: Address) -> Command {
    let new = NewBooking {
        investor_id: investor(0),
        booking_order: None,
        amount: None,
        certificate_rate: None,
        service_rate: None,
    };
    Command::Market(Box::new(MarketCommand::Book { application, account, new }))
}

fn new_account(holder: Address, number: usize) -> NewSavings {
    NewSavings {
        id: Some(investor(number)),
        holder: Holder { kind: HolderKind::Client, key: holder.key },
        product: key(PRODUCT),
        name: None,
        notes: None,
        assignment: Assignment::default(),
        currency: None,
        figures: SavingsFigures::default(),
        line_of_credit: None,
        custom_values: Vec::new(),
    }
}

fn savings_product() -> SavingsProduct {
    SavingsProduct {
        key: key(PRODUCT),
        id: "INV".into(),
        name: "Investors".into(),
        description: None,
        account_type: AccountType::InvestorAccount,
        is_active: true,
        for_individuals: true,
        for_groups: false,
        branches: Vec::new(),
        currency: Currency::USD,
        id_pattern: IdPattern::Incremental,
        allows_overdraft: false,
        max_overdraft_limit: None,
        max_withdrawal: None,
        recommended_deposit: None,
        minimum_opening_balance: None,
        allows_arbitrary_fees: false,
        interest: None,
        dormancy_days: None,
        term: None,
        accounting: Default::default(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

//! Demo data: branches, products of every kind that the book services, clients, loans in every state of
//! their lives, and something of whatever stands around them. Everything goes through the desk.

use std::sync::Arc;

use anyhow::anyhow;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use loam_app::command::{Address, Command, Done};
use loam_book::actor::Door;
use loam_book::ids::{Key, Part};
use loam_book::journal::rules::AccrualPosting;
use loam_book::loan::command::{ChargeFee, Disburse, LoanCommand, LoanFigures, NewLoan, Repay};
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_book::organization::{
    Branch, Centre, ChannelField, OfficeState, TransactionChannel, TransactionDetails,
};
use loam_book::party::{Assignment, NewClient, Profile};
use loam_book::product::charges::ChargeRules;
use loam_book::product::controls::ControlRules;
use loam_book::product::interest::InterestRules;
use loam_book::product::payments::{Amortization, PaymentRules};
use loam_book::product::securities::SecurityRules;
use loam_book::product::{
    AccountingMethod, GracePeriodType, IdPattern, InitialState, InterestApplication, PaymentMethod,
    PrepaymentAcceptance, Product, ProductDueDates, ProductType, Range,
};
use loam_book::record::Record;
use loam_book::stated::StatedAmount;
use loam_calc::allocation::{AllocationOrder, Component};
use loam_calc::calendar::PeriodUnit;
use loam_calc::currency::Currency;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::{NonWorkingDays, ShortMonth};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder};

use self::crowd::Ground;
use crate::book::{Book, operator, submit_record};

/// Fills a new book.
pub(crate) async fn fill(book: &Book) -> anyhow::Result<()> {
    fill_for_crowd(book, AccrualPosting::None).await.map(|_| ())
}

/// Fills a new book; gives what more loans can rest on.
async fn fill_for_crowd(book: &Book, accrual_posting: AccrualPosting) -> anyhow::Result<Ground> {
    let state = book.reader.state().await.map_err(|error| anyhow!("{error}"))?;
    let (currency, business_date) = (state.currency, state.business_date);
    let demo = Demo { book, currency, business_date, at: book.clock.now(), accrual_posting };
    let branch = demo.offices().await?;
    demo.channels().await?;
    let products = demo.products().await?;
    let clients = demo.people(branch, &products).await?;
    demo.around(branch, &clients).await?;
    demo.loans_of_every_kind(branch).await?;
    Ok(Ground { products, branches: vec![branch] })
}

mod around;
pub(crate) mod command;
pub(crate) mod crowd;
pub(crate) mod history;
mod kinds;

struct Demo<'a> {
    book: &'a Book,
    currency: Currency,
    business_date: Date,
    at: Timestamp,
    /// When the products of the crowd post interest that has grown.
    accrual_posting: AccrualPosting,
}

/// Where a demo loan stands in its life.
#[derive(Debug, Clone, Copy)]
enum Story {
    Applied,
    Approved,
    Rejected,
    Withdrawn,
    /// Paid as agreed so far.
    OnTime,
    /// Nothing was paid for the last two installments.
    InArrears,
    /// A fee was charged and part of an installment paid.
    WithFee,
    Repaid,
    WrittenOff,
    Locked,
}

/// What a demo loan agrees on.
struct Agreed {
    id: Option<String>,
    product: Key,
    figures: LoanFigures,
}

const STORIES: [(&str, &str, Story); 12] = [
    ("Amara", "Okafor", Story::OnTime),
    ("Björn", "Lindqvist", Story::InArrears),
    ("Chen", "Wei", Story::Repaid),
    ("Dalia", "Haddad", Story::Applied),
    ("Elena", "Popescu", Story::Approved),
    ("Farid", "Rahimi", Story::WrittenOff),
    ("Grace", "Mwangi", Story::WithFee),
    ("Hugo", "Pereira", Story::Rejected),
    ("Indira", "Nair", Story::Withdrawn),
    ("Jonas", "Weber", Story::Locked),
    ("Kofi", "Mensah", Story::OnTime),
    ("Lucía", "Torres", Story::InArrears),
];

impl Demo<'_> {
    async fn offices(&self) -> anyhow::Result<Key> {
        let branch = self.book.desk.new_key(Part::new(0));
        self.record(Record::Branch(Branch {
            key: branch,
            id: "HQ".into(),
            name: "Head Office".into(),
            state: OfficeState::Active,
            phone_number: None,
            email_address: None,
            notes: None,
            address: None,
            holidays: vec![],
            created_at: self.at,
            last_modified_at: self.at,
        }))
        .await?;
        self.record(Record::Centre(Centre {
            key: self.book.desk.new_key(Part::new(0)),
            id: "MARKET".into(),
            name: "Market Square".into(),
            state: OfficeState::Active,
            branch,
            meeting_day: None,
            notes: None,
            address: None,
            created_at: self.at,
            last_modified_at: self.at,
        }))
        .await?;
        Ok(branch)
    }

    async fn channels(&self) -> anyhow::Result<()> {
        let channels: [(&str, &str, &[ChannelField]); 4] = [
            ("CASH", "Cash", &[]),
            ("RECEIPT", "Receipt", &[ChannelField::ReceiptNumber]),
            ("CHECK", "Check", &[ChannelField::CheckNumber, ChannelField::BankNumber]),
            (
                "BANK",
                "Bank",
                &[
                    ChannelField::AccountName,
                    ChannelField::AccountNumber,
                    ChannelField::BankNumber,
                    ChannelField::RoutingNumber,
                ],
            ),
        ];
        for (index, (id, name, fields)) in (0..).zip(channels) {
            self.record(Record::Channel(TransactionChannel {
                key: self.book.desk.new_key(Part::new(0)),
                id: id.into(),
                name: name.into(),
                index,
                is_active: true,
                fields: fields.to_vec(),
                loan_limits: None,
                savings_limits: None,
                created_by: None,
                created_at: self.at,
                last_modified_at: self.at,
            }))
            .await?;
        }
        Ok(())
    }

    async fn products(&self) -> anyhow::Result<Vec<Key>> {
        let mut keys = Vec::new();
        for product in [self.agriculture(), self.personal(), self.seasonal()] {
            keys.push(product.key);
            self.record(Record::Product(Box::new(product))).await?;
        }
        Ok(keys)
    }

    /// Flat interest every four weeks.
    fn agriculture(&self) -> Product {
        let units = |units: i64| self.units(units);
        let order = [Component::Fee, Component::Penalty, Component::Interest, Component::Principal];
        let percent = |text| Rate::parse_percent(text).expect("a plain percentage");
        Product {
            key: self.book.desk.new_key(Part::new(0)),
            id: "AGRL".into(),
            version: 1,
            name: "Agriculture Loan".into(),
            description: Some("Flat interest, charged every four weeks".into()),
            product_type: ProductType::FixedTermLoan,
            is_active: true,
            for_individuals: true,
            for_groups: true,
            for_hybrid_groups: false,
            branches: vec![],
            currency: self.currency,
            amount: Range { min: Some(units(100)), default: Some(units(950)), max: Some(units(50_000)) },
            interest_rate: Range {
                min: Some(Rate::ZERO),
                default: Some(percent("2.5")),
                max: Some(percent("15")),
            },
            installments: Range { min: Some(1), default: Some(5), max: Some(60) },
            grace_period: Range { min: Some(0), default: Some(0), max: Some(0) },
            grace_period_type: GracePeriodType::None,
            interest_method: InterestMethod::Flat,
            charge_frequency: ChargeFrequency::EveryFourWeeks,
            day_count: DayCount::Actual365Fixed,
            days_method: DaysMethod::ActualDays,
            interest_application: InterestApplication::OnRepayment,
            due_dates: ProductDueDates::Interval { count: Some(1), unit: Some(PeriodUnit::Months) },
            non_working_days: NonWorkingDays::None,
            first_due_date_offset_days: Range { min: None, default: Some(0), max: None },
            principal_repayment_interval: 1,
            remainder: Remainder::None,
            installment_rounding: InstallmentRounding::None,
            rounding: Rounding::HalfUp,
            payment_method: PaymentMethod::Horizontal,
            allocation_order: AllocationOrder::try_new(order).expect("each component once"),
            prepayment: PrepaymentAcceptance::AcceptPrepayments,
            arrears_tolerance_days: Range { min: Some(0), default: Some(0), max: Some(30) },
            allows_arbitrary_fees: true,
            accounting: AccountingMethod::Accrual,
            accounting_rules: Default::default(),
            accrual_posting: self.accrual_posting,
            suspense_after_days: None,
            provision_rates: Vec::new(),
            id_pattern: IdPattern::Random("@@@@###".into()),
            initial_state: InitialState::PendingApproval,
            marketplace: loam_book::product::MarketplaceTerms::default(),
            max_tranches: None,
            amortization: Amortization::default(),
            interest_rules: InterestRules::default(),
            payment_rules: PaymentRules::default(),
            charges: ChargeRules::default(),
            controls: ControlRules::default(),
            securities: SecurityRules::default(),
            revolving: None,
            linking: Default::default(),
            created_at: self.at,
            last_modified_at: self.at,
        }
    }

    /// Equal installments on a declining balance.
    fn personal(&self) -> Product {
        let percent = |text| Rate::parse_percent(text).expect("a plain percentage");
        Product {
            key: self.book.desk.new_key(Part::new(0)),
            id: "PERS".into(),
            name: "Personal Loan".into(),
            description: Some("Equal installments on a declining balance".into()),
            amount: Range {
                min: Some(self.units(500)),
                default: Some(self.units(5_000)),
                max: Some(self.units(250_000)),
            },
            interest_rate: Range {
                min: Some(Rate::ZERO),
                default: Some(percent("12")),
                max: Some(percent("36")),
            },
            installments: Range { min: Some(3), default: Some(12), max: Some(360) },
            interest_method: InterestMethod::DecliningBalanceDiscounted,
            charge_frequency: ChargeFrequency::Annualized,
            arrears_tolerance_days: Range { min: Some(0), default: Some(5), max: Some(30) },
            ..self.agriculture()
        }
    }

    /// Equal principal on the fifteenth and the last of a month, the first installments interest only.
    fn seasonal(&self) -> Product {
        Product {
            key: self.book.desk.new_key(Part::new(0)),
            id: "SEAS".into(),
            name: "Seasonal Loan".into(),
            description: Some("Equal principal, due on the 15th and the last day of a month".into()),
            interest_method: InterestMethod::DecliningBalance,
            charge_frequency: ChargeFrequency::Annualized,
            due_dates: ProductDueDates::FixedDaysOfMonth {
                days: vec![15, 31],
                short_month: ShortMonth::LastDayInMonth,
            },
            installments: Range { min: Some(4), default: Some(12), max: Some(48) },
            grace_period: Range { min: Some(0), default: Some(2), max: Some(6) },
            grace_period_type: GracePeriodType::PayInterestOnly,
            ..self.agriculture()
        }
    }

    async fn people(&self, branch: Key, products: &[Key]) -> anyhow::Result<Vec<Address>> {
        let mut clients = Vec::new();
        for (index, (first_name, last_name, story)) in STORIES.into_iter().enumerate() {
            let holder = self.client(branch, index + 1, (first_name, last_name)).await?;
            let id = (index == 0).then(|| "DEMO001".to_owned());
            let agreed =
                Agreed { id, product: products[index % products.len()], figures: LoanFigures::default() };
            self.loan(holder, agreed, story).await?;
            clients.push(holder);
        }
        Ok(clients)
    }

    async fn client(
        &self,
        branch: Key,
        number: usize,
        (first_name, last_name): (&str, &str),
    ) -> anyhow::Result<Address> {
        let new = NewClient {
            id: Some(format!("{number}")),
            state: None,
            profile: Profile {
                first_name: first_name.into(),
                last_name: last_name.into(),
                ..Profile::default()
            },
            role: None,
            assignment: Assignment { branch: Some(branch), ..Assignment::default() },
            addresses: vec![],
            documents: vec![],
            custom_values: Vec::new(),
        };
        let part = self.book.desk.part_for_new_holder(None);
        let done = self.submit(Command::CreateClient { part, new: Box::new(new) }).await?;
        let Done::Client { client } = done else { unreachable!("a client command gives a client") };
        Ok(Address { part: client.part, key: client.key })
    }

    async fn loan(&self, holder: Address, agreed: Agreed, story: Story) -> anyhow::Result<()> {
        let new = NewLoan {
            id: agreed.id,
            holder: Holder { kind: HolderKind::Client, key: holder.key },
            product: agreed.product,
            name: None,
            notes: None,
            assignment: Assignment::default(),
            figures: agreed.figures,
        };
        let done = self.submit(Command::CreateLoan { holder, new: Box::new(new) }).await?;
        let Done::Loan { loan, .. } = done else { unreachable!("a loan command gives a loan") };
        let loan = Address { part: loan.part, key: loan.key };
        let notes = None;
        match story {
            Story::Applied => Ok(()),
            Story::Rejected => self.on(loan, LoanCommand::Reject { notes }).await.map(|_| ()),
            Story::Withdrawn => self.on(loan, LoanCommand::Withdraw { notes }).await.map(|_| ()),
            Story::Approved => self.on(loan, LoanCommand::Approve { notes }).await.map(|_| ()),
            Story::OnTime
            | Story::InArrears
            | Story::WithFee
            | Story::Repaid
            | Story::WrittenOff
            | Story::Locked => {
                self.on(loan, LoanCommand::Approve { notes }).await?;
                self.service(loan, story).await
            }
        }
    }

    /// Pays a loan out four months ago and lets it live until the business date.
    async fn service(&self, address: Address, story: Story) -> anyhow::Result<()> {
        let disbursed_on = self.business_date.saturating_sub(4.months());
        let disburse = Disburse { value_date: Some(disbursed_on), ..Disburse::default() };
        let loan = self.on(address, LoanCommand::Disburse(disburse)).await?;
        let due: Vec<u32> = {
            let rows = loan.servicing.installments.iter();
            rows.filter(|row| row.due_date < self.business_date).map(|row| row.number).collect()
        };
        let skipped = match story {
            Story::InArrears | Story::WrittenOff => 2,
            Story::WithFee => 1,
            Story::Applied
            | Story::Approved
            | Story::Rejected
            | Story::Withdrawn
            | Story::OnTime
            | Story::Repaid
            | Story::Locked => 0,
        };
        for number in due.iter().take(due.len().saturating_sub(skipped)) {
            let row = &loan.servicing.installments[usize::try_from(*number)? - 1];
            self.repay(address, row.unpaid().total(), Some(row.due_date)).await?;
        }
        let notes = None;
        match story {
            Story::Repaid => {
                let rest: Amount = loan
                    .servicing
                    .installments
                    .iter()
                    .filter(|row| !due.contains(&row.number))
                    .map(|row| row.unpaid().total())
                    .sum();
                self.repay(address, rest, None).await
            }
            Story::WithFee => {
                let amount = StatedAmount(self.units(10).to_fixed_text(self.currency));
                let details = TransactionDetails::default();
                let installment = due.last().map(|number| number + 1);
                let fee =
                    ChargeFee { amount: Some(amount), fees: None, value_date: None, installment, details };
                self.on(address, LoanCommand::ChargeFee(fee)).await?;
                self.repay(address, self.units(20), None).await
            }
            Story::WrittenOff => self.on(address, LoanCommand::WriteOff { notes }).await.map(|_| ()),
            Story::Locked => self.on(address, LoanCommand::Lock { notes }).await.map(|_| ()),
            Story::Applied
            | Story::Approved
            | Story::Rejected
            | Story::Withdrawn
            | Story::OnTime
            | Story::InArrears => Ok(()),
        }
    }

    async fn repay(&self, loan: Address, amount: Amount, value_date: Option<Date>) -> anyhow::Result<()> {
        let amount = StatedAmount(amount.to_fixed_text(self.currency));
        let repay = Repay { amount, custom: Vec::new(), value_date, details: TransactionDetails::default() };
        self.on(loan, LoanCommand::Repay(repay)).await.map(|_| ())
    }

    async fn on(&self, loan: Address, command: LoanCommand) -> anyhow::Result<Arc<Loan>> {
        let done = self.submit(Command::Loan { loan, command }).await?;
        let Done::Loan { loan, .. } = done else { unreachable!("a loan command gives a loan") };
        Ok(loan)
    }

    async fn submit(&self, command: Command) -> anyhow::Result<Done> {
        let outcome = self.book.desk.submit(command, operator(Door::CommandLine)).await;
        outcome.map(|outcome| outcome.done).map_err(|error| anyhow!("{error}"))
    }

    async fn record(&self, record: Record) -> anyhow::Result<()> {
        submit_record(self.book, Command::CreateRecord(Box::new(record))).await
    }

    fn units(&self, units: i64) -> Amount {
        Amount::from_minor(units * 10i64.pow(u32::from(self.currency.digits())))
    }
}

//! A small book in memory: one product, one client, a business date moved by hand.

use std::cell::Cell;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use loam_book::actor::{Actor, Door, Permission};
use loam_book::catalog::Catalog;
use loam_book::checks::{Finding, Stored, check};
use loam_book::ids::{Key, Part};
use loam_book::journal::Transfer;
use loam_book::loan::advance::next_action_on;
use loam_book::loan::command::{
    ChargeFee, Disburse, LoanCommand, LoanFigures, NewLoan, Repay, ReversalKind, Reverse,
};
use loam_book::loan::commands::restructure::restructure;
use loam_book::loan::commands::{Accounts, Decided, Decision, decide};
use loam_book::loan::context::{Context, NewIds};
use loam_book::loan::event::{Entry, Event};
use loam_book::loan::log::effective;
use loam_book::loan::refusal::Refusal;
use loam_book::loan::restructuring::Restructure;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_book::organization::TransactionDetails;
use loam_book::party::holder::Party;
use loam_book::party::{Assignment, Client, ClientState, Profile};
use loam_book::product::{
    AccountingMethod, GracePeriodType, IdPattern, InitialState, InterestApplication, MarketplaceTerms,
    PaymentMethod, PrepaymentAcceptance, Product, ProductDueDates, ProductType, Range,
};
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::{AllocationOrder, Component, Components};
use loam_calc::calendar::{Calendar, PeriodUnit};
use loam_calc::currency::Currency;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::NonWorkingDays;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder};

/// A book with one loan at a time.
#[derive(Clone)]
pub(crate) struct TestBook {
    pub(crate) business_date: Date,
    pub(crate) catalog: Catalog,
    pub(crate) client: Client,
    pub(crate) actor: Actor,
    pub(crate) closed_through: Option<Date>,
    pub(crate) calendar: Calendar,
    pub(crate) loan: Option<Loan>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) transactions: Vec<LoanTransaction>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) next_transaction: i64,
}

pub(crate) fn product() -> Product {
    let order = [Component::Fee, Component::Penalty, Component::Interest, Component::Principal];
    Product {
        key: Key::entity(Part::new(0), 0, 7),
        id: "AGRL".into(),
        version: 1,
        name: "Agriculture Loan".into(),
        description: None,
        product_type: ProductType::FixedTermLoan,
        is_active: true,
        for_individuals: true,
        for_groups: false,
        for_hybrid_groups: false,
        branches: vec![],
        currency: Currency::USD,
        amount: Range { min: Some(cents(100_00)), default: None, max: Some(cents(1_000_000_00)) },
        interest_rate: Range::OPEN,
        installments: Range { min: Some(1), default: Some(5), max: Some(600) },
        grace_period: Range { min: None, default: Some(0), max: None },
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
        accrual_posting: Default::default(),
        suspense_after_days: None,
        provision_rates: Vec::new(),
        id_pattern: IdPattern::Random("@@@@###".into()),
        initial_state: InitialState::PendingApproval,
        marketplace: MarketplaceTerms::default(),
        max_tranches: None,
        amortization: Default::default(),
        interest_rules: Default::default(),
        payment_rules: Default::default(),
        charges: Default::default(),
        controls: Default::default(),
        securities: Default::default(),
        revolving: None,
        linking: Default::default(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn cents(minor: i64) -> Amount {
    Amount::from_minor(minor)
}

/// Minor units of a currency with two digits, as somebody would write them.
pub(crate) fn text(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// A loan of so many units at 2.5 %.
pub(crate) fn figures(amount: &str) -> LoanFigures {
    LoanFigures {
        amount: Some(StatedAmount(amount.into())),
        interest_rate: Some(StatedPercent("2.5".into())),
        ..LoanFigures::default()
    }
}

impl TestBook {
    pub(crate) fn new(product: Product, business_date: Date) -> TestBook {
        let part = Part::new(5);
        TestBook {
            business_date,
            catalog: Catalog::new(1, vec![Record::Product(Box::new(product))]),
            client: Client {
                key: Key::entity(part, 0, 1),
                part,
                id: "8".into(),
                version: 1,
                state: ClientState::Inactive,
                profile: Profile { first_name: "Ana".into(), last_name: "Lima".into(), ..Profile::default() },
                role: None,
                assignment: Assignment::default(),
                addresses: vec![],
                documents: vec![],
                groups: vec![],
                created_at: Timestamp::UNIX_EPOCH,
                last_modified_at: Timestamp::UNIX_EPOCH,
                approved_at: None,
                closed_at: None,
            },
            actor: Actor {
                user_key: Key::entity(Part::new(0), 0, 2),
                username: "tom".into(),
                is_administrator: true,
                permissions: vec![],
                only_own_clients: false,
                role: None,
                bounds: loam_book::rights::Bounds::default(),
            },
            closed_through: None,
            calendar: Calendar::every_day_works(),
            loan: None,
            entries: vec![],
            transactions: vec![],
            transfers: vec![],
            next_transaction: 1,
        }
    }

    /// Lets the actor do only what is named.
    pub(crate) fn with_permissions(mut self, permissions: &[Permission]) -> TestBook {
        self.actor.is_administrator = false;
        self.actor.permissions = permissions.to_vec();
        self
    }

    /// Decides a command as the desk does: advances first, gives the log when it is asked for.
    pub(crate) fn command(&mut self, command: &LoanCommand) -> Result<Vec<LoanTransaction>, Refusal> {
        let business_date = self.business_date;
        if *command != LoanCommand::Advance
            && self.loan.as_ref().and_then(next_action_on).is_some_and(|day| day <= business_date)
        {
            self.command(&LoanCommand::Advance).expect("advancing is never refused");
        }
        let ids = self.new_ids();
        let decision = self.in_context(&ids, |context| -> Result<Decision, Refusal> {
            let mut history = None;
            loop {
                let accounts = Accounts { loan: self.loan.as_ref(), history };
                match decide(accounts, command, context)? {
                    Decided::Done(decision) => return Ok::<Decision, Refusal>(*decision),
                    Decided::NeedsHistory(_) => {
                        assert!(history.is_none(), "the log is asked for once");
                        history = Some(self.entries.as_slice());
                    }
                }
            }
        })?;
        self.next_transaction = ids.transaction_id.get();
        Ok(self.write(decision))
    }

    /// The ids that the next decision may use.
    pub(crate) fn new_ids(&self) -> NewIds {
        NewIds {
            key: Key::entity(self.client.part, 1, 99),
            part: self.client.part,
            account_no: 1,
            random: 42,
            transaction_id: Cell::new(self.next_transaction),
            transaction_id_end: i64::MAX,
        }
    }

    /// Decides something as the actor, on the business date.
    pub(crate) fn in_context<T>(&self, ids: &NewIds, decide: impl FnOnce(&Context<'_>) -> T) -> T {
        let branch = self.loan.as_ref().map_or(self.client.assignment.branch, |loan| loan.assignment.branch);
        let of_records = self.catalog.calendar_of(branch);
        let calendar = if of_records.has_no_free_days() { &self.calendar } else { of_records };
        decide(&Context {
            business_date: self.business_date,
            recorded_at: Timestamp::UNIX_EPOCH,
            actor: &self.actor,
            door: Door::Native,
            request_id: "test",
            calendar,
            catalog: &self.catalog,
            closed_through: self.closed_through,
            holder: Some(Party::Client(&self.client)),
            other_loans: None,
            ids,
        })
    }

    /// Closes the loan and opens another one in its place, in a book of its own.
    pub(crate) fn restructure(&mut self, asked: &Restructure) -> Result<TestBook, Refusal> {
        self.command(&LoanCommand::Advance)?;
        let number = self.loan().account_no + 1;
        let serial = u64::try_from(number).expect("a small number");
        let ids =
            NewIds { key: Key::entity(self.client.part, 2, serial), account_no: number, ..self.new_ids() };
        let done = self.in_context(&ids, |context| restructure((self.loan(), &[]), asked, context))?;
        self.next_transaction = ids.transaction_id.get();
        let mut new =
            TestBook { loan: None, entries: vec![], transactions: vec![], transfers: vec![], ..self.clone() };
        self.write(done.closed);
        new.write(done.opened);
        Ok(new)
    }

    fn write(&mut self, decision: Decision) -> Vec<LoanTransaction> {
        for transaction in &decision.transactions {
            if let Some(original) = transaction.reverses {
                let reversed = self.transactions.iter_mut().find(|t| t.id == original);
                let reversed = reversed.expect("a reversal names a served transaction");
                assert_eq!(reversed.reversed_by, None, "a transaction is reversed once");
                reversed.reversed_by = Some(transaction.id);
            }
            self.transactions.push(transaction.clone());
        }
        self.transactions.sort_by_key(|transaction| (transaction.seq, transaction.id));
        self.entries.extend(decision.entries);
        self.transfers.extend(decision.transfers);
        self.loan = Some(decision.loan);
        decision.transactions
    }

    /// Creates a loan of so many units and disburses it on the business date.
    pub(crate) fn active_loan(product: Product, amount: &str, disbursed_on: Date) -> TestBook {
        TestBook::active(product, disbursed_on, figures(amount))
    }

    /// Creates a loan of these figures and disburses it on the business date.
    pub(crate) fn active(product: Product, disbursed_on: Date, figures: LoanFigures) -> TestBook {
        let mut book = TestBook::new(product, disbursed_on);
        book.create_with(figures).expect("the loan is within the product");
        book.command(&LoanCommand::Approve { notes: None }).expect("pending loans can be approved");
        book.command(&LoanCommand::Disburse(Disburse::default())).expect("approved loans can be disbursed");
        book
    }

    pub(crate) fn create(&mut self, amount: &str) -> Result<Vec<LoanTransaction>, Refusal> {
        self.create_with(figures(amount))
    }

    pub(crate) fn create_with(&mut self, figures: LoanFigures) -> Result<Vec<LoanTransaction>, Refusal> {
        let product = self.catalog.products.find("AGRL").expect("the product is there").key;
        self.command(&LoanCommand::Create(Box::new(NewLoan {
            id: None,
            holder: Holder { kind: HolderKind::Client, key: self.client.key },
            product,
            name: None,
            notes: None,
            assignment: Assignment::default(),
            figures,
        })))
    }

    pub(crate) fn repay(&mut self, amount: &str) -> Result<Vec<LoanTransaction>, Refusal> {
        self.repay_on(amount, None)
    }

    pub(crate) fn repay_on(
        &mut self,
        amount: &str,
        day: Option<Date>,
    ) -> Result<Vec<LoanTransaction>, Refusal> {
        let details = TransactionDetails::default();
        self.command(&LoanCommand::Repay(Repay {
            amount: StatedAmount(amount.into()),
            custom: Vec::new(),
            value_date: day,
            details,
        }))
    }

    pub(crate) fn charge(&mut self, amount: &str, installment: u32) -> Result<Vec<LoanTransaction>, Refusal> {
        self.command(&LoanCommand::ChargeFee(ChargeFee {
            amount: Some(StatedAmount(amount.into())),
            fees: None,
            value_date: None,
            installment: Some(installment),
            details: TransactionDetails::default(),
        }))
    }

    pub(crate) fn reverse(&mut self, original: i64) -> Result<Vec<LoanTransaction>, Refusal> {
        let kind = ReversalKind::Repayment;
        self.command(&LoanCommand::Reverse(Reverse { kind, original, account_no: None, notes: None }))
    }

    /// Moves the business date and closes the day.
    pub(crate) fn move_to(&mut self, day: Date) {
        self.business_date = day;
        self.command(&LoanCommand::Advance).expect("advancing is never refused");
    }

    /// Whether the schedule that counts was ever changed.
    pub(crate) fn is_rescheduled(&self) -> bool {
        effective(&self.entries).iter().any(|one| matches!(one.step.event, Event::ScheduleEdited { .. }))
    }

    pub(crate) fn loan(&self) -> &Loan {
        self.loan.as_ref().expect("the story has a loan")
    }

    pub(crate) fn outstanding(&self) -> Components {
        self.loan().servicing.outstanding
    }

    /// The findings of `check`.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        check(&Stored {
            loan: self.loan.as_ref(),
            entries: &self.entries,
            transactions: &self.transactions,
            transfers: &self.transfers,
        })
    }
}

/// The loan of the contract's sample account: 950 over 5 months, paid out on 2012-06-28.
pub(crate) fn sample_loan() -> TestBook {
    TestBook::active_loan(product(), "950", date(2012, 6, 28))
}

//! A book of one loan in memory: a product, a client, a business date moved by hand. It is driven by
//! the same commands as the real one.

use std::cell::Cell;

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::actor::{Actor, Door};
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::loan::advance::next_action_on;
use loam_book::loan::command::{LoanCommand, LoanFigures, NewLoan};
use loam_book::loan::commands::{Accounts, Decided, Decision, decide};
use loam_book::loan::context::{Context, NewIds};
use loam_book::loan::event::{Entry, Event};
use loam_book::loan::log::effective;
use loam_book::loan::refusal::Refusal;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_book::party::holder::Party;
use loam_book::party::{Assignment, Client, ClientState, Profile};
use loam_book::product::Product;
use loam_book::record::Record;
use loam_calc::calendar::Calendar;
use loam_calc::money::Amount;
use serde_json::json;

/// A product that allows everything and asks for nothing; adapters fill in what their terms say.
///
/// It is written as it is stored, so that what products learn to say later has its default here.
pub(crate) fn base_product() -> Product {
    let open = json!({ "min": null, "default": null, "max": null });
    let none = json!({ "min": null, "default": 0, "max": null });
    let product = json!({
        "key": Key::entity(Part::new(0), 0, 7),
        "id": "P", "version": 1, "name": "Product", "description": null,
        "product_type": "FIXED_TERM_LOAN", "is_active": true,
        "for_individuals": true, "for_groups": false, "branches": [],
        "currency": "EUR", "amount": open, "interest_rate": open, "installments": open,
        "grace_period": none, "grace_period_type": "NONE",
        "interest_method": "DecliningBalanceDiscounted", "charge_frequency": "Annualized",
        "day_count": "Actual365Fixed", "days_method": "ActualDays",
        "interest_application": "ON_REPAYMENT",
        "due_dates": { "Interval": { "count": null, "unit": null } },
        "non_working_days": "None", "first_due_date_offset_days": none,
        "principal_repayment_interval": 1, "remainder": "Last", "installment_rounding": "None",
        "rounding": "HalfEven", "payment_method": "HORIZONTAL",
        "allocation_order": ["Penalty", "Fee", "Interest", "Principal"],
        "prepayment": "ACCEPT_PREPAYMENTS", "arrears_tolerance_days": none,
        "allows_arbitrary_fees": true, "accounting": "ACCRUAL",
        "id_pattern": { "Random": "@@@@###" }, "initial_state": "PENDING_APPROVAL",
        "created_at": Timestamp::UNIX_EPOCH, "last_modified_at": Timestamp::UNIX_EPOCH,
    });
    serde_json::from_value(product).expect("products are read back from this shape")
}

/// A book with one loan.
pub(crate) struct Book {
    pub(crate) business_date: Date,
    catalog: Catalog,
    product: Key,
    client: Client,
    actor: Actor,
    pub(crate) loan: Option<Loan>,
    entries: Vec<Entry>,
    pub(crate) transactions: Vec<LoanTransaction>,
    next_transaction: i64,
}

impl Book {
    pub(crate) fn new(product: Product, business_date: Date) -> Book {
        let part = Part::new(5);
        Book {
            business_date,
            product: product.key,
            catalog: Catalog::new(1, vec![Record::Product(Box::new(product))]),
            client: client(part),
            actor: Actor {
                user_key: Key::entity(Part::new(0), 0, 2),
                username: "judge".into(),
                is_administrator: true,
                permissions: vec![],
                only_own_clients: false,
                role: None,
                bounds: loam_book::rights::Bounds::default(),
            },
            loan: None,
            entries: vec![],
            transactions: vec![],
            next_transaction: 1,
        }
    }

    pub(crate) fn create(&mut self, figures: LoanFigures) -> Result<(), Refusal> {
        self.command(&LoanCommand::Create(Box::new(NewLoan {
            id: None,
            holder: Holder { kind: HolderKind::Client, key: self.client.key },
            product: self.product,
            name: None,
            notes: None,
            assignment: Assignment::default(),
            figures,
        })))
    }

    /// Moves the business date forward and derives what the days brought.
    pub(crate) fn move_to(&mut self, day: Date) -> Result<(), Refusal> {
        self.business_date = self.business_date.max(day);
        if self.loan.is_some() { self.command(&LoanCommand::Advance) } else { Ok(()) }
    }

    /// Decides a command as the desk does: advances first, gives the log when it is asked for.
    pub(crate) fn command(&mut self, command: &LoanCommand) -> Result<(), Refusal> {
        let business_date = self.business_date;
        let next = self.loan.as_ref().and_then(next_action_on);
        if *command != LoanCommand::Advance && next.is_some_and(|day| day <= business_date) {
            self.command(&LoanCommand::Advance)?;
        }
        let ids = NewIds {
            key: Key::entity(self.client.part, 1, 99),
            part: self.client.part,
            account_no: 1,
            random: 42,
            transaction_id: Cell::new(self.next_transaction),
            transaction_id_end: i64::MAX,
        };
        let decision = self.decide(command, &ids)?;
        self.next_transaction = ids.transaction_id.get();
        self.write(decision);
        Ok(())
    }

    fn decide(&self, command: &LoanCommand, ids: &NewIds) -> Result<Decision, Refusal> {
        let calendar = Calendar::every_day_works();
        let context = Context {
            business_date: self.business_date,
            recorded_at: Timestamp::UNIX_EPOCH,
            actor: &self.actor,
            door: Door::Native,
            request_id: "conformance",
            calendar: &calendar,
            catalog: &self.catalog,
            closed_through: None,
            holder: Some(Party::Client(&self.client)),
            other_loans: None,
            ids,
        };
        let mut history = None;
        loop {
            match decide(Accounts { loan: self.loan.as_ref(), history }, command, &context)? {
                Decided::Done(decision) => return Ok(*decision),
                Decided::NeedsHistory(_) => history = Some(self.entries.as_slice()),
            }
        }
    }

    /// Transactions of a kind that count, in the order in which they were posted.
    pub(crate) fn standing(&self, kind: TransactionKind) -> impl Iterator<Item = &LoanTransaction> {
        let counts = move |transaction: &&LoanTransaction| {
            transaction.kind == kind && transaction.reversed_by.is_none()
        };
        self.transactions.iter().filter(counts)
    }

    /// What repayments that count paid of installments: the day, the installment's number, how much.
    pub(crate) fn paid_parts(&self) -> Vec<(Date, u32, Amount)> {
        let mut paid = Vec::new();
        for effective in effective(&self.entries) {
            if let Event::Repaid { parts, .. } = &effective.step.event {
                let on = effective.step.value_date;
                paid.extend(parts.iter().map(|part| (on, part.number, part.part.total())));
            }
        }
        paid
    }

    fn write(&mut self, decision: Decision) {
        for transaction in &decision.transactions {
            let original = transaction.reverses;
            if let Some(reversed) = self.transactions.iter_mut().find(|known| Some(known.id) == original) {
                reversed.reversed_by = Some(transaction.id);
            }
            self.transactions.push(transaction.clone());
        }
        self.transactions.sort_by_key(|transaction| (transaction.seq, transaction.id));
        self.entries.extend(decision.entries);
        self.loan = Some(decision.loan);
    }
}

fn client(part: Part) -> Client {
    Client {
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
    }
}

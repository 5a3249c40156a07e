//! A store in memory: a map behind a mutex, with faults that a test orders.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::date;
use loam_app::changes::{Changes, IdName};
use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::portfolios::{OpenAsked, OrdersAsked};
use loam_app::ports::{BookState, IdBlock, Loaded, Need, StoredAnswer, WriteStore};
use loam_book::application::booking::{Booking, BookingState};
use loam_book::application::portfolio::{BookingOrder, OrdersBefore};
use loam_book::application::{Application, Stage};
use loam_book::catalog::Catalog;
use loam_book::custom_field::value::CustomValues;
use loam_book::ids::{Key, Part};
use loam_book::loan::Loan;
use loam_book::loan::event::Entry;
use loam_book::party::Client;
use loam_book::party::group::Group;
use loam_book::record::Record;
use loam_book::reporting::lead::Lead;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::Subject;
use loam_book::savings::Savings;
use loam_book::savings::event::SavingsEntry;
use loam_calc::currency::Currency;

/// What is stored, and what a test looks at.
#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) loans: HashMap<Key, Loan>,
    pub(crate) clients: HashMap<Key, Client>,
    pub(crate) groups: HashMap<Key, Group>,
    pub(crate) entries: HashMap<(Part, i64), Vec<Entry>>,
    pub(crate) savings: HashMap<Key, Savings>,
    pub(crate) savings_entries: HashMap<(Part, i64), Vec<SavingsEntry>>,
    pub(crate) answers: HashMap<String, StoredAnswer>,
    pub(crate) ids: HashMap<IdName, Key>,
    pub(crate) applications: HashMap<Key, Application>,
    pub(crate) bookings: BTreeMap<i64, Booking>,
    pub(crate) booking_orders: Vec<BookingOrder>,
    pub(crate) subjects: HashMap<Key, Subject>,
    pub(crate) reported_loans: HashMap<Key, ReportedLoan>,
    pub(crate) reports: Vec<(i64, String)>,
    /// What the rows of the outbox are numbered.
    pub(crate) outbox: Vec<i64>,
    pub(crate) leads: HashMap<i64, Lead>,
    pub(crate) records: Vec<Record>,
    pub(crate) custom_values: HashMap<Key, CustomValues>,
    pub(crate) quarantined: Vec<(Key, String)>,
    /// How many commands each committed batch wrote an audit row for.
    pub(crate) batches: Vec<usize>,
    /// Answers of the next saves, before they would write.
    pub(crate) faults: VecDeque<StoreError>,
    /// While set, a save waits here, so that a batch can gather behind it.
    pub(crate) gate: Option<Arc<tokio::sync::Semaphore>>,
    /// Names of the blocks out of which numbers were taken.
    pub(crate) blocks: Vec<&'static str>,
    next_id: i64,
}

impl Inside {
    /// Takes what is reported, and custom field values.
    fn take(&mut self, changes: &Changes) {
        for change in &changes.subjects {
            let stored = self.subjects.get(&change.subject.key).map(|subject| subject.version);
            assert_eq!(stored, change.version_read, "one lane never meets a conflict");
            self.subjects.insert(change.subject.key, change.subject.clone());
        }
        for change in &changes.reported_loans {
            let stored = self.reported_loans.get(&change.loan.key).map(|loan| loan.version);
            assert_eq!(stored, change.version_read, "one lane never meets a conflict");
            self.reported_loans.insert(change.loan.key, change.loan.clone());
        }
        for change in &changes.custom_values {
            let key = change.values.address.key;
            let stored = self.custom_values.get(&key).map(|values| values.version);
            assert_eq!(stored, change.version_read, "one lane never meets a conflict");
            self.custom_values.insert(key, change.values.clone());
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Inside>>);

impl Inside {
    fn save_leads(&mut self, changes: &Changes) {
        for change in &changes.leads {
            if change.replaces || !self.leads.contains_key(&change.lead.lead_id) {
                self.leads.insert(change.lead.lead_id, change.lead.clone());
            }
        }
    }

    fn save_savings(&mut self, changes: &Changes) {
        for change in &changes.savings {
            let stored = self.savings.get(&change.account.key).map(|account| account.version);
            assert_eq!(stored, change.version_read, "one lane never meets a conflict");
            self.savings.insert(change.account.key, change.account.clone());
        }
        for row in &changes.savings_entries {
            self.savings_entries.entry((row.part, row.account_no)).or_default().push(row.entry.clone());
        }
    }
}

impl Memory {
    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().expect("no test panics while it holds the store")
    }

    /// How the loans stand, how long their logs are, and how much else was written.
    pub(crate) fn fingerprint(&self) -> String {
        let inside = self.inside();
        let mut loans: Vec<String> = inside.loans.values().map(|loan| format!("{loan:?}")).collect();
        let mut logs: Vec<String> =
            inside.entries.iter().map(|(account, log)| format!("{account:?} {}", log.len())).collect();
        loans.sort_unstable();
        logs.sort_unstable();
        let counts = (inside.outbox.len(), inside.answers.len(), inside.batches.len(), inside.blocks.len());
        format!("{loans:?} {logs:?} {counts:?} {:?}", inside.quarantined)
    }
}

#[async_trait]
impl WriteStore for Memory {
    async fn load(&mut self, need: &Need) -> Result<Loaded, StoreError> {
        let inside = self.inside();
        let loans =
            need.loans.iter().filter_map(|a| inside.loans.get(&a.key).cloned().map(|loan| (a.key, loan)));
        let clients =
            need.clients.iter().filter_map(|a| inside.clients.get(&a.key).cloned().map(|c| (a.key, c)));
        let groups = need.groups.iter().filter_map(|a| inside.groups.get(&a.key).cloned());
        let named = need.clients.iter().chain(&need.groups).map(|a| a.key);
        let holders = named.filter(|key| {
            inside.loans.values().any(|loan| loan.holder.key == *key)
                || inside.savings.values().any(|account| account.holder.key == *key)
        });
        let answers =
            need.answers.iter().filter_map(|(_, k)| inside.answers.get(k).cloned().map(|a| (k.clone(), a)));
        let applications = need.applications.iter().filter_map(|a| inside.applications.get(&a.key).cloned());
        let subjects = need.subjects.iter().filter_map(|a| inside.subjects.get(&a.key).cloned());
        let reported = need.reported_loans.iter().filter_map(|a| inside.reported_loans.get(&a.key).cloned());
        let custom = need.custom_values.iter().filter_map(|a| inside.custom_values.get(&a.key).cloned());
        let is_set_aside = |key: &Key| inside.quarantined.iter().any(|(quarantined, _)| quarantined == key);
        Ok(Loaded {
            state: BookState {
                business_date: date(2024, 1, 31),
                currency: Currency::USD,
                time_zone: "UTC".into(),
                catalog_version: i64::try_from(inside.records.len()).expect("few records"),
                closed_through: None,
            },
            loans: loans.map(|(key, loan)| (key, Arc::new(loan))).collect(),
            actions: HashMap::new(),
            clients: clients.collect(),
            groups: groups.map(|group| (group.key, group)).collect(),
            tied: HashMap::new(),
            holders: holders.collect(),
            applications: applications.map(|found| (found.key, found)).collect(),
            fund_transactions: HashMap::new(),
            subjects: subjects.map(|subject| (subject.key, subject)).collect(),
            reported_loans: reported.map(|loan| (loan.key, loan)).collect(),
            savings: need
                .savings
                .iter()
                .filter_map(|a| inside.savings.get(&a.key).cloned().map(|account| (a.key, account)))
                .collect(),
            shares: Vec::new(),
            papers: HashMap::new(),
            lines: HashMap::new(),
            custom_values: custom.map(|values| (values.address.key, values)).collect(),
            borrowers: vec![],
            answers: answers.collect(),
            quarantined: need.loans.iter().map(|a| a.key).filter(is_set_aside).collect(),
        })
    }

    async fn load_history(&mut self, part: Part, account_no: i64) -> Result<Vec<Entry>, StoreError> {
        Ok(self.inside().entries.get(&(part, account_no)).cloned().unwrap_or_default())
    }

    async fn load_savings_history(
        &mut self,
        part: Part,
        account_no: i64,
    ) -> Result<Vec<SavingsEntry>, StoreError> {
        Ok(self.inside().savings_entries.get(&(part, account_no)).cloned().unwrap_or_default())
    }

    async fn load_loans_of(&mut self, holder: Address) -> Result<Vec<Loan>, StoreError> {
        let inside = self.inside();
        let held = inside.loans.values().filter(|loan| loan.holder.key == holder.key);
        Ok(held.cloned().collect())
    }

    async fn load_bookings_of(&mut self, application: Address) -> Result<Vec<Booking>, StoreError> {
        let inside = self.inside();
        let found = inside.bookings.values().filter(|booking| booking.application == application.key);
        Ok(found.cloned().collect())
    }

    async fn load_uncommitted_of(&mut self, account: Address) -> Result<Vec<Booking>, StoreError> {
        let inside = self.inside();
        let waits =
            |booking: &&Booking| booking.account == account && booking.state == BookingState::Uncommitted;
        Ok(inside.bookings.values().filter(waits).cloned().collect())
    }

    async fn load_applications_of(&mut self, borrower: Address) -> Result<Vec<Application>, StoreError> {
        let inside = self.inside();
        let found = inside.applications.values().filter(|found| found.borrower == borrower.key);
        Ok(found.cloned().collect())
    }

    async fn load_application_of(
        &mut self,
        _part: Part,
        account_no: i64,
    ) -> Result<Option<Application>, StoreError> {
        let inside = self.inside();
        let is_of =
            |found: &&Application| found.loan.as_ref().is_some_and(|loan| loan.account_no == account_no);
        Ok(inside.applications.values().find(is_of).cloned())
    }

    async fn load_booking(&mut self, _part: Part, number: i64) -> Result<Option<Booking>, StoreError> {
        Ok(self.inside().bookings.get(&number).cloned())
    }

    async fn load_open_applications(&mut self, asked: &OpenAsked) -> Result<Vec<Application>, StoreError> {
        let inside = self.inside();
        let is_open = |found: &&Application| {
            matches!(found.stage, Stage::New | Stage::InFunding)
                && found.expiry_date >= asked.on
                && found.borrower != asked.holder
                && asked.after.is_none_or(|after| (found.expiry_date, found.number) > after)
        };
        let mut found: Vec<Application> = inside.applications.values().filter(is_open).cloned().collect();
        found.sort_by_key(|found| (found.expiry_date, found.number));
        found.truncate(usize::try_from(asked.limit).expect("a page is small"));
        Ok(found)
    }

    async fn load_orders_before(&mut self, asked: &OrdersAsked) -> Result<OrdersBefore, StoreError> {
        let inside = self.inside();
        let of_account = || inside.booking_orders.iter().filter(|order| order.account == asked.account.key);
        let count = |count: usize| i64::try_from(count).expect("few orders");
        Ok(OrdersBefore {
            in_the_hour: count(of_account().filter(|order| order.created_at >= asked.since).count()),
            on_the_day: count(of_account().filter(|order| order.ordered_on == asked.on).count()),
        })
    }

    async fn load_catalog(&mut self) -> Result<Catalog, StoreError> {
        let records = self.inside().records.clone();
        Ok(Catalog::new(i64::try_from(records.len()).expect("few records"), records))
    }

    async fn take_ids(&mut self, block: IdBlock, count: i64) -> Result<i64, StoreError> {
        let mut inside = self.inside();
        inside.blocks.push(block.name());
        inside.next_id += count;
        Ok(inside.next_id - count + 1)
    }

    async fn save(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let gate = self.inside().gate.clone();
        if let Some(gate) = gate {
            gate.acquire().await.expect("the gate is never closed").forget();
        }
        let mut inside = self.inside();
        if let Some(fault) = inside.faults.pop_front() {
            return Err(fault);
        }
        let taken = changes.ids.iter().filter(|new| inside.ids.contains_key(&new.name));
        let taken: Vec<IdName> = taken.map(|new| new.name.clone()).collect();
        if !taken.is_empty() {
            return Err(StoreError::Duplicate(taken));
        }
        for new in &changes.ids {
            inside.ids.insert(new.name.clone(), new.key);
        }
        for change in &changes.loans {
            let stored = inside.loans.get(&change.loan.key).map(|loan| loan.version);
            assert_eq!(stored, change.version_read, "one lane never meets a conflict");
            inside.loans.insert(change.loan.key, change.loan.as_ref().clone());
        }
        for change in &changes.clients {
            inside.clients.insert(change.client.key, change.client.clone());
        }
        for change in &changes.groups {
            let stored = inside.groups.get(&change.group.key).map(|group| group.version);
            assert_eq!(stored, change.version_read, "one lane never meets a conflict");
            inside.groups.insert(change.group.key, change.group.clone());
        }
        for deleted in &changes.deleted_clients {
            inside.clients.remove(&deleted.key).expect("who is deleted was there");
        }
        for deleted in &changes.deleted_groups {
            inside.groups.remove(&deleted.key).expect("what is deleted was there");
        }
        for new in &changes.freed_ids {
            inside.ids.remove(&new.name);
        }
        inside.booking_orders.extend(changes.booking_orders.iter().cloned());
        for change in &changes.bookings {
            inside.bookings.insert(change.booking.number, change.booking.clone());
        }
        for change in &changes.applications {
            let stored = inside.applications.get(&change.application.key).map(|found| found.version);
            assert_eq!(stored, change.version_read, "one lane never meets a conflict");
            inside.applications.insert(change.application.key, change.application.clone());
        }
        inside.take(changes);
        inside.reports.extend(changes.reports.iter().map(|row| (row.seq, row.told.clone())));
        inside.outbox.extend(changes.outbox.iter().map(|row| row.seq));
        for row in &changes.entries {
            inside.entries.entry((row.part, row.account_no)).or_default().push(row.entry.clone());
        }
        inside.save_leads(changes);
        inside.save_savings(changes);
        for row in &changes.answers {
            let answer = StoredAnswer { content: row.content.clone(), outcome: row.outcome.clone() };
            inside.answers.insert(row.key.clone(), answer);
        }
        inside.records.extend(changes.records.iter().map(|change| change.record.clone()));
        inside.batches.push(changes.audit.len());
        Ok(())
    }

    async fn quarantine(&mut self, account: Address, reason: &str, _: Timestamp) -> Result<(), StoreError> {
        self.inside().quarantined.push((account.key, reason.to_owned()));
        Ok(())
    }

    async fn lift_quarantine(&mut self, account: Address) -> Result<(), StoreError> {
        self.inside().quarantined.retain(|(key, _)| *key != account.key);
        Ok(())
    }
}

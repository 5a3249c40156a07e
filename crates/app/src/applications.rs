//! Loan applications in a batch: an application and the loan made for it are written together.

use std::collections::HashMap;
use std::sync::Arc;

use loam_book::application::refinance::Found;
use loam_book::application::{self, Application, NewApplication, auction, loan_id, rejection_of_loan};
use loam_book::ids::{Address, Key};
use loam_book::loan::Loan;
use loam_book::loan::command::{LoanCommand, NewLoan};
use loam_book::loan::commands::Decision;
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::party::holder::Party;

use crate::changes::{ApplicationChange, Changes, IdName, OutboxRow};
use crate::command::{Caller, Done, Outcome};
use crate::error::AppError;
use crate::ports::Loaded;
use crate::session::{Answer, Session};

/// What a new application is known by, besides what its loan takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewName {
    pub(crate) key: Key,
    /// From one.
    pub(crate) number: i64,
}

/// What the batch makes of applications.
#[derive(Default)]
pub(crate) struct Applications {
    changed: HashMap<Key, Application>,
    /// Those of borrowers that were asked for.
    of_borrowers: HashMap<Key, Vec<Application>>,
    /// For the next one.
    offered: Option<NewName>,
}

impl Applications {
    pub(crate) fn put(&mut self, application: Application) {
        self.changed.insert(application.key, application);
    }

    /// Takes the applications of a borrower that were asked for.
    pub(crate) fn give(&mut self, borrower: Key, applications: Vec<Application>) {
        self.of_borrowers.insert(borrower, applications);
    }

    /// The applications of a borrower as the batch leaves them so far; `None` where they were not given.
    pub(crate) fn of_borrower(&self, borrower: Key) -> Option<Vec<Application>> {
        let stored = self.of_borrowers.get(&borrower)?.iter();
        let stored = stored.filter(|stored| !self.changed.contains_key(&stored.key));
        let changed = self.changed.values().filter(|changed| changed.borrower == borrower);
        Some(stored.chain(changed).cloned().collect())
    }

    /// Whether somebody applied for a loan in this batch, or the batch changed an application of theirs.
    pub(crate) fn has_any_of(&self, borrower: Key) -> bool {
        self.changed.values().any(|changed| changed.borrower == borrower)
    }

    /// Hands over what is to be written, in the order of parts and numbers.
    pub(crate) fn finish(&mut self, loaded: &Loaded, changes: &mut Changes) {
        for (key, application) in self.changed.drain() {
            let before = loaded.applications.get(&key);
            let version_read = before.map(|before| before.version);
            if before.is_some_and(|before| before.stage != application.stage) {
                changes.outbox.extend(moved_in_market(&application));
            }
            changes.applications.push(ApplicationChange { application, version_read });
        }
        changes.applications.sort_by_key(|change| (change.application.part, change.application.number));
    }
}

/// The loan made for an application stands otherwise when the application has moved, without an entry in
/// its own log. Numbers below zero do not meet those of entries, and no two moves have the same.
fn moved_in_market(application: &Application) -> Option<OutboxRow> {
    application.loan.as_ref().map(|loan| OutboxRow {
        part: application.part,
        account_no: loan.account_no,
        seq: -application.version,
        event: "moved in the market",
        recorded_at: application.last_modified_at,
    })
}

impl Session {
    /// Whether a command of this batch takes the id that the loan of an application with this
    /// number would get.
    pub(crate) fn takes_loan_of(&self, number: i64) -> bool {
        self.takes(&IdName::of_book(IdKind::Loan, &loan_id(number)))
    }

    /// The next new application gets this key and number.
    pub(crate) fn offer_application(&mut self, name: NewName) {
        self.applications.offered = Some(name);
    }

    /// Decides a new application, and the creation of its loan if it asks for one.
    pub(crate) fn apply(
        &mut self,
        borrower: Address,
        new: &NewApplication,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let named: Vec<Address> = new.loans_named().collect();
        let loans = self.loans_to_refinance(&named);
        let applications = if named.is_empty() { Vec::new() } else { self.applications_of(borrower)? };
        let name = self.applications.offered.expect("a lane names a new application");
        let borrower = self.client(borrower).cloned();
        let context = self.context(caller, ids, borrower.as_ref().map(Party::Client));
        let found = Found { loans: &loans, applications: &applications };
        let (application, loan) = application::apply(new, found, &context, name.number, name.key)?;
        let decision = match loan {
            Some(loan) => self.decide_loan(None, &LoanCommand::Create(Box::new(loan)), context)?,
            None => None,
        };
        let loan = decision.map(|decision| self.open_loan(decision, caller)).transpose()?;
        if let Some(borrower) = borrower.filter(|_| application.refinancing.is_some()) {
            self.touch_client(&borrower);
        }
        Ok(self.put_application(application, loan, ("apply", caller)))
    }

    /// Makes a loan account by itself, under the name of the number that the lane has drawn.
    pub(crate) fn open_in_market(
        &mut self,
        holder: Address,
        new: &NewLoan,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let name = self.applications.offered.expect("a lane names a new loan of the marketplace");
        let new = NewLoan { id: Some(loan_id(name.number)), ..new.clone() };
        self.create_loan(holder, &new, caller, ids)
    }

    pub(crate) fn open_loan(&mut self, decision: Decision, caller: &Caller) -> Result<Arc<Loan>, AppError> {
        let loan = &decision.loan;
        self.take_id(IdName::of_book(IdKind::Loan, &loan.id), loan.key, loan.part)?;
        Ok(loan_of(self.record(decision, "create", caller)))
    }

    /// Decides the rejection of an application and of the loan that was made for it, which the
    /// caller names so that it is loaded with the application.
    pub(crate) fn reject_application(
        &mut self,
        application: Address,
        loan: Option<Address>,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let application = self.application(application).ok_or(AppError::ApplicationNotFound)?.clone();
        if application.loan.as_ref().map(|loan| loan.key) != loan.map(|loan| loan.key) {
            return Err(Refusal::ChangedMeanwhile.into());
        }
        let rejected = application::reject(&application, &self.context(caller, ids, None))?;
        let bookings = self.bookings_of(&application)?;
        let command = loan.and_then(|address| self.loan(address)).and_then(rejection_of_loan);
        let loan = match loan.zip(command) {
            Some((address, command)) => {
                Some(loan_of(self.command_loan_alone(address, (&command, &[]), caller, ids)?))
            }
            None => loan.and_then(|address| self.shared_loan(address)).cloned(),
        };
        let context = self.context(caller, ids, None);
        let ended = auction::released(&application, &bookings, rejected.stage, &context);
        self.record_auction(ended, "reject application", (caller, ids));
        let application = self.application(application.address()).cloned().unwrap_or(rejected);
        Ok(self.outcome(Done::Application { application: Box::new(application), loan }))
    }

    pub(crate) fn application(&self, address: Address) -> Option<&Application> {
        let changed = self.applications.changed.get(&address.key);
        changed.or_else(|| self.loaded.applications.get(&address.key))
    }

    pub(crate) fn put_application(
        &mut self,
        application: Application,
        loan: Option<Arc<Loan>>,
        (command, caller): (&'static str, &Caller),
    ) -> Outcome {
        let address = Address { part: application.part, key: application.key };
        self.audit(address, command, caller, (None, None));
        self.applications.changed.insert(application.key, application.clone());
        self.outcome(Done::Application { application: Box::new(application), loan })
    }
}

fn loan_of(outcome: Outcome) -> Arc<Loan> {
    match outcome.done {
        Done::Loan { loan, .. } => loan,
        Done::Application { .. }
        | Done::Booking { .. }
        | Done::FundTransaction { .. }
        | Done::BookingOrder { .. }
        | Done::Orders { .. }
        | Done::Client { .. }
        | Done::Group { .. }
        | Done::Report { .. }
        | Done::Lead { .. }
        | Done::Savings { .. }
        | Done::Paper { .. }
        | Done::ManualEntry { .. }
        | Done::Posted { .. }
        | Done::Line { .. }
        | Done::CustomValues { .. }
        | Done::Record { .. }
        | Done::LoanMoved { .. }
        | Done::ManyBegun
        | Done::BusinessDate { .. } => unreachable!("a command on a loan gives a loan"),
    }
}

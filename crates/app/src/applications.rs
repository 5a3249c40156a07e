//! Loan applications in a batch: an application and the loan made for it are written together.

use std::collections::HashMap;

use loam_book::application::{self, Application, NewApplication, loan_id, rejection_of_loan};
use loam_book::ids::{Address, Key};
use loam_book::loan::Loan;
use loam_book::loan::command::LoanCommand;
use loam_book::loan::commands::Decision;
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::party::holder::Party;

use crate::changes::{ApplicationChange, Changes, IdName};
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
    /// For the next one.
    offered: Option<NewName>,
}

impl Applications {
    /// Hands over what is to be written, in the order of parts and numbers.
    pub(crate) fn finish(&mut self, loaded: &Loaded, changes: &mut Changes) {
        for (key, application) in self.changed.drain() {
            let version_read = loaded.applications.get(&key).map(|before| before.version);
            changes.applications.push(ApplicationChange { application, version_read });
        }
        changes.applications.sort_by_key(|change| (change.application.part, change.application.number));
    }
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
        let name = self.applications.offered.take().expect("a lane names a new application");
        let borrower = self.client(borrower).cloned();
        let context = self.context(caller, ids, borrower.as_ref().map(Party::Client));
        let (application, loan) = application::apply(new, &context, name.number, name.key)?;
        let decision = match loan {
            Some(loan) => self.decide_loan(None, &LoanCommand::Create(Box::new(loan)), context)?,
            None => None,
        };
        let loan = decision.map(|decision| self.open_loan(decision, caller)).transpose()?;
        Ok(self.put_application(application, loan, ("apply", caller)))
    }

    fn open_loan(&mut self, decision: Decision, caller: &Caller) -> Result<Box<Loan>, AppError> {
        let loan = Box::new(decision.loan.clone());
        self.take_id(IdName::of_book(IdKind::Loan, &loan.id), loan.key, loan.part)?;
        self.record(decision, "create", caller);
        Ok(loan)
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
        let application = self.application(application).ok_or(AppError::ApplicationNotFound)?;
        if application.loan.as_ref().map(|loan| loan.key) != loan.map(|loan| loan.key) {
            return Err(Refusal::ChangedMeanwhile.into());
        }
        let rejected = application::reject(application, &self.context(caller, ids, None))?;
        let command = loan.and_then(|address| self.loan(address)).and_then(rejection_of_loan);
        let loan = match loan.zip(command) {
            Some((address, command)) => {
                Some(loan_of(self.command_loan(address, (&command, &[]), caller, ids)?))
            }
            None => loan.and_then(|address| self.loan(address)).cloned().map(Box::new),
        };
        Ok(self.put_application(rejected, loan, ("reject application", caller)))
    }

    fn application(&self, address: Address) -> Option<&Application> {
        let changed = self.applications.changed.get(&address.key);
        changed.or_else(|| self.loaded.applications.get(&address.key))
    }

    fn put_application(
        &mut self,
        application: Application,
        loan: Option<Box<Loan>>,
        (command, caller): (&'static str, &Caller),
    ) -> Outcome {
        let address = Address { part: application.part, key: application.key };
        self.audit(address, command, caller, (None, None));
        self.applications.changed.insert(application.key, application.clone());
        self.outcome(Done::Application { application: Box::new(application), loan })
    }
}

fn loan_of(outcome: Outcome) -> Box<Loan> {
    match outcome.done {
        Done::Loan { loan, .. } => loan,
        Done::Application { .. }
        | Done::Client { .. }
        | Done::Group { .. }
        | Done::Report { .. }
        | Done::Lead { .. }
        | Done::Savings { .. }
        | Done::Paper { .. }
        | Done::ManualEntry { .. }
        | Done::CustomValues { .. }
        | Done::Record { .. }
        | Done::BusinessDate { .. } => unreachable!("a command on a loan gives a loan"),
    }
}

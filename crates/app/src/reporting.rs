//! Reports in a batch: subjects and reported loans as the reports so far leave them.

use std::collections::HashMap;

use loam_book::ids::{Address, Key};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::reporting::ReportCommand;
use loam_book::reporting::decide::{Known, Reported, decide};
use loam_book::reporting::lead::Lead;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::Subject;

use crate::changes::{Changes, IdName, LeadChange, OutboxRow, ReportRow, ReportedLoanChange, SubjectChange};
use crate::command::{Caller, Done};
use crate::error::AppError;
use crate::ports::{Loaded, Need};
use crate::session::{Answer, Session};

/// What the reports of a batch changed.
#[derive(Default)]
pub(crate) struct Reporting {
    subjects: HashMap<Key, Subject>,
    loans: HashMap<Key, ReportedLoan>,
}

impl Reporting {
    /// Hands over what is to be written, in the order of parts and keys.
    pub(crate) fn finish(&mut self, loaded: &Loaded, changes: &mut Changes) {
        for (key, subject) in self.subjects.drain() {
            let version_read = loaded.subjects.get(&key).map(|before| before.version);
            changes.subjects.push(SubjectChange { subject, version_read });
        }
        for (key, loan) in self.loans.drain() {
            let version_read = loaded.reported_loans.get(&key).map(|before| before.version);
            changes.reported_loans.push(ReportedLoanChange { loan, version_read });
        }
        changes.subjects.sort_by_key(|change| change.subject.address());
        changes.reported_loans.sort_by_key(|change| (change.loan.part, change.loan.account_no));
    }
}

/// What a report must see.
pub(crate) fn need(report: &ReportCommand, need: &mut Need) {
    need.subjects.push(report.address);
    need.reported_loans.extend(loan_address(report));
    need.reported_loans.extend(report.report.linked());
}

/// The id that a report gives to what it may open.
pub(crate) fn id_named(report: &ReportCommand) -> Option<(IdKind, &str)> {
    let loan = report.report.loan_id().map(|id| (IdKind::ReportedLoan, id));
    loan.or(report.subject.reference.as_deref().map(|id| (IdKind::Subject, id)))
}

fn loan_address(report: &ReportCommand) -> Option<Address> {
    let part = report.address.part;
    let key = |id| report.subject.loan_key(part, id);
    report.report.loan_id().map(|id| Address { part, key: key(id) })
}

impl Session {
    /// Decides a report on what the batch has made of its subject and loan so far.
    pub(crate) fn take_report(&mut self, report: &ReportCommand, caller: &Caller, ids: &NewIds) -> Answer {
        let key = loan_address(report).map(|address| address.key);
        let stored_loan = |key: &Key| self.loaded.reported_loans.get(key);
        let loan_now = |key: Key| self.reporting.loans.get(&key).or_else(|| stored_loan(&key));
        let loan = key.and_then(loan_now);
        let linked = report.report.linked().and_then(|linked| loan_now(linked.key));
        let stored_subject = || self.loaded.subjects.get(&report.address.key);
        let subject = self.reporting.subjects.get(&report.address.key).or_else(stored_subject);
        let before = subject.cloned();
        let known = Known { subject, loan, linked };
        let is_new_loan = loan.is_none();
        let reported = decide(report, known, &self.context(caller, ids, None))?;
        self.take_names(before.as_ref(), &reported, report.subject.loan_scope().filter(|_| is_new_loan))?;
        self.audit(report.address, report.report.name(), caller, (None, None));
        let Reported { subject, loan, lead, is_new } = reported;
        if let Some(loan) = &loan {
            self.reporting.loans.insert(loan.key, loan.clone());
        }
        if let Some(loan) = loan.as_ref().filter(|_| report.report.tells_of_a_loan()) {
            self.write_report(loan, report, caller);
        }
        self.changes.leads.extend(lead.map(|lead| LeadChange { lead, replaces: false }));
        if let Some(subject) = &subject {
            self.reporting.subjects.insert(subject.key, subject.clone());
        }
        let subject = subject.or(before).map(Box::new);
        Ok(self.outcome(Done::Report { subject, loan: loan.map(Box::new), is_new }))
    }

    /// Names that must be unique in their organization, where this report gives them.
    fn take_names(
        &mut self,
        before: Option<&Subject>,
        reported: &Reported,
        scope_of_new_loan: Option<String>,
    ) -> Result<(), AppError> {
        let named = reported.subject.as_ref().filter(|subject| {
            subject.reference.is_some() && before.map(|before| &before.reference) != Some(&subject.reference)
        });
        if let Some(subject) = named {
            let id = subject.reference.clone().expect("it was just filtered by it");
            let scope = Some(subject.organization.clone());
            self.take_id(IdName { scope, kind: IdKind::Subject, id }, subject.key, subject.part)?;
        }
        if let (Some(loan), Some(scope)) = (&reported.loan, scope_of_new_loan) {
            let name = IdName { scope: Some(scope), kind: IdKind::ReportedLoan, id: loan.id.clone() };
            self.take_id(name, loan.key, loan.part)?;
        }
        Ok(())
    }

    /// Keeps what was told, and lets those know who listen.
    fn write_report(&mut self, loan: &ReportedLoan, report: &ReportCommand, caller: &Caller) {
        let (part, account_no, seq) = (loan.part, loan.account_no, loan.version);
        let recorded_at = self.recorded_at;
        self.changes.outbox.push(OutboxRow { part, account_no, seq, event: "reported", recorded_at });
        self.changes.reports.push(ReportRow {
            part,
            account_no,
            seq,
            recorded_at,
            actor: caller.actor.user_key,
            door: caller.door,
            request_id: caller.request_id.clone(),
            report: report.report.name(),
            told: report.report.told(),
        });
    }

    /// Takes a lead in.
    pub(crate) fn take_lead(&mut self, lead: &Lead, caller: &Caller, ids: &NewIds) -> Answer {
        self.context(caller, ids, None).require(loam_book::actor::Permission::Administration)?;
        if lead.part != Lead::part(&lead.organization, lead.lead_id) {
            return Err(Refusal::InvalidId { value: lead.lead_id.to_string() }.into());
        }
        let address = loam_book::ids::Name::of(&["lead", &lead.organization, &lead.lead_id.to_string()]);
        self.audit(address.address(), "register lead", caller, (None, None));
        self.changes.leads.push(LeadChange { lead: lead.clone(), replaces: true });
        Ok(self.outcome(Done::Lead { lead: Box::new(lead.clone()) }))
    }
}

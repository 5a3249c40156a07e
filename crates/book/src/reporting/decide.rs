//! What becomes of a report: a new or changed subject, a new or changed loan, or a refusal.

use crate::actor::Permission;
use crate::ids::{Address, Part};
use crate::loan::context::Context;
use crate::loan::refusal::{IdKind, Refusal};
use crate::reporting::lead::Lead;
use crate::reporting::loan::{ReportedLoan, Told, is_reported};
use crate::reporting::performance::PerformanceLoan;
use crate::reporting::performance_report::{MOST_PAYMENTS, PerformanceLoanReport, PerformancePaymentReport};
use crate::reporting::repayment_data::RepaymentLoan;
use crate::reporting::subject::{Scheme, Subject};
use crate::reporting::{Report, ReportCommand};

/// What is known of whom and what a report is about.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub subject: Option<&'a Subject>,
    pub loan: Option<&'a ReportedLoan>,
    /// The other reported loan that a link leads to.
    pub linked: Option<&'a ReportedLoan>,
}

/// What a report leads to; what is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    pub subject: Option<Subject>,
    pub loan: Option<ReportedLoan>,
    /// A lead that the report names, if the report is the first to name it.
    pub lead: Option<Lead>,
    /// Whether what was reported was not known before: the customer of a report that may open one,
    /// else the loan or the payment.
    pub is_new: bool,
}

/// Decides a report. Checks, in this order: permission, subject, loan.
///
/// # Errors
/// `NotPermitted`; `UnknownSubject` and `UnknownReportedLoan` for what must be known; `IdInUse` for
/// a loan of another subject and a subject under another reference; `LinkedToItself` and
/// `LinkedFurther` for links that would lead in a circle.
pub fn decide(command: &ReportCommand, known: Known<'_>, context: &Context<'_>) -> Result<Reported, Refusal> {
    context.require(permission(command, context))?;
    let deciding = Deciding { command, known, context };
    match &command.report {
        Report::Subject => deciding.open_subject(),
        Report::CustomerLoan(report) => deciding.performance_loan(report, true),
        Report::PerformanceLoan(report) => deciding.performance_loan(report, false),
        Report::PerformancePayment { loan_id, payment } => deciding.payment(loan_id, payment),
        Report::RepaymentLoan(report) => deciding.repayment_loan(report),
        Report::LinkSubject { client } => deciding.link_subject(*client),
        Report::LinkLoan { loan_id, to } => deciding.link_loan(loan_id, *to),
    }
}

fn permission(command: &ReportCommand, context: &Context<'_>) -> Permission {
    let is_account = command.subject.scheme == Scheme::MarketplaceAccount;
    match &command.report {
        // The marketplace names the accounts of those whom it enters itself.
        Report::LinkSubject { client: Some(_) }
            if is_account && context.actor.may(Permission::SetUpMarketplace) =>
        {
            Permission::SetUpMarketplace
        }
        Report::LinkSubject { .. } | Report::LinkLoan { .. } => Permission::Administration,
        Report::Subject
        | Report::CustomerLoan(_)
        | Report::PerformanceLoan(_)
        | Report::PerformancePayment { .. }
        | Report::RepaymentLoan(_) => Permission::ReportLoans,
    }
}

struct Deciding<'a> {
    command: &'a ReportCommand,
    known: Known<'a>,
    context: &'a Context<'a>,
}

impl Deciding<'_> {
    fn open_subject(&self) -> Result<Reported, Refusal> {
        let name = &self.command.subject;
        let Some(known) = self.known.subject else {
            let subject = self.new_subject();
            return Ok(Reported { subject: Some(subject), loan: None, lead: None, is_new: true });
        };
        let other = known.reference.as_ref().filter(|known| Some(*known) != name.reference.as_ref());
        if let (Some(_), Some(value)) = (other, &name.reference) {
            return Err(Refusal::IdInUse { kind: IdKind::Subject, value: value.clone() });
        }
        if known.reference == name.reference || name.reference.is_none() {
            return Ok(Reported { subject: None, loan: None, lead: None, is_new: false });
        }
        let mut subject = self.touched(known);
        subject.reference.clone_from(&name.reference);
        Ok(Reported { subject: Some(subject), loan: None, lead: None, is_new: false })
    }

    /// The customer's first report brings the subject with it; any other needs it.
    fn performance_loan(
        &self,
        report: &PerformanceLoanReport,
        may_open_subject: bool,
    ) -> Result<Reported, Refusal> {
        if !may_open_subject {
            self.subject()?;
        }
        let at = self.context.recorded_at;
        let (told, loan) = match self.known.loan {
            None => (PerformanceLoan::first(report, at), None),
            Some(known) => {
                let mut told = performance_of(known)?.clone();
                told.update(report, at);
                (told, Some(self.next(known)?))
            }
        };
        let told = told_of(told, &report.loan_id)?;
        let is_new_loan = loan.is_none();
        let loan = match loan {
            None => self.new_loan(&report.loan_id, told),
            Some(next) => ReportedLoan { told, ..next },
        };
        let lead = loan.lead_id().filter(|id| self.known.loan.and_then(ReportedLoan::lead_id) != Some(*id));
        let lead = lead.map(|lead_id| Lead::named(&loan.organization, lead_id, at));
        let is_new = if may_open_subject { self.known.subject.is_none() } else { is_new_loan };
        Ok(Reported { subject: self.with_loan(is_new_loan, None), loan: Some(loan), lead, is_new })
    }

    /// A loan of somebody else is no loan of this customer.
    fn payment(&self, loan_id: &str, payment: &PerformancePaymentReport) -> Result<Reported, Refusal> {
        self.subject()?;
        let known = self.loan(loan_id)?;
        if known.subject != self.command.address.key {
            return Err(Refusal::UnknownReportedLoan { value: loan_id.to_owned() });
        }
        let mut told = performance_of(known)?.clone();
        let is_new = told.take_payment(payment, self.context.recorded_at);
        let loan = ReportedLoan { told: told_of(told, loan_id)?, ..self.next(known)? };
        Ok(Reported { subject: None, loan: Some(loan), lead: None, is_new })
    }

    fn repayment_loan(&self, report: &RepaymentLoan) -> Result<Reported, Refusal> {
        self.subject()?;
        let told = Told::RepaymentData(Box::new(report.clone()));
        let (loan, is_new) = match self.known.loan {
            None => (self.new_loan(&report.loan_reference_id, told), true),
            Some(known) => (ReportedLoan { told, ..self.next(known)? }, false),
        };
        let subject = self.with_loan(is_new, Some(report));
        Ok(Reported { subject, loan: Some(loan), lead: None, is_new })
    }

    fn link_subject(&self, client: Option<Address>) -> Result<Reported, Refusal> {
        let (known, is_new) = match self.known.subject {
            Some(known) => (self.touched(known), false),
            None => (self.new_subject(), true),
        };
        // The account of a borrower says whose loan is applied for: it passes to nobody else by itself.
        let is_anothers =
            known.scheme == Scheme::MarketplaceAccount && known.client.is_some_and(|of| Some(of) != client);
        if is_anothers && client.is_some() {
            return Err(Refusal::IdInUse { kind: IdKind::Subject, value: known.id });
        }
        let subject = Subject { client, ..known };
        Ok(Reported { subject: Some(subject), loan: None, lead: None, is_new })
    }

    /// Says what a loan is and nothing about it: no report is counted. A loan that is itself linked
    /// is no aim, so links never lead in a circle.
    fn link_loan(&self, loan_id: &str, to: Option<Address>) -> Result<Reported, Refusal> {
        self.subject()?;
        let known = self.loan(loan_id)?;
        if to == Some(known.address()) {
            return Err(Refusal::LinkedToItself { value: loan_id.to_owned() });
        }
        if let Some(to) = to.filter(|to| is_reported(*to)) {
            let unknown = || Refusal::UnknownReportedLoan { value: to.key.to_string() };
            let aim = self.known.linked.filter(|aim| aim.address() == to).ok_or_else(unknown)?;
            if aim.same_as.is_some() {
                return Err(Refusal::LinkedFurther { value: aim.id.clone() });
            }
        }
        let loan = ReportedLoan {
            same_as: to,
            links: known.links + 1,
            linked_at: Some(self.context.recorded_at),
            last_modified_at: known.last_modified_at,
            ..self.next(known)?
        };
        Ok(Reported { subject: None, loan: Some(loan), lead: None, is_new: false })
    }

    fn subject(&self) -> Result<&Subject, Refusal> {
        let unknown = || Refusal::UnknownSubject { value: self.command.subject.id.clone() };
        self.known.subject.ok_or_else(unknown)
    }

    fn loan(&self, loan_id: &str) -> Result<&ReportedLoan, Refusal> {
        self.known.loan.ok_or_else(|| Refusal::UnknownReportedLoan { value: loan_id.to_owned() })
    }

    fn new_subject(&self) -> Subject {
        Subject::new(&self.command.subject, self.command.address, self.context.recorded_at)
    }

    fn touched(&self, known: &Subject) -> Subject {
        Subject { version: known.version + 1, last_modified_at: self.context.recorded_at, ..known.clone() }
    }

    /// The subject after a report about one of its loans, if it changes.
    fn with_loan(&self, is_new_loan: bool, report: Option<&RepaymentLoan>) -> Option<Subject> {
        let mut subject = match self.known.subject {
            Some(_) if !is_new_loan && report.is_none() => return None,
            Some(known) => self.touched(known),
            None => self.new_subject(),
        };
        subject.loan_count += u32::from(is_new_loan);
        if let Some(report) = report {
            subject.observe(report, self.context.business_date, self.context.recorded_at);
        }
        Some(subject)
    }

    fn new_loan(&self, id: &str, told: Told) -> ReportedLoan {
        let name = &self.command.subject;
        let part: Part = self.command.address.part;
        let at = self.context.recorded_at;
        ReportedLoan {
            key: name.loan_key(part, id),
            part,
            account_no: self.context.ids.account_no,
            version: 1,
            links: 0,
            organization: name.organization.clone(),
            scheme: name.scheme,
            id: id.to_owned(),
            subject: self.command.address.key,
            same_as: None,
            linked_at: None,
            told,
            created_at: at,
            last_modified_at: at,
        }
    }

    /// A known loan as the next report finds it.
    fn next(&self, known: &ReportedLoan) -> Result<ReportedLoan, Refusal> {
        if known.subject != self.command.address.key {
            return Err(Refusal::IdInUse { kind: IdKind::ReportedLoan, value: known.id.clone() });
        }
        Ok(ReportedLoan {
            version: known.version + 1,
            last_modified_at: self.context.recorded_at,
            ..known.clone()
        })
    }
}

/// The feed of a loan follows from its scheme, so a loan of another feed has another key.
fn performance_of(loan: &ReportedLoan) -> Result<&PerformanceLoan, Refusal> {
    loan.performance().ok_or_else(|| Refusal::UnknownReportedLoan { value: loan.id.clone() })
}

/// What was told, unless it is more than is kept with one loan.
fn told_of(told: PerformanceLoan, loan_id: &str) -> Result<Told, Refusal> {
    if told.payments.len() > MOST_PAYMENTS {
        return Err(Refusal::TooManyPayments { loan_id: loan_id.to_owned(), most: MOST_PAYMENTS });
    }
    Ok(Told::Performance(Box::new(told)))
}

#[cfg(test)]
mod tests;

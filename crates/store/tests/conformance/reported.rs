//! Subjects, reported loans, leads and tokens, made by hand.

use jiff::civil::{Date, date};
use loam_app::changes::{
    Changes, IdName, LeadChange, NewId, OutboxRow, ReportRow, ReportedLoanChange, SubjectChange,
};
use loam_app::ports::AccessToken;
use loam_book::actor::Door;
use loam_book::ids::Key;
use loam_book::loan::refusal::IdKind;
use loam_book::reporting::lead::Lead;
use loam_book::reporting::loan::{ReportedLoan, Told};
use loam_book::reporting::repayment_data::{
    ApplicationStatus, InstallmentStatus, LoanRepaymentStatus, RepaidInstallment, RepaymentLoan,
    TenureInterval,
};
use loam_book::reporting::subject::{Scheme, Subject, SubjectName};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde_json::json;

use crate::samples::{audit, instant, key};

pub(crate) fn name(organization: &str, id: &str) -> SubjectName {
    let scheme = Scheme::RepaymentClient;
    SubjectName { scheme, organization: organization.to_owned(), id: id.to_owned(), reference: None }
}

/// A subject that was opened in the n-th second.
pub(crate) fn subject(organization: &str, id: &str, n: i64) -> Subject {
    let name = name(organization, id);
    Subject::new(&name, name.address(), instant(n))
}

/// A subject with these scores, oldest first, as it is stored: what a score rests on is no matter of the store.
pub(crate) fn scored(subject: &Subject, values: &[u32]) -> Subject {
    let score = |(number, value): (u32, &u32)| json!({ "number": number, "value": value, "reasons": [], "created_at": instant(1) });
    let shown =
        json!({ "standing": "running", "judged": 1, "on_time": 1, "days_late": 0, "repaid_permille": 500 });
    let mut stored = serde_json::to_value(subject).unwrap();
    if !values.is_empty() {
        stored["behavior"] = json!({ "R1": shown });
        stored["scores"] = (1..).zip(values).map(score).collect();
    }
    serde_json::from_value(stored).unwrap()
}

/// A subject with everything that it can have.
pub(crate) fn full_subject(organization: &str, id: &str) -> Subject {
    Subject {
        reference: Some(format!("ref-{id}")),
        client: Some(crate::samples::address(loam_book::ids::Part::new(5), key(5, 1))),
        loan_count: 2,
        ..scored(&subject(organization, id, 3), &[400, 500])
    }
}

/// The n-th loan of a subject, named after its number.
pub(crate) fn repayment_loan(organization: &str, subject_id: &str, n: i64) -> ReportedLoan {
    let name = name(organization, subject_id);
    let (address, id) = (name.address(), format!("R{n}"));
    ReportedLoan {
        key: name.loan_key(address.part, &id),
        part: address.part,
        account_no: n,
        version: 1,
        links: 0,
        organization: organization.to_owned(),
        scheme: name.scheme,
        id: id.clone(),
        subject: address.key,
        same_as: None,
        linked_at: None,
        told: Told::RepaymentData(Box::new(told(&id, None))),
        created_at: instant(n),
        last_modified_at: instant(n),
    }
}

/// A loan whose last installment is due on 31 January 2026.
fn told(id: &str, settled_on: Option<Date>) -> RepaymentLoan {
    RepaymentLoan {
        loan_reference_id: id.to_owned(),
        application_date: date(2025, 12, 1),
        date_loan_was_granted: Some(date(2025, 12, 2)),
        application_status: ApplicationStatus::Approved,
        amount: Amount::from_minor(50_000),
        currency: Currency::EUR,
        tenure_value: 1,
        tenure_interval: TenureInterval::Months,
        total_installments: 1,
        installment_repayments: vec![RepaidInstallment {
            due_date: date(2026, 1, 31),
            date_paid: settled_on,
            amount_due: Amount::from_minor(51_000),
            amount_paid: None,
            status: InstallmentStatus::NotPaid,
        }],
        loan_repayment_status: LoanRepaymentStatus::InProgress,
        date_last_installment_is_due: date(2026, 1, 31),
        date_loan_is_settled: settled_on,
    }
}

pub(crate) fn settled(loan: &ReportedLoan, on: Date) -> ReportedLoan {
    ReportedLoan { told: Told::RepaymentData(Box::new(told(&loan.id, Some(on)))), ..loan.clone() }
}

/// The name under which an organization knows a reported loan.
pub(crate) fn loan_name(loan: &ReportedLoan) -> IdName {
    let scope = Some(format!("{}/{}", loan.scheme.name(), loan.organization));
    IdName { scope, kind: IdKind::ReportedLoan, id: loan.id.clone() }
}

pub(crate) fn reference_of(subject: &Subject) -> Option<IdName> {
    let scope = Some(subject.organization.clone());
    subject.reference.clone().map(|id| IdName { scope, kind: IdKind::Subject, id })
}

pub(crate) fn new_subject(subject: &Subject) -> Changes {
    let id = |name| NewId { name, key: subject.key, part: subject.part };
    Changes {
        ids: reference_of(subject).map(id).into_iter().collect(),
        subjects: vec![SubjectChange { subject: subject.clone(), version_read: None }],
        audit: vec![audit(subject.part, subject.key)],
        ..Changes::default()
    }
}

/// A subject as it stands after a change of the version before.
pub(crate) fn changed_subject(subject: &Subject) -> Changes {
    let version_read = Some(subject.version - 1);
    Changes {
        subjects: vec![SubjectChange { subject: subject.clone(), version_read }],
        audit: vec![audit(subject.part, subject.key)],
        ..Changes::default()
    }
}

/// A loan that is reported for the first time.
pub(crate) fn new_reported_loan(loan: &ReportedLoan) -> Changes {
    let id = NewId { name: loan_name(loan), key: loan.key, part: loan.part };
    Changes { ids: vec![id], ..reported(loan, None) }
}

/// A loan as it stands after a report on the version before.
pub(crate) fn changed_reported_loan(loan: &ReportedLoan) -> Changes {
    reported(loan, Some(loan.version - 1))
}

fn reported(loan: &ReportedLoan, version_read: Option<i64>) -> Changes {
    let (part, account_no, seq) = (loan.part, loan.account_no, loan.version);
    Changes {
        reported_loans: vec![ReportedLoanChange { loan: loan.clone(), version_read }],
        reports: vec![report(loan)],
        outbox: vec![OutboxRow { part, account_no, seq, event: "reported", recorded_at: instant(100 + seq) }],
        audit: vec![audit(part, loan.key)],
        ..Changes::default()
    }
}

fn report(loan: &ReportedLoan) -> ReportRow {
    ReportRow {
        part: loan.part,
        account_no: loan.account_no,
        seq: loan.version,
        recorded_at: instant(loan.version),
        actor: key(0, 901),
        door: Door::RepaymentData,
        request_id: "r-3".to_owned(),
        report: "report repayment data",
        told: format!("{{\"version\":{}}}", loan.version),
    }
}

/// A subject and its first loan in one batch, as most of them come.
pub(crate) fn reported_at_once(subject: &Subject, loan: &ReportedLoan) -> Changes {
    let mut changes = new_reported_loan(loan);
    let opened = new_subject(subject);
    changes.ids.extend(opened.ids);
    changes.subjects.extend(opened.subjects);
    changes
}

/// A lead with a value of its own in every place.
pub(crate) fn lead(organization: &str, lead_id: i64) -> Lead {
    Lead {
        account_id: Some(format!("A{lead_id}")),
        ssn_hash: Some(format!("ssn{lead_id}")),
        email_hash: Some(format!("mail{lead_id}")),
        purchased_at: Some(instant(lead_id + 1)),
        underwritten_at: Some(instant(lead_id + 2)),
        ..Lead::named(organization, lead_id, instant(lead_id))
    }
}

pub(crate) fn leads(leads: Vec<Lead>, replaces: bool) -> Changes {
    let change = |lead| LeadChange { lead, replaces };
    Changes { leads: leads.into_iter().map(change).collect(), ..Changes::default() }
}

/// A token that ends in the given second.
pub(crate) fn token(hash: &str, client: Key, expires: i64) -> AccessToken {
    AccessToken {
        hash: hash.to_owned(),
        client,
        issued_at: instant(expires - 60),
        expires_at: instant(expires),
    }
}

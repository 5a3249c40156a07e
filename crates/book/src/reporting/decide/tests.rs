use std::cell::Cell;

use jiff::Timestamp;
use jiff::civil::date;
use loam_calc::calendar::Calendar;

use super::*;
use crate::actor::{Actor, Door};
use crate::catalog::Catalog;
use crate::ids::{Key, Part};
use crate::loan::context::NewIds;
use crate::reporting::performance_report::tests::{payment, report};
use crate::reporting::subject::{Scheme, SubjectName};

fn customer(id: &str) -> SubjectName {
    let (organization, id) = ("lender".to_owned(), id.to_owned());
    SubjectName { scheme: Scheme::PerformanceCustomer, organization, id, reference: None }
}

fn about(subject: SubjectName, report: Report) -> ReportCommand {
    let address = subject.address();
    ReportCommand { subject, address, report }
}

fn decide_as(
    permissions: &[Permission],
    command: &ReportCommand,
    known: Known<'_>,
) -> Result<Reported, Refusal> {
    let part = command.address.part;
    let ids = NewIds {
        key: Key::entity(part, 1, 1),
        part,
        account_no: 11,
        random: 1,
        transaction_id: Cell::new(1),
        transaction_id_end: 2,
    };
    let actor = Actor {
        user_key: Key::entity(part, 0, 0),
        username: "lender".to_owned(),
        is_administrator: false,
        permissions: permissions.to_vec(),
        only_own_clients: false,
        role: None,
        bounds: crate::rights::Bounds::default(),
    };
    let context = Context {
        business_date: date(2021, 9, 25),
        recorded_at: Timestamp::UNIX_EPOCH,
        actor: &actor,
        door: Door::LoanPerformance,
        request_id: "r",
        calendar: &Calendar::every_day_works(),
        catalog: &Catalog::default(),
        closed_through: None,
        holder: None,
        other_loans: None,
        ids: &ids,
    };
    decide(command, known, &context)
}

fn reported(command: &ReportCommand, known: Known<'_>) -> Result<Reported, Refusal> {
    decide_as(&[Permission::ReportLoans], command, known)
}

const NOBODY: Known<'static> = Known { subject: None, loan: None, linked: None };

/// Customer "C1" with loan "L1" of lead 7.
fn opened() -> (Subject, ReportedLoan) {
    let command = about(customer("C1"), Report::CustomerLoan(Box::new(report())));
    let reported = reported(&command, NOBODY).unwrap();
    (reported.subject.unwrap(), reported.loan.unwrap())
}

#[test]
fn a_customer_is_opened_together_with_the_loan_and_its_lead() {
    let command = about(customer("C1"), Report::CustomerLoan(Box::new(report())));
    let reported = reported(&command, NOBODY).unwrap();
    assert!(reported.is_new);
    let (subject, loan) = (reported.subject.unwrap(), reported.loan.unwrap());
    assert_eq!((subject.id.as_str(), subject.version, subject.loan_count), ("C1", 1, 1));
    assert_eq!((loan.id.as_str(), loan.version, loan.subject), ("L1", 1, subject.key));
    assert_eq!((loan.account_no, loan.lead_id()), (11, Some(7)));
    assert_eq!(reported.lead.map(|lead| lead.lead_id), Some(7));
}

#[test]
fn a_known_customer_with_a_new_loan_is_no_new_customer() {
    let (subject, _) = opened();
    let second = PerformanceLoanReport { loan_id: "L2".to_owned(), ..report() };
    let command = about(customer("C1"), Report::CustomerLoan(Box::new(second)));
    let reported = reported(&command, Known { subject: Some(&subject), loan: None, linked: None }).unwrap();
    assert!(!reported.is_new);
    assert_eq!(reported.subject.map(|subject| (subject.version, subject.loan_count)), Some((2, 2)));
}

#[test]
fn any_other_report_wants_a_known_customer() {
    let loan = about(customer("C1"), Report::PerformanceLoan(Box::new(report())));
    let unknown = Refusal::UnknownSubject { value: "C1".to_owned() };
    assert_eq!(reported(&loan, NOBODY), Err(unknown.clone()));
    let paid = Report::PerformancePayment { loan_id: "L1".to_owned(), payment: Box::new(payment("P1")) };
    assert_eq!(reported(&about(customer("C1"), paid), NOBODY), Err(unknown));
}

#[test]
fn a_second_report_makes_the_next_version_and_names_no_lead_again() {
    let (subject, loan) = opened();
    let command = about(customer("C1"), Report::PerformanceLoan(Box::new(report())));
    let reported =
        reported(&command, Known { subject: Some(&subject), loan: Some(&loan), linked: None }).unwrap();
    assert_eq!((reported.is_new, reported.subject, reported.lead), (false, None, None));
    assert_eq!(reported.loan.map(|loan| (loan.version, loan.key)), Some((2, loan.key)));
}

#[test]
fn a_loan_of_another_customer_is_taken_and_not_to_be_paid() {
    let (_, loan) = opened();
    let other = Subject::new(&customer("C2"), customer("C2").address(), Timestamp::UNIX_EPOCH);
    let known = Known { subject: Some(&other), loan: Some(&loan), linked: None };
    let command = about(customer("C2"), Report::PerformanceLoan(Box::new(report())));
    let taken = Refusal::IdInUse { kind: IdKind::ReportedLoan, value: "L1".to_owned() };
    assert_eq!(reported(&command, known), Err(taken));
    let paid = Report::PerformancePayment { loan_id: "L1".to_owned(), payment: Box::new(payment("P1")) };
    let unknown = Refusal::UnknownReportedLoan { value: "L1".to_owned() };
    assert_eq!(reported(&about(customer("C2"), paid), known), Err(unknown));
}

#[test]
fn payments_belong_to_their_loan() {
    let (subject, loan) = opened();
    let known = Known { subject: Some(&subject), loan: Some(&loan), linked: None };
    let paid = Report::PerformancePayment { loan_id: "L1".to_owned(), payment: Box::new(payment("P1")) };
    let first = reported(&about(customer("C1"), paid.clone()), known).unwrap();
    assert!(first.is_new && first.subject.is_none());
    let loan = first.loan.unwrap();
    assert_eq!((loan.version, loan.performance().map(|told| told.payments.len())), (2, Some(1)));
    let known = Known { subject: Some(&subject), loan: Some(&loan), linked: None };
    assert!(!reported(&about(customer("C1"), paid), known).unwrap().is_new);
}

#[test]
fn a_loan_keeps_so_many_payments_and_no_more() {
    let payments = (0..=MOST_PAYMENTS).map(|number| payment(&number.to_string())).collect();
    let command = |payments| {
        let told = PerformanceLoanReport { payments, ..report() };
        about(customer("C1"), Report::CustomerLoan(Box::new(told)))
    };
    let refusal = Refusal::TooManyPayments { loan_id: "L1".to_owned(), most: MOST_PAYMENTS };
    assert_eq!(reported(&command(payments), NOBODY), Err(refusal.clone()));
    let full = command((0..MOST_PAYMENTS).map(|number| payment(&number.to_string())).collect());
    let full = reported(&full, NOBODY).unwrap();
    let known = Known { subject: full.subject.as_ref(), loan: full.loan.as_ref(), linked: None };
    let pay =
        |id: &str| Report::PerformancePayment { loan_id: "L1".to_owned(), payment: Box::new(payment(id)) };
    assert_eq!(reported(&about(customer("C1"), pay("one more")), known), Err(refusal));
    assert!(reported(&about(customer("C1"), pay("0")), known).is_ok(), "a known one may change");
}

#[test]
fn who_reports_may_not_link_and_who_may_not_report_is_refused() {
    let (subject, loan) = opened();
    let known = Known { subject: Some(&subject), loan: Some(&loan), linked: None };
    let link = about(customer("C1"), Report::LinkSubject { client: None });
    assert!(matches!(reported(&link, known), Err(Refusal::NotPermitted { .. })));
    assert!(decide_as(&[Permission::Administration], &link, known).is_ok());
    let told = about(customer("C1"), Report::PerformanceLoan(Box::new(report())));
    assert!(matches!(decide_as(&[], &told, known), Err(Refusal::NotPermitted { .. })));
}

#[test]
fn a_loan_is_not_linked_to_itself() {
    let (subject, loan) = opened();
    let known = Known { subject: Some(&subject), loan: Some(&loan), linked: None };
    let link = |to| about(customer("C1"), Report::LinkLoan { loan_id: "L1".to_owned(), to });
    let itself = decide_as(&[Permission::Administration], &link(Some(loan.address())), known);
    assert_eq!(itself, Err(Refusal::LinkedToItself { value: "L1".to_owned() }));
    let other = Address { part: Part::new(3), key: Key::entity(Part::new(3), 0, 9) };
    let linked = decide_as(&[Permission::Administration], &link(Some(other)), known).unwrap();
    assert_eq!(linked.loan.and_then(|loan| loan.same_as), Some(other));
}

/// Whose loan is applied for follows from the account, so it passes to another client only by way of
/// nobody.
#[test]
fn the_account_of_a_borrower_passes_to_nobody_else_by_itself() {
    let account = SubjectName { scheme: Scheme::MarketplaceAccount, ..customer("001G000001KY8by") };
    let client = |n| Some(Address { part: Part::new(5), key: Key::entity(Part::new(5), 0, n) });
    let link = |to, subject: Option<&Subject>| {
        let command = about(account.clone(), Report::LinkSubject { client: to });
        let known = Known { subject, loan: None, linked: None };
        decide_as(&[Permission::Administration], &command, known).map(|reported| reported.subject.unwrap())
    };
    let first = link(client(1), None).unwrap();
    assert_eq!(link(client(1), Some(&first)).unwrap().client, client(1));
    let taken = Refusal::IdInUse { kind: IdKind::Subject, value: "001G000001KY8by".to_owned() };
    assert_eq!(link(client(2), Some(&first)), Err(taken));
    let free = link(None, Some(&first)).unwrap();
    assert_eq!(link(client(2), Some(&free)).unwrap().client, client(2));

    let command = |to| about(customer("C1"), Report::LinkSubject { client: to });
    let subject = decide_as(&[Permission::Administration], &command(client(1)), NOBODY).unwrap().subject;
    let known = Known { subject: subject.as_ref(), loan: None, linked: None };
    assert!(decide_as(&[Permission::Administration], &command(client(2)), known).is_ok(), "others may");
}

#[test]
fn links_between_reported_loans_never_lead_in_a_circle() {
    let (subject, first) = opened();
    let told = PerformanceLoanReport { loan_id: "L2".to_owned(), ..report() };
    let second = about(customer("C1"), Report::PerformanceLoan(Box::new(told)));
    let known = Known { subject: Some(&subject), loan: None, linked: None };
    let second = reported(&second, known).unwrap().loan.unwrap();

    let link = |from: &ReportedLoan, to: &ReportedLoan, linked: Option<&ReportedLoan>| {
        let to = Some(to.address());
        let command = about(customer("C1"), Report::LinkLoan { loan_id: from.id.clone(), to });
        let known = Known { subject: Some(&subject), loan: Some(from), linked };
        decide_as(&[Permission::Administration], &command, known)
    };
    let unknown = Refusal::UnknownReportedLoan { value: second.key.to_string() };
    assert_eq!(link(&first, &second, None), Err(unknown));
    let first = link(&first, &second, Some(&second)).unwrap().loan.unwrap();
    assert_eq!(first.same_as, Some(second.address()));
    let circle = link(&second, &first, Some(&first));
    assert_eq!(circle, Err(Refusal::LinkedFurther { value: "L1".to_owned() }));
}

#[test]
fn a_link_is_no_report() {
    let (subject, loan) = opened();
    let known = Known { subject: Some(&subject), loan: Some(&loan), linked: None };
    let to = Some(Address { part: Part::new(3), key: Key::entity(Part::new(3), 0, 9) });
    let link = about(customer("C1"), Report::LinkLoan { loan_id: "L1".to_owned(), to });
    let linked = decide_as(&[Permission::Administration], &link, known).unwrap().loan.unwrap();
    assert_eq!((linked.version, linked.reports()), (2, 1));
    assert_eq!(linked.last_modified_at, loan.last_modified_at);
    assert_eq!(linked.linked_at, Some(Timestamp::UNIX_EPOCH));
    assert!(!link.report.tells_of_a_loan());

    let known = Known { subject: Some(&subject), loan: Some(&linked), linked: None };
    let again = about(customer("C1"), Report::PerformanceLoan(Box::new(report())));
    let told = reported(&again, known).unwrap().loan.unwrap();
    assert_eq!((told.version, told.reports(), told.same_as), (3, 2, to));
}

#[test]
fn a_loan_of_a_migrated_book_is_serviced_too() {
    let (_, loan) = opened();
    let to = |key: &str| {
        let address = Address { part: Part::new(3), key: key.parse().unwrap() };
        ReportedLoan { same_as: Some(address), ..loan.clone() }
    };
    assert!(to("8a80868c7b2c1f4e017b2c3d4e5f6a7b").serviced().is_some());
    let reported = ReportedLoan { same_as: Some(loan.address()), ..loan.clone() };
    assert_eq!(reported.serviced(), None);
}

//! What a loan of this book would be reported as: its payments, its installments, its dates.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use loam_book::loan::LoanState;
use loam_book::loan::command::{LoanCommand, LoanFigures};
use loam_book::loan::log::fold;
use loam_book::product::{GracePeriodType, InitialState, Product};
use loam_book::reporting::loan::{ReportedLoan, Told};
use loam_book::reporting::performance::{
    LoanStatus, PaymentStatus, PaymentType, PerformanceLoan, PerformancePayment,
};
use loam_book::reporting::performance_report::{PerformanceLoanReport, PerformancePaymentReport};
use loam_book::reporting::projection::Serviced;
use loam_book::reporting::reconcile::{Difference, differences};
use loam_book::reporting::repayment_data::{
    ApplicationStatus, InstallmentParts, InstallmentStatus, LoanParts, LoanRepaymentStatus,
    RepaidInstallment, RepaymentLoan,
};
use loam_book::reporting::subject::{Scheme, SubjectName};
use loam_book::stated::StatedAmount;
use loam_calc::calendar::Calendar;
use loam_calc::money::Amount;

use crate::support::{TestBook, cents, figures, product, sample_loan};
use crate::vocabularies::{LAST_DUE, read, rest, started, told};

fn payments(book: &TestBook) -> Vec<PerformancePayment> {
    read(book, |loan| loan.performance()).payments
}

fn words(book: &TestBook) -> Vec<(PaymentType, PaymentStatus)> {
    let word = |payment: PerformancePayment| {
        (payment.payment_type.expect("said"), payment.payment_status.expect("said"))
    };
    payments(book).into_iter().map(word).collect()
}

const FUNDING: (PaymentType, PaymentStatus) = (PaymentType::FundingPayment, PaymentStatus::Paid);

/// A report about a loan of the book, and where it differs.
fn differences_of(book: &TestBook, report: &PerformanceLoanReport) -> Vec<Difference> {
    let name = SubjectName {
        scheme: Scheme::PerformanceCustomer,
        organization: "lender".to_owned(),
        id: "C1".to_owned(),
        reference: None,
    };
    let at = Timestamp::UNIX_EPOCH;
    let reported = ReportedLoan {
        key: name.loan_key(name.address().part, &report.loan_id),
        part: name.address().part,
        account_no: 1,
        version: 1,
        links: 0,
        organization: name.organization.clone(),
        scheme: name.scheme,
        id: report.loan_id.clone(),
        subject: name.address().key,
        same_as: None,
        linked_at: None,
        told: Told::Performance(Box::new(PerformanceLoan::first(report, at))),
        created_at: at,
        last_modified_at: at,
    };
    read(book, |loan| differences(&reported, loan))
}

fn report_of(payments: Vec<PerformancePaymentReport>) -> PerformanceLoanReport {
    PerformanceLoanReport {
        loan_id: "L1".to_owned(),
        lead_id: None,
        management_system_id: Some(Some(3)),
        application_type: None,
        loan_type: None,
        loan_status: None,
        loan_amount: 950_00,
        funded_amount: None,
        first_payment_date: None,
        applied_at: Timestamp::UNIX_EPOCH,
        esigned_at: None,
        withdrawn_at: None,
        originated_at: None,
        is_lead_loan: None,
        payments,
    }
}

fn payment_of(id: &str, amount: i64, status: PaymentStatus) -> PerformancePaymentReport {
    PerformancePaymentReport {
        payment_id: id.to_owned(),
        lead_id: None,
        management_system_id: None,
        amount: Some(Some(amount)),
        payment_type: None,
        payment_mode: None,
        payment_status: Some(Some(status)),
        principal: None,
        interest: None,
        fees: None,
        bank_routing_number: None,
        bank_account_number: None,
        return_code: None,
        returned_at: None,
        fail_code: None,
        failed_at: None,
        payment_at: None,
    }
}

#[test]
fn a_status_that_nobody_reported_is_no_difference() {
    let book = sample_loan();
    let silent = report_of(vec![]);
    assert_eq!(differences_of(&book, &silent), []);
    let pending = PerformanceLoanReport { loan_status: Some(Some(LoanStatus::Pending)), ..silent };
    let expected = Difference {
        field: "loan_status".to_owned(),
        reported: Some("Pending".to_owned()),
        book: Some("Originated".to_owned()),
    };
    assert_eq!(differences_of(&book, &pending), [expected]);
    let taken_away = PerformanceLoanReport { loan_status: Some(None), ..pending };
    assert_eq!(differences_of(&book, &taken_away), []);
}

#[test]
fn a_payment_that_is_still_on_its_way_is_not_repaid() {
    let mut book = sample_loan();
    book.repay("100").expect("early");
    let paid = payment_of("P1", 100_00, PaymentStatus::Paid);
    let pending = payment_of("P2", 50_00, PaymentStatus::Pending);
    assert_eq!(differences_of(&book, &report_of(vec![paid.clone(), pending])), []);
    let late = payment_of("P2", 50_00, PaymentStatus::Late);
    let expected = Difference {
        field: "payments".to_owned(),
        reported: Some("15000".to_owned()),
        book: Some("10000".to_owned()),
    };
    assert_eq!(differences_of(&book, &report_of(vec![paid, late])), [expected]);
}

/// The log entries so far.
fn seq(book: &TestBook) -> i64 {
    book.loan().version
}

/// The id of the last repayment that was served.
fn last_repayment(book: &TestBook) -> i64 {
    let repayment = book
        .transactions
        .iter()
        .rfind(|transaction| transaction.kind == loam_book::loan::transaction::TransactionKind::Repayment);
    repayment.expect("something was repaid").id
}

/// Whoever hears after each log entry what changed by it knows at the end what is told at once.
fn assert_told_in_pieces(book: &TestBook) {
    let calendar = Calendar::every_day_works();
    let mut known = BTreeMap::new();
    for (heard, entries) in (0..).zip(1..=book.entries.len()) {
        let loan = fold(&book.entries[..entries]).expect("it begins with the creation");
        let serviced = Serviced::new(&loan, &book.entries[..entries], (book.business_date, &calendar), true);
        let all = serviced.performance().payments;
        for id in serviced.payments_after(heard) {
            let payment = all.iter().find(|payment| payment.payment_id == id);
            known.insert(id, payment.expect("what changed is there").clone());
        }
        let by_id: BTreeMap<_, _> =
            all.into_iter().map(|payment| (payment.payment_id.clone(), payment)).collect();
        assert_eq!(known, by_id, "after entry {entries}");
    }
}

#[test]
fn a_life_is_told_as_payments() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 28));
    book.repay("100").expect("a part of what is due");
    book.move_to(date(2012, 8, 5));
    book.repay("115.45").expect("the rest of it");
    book.repay("216.29").expect("the next one, early");
    book.reverse(last_repayment(&book)).expect("the last repayment can be taken back");
    let all_of_it = rest(&book);
    book.repay(&all_of_it).expect("everything is taken");
    assert_eq!(
        words(&book),
        [
            FUNDING,
            (PaymentType::FirstPayment, PaymentStatus::PartiallyPaid),
            (PaymentType::MakeupPayment, PaymentStatus::Late),
            (PaymentType::AdditionalPayment, PaymentStatus::Returned),
            (PaymentType::Payoff, PaymentStatus::Paid),
        ]
    );
    let payments = payments(&book);
    assert_eq!(payments[3].return_code.as_deref(), Some("REVERSED"));
    let split = [payments[1].principal, payments[1].interest, payments[1].fees];
    assert_eq!(split, [Some(74_55), Some(25_45), Some(0)]);
    assert_told_in_pieces(&book);
}

#[test]
fn the_payment_that_closes_the_loan_is_a_payoff_however_late() {
    let mut book = sample_loan();
    book.move_to(date(2012, 12, 5));
    book.repay("100").expect("late");
    let all_of_it = rest(&book);
    book.repay(&all_of_it).expect("everything is taken");
    let expected = [
        FUNDING,
        (PaymentType::FirstPayment, PaymentStatus::Late),
        (PaymentType::Payoff, PaymentStatus::Paid),
    ];
    assert_eq!(words(&book), expected);
    assert_eq!(read(&book, |loan| loan.performance()).status, LoanStatus::PaidInFull);
}

#[test]
fn a_payoff_is_told_again_when_the_loan_is_opened_and_stays_one() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 28));
    book.repay("215.45").expect("it is due");
    let all_of_it = rest(&book);
    book.repay(&all_of_it).expect("everything is taken");
    let closed = seq(&book);
    let payoff = payments(&book)[2].payment_id.clone();
    assert_eq!(read(&book, |loan| loan.payments_after(closed)), Vec::<String>::new());
    told(&mut book, &[LoanCommand::UndoClose { notes: None }]);
    assert_eq!(read(&book, |loan| loan.payments_after(closed)), [payoff]);
    let expected = [
        FUNDING,
        (PaymentType::FirstPayment, PaymentStatus::Paid),
        (PaymentType::Payoff, PaymentStatus::Paid),
    ];
    assert_eq!(words(&book), expected);
    assert_told_in_pieces(&book);
}

#[test]
fn a_payment_ahead_of_its_day_is_partial_until_the_installment_is_paid() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 1));
    book.repay("100").expect("a part, early");
    book.repay("115.45").expect("the rest, early");
    book.move_to(date(2012, 8, 28));
    book.repay("300").expect("what is due, and some of the next");
    let expected = [
        FUNDING,
        (PaymentType::FirstPayment, PaymentStatus::PartiallyPaid),
        (PaymentType::AdditionalPayment, PaymentStatus::Paid),
        (PaymentType::Payment, PaymentStatus::Paid),
    ];
    assert_eq!(words(&book), expected);
}

#[test]
fn a_payment_that_covers_what_was_missed_and_not_what_is_due_is_late() {
    let mut book = sample_loan();
    book.move_to(date(2012, 8, 28));
    book.repay("215.45").expect("the first");
    book.repay("100").expect("a part of the second");
    let expected = [
        FUNDING,
        (PaymentType::FirstPayment, PaymentStatus::Late),
        (PaymentType::Payment, PaymentStatus::PartiallyPaid),
    ];
    assert_eq!(words(&book), expected);
}

#[test]
fn a_payment_that_a_correction_posts_again_is_one_payment_with_a_new_split() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 28));
    book.repay("215.45").expect("it is due");
    book.move_to(date(2012, 8, 28));
    book.repay("100").expect("a part of the second");
    let before = payments(&book);
    let split = |payment: &PerformancePayment| (payment.principal, payment.interest);
    assert_eq!(split(&before[2]), (Some(73_71), Some(26_29)));

    let corrected = seq(&book);
    book.repay_on("50", Some(date(2012, 8, 10))).expect("bulk corrections are allowed");
    let after = payments(&book);
    let id = before[2].payment_id.clone();
    assert_ne!(last_repayment(&book).to_string(), id, "it was posted again");
    let posted_again = after.iter().find(|payment| payment.payment_id == id).expect("its id stays");
    assert_eq!(split(posted_again), (Some(100_00), Some(0)));
    assert_eq!(posted_again.payment_status, Some(PaymentStatus::PartiallyPaid));
    assert_eq!(after[1], before[1]);
    let inserted = &after[3];
    assert_eq!((after.len(), inserted.amount), (4, Some(50_00)));
    let inserted_words = (inserted.payment_type, inserted.payment_status);
    assert_eq!(inserted_words, (Some(PaymentType::AdditionalPayment), Some(PaymentStatus::PartiallyPaid)));
    let changed = read(&book, |loan| loan.payments_after(corrected));
    assert_eq!(changed, [id.clone(), inserted.payment_id.clone()]);

    let returned = seq(&book);
    book.reverse(last_repayment(&book)).expect("the payment in its newest transaction");
    assert_eq!(read(&book, |loan| loan.payments_after(returned)), [id]);
    let statuses: Vec<_> = payments(&book).into_iter().map(|payment| payment.payment_status).collect();
    let expected =
        [PaymentStatus::Paid, PaymentStatus::Paid, PaymentStatus::Returned, PaymentStatus::PartiallyPaid];
    assert_eq!(statuses, expected.map(Some));
    assert_told_in_pieces(&book);
}

#[test]
fn only_the_payment_that_was_taken_back_is_returned() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 28));
    let first = book.repay("100").expect("a part of what is due");
    let first = first.iter().find(|transaction| transaction.amount == cents(100_00)).expect("served").id;
    book.move_to(date(2012, 8, 5));
    book.repay("50").expect("some more");
    book.repay("20").expect("and more");
    let taken_back = seq(&book);
    book.reverse(first).expect("bulk corrections are allowed");
    let expected = [
        FUNDING,
        (PaymentType::FirstPayment, PaymentStatus::Returned),
        (PaymentType::FirstPayment, PaymentStatus::Late),
        (PaymentType::MakeupPayment, PaymentStatus::Late),
    ];
    assert_eq!(words(&book), expected);
    assert_eq!(read(&book, |loan| loan.payments_after(taken_back)).len(), 3);
    assert_told_in_pieces(&book);
}

#[test]
fn a_fee_is_told_in_the_split() {
    let mut book = sample_loan();
    book.charge("10", 1).expect("the installment takes a fee");
    book.move_to(date(2012, 7, 28));
    book.repay("215.45").expect("all but ten");
    book.repay("10").expect("the rest");
    let expected = [
        FUNDING,
        (PaymentType::FirstPayment, PaymentStatus::PartiallyPaid),
        (PaymentType::Payment, PaymentStatus::Paid),
    ];
    assert_eq!(words(&book), expected);
    let first = &payments(&book)[1];
    assert_eq!((first.principal, first.interest, first.fees), (Some(180_00), Some(25_45), Some(10_00)));
}

#[test]
fn what_was_kept_as_a_fee_was_not_handed_over() {
    let with_fee = LoanFigures { capitalized_fee: Some(StatedAmount("19".into())), ..figures("950") };
    let book = TestBook::active(product(), date(2012, 6, 28), with_fee);
    let loan = read(&book, |loan| loan.performance());
    assert_eq!((loan.loan_amount, loan.funded_amount), (950_00, Some(931_00)));
    assert_eq!(loan.payments[0].amount, Some(931_00));
    assert_eq!((loan.payments[0].principal, loan.payments[0].interest), (None, None));
}

#[test]
fn a_life_is_told_as_installments() {
    let mut book = sample_loan();
    book.repay("215.45").expect("early");
    book.move_to(date(2012, 8, 28));
    book.repay("216.29").expect("on the day");
    book.move_to(date(2012, 10, 1));
    book.repay("100").expect("late and not all");
    let loan = read(&book, |loan| loan.repayment_data());
    let rows: Vec<_> = loan.installment_repayments.iter().map(|row| row.status).collect();
    assert_eq!(
        rows,
        [
            InstallmentStatus::PaidEarly,
            InstallmentStatus::FullyPaid,
            InstallmentStatus::IncompletePayment,
            InstallmentStatus::NotPaid,
            InstallmentStatus::NotPaid,
        ]
    );
    assert_eq!(loan.installment_repayments[2].amount_paid, Some(cents(100_00)));
    assert_eq!(loan.installment_repayments[3].amount_paid, None);
    assert_eq!((loan.tenure_value, loan.total_installments), (5, 5));
    assert_eq!(loan.date_last_installment_is_due, LAST_DUE);
    assert_eq!(loan.loan_repayment_status, LoanRepaymentStatus::InProgress);
    assert_eq!(loan.date_loan_was_granted, Some(date(2012, 6, 28)));
    assert_accepted(&loan);
}

/// What holds of every life: pieces make the whole, payments that stand are what was paid, and the
/// report contradicts itself nowhere.
pub(crate) fn assert_told_well(book: &TestBook) {
    assert_told_in_pieces(book);
    let stands = |payment: &PerformancePayment| {
        payment.payment_type != Some(PaymentType::FundingPayment)
            && payment.payment_status != Some(PaymentStatus::Returned)
    };
    let stand: Vec<_> = payments(book).into_iter().filter(stands).collect();
    let paid = book.loan().servicing.paid;
    let sum = |figure: fn(&PerformancePayment) -> Option<i64>| stand.iter().filter_map(figure).sum::<i64>();
    assert_eq!(sum(|payment| payment.amount), paid.total().minor());
    assert_eq!(sum(|payment| payment.principal), paid.principal.minor());
    assert_eq!(sum(|payment| payment.interest), paid.interest.minor());
    assert_eq!(sum(|payment| payment.fees), (paid.fees + paid.penalties).minor());
    assert_accepted(&read(book, |loan| loan.repayment_data()));
}

/// The report passes the checks for reports that come in.
fn assert_accepted(loan: &RepaymentLoan) {
    let installments = loan.installment_repayments.iter().map(|row| InstallmentParts {
        due_date: Some(row.due_date),
        date_paid: row.date_paid,
        amount_due: Some(row.amount_due),
        amount_paid: row.amount_paid,
        status: Some(row.status),
    });
    let parts = LoanParts {
        application_date: Some(loan.application_date),
        date_loan_was_granted: loan.date_loan_was_granted,
        total_installments: Some(loan.total_installments),
        installment_repayments: Some(installments.collect()),
        loan_repayment_status: Some(loan.loan_repayment_status),
        date_loan_is_settled: loan.date_loan_is_settled,
        ..LoanParts::default()
    };
    assert_eq!(parts.contradictions(), []);
}

fn with_forgiveness(installments: u32) -> Product {
    let mut product = product();
    product.grace_period.default = Some(installments);
    product.grace_period_type = GracePeriodType::InterestForgiveness;
    product
}

#[test]
fn an_installment_of_nothing_is_paid_by_its_due_date() {
    let mut book = TestBook::active_loan(with_forgiveness(2), "950", date(2012, 6, 28));
    let first_two = |book: &TestBook| -> Vec<RepaidInstallment> {
        let loan = read(book, |loan| loan.repayment_data());
        assert_accepted(&loan);
        loan.installment_repayments[..2].to_vec()
    };
    let not_paid = |due_date| RepaidInstallment {
        due_date,
        date_paid: None,
        amount_due: Amount::ZERO,
        amount_paid: None,
        status: InstallmentStatus::NotPaid,
    };
    let paid_on = |due_date, day, status| RepaidInstallment {
        date_paid: Some(day),
        amount_paid: Some(Amount::ZERO),
        status,
        ..not_paid(due_date)
    };
    let (first, second) = (date(2012, 7, 28), date(2012, 8, 28));
    book.move_to(date(2012, 7, 27));
    assert_eq!(first_two(&book), [not_paid(first), not_paid(second)]);
    book.move_to(first);
    assert_eq!(first_two(&book), [paid_on(first, first, InstallmentStatus::FullyPaid), not_paid(second)]);
    book.move_to(date(2012, 8, 1));
    let all_of_it = rest(&book);
    book.repay(&all_of_it).expect("everything is taken");
    let settled = paid_on(second, date(2012, 8, 1), InstallmentStatus::PaidEarly);
    assert_eq!(first_two(&book), [paid_on(first, first, InstallmentStatus::FullyPaid), settled]);
}

#[test]
fn a_loan_that_is_not_paid_out_tells_the_dates_that_it_would_have() {
    let mut book = started(InitialState::PendingApproval);
    let loan = read(&book, |loan| loan.repayment_data());
    assert!(loan.installment_repayments.is_empty());
    assert_eq!(loan.date_last_installment_is_due, LAST_DUE);
    assert_eq!(loan.application_status, ApplicationStatus::InReview);
    let performance = read(&book, |loan| loan.performance());
    assert_eq!(performance.first_payment_date, Some(date(2012, 7, 28)));
    assert_eq!((performance.funded_amount, performance.originated_at), (None, None));
    assert_eq!(performance.loan_amount, 950_00);

    // An agreed first due date stands, also one that is over before the loan is applied for.
    let loan = book.loan.as_mut().expect("the story has a loan");
    loan.terms.first_due_date = Some(date(2012, 6, 28));
    for day in [date(2012, 6, 28), date(2013, 1, 1)] {
        book.business_date = day;
        let first = read(&book, |loan| loan.performance()).first_payment_date;
        assert_eq!(first, Some(date(2012, 6, 28)));
        let last = read(&book, |loan| loan.repayment_data()).date_last_installment_is_due;
        assert_eq!(last, date(2012, 10, 28));
    }
}

#[test]
fn an_undone_disbursement_keeps_its_day() {
    let mut book = sample_loan();
    told(&mut book, &[LoanCommand::UndoDisbursement { named: None, notes: None }]);
    let assert_kept = |book: &TestBook| {
        let loan = read(book, |loan| loan.performance());
        assert_eq!(loan.status, LoanStatus::Reversed);
        assert!(loan.originated_at.is_some());
        assert_eq!(loan.payments[0].payment_status, Some(PaymentStatus::Returned));
    };
    assert_kept(&book);
    told(&mut book, &[LoanCommand::UndoApproval { notes: None }]);
    assert_eq!(*book.loan().state(), LoanState::PendingApproval);
    assert_kept(&book);
    assert_told_in_pieces(&book);
}

#[test]
fn only_a_borrower_withdraws_and_only_an_approved_loan_is_signed() {
    let approve = LoanCommand::Approve { notes: None };
    let mut withdrawn = started(InitialState::PendingApproval);
    let before = read(&withdrawn, |loan| loan.performance());
    assert_eq!((before.esigned_at, before.withdrawn_at), (None, None));
    told(&mut withdrawn, std::slice::from_ref(&approve));
    assert!(read(&withdrawn, |loan| loan.performance()).esigned_at.is_some());
    told(&mut withdrawn, &[LoanCommand::Withdraw { notes: None }]);
    assert!(read(&withdrawn, |loan| loan.performance()).withdrawn_at.is_some());
    let mut refused = started(InitialState::PendingApproval);
    told(&mut refused, &[LoanCommand::Reject { notes: None }]);
    assert_eq!(read(&refused, |loan| loan.performance()).withdrawn_at, None);
}

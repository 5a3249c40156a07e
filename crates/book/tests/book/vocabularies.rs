//! One loan in the words of the contracts: every row of the mapping is reached, and what a loan of
//! this book would be reported as.

use std::collections::HashSet;

use jiff::civil::{Date, date};
use loam_book::loan::command::{Disburse, LoanCommand};
use loam_book::product::{InitialState, Product};
use loam_book::reporting::performance::{LoanStatus, PaymentStatus, PaymentType};
use loam_book::reporting::projection::Serviced;
use loam_book::reporting::repayment_data::{ApplicationStatus, InstallmentStatus, LoanRepaymentStatus};
use loam_book::vocabulary::{Facts, Funding, Replacement, Settlement, Standing, TABLE};
use loam_calc::calendar::Calendar;

use crate::support::{TestBook, cents, product, sample_loan};

const LAST_DUE: Date = date(2012, 11, 28);

fn read<T>(book: &TestBook, ask: impl Fn(&Serviced<'_>) -> T) -> T {
    let calendar = Calendar::every_day_works();
    ask(&Serviced::new(book.loan(), &book.entries, (book.business_date, &calendar), true))
}

fn standing(book: &TestBook) -> Standing {
    read(book, |loan| loan.standing())
}

/// Everything that is still to be paid.
fn rest(book: &TestBook) -> String {
    let unpaid = book.loan().servicing.installments.iter().map(|row| row.unpaid().total());
    unpaid.sum::<loam_calc::money::Amount>().to_fixed_text(book.loan().terms.currency)
}

fn with_tolerance(days: u32) -> Product {
    let mut product = product();
    product.arrears_tolerance_days.default = Some(days);
    product
}

fn started(initial_state: InitialState) -> TestBook {
    let mut book = TestBook::new(Product { initial_state, ..product() }, date(2012, 6, 28));
    book.create("950").expect("the loan is within the product");
    book
}

fn told(book: &mut TestBook, commands: &[LoanCommand]) {
    for command in commands {
        book.command(command).expect("the story is possible");
    }
}

/// A loan for each standing that the book can bring about by itself.
fn told_by_the_book() -> Vec<(Standing, TestBook)> {
    let none = None;
    let mut all = vec![
        (Standing::Draft, started(InitialState::PartialApplication)),
        (Standing::Submitted, started(InitialState::PendingApproval)),
    ];
    let steps: [(Standing, &[LoanCommand]); 6] = [
        (Standing::Funded, &[LoanCommand::Approve { notes: none.clone() }]),
        (Standing::Withdrawn, &[LoanCommand::Withdraw { notes: None }]),
        (Standing::Refused, &[LoanCommand::Reject { notes: None }]),
        (Standing::PaidOut, &[LoanCommand::Approve { notes: None }, disbursement()]),
        (
            Standing::DisbursementUndone,
            &[
                LoanCommand::Approve { notes: None },
                disbursement(),
                LoanCommand::UndoDisbursement { notes: None },
            ],
        ),
        (
            Standing::UndoneAndClosed,
            &[
                LoanCommand::Approve { notes: None },
                disbursement(),
                LoanCommand::UndoDisbursement { notes: None },
                LoanCommand::Withdraw { notes: None },
            ],
        ),
    ];
    for (standing, commands) in steps {
        let mut book = started(InitialState::PendingApproval);
        told(&mut book, commands);
        all.push((standing, book));
    }
    let mut performing = sample_loan();
    performing.move_to(date(2012, 7, 28));
    performing.repay("215.45").expect("it is due");
    all.push((Standing::Performing, performing));
    for (standing, tolerance, day) in [
        (Standing::Overdue, 0, date(2012, 7, 29)),
        (Standing::LateWithinTolerance, 30, date(2012, 7, 29)),
        (Standing::Matured, 0, date(2012, 11, 29)),
    ] {
        let mut book = TestBook::active_loan(with_tolerance(tolerance), "950", date(2012, 6, 28));
        book.move_to(day);
        all.push((standing, book));
    }
    let mut late_at_the_end = TestBook::active_loan(with_tolerance(30), "950", date(2012, 6, 28));
    let last = late_at_the_end.loan().servicing.installments[4].expected.total();
    let but_last = cents(cents_of(&rest(&late_at_the_end)) - last.minor());
    late_at_the_end.repay(&but_last.to_fixed_text(late_at_the_end.loan().terms.currency)).expect("prepaid");
    late_at_the_end.move_to(LAST_DUE.tomorrow().expect("in range"));
    all.push((Standing::MaturedWithinTolerance, late_at_the_end));
    for (settlement, day) in [
        (Settlement::Early, date(2012, 8, 1)),
        (Settlement::OnTime, LAST_DUE),
        (Settlement::Late, date(2012, 12, 5)),
    ] {
        let mut book = sample_loan();
        book.move_to(day);
        let all_of_it = rest(&book);
        book.repay(&all_of_it).expect("everything is taken");
        all.push((Standing::Repaid(settlement), book));
    }
    let mut written_off = sample_loan();
    told(&mut written_off, &[LoanCommand::WriteOff { notes: None }]);
    all.push((Standing::WrittenOff, written_off));
    all
}

fn disbursement() -> LoanCommand {
    LoanCommand::Disburse(Disburse::default())
}

fn cents_of(text: &str) -> i64 {
    text.replace('.', "").parse().expect("an amount with two decimals")
}

#[test]
fn every_row_of_the_mapping_is_reached() {
    let mut reached = HashSet::new();
    for (expected, book) in told_by_the_book() {
        assert_eq!(standing(&book), expected);
        reached.insert(expected);
    }
    // What the book cannot bring about by itself yet is reached from facts.
    let paid_out = sample_loan();
    let active = Facts::of(paid_out.loan(), false, date(2012, 7, 1));
    let approved = started_and_approved();
    let approved = Facts::of(approved.loan(), false, date(2012, 7, 1));
    for funding in [Funding::Open, Funding::Lapsed] {
        reached.insert(Facts { funding, ..approved }.standing());
    }
    reached.insert(Facts { is_paid: true, ..active }.standing());
    reached.insert(Facts { claim_is_running: true, ..active }.standing());
    let mut repaid = sample_loan();
    let all_of_it = rest(&repaid);
    repaid.repay(&all_of_it).expect("everything is taken");
    let closed = Facts::of(repaid.loan(), false, date(2012, 7, 1));
    for replacement in [Replacement::Refinanced, Replacement::Rescheduled] {
        for last in [date(2012, 6, 27), date(2012, 6, 28), date(2012, 6, 29)] {
            let facts = Facts { replaced_by: Some(replacement), last_due_date: Some(last), ..closed };
            reached.insert(facts.standing());
        }
    }
    for (row, _) in TABLE {
        assert!(reached.contains(&row), "no loan reaches {row:?}");
    }
    assert_eq!(TABLE.iter().map(|(row, _)| *row).collect::<HashSet<_>>().len(), TABLE.len());
}

fn started_and_approved() -> TestBook {
    let mut book = started(InitialState::PendingApproval);
    told(&mut book, &[LoanCommand::Approve { notes: None }]);
    book
}

/// The words that the contracts' tables give, for those rows in which they differ most.
#[test]
fn each_contract_has_its_own_word_for_a_loan_that_is_late_within_the_tolerance() {
    let words = Standing::LateWithinTolerance.words();
    assert_eq!(words.account_state, "ACTIVE");
    assert_eq!(words.contract_status, "Active - Good Standing");
    assert_eq!(words.loan_status, LoanStatus::PastDue);
    assert_eq!(words.repayment_status, LoanRepaymentStatus::InProgress);
    let over = Standing::MaturedWithinTolerance.words();
    assert_eq!((over.account_state, over.loan_status), ("ACTIVE", LoanStatus::PastDue));
    assert_eq!(over.repayment_status, LoanRepaymentStatus::NotSettled);
    let undone = Standing::DisbursementUndone.words();
    assert_eq!(
        (undone.loan_status, undone.application_status),
        (LoanStatus::Reversed, ApplicationStatus::Approved)
    );
}

#[test]
fn a_life_is_told_as_payments() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 28));
    book.repay("100").expect("a part of what is due");
    book.move_to(date(2012, 8, 5));
    book.repay("115.45").expect("the rest of it");
    let early = book.repay("216.29").expect("the next one, early").pop().expect("it is served");
    book.reverse(early.id).expect("the last repayment can be taken back");
    let all_of_it = rest(&book);
    book.repay(&all_of_it).expect("everything is taken");
    let payments = read(&book, |loan| loan.performance()).payments;
    let words: Vec<_> = payments
        .iter()
        .map(|payment| (payment.payment_type.expect("said"), payment.payment_status.expect("said")))
        .collect();
    assert_eq!(
        words,
        [
            (PaymentType::FundingPayment, PaymentStatus::Paid),
            (PaymentType::FirstPayment, PaymentStatus::PartiallyPaid),
            (PaymentType::MakeupPayment, PaymentStatus::Late),
            (PaymentType::AdditionalPayment, PaymentStatus::Returned),
            (PaymentType::Payoff, PaymentStatus::Paid),
        ]
    );
    assert_eq!(payments[3].return_code.as_deref(), Some("REVERSED"));
    let split = [payments[1].principal, payments[1].interest, payments[1].fees];
    assert_eq!(split, [Some(74_55), Some(25_45), Some(0)]);
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
}

#[test]
fn a_loan_that_is_not_paid_out_tells_the_dates_that_it_would_have() {
    let book = started(InitialState::PendingApproval);
    let loan = read(&book, |loan| loan.repayment_data());
    assert!(loan.installment_repayments.is_empty());
    assert_eq!(loan.date_last_installment_is_due, LAST_DUE);
    assert_eq!(loan.application_status, ApplicationStatus::InReview);
    let performance = read(&book, |loan| loan.performance());
    assert_eq!(performance.first_payment_date, Some(date(2012, 7, 28)));
    assert_eq!((performance.funded_amount, performance.originated_at), (None, None));
    assert_eq!(performance.loan_amount, 950_00);
}

#[test]
fn an_undone_disbursement_keeps_its_day() {
    let mut book = sample_loan();
    told(&mut book, &[LoanCommand::UndoDisbursement { notes: None }]);
    let loan = read(&book, |loan| loan.performance());
    assert_eq!(loan.status, LoanStatus::Reversed);
    assert!(loan.originated_at.is_some());
    assert_eq!(loan.payments[0].payment_status, Some(PaymentStatus::Returned));
}

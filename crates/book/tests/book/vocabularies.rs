//! Where a loan stands in the words of the contracts: every row of the mapping is reached, and has the
//! words that the contracts give it.

use std::collections::HashSet;

use jiff::civil::{Date, date};
use loam_book::loan::command::{Disburse, LoanCommand};
use loam_book::loan::{Closure, LoanState};
use loam_book::product::{GracePeriodType, InitialState, Product};
use loam_book::reporting::projection::Serviced;
use loam_book::vocabulary::{Facts, Funding, Settlement, Standing, TABLE};
use loam_calc::calendar::Calendar;

use crate::support::{TestBook, cents, product, sample_loan};

pub(crate) const LAST_DUE: Date = date(2012, 11, 28);

pub(crate) fn read<T>(book: &TestBook, ask: impl Fn(&Serviced<'_>) -> T) -> T {
    let calendar = Calendar::every_day_works();
    ask(&Serviced::new(book.loan(), &book.entries, (book.business_date, &calendar), true))
}

fn standing(book: &TestBook) -> Standing {
    read(book, |loan| loan.standing())
}

/// Everything that is still to be paid.
pub(crate) fn rest(book: &TestBook) -> String {
    let unpaid = book.loan().servicing.installments.iter().map(|row| row.unpaid().total());
    unpaid.sum::<loam_calc::money::Amount>().to_fixed_text(book.loan().terms.currency)
}

fn with_tolerance(days: u32) -> Product {
    let mut product = product();
    product.arrears_tolerance_days.default = Some(days);
    product
}

pub(crate) fn started(initial_state: InitialState) -> TestBook {
    let mut book = TestBook::new(Product { initial_state, ..product() }, date(2012, 6, 28));
    book.create("950").expect("the loan is within the product");
    book
}

pub(crate) fn told(book: &mut TestBook, commands: &[LoanCommand]) {
    for command in commands {
        book.command(command).expect("the story is possible");
    }
}

/// A loan for each standing that the book can bring about by itself.
fn told_by_the_book() -> Vec<(Standing, TestBook)> {
    let mut all = before_anything_is_due();
    all.extend(in_service());
    all.extend(closed());
    all
}

fn before_anything_is_due() -> Vec<(Standing, TestBook)> {
    let mut all = vec![
        (Standing::Draft, started(InitialState::PartialApplication)),
        (Standing::Submitted, started(InitialState::PendingApproval)),
    ];
    let approve = || LoanCommand::Approve { notes: None };
    let undone = |then: &[LoanCommand]| {
        let mut commands =
            vec![approve(), disbursement(), LoanCommand::UndoDisbursement { named: None, notes: None }];
        commands.extend_from_slice(then);
        commands
    };
    let steps = [
        (Standing::Funded, vec![approve()]),
        (Standing::Withdrawn, vec![LoanCommand::Withdraw { notes: None }]),
        (Standing::Refused, vec![LoanCommand::Reject { notes: None }]),
        (Standing::PaidOut, vec![approve(), disbursement()]),
        (Standing::DisbursementUndone, undone(&[])),
        (Standing::UndoneAndClosed, undone(&[LoanCommand::Withdraw { notes: None }])),
        (Standing::UndoneAndRefused, undone(&[LoanCommand::Reject { notes: None }])),
        (Standing::UndoneAndPending, undone(&[LoanCommand::UndoApproval { notes: None }])),
        // A disbursement that stands counts for more than one that was undone.
        (Standing::PaidOut, undone(&[disbursement()])),
    ];
    for (standing, commands) in steps {
        let mut book = started(InitialState::PendingApproval);
        told(&mut book, &commands);
        all.push((standing, book));
    }
    all
}

fn in_service() -> Vec<(Standing, TestBook)> {
    let mut performing = sample_loan();
    performing.move_to(date(2012, 7, 28));
    performing.repay("215.45").expect("it is due");
    let mut all = vec![(Standing::Performing, performing)];
    for (standing, tolerance, day) in [
        (Standing::Overdue, 0, date(2012, 7, 29)),
        (Standing::LateWithinTolerance, 30, date(2012, 7, 29)),
        (Standing::Overdue, 0, LAST_DUE),
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
    let mut opened_again = repaid_on(date(2012, 6, 28));
    told(&mut opened_again, &[LoanCommand::UndoClose { notes: None }]);
    all.push((Standing::PayoffInHand, opened_again));
    all
}

fn closed() -> Vec<(Standing, TestBook)> {
    let mut written_off = sample_loan();
    told(&mut written_off, &[LoanCommand::WriteOff { notes: None }]);
    vec![
        (Standing::Repaid(Settlement::Early), repaid_on(date(2012, 8, 1))),
        (Standing::Repaid(Settlement::OnTime), repaid_on(LAST_DUE)),
        (Standing::Repaid(Settlement::Late), repaid_on(date(2012, 12, 5))),
        (Standing::WrittenOff, written_off),
    ]
}

fn repaid_on(day: Date) -> TestBook {
    let mut book = sample_loan();
    book.move_to(day);
    let all_of_it = rest(&book);
    book.repay(&all_of_it).expect("everything is taken");
    book
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
    let mut withdrawn = started_and_approved();
    told(&mut withdrawn, &[LoanCommand::Withdraw { notes: None }]);
    let withdrawn = Facts::of(withdrawn.loan(), false, date(2012, 7, 1));
    for (facts, funding, expected) in [
        (approved, Funding::Open, Standing::Funding),
        (withdrawn, Funding::Lapsed, Standing::Lapsed),
        (approved, Funding::Lapsed, Standing::Funded),
    ] {
        assert_eq!(Facts { funding, ..facts }.standing(), expected);
        reached.insert(expected);
    }
    let claim = Facts { claim_is_running: true, ..active }.standing();
    assert_eq!(claim, Standing::ClaimRunning);
    reached.insert(claim);
    let repaid = repaid_on(date(2012, 6, 28));
    let closed = Facts::of(repaid.loan(), false, date(2012, 7, 1));
    for closure in [Closure::Refinanced, Closure::Rescheduled] {
        let LoanState::Closed { closed_on, ref before, .. } = *closed.state else { panic!("it is repaid") };
        let state = LoanState::Closed { closed_on, closure, before: before.clone() };
        for (last, settlement) in [
            (date(2012, 6, 27), Settlement::Late),
            (date(2012, 6, 28), Settlement::OnTime),
            (date(2012, 6, 29), Settlement::Early),
        ] {
            let facts = Facts { state: &state, last_due_date: Some(last), ..closed };
            let is_refinanced = closure == Closure::Refinanced;
            let of = if is_refinanced { Standing::Refinanced } else { Standing::Rescheduled };
            let expected = of(settlement);
            assert_eq!(facts.standing(), expected);
            reached.insert(expected);
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

#[test]
fn a_loan_performs_from_its_first_satisfied_due_date_on() {
    let mut book = sample_loan();
    book.repay("215.45").expect("the first installment, early");
    book.move_to(date(2012, 7, 27));
    assert_eq!(standing(&book), Standing::PaidOut);
    book.move_to(date(2012, 7, 28));
    assert_eq!(standing(&book), Standing::Performing);
}

#[test]
fn a_due_date_of_a_grace_period_satisfies_nothing() {
    let mut product = product();
    product.grace_period.default = Some(1);
    product.grace_period_type = GracePeriodType::InterestForgiveness;
    let mut book = TestBook::active_loan(product, "950", date(2012, 6, 28));
    book.move_to(date(2012, 7, 28));
    assert_eq!(standing(&book), Standing::PaidOut);
    book.move_to(date(2012, 8, 28));
    let due = book.loan().servicing.installments[1].expected.total();
    book.repay(&due.to_fixed_text(book.loan().terms.currency)).expect("it is due");
    assert_eq!(standing(&book), Standing::Performing);
}

/// Account state and sub-state, stage, contract status, loan status, application status, repayment
/// status: the contracts' table, written down by hand.
#[rustfmt::skip]
const CONTRACTS: [(Standing, [&str; 7]); 29] = [
    (Standing::Draft, ["PARTIAL_APPLICATION", "", "", "Partial Application", "Pending", "pending", "not_settled"]),
    (Standing::Submitted, ["PENDING_APPROVAL", "", "New", "Pending Approval", "Pending", "in_review", "not_settled"]),
    (Standing::Funding, ["APPROVED", "", "In Funding", "Approved", "Approved", "approved", "not_settled"]),
    (Standing::Funded, ["APPROVED", "", "Funded", "Approved", "Approved", "approved", "not_settled"]),
    (Standing::Lapsed, ["CLOSED", "WITHDRAWN", "Expired", "Canceled", "Expired", "rejected", "not_settled"]),
    (Standing::Withdrawn, ["CLOSED", "WITHDRAWN", "Cancelled", "Canceled", "Withdrawn", "rejected", "not_settled"]),
    (Standing::Refused, ["CLOSED_REJECTED", "", "Rejected", "Canceled", "Denied", "rejected", "not_settled"]),
    (Standing::PaidOut, ["ACTIVE", "", "Funded", "Active - Good Standing", "Originated", "approved", "in_progress"]),
    (Standing::Performing, ["ACTIVE", "", "Funded", "Active - Good Standing", "Current", "approved", "in_progress"]),
    (Standing::Overdue, ["ACTIVE_IN_ARREARS", "", "Funded", "Active - Bad Standing", "Past Due", "approved", "in_progress"]),
    (Standing::LateWithinTolerance, ["ACTIVE", "", "Funded", "Active - Good Standing", "Past Due", "approved", "in_progress"]),
    (Standing::Matured, ["ACTIVE_IN_ARREARS", "", "Funded", "Active - Matured", "Past Due", "approved", "not_settled"]),
    // Not in the table: each word from the rows that it lies between.
    (Standing::MaturedWithinTolerance, ["ACTIVE", "", "Funded", "Active - Matured", "Past Due", "approved", "not_settled"]),
    (Standing::PayoffInHand, ["ACTIVE", "", "Funded", "Active - Marked for Closure", "Current", "approved", "in_progress"]),
    (Standing::Repaid(Settlement::OnTime), ["CLOSED", "", "Funded", "Closed - Obligations met", "Paid In Full", "approved", "settled"]),
    (Standing::Repaid(Settlement::Early), ["CLOSED", "", "Funded", "Closed - Obligations met", "Paid In Full", "approved", "settled_early"]),
    (Standing::Repaid(Settlement::Late), ["CLOSED", "", "Funded", "Closed - Obligations met", "Paid In Full", "approved", "settled_late"]),
    (Standing::WrittenOff, ["CLOSED_WRITTEN_OFF", "", "Funded", "Closed- Written Off", "Written Off", "approved", "not_settled"]),
    (Standing::Refinanced(Settlement::OnTime), ["CLOSED", "REFINANCED", "Funded", "Closed - Refinanced", "Paid In Full", "approved", "settled"]),
    (Standing::Refinanced(Settlement::Early), ["CLOSED", "REFINANCED", "Funded", "Closed - Refinanced", "Paid In Full", "approved", "settled_early"]),
    (Standing::Refinanced(Settlement::Late), ["CLOSED", "REFINANCED", "Funded", "Closed - Refinanced", "Paid In Full", "approved", "settled_late"]),
    (Standing::Rescheduled(Settlement::OnTime), ["CLOSED", "RESCHEDULED", "Funded", "Closed - Refinanced", "Paid In Full", "approved", "settled"]),
    (Standing::Rescheduled(Settlement::Early), ["CLOSED", "RESCHEDULED", "Funded", "Closed - Refinanced", "Paid In Full", "approved", "settled_early"]),
    (Standing::Rescheduled(Settlement::Late), ["CLOSED", "RESCHEDULED", "Funded", "Closed - Refinanced", "Paid In Full", "approved", "settled_late"]),
    (Standing::DisbursementUndone, ["APPROVED", "", "Funded", "Approved", "Reversed", "approved", "not_settled"]),
    (Standing::UndoneAndClosed, ["CLOSED", "WITHDRAWN", "Cancelled", "Canceled", "Reversed", "approved", "not_settled"]),
    // Not in the table: the account as it is, the rest as of any disbursement that was undone.
    (Standing::UndoneAndPending, ["PENDING_APPROVAL", "", "New", "Pending Approval", "Reversed", "approved", "not_settled"]),
    (Standing::UndoneAndRefused, ["CLOSED_REJECTED", "", "Rejected", "Canceled", "Reversed", "approved", "not_settled"]),
    (Standing::ClaimRunning, ["ACTIVE", "", "Funded", "Active - Good Standing", "Current", "approved", "in_progress"]),
];

#[test]
fn every_standing_has_the_words_of_each_contract() {
    for (standing, expected) in CONTRACTS {
        let words = standing.words();
        let said = [
            words.account_state,
            words.account_sub_state.unwrap_or_default(),
            words.stage.unwrap_or_default(),
            words.contract_status,
            words.loan_status.name(),
            words.application_status.name(),
            words.repayment_status.name(),
        ];
        assert_eq!(said, expected, "{standing:?}");
    }
    let standings: HashSet<Standing> = CONTRACTS.iter().map(|(standing, _)| *standing).collect();
    assert_eq!(standings, TABLE.iter().map(|(standing, _)| *standing).collect());
}

//! What random lives found: corrections that must leave nothing behind, told step by step.

use jiff::civil::{Date, date};
use loam_book::loan::command::{
    ApplyPenalty, Disburse, LoanCommand, LoanFigures, ReversalKind, Reverse, TrancheFigure,
};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::rescheduling::StatedRow;
use loam_book::loan::transaction::TransactionKind;
use loam_book::organization::TransactionDetails;
use loam_book::product::charges::{FeeTrigger, PenaltyMethod, PenaltyRules};
use loam_book::product::controls::{Capping, CappingBase, CappingConstraint, ControlRules};
use loam_book::product::payments::{
    FuturePayments, LatePaymentsRecalculation, PrepaymentRecalculation, ScheduleEdit,
};
use loam_book::product::{Product, ProductType, Range};
use loam_book::stated::StatedAmount;
use loam_calc::rate::Rate;

use crate::dynamic::{agreed, dynamic};
use crate::fees::{fee, with_fees};
use crate::support::{TestBook, product};

/// Pays what is quoted today.
fn pay_off(book: &mut TestBook) {
    let quoted = book.loan().payoff_on(book.business_date).total();
    let amount = quoted.to_fixed_text(book.loan().terms.currency);
    book.repay(&amount).expect("what is quoted is taken");
}

fn last(book: &TestBook, kind: TransactionKind) -> i64 {
    let rows = book.transactions.iter().filter(|row| row.kind == kind && row.reversed_by.is_none());
    rows.map(|row| row.id).next_back().expect("it was served")
}

fn take_back(book: &mut TestBook, kind: ReversalKind, original: i64) -> Result<(), Refusal> {
    let reverse = Reverse { kind, original, account_no: None, notes: None };
    book.command(&LoanCommand::Reverse(reverse)).map(|_| ())
}

fn penalty(book: &mut TestBook, amount: &str, day: Option<Date>) -> i64 {
    let penalty = ApplyPenalty {
        amount: StatedAmount(amount.into()),
        value_date: day,
        installment: None,
        details: TransactionDetails::default(),
    };
    let served = book.command(&LoanCommand::ApplyPenalty(penalty)).expect("penalties are allowed");
    let is_it = |kind: TransactionKind| kind == TransactionKind::PenaltyApplied;
    served.iter().find(|row| is_it(row.kind)).expect("it is served").id
}

/// Two percent a day of what is overdue.
fn with_penalties(mut kind: Product) -> Product {
    let rate = Range { default: Some(Rate::from_ratio(2, 100)), ..Range::OPEN };
    kind.charges.penalty =
        PenaltyRules { method: PenaltyMethod::OverdueBalanceAndInterest, rate, tolerance_days: 0 };
    kind
}

#[test]
fn a_loan_that_was_opened_again_is_open_again_after_a_correction_and_its_reversal() {
    let mut book = TestBook::active_loan(product(), "950", date(2012, 6, 28));
    book.move_to(date(2012, 7, 4));
    pay_off(&mut book);
    book.command(&LoanCommand::UndoClose { notes: None }).expect("it is repaid");
    let before = book.loan().servicing.clone();
    // With the penalty the repayment does not close the loan, so that nothing is opened.
    let taken = penalty(&mut book, "1", Some(date(2012, 7, 3)));
    take_back(&mut book, ReversalKind::Penalty, taken).expect("it was just applied");
    assert_eq!(book.loan().servicing, before);
    assert_eq!(book.findings(), []);
}

#[test]
fn an_earlier_repayment_can_be_taken_back_though_the_loan_was_opened_again_and_overpaid() {
    let mut kind = product();
    kind.payment_rules.future_payments = FuturePayments::AcceptOverpayments;
    let mut book = TestBook::active_loan(kind, "950", date(2012, 6, 28));
    let first = book.repay("10").expect("early");
    let first = first.iter().find(|row| row.kind == TransactionKind::Repayment).expect("it is served").id;
    book.move_to(date(2012, 7, 4));
    pay_off(&mut book);
    book.command(&LoanCommand::UndoClose { notes: None }).expect("it is repaid");
    book.repay("10").expect("too much is taken");
    book.repay("5").expect("and more");
    assert_eq!(book.loan().servicing.course.overpaid.minor(), 15_00);
    // Without the first ten the loan is paid with the other ten, and the five come after that.
    book.reverse(first).expect("a payment that bounced");
    assert!(book.outstanding().is_zero());
    assert_eq!(book.loan().servicing.course.overpaid.minor(), 5_00);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_closing_by_hand_closes_again_when_what_was_owed_meanwhile_is_taken_back() {
    let mut book = TestBook::active_loan(product(), "950", date(2012, 6, 28));
    book.move_to(date(2012, 7, 4));
    pay_off(&mut book);
    book.command(&LoanCommand::UndoClose { notes: None }).expect("it is repaid");
    book.command(&LoanCommand::Close { notes: None }).expect("nothing is owed");
    book.command(&LoanCommand::UndoClose { notes: None }).expect("it is closed");
    book.command(&LoanCommand::Close { notes: None }).expect("nothing is owed");
    let closed = book.loan().servicing.clone();
    let repaid = last(&book, TransactionKind::Repayment);
    book.reverse(repaid).expect("a payment that bounced");
    assert!(book.loan().state().is_active() && book.findings().is_empty());
    pay_off(&mut book);
    assert_eq!(book.loan().servicing.outstanding, closed.outstanding);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_charge_that_was_taken_back_stays_away_after_a_payoff_before_it_and_its_reversal() {
    let mut late = fee(1, FeeTrigger::LateRepayment);
    late.is_required = true;
    let mut book = TestBook::active_loan(with_fees(vec![late]), "950", date(2012, 6, 28));
    book.move_to(date(2012, 8, 3));
    let charged = last(&book, TransactionKind::Fee);
    take_back(&mut book, ReversalKind::Fee, charged).expect("fees of the book can be taken back");
    let before = book.loan().servicing.clone();
    assert!(before.outstanding.fees.is_zero());
    let all = before.installments.iter().map(|row| row.unpaid()).sum::<loam_calc::allocation::Components>();
    let all = all.total().to_fixed_text(book.loan().terms.currency);
    book.repay_on(&all, Some(date(2012, 7, 10))).expect("it pays everything off, long ago");
    assert!(!book.loan().state().is_active());
    let repaid = last(&book, TransactionKind::Repayment);
    book.reverse(repaid).expect("a payment that bounced");
    assert_eq!(book.loan().servicing, before, "the fee does not come again");
    assert_eq!(book.findings(), []);
}

#[test]
fn an_interest_free_dynamic_loan_is_paid_out_once() {
    let mut kind = dynamic();
    kind.product_type = ProductType::InterestFreeLoan;
    kind.payment_rules.prepayment_recalculation = PrepaymentRecalculation::ReduceAmountPerInstallment;
    let figures = LoanFigures { interest_rate: None, ..agreed("900", "0", 3) };
    let mut book = TestBook::active(kind, date(2024, 1, 1), figures);
    let again = book.command(&LoanCommand::Disburse(Disburse::default()));
    assert!(matches!(again, Err(Refusal::WrongState { command: "disburse", .. })), "{again:?}");
    assert_eq!(book.outstanding().principal.minor(), 900_00);
}

#[test]
fn a_first_tranche_covers_the_fee_that_is_kept_of_it() {
    let mut kind = dynamic();
    kind.product_type = ProductType::TranchedLoan;
    kind.max_tranches = Some(2);
    let tranche =
        |amount: &str| TrancheFigure { key: None, amount: StatedAmount(amount.into()), expected_on: None };
    let mut book = TestBook::new(kind, date(2024, 1, 1));
    let figures = LoanFigures {
        tranches: Some(vec![tranche("50"), tranche("950")]),
        capitalized_fee: Some(StatedAmount("50".into())),
        ..agreed("1000", "7", 6)
    };
    book.create_with(figures).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let paid_out = book.command(&LoanCommand::Disburse(Disburse::default()));
    assert!(matches!(paid_out, Err(Refusal::InvalidAmount { .. })), "{paid_out:?}");
}

#[test]
fn no_penalty_grows_on_a_loan_that_was_given_up() {
    let mut book = TestBook::active_loan(with_penalties(product()), "950", date(2012, 6, 28));
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    let before = book.loan().servicing.clone();
    book.move_to(date(2012, 8, 10));
    let details = TransactionDetails::default();
    let amount = StatedAmount("100".into());
    let recover = loam_book::loan::command::Repay { amount, custom: Vec::new(), value_date: None, details };
    let recovered = book.command(&LoanCommand::Recover(recover)).expect("it was written off");
    assert_eq!(book.loan().servicing.course.charges, before.course.charges);
    take_back(&mut book, ReversalKind::Recovery, recovered[0].id).expect("a payment that bounced");
    assert_eq!(book.loan().servicing.course, before.course);
}

#[test]
fn what_a_write_off_noted_of_penalties_goes_with_it() {
    let mut book = TestBook::active_loan(with_penalties(product()), "950", date(2012, 6, 28));
    book.move_to(date(2012, 8, 10));
    let before = book.loan().servicing.clone();
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    book.command(&LoanCommand::UndoWriteOff { named: None, notes: None }).expect("it was written off");
    assert_eq!(book.loan().servicing.course.charges, before.course.charges);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_quote_with_late_interest_and_penalties_on_it_closes_the_loan_to_the_cent() {
    for days in 1..60 {
        let mut kind = with_penalties(dynamic());
        kind.payment_rules.late_payments_recalculation =
            LatePaymentsRecalculation::IncreaseOverdueInstallments;
        let mut book = TestBook::active(kind, date(2012, 6, 28), agreed("950", "36", 3));
        book.move_to(date(2012, 7, 28).saturating_add(jiff::ToSpan::days(days)));
        pay_off(&mut book);
        assert!(!book.loan().state().is_active(), "after {days} days late");
    }
}

#[test]
fn interest_that_a_lock_applies_to_a_dynamic_loan_is_asked_for() {
    let mut kind = with_penalties(dynamic());
    kind.controls = ControlRules {
        capping: Some(Capping {
            base: CappingBase::OriginalPrincipalPercentage,
            constraint: CappingConstraint::SoftCap,
            percentage: Rate::from_ratio(6, 100),
            applies_accrued_before_locking: true,
        }),
        ..ControlRules::default()
    };
    let mut book = TestBook::active(kind, date(2012, 6, 28), agreed("950", "36", 3));
    book.move_to(date(2012, 10, 15));
    let rows = &book.loan().servicing.installments;
    assert!(rows.iter().all(|row| !row.interest_to_apply().is_negative()), "{rows:#?}");
    assert_eq!(book.findings(), []);
}

#[test]
fn charges_that_an_edit_leaves_out_are_given_up_once_however_often_it_is_decided_again() {
    let mut kind = product();
    kind.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustPenaltyPaymentSchedule];
    let mut book = TestBook::active_loan(kind, "950", date(2012, 6, 28));
    penalty(&mut book, "7", None);
    book.move_to(date(2012, 7, 10));
    let row =
        StatedRow { number: Some(1), penalties: Some(StatedAmount("5".into())), ..StatedRow::default() };
    book.command(&LoanCommand::EditSchedule { rows: vec![row] }).expect("it may be edited");
    let before = book.loan().servicing.clone();
    assert_eq!(before.outstanding.penalties.minor(), 5_00);
    let reduced = last(&book, TransactionKind::PenaltiesReduced);
    let refused = take_back(&mut book, ReversalKind::PenaltyReduction, reduced);
    assert!(matches!(refused, Err(Refusal::Irreversible { .. })), "{refused:?}");
    let inserted = penalty(&mut book, "4", Some(date(2012, 7, 5)));
    assert_eq!(book.outstanding().penalties.minor(), 5_00, "the edit asks for 5.00 of the row");
    take_back(&mut book, ReversalKind::Penalty, inserted).expect("it was just applied");
    assert_eq!(book.loan().servicing, before);
    assert_eq!(book.findings(), []);
}

/// The fee came with the payment, and so did interest to its day: that is not applied a second time.
#[test]
fn a_fee_that_came_early_is_taken_back_and_the_interest_beside_it_stays() {
    let mut kind = dynamic();
    kind.charges.fees = vec![fee(1, FeeTrigger::PaymentDue)];
    let mut book = TestBook::active(kind, date(2024, 1, 1), agreed("1000", "12", 6));
    book.move_to(date(2024, 1, 16));
    book.repay("500").expect("prepayments are accepted");
    let applied = |book: &TestBook| book.loan().servicing.paid.interest + book.outstanding().interest;
    let before = applied(&book);
    let early = last(&book, TransactionKind::Fee);
    take_back(&mut book, ReversalKind::Fee, early).expect("it can be taken back");
    assert_eq!(applied(&book), before);
    assert_eq!(book.findings(), []);
}

//! Schedules edited by hand, payment holidays, and what is overdue spread anew.

use jiff::civil::{Date, date};
use loam_book::loan::LoanState;
use loam_book::loan::command::{Disburse, LoanCommand, LoanEdit, LoanFigures, ReversalKind, Reverse};
use loam_book::loan::refusal::{Refusal, ScheduleRefusal};
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::loan::transaction::TransactionKind;
use loam_book::product::payments::ScheduleEdit;
use loam_book::product::{Product, ProductType};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::Components;
use loam_calc::schedule::{ChargeFrequency, InterestMethod};

use crate::support::{TestBook, cents, figures, product};

const ALL: [ScheduleEdit; 6] = [
    ScheduleEdit::AdjustPaymentDates,
    ScheduleEdit::AdjustPrincipalPaymentSchedule,
    ScheduleEdit::AdjustInterestPaymentSchedule,
    ScheduleEdit::AdjustFeePaymentSchedule,
    ScheduleEdit::AdjustPenaltyPaymentSchedule,
    ScheduleEdit::AdjustNumberOfInstallments,
];

pub(crate) fn editable() -> Product {
    let mut product = product();
    product.payment_rules.schedule_edits = ALL.to_vec();
    assert_eq!(product.contradiction(), None);
    product
}

/// 950 over 5 months from 2012-06-28; the interest is 25.45, 26.29, 26.29, 25.45, 26.29.
pub(crate) fn active() -> TestBook {
    TestBook::active_loan(editable(), "950", date(2012, 6, 28))
}

pub(crate) fn row(number: u32) -> StatedRow {
    StatedRow { number: Some(number), ..StatedRow::default() }
}

pub(crate) fn of(amount: &str) -> Option<StatedAmount> {
    Some(StatedAmount(amount.into()))
}

pub(crate) fn edit(book: &mut TestBook, rows: Vec<StatedRow>) -> Result<(), Refusal> {
    book.command(&LoanCommand::EditSchedule { rows }).map(|_| ())
}

/// Due date, principal and interest of each row.
pub(crate) fn rows(book: &TestBook) -> Vec<(Date, i64, i64)> {
    let rows = &book.loan().servicing.installments;
    rows.iter()
        .map(|row| (row.due_date, row.expected.principal.minor(), row.expected.interest.minor()))
        .collect()
}

pub(crate) fn holiday(number: u32) -> StatedRow {
    StatedRow { is_payment_holiday: true, ..row(number) }
}

#[test]
fn principal_dates_and_interest_are_edited_and_the_rest_stays() {
    let mut book = active();
    let edits = vec![
        StatedRow { principal: of("100"), interest: of("20"), ..row(1) },
        StatedRow { principal: of("280"), due_date: Some(date(2012, 12, 5)), ..row(5) },
    ];
    edit(&mut book, edits).expect("the product allows it");
    let after = rows(&book);
    assert_eq!(after[0], (date(2012, 7, 28), 100_00, 20_00));
    assert_eq!(after[1], (date(2012, 8, 28), 190_00, 26_29));
    assert_eq!(after[4], (date(2012, 12, 5), 280_00, 26_29));
    assert_eq!(book.findings(), []);
    book.move_to(date(2012, 7, 28));
    assert_eq!(book.outstanding().interest, cents(20_00), "what was edited falls due");
    book.repay("120").expect("it is due");
    assert_eq!(book.findings(), []);
}

#[test]
fn what_a_caller_sends_back_unchanged_is_no_edit() {
    let mut book = active();
    let schedule_edits = &mut vec![];
    std::mem::swap(
        schedule_edits,
        &mut book.loan.as_mut().expect("a loan").terms.payment_rules.schedule_edits,
    );
    let same = StatedRow {
        due_date: Some(date(2012, 7, 28)),
        principal: of("190.00"),
        interest: of("25.45"),
        fees: of("0"),
        penalties: of("0"),
        ..row(1)
    };
    edit(&mut book, vec![same.clone()]).expect("nothing is edited");
    let other = StatedRow { principal: of("191"), ..same };
    let refused = edit(&mut book, vec![other]);
    let edit = ScheduleEdit::AdjustPrincipalPaymentSchedule;
    assert_eq!(refused, Err(Refusal::Schedule(ScheduleRefusal::ScheduleEditNotAllowed { edit })));
}

#[test]
fn principal_is_moved_and_never_made() {
    let mut book = active();
    let refused = edit(&mut book, vec![StatedRow { principal: of("200"), ..row(1) }]);
    assert_eq!(
        refused,
        Err(Refusal::Schedule(ScheduleRefusal::PrincipalNotAddingUp {
            sum: "960.00".into(),
            amount: "950.00".into()
        }))
    );
    let refused = edit(&mut book, vec![StatedRow { principal: of("-1"), ..row(1) }]);
    assert!(
        matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::NegativeRowPrincipal { number: 1, .. }))),
        "{refused:?}"
    );
    let nothing = StatedRow { principal: of("0"), interest: of("0"), ..row(1) };
    assert_eq!(
        edit(&mut book, vec![nothing]),
        Err(Refusal::Schedule(ScheduleRefusal::EmptyRow { number: 1 }))
    );
}

#[test]
fn interest_of_a_fixed_schedule_only_shrinks() {
    let mut book = active();
    let refused = edit(&mut book, vec![StatedRow { interest: of("25.46"), ..row(1) }]);
    assert!(
        matches!(
            refused,
            Err(Refusal::Schedule(ScheduleRefusal::RowFigureGrows { field: "interestDue", .. }))
        ),
        "{refused:?}"
    );
    let refused = edit(&mut book, vec![StatedRow { interest: of("-1"), ..row(1) }]);
    assert!(
        matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::NegativeRowFigure { number: 1, .. }))),
        "{refused:?}"
    );
}

#[test]
fn due_dates_ascend_and_lie_after_the_disbursement() {
    let mut book = active();
    let on = |number, due_date| vec![StatedRow { due_date: Some(due_date), ..row(number) }];
    let refused = edit(&mut book, on(2, date(2012, 7, 28)));
    assert_eq!(
        refused,
        Err(Refusal::Schedule(ScheduleRefusal::DueDatesNotUnique { due_date: date(2012, 7, 28) }))
    );
    let refused = edit(&mut book, on(2, date(2012, 10, 1)));
    assert!(
        matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::DueDatesNotAscending { .. }))),
        "{refused:?}"
    );
    let refused = edit(&mut book, on(1, date(2012, 6, 28)));
    assert!(
        matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::RowBeforeDisbursement { .. }))),
        "{refused:?}"
    );
    book.move_to(date(2012, 7, 5));
    book.charge("5", 3).expect("fees are allowed");
    let refused = edit(&mut book, on(1, date(2012, 7, 4)));
    assert!(
        matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::DueDateBeforeTransaction { .. }))),
        "{refused:?}"
    );
    edit(&mut book, on(1, date(2012, 7, 20))).expect("it is free");
    book.closed_through = Some(date(2012, 7, 31));
    let refused = edit(&mut book, on(1, date(2012, 7, 25)));
    assert!(
        matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::DueDateInClosedPeriod { .. }))),
        "{refused:?}"
    );
}

#[test]
fn rows_that_are_paid_or_have_interest_applied_stay() {
    let mut book = active();
    book.repay("215.45").expect("prepayments are accepted");
    let lower = |number| vec![StatedRow { principal: of("180"), ..row(number) }];
    assert_eq!(edit(&mut book, lower(1)), Err(Refusal::InstallmentPaid { number: 1 }));
    book.move_to(date(2012, 8, 28));
    assert_eq!(
        edit(&mut book, lower(2)),
        Err(Refusal::Schedule(ScheduleRefusal::RowHasInterestApplied { number: 2 }))
    );
    let later = StatedRow { due_date: Some(date(2012, 9, 3)), ..row(2) };
    assert_eq!(
        edit(&mut book, vec![later]),
        Err(Refusal::Schedule(ScheduleRefusal::DueDateOfAppliedInterest { number: 2 }))
    );
    assert_eq!(
        edit(&mut book, lower(9)),
        Err(Refusal::Schedule(ScheduleRefusal::UnknownScheduleRow { number: 9 }))
    );
    book.command(&LoanCommand::Lock { notes: None }).expect("it is active");
    let refused = edit(&mut book, lower(4));
    assert!(matches!(refused, Err(Refusal::WrongState { .. })), "{refused:?}");
}

#[test]
fn a_row_is_added_where_its_due_date_belongs() {
    let mut book = active();
    let added = StatedRow { due_date: Some(date(2012, 9, 10)), principal: of("90"), ..StatedRow::default() };
    let edits = vec![StatedRow { principal: of("100"), ..row(5) }, added.clone()];
    edit(&mut book, edits).expect("the product allows it");
    assert_eq!(rows(&book)[2], (date(2012, 9, 10), 90_00, 0));
    assert_eq!(rows(&book).len(), 6);
    let numbers: Vec<u32> = book.loan().servicing.installments.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    let refused = edit(&mut book, vec![added]);
    assert!(
        matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::DueDatesNotUnique { .. }))),
        "{refused:?}"
    );
    book.repay("215.45").expect("prepayments are accepted");
    let early = StatedRow { due_date: Some(date(2012, 7, 10)), principal: of("1"), ..StatedRow::default() };
    let edits = vec![StatedRow { principal: of("99"), ..row(6) }, early];
    let refused = edit(&mut book, edits);
    assert!(matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::RowBeforePaid { .. }))), "{refused:?}");
    assert_eq!(book.findings(), []);
}

#[test]
fn only_a_dynamic_schedule_loses_rows() {
    let mut book = active();
    let refused = book.command(&LoanCommand::DeleteInstallment { number: 3 });
    assert_eq!(refused, Err(Refusal::Schedule(ScheduleRefusal::RowOfFixedSchedule { number: 3 })));
    let refused = book.command(&LoanCommand::DeleteInstallment { number: 8 });
    assert_eq!(refused, Err(Refusal::Schedule(ScheduleRefusal::UnknownScheduleRow { number: 8 })));
}

#[test]
fn a_payment_holiday_moves_what_follows_and_ends_the_loan_later() {
    let mut book = active();
    let before = rows(&book);
    edit(&mut book, vec![holiday(2)]).expect("the product allows it");
    let after = rows(&book);
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1], (date(2012, 8, 28), 0, 0));
    assert!(book.loan().servicing.installments[1].is_grace);
    assert_eq!(after[2], (date(2012, 9, 28), 190_00, 26_29));
    assert_eq!(after[5], (date(2012, 12, 28), 190_00, 26_29), "one more row ends it a month later");
    let sum = |rows: &[(Date, i64, i64)]| rows.iter().map(|(_, _, interest)| interest).sum::<i64>();
    assert_eq!(sum(&after), sum(&before), "a fixed loan earns what it earned before");
    assert_eq!(
        edit(&mut book, vec![holiday(2)]),
        Err(Refusal::Schedule(ScheduleRefusal::HolidayRow { number: 2 }))
    );
    book.move_to(date(2012, 9, 1));
    assert_eq!(book.loan().servicing.late_since, Some(date(2012, 7, 28)), "only the first row is late");
    book.repay("215.45").expect("it is due");
    assert_eq!(book.loan().servicing.late_since, None, "nobody is late on a holiday");
    assert_eq!(book.findings(), []);
}

#[test]
fn two_holidays_at_once_make_the_loan_two_rows_longer() {
    let mut book = active();
    edit(&mut book, vec![holiday(3), holiday(2)]).expect("the product allows it");
    let principal: Vec<i64> = rows(&book).iter().map(|(_, principal, _)| *principal).collect();
    assert_eq!(principal, [190_00, 0, 0, 190_00, 190_00, 190_00, 190_00]);
    assert_eq!(rows(&book)[6].0, date(2013, 1, 28));
}

#[test]
fn a_holiday_may_leave_the_principal_and_take_only_the_interest() {
    let mut book = active();
    let edits = vec![StatedRow { principal: of("190"), ..holiday(2) }];
    edit(&mut book, edits).expect("the product allows it");
    assert_eq!(rows(&book)[1], (date(2012, 8, 28), 190_00, 0));
    assert_eq!(rows(&book).len(), 5);
}

#[test]
fn charges_that_an_edit_leaves_out_are_given_up() {
    let mut book = active();
    book.charge("30", 3).expect("fees are allowed");
    let edits = vec![StatedRow { fees: of("5"), ..row(3) }, StatedRow { fees: of("10"), ..row(4) }];
    edit(&mut book, edits).expect("the product allows it");
    let fees: Vec<i64> =
        book.loan().servicing.installments.iter().map(|row| row.expected.fees.minor()).collect();
    assert_eq!(fees, [0, 0, 5_00, 10_00, 0]);
    assert_eq!(book.outstanding().fees, cents(15_00));
    let served = book.transactions.last().expect("it is served");
    assert_eq!((served.kind, served.amount), (TransactionKind::FeesReduced, cents(15_00)));
    assert_eq!(book.findings(), []);
    let refused = edit(&mut book, vec![StatedRow { fees: of("11"), ..row(4) }]);
    assert!(
        matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::RowFigureGrows { field: "feesDue", .. }))),
        "{refused:?}"
    );
}

#[test]
fn a_schedule_edited_before_approval_is_the_one_that_is_paid_out() {
    let mut book = TestBook::new(editable(), date(2012, 6, 28));
    book.create_with(figures("950")).expect("within the product");
    let edits =
        vec![StatedRow { principal: of("90"), ..row(1) }, StatedRow { principal: of("290"), ..row(2) }];
    edit(&mut book, edits.clone()).expect("it is pending");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let refused = edit(&mut book, edits);
    assert!(matches!(refused, Err(Refusal::WrongState { .. })), "an approved schedule stands: {refused:?}");
    let late = Disburse { value_date: None, ..Disburse::default() };
    book.command(&LoanCommand::Disburse(late)).expect("it is approved");
    let principal: Vec<i64> = rows(&book).iter().map(|(_, principal, _)| *principal).collect();
    assert_eq!(principal, [90_00, 290_00, 190_00, 190_00, 190_00]);
    assert_eq!(book.findings(), []);
}

#[test]
fn an_edited_schedule_is_not_paid_out_after_its_first_due_date() {
    let mut book = TestBook::new(editable(), date(2012, 6, 28));
    book.create_with(figures("950")).expect("within the product");
    let edits = vec![StatedRow { due_date: Some(date(2012, 7, 10)), ..row(1) }];
    edit(&mut book, edits).expect("it is pending");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    book.move_to(date(2012, 7, 10));
    let refused = book.command(&LoanCommand::Disburse(Disburse::default()));
    assert!(
        matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::RowBeforeDisbursement { .. }))),
        "{refused:?}"
    );
}

#[test]
fn other_terms_give_another_schedule_and_the_edit_is_forgotten() {
    let mut book = TestBook::new(editable(), date(2012, 6, 28));
    book.create_with(figures("950")).expect("within the product");
    let edits = vec![StatedRow { due_date: Some(date(2012, 7, 10)), ..row(1) }];
    edit(&mut book, edits).expect("it is pending");
    let more = LoanFigures { amount: of("1000"), ..LoanFigures::default() };
    let edited = LoanEdit { figures: more, ..LoanEdit::default() };
    book.command(&LoanCommand::Edit(Box::new(edited))).expect("it is pending");
    assert!(book.loan().servicing.course.agreed_schedule.is_empty());
}

#[test]
fn a_repayment_dated_before_an_edit_leaves_the_edit_where_it_was() {
    let mut book = active();
    book.move_to(date(2012, 7, 10));
    let edits =
        vec![StatedRow { principal: of("90"), ..row(4) }, StatedRow { principal: of("290"), ..row(5) }];
    edit(&mut book, edits).expect("the product allows it");
    let edited = rows(&book);
    book.repay_on("100", Some(date(2012, 7, 1))).expect("corrected in bulk");
    assert_eq!(rows(&book), edited);
    assert_eq!(book.outstanding().principal, cents(950_00 - 74_55));
    assert_eq!(book.findings(), []);
}

fn re_age(first_due_date: Date, installments: u32) -> LoanCommand {
    LoanCommand::ReAge(ReAge { first_due_date, installments, period: None, notes: None })
}

/// Two installments are late: 380.00 of principal and 51.74 of interest, and a fee of 10.00.
fn late() -> TestBook {
    let mut book = active();
    book.charge("10", 1).expect("fees are allowed");
    book.move_to(date(2012, 9, 10));
    assert_eq!(book.loan().due_by(book.business_date).total(), cents(441_74));
    book
}

#[test]
fn what_is_overdue_is_spread_over_new_installments() {
    let mut book = late();
    let before = book.outstanding();
    book.command(&re_age(date(2012, 10, 10), 3)).expect("something is overdue");
    assert_eq!(book.outstanding(), before, "nothing is owed less");
    assert_eq!(book.loan().due_by(book.business_date).total(), cents(0));
    assert_eq!((book.loan().servicing.late_since, book.loan().servicing.arrears_since), (None, None));
    let carried: Vec<_> =
        book.loan().servicing.installments.iter().map(|row| (row.due_date, row.expected)).collect();
    assert_eq!(carried[3].0, date(2012, 10, 10));
    assert_eq!(
        carried[3].1,
        Components {
            principal: cents(126_66),
            interest: cents(17_24),
            fees: cents(3_33),
            ..Components::ZERO
        }
    );
    assert_eq!(carried[7].0, date(2012, 12, 10));
    assert_eq!(carried.len(), 8);
    assert_eq!(book.findings(), []);
    book.move_to(date(2012, 10, 10));
    assert_eq!(book.loan().due_by(book.business_date).total(), cents(216_29 + 147_23));
}

#[test]
fn a_new_due_date_that_is_one_already_adds_to_its_installment() {
    let mut book = late();
    book.command(&re_age(date(2012, 9, 28), 2)).expect("something is overdue");
    let rows = &book.loan().servicing.installments;
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[2].expected.principal, cents(190_00 + 190_00));
    assert_eq!(rows[2].interest_applied, cents(25_87));
    assert_eq!(book.findings(), []);
    book.move_to(date(2012, 9, 28));
    assert_eq!(book.loan().servicing.installments[2].interest_applied, cents(25_87 + 26_29));
    assert_eq!(book.findings(), []);
}

#[test]
fn what_is_overdue_is_spread_over_the_installments_that_are_left() {
    let mut book = late();
    let before = book.outstanding();
    book.command(&LoanCommand::ReAmortize { notes: None }).expect("something is overdue");
    assert_eq!(book.outstanding(), before);
    let principal: Vec<i64> = rows(&book).iter().map(|(_, principal, _)| *principal).collect();
    assert_eq!(principal, [0, 0, 316_66, 316_67, 316_67]);
    assert_eq!(book.loan().servicing.late_since, None);
    assert_eq!(book.findings(), []);
    let refused = book.command(&LoanCommand::ReAmortize { notes: None });
    assert_eq!(refused, Err(Refusal::Schedule(ScheduleRefusal::NothingOverdue)));
}

#[test]
fn taking_it_back_restores_what_was_before() {
    for command in [re_age(date(2012, 10, 10), 3), LoanCommand::ReAmortize { notes: None }] {
        let mut book = late();
        let before = book.loan().servicing.clone();
        let served = book.command(&command).expect("something is overdue");
        assert_eq!(served[0].kind, TransactionKind::PaymentReschedule);
        let original = served[0].id;
        let kind = ReversalKind::PaymentReschedule;
        let reverse = Reverse { kind, original, account_no: None, notes: None };
        let served = book.command(&LoanCommand::Reverse(reverse)).expect("nothing followed");
        assert_eq!(served[0].kind, TransactionKind::PaymentRescheduleReversal);
        assert_eq!(book.loan().servicing, before);
        assert_eq!(book.findings(), []);
    }
}

#[test]
fn a_repayment_dated_before_leaves_less_to_spread() {
    let mut book = late();
    book.command(&LoanCommand::ReAmortize { notes: None }).expect("something is overdue");
    book.repay_on("225.45", Some(date(2012, 7, 28))).expect("corrected in bulk");
    let principal: Vec<i64> = rows(&book).iter().map(|(_, principal, _)| *principal).collect();
    assert_eq!(principal, [190_00, 0, 253_33, 253_33, 253_34]);
    assert_eq!(book.findings(), []);
    let refused = book.repay_on("216.29", Some(date(2012, 8, 28)));
    assert_eq!(
        refused,
        Err(Refusal::Schedule(ScheduleRefusal::NothingOverdue)),
        "then nothing would have been overdue"
    );
}

#[test]
fn the_interest_that_accrues_does_not_count_what_was_moved() {
    use loam_book::loan::commands::interest::accrued;
    let declining = Product { interest_method: InterestMethod::DecliningBalance, ..editable() };
    let mut book = TestBook::active_loan(declining, "950", date(2012, 6, 28));
    book.move_to(date(2012, 9, 10));
    let before = accrued(book.loan(), date(2012, 9, 12)).expect("it accrues").1;
    book.command(&re_age(date(2012, 9, 15), 2)).expect("something is overdue");
    assert_eq!(accrued(book.loan(), date(2012, 9, 12)).expect("it accrues").1, before);
    let mut again = book;
    again.move_to(date(2012, 9, 20));
    assert!(accrued(again.loan(), date(2012, 9, 20)).is_some());
}

#[test]
fn only_what_is_overdue_on_an_open_active_loan_is_spread() {
    let mut book = active();
    assert_eq!(
        book.command(&re_age(date(2012, 10, 10), 3)),
        Err(Refusal::Schedule(ScheduleRefusal::NothingOverdue))
    );
    let mut book = late();
    let refused = book.command(&re_age(date(2012, 9, 10), 3));
    assert!(matches!(refused, Err(Refusal::Schedule(ScheduleRefusal::InvalidDueDate { .. }))), "{refused:?}");
    let refused = book.command(&re_age(date(2012, 10, 10), 0));
    assert!(matches!(refused, Err(Refusal::InvalidInstallmentCount { .. })), "{refused:?}");
    book.move_to(date(2012, 12, 10));
    assert_eq!(
        book.command(&LoanCommand::ReAmortize { notes: None }),
        Err(Refusal::Schedule(ScheduleRefusal::NoRemainingInstallments))
    );
    book.command(&LoanCommand::Lock { notes: None }).expect("it is active");
    let refused = book.command(&re_age(date(2013, 1, 10), 3));
    assert!(matches!(refused, Err(Refusal::WrongState { .. })), "{refused:?}");
    assert!(matches!(book.loan().servicing.state, LoanState::Active { is_locked: true, .. }));
}

/// A dynamic loan of 1000 over 5 months at 12 % a year.
fn dynamic(method: InterestMethod) -> TestBook {
    let product = Product {
        product_type: ProductType::DynamicTermLoan,
        interest_method: method,
        charge_frequency: ChargeFrequency::Annualized,
        ..editable()
    };
    assert_eq!(product.contradiction(), None);
    let figures = LoanFigures {
        amount: of("1000"),
        interest_rate: Some(StatedPercent("12".into())),
        ..LoanFigures::default()
    };
    TestBook::active(product, date(2024, 1, 31), figures)
}

#[test]
fn interest_of_a_dynamic_loan_follows_an_edit_of_its_principal() {
    let mut book = dynamic(InterestMethod::DecliningBalance);
    let before = rows(&book);
    let edits =
        vec![StatedRow { principal: of("100"), ..row(1) }, StatedRow { principal: of("300"), ..row(2) }];
    edit(&mut book, edits).expect("the product allows it");
    let after = rows(&book);
    assert_eq!(after[0], (before[0].0, 100_00, before[0].2));
    assert_eq!(after[1], (before[1].0, 300_00, 9_17), "900.00 × 0.12 × 31 ÷ 365");
    assert_eq!(after[2..], before[2..], "600.00 are left as before");
    assert_eq!(book.findings(), []);
    let refused = edit(&mut book, vec![StatedRow { interest: of("1"), ..row(3) }]);
    let no_interest = ScheduleEdit::AdjustInterestPaymentSchedule;
    let refusal = ScheduleRefusal::ScheduleEditNotAllowed { edit: no_interest };
    assert_eq!(refused, Err(Refusal::Schedule(refusal)));
}

#[test]
fn a_principal_fixed_by_hand_stays_when_equal_installments_are_projected_again() {
    let mut book = dynamic(InterestMethod::DecliningBalanceDiscounted);
    let third = rows(&book)[2].1;
    let to_third = format!("{}.{:02}", (third + 50_00) / 100, third % 100);
    let fourth = rows(&book)[3].1 - 50_00;
    let to_fourth = format!("{}.{:02}", fourth / 100, fourth % 100);
    let edits = vec![
        StatedRow { principal: of(&to_third), ..row(3) },
        StatedRow { principal: of(&to_fourth), ..row(4) },
    ];
    edit(&mut book, edits).expect("the product allows it");
    book.repay_on("50", None).expect("prepayments are accepted");
    book.move_to(date(2024, 3, 1));
    let after = rows(&book);
    assert_eq!((after[2].1, after[3].1), (third + 50_00, fourth));
    assert_eq!(after.iter().map(|(_, principal, _)| principal).sum::<i64>(), 1_000_00);
    assert_eq!(book.findings(), []);
}

#[test]
fn interest_of_a_holiday_of_a_dynamic_loan_comes_with_the_next_installment() {
    let mut book = dynamic(InterestMethod::DecliningBalance);
    edit(&mut book, vec![holiday(2)]).expect("the product allows it");
    let after = rows(&book);
    assert_eq!(after[1], (date(2024, 3, 31), 0, 0));
    assert_eq!(
        after[2],
        (date(2024, 4, 30), 200_00, 16_04),
        "800.00 × 0.12 × 31 and × 30 ÷ 365, each rounded"
    );
    assert_eq!((after.len(), after[5].0), (6, date(2024, 7, 31)));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_row_without_principal_is_deleted_and_its_interest_comes_with_the_next() {
    let mut book = dynamic(InterestMethod::DecliningBalance);
    let refused = book.command(&LoanCommand::DeleteInstallment { number: 3 });
    let refusal = ScheduleRefusal::RowWithPrincipal { number: 3 };
    assert_eq!(refused, Err(Refusal::Schedule(refusal)));
    let edits =
        vec![StatedRow { principal: of("0"), ..row(3) }, StatedRow { principal: of("400"), ..row(4) }];
    edit(&mut book, edits).expect("the product allows it");
    book.command(&LoanCommand::DeleteInstallment { number: 3 }).expect("it repays nothing");
    let after = rows(&book);
    assert_eq!(after.len(), 4);
    assert_eq!(after[2], (date(2024, 5, 31), 400_00, 12_03), "600.00 × 0.12 × 61 ÷ 365");
    assert_eq!(book.findings(), []);
}

#[test]
fn overdue_principal_of_a_dynamic_loan_bears_interest_again_when_it_is_spread() {
    for command in [re_age(date(2024, 4, 15), 2), LoanCommand::ReAmortize { notes: None }] {
        for method in [InterestMethod::DecliningBalance, InterestMethod::DecliningBalanceDiscounted] {
            let mut book = dynamic(method);
            book.move_to(date(2024, 3, 10));
            let before = book.outstanding();
            let original = book.command(&command).expect("the first installment is overdue")[0].id;
            assert_eq!((book.outstanding(), book.loan().servicing.late_since), (before, None));
            assert_eq!(book.findings(), []);
            book.repay("300").expect("prepayments are accepted");
            let kind = ReversalKind::PaymentReschedule;
            let reverse = Reverse { kind, original, account_no: None, notes: None };
            book.command(&LoanCommand::Reverse(reverse)).expect("corrected in bulk");
            assert_eq!(book.findings(), []);
            book.move_to(date(2024, 8, 1));
            assert_eq!(book.findings(), []);
        }
    }
}

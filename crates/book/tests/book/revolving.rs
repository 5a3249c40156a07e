//! Revolving credit: draws, bills, repayments, and what may change meanwhile.

use jiff::civil::{Date, date};
use loam_book::loan::command::{Disburse, LoanCommand, LoanEdit, LoanFigures, PrincipalPayment};
use loam_book::loan::refusal::{Refusal, RevolvingRefusal, ScheduleRefusal};
use loam_book::loan::rescheduling::StatedRow;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::loan::{Closure, LoanState};
use loam_book::product::charges::FeeTrigger;
use loam_book::product::interest::InterestBalance;
use loam_book::product::payments::ScheduleEdit;
use loam_book::product::payments::{InterestOnPrepayment, LatePaymentsRecalculation};
use loam_book::product::securities::{PrincipalPaymentMethod, RevolvingRules};
use loam_book::product::{Product, ProductType, Range};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::day_count::DaysMethod;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod};

use crate::support::{TestBook, cents, product};

fn rules(method: PrincipalPaymentMethod) -> RevolvingRules {
    RevolvingRules {
        method,
        amount: Range { min: Some(cents(10_00)), default: Some(cents(100_00)), max: Some(cents(500_00)) },
        percentage: Range {
            min: Some(Rate::from_ratio(5, 100)),
            default: Some(Rate::from_ratio(10, 100)),
            max: Some(Rate::from_ratio(50, 100)),
        },
        floor: None,
        ceiling: None,
        floor_includes_interest: false,
        floor_includes_fees: false,
    }
}

pub(crate) fn credit(rules: RevolvingRules) -> Product {
    let product = Product {
        product_type: ProductType::RevolvingCredit,
        interest_method: InterestMethod::DecliningBalance,
        charge_frequency: ChargeFrequency::Annualized,
        revolving: Some(rules),
        ..product()
    };
    assert_eq!(product.contradiction(), None);
    product
}

pub(crate) fn limit(amount: &str) -> LoanFigures {
    LoanFigures {
        amount: Some(StatedAmount(amount.into())),
        interest_rate: Some(StatedPercent("36.5".into())),
        ..LoanFigures::default()
    }
}

/// A limit of 1000 at a tenth of a percent a day, with bills of 100 every month from 2024-01-31.
fn approved(rules: RevolvingRules) -> TestBook {
    let mut book = TestBook::new(credit(rules), date(2024, 1, 31));
    book.create_with(limit("1000")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    book
}

fn draw(book: &mut TestBook, amount: &str, day: Option<Date>) -> Result<Vec<LoanTransaction>, Refusal> {
    let amount = Some(StatedAmount(amount.into()));
    book.command(&LoanCommand::Disburse(Disburse { amount, value_date: day, ..Disburse::default() }))
}

fn drawn(rules: RevolvingRules, amount: &str) -> TestBook {
    let mut book = approved(rules);
    draw(&mut book, amount, None).expect("within the limit");
    book
}

pub(crate) fn flat() -> RevolvingRules {
    rules(PrincipalPaymentMethod::Flat)
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> RevolvingRefusal {
    match answer {
        Err(Refusal::Revolving(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_credit_has_no_installment_whose_interest_could_be_asked_for_ahead() {
    let mut kind = credit(flat());
    kind.payment_rules.interest_on_prepayment = InterestOnPrepayment::WholeInstallment;
    assert!(kind.contradiction().is_some());
}

#[test]
fn a_bill_asks_for_principal_and_for_the_interest_on_what_was_outstanding() {
    let mut book = drawn(flat(), "600");
    book.move_to(date(2024, 2, 10));
    draw(&mut book, "300", None).expect("within the limit");
    assert_eq!(book.outstanding().principal, cents(900_00));
    book.move_to(date(2024, 2, 29));
    let rows = &book.loan().servicing.installments;
    assert_eq!((rows[0].due_date, rows[0].expected.principal), (date(2024, 2, 29), cents(100_00)));
    assert_eq!(rows[0].expected.interest, cents(23_10), "0.60 for 10 days and 0.90 for 19");
    assert_eq!((rows[1].due_date, rows[1].expected.principal), (date(2024, 3, 31), cents(800_00)));
    assert_eq!(book.loan().due_by(book.business_date).total(), cents(123_10));
    assert_eq!(book.findings(), []);
    book.move_to(date(2024, 3, 1));
    assert_eq!(book.loan().servicing.late_since, Some(date(2024, 2, 29)));
    book.repay("123.10").expect("it is due");
    assert_eq!(book.loan().servicing.late_since, None);
    book.move_to(date(2024, 3, 31));
    assert_eq!(
        book.loan().servicing.installments[1].expected.interest,
        cents(24_90),
        "0.90 for 1 day, 0.80 for 30"
    );
    assert_eq!(book.findings(), []);
}

#[test]
fn what_is_repaid_can_be_drawn_again_and_the_credit_stays_open() {
    let mut book = drawn(flat(), "1000");
    let more = refusal(draw(&mut book, "0.01", None));
    assert_eq!(more, RevolvingRefusal::MoreThanAvailable { amount: "0.01".into(), available: "0.00".into() });
    book.repay("1000").expect("nothing has grown yet");
    assert!(book.loan().servicing.state.is_active(), "it is not closed by being repaid");
    assert_eq!(book.outstanding().total(), Amount::ZERO);
    draw(&mut book, "400", None).expect("all of it is available again");
    assert_eq!(book.loan().available(), cents(600_00));
    book.move_to(date(2024, 2, 29));
    let rows = &book.loan().servicing.installments;
    assert_eq!((rows[0].expected.principal, rows[0].paid.principal), (cents(1_100_00), cents(1_000_00)));
    assert_eq!(rows[0].expected.interest, cents(11_60));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_credit_of_nothing_makes_no_bills_and_closes_by_hand() {
    let mut book = drawn(flat(), "100");
    book.repay("100").expect("nothing has grown yet");
    book.move_to(date(2024, 6, 15));
    assert_eq!(book.loan().servicing.installments.len(), 2, "the first row was paid, the second waits");
    assert_eq!(book.loan().servicing.installments[1].due_date, date(2024, 6, 30));
    assert_eq!(book.findings(), []);
    book.command(&LoanCommand::Close { notes: None }).expect("nothing is owed");
    assert!(matches!(book.loan().state(), LoanState::Closed { closure: Closure::Repaid, .. }));
    let closed = draw(&mut book, "10", None);
    assert!(matches!(closed, Err(Refusal::WrongState { .. })), "{closed:?}");
}

#[test]
fn percentages_are_held_between_floor_and_ceiling() {
    let bill = |rules: RevolvingRules, drawn_amount: &str| {
        let mut book = drawn(rules, drawn_amount);
        book.move_to(date(2024, 2, 29));
        assert_eq!(book.findings(), []);
        book.loan().servicing.installments[0].expected
    };
    let of_principal = rules(PrincipalPaymentMethod::OutstandingPrincipalPercentage);
    assert_eq!(bill(of_principal, "800").principal, cents(80_00));
    let held = RevolvingRules { floor: Some(cents(50_00)), ceiling: Some(cents(70_00)), ..of_principal };
    assert_eq!(bill(held, "800").principal, cents(70_00));
    assert_eq!(bill(held, "100").principal, cents(50_00));
    let with_interest = RevolvingRules { floor_includes_interest: true, ..held };
    let asked = bill(with_interest, "100");
    assert_eq!((asked.principal, asked.interest), (cents(47_10), cents(2_90)));
    let of_all = rules(PrincipalPaymentMethod::TotalBalancePercentage);
    assert_eq!(bill(of_all, "800").principal, cents(8_232), "a tenth of 823.20");
}

#[test]
fn a_draw_names_its_amount_and_a_credit_no_installments() {
    let mut book = approved(flat());
    let unnamed = book.command(&LoanCommand::Disburse(Disburse::default()));
    assert!(matches!(unnamed, Err(Refusal::InvalidAmount { .. })), "{unnamed:?}");
    assert!(matches!(refusal(draw(&mut book, "1000.01", None)), RevolvingRefusal::MoreThanAvailable { .. }));
    let mut book = TestBook::new(credit(flat()), date(2024, 1, 31));
    let counted = LoanFigures { installments: Some(5), ..limit("1000") };
    assert_eq!(refusal(book.create_with(counted)), RevolvingRefusal::InstallmentsNotAvailable);
}

#[test]
fn the_last_draw_is_taken_back_and_a_draw_of_an_earlier_day_takes_its_place() {
    let mut book = drawn(flat(), "600");
    book.move_to(date(2024, 3, 10));
    let before = book.loan().servicing.clone();
    draw(&mut book, "100", Some(date(2024, 2, 10))).expect("corrected in bulk");
    assert_eq!(book.outstanding().principal, cents(700_00));
    assert_eq!(
        book.loan().servicing.installments[0].expected.interest,
        cents(19_30),
        "0.60 for 29, 0.10 for 19"
    );
    assert_eq!(book.findings(), []);
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None })
        .expect("only the book followed");
    assert_eq!(book.loan().servicing, before);
    assert_eq!(book.findings(), []);
}

fn edit(book: &mut TestBook, figures: LoanFigures) -> Result<Vec<LoanTransaction>, Refusal> {
    book.command(&LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() })))
}

fn paying(amount: Option<&str>, percentage: Option<&str>) -> LoanFigures {
    let payment = PrincipalPayment {
        amount: amount.map(|amount| StatedAmount(amount.into())),
        percentage: percentage.map(|percentage| StatedPercent(percentage.into())),
        ..PrincipalPayment::default()
    };
    LoanFigures { principal_payment: Some(payment), ..LoanFigures::default() }
}

#[test]
fn the_limit_and_the_bills_may_change_while_the_credit_is_drawn() {
    let mut book = drawn(flat(), "600");
    let of_limit =
        |amount: &str| LoanFigures { amount: Some(StatedAmount(amount.into())), ..LoanFigures::default() };
    let less = edit(&mut book, of_limit("599.99"));
    assert!(matches!(less, Err(Refusal::InvalidAmount { .. })), "{less:?}");
    edit(&mut book, of_limit("2000")).expect("more than is outstanding");
    assert_eq!(book.loan().available(), cents(1_400_00));
    edit(&mut book, paying(Some("250"), None)).expect("within the product");
    book.move_to(date(2024, 2, 29));
    assert_eq!(book.loan().servicing.installments[0].expected.principal, cents(250_00));
    assert!(matches!(
        refusal(edit(&mut book, paying(Some("5"), None))),
        RevolvingRefusal::AmountOutsideProduct { .. }
    ));
    let wrong = refusal(edit(&mut book, paying(None, Some("10"))));
    assert_eq!(wrong, RevolvingRefusal::PercentageNotAvailable);
    assert_eq!(book.findings(), []);
}

#[test]
fn principal_payments_are_checked_against_their_method() {
    let of_principal = rules(PrincipalPaymentMethod::OutstandingPrincipalPercentage);
    let agreed = |rules: RevolvingRules, payment: LoanFigures| {
        let mut book = TestBook::new(credit(rules), date(2024, 1, 31));
        let principal_payment = payment.principal_payment;
        refusal(book.create_with(LoanFigures { principal_payment, ..limit("1000") }))
    };
    assert_eq!(agreed(of_principal, paying(Some("10"), None)), RevolvingRefusal::AmountNotAvailable);
    for impossible in ["0", "101", "ten"] {
        let refused = agreed(of_principal, paying(None, Some(impossible)));
        assert!(matches!(refused, RevolvingRefusal::ImpossiblePercentage { .. }), "{refused:?}");
    }
    let outside = agreed(of_principal, paying(None, Some("51")));
    assert!(matches!(outside, RevolvingRefusal::PercentageOutsideProduct { .. }));
    let mut open = of_principal;
    open.percentage.default = None;
    assert_eq!(agreed(open, paying(None, None)), RevolvingRefusal::PercentageMissing);
    let mut open = flat();
    open.amount.default = None;
    assert_eq!(agreed(open, paying(None, None)), RevolvingRefusal::AmountMissing);
    let mut book = TestBook::new(product(), date(2024, 1, 31));
    let fixed =
        LoanFigures { principal_payment: paying(Some("10"), None).principal_payment, ..limit("1000") };
    assert_eq!(refusal(book.create_with(fixed)), RevolvingRefusal::SettingsNotAvailable);
    let whole =
        Product { installment_rounding: InstallmentRounding::ToNearest(cents(1_00)), ..credit(flat()) };
    let mut book = TestBook::new(whole, date(2024, 1, 31));
    let cents =
        LoanFigures { principal_payment: paying(Some("10.50"), None).principal_payment, ..limit("1000") };
    assert!(matches!(refusal(book.create_with(cents)), RevolvingRefusal::AmountWithDecimals { .. }));
}

fn editable() -> Product {
    let mut product = credit(flat());
    product.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustPrincipalPaymentSchedule];
    assert!(product.contradiction().is_some(), "the rules of the product say what a bill asks for");
    product.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustPaymentDates];
    assert_eq!(product.contradiction(), None);
    product
}

#[test]
fn the_day_of_the_next_bill_is_edited_and_bills_stay_as_they_are() {
    let mut book = TestBook::new(editable(), date(2024, 1, 31));
    book.create_with(limit("1000")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    draw(&mut book, "600", None).expect("within the limit");
    book.move_to(date(2024, 3, 1));
    let mut edit = |row: StatedRow| {
        let command = LoanCommand::EditSchedule { rows: vec![row] };
        book.command(&command).map(|_| book.loan().servicing.installments.clone())
    };
    let row = |number: u32, due_date: Date| StatedRow {
        number: Some(number),
        due_date: Some(due_date),
        ..StatedRow::default()
    };
    let billed = edit(row(1, date(2024, 3, 5)));
    assert!(
        matches!(billed, Err(Refusal::Schedule(ScheduleRefusal::DueDateOfAppliedInterest { number: 1 }))),
        "{billed:?}"
    );
    let principal = Some(StatedAmount("50".into()));
    let asking = edit(StatedRow { principal, ..row(2, date(2024, 3, 20)) });
    assert!(matches!(asking, Err(Refusal::NotSupported(_))), "{asking:?}");
    let added = edit(StatedRow { number: None, ..row(2, date(2024, 3, 10)) });
    assert!(matches!(added, Err(Refusal::NotSupported(_))), "{added:?}");
    let rows = edit(row(2, date(2024, 3, 20))).expect("the product allows it");
    assert_eq!((rows.len(), rows[1].due_date), (2, date(2024, 3, 20)));
    book.move_to(date(2024, 3, 20));
    let rows = &book.loan().servicing.installments;
    assert_eq!(rows[1].expected.principal, cents(100_00));
    // 20 days of a tenth of a percent, from the bill of 29 February on.
    assert_eq!(rows[1].expected.interest, cents(12_00));
    assert_eq!(rows[2].due_date, date(2024, 3, 31), "then come the regular days again");
    assert_eq!(book.findings(), []);
}

#[test]
fn bills_are_neither_deleted_nor_spread_anew() {
    let mut book = drawn(flat(), "600");
    let deleted = book.command(&LoanCommand::DeleteInstallment { number: 1 });
    assert_eq!(refusal(deleted), RevolvingRefusal::BilledInstallment { number: 1 });
    let edited = book.command(&LoanCommand::ReAmortize { notes: None });
    assert!(matches!(edited, Err(Refusal::NotSupported(_))), "{edited:?}");
}

/// The 25th was named with the first draw; bills count from it.
#[test]
fn bills_follow_the_first_due_date_that_was_named_with_the_draw() {
    let mut book = TestBook::new(credit(flat()), date(2024, 1, 10));
    book.create_with(limit("1000")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let amount = Some(StatedAmount("600".into()));
    let first_due_date = Some(date(2024, 2, 25));
    book.command(&LoanCommand::Disburse(Disburse { amount, first_due_date, ..Disburse::default() }))
        .expect("within the limit");
    book.move_to(date(2024, 4, 1));
    let dates: Vec<Date> = book.loan().servicing.installments.iter().map(|row| row.due_date).collect();
    assert_eq!(dates, [date(2024, 2, 25), date(2024, 3, 25), date(2024, 4, 25)]);
}

/// 900 at 0.1 % a day: the bill asks for 100 and 26.10. Paid the day after, 800 bear interest again;
/// unpaid, the interest does too.
#[test]
fn interest_on_interest_counts_what_was_billed_and_is_not_paid() {
    let mut kind = credit(flat());
    kind.interest_rules.balance = InterestBalance::PrincipalAndInterest;
    kind.interest_rules.accrues_late_interest = true;
    kind.payment_rules.late_payments_recalculation = LatePaymentsRecalculation::IncreaseLastInstallment;
    assert_eq!(kind.contradiction(), None);
    let mut book = TestBook::new(kind, date(2024, 1, 31));
    book.create_with(limit("1000")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    draw(&mut book, "900", None).expect("within the limit");
    book.move_to(date(2024, 2, 29));
    let bearing = |book: &TestBook| book.loan().servicing.course.principal.last().map(|last| last.principal);
    assert_eq!(bearing(&book), Some(cents(926_10)));
    let mut unpaid = book.clone();
    book.move_to(date(2024, 3, 1));
    book.repay("126.10").expect("it is due");
    assert_eq!(bearing(&book), Some(cents(800_00)));
    book.move_to(date(2024, 3, 31));
    let interest = |book: &TestBook| book.loan().servicing.installments[1].expected.interest;
    assert_eq!(interest(&book), cents(24_93), "0.9261 for a day, 0.80 for thirty");
    unpaid.move_to(date(2024, 3, 31));
    assert_eq!(interest(&unpaid), cents(28_71), "0.9261 for 31 days");
    assert_eq!((book.findings(), unpaid.findings()), (vec![], vec![]));
}

/// The floor is 50 with fees: a fee of 5 comes with the bill, so 45 of principal.
#[test]
fn the_fee_that_comes_with_a_bill_counts_towards_its_floor() {
    let bills = RevolvingRules {
        floor: Some(cents(50_00)),
        floor_includes_fees: true,
        percentage: Range { min: None, default: Some(Rate::from_ratio(1, 100)), max: None },
        ..rules(PrincipalPaymentMethod::OutstandingPrincipalPercentage)
    };
    let mut kind = credit(bills);
    kind.charges.fees = vec![crate::fees::fee(1, FeeTrigger::PaymentDue)];
    kind.charges.fees[0].amount = Some(cents(5_00));
    assert_eq!(kind.contradiction(), None);
    let mut book = TestBook::new(kind, date(2024, 1, 31));
    book.create_with(limit("1000")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    draw(&mut book, "600", None).expect("within the limit");
    book.move_to(date(2024, 2, 29));
    let expected = book.loan().servicing.installments[0].expected;
    assert_eq!((expected.principal, expected.fees), (cents(45_00), cents(5_00)));
}

#[test]
fn a_credit_counts_days_and_not_periods() {
    let kind = Product { days_method: DaysMethod::RepaymentPeriodicity, ..credit(flat()) };
    assert!(kind.contradiction().is_some());
}

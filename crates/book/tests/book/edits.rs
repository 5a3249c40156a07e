//! What an edit of a loan changes, and what it leaves alone.

use jiff::civil::{Date, date};
use loam_book::loan::command::{Disburse, LoanCommand, LoanEdit, LoanFigures};
use loam_book::loan::refusal::{Refusal, RevolvingRefusal, ScheduleRefusal};
use loam_book::loan::rescheduling::StatedRow;
use loam_book::product::charges::{FeeTrigger, PenaltyMethod};
use loam_book::product::payments::ScheduleEdit;
use loam_book::product::{Product, Range};
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::day_count::DayCount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{ChargeFrequency, InterestMethod};

use crate::fees::fee;
use crate::revolving::{credit, flat, limit};
use crate::support::{TestBook, cents, figures, product};

fn noted(notes: &str) -> LoanEdit {
    LoanEdit { notes: Some(Some(notes.into())), ..LoanEdit::default() }
}

fn edit(book: &mut TestBook, edit: LoanEdit) -> Result<(), Refusal> {
    book.command(&LoanCommand::Edit(Box::new(edit))).map(|_| ())
}

fn change_product(book: &mut TestBook, change: impl FnOnce(&mut Product)) {
    let mut changed = book.catalog.products.find("AGRL").expect("it is there").as_ref().clone();
    changed.version += 1;
    change(&mut changed);
    book.catalog = loam_book::catalog::Catalog::new(2, vec![Record::Product(Box::new(changed))]);
}

fn penalized() -> Product {
    let mut kind = product();
    kind.charges.penalty.method = PenaltyMethod::OverdueBalance;
    kind.charges.penalty.rate = Range { min: None, default: Some(Rate::from_ratio(1, 100)), max: None };
    kind
}

/// Approved at what the product said then; since then it says something else.
#[test]
fn notes_change_nothing_that_was_approved() {
    let mut book = TestBook::new(product(), date(2012, 6, 28));
    book.create_with(figures("950")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let terms = book.loan().terms.clone();
    change_product(&mut book, |kind| {
        kind.charge_frequency = loam_calc::schedule::ChargeFrequency::EveryMonth;
        kind.amount.max = Some(cents(100_00));
    });
    edit(&mut book, noted("called")).expect("notes may be edited");
    assert_eq!(book.loan().terms, terms);
    assert_eq!(book.loan().notes.as_deref(), Some("called"));
}

#[test]
fn of_an_active_loan_only_what_is_named_changes() {
    let mut kind = penalized();
    kind.arrears_tolerance_days.default = Some(10);
    let mut book = TestBook::active_loan(kind, "950", date(2012, 6, 28));
    let terms = book.loan().terms.clone();
    change_product(&mut book, |kind| {
        kind.charges.penalty.method = PenaltyMethod::None;
        kind.arrears_tolerance_days = Range { min: Some(0), default: Some(0), max: Some(0) };
    });
    edit(&mut book, noted("called")).expect("notes may be edited");
    assert_eq!(book.loan().terms, terms);
}

fn moved() -> StatedRow {
    let due_date = Some(date(2012, 12, 5));
    StatedRow { number: Some(5), due_date, ..StatedRow::default() }
}

fn editable() -> Product {
    let mut kind = product();
    kind.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustPaymentDates];
    kind
}

/// The tolerance moves no installment, neither at once nor when the disbursement is taken back.
#[test]
fn a_schedule_edited_by_hand_outlives_another_tolerance() {
    let mut book = TestBook::new(editable(), date(2012, 6, 28));
    book.create_with(figures("950")).expect("within the product");
    book.command(&LoanCommand::EditSchedule { rows: vec![moved()] }).expect("the product allows it");
    let tolerant = |days| {
        let figures = LoanFigures { arrears_tolerance_days: Some(days), ..LoanFigures::default() };
        LoanEdit { figures, ..LoanEdit::default() }
    };
    edit(&mut book, tolerant(5)).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
    edit(&mut book, tolerant(9)).expect("within the product");
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
    let last = book.loan().servicing.installments.last().expect("five rows");
    assert_eq!(last.due_date, date(2012, 12, 5));
    assert_eq!(book.findings(), []);
}

/// 20.00 are lent with the 950.00, so the rows that are edited repay 970.00.
#[test]
fn a_fee_that_is_lent_is_repaid_by_a_schedule_edited_before_the_disbursement() {
    let mut kind = editable();
    kind.charges.fees = vec![fee(1, FeeTrigger::CapitalizedDisbursement)];
    kind.charges.fees[0].amount = Some(cents(20_00));
    let mut book = TestBook::new(kind, date(2012, 6, 28));
    book.create_with(figures("950")).expect("within the product");
    book.command(&LoanCommand::EditSchedule { rows: vec![moved()] }).expect("the product allows it");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let other = Disburse { first_due_date: Some(date(2012, 8, 1)), ..Disburse::default() };
    let answer = book.command(&LoanCommand::Disburse(other));
    assert!(matches!(answer, Err(Refusal::InvalidFirstDueDate { .. })), "{answer:?}");
    let without = Disburse { fees: Some(vec![]), ..Disburse::default() };
    assert!(book.command(&LoanCommand::Disburse(without)).is_err(), "the fee is required");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
    assert_eq!(book.outstanding().principal, cents(970_00));
    let rows = &book.loan().servicing.installments;
    assert_eq!(rows.iter().map(|row| row.expected.principal.minor()).sum::<i64>(), 970_00);
    assert_eq!(book.findings(), []);
}

/// An optional fee is lent, and the edited rows know nothing of it.
#[test]
fn a_schedule_that_does_not_repay_what_is_lent_is_not_paid_out() {
    let mut kind = editable();
    kind.charges.fees = vec![fee(1, FeeTrigger::CapitalizedDisbursement)];
    kind.charges.fees[0].is_required = false;
    let stated = vec![loam_book::loan::command::StatedFee { fee: kind.charges.fees[0].key, amount: None }];
    let mut book = TestBook::new(kind, date(2012, 6, 28));
    book.create_with(figures("950")).expect("within the product");
    book.command(&LoanCommand::EditSchedule { rows: vec![moved()] }).expect("the product allows it");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let answer = book.command(&LoanCommand::Disburse(Disburse { fees: Some(stated), ..Disburse::default() }));
    let (sum, amount) = ("950.00".to_owned(), "960.00".to_owned());
    assert_eq!(answer, Err(Refusal::Schedule(ScheduleRefusal::PrincipalNotAddingUp { sum, amount })));
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("without the fee it is");
}

/// Limit 1000, all of it drawn, 600 repaid, the limit lowered to 500: the 600 stay repaid.
#[test]
fn no_reversal_brings_a_credit_above_a_limit_that_was_lowered() {
    let mut book = TestBook::new(credit(flat()), date(2024, 1, 31));
    book.create_with(limit("1000")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let amount = |amount: &str| Some(StatedAmount(amount.into()));
    let draw = Disburse { amount: amount("1000"), ..Disburse::default() };
    book.command(&LoanCommand::Disburse(draw)).expect("within the limit");
    let repaid = book.repay("600").expect("nothing has grown");
    let figures = LoanFigures { amount: amount("500"), ..LoanFigures::default() };
    edit(&mut book, LoanEdit { figures, ..LoanEdit::default() }).expect("400 are outstanding");
    let answer = book.reverse(repaid[0].id);
    let is_refused = matches!(answer, Err(Refusal::Revolving(RevolvingRefusal::MoreThanAvailable { .. })));
    assert!(is_refused, "{answer:?}");
    assert_eq!(book.outstanding().principal, cents(400_00));
}

/// 1,000.00 at 12 % a year by 30E/360 in four months, agreed for 2 March, the principal moved to the last month. Interest
/// of the first row is 10.00 for thirty days; each day that the loan is paid out later costs a 30th of that less.
#[test]
fn an_edited_schedule_charges_the_days_by_which_a_loan_is_paid_out_sooner_or_later() {
    let paid_out_on = |expected: Option<Date>, disbursed_on: Date| {
        let kind = Product {
            interest_method: InterestMethod::DecliningBalance,
            day_count: DayCount::ThirtyE360,
            charge_frequency: ChargeFrequency::Annualized,
            ..editable()
        };
        let kind = Product { interest_rate: Range { min: None, default: None, max: None }, ..kind };
        let mut book = TestBook::new(kind, date(2026, 3, 2));
        let stated = LoanFigures {
            interest_rate: Some(StatedPercent("12".into())),
            installments: Some(4),
            expected_disbursement_on: expected.map(Some),
            first_due_date: Some(Some(date(2026, 4, 2))),
            ..figures("1000")
        };
        book.create_with(stated).expect("within the product");
        let late = StatedRow { number: Some(4), due_date: Some(date(2026, 7, 6)), ..StatedRow::default() };
        book.command(&LoanCommand::EditSchedule { rows: vec![late] }).expect("the product allows it");
        book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
        book.business_date = book.business_date.max(disbursed_on);
        let disburse = Disburse { value_date: Some(disbursed_on), ..Disburse::default() };
        book.command(&LoanCommand::Disburse(disburse)).expect("it is approved");
        assert_eq!(book.findings(), []);
        let rows = &book.loan().servicing.installments;
        assert_eq!(rows[3].due_date, date(2026, 7, 6), "what was edited stays");
        rows.iter().map(|row| row.expected.interest.minor()).collect::<Vec<_>>()
    };
    let agreed = paid_out_on(None, date(2026, 3, 2));
    assert_eq!(agreed[0], 10_00);
    for (disbursed_on, first) in
        [(date(2026, 3, 5), 9_00), (date(2026, 3, 17), 5_00), (date(2026, 2, 2), 20_00)]
    {
        assert_eq!(paid_out_on(None, disbursed_on), [first, agreed[1], agreed[2], agreed[3]]);
    }
    let expected = Some(date(2026, 3, 17));
    assert_eq!(paid_out_on(expected, date(2026, 3, 17))[0], 5_00, "as it was agreed");
    assert_eq!(paid_out_on(expected, date(2026, 3, 2))[0], 10_00);
}

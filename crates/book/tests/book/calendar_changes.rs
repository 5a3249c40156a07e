//! Days off are changed while loans run: due dates that are still to come follow the calendar.

use jiff::civil::{Date, Weekday, date};
use loam_book::loan::as_of::{View, as_of};
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures};
use loam_book::loan::log::fold;
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::loan::transaction::TransactionKind;
use loam_book::product::payments::ScheduleEdit;
use loam_book::product::{Product, ProductType};
use loam_book::stated::StatedAmount;
use loam_calc::calendar::Calendar;
use loam_calc::due_dates::NonWorkingDays;
use loam_calc::money::Amount;
use loam_calc::schedule::{ChargeFrequency, InterestMethod};
use proptest::prelude::*;

use crate::dynamic::{agreed, dynamic};
use crate::revolving::{credit, flat, limit};
use crate::support::{TestBook, cents, figures, product};
use crate::{explained, schedules};

fn days(list: &[(i16, i8, i8)]) -> Vec<Date> {
    list.iter().map(|(year, month, day)| date(*year, *month, *day)).collect()
}

/// A fixed loan of 950 from Thursday 2012-06-28; its rows fall due on a Saturday, Tuesday, Friday,
/// Sunday and Wednesday.
fn active(rule: NonWorkingDays) -> TestBook {
    let mut product = Product { non_working_days: rule, ..product() };
    product.payment_rules.schedule_edits = vec![
        ScheduleEdit::AdjustPaymentDates,
        ScheduleEdit::AdjustPrincipalPaymentSchedule,
        ScheduleEdit::AdjustNumberOfInstallments,
    ];
    TestBook::active_loan(product, "950", date(2012, 6, 28))
}

fn weekends() -> Calendar {
    Calendar::try_new(&[Weekday::Saturday, Weekday::Sunday], []).expect("five days are left")
}

fn follow(book: &mut TestBook, calendar: Calendar) {
    book.calendar = calendar;
    book.command(&LoanCommand::FollowCalendar).expect("due dates can be had");
    assert_eq!(book.findings(), []);
    let view = View { as_of: book.business_date, known_on: book.business_date };
    let seen = as_of(&book.entries, view).expect("it is there");
    assert_eq!(seen.servicing, book.loan().servicing, "as of today is the row");
}

fn due_dates(book: &TestBook) -> Vec<Date> {
    book.loan().servicing.installments.iter().map(|row| row.due_date).collect()
}

fn interest(book: &TestBook) -> Vec<Amount> {
    book.loan().servicing.installments.iter().map(|row| row.expected.interest).collect()
}

fn edit(book: &mut TestBook, rows: Vec<StatedRow>) {
    book.command(&LoanCommand::EditSchedule { rows }).expect("the product allows it");
}

#[test]
fn due_dates_go_to_the_next_working_day_and_back_when_it_is_one_again() {
    let mut book = active(NonWorkingDays::NextWorkingDay);
    let agreed = due_dates(&book);
    let charged = interest(&book);
    follow(&mut book, weekends());
    let moved = days(&[(2012, 7, 30), (2012, 8, 28), (2012, 9, 28), (2012, 10, 29), (2012, 11, 28)]);
    assert_eq!(due_dates(&book), moved);
    assert_eq!(interest(&book), charged, "interest of a fixed loan stays");
    assert!(!book.loan().servicing.course.is_custom, "nobody edited it");
    let entries = book.entries.len();
    follow(&mut book, weekends());
    assert_eq!(book.entries.len(), entries, "twice changes nothing");
    assert_eq!(explained::fault(&book), None);
    follow(&mut book, Calendar::every_day_works());
    assert_eq!(due_dates(&book), agreed);
    assert_eq!(explained::fault(&book), None);
}

#[test]
fn a_moved_row_falls_due_on_its_new_day_and_is_late_after_it() {
    let mut book = active(NonWorkingDays::NextWorkingDay);
    follow(&mut book, weekends());
    book.move_to(date(2012, 7, 29));
    assert_eq!(book.outstanding().interest, Amount::ZERO);
    book.move_to(date(2012, 7, 30));
    assert_eq!(book.outstanding().interest, cents(25_45));
    assert_eq!(book.loan().servicing.late_since, None);
    book.move_to(date(2012, 7, 31));
    assert!(book.loan().servicing.late_since.is_some());
    assert_eq!(book.findings(), []);
}

#[test]
fn due_dates_go_to_the_previous_working_day_but_never_to_one_that_has_come() {
    let mut book = active(NonWorkingDays::PreviousWorkingDay);
    book.move_to(date(2012, 7, 27));
    follow(&mut book, weekends());
    let moved = days(&[(2012, 7, 30), (2012, 8, 28), (2012, 9, 28), (2012, 10, 26), (2012, 11, 28)]);
    assert_eq!(due_dates(&book), moved);
}

#[test]
fn a_schedule_is_extended_from_the_first_free_due_date_on() {
    let mut book = active(NonWorkingDays::ExtendSchedule);
    let agreed = due_dates(&book);
    follow(&mut book, weekends());
    let moved = days(&[(2012, 8, 28), (2012, 9, 28), (2012, 11, 28), (2012, 12, 28), (2013, 1, 28)]);
    assert_eq!(due_dates(&book), moved);
    follow(&mut book, Calendar::every_day_works());
    assert_eq!(due_dates(&book), agreed);
}

#[test]
fn a_loan_whose_product_has_no_rule_stays_as_it_is_and_so_does_one_that_is_not_paid_out_or_closed() {
    let mut book = active(NonWorkingDays::None);
    let entries = book.entries.len();
    follow(&mut book, weekends());
    assert_eq!(book.entries.len(), entries);

    let mut book = TestBook::new(
        Product { non_working_days: NonWorkingDays::NextWorkingDay, ..product() },
        date(2012, 6, 28),
    );
    book.create("950").expect("within the product");
    follow(&mut book, weekends());
    assert_eq!(book.entries.len(), 1);

    let mut book = active(NonWorkingDays::NextWorkingDay);
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    let entries = book.entries.len();
    follow(&mut book, weekends());
    assert_eq!(book.entries.len(), entries);
}

#[test]
fn rows_that_are_due_or_begun_stay_where_they_are() {
    let mut book = active(NonWorkingDays::NextWorkingDay);
    book.move_to(date(2012, 7, 28));
    book.repay("215.45").expect("it is due");
    // Ahead: the second row, and a part of the third.
    book.move_to(date(2012, 8, 1));
    book.repay("300").expect("prepayments are accepted");
    let calendar = weekends().with_holidays([date(2012, 8, 28), date(2012, 9, 28), date(2012, 11, 28)], []);
    follow(&mut book, calendar);
    let moved = days(&[(2012, 7, 28), (2012, 8, 28), (2012, 9, 28), (2012, 10, 29), (2012, 11, 29)]);
    assert_eq!(due_dates(&book), moved);
}

#[test]
fn a_locked_loan_follows_too() {
    let mut book = active(NonWorkingDays::NextWorkingDay);
    book.command(&LoanCommand::Lock { notes: None }).expect("it is active");
    follow(&mut book, weekends());
    assert_eq!(due_dates(&book)[0], date(2012, 7, 30));
}

#[test]
fn a_due_date_that_somebody_set_stays_and_the_others_follow() {
    let mut book = active(NonWorkingDays::NextWorkingDay);
    let by_hand = StatedRow { number: Some(4), due_date: Some(date(2012, 10, 27)), ..StatedRow::default() };
    edit(&mut book, vec![by_hand]);
    follow(&mut book, weekends());
    let moved = days(&[(2012, 7, 30), (2012, 8, 28), (2012, 9, 28), (2012, 10, 27), (2012, 11, 28)]);
    assert_eq!(due_dates(&book), moved, "27 October is a Saturday that somebody wanted");
    assert_eq!(explained::fault(&book), None);
    follow(&mut book, Calendar::every_day_works());
    assert_eq!(due_dates(&book)[0], date(2012, 7, 28));
}

#[test]
fn after_a_payment_holiday_the_rows_still_follow() {
    let mut book = active(NonWorkingDays::ExtendSchedule);
    let holiday = StatedRow { number: Some(2), is_payment_holiday: true, ..StatedRow::default() };
    edit(&mut book, vec![holiday]);
    assert_eq!(due_dates(&book).len(), 6);
    follow(&mut book, weekends());
    let moved =
        days(&[(2012, 8, 28), (2012, 9, 28), (2012, 11, 28), (2012, 12, 28), (2013, 1, 28), (2013, 2, 28)]);
    assert_eq!(due_dates(&book), moved);
    assert_eq!(explained::fault(&book), None);
}

#[test]
fn rows_of_a_schedule_that_was_agreed_by_hand_stay() {
    let product = Product { non_working_days: NonWorkingDays::NextWorkingDay, ..schedules::editable() };
    let mut book = TestBook::new(product, date(2012, 6, 28));
    book.create_with(figures("950")).expect("within the product");
    let by_hand =
        StatedRow { number: Some(1), principal: Some(StatedAmount("100".into())), ..StatedRow::default() };
    let rest =
        StatedRow { number: Some(5), principal: Some(StatedAmount("280".into())), ..StatedRow::default() };
    edit(&mut book, vec![by_hand, rest]);
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
    let agreed = due_dates(&book);
    follow(&mut book, weekends());
    assert_eq!(due_dates(&book), agreed);
}

#[test]
fn rows_that_were_added_for_what_was_overdue_stay() {
    let mut book = active(NonWorkingDays::NextWorkingDay);
    book.move_to(date(2012, 8, 1));
    let re_age = ReAge { first_due_date: date(2012, 9, 8), installments: 2, period: None, notes: None };
    book.command(&LoanCommand::ReAge(re_age)).expect("the first row is overdue");
    follow(&mut book, weekends());
    let stays = due_dates(&book);
    assert!(stays.contains(&date(2012, 9, 8)), "a Saturday that somebody chose: {stays:?}");
    assert!(stays.contains(&date(2012, 10, 29)) && !stays.contains(&date(2012, 10, 28)), "{stays:?}");
}

#[test]
fn an_agreed_last_due_date_stays() {
    let terms = LoanFigures {
        expected_disbursement_on: Some(Some(date(2012, 6, 28))),
        last_due_date: Some(Some(date(2012, 12, 2))),
        ..figures("950")
    };
    let product = Product { non_working_days: NonWorkingDays::NextWorkingDay, ..product() };
    let mut book = TestBook::active(product, date(2012, 6, 28), terms);
    follow(&mut book, weekends());
    assert_eq!(due_dates(&book).last(), Some(&date(2012, 12, 2)), "a Sunday that was agreed");
    assert_eq!(due_dates(&book)[0], date(2012, 7, 30));
}

fn declining(rule: NonWorkingDays) -> Product {
    Product {
        product_type: ProductType::DynamicTermLoan,
        interest_method: InterestMethod::DecliningBalance,
        charge_frequency: ChargeFrequency::Annualized,
        non_working_days: rule,
        ..product()
    }
}

#[test]
fn interest_of_a_dynamic_loan_follows_the_days_as_if_they_had_always_been_off() {
    for rule in
        [NonWorkingDays::NextWorkingDay, NonWorkingDays::PreviousWorkingDay, NonWorkingDays::ExtendSchedule]
    {
        let mut moved = TestBook::active(declining(rule), date(2012, 6, 28), agreed("950", "12", 5));
        let before = interest(&moved);
        follow(&mut moved, weekends());
        assert_ne!(interest(&moved), before);
        let mut new = TestBook::new(declining(rule), date(2012, 6, 28));
        new.calendar = weekends();
        new.create_with(agreed("950", "12", 5)).expect("within the product");
        new.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
        new.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
        assert_eq!(moved.loan().servicing.installments, new.loan().servicing.installments, "{rule:?}");
        assert_eq!(explained::fault(&moved), None);
        for book in [&mut moved, &mut new] {
            book.move_to(date(2012, 9, 10));
            book.repay("400").expect("prepayments are accepted");
            book.move_to(date(2013, 2, 10));
        }
        assert_eq!(moved.outstanding(), new.outstanding());
        assert_eq!((moved.findings(), explained::fault(&moved)), (vec![], None));
    }
}

#[test]
fn equal_totals_of_a_dynamic_loan_stay_and_the_last_one_takes_the_rest() {
    let product = Product {
        non_working_days: NonWorkingDays::NextWorkingDay,
        days_method: loam_calc::day_count::DaysMethod::ActualDays,
        ..dynamic()
    };
    let mut book = TestBook::active(product, date(2024, 1, 1), agreed("1000", "12", 6));
    let totals = |book: &TestBook| {
        let rows = book.loan().servicing.installments.iter();
        rows.map(|row| row.expected.total()).collect::<Vec<_>>()
    };
    let before = totals(&book);
    follow(&mut book, weekends());
    assert_eq!(totals(&book)[..5], before[..5]);
    assert_eq!(explained::fault(&book), None);
}

#[test]
fn a_back_dated_fact_leaves_moved_dates_where_they_are() {
    for product in [
        Product { non_working_days: NonWorkingDays::NextWorkingDay, ..product() },
        declining(NonWorkingDays::NextWorkingDay),
    ] {
        let mut book = TestBook::active(product, date(2012, 6, 28), agreed("950", "12", 5));
        book.move_to(date(2012, 8, 1));
        book.repay("215").expect("it is due");
        book.move_to(date(2012, 8, 10));
        follow(&mut book, weekends());
        let moved = due_dates(&book);
        assert_eq!(moved[3], date(2012, 10, 29));
        let posted = book.repay_on("50", Some(date(2012, 7, 20))).expect("it may be back-dated");
        assert_eq!(due_dates(&book), moved);
        assert_eq!((book.findings(), explained::fault(&book)), (vec![], None));
        let repaid = posted.iter().rfind(|one| one.value_date == date(2012, 7, 20) && one.reverses.is_none());
        book.reverse(repaid.expect("it was posted").id).expect("it can be taken back");
        assert_eq!(due_dates(&book), moved);
        assert_eq!((book.findings(), explained::fault(&book)), (vec![], None));
    }
}

#[test]
fn the_open_row_of_a_credit_follows_and_its_bills_stay() {
    let product = Product { non_working_days: NonWorkingDays::NextWorkingDay, ..credit(flat()) };
    let mut book = TestBook::new(product, date(2024, 1, 31));
    book.create_with(limit("1000")).expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    let amount = Some(StatedAmount("600".into()));
    book.command(&LoanCommand::Disburse(Disburse { amount, ..Disburse::default() })).expect("a draw");
    book.move_to(date(2024, 3, 1));
    assert_eq!(due_dates(&book), days(&[(2024, 2, 29), (2024, 3, 31)]));
    follow(&mut book, weekends());
    assert_eq!(due_dates(&book), days(&[(2024, 2, 29), (2024, 4, 1)]), "31 March is a Sunday");
    book.move_to(date(2024, 4, 1));
    assert_eq!(due_dates(&book)[2], date(2024, 4, 30));
    assert_eq!(book.findings(), []);
}

#[test]
fn charges_stay_with_their_rows_when_a_schedule_is_extended() {
    let mut book = active(NonWorkingDays::ExtendSchedule);
    book.charge("5", 3).expect("the product allows it");
    follow(&mut book, weekends());
    let fees: Vec<Amount> = book.loan().servicing.installments.iter().map(|row| row.expected.fees).collect();
    assert_eq!(fees, [0, 0, 5_00, 0, 0].map(cents));
    assert_eq!(due_dates(&book)[2], date(2012, 11, 28));
}

#[test]
fn a_calendar_without_days_for_a_schedule_is_refused_and_changes_nothing() {
    let mut book = active(NonWorkingDays::ExtendSchedule);
    let product = Product { non_working_days: NonWorkingDays::ExtendSchedule, ..product() };
    assert_eq!(product.contradiction(), None);
    // Every 28th is off, every year.
    let every_28th = (1..=12).map(|month| date(2024, month, 28));
    book.calendar = Calendar::every_day_works().with_holidays([], every_28th);
    let agreed = due_dates(&book);
    book.command(&LoanCommand::FollowCalendar).expect_err("no due date is ever worked");
    assert_eq!(due_dates(&book), agreed);
}

/// One thing that may happen to a loan beside a changed calendar.
#[derive(Debug, Clone)]
enum Move {
    Days(i64),
    Follow(usize),
    Repay(i64, i64),
    Reverse(usize),
}

fn a_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        2 => (1_i64..50).prop_map(Move::Days),
        3 => (0_usize..4).prop_map(Move::Follow),
        2 => (1_i64..400, 0_i64..40).prop_map(|(amount, back)| Move::Repay(amount, back)),
        1 => (0_usize..4).prop_map(Move::Reverse),
    ]
}

fn calendar(number: usize) -> Calendar {
    match number {
        0 => Calendar::every_day_works(),
        1 => weekends(),
        2 => weekends().with_holidays([date(2012, 8, 28), date(2012, 9, 27), date(2012, 9, 28)], []),
        _ => Calendar::every_day_works().with_holidays([], [date(2012, 10, 28), date(2012, 12, 28)]),
    }
}

fn lead(book: &mut TestBook, step: &Move) {
    let back = |days: i64| book.business_date.checked_sub(jiff::Span::new().days(days)).ok();
    // What is not possible is refused; what holds must hold of either.
    match step {
        Move::Days(days) => {
            let day = book.business_date.checked_add(jiff::Span::new().days(*days));
            book.move_to(day.expect("within the calendar"));
        }
        Move::Follow(number) => {
            book.calendar = calendar(*number);
            book.command(&LoanCommand::FollowCalendar).expect("due dates can be had");
            let entries = book.entries.len();
            book.command(&LoanCommand::FollowCalendar).expect("due dates can be had");
            assert_eq!(book.entries.len(), entries, "twice changes nothing");
        }
        Move::Repay(amount, days) => {
            let day = back(*days);
            let _refused = book.repay_on(&amount.to_string(), day).is_err();
        }
        Move::Reverse(place) => {
            let repaid = book.transactions.iter().filter(|one| {
                one.kind == TransactionKind::Repayment && one.reverses.is_none() && one.reversed_by.is_none()
            });
            if let Some(original) = repaid.map(|one| one.id).nth(*place) {
                let _refused = book.reverse(original).is_err();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_beside_a_changed_calendar_the_book_proves_itself(
        kind in 0_usize..4,
        rule in 0_usize..3,
        steps in proptest::collection::vec(a_move(), 1..14),
    ) {
        let rules =
            [NonWorkingDays::NextWorkingDay, NonWorkingDays::PreviousWorkingDay, NonWorkingDays::ExtendSchedule];
        let of = match kind {
            0 => product(),
            1 => Product { interest_method: InterestMethod::DecliningBalance, ..product() },
            2 => declining(rules[rule]),
            _ => dynamic(),
        };
        let of = Product { non_working_days: rules[rule], ..of };
        let mut book = TestBook::active(of, date(2012, 6, 28), agreed("950", "12", 5));
        for step in &steps {
            lead(&mut book, step);
            let dates = due_dates(&book);
            prop_assert!(dates.windows(2).all(|pair| pair[0] < pair[1]), "{dates:?}");
            prop_assert_eq!(book.findings(), vec![]);
            prop_assert_eq!(fold(&book.entries), book.loan.clone());
            prop_assert_eq!(explained::fault(&book), None);
        }
    }
}

//! Working days, holidays, meetings and the first due date: when installments fall due.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::loan::command::{Disburse, LoanCommand, LoanEdit, LoanFigures};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::refusal::TermsRefusal;
use loam_book::organization::{Branch, Centre, OfficeState};
use loam_book::party::Assignment;
use loam_book::product::{Product, ProductDueDates, Range};
use loam_book::record::{Record, check_record};
use loam_book::working_days::{Holiday, OrganizationSettings};
use loam_calc::calendar::PeriodUnit;
use loam_calc::due_dates::{DueDateMethod, NonWorkingDays, ShortMonth};

use crate::support::{TestBook, figures, product};

fn key(number: u64) -> Key {
    Key::entity(Part::new(0), 0, number)
}

fn holiday(date: Date, is_yearly: bool) -> Holiday {
    Holiday { name: "A day off".into(), date, is_yearly }
}

fn settings(non_working_weekdays: &[Weekday], holidays: Vec<Holiday>) -> OrganizationSettings {
    OrganizationSettings {
        key: key(50),
        name: "The lender".into(),
        non_working_weekdays: non_working_weekdays.to_vec(),
        holidays,
        security: loam_book::security::Security::default(),
        parties: Default::default(),
        contact: Default::default(),
        labels: vec![],
        portfolios: Default::default(),
        provisioning: Default::default(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn branch(holidays: Vec<Holiday>) -> Branch {
    Branch {
        key: key(51),
        id: "north".into(),
        name: "North".into(),
        state: OfficeState::Active,
        phone_number: None,
        email_address: None,
        notes: None,
        address: None,
        holidays,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn centre(meeting_day: Option<Weekday>) -> Centre {
    Centre {
        key: key(52),
        id: "hall".into(),
        name: "Village hall".into(),
        state: OfficeState::Active,
        branch: key(51),
        meeting_day,
        notes: None,
        address: None,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

/// Saturdays, Sundays and every Christmas Day are free; in the north also 2024-11-15.
fn records(product: Product, meeting_day: Option<Weekday>) -> Vec<Record> {
    let weekend = [Weekday::Saturday, Weekday::Sunday];
    vec![
        Record::Product(Box::new(product)),
        Record::Settings(settings(&weekend, vec![holiday(date(2000, 12, 25), true)])),
        Record::Branch(branch(vec![holiday(date(2024, 11, 15), false)])),
        Record::Centre(centre(meeting_day)),
    ]
}

fn book(product: Product, today: Date, assignment: Assignment, meeting_day: Option<Weekday>) -> TestBook {
    let mut book = TestBook::new(product.clone(), today);
    book.catalog = Catalog::new(1, records(product, meeting_day));
    book.client.assignment = assignment;
    book
}

fn in_the_north() -> Assignment {
    Assignment { branch: Some(key(51)), ..Assignment::default() }
}

fn in_the_hall() -> Assignment {
    Assignment { centre: Some(key(52)), ..in_the_north() }
}

fn due_dates(mut book: TestBook, figures: LoanFigures) -> Vec<Date> {
    book.create_with(figures).expect("it is within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
    assert_eq!(book.findings(), []);
    book.loan().servicing.installments.iter().map(|row| row.due_date).collect()
}

fn moving(non_working_days: NonWorkingDays) -> Product {
    Product { non_working_days, ..product() }
}

fn months(count: u32) -> LoanFigures {
    LoanFigures { installments: Some(count), ..figures("1000") }
}

fn refused(mut book: TestBook, figures: LoanFigures) -> TermsRefusal {
    let refusal = book.create_with(figures).expect_err("it is refused");
    let Refusal::Terms(refusal) = refusal else { panic!("refused for another reason: {refusal}") };
    refusal
}

#[test]
fn due_dates_avoid_the_free_days_of_the_organization() {
    let dates =
        |rule| due_dates(book(moving(rule), date(2024, 9, 25), Assignment::default(), None), months(3));
    // 25 October is a Friday, 25 November a Monday, 25 December Christmas.
    let plain = [date(2024, 10, 25), date(2024, 11, 25), date(2024, 12, 25)];
    assert_eq!(dates(NonWorkingDays::None), plain);
    assert_eq!(dates(NonWorkingDays::NextWorkingDay)[2], date(2024, 12, 26));
    assert_eq!(dates(NonWorkingDays::PreviousWorkingDay)[2], date(2024, 12, 24));
    // The next regular day after Christmas, 25 January, is a Saturday.
    assert_eq!(dates(NonWorkingDays::ExtendSchedule)[2], date(2025, 2, 25));
}

#[test]
fn a_branch_has_holidays_of_its_own_besides() {
    let on_the_15th = |assignment| {
        let rule = moving(NonWorkingDays::NextWorkingDay);
        due_dates(book(rule, date(2024, 10, 15), assignment, None), months(2))
    };
    assert_eq!(on_the_15th(Assignment::default()), [date(2024, 11, 15), date(2024, 12, 16)]);
    assert_eq!(on_the_15th(in_the_north()), [date(2024, 11, 18), date(2024, 12, 16)]);
}

#[test]
fn a_calendar_in_which_nobody_works_is_refused() {
    let all: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
    let refusal = check_record(&Record::Settings(settings(&all, vec![]))).expect_err("it is refused");
    assert_eq!(refusal, Refusal::ContradictingProduct { field: "nonWorkingDays" });
    let days = (0..200).map(|_| holiday(date(2024, 1, 1), true)).collect();
    let refusal = check_record(&Record::Branch(branch(days))).expect_err("it is refused");
    assert_eq!(refusal, Refusal::ContradictingProduct { field: "branchHolidays" });
}

#[test]
fn the_settings_of_an_organization_read_back_as_they_were_written() {
    let record = Record::Settings(settings(&[Weekday::Friday], vec![holiday(date(2024, 5, 1), true)]));
    let text = serde_json::to_string(&record).expect("records are written as JSON");
    assert_eq!(serde_json::from_str::<Record>(&text).expect("it was written"), record);
}

#[test]
fn loans_of_a_centre_fall_due_on_the_day_of_its_meetings() {
    let weekly = Product {
        due_dates: ProductDueDates::Interval { count: Some(1), unit: Some(PeriodUnit::Weeks) },
        ..product()
    };
    let wednesdays = |product| {
        let book = book(product, date(2024, 10, 14), in_the_hall(), Some(Weekday::Wednesday));
        due_dates(book, months(3))
    };
    assert_eq!(wednesdays(weekly), [date(2024, 10, 23), date(2024, 10, 30), date(2024, 11, 6)]);
    assert_eq!(wednesdays(product()), [date(2024, 11, 20), date(2024, 12, 18), date(2025, 1, 15)]);
}

#[test]
fn a_first_due_date_on_another_day_than_the_meetings_is_refused() {
    let first = date(2024, 11, 14);
    let figures = LoanFigures { first_due_date: Some(Some(first)), ..months(3) };
    let of = || book(product(), date(2024, 10, 14), in_the_hall(), Some(Weekday::Wednesday));
    assert_eq!(refused(of(), figures), TermsRefusal::NotAMeetingDay { first_due_date: first });
    let on_the_day = LoanFigures { first_due_date: Some(Some(date(2024, 11, 13))), ..months(3) };
    assert_eq!(due_dates(of(), on_the_day)[0], date(2024, 11, 13));
}

#[test]
fn periods_that_do_not_go_with_weekly_meetings_are_refused() {
    let of = |product| book(product, date(2024, 10, 14), in_the_hall(), Some(Weekday::Wednesday));
    let fixed = Product {
        due_dates: ProductDueDates::FixedDaysOfMonth {
            days: vec![15],
            short_month: ShortMonth::LastDayInMonth,
        },
        ..product()
    };
    assert_eq!(refused(of(fixed), months(3)), TermsRefusal::PeriodWithoutMeetings);
    let every = |count| Product {
        due_dates: ProductDueDates::Interval { count: Some(count), unit: Some(PeriodUnit::Days) },
        ..product()
    };
    assert_eq!(refused(of(every(10)), months(3)), TermsRefusal::PeriodWithoutMeetings);
    assert_eq!(due_dates(of(every(14)), months(2)), [date(2024, 10, 30), date(2024, 11, 13)]);
}

#[test]
fn meetings_on_a_free_day_of_the_week_are_refused_where_due_dates_would_move() {
    let of = |rule| book(moving(rule), date(2024, 10, 14), in_the_hall(), Some(Weekday::Sunday));
    assert_eq!(refused(of(NonWorkingDays::NextWorkingDay), months(3)), TermsRefusal::MeetingDayNotWorked);
    assert_eq!(due_dates(of(NonWorkingDays::None), months(1)), [date(2024, 11, 17)]);
}

#[test]
fn fixed_days_are_days_of_a_month_and_go_with_no_interval() {
    let fixed = |days: Vec<u8>| Product {
        due_dates: ProductDueDates::FixedDaysOfMonth { days, short_month: ShortMonth::LastDayInMonth },
        ..product()
    };
    let stated = |days: Vec<u8>| LoanFigures { fixed_days_of_month: Some(days), ..months(2) };
    let of = |product| TestBook::new(product, date(2024, 1, 10));
    assert_eq!(refused(of(product()), stated(vec![5])), TermsRefusal::FixedDaysNotAllowed);
    assert_eq!(refused(of(fixed(vec![])), months(2)), TermsRefusal::MissingFixedDays);
    assert_eq!(refused(of(fixed(vec![5])), stated(vec![5, 32])), TermsRefusal::InvalidFixedDay { day: 32 });
    assert_eq!(due_dates(of(fixed(vec![5])), stated(vec![])), [date(2024, 2, 5), date(2024, 3, 5)]);
    assert_eq!(due_dates(of(fixed(vec![5])), stated(vec![20, 31])), [date(2024, 1, 20), date(2024, 1, 31)]);
}

#[test]
fn fixed_days_stay_through_an_edit_that_does_not_name_them() {
    let fixed = Product {
        due_dates: ProductDueDates::FixedDaysOfMonth {
            days: vec![5],
            short_month: ShortMonth::LastDayInMonth,
        },
        ..product()
    };
    let mut book = TestBook::new(fixed, date(2024, 1, 10));
    let figures = LoanFigures { fixed_days_of_month: Some(vec![20]), ..months(2) };
    book.create_with(figures).expect("it is within the product");
    let edit = LoanEdit {
        figures: LoanFigures { installments: Some(3), ..LoanFigures::default() },
        ..LoanEdit::default()
    };
    book.command(&LoanCommand::Edit(Box::new(edit))).expect("it is pending");
    let days = DueDateMethod::FixedDaysOfMonth { days: vec![20], short_month: ShortMonth::LastDayInMonth };
    assert_eq!(book.loan().terms.due_dates, days);
}

#[test]
fn a_first_due_date_stays_within_the_offset_of_the_product() {
    let offset = Product {
        first_due_date_offset_days: Range { min: Some(5), default: Some(10), max: Some(20) },
        ..product()
    };
    let figures = |first| LoanFigures {
        expected_disbursement_on: Some(Some(date(2015, 12, 1))),
        first_due_date: Some(first),
        ..months(3)
    };
    let book = || TestBook::new(offset.clone(), date(2015, 12, 1));
    assert_eq!(due_dates(book(), figures(None))[0], date(2016, 1, 11));
    assert_eq!(due_dates(book(), figures(Some(date(2016, 1, 6))))[0], date(2016, 1, 6));
    assert_eq!(due_dates(book(), figures(Some(date(2016, 1, 21))))[0], date(2016, 1, 21));
    for (first, days) in [(date(2016, 1, 5), 4), (date(2016, 1, 22), 21), (date(2015, 12, 31), -1)] {
        let refusal = refused(book(), figures(Some(first)));
        let bounds = "5 to 20".to_owned();
        assert_eq!(refusal, TermsRefusal::FirstDueDateOutsideOffset { first_due_date: first, days, bounds });
    }
}

#[test]
fn the_offset_counts_from_the_day_on_which_the_loan_is_really_paid_out() {
    let offset = Product {
        first_due_date_offset_days: Range { min: Some(0), default: Some(0), max: Some(5) },
        ..product()
    };
    let mut book = TestBook::new(offset, date(2024, 1, 15));
    let first_due_date = Some(Some(date(2024, 2, 18)));
    book.create_with(LoanFigures { first_due_date, ..months(3) })
        .expect("no disbursement is expected on a day");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    book.move_to(date(2024, 1, 10));
    let refusal =
        book.command(&LoanCommand::Disburse(Disburse::default())).expect_err("eight days are too many");
    assert!(
        matches!(refusal, Refusal::Terms(TermsRefusal::FirstDueDateOutsideOffset { days: 8, .. })),
        "{refusal}"
    );
    book.move_to(date(2024, 1, 13));
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("five days are allowed");
}

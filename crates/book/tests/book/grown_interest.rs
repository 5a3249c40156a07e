//! What a dynamic loan asks for in interest is what its balances grew by, day by day, whatever
//! happens to it: nothing is charged twice, nothing is lost but cents of rounding.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use loam_book::loan::Loan;
use loam_book::loan::command::{ChangeInterestRate, LoanCommand, PauseInterest};
use loam_book::loan::log::{effective, fold_steps};
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::product::charges::PenaltyMethod;
use loam_book::product::controls::{Capping, CappingBase, CappingConstraint};
use loam_book::product::payments::{
    InterestOnPrepayment, LatePaymentsRecalculation, PrepaymentRecalculation, ScheduleEdit,
};
use loam_book::product::{GracePeriodType, Product, Range};
use loam_book::stated::StatedPercent;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::InterestMethod;
use proptest::prelude::*;

use crate::dynamic::{agreed, dynamic};
use crate::support::TestBook;

const METHODS: [PrepaymentRecalculation; 4] = [
    PrepaymentRecalculation::NoRecalculation,
    PrepaymentRecalculation::ReduceAmountPerInstallment,
    PrepaymentRecalculation::ReduceNumberOfInstallments,
    PrepaymentRecalculation::RecalculateScheduleKeepSamePrincipalAmount,
];

#[derive(Debug, Clone)]
enum Move {
    Days(i64),
    PayDue,
    Repay { cents: i64, days_ago: i64 },
    Apply { days_ago: i64 },
    Rate { percent: u32, days_ago: i64 },
    Pause { days_ago: i64, days: i64 },
    Holiday(u32),
    ReAge { days: i64, installments: u32 },
    Unlock,
}

fn a_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => (1i64..50).prop_map(Move::Days),
        2 => Just(Move::PayDue),
        4 => (1i64..40_000, prop_oneof![Just(0i64), 0i64..40])
            .prop_map(|(cents, days_ago)| Move::Repay { cents, days_ago }),
        1 => (0i64..30).prop_map(|days_ago| Move::Apply { days_ago }),
        1 => (0u32..40, 0i64..40).prop_map(|(percent, days_ago)| Move::Rate { percent, days_ago }),
        1 => (0i64..20, 1i64..30).prop_map(|(days_ago, days)| Move::Pause { days_ago, days }),
        1 => (1u32..8).prop_map(Move::Holiday),
        1 => (1i64..60, 1u32..4).prop_map(|(days, installments)| Move::ReAge { days, installments }),
        1 => Just(Move::Unlock),
    ]
}

/// Interest by actual days of a year of 365 on all principal that is outstanding.
fn a_product() -> impl Strategy<Value = Product> {
    (prop::sample::select(METHODS.to_vec()), any::<[bool; 7]>(), 0u32..3, 1u32..3).prop_map(
        |(recalculation, flags, grace, interval)| {
            let mut kind = dynamic();
            kind.day_count = DayCount::Actual365Fixed;
            kind.days_method = DaysMethod::ActualDays;
            kind.payment_rules.prepayment_recalculation = recalculation;
            kind.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustNumberOfInstallments];
            if flags[0] {
                kind.interest_method = InterestMethod::DecliningBalance;
            }
            kind.interest_rules.accrues_after_maturity = flags[1];
            kind.grace_period_type = if flags[2] {
                GracePeriodType::InterestForgiveness
            } else {
                GracePeriodType::PayInterestOnly
            };
            kind.grace_period.default = Some(grace);
            kind.principal_repayment_interval = interval;
            if flags[3] {
                kind.payment_rules.interest_on_prepayment = InterestOnPrepayment::Manual;
            }
            if flags[4] {
                kind.payment_rules.late_payments_recalculation =
                    LatePaymentsRecalculation::IncreaseOverdueInstallments;
            }
            kind.payment_rules.evens_installments = flags[5];
            if flags[6] {
                kind.charges.penalty.method = PenaltyMethod::OverdueBalance;
                kind.charges.penalty.rate = Range { default: Some(Rate::from_ratio(1, 100)), ..Range::OPEN };
                kind.controls.capping = Some(Capping {
                    base: CappingBase::OriginalPrincipalPercentage,
                    constraint: CappingConstraint::SoftCap,
                    percentage: Rate::from_ratio(7, 100),
                    applies_accrued_before_locking: true,
                });
            }
            assert_eq!(kind.contradiction(), None);
            kind
        },
    )
}

fn live(book: &mut TestBook, step: &Move) {
    let ago = |book: &TestBook, days: i64| (days > 0).then(|| book.business_date.saturating_sub(days.days()));
    let text = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
    // A refusal is a normal answer.
    let _answer = match step {
        Move::Days(days) => {
            book.move_to(book.business_date.saturating_add(days.days()));
            Ok(vec![])
        }
        Move::PayDue => book.repay(&text(book.loan().due_by(book.business_date).total().minor())),
        Move::Repay { cents, days_ago } => book.repay_on(&text(*cents), ago(book, *days_ago)),
        Move::Apply { days_ago } => {
            let value_date = ago(book, *days_ago);
            book.command(&LoanCommand::ApplyInterest { value_date, notes: None })
        }
        Move::Rate { percent, days_ago } => {
            let (rate, value_date) = (StatedPercent(percent.to_string()), ago(book, *days_ago));
            let change = ChangeInterestRate { rate, value_date, notes: None };
            book.command(&LoanCommand::ChangeInterestRate(change))
        }
        Move::Pause { days_ago, days } => {
            let from = book.business_date.saturating_sub(days_ago.days());
            let until = from.saturating_add(days.days());
            book.command(&LoanCommand::PauseInterest(PauseInterest { from: Some(from), until, notes: None }))
        }
        Move::Holiday(number) => {
            let row = StatedRow { number: Some(*number), is_payment_holiday: true, ..StatedRow::default() };
            book.command(&LoanCommand::EditSchedule { rows: vec![row] })
        }
        Move::ReAge { days, installments } => book.command(&LoanCommand::ReAge(ReAge {
            first_due_date: book.business_date.saturating_add(days.days()),
            installments: *installments,
            period: None,
            notes: None,
        })),
        Move::Unlock => book.command(&LoanCommand::Unlock { notes: None }),
    };
}

/// What the loan asks for in interest by today: of installments that are due, applied ahead, and grown.
fn asked(book: &TestBook) -> Amount {
    let loan = book.loan();
    let closed = usize::try_from(loan.servicing.course.closed).expect("a number of rows fits");
    // With late interest that has a place of its own, as it would be placed today.
    let rows = loan.schedule_on(book.business_date);
    let (due, open) = rows.split_at(closed);
    let due: Amount = due.iter().map(|row| row.expected.interest).sum();
    due + open.iter().map(|row| row.interest_applied).sum() + loan.accrued_on(book.business_date)
}

/// What the balances grew by until today, from the log alone: each day by its balance and rate.
fn grown(book: &TestBook) -> Exact {
    let steps = effective(&book.entries);
    let course = &book.loan().servicing.course;
    let agreed = book.loan().terms.interest.rate;
    let mut grown = Exact::ZERO;
    for place in 0..steps.len() {
        let Some(standing) = fold_steps(&steps[..=place]).filter(|loan| loan.state().is_active()) else {
            continue;
        };
        let to = steps.get(place + 1).map_or(book.business_date, |next| next.step.value_date);
        let mut day = steps[place].step.value_date;
        while day < to {
            let rate =
                course.rates.iter().rev().find(|rate| rate.from <= day).map_or(agreed, |rate| rate.rate);
            let is_paused = course.pauses.iter().any(|pause| pause.from <= day && day < pause.to);
            if !is_paused && has_interest(&standing, day) {
                grown += of_a_day(standing.servicing.outstanding.principal, rate);
            }
            day = day.saturating_add(1.day());
        }
    }
    grown
}

fn of_a_day(principal: Amount, rate: Rate) -> Exact {
    Exact::ratio(i128::from(principal.minor()) * rate.numerator(), rate.denominator() * 365)
}

/// Whether a day is not free of interest, as the loan stands on it.
fn has_interest(loan: &Loan, day: Date) -> bool {
    let row = loan.servicing.installments.iter().find(|row| day < row.due_date);
    let Some(row) = row else { return loan.terms.interest_rules.accrues_after_maturity };
    let is_forgiven = loan.terms.grace_period_type == GracePeriodType::InterestForgiveness;
    !(is_forgiven && row.is_grace && row.number <= loan.terms.grace_period)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn interest_of_all_installments_is_what_all_balances_grew_by(
        moves in prop::collection::vec(a_move(), 1..25),
        kind in a_product(),
        percent in 5u32..40,
    ) {
        let agreed = agreed("950", &percent.to_string(), 6);
        let mut book = TestBook::active(kind, date(2012, 6, 28), agreed);
        for step in &moves {
            live(&mut book, step);
            if !book.loan().state().is_active() {
                break;
            }
            // Each installment is rounded once, and what has a place of its own each time it is placed.
            let steps = i64::try_from(effective(&book.entries).len()).expect("a log is short");
            let (asked, grown) = (Exact::from_amount(asked(&book)), grown(&book));
            let difference = asked - grown;
            let cents = Exact::from_amount(Amount::from_minor(2 + steps / 2));
            prop_assert!(
                difference <= cents && Exact::ZERO - cents <= difference,
                "{} asked, {} grown", asked.to_decimal_text(), grown.to_decimal_text()
            );
        }
    }
}

#[test]
fn late_interest_of_what_was_spread_anew_stops_where_the_rest_stays_overdue() {
    let mut kind = dynamic();
    kind.day_count = DayCount::Actual365Fixed;
    kind.days_method = DaysMethod::ActualDays;
    kind.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustNumberOfInstallments];
    kind.payment_rules.late_payments_recalculation = LatePaymentsRecalculation::IncreaseOverdueInstallments;
    let mut book = TestBook::active(kind, date(2012, 6, 28), agreed("950", "5", 6));
    // On the third due date the first two are spread anew; the third is due, and late from then on.
    book.move_to(date(2012, 9, 28));
    let spread = Move::ReAge { days: 12, installments: 1 };
    live(&mut book, &spread);
    let third = book.loan().servicing.installments[2].clone();
    assert!(!third.is_paid());
    book.move_to(date(2012, 10, 10));
    let placed = book.loan().schedule_on(book.business_date)[2].expected.interest - third.expected.interest;
    let of_a_day = of_a_day(third.expected.principal, Rate::from_ratio(5, 100));
    let of_twelve_days = std::iter::repeat_n(of_a_day, 12).sum::<Exact>();
    assert_eq!(placed, of_twelve_days.round(Rounding::HalfEven));
}

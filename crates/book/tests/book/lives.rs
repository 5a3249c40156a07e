//! Random lives of loans: whatever commands come in whatever order, the book never panics, its
//! checks hold, and the auditor agrees.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use loam_book::loan::as_of::{View, as_of};
use loam_book::loan::command::{
    ChangeInterestRate, Disburse, LoanCommand, LoanFigures, PauseInterest, Redraw, Repay, ReversalKind,
    Reverse,
};
use loam_book::loan::log::fold;
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::loan::transaction::TransactionKind;
use loam_book::organization::TransactionDetails;
use loam_book::product::interest::{InterestBalance, InterestType};
use loam_book::product::payments::{
    FuturePayments, InterestOnPrepayment, LatePaymentsRecalculation, PaymentRules, PrepaymentRecalculation,
    ScheduleEdit,
};
use loam_book::product::{DailyAccrual, GracePeriodType, InterestApplication, PaymentMethod, Product};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::day_count::DaysMethod;
use loam_calc::money::Amount;
use loam_calc::schedule::InterestMethod;
use proptest::prelude::*;

use crate::auditor::Auditor;
use crate::projections::assert_told_well;
use crate::support::{TestBook, cents, figures, product};

/// One thing that may happen in a life.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    Days(i64),
    Repay {
        cents: i64,
        days_ago: i64,
    },
    Reverse(usize),
    Charge {
        cents: i64,
        installment: u32,
    },
    ApplyInterest {
        days_ago: i64,
    },
    Simple(usize),
    /// Moves so many cents of principal from one installment to another.
    Shift {
        from: usize,
        to: usize,
        cents: i64,
    },
    Holiday(u32),
    ReAge {
        days: i64,
        installments: u32,
    },
    TakeBackSpreading(usize),
    Delete(u32),
    Recover {
        cents: i64,
        days_ago: i64,
    },
    ChangeRate {
        percent: u32,
        days_ago: i64,
    },
    /// From so many days ago, for so many days.
    Pause {
        days_ago: i64,
        days: i64,
    },
    Redraw {
        cents: i64,
    },
    /// Pays a further part of the loan out.
    PayOut {
        cents: i64,
        days_ago: i64,
    },
}

pub(crate) fn a_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => (0i64..40).prop_map(Move::Days),
        6 => (1i64..60_000, prop_oneof![3 => Just(0i64), 2 => 0i64..60])
            .prop_map(|(cents, days_ago)| Move::Repay { cents, days_ago }),
        3 => (0usize..20).prop_map(Move::Reverse),
        1 => (1i64..5_000, 1u32..7).prop_map(|(cents, installment)| Move::Charge { cents, installment }),
        1 => (0i64..30).prop_map(|days_ago| Move::ApplyInterest { days_ago }),
        2 => (0usize..SIMPLE).prop_map(Move::Simple),
        1 => (0usize..8, 0usize..8, 1i64..20_000).prop_map(|(from, to, cents)| Move::Shift { from, to, cents }),
        1 => (1u32..8).prop_map(Move::Holiday),
        1 => (1i64..60, 1u32..6).prop_map(|(days, installments)| Move::ReAge { days, installments }),
        1 => (0usize..4).prop_map(Move::TakeBackSpreading),
        1 => (1u32..8).prop_map(Move::Delete),
        1 => (1i64..90_000, 0i64..20).prop_map(|(cents, days_ago)| Move::Recover { cents, days_ago }),
        1 => (0u32..30, 0i64..40).prop_map(|(percent, days_ago)| Move::ChangeRate { percent, days_ago }),
        1 => (0i64..40, 1i64..50).prop_map(|(days_ago, days)| Move::Pause { days_ago, days }),
        1 => (1i64..50_000).prop_map(|cents| Move::Redraw { cents }),
        1 => (1i64..50_000, 0i64..20).prop_map(|(cents, days_ago)| Move::PayOut { cents, days_ago }),
    ]
}

const SIMPLE: usize = 11;

fn simple(index: usize) -> LoanCommand {
    let notes = None;
    match index {
        0 => LoanCommand::Lock { notes },
        1 => LoanCommand::Unlock { notes },
        2 => LoanCommand::WriteOff { notes },
        3 => LoanCommand::UndoWriteOff { notes },
        4 => LoanCommand::Close { notes },
        5 => LoanCommand::UndoClose { notes },
        6 => LoanCommand::UndoDisbursement { notes },
        7 => LoanCommand::Approve { notes },
        8 => LoanCommand::UndoApproval { notes },
        9 => LoanCommand::ReAmortize { notes },
        _ => LoanCommand::Disburse(Disburse::default()),
    }
}

pub(crate) fn text(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

pub(crate) fn ago(book: &TestBook, days: i64) -> Option<Date> {
    (days > 0).then(|| book.business_date.saturating_sub(days.days()))
}

/// An edit of two installments; where there are none, of none.
fn shift(book: &TestBook, (from, to): (usize, usize), cents: i64) -> LoanCommand {
    let rows = &book.loan().servicing.installments;
    let principal = |index: usize, change: i64| {
        rows.get(index).map(|row| StatedRow {
            number: Some(row.number),
            principal: Some(StatedAmount(text(row.expected.principal.minor() + change))),
            ..StatedRow::default()
        })
    };
    let edits = [principal(from, -cents), principal(to, cents)];
    LoanCommand::EditSchedule { rows: edits.into_iter().flatten().collect() }
}

pub(crate) fn live(book: &mut TestBook, step: &Move) {
    // A refusal is a normal answer; a panic or a finding is not.
    let _answer = match step {
        Move::Days(days) => {
            book.move_to(book.business_date.saturating_add(days.days()));
            Ok(vec![])
        }
        Move::Repay { cents, days_ago } => book.repay_on(&text(*cents), ago(book, *days_ago)),
        Move::Reverse(index) => {
            let repayments = book.transactions.iter().filter(|t| t.kind == TransactionKind::Repayment);
            let ids: Vec<i64> = repayments.map(|t| t.id).collect();
            match ids.get(index % ids.len().max(1)) {
                Some(id) => book.reverse(*id),
                None => Ok(vec![]),
            }
        }
        Move::Charge { cents, installment } => book.charge(&text(*cents), *installment),
        Move::ApplyInterest { days_ago } => {
            let value_date = ago(book, *days_ago);
            book.command(&LoanCommand::ApplyInterest { value_date, notes: None })
        }
        Move::Simple(index) => book.command(&simple(*index)),
        Move::Shift { from, to, cents } => book.command(&shift(book, (*from, *to), *cents)),
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
        Move::Delete(number) => book.command(&LoanCommand::DeleteInstallment { number: *number }),
        Move::Recover { cents, days_ago } => {
            let (amount, value_date) = (StatedAmount(text(*cents)), ago(book, *days_ago));
            let details = TransactionDetails::default();
            book.command(&LoanCommand::Recover(Repay { amount, value_date, details }))
        }
        Move::ChangeRate { percent, days_ago } => {
            let rate = StatedPercent(percent.to_string());
            let value_date = ago(book, *days_ago);
            book.command(&LoanCommand::ChangeInterestRate(ChangeInterestRate {
                rate,
                value_date,
                notes: None,
            }))
        }
        Move::Pause { days_ago, days } => {
            let from = book.business_date.saturating_sub(days_ago.days());
            let until = from.saturating_add(days.days());
            book.command(&LoanCommand::PauseInterest(PauseInterest { from: Some(from), until, notes: None }))
        }
        Move::Redraw { cents } => {
            let (amount, details) = (StatedAmount(text(*cents)), TransactionDetails::default());
            book.command(&LoanCommand::Redraw(Redraw { amount, value_date: None, details }))
        }
        Move::PayOut { cents, days_ago } => {
            let (amount, value_date) = (Some(StatedAmount(text(*cents))), ago(book, *days_ago));
            book.command(&LoanCommand::Disburse(Disburse { amount, value_date, ..Disburse::default() }))
        }
        Move::TakeBackSpreading(index) => {
            let spread = book.transactions.iter().filter(|t| t.kind == TransactionKind::PaymentReschedule);
            let ids: Vec<i64> = spread.map(|t| t.id).collect();
            let Some(original) = ids.get(index % ids.len().max(1)).copied() else { return };
            let kind = ReversalKind::PaymentReschedule;
            book.command(&LoanCommand::Reverse(Reverse { kind, original, account_no: None, notes: None }))
        }
    };
}

/// A loan of which 700.00 are paid out where the product pays out in parts, and else all of it.
fn paid_out_in_part(kind: Product, agreed: LoanFigures) -> TestBook {
    let amount = kind.payment_rules.disburses_in_parts.then(|| StatedAmount("700".into()));
    let mut book = TestBook::new(kind, date(2012, 6, 28));
    book.create_with(agreed).expect("the loan is within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("pending loans can be approved");
    let disburse = Disburse { amount, ..Disburse::default() };
    book.command(&LoanCommand::Disburse(disburse)).expect("approved loans can be disbursed");
    book
}

/// Any dynamic product that is serviced.
pub(crate) fn a_dynamic_product() -> impl Strategy<Value = Product> {
    let methods =
        prop_oneof![Just(InterestMethod::DecliningBalance), Just(InterestMethod::DecliningBalanceDiscounted)];
    (methods, prop::sample::select(METHODS.to_vec()), any::<[bool; 12]>(), 0u32..3, 1u32..4).prop_map(
        |(method, recalculation, flags, grace, interval)| {
            let mut kind = crate::dynamic::dynamic();
            kind.interest_method = method;
            kind.payment_rules.prepayment_recalculation = recalculation;
            kind.interest_rules.accrues_late_interest = flags[0];
            kind.interest_rules.late_interest_to_due_date = flags[1];
            kind.interest_rules.accrues_after_maturity = flags[2];
            kind.payment_rules.interest_on_prepayment = match (flags[3], flags[4]) {
                (false, _) => InterestOnPrepayment::Automatic,
                (true, false) => InterestOnPrepayment::Manual,
                (true, true) => InterestOnPrepayment::WholeInstallment,
            };
            if flags[5] {
                kind.days_method = DaysMethod::ActualDays;
            }
            if flags[6] {
                kind.payment_method = PaymentMethod::Vertical;
            }
            kind.payment_rules.evens_installments = flags[7];
            kind.payment_rules.schedule_edits = EDITS.to_vec();
            if flags[8] {
                kind.payment_rules.future_payments = FuturePayments::AcceptOverpayments;
                kind.payment_rules.allows_redraw = true;
            }
            kind.payment_rules.disburses_in_parts = flags[9];
            if flags[11] && !flags[10] && !flags[1] {
                kind.payment_rules.late_payments_recalculation =
                    LatePaymentsRecalculation::IncreaseOverdueInstallments;
            }
            if flags[10] && flags[0] && !flags[1] {
                kind.interest_rules.balance = InterestBalance::PrincipalAndInterest;
            }
            kind.grace_period_type = if flags[4] {
                GracePeriodType::InterestForgiveness
            } else {
                GracePeriodType::PayInterestOnly
            };
            kind.grace_period.default = Some(grace);
            kind.principal_repayment_interval = interval;
            assert_eq!(kind.contradiction(), None);
            kind
        },
    )
}

/// The same with interest that is added to the principal, without what does not go with it.
fn a_capitalizing_product() -> impl Strategy<Value = Product> {
    (a_dynamic_product(), prop::sample::select(METHODS.to_vec())).prop_map(|(mut kind, recalculation)| {
        kind.interest_rules.interest_type = InterestType::CapitalizedInterest;
        kind.interest_rules.balance = InterestBalance::PrincipalOnly;
        kind.interest_rules.late_interest_to_due_date = false;
        kind.grace_period_type = GracePeriodType::PayInterestOnly;
        let on_prepayment = match kind.payment_rules.interest_on_prepayment {
            InterestOnPrepayment::Manual => InterestOnPrepayment::Manual,
            InterestOnPrepayment::Automatic | InterestOnPrepayment::WholeInstallment => {
                InterestOnPrepayment::Automatic
            }
        };
        kind.payment_rules = PaymentRules {
            prepayment_recalculation: recalculation,
            interest_on_prepayment: on_prepayment,
            late_payments_recalculation: LatePaymentsRecalculation::IncreaseLastInstallment,
            ..PaymentRules::default()
        };
        if kind.contradiction().is_some() {
            kind.payment_rules.prepayment_recalculation = PrepaymentRecalculation::NoRecalculation;
        }
        assert_eq!(kind.contradiction(), None);
        kind
    })
}

/// Any of the two.
fn either_product() -> impl Strategy<Value = Product> {
    prop_oneof![3 => a_dynamic_product(), 1 => a_capitalizing_product()]
}

/// What may be edited of their schedules.
const EDITS: [ScheduleEdit; 2] =
    [ScheduleEdit::AdjustPrincipalPaymentSchedule, ScheduleEdit::AdjustNumberOfInstallments];

const METHODS: [PrepaymentRecalculation; 8] = [
    PrepaymentRecalculation::NoRecalculation,
    PrepaymentRecalculation::RescheduleRemainingRepayments,
    PrepaymentRecalculation::RecalculateScheduleKeepSameNumberOfTerms,
    PrepaymentRecalculation::RecalculateScheduleKeepSamePrincipalAmount,
    PrepaymentRecalculation::RecalculateScheduleKeepSameTotalRepaymentAmount,
    PrepaymentRecalculation::ReduceAmountPerInstallment,
    PrepaymentRecalculation::ReduceNumberOfInstallments,
    PrepaymentRecalculation::ReduceNumberOfInstallmentsNew,
];

/// Principal repaid and outstanding, while the loan is active.
fn repaid_and_outstanding(book: &TestBook) -> Option<Amount> {
    let servicing = &book.loan().servicing;
    servicing.state.is_active().then(|| servicing.paid.principal + servicing.outstanding.principal)
}

/// Principal paid out and interest added to it, less what was taken back of both, while the loan is
/// active.
fn lent_and_added(book: &TestBook) -> Option<Amount> {
    use TransactionKind as Kind;
    let is_lent = |kind| matches!(kind, Kind::Disbursement | Kind::DisbursementReversal);
    let is_added = |kind| matches!(kind, Kind::InterestApplied | Kind::InterestAppliedReversal);
    let all = book.transactions.iter();
    let lent: Amount = all.clone().filter(|t| is_lent(t.kind)).map(|t| t.amount).sum();
    let added: Amount = all.filter(|t| is_added(t.kind)).map(|t| t.split.principal).sum();
    book.loan().servicing.state.is_active().then_some(lent + added)
}

/// The principal of all rows.
fn principal_expected(book: &TestBook) -> Option<Amount> {
    let servicing = &book.loan().servicing;
    let rows = servicing.installments.iter();
    servicing.state.is_active().then(|| rows.map(|row| row.expected.principal).sum())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_the_book_proves_itself(
        moves in prop::collection::vec(a_move(), 1..40),
        method in prop_oneof![
            Just(InterestMethod::Flat),
            Just(InterestMethod::DecliningBalance),
            Just(InterestMethod::DecliningBalanceDiscounted),
        ],
        upfront in any::<bool>(),
        tolerance in 0u32..10,
        capitalized_fee in prop_oneof![2 => Just(0i64), 1 => 1i64..95_000],
        accrual_through in any::<bool>(),
    ) {
        let mut product = product();
        product.interest_method = method;
        product.arrears_tolerance_days.default = Some(tolerance);
        if upfront {
            product.interest_application = InterestApplication::OnDisbursement;
        }
        product.payment_rules.schedule_edits = EDITS.to_vec();
        let fee = Some(StatedAmount(text(capitalized_fee)));
        product.marketplace.daily_accrual = DailyAccrual::EndOfDay;
        let agreed = LoanFigures { capitalized_fee: fee, accrual_through, ..figures("950") };
        let mut book = TestBook::active(product, date(2012, 6, 28), agreed);
        for step in &moves {
            live(&mut book, step);
            prop_assert_eq!(book.findings(), vec![]);
        }
        let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
        prop_assert!(auditor.is_balanced());
        prop_assert_eq!(auditor.outstanding(), book.outstanding());
        let is_fee = |kind| matches!(kind, TransactionKind::Fee | TransactionKind::FeeReversal);
        let charged: Amount = book.transactions.iter().filter(|t| is_fee(t.kind)).map(|t| t.amount).sum();
        let is_paid_out = book.loan().state().disbursed_on().is_some();
        let kept = if is_paid_out { cents(capitalized_fee) } else { Amount::ZERO };
        prop_assert_eq!(auditor.fee_income(), charged + kept);
        prop_assert_eq!(fold(&book.entries), book.loan.clone());
        assert_told_well(&book);
        let today = View { as_of: book.business_date, known_on: book.business_date };
        prop_assert_eq!(as_of(&book.entries, today).map(|loan| loan.servicing), book.loan.clone().map(|loan| loan.servicing));
    }

    #[test]
    fn whatever_happens_to_a_dynamic_loan_the_book_proves_itself(
        moves in prop::collection::vec(a_move(), 1..40),
        kind in either_product(),
        percent in 0u32..40,
        installments in 4u32..9,
    ) {
        let agreed = crate::dynamic::agreed("950", &percent.to_string(), installments);
        let mut book = paid_out_in_part(kind, agreed);
        for step in &moves {
            live(&mut book, step);
            prop_assert_eq!(book.findings(), vec![]);
            prop_assert_eq!(repaid_and_outstanding(&book), principal_expected(&book));
            prop_assert_eq!(repaid_and_outstanding(&book), lent_and_added(&book));
        }
        let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
        prop_assert!(auditor.is_balanced());
        prop_assert_eq!(auditor.outstanding(), book.outstanding());
        prop_assert_eq!(fold(&book.entries), book.loan.clone());
        assert_told_well(&book);
        let today = View { as_of: book.business_date, known_on: book.business_date };
        prop_assert_eq!(as_of(&book.entries, today).map(|loan| loan.servicing), book.loan.clone().map(|loan| loan.servicing));
    }

    /// Paying what is quoted closes the loan, whatever happened before.
    #[test]
    fn the_quote_of_a_dynamic_loan_closes_it(
        moves in prop::collection::vec(a_move(), 1..12),
        kind in either_product(),
    ) {
        let mut book = paid_out_in_part(kind, crate::dynamic::agreed("950", "19", 5));
        for step in &moves {
            live(&mut book, step);
        }
        let quoted = book.loan().payoff_on(book.business_date).total();
        let is_overpaid = book.loan().servicing.course.overpaid.is_positive();
        if book.loan().state().is_active() && quoted.is_positive() && !is_overpaid {
            let repaid = book.repay(&quoted.to_fixed_text(book.loan().terms.currency));
            prop_assert!(repaid.is_ok(), "{:?}", repaid);
            prop_assert!(!book.loan().state().is_active());
            prop_assert_eq!(book.findings(), vec![]);
        }
    }

    /// Advancing day by day or in one go leads to the same place.
    #[test]
    fn a_day_missed_is_a_day_caught_up(days in 1i64..200, cents in 1i64..90_000) {
        let start = date(2012, 6, 28);
        let mut daily = TestBook::active_loan(product(), "950", start);
        let mut late = TestBook::active_loan(product(), "950", start);
        for book in [&mut daily, &mut late] {
            let _refused = book.repay(&text(cents));
        }
        for day in 1..=days {
            daily.move_to(start.saturating_add(day.days()));
        }
        late.move_to(start.saturating_add(days.days()));
        prop_assert_eq!(&daily.loan().servicing, &late.loan().servicing);
    }
}

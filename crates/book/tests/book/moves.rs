//! What may happen in the lives of loans with charges besides charges.

use jiff::ToSpan;
use jiff::civil::Date;
use loam_book::loan::command::{
    ChangeInterestRate, Disburse, LoanCommand, LoanFigures, PauseInterest, Redraw, Repay, ReversalKind,
    Reverse,
};
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::loan::transaction::TransactionKind;
use loam_book::organization::TransactionDetails;
use loam_book::product::interest::{BalanceTier, InterestBalance, PeriodTier, RateTerms};
use loam_book::product::payments::{
    FuturePayments, InterestOnPrepayment, LatePaymentsRecalculation, PrepaymentRecalculation, ScheduleEdit,
};
use loam_book::product::{GracePeriodType, PaymentMethod, Product};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::day_count::DaysMethod;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::InterestMethod;
use proptest::prelude::*;

use crate::support::TestBook;

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

/// How many commands need nothing but notes, or nothing at all.
pub(crate) const SIMPLE: usize = 11;

pub(crate) fn simple(index: usize) -> LoanCommand {
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

/// Minor units of a currency with two digits, as somebody would write them.
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
            book.command(&LoanCommand::Recover(Repay { amount, custom: Vec::new(), value_date, details }))
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

/// Any dynamic product that is serviced.
pub(crate) fn a_dynamic_product() -> impl Strategy<Value = Product> {
    let methods =
        prop_oneof![Just(InterestMethod::DecliningBalance), Just(InterestMethod::DecliningBalanceDiscounted)];
    (methods, prop::sample::select(METHODS.to_vec()), any::<[bool; 14]>(), 0u32..3, 1u32..4).prop_map(
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
            if flags[12] {
                kind.interest_rules.rate_terms = tiers(flags[13]);
            }
            if flags[12] && !flags[13] {
                // Nothing bears interest apart from the rest where its rate depends on all of it.
                kind.payment_rules.late_payments_recalculation =
                    LatePaymentsRecalculation::IncreaseLastInstallment;
                kind.interest_rules.late_interest_to_due_date = false;
                if flags[3] && flags[4] {
                    kind.payment_rules.interest_on_prepayment = InterestOnPrepayment::Automatic;
                }
            }
            assert_eq!(kind.contradiction(), None);
            kind
        },
    )
}

/// Three tiers by the day of the loan or by its balance, whose rates neither rise nor fall.
pub(crate) fn tiers(by_day: bool) -> RateTerms {
    let percent = |text: &str| Rate::parse_percent(text).expect("a plain percentage");
    let of_days = |ending_day, rate| PeriodTier { ending_day, rate: percent(rate) };
    let of_balance = |ending_balance: Option<i64>, rate| BalanceTier {
        ending_balance: ending_balance.map(Amount::from_minor),
        rate: percent(rate),
    };
    if by_day {
        return RateTerms::TieredPeriod {
            tiers: vec![of_days(Some(40), "24"), of_days(Some(100), "6"), of_days(None, "18")],
        };
    }
    let tiers = vec![of_balance(Some(300_00), "36"), of_balance(Some(700_00), "12"), of_balance(None, "24")];
    RateTerms::Tiered { tiers }
}

/// What is agreed, without a rate where tiers of the product give it.
pub(crate) fn rated_by(kind: &Product, agreed: LoanFigures) -> LoanFigures {
    if kind.interest_rules.rate_terms == RateTerms::Fixed {
        return agreed;
    }
    LoanFigures { interest_rate: None, ..agreed }
}

/// What may be edited of their schedules.
const EDITS: [ScheduleEdit; 2] =
    [ScheduleEdit::AdjustPrincipalPaymentSchedule, ScheduleEdit::AdjustNumberOfInstallments];

pub(crate) const METHODS: [PrepaymentRecalculation; 8] = [
    PrepaymentRecalculation::NoRecalculation,
    PrepaymentRecalculation::RescheduleRemainingRepayments,
    PrepaymentRecalculation::RecalculateScheduleKeepSameNumberOfTerms,
    PrepaymentRecalculation::RecalculateScheduleKeepSamePrincipalAmount,
    PrepaymentRecalculation::RecalculateScheduleKeepSameTotalRepaymentAmount,
    PrepaymentRecalculation::ReduceAmountPerInstallment,
    PrepaymentRecalculation::ReduceNumberOfInstallments,
    PrepaymentRecalculation::ReduceNumberOfInstallmentsNew,
];

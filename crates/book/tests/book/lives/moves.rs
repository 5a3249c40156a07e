//! What may happen in a life.

use jiff::ToSpan;
use jiff::civil::Date;
use loam_book::application::ProtectType;
use loam_book::loan::command::{
    ApplyPenalty, ChangeInterestRate, ChargeFee, ClaimProtection, Disburse, LoanCommand, LoanEdit,
    LoanFigures, PauseInterest, Redraw, Repay, StatedFee, WaiveCharge, WaivedCharge,
};
use loam_book::loan::custom_payment::{FeeKind, PaidKind, StatedPart};
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::organization::TransactionDetails;
use loam_book::product::charges::FeeTrigger;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use proptest::prelude::*;

use crate::support::{TestBook, text};

/// One thing that may happen in a life. Shares are thousandths.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    Days(i64),
    /// Takes back one of the transactions that count.
    Reverse(usize),
    /// Does something and takes it back: nothing may be left of it.
    InVain(Act),
    /// Another loan takes the place of this one.
    Restructure {
        is_refinance: bool,
        top_up: i64,
        given_up: i64,
    },
    Act(Act),
}

/// What is one command.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Pays a share of what is still to be paid.
    Repay {
        share: i64,
        days_ago: i64,
    },
    /// Pays hundredths of what is owed of principal, interest, penalties and the four kinds of fees, and
    /// says so.
    PayParts {
        shares: [u8; 7],
        days_ago: i64,
    },
    Charge(Charging, i64),
    ApplyInterest {
        days_ago: i64,
    },
    Tolerance(u32),
    Edit(Editing),
    Delete(u32),
    ReAge {
        days: i64,
        installments: u32,
    },
    Rate {
        percent: u32,
        days_ago: i64,
    },
    Pause {
        days: i64,
        days_ago: i64,
    },
    Redraw {
        share: i64,
        days_ago: i64,
    },
    /// Pays a share of the loan amount out, with some of the fees.
    PayOut {
        share: i64,
        fees: u8,
        days_ago: i64,
    },
    Recover {
        share: i64,
        days_ago: i64,
    },
    /// Claims the protection of the loan.
    Claim {
        is_full: bool,
        installments: u32,
        days_ago: i64,
    },
    Simple(usize),
}

/// What is done about fees and penalties, so many days ago.
#[derive(Debug, Clone)]
pub(crate) enum Charging {
    Arbitrary { cents: i64, installment: u32 },
    ManualFee { installment: u32 },
    Penalty { cents: i64 },
    Waive { cents: i64, fees: bool },
}

/// What is edited of a schedule.
#[derive(Debug, Clone)]
pub(crate) enum Editing {
    /// Moves a share of the principal of one installment to another.
    Shift {
        from: usize,
        to: usize,
        share: i64,
    },
    /// Names the interest of an installment anew: a share of what it is.
    Forgive {
        number: u32,
        share: i64,
    },
    /// Moves the charges of one installment to another.
    MoveCharges {
        from: usize,
        to: usize,
    },
    MoveDate {
        number: u32,
        days: i64,
    },
    AddRow {
        days: i64,
    },
    Holiday(u32),
}

pub(crate) fn a_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => (0i64..40).prop_map(Move::Days),
        5 => (0usize..20).prop_map(Move::Reverse),
        4 => a_reversible_act().prop_map(Move::InVain),
        1 => (any::<bool>(), 0i64..300, prop_oneof![Just(0i64), 0i64..1_001])
            .prop_map(|(is_refinance, top_up, given_up)| Move::Restructure { is_refinance, top_up, given_up }),
        20 => a_reversible_act().prop_map(Move::Act),
        14 => another_act().prop_map(Move::Act),
    ]
}

fn days_ago() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0i64), 2 => 0i64..60]
}

/// What can always be taken back.
fn a_reversible_act() -> impl Strategy<Value = Act> {
    let share = prop_oneof![8 => 1i64..700, 1 => Just(1_000i64), 1 => Just(0i64)];
    prop_oneof![
        12 => (share, days_ago()).prop_map(|(share, days_ago)| Act::Repay { share, days_ago }),
        2 => (prop::array::uniform7(prop_oneof![4 => Just(0u8), 2 => 1u8..100, 2 => Just(100u8)]), days_ago())
            .prop_map(|(shares, days_ago)| Act::PayParts { shares, days_ago }),
        8 => (a_charging(), days_ago()).prop_map(|(charging, days_ago)| Act::Charge(charging, days_ago)),
        1 => (1i64..60, 1u32..6).prop_map(|(days, installments)| Act::ReAge { days, installments }),
        1 => (1i64..1_200, 0i64..20).prop_map(|(share, days_ago)| Act::Recover { share, days_ago }),
        1 => (0i64..30).prop_map(|days_ago| Act::ApplyInterest { days_ago }),
        1 => Just(Act::Simple(9)),
        3 => (prop::bool::weighted(0.2), 1u32..4, days_ago())
            .prop_map(|(is_full, installments, days_ago)| Act::Claim { is_full, installments, days_ago }),
    ]
}

fn another_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => (0u32..30).prop_map(Act::Tolerance),
        6 => an_edit().prop_map(Act::Edit),
        1 => (1u32..8).prop_map(Act::Delete),
        2 => (0u32..40, days_ago()).prop_map(|(percent, days_ago)| Act::Rate { percent, days_ago }),
        2 => (1i64..50, 0i64..40).prop_map(|(days, days_ago)| Act::Pause { days, days_ago }),
        2 => (1i64..1_100, days_ago()).prop_map(|(share, days_ago)| Act::Redraw { share, days_ago }),
        3 => (1i64..800, any::<u8>(), days_ago())
            .prop_map(|(share, fees, days_ago)| Act::PayOut { share, fees, days_ago }),
        5 => (0usize..SIMPLE).prop_map(Act::Simple),
    ]
}

fn a_charging() -> impl Strategy<Value = Charging> {
    prop_oneof![
        (1i64..5_000, 1u32..7).prop_map(|(cents, installment)| Charging::Arbitrary { cents, installment }),
        (1u32..7).prop_map(|installment| Charging::ManualFee { installment }),
        (1i64..3_000).prop_map(|cents| Charging::Penalty { cents }),
        (1i64..3_000, any::<bool>()).prop_map(|(cents, fees)| Charging::Waive { cents, fees }),
    ]
}

fn an_edit() -> impl Strategy<Value = Editing> {
    prop_oneof![
        2 => (0usize..8, 0usize..8, 1i64..1_000)
            .prop_map(|(from, to, share)| Editing::Shift { from, to, share }),
        1 => (1u32..8, 0i64..1_000).prop_map(|(number, share)| Editing::Forgive { number, share }),
        1 => (0usize..8, 0usize..8).prop_map(|(from, to)| Editing::MoveCharges { from, to }),
        1 => (1u32..8, -20i64..20).prop_map(|(number, days)| Editing::MoveDate { number, days }),
        1 => (0i64..90).prop_map(|days| Editing::AddRow { days }),
        1 => (1u32..8).prop_map(Editing::Holiday),
    ]
}

/// How many commands need nothing but notes, or nothing at all.
const SIMPLE: usize = 11;

fn simple(index: usize) -> LoanCommand {
    let notes = None;
    match index {
        0 => LoanCommand::Lock { notes },
        1 => LoanCommand::Unlock { notes },
        2 => LoanCommand::WriteOff { notes },
        3 => LoanCommand::UndoWriteOff { named: None, notes },
        4 => LoanCommand::Close { notes },
        5 => LoanCommand::UndoClose { notes },
        6 => LoanCommand::UndoDisbursement { named: None, notes },
        7 => LoanCommand::Approve { notes },
        8 => LoanCommand::UndoApproval { notes },
        9 => LoanCommand::ReAmortize { notes },
        _ => LoanCommand::Disburse(Disburse::default()),
    }
}

fn claim(is_full: bool, installments: u32, value_date: Option<Date>) -> ClaimProtection {
    ClaimProtection {
        claimed: Some(if is_full { ProtectType::Full } else { ProtectType::Partial }),
        value_date,
        installments: (!is_full).then_some(installments),
        ..ClaimProtection::default()
    }
}

impl Act {
    /// The command by which it is asked of the loan as it stands.
    pub(crate) fn command(&self, book: &TestBook) -> LoanCommand {
        match self {
            Act::Repay { share, days_ago } => {
                let rows = book.loan().servicing.installments.iter();
                let unpaid = rows.map(|row| row.unpaid().total()).sum();
                LoanCommand::Repay(repay(book, (unpaid, *share), *days_ago))
            }
            Act::Recover { share, days_ago } => {
                let repay = repay(book, (book.loan().terms.amount, *share), *days_ago);
                LoanCommand::Recover(repay)
            }
            Act::PayParts { shares, days_ago } => {
                let parts = parts_of(book, shares);
                let sum = parts.iter().map(|(_, cents)| cents).sum();
                let custom = parts
                    .iter()
                    .map(|(kind, cents)| StatedPart { kind: *kind, amount: StatedAmount(text(*cents)) });
                LoanCommand::Repay(Repay {
                    amount: StatedAmount(text(sum)),
                    custom: custom.collect(),
                    value_date: ago(book, *days_ago),
                    details: TransactionDetails::default(),
                })
            }
            Act::Charge(charging, days_ago) => charging.command(book, ago(book, *days_ago)),
            Act::Claim { is_full, installments, days_ago } => {
                LoanCommand::ClaimProtection(claim(*is_full, *installments, ago(book, *days_ago)))
            }
            Act::Edit(editing) => LoanCommand::EditSchedule { rows: editing.rows(book) },
            Act::Delete(number) => LoanCommand::DeleteInstallment { number: *number },
            Act::ReAge { days, installments } => LoanCommand::ReAge(ReAge {
                first_due_date: book.business_date.saturating_add(days.days()),
                installments: *installments,
                period: None,
                notes: None,
            }),
            Act::ApplyInterest { days_ago } => {
                LoanCommand::ApplyInterest { value_date: ago(book, *days_ago), notes: None }
            }
            Act::Tolerance(days) => {
                let figures = LoanFigures { arrears_tolerance_days: Some(*days), ..LoanFigures::default() };
                LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() }))
            }
            Act::Rate { percent, days_ago } => {
                let (rate, value_date) = (StatedPercent(percent.to_string()), ago(book, *days_ago));
                LoanCommand::ChangeInterestRate(ChangeInterestRate { rate, value_date, notes: None })
            }
            Act::Pause { days, days_ago } => {
                let from = ago(book, *days_ago);
                let until = from.unwrap_or(book.business_date).saturating_add(days.days());
                LoanCommand::PauseInterest(PauseInterest { from, until, notes: None })
            }
            Act::Redraw { share, days_ago } => {
                let amount = share_of(book.loan().servicing.course.overpaid, *share);
                let (value_date, details) = (ago(book, *days_ago), TransactionDetails::default());
                LoanCommand::Redraw(Redraw { amount, value_date, details })
            }
            Act::PayOut { share, fees: mask, days_ago } => {
                let amount = Some(share_of(book.loan().terms.amount, *share));
                let value_date = ago(book, *days_ago);
                let all = book.loan().terms.charges.fees.iter().enumerate();
                let named =
                    all.filter(|(index, fee)| fee.trigger.is_of_disbursement() && mask & (1 << index) != 0);
                let stated = named.map(|(_, fee)| StatedFee { fee: fee.key, amount: None }).collect();
                let fees = (mask & 128 == 0).then_some(stated);
                LoanCommand::Disburse(Disburse { amount, value_date, fees, ..Disburse::default() })
            }
            Act::Simple(index) => simple(*index),
        }
    }
}

impl Charging {
    fn command(&self, book: &TestBook, value_date: Option<Date>) -> LoanCommand {
        let details = TransactionDetails::default();
        match self {
            Charging::Arbitrary { cents, installment } => LoanCommand::ChargeFee(ChargeFee {
                amount: Some(StatedAmount(text(*cents))),
                fees: None,
                value_date,
                installment: Some(*installment),
                details,
            }),
            Charging::ManualFee { installment } => {
                let fees = &book.loan().terms.charges.fees;
                let manual = fees.iter().find(|fee| fee.trigger == FeeTrigger::Manual).map(|fee| fee.key);
                let stated = |fee| StatedFee { fee, amount: None };
                LoanCommand::ChargeFee(ChargeFee {
                    amount: None,
                    fees: Some(manual.map(stated).into_iter().collect()),
                    value_date,
                    installment: Some(*installment),
                    details,
                })
            }
            Charging::Penalty { cents } => LoanCommand::ApplyPenalty(ApplyPenalty {
                amount: StatedAmount(text(*cents)),
                value_date,
                installment: None,
                details,
            }),
            Charging::Waive { cents, fees } => LoanCommand::WaiveCharge(WaiveCharge {
                charge: if *fees { WaivedCharge::Fees } else { WaivedCharge::Penalties },
                amount: StatedAmount(text(*cents)),
                value_date,
                installment: None,
                details,
            }),
        }
    }
}

impl Editing {
    /// What is edited of the rows; of rows that there are not, nothing.
    fn rows(&self, book: &TestBook) -> Vec<StatedRow> {
        let rows = &book.loan().servicing.installments;
        let row = |number: u32| rows.iter().find(|row| row.number == number);
        let principal = |index: usize, change: i64| {
            rows.get(index).map(|row| StatedRow {
                number: Some(row.number),
                principal: Some(StatedAmount(text(row.expected.principal.minor() + change))),
                ..StatedRow::default()
            })
        };
        match self {
            Editing::Shift { from, to, share } => {
                let moved = rows.get(*from).map_or(0, |row| row.expected.principal.minor() * share / 1_000);
                [principal(*from, -moved), principal(*to, moved)].into_iter().flatten().collect()
            }
            Editing::Forgive { number, share } => {
                let forgiven = row(*number).map(|row| StatedRow {
                    number: Some(*number),
                    interest: Some(share_of(row.expected.interest, *share)),
                    ..StatedRow::default()
                });
                forgiven.into_iter().collect()
            }
            Editing::MoveCharges { from, to } => {
                let (Some(from), Some(to)) = (rows.get(*from), rows.get(*to)) else { return Vec::new() };
                let (fees, penalties) = (from.unpaid().fees, from.unpaid().penalties);
                let with = |row: &loam_book::loan::Installment, fees: Amount, penalties: Amount| StatedRow {
                    number: Some(row.number),
                    fees: (!fees.is_zero()).then(|| share_of(row.expected.fees + fees, 1_000)),
                    penalties: (!penalties.is_zero())
                        .then(|| share_of(row.expected.penalties + penalties, 1_000)),
                    ..StatedRow::default()
                };
                vec![with(from, -fees, -penalties), with(to, fees, penalties)]
            }
            Editing::MoveDate { number, days } => {
                let moved = row(*number).map(|row| StatedRow {
                    number: Some(*number),
                    due_date: Some(row.due_date.saturating_add(days.days())),
                    ..StatedRow::default()
                });
                moved.into_iter().collect()
            }
            Editing::AddRow { days } => {
                let due_date = Some(book.business_date.saturating_add(days.days()));
                vec![StatedRow { due_date, ..StatedRow::default() }]
            }
            Editing::Holiday(number) => {
                vec![StatedRow { number: Some(*number), is_payment_holiday: true, ..StatedRow::default() }]
            }
        }
    }
}

/// What a repayment may say that it pays.
pub(crate) const PAID_KINDS: [PaidKind; 7] = [
    PaidKind::Principal,
    PaidKind::Interest,
    PaidKind::Penalty,
    PaidKind::Fee(FeeKind::Manual),
    PaidKind::Fee(FeeKind::UpfrontDisbursement),
    PaidKind::Fee(FeeKind::LateRepayment),
    PaidKind::Fee(FeeKind::PaymentDue),
];

/// Hundredths of what is owed by kind, in cents; what is nothing is not named.
pub(crate) fn parts_of(book: &TestBook, shares: &[u8; 7]) -> Vec<(PaidKind, i64)> {
    let servicing = &book.loan().servicing;
    let unpaid: Components = servicing.installments.iter().map(|row| row.unpaid()).sum();
    let owed = |kind: PaidKind| match kind {
        PaidKind::Principal => servicing.outstanding.principal,
        PaidKind::Interest => unpaid.interest,
        PaidKind::Penalty => unpaid.penalties,
        PaidKind::Fee(kind) => {
            let fees = servicing.course.owed_fees.iter();
            fees.filter(|fee| fee.kind == kind).map(|fee| fee.amount).sum()
        }
    };
    let part = |(kind, share): (&PaidKind, &u8)| (*kind, owed(*kind).minor() * i64::from(*share) / 100);
    PAID_KINDS.iter().zip(shares).map(part).filter(|(_, cents)| *cents > 0).collect()
}

fn repay(book: &TestBook, (of, share): (Amount, i64), days_ago: i64) -> Repay {
    let cents = (of.minor() * share / 1_000).max(1);
    let (amount, value_date) = (StatedAmount(text(cents)), ago(book, days_ago));
    Repay { amount, custom: Vec::new(), value_date, details: TransactionDetails::default() }
}

fn share_of(amount: Amount, share: i64) -> StatedAmount {
    StatedAmount(text(amount.minor() * share / 1_000))
}

fn ago(book: &TestBook, days: i64) -> Option<Date> {
    (days > 0).then(|| book.business_date.saturating_sub(days.days()))
}

//! What may happen in a life, and a life that has happened.

use jiff::ToSpan;
use jiff::civil::Date;
use loam_book::loan::Servicing;
use loam_book::loan::command::{
    ApplyPenalty, ChangeInterestRate, ChargeFee, Disburse, LoanCommand, LoanEdit, LoanFigures, PauseInterest,
    Redraw, ReversalKind, Reverse, StatedFee, WaiveCharge, WaivedCharge,
};
use loam_book::loan::event::Event;
use loam_book::loan::log::effective;
use loam_book::loan::refusal::Refusal;
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::organization::TransactionDetails;
use loam_book::product::ProductType;
use loam_book::product::charges::{ChargeRules, FeeTrigger};
use loam_book::stated::{StatedAmount, StatedPercent};
use proptest::prelude::*;

use super::terms::Agreed;
use crate::moves::{SIMPLE, simple, text};
use crate::support::TestBook;

/// One thing that may happen in a life. Shares are thousandths of what is still to be paid.
#[derive(Debug, Clone)]
pub(crate) enum Move {
    Days(i64),
    Repay {
        share: i64,
        days_ago: i64,
    },
    /// Pays and takes it back: nothing may be left of it.
    RepayInVain {
        share: i64,
        days_ago: i64,
    },
    Reverse(usize),
    Charge {
        cents: i64,
        installment: u32,
        days_ago: i64,
    },
    ChargeInVain {
        cents: i64,
        installment: u32,
    },
    ApplyInterest {
        days_ago: i64,
    },
    Tolerance(u32),
    /// Moves so many thousandths of the principal of one installment to another.
    Shift {
        from: usize,
        to: usize,
        share: i64,
    },
    /// Names the interest of an installment anew: so many thousandths of what it is.
    Forgive {
        number: u32,
        share: i64,
    },
    Holiday(u32),
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
    Redraw(i64),
    ManualFee(u32),
    Penalty {
        cents: i64,
        days_ago: i64,
    },
    Waive {
        cents: i64,
        fees: bool,
        days_ago: i64,
    },
    Simple(usize),
}

pub(crate) fn a_move() -> impl Strategy<Value = Move> {
    let days_ago = || prop_oneof![3 => Just(0i64), 2 => 0i64..60];
    let share = || prop_oneof![8 => 1i64..700, 1 => Just(1_000i64), 1 => Just(0i64)];
    prop_oneof![
        4 => (0i64..40).prop_map(Move::Days),
        6 => (share(), days_ago()).prop_map(|(share, days_ago)| Move::Repay { share, days_ago }),
        2 => (share(), days_ago()).prop_map(|(share, days_ago)| Move::RepayInVain { share, days_ago }),
        3 => (0usize..20).prop_map(Move::Reverse),
        1 => (1i64..5_000, 1u32..7, days_ago())
            .prop_map(|(cents, installment, days_ago)| Move::Charge { cents, installment, days_ago }),
        1 => (1i64..5_000, 1u32..7).prop_map(|(cents, installment)| Move::ChargeInVain { cents, installment }),
        1 => (0i64..30).prop_map(|days_ago| Move::ApplyInterest { days_ago }),
        1 => (0u32..30).prop_map(Move::Tolerance),
        1 => (0usize..8, 0usize..8, 1i64..1_000).prop_map(|(from, to, share)| Move::Shift { from, to, share }),
        1 => (1u32..8, 0i64..1_000).prop_map(|(number, share)| Move::Forgive { number, share }),
        1 => (1u32..8).prop_map(Move::Holiday),
        1 => (1i64..60, 1u32..6).prop_map(|(days, installments)| Move::ReAge { days, installments }),
        1 => (0u32..40, days_ago()).prop_map(|(percent, days_ago)| Move::Rate { percent, days_ago }),
        1 => (1i64..50, 0i64..10).prop_map(|(days, days_ago)| Move::Pause { days, days_ago }),
        1 => (1i64..5_000).prop_map(Move::Redraw),
        1 => (1u32..7).prop_map(Move::ManualFee),
        1 => (1i64..3_000, days_ago()).prop_map(|(cents, days_ago)| Move::Penalty { cents, days_ago }),
        1 => (1i64..3_000, any::<bool>(), days_ago())
            .prop_map(|(cents, fees, days_ago)| Move::Waive { cents, fees, days_ago }),
        2 => (0usize..SIMPLE).prop_map(Move::Simple),
    ]
}

impl Move {
    /// What edits a schedule or spreads it anew; led on fixed loans without charges of the product.
    fn changes_schedule(&self) -> bool {
        match self {
            Move::Shift { .. } | Move::Forgive { .. } | Move::Holiday(_) | Move::ReAge { .. } => true,
            Move::Simple(index) => matches!(simple(*index), LoanCommand::ReAmortize { .. }),
            Move::Days(_)
            | Move::Repay { .. }
            | Move::RepayInVain { .. }
            | Move::Reverse(_)
            | Move::Charge { .. }
            | Move::ChargeInVain { .. }
            | Move::ApplyInterest { .. }
            | Move::Tolerance(_)
            | Move::Rate { .. }
            | Move::Pause { .. }
            | Move::Redraw(_)
            | Move::ManualFee(_)
            | Move::Penalty { .. }
            | Move::Waive { .. } => false,
        }
    }
}

/// A life that has happened, with what is to be remembered of it.
pub(crate) struct Life {
    pub(crate) book: TestBook,
    /// How the loan stood before something was done in vain, and after it was taken back.
    pub(crate) restored: Vec<(Servicing, Servicing)>,
    /// How the loan stood at the end of days.
    pub(crate) evenings: Vec<(Date, Servicing)>,
}

impl Life {
    /// A loan of these terms, paid out; `None` where they give none.
    pub(crate) fn begin(agreed: Agreed) -> Option<Life> {
        let mut book = TestBook::new(agreed.product, agreed.start);
        book.create_with(agreed.figures).ok()?;
        book.command(&LoanCommand::Approve { notes: None }).ok()?;
        book.command(&LoanCommand::Disburse(Disburse::default())).ok()?;
        Some(Life { book, restored: Vec::new(), evenings: Vec::new() })
    }

    /// A refusal is a normal answer; a panic is not.
    pub(crate) fn lead(&mut self, step: &Move) {
        let terms = &self.book.loan().terms;
        let is_plain =
            terms.product_type == ProductType::FixedTermLoan && terms.charges == ChargeRules::default();
        if step.changes_schedule() && !is_plain {
            return;
        }
        let _answer = match step {
            Move::Days(days) => {
                self.evenings.push((self.book.business_date, self.book.loan().servicing.clone()));
                self.book.move_to(self.book.business_date.saturating_add(days.days()));
                Ok(vec![])
            }
            Move::Repay { share, days_ago } => self.repay(*share, *days_ago),
            Move::RepayInVain { share, days_ago } => {
                let (share, days_ago) = (*share, *days_ago);
                self.in_vain(TransactionKind::Repayment, |life| life.repay(share, days_ago))
            }
            Move::Reverse(index) => self.reverse_one(*index),
            Move::Charge { cents, installment, days_ago } => self.charge(*cents, *installment, *days_ago),
            Move::ChargeInVain { cents, installment } => {
                let (cents, installment) = (*cents, *installment);
                self.in_vain(TransactionKind::Fee, |life| life.charge(cents, installment, 0))
            }
            Move::ApplyInterest { days_ago } => {
                let value_date = self.ago(*days_ago);
                self.book.command(&LoanCommand::ApplyInterest { value_date, notes: None })
            }
            Move::Tolerance(days) => {
                let figures = LoanFigures { arrears_tolerance_days: Some(*days), ..LoanFigures::default() };
                self.book.command(&LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() })))
            }
            Move::Shift { from, to, share } => self.book.command(&self.shift((*from, *to), *share)),
            Move::Forgive { number, share } => self.book.command(&self.forgive(*number, *share)),
            Move::Holiday(number) => {
                let row =
                    StatedRow { number: Some(*number), is_payment_holiday: true, ..StatedRow::default() };
                self.book.command(&LoanCommand::EditSchedule { rows: vec![row] })
            }
            Move::ReAge { days, installments } => self.book.command(&LoanCommand::ReAge(ReAge {
                first_due_date: self.book.business_date.saturating_add(days.days()),
                installments: *installments,
                period: None,
                notes: None,
            })),
            Move::Rate { .. }
            | Move::Pause { .. }
            | Move::Redraw(_)
            | Move::ManualFee(_)
            | Move::Penalty { .. }
            | Move::Waive { .. } => {
                let command = self.command_of(step);
                self.book.command(&command)
            }
            Move::Simple(index) => self.book.command(&simple(*index)),
        };
    }

    /// The command of a move that changes terms or charges.
    fn command_of(&self, step: &Move) -> LoanCommand {
        match step {
            Move::Rate { percent, days_ago } => {
                let value_date = self.ago(*days_ago);
                let rate = StatedPercent(percent.to_string());
                let change = ChangeInterestRate { rate, value_date, notes: None };
                LoanCommand::ChangeInterestRate(change)
            }
            Move::Pause { days, days_ago } => {
                let from = self.ago(*days_ago);
                let until = self.book.business_date.saturating_add(days.days());
                LoanCommand::PauseInterest(PauseInterest { from, until, notes: None })
            }
            Move::Redraw(cents) => {
                let (amount, details) = (StatedAmount(text(*cents)), TransactionDetails::default());
                LoanCommand::Redraw(Redraw { amount, value_date: None, details })
            }
            Move::ManualFee(installment) => {
                let fees = &self.book.loan().terms.charges.fees;
                let manual = fees.iter().find(|fee| fee.trigger == FeeTrigger::Manual).map(|fee| fee.key);
                let stated = |fee| StatedFee { fee, amount: None };
                LoanCommand::ChargeFee(ChargeFee {
                    amount: None,
                    fees: Some(manual.map(stated).into_iter().collect()),
                    value_date: None,
                    installment: Some(*installment),
                    details: TransactionDetails::default(),
                })
            }
            Move::Penalty { cents, days_ago } => {
                let value_date = self.ago(*days_ago);
                LoanCommand::ApplyPenalty(ApplyPenalty {
                    amount: StatedAmount(text(*cents)),
                    value_date,
                    installment: None,
                    details: TransactionDetails::default(),
                })
            }
            Move::Waive { cents, fees, days_ago } => {
                let value_date = self.ago(*days_ago);
                LoanCommand::WaiveCharge(WaiveCharge {
                    charge: if *fees { WaivedCharge::Fees } else { WaivedCharge::Penalties },
                    amount: StatedAmount(text(*cents)),
                    value_date,
                    installment: None,
                    details: TransactionDetails::default(),
                })
            }
            Move::Days(_)
            | Move::Repay { .. }
            | Move::RepayInVain { .. }
            | Move::Reverse(_)
            | Move::Charge { .. }
            | Move::ChargeInVain { .. }
            | Move::ApplyInterest { .. }
            | Move::Tolerance(_)
            | Move::Shift { .. }
            | Move::Forgive { .. }
            | Move::Holiday(_)
            | Move::ReAge { .. }
            | Move::Simple(_) => unreachable!("{step:?} is led elsewhere"),
        }
    }

    fn ago(&self, days: i64) -> Option<Date> {
        (days > 0).then(|| self.book.business_date.saturating_sub(days.days()))
    }

    /// An edit of two installments; where there are none, of none.
    fn shift(&self, (from, to): (usize, usize), share: i64) -> LoanCommand {
        let rows = &self.book.loan().servicing.installments;
        let moved = rows.get(from).map_or(0, |row| row.expected.principal.minor() * share / 1_000);
        let principal = |index: usize, change: i64| {
            rows.get(index).map(|row| StatedRow {
                number: Some(row.number),
                principal: Some(StatedAmount(text(row.expected.principal.minor() + change))),
                ..StatedRow::default()
            })
        };
        let edits = [principal(from, -moved), principal(to, moved)];
        LoanCommand::EditSchedule { rows: edits.into_iter().flatten().collect() }
    }

    fn forgive(&self, number: u32, share: i64) -> LoanCommand {
        let mut rows = self.book.loan().servicing.installments.iter();
        let row = rows.find(|row| row.number == number).map(|row| StatedRow {
            number: Some(number),
            interest: Some(StatedAmount(text(row.expected.interest.minor() * share / 1_000))),
            ..StatedRow::default()
        });
        LoanCommand::EditSchedule { rows: row.into_iter().collect() }
    }

    fn repay(&mut self, share: i64, days_ago: i64) -> Result<Vec<LoanTransaction>, Refusal> {
        let installments = &self.book.loan().servicing.installments;
        let unpaid: i64 = installments.iter().map(|row| row.unpaid().total().minor()).sum();
        let cents = (unpaid * share / 1_000).max(1);
        self.book.repay_on(&text(cents), self.ago(days_ago))
    }

    fn charge(&mut self, cents: i64, number: u32, days_ago: i64) -> Result<Vec<LoanTransaction>, Refusal> {
        let value_date = self.ago(days_ago);
        self.book.command(&LoanCommand::ChargeFee(ChargeFee {
            amount: Some(StatedAmount(text(cents))),
            fees: None,
            value_date,
            installment: Some(number),
            details: TransactionDetails::default(),
        }))
    }

    /// Does something and takes its transaction back, which is always possible.
    fn in_vain(
        &mut self,
        kind: TransactionKind,
        act: impl FnOnce(&mut Life) -> Result<Vec<LoanTransaction>, Refusal>,
    ) -> Result<Vec<LoanTransaction>, Refusal> {
        // What the passing of days brings comes before; it stays when the rest is taken back.
        self.book.command(&LoanCommand::Advance)?;
        let before = self.book.loan().servicing.clone();
        let steps = effective(&self.book.entries);
        // Opening a closed loan again is given up where it does not close any more, and a charge that
        // was forgone where it does not come; nothing brings that back.
        let is_lost = |event: &Event| matches!(event, Event::Reopened { .. } | Event::ChargeForgone { .. });
        if steps.iter().any(|one| is_lost(&one.step.event)) {
            return Ok(vec![]);
        }
        let known: Vec<i64> = self.counting().iter().map(|row| row.id).collect();
        act(self)?;
        let is_it = |row: &&LoanTransaction| row.kind == kind && !known.contains(&row.id);
        // A back-dated fact posts later ones of its kind again; it is the first among the new ones.
        let new = self.counting().into_iter().filter(is_it).min_by_key(|row| row.id).cloned();
        let reversed = self.take_back(&new.expect("what was done is served"));
        reversed.expect("what was just done can be taken back");
        self.restored.push((before, self.book.loan().servicing.clone()));
        Ok(vec![])
    }

    fn reverse_one(&mut self, index: usize) -> Result<Vec<LoanTransaction>, Refusal> {
        let counting = self.counting();
        let Some(row) = counting.get(index % counting.len().max(1)).copied().cloned() else {
            return Ok(vec![]);
        };
        self.take_back(&row)
    }

    fn take_back(&mut self, row: &LoanTransaction) -> Result<Vec<LoanTransaction>, Refusal> {
        const OTHERS: [(TransactionKind, ReversalKind); 6] = [
            (TransactionKind::PenaltyApplied, ReversalKind::Penalty),
            (TransactionKind::FeesReduced, ReversalKind::FeeReduction),
            (TransactionKind::PenaltiesReduced, ReversalKind::PenaltyReduction),
            (TransactionKind::Fee, ReversalKind::Fee),
            (TransactionKind::InterestApplied, ReversalKind::Interest),
            (TransactionKind::PaymentReschedule, ReversalKind::PaymentReschedule),
        ];
        // Of the rest the repayments can be taken back; others are refused.
        let found = OTHERS.iter().find(|(kind, _)| *kind == row.kind);
        let kind = found.map_or(ReversalKind::Repayment, |(_, reversal)| *reversal);
        let reverse = Reverse { kind, original: row.id, account_no: None, notes: None };
        self.book.command(&LoanCommand::Reverse(reverse))
    }

    /// Transactions that count and are no reversals.
    fn counting(&self) -> Vec<&LoanTransaction> {
        let rows = self.book.transactions.iter();
        rows.filter(|row| row.reverses.is_none() && row.reversed_by.is_none()).collect()
    }
}

//! Plays a scenario on the book and looks at the schedule after each checkpoint.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::Date;
use loam_book::loan::command::{
    ChangeInterestRate, ChargeFee, Disburse, LoanCommand, LoanEdit, LoanFigures, PauseInterest, Redraw,
    Repay, ReversalKind, Reverse, WaiveCharge, WaivedCharge,
};
use loam_book::loan::rescheduling::StatedRow;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{Installment, LoanState};
use loam_book::organization::TransactionDetails;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::calendar::Period;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::compare;
use super::plan::{Deed, Plan, Planned};
use super::read::{Case, Checkpoint};
use crate::book::Book;

/// For each checkpoint: nothing, or the first difference.
pub(super) fn play(case: &Case, plan: &Plan) -> Vec<Result<(), String>> {
    // A broken invariant of one scenario must not end the run; it is a failure like any other.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut stage = Stage::new(plan);
        let outcomes = case.checkpoints.iter().map(|checkpoint| {
            stage.play_until(checkpoint)?;
            compare::first_difference(&stage.book, plan, checkpoint).map_or(Ok(()), Err)
        });
        outcomes.collect()
    }));
    outcome.unwrap_or_else(|_| vec![Err("the book panicked".to_owned()); case.checkpoints.len()])
}

/// The same, with everything that is asked and every row.
pub(super) fn narrate(case: &Case, plan: &Plan, only: Option<u32>) -> String {
    let mut text = String::new();
    for planned in &plan.deeds {
        writeln!(text, "{} on {}: {:?}", planned.seq, planned.business_date, planned.deed)
            .expect("a string takes everything");
    }
    let mut stage = Stage::new(plan);
    for checkpoint in &case.checkpoints {
        let after = checkpoint.after_seq;
        let played = stage.play_until(checkpoint);
        if only.is_some_and(|only| only != after) {
            continue;
        }
        writeln!(text, "\n#{after} as of {}", checkpoint.as_of).expect("a string takes everything");
        match (plan.reason_from(after), played) {
            (Some(reason), _) => writeln!(text, "excluded: {reason}").expect("a string takes everything"),
            (None, Err(refused)) => writeln!(text, "{refused}").expect("a string takes everything"),
            (None, Ok(())) => text.push_str(&compare::side_by_side(&stage.book, plan, checkpoint)),
        }
    }
    text
}

/// A book and how far the plan has been played on it.
struct Stage<'a> {
    book: Book,
    plan: &'a Plan,
    played: usize,
    /// What went wrong on the way; nothing after it can be right.
    refused: Option<String>,
}

impl<'a> Stage<'a> {
    fn new(plan: &'a Plan) -> Stage<'a> {
        let first_day = plan.deeds.first().map_or(Date::MIN, |planned| planned.business_date);
        let refused = plan.product.contradiction().map(|field| format!("the product is refused: {field}"));
        Stage { book: Book::new(plan.product.clone(), first_day), plan, played: 0, refused }
    }

    fn play_until(&mut self, checkpoint: &Checkpoint) -> Result<(), String> {
        while let Some(planned) = self.plan.deeds.get(self.played) {
            if planned.seq > checkpoint.after_seq || self.refused.is_some() {
                break;
            }
            self.refused = self.play(planned).err();
            self.played += 1;
        }
        if self.refused.is_none() {
            self.refused = self.book.move_to(checkpoint.as_of).err().map(|refusal| refusal.to_string());
        }
        self.refused.clone().map_or(Ok(()), Err)
    }

    fn play(&mut self, planned: &Planned) -> Result<(), String> {
        self.book.move_to(planned.business_date).map_err(|refusal| refusal.to_string())?;
        let outcome = if planned.deed == Deed::Create {
            self.book.create(self.plan.figures.clone()).map_err(|refusal| refusal.to_string())
        } else {
            self.commands(&planned.deed).and_then(|commands| self.command_all(&commands))
        };
        let outcome = outcome.and_then(|()| self.pay_down(&planned.deed));
        outcome.map_err(|reason| format!("action {} is refused: {reason}", planned.seq))
    }

    /// What is owed on the day of a payout is repaid with it, where it comes with it.
    fn pay_down(&mut self, deed: &Deed) -> Result<(), String> {
        let Deed::Disburse { on, pays_down: true, .. } = deed else { return Ok(()) };
        let down_payment = self.book.loan.as_ref().map_or(Amount::ZERO, |loan| loan.terms.down_payment());
        if down_payment.is_zero() {
            return Ok(());
        }
        self.command_all(&[repay(down_payment.to_text(Currency::EUR), *on)])
    }

    fn command_all(&mut self, commands: &[LoanCommand]) -> Result<(), String> {
        let mut commands = commands.iter();
        commands.try_for_each(|command| self.book.command(command).map_err(|refusal| refusal.to_string()))
    }

    fn commands(&self, deed: &Deed) -> Result<Vec<LoanCommand>, String> {
        let details = TransactionDetails::default();
        Ok(match deed {
            Deed::Create | Deed::Wait => vec![],
            Deed::Approve => vec![LoanCommand::Approve { notes: None }],
            Deed::Disburse { on, amount, .. } => self.disburse(*on, amount),
            Deed::UndoDisbursements => self.undo_payouts(usize::MAX),
            Deed::UndoLastDisbursement => self.undo_payouts(1),
            Deed::Repay { on, amount } => vec![repay(amount.clone(), *on)],
            Deed::PayOff { on } => vec![repay(self.owed_on(*on).to_text(Currency::EUR), *on)],
            Deed::Redraw { on, amount } => vec![LoanCommand::Redraw(Redraw {
                amount: StatedAmount(amount.clone()),
                value_date: Some(*on),
                details,
            })],
            Deed::ReverseRepayment { on, nth } => {
                let nth = self.repayments().filter(|repayment| repayment.value_date == *on).nth(nth - 1);
                vec![reverse(nth.ok_or("there is no such repayment")?, ReversalKind::Repayment)]
            }
            Deed::ReverseLastRepayment => {
                let last = self.repayments().last().ok_or("there is no repayment")?;
                vec![reverse(last, ReversalKind::Repayment)]
            }
            Deed::ReverseWaiver => {
                let last = self.book.standing(TransactionKind::FeesReduced).last();
                vec![reverse(last.ok_or("there is no waiver")?, ReversalKind::FeeReduction)]
            }
            Deed::ChangeRate { from, percent } => vec![LoanCommand::ChangeInterestRate(ChangeInterestRate {
                rate: StatedPercent(percent.clone()),
                value_date: Some(*from),
                notes: None,
            })],
            Deed::Pause { from, until } => vec![LoanCommand::PauseInterest(PauseInterest {
                from: Some(*from),
                until: *until,
                notes: None,
            })],
            Deed::Waive { due_on, amount } => vec![LoanCommand::WaiveCharge(WaiveCharge {
                charge: WaivedCharge::Fees,
                amount: StatedAmount(amount.clone()),
                value_date: None,
                installment: Some(self.installment_of(*due_on).ok_or("no installment is due then")?),
                details,
            })],
            Deed::MoveDueDates { from, to, period } => self.move_due_dates((*from, *to), *period)?,
            Deed::PutOff { from, count } => self.put_off(*from, *count),
            Deed::Charge { due_on, amount } => {
                let number = self.installment_of(*due_on).ok_or("no installment is due then")?;
                // It counts there from the beginning, whenever it is added.
                vec![self.charge(number, amount, self.disbursed_on())]
            }
        })
    }

    /// Agrees on another amount first where another one is paid out.
    fn disburse(&self, on: Date, amount: &str) -> Vec<LoanCommand> {
        let rules = self.book.loan.as_ref().map(|loan| &loan.terms.payment_rules);
        if rules.is_some_and(|rules| rules.disburses_in_parts) {
            let amount = Some(StatedAmount(amount.to_owned()));
            return vec![LoanCommand::Disburse(Disburse {
                amount,
                value_date: Some(on),
                ..Disburse::default()
            })];
        }
        let paid_out = Disburse { value_date: Some(on), ..Disburse::default() };
        let agreed = self.book.loan.as_ref().map(|loan| loan.terms.amount);
        if agreed == Amount::parse(amount, Currency::EUR).ok() {
            return vec![LoanCommand::Disburse(paid_out)];
        }
        let amount = Some(StatedAmount(amount.to_owned()));
        let figures = LoanFigures { amount, ..LoanFigures::default() };
        vec![
            LoanCommand::UndoApproval { notes: None },
            LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() })),
            LoanCommand::Approve { notes: None },
            LoanCommand::Disburse(paid_out),
        ]
    }

    /// Takes back the last payouts and the repayments since then, the latest first.
    fn undo_payouts(&self, count: usize) -> Vec<LoanCommand> {
        let payouts: Vec<&LoanTransaction> = self.book.standing(TransactionKind::Disbursement).collect();
        let undone = &payouts[payouts.len().saturating_sub(count)..];
        let since = undone.first().map_or(Date::MIN, |payout| payout.value_date);
        let mut repaid: Vec<&LoanTransaction> =
            self.repayments().filter(|repayment| repayment.value_date >= since).collect();
        repaid.sort_by_key(|repayment| std::cmp::Reverse((repayment.value_date, repayment.id)));
        let reversals = repaid.into_iter().map(|repayment| reverse(repayment, ReversalKind::Repayment));
        reversals
            .chain(undone.iter().map(|_| LoanCommand::UndoDisbursement { named: None, notes: None }))
            .collect()
    }

    fn disbursed_on(&self) -> Option<Date> {
        self.book.loan.as_ref().and_then(|loan| loan.servicing.state.disbursed_on())
    }

    fn owed_on(&self, day: Date) -> Amount {
        self.book.loan.as_ref().map_or(Amount::ZERO, |loan| loan.payoff_on(day).total())
    }

    /// Repayments that count, in the order in which they were posted.
    fn repayments(&self) -> impl Iterator<Item = &LoanTransaction> {
        self.book.standing(TransactionKind::Repayment)
    }

    fn charge(&self, number: u32, amount: &str, value_date: Option<Date>) -> LoanCommand {
        LoanCommand::ChargeFee(ChargeFee {
            amount: Some(StatedAmount(amount.to_owned())),
            fees: None,
            value_date,
            installment: Some(number),
            details: TransactionDetails::default(),
        })
    }

    fn rows_from(&self, day: Date) -> impl Iterator<Item = &Installment> {
        let rows = self.book.loan.iter().flat_map(|loan| &loan.servicing.installments);
        rows.filter(move |row| row.due_date >= day)
    }

    fn move_due_dates(&self, (from, to): (Date, Date), period: Period) -> Result<Vec<LoanCommand>, String> {
        let moved = self.rows_from(from).zip(0..).map(|(row, count)| {
            let due_date = period.add_times(to, count).map_err(|error| error.to_string())?;
            Ok(StatedRow { number: Some(row.number), due_date: Some(due_date), ..StatedRow::default() })
        });
        Ok(vec![LoanCommand::EditSchedule { rows: moved.collect::<Result<Vec<StatedRow>, String>>()? }])
    }

    fn put_off(&self, from: Date, count: usize) -> Vec<LoanCommand> {
        let put_off = self.rows_from(from).take(count).map(|row| StatedRow {
            number: Some(row.number),
            is_payment_holiday: true,
            ..StatedRow::default()
        });
        vec![LoanCommand::EditSchedule { rows: put_off.collect() }]
    }

    /// The first installment that is due on the day or later.
    fn installment_of(&self, day: Date) -> Option<u32> {
        let loan =
            self.book.loan.as_ref().filter(|loan| !matches!(loan.state(), LoanState::Approved { .. }))?;
        // What is owed with the payout takes no charges.
        let begun = self.disbursed_on();
        let mut rows = loan.servicing.installments.iter().filter(|row| Some(row.due_date) != begun);
        let installment = rows.find(|row| row.due_date >= day)?;
        Some(installment.number)
    }
}

fn repay(amount: String, on: Date) -> LoanCommand {
    LoanCommand::Repay(Repay {
        amount: StatedAmount(amount),
        custom: Vec::new(),
        value_date: Some(on),
        details: TransactionDetails::default(),
    })
}

fn reverse(posted: &LoanTransaction, kind: ReversalKind) -> LoanCommand {
    LoanCommand::Reverse(Reverse { kind, original: posted.id, account_no: None, notes: None })
}

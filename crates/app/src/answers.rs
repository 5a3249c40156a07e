//! Answers that are kept for retries: the same question gets the same answer, and moves nothing again.

use loam_book::ids::{Key, Part};
use loam_book::reporting::loan::{ReportedLoan, Told};

use crate::changes::AnswerRow;
use crate::command::{Address, Caller, Command, Done, Idempotency, Kept, Outcome};
use crate::error::AppError;
use crate::session::{Answer, Session};

impl Session {
    /// The answer to a retry: kept from before, or given earlier in this batch.
    pub(crate) fn answered_before(&self, caller: &Caller) -> Option<Answer> {
        let idempotency = caller.idempotency.as_ref()?;
        let stored =
            self.loaded.answers.get(&idempotency.key).map(|stored| (&stored.content, &stored.outcome));
        let in_batch = self.changes.answers.iter().find(|answer| answer.key == idempotency.key);
        let (content, outcome) = stored.or(in_batch.map(|answer| (&answer.content, &answer.outcome)))?;
        if *content == idempotency.content {
            return Some(Ok(outcome.clone()));
        }
        Some(Err(AppError::IdempotencyKeyReused))
    }

    /// Keeps the answer to a command under the caller's key.
    pub(crate) fn keep_answer(&mut self, command: &Command, idempotency: &Idempotency, outcome: &Outcome) {
        self.changes.answers.push(AnswerRow {
            part: command.part(),
            key: idempotency.key.clone(),
            content: idempotency.content.clone(),
            recorded_at: self.recorded_at,
            outcome: to_keep(outcome, idempotency.kept),
        });
    }

    /// Notes that many commands come. The row of the trail tells a store that lost the answer to its commit whether it
    /// took place.
    pub(crate) fn begin_many(&mut self, part: Part, caller: &Caller) -> Outcome {
        let the_book = Address { part, key: Key::entity(part, 0, 0) };
        self.audit(the_book, "begin many", caller, (None, None));
        self.outcome(Done::ManyBegun)
    }
}

/// An outcome as it is kept for retries.
fn to_keep(outcome: &Outcome, kept: Kept) -> Outcome {
    let done = match &outcome.done {
        Done::Loan { loan, transactions } if kept == Kept::Brief => {
            Done::LoanMoved { loan: Box::new(loan.as_ref().into()), transactions: transactions.clone() }
        }
        Done::Record { record } => Done::Record { record: Box::new(record.without_secrets()) },
        Done::Report { subject, loan, is_new } => {
            Done::Report { subject: subject.clone(), loan: loan.clone().map(without_sealed), is_new: *is_new }
        }
        Done::Loan { .. }
        | Done::LoanMoved { .. }
        | Done::ManyBegun
        | Done::Client { .. }
        | Done::Group { .. }
        | Done::Application { .. }
        | Done::Booking { .. }
        | Done::FundTransaction { .. }
        | Done::BookingOrder { .. }
        | Done::Orders { .. }
        | Done::Lead { .. }
        | Done::Savings { .. }
        | Done::Paper { .. }
        | Done::ManualEntry { .. }
        | Done::Posted { .. }
        | Done::Line { .. }
        | Done::CustomValues { .. }
        | Done::BusinessDate { .. } => outcome.done.clone(),
    };
    Outcome { done, ..outcome.clone() }
}

/// A reported loan as it is kept beside the book.
fn without_sealed(mut loan: Box<ReportedLoan>) -> Box<ReportedLoan> {
    if let Told::Performance(told) = &mut loan.told {
        told.forget_sealed();
    }
    loan
}

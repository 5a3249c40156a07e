//! What a scenario asks of the book, and what of it the book has no words for. Decided by terms and
//! actions alone, before anything is calculated.

use jiff::civil::Date;
use loam_book::loan::command::LoanFigures;
use loam_book::product::Product;

use super::product;
use super::read::{Action, Case};

/// A scenario in the book's words.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) product: Product,
    pub(super) figures: LoanFigures,
    pub(super) deeds: Vec<Planned>,
    /// The first action that the book has no words for, and why; later checkpoints are not judged.
    inexpressible: Option<(u32, String)>,
}

/// A deed, the action it comes from, and the business date on which it is done.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) seq: u32,
    pub(super) business_date: Date,
    pub(super) deed: Deed,
}

/// What is asked of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    Create,
    Approve,
    Disburse {
        on: Date,
        amount: String,
    },
    UndoDisbursement,
    Repay {
        on: Date,
        amount: String,
    },
    /// Whatever is owed on that day.
    PayOff {
        on: Date,
    },
    /// The `nth` repayment of a day, counted from one.
    ReverseRepayment {
        on: Date,
        nth: usize,
    },
    ReverseLastRepayment,
    /// A fee on the installment in whose time the day lies.
    Charge {
        due_on: Date,
        amount: String,
    },
    /// Only the passing of time.
    Wait,
}

impl Plan {
    /// Why a checkpoint after this action is not judged.
    pub(super) fn reason_from(&self, after_seq: u32) -> Option<&str> {
        let (seq, reason) = self.inexpressible.as_ref()?;
        (after_seq >= *seq).then_some(reason)
    }
}

/// The plan of a scenario.
///
/// # Errors
/// The reason why its terms cannot be expressed at all.
pub(super) fn plan(case: &Case) -> Result<Plan, String> {
    let product = product::product(&case.terms)?;
    let figures = product::figures(&case.terms)?;
    let mut plan = Plan { product, figures, deeds: Vec::new(), inexpressible: None };
    for action in &case.actions {
        match deed(case, action) {
            Ok(deed) => {
                let previous =
                    plan.deeds.last().map_or(case.terms.submitted_on, |planned| planned.business_date);
                let business_date = action.business_date.unwrap_or(previous);
                plan.deeds.push(Planned { seq: action.seq, business_date, deed });
            }
            Err(reason) => {
                plan.inexpressible = Some((action.seq, reason));
                break;
            }
        }
    }
    Ok(plan)
}

fn deed(case: &Case, action: &Action) -> Result<Deed, String> {
    let on = action.date.or(action.business_date).unwrap_or(case.terms.submitted_on);
    let amount = || action.amount.clone().unwrap_or_default();
    Ok(match action.action.as_str() {
        "submit" => Deed::Create,
        "approve" => Deed::Approve,
        "disburse" => Deed::Disburse { on, amount: amount() },
        "undo_disbursal" => Deed::UndoDisbursement,
        "repayment" => Deed::Repay { on, amount: amount() },
        "transaction" if action.text("type") == Some("REPAYMENT") => Deed::Repay { on, amount: amount() },
        "payoff" => Deed::PayOff { on },
        "undo" if action.text("type").is_none_or(|kind| kind == "Repayment") => {
            Deed::ReverseRepayment { on, nth: action.count("nth").unwrap_or(1) }
        }
        "undo_last_repayment" => Deed::ReverseLastRepayment,
        "add_charge" => charge(action)?,
        // Settings of when income is recognized: no row of a schedule depends on them.
        "end_of_day" | "run_job" => Deed::Wait,
        "config" if action.text("key").is_some_and(is_accounting) => Deed::Wait,
        other => return Err(format!("action `{other}`: the book has no such command")),
    })
}

fn is_accounting(key: &str) -> bool {
    ["enable-business-date", "charge-accrual-date", "enable-immediate-charge-accrual-post-maturity"]
        .contains(&key)
}

fn charge(action: &Action) -> Result<Deed, String> {
    let due_on = action.text("due_date").and_then(|day| day.parse().ok());
    match (due_on, &action.amount) {
        (Some(due_on), Some(amount)) => Ok(Deed::Charge { due_on, amount: amount.clone() }),
        _ => Err("a charge by percentage, added by hand: the book charges amounts".to_owned()),
    }
}

//! Interest: what installments expect, what was applied of it, what has grown since.

use jiff::civil::Date;
use loam_calc::day_count::{Fraction, days_between};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{
    InterestMethod, InterestPart, Remainder, ScheduleTerms, equal_total, interest_parts, interest_parts_with,
};

use crate::loan::commands::interest::accrued;
use crate::loan::event::{Event, InstallmentPart, InterestCause, Step};
use crate::loan::explain::{Base, Explanation, Figure, Less, Part, Sources, Working};
use crate::loan::{Installment, Loan, LoanState};
use crate::product::payments::Amortization;

/// The interest figures that a step brings to the loan as it stands before it.
pub(super) fn of_step(loan: &Loan, step: &Step, sources: &Sources<'_>, found: &mut Vec<Explanation>) {
    if let Event::Disbursed { posted, installments, .. } = &step.event {
        let entries = sources.of_transaction(posted.transaction_id);
        found.extend(schedule(loan, step.value_date, installments, &entries));
    }
    if let Event::InterestApplied { posted, amount, parts, cause, .. } = &step.event {
        let transaction_id = posted.transaction_id;
        let working = applied(loan, step.value_date, parts, *cause);
        let mut entries: Vec<i64> = parts.iter().flat_map(|part| resting_on(found, part.number)).collect();
        entries.extend(sources.of_transaction(transaction_id));
        entries.sort_unstable();
        entries.dedup();
        found.push(Explanation {
            figure: Figure::InterestApplied { transaction_id, value_date: step.value_date },
            amount: Exact::from_amount(*amount),
            working,
            counting: None,
            entries,
        });
    }
}

/// What a schedule expects, and how its equal total came about.
fn schedule(loan: &Loan, start: Date, rows: &[Installment], entries: &[i64]) -> Vec<Explanation> {
    let dates: Vec<Date> = rows.iter().map(|row| row.due_date).collect();
    let principals: Vec<Amount> = rows.iter().map(|row| row.expected.principal).collect();
    // Fees that were added to the principal bear interest too.
    let terms = ScheduleTerms { principal: principals.iter().copied().sum(), ..loan.terms.schedule_terms() };
    let columns = (dates.as_slice(), principals.as_slice());
    let accrual = loan.terms.accrual();
    let variation = loan.terms.variation();
    let parts = match &variation {
        None => interest_parts(&terms, start, columns, accrual),
        Some(variation) => interest_parts_with(&terms, start, columns, &variation.options(&loan.terms)),
    };
    let parts = parts.expect("the terms gave this schedule");
    let explained = |figure, amount, working| Explanation {
        figure,
        amount: Exact::from_amount(amount),
        working,
        counting: Some(terms.interest),
        entries: entries.to_vec(),
    };
    let total = equal_total(&terms, start, &dates, accrual).expect("the terms gave this schedule");
    let total = total.filter(|_| loan.terms.has_annuity()).map(|equal| {
        let working = Working::Annuity {
            principal: terms.principal,
            rate: terms.interest.rate,
            times: equal.times,
            unrounded: equal.unrounded,
            rounding: terms.rounding,
            multiple: terms.installment_rounding,
            total: equal.total,
        };
        explained(Figure::EqualTotal, equal.total, working)
    });
    let settles = terms.remainder == Remainder::PrincipalAndInterestIntoLast;
    let rows = rows.iter().enumerate().map(|(index, row)| {
        let is_last = index + 1 == rows.len();
        let working = if is_last && loan.terms.amortization == Amortization::PaymentPlan {
            // The last payment is agreed to the cent, so its interest is what the principal leaves of it.
            Working::Stated(row.expected.interest)
        } else if settles && is_last {
            rest_of_column(&parts, rows, loan)
        } else {
            let of_row = parts.iter().filter(|part| part.number == row.number);
            Working::Sum {
                parts: of_row.map(|part| at_a_rate(part, loan)).collect(),
                rounding: Some(terms.rounding),
                less: Vec::new(),
            }
        };
        let figure = Figure::InstallmentInterest { number: row.number, due_date: row.due_date };
        explained(figure, row.expected.interest, working)
    });
    total.into_iter().chain(rows).collect()
}

/// The last installment has what the others leave of the whole column, which is rounded once.
fn rest_of_column(parts: &[InterestPart], rows: &[Installment], loan: &Loan) -> Working {
    let before = &rows[..rows.len() - 1];
    let amount = before.iter().map(|row| row.expected.interest).sum();
    Working::Sum {
        parts: parts.iter().map(|part| at_a_rate(part, loan)).collect(),
        rounding: Some(loan.terms.rounding),
        less: vec![Less::OtherInstallments { amount }],
    }
}

fn at_a_rate(part: &InterestPart, loan: &Loan) -> Part {
    Part {
        base: match loan.terms.interest.method {
            InterestMethod::Flat => Base::OriginalPrincipal,
            InterestMethod::DecliningBalance | InterestMethod::DecliningBalanceDiscounted => {
                Base::OutstandingPrincipal
            }
        },
        amount: part.balance,
        rate: Some(part.rate),
        period: Some((part.from, part.to)),
        share: Some(part.time),
    }
}

/// Interest that becomes a balance: what is left of the expected, or what has grown of it.
fn applied(loan: &Loan, on: Date, applied: &[InstallmentPart], cause: InterestCause) -> Working {
    let capitalized: Amount = applied.iter().map(|part| part.part.principal).sum();
    if capitalized.is_positive() {
        return Working::Stated(capitalized);
    }
    if cause == InterestCause::Request
        && let Some((part, less)) = grown(loan, on)
    {
        return Working::Sum { parts: vec![part], rounding: Some(Rounding::Down), less: vec![less] };
    }
    let rows = applied.iter().filter_map(|part| {
        loan.servicing.installments.iter().find(|installment| installment.number == part.number)
    });
    let (mut parts, mut less) = (Vec::new(), Vec::new());
    for row in rows {
        parts.push(Part {
            base: Base::ExpectedInterest(row.number),
            amount: row.expected.interest,
            rate: None,
            period: None,
            share: None,
        });
        if !row.interest_applied.is_zero() {
            less.push(Less::AppliedBefore { number: row.number, amount: row.interest_applied });
        }
    }
    Working::Sum { parts, rounding: None, less }
}

/// What has grown of the interest of the running installment: its expected interest × days gone ÷
/// days of its period, less what was applied of it.
fn grown(loan: &Loan, on: Date) -> Option<(Part, Less)> {
    let LoanState::Active { disbursed_on, .. } = loan.servicing.state else { return None };
    let installments = &loan.servicing.installments;
    let index = installments.iter().position(|installment| installment.due_date > on)?;
    let row = &installments[index];
    let through = i64::from(loan.terms.accrues_through_due_date);
    let from = if index == 0 { disbursed_on } else { installments[index - 1].due_date };
    // Through the due dates both ends lie a day later, but not the beginning of the loan.
    let first_day = if index == 0 { through } else { 0 };
    let days = |to: Date| i128::from(days_between(from, to) + first_day);
    let later = |date: Date, days: i64| date.checked_add(jiff::Span::new().days(days)).unwrap_or(Date::MAX);
    let begins = if index == 0 { from } else { later(from, through) };
    let part = Part {
        base: Base::ExpectedInterest(row.number),
        amount: row.expected.interest,
        rate: None,
        period: Some((begins, later(on, through))),
        share: Some(Fraction { numerator: days(on), denominator: days(row.due_date) }),
    };
    Some((part, Less::AppliedBefore { number: row.number, amount: row.interest_applied }))
}

/// The interest that has grown by a day and is no balance yet, if there is any.
pub(super) fn accrued_on(loan: &Loan, on: Date, found: &[Explanation]) -> Option<Explanation> {
    let (installment, amount) = accrued(loan, on)?;
    let (part, less) = grown(loan, on)?;
    Some(Explanation {
        figure: Figure::AccruedInterest { number: installment.number, on },
        amount,
        working: Working::Sum { parts: vec![part], rounding: None, less: vec![less] },
        counting: None,
        entries: resting_on(found, installment.number),
    })
}

/// The entries on which the interest of an installment rests so far.
fn resting_on(found: &[Explanation], installment: u32) -> Vec<i64> {
    let is_its = |explanation: &&Explanation| matches!(explanation.figure, Figure::InstallmentInterest { number, .. } if number == installment);
    found.iter().rev().find(is_its).map(|explanation| explanation.entries.clone()).unwrap_or_default()
}

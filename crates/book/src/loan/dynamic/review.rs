//! The rate of a dynamic loan follows an index: every so often the book looks at it anew.

use jiff::civil::Date;
use loam_calc::calendar::Period;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::index_rate::{next_review, within};
use crate::loan::draft::Draft;
use crate::loan::dynamic::{ScheduleCause, respread_event};
use crate::loan::event::Event;
use crate::loan::log::Effective;
use crate::loan::{Loan, LoanState};
use crate::product::interest::RateSource;

/// The next day on which the loan looks at its index. What was missed while it was closed is looked
/// at once, on the day on which it goes on. `None`: never.
pub(crate) fn next_review_on(loan: &Loan) -> Option<Date> {
    let LoanState::Active { disbursed_on, .. } = loan.servicing.state else { return None };
    let RateSource::Index { review_count, review_unit, .. } = loan.terms.interest_rules.source else {
        return None;
    };
    // Where nothing is outstanding nothing grows; it looks when something is again.
    if !loan.terms.is_dynamic() || loan.servicing.outstanding.principal.is_zero() {
        return None;
    }
    let reviewed_on = loan.servicing.course.reviewed_on.unwrap_or(disbursed_on);
    let next = next_review(disbursed_on, Period::new(review_count, review_unit), reviewed_on)?;
    let next = loan.servicing.latest_value_date.map_or(next, |latest| next.max(latest));
    last_day_of_interest(loan).is_none_or(|last| next < last).then_some(next)
}

/// The day from which no interest grows any more, whatever the rate.
fn last_day_of_interest(loan: &Loan) -> Option<Date> {
    if loan.terms.is_revolving() || loan.terms.interest_rules.accrues_after_maturity {
        return None;
    }
    loan.servicing.installments.last().map(|row| row.due_date)
}

/// Looks at the index. Another rate counts from the day on, and what is not due is spread anew, as if
/// somebody had changed it; without a rate of the index for the day, everything stays.
pub(crate) fn review(draft: &mut Draft<'_>, date: Date) {
    let reviewed = reviewed_rate(draft, date).filter(|rate| *rate != draft.loan.latest_rate());
    let Some(rate) = reviewed else { return draft.derive(date, Event::RateReviewed) };
    let posted = draft.unposted(Amount::ZERO);
    draft.derive(date, Event::RateChanged { posted, rate, notes: None, is_derived: true });
    let event = respread_event(&draft.loan, date, ScheduleCause::RateChange, Amount::ZERO);
    draft.derive(date, event);
}

/// The days on which a log looked at the index, each with the rate that counted from then on.
pub(crate) fn looked_up(agreed: Rate, steps: &[Effective<'_>]) -> Vec<(Date, Rate)> {
    let mut rate = agreed;
    let mut looked_up = Vec::new();
    for effective in steps {
        let event = &effective.step.event;
        if let Event::RateChanged { rate: changed, .. } = event {
            rate = *changed;
        }
        if matches!(event, Event::RateReviewed | Event::RateChanged { is_derived: true, .. }) {
            looked_up.push((effective.step.value_date, rate));
        }
    }
    looked_up
}

/// The index on the day plus the loan's spread, within floor and ceiling. What was looked up once
/// stands, whatever the index says of that day by now.
fn reviewed_rate(draft: &Draft<'_>, date: Date) -> Option<Rate> {
    if let Some(rate) = draft.looked_up_on(date) {
        return Some(rate);
    }
    let terms = &draft.loan.terms;
    let RateSource::Index { source, floor, ceiling, .. } = &terms.interest_rules.source else { return None };
    let index = draft.context.catalog.index_rates.by_key(*source)?.rate_on(date)?;
    Some(within(index.plus(terms.interest_spread.unwrap_or(Rate::ZERO)), *floor, *ceiling))
}

impl Loan {
    /// The rate that counts, without any tax: the latest change, else what was agreed.
    fn latest_rate(&self) -> Rate {
        self.servicing.course.rates.last().map_or(self.terms.interest.rate, |latest| latest.rate)
    }
}

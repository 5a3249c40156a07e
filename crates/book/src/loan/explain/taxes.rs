//! Taxes in what was charged. Of an installment the tax is rounded once for all that it carries, so
//! what a charge brings is the tax in everything less the tax in what was there.

use jiff::civil::Date;
use loam_calc::allocation::Component;
use loam_calc::day_count::Fraction;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::loan::charges::tax;
use crate::loan::event::{Event, Posted, Step};
use crate::loan::explain::charges::together;
use crate::loan::explain::{Base, Explainer, Explanation, Figure, Less, Part, Working};
use crate::loan::{Installment, Loan};

/// Something taxed that comes to an installment, or to none.
struct Taxed {
    component: Component,
    number: Option<u32>,
    /// What the installment carries of it already.
    before: Amount,
    more: Amount,
}

impl Explainer<'_> {
    /// The tax in what a step charges on the loan as it stands before it, or gives up.
    pub(super) fn explain_taxes(&mut self, loan: &Loan, step: &Step) {
        let Some((posted, tax, taxed)) = taxed_by(loan, &step.event) else { return };
        if tax.is_zero() {
            return;
        }
        let working = together(taxed.iter().map(|taxed| working(loan, taxed)));
        let (figure, amount) = (figure(posted, step), Exact::from_amount(tax));
        let entries = self.of_transaction(posted.transaction_id);
        self.found.push(Explanation { figure, amount, working, counting: None, entries });
    }
}

fn figure(posted: &Posted, step: &Step) -> Figure {
    let (transaction_id, value_date): (i64, Date) = (posted.transaction_id, step.value_date);
    if matches!(step.event, Event::ChargeReduced { .. } | Event::Waived { .. }) {
        return Figure::TaxGivenUp { transaction_id, value_date };
    }
    Figure::Tax { transaction_id, value_date }
}

/// What an event charges and its tax. What is given up is there before it, and less afterwards.
fn taxed_by<'e>(loan: &Loan, event: &'e Event) -> Option<(&'e Posted, Amount, Vec<Taxed>)> {
    let rows = &loan.servicing.installments;
    let row = |number: u32| rows.iter().find(|row| row.number == number);
    let expects = |number: u32, component: Component| {
        row(number).map_or(Amount::ZERO, |row: &Installment| row.expected.get(component))
    };
    let of_row = |component, number, before, more| Taxed { component, number: Some(number), before, more };
    if let Event::InterestApplied { posted, parts, tax, .. } = event {
        let taxed = parts.iter().map(|part| {
            let before = row(part.number).map_or(Amount::ZERO, |row| row.interest_applied);
            of_row(Component::Interest, part.number, before, part.part.interest)
        });
        return Some((posted, *tax, taxed.collect()));
    }
    if let Event::FeeCharged { posted, amount, number, charge, .. } = event {
        let before = expects(*number, Component::Fee);
        return Some((posted, charge.tax, vec![of_row(Component::Fee, *number, before, *amount)]));
    }
    if let Event::PenaltyApplied { posted, parts, tax, .. } = event {
        let before = |number| expects(number, Component::Penalty);
        let taxed =
            parts.iter().map(|p| of_row(Component::Penalty, p.number, before(p.number), p.amount)).collect();
        return Some((posted, *tax, taxed));
    }
    if let Event::Waived { posted, parts, tax, .. } = event {
        let taxed = parts.iter().map(|part| {
            let held = row(part.number).map_or(Amount::ZERO, |row| row.interest_applied);
            of_row(Component::Interest, part.number, held - part.applied, part.applied)
        });
        return Some((posted, *tax, taxed.collect()));
    }
    if let Event::ChargeReduced { posted, parts, tax, .. } = event {
        let given_up = [Component::Fee, Component::Penalty].into_iter().flat_map(|component| {
            parts.iter().map(move |part| (component, part.number, part.part.get(component)))
        });
        let taxed = given_up.map(|(component, number, less)| {
            of_row(component, number, expects(number, component) - less, less)
        });
        return Some((posted, tax.total(), taxed.collect()));
    }
    if let Event::Disbursed { posted, capitalized_fee, capitalized_fee_tax, fees, .. } = event {
        let kept = |more| Taxed { component: Component::Fee, number: None, before: Amount::ZERO, more };
        let taxed = std::iter::once(*capitalized_fee).chain(fees.iter().map(|fee| fee.amount)).map(kept);
        let tax = *capitalized_fee_tax + fees.iter().map(|fee| fee.tax).sum();
        return Some((posted, tax, taxed.collect()));
    }
    None
}

fn working(loan: &Loan, taxed: &Taxed) -> Working {
    let Some(rate) = tax::rate_on(&loan.terms, taxed.component).filter(|_| !taxed.more.is_zero()) else {
        return Working::Stated(Amount::ZERO);
    };
    let amount = tax::tax_of(&loan.terms, taxed.component, taxed.before);
    let less = taxed.number.map(|number| Less::TaxOfRest { number, amount });
    Working::Sum {
        parts: vec![within(taxed.before + taxed.more, rate)],
        rounding: Some(loan.terms.rounding),
        less: less.filter(|_| !amount.is_zero()).into_iter().collect(),
    }
}

/// Gross × rate × 1 ÷ (1 + rate).
fn within(gross: Amount, rate: Rate) -> Part {
    let share =
        Fraction { numerator: rate.denominator(), denominator: rate.denominator() + rate.numerator() };
    Part { base: Base::TaxedAmount, amount: gross, rate: Some(rate), period: None, share: Some(share) }
}

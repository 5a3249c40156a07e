//! Taxes on interest, fees and penalties. Balances and installments hold gross amounts; the tax in a
//! gross amount g at rate t is g × t ÷ (1 + t), rounded once for what an installment holds, so that
//! the taxes of its parts add up.

use loam_calc::allocation::{Component, Components};
use loam_calc::charges::{rate_with_tax, tax_in, with_tax};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::InterestTerms;

use crate::loan::event::{Event, InstallmentPart};
use crate::loan::protection::WaivedPart;
use crate::loan::{Installment, Loan, Terms};
use crate::product::charges::TaxMethod;

/// The tax rate on a component, if it is taxed.
pub fn rate_on(terms: &Terms, component: Component) -> Option<Rate> {
    let rules = &terms.charges.tax;
    let is_taxed = match component {
        Component::Interest => rules.on_interest,
        Component::Fee => rules.on_fees,
        Component::Penalty => rules.on_penalties,
        Component::Principal => false,
    };
    rules.rate.filter(|rate| is_taxed && !rate.is_zero())
}

/// The tax in gross amounts, such as what an installment expects or has been paid.
pub fn tax_within(terms: &Terms, gross: Components) -> Components {
    let mut tax = Components::default();
    for component in Component::ALL {
        tax.set(component, tax_of(terms, component, gross.get(component)));
    }
    tax
}

/// What is charged for a net amount: with the tax on top where the product says so.
pub fn gross(terms: &Terms, component: Component, net: Amount) -> Amount {
    match on_top(terms, component) {
        Some(tax) => with_tax(net, tax, terms.rounding),
        None => net,
    }
}

/// A rate as it is charged: with the tax on top where the product says so.
pub fn gross_rate(terms: &Terms, component: Component, rate: Rate) -> Rate {
    on_top(terms, component).map_or(rate, |tax| rate_with_tax(rate, tax))
}

/// Interest as it is charged: a tax on top makes the rate higher, so that equal installments stay
/// equal.
pub fn charged_interest(terms: &Terms) -> InterestTerms {
    InterestTerms { rate: gross_rate(terms, Component::Interest, terms.interest.rate), ..terms.interest }
}

fn on_top(terms: &Terms, component: Component) -> Option<Rate> {
    rate_on(terms, component).filter(|_| terms.charges.tax.method == TaxMethod::Exclusive)
}

pub(crate) fn tax_of(terms: &Terms, component: Component, gross: Amount) -> Amount {
    rate_on(terms, component).map_or(Amount::ZERO, |tax| tax_in(gross, tax, terms.rounding))
}

/// What a gross amount is without the tax in it, unrounded: g ÷ (1 + t).
pub(crate) fn net_of_tax(terms: &Terms, component: Component, gross: Exact) -> Exact {
    let Some(tax) = rate_on(terms, component) else { return gross };
    gross.times(tax.denominator()).divided_by(tax.denominator() + tax.numerator())
}

/// Fills in the taxes of an event that applies or collects income, as of before it.
pub(crate) fn fill(loan: &Loan, event: &mut Event) {
    let terms = &loan.terms;
    if terms.charges.tax.rate.is_none() {
        return;
    }
    if let Event::InterestApplied { parts, tax, .. } = event {
        let more = |part: &InstallmentPart| {
            let before = row(loan, part.number).map_or(Amount::ZERO, |row| row.interest_applied);
            difference(terms, Component::Interest, before, part.part.interest)
        };
        *tax = parts.iter().map(more).sum();
    }
    if let Event::Repaid { parts, tax, .. } = event {
        let more = |part: &InstallmentPart| {
            let before = row(loan, part.number).map_or(Components::ZERO, |row| row.paid);
            tax_within(terms, before + part.part) - tax_within(terms, before)
        };
        *tax = parts.iter().map(more).sum();
    }
    if let Event::FeeCharged { amount, number, charge, .. } = event {
        charge.tax = difference(terms, Component::Fee, expected(loan, *number, Component::Fee), *amount);
    }
    if let Event::PenaltyApplied { parts, tax, .. } = event {
        let before = |number| expected(loan, number, Component::Penalty);
        let more = parts.iter().map(|p| difference(terms, Component::Penalty, before(p.number), p.amount));
        *tax = more.sum();
    }
    if let Event::ChargeReduced { parts, tax, .. } = event {
        let less = |part: &InstallmentPart| {
            let before = row(loan, part.number).map_or(Components::ZERO, |row| row.expected);
            tax_within(terms, before) - tax_within(terms, before - part.part)
        };
        *tax = parts.iter().map(less).sum();
    }
    if let Event::Waived { parts, tax, .. } = event {
        let less = |part: &WaivedPart| {
            let after =
                row(loan, part.number).map_or(Amount::ZERO, |row| row.interest_applied) - part.applied;
            difference(terms, Component::Interest, after, part.applied)
        };
        *tax = parts.iter().map(less).sum();
    }
    if let Event::Restructured { carried_over, tax, .. } = event {
        *tax = tax_within(terms, *carried_over);
    }
    if let Event::Disbursed { capitalized_fee, capitalized_fee_tax, .. } = event {
        *capitalized_fee_tax = tax_of(terms, Component::Fee, *capitalized_fee);
    }
}

fn difference(terms: &Terms, component: Component, before: Amount, more: Amount) -> Amount {
    tax_of(terms, component, before + more) - tax_of(terms, component, before)
}

fn expected(loan: &Loan, number: u32, component: Component) -> Amount {
    row(loan, number).map_or(Amount::ZERO, |row| row.expected.get(component))
}

fn row(loan: &Loan, number: u32) -> Option<&Installment> {
    loan.servicing.installments.iter().find(|row| row.number == number)
}

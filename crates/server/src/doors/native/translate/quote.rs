//! Quotes and annual rates as this door shows them.

use loam_app::looking::Seen;
use loam_book::loan::annual_rates::AnnualRates;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use super::super::wire;

/// What pays a loan off on the day on which it is looked at.
pub(crate) fn quote(seen: &Seen) -> wire::PayoffQuote {
    let (loan, on) = (&seen.loan, seen.view.as_of);
    let money = |amount: Amount| amount.to_text(loan.terms.currency);
    let payoff = loan.payoff_on(on);
    wire::PayoffQuote {
        encoded_key: loan.key.to_string(),
        id: loan.id.clone(),
        on: on.to_string(),
        currency_code: loan.terms.currency.code(),
        amount: money(payoff.total()),
        principal: money(payoff.principal),
        interest: money(payoff.interest),
        fees: money(payoff.fees),
        penalty: money(payoff.penalties),
    }
}

/// The annual rates of a loan.
pub(crate) fn annual_rates(seen: &Seen, rates: &AnnualRates) -> wire::AnnualRates {
    let loan = &seen.loan;
    let money = |amount: Amount| amount.to_text(loan.terms.currency);
    let reason = |result: &Result<Rate, _>| result.as_ref().err().map(ToString::to_string);
    let mut reasons: Vec<String> =
        [reason(&rates.actuarial), reason(&rates.effective)].into_iter().flatten().collect();
    reasons.dedup();
    wire::AnnualRates {
        encoded_key: loan.key.to_string(),
        id: loan.id.clone(),
        currency_code: loan.terms.currency.code(),
        begins_on: rates.begins_on.to_string(),
        advanced: money(rates.advanced),
        paid_back: money(rates.paid_back),
        annual_percentage_rate: rates.actuarial.ok().map(Rate::to_percent_text),
        annual_percentage_rate_of_charge: rates.effective.ok().map(Rate::to_percent_text),
        effective_interest_rate: rates.effective_nominal.map(Rate::to_percent_text),
        reasons,
    }
}

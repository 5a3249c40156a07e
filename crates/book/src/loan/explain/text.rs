//! A working as a formula with its numbers filled in, for people.

use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::InstallmentRounding;

use crate::loan::explain::{Base, Change, Less, Part, Working};

/// The working in units of the currency: `950.00 × 2.5 % × 30/28 = 25.446…, rounded half up to 25.45`.
pub fn formula(working: &Working, currency: Currency) -> String {
    let money = |amount: Amount| amount.to_fixed_text(currency);
    match working {
        Working::Sum { parts, rounding, less } => sum((parts, *rounding, less), working, currency),
        Working::Annuity { principal, rate, times, unrounded, rounding, multiple, total } => {
            let times: Vec<String> =
                times.iter().map(|time| format!("{}/{}", time.numerator, time.denominator)).collect();
            format!(
                "{} × Π(1 + r) ÷ Σ Π(1 + r of the periods after), r = {rate} × {} = {}, rounded {} to {}",
                money(*principal),
                runs(&times),
                units(*unrounded, currency),
                rounded(*rounding, *multiple, currency),
                money(*total),
            )
        }
        Working::Stated(amount) => format!("{}, as it was named", money(*amount)),
        Working::Changed { before, changes } => {
            let mut text = formula(before, currency);
            for change in changes {
                text = format!("{text}; {}", changed(change, currency));
            }
            format!("{text}; together {}", units(working.result(), currency))
        }
    }
}

fn changed(change: &Change, currency: Currency) -> String {
    match change {
        Change::TakenOff { amount } => format!("less {} overdue", amount.to_fixed_text(currency)),
        Change::Share { total, place, count } => format!(
            "and share {place} of {count} of {} overdue, {}",
            total.to_fixed_text(currency),
            units(change.amount(), currency)
        ),
        Change::AppliedAhead { amount } => format!("and {} applied ahead", amount.to_fixed_text(currency)),
        Change::Carried { amount } if amount.is_negative() => {
            format!("less {} carried on or applied ahead", (-*amount).to_fixed_text(currency))
        }
        Change::Carried { amount } => format!("and {} carried on to it", amount.to_fixed_text(currency)),
        Change::AfterMaturity { amount } => {
            format!("and {} grown after the last due date", amount.to_fixed_text(currency))
        }
        Change::Waived { amount } => format!("less {} waived", amount.to_fixed_text(currency)),
        Change::NotTaken { amount } => format!("less {} not paid", amount.to_fixed_text(currency)),
        Change::PartOf { whole, place, count, .. } => format!(
            "part {place} of {count} of {}, {}",
            whole.to_fixed_text(currency),
            units(Exact::from_amount(*whole) + change.amount(), currency)
        ),
        Change::ToMultiple { multiple, rounding, .. } => {
            format!("rounded {} to a multiple of {}", name(*rounding), multiple.to_fixed_text(currency))
        }
        Change::TaxOnTop { rate, .. } => {
            format!("and tax of {rate} on top, {}", units(change.amount(), currency))
        }
        Change::HeldBack { number, amount } => {
            format!("and {} held back of installment {number}", amount.to_fixed_text(currency))
        }
        Change::LateInterest(working) => {
            format!("and interest of overdue principal: {}", formula(working, currency))
        }
        Change::Joined(working) => {
            format!("and of an installment taken away: {}", formula(working, currency))
        }
    }
}

fn sum(
    (parts, rounding, less): (&[Part], Option<Rounding>, &[Less]),
    working: &Working,
    currency: Currency,
) -> String {
    let products: Vec<String> = parts.iter().map(|part| product(part, currency)).collect();
    let mut text = if products.is_empty() { "0".to_owned() } else { products.join(" + ") };
    let total: Exact = parts.iter().map(Part::value).sum();
    if let Some(rounding) = rounding {
        let rounded = total.round(rounding).to_fixed_text(currency);
        text = format!("{text} = {}, rounded {} to {rounded}", units(total, currency), name(rounding));
    }
    for less in less {
        let amount = less.amount().to_fixed_text(currency);
        let what = match less {
            Less::AppliedBefore { number, .. } => format!("applied before of installment {number}"),
            Less::OtherInstallments { .. } => "of the other installments".to_owned(),
            Less::TaxOfRest { number, .. } => format!("tax in the rest of installment {number}"),
        };
        text = format!("{text} − {amount} {what}");
    }
    if rounding.is_none() || !less.is_empty() {
        text = format!("{text} = {}", units(working.result(), currency));
    }
    text
}

fn product(part: &Part, currency: Currency) -> String {
    let mut text = part.amount.to_fixed_text(currency);
    match part.base {
        Base::ExpectedInterest(number) => text = format!("{text} of installment {number}"),
        Base::CarriedInterest(number) => text = format!("{text} carried by installment {number}"),
        Base::OverdueBalance(number) => text = format!("{text} overdue of installment {number}"),
        Base::NotedPenalty(number) => text = format!("{text}, noted of installment {number},"),
        Base::OriginalPrincipal
        | Base::OutstandingPrincipal
        | Base::BearingPrincipal
        | Base::LoanAmount
        | Base::InstallmentPrincipal
        | Base::InstallmentInterest
        | Base::InstallmentTotal
        | Base::TaxedAmount => {}
    }
    if let Some(rate) = part.rate {
        text = format!("{text} × {rate}");
    }
    if let Some(share) = part.share {
        text = format!("{text} × {}/{}", share.numerator, share.denominator);
    }
    text
}

/// Equal times that follow each other, once with their count.
fn runs(times: &[String]) -> String {
    let mut runs: Vec<(&str, usize)> = Vec::new();
    for time in times {
        match runs.last_mut() {
            Some((last, count)) if *last == time => *count += 1,
            Some(_) | None => runs.push((time, 1)),
        }
    }
    let shown = runs.iter().map(|(time, count)| match count {
        1 => (*time).to_owned(),
        count => format!("{time} ({count} times)"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn units(minor: Exact, currency: Currency) -> String {
    minor.divided_by(10_i128.pow(u32::from(currency.digits()))).to_decimal_text()
}

fn rounded(rounding: Rounding, multiple: InstallmentRounding, currency: Currency) -> String {
    match multiple {
        InstallmentRounding::None => name(rounding).to_owned(),
        InstallmentRounding::ToNearest(unit) => {
            format!("to the nearest multiple of {}", unit.to_fixed_text(currency))
        }
        InstallmentRounding::UpTo(unit) => format!("up to a multiple of {}", unit.to_fixed_text(currency)),
    }
}

fn name(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::HalfUp => "half up",
        Rounding::HalfEven => "half even",
        Rounding::Up => "up",
        Rounding::Down => "down",
    }
}

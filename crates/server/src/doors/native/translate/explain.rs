//! Why figures are what they are, as this door shows it.

use loam_app::looking::Seen;
use loam_book::loan::explain::{Base, Change, Explanation, Figure, Less, Part, Working, formula};
use loam_calc::currency::Currency;
use loam_calc::day_count::{Fraction, days_between};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{InstallmentRounding, InterestTerms};

use super::super::wire;
use super::loan::exact_text;
use super::{names, product};

/// The figures of a loan that count through a view.
pub(crate) fn explained(seen: &Seen, known_on: String) -> wire::LoanExplained {
    let loan = &seen.loan;
    let currency = loan.terms.currency;
    let figures = seen.explained();
    wire::LoanExplained {
        as_of: seen.view.as_of.to_string(),
        known_on,
        encoded_key: loan.key.to_string(),
        id: loan.id.clone(),
        currency_code: currency.code(),
        figures: figures.iter().map(|figure| one(figure, currency)).collect(),
    }
}

fn one(explanation: &Explanation, currency: Currency) -> wire::Explanation {
    let (figure, installment, transaction_id, date) = named(&explanation.figure);
    let working = &explanation.working;
    let (first, changes) = match working {
        Working::Changed { before, changes } => (before.as_ref(), changes.as_slice()),
        Working::Sum { .. } | Working::Annuity { .. } | Working::Stated(_) => (working, &[][..]),
    };
    let (parts, rounding, less) = match first {
        Working::Sum { parts, rounding, less } => (parts.as_slice(), *rounding, less.as_slice()),
        Working::Annuity { rounding, .. } => (&[][..], Some(*rounding), &[][..]),
        Working::Stated(_) | Working::Changed { .. } => (&[][..], None, &[][..]),
    };
    wire::Explanation {
        figure,
        installment,
        transaction_id,
        date: date.map(|date| date.to_string()),
        amount: exact_text(explanation.amount, currency),
        formula: formula(working, currency),
        working: match first {
            Working::Sum { .. } => "SUM",
            Working::Annuity { .. } => "ANNUITY",
            Working::Stated(_) | Working::Changed { .. } => "STATED",
        },
        parts: parts.iter().map(|of| part(of, currency)).collect(),
        rounding: rounding.map(rounding_name),
        less: less.iter().map(|less| taken_off(less, currency)).collect(),
        annuity: annuity(first, currency),
        changes: changes.iter().map(|change| changed(change, currency)).collect(),
        counting: explanation.counting.as_ref().map(counting),
        entries: explanation.entries.clone(),
    }
}

type Named = (&'static str, Option<u32>, Option<i64>, Option<jiff::civil::Date>);

fn named(figure: &Figure) -> Named {
    match *figure {
        Figure::EqualTotal => ("EQUAL_TOTAL", None, None, None),
        Figure::InstallmentInterest { number, due_date } => {
            ("INSTALLMENT_INTEREST", Some(number), None, Some(due_date))
        }
        Figure::InterestApplied { transaction_id, value_date } => {
            ("INTEREST_APPLIED", None, Some(transaction_id), Some(value_date))
        }
        Figure::AccruedInterest { number, on } => ("ACCRUED_INTEREST", Some(number), None, Some(on)),
        Figure::CapitalizedFee { value_date } => ("CAPITALIZED_FEE", None, None, Some(value_date)),
        Figure::Fee { transaction_id, number, value_date } => {
            ("FEE", Some(number), Some(transaction_id), Some(value_date))
        }
        Figure::DisbursementFee { value_date, .. } => ("DISBURSEMENT_FEE", None, None, Some(value_date)),
        Figure::Penalty { transaction_id, value_date } => {
            ("PENALTY", None, Some(transaction_id), Some(value_date))
        }
        Figure::AccruedPenalty { on } => ("ACCRUED_PENALTY", None, None, Some(on)),
        Figure::ChargeGivenUp { transaction_id, value_date } => {
            ("CHARGE_GIVEN_UP", None, Some(transaction_id), Some(value_date))
        }
        Figure::Tax { transaction_id, value_date } => ("TAX", None, Some(transaction_id), Some(value_date)),
        Figure::TaxGivenUp { transaction_id, value_date } => {
            ("TAX_GIVEN_UP", None, Some(transaction_id), Some(value_date))
        }
    }
}

fn part(part: &Part, currency: Currency) -> wire::ExplainedPart {
    let (base, installment) = match part.base {
        Base::OriginalPrincipal => ("ORIGINAL_PRINCIPAL", None),
        Base::OutstandingPrincipal => ("OUTSTANDING_PRINCIPAL", None),
        Base::BearingPrincipal => ("BEARING_PRINCIPAL", None),
        Base::OverdueBalance(number) => ("OVERDUE_BALANCE", Some(number)),
        Base::NotedPenalty(number) => ("NOTED_PENALTY", Some(number)),
        Base::LoanAmount => ("LOAN_AMOUNT", None),
        Base::InstallmentPrincipal => ("INSTALLMENT_PRINCIPAL", None),
        Base::InstallmentInterest => ("INSTALLMENT_INTEREST", None),
        Base::InstallmentTotal => ("INSTALLMENT_TOTAL", None),
        Base::ExpectedInterest(number) => ("EXPECTED_INTEREST", Some(number)),
        Base::CarriedInterest(number) => ("CARRIED_INTEREST", Some(number)),
        Base::TaxedAmount => ("TAXED_AMOUNT", None),
    };
    wire::ExplainedPart {
        base,
        installment,
        amount: part.amount.to_text(currency),
        rate: part.rate.map(Rate::to_percent_text),
        rate_ratio: part.rate.map(|rate| ratio((rate.numerator(), rate.denominator()))),
        from: part.period.map(|(from, _)| from.to_string()),
        to: part.period.map(|(_, to)| to.to_string()),
        days: part.period.map(|(from, to)| days_between(from, to)),
        share: part.share.map(fraction),
        value: exact_text(part.value(), currency),
    }
}

fn taken_off(less: &Less, currency: Currency) -> wire::TakenOff {
    let (what, installment) = match less {
        Less::AppliedBefore { number, .. } => ("APPLIED_BEFORE", Some(*number)),
        Less::OtherInstallments { .. } => ("OTHER_INSTALLMENTS", None),
        Less::TaxOfRest { number, .. } => ("TAX_OF_REST", Some(*number)),
    };
    wire::TakenOff { what, installment, amount: less.amount().to_text(currency) }
}

fn changed(change: &Change, currency: Currency) -> wire::ChangedFigure {
    let (what, base, share) = match change {
        Change::TakenOff { .. } => ("TAKEN_OFF", None, None),
        Change::Share { total, place, count } => {
            let share = ratio((i128::from(*place), i128::from(*count)));
            ("SHARE_OF_OVERDUE", Some(total.to_text(currency)), Some(share))
        }
        Change::Joined(_) => ("JOINED", None, None),
        Change::LateInterest(_) => ("LATE_INTEREST", None, None),
        Change::AppliedAhead { .. } => ("APPLIED_AHEAD", None, None),
        Change::Carried { .. } => ("CARRIED", None, None),
        Change::AfterMaturity { .. } => ("AFTER_MATURITY", None, None),
        Change::NotTaken { .. } => ("NOT_TAKEN", None, None),
        Change::Waived { .. } => ("WAIVED", None, None),
        Change::HeldBack { .. } => ("HELD_BACK", None, None),
        Change::PartOf { whole, place, count, .. } => {
            let share = ratio((i128::from(*place), i128::from(*count)));
            ("PART_OF_INSTALLMENTS", Some(whole.to_text(currency)), Some(share))
        }
        Change::ToMultiple { multiple, .. } => ("TO_MULTIPLE", Some(multiple.to_text(currency)), None),
        Change::TaxOnTop { net, rate, .. } => {
            let share = ratio((rate.numerator(), rate.denominator()));
            ("TAX_ON_TOP", Some(net.to_text(currency)), Some(share))
        }
    };
    let amount = exact_text(change.amount(), currency);
    wire::ChangedFigure { what, base, share, amount }
}

fn annuity(working: &Working, currency: Currency) -> Option<wire::ExplainedAnnuity> {
    let Working::Annuity { principal, rate, times, unrounded, multiple, total, .. } = working else {
        return None;
    };
    let money = |amount: &Amount| amount.to_text(currency);
    Some(wire::ExplainedAnnuity {
        principal: money(principal),
        rate: rate.to_percent_text(),
        times: times.iter().copied().map(fraction).collect(),
        unrounded: exact_text(*unrounded, currency),
        multiple: match multiple {
            InstallmentRounding::None => None,
            InstallmentRounding::ToNearest(unit) | InstallmentRounding::UpTo(unit) => Some(money(unit)),
        },
        total: money(total),
    })
}

fn counting(terms: &InterestTerms) -> wire::Counting {
    let (frequency, count) = product::interest::charge_frequency_name(terms.charge_frequency);
    wire::Counting {
        days_in_year: names::day_count(terms.day_count),
        schedule_interest_days_count_method: names::days_method(terms.days_method),
        interest_charge_frequency: frequency,
        interest_charge_frequency_count: count,
        interest_calculation_method: names::interest_method(terms.method),
    }
}

fn rounding_name(rounding: Rounding) -> &'static str {
    names::rounding(rounding)
}

fn fraction(fraction: Fraction) -> wire::Ratio {
    ratio((fraction.numerator, fraction.denominator))
}

fn ratio((numerator, denominator): (i128, i128)) -> wire::Ratio {
    wire::Ratio { numerator: numerator.to_string(), denominator: denominator.to_string() }
}

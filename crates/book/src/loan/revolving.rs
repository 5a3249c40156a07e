//! Revolving credit: what is agreed of it, and its bills.
//!
//! Its last row is open: it holds all principal that no bill has asked for, and falls due on the day
//! of the next bill. On that day it is cut in two: the bill, and a new open row with the rest.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::billing::{Bounds, Owing, PrincipalDue, principal_due};
use loam_calc::calendar::Calendar;
use loam_calc::currency::Currency;
use loam_calc::due_dates::due_dates;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{InstallmentRounding, ScheduleError};

use crate::loan::charges::fees::unpaid_with_fees;
use crate::loan::command::{LoanFigures, PrincipalPayment};
use crate::loan::course::PrincipalFrom;
use crate::loan::custom_schedule::empty_row;
use crate::loan::dynamic::{Running, ScheduleCause, Upcoming};
use crate::loan::event::Event;
use crate::loan::refusal::{Refusal, RevolvingRefusal};
use crate::loan::terms_agreed::MAX_INSTALLMENTS;
use crate::loan::{Installment, Loan, Terms};
use crate::product::interest::InterestRules;
use crate::product::payments::{LatePaymentsRecalculation, PaymentRules};
use crate::product::securities::{PrincipalPaymentMethod, RevolvingRules};
use crate::product::{Product, ProductType};
use crate::stated::StatedAmount;

impl Terms {
    /// Whether it is drawn and repaid again and again, by bills.
    pub fn is_revolving(&self) -> bool {
        self.product_type == ProductType::RevolvingCredit
    }

    /// The open row of a credit that is drawn for the first time.
    pub(crate) fn open_row(&self, drawn_on: Date, calendar: &Calendar) -> Result<Installment, ScheduleError> {
        let dates = due_dates(&self.due_date_rule().terms(drawn_on, 1), calendar)?;
        let due_date = dates.first().copied().ok_or(ScheduleError::NoInstallments)?;
        let expected = Components { principal: self.amount, ..Components::ZERO };
        Ok(Installment { number: 1, expected, ..empty_row(due_date) })
    }
}

/// A revolving credit has no number of installments; `None` for other products.
pub(crate) fn installment_count(figures: &LoanFigures, product: &Product) -> Result<Option<u32>, Refusal> {
    match (product.product_type, figures.installments) {
        (ProductType::RevolvingCredit, None) => Ok(Some(0)),
        (ProductType::RevolvingCredit, Some(_)) => refused(RevolvingRefusal::InstallmentsNotAvailable),
        (
            ProductType::FixedTermLoan
            | ProductType::DynamicTermLoan
            | ProductType::InterestFreeLoan
            | ProductType::TranchedLoan,
            _,
        ) => Ok(None),
    }
}

/// Interest of a credit is charged on what is outstanding, billed or not.
pub(crate) fn interest_rules(product: &Product) -> InterestRules {
    let mut rules = product.interest_rules.clone();
    if product.product_type == ProductType::RevolvingCredit {
        rules.accrues_late_interest = true;
        rules.late_interest_to_due_date = false;
    }
    rules
}

/// Interest of what is overdue comes with the next bill.
pub(crate) fn payment_rules(product: &Product) -> PaymentRules {
    let mut rules = product.payment_rules.clone();
    if product.product_type == ProductType::RevolvingCredit {
        rules.late_payments_recalculation = LatePaymentsRecalculation::IncreaseLastInstallment;
    }
    rules
}

/// The bills that are agreed: the product's rules, with the loan's own figure as their default.
pub(crate) fn agreed(
    figures: &LoanFigures,
    product: &Product,
    current: Option<&Terms>,
) -> Result<Option<RevolvingRules>, Refusal> {
    let Some(rules) = product.revolving.filter(|_| product.product_type == ProductType::RevolvingCredit)
    else {
        return match &figures.principal_payment {
            Some(_) => refused(RevolvingRefusal::SettingsNotAvailable),
            None => Ok(None),
        };
    };
    let none = PrincipalPayment::default();
    let stated = figures.principal_payment.as_ref().unwrap_or(&none);
    repeats(stated, &rules, product.currency)?;
    let current = current.and_then(|current| current.revolving);
    let mut rules = rules;
    match rules.method {
        PrincipalPaymentMethod::Flat if stated.percentage.is_some() => {
            return refused(RevolvingRefusal::PercentageNotAvailable);
        }
        PrincipalPaymentMethod::Flat => {
            let before = current.and_then(|current| current.amount.default);
            rules.amount.default = Some(flat_amount(stated, product, before.or(rules.amount.default))?);
        }
        PrincipalPaymentMethod::OutstandingPrincipalPercentage
        | PrincipalPaymentMethod::TotalBalancePercentage => {
            if stated.amount.is_some() {
                return refused(RevolvingRefusal::AmountNotAvailable);
            }
            let before = current.and_then(|current| current.percentage.default);
            let percentage = percentage(stated, &rules, before.or(rules.percentage.default))?;
            rules.percentage.default = Some(percentage);
        }
    }
    Ok(Some(rules))
}

/// Whether what a loan says of the product's rules is what the product says; nothing is said by zero.
fn repeats(stated: &PrincipalPayment, rules: &RevolvingRules, currency: Currency) -> Result<(), Refusal> {
    let is_bound = |stated: &Option<StatedAmount>, own: Option<Amount>| {
        let Some(stated) = stated else { return Ok(true) };
        let some = |amount: Amount| Some(amount).filter(|amount| !amount.is_zero());
        Ok::<_, Refusal>(some(stated.in_currency(currency)?) == own.and_then(some))
    };
    let is_flag = |stated: Option<bool>, own: bool| stated.is_none_or(|stated| stated == own);
    let pairs = [
        (stated.method.is_none_or(|method| method == rules.method), "principalPaymentMethod"),
        (is_bound(&stated.floor, rules.floor)?, "principalFloorValue"),
        (is_bound(&stated.ceiling, rules.ceiling)?, "principalCeilingValue"),
        (
            is_flag(stated.floor_includes_interest, rules.floor_includes_interest),
            "includeInterestInFloorAmount",
        ),
        (is_flag(stated.floor_includes_fees, rules.floor_includes_fees), "includeFeesInFloorAmount"),
    ];
    match pairs.into_iter().find(|(holds, _)| !holds) {
        None => Ok(()),
        Some((_, field)) => refused(RevolvingRefusal::RuleOfProduct { field }),
    }
}

fn flat_amount(
    stated: &PrincipalPayment,
    product: &Product,
    default: Option<Amount>,
) -> Result<Amount, Refusal> {
    let currency = product.currency;
    let stated = stated.amount.as_ref().map(|stated| stated.positive_in(currency)).transpose()?;
    let amount = stated.or(default).ok_or(Refusal::Revolving(RevolvingRefusal::AmountMissing))?;
    let value = || amount.to_fixed_text(currency);
    if product.revolving.is_some_and(|rules| !rules.amount.allows(amount)) {
        return refused(RevolvingRefusal::AmountOutsideProduct { value: value() });
    }
    let unit = 10_i64.pow(u32::from(currency.digits()));
    if product.installment_rounding != InstallmentRounding::None && amount.minor() % unit != 0 {
        return refused(RevolvingRefusal::AmountWithDecimals { value: value() });
    }
    Ok(amount)
}

fn percentage(
    stated: &PrincipalPayment,
    rules: &RevolvingRules,
    default: Option<Rate>,
) -> Result<Rate, Refusal> {
    let impossible = |value: String| RevolvingRefusal::ImpossiblePercentage { value };
    let parse =
        |text: &String| Rate::parse_percent(text).map_err(|_| Refusal::Revolving(impossible(text.clone())));
    let stated = stated.percentage.as_ref().map(|stated| parse(&stated.0)).transpose()?;
    let rate = stated.or(default).ok_or(Refusal::Revolving(RevolvingRefusal::PercentageMissing))?;
    let value = rate.to_percent_text();
    if rate <= Rate::from_ratio(0, 1) || rate > Rate::from_ratio(1, 1) {
        return refused(impossible(value));
    }
    if !rules.percentage.allows(rate) {
        return refused(RevolvingRefusal::PercentageOutsideProduct { value });
    }
    Ok(rate)
}

fn refused<T>(refusal: RevolvingRefusal) -> Result<T, Refusal> {
    Err(Refusal::Revolving(refusal))
}

impl Loan {
    /// What can be drawn of a revolving credit: its limit less what is outstanding.
    pub fn available(&self) -> Amount {
        (self.terms.amount - self.servicing.outstanding.principal).max(Amount::ZERO)
    }
}

/// The day of a bill has come. The open row becomes the bill, and a new open row takes the rest; an
/// open row of nothing only waits for the next day.
pub(crate) fn bill(loan: &Loan, calendar: &Calendar) -> Event {
    let rows = &loan.servicing.installments;
    let row = rows.last().expect("a credit that was drawn has an open row");
    let outlook = Upcoming::of(loan, row.due_date).outlook();
    let asks = outlook.changed.iter().find(|changed| changed.number == row.number).unwrap_or(row);
    let next = next_bill_on(loan, row.due_date, calendar);
    let from = row.due_date;
    let outstanding = loan.servicing.outstanding.principal;
    let unpaid = loan.closed_rows().iter().map(Installment::unpaid).sum::<Components>();
    let bearing = |bill: Components| {
        let overdue = unpaid + bill;
        let principal = loan.bearing_of(outstanding, overdue.principal, overdue.interest);
        vec![PrincipalFrom { from, principal }]
    };
    if asks.expected.is_zero() && asks.paid.is_zero() {
        let waiting = Installment { due_date: next, ..row.clone() };
        let running = Running {
            closed: loan.servicing.course.closed,
            carried: outlook.carried,
            principal: bearing(Components::ZERO),
            ..Running::default()
        };
        return Event::ScheduleChanged { cause: ScheduleCause::Bill, installments: vec![waiting], running };
    }
    let part = principal_of_bill(loan, asks);
    let expected = Components { principal: asks.paid.principal + part, ..asks.expected };
    let billed = Installment { expected, ..asks.clone() };
    let repaid_on = if billed.is_paid() { row.repaid_on.or(row.last_paid_on) } else { None };
    let billed = Installment { repaid_on, ..billed };
    let rest = Components { principal: asks.unpaid().principal - part, ..Components::ZERO };
    let open = Installment { number: row.number + 1, expected: rest, ..empty_row(next) };
    let principal = bearing(billed.unpaid());
    let running = Running { closed: row.number, carried: outlook.carried, principal, ..Running::default() };
    let open = expecting(loan, [&billed, &open], &running);
    Event::ScheduleChanged { cause: ScheduleCause::Bill, installments: vec![billed, open], running }
}

fn principal_of_bill(loan: &Loan, row: &Installment) -> Amount {
    let Some(rules) = &loan.terms.revolving else { return row.unpaid().principal };
    let bounds = Bounds {
        floor: rules.floor,
        floor_includes_interest: rules.floor_includes_interest,
        floor_includes_fees: rules.floor_includes_fees,
        ceiling: rules.ceiling,
    };
    let (amount, percentage) = (rules.amount.default.unwrap_or_default(), rules.percentage.default);
    let percentage = percentage.unwrap_or(Rate::from_ratio(0, 1));
    let rule = match rules.method {
        PrincipalPaymentMethod::Flat => PrincipalDue::Flat(amount),
        PrincipalPaymentMethod::OutstandingPrincipalPercentage => {
            PrincipalDue::OfPrincipal(percentage, bounds)
        }
        PrincipalPaymentMethod::TotalBalancePercentage => PrincipalDue::OfTotalBalance(percentage, bounds),
    };
    let earlier = loan.closed_rows().iter().map(Installment::unpaid).sum::<Components>();
    let owing = Owing {
        principal: loan.servicing.outstanding.principal,
        unbilled: row.unpaid().principal,
        charges: earlier.total() - earlier.principal,
        interest: row.unpaid().interest,
        fees: unpaid_with_fees(loan, row).fees,
    };
    principal_due(&rule, &owing, loan.terms.rounding)
}

/// The open row with the interest that is expected of it, once the bill stands before it.
fn expecting(loan: &Loan, [billed, open]: [&Installment; 2], running: &Running) -> Installment {
    let mut after = loan.clone();
    let rows = &mut after.servicing.installments;
    if let Some(last) = rows.last_mut() {
        last.clone_from(billed);
    }
    rows.push(open.clone());
    let course = &mut after.servicing.course;
    course.closed = running.closed;
    course.carried = running.carried;
    course.principal.clone_from(&running.principal);
    let changed = Upcoming::of(&after, billed.due_date).outlook().changed;
    changed.into_iter().find(|row| row.number == open.number).unwrap_or_else(|| open.clone())
}

/// The first regular due date after a day; beyond the calendar, its last day.
fn next_bill_on(loan: &Loan, after: Date, calendar: &Calendar) -> Date {
    let start = loan.servicing.state.disbursed_on().unwrap_or(after);
    let rule = loan.due_date_rule();
    let mut count = u32::try_from(loan.servicing.installments.len()).unwrap_or(MAX_INSTALLMENTS);
    while count < MAX_BILLS {
        count += 12;
        let dates = due_dates(&rule.terms(start, count), calendar).unwrap_or_default();
        if let Some(next) = dates.into_iter().find(|date| *date > after) {
            return next;
        }
    }
    Date::MAX
}

/// Days of bills that are looked for at most: a hundred years of weeks.
const MAX_BILLS: u32 = 5_200;

//! The terms of a scenario as a product and the figures of a loan.

use jiff::civil::Date;
use loam_book::ids::{Key, Part};
use loam_book::loan::command::LoanFigures;
use loam_book::product::charges::{ChargeRules, FeeAmortization, FeeCalculation, FeeTrigger, ProductFee};
use loam_book::product::controls::ControlRules;
use loam_book::product::interest::InterestRules;
use loam_book::product::payments::{
    ElementsRecalculation, FuturePayments, InterestOnPrepayment, LatePaymentsRecalculation, PaymentRules,
    PaymentsAhead, PrepaymentRecalculation, PrincipalPaidStatus, ScheduleEdit,
};
use loam_book::product::{GracePeriodType, Product, ProductDueDates, ProductType, Range};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::{AllocationOrder, Component};
use loam_calc::calendar::{Period, PeriodUnit};
use loam_calc::currency::Currency;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder};

use super::read::{Action, Case, PaymentAllocation, Terms};
use crate::book::base_product;

/// Days for which a repaid loan stays open: charges and refunds open it again there, whenever they come.
const STAYS_OPEN: u32 = 10_000;

/// What is edited of schedules by hand.
const EDITS: [ScheduleEdit; 2] = [ScheduleEdit::AdjustPaymentDates, ScheduleEdit::AdjustNumberOfInstallments];

/// The product that a scenario's terms describe.
///
/// # Errors
/// The reason why no product does.
pub(super) fn product(case: &Case) -> Result<Product, String> {
    let terms = &case.terms;
    refuse_unknown_terms(case)?;
    let is_dynamic = is_dynamic(case);
    let interest_method = match interest_method(terms)? {
        // Without interest nothing of it is flat.
        InterestMethod::Flat if is_dynamic => InterestMethod::DecliningBalanceDiscounted,
        method @ (InterestMethod::Flat
        | InterestMethod::DecliningBalance
        | InterestMethod::DecliningBalanceDiscounted) => method,
    };
    let orders = orders(terms)?;
    let grace = terms.grace_on_principal_instalments;
    let grace_period_type = if grace > 0 { GracePeriodType::PayInterestOnly } else { GracePeriodType::None };
    Ok(Product {
        currency: Currency::EUR,
        interest_method,
        charge_frequency: ChargeFrequency::Annualized,
        day_count: day_count(terms)?,
        days_method: days_method(case),
        grace_period: Range { min: None, default: Some(grace), max: None },
        grace_period_type,
        due_dates: ProductDueDates::Interval { count: None, unit: None },
        remainder: match interest_method {
            // Flat interest is found for the whole loan, and the last installment takes the rest of it.
            InterestMethod::Flat => Remainder::PrincipalAndInterestIntoLast,
            InterestMethod::DecliningBalance | InterestMethod::DecliningBalanceDiscounted => Remainder::Last,
        },
        installment_rounding: installment_rounding(terms),
        rounding: Rounding::HalfEven,
        allocation_order: orders.overdue,
        controls: ControlRules { dormancy_days: Some(STAYS_OPEN), ..ControlRules::default() },
        product_type: if is_dynamic { ProductType::DynamicTermLoan } else { ProductType::FixedTermLoan },
        payment_rules: PaymentRules {
            order_when_due: Some(orders.due).filter(|order| *order != orders.overdue),
            order_ahead: Some(orders.ahead).filter(|order| *order != orders.overdue),
            payments_ahead: payments_ahead(case)?,
            schedule_edits: if terms.down_payment.enabled { Vec::new() } else { EDITS.to_vec() },
            down_payment: terms.down_payment.percent().and_then(|share| Rate::parse_percent(share).ok()),
            ..payment_rules(case, is_dynamic)?
        },
        charges: ChargeRules { fees: fees(case), on_paid_installments: true, ..ChargeRules::default() },
        interest_rules: if is_dynamic { interest_rules(terms) } else { InterestRules::default() },
        ..base_product()
    })
}

/// Fees with every installment that somebody adds right after the payout: the product has them.
fn fees(case: &Case) -> Vec<ProductFee> {
    let added = case.actions.iter().filter(|action| is_added(action));
    let with_installments = added.zip(1..).filter_map(|(action, number)| fee(action, number));
    with_installments.chain(disbursement_fee(case)).collect()
}

/// Whether it adds a fee that comes with every installment.
pub(super) fn is_added(action: &Action) -> bool {
    let of_installments = action.text("charge").is_some_and(|name| name.starts_with("LOAN_INSTALLMENT_FEE"));
    action.action == "add_installment_charge" || action.action == "add_charge" && of_installments
}

fn has_charges(terms: &Terms) -> bool {
    terms.with_product_charges.is_some() || terms.charge_on_create.is_some()
}

/// Charges that are kept from the payout are no part of any row, whatever they are a share of.
fn has_unknown_charges(case: &Case) -> bool {
    let configured = case.actions.iter().any(|action| {
        action.action == "configure_charge"
            && action.text("charge").is_some_and(|charge| charge.contains("DISBURSEMENT_CHARGE"))
    });
    has_charges(&case.terms) && !configured
}

/// A share of the loan amount that is kept when it is paid out.
fn disbursement_fee(case: &Case) -> Option<ProductFee> {
    let mut charges = case.actions.iter().filter(|action| action.action == "configure_charge");
    let (charge, None) = (charges.next()?, charges.next()) else { return None };
    let is_share = charge.text("calculation") == Some("PERCENTAGE_AMOUNT")
        && charge.text("charge") == Some("LOAN_DISBURSEMENT_CHARGE");
    let share = charge.text("percent").filter(|_| is_share && has_charges(&case.terms))?;
    let percentage = Some(Rate::parse_percent(share).ok()?);
    let (trigger, calculation) = (FeeTrigger::Disbursement, FeeCalculation::LoanAmountPercentage);
    Some(ProductFee { trigger, calculation, percentage, ..required_fee(0) })
}

fn required_fee(number: u64) -> ProductFee {
    ProductFee {
        key: Key::entity(Part::new(0), 3, number),
        name: format!("fee {number}"),
        trigger: FeeTrigger::PaymentDue,
        calculation: FeeCalculation::Flat,
        amount: None,
        percentage: None,
        is_required: true,
        is_active: true,
        amortization: FeeAmortization::None,
    }
}

/// A flat amount, or a share of what the installment asks for.
pub(super) fn fee(action: &Action, number: u64) -> Option<ProductFee> {
    let stated = action.amount.as_deref().or(action.text("percent"))?;
    let (calculation, amount, percentage) = match action.text("charge")? {
        "LOAN_INSTALLMENT_FEE_FLAT" => {
            (FeeCalculation::Flat, Some(Amount::parse(stated, Currency::EUR).ok()?), None)
        }
        charge => {
            let calculation = match charge {
                "LOAN_INSTALLMENT_FEE_PERCENTAGE_AMOUNT" => {
                    FeeCalculation::RepaymentPrincipalAmountPercentage
                }
                "LOAN_INSTALLMENT_FEE_PERCENTAGE_INTEREST" => {
                    FeeCalculation::RepaymentInterestAmountPercentage
                }
                "LOAN_INSTALLMENT_FEE_PERCENTAGE_AMOUNT_PLUS_INTEREST" => {
                    FeeCalculation::RepaymentAmountPercentage
                }
                _ => return None,
            };
            (calculation, None, Some(Rate::parse_percent(stated).ok()?))
        }
    };
    Some(ProductFee { calculation, amount, percentage, ..required_fee(number) })
}

/// Whether interest follows what is outstanding, the rate changes, or money comes in parts. Flat
/// interest is found once and for all, unless there is none.
fn is_dynamic(case: &Case) -> bool {
    let stops = |action: &Action| action.action == "charge_off" && stops_interest(case);
    let changes = case
        .actions
        .iter()
        .any(|action| action.text("new_interest_rate").is_some() || case.interest_bearing && stops(action));
    let is_flat = case.terms.interest_type == "FLAT" && case.interest_bearing;
    let has_parts = has_parts(case) && !case.terms.down_payment.enabled;
    (case.terms.interest_recalculation.enabled || changes || has_parts) && !is_flat
}

/// Whether a loan that is written off for the books bears no interest any more, which only a dynamic
/// one can. Where nothing is recalculated and payments begin at the last installment, none is made
/// dynamic for it: its rows would follow what is paid.
pub(super) fn stops_interest(case: &Case) -> bool {
    let is_recalculated = case.terms.interest_recalculation.enabled;
    let from_last = payments_ahead(case) == Ok(PaymentsAhead::LastInstallment);
    case.terms.charge_off_behaviour.as_deref() == Some("ZERO_INTEREST") && (is_recalculated || !from_last)
}

fn has_parts(case: &Case) -> bool {
    case.actions.iter().filter(|action| action.action == "disburse").count() > 1
}

/// What early, late and large payments do to a loan whose interest follows what is outstanding.
fn payment_rules(case: &Case, is_dynamic: bool) -> Result<PaymentRules, String> {
    let terms = &case.terms;
    if !is_dynamic {
        return Ok(PaymentRules {
            future_payments: FuturePayments::AcceptOverpayments,
            allows_redraw: true,
            evens_installments: !terms.is_cumulative(),
            ..PaymentRules::default()
        });
    }
    let recalculation = &terms.interest_recalculation;
    let prepayment_recalculation = match recalculation.reschedule_strategy.as_deref() {
        Some("ADJUST_LAST_UNPAID_PERIOD") => PrepaymentRecalculation::NoRecalculation,
        Some("REDUCE_EMI_AMOUNT") => PrepaymentRecalculation::ReduceAmountPerInstallment,
        Some("RESCHEDULE_NEXT_REPAYMENTS") => PrepaymentRecalculation::ReduceNumberOfInstallments,
        None => PrepaymentRecalculation::NoRecalculation,
        other => return Err(format!("a recalculation by {other:?}")),
    };
    Ok(PaymentRules {
        future_payments: FuturePayments::AcceptOverpayments,
        prepayment_recalculation,
        allows_redraw: true,
        disburses_in_parts: has_parts(case),
        principal_paid_status: if pays_principal_first(terms) {
            // Its interest is owed still.
            PrincipalPaidStatus::PartiallyPaid
        } else {
            PrincipalPaidStatus::OriginalTotalExpectedPaid
        },
        interest_on_prepayment: if pays_whole_periods(terms) {
            InterestOnPrepayment::WholeInstallment
        } else {
            InterestOnPrepayment::Automatic
        },
        elements_recalculation: ElementsRecalculation::FixedTotalExpected,
        late_payments_recalculation: LatePaymentsRecalculation::IncreaseLastInstallment,
        evens_installments: !terms.is_cumulative(),
        ..PaymentRules::default()
    })
}

fn interest_rules(terms: &Terms) -> InterestRules {
    let recalculation = &terms.interest_recalculation;
    InterestRules {
        accrues_late_interest: recalculation.enabled
            && recalculation.disallow_interest_calc_on_past_due != Some(true),
        // Daily rests are counted to the day; only where both say so, to the end of the period.
        late_interest_to_due_date: pays_whole_periods(terms)
            && recalculation.rest_frequency.as_deref() == Some("SAME_AS_REPAYMENT"),
        ..InterestRules::default()
    }
}

/// Whether interest is owed to the end of its period, on whichever day it is paid.
fn pays_whole_periods(terms: &Terms) -> bool {
    !terms.interest_recalculation.enabled
        || terms.interest_recalculation.pre_closure_rule.as_deref() == Some("TILL_REST_FREQUENCY_DATE")
}

/// What one loan of the product agrees.
///
/// # Errors
/// The reason why its period cannot be said.
pub(super) fn figures(case: &Case) -> Result<LoanFigures, String> {
    let terms = &case.terms;
    let period = period(terms)?;
    Ok(LoanFigures {
        amount: Some(StatedAmount(loan_amount(case))),
        interest_rate: Some(StatedPercent(terms.annual_interest_rate_percent.clone())),
        installments: Some(terms.number_of_instalments),
        period_count: Some(period.count),
        period_unit: Some(period.unit),
        expected_disbursement_on: Some(Some(terms.submitted_on)),
        first_due_date: first_due_date(case, period).map(Some),
        ..LoanFigures::default()
    })
}

pub(super) fn period(terms: &Terms) -> Result<Period, String> {
    let unit = match terms.repayment_frequency.as_str() {
        "DAYS" => PeriodUnit::Days,
        "WEEKS" => PeriodUnit::Weeks,
        "MONTHS" => PeriodUnit::Months,
        other => return Err(format!("repayment frequency {other}")),
    };
    Ok(Period { count: terms.repayment_every, unit })
}

/// What is agreed, or more where more is paid out in the end.
fn loan_amount(case: &Case) -> String {
    let agreed = Amount::parse(&case.terms.principal, Currency::EUR).unwrap_or(Amount::ZERO);
    let (mut parts, mut most) = (Vec::new(), agreed);
    for action in &case.actions {
        let amount = action.amount.as_ref().and_then(|amount| Amount::parse(amount, Currency::EUR).ok());
        match action.action.as_str() {
            "disburse" => parts.extend(amount),
            "undo_disbursal" => parts.clear(),
            "undo_last_disbursal" => parts.truncate(parts.len().saturating_sub(1)),
            _ => {}
        }
        most = most.max(parts.iter().copied().sum());
    }
    most.to_text(Currency::EUR)
}

/// Counted from the application where the terms say so and the money comes on another day; else from
/// the disbursement, as by default.
fn first_due_date(case: &Case, period: Period) -> Option<Date> {
    let terms = &case.terms;
    let from_application = terms.repayment_start_date_type.as_deref() == Some("SUBMITTED_ON_DATE");
    let mut disbursed = case.actions.iter().filter(|action| action.action == "disburse");
    let comes_later = disbursed.any(|action| action.date.is_some_and(|on| on != terms.submitted_on));
    (from_application && comes_later).then(|| period.add_times(terms.submitted_on, 1).ok()).flatten()
}

fn interest_method(terms: &Terms) -> Result<InterestMethod, String> {
    match (terms.interest_type.as_str(), terms.amortization.as_str()) {
        ("FLAT", "EQUAL_INSTALLMENTS" | "EQUAL_PRINCIPAL_PAYMENTS") => Ok(InterestMethod::Flat),
        ("DECLINING_BALANCE", "EQUAL_INSTALLMENTS") => Ok(InterestMethod::DecliningBalanceDiscounted),
        ("DECLINING_BALANCE", "EQUAL_PRINCIPAL_PAYMENTS") => Ok(InterestMethod::DecliningBalance),
        (interest, amortization) => Err(format!("interest {interest} with {amortization}")),
    }
}

/// Cumulative schedules take the length of the year in which the loan begins for the whole loan.
fn day_count(terms: &Terms) -> Result<DayCount, String> {
    let begins_in_leap_year = terms.submitted_on.days_in_year() == 366;
    Ok(match terms.day_count.as_str() {
        "30/360" => DayCount::ThirtyE360,
        "ACT/ACT" if counts_leap_days(terms) => DayCount::ActualActualLeapDay,
        // A day belongs to the year in which it begins.
        "ACT/ACT" if counts_first_day(terms) => DayCount::ActualActualIsda,
        "ACT/ACT" if terms.is_cumulative() && !begins_in_leap_year => DayCount::Actual365Fixed,
        "ACT/ACT" => DayCount::ActualActualYearOfEnd,
        "ACT/365" => DayCount::Actual365Fixed,
        "ACT/360" => DayCount::Actual360,
        other => return Err(format!("day count {other}")),
    })
}

/// Whether interest is owed for the day of the disbursement and not for that of the payment, as the
/// book counts; else days count to the midnight on which they begin.
pub(super) fn counts_first_day(terms: &Terms) -> bool {
    terms.interest_recognition_on_disbursement_date == Some(true)
}

fn counts_leap_days(terms: &Terms) -> bool {
    terms.days_in_year_custom_strategy.as_deref() == Some("FEB_29_PERIOD_ONLY")
}

/// Multiples are for equal installments; equal principal is not rounded to them.
fn installment_rounding(terms: &Terms) -> InstallmentRounding {
    let multiple = terms.installment_multiple_of.filter(|_| terms.amortization == "EQUAL_INSTALLMENTS");
    let multiple = multiple.map(|units| Amount::from_minor(i64::from(units) * 100));
    multiple.map_or(InstallmentRounding::None, InstallmentRounding::ToNearest)
}

/// Months of 30 days are counted by the month; so is everything whose interest is asked for by
/// repayment periods.
fn days_method(case: &Case) -> DaysMethod {
    let terms = &case.terms;
    let moves_due_dates = case.actions.iter().any(|action| action.text("adjusted_due_date").is_some());
    match (terms.day_count.as_str(), terms.interest_calculation_period.as_str()) {
        // Where due dates move, periods are no months any more.
        ("30/360", _) if moves_due_dates => DaysMethod::ActualDays,
        ("30/360", _) | (_, "SAME_AS_REPAYMENT_PERIOD") => DaysMethod::RepaymentPeriodicity,
        _ => DaysMethod::ActualDays,
    }
}

/// What no product can say.
fn refuse_unknown_terms(case: &Case) -> Result<(), String> {
    let terms = &case.terms;
    let unknown = [
        (terms.rounding_mode != "HALF_EVEN", "a rounding other than half-even"),
        (
            terms.down_payment.enabled && is_dynamic(case),
            "a down payment of a loan whose interest follows what is outstanding",
        ),
        (has_unknown_charges(case), "charges of the product of which the terms do not say how much they are"),
        (terms.fixed_length.is_some(), "a length in days that shortens the last period"),
        (terms.grace_on_interest_instalments > 0, "grace on interest with principal asked for"),
        (terms.interest_free_periods > 0, "interest forgiven while principal is asked for"),
        (
            terms.days_in_year_custom_strategy.is_some() && !counts_leap_days(terms),
            "a length of the year that is of no day count",
        ),
        (terms.schedule_processing.as_deref() == Some("VERTICAL"), "payments component by component"),
        (
            terms.interest_recalculation.compounding.as_deref().is_some_and(|kind| kind != "NONE"),
            "interest that is compounded while it is recalculated",
        ),
    ];
    unknown.into_iter().find(|(is_so, _)| *is_so).map_or(Ok(()), |(_, reason)| Err(reason.to_owned()))
}

/// The orders of the components in installments that are past due, due and paid in advance.
struct Orders {
    overdue: AllocationOrder,
    due: AllocationOrder,
    ahead: AllocationOrder,
}

fn one_order(order: [Component; 4]) -> Orders {
    let order = AllocationOrder::try_new(order).expect("each component stands there once");
    Orders { overdue: order, due: order, ahead: order }
}

fn orders(terms: &Terms) -> Result<Orders, String> {
    use Component::{Fee, Interest, Penalty, Principal};
    let order = match terms.payment_strategy.as_str() {
        "ADVANCED_PAYMENT_ALLOCATION" => return advanced_orders(terms),
        "PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER"
        | "DUE_PENALTY_FEE_INTEREST_PRINCIPAL_IN_ADVANCE_PRINCIPAL_PENALTY_FEE_INTEREST" => {
            [Penalty, Fee, Interest, Principal]
        }
        "DUE_PENALTY_INTEREST_PRINCIPAL_FEE_IN_ADVANCE_PENALTY_INTEREST_PRINCIPAL_FEE" => {
            [Penalty, Interest, Principal, Fee]
        }
        "INTEREST_PRINCIPAL_PENALTIES_FEES_ORDER" => [Interest, Principal, Penalty, Fee],
        "PRINCIPAL_INTEREST_PENALTIES_FEES_ORDER" => [Principal, Interest, Penalty, Fee],
        other => return Err(format!("payment strategy {other}")),
    };
    let orders = one_order(order);
    if !pays_principal_first(terms) {
        return Ok(orders);
    }
    let ahead = AllocationOrder::try_new([Principal, Interest, Penalty, Fee]).expect("each once");
    Ok(Orders { ahead, ..orders })
}

/// Cumulative schedules whose later installments become smaller take what is paid ahead as principal.
fn pays_principal_first(terms: &Terms) -> bool {
    let strategy = terms.interest_recalculation.reschedule_strategy.as_deref();
    terms.is_cumulative() && terms.interest_recalculation.enabled && strategy == Some("REDUCE_EMI_AMOUNT")
}

/// What the product says of repayments.
fn usual_rule(terms: &Terms) -> Option<&PaymentAllocation> {
    terms.payment_allocation.as_deref()?.iter().find(|rule| rule.transaction == "DEFAULT")
}

fn advanced_orders(terms: &Terms) -> Result<Orders, String> {
    use Component::{Fee, Interest, Penalty, Principal};
    let Some(rule) = usual_rule(terms) else {
        // The source's own default where a product names none.
        return Ok(one_order([Penalty, Fee, Principal, Interest]));
    };
    let order = |timing: &str| {
        let places = rule.order.iter().filter_map(|place| place.strip_prefix(timing));
        let order: Vec<Component> = places.filter_map(component).collect();
        let order: [Component; 4] = order.try_into().map_err(|_| "an order without four parts")?;
        AllocationOrder::try_new(order).map_err(|error| error.to_string())
    };
    Ok(Orders { overdue: order("PAST_DUE_")?, due: order("DUE_")?, ahead: order("IN_ADVANCE_")? })
}

/// What the product was made to say of a kind of payment before the application: a loan keeps what
/// its product said then.
fn configured_before<'a>(case: &'a Case, kind: &str) -> Option<&'a str> {
    let before = case.actions.iter().take_while(|action| action.action != "submit");
    let named =
        before.filter(|action| action.action == "configure_allocation" && action.text("type") == Some(kind));
    named.last().and_then(|action| action.text("rule"))
}

/// Which installment takes what is paid in advance. Of one installment, it is that one.
fn payments_ahead(case: &Case) -> Result<PaymentsAhead, String> {
    let configured = configured_before(case, "DEFAULT");
    let rule = configured.or(usual_rule(&case.terms).map(|rule| rule.future_installments.as_str()));
    match rule.unwrap_or("NEXT_INSTALLMENT") {
        _ if case.terms.number_of_instalments == 1 => Ok(PaymentsAhead::NextInstallment),
        "NEXT_INSTALLMENT" => Ok(PaymentsAhead::NextInstallment),
        "LAST_INSTALLMENT" => Ok(PaymentsAhead::LastInstallment),
        kind => Err(format!("payments in advance go by {kind}")),
    }
}

/// What money that a merchant or the lender gives back asks for that no repayment does.
///
/// # Errors
/// The reason why it is not expressed as one.
pub(super) fn refuse_refund(case: &Case, kind: &str) -> Result<(), String> {
    let terms = &case.terms;
    // Where no list is given but only the name of one, it may hold any kind.
    let gives_interest_back = |kinds: &str| {
        let is_list = ["asList", "ArrayList"].iter().any(|list| kinds.contains(list));
        !is_list || kinds.contains(kind)
    };
    if kind != "REPAYMENT" && terms.interest_refund_types.as_deref().is_some_and(gives_interest_back) {
        return Err("a refund that gives interest back with it".to_owned());
    }
    let rule = |kind: &str| {
        let rules = terms.payment_allocation.as_deref().unwrap_or_default();
        rules.iter().find(|rule| rule.transaction == kind)
    };
    let usual = rule("DEFAULT");
    let own = rule(kind).or(usual);
    let installments = |kind: &str, rule: Option<&'_ PaymentAllocation>| {
        let configured = configured_before(case, kind).map(str::to_owned);
        configured.or(rule.map(|rule| rule.future_installments.clone()))
    };
    let same = installments(kind, own) == installments("DEFAULT", usual)
        && own.map(|own| &own.order) == usual.map(|usual| &usual.order);
    if same { Ok(()) } else { Err("refunds that are split by another rule than repayments".to_owned()) }
}

fn component(name: &str) -> Option<Component> {
    Some(match name {
        "PENALTY" => Component::Penalty,
        "FEE" => Component::Fee,
        "PRINCIPAL" => Component::Principal,
        "INTEREST" => Component::Interest,
        _ => return None,
    })
}

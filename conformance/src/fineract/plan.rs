//! What a scenario asks of the book, and what of it the book has no words for. Decided by terms and
//! actions alone, before anything is calculated.

use std::ops::Range;

use jiff::civil::Date;
use loam_book::loan::command::LoanFigures;
use loam_book::product::Product;
use loam_calc::calendar::Period;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::product;
use super::read::{Action, Case, Terms};

/// A scenario in the book's words.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) product: Product,
    pub(super) figures: LoanFigures,
    /// What is expected to be paid out first; the schedule before the disbursement rests on it.
    pub(super) first_payout: String,
    pub(super) deeds: Vec<Planned>,
    /// What is expected to be paid out, in the order of its days.
    expected: Vec<Expected>,
    /// Where schedules count parts that are paid out later.
    without_payout: Vec<Range<u32>>,
    /// The first action that the book has no words for, and why; later checkpoints are not judged.
    inexpressible: Option<(u32, String)>,
}

/// A part of the loan that is expected to be paid out on a day.
#[derive(Debug)]
struct Expected {
    /// From this action on.
    seq: u32,
    on: Date,
    amount: Amount,
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
        /// Whether the down payment comes with it.
        pays_down: bool,
    },
    /// All payouts, with what was repaid.
    UndoDisbursements,
    /// The last payout, with what was repaid since its day.
    UndoLastDisbursement,
    Repay {
        on: Date,
        amount: String,
    },
    /// What was paid too much is paid back.
    Redraw {
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
    /// An installment falls due on another day, and those after it one period after the other.
    MoveDueDates {
        from: Date,
        to: Date,
        period: Period,
    },
    /// So many installments from a day on are not to be paid; what they asked for moves on.
    PutOff {
        from: Date,
        count: usize,
    },
    /// The whole fee is given up.
    Waive {
        due_on: Date,
        amount: String,
    },
    ReverseWaiver,
    /// A new rate from this day on.
    ChangeRate {
        from: Date,
        percent: String,
    },
    /// No interest from this day on, and again from the other one.
    Pause {
        from: Date,
        until: Date,
    },
    /// Only the passing of time.
    Wait,
}

impl Plan {
    /// Why a checkpoint after this action is not judged.
    pub(super) fn reason_from(&self, after_seq: u32) -> Option<&str> {
        if self.without_payout.iter().any(|range| range.contains(&after_seq)) {
            return Some("a schedule before the payout that counts parts which are paid out later");
        }
        let (seq, reason) = self.inexpressible.as_ref()?;
        (after_seq >= *seq).then_some(reason)
    }

    /// Parts that are expected still, seen on a day: each payout took the place of one, and a day
    /// that is gone is expected no more.
    pub(super) fn expected(&self, after_seq: u32, as_of: Date) -> impl Iterator<Item = (Date, Amount)> + '_ {
        let is_payout =
            |planned: &&Planned| planned.seq <= after_seq && matches!(planned.deed, Deed::Disburse { .. });
        let paid_out = self.deeds.iter().filter(is_payout).count();
        let known = self.expected.iter().filter(move |expected| expected.seq <= after_seq);
        known
            .skip(paid_out)
            .filter(move |expected| expected.on >= as_of)
            .map(|expected| (expected.on, expected.amount))
    }
}

/// The plan of a scenario.
///
/// # Errors
/// The reason why its terms cannot be expressed at all.
pub(super) fn plan(case: &Case) -> Result<Plan, String> {
    let product = product::product(case)?;
    let figures = product::figures(case)?;
    let first_payout = first_payout(&case.terms);
    let mut plan = Plan {
        product,
        figures,
        first_payout,
        deeds: Vec::new(),
        expected: expected(case),
        without_payout: without_payout(case),
        inexpressible: None,
    };
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
        "disburse" => {
            refuse_payout(case, action)?;
            let pays_down = case.terms.down_payment.auto_repay == Some(true)
                && action.flag("auto_down_payment") != Some(false);
            Deed::Disburse { on, amount: amount(), pays_down }
        }
        "undo_disbursal" => Deed::UndoDisbursements,
        "undo_last_disbursal" => Deed::UndoLastDisbursement,
        "repayment" => Deed::Repay { on, amount: amount() },
        "transaction" => {
            product::refuse_refund(case, action.text("type").unwrap_or_default())?;
            Deed::Repay { on, amount: amount() }
        }
        // The lender pays it, and it is split as any payment.
        "charge_adjustment" => Deed::Repay { on, amount: amount() },
        "payoff" => Deed::PayOff { on },
        "credit_balance_refund" => Deed::Redraw { on, amount: amount() },
        "undo" if is_of_payment(case, action) => {
            // Where no kind is named, the payouts of the day are counted too.
            let is_payout = |other: &&Action| other.action == "disburse" && other.date == Some(on);
            let others = case.actions.iter().filter(|_| action.text("type").is_none()).filter(is_payout);
            let nth = action.count("nth").unwrap_or(1).saturating_sub(others.count()).max(1);
            Deed::ReverseRepayment { on, nth }
        }
        "undo_last_repayment" | "undo_charge_adjustment" => Deed::ReverseLastRepayment,
        "waive_charge" => waiver(case, action)?,
        "undo_waive_charge" => Deed::ReverseWaiver,
        "add_charge" | "add_installment_charge" if product::is_added(action) => {
            installment_fee(case, action)?
        }
        "add_charge" => charge(case, action)?,
        "reschedule" => reschedule(case, action)?,
        "interest_pause" => pause(case, action)?,
        // What is booked of a loan, not what is owed of it.
        "charge_off" | "undo_charge_off" if case.terms.charge_off_behaviour.is_none() => Deed::Wait,
        "charge_off" if product::stops_interest(case) => without_interest(case, on)?,
        "buy_down_fee" => Deed::Wait,
        // It is seen in the balances of the rows alone.
        "add_expected_tranche" => Deed::Wait,
        // A fee of the product.
        "configure_charge" => Deed::Wait,
        // When income is recognized: no row of a schedule depends on them.
        "end_of_day" | "run_job" | "set_fraud" => Deed::Wait,
        // Of the product, and read with its terms; later it is about other loans.
        "configure_allocation" => Deed::Wait,
        "config" if action.text("key").is_some_and(is_accounting) => Deed::Wait,
        other => return Err(format!("action `{other}`: the book has no such command")),
    })
}

/// What a payout asks for that the book has no words for.
fn refuse_payout(case: &Case, action: &Action) -> Result<(), String> {
    let terms = &case.terms;
    let mut payouts = case.actions.iter().filter(|other| other.action == "disburse");
    let is_first = payouts.next().is_some_and(|first| first.seq == action.seq);
    let is_flat = terms.interest_type == "FLAT" && case.interest_bearing;
    let whole_periods = terms.interest_calculation_period == "SAME_AS_REPAYMENT_PERIOD"
        && terms.partial_period_interest != Some(true)
        && case.interest_bearing;
    if !is_first && terms.down_payment.enabled && !was_undone_before(case, action) {
        return Err("a further payout with a down payment of its own".to_owned());
    }
    if !is_first && is_flat {
        return Err("flat interest on money that comes in parts".to_owned());
    }
    if !is_first && whole_periods && !begins_a_period(case, action) && !was_undone_before(case, action) {
        return Err("a further payout that bears interest for the whole of its period".to_owned());
    }
    Ok(())
}

/// Whether it is paid out on a due date, so that its period is a whole one in any case.
fn begins_a_period(case: &Case, action: &Action) -> bool {
    let Ok(period) = product::period(&case.terms) else { return false };
    let due = |count| period.add_times(disbursed_on(case), count).ok();
    (1..case.terms.number_of_instalments).any(|count| due(count).is_some() && due(count) == action.date)
}

fn was_undone_before(case: &Case, action: &Action) -> bool {
    case.actions.iter().any(|other| other.action == "undo_disbursal" && other.seq < action.seq)
}

/// The parts that the terms name, and those that are added later.
fn expected(case: &Case) -> Vec<Expected> {
    let agreed = case.terms.expected_tranches.as_deref().unwrap_or_default().iter();
    let agreed = agreed.filter_map(|tranche| {
        let on = Date::strptime("%d %B %Y", &tranche.date).ok()?;
        let amount = Amount::parse(&tranche.amount, Currency::EUR).ok()?;
        Some(Expected { seq: 0, on, amount })
    });
    let added = case.actions.iter().filter(|action| action.action == "add_expected_tranche");
    let added = added.filter_map(|action| {
        let amount = Amount::parse(action.amount.as_deref()?, Currency::EUR).ok()?;
        Some(Expected { seq: action.seq, on: action.date?, amount })
    });
    if case.terms.is_cumulative() {
        // Its balances count only what was paid out.
        return Vec::new();
    }
    let added: Vec<Expected> = added.collect();
    // What is added later is not expected before, though the terms of the source name it too.
    let is_added = |expected: &Expected| added.iter().any(|later| later.on == expected.on);
    let mut all: Vec<Expected> = agreed.filter(|expected| !is_added(expected)).collect();
    all.extend(added);
    all.sort_by_key(|expected| expected.on);
    // Parts of one day are paid out as one.
    all.dedup_by_key(|expected| expected.on);
    all
}

/// From which action to which the rows count parts that are paid out later, or were: there is no
/// payout, and there are several parts.
fn without_payout(case: &Case) -> Vec<Range<u32>> {
    let mut parts: Vec<&str> = Vec::new();
    let tranches = case.terms.expected_tranches.as_deref().unwrap_or_default();
    parts.extend(tranches.iter().map(|tranche| tranche.date.as_str()));
    parts.dedup();
    let (mut count, mut since, mut ranges) = (parts.len(), Some(0), Vec::new());
    for action in &case.actions {
        match action.action.as_str() {
            "disburse" => {
                count = count.max(1) + usize::from(since.is_none());
                ranges.extend(since.take().filter(|_| count > 1).map(|from| from..action.seq));
            }
            "undo_disbursal" => since = Some(action.seq),
            _ => {}
        }
    }
    ranges.extend(since.filter(|_| count > 1).map(|from| from..u32::MAX));
    ranges
}

/// The tranches of the first day, or the loan amount.
fn first_payout(terms: &Terms) -> String {
    let tranches = terms.expected_tranches.as_deref().unwrap_or_default();
    let Some(first) = tranches.first() else { return terms.principal.clone() };
    let of_first_day = tranches.iter().filter(|tranche| tranche.date == first.date);
    let amounts = of_first_day.filter_map(|tranche| Amount::parse(&tranche.amount, Currency::EUR).ok());
    amounts.sum::<Amount>().to_text(Currency::EUR)
}

fn is_accounting(key: &str) -> bool {
    ["enable-business-date", "charge-accrual-date", "enable-immediate-charge-accrual-post-maturity"]
        .contains(&key)
}

/// The day on which something begins, as the book is told: the day before, where a day is counted to
/// the midnight on which it begins.
fn told(case: &Case, day: Date) -> Option<Date> {
    if product::counts_first_day(&case.terms) { Some(day) } else { day.yesterday().ok() }
}

fn reschedule(case: &Case, action: &Action) -> Result<Deed, String> {
    let day = |field: &str| action.text(field).and_then(|day| day.parse::<Date>().ok());
    match (action.text("new_interest_rate"), day("reschedule_from_date").and_then(|day| told(case, day))) {
        (Some(percent), Some(from)) => {
            let from = from.max(disbursed_on(case));
            Ok(Deed::ChangeRate { from, percent: percent.to_owned() })
        }
        (None, _) if !case.terms.down_payment.enabled => reschedule_dates(case, action),
        _ => Err("rescheduling by other terms than the rate".to_owned()),
    }
}

/// Another due date, after which the others follow, or installments without principal.
fn reschedule_dates(case: &Case, action: &Action) -> Result<Deed, String> {
    let day = |field: &str| action.text(field).and_then(|day| day.parse::<Date>().ok());
    let other = || "rescheduling by other terms than the rate, a due date or principal put off".to_owned();
    let from = day("reschedule_from_date").ok_or_else(other)?;
    if let Some(to) = day("adjusted_due_date") {
        let period = product::period(&case.terms)?;
        return Ok(Deed::MoveDueDates { from, to, period });
    }
    match action.count("grace_on_principal") {
        Some(count) if !case.interest_bearing => Ok(Deed::PutOff { from, count }),
        _ => Err(other()),
    }
}

/// A loan that is written off for the books and bears no interest from that day on is one whose
/// interest pauses to its end.
fn without_interest(case: &Case, on: Date) -> Result<Deed, String> {
    let until = last_due_date(case).ok_or("a loan without a last due date")?;
    let bears = case.interest_bearing && on < until;
    Ok(if bears { Deed::Pause { from: on, until } } else { Deed::Wait })
}

/// Both days are without interest, each counted to the midnight on which it begins.
fn pause(case: &Case, action: &Action) -> Result<Deed, String> {
    let day = |field: &str| action.text(field).and_then(|day| day.parse::<Date>().ok());
    let end = day("end")
        .and_then(|day| if product::counts_first_day(&case.terms) { day.tomorrow().ok() } else { Some(day) });
    match (day("start").and_then(|day| told(case, day)), end) {
        (Some(from), Some(until)) => Ok(Deed::Pause { from, until }),
        _ => Err("a pause without its days".to_owned()),
    }
}

fn charge(case: &Case, action: &Action) -> Result<Deed, String> {
    let due_on = action.text("due_date").and_then(|day| day.parse().ok());
    let (Some(due_on), Some(amount)) = (due_on, &action.amount) else {
        return Err("a charge by percentage, interest included, added by hand".to_owned());
    };
    if last_due_date(case).is_some_and(|last| due_on > last) {
        return Err("a charge that falls due after the last installment and makes one more".to_owned());
    }
    Ok(Deed::Charge { due_on, amount: amount.clone() })
}

/// The fee that was charged last before.
fn waiver(case: &Case, action: &Action) -> Result<Deed, String> {
    let before = case.actions.iter().take_while(|other| other.seq < action.seq);
    let charged = before.filter(|other| other.action == "add_charge").last();
    match charged.map(|charged| charge(case, charged)).transpose()? {
        Some(Deed::Charge { due_on, amount }) => Ok(Deed::Waive { due_on, amount }),
        Some(_) | None => Err("a waiver of no charge".to_owned()),
    }
}

/// Whether what is undone is a repayment, or the only kind of payment of its day.
fn is_of_payment(case: &Case, action: &Action) -> bool {
    match action.text("type") {
        None | Some("Repayment" | "Down Payment") => true,
        Some("Merchant Issued Refund") => {
            let of_day =
                case.actions.iter().filter(|other| other.date == action.date && other.seq < action.seq);
            !of_day.clone().any(|other| ["repayment", "payoff"].contains(&other.action.as_str()))
                && of_day.filter(|other| other.action == "transaction").count() == 1
        }
        Some(_) => false,
    }
}

/// By the terms: so many periods after the first disbursement.
fn last_due_date(case: &Case) -> Option<Date> {
    product::period(&case.terms).ok()?.add_times(disbursed_on(case), case.terms.number_of_instalments).ok()
}

/// The product has the fee from the payout on.
fn installment_fee(case: &Case, action: &Action) -> Result<Deed, String> {
    if product::fee(action, 1).is_none() {
        return Err("a fee with each installment of a kind that products lack".to_owned());
    }
    let is_looked_at_before = case.checkpoints.iter().any(|checkpoint| checkpoint.after_seq < action.seq);
    if is_looked_at_before || action.business_date != Some(disbursed_on(case)) {
        return Err("a fee with each installment that is added later".to_owned());
    }
    Ok(Deed::Wait)
}

/// The day of the first disbursement, or of the application where there is none.
fn disbursed_on(case: &Case) -> Date {
    let disbursed = case.actions.iter().find(|action| action.action == "disburse");
    disbursed.and_then(|action| action.date).unwrap_or(case.terms.submitted_on)
}

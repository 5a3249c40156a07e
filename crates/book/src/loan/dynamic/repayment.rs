//! What a payment on a dynamic loan may pay, and what it changes of the rows.
//!
//! Rows that are due come first, then the others in their order: interest that has grown by the day,
//! then principal. Interest is applied as far as it is paid.

use jiff::civil::Date;
use loam_calc::accrual::Span;
use loam_calc::allocation::{Allocation, Components, allocate_vertical};
use loam_calc::money::Amount;
use loam_calc::projection::{GrowthPart, Keep, Row};

use crate::loan::charges::fees::to_come;
use crate::loan::course::PrincipalFrom;
use crate::loan::custom_payment::{OwedFee, Paying, fees_of};
use crate::loan::dynamic::late::overdue_from;
use crate::loan::dynamic::{
    Dynamics, Running, ScheduleCause, Upcoming, capitalized, prepayment, upcoming_row, with_balance,
};
use crate::loan::event::{Event, InstallmentPart};
use crate::loan::refusal::Refusal;
use crate::loan::turns::split_owed;
use crate::loan::{Installment, Loan};
use crate::product::PaymentMethod;
use crate::product::interest::InterestBalance;
use crate::product::payments::{InterestOnPrepayment, PaymentsAhead, PrepaymentRecalculation};

/// What may be paid of each row on a day.
pub(crate) struct Owed {
    /// One for each row.
    pub(crate) parts: Vec<Components>,
}

/// How a payment is split, and what has to happen before it is posted.
pub(crate) struct Payment {
    pub(crate) parts: Vec<InstallmentPart>,
    /// Interest to be applied, because the payment pays it.
    pub(crate) to_apply: Vec<InstallmentPart>,
    /// What is left when everything is paid.
    pub(crate) excess: Amount,
}

impl Owed {
    /// What may be paid on a day of the time that runs.
    pub(crate) fn on(loan: &Loan, date: Date) -> Owed {
        let grown = match loan.terms.payment_rules.interest_on_prepayment {
            // What is paid of it became principal before.
            _ if loan.terms.capitalizes_interest() => Amount::ZERO,
            InterestOnPrepayment::Manual | InterestOnPrepayment::Automatic => accrued(loan, date),
            InterestOnPrepayment::WholeInstallment => accrued_to_due_date(loan, date),
        };
        Owed::with_interest(loan, grown)
    }

    /// The same without interest that was not applied.
    fn applied(loan: &Loan) -> Owed {
        Owed::with_interest(loan, Amount::ZERO)
    }

    /// With the fees that come with the installments that the payment reaches.
    fn with_interest(loan: &Loan, grown: Amount) -> Owed {
        let mut owed = Owed::without_fees_to_come(loan, grown);
        for (row, part) in loan.servicing.installments.iter().zip(&mut owed.parts) {
            let is_reached = (part.principal + part.interest).is_positive();
            if is_reached && !loan.terms.is_revolving() {
                part.fees += to_come(loan, row);
            }
        }
        owed
    }

    fn without_fees_to_come(loan: &Loan, grown: Amount) -> Owed {
        let rows = &loan.servicing.installments;
        let mut parts: Vec<Components> = rows.iter().map(Installment::unpaid).collect();
        let closed = loan.closed();
        if closed == rows.len() {
            if let Some(last) = parts.last_mut() {
                last.interest += grown;
            }
            return Owed { parts };
        }
        let mut left = Left {
            interest: grown,
            principal: loan.servicing.outstanding.principal - loan.unpaid_principal_of_closed(),
        };
        let takes_last = loan.terms.payment_rules.payments_ahead == PaymentsAhead::LastInstallment;
        if takes_last {
            // Interest is the next row's all the same.
            let (_, interest) =
                Left { principal: Amount::ZERO, ..left }.take(&upcoming_row(loan, closed), false);
            left.interest -= interest;
            parts[closed].interest = interest;
        }
        for place in 0..rows.len() - closed {
            let index = if takes_last { rows.len() - 1 - place } else { closed + place };
            let is_last = place + 1 == rows.len() - closed;
            let (principal, interest) =
                left.take(&upcoming_row(loan, index), is_last || takes_all(loan, index));
            let applied = rows[index].interest_applied - rows[index].paid.interest;
            let before = if takes_last && index == closed { parts[closed].interest } else { Amount::ZERO };
            parts[index] = Components { principal, interest: applied + before + interest, ..parts[index] };
        }
        Owed { parts }
    }

    /// Only what is due: nothing of the rows whose time is not over.
    pub(crate) fn due(loan: &Loan, date: Date) -> Owed {
        let mut owed = Owed::on(loan, date);
        let is_over = loan.closed() == owed.parts.len();
        for (row, part) in loan.servicing.installments.iter().zip(&mut owed.parts) {
            if row.due_date > date && !is_over {
                *part = Components::default();
            }
        }
        owed
    }

    /// Everything: what pays the loan off on that day.
    pub(crate) fn everything(loan: &Loan, date: Date) -> Components {
        let owed = Owed::on(loan, date).parts.into_iter().sum::<Components>();
        Components { principal: loan.servicing.outstanding.principal, ..owed }
    }

    /// Splits an amount in the order of the product. Where interest is applied by hand, what is paid
    /// ahead pays none, unless it is more than everything else.
    pub(crate) fn split(&self, loan: &Loan, date: Date, amount: Amount) -> Payment {
        if let Some(owed) = self.without_growing(loan) {
            let payment = owed.split_in_order(loan, date, amount);
            if payment.excess.is_zero() {
                return payment;
            }
        }
        self.split_in_order(loan, date, amount)
    }

    /// Splits what says itself what it pays, or else in the order of the product; and the fees that
    /// it names. Where interest is applied by hand, it can name no other.
    ///
    /// # Errors
    /// `MoreThanOwed` when it names more of something than is owed.
    pub(crate) fn split_as(
        &self,
        loan: &Loan,
        date: Date,
        paying: Paying<'_>,
    ) -> Result<(Payment, Vec<OwedFee>), Refusal> {
        if paying.stated.is_empty() {
            return Ok((self.split(loan, date, paying.amount), Vec::new()));
        }
        let only_applied = self.without_growing(loan);
        let owed = &only_applied.as_ref().unwrap_or(self).parts;
        let rows = &loan.servicing.installments;
        let numbers: Vec<u32> = rows.iter().map(|row| row.number).collect();
        let payable = rows.iter().zip(owed).filter(|(_, owed)| owed.fees.is_positive());
        let fees = fees_of(loan, payable.map(|(row, _)| row), |_| Amount::ZERO);
        let split = paying.split(&loan.terms, (&numbers, owed), &fees)?;
        let (allocation, fees) = split.with_rest(owed, |left, owed| in_order(loan, date, left, owed));
        if allocation.excess.is_positive() && only_applied.is_some() {
            // More than what is applied: as any payment, it takes what has grown as well.
            return Ok((self.split(loan, date, paying.amount), Vec::new()));
        }
        Ok((self.payment(loan, allocation), fees))
    }

    /// Without what has grown and was not applied; `None` where a payment applies it.
    fn without_growing(&self, loan: &Loan) -> Option<Owed> {
        let is_manual = loan.terms.payment_rules.interest_on_prepayment == InterestOnPrepayment::Manual;
        if !is_manual || loan.closed() == self.parts.len() {
            return None;
        }
        let applied = Owed::applied(loan);
        let only_applied = |(all, applied): (&Components, &Components)| match all.is_zero() {
            true => Components::default(),
            false => *applied,
        };
        Some(Owed { parts: self.parts.iter().zip(&applied.parts).map(only_applied).collect() })
    }

    fn split_in_order(&self, loan: &Loan, date: Date, amount: Amount) -> Payment {
        self.payment(loan, in_order(loan, date, amount, &self.parts))
    }

    fn payment(&self, loan: &Loan, Allocation { parts, excess }: Allocation) -> Payment {
        let rows = loan.servicing.installments.iter().zip(parts).filter(|(_, part)| !part.is_zero());
        let parts: Vec<InstallmentPart> =
            rows.map(|(row, part)| InstallmentPart { number: row.number, part }).collect();
        Payment { to_apply: to_apply(loan, &parts, self), parts, excess }
    }
}

fn in_order(loan: &Loan, date: Date, amount: Amount, owed: &[Components]) -> Allocation {
    match loan.terms.payment_method {
        PaymentMethod::Horizontal => split_owed(loan, date, amount, owed),
        PaymentMethod::Vertical => allocate_vertical(amount, &loan.terms.allocation_order, owed),
    }
}

/// Interest that is applied with a payment: of a row that is due whatever was held back, of the
/// others what is paid; after the last due date all that has grown.
fn to_apply(loan: &Loan, parts: &[InstallmentPart], owed: &Owed) -> Vec<InstallmentPart> {
    let rows = &loan.servicing.installments;
    let mut to_apply = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let paid = parts.iter().find(|part| part.number == row.number);
        let paid = row.paid.interest + paid.map_or(Amount::ZERO, |part| part.part.interest);
        let is_last = index + 1 == rows.len();
        let interest = if index >= loan.closed() {
            paid - row.interest_applied
        } else if is_last {
            row.paid.interest + owed.parts[index].interest - row.interest_applied
        } else if paid > row.interest_applied {
            row.interest_to_apply()
        } else {
            Amount::ZERO
        };
        if interest.is_positive() {
            let part = Components { interest, ..Components::default() };
            to_apply.push(InstallmentPart { number: row.number, part });
        }
    }
    to_apply
}

/// Interest that has grown by a day and is in no row that is due, rounded.
pub(crate) fn accrued(loan: &Loan, date: Date) -> Amount {
    if loan.closed() < loan.servicing.installments.len() {
        return Upcoming::of(loan, date).accrued();
    }
    after_maturity(loan, date) + capitalized::waiting(loan)
}

/// Interest of the whole time that runs, as it grows without the payment.
fn accrued_to_due_date(loan: &Loan, date: Date) -> Amount {
    match loan.servicing.installments.get(loan.closed()) {
        Some(row) => Upcoming::of(loan, row.due_date).accrued(),
        None => after_maturity(loan, date),
    }
}

/// What grows after the last due date, where it does; by the nominal period, in proportion to the
/// days of a period that would begin there.
fn after_maturity(loan: &Loan, date: Date) -> Amount {
    let terms = &loan.terms;
    let Some(last) = loan.servicing.installments.last() else { return Amount::ZERO };
    if !terms.interest_rules.accrues_after_maturity {
        return Amount::ZERO;
    }
    let to = terms.period.add_times(last.due_date, 1).unwrap_or(Date::MAX);
    let whole = Span { from: last.due_date, to };
    let dynamics = Dynamics::of(loan);
    let growth = dynamics.growth(terms);
    let balances = &loan.servicing.course.principal;
    let mut grown = loam_calc::exact::Exact::ZERO;
    for (index, balance) in balances.iter().enumerate() {
        let to = balances.get(index + 1).map_or(date, |next| next.from);
        grown += growth.within(whole, Span { from: balance.from, to }, balance.principal);
    }
    // What was applied of it is taken off all that has grown, so that no part of a cent is lost.
    let applied = loan.servicing.course.carried.min(Amount::ZERO);
    (grown.round(terms.rounding) + applied).max(Amount::ZERO)
}

/// Of what interest that has grown by a day is made, before it is rounded; and what was carried.
pub(crate) fn accrued_parts(loan: &Loan, date: Date) -> (Vec<GrowthPart>, Amount) {
    if loan.closed() < loan.servicing.installments.len() {
        return (Upcoming::of(loan, date).accrued_parts(), loan.running().carried);
    }
    let terms = &loan.terms;
    let last = loan.servicing.installments.last().filter(|_| terms.interest_rules.accrues_after_maturity);
    let waiting = capitalized::waiting(loan);
    let Some(last) = last else { return (Vec::new(), waiting) };
    let to = terms.period.add_times(last.due_date, 1).unwrap_or(Date::MAX);
    let whole = Span { from: last.due_date, to };
    let dynamics = Dynamics::of(loan);
    let growth = dynamics.growth(terms);
    let balances = &loan.servicing.course.principal;
    let of_balance = |(index, balance): (usize, &PrincipalFrom)| {
        let to = balances.get(index + 1).map_or(date, |next| next.from);
        growth.parts_within(whole, Span { from: balance.from, to }, balance.principal)
    };
    let applied = loan.servicing.course.carried.min(Amount::ZERO);
    (balances.iter().enumerate().flat_map(of_balance).collect(), waiting + applied)
}

/// The day to which interest is paid with a repayment on a day.
pub(crate) fn accrues_to(loan: &Loan, date: Date) -> Date {
    match loan.terms.payment_rules.interest_on_prepayment {
        InterestOnPrepayment::Manual | InterestOnPrepayment::Automatic => date,
        InterestOnPrepayment::WholeInstallment => {
            loan.servicing.installments.get(loan.closed()).map_or(date, |row| row.due_date)
        }
    }
}

/// What is left to be asked for.
struct Left {
    interest: Amount,
    principal: Amount,
}

impl Left {
    /// Principal and interest that may be paid of a row.
    fn take(&mut self, row: &Row, takes_all: bool) -> (Amount, Amount) {
        let room = match row.keep {
            Keep::Total(total) => (total - row.paid_principal - row.applied_interest).max(Amount::ZERO),
            Keep::Principal(_) | Keep::Nothing => Amount::MAX,
        };
        let interest = match row.keep {
            Keep::Nothing if !takes_all => Amount::ZERO,
            Keep::Nothing | Keep::Principal(_) => self.interest,
            Keep::Total(_) if takes_all => self.interest,
            Keep::Total(_) => self.interest.min(room),
        };
        let principal = match row.keep {
            _ if takes_all => self.principal,
            Keep::Total(_) => room - interest,
            Keep::Principal(principal) => principal - row.paid_principal,
            Keep::Nothing => Amount::ZERO,
        };
        let principal = principal.max(Amount::ZERO).min(self.principal);
        self.interest -= interest;
        self.principal -= principal;
        (principal, interest)
    }
}

/// Whether everything that comes before its time goes to this row: the first that is not paid, where
/// the product spreads the rest anew.
fn takes_all(loan: &Loan, index: usize) -> bool {
    match loan.terms.payment_rules.prepayment_recalculation {
        PrepaymentRecalculation::NoRecalculation => false,
        PrepaymentRecalculation::RescheduleRemainingRepayments
        | PrepaymentRecalculation::RecalculateScheduleKeepSameNumberOfTerms
        | PrepaymentRecalculation::RecalculateScheduleKeepSamePrincipalAmount
        | PrepaymentRecalculation::RecalculateScheduleKeepSameTotalRepaymentAmount
        | PrepaymentRecalculation::ReduceAmountPerInstallment
        | PrepaymentRecalculation::ReduceNumberOfInstallments
        | PrepaymentRecalculation::ReduceNumberOfInstallmentsNew => prepayment::target(loan) == Some(index),
    }
}

/// The rows and the interest once a payment is posted; interest that it pays is applied already.
pub(crate) fn schedule_after(loan: &Loan, date: Date, payment: &Payment) -> Event {
    let mut after = loan.clone();
    payment.parts.iter().for_each(|part| after.servicing.pay(part, date));
    let mut running = running_after(loan, date, payment, &after);
    let mut changed = if after.closed() < after.servicing.installments.len() {
        let upcoming = Upcoming::going_on(&after, date, running.clone());
        let upcoming = match prepayment::keeps(loan, &after) {
            Some((from, keeps)) => upcoming.keeping(from, &keeps),
            None => upcoming,
        };
        upcoming.outlook().changed
    } else {
        last_row_asking(&after, applied_beyond(&after)).into_iter().collect()
    };
    for row in &changed {
        after.servicing.installments[index_of(row.number)].expected = row.expected;
    }
    let goes_on = after.servicing.course.has_tranches_left()
        || payment.excess.is_positive()
        || after.terms.is_revolving();
    if after.servicing.is_paid() && !goes_on {
        // All time is over: nothing is derived any more.
        let closed = u32::try_from(after.servicing.installments.len()).expect("a number of rows fits");
        running = Running { closed, ..Running::default() };
    }
    for row in &mut changed {
        let before = &loan.servicing.installments[index_of(row.number)];
        // A row that asks for less may be paid by that; one that asks for more is not.
        let (expected, repaid_on) = (row.expected, row.repaid_on);
        *row = Installment { expected, repaid_on, ..before.clone() };
    }
    Event::ScheduleChanged { cause: ScheduleCause::Repayment, installments: changed, running }
}

/// The rows and the interest once interest that had grown was applied by hand.
pub(crate) fn schedule_after_applying(loan: &Loan, date: Date, applied: Amount) -> Event {
    let cause = ScheduleCause::InterestApplied;
    if loan.closed() == loan.servicing.installments.len() {
        let running = past_the_end(loan.running(), (date, loan.bearing()), applied);
        let installments = last_row_asking(loan, applied).into_iter().collect();
        return Event::ScheduleChanged { cause, installments, running };
    }
    let running = Running { carried: loan.running().carried - applied, ..loan.running() };
    Upcoming::going_on(loan, date, running).event(cause)
}

/// Interest that was applied to the last row and is not asked for in it: it grew after the last due date.
fn applied_beyond(loan: &Loan) -> Amount {
    let to_apply = loan.servicing.installments.last().map(Installment::interest_to_apply);
    to_apply.map_or(Amount::ZERO, |to_apply| (-to_apply).max(Amount::ZERO))
}

/// What grew after the last due date was applied to the last row: it is asked for there.
fn last_row_asking(loan: &Loan, applied: Amount) -> Option<Installment> {
    let last = loan.servicing.installments.last().filter(|_| applied.is_positive())?;
    let expected = Components { interest: last.expected.interest + applied, ..last.expected };
    Some(Installment { expected, repaid_on: None, ..last.clone() })
}

/// How interest goes on after the last due date: all that grows there is one sum, of which so much
/// more is applied.
fn past_the_end(running: Running, (date, bearing): (Date, Amount), applied: Amount) -> Running {
    let principal = with_balance(running.principal, date, bearing);
    Running { principal, carried: running.carried - applied, ..running }
}

/// How interest goes on once a payment is posted.
pub(crate) fn running_after(loan: &Loan, date: Date, payment: &Payment, after: &Loan) -> Running {
    let running = loan.running();
    let rows = loan.servicing.installments.len();
    if loan.closed() == rows {
        return past_the_end(running, (date, after.bearing()), applied_beyond(loan));
    }
    let is_open = |part: &&InstallmentPart| index_of(part.number) >= loan.closed();
    let applied: Amount = payment.to_apply.iter().filter(is_open).map(|part| part.part.interest).sum();
    let mut paid = PaidOfBearing::default();
    for part in &payment.parts {
        let index = index_of(part.number);
        let due_date = loan.servicing.installments[index].due_date;
        let kind = match index < loan.closed() {
            true if due_date < date => &mut paid.overdue,
            true => &mut paid.due,
            false => &mut paid.ahead,
        };
        *kind += part.part.principal;
        if index < loan.closed() {
            paid.interest += part.part.interest;
        }
    }
    let bears = running.principal.last().map_or(Amount::ZERO, |last| last.principal);
    let bears = bears - paid.counting_at_once(loan);
    Running {
        carried: running.carried - applied,
        principal: with_balance(running.principal, date, bears),
        overdue: overdue_from(loan, date, after.unpaid_principal_of_closed()),
        closed: running.closed,
    }
}

/// What a payment repays of what bears interest.
#[derive(Default)]
struct PaidOfBearing {
    /// Interest of rows that are due.
    interest: Amount,
    overdue: Amount,
    /// On its due date.
    due: Amount,
    ahead: Amount,
}

impl PaidOfBearing {
    /// By how much less bears interest from the day of the payment on; the rest counts from the next
    /// due date.
    fn counting_at_once(&self, loan: &Loan) -> Amount {
        let rules = &loan.terms.interest_rules;
        let on_prepayment = loan.terms.payment_rules.interest_on_prepayment;
        if on_prepayment == InterestOnPrepayment::WholeInstallment && self.ahead.is_positive() {
            return Amount::ZERO;
        }
        let counts_late = rules.accrues_late_interest && !loan.terms.places_late_interest();
        match (counts_late, rules.late_interest_to_due_date) {
            (false, _) => self.ahead,
            (true, true) => self.ahead + self.due,
            (true, false) if rules.balance == InterestBalance::PrincipalAndInterest => {
                self.ahead + self.due + self.overdue + self.interest
            }
            (true, false) => self.ahead + self.due + self.overdue,
        }
    }
}

/// The place of the row with a number.
pub(crate) fn index_of(number: u32) -> usize {
    usize::try_from(number).expect("a number of an installment fits") - 1
}

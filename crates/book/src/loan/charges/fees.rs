//! Fees of the product on installments: how much they are, and those that the book charges itself,
//! with each installment and when one goes late.

use jiff::civil::Date;
use loam_calc::allocation::{Component, Components};
use loam_calc::charges::{part_of_installment, share};
use loam_calc::money::Amount;

use crate::ids::Key;
use crate::loan::charges::{controls, tax};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::event::charge::{Deferral, FeeCause, FeeCharge};
use crate::loan::{Installment, Loan, Terms};
use crate::organization::TransactionDetails;
use crate::product::charges::{FeeAmortization, FeeCalculation, FeeTrigger, ProductFee};

/// The installment on which a fee is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carrier {
    pub principal: Amount,
    pub interest: Amount,
    /// Its place among the installments that ask for something, from 1, and how many those are.
    pub place: (u32, u32),
}

impl Carrier {
    /// No installment: of fees that come with the payout.
    pub fn none(terms: &Terms) -> Carrier {
        Carrier { principal: Amount::ZERO, interest: Amount::ZERO, place: (1, terms.installment_count) }
    }

    /// Of an installment of a schedule.
    pub fn of(installments: &[Installment], number: u32) -> Carrier {
        let asking = installments.iter().filter(|row| !row.is_grace);
        let count = u32::try_from(asking.clone().count()).expect("installments are few");
        let before = asking.filter(|row| row.number < number).count();
        let row = installments.iter().find(|row| row.number == number);
        Carrier {
            principal: row.map_or(Amount::ZERO, |row| row.expected.principal),
            interest: row.map_or(Amount::ZERO, |row| row.expected.interest),
            place: (u32::try_from(before).expect("installments are few") + 1, count),
        }
    }
}

/// How much a fee is, any tax on top included; `None` where the product leaves it open.
///
/// Percentages are rounded as the loan rounds. A calculation by the number of installments is the
/// part of one installment, and the parts add up to the whole.
pub fn amount_of(terms: &Terms, fee: &ProductFee, carrier: Carrier) -> Option<Amount> {
    let percentage_of = |base| fee.percentage.map(|rate| share(base, rate, terms.rounding));
    let part_of = |whole| part_of_installment(whole, carrier.place, terms.rounding);
    let net = match fee.calculation {
        FeeCalculation::Flat => fee.amount,
        FeeCalculation::LoanAmountPercentage => percentage_of(terms.amount),
        FeeCalculation::RepaymentPrincipalAmountPercentage => percentage_of(carrier.principal),
        FeeCalculation::RepaymentInterestAmountPercentage => percentage_of(carrier.interest),
        FeeCalculation::RepaymentAmountPercentage => percentage_of(carrier.principal + carrier.interest),
        FeeCalculation::LoanAmountPercentageNumberOfInstallments => percentage_of(terms.amount).map(part_of),
        FeeCalculation::FlatNumberOfInstallments => fee.amount.map(part_of),
    };
    net.map(|net| tax::gross(terms, Component::Fee, net))
}

/// The fees that come with an installment when it falls due, as long as they are not charged.
pub fn to_come(loan: &Loan, installment: &Installment) -> Amount {
    if !has_trigger(loan, FeeTrigger::PaymentDue) {
        return Amount::ZERO;
    }
    uncharged(loan, installment, FeeTrigger::PaymentDue).map(|(_, amount)| amount).sum()
}

/// What is to be paid of an installment, with the fees that come with it.
pub fn unpaid_with_fees(loan: &Loan, installment: &Installment) -> Components {
    let fees = to_come(loan, installment);
    installment.unpaid() + Components { fees, ..Components::default() }
}

/// The next day on which a fee is charged.
pub(super) fn next_on(loan: &Loan) -> Option<Date> {
    let (_, _, _, on) = next(loan)?;
    Some(loan.servicing.unlocked_on.map_or(on, |unlocked_on| on.max(unlocked_on)))
}

/// Charges the fee that comes next.
pub(super) fn derive(draft: &mut Draft<'_>, date: Date) {
    let Some((number, fee, trigger, _)) = next(&draft.loan) else { return };
    let cause = match trigger {
        FeeTrigger::LateRepayment => FeeCause::Lateness,
        FeeTrigger::Manual
        | FeeTrigger::Disbursement
        | FeeTrigger::CapitalizedDisbursement
        | FeeTrigger::UpfrontDisbursement
        | FeeTrigger::PaymentDue => FeeCause::DueDate,
    };
    charge(draft, number, fee, (cause, date));
}

/// Charges the fees of installments that a repayment reaches before they fall due.
pub(crate) fn charge_early(draft: &mut Draft<'_>, reached: &[(usize, Components)], date: Date) {
    // What is paid between the bills of a credit reaches no bill.
    if draft.loan.terms.is_revolving() || !has_trigger(&draft.loan, FeeTrigger::PaymentDue) {
        return;
    }
    for (index, _) in reached {
        let installment = &draft.loan.servicing.installments[*index];
        let number = installment.number;
        let fees: Vec<(Key, Amount)> = uncharged(&draft.loan, installment, FeeTrigger::PaymentDue).collect();
        for fee in fees {
            place(draft, number, fee, (FeeCause::EarlyPayment, date));
        }
    }
}

/// What of a fee is income later, where the product spreads it and due dates follow.
pub(crate) fn deferral(fee: &ProductFee, net: Amount, has_rows: bool) -> Option<Deferral> {
    let is_spread = fee.amortization != FeeAmortization::None && has_rows;
    is_spread.then_some(Deferral { amount: net, profile: fee.amortization })
}

/// The deferral of a fee charged to an installment on a day.
pub(crate) fn deferral_on(
    loan: &Loan,
    fee: Key,
    (amount, number): (Amount, u32),
    on: Date,
) -> Option<Deferral> {
    let fee = loan.terms.charges.fees.iter().find(|known| known.key == fee)?;
    let row = loan.servicing.installments.iter().find(|row| row.number == number);
    let held = row.map_or(Amount::ZERO, |row| row.expected.fees);
    let tax = tax::tax_of(&loan.terms, Component::Fee, held + amount)
        - tax::tax_of(&loan.terms, Component::Fee, held);
    deferral(fee, amount - tax, loan.servicing.installments.iter().any(|row| row.due_date > on))
}

fn charge(draft: &mut Draft<'_>, number: u32, fee: (Key, Amount), (cause, date): (FeeCause, Date)) {
    if controls::admit_or_lock(draft, fee.1, date) {
        place(draft, number, fee, (cause, date));
        controls::lock_at_cap(draft, date);
    }
}

fn place(draft: &mut Draft<'_>, number: u32, (fee, amount): (Key, Amount), (cause, date): (FeeCause, Date)) {
    let deferral = deferral_on(&draft.loan, fee, (amount, number), date);
    let charge = FeeCharge { fee: Some(fee), cause, deferral, ..FeeCharge::default() };
    let (posted, details) = (draft.unposted(Amount::ZERO), TransactionDetails::default());
    draft.derive(date, Event::FeeCharged { posted, amount, number, details, charge });
}

type Next = (u32, (Key, Amount), FeeTrigger, Date);

fn next(loan: &Loan) -> Option<Next> {
    let with_due = next_of(loan, FeeTrigger::PaymentDue, |row| Some(row.due_date));
    let late = |row: &Installment| (!row.is_paid()).then(|| row.due_date.tomorrow().ok()).flatten();
    let with_late = next_of(loan, FeeTrigger::LateRepayment, late);
    [with_due, with_late].into_iter().flatten().min_by_key(|(_, _, _, on)| *on)
}

fn next_of(loan: &Loan, trigger: FeeTrigger, day: impl Fn(&Installment) -> Option<Date>) -> Option<Next> {
    if !has_trigger(loan, trigger) {
        return None;
    }
    loan.servicing.installments.iter().find_map(|row| {
        let on = day(row)?;
        uncharged(loan, row, trigger).next().map(|fee| (row.number, fee, trigger, on))
    })
}

fn has_trigger(loan: &Loan, trigger: FeeTrigger) -> bool {
    loan.terms.charges.fees.iter().any(|fee| fee.trigger == trigger && fee.is_active)
}

/// Whether a row is an installment still: of a dynamic loan, early payments leave rows with nothing,
/// and a loan that is repaid has none to come.
fn asks_for_something(loan: &Loan, row: &Installment) -> bool {
    if !loan.terms.is_dynamic() || !loan.servicing.state.is_active() {
        return true;
    }
    let of_loan = |part: Components| part.principal + part.interest;
    let is_over = loan.servicing.outstanding.principal.is_zero() && of_loan(row.unpaid()).is_zero();
    // The last one repays what is left; without that it only carries interest of what is late.
    let is_last = loan.servicing.installments.last().is_some_and(|last| last.number == row.number);
    let is_left_over = is_last && row.expected.principal.is_zero();
    of_loan(row.expected).is_positive() && !is_over && !is_left_over
}

/// Active fees with this trigger that the installment does not carry yet, unless forgone.
fn uncharged<'a>(
    loan: &'a Loan,
    row: &'a Installment,
    trigger: FeeTrigger,
) -> impl Iterator<Item = (Key, Amount)> + 'a {
    let course = &loan.servicing.course.charges;
    let is_due = trigger != FeeTrigger::PaymentDue || asks_for_something(loan, row);
    let fees = loan.terms.charges.fees.iter().filter(move |_| is_due);
    fees.filter(move |fee| fee.trigger == trigger && fee.is_active && !row.is_grace).filter_map(move |fee| {
        let is_it = |known: &crate::loan::course::FeeOnInstallment| {
            known.number == row.number && known.fee == fee.key
        };
        if course.fees.iter().any(is_it) || course.forgone.iter().any(is_it) {
            return None;
        }
        let carrier = Carrier::of(&loan.servicing.installments, row.number);
        let amount = amount_of(&loan.terms, fee, carrier).filter(|amount| amount.is_positive());
        amount.map(|amount| (fee.key, amount))
    })
}

//! Repayments that say themselves what they pay, and what is owed of fees by what charged them.
//!
//! Only loans whose product allows it know their fees by kind. On each installment the oldest fee
//! is paid or given up first, unless a repayment names one.

use loam_calc::allocation::{Allocation, Components};
use loam_calc::funding::shares_of;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::loan::event::{Event, InstallmentPart};
use crate::loan::refusal::{CustomPaymentRefusal, Refusal};
use crate::loan::terms::{is_default, is_zero};
use crate::loan::{Installment, Loan, Terms};
use crate::product::charges::FeeTrigger;
use crate::stated::StatedAmount;

/// A fee that is owed, by what charged it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// Somebody, as a fee of the product or as an arbitrary one.
    Manual,
    /// The disbursement; it is due with the first installment.
    UpfrontDisbursement,
    LateRepayment,
    PaymentDue,
}

/// What a part of a repayment pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidKind {
    Principal,
    Interest,
    Fee(FeeKind),
    Penalty,
}

/// A part of a repayment, as a caller names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedPart {
    pub kind: PaidKind,
    pub amount: StatedAmount,
}

/// A part of a repayment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidPart {
    pub kind: PaidKind,
    pub amount: Amount,
    /// The tax that the amount includes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tax: Amount,
}

/// What an installment carries of fees of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedFee {
    pub number: u32,
    pub kind: FeeKind,
    pub amount: Amount,
}

/// How a repayment is split that says itself what it pays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomPayment {
    /// As it was stated.
    pub stated: Vec<PaidPart>,
    /// As it came to be. Differs from what was stated where less is owed of that than before.
    pub paid: Vec<PaidPart>,
    /// The fees in it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fees: Vec<OwedFee>,
}

/// An amount to be paid, and of what, where that is stated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paying<'a> {
    pub(crate) amount: Amount,
    pub(crate) stated: &'a [PaidPart],
    /// It was posted before: where less is owed than was stated, the rest goes in the usual order.
    pub(crate) is_again: bool,
}

/// What stated parts pay of rows.
pub(crate) struct Split {
    /// One for each row.
    pub(crate) parts: Vec<Components>,
    pub(crate) fees: Vec<OwedFee>,
    /// What was stated of something of which less is owed.
    pub(crate) left: Amount,
}

/// The parts that a caller states. None where nothing is stated.
///
/// Checks, in this order: the product allows it, each amount, each kind once, the sum.
///
/// # Errors
/// The first check that does not hold.
pub(crate) fn agree(terms: &Terms, amount: Amount, stated: &[StatedPart]) -> Result<Vec<PaidPart>, Refusal> {
    if !stated.is_empty() && !terms.payment_rules.allows_custom_allocation {
        return Err(CustomPaymentRefusal::NotAllowed.into());
    }
    let mut parts: Vec<PaidPart> = Vec::new();
    for part in stated {
        let amount = part.amount.positive_in(terms.currency)?;
        if parts.iter().any(|known| known.kind == part.kind) {
            return Err(CustomPaymentRefusal::NamedTwice { kind: part.kind }.into());
        }
        parts.push(PaidPart { kind: part.kind, amount, tax: Amount::ZERO });
    }
    let sum: Amount = parts.iter().map(|part| part.amount).sum();
    if !parts.is_empty() && sum != amount {
        let text = |amount: Amount| amount.to_fixed_text(terms.currency);
        return Err(CustomPaymentRefusal::OtherSum { sum: text(sum), amount: text(amount) }.into());
    }
    Ok(parts)
}

impl Paying<'_> {
    /// Pays what is stated: of each kind the rows in their order. `owed` is what may be paid of each
    /// row, `fees` that of its fees.
    ///
    /// # Errors
    /// `MoreThanOwed` when a part is more than is owed of its kind, unless it was posted before.
    pub(crate) fn split(
        &self,
        terms: &Terms,
        (numbers, owed): (&[u32], &[Components]),
        fees: &[OwedFee],
    ) -> Result<Split, Refusal> {
        let mut split = Split {
            parts: vec![Components::ZERO; owed.len()],
            fees: Vec::new(),
            left: self.amount - self.stated.iter().map(|part| part.amount).sum(),
        };
        for stated in self.stated {
            let paid = split.pay(*stated, (numbers, owed), fees);
            if paid < stated.amount && !self.is_again {
                let text = |amount: Amount| amount.to_fixed_text(terms.currency);
                let (amount, owed) = (text(stated.amount), text(paid));
                return Err(CustomPaymentRefusal::MoreThanOwed { kind: stated.kind, amount, owed }.into());
            }
            split.left += stated.amount - paid;
        }
        Ok(split)
    }

    /// What the event says of it once it is split; nothing where nothing is stated.
    pub(crate) fn decided(
        &self,
        parts: &[InstallmentPart],
        named: Vec<OwedFee>,
        owed: &[OwedFee],
    ) -> Option<Box<CustomPayment>> {
        if self.stated.is_empty() {
            return None;
        }
        // Fees that were paid in the usual order: the oldest of the row first.
        let mut fees = named;
        for part in parts {
            let of_row = |fees: &[OwedFee]| -> Vec<OwedFee> {
                fees.iter().filter(|fee| fee.number == part.number).copied().collect()
            };
            let mut left = part.part.fees - of_row(&fees).iter().map(|fee| fee.amount).sum();
            for fee in of_row(owed) {
                let taken = amount_of(&fees, fee);
                let paid = (fee.amount - taken).min(left);
                add(&mut fees, OwedFee { amount: paid, ..fee });
                left -= paid;
            }
        }
        let paid = paid_by_kind(parts, &fees);
        Some(Box::new(CustomPayment { stated: self.stated.to_vec(), paid, fees }))
    }
}

impl Split {
    /// Together with what is left, allocated over what the parts leave of `owed`; and the fees named.
    pub(crate) fn with_rest(
        self,
        owed: &[Components],
        rest: impl FnOnce(Amount, &[Components]) -> Allocation,
    ) -> (Allocation, Vec<OwedFee>) {
        let unpaid: Vec<Components> =
            owed.iter().zip(&self.parts).map(|(owed, part)| *owed - *part).collect();
        let mut allocation = rest(self.left, &unpaid);
        allocation.parts.iter_mut().zip(&self.parts).for_each(|(all, part)| *all += *part);
        (allocation, self.fees)
    }

    /// Pays one part; the amount that is owed of it and could be paid.
    fn pay(
        &mut self,
        stated: PaidPart,
        (numbers, owed): (&[u32], &[Components]),
        fees: &[OwedFee],
    ) -> Amount {
        let mut left = stated.amount;
        for ((part, owed), number) in self.parts.iter_mut().zip(owed).zip(numbers) {
            let (place, owed) = match stated.kind {
                PaidKind::Principal => (&mut part.principal, owed.principal),
                PaidKind::Interest => (&mut part.interest, owed.interest),
                PaidKind::Penalty => (&mut part.penalties, owed.penalties),
                PaidKind::Fee(kind) => {
                    let is_it = |fee: &&OwedFee| fee.number == *number && fee.kind == kind;
                    (&mut part.fees, fees.iter().filter(is_it).map(|fee| fee.amount).sum())
                }
            };
            let paid = owed.min(left).max(Amount::ZERO);
            *place += paid;
            left -= paid;
            if let PaidKind::Fee(kind) = stated.kind {
                add(&mut self.fees, OwedFee { number: *number, kind, amount: paid });
            }
        }
        stated.amount - left
    }
}

/// The parts of a repayment by what they pay, in the order in which they are shown.
fn paid_by_kind(parts: &[InstallmentPart], fees: &[OwedFee]) -> Vec<PaidPart> {
    let paid = parts.iter().map(|part| part.part).sum::<Components>();
    let of_fees = |kind| fees.iter().filter(|fee| fee.kind == kind).map(|fee| fee.amount).sum();
    let fee = |kind| (PaidKind::Fee(kind), of_fees(kind));
    let all = [
        (PaidKind::Principal, paid.principal),
        (PaidKind::Interest, paid.interest),
        fee(FeeKind::Manual),
        fee(FeeKind::UpfrontDisbursement),
        fee(FeeKind::LateRepayment),
        fee(FeeKind::PaymentDue),
        (PaidKind::Penalty, paid.penalties),
    ];
    let tax = Amount::ZERO;
    all.into_iter()
        .filter(|(_, amount)| amount.is_positive())
        .map(|(kind, amount)| PaidPart { kind, amount, tax })
        .collect()
}

/// What may be paid of the fees of these rows: those that are charged, and `to_come` with each.
pub(crate) fn fees_of<'r>(
    loan: &Loan,
    rows: impl Iterator<Item = &'r Installment>,
    to_come: impl Fn(&Installment) -> Amount,
) -> Vec<OwedFee> {
    let mut fees = Vec::new();
    for row in rows {
        let charged = loan.servicing.course.owed_fees.iter();
        fees.extend(charged.filter(|fee| fee.number == row.number));
        let amount = to_come(row);
        add(&mut fees, OwedFee { number: row.number, kind: FeeKind::PaymentDue, amount });
    }
    fees
}

/// Fills in what an event says of fees by kind and of the taxes in a repayment, as of before it.
pub(crate) fn fill(loan: &Loan, event: &mut Event) {
    if !loan.terms.payment_rules.allows_custom_allocation {
        return;
    }
    if let Event::FeeCharged { charge, .. } = event {
        let fee = loan.terms.charges.fees.iter().find(|known| Some(known.key) == charge.fee);
        charge.kind = Some(fee.map_or(FeeKind::Manual, |fee| kind_of(fee.trigger)));
    }
    if let Event::Repaid { custom: Some(custom), tax, .. } = event {
        let is_fee = |part: &&mut PaidPart| matches!(part.kind, PaidKind::Fee(_));
        let weights: Vec<Amount> = custom.paid.iter_mut().filter(is_fee).map(|part| part.amount).collect();
        let mut of_fees = shares_of(tax.fees, &weights).into_iter();
        for part in &mut custom.paid {
            part.tax = match part.kind {
                PaidKind::Principal => Amount::ZERO,
                PaidKind::Interest => tax.interest,
                PaidKind::Penalty => tax.penalties,
                PaidKind::Fee(_) => of_fees.next().unwrap_or(Amount::ZERO),
            };
        }
    }
}

fn kind_of(trigger: FeeTrigger) -> FeeKind {
    match trigger {
        // Those that are kept or added to the principal are never owed.
        FeeTrigger::Manual | FeeTrigger::Disbursement | FeeTrigger::CapitalizedDisbursement => {
            FeeKind::Manual
        }
        FeeTrigger::UpfrontDisbursement => FeeKind::UpfrontDisbursement,
        FeeTrigger::LateRepayment => FeeKind::LateRepayment,
        FeeTrigger::PaymentDue => FeeKind::PaymentDue,
    }
}

/// Adds an amount to what is known of that installment and kind; nothing leaves no trace.
pub(crate) fn add(fees: &mut Vec<OwedFee>, more: OwedFee) {
    let is_it = |fee: &&mut OwedFee| fee.number == more.number && fee.kind == more.kind;
    match fees.iter_mut().find(is_it) {
        Some(known) => known.amount += more.amount,
        None => fees.push(more),
    }
    fees.retain(|fee| !fee.amount.is_zero());
}

fn amount_of(fees: &[OwedFee], of: OwedFee) -> Amount {
    let is_it = |fee: &&OwedFee| fee.number == of.number && fee.kind == of.kind;
    fees.iter().find(is_it).map_or(Amount::ZERO, |fee| fee.amount)
}

/// Takes so much off the fees of an installment, the oldest first.
pub(crate) fn take_off(fees: &mut Vec<OwedFee>, number: u32, amount: Amount) {
    let mut left = amount;
    for fee in fees.iter_mut().filter(|fee| fee.number == number) {
        let taken = fee.amount.min(left);
        fee.amount -= taken;
        left -= taken;
    }
    fees.retain(|fee| !fee.amount.is_zero());
}

/// What installments carry once rows were changed by hand: a fee stays on its row as long as that
/// asks for it, and goes to one that asks for more than it carries otherwise.
pub(crate) fn follow(fees: &[OwedFee], before: &[Installment], after: &[Installment]) -> Vec<OwedFee> {
    let mut room: Vec<(u32, Amount)> = after.iter().map(|row| (row.number, row.unpaid().fees)).collect();
    let mut followed = Vec::new();
    let mut homeless = Vec::new();
    for fee in fees {
        let due_date = before.iter().find(|row| row.number == fee.number).map(|row| row.due_date);
        let at = after.iter().position(|row| Some(row.due_date) == due_date);
        let stays = at.map_or(Amount::ZERO, |at| room[at].1.min(fee.amount));
        if let Some(at) = at {
            room[at].1 -= stays;
            add(&mut followed, OwedFee { number: room[at].0, amount: stays, ..*fee });
        }
        homeless.push(OwedFee { amount: fee.amount - stays, ..*fee });
    }
    for fee in homeless {
        let mut left = fee.amount;
        for (number, room) in &mut room {
            let taken = left.min(*room);
            *room -= taken;
            left -= taken;
            add(&mut followed, OwedFee { number: *number, amount: taken, ..fee });
        }
    }
    followed
}

/// Whether the fees of each installment by kind add up to what it asks for. Loans that do not know
/// their fees by kind have none to add up.
pub fn fees_add_up(loan: &Loan) -> bool {
    let fees = &loan.servicing.course.owed_fees;
    let of_row = |row: &Installment| -> Amount {
        fees.iter().filter(|fee| fee.number == row.number).map(|fee| fee.amount).sum()
    };
    !loan.terms.payment_rules.allows_custom_allocation
        || loan.servicing.installments.iter().all(|row| of_row(row) == row.unpaid().fees)
}

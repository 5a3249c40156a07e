//! How charges change the servicing side of a loan. Only adds and sets.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::ids::Key;
use crate::loan::course::{DeferredFee, FeeOnInstallment};
use crate::loan::custom_payment::{self, OwedFee};
use crate::loan::event::charge::{
    Deferral, DisbursedFee, FeeCharge, Forgone, IncomePart, PenaltyCause, PenaltyPart,
};
use crate::loan::event::{Event, InstallmentPart};
use crate::loan::protection::WaivedPart;
use crate::loan::{Installment, Servicing};

impl Servicing {
    /// Applies an event about fees or penalties.
    pub(super) fn set_charges(&mut self, event: &Event, on: Date) {
        if let Event::FeeCharged { amount, number, charge, .. } = event {
            self.charge(*number, Components { fees: *amount, ..Components::default() });
            if let Some(kind) = charge.kind {
                let owed = OwedFee { number: *number, kind, amount: *amount };
                custom_payment::add(&mut self.course.owed_fees, owed);
            }
            self.note_fee(*amount, *number, *charge, on);
        } else if let Event::PenaltyApplied { parts, cause, .. } = event {
            for part in parts.iter().filter(|part| !part.amount.is_zero()) {
                self.charge(part.number, Components { penalties: part.amount, ..Components::default() });
            }
            if *cause != PenaltyCause::Request {
                self.grow_penalties(parts, on);
                self.course.charges.penalties_applied_on = Some(on);
            }
        } else if let Event::PenaltyAccrued { parts, was_due } = event {
            self.grow_penalties(parts, on);
            if *was_due {
                self.course.charges.penalties_applied_on = Some(on);
            }
        } else if let Event::ChargeForgone { forgone } = event {
            self.forgo(forgone, on);
        } else if let Event::FeeIncomeRecognized { parts } = event {
            self.recognize(parts, on);
        } else if let Event::ChargeReduced { parts, .. } = event {
            parts.iter().for_each(|part| self.reduce(part, on));
        }
    }

    /// Something becomes a balance and belongs to an installment.
    fn charge(&mut self, number: u32, charged: Components) {
        self.outstanding += charged;
        let installment = self.installment_mut(number);
        installment.expected += charged;
        installment.repaid_on = None;
    }

    /// Remembers which fee of the product it was, and what of it is not earned yet.
    fn note_fee(&mut self, amount: Amount, number: u32, charge: FeeCharge, on: Date) {
        if let Some(fee) = charge.fee {
            self.course.charges.fees.push(FeeOnInstallment { fee, number, amount, tax: charge.tax });
            self.defer(fee, charge.deferral, on);
        }
    }

    /// Remembers what came with a disbursement.
    pub(super) fn note_disbursed(&mut self, fees: &[DisbursedFee], on: Date) {
        fees.iter().for_each(|fee| self.defer(fee.fee, fee.deferral, on));
        let added = fees.iter().filter(|fee| fee.is_capitalized).map(|fee| fee.amount);
        self.course.capitalized_fees += added.sum();
    }

    pub(super) fn defer(&mut self, fee: Key, deferral: Option<Deferral>, on: Date) {
        self.course.charges.deferred.extend(deferral.map(|deferral| DeferredFee {
            fee,
            profile: deferral.profile,
            amount: deferral.amount,
            recognized: Amount::ZERO,
            charged_on: on,
            recognized_through: on,
        }));
    }

    fn recognize(&mut self, parts: &[IncomePart], on: Date) {
        for part in parts {
            let position = usize::try_from(part.position).expect("a position fits");
            let deferred = &mut self.course.charges.deferred[position];
            deferred.recognized += part.amount;
            deferred.recognized_through = on;
        }
    }

    /// Penalties have grown through the day before `on`; what was applied of them is added up.
    fn grow_penalties(&mut self, parts: &[PenaltyPart], on: Date) {
        let course = &mut self.course.charges;
        course.penalties_through = Some(on);
        for part in parts {
            match course.penalties.iter_mut().find(|known| known.number == part.number) {
                Some(known) => {
                    known.accrued = part.accrued;
                    known.amount += part.amount;
                }
                None => course.penalties.push(*part),
            }
        }
    }

    /// The installment asks for less.
    fn reduce(&mut self, part: &InstallmentPart, on: Date) {
        self.outstanding -= part.part;
        custom_payment::take_off(&mut self.course.owed_fees, part.number, part.part.fees);
        let installment = self.installment_mut(part.number);
        installment.expected -= part.part;
        installment.repaid_on = installment.is_paid().then_some(on);
    }

    /// The installment asks for less, and the protection stands in for the rest.
    pub(super) fn waive(&mut self, waived: &WaivedPart, on: Date) {
        self.outstanding.principal -= waived.part.principal;
        self.outstanding.interest -= waived.applied;
        self.course.waive(waived);
        let installment = self.installment_mut(waived.number);
        installment.expected -= waived.part;
        installment.interest_applied -= waived.applied;
        installment.repaid_on = installment.is_paid().then_some(on);
    }

    /// Installments got other numbers: what is known by number follows the due date, or stays.
    pub(super) fn follow_rows(&mut self, after: &[Installment]) {
        let before = &self.installments;
        let follow = |number: u32| {
            let due_date = before.iter().find(|row| row.number == number).map(|row| row.due_date);
            let same = after.iter().find(|row| Some(row.due_date) == due_date);
            same.map_or(number, |row| row.number)
        };
        let course = &mut self.course.charges;
        for fee in course.fees.iter_mut().chain(&mut course.forgone) {
            fee.number = follow(fee.number);
        }
        for penalty in &mut course.penalties {
            penalty.number = follow(penalty.number);
        }
        for waived in &mut self.course.waived_installments {
            waived.number = follow(waived.number);
        }
    }

    fn forgo(&mut self, forgone: &Forgone, on: Date) {
        match forgone {
            Forgone::Fee { fee, number } => {
                let (fee, number, amount, tax) = (*fee, *number, Amount::ZERO, Amount::ZERO);
                self.course.charges.forgone.push(FeeOnInstallment { fee, number, amount, tax });
            }
            Forgone::Penalty { parts } => {
                self.grow_penalties(parts, on);
                self.course.charges.penalties_applied_on = Some(on);
            }
        }
    }
}

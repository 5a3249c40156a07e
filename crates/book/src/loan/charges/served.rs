//! What a served transaction says about fees of the product and taxes.

use loam_calc::allocation::{Component, Components};
use loam_calc::money::Amount;

use crate::loan::event::Event;
use crate::loan::event::charge::{TransactionCharges, TransactionFee};

/// The charges in an event.
pub(crate) fn charges_of(event: &Event) -> TransactionCharges {
    if let Event::Disbursed { fees, capitalized_fee_tax, .. } = event {
        let tax = *capitalized_fee_tax + fees.iter().map(|fee| fee.tax).sum::<Amount>();
        let fees = fees.iter().map(|f| TransactionFee { fee: f.fee, amount: f.amount, tax: f.tax });
        return TransactionCharges { fees: fees.collect(), ..taxed(Component::Fee, tax) };
    }
    if let Event::FeeCharged { amount, charge, .. } = event {
        let of_product = |fee| TransactionFee { fee, amount: *amount, tax: charge.tax };
        let fees = charge.fee.map(of_product).into_iter().collect();
        return TransactionCharges { fees, ..taxed(Component::Fee, charge.tax) };
    }
    if let Event::Repaid { tax, .. } = event {
        return TransactionCharges { fees: Vec::new(), tax: *tax };
    }
    if let Event::InterestApplied { tax, .. } = event {
        return taxed(Component::Interest, *tax);
    }
    if let Event::PenaltyApplied { tax, .. } = event {
        return taxed(Component::Penalty, *tax);
    }
    if let Event::ChargeReduced { tax, .. } = event {
        return TransactionCharges { fees: Vec::new(), tax: *tax };
    }
    TransactionCharges::default()
}

/// The charges of the transaction that takes another one back.
pub(crate) fn negated(charges: TransactionCharges) -> TransactionCharges {
    let fees = charges.fees.into_iter();
    TransactionCharges {
        fees: fees.map(|f| TransactionFee { fee: f.fee, amount: -f.amount, tax: -f.tax }).collect(),
        tax: Components::default() - charges.tax,
    }
}

fn taxed(component: Component, amount: Amount) -> TransactionCharges {
    let mut tax = Components::default();
    tax.set(component, amount);
    TransactionCharges { fees: Vec::new(), tax }
}

//! What a served transaction says about fees of the product and taxes.

use loam_calc::allocation::{Component, Components};
use loam_calc::money::Amount;

use crate::loan::custom_payment::PaidPart;
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
    if let Event::Repaid { tax, custom, .. } = event {
        let custom = custom.as_ref().map(|custom| custom.paid.clone()).unwrap_or_default();
        return TransactionCharges { tax: *tax, custom, ..TransactionCharges::default() };
    }
    if let Event::InterestApplied { tax, .. } = event {
        return taxed(Component::Interest, *tax);
    }
    if let Event::Waived { tax, .. } = event {
        return taxed(Component::Interest, *tax);
    }
    if let Event::PenaltyApplied { tax, .. } = event {
        return taxed(Component::Penalty, *tax);
    }
    if let Event::ChargeReduced { tax, .. } = event {
        return TransactionCharges { tax: *tax, ..TransactionCharges::default() };
    }
    TransactionCharges::default()
}

/// The charges of the transaction that takes another one back.
pub(crate) fn negated(charges: TransactionCharges) -> TransactionCharges {
    let (fees, custom) = (charges.fees.into_iter(), charges.custom.into_iter());
    TransactionCharges {
        fees: fees.map(|f| TransactionFee { fee: f.fee, amount: -f.amount, tax: -f.tax }).collect(),
        tax: Components::default() - charges.tax,
        custom: custom.map(|p| PaidPart { amount: -p.amount, tax: -p.tax, ..p }).collect(),
    }
}

fn taxed(component: Component, amount: Amount) -> TransactionCharges {
    let mut tax = Components::default();
    tax.set(component, amount);
    TransactionCharges { tax, ..TransactionCharges::default() }
}

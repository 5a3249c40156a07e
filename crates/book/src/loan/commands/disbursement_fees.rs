//! Fees of the product that come with a disbursement: kept from what is paid out, added to the
//! principal, or due with the first installment.
//!
//! Checks, in this order: each fee named (known, of the product, active, its trigger, named once,
//! its amount), required fees, the sum of what is kept.

use jiff::civil::Date;
use loam_calc::allocation::Component;
use loam_calc::money::Amount;

use crate::loan::Terms;
use crate::loan::charges::fees::{Carrier, amount_of, deferral, deferral_on};
use crate::loan::charges::tax::tax_of;
use crate::loan::command::StatedFee;
use crate::loan::commands::fee::{check_profile, fee_of_product, stated_amount};
use crate::loan::context::Context;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::event::charge::{DisbursedFee, FeeCause, FeeCharge};
use crate::loan::refusal::{ChargeRefusal, Refusal};
use crate::organization::TransactionDetails;
use crate::product::charges::{FeeTrigger, ProductFee};

/// What a disbursement charges.
pub(super) struct DisbursementFees {
    fees: Vec<(ProductFee, DisbursedFee)>,
}

impl DisbursementFees {
    /// The fees named; where no list is given, those that are required.
    pub(super) fn agree(
        terms: &Terms,
        stated: Option<&[StatedFee]>,
        context: &Context<'_>,
    ) -> Result<DisbursementFees, Refusal> {
        let product_fees = terms.charges.fees.iter();
        let mut required =
            product_fees.filter(|fee| fee.trigger.is_of_disbursement() && fee.is_active && fee.is_required);
        let none_stated = |fee: &ProductFee| StatedFee { fee: fee.key, amount: None };
        let named = stated.map_or_else(|| required.clone().map(none_stated).collect(), <[StatedFee]>::to_vec);
        let mut fees: Vec<(ProductFee, DisbursedFee)> = Vec::new();
        for stated in &named {
            let fee = fee_of_product(terms, stated.fee, context)?;
            if !fee.trigger.is_of_disbursement() {
                return Err(not_allowed(fee, "it does not come with a disbursement"));
            }
            if fees.iter().any(|(known, _)| known.key == fee.key) {
                return Err(not_allowed(fee, "it is named twice"));
            }
            fees.push((fee.clone(), disbursed(terms, fee, stated)?));
        }
        if let Some(missing) = required.find(|fee| !named.iter().any(|named| named.fee == fee.key)) {
            return Err(ChargeRefusal::RequiredFeeMissing { name: missing.name.clone() }.into());
        }
        // A share that comes to nothing is no fee.
        fees.retain(|(_, agreed)| agreed.amount.is_positive());
        let agreed = DisbursementFees { fees };
        agreed.check_sum(terms)?;
        Ok(agreed)
    }

    /// Those that are required, as far as the product says how much they are.
    fn required(terms: &Terms) -> DisbursementFees {
        let fees = terms.charges.fees.iter();
        let required =
            fees.filter(|fee| fee.trigger.is_of_disbursement() && fee.is_active && fee.is_required);
        let agreed = |fee: &ProductFee| {
            let stated = StatedFee { fee: fee.key, amount: None };
            disbursed(terms, fee, &stated).ok().map(|agreed| (fee.clone(), agreed))
        };
        DisbursementFees { fees: required.filter_map(agreed).collect() }
    }

    /// What is added to the principal.
    pub(super) fn capitalized(&self) -> Amount {
        self.fees.iter().filter(|(_, fee)| fee.is_capitalized).map(|(_, fee)| fee.amount).sum()
    }

    /// Fees that are part of the disbursement.
    pub(super) fn kept(&self) -> Vec<DisbursedFee> {
        self.fees.iter().filter(|(fee, _)| !is_upfront(fee)).map(|(_, fee)| *fee).collect()
    }

    /// Charges what is due with the first installment that asks for something.
    pub(super) fn charge_upfront(&self, draft: &mut Draft<'_>, date: Date) {
        for (fee, agreed) in self.fees.iter().filter(|(fee, _)| is_upfront(fee)) {
            let installments = &draft.loan.servicing.installments;
            let first = installments.iter().find(|row| !row.is_grace).or(installments.first());
            let number = first.expect("a loan that was paid out has installments").number;
            let amount = agreed.amount;
            let deferral = deferral_on(&draft.loan, fee.key, (amount, number), date);
            let cause = FeeCause::Disbursement;
            let charge = FeeCharge { fee: Some(fee.key), cause, deferral, ..FeeCharge::default() };
            let (posted, details) = (draft.unposted(Amount::ZERO), TransactionDetails::default());
            draft.derive(date, Event::FeeCharged { posted, amount, number, details, charge });
        }
    }

    fn check_sum(&self, terms: &Terms) -> Result<(), Refusal> {
        let kept = self.fees.iter().filter(|(fee, _)| fee.trigger == FeeTrigger::Disbursement);
        let fees: Amount = kept.map(|(_, fee)| fee.amount).sum();
        let amount = terms.amount - terms.capitalized_fee;
        if fees > Amount::ZERO && fees >= amount {
            let text = |amount: Amount| amount.to_fixed_text(terms.currency);
            return Err(ChargeRefusal::DisbursementFeesExceedAmount {
                fees: text(fees),
                amount: text(amount),
            }
            .into());
        }
        Ok(())
    }
}

/// What a disbursement adds to the principal, if nobody names other fees.
pub(crate) fn capitalized_if_disbursed(terms: &Terms) -> Amount {
    DisbursementFees::required(terms).capitalized()
}

/// What a disbursement keeps from what it pays out, if nobody names other fees.
pub fn kept_if_disbursed(terms: &Terms) -> Amount {
    let fees = DisbursementFees::required(terms).fees.into_iter();
    fees.filter(|(fee, _)| fee.trigger == FeeTrigger::Disbursement).map(|(_, agreed)| agreed.amount).sum()
}

fn disbursed(terms: &Terms, fee: &ProductFee, stated: &StatedFee) -> Result<DisbursedFee, Refusal> {
    check_profile(terms, fee)?;
    // No installment carries it: of a calculation by their number it is the part of the first one.
    let carrier = Carrier { principal: Amount::ZERO, place: (1, terms.installment_count) };
    let amount = stated_amount(terms, fee, amount_of(terms, fee, carrier), stated)?;
    let tax = tax_of(terms, Component::Fee, amount);
    Ok(DisbursedFee {
        fee: fee.key,
        amount,
        is_capitalized: fee.trigger == FeeTrigger::CapitalizedDisbursement,
        tax,
        deferral: deferral(fee, amount - tax, true),
    })
}

fn is_upfront(fee: &ProductFee) -> bool {
    fee.trigger == FeeTrigger::UpfrontDisbursement
}

fn not_allowed(fee: &ProductFee, reason: &'static str) -> Refusal {
    ChargeRefusal::FeeNotAllowed { name: fee.name.clone(), reason }.into()
}

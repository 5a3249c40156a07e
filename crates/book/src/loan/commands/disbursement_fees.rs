//! Fees of the product that come with a disbursement: kept from what is paid out, added to the
//! principal, or due with the next installment. Each part of a loan has those that are named with it,
//! the first one those that are required as well.
//!
//! Checks, in this order: each fee named (known, of the product, active, its trigger, named once,
//! shares of the loan amount in one disbursement only, its amount), required fees, the sum of what is kept.

use jiff::civil::Date;
use loam_calc::allocation::Component;
use loam_calc::money::Amount;

use crate::ids::Key;
use crate::loan::charges::fees::{Carrier, amount_of, deferral, deferral_on};
use crate::loan::charges::tax::tax_of;
use crate::loan::command::StatedFee;
use crate::loan::commands::fee::{check_profile, fee_of_product, stated_amount};
use crate::loan::context::Context;
use crate::loan::draft::Draft;
use crate::loan::event::charge::{DisbursedFee, FeeCause, FeeCharge};
use crate::loan::event::{Entry, Event};
use crate::loan::log::effective;
use crate::loan::refusal::{ChargeRefusal, Refusal};
use crate::loan::{Loan, Terms};
use crate::organization::TransactionDetails;
use crate::product::charges::{FeeCalculation, FeeTrigger, ProductFee};

/// What a disbursement charges.
#[derive(Default)]
pub(crate) struct DisbursementFees {
    /// Kept from it or added to the principal: part of the disbursement.
    pub(super) kept: Vec<DisbursedFee>,
    /// Due with an installment.
    pub(super) upfront: Vec<DisbursedFee>,
}

/// The disbursement that fees come with.
pub(super) struct Disbursing<'a> {
    /// What of it can be kept.
    pub(super) cash: Amount,
    /// The first one brings what is required.
    pub(super) is_first: bool,
    /// Fees that came with the disbursements before it.
    pub(super) charged: &'a [Key],
}

impl DisbursementFees {
    /// The fees named; where no list is given, those that are required of the first disbursement.
    pub(super) fn agree(
        terms: &Terms,
        stated: Option<&[StatedFee]>,
        disbursing: &Disbursing<'_>,
        context: &Context<'_>,
    ) -> Result<DisbursementFees, Refusal> {
        let is_required = |fee: &&ProductFee| {
            disbursing.is_first && fee.trigger.is_of_disbursement() && fee.is_active && fee.is_required
        };
        let mut required = terms.charges.fees.iter().filter(is_required);
        let none_stated = |fee: &ProductFee| StatedFee { fee: fee.key, amount: None };
        let named = stated.map_or_else(|| required.clone().map(none_stated).collect(), <[StatedFee]>::to_vec);
        let mut agreed = DisbursementFees::default();
        for (index, stated) in named.iter().enumerate() {
            let fee = fee_of_product(terms, stated.fee, context)?;
            if !fee.trigger.is_of_disbursement() {
                return Err(not_allowed(fee, "it does not come with a disbursement"));
            }
            if named[..index].iter().any(|before| before.fee == stated.fee) {
                return Err(not_allowed(fee, "it is named twice"));
            }
            if counts_loan_amount(fee) && disbursing.charged.contains(&fee.key) {
                return Err(not_allowed(fee, "it was charged on the whole loan amount before"));
            }
            agreed.add(fee, disbursed(terms, fee, stated)?);
        }
        if let Some(missing) = required.find(|fee| !named.iter().any(|named| named.fee == fee.key)) {
            return Err(ChargeRefusal::RequiredFeeMissing { name: missing.name.clone() }.into());
        }
        agreed.check_sum(terms, disbursing.cash)?;
        Ok(agreed)
    }

    /// A share that comes to nothing is no fee.
    fn add(&mut self, fee: &ProductFee, agreed: DisbursedFee) {
        if agreed.amount.is_positive() {
            let is_upfront = fee.trigger == FeeTrigger::UpfrontDisbursement;
            (if is_upfront { &mut self.upfront } else { &mut self.kept }).push(agreed);
        }
    }

    /// Those that are required, as far as the product says how much they are.
    fn required(terms: &Terms) -> DisbursementFees {
        let mut agreed = DisbursementFees::default();
        let is_required =
            |fee: &&ProductFee| fee.trigger.is_of_disbursement() && fee.is_active && fee.is_required;
        for fee in terms.charges.fees.iter().filter(is_required) {
            if let Ok(defined) = disbursed(terms, fee, &StatedFee { fee: fee.key, amount: None }) {
                agreed.add(fee, defined);
            }
        }
        agreed
    }

    /// What is added to the principal.
    pub(super) fn capitalized(&self) -> Amount {
        self.kept.iter().filter(|fee| fee.is_capitalized).map(|fee| fee.amount).sum()
    }

    /// Charges what is due with the next installment that asks for something.
    pub(super) fn charge_upfront(&self, draft: &mut Draft<'_>, date: Date) {
        for agreed in &self.upfront {
            let number = next_installment(&draft.loan);
            let amount = agreed.amount;
            let deferral = deferral_on(&draft.loan, agreed.fee, (amount, number), date);
            let cause = FeeCause::Disbursement;
            let charge = FeeCharge { fee: Some(agreed.fee), cause, deferral, ..FeeCharge::default() };
            let (posted, details) = (draft.unposted(Amount::ZERO), TransactionDetails::default());
            draft.derive(date, Event::FeeCharged { posted, amount, number, details, charge });
        }
    }

    fn check_sum(&self, terms: &Terms, cash: Amount) -> Result<(), Refusal> {
        let kept = self.kept.iter().filter(|fee| !fee.is_capitalized);
        let fees: Amount = kept.map(|fee| fee.amount).sum();
        if fees > Amount::ZERO && fees >= cash {
            let text = |amount: Amount| amount.to_fixed_text(terms.currency);
            return Err(
                ChargeRefusal::DisbursementFeesExceedAmount { fees: text(fees), amount: text(cash) }.into()
            );
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
    let fees = DisbursementFees::required(terms).kept.into_iter();
    fees.filter(|fee| !fee.is_capitalized).map(|fee| fee.amount).sum()
}

/// The fees that came with the disbursements of a log.
pub(super) fn charged_before(history: &[Entry]) -> Vec<Key> {
    let mut charged = Vec::new();
    for effective in effective(history) {
        if let Event::Disbursed { fees, .. } = &effective.step.event {
            charged.extend(fees.iter().map(|fee| fee.fee));
        }
        if let Event::FeeCharged { charge, .. } = &effective.step.event
            && charge.cause == FeeCause::Disbursement
        {
            charged.extend(charge.fee);
        }
    }
    charged
}

/// Whether one of the fees named is a share of the loan amount, which counts once.
pub(super) fn names_share(terms: &Terms, stated: Option<&[StatedFee]>) -> bool {
    let is_share = |stated: &StatedFee| {
        terms.charges.fees.iter().any(|fee| fee.key == stated.fee && counts_loan_amount(fee))
    };
    stated.unwrap_or_default().iter().any(is_share)
}

fn counts_loan_amount(fee: &ProductFee) -> bool {
    match fee.calculation {
        FeeCalculation::LoanAmountPercentage | FeeCalculation::LoanAmountPercentageNumberOfInstallments => {
            true
        }
        FeeCalculation::Flat
        | FeeCalculation::RepaymentPrincipalAmountPercentage
        | FeeCalculation::RepaymentInterestAmountPercentage
        | FeeCalculation::RepaymentAmountPercentage
        | FeeCalculation::FlatNumberOfInstallments => false,
    }
}

/// The number of the first installment that is not due, not grace and not paid; or else of the first.
pub(crate) fn next_installment(loan: &Loan) -> u32 {
    let rows = &loan.servicing.installments;
    let open = || rows.iter().skip(loan.closed()).filter(|row| !row.is_grace);
    let next = open().find(|row| !row.is_paid()).or_else(|| open().next()).or(rows.first());
    next.expect("a loan that was paid out has installments").number
}

fn disbursed(terms: &Terms, fee: &ProductFee, stated: &StatedFee) -> Result<DisbursedFee, Refusal> {
    check_profile(terms, fee)?;
    // No installment carries it: of a calculation by their number it is the part of the first one.
    let carrier = Carrier::none(terms);
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

fn not_allowed(fee: &ProductFee, reason: &'static str) -> Refusal {
    ChargeRefusal::FeeNotAllowed { name: fee.name.clone(), reason }.into()
}

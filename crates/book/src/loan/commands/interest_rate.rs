//! Changes the interest rate of a loan in mid-life.
//!
//! Checks, in this order: state, product type, rate source, value date, rate.

use jiff::civil::Date;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::loan::command::ChangeInterestRate;
use crate::loan::commands::{Decided, Target, require_active};
use crate::loan::draft::Draft;
use crate::loan::dynamic::{ScheduleCause, respread_event};
use crate::loan::event::Event;
use crate::loan::refusal::{DynamicRefusal, Refusal};
use crate::product::ProductType;
use crate::product::interest::{RateSource, RateTerms};

/// Decides the change; the new rate counts from the value date on.
pub(super) fn change(on: &Target<'_>, change: &ChangeInterestRate) -> Result<Decided, Refusal> {
    require_active(on.loan, "change interest rate", on.context)?;
    let terms = &on.loan.terms;
    // A loan without interest does not get any by its rate.
    if !terms.is_dynamic() || terms.product_type == ProductType::InterestFreeLoan {
        return Err(DynamicRefusal::RateChangeNotOfProductType {
            product_type: type_name(terms.product_type),
        }
        .into());
    }
    if terms.interest_rules.source != RateSource::Fixed || terms.interest_rules.rate_terms != RateTerms::Fixed
    {
        return Err(DynamicRefusal::RateChangeNotAllowed { reason: "it follows an index or tiers" }.into());
    }
    let value_date = change.value_date.unwrap_or(on.context.business_date);
    on.check_value_date("change interest rate", value_date)?;
    let rate = change.rate.to_rate()?;
    check_range(on, rate, &change.rate.0)?;
    on.on_day(value_date, |draft| post(draft, value_date, rate, change.notes.clone()))
}

fn check_range(on: &Target<'_>, rate: Rate, value: &str) -> Result<(), Refusal> {
    let product = on.context.catalog.products.by_key(on.loan.terms.product);
    if product.is_some_and(|product| !product.interest_rate.allows(rate)) {
        let reason = "it is outside what the product allows".to_owned();
        return Err(Refusal::InvalidInterestRate { value: value.to_owned(), reason });
    }
    Ok(())
}

/// Posts the change: what is outstanding is spread anew over the rows that are not due.
pub(crate) fn post(
    draft: &mut Draft<'_>,
    value_date: Date,
    rate: Rate,
    notes: Option<String>,
) -> Result<(), Refusal> {
    if !draft.loan.servicing.state.is_active() {
        let state = draft.loan.servicing.state.name();
        return Err(Refusal::WrongState { command: "change interest rate", state });
    }
    let posted = draft.posted(Amount::ZERO);
    draft.record(value_date, Event::RateChanged { posted, rate, notes, is_derived: false });
    let event = respread_event(&draft.loan, value_date, ScheduleCause::RateChange, Amount::ZERO);
    draft.derive(value_date, event);
    Ok(())
}

fn type_name(product_type: ProductType) -> &'static str {
    match product_type {
        ProductType::FixedTermLoan => "fixed term loan",
        ProductType::DynamicTermLoan => "dynamic term loan",
        ProductType::InterestFreeLoan => "interest-free loan",
        ProductType::TranchedLoan => "tranched loan",
        ProductType::RevolvingCredit => "revolving credit",
    }
}

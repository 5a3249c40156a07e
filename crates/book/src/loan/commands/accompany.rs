//! Takes what comes with a new loan: its securities, its line of credit, and how it is to be paid out.
//!
//! Checks, in this order: guarantees, funds, the line, the product, each fee as at a disbursement, the channel.

use crate::loan::Terms;
use crate::loan::accompanying::{Accompanying, DisbursementPlan, PlannedFee};
use crate::loan::command::{Disburse, StatedFee};
use crate::loan::commands::disbursement_fees::{DisbursementFees, Disbursing};
use crate::loan::commands::{line_of_credit, repay, securities};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{ChargeRefusal, Refusal, TrancheRefusal};
use crate::loan::{Loan, LoanState};
use crate::organization::TransactionDetails;
use crate::product::ProductType;
use crate::stated::StatedAmount;

/// Takes what is named; the rest stays as it is.
pub(super) fn accompany(draft: &mut Draft<'_>, named: &Accompanying) -> Result<(), Refusal> {
    if let Some(guarantees) = &named.guarantees {
        securities::set_guarantees(draft, guarantees)?;
    }
    if let Some(funds) = &named.funds {
        securities::set_funds(draft, funds)?;
    }
    if let Some(line) = named.line_of_credit {
        line_of_credit::put_on(draft, line)?;
    }
    if !named.names_disbursement() {
        return Ok(());
    }
    let plan = plan(draft, named)?;
    draft.record(draft.context.business_date, Event::DisbursementPlanned { plan });
    Ok(())
}

/// A disbursement with what was planned where it names nothing itself.
pub(crate) fn as_planned(loan: &Loan, disburse: &Disburse) -> Disburse {
    let plan = &loan.servicing.course.disbursement_plan;
    let stated = |fee: &PlannedFee| StatedFee {
        fee: fee.fee,
        amount: fee.amount.map(|amount| StatedAmount(amount.to_fixed_text(loan.terms.currency))),
    };
    let planned = || plan.fees.as_ref().map(|fees| fees.iter().map(stated).collect());
    let (given, planned_details) = (&disburse.details, &plan.details);
    let details = match given.channel {
        Some(_) => TransactionDetails { target: given.target.or(planned_details.target), ..given.clone() },
        None => TransactionDetails {
            channel: planned_details.channel,
            channel_fields: planned_details.channel_fields.clone(),
            values_key: given.values_key.or(planned_details.values_key),
            target: given.target.or(planned_details.target),
            ..given.clone()
        },
    };
    Disburse { fees: disburse.fees.clone().or_else(planned), details, ..disburse.clone() }
}

fn plan(draft: &Draft<'_>, named: &Accompanying) -> Result<DisbursementPlan, Refusal> {
    let loan = &draft.loan;
    match loan.state() {
        LoanState::PartialApplication | LoanState::PendingApproval => {}
        state @ (LoanState::Approved { .. } | LoanState::Active { .. } | LoanState::Closed { .. }) => {
            return Err(Refusal::FieldNotEditable { field: "disbursementDetails", state: state.name() });
        }
    }
    let before = &loan.servicing.course.disbursement_plan;
    let fees = match &named.fees {
        Some(fees) => Some(planned_fees(draft, fees)?),
        None => before.fees.clone(),
    };
    let details = match &named.details {
        Some(details) if is_paid_out_in_parts(&loan.terms) && *details != TransactionDetails::default() => {
            return Err(TrancheRefusal::ChannelOfPart.into());
        }
        Some(details) => details.clone(),
        None => before.details.clone(),
    };
    repay::check_details(&details, draft.context)?;
    Ok(DisbursementPlan { fees, details })
}

/// Each part of such a loan names its own channel and fees.
fn is_paid_out_in_parts(terms: &Terms) -> bool {
    match terms.product_type {
        ProductType::TranchedLoan | ProductType::RevolvingCredit => true,
        ProductType::FixedTermLoan | ProductType::DynamicTermLoan | ProductType::InterestFreeLoan => false,
    }
}

fn planned_fees(draft: &Draft<'_>, fees: &[StatedFee]) -> Result<Vec<PlannedFee>, Refusal> {
    let terms = &draft.loan.terms;
    if is_paid_out_in_parts(terms) {
        return Err(ChargeRefusal::FeesNotAvailable.into());
    }
    let disbursing = Disbursing { cash: terms.amount - terms.capitalized_fee, is_first: true, charged: &[] };
    DisbursementFees::agree(terms, Some(fees), &disbursing, draft.context)?;
    let planned = |fee: &StatedFee| {
        let amount = fee.amount.as_ref().map(|amount| amount.in_currency(terms.currency)).transpose()?;
        Ok(PlannedFee { fee: fee.fee, amount })
    };
    fees.iter().map(planned).collect()
}

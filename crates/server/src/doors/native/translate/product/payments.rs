//! How payments of a product's loans are taken (contract §4.1).

use loam_book::product::Product;
use loam_calc::allocation::{AllocationOrder, Component};
use loam_calc::rate::Rate;

use super::super::super::error::DoorError;
use super::super::super::members::{Members, Names};
use super::super::super::wire;
use super::super::names;
use super::{Result, controls, set};
use crate::product_names as shared;

pub(super) fn read(product: &mut Product, members: &Members) -> Result<()> {
    let methods = Names { values: shared::PAYMENT_METHODS, name_of: shared::payment_method };
    set(&mut product.payment_method, members.choice("paymentMethod", methods)?);
    set(&mut product.allocation_order, allocation_order(members, "repaymentAllocationOrder")?);
    set(&mut product.prepayment, members.choice("prepaymentAcceptance", names::PREPAYMENT)?);
    set(&mut product.allows_arbitrary_fees, members.flag("allowArbitraryFees")?);
    let rules = &mut product.payment_rules;
    rules.order_when_due = allocation_order(members, "repaymentAllocationOrderWhenDue")?;
    rules.order_ahead = allocation_order(members, "repaymentAllocationOrderAhead")?;
    let ahead = Names { values: shared::PAYMENTS_AHEAD, name_of: shared::payments_ahead };
    set(&mut rules.payments_ahead, members.choice("paymentsAhead", ahead)?);
    let future = Names { values: shared::FUTURE_PAYMENTS, name_of: shared::future_payments };
    set(&mut rules.future_payments, members.choice("futurePaymentsAcceptance", future)?);
    let recalculations =
        Names { values: shared::PREPAYMENT_RECALCULATIONS, name_of: shared::prepayment_recalculation };
    let recalculation = members.choice("prepaymentRecalculationMethod", recalculations)?;
    set(&mut rules.prepayment_recalculation, recalculation);
    let statuses = Names { values: shared::PRINCIPAL_PAID_STATUSES, name_of: shared::principal_paid_status };
    set(&mut rules.principal_paid_status, members.choice("principalPaidInstallmentStatus", statuses)?);
    let applied = Names { values: shared::INTEREST_ON_PREPAYMENTS, name_of: shared::interest_on_prepayment };
    set(&mut rules.interest_on_prepayment, members.choice("applyInterestOnPrepaymentMethod", applied)?);
    let elements = Names { values: shared::ELEMENTS_RECALCULATIONS, name_of: shared::elements_recalculation };
    set(&mut rules.elements_recalculation, members.choice("elementsRecalculationMethod", elements)?);
    let late =
        Names { values: shared::LATE_PAYMENTS_RECALCULATIONS, name_of: shared::late_payments_recalculation };
    set(&mut rules.late_payments_recalculation, members.choice("latePaymentsRecalculationMethod", late)?);
    set(&mut rules.allows_custom_allocation, members.flag("allowCustomRepaymentAllocation")?);
    set(&mut rules.evens_installments, members.flag("evensInstallments")?);
    rules.down_payment = members.figure("downPaymentPercent", Rate::parse_percent)?;
    set(&mut rules.disburses_in_parts, members.flag("disbursesInParts")?);
    set(&mut rules.allows_redraw, members.object("redrawSettings")?.flag("allowRedraw")?);
    let edits = Names { values: shared::SCHEDULE_EDITS, name_of: shared::schedule_edit };
    set(&mut rules.schedule_edits, members.choices("repaymentScheduleEditOptions", edits)?);
    Ok(())
}

fn allocation_order(members: &Members, name: &'static str) -> Result<Option<AllocationOrder>> {
    let Some(order) = members.choices(name, names::COMPONENT)? else { return Ok(None) };
    let each_once =
        || format!("[{}]", order.iter().map(|c| names::component(*c)).collect::<Vec<_>>().join(", "));
    let four: [Component; 4] = order.as_slice().try_into().map_err(|_| {
        DoorError::invalid(name, &each_once(), "it names each of FEE, PENALTY, INTEREST and PRINCIPAL once")
    })?;
    AllocationOrder::try_new(four).map(Some).map_err(|error| DoorError::invalid(name, &each_once(), error))
}

pub(super) fn wire_of(product: &Product) -> wire::ProductPayments {
    let order = |order: AllocationOrder| order.components().into_iter().map(names::component).collect();
    let rules = &product.payment_rules;
    wire::ProductPayments {
        payment_method: shared::payment_method(product.payment_method),
        repayment_allocation_order: order(product.allocation_order),
        repayment_allocation_order_when_due: rules.order_when_due.map(order),
        repayment_allocation_order_ahead: rules.order_ahead.map(order),
        payments_ahead: shared::payments_ahead(rules.payments_ahead),
        allow_custom_repayment_allocation: rules.allows_custom_allocation,
        prepayment_acceptance: names::prepayment(product.prepayment),
        future_payments_acceptance: shared::future_payments(rules.future_payments),
        prepayment_recalculation_method: shared::prepayment_recalculation(rules.prepayment_recalculation),
        principal_paid_installment_status: shared::principal_paid_status(rules.principal_paid_status),
        apply_interest_on_prepayment_method: shared::interest_on_prepayment(rules.interest_on_prepayment),
        elements_recalculation_method: shared::elements_recalculation(rules.elements_recalculation),
        late_payments_recalculation_method: shared::late_payments_recalculation(
            rules.late_payments_recalculation,
        ),
        evens_installments: rules.evens_installments,
        disburses_in_parts: rules.disburses_in_parts,
        down_payment_percent: rules.down_payment.map(Rate::to_percent_text),
        redraw_settings: wire::RedrawSettings { allow_redraw: rules.allows_redraw },
        arrears_settings: controls::arrears_of(product),
        allow_arbitrary_fees: product.allows_arbitrary_fees,
    }
}

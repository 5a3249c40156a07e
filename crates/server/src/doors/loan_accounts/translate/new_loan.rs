//! A posted loanAccount as a new loan, and the figures that creation, change and preview share.

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::accompanying::Accompanying;
use loam_book::loan::command::{LoanFigures, NewLoan, PrincipalPayment, StatedPayment, TrancheFigure};
use loam_book::loan::{Holder, HolderKind};
use loam_book::party::Assignment;
use loam_book::stated::{StatedAmount, StatedPercent};

use super::super::error::DoorError;
use super::super::fields::{Fields, invalid};
use super::super::return_codes::ReturnCode;
use super::accompanying::accompanying;
use super::custom_field::stated_once;
use super::names;
use super::tranches::tranches;
use crate::product_names as shared;

/// Whom a posted loan names as its holder, by id or key.
pub(crate) fn holder(account: &Fields<'_>) -> Result<(HolderKind, String), DoorError> {
    let kind = match account.text("accountHolderType")?.as_deref() {
        Some(kind) if kind.eq_ignore_ascii_case("CLIENT") => HolderKind::Client,
        Some(kind) if kind.eq_ignore_ascii_case("GROUP") => HolderKind::Group,
        Some(_) => return Err(invalid("accountHolderType")),
        // The form names a client by `clientID`, or a group by `groupID`, and has no type.
        None if account.text("clientID")?.is_some() => HolderKind::Client,
        None if account.text("groupID")?.is_some() => HolderKind::Group,
        None => return Err(DoorError::at(ReturnCode::MissingAccountHolderType, "accountHolderType")),
    };
    let names = match kind {
        HolderKind::Client => ["accountHolderKey", "clientID"],
        HolderKind::Group => ["accountHolderKey", "groupID"],
    };
    let holder = account.text_of(&names)?;
    let missing = || DoorError::at(ReturnCode::MissingAccountHolderKey, "accountHolderKey");
    Ok((kind, holder.ok_or_else(missing)?.into_owned()))
}

/// A new loan of a client or group. `outer` is what stands around the account in a JSON body.
pub(crate) fn new_loan(
    account: &Fields<'_>,
    outer: &Fields<'_>,
    holder: Holder,
    catalog: &Catalog,
) -> Result<NewLoan, DoorError> {
    let details = disbursement_details(account, outer)?;
    Ok(NewLoan {
        id: account.owned("id")?,
        holder,
        product: product(account, catalog)?,
        name: account.owned("loanName")?,
        notes: account.owned("notes")?,
        assignment: assignment(account, catalog)?,
        figures: LoanFigures {
            expected_disbursement_on: expected_disbursement(account, details.as_ref())?.map(Some),
            first_due_date: first_repayment(account, details.as_ref())?.map(Some),
            tranches: new_tranches(account)?,
            accompanying: Accompanying {
                custom_values: stated_once(&[outer, account])?.unwrap_or_default(),
                ..accompanying(account, details.as_ref(), catalog)?
            },
            ..figures(account)?
        },
    })
}

/// An empty list is what clients send for a loan that has none.
fn new_tranches(account: &Fields<'_>) -> Result<Option<Vec<TrancheFigure>>, DoorError> {
    if account.has("tranches") { tranches(account) } else { Ok(None) }
}

/// The figures that are agreed case by case, without the dates.
pub(crate) fn figures(fields: &Fields<'_>) -> Result<LoanFigures, DoorError> {
    let unit = fields.text_of(&["repaymentPeriodUnit", "repaymentInterval"])?;
    let unit = unit.map(|name| names::read_period_unit(&name).ok_or_else(|| invalid("repaymentPeriodUnit")));
    let percent = |text: std::borrow::Cow<'_, str>| StatedPercent(text.into_owned());
    Ok(LoanFigures {
        amount: fields.owned("loanAmount")?.map(StatedAmount),
        interest_rate: fields.text("interestRate")?.map(percent),
        installments: installments(fields)?,
        period_count: fields.count("repaymentPeriodCount")?,
        period_unit: unit.transpose()?,
        grace_period: not_negative(fields, &["gracePeriod", "graceLength"], ReturnCode::InvalidGracePeriod)?,
        principal_repayment_interval: not_negative(
            fields,
            &["principalRepaymentInterval"],
            ReturnCode::InvalidPrincipalRepaymentInterval,
        )?,
        arrears_tolerance_days: not_negative(
            fields,
            &["arrearsTolerancePeriod"],
            ReturnCode::NegativeArrearsTolerancePeriod,
        )?,
        fixed_days_of_month: fields.small_numbers("fixedDaysOfMonth")?,
        interest_spread: fields.text("interestSpread")?.map(percent),
        penalty_rate: fields.text("penaltyRate")?.map(percent),
        periodic_payment: fields.owned("periodicPayment")?.map(StatedAmount),
        payment_plan: payment_plan(fields)?,
        principal_payment: principal_payment(fields)?,
        ..LoanFigures::default()
    })
}

/// How much principal the bills of a revolving credit ask for.
fn principal_payment(fields: &Fields<'_>) -> Result<Option<PrincipalPayment>, DoorError> {
    if !fields.has("principalPaymentSettings") {
        return Ok(None);
    }
    let Some(settings) = fields.object("principalPaymentSettings")? else { return Ok(None) };
    let amount = |name| Ok::<_, DoorError>(settings.owned(name)?.map(StatedAmount));
    let flag = |name| -> Result<Option<bool>, DoorError> {
        if settings.has(name) { settings.flag(name).map(Some) } else { Ok(None) }
    };
    let method = settings.text("principalPaymentMethod")?.map(|name| {
        let method = shared::PRINCIPAL_PAYMENT_METHODS.iter().copied();
        let mut method = method.filter(|method| shared::principal_payment_method(*method) == name);
        method.next().ok_or_else(|| invalid("principalPaymentMethod"))
    });
    Ok(Some(PrincipalPayment {
        amount: amount("amount")?,
        percentage: settings.owned("percentage")?.map(StatedPercent),
        method: method.transpose()?,
        floor: amount("principalFloorValue")?,
        ceiling: amount("principalCeilingValue")?,
        floor_includes_interest: flag("includeInterestInFloorAmount")?,
        floor_includes_fees: flag("includeFeesInFloorAmount")?,
    }))
}

/// The payments of a plan, all of them.
fn payment_plan(fields: &Fields<'_>) -> Result<Option<Vec<StatedPayment>>, DoorError> {
    if !fields.has("paymentPlan") {
        return Ok(None);
    }
    let read = |planned: &Fields<'_>| {
        let position = DoorError::at(ReturnCode::InvalidToInstallmentPosition, "endingInstallmentPosition");
        let payment = || DoorError::at(ReturnCode::InvalidPmtValue, "pmt");
        Ok(StatedPayment {
            through: planned.count("endingInstallmentPosition")?.ok_or(position)?,
            payment: StatedAmount(planned.owned("pmt")?.ok_or_else(payment)?),
        })
    };
    fields.objects("paymentPlan")?.iter().map(read).collect::<Result<Vec<_>, _>>().map(Some)
}

/// A number of installments that is no number has a code of its own.
/// A count, of which a negative one has a code of its own.
fn not_negative(
    fields: &Fields<'_>,
    names: &[&'static str],
    negative: ReturnCode,
) -> Result<Option<u32>, DoorError> {
    let is_negative = |text: &str| text.trim().parse::<i64>().is_ok_and(|number| number < 0);
    if fields.text_of(names)?.is_some_and(|text| is_negative(&text)) {
        return Err(DoorError::at(negative, names[0]));
    }
    fields.count_of(names)
}

/// A new loan that says how much is lent, which the contract requires: a misspelt member would lend what the product
/// offers when nobody says.
pub(crate) fn applied_for(
    account: &Fields<'_>,
    outer: &Fields<'_>,
    holder: Holder,
    catalog: &Catalog,
) -> Result<NewLoan, DoorError> {
    let new = new_loan(account, outer, holder, catalog)?;
    if new.figures.amount.is_none() {
        return Err(DoorError::at(ReturnCode::InvalidAmount, "loanAmount"));
    }
    Ok(new)
}

fn installments(fields: &Fields<'_>) -> Result<Option<u32>, DoorError> {
    let invalid = |_| DoorError::at(ReturnCode::InvalidInstallments, "repaymentInstallments");
    fields.count_of(&["repaymentInstallments", "installments"]).map_err(invalid)
}

/// The dates stand inside `disbursementDetails` in newer requests and beside the rest in older ones.
pub(crate) fn expected_disbursement(
    account: &Fields<'_>,
    details: Option<&Fields<'_>>,
) -> Result<Option<Date>, DoorError> {
    let inside = details.map(|details| details.date("expectedDisbursementDate")).transpose()?.flatten();
    let names = ["expectedDisbursementDate", "anticipatedDisbursementDate", "anticipatedDisbursement"];
    inside.map_or_else(|| account.date_of(&names), |date| Ok(Some(date)))
}

pub(crate) fn first_repayment(
    account: &Fields<'_>,
    details: Option<&Fields<'_>>,
) -> Result<Option<Date>, DoorError> {
    let inside = details.map(|details| details.date("firstRepaymentDate")).transpose()?.flatten();
    inside.map_or_else(|| account.date("firstRepaymentDate"), |date| Ok(Some(date)))
}

/// The seed shows them both inside the account and beside it.
fn disbursement_details<'a>(
    account: &Fields<'a>,
    outer: &Fields<'a>,
) -> Result<Option<Fields<'a>>, DoorError> {
    match account.object("disbursementDetails")? {
        Some(details) => Ok(Some(details)),
        None => outer.object("disbursementDetails"),
    }
}

fn product(account: &Fields<'_>, catalog: &Catalog) -> Result<Key, DoorError> {
    let missing = || DoorError::at(ReturnCode::MissingRequiredParameter, "productTypeKey");
    let named = account.text_of(&["productTypeKey", "productID"])?.ok_or_else(missing)?;
    let unknown = || DoorError::at(ReturnCode::InvalidProductId, "productTypeKey");
    Ok(catalog.products.find(&named).ok_or_else(unknown)?.key)
}

/// Who looks after an account or client: ids or keys.
pub(crate) fn assignment(fields: &Fields<'_>, catalog: &Catalog) -> Result<Assignment, DoorError> {
    let named = |name| fields.text(name);
    Ok(Assignment {
        branch: named("assignedBranchKey")?.map(|id| branch(&id, catalog)).transpose()?,
        centre: named("assignedCentreKey")?.map(|id| centre(&id, catalog)).transpose()?,
        user: named("assignedUserKey")?.map(|id| user(&id, catalog)).transpose()?,
    })
}

pub(crate) fn branch(id: &str, catalog: &Catalog) -> Result<Key, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidBranchKey, "assignedBranchKey");
    Ok(catalog.branches.find(id).ok_or_else(unknown)?.key)
}

pub(crate) fn centre(id: &str, catalog: &Catalog) -> Result<Key, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidCentreKey, "assignedCentreKey");
    Ok(catalog.centres.find(id).ok_or_else(unknown)?.key)
}

pub(crate) fn user(id: &str, catalog: &Catalog) -> Result<Key, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidCreditOfficerKey, "assignedUserKey");
    Ok(catalog.users.find(id).ok_or_else(unknown)?.key)
}

#[cfg(test)]
mod tests;

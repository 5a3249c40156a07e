//! Guarantees, investors' funds and the bills of revolving credit (contract §4.1).

use loam_book::product::securities::{FunderCommission, FundingRules, RevolvingRules, SecurityRules};
use loam_book::product::{Product, Range};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use super::super::super::error::DoorError;
use super::super::super::members::{Members, Names};
use super::super::super::wire;
use super::{Result, rates};
use crate::product_names as shared;

const FUNDS: &str = "isInvestorFundsEnabled";
const OF_FUNDS: [&str; 5] = [
    "requiredInvestorFunds",
    "funderInterestCommissionAllocationType",
    "organizationInterestCommission",
    "funderInterestCommission",
    "lockFundsAtApproval",
];

pub(super) fn read(product: &mut Product, members: &Members) -> Result<()> {
    product.max_tranches = members.count("maxNumberOfDisbursementTranches")?.filter(|most| *most > 0);
    product.securities = securities(&members.object("productSecuritySettings")?)?;
    product.revolving = revolving(product, &members.object("principalPaymentSettings")?)?;
    Ok(())
}

fn securities(settings: &Members) -> Result<SecurityRules> {
    Ok(SecurityRules {
        takes_guarantors: settings.flag("isGuarantorsEnabled")?.unwrap_or(false),
        takes_collateral: settings.flag("isCollateralEnabled")?.unwrap_or(false),
        required_guarantees: share(settings, "requiredGuaranties")?,
        funding: funding(settings)?,
    })
}

/// A share in percent; nothing is required by zero.
fn share(settings: &Members, name: &str) -> Result<Option<Rate>> {
    Ok(settings.figure(name, Rate::parse_percent)?.filter(|share| !share.is_zero()))
}

fn funding(settings: &Members) -> Result<Option<FundingRules>> {
    if settings.flag(FUNDS)? != Some(true) {
        return match OF_FUNDS.iter().find(|name| !settings.says_nothing(name, &["0", "false"])) {
            None => Ok(None),
            Some(name) => Err(DoorError::contradiction(&settings.path(name), format!("{FUNDS} is not true"))),
        };
    }
    let kinds = Names { values: shared::FUNDER_COMMISSIONS, name_of: shared::funder_commission };
    let kind = settings.choice("funderInterestCommissionAllocationType", kinds)?;
    Ok(Some(FundingRules {
        commission: kind.unwrap_or(FunderCommission::PercentageOfLoanFunding),
        organization_commission: commission(&settings.object("organizationInterestCommission")?)?,
        funder_commission: commission(&settings.object("funderInterestCommission")?)?,
        required: share(settings, "requiredInvestorFunds")?,
        locks_funds_at_approval: settings.flag("lockFundsAtApproval")?.unwrap_or(false),
    }))
}

fn commission(bounds: &Members) -> Result<Range<Rate>> {
    let rate = |name| bounds.figure(name, Rate::parse_percent);
    Ok(Range { min: rate("minValue")?, default: rate("defaultValue")?, max: rate("maxValue")? })
}

fn revolving(product: &Product, settings: &Members) -> Result<Option<RevolvingRules>> {
    const METHOD: &str = "principalPaymentMethod";
    if settings.is_empty() {
        return Ok(None);
    }
    let methods =
        Names { values: shared::PRINCIPAL_PAYMENT_METHODS, name_of: shared::principal_payment_method };
    let amount = |name: &str| settings.figure(name, |text| Amount::parse(text, product.currency));
    let flag = |name: &str| Ok::<_, DoorError>(settings.flag(name)?.unwrap_or(false));
    Ok(Some(RevolvingRules {
        method: settings
            .choice(METHOD, methods)?
            .ok_or_else(|| DoorError::missing(&settings.path(METHOD)))?,
        amount: Range {
            min: amount("minAmount")?,
            default: amount("defaultAmount")?,
            max: amount("maxAmount")?,
        },
        percentage: rates(settings, "Percentage")?,
        floor: amount("principalFloorValue")?,
        ceiling: amount("principalCeilingValue")?,
        floor_includes_interest: flag("includeInterestInFloorAmount")?,
        floor_includes_fees: flag("includeFeesInFloorAmount")?,
    }))
}

pub(super) fn securities_of(product: &Product) -> wire::ProductSecuritySettings {
    let rules = &product.securities;
    let funding = rules.funding.as_ref();
    wire::ProductSecuritySettings {
        is_guarantors_enabled: rules.takes_guarantors,
        is_collateral_enabled: rules.takes_collateral,
        is_investor_funds_enabled: funding.is_some(),
        required_guaranties: rules.required_guarantees.map(Rate::to_percent_text),
        required_investor_funds: funding.and_then(|f| f.required).map(Rate::to_percent_text),
        funder_interest_commission_allocation_type: funding.map(|f| shared::funder_commission(f.commission)),
        organization_interest_commission: funding.map(|f| commission_of(&f.organization_commission)),
        funder_interest_commission: funding.map(|f| commission_of(&f.funder_commission)),
        lock_funds_at_approval: funding.map(|f| f.locks_funds_at_approval),
    }
}

fn commission_of(bounds: &Range<Rate>) -> wire::InterestCommission {
    let rate = |rate: Option<Rate>| rate.map(Rate::to_percent_text);
    wire::InterestCommission {
        min_value: rate(bounds.min),
        default_value: rate(bounds.default),
        max_value: rate(bounds.max),
    }
}

pub(super) fn principal_payments_of(product: &Product) -> Option<wire::PrincipalPaymentSettings> {
    let amount = |amount: Option<Amount>| amount.map(|amount| amount.to_text(product.currency));
    let rate = |rate: Option<Rate>| rate.map(Rate::to_percent_text);
    let rules = product.revolving.as_ref()?;
    Some(wire::PrincipalPaymentSettings {
        principal_payment_method: shared::principal_payment_method(rules.method),
        default_amount: amount(rules.amount.default),
        min_amount: amount(rules.amount.min),
        max_amount: amount(rules.amount.max),
        default_percentage: rate(rules.percentage.default),
        min_percentage: rate(rules.percentage.min),
        max_percentage: rate(rules.percentage.max),
        principal_ceiling_value: amount(rules.ceiling),
        principal_floor_value: amount(rules.floor),
        include_interest_in_floor_amount: rules.floor_includes_interest,
        include_fees_in_floor_amount: rules.floor_includes_fees,
    })
}

//! Arrears, locks, capping and dormancy of a product (contract §4.1).

use loam_book::product::Product;
use loam_book::product::controls::Capping;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use super::super::super::error::DoorError;
use super::super::super::members::{Members, Names};
use super::super::super::wire;
use super::{Result, counts, set};
use crate::product_names::{self as shared, TOLERANCE_DAY, TOLERANCE_PERIOD};

const EXCLUDED: &str = "EXCLUDED";
const INCLUDED: &str = "INCLUDED";
const OF_CAPPING: [&str; 3] =
    ["cappingConstraintType", "cappingPercentage", "cappingApplyAccruedChargesBeforeLocking"];

pub(super) fn read(product: &mut Product, members: &Members) -> Result<()> {
    read_arrears(product, &members.object("arrearsSettings")?)?;
    product.controls.lock_after_days = members.count("lockPeriodDays")?;
    product.controls.write_off_after_days = members.count("writeOffAfterDays")?;
    product.controls.dormancy_days = members.count("dormancyPeriodDays")?;
    product.controls.capping = capping(members)?;
    Ok(())
}

fn read_arrears(product: &mut Product, settings: &Members) -> Result<()> {
    product.arrears_tolerance_days = counts(settings, "TolerancePeriod")?;
    let currency = product.currency;
    let arrears = &mut product.controls.arrears;
    arrears.monthly_day = monthly_day(settings)?;
    arrears.floor_amount = settings.figure("toleranceFloorAmount", |text| Amount::parse(text, currency))?;
    arrears.floor_amount = arrears.floor_amount.filter(|amount| !amount.is_zero());
    let percentage = settings.figure("tolerancePercentageOfOutstandingPrincipal", Rate::parse_percent)?;
    arrears.floor_percentage = percentage.filter(|percentage| !percentage.is_zero());
    let counted = Names { values: shared::ARREARS_COUNTED_FROM, name_of: shared::arrears_counted_from };
    set(&mut arrears.counted_from, settings.choice("dateCalculationMethod", counted)?);
    let methods = Names { values: &[INCLUDED, EXCLUDED], name_of: |name| name };
    arrears.excludes_non_working_days = settings.choice("nonWorkingDaysMethod", methods)? == Some(EXCLUDED);
    Ok(())
}

/// The day of the month on which what is late becomes arrears. It and its method go together.
fn monthly_day(settings: &Members) -> Result<Option<u8>> {
    const DAY: &str = "monthlyToleranceDay";
    const METHOD: &str = "toleranceCalculationMethod";
    let methods = Names { values: &[TOLERANCE_PERIOD, TOLERANCE_DAY], name_of: |name| name };
    let method = settings.choice(METHOD, methods)?;
    let day = settings.figure(DAY, |text| {
        let day = text.parse::<u8>().ok().filter(|day| (1..=31).contains(day));
        day.ok_or("a day of the month is from 1 to 31")
    })?;
    match (method, day) {
        (Some(TOLERANCE_DAY), None) => Err(DoorError::missing(&settings.path(DAY))),
        (Some(TOLERANCE_PERIOD), Some(_)) => {
            Err(DoorError::contradiction(&settings.path(DAY), format!("{METHOD} is {TOLERANCE_PERIOD}")))
        }
        (_, day) => Ok(day),
    }
}

fn capping(members: &Members) -> Result<Option<Capping>> {
    const METHOD: &str = "cappingMethod";
    let missing = |name| DoorError::missing(name);
    if members.says_nothing(METHOD, &["NONE"]) {
        return match OF_CAPPING.iter().find(|name| !members.says_nothing(name, &["0", "false"])) {
            None => Ok(None),
            Some(name) => Err(DoorError::contradiction(name, format!("{METHOD} is not given"))),
        };
    }
    let bases = Names { values: shared::CAPPING_BASES, name_of: shared::capping_base };
    let constraints = Names { values: shared::CAPPING_CONSTRAINTS, name_of: shared::capping_constraint };
    let constraint = members.choice("cappingConstraintType", constraints)?;
    let percentage = members.figure("cappingPercentage", Rate::parse_percent)?;
    Ok(Some(Capping {
        base: members.choice(METHOD, bases)?.ok_or_else(|| missing(METHOD))?,
        constraint: constraint.ok_or_else(|| missing("cappingConstraintType"))?,
        percentage: percentage.ok_or_else(|| missing("cappingPercentage"))?,
        applies_accrued_before_locking: members
            .flag("cappingApplyAccruedChargesBeforeLocking")?
            .unwrap_or(false),
    }))
}

pub(super) fn arrears_of(product: &Product) -> wire::ArrearsSettings {
    let arrears = &product.controls.arrears;
    wire::ArrearsSettings {
        default_tolerance_period: product.arrears_tolerance_days.default,
        min_tolerance_period: product.arrears_tolerance_days.min,
        max_tolerance_period: product.arrears_tolerance_days.max,
        monthly_tolerance_day: arrears.monthly_day,
        tolerance_calculation_method: shared::tolerance_method(arrears.monthly_day),
        date_calculation_method: shared::arrears_counted_from(arrears.counted_from),
        non_working_days_method: shared::non_working_days_method(arrears.excludes_non_working_days),
        tolerance_floor_amount: arrears.floor_amount.map(|amount| amount.to_text(product.currency)),
        tolerance_percentage_of_outstanding_principal: arrears.floor_percentage.map(Rate::to_percent_text),
    }
}

pub(super) fn wire_of(product: &Product) -> wire::ProductControls {
    let controls = &product.controls;
    let capping = controls.capping.as_ref();
    wire::ProductControls {
        lock_period_days: controls.lock_after_days,
        write_off_after_days: controls.write_off_after_days,
        dormancy_period_days: controls.dormancy_days,
        capping_method: capping.map(|capping| shared::capping_base(capping.base)),
        capping_constraint_type: capping.map(|capping| shared::capping_constraint(capping.constraint)),
        capping_percentage: capping.map(|capping| capping.percentage.to_percent_text()),
        capping_apply_accrued_charges_before_locking: capping
            .map(|capping| capping.applies_accrued_before_locking),
    }
}

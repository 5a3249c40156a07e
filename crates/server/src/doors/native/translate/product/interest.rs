//! What a product says about its interest (contract §4.1).

use loam_book::product::interest::{BalanceTier, PeriodTier, RateSource, RateTerms};
use loam_book::product::{Product, Range};
use loam_calc::calendar::PeriodUnit;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::ChargeFrequency;

use super::super::super::error::DoorError;
use super::super::super::members::{Members, Names};
use super::super::super::records::Base;
use super::super::super::wire;
use super::super::names;
use super::{Result, rates, set};
use crate::product_names::{self as shared, FIXED_RATE, FIXED_TERMS, INDEX_RATE, TIERED, TIERED_PERIOD};

const EVERY_X_DAYS: &str = "EVERY_X_DAYS";
const OF_INDEX: [&str; 8] = [
    "indexSourceKey",
    "interestRateReviewUnit",
    "interestRateReviewCount",
    "interestRateFloorValue",
    "interestRateCeilingValue",
    "defaultInterestSpread",
    "minInterestSpread",
    "maxInterestSpread",
];

pub(super) fn read(product: &mut Product, members: &Members, base: &Base<'_, Product>) -> Result<()> {
    let settings = members.object("interestRateSettings")?;
    product.interest_rate = rates(&settings, "InterestRate")?;
    product.charge_frequency = charge_frequency(&settings)?;
    set(&mut product.interest_method, members.choice("interestCalculationMethod", names::INTEREST_METHOD)?);
    set(&mut product.day_count, members.choice("daysInYear", names::DAY_COUNT)?);
    set(&mut product.days_method, members.choice("scheduleInterestDaysCountMethod", names::DAYS_METHOD)?);
    let application = members.choice("interestApplicationMethod", names::INTEREST_APPLICATION)?;
    set(&mut product.interest_application, application);
    let types = Names { values: shared::INTEREST_TYPES, name_of: shared::interest_type };
    set(&mut product.interest_rules.interest_type, members.choice("interestType", types)?);
    let balances = Names { values: shared::INTEREST_BALANCES, name_of: shared::interest_balance };
    let balance = members.choice("interestBalanceCalculationMethod", balances)?;
    set(&mut product.interest_rules.balance, balance);
    product.interest_rules.source = rate_source(&settings, base)?;
    product.interest_rules.rate_terms = rate_terms(&settings, product.currency)?;
    let after_maturity = settings.flag("accrueInterestAfterMaturity")?;
    set(&mut product.interest_rules.accrues_after_maturity, after_maturity);
    let to_due_date = members.flag("lateInterestToDueDate")?;
    set(&mut product.interest_rules.late_interest_to_due_date, to_due_date);
    set(&mut product.interest_rules.accrues_late_interest, members.flag("accrueLateInterest")?);
    Ok(())
}

/// With an index, the loans agree on a spread over it.
fn rate_source(settings: &Members, base: &Base<'_, Product>) -> Result<RateSource> {
    const SOURCE: &str = "interestRateSource";
    let kinds = Names { values: &[FIXED_RATE, INDEX_RATE], name_of: |name| name };
    if settings.choice(SOURCE, kinds)? != Some(INDEX_RATE) {
        return match OF_INDEX.iter().find(|name| !settings.says_nothing(name, &["0"])) {
            None => Ok(RateSource::Fixed),
            Some(name) => {
                Err(DoorError::contradiction(&settings.path(name), format!("{SOURCE} is not {INDEX_RATE}")))
            }
        };
    }
    let missing = |name| DoorError::missing(&settings.path(name));
    let key = base.index(settings, "indexSourceKey")?;
    let count = settings.count("interestRateReviewCount")?.filter(|count| *count > 0);
    let rate = |name| settings.figure(name, Rate::parse_percent);
    Ok(RateSource::Index {
        source: key.ok_or_else(|| missing("indexSourceKey"))?,
        review_count: count.ok_or_else(|| missing("interestRateReviewCount"))?,
        review_unit: settings
            .choice("interestRateReviewUnit", REVIEW_UNIT)?
            .ok_or_else(|| missing("interestRateReviewUnit"))?,
        floor: rate("interestRateFloorValue")?,
        ceiling: rate("interestRateCeilingValue")?,
        spread: rates(settings, "InterestSpread")?,
    })
}

/// A rate is looked at anew every so many days, weeks or months (§2.2).
const REVIEW_UNIT: Names<'_, PeriodUnit> =
    Names { values: &[PeriodUnit::Days, PeriodUnit::Weeks, PeriodUnit::Months], name_of: names::period_unit };

fn rate_terms(settings: &Members, currency: Currency) -> Result<RateTerms> {
    const TERMS: &str = "interestRateTerms";
    const TIERS: &str = "interestRateTiers";
    let kinds = Names { values: &[FIXED_TERMS, TIERED, TIERED_PERIOD], name_of: |name| name };
    let kind = settings.choice(TERMS, kinds)?.unwrap_or(FIXED_TERMS);
    let tiers = settings.objects(TIERS)?;
    if kind == FIXED_TERMS {
        return match tiers.is_empty() {
            true => Ok(RateTerms::Fixed),
            false => Err(DoorError::contradiction(&settings.path(TIERS), format!("{TERMS} is {kind}"))),
        };
    }
    if tiers.is_empty() {
        return Err(DoorError::missing(&settings.path(TIERS)));
    }
    let is_of_period = kind == TIERED_PERIOD;
    for tier in &tiers {
        let other = if is_of_period { "endingBalance" } else { "endingDay" };
        if tier.has(other) {
            return Err(DoorError::contradiction(&tier.path(other), format!("{TERMS} is {kind}")));
        }
    }
    let tiers = tiers.iter();
    Ok(if is_of_period {
        RateTerms::TieredPeriod { tiers: tiers.map(period_tier).collect::<Result<_>>()? }
    } else {
        RateTerms::Tiered { tiers: tiers.map(|tier| balance_tier(tier, currency)).collect::<Result<_>>()? }
    })
}

fn tier_rate(tier: &Members) -> Result<Rate> {
    let rate = tier.figure("interestRate", Rate::parse_percent)?;
    rate.ok_or_else(|| DoorError::missing(&tier.path("interestRate")))
}

fn period_tier(tier: &Members) -> Result<PeriodTier> {
    Ok(PeriodTier { ending_day: tier.count("endingDay")?, rate: tier_rate(tier)? })
}

fn balance_tier(tier: &Members, currency: Currency) -> Result<BalanceTier> {
    let ending_balance = tier.figure("endingBalance", |text| Amount::parse(text, currency))?;
    Ok(BalanceTier { ending_balance, rate: tier_rate(tier)? })
}

fn charge_frequency(settings: &Members) -> Result<ChargeFrequency> {
    const COUNT: &str = "interestChargeFrequencyCount";
    let plain = [
        ChargeFrequency::Annualized,
        ChargeFrequency::EveryMonth,
        ChargeFrequency::EveryFourWeeks,
        ChargeFrequency::EveryWeek,
        ChargeFrequency::EveryDay,
        ChargeFrequency::EveryXDays(0),
    ];
    let frequencies = Names { values: &plain, name_of: |frequency| charge_frequency_name(frequency).0 };
    let frequency =
        settings.choice("interestChargeFrequency", frequencies)?.unwrap_or(ChargeFrequency::Annualized);
    let count = settings.count(COUNT)?;
    if frequency == ChargeFrequency::EveryXDays(0) {
        let count =
            count.filter(|count| *count > 0).ok_or_else(|| DoorError::missing(&settings.path(COUNT)))?;
        return Ok(ChargeFrequency::EveryXDays(count));
    }
    match count {
        None | Some(0 | 1) => Ok(frequency),
        Some(_) => {
            let name = charge_frequency_name(frequency).0;
            Err(DoorError::contradiction(&settings.path(COUNT), format!("{name} has no count")))
        }
    }
}

pub(in super::super) fn charge_frequency_name(frequency: ChargeFrequency) -> (&'static str, Option<u32>) {
    match frequency {
        ChargeFrequency::Annualized => ("ANNUALIZED", None),
        ChargeFrequency::EveryMonth => ("EVERY_MONTH", None),
        ChargeFrequency::EveryFourWeeks => ("EVERY_FOUR_WEEKS", None),
        ChargeFrequency::EveryWeek => ("EVERY_WEEK", None),
        ChargeFrequency::EveryDay => ("EVERY_DAY", None),
        ChargeFrequency::EveryXDays(days) => (EVERY_X_DAYS, Some(days)),
    }
}

pub(super) fn wire_of(product: &Product) -> wire::ProductInterest {
    let rules = &product.interest_rules;
    wire::ProductInterest {
        interest_calculation_method: names::interest_method(product.interest_method),
        interest_type: shared::interest_type(rules.interest_type),
        interest_balance_calculation_method: shared::interest_balance(rules.balance),
        interest_application_method: names::interest_application(product.interest_application),
        days_in_year: names::day_count(product.day_count),
        schedule_interest_days_count_method: names::days_method(product.days_method),
        accrue_late_interest: rules.accrues_late_interest,
        late_interest_to_due_date: rules.late_interest_to_due_date,
        interest_rate_settings: settings_of(product),
    }
}

fn settings_of(product: &Product) -> wire::InterestRateSettings {
    let rate = |rate: Option<Rate>| rate.map(Rate::to_percent_text);
    let (frequency, count) = charge_frequency_name(product.charge_frequency);
    let (interest_rate_terms, interest_rate_tiers) = tiers_of(product);
    let plain = wire::InterestRateSettings {
        default_interest_rate: rate(product.interest_rate.default),
        min_interest_rate: rate(product.interest_rate.min),
        max_interest_rate: rate(product.interest_rate.max),
        interest_charge_frequency: frequency,
        interest_charge_frequency_count: count,
        interest_rate_source: FIXED_RATE,
        interest_rate_terms,
        interest_rate_tiers,
        accrue_interest_after_maturity: product.interest_rules.accrues_after_maturity,
        ..wire::InterestRateSettings::default()
    };
    match &product.interest_rules.source {
        RateSource::Fixed => plain,
        RateSource::Index { source, review_count, review_unit, floor, ceiling, spread } => {
            let Range { min, default, max } = *spread;
            wire::InterestRateSettings {
                interest_rate_source: INDEX_RATE,
                index_source_key: Some(source.to_string()),
                interest_rate_review_unit: Some(names::period_unit(*review_unit)),
                interest_rate_review_count: Some(*review_count),
                interest_rate_floor_value: rate(*floor),
                interest_rate_ceiling_value: rate(*ceiling),
                default_interest_spread: rate(default),
                min_interest_spread: rate(min),
                max_interest_spread: rate(max),
                ..plain
            }
        }
    }
}

fn tiers_of(product: &Product) -> (&'static str, Vec<wire::InterestRateTier>) {
    let tier = |index, (ending_balance, ending_day, rate): (Option<Amount>, Option<u32>, Rate)| {
        let ending_balance = ending_balance.map(|amount| amount.to_text(product.currency));
        wire::InterestRateTier { index, ending_balance, ending_day, interest_rate: rate.to_percent_text() }
    };
    let numbered = |(index, tier_of)| tier(index, tier_of);
    match &product.interest_rules.rate_terms {
        RateTerms::Fixed => (FIXED_TERMS, Vec::new()),
        RateTerms::Tiered { tiers } => {
            let parts = tiers.iter().map(|tier| (tier.ending_balance, None, tier.rate));
            (TIERED, (0..).zip(parts).map(numbered).collect())
        }
        RateTerms::TieredPeriod { tiers } => {
            let parts = tiers.iter().map(|tier| (None, tier.ending_day, tier.rate));
            (TIERED_PERIOD, (0..).zip(parts).map(numbered).collect())
        }
    }
}

//! A loan product between the wire and the book.

use loam_book::ids::Key;
use loam_book::product::linking::LinkingRules;
use loam_book::product::{
    AccountingMethod, GracePeriodType, IdPattern, InitialState, InterestApplication, MarketplaceTerms,
    PaymentMethod, PrepaymentAcceptance, Product, ProductDueDates, ProductType, Range,
};
use loam_book::stated::StatedAmount;
use loam_calc::allocation::{AllocationOrder, Component};
use loam_calc::calendar::PeriodUnit;
use loam_calc::currency::Currency;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::{NonWorkingDays, ShortMonth};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder, RoundedElements};

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::records::Base;
use super::super::wire;
use super::{names, savings, unsupported};
use crate::product_names as shared;

pub(super) mod accounting;
mod charges;
mod controls;
pub(super) mod interest;
mod payments;
mod protect;
mod securities;

type Result<T> = std::result::Result<T, DoorError>;

/// What older writers put on the product itself.
const FLAT_INTEREST: [&str; 17] = [
    "defaultInterestRate",
    "minInterestRate",
    "maxInterestRate",
    "interestChargeFrequency",
    "interestChargeFrequencyCount",
    "interestRateSource",
    "indexSourceKey",
    "interestRateReviewUnit",
    "interestRateReviewCount",
    "interestRateFloorValue",
    "interestRateCeilingValue",
    "defaultInterestSpread",
    "minInterestSpread",
    "maxInterestSpread",
    "interestRateTerms",
    "interestRateTiers",
    "accrueInterestAfterMaturity",
];
const FLAT_ARREARS: [&str; 9] = [
    "defaultTolerancePeriod",
    "minTolerancePeriod",
    "maxTolerancePeriod",
    "monthlyToleranceDay",
    "toleranceCalculationMethod",
    "dateCalculationMethod",
    "nonWorkingDaysMethod",
    "toleranceFloorAmount",
    "tolerancePercentageOfOutstandingPrincipal",
];

/// The pattern of ids when none is given.
pub(super) const ID_PATTERN: &str = "@@@@###";
const RANDOM_PATTERN: &str = "RANDOM_PATTERN";
const INCREMENTAL_NUMBER: &str = "INCREMENTAL_NUMBER";
const PRODUCT_TYPE: Names<'_, ProductType> =
    Names { values: shared::PRODUCT_TYPES, name_of: shared::product_type };
const INTERVAL: &str = "INTERVAL";
const FIXED_DAYS_OF_MONTH: &str = "FIXED_DAYS_OF_MONTH";
const NO_ROUNDING: &str = "NO_ROUNDING";
const TO_NEAREST: &str = "ROUND_TO_NEAREST_WHOLE_UNIT";
const UP_TO: &str = "ROUND_UP_TO_NEAREST_WHOLE_UNIT";
const PAYMENT_DUE: &str = "PAYMENT_DUE";
const ROUND_ALL: &str = "ROUND_ALL";

/// Members that follow from others. A change does not take them from the present product, so that
/// the others can be changed alone.
pub(in super::super) const DERIVED: &[&str] = &["forAllBranches", "repaymentScheduleMethod"];

/// Puts members into the objects in which the contract has them now.
///
/// # Errors
/// When a member stands in both places with different values, or is not supported.
pub(in super::super) fn canonical(members: Members) -> Result<Members> {
    unsupported::refuse(&members)?;
    members.lowered("interestRateSettings", &FLAT_INTEREST)?.lowered("arrearsSettings", &FLAT_ARREARS)
}

/// The product that the members say; what is left out has its default.
///
/// # Errors
/// A member that is missing, malformed, contradicts another one or is not supported.
pub(in super::super) fn product_of(members: &Members, base: &Base<'_, Product>) -> Result<Product> {
    let mut product = with_defaults(members.required("id")?, members.required("productName")?, base);
    read_offer(&mut product, members, base)?;
    interest::read(&mut product, members, base)?;
    read_schedule(&mut product, members)?;
    payments::read(&mut product, members)?;
    require_schedule_method(&product, members)?;
    charges::read(&mut product, members, base)?;
    controls::read(&mut product, members)?;
    securities::read(&mut product, members)?;
    product.linking = savings::linking(members, base)?;
    accounting::read(&mut product, members, base)?;
    read_marketplace(&mut product, members)?;
    Ok(product)
}

/// A product of which only id and name are said.
fn with_defaults(id: String, name: String, base: &Base<'_, Product>) -> Product {
    let order = [Component::Fee, Component::Penalty, Component::Interest, Component::Principal];
    Product {
        key: base.key,
        id,
        version: base.present.map_or(1, |present| present.version + 1),
        name,
        description: None,
        product_type: ProductType::FixedTermLoan,
        is_active: true,
        for_individuals: true,
        for_groups: false,
        for_hybrid_groups: false,
        branches: Vec::new(),
        currency: base.currency,
        amount: Range::OPEN,
        interest_rate: Range::OPEN,
        installments: Range::OPEN,
        grace_period: Range::OPEN,
        grace_period_type: GracePeriodType::None,
        interest_method: InterestMethod::DecliningBalance,
        charge_frequency: ChargeFrequency::Annualized,
        day_count: DayCount::Actual365Fixed,
        days_method: DaysMethod::ActualDays,
        interest_application: InterestApplication::OnRepayment,
        due_dates: ProductDueDates::Interval { count: None, unit: None },
        non_working_days: NonWorkingDays::None,
        first_due_date_offset_days: Range::OPEN,
        principal_repayment_interval: 1,
        remainder: Remainder::None,
        installment_rounding: InstallmentRounding::None,
        rounding: Rounding::HalfUp,
        payment_method: PaymentMethod::Horizontal,
        allocation_order: AllocationOrder::try_new(order).expect("each stands there once"),
        prepayment: PrepaymentAcceptance::AcceptPrepayments,
        arrears_tolerance_days: Range::OPEN,
        allows_arbitrary_fees: false,
        accounting: AccountingMethod::Accrual,
        accounting_rules: Default::default(),
        accrual_posting: Default::default(),
        suspense_after_days: None,
        provision_rates: Vec::new(),
        id_pattern: IdPattern::Random(ID_PATTERN.to_owned()),
        initial_state: InitialState::PendingApproval,
        marketplace: MarketplaceTerms::default(),
        max_tranches: None,
        amortization: Default::default(),
        interest_rules: Default::default(),
        payment_rules: Default::default(),
        charges: Default::default(),
        controls: Default::default(),
        securities: Default::default(),
        revolving: None,
        linking: LinkingRules::default(),
        created_at: base.present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    }
}

/// To whom it is offered, and what a loan of it is called.
fn read_offer(product: &mut Product, members: &Members, base: &Base<'_, Product>) -> Result<()> {
    product.description = members.text("productDescription")?;
    set(&mut product.product_type, members.choice("loanProductType", PRODUCT_TYPE)?);
    set(&mut product.is_active, members.flag("activated")?);
    set(&mut product.for_individuals, members.flag("forIndividuals")?);
    set(&mut product.for_groups, members.flag("forPureGroups")?);
    set(&mut product.for_hybrid_groups, members.flag("forHybridGroups")?);
    product.branches = branches(members, base)?;
    set(&mut product.currency, members.figure("currencyCode", Currency::from_code)?);
    set(&mut product.id_pattern, id_pattern(members)?);
    set(&mut product.initial_state, members.choice("accountInitialState", names::INITIAL_STATE)?);
    set(&mut product.accounting, members.choice("accountingMethod", names::ACCOUNTING)?);
    Ok(())
}

fn read_schedule(product: &mut Product, members: &Members) -> Result<()> {
    let amortizations = Names { values: shared::AMORTIZATIONS, name_of: shared::amortization };
    set(&mut product.amortization, members.choice("amortizationMethod", amortizations)?);
    let currency = product.currency;
    let amount = |name: &str| members.figure(name, |text| Amount::parse(text, currency));
    product.amount = Range {
        min: amount("minLoanAmount")?,
        default: amount("defaultLoanAmount")?,
        max: amount("maxLoanAmount")?,
    };
    product.installments = counts(members, "NumInstallments")?;
    product.grace_period = counts(members, "GracePeriod")?;
    product.first_due_date_offset_days = counts(members, "FirstRepaymentDueDateOffset")?;
    product.due_dates = due_dates(members)?;
    product.installment_rounding = installment_rounding(members, currency)?;
    product.payment_rules.rounded_elements = rounded_elements(members)?;
    set(&mut product.grace_period_type, members.choice("gracePeriodType", names::GRACE_PERIOD_TYPE)?);
    set(
        &mut product.non_working_days,
        members.choice("repaymentReschedulingMethod", names::NON_WORKING_DAYS)?,
    );
    set(&mut product.principal_repayment_interval, members.count("defaultPrincipalRepaymentInterval")?);
    set(&mut product.remainder, members.choice("roundingRepaymentScheduleMethod", names::REMAINDER)?);
    set(&mut product.rounding, members.choice("roundingMethod", names::ROUNDING)?);
    Ok(())
}

/// Whether schedules are fixed or follow what happens goes with the type, and of loans free of interest with how
/// payments are taken.
fn require_schedule_method(product: &Product, members: &Members) -> Result<()> {
    const METHOD: &str = "repaymentScheduleMethod";
    let methods = Names { values: &["FIXED", "DYNAMIC"], name_of: |name| name };
    let own = shared::schedule_method(product.is_dynamic());
    match members.choice(METHOD, methods)? {
        Some(stated) if stated != own => {
            let product_type = shared::product_type(product.product_type);
            Err(DoorError::contradiction(METHOD, format!("a {product_type} has schedules that are {own}")))
        }
        Some(_) | None => Ok(()),
    }
}

fn read_marketplace(product: &mut Product, members: &Members) -> Result<()> {
    let terms = members.object("marketplace")?;
    set(
        &mut product.marketplace.capitalized_fee_percent,
        terms.figure("capitalizedFeePercent", Rate::parse_percent)?,
    );
    product.marketplace.denomination =
        terms.figure("denomination", |text| StatedAmount(text.to_owned()).positive_in(product.currency))?;
    set(&mut product.marketplace.daily_accrual, terms.choice("dailyAccrual", names::DAILY_ACCRUAL)?);
    product.marketplace.protect = protect::read(&terms.object("protect")?)?;
    Ok(())
}

fn set<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

fn counts(members: &Members, name: &str) -> Result<Range<u32>> {
    let count = |bound: &str| members.count(&format!("{bound}{name}"));
    Ok(Range { min: count("min")?, default: count("default")?, max: count("max")? })
}

fn rates(members: &Members, name: &str) -> Result<Range<Rate>> {
    let rate = |bound: &str| members.figure(&format!("{bound}{name}"), Rate::parse_percent);
    Ok(Range { min: rate("min")?, default: rate("default")?, max: rate("max")? })
}

/// Empty: all branches.
pub(super) fn branches<T>(members: &Members, base: &Base<'_, T>) -> Result<Vec<Key>> {
    const LIST: &str = "availableProductBranches";
    let listed = members.list(LIST)?.unwrap_or_default();
    let find = |value: &serde_json::value::RawValue| {
        let branch = Members::of_json(value.get().as_bytes())?;
        base.branch(&branch, "branchKey")?
            .ok_or_else(|| DoorError::missing("availableProductBranches.branchKey"))
    };
    let branches = listed.iter().map(|value| find(value)).collect::<Result<Vec<Key>>>()?;
    match members.flag("forAllBranches")? {
        Some(true) if !branches.is_empty() => {
            Err(DoorError::contradiction("forAllBranches", format!("{LIST} names some")))
        }
        Some(false) if branches.is_empty() => {
            Err(DoorError::contradiction("forAllBranches", format!("{LIST} names none")))
        }
        Some(true | false) | None => Ok(branches),
    }
}

pub(super) fn id_pattern(members: &Members) -> Result<Option<IdPattern>> {
    let pattern = members.text("idPattern")?;
    let kinds = Names { values: &[RANDOM_PATTERN, INCREMENTAL_NUMBER], name_of: |name| name };
    let kind = members.choice("idGeneratorType", kinds)?;
    if kind != Some(INCREMENTAL_NUMBER) {
        return Ok(pattern.map(IdPattern::Random));
    }
    match pattern {
        Some(_) => {
            Err(DoorError::contradiction("idPattern", "idGeneratorType INCREMENTAL_NUMBER has no pattern"))
        }
        None => Ok(Some(IdPattern::Incremental)),
    }
}

fn due_dates(members: &Members) -> Result<ProductDueDates> {
    let count = members.count("defaultRepaymentPeriodCount")?;
    let unit = members.choice("repaymentPeriodUnit", names::PERIOD_UNIT)?;
    let days = members.list("fixedDaysOfMonth")?.filter(|days| !days.is_empty());
    let short_month = members.choice("shortMonthHandlingMethod", names::SHORT_MONTH)?;
    let methods = Names { values: &[INTERVAL, FIXED_DAYS_OF_MONTH], name_of: |name| name };
    if members.choice("scheduleDueDatesMethod", methods)? != Some(FIXED_DAYS_OF_MONTH) {
        if days.is_some() {
            return Err(DoorError::contradiction("fixedDaysOfMonth", "scheduleDueDatesMethod is INTERVAL"));
        }
        // An interval that ends in a shorter month ends on its last day.
        if short_month == Some(ShortMonth::FirstDayOfNextMonth) {
            return Err(DoorError::contradiction(
                "shortMonthHandlingMethod",
                "scheduleDueDatesMethod is INTERVAL",
            ));
        }
        return Ok(ProductDueDates::Interval { count, unit });
    }
    if count.is_some_and(|count| count != 1) {
        return Err(DoorError::contradiction("defaultRepaymentPeriodCount", "fixed days come every month"));
    }
    if unit.is_some_and(|unit| unit != PeriodUnit::Months) {
        return Err(DoorError::contradiction("repaymentPeriodUnit", "fixed days come every month"));
    }
    let days = days.ok_or_else(|| DoorError::missing("fixedDaysOfMonth"))?;
    let days = days.iter().map(|day| day_of_month(day.get())).collect::<Result<Vec<u8>>>()?;
    Ok(ProductDueDates::FixedDaysOfMonth { days, short_month: short_month.unwrap_or_default() })
}

fn day_of_month(day: &str) -> Result<u8> {
    let number = day.trim_matches('"').parse().ok().filter(|day| (1..=31).contains(day));
    number.ok_or_else(|| DoorError::invalid("fixedDaysOfMonth", day, "a day of the month is from 1 to 31"))
}

/// Whether single elements are rounded, or totals only.
fn rounded_elements(members: &Members) -> Result<RoundedElements> {
    let names = Names { values: &[NO_ROUNDING, PAYMENT_DUE, ROUND_ALL], name_of: |name| name };
    let all = members.choice("repaymentElementsRoundingMethod", names)? == Some(ROUND_ALL);
    Ok(if all { RoundedElements::RoundAll } else { RoundedElements::PaymentDue })
}

/// To which multiples.
fn installment_rounding(members: &Members, currency: Currency) -> Result<InstallmentRounding> {
    const UNIT: &str = "repaymentCurrencyRoundingUnit";
    const ELEMENTS: &str = "repaymentElementsRoundingMethod";
    let kinds = Names { values: &[NO_ROUNDING, TO_NEAREST, UP_TO], name_of: |name| name };
    let kind = members.choice("repaymentCurrencyRounding", kinds)?.unwrap_or(NO_ROUNDING);
    let unit = members.figure(UNIT, |text| Amount::parse(text, currency))?;
    let elements = members
        .choice(ELEMENTS, Names { values: &[NO_ROUNDING, PAYMENT_DUE, ROUND_ALL], name_of: |name| name })?;
    if kind == NO_ROUNDING {
        if let Some(elements) = elements.filter(|elements| *elements == ROUND_ALL) {
            return Err(DoorError::contradiction(
                ELEMENTS,
                format!("{elements} needs repaymentCurrencyRounding"),
            ));
        }
        return match unit {
            Some(_) => Err(DoorError::contradiction(UNIT, "repaymentCurrencyRounding is NO_ROUNDING")),
            None => Ok(InstallmentRounding::None),
        };
    }
    if elements == Some(NO_ROUNDING) {
        return Err(DoorError::contradiction(ELEMENTS, format!("repaymentCurrencyRounding is {kind}")));
    }
    let unit = unit.unwrap_or_else(|| whole_unit(currency));
    if !unit.is_positive() {
        return Err(DoorError::invalid(UNIT, &unit.to_text(currency), "it is not more than zero"));
    }
    Ok(if kind == UP_TO { InstallmentRounding::UpTo(unit) } else { InstallmentRounding::ToNearest(unit) })
}

fn whole_unit(currency: Currency) -> Amount {
    Amount::parse("1", currency).expect("one is an amount of every currency")
}

/// How ids are drawn, and the pattern where there is one.
pub(super) fn id_generator(pattern: &IdPattern) -> (&'static str, Option<String>) {
    match pattern {
        IdPattern::Random(pattern) => (RANDOM_PATTERN, Some(pattern.clone())),
        IdPattern::Incremental => (INCREMENTAL_NUMBER, None),
    }
}

/// A product as this door shows it.
pub(in super::super) fn wire_of(product: &Product) -> wire::LoanProduct {
    let (id_generator_type, id_pattern) = id_generator(&product.id_pattern);
    let branch = |key: &Key| wire::ProductBranch { branch_key: key.to_string() };
    wire::LoanProduct {
        encoded_key: product.key.to_string(),
        id: product.id.clone(),
        version: product.version,
        creation_date: product.created_at.to_string(),
        last_modified_date: product.last_modified_at.to_string(),
        product_name: product.name.clone(),
        product_description: product.description.clone(),
        loan_product_type: shared::product_type(product.product_type),
        activated: product.is_active,
        for_individuals: product.for_individuals,
        for_pure_groups: product.for_groups,
        for_hybrid_groups: product.for_hybrid_groups,
        for_all_branches: product.branches.is_empty(),
        available_product_branches: product.branches.iter().map(branch).collect(),
        currency_code: product.currency.code(),
        id_generator_type,
        id_pattern,
        account_initial_state: names::initial_state(product.initial_state),
        accounting_method: names::accounting(product.accounting),
        loan_product_rules: accounting::wire_of(&product.accounting_rules, shared::financial_resource),
        interest_accrued_accounting_method: shared::accrual_posting(product.accrual_posting),
        interest_suspense_after_days: product.suspense_after_days,
        provisioning: accounting::wire_of_rates(product),
        max_number_of_disbursement_tranches: product.max_tranches,
        interest: interest::wire_of(product),
        schedule: schedule_of(product),
        payments: payments::wire_of(product),
        charges: charges::wire_of(product),
        controls: controls::wire_of(product),
        product_security_settings: securities::securities_of(product),
        principal_payment_settings: securities::principal_payments_of(product),
        linking: savings::linking_of(product),
        marketplace: wire::ProductMarketplace {
            capitalized_fee_percent: product.marketplace.capitalized_fee_percent.to_percent_text(),
            daily_accrual: names::daily_accrual(product.marketplace.daily_accrual),
            protect: protect::wire_of(&product.marketplace.protect),
            denomination: product.marketplace.denomination.map(|amount| amount.to_text(product.currency)),
        },
    }
}

fn schedule_of(product: &Product) -> wire::ProductSchedule {
    let amount = |amount: Option<Amount>| amount.map(|amount| amount.to_text(product.currency));
    let edits = &product.payment_rules.schedule_edits;
    let (currency_rounding, unit) = match product.installment_rounding {
        InstallmentRounding::None => (NO_ROUNDING, None),
        InstallmentRounding::ToNearest(unit) => (TO_NEAREST, Some(unit)),
        InstallmentRounding::UpTo(unit) => (UP_TO, Some(unit)),
    };
    let (method, period, fixed_days) = match &product.due_dates {
        ProductDueDates::Interval { count, unit } => (INTERVAL, (*count, *unit), None),
        ProductDueDates::FixedDaysOfMonth { days, short_month } => {
            (FIXED_DAYS_OF_MONTH, (None, None), Some((days, *short_month)))
        }
    };
    wire::ProductSchedule {
        default_loan_amount: amount(product.amount.default),
        min_loan_amount: amount(product.amount.min),
        max_loan_amount: amount(product.amount.max),
        repayment_schedule_method: shared::schedule_method(product.is_dynamic()),
        schedule_due_dates_method: method,
        default_repayment_period_count: period.0,
        repayment_period_unit: period.1.map(names::period_unit),
        fixed_days_of_month: fixed_days.map(|(days, _)| days.iter().copied().map(u32::from).collect()),
        short_month_handling_method: fixed_days.map(|(_, short_month)| names::short_month(short_month)),
        default_num_installments: product.installments.default,
        min_num_installments: product.installments.min,
        max_num_installments: product.installments.max,
        default_grace_period: product.grace_period.default,
        min_grace_period: product.grace_period.min,
        max_grace_period: product.grace_period.max,
        grace_period_type: names::grace_period_type(product.grace_period_type),
        default_principal_repayment_interval: product.principal_repayment_interval,
        default_first_repayment_due_date_offset: product.first_due_date_offset_days.default,
        min_first_repayment_due_date_offset: product.first_due_date_offset_days.min,
        max_first_repayment_due_date_offset: product.first_due_date_offset_days.max,
        repayment_rescheduling_method: names::non_working_days(product.non_working_days),
        rounding_repayment_schedule_method: names::remainder(product.remainder),
        repayment_currency_rounding: currency_rounding,
        repayment_currency_rounding_unit: amount(unit),
        repayment_elements_rounding_method: match product.payment_rules.rounded_elements {
            RoundedElements::PaymentDue => unit.map_or(NO_ROUNDING, |_| PAYMENT_DUE),
            RoundedElements::RoundAll => ROUND_ALL,
        },
        rounding_method: names::rounding(product.rounding),
        amortization_method: shared::amortization(product.amortization),
        repayment_schedule_edit_options: edits.iter().copied().map(shared::schedule_edit).collect(),
    }
}

#[cfg(test)]
mod tests;

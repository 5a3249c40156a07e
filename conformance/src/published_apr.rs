//! Annual rates that regulators and calculators published.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use loam_calc::apr::{AprError, UnitFlow, YearFlow, actuarial_rate, effective_rate, published};
use loam_calc::day_count::Fraction;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use serde::Deserialize;
use serde_json::Value;

use crate::text::{amount, decimal_text, fraction};
use crate::verdict::{Check, Verdict};

pub(crate) const NAME: &str = "published_apr";
const FILE: &str = "published_apr.json";

#[derive(Deserialize)]
struct File {
    us_reg_z_appendix_j: Vec<Actuarial>,
    eu: Vec<Effective>,
    india: Vec<MonthlyTimesTwelve>,
}

/// Decimals of a percent in a disclosure.
const DISCLOSED: u32 = 2;

/// What every example says.
#[derive(Deserialize)]
struct Published {
    id: String,
    published_apr_percent: Value,
}

#[derive(Deserialize)]
struct Actuarial {
    id: String,
    published_apr_percent: Value,
    amount_advanced: Value,
    unit_periods_per_year: u32,
    flows: Vec<Flow>,
}

#[derive(Deserialize)]
struct Flow {
    amount: Value,
    full_unit_periods: u32,
    fraction_of_unit_period: Value,
}

#[derive(Deserialize)]
struct Effective {
    id: String,
    published_apr_percent: Value,
    drawdowns: Vec<Timed>,
    repayments: Vec<Timed>,
}

#[derive(Deserialize)]
struct Timed {
    amount: Value,
    years: Value,
}

/// The actuarial rate of equal monthly payments.
#[derive(Deserialize)]
struct MonthlyTimesTwelve {
    id: String,
    published_apr_percent: Value,
    net_disbursed: Value,
    instalment: Value,
    instalments: u32,
}

pub(crate) fn judge(folder: &Path) -> Result<Vec<Check>> {
    let text = fs::read_to_string(folder.join(FILE)).context(FILE)?;
    let file: File = serde_json::from_str(&text).context(FILE)?;
    let mut checks = Vec::new();
    for case in file.us_reg_z_appendix_j {
        let rate = actuarial(&case)?;
        let said = Published { id: case.id, published_apr_percent: case.published_apr_percent };
        checks.push(check("US Regulation Z, Appendix J", &said, rate)?);
    }
    for case in file.eu {
        let rate = effective_rate(&years(&case.drawdowns)?, &years(&case.repayments)?);
        let said = Published { id: case.id, published_apr_percent: case.published_apr_percent };
        checks.push(check("European Union", &said, rate)?);
    }
    for case in file.india {
        let rate = monthly(&case)?;
        let said = Published { id: case.id, published_apr_percent: case.published_apr_percent };
        checks.push(check("India, monthly rate times twelve", &said, rate)?);
    }
    Ok(checks)
}

fn actuarial(case: &Actuarial) -> Result<Result<Rate, AprError>> {
    let payments = case.flows.iter().map(|flow| {
        let fraction = fraction(&flow.fraction_of_unit_period)?;
        Ok(UnitFlow { amount: amount(&flow.amount)?, periods: flow.full_unit_periods, fraction })
    });
    let payments: Vec<UnitFlow> = payments.collect::<Result<_>>()?;
    Ok(actuarial_rate(&[whole(amount(&case.amount_advanced)?, 0)], &payments, case.unit_periods_per_year))
}

fn monthly(case: &MonthlyTimesTwelve) -> Result<Result<Rate, AprError>> {
    let payment = amount(&case.instalment)?;
    let payments: Vec<UnitFlow> = (1..=case.instalments).map(|month| whole(payment, month)).collect();
    Ok(actuarial_rate(&[whole(amount(&case.net_disbursed)?, 0)], &payments, 12))
}

fn whole(amount: Amount, periods: u32) -> UnitFlow {
    UnitFlow { amount, periods, fraction: Fraction { numerator: 0, denominator: 1 } }
}

fn years(flows: &[Timed]) -> Result<Vec<YearFlow>> {
    let flow = |flow: &Timed| Ok(YearFlow { amount: amount(&flow.amount)?, years: fraction(&flow.years)? });
    flows.iter().map(flow).collect()
}

/// Compares at as many decimals as were printed. Disclosures have two decimals; a figure printed with
/// fewer was rounded from those, half-even.
fn check(group: &str, said: &Published, rate: Result<Rate, AprError>) -> Result<Check> {
    let expected = decimal_text(&said.published_apr_percent).context("a rate without a figure")?;
    let decimals = u32::try_from(expected.split_once('.').map_or(0, |(_, decimals)| decimals.len()))?;
    let expected = Rate::parse_percent(&expected).with_context(|| expected.clone())?;
    let found = rate.map(|rate| printed(published(rate, DISCLOSED), decimals));
    let verdict = match found {
        Ok(found) if found == expected => Verdict::Passed,
        Ok(found) => Verdict::Failed(format!(
            "{} % instead of {} %",
            found.to_percent_text(),
            expected.to_percent_text()
        )),
        Err(error) => Verdict::Failed(error.to_string()),
    };
    Ok(Check { oracle: NAME, id: said.id.clone(), group: group.to_owned(), tags: vec![], verdict })
}

fn printed(rate: Rate, decimals: u32) -> Rate {
    let unit = 10_i64.pow(decimals.min(DISCLOSED));
    let scaled = Rounding::HalfEven.divide(rate.numerator() * 100 * i128::from(unit), rate.denominator());
    Rate::from_ratio(i64::try_from(scaled).expect("rates stay below a million percent"), unit * 100)
}

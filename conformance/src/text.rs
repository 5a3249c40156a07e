//! Figures as the published files write them: text or JSON numbers, read without floats.

use anyhow::{Context, Result, bail};
use loam_calc::day_count::Fraction;
use loam_calc::money::Amount;
use serde_json::Value;

/// Decimals of an amount where cents are too coarse to compare by.
pub(crate) const DECIMALS: usize = 10;

/// The decimal text of a JSON string or number; nothing for null.
pub(crate) fn decimal_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// An amount in a currency of ten decimals, so that unrounded figures can be compared.
pub(crate) fn amount(value: &Value) -> Result<Amount> {
    let minor = scaled(value, DECIMALS)?;
    Ok(Amount::from_minor(i64::try_from(minor).with_context(|| format!("{value} is too large"))?))
}

/// A fraction with ten decimals.
pub(crate) fn fraction(value: &Value) -> Result<Fraction> {
    Ok(Fraction { numerator: scaled(value, DECIMALS)?, denominator: 10_i128.pow(10) })
}

/// The figure times 10^`decimals`; more decimals are rounded, half away from zero.
pub(crate) fn scaled(value: &Value, decimals: usize) -> Result<i128> {
    let text = decimal_text(value).with_context(|| format!("{value} is no figure"))?;
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.trim_start_matches('+').parse::<i32>()?),
        None => (text.as_str(), 0),
    };
    let (sign, unsigned) = mantissa.strip_prefix('-').map_or((1, mantissa), |rest| (-1, rest));
    let unsigned = unsigned.trim_start_matches('+');
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
        bail!("{text:?} is no figure");
    }
    let digits = format!("{whole}{part}");
    let places = i32::try_from(decimals)? - i32::try_from(part.len())? + exponent;
    let value: i128 = digits.parse().with_context(|| format!("{text:?} is no figure"))?;
    let power = 10_i128.checked_pow(places.unsigned_abs());
    Ok(match (places >= 0, power) {
        (true, Some(power)) => sign * value * power,
        (false, Some(power)) => sign * ((value + power / 2) / power),
        (true, None) => bail!("{text:?} is too large"),
        (false, None) => 0,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_keep_their_digits() {
        let check =
            |value: Value, expected: i128| assert_eq!(scaled(&value, 10).unwrap(), expected, "{value}");
        check(json!("5000"), 50_000_000_000_000);
        check(json!("-0.05"), -500_000_000);
        check(json!("1.5e-3"), 15_000_000);
        check(json!("2E2"), 2_000_000_000_000);
        check(json!("0.00000000005"), 1);
        check(json!(1.25), 12_500_000_000);
        assert!(scaled(&json!("twelve"), 10).is_err());
    }
}

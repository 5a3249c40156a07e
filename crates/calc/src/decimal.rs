//! Plain decimal text to and from a scaled integer.
//!
//! No exponent, no thousands separator, no plus sign: what is written here is also what is read.

/// Why a text is not a decimal that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalError {
    Malformed,
    TooPrecise,
    TooLarge,
}

/// Reads a plain decimal and returns it times 10^`decimals`.
///
/// Zeros behind the last wanted decimal lose nothing and are accepted: "1.500" with two decimals is 150.
pub(crate) fn parse(text: &str, decimals: u32) -> Result<i128, DecimalError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return Err(DecimalError::Malformed),
        Some(parts) => parts,
        None => (unsigned, ""),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return Err(DecimalError::Malformed);
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::try_from(decimals)
        .expect("decimals are a small number")
        .checked_sub(fraction.len())
        .ok_or(DecimalError::TooPrecise)?;

    let digits = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0');
    let mut value: i128 = 0;
    for digit in digits.chain(std::iter::repeat_n(0, missing)) {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(i128::from(digit)))
            .ok_or(DecimalError::TooLarge)?;
    }
    Ok(if negative { -value } else { value })
}

/// Writes `scaled` ÷ 10^`decimals` with all its decimals.
pub(crate) fn to_fixed_text(scaled: i128, decimals: u32) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let unit = 10_u128.pow(decimals);
    let whole = scaled.unsigned_abs() / unit;
    if decimals == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = scaled.unsigned_abs() % unit;
    let width = usize::try_from(decimals).expect("decimals are a small number");
    format!("{sign}{whole}.{fraction:0width$}")
}

/// Writes `scaled` ÷ 10^`decimals` without trailing zeros: "950", "25.45", "-4.5".
pub(crate) fn to_short_text(scaled: i128, decimals: u32) -> String {
    let text = to_fixed_text(scaled, decimals);
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimals_are_read() {
        for text in ["", "-", ".5", "5.", "1e3", "+1", "1,000", " 1", "1.2.3", "--1", "0x1", "١"] {
            assert_eq!(parse(text, 2), Err(DecimalError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn zeros_behind_the_last_decimal_lose_nothing() {
        assert_eq!(parse("1.500", 2), Ok(150));
        assert_eq!(parse("950.00", 0), Ok(950));
        assert_eq!(parse("1.501", 2), Err(DecimalError::TooPrecise));
    }

    #[test]
    fn too_many_digits_are_an_error_and_not_an_overflow() {
        assert_eq!(parse(&"9".repeat(60), 2), Err(DecimalError::TooLarge));
    }

    #[test]
    fn text_goes_there_and_back() {
        assert_eq!(to_fixed_text(-5, 2), "-0.05");
        assert_eq!(to_short_text(-450, 2), "-4.5");
        assert_eq!(to_short_text(0, 2), "0");
        assert_eq!(to_short_text(100, 0), "100");
    }
}

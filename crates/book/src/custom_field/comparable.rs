//! Values as text that sorts as the values do, so that a store can look for more and less.

use super::DataType;

/// How many characters of a text count.
const LENGTH: usize = 200;
/// A number of so many digits before the point is the longest that is told from longer ones.
const MOST_DIGITS: usize = 9_999;

/// The value as text whose bytes sort as the values of its type do. Two long texts that begin alike come out
/// the same.
pub fn comparable(data_type: DataType, content: &str) -> String {
    match data_type {
        DataType::Number => number(content),
        DataType::String
        | DataType::Selection
        | DataType::Checkbox
        | DataType::Date
        | DataType::ClientLink
        | DataType::GroupLink
        | DataType::UserLink => content.chars().take(LENGTH).collect(),
    }
}

/// The number of digits before the digits; of a negative number, nine minus each of them.
fn number(content: &str) -> String {
    let (is_negative, digits) = content.strip_prefix('-').map_or((false, content), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let length = whole.len().min(MOST_DIGITS);
    let digits = format!("{length:04}{whole}.{fraction}").chars().take(LENGTH).collect::<String>();
    if !is_negative {
        return format!("p{digits}");
    }
    let turned = |c: char| c.to_digit(10).and_then(|digit| char::from_digit(9 - digit, 10)).unwrap_or(c);
    // What goes on is smaller: a tilde sorts after every digit.
    format!("n{}~", digits.chars().map(turned).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_numbers() {
        let numbers =
            ["-1000", "-12.5", "-12", "-0.5", "-0.25", "0", "0.25", "0.5", "2", "9.75", "10", "100.1"];
        let texts: Vec<String> = numbers.iter().map(|number| comparable(DataType::Number, number)).collect();
        assert!(texts.is_sorted_by(|left, right| left < right), "{texts:?}");
    }

    #[test]
    fn a_long_text_counts_by_its_beginning() {
        assert_eq!(comparable(DataType::String, &"é".repeat(300)).chars().count(), LENGTH);
        assert_eq!(comparable(DataType::Date, "2012-10-10"), "2012-10-10");
    }
}

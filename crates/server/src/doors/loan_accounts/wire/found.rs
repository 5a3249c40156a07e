//! What a search across types finds (contract §5.10).

use serde::Serialize;
use utoipa::ToSchema;

use super::values::EncodedKey;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    #[serde(rename = "selectionType")]
    pub(crate) selection_type: &'static str,
    #[serde(rename = "displayString")]
    pub(crate) display_string: String,
    #[serde(rename = "resultID")]
    pub(crate) result_id: String,
    #[serde(rename = "resultKey")]
    pub(crate) result_key: EncodedKey,
    /// 3: the text itself. 2: begins with it. 1: has it.
    pub(crate) score: u8,
}

/// How close a name is to a text, without regard to case; 0: it does not have it.
pub(crate) fn score(name: &str, text: &str) -> u8 {
    let (name, text) = (name.to_lowercase(), text.to_lowercase());
    if name == text {
        3
    } else if name.starts_with(&text) {
        2
    } else {
        u8::from(name.contains(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closer_a_name_the_higher_its_score() {
        assert_eq!(score("Ana Lima", "ana lima"), 3);
        assert_eq!(score("Ana Lima", "ANA"), 2);
        assert_eq!(score("Ana Lima", "lima"), 1);
        assert_eq!(score("Ana Lima", "ben"), 0);
    }
}

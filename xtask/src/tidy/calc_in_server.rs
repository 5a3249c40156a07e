//! Of `calc` the server sees only values it can show or read, never a computation.

use super::Finding;
use super::source::{Source, path_heads, reads};
use super::tree::Tree;

/// The modules of `calc` that hold values of the wire: amounts, currencies, rates, calendar settings, the components
/// a repayment is allocated to, and the words in which terms are agreed (day count, due dates, rounding, schedule).
/// An accrual is asked for at the book.
const VALUE_MODULES: [&str; 10] = [
    "money",
    "currency",
    "rate",
    "exact",
    "calendar",
    "allocation",
    "day_count",
    "due_dates",
    "rounding",
    "schedule",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust().iter().filter(|source| source.room() == Some("server")).flat_map(check_source).collect()
}

fn check_source(source: &Source) -> Vec<Finding> {
    let tokens = source.product_tokens();
    let mut findings = Vec::new();
    for at in (0..tokens.len()).filter(|at| tokens[*at].text == "loam_calc") {
        if !reads(&tokens, at + 1, &["::"]) {
            let sentence =
                "name the module of `loam_calc` in full, so that it shows which values the server uses";
            findings.push(Finding::new(&source.path, source.line_of(tokens[at].offset), sentence));
            continue;
        }
        for head in path_heads(&tokens, at + 2).iter().filter(|head| !VALUE_MODULES.contains(&head.text)) {
            let sentence = format!(
                "the server uses `loam_calc::{}`; it may use {} and leaves arithmetic to the desk",
                head.text,
                VALUE_MODULES.join(", ")
            );
            findings.push(Finding::new(&source.path, source.line_of(head.offset), sentence));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<Finding> {
        check(&Tree::of(&[("crates/server/src/doors/loan_accounts/wire.rs", text)]))
    }

    #[test]
    fn arithmetic_in_the_server_is_found() {
        let texts = [
            "use loam_calc::accrual::interest_between;",
            "use loam_calc::{money::Amount, accrual::interest_for_days};",
            "use loam_calc::*;",
            "use loam_calc as calc;",
            "fn f() { loam_calc::accrual::interest_within(); }",
        ];
        for text in texts {
            assert_eq!(findings(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn values_are_fine() {
        assert!(
            findings(
                "use loam_calc::{currency::Currency, money::{Amount, Money}};\nuse loam_calc::rate::Rate;"
            )
            .is_empty()
        );
        let elsewhere = Tree::of(&[("crates/book/src/a.rs", "use loam_calc::schedule::Terms;")]);
        assert!(check(&elsewhere).is_empty());
    }
}

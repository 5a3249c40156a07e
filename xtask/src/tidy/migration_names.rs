//! Migrations are numbered without gaps: `0001_loan_book.sql`, `0002_…`. They only go forward.

use super::Finding;
use super::tree::Tree;

pub(super) const MIGRATIONS: &str = "crates/store/migrations/";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let paths = tree.ending(".sql").map(|(path, _)| path).filter(|path| path.starts_with(MIGRATIONS));
    paths
        .enumerate()
        .filter_map(|(at, path)| {
            let expected = format!("{:04}_", at + 1);
            let name = path.strip_prefix(MIGRATIONS)?;
            let sentence =
                format!("expected a migration named {expected}….sql here: numbers have no gaps and no twins");
            (!name.starts_with(&expected)).then(|| Finding::new(path, 1, sentence))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(names: &[&str]) -> usize {
        let paths: Vec<String> = names.iter().map(|name| format!("{MIGRATIONS}{name}")).collect();
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
        check(&Tree::of(&files)).len()
    }

    #[test]
    fn numbers_follow_each_other() {
        assert_eq!(findings(&["0001_a.sql", "0002_b.sql"]), 0);
    }

    #[test]
    fn gaps_twins_and_other_names_are_found() {
        assert_eq!(findings(&["0001_a.sql", "0003_b.sql"]), 1);
        assert_eq!(findings(&["0001_a.sql", "0001_b.sql"]), 1);
        assert_eq!(findings(&["loan_book.sql"]), 1);
        assert_eq!(findings(&["1_a.sql"]), 1);
    }
}

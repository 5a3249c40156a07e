//! Which crate may depend on which: the arrows of the house, and what the pure crates must never see.

use toml::{Table, Value};

use super::Finding;
use super::tree::Tree;

/// Each crate of ours with the crates of ours it may name, in any dependency section.
const ALLOWED: [(&str, &[&str]); 7] = [
    ("loam-calc", &[]),
    ("loam-book", &["loam-calc"]),
    ("loam-app", &["loam-book", "loam-calc"]),
    ("loam-store", &["loam-app", "loam-book", "loam-calc"]),
    ("loam-server", &["loam-app", "loam-book", "loam-calc"]),
    ("loam-load", &[]),
    ("loam", &["loam-app", "loam-book", "loam-calc", "loam-load", "loam-server", "loam-store"]),
];

/// Crates that look at the others from outside and may name any of them.
const OUTSIDE: [&str; 5] = ["loam-bench", "loam-conformance", "loam-later", "loam-tests", "xtask"];

/// Crates of ours in which nothing waits, stores or listens.
const PURE: [&str; 2] = ["loam-calc", "loam-book"];

/// Runtimes, databases, HTTP, clocks' and chance's crates. A name also stands for its family: `tokio` for `tokio-util`.
const IMPURE: [&str; 30] = [
    "actix",
    "argon2",
    "async-std",
    "async-trait",
    "axum",
    "deadpool",
    "diesel",
    "futures",
    "getrandom",
    "http",
    "hyper",
    "isahc",
    "mio",
    "native-tls",
    "postgres",
    "r2d2",
    "rand",
    "redis",
    "refinery",
    "reqwest",
    "rocket",
    "rusqlite",
    "rustls",
    "sea-orm",
    "smol",
    "sqlite",
    "sqlx",
    "tokio",
    "tower",
    "ureq",
];

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let renames = tree.text("Cargo.toml").map(workspace_names).unwrap_or_default();
    tree.ending("/Cargo.toml").flat_map(|(path, text)| check_manifest(path, text, &renames)).collect()
}

/// The dependencies of the workspace whose key is not the name of their package.
fn workspace_names(manifest: &str) -> Vec<(String, String)> {
    let Ok(manifest) = manifest.parse::<Table>() else { return Vec::new() };
    let Some(Value::Table(entries)) =
        manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"))
    else {
        return Vec::new();
    };
    let renamed = entries
        .iter()
        .filter_map(|(key, entry)| Some((key.clone(), entry.get("package")?.as_str()?.to_owned())));
    renamed.collect()
}

fn check_manifest(path: &str, text: &str, renames: &[(String, String)]) -> Vec<Finding> {
    let manifest = match text.parse::<Table>() {
        Ok(manifest) => manifest,
        Err(error) => return vec![Finding::new(path, 1, format!("the manifest does not parse: {error}"))],
    };
    let Some(name) = manifest.get("package").and_then(|package| package.get("name")).and_then(Value::as_str)
    else {
        return vec![Finding::new(path, 1, "the manifest has no package name")];
    };
    if OUTSIDE.contains(&name) {
        return Vec::new();
    }
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        return vec![Finding::new(
            path,
            1,
            format!("crate {name} has no room: give it a row in the crate graph of tidy"),
        )];
    };
    dependencies(&manifest)
        .into_iter()
        .filter_map(|(key, package)| {
            let package = package
                .or_else(|| {
                    renames.iter().find(|(renamed, _)| *renamed == key).map(|(_, package)| package.clone())
                })
                .unwrap_or_else(|| key.clone());
            let sentence = objection(name, allowed, &package)?;
            Some(Finding::new(path, line_naming(text, &key), sentence))
        })
        .collect()
}

fn objection(name: &str, allowed: &[&str], package: &str) -> Option<String> {
    let is_ours = ALLOWED.iter().any(|(ours, _)| *ours == package) || OUTSIDE.contains(&package);
    if is_ours && !allowed.contains(&package) {
        return Some(format!("{name} must not depend on {package}: that arrow points the wrong way"));
    }
    let is_impure = IMPURE.iter().any(|impure| package == *impure || in_family(package, impure));
    if is_impure && PURE.contains(&name) {
        return Some(format!(
            "{name} is pure and must not depend on {package}: no runtime, database, HTTP or chance here"
        ));
    }
    None
}

fn in_family(package: &str, family: &str) -> bool {
    package.split(['-', '_']).any(|word| word == family)
}

/// Every dependency of every section as its key and, when it says so itself, the package behind the key.
fn dependencies(manifest: &Table) -> Vec<(String, Option<String>)> {
    let mut tables: Vec<&Table> = vec![manifest];
    if let Some(Value::Table(targets)) = manifest.get("target") {
        tables.extend(targets.values().filter_map(Value::as_table));
    }
    let sections =
        tables.iter().flat_map(|table| SECTIONS.iter().filter_map(|section| table.get(*section)?.as_table()));
    sections
        .flatten()
        .map(|(key, entry)| (key.clone(), entry.get("package").and_then(Value::as_str).map(str::to_owned)))
        .collect()
}

fn line_naming(text: &str, key: &str) -> usize {
    let names = |line: &str| {
        let rest = line.trim_start().trim_start_matches('"').strip_prefix(key);
        rest.is_some_and(|rest| rest.starts_with(['.', ' ', '=', '"']))
    };
    text.lines().position(names).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\n{rest}\n")
    }

    fn findings(path: &str, name: &str, rest: &str) -> Vec<Finding> {
        check(&Tree::of(&[(path, &manifest(name, rest))]))
    }

    #[test]
    fn every_arrow_against_the_house_is_found() {
        let all: Vec<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
        for (from, allowed) in ALLOWED {
            for to in all.iter().filter(|to| **to != from) {
                let found =
                    findings("crates/x/Cargo.toml", from, &format!("[dependencies]\n{to}.workspace = true"));
                assert_eq!(found.is_empty(), allowed.contains(to), "{from} → {to}: {found:?}");
            }
        }
    }

    #[test]
    fn the_finding_names_the_line() {
        let found = findings(
            "crates/book/Cargo.toml",
            "loam-book",
            "[dependencies]\nloam-store = { path = \"../store\" }",
        );
        assert_eq!(found[0].line, 4);
        assert!(found[0].sentence.contains("loam-store"));
    }

    #[test]
    fn sections_for_tests_and_for_one_platform_count_too() {
        for section in ["dev-dependencies", "build-dependencies", "target.'cfg(unix)'.dependencies"] {
            let found = findings(
                "crates/app/Cargo.toml",
                "loam-app",
                &format!("[{section}]\nloam-store.workspace = true"),
            );
            assert_eq!(found.len(), 1, "{section}");
        }
    }

    #[test]
    fn a_renamed_package_is_seen_through() {
        let inside = findings(
            "crates/app/Cargo.toml",
            "loam-app",
            "[dependencies]\nnice = { package = \"loam-store\", path = \"\" }",
        );
        assert_eq!(inside.len(), 1);
        let workspace =
            "[workspace.dependencies]\nnice = { package = \"loam-store\", path = \"crates/store\" }";
        let app = manifest("loam-app", "[dependencies]\nnice.workspace = true");
        let found = check(&Tree::of(&[("Cargo.toml", workspace), ("crates/app/Cargo.toml", &app)]));
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn pure_crates_know_no_runtime_and_no_database() {
        for package in
            ["tokio", "tokio-postgres", "axum", "rusqlite", "reqwest", "hyper-util", "rand", "async-trait"]
        {
            let found = findings(
                "crates/calc/Cargo.toml",
                "loam-calc",
                &format!("[dependencies]\n{package} = \"1\""),
            );
            assert_eq!(found.len(), 1, "{package}");
        }
        assert!(
            findings("crates/calc/Cargo.toml", "loam-calc", "[dependencies]\njiff = \"1\"\nserde = \"1\"")
                .is_empty()
        );
        assert!(
            findings("crates/store/Cargo.toml", "loam-store", "[dependencies]\ntokio = \"1\"").is_empty()
        );
    }

    #[test]
    fn a_new_crate_must_get_a_room_first() {
        assert_eq!(findings("crates/helpers/Cargo.toml", "loam-helpers", "").len(), 1);
        assert!(
            findings("tests/Cargo.toml", "loam-tests", "[dependencies]\nloam-store.workspace = true")
                .is_empty()
        );
    }
}

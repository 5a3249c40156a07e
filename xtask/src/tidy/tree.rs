//! The files the rules look at, held in memory so that a test can make a tree out of two lines of text.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::source::Source;

/// Folders that hold files of ours. Everything else, such as build output and data folders, is not read.
const FOLDERS: [&str; 4] = ["crates", "docs", "tests", "xtask"];
const EXTENSIONS: [&str; 4] = ["md", "rs", "sql", "toml"];

pub(crate) struct Tree {
    files: BTreeMap<String, String>,
    rust: Vec<Source>,
}

impl Tree {
    pub(crate) fn read(root: &Path) -> Result<Tree> {
        let mut files = BTreeMap::new();
        read_files(root, root, &mut files)?;
        for folder in FOLDERS {
            read_below(root, &root.join(folder), &mut files)?;
        }
        Ok(Tree::from_files(files))
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Tree {
        Tree::from_files(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    fn from_files(files: BTreeMap<String, String>) -> Tree {
        let rust = files
            .iter()
            .filter(|(path, _)| path.ends_with(".rs"))
            .map(|(path, text)| Source::read(path, text))
            .collect();
        Tree { files, rust }
    }

    pub(crate) fn rust(&self) -> &[Source] {
        &self.rust
    }

    pub(crate) fn file_count(&self) -> usize {
        self.files.len()
    }

    /// Paths and texts of the files with this ending, in the order of their paths.
    pub(crate) fn ending(&self, ending: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.ends_with(ending))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }
}

fn read_below(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    read_files(root, folder, files)?;
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let is_ours = name != "target" && !name.to_string_lossy().starts_with('.');
        if is_ours && entry.file_type()?.is_dir() {
            read_below(root, &entry.path(), files)?;
        }
    }
    Ok(())
}

/// Reads the files right inside `folder`, not the ones below it.
fn read_files(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let is_ours =
            path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known));
        if !is_ours || !path.is_file() {
            continue;
        }
        let name =
            path.strip_prefix(root).with_context(|| format!("{} is outside the tree", path.display()))?;
        let name =
            name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
        files.insert(name, text);
    }
    Ok(())
}

//! Copying a book as a file, also while it is written.

use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::{connect, failed, schema};
use crate::error::OpenError;

/// Copies a book into a new file, as one commit left it. Writers go on meanwhile.
///
/// The copy gets its name only when it is whole and on the disk.
pub(crate) fn copy_file(from: &Path, to: &Path) -> Result<(), OpenError> {
    if !from.is_file() {
        return Err(OpenError::NoBook(from.display().to_string()));
    }
    let source = connect(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    schema::must_be_current(&source)?;
    write_new_file(to, |target| {
        let backup = Backup::new(&source, target).map_err(failed)?;
        // All pages in one step hold one snapshot; in several, each commit would begin anew.
        let step = backup.step(-1).map_err(failed)?;
        if step != StepResult::Done {
            let reason = format!("the copy stopped: {step:?}");
            return Err(loam_app::error::StoreError::TryAgain(reason).into());
        }
        Ok(())
    })
}

/// Fills a new database file under a provisional name, then names it.
pub(super) fn write_new_file(
    to: &Path,
    fill: impl FnOnce(&mut Connection) -> Result<(), OpenError>,
) -> Result<(), OpenError> {
    let provisional = begin_new_file(to)?;
    let mut target = open_new_file(&provisional)?;
    fill(&mut target)?;
    finish_new_file(target, &provisional, to)
}

/// What a provisional name ends in.
const PARTIAL: &str = ".partial";

/// The name that a file is to get.
pub(crate) fn name_of(provisional: &Path) -> PathBuf {
    let name = provisional.as_os_str().to_string_lossy();
    PathBuf::from(name.strip_suffix(PARTIAL).unwrap_or(&name))
}

/// The provisional name, with nothing there.
pub(crate) fn begin_new_file(to: &Path) -> Result<PathBuf, OpenError> {
    if to.exists() {
        return Err(OpenError::FileExists(to.to_owned()));
    }
    let mut name = to.as_os_str().to_owned();
    name.push(PARTIAL);
    let provisional = PathBuf::from(name);
    if provisional.exists() {
        std::fs::remove_file(&provisional).map_err(|error| OpenError::file(&provisional, &error))?;
    }
    Ok(provisional)
}

pub(crate) fn open_new_file(provisional: &Path) -> Result<Connection, OpenError> {
    connect(provisional, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
}

/// One file that is whole on the disk, under its own name.
pub(crate) fn finish_new_file(target: Connection, provisional: &Path, to: &Path) -> Result<(), OpenError> {
    let single_file = target.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()));
    single_file.map_err(failed)?;
    target.close().map_err(|(_, error)| failed(error))?;
    let sync = || {
        std::fs::File::open(provisional)?.sync_all()?;
        std::fs::rename(provisional, to)?;
        match to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            Some(folder) => std::fs::File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    };
    sync().map_err(|error: std::io::Error| OpenError::file(to, &error))
}

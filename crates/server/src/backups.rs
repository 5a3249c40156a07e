//! Backups that are asked for over HTTP: made in the background, one at a time, and kept as one zip.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use loam_app::error::StoreError;
use loam_app::ports::BackupStore;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Where backups of one book are made and kept.
pub struct Backups {
    store: Arc<dyn BackupStore>,
    folder: PathBuf,
    is_running: AtomicBool,
}

/// A backup is being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InProgress;

/// Why a backup was not made.
#[derive(Debug, thiserror::Error)]
enum BackupError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    File(#[from] io::Error),
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
}

/// How names of backups begin and end; an instant stands between.
const STEM: &str = "loam-";
const ENDING: &str = ".zip";
/// What is not whole yet.
const COPY: &str = "copy.db";
const PARTIAL: &str = "copy.zip";

impl Backups {
    /// Backups of the book behind `store` go into `folder`, which is made when the first one is.
    pub fn new(store: Arc<dyn BackupStore>, folder: PathBuf) -> Backups {
        Backups { store, folder, is_running: AtomicBool::new(false) }
    }

    /// Begins a backup and does not wait for it.
    ///
    /// # Errors
    /// `InProgress` while another one is being made.
    pub fn start(self: &Arc<Backups>, now: Timestamp) -> Result<(), InProgress> {
        if self.is_running.swap(true, Ordering::AcqRel) {
            return Err(InProgress);
        }
        let backups = Arc::clone(self);
        tokio::spawn(async move {
            // Also a panic ends the backup.
            let made = tokio::spawn({
                let backups = Arc::clone(&backups);
                async move { backups.make(now).await }
            });
            match made.await {
                Ok(Ok(file)) => tracing::info!(file = %file.display(), "a backup is made"),
                Ok(Err(error)) => tracing::error!(%error, "a backup could not be made"),
                Err(error) => tracing::error!(%error, "a backup could not be made"),
            }
            backups.is_running.store(false, Ordering::Release);
        });
        Ok(())
    }

    /// The latest backup that is whole.
    ///
    /// # Errors
    /// `InProgress` while one is being made.
    pub fn latest(&self) -> Result<Option<PathBuf>, InProgress> {
        if self.is_running.load(Ordering::Acquire) { Err(InProgress) } else { Ok(self.whole().pop()) }
    }

    /// The backups in the folder, oldest first: an instant in a name orders as text.
    fn whole(&self) -> Vec<PathBuf> {
        let Ok(files) = fs::read_dir(&self.folder) else { return Vec::new() };
        let is_backup = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with(STEM) && name.ends_with(ENDING)
        };
        let mut found: Vec<PathBuf> = files.flatten().map(|file| file.path()).filter(is_backup).collect();
        found.sort();
        found
    }

    /// Copies, packs and names a backup; then those before it go.
    async fn make(&self, now: Timestamp) -> Result<PathBuf, BackupError> {
        let (copy, partial) = (self.folder.join(COPY), self.folder.join(PARTIAL));
        fs::create_dir_all(&self.folder)?;
        only_for_owner(&self.folder)?;
        // What a process that died left behind.
        for left in [&copy, &partial] {
            remove(left)?;
        }
        self.store.back_up(&copy).await?;
        let instant = now.strftime("%Y%m%dT%H%M%S%6f").to_string();
        let file = self.folder.join(format!("{STEM}{instant}{ENDING}"));
        let before = self.whole();
        let packed = {
            let (copy, partial, file) = (copy.clone(), partial, file.clone());
            tokio::task::spawn_blocking(move || pack(&copy, &partial, &file))
        };
        packed.await.map_err(|error| io::Error::other(error.to_string()))??;
        remove(&copy)?;
        before.iter().filter(|old| **old != file).try_for_each(|old| remove(old))?;
        Ok(file)
    }
}

/// The book as one file in a zip, which gets its name when it is whole on the disk.
fn pack(copy: &Path, partial: &Path, file: &Path) -> Result<(), BackupError> {
    let mut zip = ZipWriter::new(fs::File::create(partial)?);
    // A book may be larger than what a zip of old could hold.
    zip.start_file("loam.db", SimpleFileOptions::default().large_file(true))?;
    io::copy(&mut fs::File::open(copy)?, &mut zip)?;
    zip.finish()?.sync_all()?;
    fs::rename(partial, file)?;
    Ok(())
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A backup holds everything that the book holds.
#[cfg(unix)]
fn only_for_owner(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn only_for_owner(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use tokio::sync::Semaphore;

    use super::*;

    /// Copies when it is let, and fails when it is told to.
    struct Scripted {
        gate: Semaphore,
        fails: AtomicBool,
    }

    #[async_trait]
    impl BackupStore for Scripted {
        async fn back_up(&self, file: &Path) -> Result<(), StoreError> {
            let _let_through = self.gate.acquire().await.map(tokio::sync::SemaphorePermit::forget);
            if self.fails.load(Ordering::Acquire) {
                return Err(StoreError::Database("the disk is full".to_owned()));
            }
            fs::write(file, "a book").map_err(|error| StoreError::Database(error.to_string()))
        }
    }

    async fn ended(backups: &Backups) -> Option<PathBuf> {
        loop {
            match backups.latest() {
                Ok(latest) => return latest,
                Err(InProgress) => tokio::task::yield_now().await,
            }
        }
    }

    #[tokio::test]
    async fn one_is_made_at_a_time_and_one_that_fails_leaves_the_last() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/backups-of-a-test");
        let _not_there = fs::remove_dir_all(&folder);
        let store = Arc::new(Scripted { gate: Semaphore::new(0), fails: AtomicBool::new(false) });
        let backups = Arc::new(Backups::new(Arc::clone(&store) as Arc<dyn BackupStore>, folder.clone()));
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(backups.latest(), Ok(None));
        assert_eq!(backups.start(at(1)), Ok(()));
        assert_eq!((backups.start(at(2)), backups.latest()), (Err(InProgress), Err(InProgress)));
        store.gate.add_permits(1);
        let first = ended(&backups).await.expect("a backup");
        let mut archive = zip::ZipArchive::new(fs::File::open(&first).unwrap()).unwrap();
        assert_eq!(io::read_to_string(archive.by_name("loam.db").unwrap()).unwrap(), "a book");
        store.fails.store(true, Ordering::Release);
        store.gate.add_permits(1);
        assert_eq!(backups.start(at(3)), Ok(()));
        assert_eq!(ended(&backups).await.as_ref(), Some(&first));
        store.fails.store(false, Ordering::Release);
        store.gate.add_permits(1);
        assert_eq!(backups.start(at(4)), Ok(()));
        assert_ne!(ended(&backups).await.as_ref(), Some(&first));
        assert!(!first.exists(), "the one before is gone");
        fs::remove_dir_all(&folder).unwrap();
    }
}

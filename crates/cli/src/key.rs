//! The master key of the vault: a file outside the book, so that a copy of the book alone reveals
//! no bank account number and no secret.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use loam_server::vault::Vault;
use loam_store::{DatabaseUrl, Property, Store};

use crate::sources;

/// The vault of a book. A new book gets a new key; one that has sealed with a key wants that key.
pub(crate) async fn vault(store: &Store, url: &DatabaseUrl, file: Option<&Path>) -> anyhow::Result<Vault> {
    let file = file.map_or_else(|| default_file(url), Path::to_path_buf);
    let known = store.property(Property::VaultFingerprint).await.map_err(|error| anyhow!("{error}"))?;
    let key = match read(&file)? {
        Some(key) => key,
        None if known.is_some() => bail!(
            "the key file {} is missing; without it, what the book has sealed cannot be read. Put it back, or name it by --key-file",
            file.display()
        ),
        None => make(&file)?,
    };
    let vault = Vault::new(&key);
    let known = match known {
        Some(known) => Some(known),
        None => {
            let kept = store.keep_property(Property::VaultFingerprint, vault.fingerprint()).await;
            kept.map_err(|error| anyhow!("{error}"))?
        }
    };
    if known.as_deref() != Some(vault.fingerprint()) {
        bail!("{} holds another key than the one this book was sealed with", file.display());
    }
    Ok(vault)
}

/// Beside the file of the book; for PostgreSQL in the folder where a file would be.
fn default_file(url: &DatabaseUrl) -> PathBuf {
    match url {
        DatabaseUrl::Sqlite(path) => path.with_extension("key"),
        DatabaseUrl::Postgres(_) => PathBuf::from("loam-data/loam.key"),
    }
}

/// The key in the file; none when there is no file.
fn read(file: &Path) -> anyhow::Result<Option<[u8; 32]>> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    let key =
        parse(text.trim()).ok_or_else(|| anyhow!("{} holds no 64 hexadecimal digits", file.display()))?;
    Ok(Some(key))
}

fn parse(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = [0; 32];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(key)
}

/// Makes a key file that only its owner can read. It is there whole or not at all, also after a power
/// cut: what is sealed with it must never outlive it.
fn make(file: &Path) -> anyhow::Result<[u8; 32]> {
    let key = sources::random_bytes::<32>();
    let context = || format!("cannot write the key file {}", file.display());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(context)?;
    let draft = file.with_extension(format!("{:016x}.new", u64::from_le_bytes(sources::random_bytes())));
    let written = write(&draft, &key).and_then(|()| std::fs::hard_link(&draft, file));
    // What is left of a draft is no key of any book.
    let _gone = std::fs::remove_file(&draft);
    written.with_context(context)?;
    #[cfg(unix)]
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).with_context(context)?;
    Ok(key)
}

fn write(file: &Path, key: &[u8; 32]) -> std::io::Result<()> {
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    write_new(file, &format!("{text}\n"))
}

/// Writes a secret where only its owner can read it; what was there is gone.
pub(crate) fn write_for_owner(file: &Path, text: &str) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_new(file, text)
}

fn write_new(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file)?;
    opened.write_all(text.as_bytes())?;
    opened.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sixty_four_hexadecimal_digits() {
        assert_eq!(parse(&"0f".repeat(32)), Some([15; 32]));
        assert_eq!(parse(&"0f".repeat(31)), None);
        assert_eq!(parse(&"0g".repeat(32)), None);
        assert_eq!(parse(&"é".repeat(32)), None);
    }
}

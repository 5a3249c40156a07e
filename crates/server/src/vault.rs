//! Secrets of others: encrypted where they must be read again (bank account numbers, secrets with
//! which we sign or log in elsewhere), hashed with a key where they must only be compared (social
//! security numbers). The key comes from outside the book, so a copy of the book reveals neither.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use loam_app::desk::Desk;
use loam_book::partner::SealedText;
use sha2::Sha256;

use crate::idempotency::hex;

const NONCE: usize = 24;
/// How many characters at the end of a sealed text may be shown.
const SHOWN: usize = 4;

/// A sealed text that this vault did not seal, or that was changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed text cannot be opened: it was sealed with another key, or damaged")]
pub struct CannotOpen;

/// Seals and hashes with keys derived from one master key.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    compare: [u8; 32],
    fingerprint: String,
}

impl Vault {
    /// A vault over a master key of 32 random bytes.
    pub fn new(master: &[u8; 32]) -> Vault {
        let derived = |purpose: &[u8]| -> [u8; 32] { mac(master, purpose) };
        Vault {
            cipher: XChaCha20Poly1305::new(&derived(b"loam vault: seal").into()),
            compare: derived(b"loam vault: compare"),
            fingerprint: hex(&derived(b"loam vault: fingerprint")[..8]),
        }
    }

    /// Tells one master key from another and says nothing about either.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Encrypts a text; twice the same text gives two different results. `desk` draws the nonce.
    pub fn seal(&self, text: &str, desk: &Desk) -> SealedText {
        self.seal_with(text, desk.draw_bytes())
    }

    fn seal_with(&self, text: &str, nonce: [u8; NONCE]) -> SealedText {
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), text.as_bytes());
        let sealed = sealed.expect("a text that fits in memory can be encrypted");
        SealedText { sealed: STANDARD.encode([&nonce[..], &sealed].concat()), masked: masked(text) }
    }

    /// The text again.
    ///
    /// # Errors
    /// When another vault sealed it or it was changed.
    pub fn open(&self, sealed: &SealedText) -> Result<String, CannotOpen> {
        let bytes = STANDARD.decode(&sealed.sealed).map_err(|_| CannotOpen)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(CannotOpen)?;
        let text = self.cipher.decrypt(&XNonce::from(*nonce), sealed).map_err(|_| CannotOpen)?;
        String::from_utf8(text).map_err(|_| CannotOpen)
    }

    /// A keyed hash, hexadecimal: the same text of the same kind always gives the same.
    pub fn keyed_hash(&self, kind: &str, text: &str) -> String {
        hex(&mac(&mac(&self.compare, kind.as_bytes()), text.as_bytes()))
    }
}

/// HMAC-SHA256.
pub fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Stars and the last four characters; of a short text only stars.
fn masked(text: &str) -> String {
    let count = text.chars().count();
    let shown = if count > 2 * SHOWN { SHOWN } else { 0 };
    "*".repeat(count - shown) + &text.chars().skip(count - shown).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCES: [[u8; NONCE]; 2] = [[1; NONCE], [2; NONCE]];

    #[test]
    fn a_sealed_text_is_read_again_and_shows_its_end_only() {
        let vault = Vault::new(&[7; 32]);
        let sealed = vault.seal_with("123456789012", NONCES[0]);
        assert_eq!(vault.open(&sealed), Ok("123456789012".to_owned()));
        assert_eq!(sealed.masked, "********9012");
        assert_ne!(sealed.sealed, vault.seal_with("123456789012", NONCES[1]).sealed);
    }

    #[test]
    fn another_key_and_a_changed_text_open_nothing() {
        let sealed = Vault::new(&[7; 32]).seal_with("123456789012", NONCES[0]);
        assert_eq!(Vault::new(&[8; 32]).open(&sealed), Err(CannotOpen));
        let damaged = SealedText { sealed: sealed.sealed.replacen('A', "B", 1), ..sealed };
        assert_eq!(Vault::new(&[7; 32]).open(&damaged), Err(CannotOpen));
    }

    #[test]
    fn short_texts_show_nothing() {
        assert_eq!(masked("12345678"), "********");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn a_keyed_hash_depends_on_key_kind_and_text() {
        let vault = Vault::new(&[7; 32]);
        let hash = vault.keyed_hash("ssn", "123456789");
        assert_eq!(hash, vault.keyed_hash("ssn", "123456789"));
        assert_ne!(hash, vault.keyed_hash("email", "123456789"));
        assert_ne!(hash, Vault::new(&[8; 32]).keyed_hash("ssn", "123456789"));
        assert_ne!(hash, vault.keyed_hash("ssn", "123456788"));
    }
}

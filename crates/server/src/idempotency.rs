//! Hashes: what makes a retry recognizable, and secrets that are only compared.

use axum::http::{HeaderMap, HeaderName, Method, Uri};
use loam_app::command::{Idempotency, Kept};
use loam_book::actor::Actor;
use sha2::{Digest, Sha256};

use crate::vault::Vault;

/// The header by which a caller marks a retry.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The idempotency of a request that names a key.
///
/// The key belongs to the user, not to the way in which the user proved who he or she is: a retry
/// after a change of password is a retry still.
pub fn of_request(
    headers: &HeaderMap,
    actor: &Actor,
    (method, uri): (&Method, &Uri),
    body: &[u8],
) -> Option<Idempotency> {
    let key = headers.get(&IDEMPOTENCY_KEY).filter(|key| !key.is_empty())?;
    let query = uri.query().unwrap_or_default();
    Some(Idempotency {
        key: sha256_hex(&[actor.user_key.to_string().as_bytes(), key.as_bytes()]),
        content: sha256_hex(&[method.as_str().as_bytes(), uri.path().as_bytes(), query.as_bytes(), body]),
        kept: Kept::Whole,
    })
}

/// The idempotency of one command among many that came in one request: the place among them belongs to its key.
pub fn at_place(request: &Idempotency, place: usize) -> Idempotency {
    Idempotency {
        key: sha256_hex(&[request.key.as_bytes(), &place.to_le_bytes()]),
        content: request.content.clone(),
        kept: Kept::Brief,
    }
}

/// The same where bodies hold what could be guessed at, such as passwords and social security
/// numbers: whoever has a copy of the book and not the key cannot tell whether a guess is right.
pub fn of_secret_request(
    headers: &HeaderMap,
    actor: &Actor,
    line: (&Method, &Uri),
    (body, vault): (&[u8], &Vault),
) -> Option<Idempotency> {
    let found = of_request(headers, actor, line, body)?;
    Some(Idempotency { content: vault.keyed_hash("request", &found.content), ..found })
}

/// SHA-256 over the parts, each with its length before it, hexadecimal.
pub fn sha256_hex(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u64::try_from(part.len()).expect("a part fits in memory").to_le_bytes());
        hasher.update(part);
    }
    hex(&hasher.finalize())
}

/// Lowercase hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(sha256_hex(&[b"ab", b"c"]), sha256_hex(&[b"a", b"bc"]));
    }

    #[test]
    fn each_place_among_many_has_a_key_of_its_own_and_the_content_of_all() {
        let request = Idempotency { key: "k".into(), content: "c".into(), kept: Kept::Whole };
        let [first, second] = [0, 1].map(|place| at_place(&request, place));
        assert!(first.key != second.key && first.key != request.key);
        assert_eq!(first, Idempotency { kept: Kept::Brief, content: "c".into(), ..at_place(&request, 0) });
    }

    #[test]
    fn hexadecimal_is_lowercase_and_whole() {
        assert_eq!(hex(&[0x00, 0xaf, 0x9]), "00af09");
    }
}

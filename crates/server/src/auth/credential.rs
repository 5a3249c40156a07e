//! A credential as it was sent.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::{API_KEY, Denied};

pub(super) enum Credential<'a> {
    Basic(&'a [u8]),
    ApiKey(&'a [u8]),
}

impl<'a> Credential<'a> {
    /// An API key goes before a password.
    pub(super) fn of(headers: &'a HeaderMap) -> Result<Credential<'a>, Denied> {
        if let Some(key) = headers.get(&API_KEY) {
            return Ok(Credential::ApiKey(key.as_bytes()));
        }
        let sent = headers.get(header::AUTHORIZATION).ok_or(Denied::Unreadable)?.as_bytes();
        let (scheme, encoded) = sent.split_at_checked(6).ok_or(Denied::Unreadable)?;
        if !scheme.eq_ignore_ascii_case(b"basic ") {
            return Err(Denied::Unreadable);
        }
        Ok(Credential::Basic(encoded.trim_ascii()))
    }
}

/// User name and password of a request with HTTP Basic, unverified.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let sent = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, encoded) = sent.split_at_checked(6)?;
    scheme.eq_ignore_ascii_case(b"basic ").then(|| decode(encoded.trim_ascii()).ok()).flatten()
}

/// User name and password of a Basic credential.
pub(super) fn decode(encoded: &[u8]) -> Result<(String, String), Denied> {
    let bytes = STANDARD
        .decode(encoded)
        .or_else(|_| STANDARD_NO_PAD.decode(encoded))
        .map_err(|_| Denied::Unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| Denied::Unreadable)?;
    let (username, password) = text.split_once(':').ok_or(Denied::Unreadable)?;
    Ok((username.to_owned(), password.to_owned()))
}

//! Addresses at which others are told.

use std::net::IpAddr;

use axum::http::Uri;

use super::super::error::DoorError;

/// How long an address may be.
pub(super) const LONGEST_URL: usize = 2_000;

/// An address that can be told something without anybody's reading along.
///
/// # Errors
/// When `text`, the value of the member `name`, is none.
pub(in super::super) fn address(name: &str, text: &str) -> Result<Uri, DoorError> {
    let uri: Option<Uri> = text.parse().ok().filter(|_| text.len() <= LONGEST_URL);
    let reason = "it is no address of https, or of http on the loopback address";
    uri.filter(is_safe).ok_or_else(|| DoorError::invalid(name, text, reason))
}

fn is_safe(uri: &Uri) -> bool {
    let (Some(scheme), Some(host), Some(authority)) = (uri.scheme_str(), uri.host(), uri.authority()) else {
        return false;
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let has_no_password = !authority.as_str().contains('@');
    !host.is_empty() && has_no_password && (scheme == "https" || (scheme == "http" && is_loopback))
}

//! The accounts of borrowers: what the native door registers and the marketplace door looks up.

/// The organization under which accounts are kept: a book serves one marketplace, so an account is the
/// same whichever client of the token endpoint names it.
pub(crate) const ORGANIZATION: &str = "marketplace";

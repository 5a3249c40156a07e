//! What the contract's product says and this version does nothing with (§4.1). It is refused by name,
//! unless its value means that nothing is to be done.

use super::super::error::DoorError;
use super::super::members::Members;

/// A member, and its values that have no effect. Left out, null, "", `[]` and `{}` never have one.
type Member = (&'static str, &'static [&'static str]);

/// Members of the product itself.
pub(super) const OF_PRODUCT: &[Member] = &[
    ("autoLinkAccounts", &["false"]),
    ("autoCreateLinkedAccounts", &["false"]),
    ("offsetPercentage", &["0"]),
    // The rate stands on the product itself, in `taxRate`.
    ("taxSourceKey", &[]),
    ("templates", &[]),
    ("customFieldValues", &[]),
    ("customInformation", &[]),
];

/// Refuses the first member whose value would have an effect that this version does not have.
///
/// # Errors
/// `not_supported`, with the member and its value.
pub(super) fn refuse(product: &Members) -> Result<(), DoorError> {
    OF_PRODUCT.iter().try_for_each(|(name, without_effect)| product.refuse_unless(name, without_effect))
}

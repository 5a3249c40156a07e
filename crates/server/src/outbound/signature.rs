//! Signatures by the Standard Webhooks convention: HMAC-SHA256 over id, timestamp and body, so a
//! receiver knows who sent it and that it is no copy of an old one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::vault::mac;

/// What stands before a secret.
const PREFIX: &str = "whsec_";

/// The value of `webhook-signature`; none when the secret is no `whsec_` with base64 behind it.
pub(super) fn signature(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let signed = mac(&key, format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(signed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the convention's own test suite.
    #[test]
    fn the_example_of_the_convention_comes_out() {
        let signed = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_secret_of_another_kind_signs_nothing() {
        assert_eq!(signature("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "m", 1, "{}"), None);
        assert_eq!(signature("whsec_*", "m", 1, "{}"), None);
    }
}

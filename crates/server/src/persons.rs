//! What identifies a person to others: social security numbers and e-mail addresses. They are taken
//! in, made into keyed hashes, and forgotten.

use crate::vault::Vault;

const SSN_DIGITS: usize = 9;
const LONGEST_EMAIL: usize = 254;

/// Nine digits and nothing between them.
pub(crate) fn is_social_security_number(text: &str) -> bool {
    text.len() == SSN_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Something before and after the last `@`, without white space: whether mail arrives there is for
/// others to find out.
pub(crate) fn is_email(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@')
    };
    text.len() <= LONGEST_EMAIL
        && text.rsplit_once('@').is_some_and(|(local, domain)| is_plain(local) && is_plain(domain))
}

/// The hash by which social security numbers are compared.
pub(crate) fn ssn_hash(vault: &Vault, number: &str) -> String {
    vault.keyed_hash("ssn", number)
}

/// The hash by which e-mail addresses are compared. Case does not count.
pub(crate) fn email_hash(vault: &Vault, email: &str) -> String {
    vault.keyed_hash("email", &email.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_social_security_number_has_nine_digits_and_no_delimiters() {
        assert!(is_social_security_number("078051120"));
        for other in ["", "07805112", "0780511200", "078-05-1120", "07805112x", "٠٧٨٠٥١١٢٠"] {
            assert!(!is_social_security_number(other), "{other}");
        }
    }

    #[test]
    fn an_email_has_something_on_both_sides() {
        for email in ["a@b", "Ana.Lima+1@example.com", "ñ@example.org"] {
            assert!(is_email(email), "{email}");
        }
        for other in ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@b\n", &format!("{}@b", "a".repeat(253))] {
            assert!(!is_email(other), "{other}");
        }
    }

    #[test]
    fn case_does_not_count_in_an_email() {
        let vault = Vault::new(&[7; 32]);
        assert_eq!(email_hash(&vault, " Ana@Example.com"), email_hash(&vault, "ana@example.com"));
        assert_ne!(email_hash(&vault, "078051120"), ssn_hash(&vault, "078051120"));
    }
}

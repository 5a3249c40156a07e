//! Ids of 24 hexadecimal digits, as document databases give them: four bytes are the second of
//! creation. What is kept in the book gets the rest from where it is kept, so that the same thing
//! always has the same id without anybody's storing it.

use std::fmt;

use jiff::Timestamp;
use loam_app::desk::Desk;
use loam_book::ids::{Key, Part};
use serde::{Serialize, Serializer};

/// How many digits an id has.
const DIGITS: usize = 24;
/// A part takes 12 of the 48 bits that tell one account from another.
const ACCOUNT_BITS: u32 = 36;

/// Twelve bytes, shown as 24 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ObjectId([u8; DIGITS / 2]);

impl ObjectId {
    /// The id of an account that was opened at `at`, or, by position from 1 on, of something in it.
    pub fn of_account(at: Timestamp, (part, account_no): (Part, i64), position: u16) -> ObjectId {
        let account = account_no.unsigned_abs() & ((1 << ACCOUNT_BITS) - 1);
        ObjectId::new(at, (u64::from(part.number()) << ACCOUNT_BITS) | account, position)
    }

    /// The id of the n-th thing that hangs on what `key` names.
    pub fn of_named(at: Timestamp, key: Key, n: u16) -> ObjectId {
        let digits = key.to_string();
        let end = u64::from_str_radix(&digits[digits.len() - 12..], 16).expect("a key is hexadecimal");
        ObjectId::new(at, end, n)
    }

    /// A new id for something that is created at `at`.
    pub fn draw(at: Timestamp, desk: &Desk) -> ObjectId {
        ObjectId::from_seconds_and(at, desk.draw())
    }

    /// A new id that ends in the digits of a part.
    pub fn draw_in(part: Part, at: Timestamp, desk: &Desk) -> ObjectId {
        ObjectId::from_seconds_and(at, (desk.draw() & !0xfff) | u64::from(part.number()))
    }

    /// Reads an id; digits may be capitals.
    pub fn parse(text: &str) -> Option<ObjectId> {
        let is_id = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = u128::from_str_radix(text, 16).ok().filter(|_| is_id)?.to_be_bytes();
        bytes.last_chunk().map(|last| ObjectId(*last))
    }

    fn new(at: Timestamp, place: u64, position: u16) -> ObjectId {
        ObjectId::from_seconds_and(at, (place << 16) | u64::from(position))
    }

    fn from_seconds_and(at: Timestamp, rest: u64) -> ObjectId {
        let [_, _, _, _, second @ ..] = at.as_second().to_be_bytes();
        let mut bytes = [0; DIGITS / 2];
        bytes[..4].copy_from_slice(&second);
        bytes[4..].copy_from_slice(&rest.to_be_bytes());
        ObjectId(bytes)
    }
}

impl ObjectId {
    /// Answers hold many ids, so none of them costs an allocation.
    fn digits(self) -> [u8; DIGITS] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; DIGITS];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        digits
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.digits()).expect("hexadecimal digits are ASCII"))
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(str::from_utf8(&self.digits()).expect("hexadecimal digits are ASCII"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_digits_are_the_second_of_creation() {
        // The loan of the contract's sample: its second is 12:37:40 UTC.
        let at: Timestamp = "2024-07-20T12:37:40.506Z".parse().unwrap();
        let id = ObjectId::of_account(at, (Part::new(0xabc), 5), 0).to_string();
        assert_eq!(id, "669baf94abc0000000050000");
    }

    #[test]
    fn everything_in_an_account_has_an_id_of_its_own() {
        let at = Timestamp::UNIX_EPOCH;
        let id = |part, account, position| ObjectId::of_account(at, (Part::new(part), account), position);
        let ids = [id(1, 1, 0), id(1, 1, 1), id(1, 2, 0), id(2, 1, 0), id(2, (1 << 36) - 1, u16::MAX)];
        let unique: std::collections::HashSet<ObjectId> = ids.into_iter().collect();
        assert_eq!(unique.len(), ids.len());
    }

    #[test]
    fn only_twenty_four_hexadecimal_digits_are_an_id() {
        let id = "60d21b4667d0d8992e610c85";
        assert_eq!(ObjectId::parse(id).map(|id| id.to_string()).as_deref(), Some(id));
        assert_eq!(ObjectId::parse(&id.to_uppercase()), ObjectId::parse(id));
        for other in ["", "60d21b4667d0d8992e610c8", "60d21b4667d0d8992e610c8g", "+0d21b4667d0d8992e610c85"] {
            assert_eq!(ObjectId::parse(other), None, "{other}");
        }
    }
}

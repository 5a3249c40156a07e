//! Identifiers: parts, encoded keys and the keys of what hangs on an account.
//!
//! Kept here: how a key is laid out. Not kept here: where the random bits come from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// One of 4096 shares of the book. A holder's part is drawn once and copied to everything that
/// hangs on that holder; it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Part(u16);

impl Part {
    /// How many parts a book has.
    pub const COUNT: u16 = 4096;
    /// The last of them.
    pub const LAST: Part = Part(Part::COUNT - 1);

    /// The part with this number; numbers beyond the last part wrap around.
    pub fn new(number: u16) -> Part {
        Part(number % Part::COUNT)
    }

    /// 0 to 4095.
    pub fn number(self) -> u16 {
        self.0
    }
}

/// A 32-digit lowercase hexadecimal key, unique in the whole book.
///
/// Keys made by Loam read `PPP` (part) `10a`, `10b` or `10c` (Loam's mark) and go on time-ordered
/// (holders and accounts) or with account number and position (what hangs on an account). Keys of
/// a migrated book carry no mark and are resolved through the registry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u128);

const MARK_ENTITY: u128 = 0x10a;
const MARK_INSTALLMENT: u128 = 0x10b;
const MARK_TRANSACTION: u128 = 0x10c;
const MARK_NAMED: u128 = 0x10d;
const MARK_TRANCHE: u128 = 0x10e;
const NUMBER_BITS: u32 = 52;

/// What a key made by Loam says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A holder, an account or a record.
    Entity,
    /// An installment of the account with this number.
    Installment { account_no: i64, number: u32 },
    /// A transaction of the account with this number.
    Transaction { account_no: i64, transaction_id: i64 },
    /// A tranche of the account with this number.
    Tranche { account_no: i64, number: i64 },
    /// What somebody outside gave a name: the key is made from the name.
    Named,
}

/// Where an account, a client or a reported subject is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    pub part: Part,
    pub key: Key,
}

impl Key {
    /// A new key of a holder, account or record: part, mark, milliseconds since 1970, random bits.
    pub fn entity(part: Part, unix_millisecond: u64, random: u64) -> Key {
        let time = u128::from(unix_millisecond & 0xfff_ffff_ffff) << 60;
        let random = u128::from(random & 0xfff_ffff_ffff_ffff);
        Key(u128::from(part.0) << 116 | MARK_ENTITY << 104 | time | random)
    }

    /// The key of installment `number` of an account.
    pub fn installment(part: Part, account_no: i64, number: u32) -> Key {
        Key::child(part, MARK_INSTALLMENT, account_no, i64::from(number))
    }

    /// The key of a transaction of an account.
    pub fn transaction(part: Part, account_no: i64, transaction_id: i64) -> Key {
        Key::child(part, MARK_TRANSACTION, account_no, transaction_id)
    }

    /// The key of a tranche of an account; a number is given once.
    pub fn tranche(part: Part, account_no: i64, number: i64) -> Key {
        Key::child(part, MARK_TRANCHE, account_no, number)
    }

    /// The key of what is known by a name from outside: the same name gives the same key, so that
    /// whoever knows the name finds the row without a register.
    pub fn named(part: Part, name: &Name) -> Key {
        let hash = u128::from_be_bytes(name.0) & ((1 << 104) - 1);
        Key(u128::from(part.0) << 116 | MARK_NAMED << 104 | hash)
    }

    fn child(part: Part, mark: u128, account_no: i64, position: i64) -> Key {
        let limit = 1i64 << NUMBER_BITS;
        assert!((0..limit).contains(&account_no), "an account number is below 2^52: {account_no}");
        assert!((0..limit).contains(&position), "a position is below 2^52: {position}");
        let (account, position) = (account_no.unsigned_abs(), position.unsigned_abs());
        Key(u128::from(part.0) << 116
            | mark << 104
            | u128::from(account) << NUMBER_BITS
            | u128::from(position))
    }

    /// What the key says about itself; `None` for a key without Loam's mark.
    pub fn kind(self) -> Option<KeyKind> {
        let number = |bits: u128| i64::try_from(bits & ((1 << NUMBER_BITS) - 1)).expect("52 bits fit");
        match (self.0 >> 104) & 0xfff {
            MARK_ENTITY => Some(KeyKind::Entity),
            MARK_INSTALLMENT => Some(KeyKind::Installment {
                account_no: number(self.0 >> NUMBER_BITS),
                number: u32::try_from(number(self.0)).ok()?,
            }),
            MARK_TRANSACTION => Some(KeyKind::Transaction {
                account_no: number(self.0 >> NUMBER_BITS),
                transaction_id: number(self.0),
            }),
            MARK_TRANCHE => {
                Some(KeyKind::Tranche { account_no: number(self.0 >> NUMBER_BITS), number: number(self.0) })
            }
            MARK_NAMED => Some(KeyKind::Named),
            _ => None,
        }
    }

    /// The part that the key carries; `None` for a key without Loam's mark.
    pub fn part(self) -> Option<Part> {
        let part = u16::try_from(self.0 >> 116).expect("12 bits fit");
        self.kind().map(|_| Part(part))
    }
}

/// A name from outside, hashed: 16 bytes of SHA-256 over its parts, each with its length before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name([u8; 16]);

impl Name {
    /// The name that is made of these parts, in this order.
    pub fn of(parts: &[&str]) -> Name {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(u64::try_from(part.len()).expect("a name fits in memory").to_be_bytes());
            hasher.update(part.as_bytes());
        }
        let hash = hasher.finalize();
        Name(<[u8; 16]>::try_from(&hash[..16]).expect("the hash has 32 bytes"))
    }

    /// 64 bits that the name always gives, for ids that are numbers.
    pub fn number(self) -> u64 {
        let [.., a, b, c, d, e, f, g, h] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// A part for what bears this name, drawn from the bits that its key does not use.
    pub fn part(self) -> Part {
        let [first, second, ..] = self.0;
        Part::new(u16::from_be_bytes([first, second]))
    }

    /// Where what bears this name is kept, if nothing else says in which part.
    pub fn address(self) -> Address {
        let part = self.part();
        Address { part, key: Key::named(part, &self) }
    }
}

/// The text is not a 32-digit lowercase hexadecimal key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a 32-digit lowercase hexadecimal key")]
pub struct NotAKey(pub String);

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Key, NotAKey> {
        let is_key = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !is_key {
            return Err(NotAKey(text.to_owned()));
        }
        Ok(Key(u128::from_str_radix(text, 16).expect("32 hexadecimal digits are 128 bits")))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether people may use this text as the id of an account or a client: 1 to 32 characters that
/// can stand in the path of a URL, without white space.
pub fn is_possible_id(id: &str) -> bool {
    let stands_in_a_path =
        |c: char| !c.is_whitespace() && !c.is_control() && !['/', '?', '#', '%'].contains(&c);
    !id.is_empty() && id.chars().count() <= 32 && id.chars().all(stands_in_a_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_carries_its_part_and_mark() {
        let key = Key::entity(Part::new(0xabc), 1_700_000_000_000, u64::MAX);
        assert!(key.to_string().starts_with("abc10a"));
        assert_eq!(key.part(), Some(Part::new(0xabc)));
        assert_eq!(key.to_string().parse(), Ok(key));
    }

    #[test]
    fn the_key_of_an_installment_names_account_and_number() {
        let key = Key::installment(Part::new(7), 123_456, 12);
        assert_eq!(key.kind(), Some(KeyKind::Installment { account_no: 123_456, number: 12 }));
    }

    #[test]
    fn the_key_of_a_transaction_names_account_and_id() {
        let key = Key::transaction(Part::new(7), 123_456, 5415);
        assert_eq!(key.kind(), Some(KeyKind::Transaction { account_no: 123_456, transaction_id: 5415 }));
    }

    #[test]
    fn a_name_always_leads_to_the_same_place_and_no_other_does() {
        let place = Name::of(&["lender", "1"]).address();
        assert_eq!(place, Name::of(&["lender", "1"]).address());
        assert_eq!(place.key.kind(), Some(KeyKind::Named));
        assert_eq!(place.key.part(), Some(place.part));
        assert_ne!(place, Name::of(&["lende", "r1"]).address());
    }

    #[test]
    fn later_keys_of_a_part_sort_after_earlier_ones() {
        let earlier = Key::entity(Part::new(1), 1_000, u64::MAX);
        assert!(earlier < Key::entity(Part::new(1), 1_001, 0));
    }

    #[test]
    fn a_key_of_another_system_has_no_part() {
        let key: Key = "402832b4380a2d8801380a9cac41000f".parse().expect("32 hexadecimal digits");
        assert_eq!(key.part(), None);
    }

    #[test]
    fn an_id_can_stand_in_a_path() {
        for possible in ["67", "OHNP076", "Custom_ID", "Ñandú-1"] {
            assert!(is_possible_id(possible), "{possible}");
        }
        for impossible in ["", " ", "a b", "a/b", "a?b", "a#b", "50%", &"x".repeat(33)] {
            assert!(!is_possible_id(impossible), "{impossible}");
        }
    }
}

//! Ids in the format of the marketplace contract: 15 letters and digits, of which case matters,
//! or the same with a checksum of three that survives being printed in capitals.
//!
//! An id made by Loam carries part and number of what it names. Which record an id of another
//! system stands for is not known here.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{Key, Name, Part};

/// An id in its short form of 15 characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForeignId([u8; LENGTH]);

const LENGTH: usize = 15;
const PREFIX_LENGTH: usize = 3;
const GROUP_LENGTH: usize = 5;
/// Digits of a number to the base 62, in the order of their values.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// What the five bits of a group are written as.
const CHECKSUM: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
/// A number takes the lower bits, the part those above.
const NUMBER_BITS: u32 = 52;

/// What an id made by Loam names; the first three characters say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ForeignKind {
    /// An account of the contract is a person: a borrower.
    Account,
    User,
    Application,
    Loan,
    Purpose,
    Product,
    Booking,
    /// What an investor has in a loan.
    InvestmentOrder,
    FundTransaction,
    /// Money of a borrower that came in.
    LoanPayment,
    LoanDisbursement,
    /// An amount that was spread over applications.
    BookingOrder,
    Installment,
    /// The sums of a schedule.
    ScheduleSummary,
    /// A fee or penalty.
    Charge,
    /// What moved a loan besides payments and charges.
    OtherTransaction,
}

/// What an id made by Loam says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    pub kind: ForeignKind,
    pub part: Part,
    /// Below 2^52; unique in its part among things of the kind.
    pub number: i64,
}

/// A text that is no such id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAForeignId {
    #[error("\"{text}\" does not consist of 15 or 18 letters and digits")]
    Malformed { text: String },
    #[error("the last three characters of \"{text}\" should be {expected}")]
    WrongChecksum { text: String, expected: String },
}

impl ForeignKind {
    const ALL: [ForeignKind; 16] = [
        ForeignKind::Account,
        ForeignKind::User,
        ForeignKind::Application,
        ForeignKind::Loan,
        ForeignKind::Purpose,
        ForeignKind::Product,
        ForeignKind::Booking,
        ForeignKind::InvestmentOrder,
        ForeignKind::FundTransaction,
        ForeignKind::LoanPayment,
        ForeignKind::LoanDisbursement,
        ForeignKind::BookingOrder,
        ForeignKind::Installment,
        ForeignKind::ScheduleSummary,
        ForeignKind::Charge,
        ForeignKind::OtherTransaction,
    ];

    /// The three characters with which ids of this kind begin.
    pub fn prefix(self) -> &'static str {
        match self {
            ForeignKind::Account => "001",
            ForeignKind::User => "005",
            ForeignKind::Application => "a2q",
            ForeignKind::Loan => "a1W",
            ForeignKind::Purpose => "a1h",
            ForeignKind::Product => "a8B",
            ForeignKind::Booking => "a2t",
            ForeignKind::InvestmentOrder => "a1J",
            // The contract prints none of these.
            ForeignKind::FundTransaction => "a2u",
            ForeignKind::LoanPayment => "a1Q",
            ForeignKind::LoanDisbursement => "a1P",
            ForeignKind::BookingOrder => "a2v",
            ForeignKind::Installment => "a1R",
            ForeignKind::ScheduleSummary => "a1S",
            ForeignKind::Charge => "a1C",
            ForeignKind::OtherTransaction => "a1O",
        }
    }
}

impl ForeignId {
    /// The id that Loam gives to the thing with this number: twelve digits to the base 62 of part
    /// and number.
    ///
    /// ```
    /// use loam_book::application::foreign_id::{ForeignId, ForeignKind, Named};
    /// use loam_book::ids::Part;
    ///
    /// let named = Named { kind: ForeignKind::Application, part: Part::new(5), number: 38_502 };
    /// let id = ForeignId::new(named);
    /// assert_eq!(id.named(), Some(named));
    /// assert_eq!(ForeignId::parse(&id.to_18()), Ok(id));
    /// ```
    ///
    /// # Panics
    /// For a number that is negative or not below 2^52; numbers of a part are counted up from one.
    pub fn new(named: Named) -> ForeignId {
        let Named { kind, part, number } = named;
        assert!((0..1i64 << NUMBER_BITS).contains(&number), "a number is below 2^52: {number}");
        let mut rest = u64::from(part.number()) << NUMBER_BITS | number.unsigned_abs();
        let mut id = [0; LENGTH];
        id[..PREFIX_LENGTH].copy_from_slice(kind.prefix().as_bytes());
        for place in id[PREFIX_LENGTH..].iter_mut().rev() {
            *place = DIGITS[usize::try_from(rest % 62).expect("a digit is small")];
            rest /= 62;
        }
        ForeignId(id)
    }

    /// The id of what has a key and no number of its own: a user, a client. The same key always gives
    /// the same id, and nobody can tell the key from it.
    pub fn of_key(kind: ForeignKind, part: Part, key: Key) -> ForeignId {
        let number = Name::of(&[kind.prefix(), &key.to_string()]).number() & ((1 << NUMBER_BITS) - 1);
        let number = i64::try_from(number).expect("52 bits fit");
        ForeignId::new(Named { kind, part, number })
    }

    /// Reads an id of 15 characters, or of 18 with a checksum that fits.
    ///
    /// # Errors
    /// Another length, other characters, or a checksum that is not that of the first 15.
    pub fn parse(text: &str) -> Result<ForeignId, NotAForeignId> {
        let malformed = || NotAForeignId::Malformed { text: text.to_owned() };
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(malformed());
        }
        let (short, checksum) = text.as_bytes().split_first_chunk().ok_or_else(malformed)?;
        let id = ForeignId(*short);
        let expected = id.checksum();
        match checksum.len() {
            0 => Ok(id),
            3 if checksum == expected => Ok(id),
            3 => Err(NotAForeignId::WrongChecksum { text: text.to_owned(), expected: text_of(&expected) }),
            _ => Err(malformed()),
        }
    }

    /// The 15 characters and their checksum.
    pub fn to_18(self) -> String {
        let mut text = text_of(&self.0);
        text.push_str(&text_of(&self.checksum()));
        text
    }

    /// What the id names if Loam made it; `None` for an id of another system.
    pub fn named(self) -> Option<Named> {
        let (prefix, digits) = self.0.split_at(PREFIX_LENGTH);
        let kind = ForeignKind::ALL.into_iter().find(|kind| kind.prefix().as_bytes() == prefix)?;
        let packed = digits.iter().try_fold(0u64, |value, digit| {
            let digit = u64::try_from(DIGITS.iter().position(|known| known == digit)?).ok()?;
            value.checked_mul(62)?.checked_add(digit)
        })?;
        let part = Part::new(u16::try_from(packed >> NUMBER_BITS).expect("twelve bits are left"));
        let number = i64::try_from(packed & ((1 << NUMBER_BITS) - 1)).expect("52 bits fit");
        Some(Named { kind, part, number })
    }

    /// One character for each group of five: bit i is set where its character i is a capital letter.
    fn checksum(self) -> [u8; 3] {
        let mut groups = self.0.chunks(GROUP_LENGTH);
        std::array::from_fn(|_| {
            let group = groups.next().expect("15 characters are three groups");
            let bits =
                group.iter().rev().fold(0, |bits, byte| bits << 1 | usize::from(byte.is_ascii_uppercase()));
            CHECKSUM[bits]
        })
    }
}

fn text_of(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The 15 characters.
impl fmt::Display for ForeignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text_of(&self.0))
    }
}

impl fmt::Debug for ForeignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForeignId({self})")
    }
}

impl Serialize for ForeignId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ForeignId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ForeignId, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        ForeignId::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed in the contract and its samples, with their checksums.
    const PRINTED: [&str; 5] = [
        "a2qG00000009OoJIAU",
        "001G000001KY8byIAD",
        "a1hG0000000JR1tIAG",
        "a1WG00000050a2JMAQ",
        "005G0000003IKKRIA4",
    ];

    #[test]
    fn printed_ids_have_the_checksum_they_are_printed_with() {
        for printed in PRINTED {
            let id = ForeignId::parse(&printed[..15]).expect("15 letters and digits");
            assert_eq!(id.to_18(), printed);
            assert_eq!(ForeignId::parse(printed), Ok(id), "both forms are one id");
            assert_eq!(id.named(), None, "{printed} was not made by Loam");
        }
    }

    #[test]
    fn a_wrong_checksum_is_refused_with_the_right_one() {
        let error = ForeignId::parse("001G000001KY8byIAE").expect_err("it should end with IAD");
        assert_eq!(error.to_string(), "the last three characters of \"001G000001KY8byIAE\" should be IAD");
        // The same id in small letters is another id, and this is not its checksum.
        assert!(ForeignId::parse("001g000001ky8byIAD").is_err());
        assert!(ForeignId::parse("001G000001KY8byiad").is_err());
    }

    #[test]
    fn other_lengths_and_other_characters_are_refused() {
        for text in [
            "",
            "001G000001KY8b",
            "001G000001KY8byI",
            "001G000001KY8byIADD",
            "001G000001KY8b-",
            "001G000001KY8bü",
        ] {
            let refused = ForeignId::parse(text);
            assert!(matches!(refused, Err(NotAForeignId::Malformed { .. })), "{text}");
        }
    }

    #[test]
    fn an_id_made_here_says_what_it_names() {
        for kind in ForeignKind::ALL {
            for part in [0, 1, 5, 4095] {
                for number in [0, 1, 61, 62, 38_502, (1 << 52) - 1] {
                    let named = Named { kind, part: Part::new(part), number };
                    let id = ForeignId::new(named);
                    assert_eq!(id.named(), Some(named), "{id}");
                    assert_eq!(ForeignId::parse(&id.to_18()), Ok(id));
                    assert!(id.to_string().starts_with(kind.prefix()));
                }
            }
        }
    }

    #[test]
    fn a_key_always_gives_the_same_id_and_another_key_another() {
        let part = Part::new(7);
        let of = |random| ForeignId::of_key(ForeignKind::User, part, Key::entity(part, 5, random));
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert_eq!(of(1).named().map(|named| (named.kind, named.part)), Some((ForeignKind::User, part)));
    }

    #[test]
    fn a_prefix_without_a_kind_names_nothing() {
        let id = ForeignId::parse("006000000000001").expect("15 letters and digits");
        assert_eq!(id.named(), None);
    }

    #[test]
    fn an_id_is_written_as_its_short_form() {
        let id = ForeignId::parse("a2qG00000009OoJIAU").expect("it is printed so");
        let text = serde_json::to_string(&id).expect("plain data");
        assert_eq!(text, "\"a2qG00000009OoJ\"");
        assert_eq!(serde_json::from_str::<ForeignId>(&text).expect("it was written so"), id);
    }
}

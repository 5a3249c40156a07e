//! The installments of a loan packed into one column of its row.
//!
//! The number of the format, the version of the loan for which they hold, and the list of installments, each so many numbers, as
//! `postcard` writes them: integers take as many bytes as they need, so that an installment has twenty to forty. Twelve of
//! them are read with the loan at once, instead of twelve rows of sixteen columns.
//!
//! A column that is empty, of another version or cut off is passed by, and the rows are read. One that reads well is believed,
//! as a row is; `check` compares the two.

use std::borrow::Cow;

use jiff::civil::Date;
use loam_book::loan::{Installment, Loan};
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::cells::{Cell, date_of, epoch_day};

/// The only format so far. What another one says is passed by.
const FORMAT: u8 = 1;

/// The most that is packed: a schedule of some 30 installments that are paid, or 50 that are not. Each repayment writes the
/// row anew with all of them, so longer schedules are left to their rows, of which it writes those that it touched.
const MOST_BYTES: usize = 1_000;

/// In minor units, in the order principal, interest, fees, penalties.
type PackedComponents = [i64; 4];

/// An installment. Who changes a field changes [`FORMAT`].
#[derive(Serialize, Deserialize)]
struct Packed {
    number: u32,
    due_day: i64,
    expected: PackedComponents,
    interest_applied: i64,
    paid: PackedComponents,
    is_grace: bool,
    last_paid_day: Option<i64>,
    repaid_day: Option<i64>,
}

/// What the column says of the installments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Packing {
    /// All of them.
    Whole(Vec<Installment>),
    /// Nothing: it is empty, or of another version of the loan, or in another format.
    Nothing,
    /// Something stands there that nobody wrote.
    Damaged,
}

/// The installments as they stand after the change; nothing where they are too many.
pub(crate) fn packed_cell<'a>(loan: &Loan) -> Cell<'a> {
    Cell::Bytes(packed(loan.version, &loan.servicing.installments).map(Cow::Owned))
}

fn packed(version: i64, installments: &[Installment]) -> Option<Vec<u8>> {
    let packed: Vec<Packed> = installments.iter().map(pack).collect();
    let bytes = postcard::to_allocvec(&(FORMAT, version, packed)).expect("memory takes what is written");
    (bytes.len() <= MOST_BYTES).then_some(bytes)
}

/// What the column of a loan of this version says.
pub(crate) fn unpacked(bytes: Option<&[u8]>, version: i64) -> Packing {
    let Some(bytes) = bytes else { return Packing::Nothing };
    let Ok((head, rest)) = postcard::take_from_bytes::<(u8, i64)>(bytes) else { return Packing::Damaged };
    if head != (FORMAT, version) {
        return Packing::Nothing;
    }
    let Ok((packed, [])) = postcard::take_from_bytes::<Vec<Packed>>(rest) else { return Packing::Damaged };
    let installments: Option<Vec<Installment>> = packed.into_iter().map(unpack).collect();
    installments.map_or(Packing::Damaged, Packing::Whole)
}

fn pack(installment: &Installment) -> Packed {
    Packed {
        number: installment.number,
        due_day: epoch_day(installment.due_date),
        expected: minors(installment.expected),
        interest_applied: installment.interest_applied.minor(),
        paid: minors(installment.paid),
        is_grace: installment.is_grace,
        last_paid_day: installment.last_paid_on.map(epoch_day),
        repaid_day: installment.repaid_on.map(epoch_day),
    }
}

/// `None` when a day is none.
fn unpack(packed: Packed) -> Option<Installment> {
    Some(Installment {
        number: packed.number,
        due_date: date_of(packed.due_day)?,
        expected: components(packed.expected),
        interest_applied: Amount::from_minor(packed.interest_applied),
        paid: components(packed.paid),
        is_grace: packed.is_grace,
        last_paid_on: maybe_date(packed.last_paid_day)?,
        repaid_on: maybe_date(packed.repaid_day)?,
    })
}

/// `None` when the day is none; no day is a date that is not there.
fn maybe_date(day: Option<i64>) -> Option<Option<Date>> {
    day.map_or(Some(None), |day| date_of(day).map(Some))
}

fn minors(components: Components) -> PackedComponents {
    let Components { principal, interest, fees, penalties } = components;
    [principal, interest, fees, penalties].map(Amount::minor)
}

fn components([principal, interest, fees, penalties]: PackedComponents) -> Components {
    let [principal, interest, fees, penalties] =
        [principal, interest, fees, penalties].map(Amount::from_minor);
    Components { principal, interest, fees, penalties }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dates() -> impl Strategy<Value = Date> {
        (-700_000_i64..2_900_000).prop_map(|day| date_of(day).unwrap())
    }

    fn amounts() -> impl Strategy<Value = PackedComponents> {
        proptest::array::uniform4(prop_oneof![Just(0), any::<i64>()])
    }

    prop_compose! {
        fn installments()(
            number in any::<u32>(),
            due_date in dates(),
            (expected, paid) in (amounts(), amounts()),
            interest_applied in any::<i64>(),
            is_grace in any::<bool>(),
            last_paid_on in proptest::option::of(dates()),
            repaid_on in proptest::option::of(dates()),
        ) -> Installment {
            Installment {
                number,
                due_date,
                expected: components(expected),
                interest_applied: Amount::from_minor(interest_applied),
                paid: components(paid),
                is_grace,
                last_paid_on,
                repaid_on,
            }
        }
    }

    fn is_whole(packing: &Packing) -> bool {
        matches!(packing, Packing::Whole(_))
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(all in proptest::collection::vec(installments(), 0..6), version in any::<i64>()) {
            let bytes = packed(version, &all).unwrap();
            prop_assert_eq!(unpacked(Some(&bytes), version), Packing::Whole(all));
            prop_assert_eq!(unpacked(Some(&bytes), version.wrapping_add(1)), Packing::Nothing);
        }

        #[test]
        fn no_bytes_behind_the_head_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let head = postcard::to_allocvec(&(FORMAT, 1_i64)).unwrap();
            prop_assert_ne!(unpacked(Some(&[head, bytes].concat()), 1), Packing::Nothing);
        }

        #[test]
        fn what_is_cut_off_is_never_taken_for_whole(all in proptest::collection::vec(installments(), 0..4)) {
            let bytes = packed(7, &all).unwrap();
            for end in 0..bytes.len() {
                prop_assert!(!is_whole(&unpacked(Some(&bytes[..end]), 7)));
            }
            let longer = [bytes.as_slice(), &[0]].concat();
            prop_assert_eq!(unpacked(Some(&longer), 7), Packing::Damaged);
        }
    }

    fn ordinary(number: u32) -> Installment {
        Installment {
            number,
            due_date: date_of(20_700 + 30 * i64::from(number)).unwrap(),
            expected: components([833_333, 12_345, 500, 0]),
            interest_applied: Amount::from_minor(12_345),
            paid: components([833_333, 12_345, 500, 0]),
            is_grace: false,
            last_paid_on: date_of(20_800),
            repaid_on: date_of(20_800),
        }
    }

    #[test]
    fn two_years_are_packed_and_a_mortgage_is_not() {
        let schedule = |count| (1..=count).map(ordinary).collect::<Vec<_>>();
        assert!(packed(40, &schedule(12)).unwrap().len() < 12 * 40);
        assert!(packed(40, &schedule(24)).is_some());
        assert_eq!(packed(40, &schedule(360)), None);
    }

    #[test]
    fn what_is_not_there_or_in_another_format_is_passed_by() {
        assert_eq!(unpacked(None, 1), Packing::Nothing);
        let mut bytes = packed(1, &[ordinary(1)]).unwrap();
        bytes[0] = FORMAT + 1;
        assert_eq!(unpacked(Some(&bytes), 1), Packing::Nothing);
        assert_eq!(unpacked(Some(&[]), 1), Packing::Damaged);
    }

    #[test]
    fn a_day_that_is_none_is_damage() {
        let mut packed = pack(&ordinary(1));
        packed.due_day = 99_999_999;
        let bytes = postcard::to_allocvec(&(FORMAT, 3_i64, vec![packed])).unwrap();
        assert_eq!(unpacked(Some(&bytes), 3), Packing::Damaged);
    }
}

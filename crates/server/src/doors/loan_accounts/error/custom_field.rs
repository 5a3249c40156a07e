//! Return codes of what the book says no to about custom fields.

use loam_book::custom_field::refusal::CustomFieldRefusal;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal.
#[rustfmt::skip]
pub(super) fn code_of(refusal: &CustomFieldRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        CustomFieldRefusal::Unknown { .. } => Code::InvalidCustomFieldId,
        CustomFieldRefusal::NotForOwner { .. } => Code::CustomFieldNotAvailableForEntity,
        CustomFieldRefusal::Deactivated { .. } => Code::CustomFieldDeactivated,
        CustomFieldRefusal::NotEditable { .. } => Code::InvalidPermissions,
        CustomFieldRefusal::OtherType { .. } => Code::InconsistentValueWithCustomFieldType,
        CustomFieldRefusal::TooLong { .. } => Code::MaxCustomFieldValueLengthExceeded,
        CustomFieldRefusal::OtherPattern { .. } => Code::InconsistentCustomFieldValueWithPattern,
        CustomFieldRefusal::UnknownLink { .. } => Code::InvalidCustomFieldLinkedEntityKey,
        CustomFieldRefusal::Missing { .. } => Code::RequiredCustomFieldMissing,
        CustomFieldRefusal::Stays { .. } => Code::CustomFieldRequired,
        CustomFieldRefusal::DependsOnMissing { .. } => Code::DependentCustomFieldValueRequired,
        CustomFieldRefusal::OtherUsage { .. } => Code::InconsistentValueWithSetType,
        CustomFieldRefusal::GroupsHaveGaps { .. } => Code::GroupedIndexesNotConsecutive,
        CustomFieldRefusal::TwiceInGroup { .. } => Code::ToManyValuesForSameGroupedCustomField,
        CustomFieldRefusal::UnknownGroup { .. } => Code::InvalidCustomFieldGroupIndex,
        CustomFieldRefusal::NamedTwice { .. } => Code::DuplicateCustomFieldValues,
        CustomFieldRefusal::NeedsChannel { .. } => Code::CustomFieldsNeedChannelProvided,
        CustomFieldRefusal::NotOfCommand { .. } => Code::TransactionTypeNotAcceptingCustomFields,
        CustomFieldRefusal::NotUnique { .. } => Code::DuplicateUniqueValue,
        CustomFieldRefusal::UnknownSet { .. } => Code::InvalidCustomFieldSetId,
        CustomFieldRefusal::Fixed { .. } => Code::DatatypeOrTypeChanged,
        CustomFieldRefusal::NameInUse { .. } => Code::CustomFieldNameNotUnique,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_custom_field_has_the_number_of_the_contract() {
        let field = String::new;
        let all = [
            (CustomFieldRefusal::OtherType { field: field() }, 901),
            (CustomFieldRefusal::Missing { field: field() }, 902),
            (CustomFieldRefusal::Unknown { field: field() }, 903),
            (CustomFieldRefusal::TooLong { field: field(), max: 1 }, 904),
            (CustomFieldRefusal::Deactivated { field: field() }, 908),
            (CustomFieldRefusal::Stays { field: field() }, 909),
            (CustomFieldRefusal::NotForOwner { field: field() }, 910),
            (CustomFieldRefusal::UnknownLink { field: field() }, 911),
            (CustomFieldRefusal::DependsOnMissing { field: field() }, 912),
            (CustomFieldRefusal::OtherUsage { field: field() }, 913),
            (CustomFieldRefusal::GroupsHaveGaps { field: field() }, 914),
            (CustomFieldRefusal::TwiceInGroup { field: field() }, 915),
            (CustomFieldRefusal::UnknownGroup { field: field(), group: field() }, 916),
            (CustomFieldRefusal::OtherPattern { field: field() }, 917),
            (CustomFieldRefusal::NamedTwice { field: field() }, 918),
            (CustomFieldRefusal::Fixed { member: "dataType" }, 922),
            (CustomFieldRefusal::NameInUse { name: field() }, 923),
            (CustomFieldRefusal::NeedsChannel { field: field() }, 925),
            (CustomFieldRefusal::NotUnique { field: field() }, 926),
            (CustomFieldRefusal::NotOfCommand { command: "approve" }, 928),
            (CustomFieldRefusal::UnknownSet { set: field() }, 987),
            (CustomFieldRefusal::NotEditable { field: field() }, 15),
        ];
        for (refusal, number) in all {
            assert_eq!(code_of(&refusal).number(), number, "{refusal:?}");
        }
    }
}

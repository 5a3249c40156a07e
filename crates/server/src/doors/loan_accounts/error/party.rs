//! The return codes of clients and groups.

use loam_book::loan::refusal::PartyRefusal;

use super::ReturnCode;

pub(super) fn code_of(refusal: &PartyRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        PartyRefusal::UnknownMember { .. } => Code::InvalidClientKey,
        PartyRefusal::GroupSize { .. } => Code::InvalidGroupSize,
        PartyRefusal::InAnotherGroup { .. } => Code::MultipleGroupMembership,
        PartyRefusal::UnknownGroupRole { .. } => Code::InvalidGroupRoleNameKey,
        PartyRefusal::RoleOfNoMember { .. } => Code::GroupRoleClientNotGroupMember,
        PartyRefusal::UnknownRole { .. } => Code::InvalidClientRoleKey,
        PartyRefusal::RoleForOthers { .. } => Code::InconsistentClientRoleWithClientType,
        PartyRefusal::MayNotOpenAccounts { .. } => Code::InvalidClientRolePermissionForOpeningAccounts,
        PartyRefusal::MayNotGuarantee { .. } => Code::InvalidGuarantorPermission,
        PartyRefusal::AddressNotAllowed { .. } => Code::ClientRoleDoesNotAllowAddress,
        PartyRefusal::DocumentMissing { .. } => Code::RequiredIdDocumentMissing,
        PartyRefusal::DocumentNumber { .. } => Code::InvalidIdDocument,
        PartyRefusal::UnknownTemplate { .. } => Code::InvalidIdDocumentTemplateKey,
        PartyRefusal::OtherDocument => Code::AddingOtherIdDocumentsIsDisabled,
        PartyRefusal::SolidarityLoan { .. } => Code::CannotEditSolidarityLoans,
        PartyRefusal::ClientHasAccounts => Code::ClientHasAccounts,
        PartyRefusal::IsMember => Code::ClientIsMemberOfAGroup,
        PartyRefusal::IsGuarantor => Code::ClientIsGuarantor,
        PartyRefusal::GroupHasAccounts => Code::GroupHasAccounts,
        PartyRefusal::Exposure { .. } => Code::MaximumExposureExceeded,
        PartyRefusal::SecondLoan => Code::NumberOfLoansExceeded,
    }
}

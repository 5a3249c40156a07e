//! Which column, or which expression, a figure of a loan is.

use loam_app::search::columns::Column;

/// A column of the latest repayment that stands.
macro_rules! last_payment {
    ($column:literal) => {
        concat!(
            "(select t.",
            $column,
            " from loan_log as l join loan_transaction as t on t.part = l.part and t.log_no = l.log_no
               where l.part = loan_account.part and l.account_no = loan_account.account_no
                 and t.kind = 'repayment' and t.reversed_by is null
               order by t.value_date desc, t.transaction_id desc limit 1)"
        )
    };
}

/// What a client says of itself, or else a group.
macro_rules! holder {
    ($of_client:literal, $of_group:literal) => {
        concat!(
            "coalesce((select client.",
            $of_client,
            " from client where client.part = loan_account.part and client.client_key = loan_account.holder_key), \
               (select client_group.",
            $of_group,
            " from client_group where client_group.part = loan_account.part
                and client_group.group_key = loan_account.holder_key))"
        )
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Int,
    Text,
}

/// A column or an expression of what `loan_account` and its neighbors say; `None` for values of custom fields, which
/// are rows of their own.
pub(super) fn expression(column: Column) -> Option<&'static str> {
    Some(match column {
        Column::Key => "loan_key",
        Column::Id => "id",
        Column::Name => "name",
        Column::Holder => "holder_key",
        Column::HolderId => holder!("id", "id"),
        Column::HolderName => holder!("first_name || ' ' || client.last_name", "name"),
        Column::Product => "product_key",
        Column::Branch => "branch_key",
        Column::Centre => "centre_key",
        Column::CreditOfficer => "user_key",
        Column::Status => "status",
        Column::CreatedAt => "created_at",
        Column::LastModifiedAt => "last_modified_at",
        Column::LastSetToArrearsOn => "last_set_to_arrears_on",
        Column::LastLockedOn => "last_locked_on",
        Column::Amount => "amount_minor",
        Column::ApprovedOn => "approved_on",
        Column::ClosedOn => "closed_on",
        Column::ExpectedDisbursementOn => "expected_disbursement_on",
        Column::DisbursedOn => "disbursed_on",
        Column::FirstDueOn => "first_due_on",
        Column::MaturesOn => "matures_on",
        Column::InArrearsFrom => "in_arrears_from",
        Column::LateFrom => "late_from",
        Column::SubState => "sub_state",
        Column::FixedDays => "fixed_days",
        Column::Course => "course",
        Column::PrincipalBalance => "principal_outstanding_minor",
        Column::InterestBalance => "interest_outstanding_minor",
        Column::FeesBalance => "fees_outstanding_minor",
        Column::PenaltiesBalance => "penalties_outstanding_minor",
        Column::TotalBalance => {
            "(principal_outstanding_minor + interest_outstanding_minor + fees_outstanding_minor
               + penalties_outstanding_minor)"
        }
        Column::PrincipalPaid => "principal_paid_minor",
        Column::InterestPaid => "interest_paid_minor",
        Column::FeesPaid => "fees_paid_minor",
        Column::PenaltiesPaid => "penalties_paid_minor",
        Column::TotalPaid => {
            "(principal_paid_minor + interest_paid_minor + fees_paid_minor + penalties_paid_minor)"
        }
        Column::LastPaymentOn => last_payment!("value_date"),
        Column::LastPaymentAmount => last_payment!("amount_minor"),
        Column::Custom(_) => return None,
    })
}

pub(super) fn type_of(column: Column) -> Type {
    match column {
        Column::Key
        | Column::Id
        | Column::Name
        | Column::Holder
        | Column::HolderId
        | Column::HolderName
        | Column::Product
        | Column::Branch
        | Column::Centre
        | Column::CreditOfficer
        | Column::Status
        | Column::SubState
        | Column::FixedDays
        | Column::Course
        | Column::Custom(_) => Type::Text,
        Column::CreatedAt
        | Column::LastModifiedAt
        | Column::LastSetToArrearsOn
        | Column::LastLockedOn
        | Column::Amount
        | Column::ApprovedOn
        | Column::ClosedOn
        | Column::ExpectedDisbursementOn
        | Column::DisbursedOn
        | Column::FirstDueOn
        | Column::MaturesOn
        | Column::InArrearsFrom
        | Column::LateFrom
        | Column::PrincipalBalance
        | Column::InterestBalance
        | Column::FeesBalance
        | Column::PenaltiesBalance
        | Column::TotalBalance
        | Column::PrincipalPaid
        | Column::InterestPaid
        | Column::FeesPaid
        | Column::PenaltiesPaid
        | Column::TotalPaid
        | Column::LastPaymentOn
        | Column::LastPaymentAmount => Type::Int,
    }
}

/// Whether it is a text that people wrote, which is compared and sorted without regard to case.
pub(super) fn is_folded(column: Column) -> bool {
    [Column::Id, Column::Name, Column::HolderId, Column::HolderName].contains(&column)
}

/// Where in `client` and in `client_group` the id of a holder stands.
pub(super) const HOLDER_IDS: [&str; 2] = ["client.id", "client_group.id"];
/// And the name.
pub(super) const HOLDER_NAMES: [&str; 2] =
    ["(client.first_name || ' ' || client.last_name)", "client_group.name"];

/// The same of a column.
pub(super) fn of_holder(column: Column) -> Option<[&'static str; 2]> {
    if column == Column::HolderId {
        return Some(HOLDER_IDS);
    }
    (column == Column::HolderName).then_some(HOLDER_NAMES)
}

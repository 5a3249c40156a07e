//! Ids that commands name, and what is said of those that are taken.

use loam_book::catalog::Catalog;
use loam_book::custom_field::refusal::CustomFieldRefusal;
use loam_book::loan::refusal::{IdKind, Refusal};

use crate::changes::IdName;
use crate::command::Command;

/// The refusal of an id that is taken; of a custom field's value, that of the field.
pub(crate) fn id_in_use(name: &IdName, catalog: &Catalog) -> Refusal {
    let IdName { scope, kind, id } = name;
    if *kind != IdKind::CustomValue {
        return Refusal::IdInUse { kind: *kind, value: id.clone() };
    }
    let field = scope.as_deref().and_then(|key| catalog.custom_fields.find(key));
    let field = field.map_or_else(String::new, |field| field.id.clone());
    Refusal::CustomField(CustomFieldRefusal::NotUnique { field })
}

/// The id that a caller gave to what a command creates or renames.
pub(crate) fn id_named(command: &Command) -> Option<(IdKind, &str)> {
    match command {
        Command::CreateLoan { new, .. } => new.id.as_deref().map(|id| (IdKind::Loan, id)),
        Command::Restructure { restructure, .. } => {
            restructure.new.id.as_deref().map(|id| (IdKind::Loan, id))
        }
        Command::CreateClient { new, .. } => new.id.as_deref().map(|id| (IdKind::Client, id)),
        Command::EditClient { edit, .. } => edit.id.as_deref().map(|id| (IdKind::Client, id)),
        Command::CreateSavings { new, .. } => new.id.as_deref().map(|id| (IdKind::Savings, id)),
        Command::CreateGroup { new, .. } => new.id.as_deref().map(|id| (IdKind::Group, id)),
        Command::EditGroup { edit, .. } => edit.id.as_deref().map(|id| (IdKind::Group, id)),
        Command::Report(report) => crate::reporting::id_named(report),
        Command::Line(command) => crate::lines_of_credit::id_named(command),
        // The loan of an application has the number that the book drew.
        Command::Apply { .. }
        | Command::RejectApplication { .. }
        | Command::Market(_)
        | Command::Loan { .. }
        | Command::Savings { .. }
        | Command::Transfer { .. }
        | Command::SetSettlement { .. }
        | Command::Settle { .. }
        | Command::DeleteClient { .. }
        | Command::DeleteGroup { .. }
        | Command::LoanWithValues { .. }
        | Command::EditCustomValues { .. }
        | Command::RegisterLead(_)
        | Command::Paper(_)
        | Command::EnterJournal(_)
        | Command::PostIncome(_)
        | Command::BeginMany { .. }
        | Command::PostProvision(_)
        | Command::PostDepositInterest(_)
        | Command::CreateRecord(_)
        | Command::ChangeRecord { .. }
        | Command::UserWithValues { .. }
        | Command::MoveBusinessDate { .. } => None,
    }
}

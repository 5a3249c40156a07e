//! What the commands of a batch must see before they are decided.

use loam_book::line_of_credit::LineCommand;
use loam_book::loan::HolderKind;
use loam_book::loan::command::NewLoan;

use crate::command::{Address, Command, TransferTo};
use crate::guarantors;
use crate::lane::Envelope;
use crate::ports::Need;

/// What the commands of a batch must see, each thing once.
pub(crate) fn of_batch(batch: &[Envelope]) -> Need {
    let mut need = Need::default();
    for envelope in batch {
        of_command(&envelope.command, &mut need);
        crate::custom_values::need(&envelope.command, &mut need);
        if let Some(idempotency) = &envelope.caller.idempotency {
            need.answers.push((envelope.command.part(), idempotency.key.clone()));
        }
    }
    for addresses in [
        &mut need.loans,
        &mut need.clients,
        &mut need.groups,
        &mut need.ties,
        &mut need.applications,
        &mut need.fund_transactions,
        &mut need.subjects,
        &mut need.reported_loans,
        &mut need.savings,
        &mut need.papers,
        &mut need.lines,
        &mut need.custom_values,
    ] {
        addresses.sort_unstable();
        addresses.dedup();
    }
    need
}

fn of_command(command: &Command, need: &mut Need) {
    match command {
        Command::CreateSavings { holder, new } => need_holder(*holder, new.holder.kind, need),
        Command::Savings { account, .. } => need.savings.push(*account),
        Command::Transfer { from, to, .. } => {
            need.savings.push(*from);
            match to {
                TransferTo::Loan(loan) => need.loans.push(*loan),
                TransferTo::Savings(account) => need.savings.push(*account),
            }
        }
        Command::SetSettlement { loan, account, .. } => {
            need.loans.push(*loan);
            need.savings.push(*account);
        }
        Command::Settle { loan, .. } => need.loans.push(*loan),
        Command::CreateLoan { holder, new } => need_for_new_loan(*holder, new, need),
        Command::Loan { loan, command } => {
            need.loans.push(*loan);
            guarantors::need(command, need);
        }
        Command::Restructure { loan, holder, restructure } => {
            need.loans.push(*loan);
            need_for_new_loan(*holder, &restructure.new, need);
        }
        Command::EditClient { client, .. } => need.clients.push(*client),
        Command::DeleteClient { client } => {
            need.clients.push(*client);
            need.ties.push(*client);
        }
        Command::CreateGroup { new, .. } => need.clients.extend(&new.members),
        Command::EditGroup { group, members, edit } => {
            need.groups.push(*group);
            need.clients.extend(members.iter().chain(edit.members.iter().flatten()));
        }
        Command::DeleteGroup { group, members } => {
            need.groups.push(*group);
            need.ties.push(*group);
            need.clients.extend(members);
        }
        Command::Apply { borrower, new } => {
            need.clients.push(*borrower);
            need.loans.extend(new.loans_named());
        }
        Command::RejectApplication { application, loan } => {
            need.applications.push(*application);
            need.loans.extend(loan);
        }
        Command::Market(command) => crate::market::need(command, need),
        Command::Report(report) => crate::reporting::need(report, need),
        Command::Paper(command) => crate::papers::need(command, need),
        Command::Line(command) => match command.as_ref() {
            LineCommand::Create { holder, new } => need_holder(*holder, new.holder.kind, need),
            LineCommand::Edit { line, .. } => need.lines.push(*line),
        },
        Command::CreateClient { .. }
        | Command::LoanWithValues { .. }
        | Command::EditCustomValues { .. }
        | Command::RegisterLead(_)
        | Command::EnterJournal(_)
        | Command::PostIncome(_)
        | Command::BeginMany { .. }
        | Command::PostProvision(_)
        | Command::PostDepositInterest(_)
        | Command::CreateRecord(_)
        | Command::ChangeRecord { .. }
        | Command::UserWithValues { .. }
        | Command::MoveBusinessDate { .. } => {}
    }
}

/// A loan that is to be opened needs its holder and its guarantors.
pub(crate) fn need_for_new_loan(holder: Address, new: &NewLoan, need: &mut Need) {
    need_holder(holder, new.holder.kind, need);
    guarantors::need_of_new_loan(new, need);
}

/// Whoever holds a loan is a client or a group.
pub(crate) fn need_holder(holder: Address, kind: HolderKind, need: &mut Need) {
    match kind {
        HolderKind::Client => need.clients.push(holder),
        HolderKind::Group => need.groups.push(holder),
    }
}

//! Custom field values in a batch, as the commands so far leave them.

use std::collections::{HashMap, HashSet};

use loam_book::actor::Permission;
use loam_book::catalog::Catalog;
use loam_book::custom_field::DataType;
use loam_book::custom_field::command::channel_and_key;
use loam_book::custom_field::comparable::comparable;
use loam_book::custom_field::edit::{Decided, Ground, edit};
use loam_book::custom_field::owner::{Owner, OwnerKind};
use loam_book::custom_field::value::{
    CustomEdit, CustomValue, CustomValues, StatedLink, StatedValue, UniqueValue,
};
use loam_book::ids::{Key, Part};
use loam_book::loan::Loan;
use loam_book::loan::command::{LoanCommand, NewLoan};
use loam_book::loan::commands::Decision;
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, LineRefusal, Refusal};
use loam_book::loan::securities::{Guarantee, GuaranteeKind, StatedGuarantee};
use loam_book::organization::User;
use loam_book::savings::Savings;
use loam_book::savings::command::{Move, NewSavings, SavingsCommand};
use loam_book::savings::commands::SavingsDecision;

use crate::changes::{Changes, CustomValueRow, CustomValuesChange, IdName, NewId};
use crate::command::{Address, Caller, Command, Done};
use crate::error::AppError;
use crate::ports::{Loaded, Need};
use crate::session::{Answer, Session};

/// Under this name the audit trail tells of values.
pub const EDIT_VALUES: &str = "edit custom values";

/// What a batch changed.
#[derive(Default)]
pub(crate) struct CustomInformation {
    changed: HashMap<Key, CustomValues>,
    /// Owners whose values were asked for, whether they have any or not.
    looked_for: HashSet<Key>,
}

impl CustomInformation {
    /// The values of these owners were read.
    pub(crate) fn looked_for(&mut self, owners: &[Address]) {
        self.looked_for.extend(owners.iter().map(|owner| owner.key));
    }

    /// Hands over what is to be written, in the order of parts and keys.
    pub(crate) fn finish(&mut self, loaded: &Loaded, catalog: &Catalog, changes: &mut Changes) {
        for (key, values) in self.changed.drain() {
            changes.custom_values.push(change(loaded.custom_values.get(&key), values, catalog));
        }
        changes.custom_values.sort_by_key(|change| change.values.address);
    }
}

fn change(before: Option<&CustomValues>, values: CustomValues, catalog: &Catalog) -> CustomValuesChange {
    let present = before.map_or(&[][..], |before| &before.values[..]);
    let place = |value: &CustomValue| (value.field, value.group);
    let is_gone = |value: &&CustomValue| values.values.iter().all(|after| place(after) != place(value));
    let row = |value: &CustomValue| {
        let field = catalog.custom_fields.by_key(value.field);
        let data_type = field.map_or(DataType::String, |field| field.data_type);
        CustomValueRow { value: value.clone(), comparable: comparable(data_type, &value.content) }
    };
    CustomValuesChange {
        version_read: before.map(|before| before.version),
        gone: present.iter().filter(is_gone).map(place).collect(),
        put: values.values.iter().filter(|value| !present.contains(value)).map(row).collect(),
        values,
    }
}

/// What a command must see for the values that it brings or changes.
pub(crate) fn need(command: &Command, need: &mut Need) {
    match command {
        Command::EditCustomValues { owner, account, edit } => {
            need.custom_values.push(owner.address);
            match owner.kind {
                OwnerKind::Client => need.clients.push(owner.address),
                OwnerKind::Group => need.groups.push(owner.address),
                OwnerKind::LineOfCredit => need.lines.push(owner.address),
                OwnerKind::Loan | OwnerKind::LoanTransaction | OwnerKind::Guarantor | OwnerKind::Asset => {
                    need.loans.extend(account)
                }
                OwnerKind::Savings | OwnerKind::SavingsTransaction => need.savings.extend(account),
                OwnerKind::Branch | OwnerKind::Centre | OwnerKind::User => {}
            }
            links(edit.stated(), need);
        }
        Command::CreateLoan { new, .. } => of_new_loan(new, need),
        Command::Restructure { restructure, .. } => of_new_loan(&restructure.new, need),
        Command::LoanWithValues { loan, values, .. } => {
            need.loans.push(*loan);
            links(values, need);
        }
        Command::Loan { loan, command: LoanCommand::Delete } => need.custom_values.push(*loan),
        Command::Loan { loan, command: LoanCommand::SetGuarantees { guarantees } } => {
            of_guarantees(guarantees, Some(loan.part), need);
        }
        Command::CreateSavings { new, .. } => links(&new.custom_values, need),
        Command::Savings { account, command } => of_savings(*account, command, need),
        Command::CreateClient { new, .. } => links(&new.custom_values, need),
        Command::EditClient { client, edit } => {
            if let Some(edit) = &edit.custom_values {
                need.custom_values.push(*client);
                links(edit.stated(), need);
            }
        }
        Command::CreateGroup { new, .. } => links(&new.custom_values, need),
        Command::EditGroup { group, edit, .. } => {
            if let Some(edit) = &edit.custom_values {
                need.custom_values.push(*group);
                links(edit.stated(), need);
            }
        }
        Command::Line(command) => crate::lines_of_credit::values_of(command, need),
        Command::UserWithValues { user, values, .. } => {
            need.custom_values.push(owner_of_user(user).address);
            links(values, need);
        }
        Command::DeleteClient { client } => need.custom_values.push(*client),
        Command::DeleteGroup { group, .. } => need.custom_values.push(*group),
        Command::Transfer { wanted, .. } => links(&wanted.custom_values, need),
        Command::Loan { .. }
        | Command::SetSettlement { .. }
        | Command::Settle { .. }
        | Command::Apply { .. }
        | Command::RejectApplication { .. }
        | Command::Market(_)
        | Command::Report(_)
        | Command::RegisterLead(_)
        | Command::EnterJournal(_)
        | Command::PostIncome(_)
        | Command::BeginMany { .. }
        | Command::PostProvision(_)
        | Command::PostDepositInterest(_)
        | Command::Paper(_)
        | Command::CreateRecord(_)
        | Command::ChangeRecord { .. }
        | Command::MoveBusinessDate { .. } => {}
    }
}

fn of_savings(account: Address, command: &SavingsCommand, need: &mut Need) {
    let edit = values_edit(command);
    if edit.is_some() || *command == SavingsCommand::Delete {
        need.custom_values.push(account);
    }
    links(edit.into_iter().flat_map(CustomEdit::stated), need);
    links(command.movement().into_iter().flat_map(|wanted| &wanted.custom_values), need);
}

/// What a command on a deposit account wants of its values.
fn values_edit(command: &SavingsCommand) -> Option<&CustomEdit> {
    if let SavingsCommand::Edit(edit) = command { edit.custom_values.as_ref() } else { None }
}

fn of_new_loan(new: &NewLoan, need: &mut Need) {
    let accompanying = &new.figures.accompanying;
    links(&accompanying.custom_values, need);
    links(&accompanying.channel_values, need);
    of_guarantees(accompanying.guarantees.iter().flatten(), None, need);
}

fn of_guarantees<'a>(
    stated: impl IntoIterator<Item = &'a StatedGuarantee>,
    part: Option<Part>,
    need: &mut Need,
) {
    for stated in stated {
        links(stated.custom_values.iter().flatten(), need);
        let address = stated.key.zip(part).map(|(key, part)| Address { part, key });
        need.custom_values.extend(address);
    }
}

pub(crate) fn links<'a>(stated: impl IntoIterator<Item = &'a StatedValue>, need: &mut Need) {
    // Where somebody is kept does not say whether it is a client or a group.
    for address in stated.into_iter().filter_map(|stated| stated.link.as_ref()?.address) {
        need.clients.push(address);
        need.groups.push(address);
    }
}

impl Session {
    /// Changes the values of an owner that is there.
    pub(crate) fn edit_custom_values(
        &mut self,
        owner: Owner,
        account: Option<Address>,
        wanted: &CustomEdit,
        (caller, ids): (&Caller, &NewIds),
    ) -> Answer {
        self.context(caller, ids, None).require(permission(owner.kind))?;
        self.must_be_there(owner, account)?;
        self.must_be_reached(owner, account, caller)?;
        let decided = self.decide_values(owner, wanted, caller)?;
        self.take_ids(names(std::slice::from_ref(&decided)))?;
        let values = Box::new(decided.values.clone());
        self.put_values(vec![decided], caller);
        Ok(self.outcome(Done::CustomValues { values }))
    }

    /// Values of a client, a group or an account are in the care of whoever looks after it.
    fn must_be_reached(
        &self,
        owner: Owner,
        account: Option<Address>,
        caller: &Caller,
    ) -> Result<(), AppError> {
        let of_client = self.client(owner.address).map(|client| client.assignment);
        let of_group = self.group(owner.address).map(|group| group.assignment);
        let of_line = self.line(owner.address).map(|line| line.assignment);
        let of_loan = account.and_then(|loan| self.loan(loan)).map(|loan| loan.assignment);
        let of_savings = account.and_then(|account| self.savings_account(account));
        let reached = of_loan
            .or(of_savings.map(|account| account.assignment))
            .or(of_client)
            .or(of_line)
            .or(of_group)
            .map_or(Ok(()), |assignment| caller.actor.check_reach(&assignment));
        Ok(reached.map_err(Refusal::from)?)
    }

    fn must_be_there(&self, owner: Owner, account: Option<Address>) -> Result<(), AppError> {
        let key = owner.address.key;
        let catalog = &self.catalog;
        match owner.kind {
            OwnerKind::Client => self.client(owner.address).map(|_| ()).ok_or(AppError::ClientNotFound),
            OwnerKind::Group => self.group(owner.address).map(|_| ()).ok_or(AppError::GroupNotFound),
            OwnerKind::LineOfCredit => {
                self.line(owner.address).map(|_| ()).ok_or(Refusal::Line(LineRefusal::Unknown).into())
            }
            OwnerKind::Loan | OwnerKind::LoanTransaction | OwnerKind::Guarantor | OwnerKind::Asset => {
                account.and_then(|loan| self.loan(loan)).map(|_| ()).ok_or(AppError::AccountNotFound)
            }
            OwnerKind::Savings | OwnerKind::SavingsTransaction => {
                let found = account.and_then(|account| self.savings_account(account));
                found.map(|_| ()).ok_or(AppError::SavingsNotFound)
            }
            OwnerKind::Branch => {
                catalog.branches.by_key(key).map(|_| ()).ok_or(Refusal::UnknownBranch { key }.into())
            }
            OwnerKind::Centre => {
                catalog.centres.by_key(key).map(|_| ()).ok_or(Refusal::UnknownCentre { key }.into())
            }
            OwnerKind::User => {
                catalog.users.by_key(key).map(|_| ()).ok_or(Refusal::UnknownUser { key }.into())
            }
        }
    }

    /// Decides an edit on what the batch has made of the values so far, and keeps nothing of it.
    pub(crate) fn decide_values(
        &self,
        owner: Owner,
        wanted: &CustomEdit,
        caller: &Caller,
    ) -> Result<Decided, AppError> {
        let key = owner.address.key;
        let stored = || self.loaded.custom_values.get(&key);
        let none = CustomValues::none(owner.kind, owner.address);
        let present = self.custom_information.changed.get(&key).or_else(stored).unwrap_or(&none);
        let find_link = &|data_type, link: &StatedLink| self.linked(data_type, link);
        let ground = Ground { catalog: &self.catalog, actor: &caller.actor, owner, present, find_link };
        edit(wanted, &ground).map_err(|refusal| Refusal::CustomField(refusal).into())
    }

    /// What a value links to.
    fn linked(&self, data_type: DataType, link: &StatedLink) -> Option<Key> {
        match data_type {
            DataType::ClientLink => self.client(link.address?).map(|client| client.key),
            DataType::UserLink => self.catalog.users.find(&link.named).map(|user| user.key),
            DataType::GroupLink => self.group(link.address?).map(|group| group.key),
            DataType::String
            | DataType::Selection
            | DataType::Number
            | DataType::Checkbox
            | DataType::Date => None,
        }
    }

    /// The values that come with a new loan.
    pub(crate) fn values_of_new_loan(
        &self,
        new: &NewLoan,
        loan: &Loan,
        caller: &Caller,
    ) -> Result<Vec<Decided>, AppError> {
        let accompanying = &new.figures.accompanying;
        let address = Address { part: loan.part, key: loan.key };
        let owner = Owner { kind: OwnerKind::Loan, address, setting: Some(loan.terms.product) };
        let given = CustomEdit::Replace(accompanying.custom_values.clone());
        let mut decided = vec![self.decide_values(owner, &given, caller)?];
        let details = accompanying.details.as_ref();
        let (setting, key) = details.map_or((None, None), |details| (details.channel, details.values_key));
        let given = &accompanying.channel_values;
        if setting.is_some() || !given.is_empty() {
            let owner = key.map_or_else(|| nobody(loan.part), |key| Address { part: loan.part, key });
            let of_channel = self.values_of_channel(owner, setting, given, caller)?;
            // Without a key nothing is kept of it; it is refused where the channel requires something.
            decided.extend(key.map(|_| of_channel));
        }
        let stated = accompanying.guarantees.as_deref().unwrap_or_default();
        decided.extend(self.values_of_guarantees(stated, loan, caller)?);
        Ok(decided)
    }

    /// The values that come with a new deposit account.
    pub(crate) fn values_of_new_savings(
        &self,
        new: &NewSavings,
        account: &Savings,
        caller: &Caller,
    ) -> Result<Vec<Decided>, AppError> {
        let given = CustomEdit::Replace(new.custom_values.clone());
        Ok(vec![self.decide_values(owner_of_savings(account), &given, caller)?])
    }

    /// The values that a command on a deposit account changes, or that go with the account.
    pub(crate) fn values_of_savings(
        &self,
        command: &SavingsCommand,
        decision: &SavingsDecision,
        caller: &Caller,
    ) -> Result<Vec<Decided>, AppError> {
        if let Some(wanted) = command.movement() {
            return self.values_of_movement(wanted, decision, caller);
        }
        let goes = (*command == SavingsCommand::Delete).then_some(&CustomEdit::RemoveAll);
        let edit = values_edit(command).or(goes).into_iter();
        let owner = owner_of_savings(&decision.account);
        edit.map(|edit| self.decide_values(owner, edit, caller)).collect()
    }

    /// The values of a movement's transaction; it is refused where its channel requires something.
    pub(crate) fn values_of_movement(
        &self,
        wanted: &Move,
        decision: &SavingsDecision,
        caller: &Caller,
    ) -> Result<Vec<Decided>, AppError> {
        let setting = wanted.details.channel;
        let Some(transaction) = decision.transactions.first() else { return Ok(Vec::new()) };
        if setting.is_none() && wanted.custom_values.is_empty() {
            return Ok(Vec::new());
        }
        let account = &decision.account;
        let address = Address { part: account.part, key: transaction.key(account) };
        let owner = Owner { kind: OwnerKind::SavingsTransaction, address, setting };
        let given = CustomEdit::Replace(wanted.custom_values.clone());
        Ok(vec![self.decide_values(owner, &given, caller)?])
    }

    /// The values that come with a command on a loan, or that go with it.
    pub(crate) fn values_of_command(
        &self,
        (command, stated): (&LoanCommand, &[StatedValue]),
        decision: &Decision,
        caller: &Caller,
    ) -> Result<Vec<Decided>, AppError> {
        let loan = &decision.loan;
        let address = Address { part: loan.part, key: loan.key };
        if let LoanCommand::Delete = command {
            let owner = Owner { kind: OwnerKind::Loan, address, setting: Some(loan.terms.product) };
            return Ok(vec![self.decide_values(owner, &CustomEdit::RemoveAll, caller)?]);
        }
        if let LoanCommand::SetGuarantees { guarantees } = command {
            return self.values_of_guarantees(guarantees, loan, caller);
        }
        let (channel, key) = channel_and_key(command);
        let Some(key) = key else {
            // Nothing is kept of it; it is refused where the channel requires something.
            if channel.is_some() {
                self.values_of_channel(nobody(loan.part), channel, &[], caller)?;
            }
            return Ok(Vec::new());
        };
        // Of a disbursement, the channel may be the planned one.
        let mut brought = decision.transactions.iter().map(|transaction| &transaction.details);
        let brought = brought.find(|details| details.values_key == Some(key));
        let channel = brought.map_or(channel, |details| details.channel);
        Ok(vec![self.values_of_channel(Address { part: loan.part, key }, channel, stated, caller)?])
    }

    /// Guarantees that are there no more, or go with their loan, leave no values behind.
    pub(crate) fn values_of_gone_guarantees(
        &mut self,
        (before, after): (&Loan, &Loan),
        caller: &Caller,
    ) -> Result<Vec<Decided>, AppError> {
        let stays = |guarantee: &Guarantee| {
            let mut there = after.servicing.course.guarantees.iter();
            !after.is_deleted() && there.any(|other| other.key == guarantee.key)
        };
        let guarantees = before.servicing.course.guarantees.iter();
        let gone: Vec<Owner> = guarantees
            .filter(|guarantee| !stays(guarantee))
            .map(|guarantee| owner_of_guarantee(guarantee, before))
            .collect();
        if gone.is_empty() || self.catalog.custom_fields.iter().next().is_none() {
            return Ok(Vec::new());
        }
        let is_known = |owner: &Owner| {
            let key = owner.address.key;
            self.custom_information.looked_for.contains(&key)
                || self.custom_information.changed.contains_key(&key)
                || self.loaded.custom_values.contains_key(&key)
        };
        let unknown = gone.iter().filter(|owner| !is_known(owner)).map(|owner| owner.address);
        let custom_values: Vec<Address> = unknown.collect();
        if !custom_values.is_empty() {
            return Err(self.want_accounts(Need { custom_values, ..Need::default() }));
        }
        gone.iter().map(|owner| self.decide_values(*owner, &CustomEdit::RemoveAll, caller)).collect()
    }

    fn values_of_channel(
        &self,
        address: Address,
        setting: Option<Key>,
        stated: &[StatedValue],
        caller: &Caller,
    ) -> Result<Decided, AppError> {
        let owner = Owner { kind: OwnerKind::LoanTransaction, address, setting };
        self.decide_values(owner, &CustomEdit::Replace(stated.to_vec()), caller)
    }

    /// The list that is posted is in the order of the guarantees that come of it.
    fn values_of_guarantees(
        &self,
        stated: &[StatedGuarantee],
        loan: &Loan,
        caller: &Caller,
    ) -> Result<Vec<Decided>, AppError> {
        let mut decided = Vec::new();
        for (stated, guarantee) in stated.iter().zip(&loan.servicing.course.guarantees) {
            let given = match &stated.custom_values {
                None if stated.key.is_some() => continue,
                given => given.clone().unwrap_or_default(),
            };
            let owner = owner_of_guarantee(guarantee, loan);
            decided.push(self.decide_values(owner, &CustomEdit::Replace(given), caller)?);
        }
        Ok(decided)
    }

    /// Takes decided values into the batch. Their ids are taken already.
    pub(crate) fn put_values(&mut self, all: Vec<Decided>, caller: &Caller) {
        for decided in all {
            let (address, key) = (decided.values.address, decided.values.address.key);
            let before = self.custom_information.changed.get(&key).or(self.loaded.custom_values.get(&key));
            let was = before.map_or(&[][..], |before| &before.values[..]);
            if was == &decided.values.values[..] {
                continue;
            }
            let text = |values: &[CustomValue]| serde_json::to_string(values).unwrap_or_default();
            let audit = (before.map(|before| text(&before.values)), Some(text(&decided.values.values)));
            self.audit(address, EDIT_VALUES, caller, audit);
            self.take_values(decided);
        }
    }

    /// The same for an owner who is deleted: the trail tells of the deletion, and not of what is forgotten
    /// with it.
    pub(crate) fn drop_values(&mut self, all: Vec<Decided>) {
        all.into_iter().for_each(|decided| self.take_values(decided));
    }

    fn take_values(&mut self, Decided { values, freed, .. }: Decided) {
        let freed = freed.iter().map(|unique| new_id(unique, values.address));
        self.changes.freed_ids.extend(freed);
        self.custom_information.changed.insert(values.address.key, values);
    }
}

/// An owner of whom nothing is kept: what is decided about it is only refused or not.
fn nobody(part: Part) -> Address {
    Address { part, key: Key::entity(part, 0, 0) }
}

/// The ids that decided values take.
pub(crate) fn names(all: &[Decided]) -> Vec<NewId> {
    let of = |decided: &Decided| {
        let address = decided.values.address;
        decided.taken.iter().map(|unique| new_id(unique, address)).collect::<Vec<_>>()
    };
    all.iter().flat_map(of).collect()
}

fn new_id(unique: &UniqueValue, owner: Address) -> NewId {
    let name = IdName { scope: Some(unique.scope()), kind: IdKind::CustomValue, id: unique.id() };
    NewId { name, key: owner.key, part: owner.part }
}

/// A deposit account as an owner of values.
pub fn owner_of_savings(account: &Savings) -> Owner {
    Owner { kind: OwnerKind::Savings, address: account.address(), setting: Some(account.terms.product) }
}

/// A user as an owner of values.
pub(crate) fn owner_of_user(user: &User) -> Owner {
    let address = Address { part: Part::new(0), key: user.key };
    Owner { kind: OwnerKind::User, address, setting: None }
}

/// A guarantee as an owner of values.
pub fn owner_of_guarantee(guarantee: &Guarantee, loan: &Loan) -> Owner {
    let kind = match guarantee.kind {
        GuaranteeKind::Guarantor { .. } => OwnerKind::Guarantor,
        GuaranteeKind::Asset { .. } => OwnerKind::Asset,
    };
    Owner { kind, address: Address { part: loan.part, key: guarantee.key }, setting: None }
}

/// What somebody must be allowed to do who changes values.
fn permission(kind: OwnerKind) -> Permission {
    match kind {
        OwnerKind::Client => Permission::EditClient,
        OwnerKind::Group => Permission::EditGroup,
        OwnerKind::LineOfCredit => Permission::EditLinesOfCredit,
        OwnerKind::LoanTransaction => Permission::EditLoanTransactions,
        OwnerKind::Loan | OwnerKind::Guarantor | OwnerKind::Asset => Permission::EditLoanAccount,
        OwnerKind::Savings | OwnerKind::SavingsTransaction => Permission::EditSavingsAccount,
        OwnerKind::Branch | OwnerKind::Centre | OwnerKind::User => Permission::Administration,
    }
}

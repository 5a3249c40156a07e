//! What stands around the demo's loans: a deposit account with money on it, a group of clients, a line of
//! credit and a custom field.

use anyhow::anyhow;
use jiff::ToSpan;
use loam_app::command::{Address, Command, Done};
use loam_book::custom_field::{
    CustomField, CustomFieldSet, CustomFieldType, DataType, FieldState, Rights, Usage, ValueLength,
};
use loam_book::ids::{Key, Part};
use loam_book::line_of_credit::{LineCommand, NewLine};
use loam_book::loan::{Holder, HolderKind};
use loam_book::organization::TransactionDetails;
use loam_book::party::Assignment;
use loam_book::party::group::{GroupContact, NewGroup};
use loam_book::product::IdPattern;
use loam_book::record::Record;
use loam_book::savings::command::{Move, NewSavings, SavingsCommand, SavingsFigures};
use loam_book::savings::product::{AccountType, SavingsProduct};
use loam_book::stated::StatedAmount;

use super::Demo;

impl Demo<'_> {
    /// Of these clients, of whom there are at least two.
    pub(super) async fn around(&self, branch: Key, clients: &[Address]) -> anyhow::Result<()> {
        let [first, second, ..] = clients else { return Err(anyhow!("a group has two members")) };
        self.deposits(*first).await?;
        self.group(branch, &[*first, *second]).await?;
        self.line(*first).await?;
        self.custom_field().await
    }

    async fn deposits(&self, holder: Address) -> anyhow::Result<()> {
        let product = self.current_account();
        let key = product.key;
        self.record(Record::SavingsProduct(Box::new(product))).await?;
        let new = NewSavings {
            id: Some("DEPOSIT001".into()),
            holder: Holder { kind: HolderKind::Client, key: holder.key },
            product: key,
            name: None,
            notes: None,
            assignment: Assignment::default(),
            currency: None,
            figures: SavingsFigures::default(),
            line_of_credit: None,
            custom_values: vec![],
        };
        let done = self.submit(Command::CreateSavings { holder, new: Box::new(new) }).await?;
        let Done::Savings { account, .. } = done else { unreachable!("a deposit command gives an account") };
        let on = |command| Command::Savings { account: account.address(), command };
        self.submit(on(SavingsCommand::Approve { notes: None })).await?;
        self.submit(on(SavingsCommand::Deposit(self.moved(250)))).await?;
        self.submit(on(SavingsCommand::TakeOut(self.moved(30)))).await.map(|_| ())
    }

    fn current_account(&self) -> SavingsProduct {
        SavingsProduct {
            key: self.book.desk.new_key(Part::new(0)),
            id: "CURRENT".into(),
            name: "Current Account".into(),
            description: Some("Without interest; loans can be paid from it".into()),
            account_type: AccountType::CurrentAccount,
            is_active: true,
            for_individuals: true,
            for_groups: true,
            branches: vec![],
            currency: self.currency,
            id_pattern: IdPattern::Incremental,
            allows_overdraft: false,
            max_overdraft_limit: None,
            max_withdrawal: None,
            recommended_deposit: None,
            minimum_opening_balance: None,
            allows_arbitrary_fees: true,
            interest: None,
            dormancy_days: None,
            term: None,
            accounting: Default::default(),
            created_at: self.at,
            last_modified_at: self.at,
        }
    }

    fn moved(&self, units: i64) -> Move {
        let amount = StatedAmount(self.units(units).to_fixed_text(self.currency));
        Move { amount, value_date: None, details: TransactionDetails::default(), custom_values: Vec::new() }
    }

    async fn group(&self, branch: Key, members: &[Address]) -> anyhow::Result<()> {
        let new = NewGroup {
            id: Some("GROUP001".into()),
            contact: GroupContact { name: "Market Women".into(), ..GroupContact::default() },
            role: None,
            assignment: Assignment { branch: Some(branch), ..Assignment::default() },
            addresses: vec![],
            members: members.to_vec(),
            roles: vec![],
            custom_values: vec![],
        };
        let part = self.book.desk.part_for_new_holder(None);
        self.submit(Command::CreateGroup { part, new: Box::new(new) }).await.map(|_| ())
    }

    async fn line(&self, holder: Address) -> anyhow::Result<()> {
        let new = NewLine {
            id: Some("LINE001".into()),
            holder: Holder { kind: HolderKind::Client, key: holder.key },
            amount: Some(StatedAmount(self.units(5_000).to_fixed_text(self.currency))),
            limit: None,
            start_on: Some(self.business_date),
            expire_on: Some(self.business_date.saturating_add(2.years())),
            notes: None,
            is_approved: true,
            custom_values: vec![],
        };
        let command = LineCommand::Create { holder, new };
        self.submit(Command::Line(Box::new(command))).await.map(|_| ())
    }

    /// Asks of loans what they are for.
    async fn custom_field(&self) -> anyhow::Result<()> {
        let key = || self.book.desk.new_key(Part::new(0));
        let set = CustomFieldSet {
            key: key(),
            id: "PURPOSE_SET".into(),
            name: "Purpose".into(),
            notes: None,
            index: 0,
            applies_to: CustomFieldType::LoanAccountInfo,
            usage: Usage::Single,
            created_at: self.at,
            last_modified_at: self.at,
        };
        let everybody = || Rights { key: key(), is_for_all: true, roles: vec![] };
        let field = CustomField {
            key: key(),
            id: "PURPOSE".into(),
            name: "What the loan is for".into(),
            set: set.key,
            data_type: DataType::String,
            value_length: ValueLength::Short,
            is_default: true,
            is_required: false,
            is_unique: false,
            description: None,
            index: 0,
            state: FieldState::Normal,
            validation_pattern: None,
            options: vec![],
            depends_on: None,
            settings: vec![],
            view_rights: everybody(),
            edit_rights: everybody(),
            created_at: self.at,
            last_modified_at: self.at,
        };
        self.record(Record::CustomFieldSet(set)).await?;
        self.record(Record::CustomField(Box::new(field))).await
    }
}

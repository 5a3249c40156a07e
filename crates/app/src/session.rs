//! One batch in memory: accounts as the commands so far leave them, and what is to be written.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use loam_book::actor::Permission;
use loam_book::application::Application;
use loam_book::catalog::Catalog;
use loam_book::custom_field::value::StatedValue;
use loam_book::ids::{Key, Part};
use loam_book::loan::Loan;
use loam_book::loan::advance::next_action_on;
use loam_book::loan::command::{LoanCommand, NewLoan};
use loam_book::loan::commands::{Accounts, Decided, Decision, decide};
use loam_book::loan::context::{Context, NewIds};
use loam_book::loan::event::Entry;
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::party::Client;
use loam_book::party::group::Group;
use loam_book::party::holder::Party;

use crate::applications::Applications;
use crate::changes::{
    AuditRow, BusinessDateChange, Changes, GuarantorsChange, IdName, LoanChange, LogRow, Moved, NewId,
    OutboxRow, SettlementChange, TransactionRow,
};
use crate::command::{Address, Caller, Command, Done, Outcome};
use crate::custom_values::{CustomInformation, names};
use crate::error::{AppError, StoreError};
use crate::groups::Held;
use crate::lane::Envelope;
use crate::lines_of_credit::Lines;
use crate::market::Market;
use crate::naming::id_in_use;
use crate::papers::Papers;
use crate::portfolios::{OpenAsked, OrdersAsked};
use crate::ports::{Loaded, Need};
use crate::preview::OnLoan;
use crate::reporting::Reporting;
use crate::savings::SavingsBatch;
use crate::trading::OrderPlace;

pub(crate) type Answer = Result<Outcome, AppError>;

/// What a decision wants to see besides what every decision sees.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    /// The log of a loan.
    Log { loan: Key, part: Part, account_no: i64 },
    /// The loans of a holder.
    LoansOf(Address),
    /// The log of a deposit account.
    SavingsLog { account: Key, part: Part, account_no: i64 },
    /// The applications of a borrower.
    ApplicationsOf(Address),
    /// The bookings of an application.
    BookingsOf(Address),
    /// Bookings that wait for money of a deposit account.
    UncommittedOf(Address),
    /// The application for which a loan was made.
    ApplicationOf { loan: Key, part: Part, account_no: i64 },
    /// A booking by its number.
    Booking(OrderPlace),
    /// Applications that a booking order may choose.
    OpenApplications(OpenAsked),
    /// How many orders an account gave before.
    OrdersBefore(OrdersAsked),
    /// Accounts that the command did not name itself.
    Accounts(Box<Need>),
}

/// A batch being decided.
pub(crate) struct Session {
    pub(crate) loaded: Loaded,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) recorded_at: Timestamp,
    pub(crate) changes: Changes,
    /// Accounts that this batch changed, as they now stand, with the day of their next action.
    pub(crate) loans: HashMap<Key, (Arc<Loan>, Option<Date>)>,
    pub(crate) clients: HashMap<Key, Client>,
    pub(crate) groups: HashMap<Key, Group>,
    /// Clients and groups that this batch deleted.
    pub(crate) deleted: HashSet<Key>,
    pub(crate) applications: Applications,
    pub(crate) reporting: Reporting,
    pub(crate) savings: SavingsBatch,
    pub(crate) papers: Papers,
    pub(crate) lines: Lines,
    pub(crate) market: Market,
    pub(crate) custom_information: CustomInformation,
    /// Logs that were asked for.
    histories: HashMap<Key, Vec<Entry>>,
    wanted: Option<Wanted>,
    /// Loans of holders that were asked for.
    held: HashMap<Key, Vec<Loan>>,
    /// Ids that commands of this batch take.
    taken: HashSet<IdName>,
    /// Which command of the batch, by its position, wants which id.
    takers: Vec<(usize, IdName)>,
    position: usize,
    /// The account that is being decided on, where it is known which.
    pub(crate) at_work: Option<Address>,
    pub(crate) broken: Vec<(Address, String)>,
}

impl Session {
    /// Instants are kept to the microsecond, so that what is decided equals what is read again.
    pub(crate) fn new(loaded: Loaded, catalog: Arc<Catalog>, now: Timestamp) -> Session {
        let recorded_at = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        Session {
            loaded,
            catalog,
            recorded_at,
            changes: Changes::default(),
            loans: HashMap::new(),
            clients: HashMap::new(),
            groups: HashMap::new(),
            deleted: HashSet::new(),
            applications: Applications::default(),
            reporting: Reporting::default(),
            savings: SavingsBatch::default(),
            papers: Papers::default(),
            lines: Lines::default(),
            market: Market::default(),
            custom_information: CustomInformation::default(),
            histories: HashMap::new(),
            wanted: None,
            held: HashMap::new(),
            taken: HashSet::new(),
            takers: Vec::new(),
            position: 0,
            at_work: None,
            broken: Vec::new(),
        }
    }

    /// Decides a command on what the batch has made of the accounts so far. When it wants a log,
    /// the answer does not count: give the log and ask again.
    pub(crate) fn decide(&mut self, envelope: &Envelope, ids: &NewIds) -> Answer {
        if let Some(answer) = self.answered_before(&envelope.caller) {
            return answer;
        }
        let decided = catch_unwind(AssertUnwindSafe(|| self.dispatch(envelope, ids)));
        let answer = decided.unwrap_or_else(|panic| Err(self.contain(&envelope.command, panic.as_ref())));
        if let (Ok(outcome), Some(idempotency)) = (&answer, &envelope.caller.idempotency) {
            self.keep_answer(&envelope.command, idempotency, outcome);
        }
        answer
    }

    /// The commands that follow stand at this position of the batch.
    pub(crate) fn turn_to(&mut self, position: usize) {
        self.position = position;
    }

    /// Positions of the commands that want one of these ids for what they create or rename, and which.
    pub(crate) fn takers_of(&self, ids: &[IdName]) -> HashMap<usize, IdName> {
        self.takers.iter().filter(|(_, id)| ids.contains(id)).cloned().collect()
    }

    /// What the last command wants to see besides.
    pub(crate) fn wanted(&mut self) -> Option<Wanted> {
        self.wanted.take()
    }

    pub(crate) fn want(&mut self, wanted: Wanted) {
        self.wanted = Some(wanted);
    }

    /// Takes the loans of a holder that were asked for.
    pub(crate) fn give_loans_of(&mut self, holder: Address, loans: Vec<Loan>) {
        self.held.insert(holder.key, loans);
    }

    /// The other loans of a holder as the batch has made them so far; `None` where they were not given.
    pub(crate) fn loans_beside(&self, loan: &Loan) -> Option<Vec<Loan>> {
        let stored =
            self.held.get(&loan.holder.key)?.iter().filter(|other| !self.loans.contains_key(&other.key));
        let changed = self.loans.values().map(|(other, _)| other.as_ref());
        let all = stored.chain(changed.filter(|other| other.holder == loan.holder));
        Some(all.filter(|other| other.key != loan.key).cloned().collect())
    }

    /// The last command cannot be decided without the other loans of this holder.
    pub(crate) fn want_loans_of(&mut self, loan: &Loan) -> AppError {
        self.wanted = Some(Wanted::LoansOf(Address { part: loan.part, key: loan.holder.key }));
        AppError::Broken("the loans of a holder were asked for and not given".to_owned())
    }

    /// Takes the log that was asked for.
    ///
    /// # Errors
    /// `VersionConflict` when it is not the log of the loan as it was loaded: somebody wrote between.
    pub(crate) fn give_history(&mut self, key: Key, entries: Vec<Entry>) -> Result<(), StoreError> {
        let loaded = self.loaded.loans.get(&key).map_or(0, |loan| loan.version);
        if entries.last().map_or(0, |entry| entry.seq) != loaded {
            return Err(StoreError::VersionConflict);
        }
        self.histories.insert(key, entries);
        Ok(())
    }

    /// Takes the application of a loan that was asked for, or that there is none.
    pub(crate) fn give_application_of(&mut self, loan: Key, application: Option<Application>) {
        self.market.application_of.insert(loan, application.as_ref().map(Application::address));
        if let Some(application) = application {
            self.loaded.applications.entry(application.key).or_insert(application);
        }
    }

    /// What is to be written, if anything, and the accounts that were found broken.
    pub(crate) fn finish(&mut self) -> (Option<Changes>, Vec<(Address, String)>) {
        for (key, (loan, next_action_on)) in std::mem::take(&mut self.loans) {
            let before = self.loaded.loans.get(&key).map(Arc::as_ref);
            let is_settled = |loan: &Loan| !loan.servicing.course.settlement_accounts.is_empty();
            let guarantors = GuarantorsChange::of(before, &loan, |holder| self.place_of(holder));
            self.changes.guarantors.extend(guarantors);
            if is_settled(&loan) || before.is_some_and(is_settled) {
                self.changes.settlements.push(SettlementChange::of(&loan));
            }
            self.changes.loans.push(LoanChange {
                touched: before.and_then(|before| touched(before, &loan)),
                version_read: before.map(|before| before.version),
                moved: before.map_or(Moved::EVERYTHING, |before| Moved::between(before, &loan)),
                next_action_read: self.loaded.actions.get(&key).copied(),
                next_action_on,
                loan,
            });
        }
        self.finish_parties();
        self.applications.finish(&self.loaded, &mut self.changes);
        self.reporting.finish(&self.loaded, &mut self.changes);
        self.savings.finish(&self.loaded, &mut self.changes);
        self.papers.finish(&self.loaded, &mut self.changes);
        self.lines.finish(&self.loaded, &mut self.changes);
        self.market.finish(&self.loaded, &mut self.changes);
        self.custom_information.finish(&self.loaded, &self.catalog, &mut self.changes);
        self.changes.loans.sort_by_key(|change| (change.loan.part, change.loan.account_no));
        let has_changes = !self.changes.audit.is_empty() || !self.changes.entries.is_empty();
        let changes = std::mem::take(&mut self.changes);
        (has_changes.then_some(changes), std::mem::take(&mut self.broken))
    }

    fn dispatch(&mut self, envelope: &Envelope, ids: &NewIds) -> Answer {
        let caller = &envelope.caller;
        match &envelope.command {
            Command::CreateLoan { holder, new } => self.create_loan(*holder, new, caller, ids),
            Command::Loan { loan, command } => self.command_loan(*loan, (command, &[]), caller, ids),
            Command::LoanWithValues { loan, command, values } => {
                self.command_loan(*loan, (command, values), caller, ids)
            }
            Command::EditCustomValues { owner, account, edit } => {
                self.edit_custom_values(*owner, *account, edit, (caller, ids))
            }
            Command::Restructure { loan, holder, restructure } => {
                self.restructure((*loan, *holder), restructure, caller, ids)
            }
            Command::CreateSavings { holder, new } => self.create_savings(*holder, new, caller, ids),
            Command::Savings { account, command } => self.command_savings(*account, command, caller, ids),
            Command::Transfer { from, to, wanted } => self.transfer((*from, *to), wanted, caller, ids),
            Command::SetSettlement { loan, account, is_linked } => {
                self.set_settlement((*loan, *account), *is_linked, caller, ids)
            }
            Command::Settle { loan, on } => self.settle((*loan, *on), caller, ids),
            Command::CreateClient { new, .. } => self.create_client(new, caller, ids),
            Command::EditClient { client, edit } => self.edit_client(*client, edit, caller, ids),
            Command::DeleteClient { client } => self.delete_client(*client, caller, ids),
            Command::CreateGroup { new, .. } => self.create_group(new, caller, ids),
            Command::EditGroup { group, members, edit } => {
                self.edit_group((*group, members), edit, caller, ids)
            }
            Command::DeleteGroup { group, members } => self.delete_group(*group, members, caller, ids),
            Command::Apply { borrower, new } => self.apply(*borrower, new, caller, ids),
            Command::RejectApplication { application, loan } => {
                self.reject_application(*application, *loan, caller, ids)
            }
            Command::Market(command) => self.command_market(command, caller, ids),
            Command::Report(report) => self.take_report(report, caller, ids),
            Command::RegisterLead(lead) => self.take_lead(lead, caller, ids),
            Command::Paper(command) => self.command_paper(command, caller, ids),
            Command::EnterJournal(new) => self.enter_journal(new, caller, ids),
            Command::PostIncome(posting) => self.post_income(posting, caller, ids),
            Command::PostProvision(posting) => self.post_provision(posting, caller, ids),
            Command::PostDepositInterest(posting) => self.post_deposit_interest(posting, caller, ids),
            Command::Line(command) => self.command_line(command, caller, ids),
            Command::BeginMany { part } => Ok(self.begin_many(*part, caller)),
            Command::CreateRecord(record) => self.put_record(record, None, caller, ids),
            Command::ChangeRecord { record, catalog_version } => {
                self.put_record(record, Some(*catalog_version), caller, ids)
            }
            Command::UserWithValues { user, catalog_version, values } => {
                self.put_user((user, values), *catalog_version, caller, ids)
            }
            Command::MoveBusinessDate { from, to } => {
                self.context(caller, ids, None).require(Permission::Administration)?;
                Ok(self.move_business_date(*from, *to, caller))
            }
        }
    }

    pub(crate) fn create_loan(
        &mut self,
        holder: Address,
        new: &NewLoan,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let holder = self.holder(holder, new.holder.kind);
        let command = LoanCommand::Create(Box::new(self.with_guarantors_of(new).into_owned()));
        let context = self.context(caller, ids, holder.as_ref().map(Held::as_party));
        let context = self.working_in(new.assignment.branch, context);
        if let Some(holder) = context.holder {
            context.require_reach(&holder.assignment())?;
        }
        let decision = self.decide_loan(None, &command, context)?;
        let decision = decision.expect("a new loan has no log to ask for");
        let loan = &decision.loan;
        self.check_line_of(&command, (None, loan), (caller, ids))?;
        let kept = self.kept_for(&[(None, loan)], true, (caller, ids))?;
        caller.actor.check_reach(&loan.assignment).map_err(Refusal::from)?;
        let values = self.values_of_new_loan(new, loan, caller)?;
        let mut ids = names(&values);
        ids.push(NewId::of_loan(loan));
        self.take_ids(ids)?;
        let outcome = self.record(decision, "create", caller);
        self.put_values(values, caller);
        self.record_kept(kept, caller);
        Ok(outcome)
    }

    /// Decides a command on an account and takes it into the batch, with what it means for investors.
    pub(crate) fn command_loan(
        &mut self,
        address: Address,
        (command, values): (&LoanCommand, &[StatedValue]),
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let with_investors = self.with_investors(address, (command, values), caller, ids);
        with_investors.unwrap_or_else(|| self.command_loan_alone(address, (command, values), caller, ids))
    }

    /// The same, whatever application the loan was made for.
    pub(crate) fn command_loan_alone(
        &mut self,
        address: Address,
        (command, values): (&LoanCommand, &[StatedValue]),
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        if let Some(answer) = self.with_deposit_account(address, (command, values), caller, ids) {
            return answer;
        }
        let OnLoan { before, advanced, decision } = self.decide_on_loan(address, command, caller, ids)?;
        self.check_line_of(command, (Some(&before), &decision.loan), (caller, ids))?;
        let is_asked = matches!(command, LoanCommand::SetGuarantees { .. } | LoanCommand::SetFunds { .. });
        let kept = self.kept_for(&[(Some(&before), &decision.loan)], is_asked, (caller, ids))?;
        let mut values = self.values_of_command((command, values), &decision, caller)?;
        values.extend(self.values_of_gone_guarantees((&before, &decision.loan), caller)?);
        self.take_ids(names(&values))?;
        if let Some(advanced) = advanced {
            self.record(advanced, "advance", caller);
        }
        let outcome = self.record(decision, command.name(), caller);
        if let LoanCommand::Delete = command {
            self.drop_values(values);
        } else {
            self.put_values(values, caller);
        }
        self.record_kept(kept, caller);
        Ok(outcome)
    }

    /// The last command cannot be decided without the log of this account.
    pub(crate) fn want_history(&mut self, loan: &Loan) {
        self.wanted = Some(Wanted::Log { loan: loan.key, part: loan.part, account_no: loan.account_no });
    }

    /// `None`: the log is needed.
    pub(crate) fn decide_loan(
        &self,
        accounts: Option<Accounts<'_>>,
        command: &LoanCommand,
        context: Context<'_>,
    ) -> Result<Option<Decision>, AppError> {
        let accounts = accounts.unwrap_or(Accounts { loan: None, history: None });
        match decide(accounts, command, &context)? {
            Decided::Done(decision) => Ok(Some(*decision)),
            Decided::NeedsHistory(_) => Ok(None),
        }
    }

    /// The whole log, if it was loaded: what is stored, and what this batch has added.
    pub(crate) fn history(&self, loan: &Loan, advanced: Option<&Decision>) -> Option<Vec<Entry>> {
        let mut entries = self.histories.get(&loan.key)?.clone();
        let added = self.changes.entries.iter();
        let added = added.filter(|row| (row.part, row.account_no) == (loan.part, loan.account_no));
        entries.extend(added.map(|row| row.entry.clone()));
        entries.extend(advanced.into_iter().flat_map(|decision| decision.entries.iter().cloned()));
        Some(entries)
    }

    /// A day that is closed already stays closed.
    fn move_business_date(&mut self, from: Date, to: Date, caller: &Caller) -> Outcome {
        let present = self.loaded.state.business_date;
        if present == from {
            self.changes.business_date = Some(BusinessDateChange { from, to });
            let part = Part::new(0);
            let the_book = Address { part, key: Key::entity(part, 0, 0) };
            let audit = (Some(from.to_string()), Some(to.to_string()));
            self.audit(the_book, "move business date", caller, audit);
            self.loaded.state.business_date = to;
        }
        let date = self.loaded.state.business_date;
        self.outcome(Done::BusinessDate { date })
    }

    /// Takes a decision into the batch.
    pub(crate) fn record(&mut self, decision: Decision, command: &'static str, caller: &Caller) -> Outcome {
        let Decision { loan, entries, transactions, transfers } = decision;
        let loan = Arc::new(loan);
        let (part, account_no) = (loan.part, loan.account_no);
        // What the book derives by itself nobody asked for: it stands in the log, under the door it came by.
        if !entries.is_empty() && command != LoanCommand::Advance.name() {
            let row = self.audit_row(Address { part, key: loan.key }, command, caller);
            self.changes.audit.push(AuditRow { is_logged: true, ..row });
        }
        for entry in &entries {
            self.changes.outbox.push(OutboxRow {
                part,
                account_no,
                seq: entry.seq,
                event: entry.step.event.name(),
                recorded_at: entry.stamp.recorded_at,
            });
        }
        if loan.is_deleted() {
            let name = IdName::of_book(IdKind::Loan, &loan.id);
            self.changes.freed_ids.push(NewId { name, key: loan.key, part });
            self.drop_papers_about(Address { part, key: loan.key });
        }
        let rows = transactions.iter().cloned();
        self.changes.transactions.extend(rows.map(|transaction| TransactionRow {
            part,
            account_no,
            transaction,
        }));
        self.changes.transfers.extend(transfers);
        if !entries.is_empty() {
            let rows = entries.into_iter().map(|entry| LogRow { part, account_no, entry });
            self.changes.entries.extend(rows);
            let next_action_on = next_action_on(&loan);
            self.loans.insert(loan.key, (Arc::clone(&loan), next_action_on));
        }
        self.outcome(Done::Loan { loan, transactions })
    }

    pub(crate) fn audit(
        &mut self,
        subject: Address,
        command: &'static str,
        caller: &Caller,
        (before, after): (Option<String>, Option<String>),
    ) {
        let row = self.audit_row(subject, command, caller);
        self.changes.audit.push(AuditRow { before, after, ..row });
    }

    fn audit_row(&self, subject: Address, command: &'static str, caller: &Caller) -> AuditRow {
        AuditRow {
            part: subject.part,
            recorded_at: self.recorded_at,
            booking_date: self.loaded.state.business_date,
            actor: caller.actor.user_key,
            door: caller.door,
            request_id: caller.request_id.clone(),
            command,
            entity: subject.key,
            before: None,
            after: None,
            is_logged: false,
        }
    }

    /// Whether a command of this batch takes this id.
    pub(crate) fn takes(&self, name: &IdName) -> bool {
        self.taken.contains(name)
    }

    pub(crate) fn take_id(&mut self, name: IdName, key: Key, part: Part) -> Result<(), AppError> {
        self.take_ids(vec![NewId { name, key, part }])
    }

    /// Takes all of these ids, or none.
    pub(crate) fn take_ids(&mut self, ids: Vec<NewId>) -> Result<(), AppError> {
        // Also one that is refused here wants the ids: if one is taken in the store, both are told at once.
        self.takers.extend(ids.iter().map(|id| (self.position, id.name.clone())));
        if let Some(taken) = ids.iter().find(|id| self.taken.contains(&id.name)) {
            return Err(id_in_use(&taken.name, &self.catalog).into());
        }
        self.taken.extend(ids.iter().map(|id| id.name.clone()));
        self.changes.ids.extend(ids);
        Ok(())
    }

    pub(crate) fn context<'a>(
        &'a self,
        caller: &'a Caller,
        ids: &'a NewIds,
        holder: Option<Party<'a>>,
    ) -> Context<'a> {
        Context {
            business_date: self.loaded.state.business_date,
            recorded_at: self.recorded_at,
            actor: &caller.actor,
            door: caller.door,
            request_id: &caller.request_id,
            calendar: self.catalog.calendar_of(holder.and_then(|holder| holder.assignment().branch)),
            catalog: &self.catalog,
            closed_through: self.loaded.state.closed_through.max(self.catalog.closed_through(None)),
            holder,
            other_loans: None,
            ids,
        }
    }

    /// The context with the calendar and the closed periods of a branch, where one is named.
    pub(crate) fn working_in<'a>(&'a self, branch: Option<Key>, context: Context<'a>) -> Context<'a> {
        match branch {
            Some(_) => Context {
                calendar: self.catalog.calendar_of(branch),
                closed_through: context.closed_in(branch),
                ..context
            },
            None => context,
        }
    }

    pub(crate) fn loan(&self, address: Address) -> Option<&Loan> {
        self.shared_loan(address).map(Arc::as_ref)
    }

    pub(crate) fn shared_loan(&self, address: Address) -> Option<&Arc<Loan>> {
        let changed = self.loans.get(&address.key).map(|(loan, _)| loan);
        let loan = changed.or_else(|| self.loaded.loans.get(&address.key))?;
        let is_deleted = loan.is_deleted();
        (!is_deleted).then_some(loan)
    }

    pub(crate) fn client(&self, address: Address) -> Option<&Client> {
        if self.deleted.contains(&address.key) {
            return None;
        }
        self.clients.get(&address.key).or_else(|| self.loaded.clients.get(&address.key))
    }

    pub(crate) fn outcome(&self, done: Done) -> Outcome {
        Outcome { business_date: self.loaded.state.business_date, done }
    }
}

/// Numbers of the installments that differ; `None` when the schedule is another one.
fn touched(before: &Loan, after: &Loan) -> Option<Vec<u32>> {
    let (old, new) = (&before.servicing.installments, &after.servicing.installments);
    if old.len() != new.len() {
        return None;
    }
    let differ = old.iter().zip(new).filter(|(old, new)| old != new);
    Some(differ.map(|(_, new)| new.number).collect())
}

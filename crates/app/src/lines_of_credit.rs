//! Lines of credit in a batch: what is done with a line, and what accounts take of the one that they are on.
//!
//! Whatever changes what an account takes writes the line with the account, in one transaction and each only if nobody
//! else did meanwhile: of two accounts that would take the same that is left, in one lane or on two servers, the second
//! meets a conflict, is decided again, and is refused.

use std::collections::{BTreeMap, HashMap};

use loam_book::custom_field::owner::{Owner, OwnerKind};
use loam_book::custom_field::value::CustomEdit;
use loam_book::ids::{Address, Key, Part};
use loam_book::line_of_credit::{
    self, LineCommand, LineEdit, LineOfCredit, LineUse, NewLine, check_loan, check_savings, concerns_line,
    looks_at_line, needs_line, savings_needs_line, use_of_loan, use_of_savings,
};
use loam_book::loan::Loan;
use loam_book::loan::command::LoanCommand;
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{IdKind, LineRefusal, Refusal};
use loam_book::savings::Savings;
use loam_book::savings::command::SavingsCommand;

use crate::changes::{Changes, IdName, LineChange, NewId};
use crate::command::{Caller, Done, Outcome};
use crate::custom_values::{links, names};
use crate::error::AppError;
use crate::groups::Held;
use crate::holding::Changed;
use crate::ports::{Loaded, Need};
use crate::session::{Answer, Session};

/// What the batch makes of lines of credit, as they now stand.
#[derive(Default)]
pub(crate) struct Lines {
    changed: HashMap<Key, LineOfCredit>,
}

impl Lines {
    /// Hands over what is to be written, in the order of parts and keys.
    pub(crate) fn finish(&mut self, loaded: &Loaded, changes: &mut Changes) {
        for (key, line) in self.changed.drain() {
            let version_read = loaded.lines.get(&key).map(|before| before.version);
            changes.lines.push(LineChange { line, version_read });
        }
        changes.lines.sort_by_key(|change| change.line.address());
    }
}

impl Session {
    pub(crate) fn command_line(&mut self, command: &LineCommand, caller: &Caller, ids: &NewIds) -> Answer {
        match command {
            LineCommand::Create { holder, new } => self.create_line(*holder, new, caller, ids),
            LineCommand::Edit { line, edit } => self.edit_line(*line, edit, caller, ids),
        }
    }

    fn create_line(&mut self, holder: Address, new: &NewLine, caller: &Caller, ids: &NewIds) -> Answer {
        let holder = self.holder(holder, new.holder.kind);
        let context = self.context(caller, ids, holder.as_ref().map(Held::as_party));
        let line = line_of_credit::create(new, self.loaded.state.currency, &context)?;
        let given = CustomEdit::Replace(new.custom_values.clone());
        let values = vec![self.decide_values(owner_of(&line), &given, caller)?];
        let name = IdName::of_book(IdKind::LineOfCredit, &line.id);
        let mut taken = names(&values);
        taken.push(NewId { name, key: line.key, part: line.part });
        self.take_ids(taken)?;
        let outcome = self.put_line(line, "create line of credit", None, caller);
        self.put_values(values, caller);
        Ok(outcome)
    }

    fn edit_line(&mut self, address: Address, edit: &LineEdit, caller: &Caller, ids: &NewIds) -> Answer {
        let context = self.context(caller, ids, None);
        let line = self.line(address).ok_or(Refusal::Line(LineRefusal::Unknown))?;
        context.require_reach(&line.assignment)?;
        let edited = line_of_credit::edit(line, edit, &context)?;
        let before = line.clone();
        let given = edit.custom_values.iter();
        let values = given.map(|given| self.decide_values(owner_of(&before), given, caller));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        self.take_ids(names(&values))?;
        let outcome = self.put_line(edited, "edit line of credit", Some(before), caller);
        self.put_values(values, caller);
        Ok(outcome)
    }

    /// A line as the batch leaves it so far.
    pub(crate) fn line(&self, address: Address) -> Option<&LineOfCredit> {
        self.lines.changed.get(&address.key).or_else(|| self.loaded.lines.get(&address.key))
    }

    /// Whether a client or group has a line that this batch opened.
    pub(crate) fn opens_line_of(&self, holder: Key) -> bool {
        self.lines.changed.values().any(|line| line.holder.key == holder)
    }

    /// Refuses what a command makes of a loan where its line does not allow it.
    pub(crate) fn check_line_of(
        &mut self,
        command: &LoanCommand,
        changed: Changed<'_>,
        of: (&Caller, &NewIds),
    ) -> Result<(), AppError> {
        if !looks_at_line(command) {
            return Ok(());
        }
        self.check_lines(&[changed], of)
    }

    /// Refuses loans that their lines do not allow, one after the other: what the first gives back is there for the next.
    pub(crate) fn check_lines(
        &mut self,
        changed: &[Changed<'_>],
        (caller, ids): (&Caller, &NewIds),
    ) -> Result<(), AppError> {
        let named: Vec<Address> = changed.iter().filter_map(|(_, loan)| line_of(loan)).collect();
        self.require_lines(&named)?;
        let mut after = BTreeMap::new();
        for (before, loan) in changed {
            if let Some(address) = line_of(loan) {
                let line = after.get(&address.key).or_else(|| self.line(address));
                let line = line.ok_or(Refusal::Line(LineRefusal::Unknown))?;
                let context = self.working_in(loan.assignment.branch, self.context(caller, ids, None));
                check_loan(line, *before, loan, &context)?;
            }
            self.follow_loan((*before, loan), &mut after);
        }
        Ok(())
    }

    /// The lines that are written because of what becomes of loans. They are here.
    pub(crate) fn lines_after(&self, changed: &[Changed<'_>]) -> Vec<LineOfCredit> {
        let mut after = BTreeMap::new();
        for (before, loan) in changed {
            self.follow_loan((*before, loan), &mut after);
        }
        after.into_values().collect()
    }

    /// The same of a deposit account that a command changes, or that is new; refused where its line does not allow it.
    pub(crate) fn lines_of_savings(
        &mut self,
        command: Option<&SavingsCommand>,
        (before, account): (Option<&Savings>, &Savings),
        (caller, ids): (&Caller, &NewIds),
    ) -> Result<Vec<LineOfCredit>, AppError> {
        let at = |key: Option<Key>| key.map(|key| address_of(key, account.part));
        let is_asked = command.is_none_or(concerns_line);
        let was = at(before.and_then(|before| before.line_of_credit));
        let is = at(account.line_of_credit).filter(|_| !account.is_deleted());
        let follows = savings_needs_line(before, account);
        if !(follows || is_asked && is.is_some()) {
            return Ok(Vec::new());
        }
        self.require_lines(&was.into_iter().chain(is).collect::<Vec<_>>())?;
        if let Some(address) = is.filter(|_| is_asked) {
            let line = self.line(address).ok_or(Refusal::Line(LineRefusal::Unknown))?;
            check_savings(line, before, account, &self.context(caller, ids, None))?;
        }
        let mut after = BTreeMap::new();
        self.follow((was, is), account.key, &mut after, |_| use_of_savings(account));
        Ok(after.into_values().collect())
    }

    /// Takes lines that follow their accounts into the batch.
    pub(crate) fn record_lines(&mut self, lines: Vec<LineOfCredit>, caller: &Caller) {
        for line in lines {
            self.audit(line.address(), "count on line of credit", caller, (None, None));
            self.lines.changed.insert(line.key, line);
        }
    }

    /// Asks for lines that are not here.
    pub(crate) fn require_lines(&mut self, named: &[Address]) -> Result<(), AppError> {
        let is_missing = |line: &&Address| self.line(**line).is_none() && !self.looked_for(**line);
        let mut missing: Vec<Address> = named.iter().filter(is_missing).copied().collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        Err(self.want_accounts(Need { lines: missing, ..Need::default() }))
    }

    fn follow_loan(&self, (before, loan): Changed<'_>, after: &mut BTreeMap<Key, LineOfCredit>) {
        if needs_line(before, loan) {
            let lines = (before.and_then(line_of), line_of(loan));
            self.follow(lines, loan.key, after, |line| use_of_loan(loan, line.limit));
        }
    }

    /// Counts an account on the line that it is on, and no longer on the one that it was on.
    fn follow(
        &self,
        (was, is): (Option<Address>, Option<Address>),
        account: Key,
        after: &mut BTreeMap<Key, LineOfCredit>,
        taken: impl Fn(&LineOfCredit) -> LineUse,
    ) {
        let present = |after: &BTreeMap<Key, LineOfCredit>, line: Address| {
            after.get(&line.key).or_else(|| self.line(line)).cloned()
        };
        if let Some(line) = was.filter(|was| is != Some(*was)).and_then(|line| present(after, line)) {
            after.extend(line.without(account, self.recorded_at).map(|line| (line.key, line)));
        }
        if let Some(line) = is.and_then(|line| present(after, line)) {
            let taken = taken(&line);
            after.extend(line.with_use(taken, self.recorded_at).map(|line| (line.key, line)));
        }
    }

    fn put_line(
        &mut self,
        line: LineOfCredit,
        command: &'static str,
        before: Option<LineOfCredit>,
        caller: &Caller,
    ) -> Outcome {
        let text = |line: &LineOfCredit| serde_json::to_string(line).expect("a line has text keys");
        let audit = (before.as_ref().map(text), Some(text(&line)));
        self.audit(line.address(), command, caller, audit);
        self.lines.changed.insert(line.key, line.clone());
        self.outcome(Done::Line { line: Box::new(line) })
    }
}

/// Lines that know of these loans, or are to know of them.
pub(crate) fn lines_named(changed: &[Changed<'_>]) -> Vec<Address> {
    let followed = changed.iter().filter(|(before, loan)| needs_line(*before, loan));
    followed.flat_map(|(before, loan)| before.and_then(line_of).into_iter().chain(line_of(loan))).collect()
}

/// Where the line of a loan is kept; a deleted loan is on none: both have one holder, and so one part. A line that somebody named may be another's.
fn line_of(loan: &Loan) -> Option<Address> {
    if loan.is_deleted() {
        return None;
    }
    loan.servicing.course.line_of_credit.map(|key| address_of(key, loan.part))
}

fn address_of(line: Key, part: Part) -> Address {
    Address { part: line.part().unwrap_or(part), key: line }
}

/// A line as an owner of custom field values.
fn owner_of(line: &LineOfCredit) -> Owner {
    Owner { kind: OwnerKind::LineOfCredit, address: line.address(), setting: None }
}

/// What a command must see for the custom field values that it brings.
pub(crate) fn values_of(command: &LineCommand, need: &mut Need) {
    match command {
        LineCommand::Create { new, .. } => links(&new.custom_values, need),
        LineCommand::Edit { line, edit } => {
            if let Some(given) = &edit.custom_values {
                need.custom_values.push(*line);
                links(given.stated(), need);
            }
        }
    }
}

/// The id that a caller gave to a line.
pub(crate) fn id_named(command: &LineCommand) -> Option<(IdKind, &str)> {
    match command {
        LineCommand::Create { new, .. } => new.id.as_deref().map(|id| (IdKind::LineOfCredit, id)),
        LineCommand::Edit { .. } => None,
    }
}

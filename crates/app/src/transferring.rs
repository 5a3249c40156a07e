//! Commands on two accounts in a batch: transfers, their reversals, and what pays for loans. Both
//! accounts are read before anything is decided and written in one transaction, each only if nobody
//! else changed it meanwhile: accounts of two parts need no lane of their own.

use std::sync::Arc;

use jiff::civil::Date;
use loam_book::actor::Permission;
use loam_book::ids::Address;
use loam_book::loan::command::{LoanCommand, Repay};
use loam_book::loan::commands::settlement::{linked, takings, unlinked};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::SavingsRefusal;
use loam_book::organization::{TransactionDetails, TransferLink};
use loam_book::savings::Savings;
use loam_book::savings::command::{Move, SavingsCommand, TakeBackMovement};
use loam_book::savings::commands::of_loans::link;
use loam_book::savings::commands::take_back::other_side;
use loam_book::savings::commands::{SavingsDecision, transfer};
use loam_book::stated::StatedAmount;

use crate::command::{Caller, Done, Outcome, TransferTo};
use crate::custom_values::names;
use crate::error::AppError;
use crate::ports::Need;
use crate::preview::OnLoan;
use crate::session::{Answer, Session, Wanted};

const TRANSFER: &str = "transfer";

impl Session {
    /// Moves money from a deposit account to another account; the answer is the paying side.
    pub(crate) fn transfer(
        &mut self,
        (from, to): (Address, TransferTo),
        wanted: &Move,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let context = self.context(caller, ids, None);
        context.require(Permission::MakeTransfer)?;
        context.require_reach(&self.savings_to_move(from)?.assignment)?;
        let (received, paid) = match to {
            TransferTo::Savings(to) => {
                let sides = (self.savings_to_move(from)?, self.savings_to_move(to)?);
                context.require_reach(&sides.1.assignment)?;
                let both = transfer::transfer(sides, wanted, &context)?;
                let values = self.values_of_movement(wanted, &both.from, caller)?;
                self.take_ids(names(&values))?;
                self.record_savings(both.to, TRANSFER, caller);
                let outcome = self.record_savings(both.from, TRANSFER, caller);
                self.put_values(values, caller);
                return Ok(outcome);
            }
            TransferTo::Loan(to) => self.pay_loan((from, to), wanted, caller, ids)?,
        };
        self.require_accounts_of(&[(Some(&received.before), &received.decision.loan)])?;
        let values = self.values_of_movement(wanted, &paid, caller)?;
        self.take_ids(names(&values))?;
        let outcome = self.record_both((received, paid), ("repay", TRANSFER), (caller, ids));
        self.put_values(values, caller);
        Ok(outcome)
    }

    /// Both sides of a transfer to a loan, where it is a repayment.
    fn pay_loan(
        &mut self,
        (from, to): (Address, Address),
        wanted: &Move,
        caller: &Caller,
        ids: &NewIds,
    ) -> Result<(OnLoan, SavingsDecision), AppError> {
        let account = self.savings_to_move(from)?.clone();
        let loan = self.loan(to).ok_or(AppError::AccountNotFound)?;
        if loan.terms.currency != account.terms.currency {
            let (from, to) = (account.terms.currency.code(), loan.terms.currency.code());
            return Err(AppError::Refused(
                SavingsRefusal::OtherCurrency { from: from.to_owned(), to: to.to_owned() }.into(),
            ));
        }
        let (account_no, branch) = (loan.account_no, loan.assignment.branch);
        let money = self.at_work_on(from, |session| {
            transfer::set_out(&account, wanted, &session.context(caller, ids, None))
        })?;
        let source = transfer::source_of(&account, branch, &money);
        let details = TransactionDetails { transfer: Some(source), ..wanted.details.clone() };
        let repay = Repay {
            amount: wanted.amount.clone(),
            custom: Vec::new(),
            value_date: Some(money.value_date),
            details,
        };
        let on_loan = self.decide_on_loan(to, &LoanCommand::Repay(repay), caller, ids)?;
        let is_it = |link: TransferLink| link.transaction_id == money.transaction_id;
        let mut received = on_loan.decision.transactions.iter();
        let received = received.find(|row| row.reverses.is_none() && row.details.transfer.is_some_and(is_it));
        let transaction_id = received.expect("a repayment is served as a transaction").id;
        let other = TransferLink {
            account: to,
            account_no,
            is_loan: true,
            transaction_id,
            is_source: false,
            is_between_branches: source.is_between_branches,
        };
        let paid = transfer::pay(&account, &money, other, &self.context(caller, ids, None));
        Ok((on_loan, paid))
    }

    /// Takes both sides into the batch, and what accounts keep for the loan after that. They are here,
    /// and nobody asked for more than they kept, so nothing is refused any more.
    fn record_both(
        &mut self,
        (on_loan, on_account): (OnLoan, SavingsDecision),
        (of_loan, of_account): (&'static str, &'static str),
        (caller, ids): (&Caller, &NewIds),
    ) -> Outcome {
        let OnLoan { before, advanced, decision } = on_loan;
        let after = decision.loan.clone();
        if let Some(advanced) = advanced {
            self.record(advanced, "advance", caller);
        }
        self.record(decision, of_loan, caller);
        let outcome = self.record_savings(on_account, of_account, caller);
        let kept = self.kept_for(&[(Some(&before), &after)], false, (caller, ids));
        self.record_kept(kept.expect("the accounts of the loan are here"), caller);
        outcome
    }

    /// Takes both sides of a transfer back.
    pub(crate) fn take_back_transfer(
        &mut self,
        address: Address,
        wanted: &TakeBackMovement,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        self.context(caller, ids, None).require(Permission::ApplySavingsAdjustments)?;
        let account = self.savings_to_move(address)?.clone();
        self.context(caller, ids, None).require_reach(&account.assignment)?;
        let Some(history) = self.savings_history(&account) else {
            return Err(self.want_savings_history(&account));
        };
        let link = other_side(&account, &history, wanted)?;
        let name = SavingsCommand::TakeBack(wanted.clone()).name();
        if link.is_loan {
            if self.loan(link.account).is_none() && !self.looked_for(link.account) {
                return Err(self.want_accounts(Need { loans: vec![link.account], ..Need::default() }));
            }
            let (original, notes) = (link.transaction_id, wanted.notes.clone());
            let command = LoanCommand::TakeBackTransfer { original, notes };
            let on_loan = self.decide_on_loan(link.account, &command, caller, ids)?;
            let context = self.context(caller, ids, None);
            let side = (&account, &history[..]);
            let paid = transfer::take_back_side(side, wanted.original, &wanted.notes, &context)?;
            self.require_accounts_of(&[(Some(&on_loan.before), &on_loan.decision.loan)])?;
            return Ok(self.record_both((on_loan, paid), (command.name(), name), (caller, ids)));
        }
        let Some(other) = self.savings_account(link.account).cloned() else {
            if self.looked_for(link.account) {
                return Err(AppError::SavingsNotFound);
            }
            return Err(self.want_accounts(Need { savings: vec![link.account], ..Need::default() }));
        };
        self.context(caller, ids, None).require_reach(&other.assignment)?;
        self.savings_to_move(link.account)?;
        let Some(other_history) = self.savings_history(&other) else {
            return Err(self.want_savings_history(&other));
        };
        let mut take_back = |side: (&Savings, &[_]), original| {
            self.at_work_on(side.0.address(), |session| {
                let context = session.context(caller, ids, None);
                transfer::take_back_side(side, original, &wanted.notes, &context)
            })
        };
        let received = take_back((&other, &other_history), link.transaction_id)?;
        let paid = take_back((&account, &history), wanted.original)?;
        self.record_savings(received, name, caller);
        Ok(self.record_savings(paid, name, caller))
    }

    /// Links a loan with a deposit account from which it is paid, or takes the link away; both sides
    /// know it.
    pub(crate) fn set_settlement(
        &mut self,
        (loan, account): (Address, Address),
        is_linked: bool,
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        let context = self.context(caller, ids, None);
        context.require(Permission::LinkAccounts)?;
        let kept = self.loan(loan).ok_or(AppError::AccountNotFound)?;
        let deposit = self.savings_to_move(account)?;
        context.require_reach(&deposit.assignment)?;
        let accounts = if is_linked { linked(kept, deposit, &context)? } else { unlinked(kept, account)? };
        let other_side = link(deposit, loan, is_linked, &context);
        let command = LoanCommand::SetSettlementAccounts { accounts };
        let on_loan = self.decide_on_loan(loan, &command, caller, ids)?;
        self.require_accounts_of(&[(Some(&on_loan.before), &on_loan.decision.loan)])?;
        let name = command.name();
        Ok(self.record_both((on_loan, other_side), (name, name), (caller, ids)))
    }

    /// Pays what is due of a loan from the accounts that are linked with it. A loan on which nothing
    /// is due, or for which there is no money, stays as it is.
    pub(crate) fn settle(&mut self, (loan, on): (Address, Date), caller: &Caller, ids: &NewIds) -> Answer {
        let kept = Arc::clone(self.shared_loan(loan).ok_or(AppError::AccountNotFound)?);
        if self.loaded.state.business_date != on {
            return Ok(self.outcome(Done::Loan { loan: kept, transactions: Vec::new() }));
        }
        let accounts = kept.servicing.course.settlement_accounts.clone();
        self.require_accounts_of(&[(None, &kept)])?;
        let there: Vec<&Savings> = accounts
            .iter()
            .filter(|account| !self.loaded.quarantined.contains(&account.key))
            .filter_map(|account| self.savings_account(*account))
            .collect();
        let context = self.context(caller, ids, None);
        let currency = kept.terms.currency;
        let mut transactions = Vec::new();
        for (account, amount) in takings(&kept, &there, &context) {
            let wanted = Move {
                amount: StatedAmount(amount.to_fixed_text(currency)),
                value_date: None,
                details: TransactionDetails::default(),
                custom_values: Vec::new(),
            };
            let (received, paid) = self.pay_loan((account, loan), &wanted, caller, ids)?;
            transactions.extend(received.decision.transactions.iter().cloned());
            self.record_both((received, paid), ("repay", TRANSFER), (caller, ids));
        }
        let loan = self.shared_loan(loan).cloned().unwrap_or(kept);
        Ok(self.outcome(Done::Loan { loan, transactions }))
    }

    /// The last command cannot be decided without these accounts.
    pub(crate) fn want_accounts(&mut self, need: Need) -> AppError {
        self.want(Wanted::Accounts(Box::new(need)));
        AppError::Broken("accounts were asked for and not given".to_owned())
    }
}

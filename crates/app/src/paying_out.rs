//! Loans that are paid out to a deposit account: the money leaves the one and reaches the other in one
//! transaction, and goes back the same way.

use loam_book::custom_field::value::StatedValue;
use loam_book::ids::Address;
use loam_book::loan::Loan;
use loam_book::loan::command::{Disburse, LoanCommand};
use loam_book::loan::context::NewIds;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::organization::TransferLink;
use loam_book::savings::commands::SavingsDecision;
use loam_book::savings::commands::of_loans::target_of;
use loam_book::savings::commands::transfer::{OnItsWay, receive, take_back_side};
use loam_calc::money::Amount;

use crate::command::{Caller, Outcome};
use crate::custom_values::names;
use crate::error::AppError;
use crate::ports::Need;
use crate::preview::OnLoan;
use crate::session::{Answer, Session};

const TRANSFER: &str = "transfer";

/// A command on a loan, with the custom field values that it brings.
type Given<'a> = (&'a LoanCommand, &'a [StatedValue]);

impl Session {
    /// Decides a command that moves a deposit account as well; `None` for one that moves the loan alone.
    pub(crate) fn with_deposit_account(
        &mut self,
        loan: Address,
        (command, values): Given<'_>,
        caller: &Caller,
        ids: &NewIds,
    ) -> Option<Answer> {
        if let (Some(target), LoanCommand::Disburse(disburse)) = (self.target_of(loan, command), command) {
            return Some(self.pay_out_to_savings((loan, target), (disburse, values), caller, ids));
        }
        self.take_back_from_savings(loan, (command, values), caller, ids).transpose()
    }

    /// The deposit account to which a command pays a loan out.
    fn target_of(&self, loan: Address, command: &LoanCommand) -> Option<Address> {
        let LoanCommand::Disburse(disburse) = command else { return None };
        disburse.details.target.or_else(|| target_of(self.loan(loan)?))
    }

    /// Pays a loan out to a deposit account. The answer is the side of the loan.
    fn pay_out_to_savings(
        &mut self,
        (loan, target): (Address, Address),
        (disburse, values): (&Disburse, &[StatedValue]),
        caller: &Caller,
        ids: &NewIds,
    ) -> Answer {
        if self.savings_account(target).is_none() && !self.looked_for(target) {
            return Err(self.want_accounts(Need { savings: vec![target], ..Need::default() }));
        }
        let account = self.savings_to_move(target)?.clone();
        self.context(caller, ids, None).require_reach(&account.assignment)?;
        let branch = self.loan(loan).ok_or(AppError::AccountNotFound)?.assignment.branch;
        let received = ids.take_transaction_id();
        let account_no = account.account_no;
        let link = TransferLink {
            account: target,
            account_no,
            is_loan: false,
            transaction_id: received,
            is_source: false,
            is_between_branches: branch != account.assignment.branch,
        };
        let mut disburse = disburse.clone();
        disburse.details.transfer = Some(link);
        let command = LoanCommand::Disburse(disburse);
        let on_loan = self.decide_on_loan(loan, &command, caller, ids)?;
        let (paid_out, money) = paid_out(&on_loan, link);
        let taken = receive(&account, &money, paid_out, &self.context(caller, ids, None))?;
        self.record_with_savings((on_loan, taken), (&command, values), (caller, ids))
    }

    /// Takes the disbursement of a loan back from the deposit account that it went to; `None` where it went
    /// elsewhere.
    fn take_back_from_savings(
        &mut self,
        loan: Address,
        (command, values): Given<'_>,
        caller: &Caller,
        ids: &NewIds,
    ) -> Result<Option<Outcome>, AppError> {
        let LoanCommand::UndoDisbursement { notes, .. } = command else { return Ok(None) };
        let on_loan = self.decide_on_loan(loan, command, caller, ids)?;
        // Other reversals may stand beside it: what followed from the disbursement goes with it.
        let mut taken_back = on_loan.decision.transactions.iter();
        let taken_back = taken_back.find(|row| row.kind == TransactionKind::DisbursementReversal);
        let Some(link) = taken_back.and_then(|row| row.details.transfer) else { return Ok(None) };
        let Some(account) = self.savings_account(link.account).cloned() else {
            if self.looked_for(link.account) {
                return Err(AppError::SavingsNotFound);
            }
            return Err(self.want_accounts(Need { savings: vec![link.account], ..Need::default() }));
        };
        self.context(caller, ids, None).require_reach(&account.assignment)?;
        self.savings_to_move(link.account)?;
        let Some(history) = self.savings_history(&account) else {
            return Err(self.want_savings_history(&account));
        };
        let context = self.context(caller, ids, None);
        let taken = take_back_side((&account, &history), link.transaction_id, notes, &context)?;
        self.record_with_savings((on_loan, taken), (command, values), (caller, ids)).map(Some)
    }

    /// Takes both sides into the batch, and what accounts keep for the loan after that.
    fn record_with_savings(
        &mut self,
        (on_loan, on_account): (OnLoan, SavingsDecision),
        (command, values): Given<'_>,
        (caller, ids): (&Caller, &NewIds),
    ) -> Answer {
        let OnLoan { before, advanced, decision } = on_loan;
        let after: Loan = decision.loan.clone();
        self.require_accounts_of(&[(Some(&before), &after)])?;
        self.check_line_of(command, (Some(&before), &after), (caller, ids))?;
        let values = self.values_of_command((command, values), &decision, caller)?;
        self.take_ids(names(&values))?;
        if let Some(advanced) = advanced {
            self.record(advanced, "advance", caller);
        }
        let outcome = self.record(decision, command.name(), caller);
        self.put_values(values, caller);
        self.record_savings(on_account, TRANSFER, caller);
        let kept = self.kept_for(&[(Some(&before), &after)], false, (caller, ids));
        self.record_kept(kept.expect("the accounts of the loan are here"), caller);
        Ok(outcome)
    }
}

/// How the deposit account names the disbursement, and what it gets of it.
fn paid_out(on_loan: &OnLoan, link: TransferLink) -> (TransferLink, OnItsWay) {
    let decision = &on_loan.decision;
    let is_it = |row: &&LoanTransaction| row.details.transfer == Some(link);
    let row = decision.transactions.iter().find(is_it).expect("a disbursement is served as a transaction");
    let to_account = decision
        .transfers
        .iter()
        .filter(|transfer| transfer.seq == row.seq && transfer.credit.is_between_accounts());
    let amount: Amount = to_account.map(|transfer| transfer.amount).sum();
    let loan = &decision.loan;
    let paid_out = TransferLink {
        account: Address { part: loan.part, key: loan.key },
        account_no: loan.account_no,
        is_loan: true,
        transaction_id: row.id,
        is_source: true,
        is_between_branches: link.is_between_branches,
    };
    let mut details = row.details.clone();
    (details.target, details.values_key) = (None, None);
    (paid_out, OnItsWay { amount, value_date: row.value_date, transaction_id: link.transaction_id, details })
}

//! Loans that other loans of an application pay off: both are decided before anything is taken into the batch, and
//! written in one transaction, with what investors get of the ones and pay for the other.

use loam_book::application::Application;
use loam_book::ids::Address;
use loam_book::loan::Loan;
use loam_book::loan::command::LoanCommand;
use loam_book::loan::context::NewIds;
use loam_book::loan::restructuring::PaidOff;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::organization::TransferLink;
use loam_book::party::Client;

use crate::command::Caller;
use crate::error::AppError;
use crate::holding::Changed;
use crate::ports::Need;
use crate::preview::OnLoan;
use crate::session::{Session, Wanted};

type By<'a> = (&'a Caller, &'a NewIds);

impl Session {
    /// Decides the payoffs of what an application refinances, for the loan that is about to be paid out; none where
    /// that was paid out before. Nothing is taken into the batch yet.
    pub(crate) fn decide_payoffs(
        &mut self,
        (loan, application): (Address, &Application),
        (caller, ids): By<'_>,
    ) -> Result<Vec<OnLoan>, AppError> {
        let Some(refinancing) = &application.refinancing else { return Ok(Vec::new()) };
        let payer = self.loan(loan).ok_or(AppError::AccountNotFound)?;
        if payer.state().disbursed_on().is_some() {
            return Ok(Vec::new());
        }
        // The transaction there has no number yet.
        let account_no = payer.account_no;
        let by = TransferLink {
            account: loan,
            account_no,
            is_loan: true,
            transaction_id: 0,
            is_source: true,
            // What one loan pays of another goes over an account of its own in any branch.
            is_between_branches: false,
        };
        let loans: Vec<Address> = refinancing.loans.iter().map(|named| named.loan).collect();
        self.require_loans(&loans)?;
        let command = LoanCommand::PayOff { by };
        let mut decided = Vec::with_capacity(loans.len());
        for loan in loans {
            decided.push(self.decide_on_loan(loan, &command, caller, ids)?);
        }
        self.require_accounts_of(&changed(&decided))?;
        Ok(decided)
    }

    /// Decides how payoffs are taken back that go with a disbursement.
    pub(crate) fn decide_reopenings(
        &mut self,
        (loan, command): (Address, &LoanCommand),
        (caller, ids): By<'_>,
    ) -> Result<Vec<OnLoan>, AppError> {
        let present = self.loan(loan).ok_or(AppError::AccountNotFound)?;
        if present.servicing.course.paid_off.is_empty() {
            return Ok(Vec::new());
        }
        let taken_back = self.decide_on_loan(loan, command, caller, ids)?;
        let left = &taken_back.decision.loan.servicing.course.paid_off;
        let before = taken_back.before.servicing.course.paid_off.iter();
        let gone: Vec<PaidOff> = before.filter(|paid| !left.contains(paid)).copied().collect();
        self.require_loans(&gone.iter().map(|paid| paid.loan).collect::<Vec<Address>>())?;
        let notes = notes_of(command);
        let mut decided = Vec::with_capacity(gone.len());
        for paid in gone {
            let command =
                LoanCommand::TakeBackTransfer { original: paid.transaction_id, notes: notes.clone() };
            decided.push(self.decide_on_loan(paid.loan, &command, caller, ids)?);
        }
        self.require_accounts_of(&changed(&decided))?;
        Ok(decided)
    }

    /// Takes what was decided of other loans into the batch, with what accounts get of it or give back. They are here,
    /// and nobody asked for more than they kept, so nothing is refused any more.
    pub(crate) fn record_others(
        &mut self,
        decided: Vec<OnLoan>,
        command: &'static str,
        (caller, ids): By<'_>,
    ) {
        if decided.is_empty() {
            return;
        }
        let kept = self.kept_for(&changed(&decided), false, (caller, ids));
        for OnLoan { advanced, decision, .. } in decided {
            if let Some(advanced) = advanced {
                self.record(advanced, "advance", caller);
            }
            self.record(decision, command, caller);
        }
        self.record_kept(kept.expect("the accounts of the loans are here"), caller);
    }

    /// The loans that an application names, as far as they are there.
    pub(crate) fn loans_to_refinance(&self, loans: &[Address]) -> Vec<Loan> {
        loans.iter().filter_map(|loan| self.loan(*loan)).cloned().collect()
    }

    /// Writes a client that stays as it is: of two applications that refinance loans of one client at the same time, the
    /// second is decided again and sees the first.
    pub(crate) fn touch_client(&mut self, client: &Client) {
        let touched = Client { version: client.version + 1, ..client.clone() };
        self.clients.insert(client.key, touched);
    }

    /// The applications of a borrower as the batch leaves them so far.
    pub(crate) fn applications_of(&mut self, borrower: Address) -> Result<Vec<Application>, AppError> {
        let Some(all) = self.applications.of_borrower(borrower.key) else {
            self.want(Wanted::ApplicationsOf(borrower));
            return Err(AppError::Broken("applications were asked for and not given".to_owned()));
        };
        Ok(all)
    }

    fn require_loans(&mut self, loans: &[Address]) -> Result<(), AppError> {
        let is_here = |loan: &Address| self.loan(*loan).is_some();
        let missing: Vec<Address> = loans.iter().filter(|loan| !is_here(loan)).copied().collect();
        if missing.is_empty() {
            return Ok(());
        }
        if missing.iter().any(|loan| self.looked_for(*loan)) {
            return Err(AppError::AccountNotFound);
        }
        Err(self.want_accounts(Need { loans: missing, ..Need::default() }))
    }
}

/// What was paid off, for the loan that pays.
pub(crate) fn paid_off(decided: &[OnLoan]) -> Vec<PaidOff> {
    let of = |on_loan: &OnLoan| {
        let loan = &on_loan.decision.loan;
        let is_it = |row: &&LoanTransaction| row.details.transfer.is_some_and(|link| link.is_loan);
        let row = on_loan.decision.transactions.iter().find(is_it).expect("a payoff is served");
        let address = Address { part: loan.part, key: loan.key };
        PaidOff { loan: address, account_no: loan.account_no, transaction_id: row.id, amount: row.amount }
    };
    decided.iter().map(of).collect()
}

fn changed(decided: &[OnLoan]) -> Vec<Changed<'_>> {
    decided.iter().map(|on_loan| (Some(on_loan.before.as_ref()), &on_loan.decision.loan)).collect()
}

fn notes_of(command: &LoanCommand) -> Option<String> {
    if let LoanCommand::UndoDisbursement { notes, .. } = command { notes.clone() } else { None }
}

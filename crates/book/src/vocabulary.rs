//! One loan in four vocabularies: where it stands, and the words of each contract for that.
//!
//! The standing is derived from the loan itself (state, days late, dates); no word is ever derived
//! from the word of another contract.

use jiff::civil::Date;

use crate::application::{Application, Stage};
use crate::loan::{Closure, Installment, Loan, LoanState};
use crate::reporting::performance::LoanStatus;
use crate::reporting::repayment_data::{ApplicationStatus, LoanRepaymentStatus};

mod inbound;

/// When a loan came to its end, measured by its last due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Settlement {
    Early,
    OnTime,
    Late,
}

/// Where a loan stands, told apart as finely as any of the contracts does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    Draft,
    Submitted,
    /// Approved, and investors are still being looked for.
    Funding,
    /// Approved, funded and not paid out.
    Funded,
    /// The offer or its funding lapsed.
    Lapsed,
    Withdrawn,
    Refused,
    /// Paid out, and no due date has been satisfied yet.
    PaidOut,
    Performing,
    /// Late beyond the arrears tolerance.
    Overdue,
    /// Late within the arrears tolerance.
    LateWithinTolerance,
    /// In arrears, and the last due date is over.
    Matured,
    /// Late within the tolerance, and the last due date is over.
    MaturedWithinTolerance,
    /// Everything is paid and the account is not closed.
    PayoffInHand,
    Repaid(Settlement),
    WrittenOff,
    Refinanced(Settlement),
    Rescheduled(Settlement),
    /// It was paid out, and that was undone.
    DisbursementUndone,
    /// It was paid out, that was undone, and so was the approval.
    UndoneAndPending,
    /// It was paid out, that was undone, and the loan was withdrawn.
    UndoneAndClosed,
    /// It was paid out, that was undone, and the lender refused the loan.
    UndoneAndRefused,
    /// Installments are being waived by a partial protection claim.
    ClaimRunning,
}

/// The words of the four contracts for one standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// `accountState` of the loan accounts contract, and the sub-state beside it.
    pub account_state: &'static str,
    pub account_sub_state: Option<&'static str>,
    /// Application stage and contract status of the marketplace contract.
    pub stage: Option<&'static str>,
    pub contract_status: &'static str,
    /// `loan_status` of the loan performance contract.
    pub loan_status: LoanStatus,
    /// The two states of the repayment data contract.
    pub application_status: ApplicationStatus,
    pub repayment_status: LoanRepaymentStatus,
}

/// The mapping, row by row.
#[rustfmt::skip]
pub const TABLE: [(Standing, Words); 29] = {
    use ApplicationStatus as App;
    use LoanRepaymentStatus as Rep;
    use LoanStatus as Perf;
    use Settlement::{Early, Late, OnTime};
    use Standing as S;
    const FUNDED: Option<&str> = Some("Funded");
    const GOOD: &str = "Active - Good Standing";
    const REFINANCED: &str = "Closed - Refinanced";
    [
        (S::Draft, words(("PARTIAL_APPLICATION", None), (None, "Partial Application"), Perf::Pending, (App::Pending, Rep::NotSettled))),
        (S::Submitted, words(("PENDING_APPROVAL", None), (Some("New"), "Pending Approval"), Perf::Pending, (App::InReview, Rep::NotSettled))),
        (S::Funding, words(("APPROVED", None), (Some("In Funding"), "Approved"), Perf::Approved, (App::Approved, Rep::NotSettled))),
        (S::Funded, words(("APPROVED", None), (FUNDED, "Approved"), Perf::Approved, (App::Approved, Rep::NotSettled))),
        (S::Lapsed, words(("CLOSED", Some("WITHDRAWN")), (Some("Expired"), "Canceled"), Perf::Expired, (App::Rejected, Rep::NotSettled))),
        (S::Withdrawn, words(("CLOSED", Some("WITHDRAWN")), (Some("Cancelled"), "Canceled"), Perf::Withdrawn, (App::Rejected, Rep::NotSettled))),
        (S::Refused, words(("CLOSED_REJECTED", None), (Some("Rejected"), "Canceled"), Perf::Denied, (App::Rejected, Rep::NotSettled))),
        (S::PaidOut, words(("ACTIVE", None), (FUNDED, GOOD), Perf::Originated, (App::Approved, Rep::InProgress))),
        (S::Performing, words(("ACTIVE", None), (FUNDED, GOOD), Perf::Current, (App::Approved, Rep::InProgress))),
        (S::Overdue, words(("ACTIVE_IN_ARREARS", None), (FUNDED, "Active - Bad Standing"), Perf::PastDue, (App::Approved, Rep::InProgress))),
        (S::LateWithinTolerance, words(("ACTIVE", None), (FUNDED, GOOD), Perf::PastDue, (App::Approved, Rep::InProgress))),
        (S::Matured, words(("ACTIVE_IN_ARREARS", None), (FUNDED, "Active - Matured"), Perf::PastDue, (App::Approved, Rep::NotSettled))),
        (S::MaturedWithinTolerance, words(("ACTIVE", None), (FUNDED, "Active - Matured"), Perf::PastDue, (App::Approved, Rep::NotSettled))),
        (S::PayoffInHand, words(("ACTIVE", None), (FUNDED, "Active - Marked for Closure"), Perf::Current, (App::Approved, Rep::InProgress))),
        (S::Repaid(OnTime), words(("CLOSED", None), (FUNDED, "Closed - Obligations met"), Perf::PaidInFull, (App::Approved, Rep::Settled))),
        (S::Repaid(Early), words(("CLOSED", None), (FUNDED, "Closed - Obligations met"), Perf::PaidInFull, (App::Approved, Rep::SettledEarly))),
        (S::Repaid(Late), words(("CLOSED", None), (FUNDED, "Closed - Obligations met"), Perf::PaidInFull, (App::Approved, Rep::SettledLate))),
        (S::WrittenOff, words(("CLOSED_WRITTEN_OFF", None), (FUNDED, "Closed- Written Off"), Perf::WrittenOff, (App::Approved, Rep::NotSettled))),
        (S::Refinanced(OnTime), words(("CLOSED", Some("REFINANCED")), (FUNDED, REFINANCED), Perf::PaidInFull, (App::Approved, Rep::Settled))),
        (S::Refinanced(Early), words(("CLOSED", Some("REFINANCED")), (FUNDED, REFINANCED), Perf::PaidInFull, (App::Approved, Rep::SettledEarly))),
        (S::Refinanced(Late), words(("CLOSED", Some("REFINANCED")), (FUNDED, REFINANCED), Perf::PaidInFull, (App::Approved, Rep::SettledLate))),
        (S::Rescheduled(OnTime), words(("CLOSED", Some("RESCHEDULED")), (FUNDED, REFINANCED), Perf::PaidInFull, (App::Approved, Rep::Settled))),
        (S::Rescheduled(Early), words(("CLOSED", Some("RESCHEDULED")), (FUNDED, REFINANCED), Perf::PaidInFull, (App::Approved, Rep::SettledEarly))),
        (S::Rescheduled(Late), words(("CLOSED", Some("RESCHEDULED")), (FUNDED, REFINANCED), Perf::PaidInFull, (App::Approved, Rep::SettledLate))),
        (S::DisbursementUndone, words(("APPROVED", None), (FUNDED, "Approved"), Perf::Reversed, (App::Approved, Rep::NotSettled))),
        // What was taken back outweighs where the loan is now: only the words for the account follow that.
        (S::UndoneAndPending, words(("PENDING_APPROVAL", None), (Some("New"), "Pending Approval"), Perf::Reversed, (App::Approved, Rep::NotSettled))),
        (S::UndoneAndRefused, words(("CLOSED_REJECTED", None), (Some("Rejected"), "Canceled"), Perf::Reversed, (App::Approved, Rep::NotSettled))),
        (S::UndoneAndClosed, words(("CLOSED", Some("WITHDRAWN")), (Some("Cancelled"), "Canceled"), Perf::Reversed, (App::Approved, Rep::NotSettled))),
        (S::ClaimRunning, words(("ACTIVE", None), (FUNDED, GOOD), Perf::Current, (App::Approved, Rep::InProgress))),
    ]
};

const fn words(
    (account_state, account_sub_state): (&'static str, Option<&'static str>),
    (stage, contract_status): (Option<&'static str>, &'static str),
    loan_status: LoanStatus,
    (application_status, repayment_status): (ApplicationStatus, LoanRepaymentStatus),
) -> Words {
    Words {
        account_state,
        account_sub_state,
        stage,
        contract_status,
        loan_status,
        application_status,
        repayment_status,
    }
}

/// The marketplace contract's word for the stage of an application.
pub fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::New => "New",
        Stage::InFunding => "In Funding",
        Stage::Funded => "Funded",
        Stage::Expired => "Expired",
        Stage::Cancelled => "Cancelled",
        Stage::Rejected => "Rejected",
    }
}

impl Standing {
    /// The words for it.
    pub fn words(self) -> Words {
        let row = TABLE.iter().find(|(standing, _)| *standing == self);
        row.expect("the table has a row for every standing").1
    }
}

/// What a standing is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    pub state: &'a LoanState,
    pub days_late: i64,
    pub is_in_arrears: bool,
    /// Nothing is left to pay, neither balances nor installments.
    pub is_paid: bool,
    /// Whether a due date has come by which something was to be paid, and all of it is paid.
    pub has_satisfied_due_date: bool,
    pub last_due_date: Option<Date>,
    pub business_date: Date,
    /// Whether a disbursement was taken back and none stands.
    pub disbursement_undone: bool,
    /// Whether an application on the marketplace still looks for investors, or lapsed.
    pub funding: Funding,
    /// Whether a claim of the protection waives installments on that day. It counts before anything is satisfied too.
    pub claim_is_running: bool,
}

/// What the marketplace says about a loan's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Funding {
    /// The lender's own money, or fully funded.
    #[default]
    Complete,
    Open,
    Lapsed,
}

impl Funding {
    /// What the application says for which a loan was made.
    pub fn of(application: &Application) -> Funding {
        match application.stage {
            Stage::New | Stage::InFunding => Funding::Open,
            Stage::Expired => Funding::Lapsed,
            Stage::Funded | Stage::Cancelled | Stage::Rejected => Funding::Complete,
        }
    }

    /// Whether it makes a difference to a loan in this state: once money went out, none.
    pub fn matters_to(state: &LoanState) -> bool {
        match state {
            LoanState::Approved { .. } | LoanState::Closed { closure: Closure::Withdrawn, .. } => true,
            LoanState::PartialApplication
            | LoanState::PendingApproval
            | LoanState::Active { .. }
            | LoanState::Closed { .. } => false,
        }
    }
}

impl<'a> Facts<'a> {
    /// The facts of a loan on a business date. What an application says of it is added by who knows it.
    pub fn of(loan: &'a Loan, disbursement_undone: bool, business_date: Date) -> Facts<'a> {
        let installments = &loan.servicing.installments;
        // Where nothing is expected, as in a grace period, nothing is satisfied either.
        let is_waived = |row: &Installment| !loan.servicing.waived_of(row.number).is_zero();
        let asks = |row: &Installment| !row.expected.is_zero() || is_waived(row);
        let is_satisfied = |row: &Installment| row.due_date <= business_date && asks(row) && row.is_paid();
        // A claim runs until the last day that it covers.
        let is_claimed = |row: &Installment| row.due_date >= business_date && is_waived(row);
        Facts {
            state: loan.state(),
            days_late: loan.days_late(business_date),
            is_in_arrears: loan.servicing.arrears_since.is_some(),
            is_paid: loan.servicing.is_paid(),
            has_satisfied_due_date: installments.iter().any(is_satisfied),
            last_due_date: installments.last().map(|last| last.due_date),
            business_date,
            disbursement_undone,
            funding: Funding::Complete,
            claim_is_running: installments.iter().any(is_claimed),
        }
    }

    /// Where the loan stands.
    pub fn standing(&self) -> Standing {
        match self.state {
            LoanState::PartialApplication => Standing::Draft,
            LoanState::PendingApproval if self.disbursement_undone => Standing::UndoneAndPending,
            LoanState::PendingApproval => Standing::Submitted,
            LoanState::Approved { .. } if self.disbursement_undone => Standing::DisbursementUndone,
            LoanState::Approved { .. } => match self.funding {
                // One whose withdrawal was undone after its funding lapsed is the lender's own.
                Funding::Complete | Funding::Lapsed => Standing::Funded,
                Funding::Open => Standing::Funding,
            },
            LoanState::Active { .. } => self.active(),
            LoanState::Closed { closed_on, closure, .. } => self.closed(*closed_on, *closure),
        }
    }

    fn active(&self) -> Standing {
        let is_over = self.last_due_date.is_some_and(|last| last < self.business_date);
        if self.is_paid {
            return Standing::PayoffInHand;
        }
        match (self.is_in_arrears, self.days_late > 0) {
            (true, _) if is_over => Standing::Matured,
            (true, _) => Standing::Overdue,
            (false, true) if is_over => Standing::MaturedWithinTolerance,
            (false, true) => Standing::LateWithinTolerance,
            (false, false) if self.claim_is_running => Standing::ClaimRunning,
            (false, false) if self.has_satisfied_due_date => Standing::Performing,
            (false, false) => Standing::PaidOut,
        }
    }

    fn closed(&self, closed_on: Date, closure: Closure) -> Standing {
        match closure {
            Closure::WrittenOff => Standing::WrittenOff,
            Closure::Repaid => Standing::Repaid(self.settlement(closed_on)),
            Closure::Refinanced => Standing::Refinanced(self.settlement(closed_on)),
            Closure::Rescheduled => Standing::Rescheduled(self.settlement(closed_on)),
            Closure::Rejected if self.disbursement_undone => Standing::UndoneAndRefused,
            Closure::Withdrawn | Closure::Deleted if self.disbursement_undone => Standing::UndoneAndClosed,
            Closure::Withdrawn if self.funding == Funding::Lapsed => Standing::Lapsed,
            Closure::Withdrawn | Closure::Deleted => Standing::Withdrawn,
            Closure::Rejected => Standing::Refused,
        }
    }

    fn settlement(&self, settled_on: Date) -> Settlement {
        match self.last_due_date.map_or(std::cmp::Ordering::Equal, |due| settled_on.cmp(&due)) {
            std::cmp::Ordering::Less => Settlement::Early,
            std::cmp::Ordering::Equal => Settlement::OnTime,
            std::cmp::Ordering::Greater => Settlement::Late,
        }
    }
}

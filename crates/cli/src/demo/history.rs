//! One loan with a long history, and one on the same terms that begins today: what the one costs more is its history.

use loam_app::command::{Address, Command, Done};
use loam_book::ids::Part;
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, NewLoan};
use loam_book::loan::{Holder, HolderKind};
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;

use super::crowd::Crowd;

/// The loan that was paid on every day, and the one of today.
pub(crate) const LONG: &str = "LONG";
pub(crate) const SHORT: &str = "SHORT";

/// How many days the one has run.
const DAYS: u64 = 700;
/// How many loans these are, and more transactions than they have: a repayment may apply interest before it.
pub(super) const LOANS: i64 = 2;
pub(super) const TRANSACTIONS: i64 = 4_000;

/// What is lent, for how many months, and what is paid on a day: a little less than falls due.
const LENT: u64 = 5_000;
const MONTHS: u32 = 24;
const PAID_MINOR: i64 = 700;

impl Crowd {
    /// Adds both loans.
    pub(super) fn add_history(&mut self) -> anyhow::Result<()> {
        let long = self.paid_out(LONG, DAYS)?;
        for days_ago in (0..DAYS).rev() {
            self.turn_to(days_ago)?;
            self.repay(long, Amount::from_minor(PAID_MINOR))?;
        }
        self.paid_out(SHORT, 0).map(|_| ())
    }

    /// A loan of somebody's own that was paid out so many days ago.
    fn paid_out(&mut self, id: &str, days_ago: u64) -> anyhow::Result<Address> {
        self.turn_to(days_ago)?;
        let (holder, assignment) = self.client(Part::new(0), format!("C-{id}"), days_ago)?;
        let [_, in_equal_installments, ..] = self.ground.products[..] else {
            unreachable!("the ground of a crowd has several products")
        };
        let new = NewLoan {
            id: Some(id.to_owned()),
            holder: Holder { kind: HolderKind::Client, key: holder.key },
            product: in_equal_installments,
            name: None,
            notes: None,
            assignment,
            figures: LoanFigures {
                amount: Some(StatedAmount(LENT.to_string())),
                installments: Some(MONTHS),
                ..LoanFigures::default()
            },
        };
        let Done::Loan { loan, .. } = self.submit(Command::CreateLoan { holder, new: Box::new(new) })? else {
            unreachable!("a loan command gives a loan")
        };
        let address = Address { part: loan.part, key: loan.key };
        self.on(address, LoanCommand::Approve { notes: None })?;
        self.on(address, LoanCommand::Disburse(Disburse::default()))?;
        Ok(address)
    }
}

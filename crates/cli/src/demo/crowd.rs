//! A crowd: any number of clients with loans at every point of their lives, the same in every book of
//! one size but for keys. Each loan lives its own days, so that its log looks as if it had been served.
//!
//! Of a thousand loans 940 are being paid back, one in thirty of which has an installment due on any day;
//! about eighty of them are late.

use std::sync::Arc;

use anyhow::anyhow;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use loam_app::command::{Address, Caller, Command, Done};
use loam_app::filling::Filling;
use loam_book::ids::{Key, Part};
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, NewLoan, Repay};
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_book::organization::TransactionDetails;
use loam_book::party::{Assignment, NewClient, Profile};
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;

/// How many loans are written in one transaction.
const BATCH: u64 = 2_000;
/// No loan of the crowd has more transactions.
pub(crate) const MOST_TRANSACTIONS: i64 = 64;
/// How many days ago the first loans began.
const OLDEST: u64 = 200;

const FIRST_NAMES: [&str; 20] = [
    "Abena", "Boris", "Carmen", "Dinesh", "Esi", "Fatima", "Goran", "Hana", "Ivan", "Jamila", "Karim",
    "Lena", "Miguel", "Nadia", "Omar", "Priya", "Quentin", "Rania", "Stefan", "Thandi",
];
const LAST_NAMES: [&str; 25] = [
    "Abebe", "Banda", "Castro", "Dimitrov", "Eriksen", "Fofana", "Gupta", "Hussein", "Ito", "Juarez",
    "Kovač", "Lopez", "Moyo", "Novak", "Ochieng", "Petrov", "Quispe", "Rossi", "Silva", "Tadesse", "Ueda",
    "Vargas", "Walker", "Yilmaz", "Zimba",
];

/// Where a loan stands in its life on the business date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    Applied,
    Approved,
    Rejected,
    Withdrawn,
    /// Paid out in the last thirty days, nothing due yet.
    Young,
    /// Every installment was paid on its day.
    OnTime,
    /// Nothing was ever paid.
    Late,
    /// Paid off before it was due.
    Repaid,
    WrittenOff,
    Locked,
}

impl Story {
    /// The story of a number from 0 to 999, and how many days ago it began.
    fn of(number: u64, random: u64) -> (Story, u64) {
        let within = |first: u64, last: u64| first + random % (last - first + 1);
        match number {
            0..700 => (Story::Young, within(0, 29)),
            700..850 => (Story::OnTime, within(31, 119)),
            850..930 => (Story::Late, within(32, OLDEST)),
            930..950 => (Story::Repaid, within(10, 29)),
            950..970 => (Story::Applied, within(0, 9)),
            970..980 => (Story::Approved, within(0, 9)),
            980..985 => (Story::Rejected, within(1, 60)),
            985..990 => (Story::Withdrawn, within(1, 60)),
            990..995 => (Story::WrittenOff, within(150, OLDEST)),
            _ => (Story::Locked, within(0, 29)),
        }
    }
}

/// How many days ago a loan of the crowd was paid out, if it is being paid back and open.
pub(crate) fn lent_for(number: u64) -> Option<u64> {
    let random = spread(number);
    let (story, began) = Story::of(random % 1_000, random >> 16);
    matches!(story, Story::Young | Story::OnTime | Story::Late).then_some(began)
}

/// The id of a loan of the crowd.
pub(crate) fn loan_id(number: u64) -> String {
    format!("L{number:08}")
}

/// What the crowd's loans rest on.
pub(crate) struct Ground {
    pub(crate) products: Vec<Key>,
    pub(crate) branches: Vec<Key>,
}

/// What is asked of a crowd besides its size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The day on which all of its loans are paid out; left out, each has its own.
    pub(crate) lent_on: Option<Date>,
    /// Whether a loan with a long history stands beside it.
    pub(crate) long_history: bool,
}

/// Fills a book with a crowd.
pub(crate) struct Crowd {
    filling: Filling,
    pub(super) ground: Ground,
    caller: Caller,
    business_date: Date,
    wanted: Wanted,
}

impl Crowd {
    pub(crate) fn new(filling: Filling, ground: Ground, caller: Caller, wanted: Wanted) -> Crowd {
        let business_date = filling.state().business_date;
        Crowd { filling, ground, caller, business_date, wanted }
    }

    /// Adds `count` loans; tells `told` how many there are after each batch.
    pub(crate) fn add(mut self, count: u64, told: impl Fn(u64)) -> anyhow::Result<()> {
        let mut holder = None;
        if self.wanted.long_history {
            self.add_history()?;
        }
        for number in 0..count {
            // Two loans in a row belong to one client, and to one batch.
            if number.is_multiple_of(2) {
                self.turn_to(OLDEST.max(self.wanted_days_ago().unwrap_or_default()) + 1)?;
                holder = Some(self.client(part_of(number, count), format!("C{number:08}"), number)?);
            }
            self.loan(number, holder.expect("the first number is even"))?;
            if (number + 1).is_multiple_of(BATCH) {
                self.filling.write()?;
                told(number + 1);
            }
        }
        Ok(self.filling.finish()?)
    }

    pub(super) fn client(
        &mut self,
        part: Part,
        id: String,
        number: u64,
    ) -> anyhow::Result<(Address, Assignment)> {
        let random = spread(number ^ 0xc11e_0700);
        let branch = pick(&self.ground.branches, random);
        let assignment = Assignment { branch: Some(*branch), ..Assignment::default() };
        let profile = Profile {
            first_name: (*pick(&FIRST_NAMES, random >> 8)).into(),
            last_name: (*pick(&LAST_NAMES, random >> 24)).into(),
            birth_date: Date::new(1950, 1, 1)
                .ok()
                .map(|born| born.saturating_add(days(random >> 40 & 0x3fff))),
            ..Profile::default()
        };
        let new = NewClient {
            id: Some(id),
            state: None,
            role: None,
            profile,
            assignment,
            addresses: vec![],
            documents: vec![],
            custom_values: vec![],
        };
        let Done::Client { client } = self.submit(Command::CreateClient { part, new: Box::new(new) })? else {
            unreachable!("a client command gives a client")
        };
        Ok((Address { part: client.part, key: client.key }, assignment))
    }

    fn loan(&mut self, number: u64, (holder, assignment): (Address, Assignment)) -> anyhow::Result<()> {
        let random = spread(number);
        let (story, began) = match self.wanted_days_ago() {
            Some(days_ago) => (Story::Young, days_ago),
            None => Story::of(random % 1_000, random >> 16),
        };
        self.turn_to(began)?;
        let amount = 500 + 50 * (random >> 32 & 0x7f);
        let new = NewLoan {
            id: Some(loan_id(number)),
            holder: Holder { kind: HolderKind::Client, key: holder.key },
            product: *pick(&self.ground.products, random >> 40),
            name: None,
            notes: None,
            assignment,
            figures: LoanFigures {
                amount: Some(StatedAmount(amount.to_string())),
                installments: Some(12),
                ..LoanFigures::default()
            },
        };
        let Done::Loan { loan, .. } = self.submit(Command::CreateLoan { holder, new: Box::new(new) })? else {
            unreachable!("a loan command gives a loan")
        };
        self.live(Address { part: loan.part, key: loan.key }, story)
    }

    /// How many days ago everybody's loan was paid out, where that was asked for.
    fn wanted_days_ago(&self) -> Option<u64> {
        let lent_on = self.wanted.lent_on?;
        u64::try_from(self.business_date.since(lent_on).ok()?.get_days()).ok()
    }

    /// From the application to the business date.
    fn live(&mut self, loan: Address, story: Story) -> anyhow::Result<()> {
        let notes = None;
        match story {
            Story::Applied => return Ok(()),
            Story::Rejected => return self.on(loan, LoanCommand::Reject { notes }).map(|_| ()),
            Story::Withdrawn => return self.on(loan, LoanCommand::Withdraw { notes }).map(|_| ()),
            Story::Approved
            | Story::Young
            | Story::OnTime
            | Story::Late
            | Story::Repaid
            | Story::WrittenOff
            | Story::Locked => self.on(loan, LoanCommand::Approve { notes })?,
        };
        if story == Story::Approved {
            return Ok(());
        }
        let paid_out = self.on(loan, LoanCommand::Disburse(Disburse::default()))?;
        match story {
            Story::OnTime => self.pay_what_is_due(loan, &paid_out)?,
            Story::Repaid => {
                self.turn_to(5)?;
                let rest = paid_out.servicing.installments.iter().map(|row| row.unpaid().total()).sum();
                self.repay(loan, rest)?;
            }
            Story::Late => self.let_days_pass(loan, &paid_out)?,
            Story::WrittenOff => {
                self.let_days_pass(loan, &paid_out)?;
                self.on(loan, LoanCommand::WriteOff { notes: None }).map(|_| ())?;
            }
            Story::Locked => {
                self.turn_to(0)?;
                self.on(loan, LoanCommand::Lock { notes: None }).map(|_| ())?;
            }
            Story::Applied | Story::Approved | Story::Rejected | Story::Withdrawn | Story::Young => {}
        }
        self.turn_to(0)?;
        self.on(loan, LoanCommand::Advance).map(|_| ())
    }

    fn pay_what_is_due(&mut self, address: Address, loan: &Loan) -> anyhow::Result<()> {
        let today = self.business_date;
        for row in loan.servicing.installments.iter().filter(|row| row.due_date <= today) {
            self.filling.turn_to(row.due_date, instant(row.due_date)?);
            self.repay(address, row.unpaid().total())?;
        }
        Ok(())
    }

    /// Closes the days on which an installment was due, as days were closed when they came. Ends a day
    /// before the business date.
    fn let_days_pass(&mut self, address: Address, loan: &Loan) -> anyhow::Result<()> {
        let yesterday = self.business_date.saturating_sub(days(1));
        for row in loan.servicing.installments.iter().filter(|row| row.due_date < yesterday) {
            self.filling.turn_to(row.due_date, instant(row.due_date)?);
            self.on(address, LoanCommand::Advance)?;
        }
        self.turn_to(1)?;
        self.on(address, LoanCommand::Advance).map(|_| ())
    }

    pub(super) fn repay(&mut self, loan: Address, amount: Amount) -> anyhow::Result<()> {
        let amount = StatedAmount(amount.to_fixed_text(self.filling.state().currency));
        let details = TransactionDetails::default();
        let repay = Repay { amount, custom: Vec::new(), value_date: None, details };
        self.on(loan, LoanCommand::Repay(repay)).map(|_| ())
    }

    pub(super) fn on(&mut self, loan: Address, command: LoanCommand) -> anyhow::Result<Arc<Loan>> {
        let Done::Loan { loan, .. } = self.submit(Command::Loan { loan, command })? else {
            unreachable!("a loan command gives a loan")
        };
        Ok(loan)
    }

    pub(super) fn submit(&mut self, command: Command) -> anyhow::Result<Done> {
        let outcome = self.filling.submit(command, &self.caller);
        outcome.map(|outcome| outcome.done).map_err(|error| anyhow!("{error}"))
    }

    /// The commands that follow are given so many days before the business date.
    pub(super) fn turn_to(&mut self, days_ago: u64) -> anyhow::Result<()> {
        let date = self.business_date.saturating_sub(days(days_ago));
        self.filling.turn_to(date, instant(date)?);
        Ok(())
    }
}

/// Parts in their order, each with as many holders as any other: rows that come in the order of their
/// keys are appended, and those that come in none are looked for all over the file.
fn part_of(number: u64, count: u64) -> Part {
    let part = u128::from(number) * u128::from(Part::COUNT) / u128::from(count.max(1));
    Part::new(u16::try_from(part).expect("smaller than the count of parts"))
}

/// Nine in the morning, UTC.
fn instant(date: Date) -> anyhow::Result<Timestamp> {
    Ok(date.at(9, 0, 0, 0).to_zoned(TimeZone::UTC)?.timestamp())
}

fn days(count: u64) -> jiff::Span {
    i64::try_from(count).unwrap_or(i64::MAX).days()
}

fn pick<T>(from: &[T], random: u64) -> &T {
    let count = u64::try_from(from.len()).expect("a short list");
    &from[usize::try_from(random % count).expect("smaller than the count")]
}

/// A number spread over all 64 bits: the finishing steps of SplitMix64.
fn spread(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

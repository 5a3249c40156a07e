//! The book's rules on one loan, in memory: folding logs of different lengths, a repayment on top of
//! each, and a repayment back-dated by a year, after which a year is decided again.

use std::cell::Cell;
use std::hint::black_box;

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use loam_book::actor::Door;
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::loan::advance::next_action_on;
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, NewLoan, Repay};
use loam_book::loan::commands::{Accounts, Decided, Decision, decide};
use loam_book::loan::context::{Context, NewIds};
use loam_book::loan::event::Entry;
use loam_book::loan::log::fold;
use loam_book::loan::{Holder, HolderKind, Loan};
use loam_book::organization::TransactionDetails;
use loam_book::party::holder::Party;
use loam_book::party::{Assignment, Client, ClientState, Profile};
use loam_book::product::Product;
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::calendar::Calendar;

use crate::fill::caller;
use loam_load::stopwatch::Stopwatch;
use loam_load::table::{Row, Table, ratio};

const DISBURSED_ON: Date = date(2020, 1, 31);
const LENGTHS: [usize; 3] = [12, 100, 1_000];
const LONG: usize = 700;
const REPEATS: u32 = 7;

pub(crate) fn measure(table: &mut Table) {
    let books: Vec<OneLoan> = LENGTHS.into_iter().map(OneLoan::with_entries).collect();
    let mut shortest = None;
    for book in &books {
        let entries = book.entries.len();
        let folding = best(20_000 / entries, || drop(black_box(fold(black_box(&book.entries)))));
        table.push(Row {
            what: format!("folding a log of {entries} entries"),
            measured: format!("{folding} ns"),
            reference: format!("{} ns for each entry", folding / entries as u128),
            ratio: "-".into(),
        });
    }
    for book in &books {
        let repay = book.repayment(None);
        let appending = best(500, || drop(black_box(book.decide(&repay, false))));
        let reference = *shortest.get_or_insert(appending);
        table.push(Row {
            what: format!("a repayment on top of {} entries, decided", book.entries.len()),
            measured: format!("{appending} ns"),
            reference: format!("{reference} ns on top of {} entries", books[0].entries.len()),
            ratio: format!("{} times", ratio(appending, reference)),
        });
    }
    let book = OneLoan::with_entries(LONG);
    let repay = book.repayment(Some(book.business_date.saturating_sub(365.days())));
    let refolding = best(20, || drop(black_box(book.decide(&repay, true))));
    table.push(Row {
        what: format!("a repayment back-dated by a year on a log of {} entries, decided", book.entries.len()),
        measured: format!("{} µs", refolding / 1_000),
        reference: "5000 µs".into(),
        ratio: format!("{} times", ratio(refolding, 5_000_000)),
    });
}

fn part() -> Part {
    Part::new(5)
}

/// A loan over 30 years on which something is repaid every day, so that every log has the same
/// schedule whatever its length is.
struct OneLoan {
    business_date: Date,
    catalog: Catalog,
    client: Client,
    product: Key,
    loan: Option<Loan>,
    entries: Vec<Entry>,
    next_transaction: i64,
}

impl OneLoan {
    fn with_entries(count: usize) -> OneLoan {
        let mut book = OneLoan::new();
        book.write(&book.creation());
        book.write(&LoanCommand::Approve { notes: None });
        book.write(&LoanCommand::Disburse(Disburse::default()));
        while book.entries.len() < count {
            book.business_date = book.business_date.saturating_add(1.days());
            if book.loan.as_ref().and_then(next_action_on).is_some_and(|day| day <= book.business_date) {
                book.write(&LoanCommand::Advance);
            }
            book.write(&book.repayment(None));
        }
        book
    }

    fn new() -> OneLoan {
        let product: Product =
            serde_json::from_str(include_str!("product.json")).expect("the product is complete");
        let key = product.key;
        let client = Client {
            key: Key::entity(part(), 0, 1),
            part: part(),
            id: "8".into(),
            version: 1,
            state: ClientState::Inactive,
            profile: Profile { first_name: "Ana".into(), last_name: "Lima".into(), ..Profile::default() },
            role: None,
            assignment: Assignment::default(),
            addresses: vec![],
            documents: vec![],
            groups: vec![],
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
            approved_at: None,
            closed_at: None,
        };
        OneLoan {
            business_date: DISBURSED_ON,
            catalog: Catalog::new(1, vec![Record::Product(Box::new(product))]),
            client,
            product: key,
            loan: None,
            entries: Vec::new(),
            next_transaction: 1,
        }
    }

    fn creation(&self) -> LoanCommand {
        LoanCommand::Create(Box::new(NewLoan {
            id: None,
            holder: Holder { kind: HolderKind::Client, key: self.client.key },
            product: self.product,
            name: None,
            notes: None,
            assignment: Assignment::default(),
            figures: LoanFigures {
                amount: Some(StatedAmount("90000".into())),
                interest_rate: Some(StatedPercent("0.5".into())),
                installments: Some(360),
                ..LoanFigures::default()
            },
        }))
    }

    fn repayment(&self, value_date: Option<Date>) -> LoanCommand {
        let amount = StatedAmount("30.00".into());
        LoanCommand::Repay(Repay {
            amount,
            custom: Vec::new(),
            value_date,
            details: TransactionDetails::default(),
        })
    }

    fn write(&mut self, command: &LoanCommand) {
        let decision = self.decide(command, false);
        self.next_transaction += i64::try_from(decision.transactions.len()).expect("a small number");
        self.entries.extend(decision.entries);
        self.loan = Some(decision.loan);
    }

    fn decide(&self, command: &LoanCommand, with_log: bool) -> Decision {
        let (caller, calendar) = (caller(), Calendar::every_day_works());
        let ids = NewIds {
            key: Key::entity(part(), 1, 99),
            part: part(),
            account_no: 1,
            random: 42,
            transaction_id: Cell::new(self.next_transaction),
            transaction_id_end: i64::MAX,
        };
        let context = Context {
            business_date: self.business_date,
            recorded_at: Timestamp::UNIX_EPOCH,
            actor: &caller.actor,
            door: Door::Native,
            request_id: "bench",
            calendar: &calendar,
            catalog: &self.catalog,
            closed_through: None,
            holder: Some(Party::Client(&self.client)),
            other_loans: None,
            ids: &ids,
        };
        let history = with_log.then_some(self.entries.as_slice());
        match decide(Accounts { loan: self.loan.as_ref(), history }, command, &context) {
            Ok(Decided::Done(decision)) => *decision,
            other => panic!("{} is decided, and not {other:?}", command.name()),
        }
    }
}

/// The best of some repeats, in nanoseconds a round.
fn best(rounds: usize, mut work: impl FnMut()) -> u128 {
    (0..REPEATS)
        .map(|_| {
            let stopwatch = Stopwatch::start();
            for _ in 0..rounds {
                work();
            }
            stopwatch.elapsed().as_nanos() / rounds as u128
        })
        .min()
        .expect("there are repeats")
}

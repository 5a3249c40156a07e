//! Random lives of two deposit accounts: whatever comes in whatever order, no balance is below what is
//! allowed, the journal agrees after every step, and what is refused changes nothing.

use jiff::ToSpan;
use jiff::civil::date;
use loam_book::ids::{Address, Key, Part};
use loam_book::index_rate::{IndexRate, IndexRateKind, IndexRateSource};
use loam_book::journal::balances::balance_of;
use loam_book::journal::rules::{AccrualPosting, DepositAccounting};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::refusal::{Refusal, SavingsRefusal};
use loam_book::loan::{Holder, HolderKind};
use loam_book::organization::TransactionDetails;
use loam_book::party::Assignment;
use loam_book::product::IdPattern;
use loam_book::record::Record;
use loam_book::savings::checks::{StoredSavings, check};
use loam_book::savings::command::{
    Move, NewSavings, SavingsCommand, SavingsEdit, SavingsFigures, StartTerm, TakeBackMovement,
};
use loam_book::savings::commands::{Account, SavingsDecided, SavingsDecision, create, decide, transfer};
use loam_book::savings::event::{MovementKind, SavingsEntry, SavingsEvent};
use loam_book::savings::interest::{InterestRules, PaymentPoint, RateBounds};
use loam_book::savings::log::movements;
use loam_book::savings::product::{AccountType, SavingsProduct};
use loam_book::savings::transaction::SavingsTransaction;
use loam_book::savings::{Hold, HoldKind, Savings};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::currency::Currency;
use loam_calc::day_count::DayCount;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use proptest::prelude::*;

use crate::deposit_accounting::{ruled, unbooked};
use crate::deposit_accrual::accruing;
use crate::lives::dice::Dice;
use crate::support::{TestBook, cents, product};

/// How far the current account may be overdrawn, in cents.
const LIMIT: i64 = 50_00;

pub(crate) fn savings_product(number: u64, limit: Option<i64>) -> SavingsProduct {
    SavingsProduct {
        key: Key::entity(Part::new(0), 0, 700 + number),
        id: format!("S{number}"),
        name: "Savings".into(),
        description: None,
        account_type: if number == 1 { AccountType::FixedDeposit } else { AccountType::SavingsPlan },
        is_active: true,
        for_individuals: true,
        for_groups: false,
        branches: vec![],
        currency: Currency::USD,
        id_pattern: IdPattern::Incremental,
        allows_overdraft: limit.is_some(),
        max_overdraft_limit: limit.map(cents),
        max_withdrawal: None,
        recommended_deposit: None,
        minimum_opening_balance: None,
        allows_arbitrary_fees: true,
        interest: Some(interest(number)),
        dormancy_days: Some(20),
        term: None,
        accounting: Default::default(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        last_modified_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// A ten-thousandth a day on the first account, five thousandths on the second.
fn interest(number: u64) -> InterestRules {
    let (rate, paid) = match number {
        1 => ("3.65", PaymentPoint::FirstDayOfMonth),
        _ => ("182.5", PaymentPoint::EveryWeek),
    };
    let rate = Rate::parse_percent(rate).expect("a rate");
    InterestRules {
        rate: Some(rate),
        min_rate: Some(Rate::ZERO),
        max_rate: Some(rate),
        day_count: DayCount::Actual365Fixed,
        paid,
        overdraft: (number != 1).then_some(RateBounds { rate: Some(rate), min_rate: None, max_rate: None }),
        withholds_tax: number != 1,
    }
}

/// A tenth, and from March on a fifth.
fn tax() -> IndexRateSource {
    let rate =
        |start_date, percent| IndexRate { start_date, rate: Rate::from_ratio(percent, 100), notes: None };
    IndexRateSource {
        key: Key::entity(Part::new(0), 0, 800),
        id: "TAX".into(),
        name: "Tax".into(),
        kind: IndexRateKind::WithholdingTaxRate,
        notes: None,
        rates: vec![rate(date(2024, 1, 1), 10), rate(date(2024, 3, 1), 20)],
        created_at: jiff::Timestamp::UNIX_EPOCH,
        last_modified_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// What is stored of an account.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) account: Savings,
    pub(crate) entries: Vec<SavingsEntry>,
    pub(crate) transactions: Vec<SavingsTransaction>,
    pub(crate) transfers: Vec<Transfer>,
}

impl Kept {
    fn write(&mut self, decision: SavingsDecision) {
        for transaction in &decision.transactions {
            let original = self.transactions.iter_mut().find(|row| Some(row.id) == transaction.reverses);
            original.into_iter().for_each(|row| row.reversed_by = Some(transaction.id));
        }
        self.entries.extend(decision.entries);
        self.transactions.extend(decision.transactions);
        self.transfers.extend(decision.transfers);
        self.account = decision.account;
    }

    pub(crate) fn assert_holds(&self) {
        let stored = StoredSavings {
            account: Some(&self.account),
            entries: &self.entries,
            transactions: &self.transactions,
            transfers: &self.transfers,
            credits: &[],
        };
        assert_eq!(check(&stored), []);
        let limit = self.account.terms.overdraft_limit.unwrap_or(Amount::ZERO);
        // What the book itself charges asks for no limit.
        let is_charged = |row: &&SavingsTransaction| {
            matches!(row.kind, MovementKind::OverdraftInterest | MovementKind::WithholdingTax)
        };
        let charged: Amount = self.transactions.iter().filter(is_charged).map(|row| row.amount).sum();
        assert!(self.account.balance >= charged - limit, "{:?}", self.account.balance);
        let goes_out = |row: &&SavingsTransaction| {
            matches!(row.kind, MovementKind::Withdrawal | MovementKind::Fee | MovementKind::Transfer)
                && row.amount.is_negative()
                && row.reverses.is_none()
        };
        for row in self.transactions.iter().filter(goes_out) {
            assert!(row.balance >= -limit, "{row:?}");
        }
        let moved: Amount = self.transactions.iter().map(|row| row.amount).sum();
        assert_eq!(moved, self.account.balance);
    }
}

pub(crate) struct Life {
    pub(crate) book: TestBook,
    pub(crate) kept: [Kept; 2],
}

pub(crate) fn begin() -> Life {
    begin_with(Default::default())
}

/// Two accounts that are new, of products that say this of their accounting.
pub(crate) fn begin_with(accounting: [DepositAccounting; 2]) -> Life {
    let mut book = TestBook::new(product(), date(2024, 1, 31));
    let [one, other] = accounting;
    let products = [
        SavingsProduct { accounting: one, ..savings_product(1, None) },
        SavingsProduct { accounting: other, ..savings_product(2, Some(LIMIT)) },
    ];
    let records = products.iter().cloned().map(|product| Record::SavingsProduct(Box::new(product)));
    let records = records.chain([Record::IndexRateSource(tax())]);
    book.catalog = loam_book::catalog::Catalog::new(1, records.collect());
    let kept = [0_usize, 1].map(|number| {
        let mut ids = book.new_ids();
        ids.account_no = 10 + i64::try_from(number).expect("small");
        ids.key = Key::entity(book.client.part, 3, u64::try_from(number).expect("small"));
        let new = NewSavings {
            id: None,
            holder: Holder { kind: HolderKind::Client, key: book.client.key },
            product: products[number].key,
            name: None,
            notes: None,
            assignment: Assignment::default(),
            currency: None,
            line_of_credit: None,
            figures: SavingsFigures {
                tax_source: (number == 1).then(|| tax().key),
                ..SavingsFigures::default()
            },
            custom_values: vec![],
        };
        let SavingsDecision { account, entries, transactions, transfers } =
            book.in_context(&ids, |context| create::create(&new, context)).expect("it is opened");
        Kept { account, entries, transactions, transfers }
    });
    Life { book, kept }
}

impl Life {
    pub(crate) fn command(&mut self, at: usize, command: &SavingsCommand) -> Result<(), Refusal> {
        let ids = self.book.new_ids();
        let kept = &self.kept[at];
        let decision = self.book.in_context(&ids, |context| {
            let on = Account { account: &kept.account, history: None };
            match decide(on, command, context)? {
                SavingsDecided::Done(decision) => Ok::<_, Refusal>(*decision),
                SavingsDecided::NeedsHistory => {
                    let on = Account { history: Some(&kept.entries), ..on };
                    match decide(on, command, context)? {
                        SavingsDecided::Done(decision) => Ok(*decision),
                        SavingsDecided::NeedsHistory => unreachable!("the log is asked for once"),
                    }
                }
            }
        })?;
        self.book.next_transaction = ids.transaction_id.get();
        self.kept[at].write(decision);
        Ok(())
    }

    pub(crate) fn transfer(&mut self, from: usize, wanted: &Move) -> Result<(), Refusal> {
        let ids = self.book.new_ids();
        let sides = (&self.kept[from].account, &self.kept[1 - from].account);
        let both = self.book.in_context(&ids, |context| transfer::transfer(sides, wanted, context))?;
        self.book.next_transaction = ids.transaction_id.get();
        self.kept[from].write(both.from);
        self.kept[1 - from].write(both.to);
        Ok(())
    }

    /// Takes both sides back, or none.
    fn take_back_transfer(&mut self, from: usize, original: i64) -> Result<(), Refusal> {
        let ids = self.book.new_ids();
        let wanted =
            TakeBackMovement { kind: MovementKind::Transfer, original, account_no: None, notes: None };
        let (paying, receiving) = (&self.kept[from], &self.kept[1 - from]);
        let both = self.book.in_context(&ids, |context| {
            let link = loam_book::savings::commands::take_back::other_side(
                &paying.account,
                &paying.entries,
                &wanted,
            )?;
            let side = (&receiving.account, &receiving.entries[..]);
            let received = transfer::take_back_side(side, link.transaction_id, &None, context)?;
            let side = (&paying.account, &paying.entries[..]);
            Ok::<_, Refusal>((transfer::take_back_side(side, original, &None, context)?, received))
        })?;
        self.book.next_transaction = ids.transaction_id.get();
        self.kept[from].write(both.0);
        self.kept[1 - from].write(both.1);
        Ok(())
    }

    /// Approves both accounts, and takes so many steps as the dice will have it.
    pub(crate) fn lead(&mut self, bytes: &[u8], steps: usize) {
        let mut dice = Dice::new(bytes);
        for at in 0..2 {
            self.command(at, &SavingsCommand::Approve { notes: None }).expect("a new account is approved");
        }
        for _ in 0..steps {
            let _refusals_are_answers_too = self.step(&mut dice);
        }
    }

    fn step(&mut self, dice: &mut Dice<'_>) -> Result<(), Refusal> {
        let at = usize::from(dice.flag());
        let wanted = Move {
            amount: StatedAmount(crate::support::text(dice.cents_below(90_00))),
            value_date: dice
                .one_in(6)
                .then(|| self.book.business_date.checked_sub(6.days()).expect("in range")),
            details: TransactionDetails::default(),
            custom_values: Vec::new(),
        };
        let notes = None;
        match dice.below(16) {
            0 => self.command(at, &SavingsCommand::Approve { notes }),
            1 | 2 => self.command(at, &SavingsCommand::Deposit(wanted)),
            3 => self.command(at, &SavingsCommand::TakeOut(wanted)),
            4 => self.command(at, &SavingsCommand::ChargeFee(wanted)),
            5 | 6 => self.transfer(at, &wanted),
            7 | 8 => self.take_some_back(at, dice),
            9 => {
                let lock = SavingsCommand::Lock { notes: notes.clone() };
                self.command(at, &lock).or_else(|_| self.command(at, &SavingsCommand::Unlock { notes }))
            }
            10 => {
                let close = SavingsCommand::Close { notes: notes.clone() };
                self.command(at, &close).or_else(|_| self.command(at, &SavingsCommand::UndoClose { notes }))
            }
            11 => self.command(at, &SavingsCommand::ApplyInterest { notes }),
            12 => {
                let rate = StatedPercent(dice.below(4).to_string());
                let figures = SavingsFigures { interest_rate: Some(rate), ..SavingsFigures::default() };
                let edit = SavingsEdit { figures, ..SavingsEdit::default() };
                self.command(at, &SavingsCommand::Edit(Box::new(edit)))
            }
            14 => self.take_interest_back(at, dice),
            13 => {
                let length = i64::from(dice.below(30)).days();
                let matures_on = Some(self.book.business_date.checked_add(length).expect("in range"));
                let start = SavingsCommand::StartTerm(StartTerm { matures_on, ..StartTerm::default() });
                self.command(at, &start).or_else(|_| self.command(at, &SavingsCommand::UndoTerm { notes }))
            }
            _ => {
                let days = i64::from(dice.below(9)).days();
                self.book.business_date = self.book.business_date.checked_add(days).expect("in range");
                // The end of the day may come late.
                if dice.one_in(4) {
                    return Ok(());
                }
                self.command(0, &SavingsCommand::Advance)?;
                self.command(1, &SavingsCommand::Advance)
            }
        }
    }

    fn take_interest_back(&mut self, at: usize, dice: &mut Dice<'_>) -> Result<(), Refusal> {
        let all = self.kept[at].transactions.iter();
        let interest =
            all.filter(|row| matches!(row.kind, MovementKind::Interest | MovementKind::OverdraftInterest));
        let made: Vec<i64> = interest.map(|row| row.id).rev().take(3).collect();
        if made.is_empty() {
            return Ok(());
        }
        let (original, kind) = (dice.pick(&made), MovementKind::Interest);
        let wanted = TakeBackMovement { kind, original, account_no: None, notes: None };
        self.command(at, &SavingsCommand::TakeBack(wanted))
    }

    fn take_some_back(&mut self, at: usize, dice: &mut Dice<'_>) -> Result<(), Refusal> {
        let made: Vec<(i64, MovementKind)> = movements(&self.kept[at].entries)
            .iter()
            .map(|logged| (logged.movement.transaction_id, logged.movement.kind))
            .collect();
        if made.is_empty() {
            return Ok(());
        }
        let (original, kind) = dice.pick(&made);
        if kind == MovementKind::Transfer {
            return self.take_back_transfer(at, original);
        }
        let wanted = TakeBackMovement { kind, original, account_no: None, notes: None };
        self.command(at, &SavingsCommand::TakeBack(wanted))
    }

    pub(crate) fn assert_holds(&self) {
        self.kept.iter().for_each(Kept::assert_holds);
        let all: Vec<Transfer> = self.kept.iter().flat_map(|kept| kept.transfers.clone()).collect();
        assert_eq!(balance_of(&all, GlAccount::AccountTransfers), Amount::ZERO, "both sides or none");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_the_accounts_hold(bytes in prop::collection::vec(any::<u8>(), 400)) {
        let mut dice = Dice::new(&bytes);
        let kinds = [DepositAccounting::default(), ruled(), unbooked(), accruing(AccrualPosting::Daily)];
        let mut life = begin_with([dice.pick(&kinds), dice.pick(&kinds)]);
        for at in 0..2 {
            life.command(at, &SavingsCommand::Approve { notes: None }).expect("a new account is approved");
        }
        for _ in 0..40 {
            let before = life.kept.clone();
            if life.step(&mut dice).is_err() {
                prop_assert_eq!(before.each_ref().map(|kept| &kept.account), life.kept.each_ref().map(|kept| &kept.account));
            }
            life.assert_holds();
        }
    }
}

pub(crate) fn money(amount: &str) -> Move {
    Move {
        amount: StatedAmount(amount.into()),
        value_date: None,
        details: TransactionDetails::default(),
        custom_values: Vec::new(),
    }
}

#[test]
fn what_is_taken_back_leaves_the_balance_and_its_day_as_they_were() {
    let mut life = begin();
    life.command(0, &SavingsCommand::Approve { notes: None }).expect("approved");
    life.command(0, &SavingsCommand::Deposit(money("10"))).expect("taken");
    let before = life.kept[0].account.clone();
    life.book.business_date = date(2024, 2, 5);
    life.command(0, &SavingsCommand::Deposit(money("5"))).expect("taken");
    let original = life.kept[0].transactions[1].id;
    let wanted = TakeBackMovement { kind: MovementKind::Deposit, original, account_no: None, notes: None };
    life.command(0, &SavingsCommand::TakeBack(wanted)).expect("taken back");
    let after = &life.kept[0].account;
    assert_eq!((after.balance, after.latest_value_date), (before.balance, before.latest_value_date));
    life.assert_holds();
}

#[test]
fn what_loans_keep_is_neither_withdrawn_nor_overdrawn() {
    let mut life = begin();
    life.command(1, &SavingsCommand::Approve { notes: None }).expect("approved");
    life.command(1, &SavingsCommand::Deposit(money("10"))).expect("taken");
    let key = Key::entity(Part::new(5), 0, 33);
    let hold =
        Hold { loan: Address { part: Part::new(5), key }, kind: HoldKind::Guarantee, amount: cents(4_00) };
    life.kept[1].account.holds = vec![hold];
    let refused = life.command(1, &SavingsCommand::TakeOut(money("6.01"))).expect_err("4.00 are kept");
    let (amount, available) = ("6.01".to_owned(), "6.00".to_owned());
    assert_eq!(refused, Refusal::Savings(SavingsRefusal::AmountLocked { amount, available }));
    life.command(1, &SavingsCommand::TakeOut(money("6"))).expect("that is left");
}

#[test]
fn a_finding_is_made_where_a_transfer_is_missing_or_a_balance_is_wrong() {
    let mut life = begin();
    life.command(1, &SavingsCommand::Approve { notes: None }).expect("approved");
    life.command(1, &SavingsCommand::Deposit(money("10"))).expect("taken");
    life.command(1, &SavingsCommand::TakeOut(money("25"))).expect("overdrawn");
    let names = |kept: &Kept| -> Vec<&'static str> {
        let stored = StoredSavings {
            account: Some(&kept.account),
            entries: &kept.entries,
            transactions: &kept.transactions,
            transfers: &kept.transfers,
            credits: &[],
        };
        check(&stored).into_iter().map(|finding| finding.check).collect()
    };
    assert_eq!(names(&life.kept[1]), [""; 0]);
    let mut broken = life.kept[1].clone();
    broken.transfers.pop();
    let expected = ["the balance equals the transfers", "the transfers of each entry equal its postings"];
    assert_eq!(names(&broken), expected);
    let mut broken = life.kept[1].clone();
    broken.account.balance += cents(1);
    assert_eq!(names(&broken), ["the stored account equals the fold over its log"]);
    let mut broken = life.kept[1].clone();
    broken.transactions.pop();
    assert_eq!(names(&broken), ["transactions equal what the log serves"]);
    let mut broken = life.kept[1].clone();
    if let SavingsEvent::Moved { movement } = &mut broken.entries[2].event {
        movement.balance += cents(1);
    }
    assert!(names(&broken).contains(&"movements add up to the balance"));
}

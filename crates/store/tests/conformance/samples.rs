//! Clients, loans and what hangs on them, made by hand: what a store keeps need not make sense.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use loam_app::changes::{
    AnswerRow, AuditRow, Changes, ClientChange, IdName, LoanChange, LogRow, Moved, NewId, OutboxRow,
    TransactionRow,
};
use loam_app::command::{Address, Done, Outcome};
use loam_book::actor::Door;
use loam_book::application::{ProtectType, ProtectWaiver};
use loam_book::ids::{Key, Part};
use loam_book::journal::rules::{Accounting, AccountingRule, AccountingRules, AccrualPosting};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::course::{Course, PrincipalFrom, RateFrom, Tranche};
use loam_book::loan::custom_payment::{PaidKind, PaidPart};
use loam_book::loan::event::charge::{LockCause, TransactionCharges, TransactionFee};
use loam_book::loan::event::{EVENT_VERSION, Entry, Event, RULES_VERSION, Stamp, Step};
use loam_book::loan::protection::{ProtectClaim, Protection, WaivedInstallment};
use loam_book::loan::refusal::IdKind;
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{Holder, HolderKind, Installment, Loan, LoanState, Servicing, Terms};
use loam_book::organization::{Branch, OfficeState, TransactionDetails};
use loam_book::party::{Assignment, Client, ClientState, IdentificationDocument, Profile};
use loam_book::product::AccountingMethod;
use loam_book::product::{GracePeriodType, InterestApplication, PrepaymentAcceptance, Rebates};
use loam_book::record::Record;
use loam_calc::allocation::{AllocationOrder, Components};
use loam_calc::calendar::{Period, PeriodUnit};
use loam_calc::currency::Currency;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::{DueDateMethod, NonWorkingDays};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, InterestTerms, Remainder};

pub(crate) fn instant(second: i64) -> Timestamp {
    Timestamp::from_microsecond(1_769_000_000_000_000 + second * 1_000_000 + 123_456).unwrap()
}

/// The n-th key of a part.
pub(crate) fn key(part: u16, n: u64) -> Key {
    Key::entity(Part::new(part), 1_769_000_000_000 + n, n)
}

/// A key without Loam's mark.
pub(crate) fn foreign_key(n: u64) -> Key {
    format!("402832b4380a2d88018{n:013x}").parse().unwrap()
}

pub(crate) fn client(part: u16, n: u64) -> Client {
    Client {
        key: key(part, n),
        part: Part::new(part),
        id: format!("C{part}-{n}"),
        version: 1,
        state: ClientState::Inactive,
        profile: Profile {
            first_name: "Ana".to_owned(),
            last_name: format!("Lima {n}"),
            birth_date: Some(date(1980, 2, 29)),
            ..Profile::default()
        },
        role: None,
        assignment: Assignment { branch: Some(key(0, 900)), centre: None, user: Some(key(0, 901)) },
        addresses: Vec::new(),
        documents: vec![IdentificationDocument {
            key: key(part, n + 500),
            document_type: "Passport".to_owned(),
            document_id: format!("P{part}-{n}"),
            issuing_authority: None,
            valid_until: None,
            template: None,
        }],
        groups: Vec::new(),
        created_at: instant(i64::try_from(n).unwrap()),
        last_modified_at: instant(i64::try_from(n).unwrap()),
        approved_at: None,
        closed_at: None,
    }
}

pub(crate) fn terms() -> Terms {
    Terms {
        product: key(0, 902),
        product_version: 3,
        currency: Currency::EUR,
        amount: Amount::from_minor(300_000),
        interest: InterestTerms {
            method: InterestMethod::DecliningBalance,
            rate: Rate::from_ratio(125, 1_000),
            charge_frequency: ChargeFrequency::EveryXDays(28),
            day_count: DayCount::Actual360,
            days_method: DaysMethod::ActualDays,
        },
        interest_application: InterestApplication::OnRepayment,
        installment_count: 3,
        period: Period { count: 1, unit: PeriodUnit::Months },
        due_dates: DueDateMethod::Interval(Period { count: 1, unit: PeriodUnit::Months }),
        non_working_days: NonWorkingDays::NextWorkingDay,
        first_due_date_offset: Default::default(),
        first_due_date_offset_days: 2,
        grace_period: 1,
        grace_period_type: GracePeriodType::PayInterestOnly,
        principal_repayment_interval: 1,
        remainder: Remainder::Last,
        installment_rounding: InstallmentRounding::UpTo(Amount::from_minor(5)),
        rounding: Rounding::HalfEven,
        allocation_order: AllocationOrder::PENALTY_FEE_INTEREST_PRINCIPAL,
        prepayment: PrepaymentAcceptance::AcceptPrepayments,
        arrears_tolerance_days: 5,
        allows_arbitrary_fees: true,
        expected_disbursement_on: Some(date(2026, 1, 31)),
        first_due_date: None,
        due_day: None,
        last_due_date: None,
        capitalized_fee: Amount::ZERO,
        accrues_through_due_date: false,
        product_type: Default::default(),
        amortization: Default::default(),
        payment_method: Default::default(),
        interest_rules: Default::default(),
        payment_rules: Default::default(),
        charges: Default::default(),
        controls: Default::default(),
        securities: Default::default(),
        revolving: None,
        periodic_payment: None,
        payment_plan: Vec::new(),
        interest_spread: None,
        penalty_rate: None,
        protection: Some(Box::new(protection())),
        accounting: accounting(),
    }
}

fn accounting() -> Accounting {
    let rule = AccountingRule { resource: GlAccount::LoanPortfolio, account: key(0, 55) };
    Accounting {
        method: AccountingMethod::Cash,
        rules: AccountingRules::try_new(vec![rule]).unwrap(),
        accrual: AccrualPosting::Daily,
        suspense_after_days: Some(90),
    }
}

/// A loan that is paid out, with a figure of its own in every place.
pub(crate) fn loan(holder: &Client, n: u64) -> Loan {
    let part = holder.part;
    Loan {
        key: key(part.number(), 10_000 + n),
        part,
        account_no: i64::try_from(n).unwrap(),
        id: format!("L{}-{n}", part.number()),
        version: 1,
        holder: Holder { kind: HolderKind::Client, key: holder.key },
        name: "Personal loan \"ü\"".to_owned(),
        notes: Some("first line\nsecond line".to_owned()),
        assignment: holder.assignment,
        terms: terms(),
        servicing: servicing(n),
        created_at: instant(i64::try_from(n).unwrap()),
        last_modified_at: instant(100),
        approved_at: Some(instant(101)),
        last_appraised_at: None,
        closed_at: None,
    }
}

fn protection() -> Protection {
    Protection {
        protect_type: Some(ProtectType::Full),
        waiver: ProtectWaiver::InterestOnly,
        fee: Amount::from_minor(150),
        maximum_installments: Some(3),
        investor_share: Rate::from_ratio(1, 2),
        is_charged: true,
        rebates: Rebates { at_payoff: true, ..Rebates::default() },
    }
}

/// A course that is not the default one.
pub(crate) fn course() -> Course {
    Course {
        rates: vec![RateFrom { from: date(2026, 1, 5), rate: Rate::from_ratio(3, 100) }],
        principal: vec![PrincipalFrom { from: date(2026, 1, 6), principal: Amount::from_minor(5_000) }],
        overpaid: Amount::from_minor(17),
        tranches: vec![Tranche {
            key: key(0, 77),
            amount: Amount::from_minor(4_000),
            expected_on: Some(date(2026, 3, 1)),
            remind_on: None,
            disbursement: Some(3),
        }],
        waived_installments: vec![WaivedInstallment { number: 2, waived: components(3) }],
        waived: components(3),
        ..Course::default()
    }
}

fn servicing(n: u64) -> Servicing {
    Servicing {
        state: LoanState::Active {
            approved_on: date(2026, 1, 30),
            approved_by: key(0, 901),
            disbursed_on: date(2026, 1, 31),
            is_locked: false,
            lock_cause: LockCause::Request,
        },
        outstanding: components(1_000 * i64::try_from(n).unwrap()),
        paid: components(7),
        installments: (1..=3).map(installment).collect(),
        late_since: None,
        arrears_since: None,
        last_set_to_arrears_on: Some(date(2025, 12, 24)),
        last_interest_applied_on: Some(date(2026, 1, 1)),
        last_locked_on: Some(date(2026, 1, 2)),
        unlocked_on: Some(date(2026, 1, 3)),
        latest_value_date: Some(date(2026, 1, 4)),
        course: Default::default(),
    }
}

pub(crate) fn installment(number: u32) -> Installment {
    let figure = i64::from(number) * 100;
    Installment {
        number,
        due_date: date(2026, i8::try_from(number + 1).unwrap(), 28),
        expected: components(figure),
        interest_applied: Amount::from_minor(figure / 2),
        paid: components(figure / 10),
        is_grace: number == 1,
        last_paid_on: (number == 2).then_some(date(2026, 2, 2)),
        repaid_on: (number == 1).then_some(date(2026, 2, 1)),
    }
}

/// Four figures, each its own.
pub(crate) fn components(figure: i64) -> Components {
    let [principal, interest, fees, penalties] = [1, 2, 3, 4].map(|n| Amount::from_minor(figure + n));
    Components { principal, interest, fees, penalties }
}

pub(crate) fn stamp() -> Stamp {
    Stamp {
        booking_date: date(2026, 1, 31),
        recorded_at: instant(55),
        actor: key(0, 901),
        door: Door::Native,
        request_id: "r-1".to_owned(),
        event_version: EVENT_VERSION,
        rules_version: RULES_VERSION,
    }
}

pub(crate) fn entry(seq: i64, value_date: Date) -> Entry {
    let event = Event::Approved { notes: Some(format!("entry {seq}")) };
    Entry { seq, step: Step { value_date, event }, stamp: stamp() }
}

pub(crate) fn transaction(id: i64, seq: i64) -> LoanTransaction {
    LoanTransaction {
        id,
        kind: TransactionKind::Repayment,
        seq,
        value_date: date(2026, 1, 20),
        stamp: stamp(),
        amount: Amount::from_minor(10 * id),
        split: components(id),
        principal_balance: Amount::from_minor(77),
        details: TransactionDetails {
            external_id: Some(format!("x{id}")),
            claim: Some(ProtectClaim { claimed: ProtectType::Partial, installments: vec![2] }),
            ..TransactionDetails::default()
        },
        charges: TransactionCharges {
            fees: vec![TransactionFee {
                fee: key(0, 77),
                amount: Amount::from_minor(5),
                tax: Amount::from_minor(1),
            }],
            tax: components(1),
            custom: vec![PaidPart {
                kind: PaidKind::Principal,
                amount: Amount::from_minor(3),
                tax: Amount::ZERO,
            }],
        },
        installment: Some(2),
        reverses: None,
        reversed_by: None,
    }
}

pub(crate) fn transfer(loan: &Loan, seq: i64, amount: i64) -> Transfer {
    Transfer {
        debit: GlAccount::LoanPortfolio,
        credit: GlAccount::FundSource,
        booked: Default::default(),
        amount: Amount::from_minor(amount),
        currency: Currency::EUR,
        value_date: date(2026, 1, 20),
        booking_date: date(2026, 1, 31),
        branch: loan.assignment.branch,
        product: loan.terms.product,
        part: loan.part,
        account_no: loan.account_no,
        seq,
    }
}

pub(crate) fn branch(n: u64, id: &str) -> Record {
    Record::Branch(Branch {
        key: key(0, n),
        id: id.to_owned(),
        name: format!("Branch {id}"),
        state: OfficeState::Active,
        phone_number: None,
        email_address: None,
        notes: None,
        address: None,
        holidays: vec![loam_book::working_days::Holiday {
            name: "Founding day".into(),
            date: date(2024, 5, 1),
            is_yearly: true,
        }],
        created_at: instant(1),
        last_modified_at: instant(2),
    })
}

pub(crate) fn address(part: Part, key: Key) -> Address {
    Address { part, key }
}

pub(crate) fn of_loan(loan: &Loan) -> Address {
    address(loan.part, loan.key)
}

pub(crate) fn of_client(client: &Client) -> Address {
    address(client.part, client.key)
}

pub(crate) fn audit(part: Part, entity: Key) -> AuditRow {
    AuditRow {
        part,
        recorded_at: instant(60),
        booking_date: date(2026, 1, 31),
        actor: key(0, 901),
        door: Door::CommandLine,
        request_id: "r-2".to_owned(),
        command: "test",
        entity,
        before: None,
        after: Some("{}".to_owned()),
        is_logged: false,
    }
}

/// An id that the book keeps unique.
pub(crate) fn book_id(kind: IdKind, id: &str, names: Address) -> NewId {
    NewId { name: IdName::of_book(kind, id), key: names.key, part: names.part }
}

/// A new client with the id.
pub(crate) fn new_client(client: &Client) -> Changes {
    Changes {
        ids: vec![book_id(IdKind::Client, &client.id, of_client(client))],
        clients: vec![ClientChange { client: client.clone(), version_read: None }],
        audit: vec![audit(client.part, client.key)],
        ..Changes::default()
    }
}

/// A new loan with everything that can hang on it: two entries, two transactions, three transfers.
pub(crate) fn new_loan(loan: &Loan) -> Changes {
    let (part, account_no) = (loan.part, loan.account_no);
    let base = account_no * 1_000;
    let log = |seq| LogRow { part, account_no, entry: entry(seq, date(2026, 1, 20)) };
    let served = |id, seq| TransactionRow { part, account_no, transaction: transaction(id, seq) };
    let told = |seq| OutboxRow { part, account_no, seq, event: "approved", recorded_at: instant(55) };
    Changes {
        ids: vec![book_id(IdKind::Loan, &loan.id, of_loan(loan))],
        loans: vec![new_row(loan)],
        entries: vec![log(1), log(2)],
        transactions: vec![served(base + 1, 1), served(base + 2, 2)],
        transfers: vec![transfer(loan, 1, 500), transfer(loan, 1, 600), transfer(loan, 2, 700)],
        outbox: vec![told(1), told(2)],
        audit: vec![audit(part, loan.key)],
        ..Changes::default()
    }
}

pub(crate) fn new_row(loan: &Loan) -> LoanChange {
    LoanChange {
        loan: Arc::new(loan.clone()),
        version_read: None,
        moved: Moved::EVERYTHING,
        touched: None,
        next_action_read: None,
        next_action_on: Some(date(2026, 2, 28)),
    }
}

/// A loan as it stands after a change of the version before.
pub(crate) fn changed(loan: &Loan, touched: Option<Vec<u32>>) -> Changes {
    let change = LoanChange {
        loan: Arc::new(loan.clone()),
        version_read: Some(loan.version - 1),
        moved: Moved::EVERYTHING,
        touched,
        next_action_read: Some(date(2026, 2, 28)),
        next_action_on: Some(date(2026, 3, 28)),
    };
    Changes { loans: vec![change], audit: vec![audit(loan.part, loan.key)], ..Changes::default() }
}

pub(crate) fn answer(loan: &Loan, idem_key: &str) -> AnswerRow {
    let done = Done::Loan { loan: Arc::new(loan.clone()), transactions: vec![transaction(1, 1)] };
    AnswerRow {
        part: loan.part,
        key: idem_key.to_owned(),
        content: "hash".to_owned(),
        recorded_at: instant(70),
        outcome: Outcome { business_date: date(2026, 1, 31), done },
    }
}

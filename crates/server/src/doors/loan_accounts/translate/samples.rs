//! The contract's own sample account, OHNP076, and what stands around it, for tests.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use loam_book::actor::{Door, Permission};
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::loan::command::LoanFigures;
use loam_book::loan::event::Stamp;
use loam_book::loan::event::charge::{LockCause, TransactionCharges};
use loam_book::loan::terms_agreed::{Ground, agree};
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{Holder, HolderKind, Installment, Loan, LoanState, Servicing};
use loam_book::organization::{
    Branch, ChannelField, OfficeState, TransactionChannel, TransactionDetails, User, UserState,
};
use loam_book::party::Assignment;
use loam_book::product::{
    AccountingMethod, GracePeriodType, IdPattern, InitialState, InterestApplication, PaymentMethod,
    PrepaymentAcceptance, Product, ProductDueDates, ProductType, Range,
};
use loam_book::record::Record;
use loam_calc::allocation::{AllocationOrder, Components};
use loam_calc::calendar::{Calendar, PeriodUnit};
use loam_calc::currency::Currency;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::NonWorkingDays;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder};

pub(crate) const PART: u16 = 7;

fn record_key(number: u64) -> Key {
    Key::entity(Part::new(0), 1, number)
}

pub(crate) fn product() -> Product {
    let at_most = |minor| Some(Amount::from_minor(minor));
    Product {
        key: record_key(1),
        id: "AGRL".to_owned(),
        version: 1,
        name: "Agriculture Loan".to_owned(),
        description: None,
        product_type: ProductType::FixedTermLoan,
        is_active: true,
        for_individuals: true,
        for_groups: false,
        for_hybrid_groups: false,
        branches: vec![],
        currency: Currency::USD,
        amount: Range { min: None, default: None, max: at_most(1_000_000) },
        interest_rate: Range { min: None, default: Some(Rate::from_ratio(25, 1_000)), max: None },
        installments: Range { min: None, default: Some(5), max: None },
        grace_period: Range::OPEN,
        grace_period_type: GracePeriodType::None,
        interest_method: InterestMethod::Flat,
        charge_frequency: ChargeFrequency::EveryFourWeeks,
        day_count: DayCount::Actual365Fixed,
        days_method: DaysMethod::ActualDays,
        interest_application: InterestApplication::OnRepayment,
        due_dates: ProductDueDates::Interval { count: Some(1), unit: Some(PeriodUnit::Months) },
        non_working_days: NonWorkingDays::None,
        first_due_date_offset_days: Range::OPEN,
        principal_repayment_interval: 1,
        remainder: Remainder::Last,
        installment_rounding: InstallmentRounding::None,
        rounding: Rounding::HalfUp,
        payment_method: PaymentMethod::Horizontal,
        allocation_order: AllocationOrder::PENALTY_FEE_INTEREST_PRINCIPAL,
        prepayment: PrepaymentAcceptance::AcceptPrepayments,
        arrears_tolerance_days: Range { min: None, default: Some(0), max: None },
        allows_arbitrary_fees: true,
        accounting: AccountingMethod::Accrual,
        accounting_rules: Default::default(),
        accrual_posting: Default::default(),
        suspense_after_days: None,
        provision_rates: Vec::new(),
        id_pattern: IdPattern::Random("@@@@###".to_owned()),
        initial_state: InitialState::PendingApproval,
        marketplace: loam_book::product::MarketplaceTerms::default(),
        max_tranches: None,
        amortization: Default::default(),
        interest_rules: Default::default(),
        payment_rules: Default::default(),
        charges: Default::default(),
        controls: Default::default(),
        securities: Default::default(),
        revolving: None,
        linking: Default::default(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn branch() -> Branch {
    Branch {
        key: record_key(2),
        id: "1".to_owned(),
        name: "Head office".to_owned(),
        state: OfficeState::Active,
        phone_number: None,
        email_address: None,
        notes: None,
        address: None,
        holidays: Vec::new(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn user() -> User {
    User {
        key: record_key(3),
        number: 12,
        username: "tom".to_owned(),
        first_name: "Tom".to_owned(),
        last_name: "Lee".to_owned(),
        title: None,
        email_address: None,
        home_phone: None,
        mobile_phone: None,
        language: None,
        notes: None,
        state: UserState::Active,
        is_administrator: false,
        is_teller: false,
        is_credit_officer: true,
        has_api_access: true,
        sees_other_officers_clients: false,
        branch: None,
        reach: loam_book::rights::Reach::default(),
        permissions: vec![Permission::EnterRepayment, Permission::Administration],
        password_hash: Some("$argon2id$v=19$hash".to_owned()),
        api_key_hash: None,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn channel() -> TransactionChannel {
    TransactionChannel {
        key: record_key(4),
        id: "cash".to_owned(),
        name: "Cash".to_owned(),
        index: 0,
        is_active: true,
        fields: vec![ChannelField::ReceiptNumber],
        loan_limits: None,
        savings_limits: None,
        created_by: None,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn catalog() -> Catalog {
    let records = vec![
        Record::Product(Box::new(product())),
        Record::Branch(branch()),
        Record::User(user()),
        Record::Channel(channel()),
    ];
    Catalog::new(1, records)
}

pub(crate) fn installment(number: u32, due_date: Date, principal: i64, interest: i64) -> Installment {
    let expected = Components {
        principal: Amount::from_minor(principal),
        interest: Amount::from_minor(interest),
        ..Components::default()
    };
    Installment {
        number,
        due_date,
        expected,
        interest_applied: Amount::ZERO,
        paid: Components::default(),
        is_grace: false,
        last_paid_on: None,
        repaid_on: None,
    }
}

/// 950 at 2.5 % every four weeks, paid out on 2012-06-28; nothing paid yet.
pub(crate) fn ohnp076() -> Loan {
    let figures = LoanFigures {
        amount: Some(loam_book::stated::StatedAmount("950".to_owned())),
        ..LoanFigures::default()
    };
    let approved_on = date(2012, 6, 28);
    let approved_by = user().key;
    let disbursed_on = approved_on;
    let (catalog, calendar) = (Catalog::default(), Calendar::default());
    let ground =
        Ground { catalog: &catalog, business_date: approved_on, calendar: &calendar, meeting_day: None };
    Loan {
        key: Key::entity(Part::new(PART), 1_340_200_636_000, 1),
        part: Part::new(PART),
        account_no: 76,
        id: "OHNP076".to_owned(),
        version: 3,
        holder: Holder { kind: HolderKind::Client, key: Key::entity(Part::new(PART), 1, 8) },
        name: "Agriculture Loan".to_owned(),
        notes: Some("some_notes".to_owned()),
        assignment: Assignment { branch: Some(branch().key), ..Assignment::default() },
        terms: agree(&figures, &product(), None, &ground).expect("the sample is within its product"),
        servicing: Servicing {
            state: LoanState::Active {
                approved_on,
                approved_by,
                disbursed_on,
                is_locked: false,
                lock_cause: LockCause::Request,
            },
            outstanding: Components { principal: Amount::from_minor(95_000), ..Components::default() },
            paid: Components::default(),
            installments: vec![
                installment(1, date(2012, 7, 28), 19_000, 2_545),
                installment(2, date(2012, 8, 28), 19_000, 2_629),
            ],
            late_since: None,
            arrears_since: None,
            last_set_to_arrears_on: None,
            last_interest_applied_on: None,
            last_locked_on: None,
            unlocked_on: None,
            latest_value_date: Some(disbursed_on),
            course: Default::default(),
        },
        created_at: "2012-06-20T15:57:16Z".parse().expect("an instant"),
        last_modified_at: "2012-06-28T09:52:33Z".parse().expect("an instant"),
        approved_at: Some("2012-06-28T09:03:28Z".parse().expect("an instant")),
        last_appraised_at: None,
        closed_at: None,
    }
}

/// The first installment paid in cash on its day.
pub(crate) fn repayment() -> LoanTransaction {
    let paid_on = date(2012, 7, 28);
    LoanTransaction {
        id: 5415,
        kind: TransactionKind::Repayment,
        seq: 4,
        value_date: paid_on,
        stamp: Stamp {
            booking_date: paid_on,
            recorded_at: "2012-07-28T08:11:04Z".parse().expect("an instant"),
            actor: user().key,
            door: Door::LoanAccounts,
            request_id: "r1".to_owned(),
            event_version: 1,
            rules_version: 1,
        },
        amount: Amount::from_minor(21_545),
        split: Components {
            principal: Amount::from_minor(19_000),
            interest: Amount::from_minor(2_545),
            ..Components::default()
        },
        principal_balance: Amount::from_minor(76_000),
        details: TransactionDetails {
            values_key: None,
            claim: None,
            notes: Some("thank you".to_owned()),
            channel: Some(channel().key),
            external_id: None,
            channel_fields: BTreeMap::from([(ChannelField::ReceiptNumber, "R-1".to_owned())]),
            transfer: None,
            investing: None,
            target: None,
        },
        charges: TransactionCharges::default(),
        installment: None,
        reverses: None,
        reversed_by: None,
    }
}

//! The calendars of the organization and of branches reach the loans that the desk decides.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use loam_app::command::{Address, Command, Done};
use loam_app::desk::Desk;
use loam_book::ids::{Key, Part};
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, NewLoan};
use loam_book::loan::{Holder, HolderKind};
use loam_book::organization::{Branch, OfficeState};
use loam_book::party::Assignment;
use loam_book::product::Product;
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_book::working_days::{Holiday, OrganizationSettings};
use loam_calc::due_dates::NonWorkingDays;

use crate::desk::{a_product, client_of, new_client, open, submit};
use crate::memory::Memory;

fn settings() -> Record {
    Record::Settings(OrganizationSettings {
        security: loam_book::security::Security::default(),
        key: Key::entity(Part::new(0), 0, 50),
        name: "The lender".into(),
        non_working_weekdays: vec![Weekday::Saturday, Weekday::Sunday],
        holidays: vec![],
        parties: Default::default(),
        contact: Default::default(),
        labels: vec![],
        portfolios: Default::default(),
        provisioning: Default::default(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    })
}

fn branch(holiday: Date) -> Record {
    Record::Branch(Branch {
        key: Key::entity(Part::new(0), 0, 51),
        id: "north".into(),
        name: "North".into(),
        state: OfficeState::Active,
        phone_number: None,
        email_address: None,
        notes: None,
        address: None,
        holidays: vec![Holiday { name: "A day off".into(), date: holiday, is_yearly: false }],
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    })
}

/// The due dates of a loan of a branch, paid out at once.
async fn due_dates(desk: &Desk, product: Key, branch: Option<Key>) -> Vec<Date> {
    let client = client_of(submit(desk, new_client(None, "Ana")).await.expect("complete"));
    let holder = Address { part: client.part, key: client.key };
    let new = NewLoan {
        id: None,
        holder: Holder { kind: HolderKind::Client, key: client.key },
        product,
        name: None,
        notes: None,
        assignment: Assignment { branch, ..Assignment::default() },
        figures: LoanFigures {
            amount: Some(StatedAmount("950".into())),
            interest_rate: Some(StatedPercent("2.5".into())),
            installments: Some(24),
            ..LoanFigures::default()
        },
    };
    let new = Box::new(new);
    let outcome = submit(desk, Command::CreateLoan { holder, new }).await.expect("within the product");
    let Done::Loan { loan, .. } = outcome.done else { panic!("a loan was asked for") };
    let address = Address { part: loan.part, key: loan.key };
    submit(desk, Command::Loan { loan: address, command: LoanCommand::Approve { notes: None } })
        .await
        .expect("it is pending");
    let disburse = LoanCommand::Disburse(Disburse::default());
    let outcome =
        submit(desk, Command::Loan { loan: address, command: disburse }).await.expect("it is approved");
    let Done::Loan { loan, .. } = outcome.done else { panic!("a loan was asked for") };
    loan.servicing.installments.iter().map(|row| row.due_date).collect()
}

#[tokio::test]
async fn due_dates_avoid_the_free_days_of_the_organization_and_of_the_branch() {
    let store = Memory::default();
    let desk = open(&store);
    let product = Product { non_working_days: NonWorkingDays::NextWorkingDay, ..a_product() };
    let key = product.key;
    let create = |record| submit(&desk, Command::CreateRecord(Box::new(record)));
    create(Record::Product(Box::new(product))).await.expect("a new product");
    let is_weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);

    let plain = due_dates(&desk, key, None).await;
    assert!(plain.iter().any(is_weekend), "two years of months have a weekend: {plain:?}");
    create(settings()).await.expect("there were none");
    let worked = due_dates(&desk, key, None).await;
    assert!(!worked.iter().any(is_weekend), "{worked:?}");

    let holiday = worked[0];
    let north = branch(holiday);
    let north_key = north.key();
    create(north).await.expect("a new branch");
    assert_eq!(due_dates(&desk, key, None).await, worked);
    assert_ne!(due_dates(&desk, key, Some(north_key)).await[0], holiday);
}

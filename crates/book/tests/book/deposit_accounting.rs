//! Whether and where deposit accounts are booked, as their products say.

use jiff::civil::date;
use loam_book::checks::Finding;
use loam_book::ids::{Key, Part};
use loam_book::journal::GlAccount;
use loam_book::journal::balances::balance_of;
use loam_book::journal::chart::LedgerName;
use loam_book::journal::refusal::JournalRefusal;
use loam_book::journal::rules::{AccountingRule, AccountingRules, DepositAccounting, check_closing};
use loam_book::product::AccountingMethod;
use loam_book::record::Record;
use loam_book::savings::checks::{StoredSavings, check};
use loam_book::savings::command::SavingsCommand;
use loam_book::savings::log::begun;
use loam_book::savings::product::SavingsProduct;
use loam_calc::money::Amount;

use crate::savings_lives::{Kept, Life, begin_with, money, savings_product};
use crate::support::cents;

pub(crate) fn ruled() -> DepositAccounting {
    let rule = |resource, number| AccountingRule { resource, account: Key::entity(Part::new(0), 0, number) };
    let all = [
        rule(GlAccount::SavingsControl, 85),
        rule(GlAccount::OverdraftPortfolio, 86),
        rule(GlAccount::InterestIncome, 87),
    ];
    let rules = AccountingRules::try_new(all.to_vec()).expect("three resources");
    DepositAccounting { rules, ..DepositAccounting::default() }
}

pub(crate) fn unbooked() -> DepositAccounting {
    DepositAccounting { method: AccountingMethod::None, ..DepositAccounting::default() }
}

/// Two accounts with money, of which the second has paid ten to the first.
fn moved(accounting: [DepositAccounting; 2]) -> Life {
    let mut life = begin_with(accounting);
    for at in 0..2 {
        life.command(at, &SavingsCommand::Approve { notes: None }).expect("it is new");
        life.command(at, &SavingsCommand::Deposit(money("30"))).expect("it is approved");
    }
    life.transfer(1, &money("10")).expect("the money is there");
    life.command(1, &SavingsCommand::TakeOut(money("45"))).expect("it may be overdrawn");
    life.book.business_date = date(2024, 2, 20);
    life.command(1, &SavingsCommand::Advance).expect("a day passes");
    life.assert_holds();
    life
}

fn names(kept: &Kept) -> Vec<LedgerName> {
    kept.transfers.iter().flat_map(|transfer| [transfer.debit_name(), transfer.credit_name()]).collect()
}

#[test]
fn rules_say_where_a_deposit_account_is_booked() {
    let life = moved([DepositAccounting::default(), ruled()]);
    let (plain, own) = (names(&life.kept[0]), names(&life.kept[1]));
    assert!(plain.iter().all(|name| matches!(name, LedgerName::Carried(_))));
    for (resource, number) in [
        (GlAccount::SavingsControl, 85),
        (GlAccount::OverdraftPortfolio, 86),
        (GlAccount::InterestIncome, 87),
    ] {
        assert!(own.contains(&LedgerName::Ruled(resource, Key::entity(Part::new(0), 0, number))));
        assert!(!own.contains(&LedgerName::Carried(resource)), "{resource:?}");
    }
    assert!(own.contains(&LedgerName::Carried(GlAccount::DepositReference)), "no rule names it");
}

#[test]
fn of_an_account_without_accounting_only_what_goes_to_another_is_booked() {
    let life = moved([unbooked(), DepositAccounting::default()]);
    let booked: Vec<_> = life.kept[0].transfers.iter().map(|is| (is.debit, is.credit, is.amount)).collect();
    assert_eq!(booked, [(GlAccount::AccountTransfers, GlAccount::DepositReference, cents(10_00))]);
    let both: Vec<_> = life.kept.iter().flat_map(|kept| kept.transfers.clone()).collect();
    assert_eq!(balance_of(&both, GlAccount::AccountTransfers), Amount::ZERO);
    let other = moved([DepositAccounting::default(), unbooked()]);
    let booked: Vec<_> = other.kept[1].transfers.iter().map(|is| (is.debit, is.credit)).collect();
    assert_eq!(booked, [(GlAccount::DepositReference, GlAccount::AccountTransfers)]);
}

#[test]
fn an_account_keeps_what_its_product_said_when_it_was_opened() {
    let mut life = moved([DepositAccounting::default(), ruled()]);
    let products = [savings_product(1, None), savings_product(2, Some(50_00))];
    let records = products.map(|product| Record::SavingsProduct(Box::new(product)));
    life.book.catalog = loam_book::catalog::Catalog::new(2, records.into());
    life.command(1, &SavingsCommand::Deposit(money("1"))).expect("it is in use");
    let last = life.kept[1].transfers.last().expect("it was booked");
    assert!([last.debit_name(), last.credit_name()].iter().any(|name| matches!(name, LedgerName::Ruled(..))));
    life.assert_holds();
}

#[test]
fn a_transfer_elsewhere_than_the_rules_say_is_found() {
    let mut kept = moved([DepositAccounting::default(), ruled()]).kept[1].clone();
    kept.transfers[0].booked = Default::default();
    let stored = StoredSavings {
        account: Some(&kept.account),
        entries: &kept.entries,
        transactions: &kept.transactions,
        transfers: &kept.transfers,
        credits: &[],
    };
    let found: Vec<_> = check(&stored).into_iter().map(|finding| finding.check).collect();
    assert_eq!(found, ["the transfers of each entry equal its postings"]);
}

#[test]
fn a_log_without_its_creation_is_found_and_not_folded() {
    let mut kept = moved([DepositAccounting::default(), ruled()]).kept[1].clone();
    assert_eq!(begun(&kept.entries), Ok(()));
    kept.entries.remove(0);
    let stored = StoredSavings {
        account: Some(&kept.account),
        entries: &kept.entries,
        transactions: &kept.transactions,
        transfers: &kept.transfers,
        credits: &[],
    };
    let sentence = "the log begins with approved, not with the creation".to_owned();
    assert_eq!(check(&stored), [Finding { check: "a log begins with the creation", sentence }]);
}

#[test]
fn the_accounts_of_rules_stay_open() {
    let product = |accounting| SavingsProduct { accounting, ..savings_product(1, None) };
    let ruled = Record::SavingsProduct(Box::new(product(ruled())));
    let catalog = loam_book::catalog::Catalog::new(1, vec![ruled]);
    let mut account = loam_book::journal::chart::default_account(GlAccount::SavingsControl);
    (account.key, account.carries, account.is_active) = (Key::entity(Part::new(0), 0, 85), None, false);
    let refused = JournalRefusal::BookedByProduct { code: "2100".to_owned(), product: "S1".to_owned() };
    assert_eq!(check_closing(&account, &catalog), Err(refused));
}

//! What is set aside for losses: by risk level, for what the lender has to lose, and posted as it changes.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::journal::balances::balance_of;
use loam_book::journal::chart::LedgerName;
use loam_book::journal::evening::post;
use loam_book::journal::provisions::{
    Provision, ProvisionAccount, ProvisionAmounts, ProvisionRate, ProvisionSums, Provisioning,
    what_does_not_hold,
};
use loam_book::journal::rules::{AccountingRule, AccountingRules};
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::command::LoanCommand;
use loam_book::product::{AccountingMethod, Product};
use loam_book::record::{Record, check_record};
use loam_book::report::provisions::Provisions;
use loam_book::report::{Value, provisions::PROVISIONS};
use loam_book::risk_level::RiskLevel;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::investors::funded;
use crate::support::{TestBook, cents, product};

pub(crate) fn level(number: u64, (from_days, to_days): (u32, Option<u32>), percent: &str) -> RiskLevel {
    RiskLevel {
        key: Key::entity(Part::new(0), 9, number),
        id: format!("R{number}"),
        name: format!("Level {number}"),
        from_days,
        to_days,
        provision_rate: Some(Rate::parse_percent(percent).expect("a percentage")),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

/// 1 % of what is not late, 5 % up to 30 days, 25 % up to 60, all of what is later.
pub(crate) fn levels() -> Vec<RiskLevel> {
    let bands = [((0, Some(0)), "1"), ((1, Some(30)), "5"), ((31, Some(60)), "25"), ((61, None), "100")];
    (1..).zip(bands).map(|(number, (days, percent))| level(number, days, percent)).collect()
}

fn with_levels(product: Product, levels: Vec<RiskLevel>) -> Catalog {
    let levels = levels.into_iter().map(Record::RiskLevel);
    Catalog::new(1, levels.chain([Record::Product(Box::new(product))]).collect())
}

fn paid_out(product: Product) -> TestBook {
    let mut book = TestBook::active_loan(product.clone(), "950", date(2012, 6, 28));
    book.catalog = with_levels(product, levels());
    book
}

fn set_aside(book: &TestBook) -> Option<(Amount, Amount)> {
    let found = Provision::of(book.loan(), &book.catalog, book.business_date)?;
    Some((found.principal, found.allowance))
}

/// What is posted for one loan, evening by evening.
#[derive(Default)]
struct Ledger {
    accounts: Vec<ProvisionAccount>,
    posted: Vec<Transfer>,
}

impl Ledger {
    /// Gives whether there was anything to post.
    fn evening(&mut self, book: &TestBook) -> bool {
        let mut sums = ProvisionSums::default();
        sums.add(book.loan(), &book.catalog, book.business_date);
        let postings = sums.postings(&self.accounts, book.business_date);
        for posting in &postings {
            let (after, transfers) = post(posting, 88);
            self.accounts.retain(|account| account.group != after.group);
            self.accounts.push(after);
            self.posted.extend(transfers);
        }
        let stands = self.accounts.iter().all(|account| what_does_not_hold(account, &self.posted).is_none());
        assert!(stands, "{:?}", self.accounts);
        !postings.is_empty()
    }

    fn allowance(&self) -> Amount {
        let allowance = -balance_of(&self.posted, GlAccount::LoanLossAllowance);
        assert_eq!(allowance, balance_of(&self.posted, GlAccount::ProvisionExpense));
        allowance
    }
}

#[test]
fn what_is_set_aside_follows_the_days_in_arrears() {
    let mut book = paid_out(product());
    let mut ledger = Ledger::default();
    let mut told = Vec::new();
    // The first installment falls due on the 28th of July.
    for day in [date(2012, 6, 28), date(2012, 7, 29), date(2012, 8, 28), date(2012, 9, 27), date(2012, 10, 1)]
    {
        book.move_to(day);
        ledger.evening(&book);
        told.push(ledger.allowance().minor());
        assert!(!ledger.evening(&book), "closed again, nothing is posted");
    }
    assert_eq!(told, [9_50, 47_50, 237_50, 950_00, 950_00]);
}

#[test]
fn who_pays_releases_what_was_set_aside() {
    let mut book = paid_out(product());
    let mut ledger = Ledger::default();
    book.move_to(date(2012, 8, 1));
    ledger.evening(&book);
    assert_eq!(ledger.allowance(), cents(47_50));
    book.repay("220").expect("something is due");
    ledger.evening(&book);
    let left = book.outstanding().principal;
    assert_eq!(set_aside(&book).map(|(principal, _)| principal), Some(left));
    assert!(left < cents(950_00) && ledger.allowance() == cents((left.minor() + 50) / 100));
    let last = ledger.posted.last().expect("less is set aside");
    let (debit, credit) = (GlAccount::LoanLossAllowance, GlAccount::ProvisionExpense);
    assert_eq!((last.debit, last.credit), (debit, credit));
}

#[test]
fn a_loan_that_is_given_up_needs_no_allowance_any_more() {
    let mut book = paid_out(product());
    let mut ledger = Ledger::default();
    book.move_to(date(2012, 10, 1));
    ledger.evening(&book);
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is late");
    assert_eq!(set_aside(&book), None);
    assert!(ledger.evening(&book));
    assert_eq!(ledger.allowance(), Amount::ZERO);
}

#[test]
fn a_product_with_rates_of_its_own_asks_no_level_for_one() {
    let own = |number, percent: i64| ProvisionRate {
        level: Key::entity(Part::new(0), 9, number),
        rate: Rate::from_ratio(percent, 100),
    };
    let mut book = paid_out(Product { provision_rates: vec![own(2, 10)], ..product() });
    assert_eq!(set_aside(&book), Some((cents(950_00), Amount::ZERO)), "the first level is not named");
    book.move_to(date(2012, 7, 29));
    assert_eq!(set_aside(&book), Some((cents(950_00), cents(95_00))));
    let refused =
        |rates| Product { provision_rates: rates, ..product() }.contradiction() == Some("provisioning");
    assert!(refused(vec![own(1, 5), own(1, 6)]) && refused(vec![own(1, 101)]) && !refused(vec![own(1, 100)]));
}

#[test]
fn of_levels_that_overlap_the_highest_rate_counts() {
    let mut book = paid_out(product());
    let wide = level(7, (1, None), "40");
    book.catalog = with_levels(product(), levels().into_iter().chain([wide]).collect());
    book.move_to(date(2012, 7, 29));
    assert_eq!(set_aside(&book), Some((cents(950_00), cents(380_00))));
    book.move_to(date(2012, 10, 1));
    assert_eq!(set_aside(&book), Some((cents(950_00), cents(950_00))));
}

#[test]
fn nothing_is_set_aside_for_what_investors_would_lose() {
    let mut book = funded();
    book.catalog = with_levels(product(), levels());
    assert_eq!(set_aside(&book), Some((Amount::ZERO, Amount::ZERO)));
    assert!(!Ledger::default().evening(&book), "nothing is posted");
}

#[test]
fn a_loan_of_which_nothing_is_booked_is_left_out() {
    let book = paid_out(Product { accounting: AccountingMethod::None, ..product() });
    assert_eq!(set_aside(&book), None);
    let cash = paid_out(Product { accounting: AccountingMethod::Cash, ..product() });
    assert_eq!(set_aside(&cash), Some((cents(950_00), cents(9_50))), "its principal stands in the ledger");
}

#[test]
fn rules_of_the_product_say_where_it_is_booked() {
    let own = Key::entity(Part::new(0), 0, 83);
    let rules = vec![AccountingRule { resource: GlAccount::ProvisionExpense, account: own }];
    let accounting_rules = AccountingRules::try_new(rules).expect("one rule");
    let book = paid_out(Product { accounting_rules, ..product() });
    let mut ledger = Ledger::default();
    ledger.evening(&book);
    let (debit, credit) = (ledger.posted[0].debit_name(), ledger.posted[0].credit_name());
    assert_eq!(debit, LedgerName::Ruled(GlAccount::ProvisionExpense, own));
    assert_eq!(credit, LedgerName::Carried(GlAccount::LoanLossAllowance));
}

#[test]
fn a_posting_that_is_missing_is_found() {
    let mut ledger = Ledger::default();
    ledger.evening(&paid_out(product()));
    let account = &ledger.accounts[0];
    assert!(what_does_not_hold(account, &[]).is_some());
    let less = ProvisionAmounts { allowance: cents(-1) };
    let less = ProvisionAccount { amounts: less, ..account.clone() };
    assert!(what_does_not_hold(&less, &ledger.posted).is_some());
}

#[test]
fn allowances_of_the_end_of_a_month_stand_until_the_next() {
    let evenings = |days: [Date; 3], of: Provisioning| days.map(|day| of.is_posted_on(day));
    let days = [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)];
    assert_eq!(evenings(days, Provisioning::EndOfMonth), [false, true, false]);
    assert_eq!(evenings(days, Provisioning::Daily), [true; 3]);
}

#[test]
fn the_report_has_a_row_for_each_level() {
    let mut book = paid_out(product());
    let catalog = book.catalog.clone();
    let mut found = Provisions::new(&catalog);
    found.add(book.loan(), book.business_date);
    found.add(book.loan(), book.business_date);
    book.move_to(date(2012, 9, 27));
    found.add(book.loan(), book.business_date);
    let rows = found.rows();
    let place = |name: &str| PROVISIONS.iter().position(|column| column.name == name).expect("a column");
    let of = |row: usize, name: &str| rows[row][place(name)].clone();
    assert_eq!(rows.len(), 2);
    assert_eq!([of(0, "daysInArrears"), of(1, "daysInArrears")], [Value::text("0"), Value::text(">60")]);
    assert_eq!([of(0, "loans"), of(1, "loans")], [Value::Count(2), Value::Count(1)]);
    let money = |minor| Value::Money(cents(minor), product().currency);
    assert_eq!([of(0, "allowance"), of(1, "allowance")], [money(19_00), money(950_00)]);
    assert_eq!([of(0, "ratePercent"), of(1, "riskLevelId")], [Value::text("1"), Value::text("R4")]);
}

#[test]
fn no_level_sets_more_aside_than_all() {
    let refused = |percent: &str| check_record(&Record::RiskLevel(level(1, (0, None), percent))).is_err();
    assert!(refused("100.01") && !refused("100") && !refused("0"));
}

#[test]
fn a_loan_that_cannot_be_told_releases_nothing_until_it_can() {
    let mut book = paid_out(product());
    book.move_to(date(2012, 7, 31));
    let mut ledger = Ledger::default();
    ledger.evening(&book);
    assert_eq!(ledger.allowance(), cents(47_50), "three days late");
    let mut sums = ProvisionSums::default();
    sums.add_untold(book.loan(), &book.catalog);
    let postings = sums.postings(&ledger.accounts, book.business_date);
    assert_eq!(postings, [], "how much of what stands is that loan's nobody knows");
    book.repay("220").expect("something is due");
    ledger.evening(&book);
    let (_, wanted) = set_aside(&book).expect("it is active");
    assert_eq!(ledger.allowance(), wanted, "it can be told again");
}

//! Rules of deposit accounts: what is agreed, who may open one, and what loans have to do with them.

use jiff::Timestamp;
use jiff::civil::date;
use loam_book::catalog::Catalog;
use loam_book::ids::{Address, Key, Part};
use loam_book::loan::command::LoanCommand;
use loam_book::loan::course::Course;
use loam_book::loan::refusal::{PartyRefusal, Refusal, SavingsRefusal, SecurityRefusal};
use loam_book::loan::securities::{Fund, Guarantee, GuaranteeKind};
use loam_book::loan::{Closure, Holder, HolderKind, Loan, LoanState};
use loam_book::party::Assignment;
use loam_book::party::kinds::{ClientRole, RoleFor};
use loam_book::product::linking::LinkingRules;
use loam_book::product::{IdPattern, Product};
use loam_book::record::Record;
use loam_book::savings::command::{NewSavings, SavingsCommand, SavingsEdit, SavingsFigures};
use loam_book::savings::commands::of_loans::{check, counted_on, follow};
use loam_book::savings::commands::{Account, SavingsDecided, create, decide};
use loam_book::savings::product::{AccountType, SavingsProduct};
use loam_book::savings::{Hold, HoldKind, Savings, SavingsState};
use loam_book::stated::StatedAmount;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::savings_lives::savings_product;
use crate::support::{TestBook, cents, product};

const ROLE: u64 = 60;

/// A book with a product that lends up to 50.00, an investor's product, and a client type.
pub(crate) fn book(may_open: bool) -> TestBook {
    let mut book = TestBook::active_loan(linking(), "950", date(2012, 6, 28));
    let investor = SavingsProduct { account_type: AccountType::InvestorAccount, ..savings_product(2, None) };
    let role = ClientRole {
        key: Key::entity(Part::new(0), 0, ROLE),
        id: "ROLE".into(),
        name: "Role".into(),
        role_for: RoleFor::Clients,
        description: None,
        can_open_accounts: may_open,
        can_guarantee: true,
        requires_document: false,
        has_address: false,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    };
    book.client.role = Some(role.key);
    let records = vec![
        Record::Product(Box::new(linking())),
        Record::SavingsProduct(Box::new(savings_product(1, Some(50_00)))),
        Record::SavingsProduct(Box::new(investor)),
        Record::ClientRole(role),
    ];
    book.catalog = Catalog::new(2, records);
    book
}

fn linking() -> Product {
    let linking = LinkingRules { is_enabled: true, ..LinkingRules::default() };
    Product { linking, id_pattern: IdPattern::Incremental, ..product() }
}

pub(crate) fn opened(book: &TestBook, number: u64, figures: SavingsFigures) -> Result<Savings, Refusal> {
    let new = NewSavings {
        id: None,
        holder: Holder { kind: HolderKind::Client, key: book.client.key },
        product: savings_product(number, None).key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        currency: None,
        figures,
        line_of_credit: None,
        custom_values: Vec::new(),
    };
    let mut ids = book.new_ids();
    ids.key = Key::entity(book.client.part, 3, number);
    book.in_context(&ids, |context| create::create(&new, context)).map(|decision| decision.account)
}

fn command(book: &TestBook, account: &Savings, command: &SavingsCommand) -> Result<Savings, Refusal> {
    let on = Account { account, history: None };
    match book.in_context(&book.new_ids(), |context| decide(on, command, context))? {
        SavingsDecided::Done(decision) => Ok(decision.account),
        SavingsDecided::NeedsHistory => unreachable!("no command of this test asks for the log"),
    }
}

fn overdraft(allows: Option<bool>, limit: Option<&str>) -> SavingsFigures {
    let overdraft_limit = limit.map(|limit| StatedAmount(limit.into()));
    SavingsFigures { allows_overdraft: allows, overdraft_limit, ..SavingsFigures::default() }
}

#[test]
fn an_account_that_is_not_to_be_overdrawn_has_no_limit() {
    let book = book(true);
    let limit = |figures| opened(&book, 1, figures).map(|account| account.terms.overdraft_limit);
    assert_eq!(limit(overdraft(None, None)), Ok(Some(cents(50_00))));
    assert_eq!(limit(overdraft(Some(true), Some("20"))), Ok(Some(cents(20_00))));
    assert_eq!(limit(overdraft(Some(false), None)), Ok(None));
    assert_eq!(limit(overdraft(Some(false), Some("0"))), Ok(None));
    let contradicts = Err(Refusal::Savings(SavingsRefusal::OverdraftNotAllowed));
    assert_eq!(limit(overdraft(Some(false), Some("20"))), contradicts);
    let account = opened(&book, 1, overdraft(None, None)).expect("the product allows it");
    let figures = overdraft(Some(false), None);
    let edit = SavingsCommand::Edit(Box::new(SavingsEdit { figures, ..SavingsEdit::default() }));
    let edited = command(&book, &account, &edit).expect("the account is open");
    assert_eq!(edited.terms.overdraft_limit, None);
}

#[test]
fn a_client_of_a_type_that_opens_no_accounts_opens_no_deposit_account() {
    let refused = opened(&book(false), 1, SavingsFigures::default()).expect_err("the type does not");
    assert_eq!(refused, PartyRefusal::MayNotOpenAccounts { id: "ROLE".into() }.into());
    assert!(opened(&book(true), 1, SavingsFigures::default()).is_ok());
}

/// An investor's account with 100.00, and the loan with a guarantee and a fund on it.
fn counted(book: &TestBook, guaranteed: i64, funded: i64) -> (Savings, Loan) {
    let mut account = opened(book, 2, SavingsFigures::default()).expect("it is opened");
    account.state = SavingsState::Active { activated_on: book.business_date };
    account.balance = cents(100_00);
    let kind = GuaranteeKind::Guarantor { holder: account.holder };
    let guarantee = Guarantee {
        key: Key::entity(book.client.part, 4, 1),
        kind,
        amount: cents(guaranteed),
        savings_account: Some(account.address()),
    };
    let fund = Fund {
        is_paid_in: false,
        key: Key::entity(book.client.part, 4, 2),
        account: account.key,
        amount: cents(funded),
        interest_commission: None,
        principal_repaid: Amount::ZERO,
        interest_earned: Amount::ZERO,
        premium: Amount::ZERO,
        rebated: Amount::ZERO,
        lost: Amount::ZERO,
        traded: Amount::ZERO,
        bought_on: None,
    };
    let mut loan = book.loan().clone();
    loan.servicing.course = Course { guarantees: vec![guarantee], funds: vec![fund], ..Course::default() };
    (account, loan)
}

fn checked(account: &Savings, loan: &Loan) -> Vec<Result<(), Refusal>> {
    counted_on(loan).iter().map(|counted| check(Some(account), counted, loan)).collect()
}

#[test]
fn one_balance_does_not_stand_for_a_guarantee_and_for_a_fund() {
    let book = book(true);
    let (account, loan) = counted(&book, 60_00, 40_00);
    assert_eq!(checked(&account, &loan), [Ok(()), Ok(())]);
    let (mut account, loan) = counted(&book, 60_00, 40_01);
    let (amount, available) = ("100.01".to_owned(), "100.00".to_owned());
    let of_guarantee =
        SecurityRefusal::InsufficientSavings { amount: amount.clone(), available: available.clone() };
    let of_fund = SecurityRefusal::InsufficientFundAccount { amount, available };
    let refused = [of_guarantee, of_fund].map(|refusal| Err(Refusal::Security(refusal)));
    assert_eq!(checked(&account, &loan), refused);
    // What the loan keeps already is there for it; what another keeps is not.
    let address = Address { part: loan.part, key: loan.key };
    let (_, loan) = counted(&book, 60_00, 40_00);
    account.holds = vec![Hold { loan: address, kind: HoldKind::Guarantee, amount: cents(60_00) }];
    assert_eq!(checked(&account, &loan), [Ok(()), Ok(())]);
    account.holds[0].loan.key = Key::entity(loan.part, 9, 9);
    assert!(checked(&account, &loan).iter().all(Result::is_err));
}

#[test]
fn a_loan_counts_on_no_money_of_another_currency() {
    let book = book(true);
    let (mut account, loan) = counted(&book, 1_00, 1_00);
    account.terms.currency = Currency::EUR;
    let refused = || Err(Refusal::Security(SecurityRefusal::OtherCurrency));
    assert_eq!(checked(&account, &loan), [refused(), refused()]);
}

#[test]
fn an_account_on_which_loans_rest_is_not_closed() {
    let book = book(true);
    let (mut account, loan) = counted(&book, 1_00, 1_00);
    account.balance = Amount::ZERO;
    let close = SavingsCommand::Close { notes: None };
    assert!(command(&book, &account, &close).is_ok());
    let address = Address { part: loan.part, key: loan.key };
    let is_linked = Err(Refusal::Savings(SavingsRefusal::IsLinked));
    let kept = Hold { loan: address, kind: HoldKind::Fund, amount: cents(1_00) };
    let holding = Savings { holds: vec![kept], ..account.clone() };
    assert_eq!(command(&book, &holding, &close), is_linked);
    let paying = Savings { linked_loans: vec![address], ..account };
    assert_eq!(command(&book, &paying, &close), is_linked);
}

#[test]
fn the_link_rests_while_the_loan_is_closed() {
    let book = book(true);
    let (mut account, mut loan) = counted(&book, 1_00, 1_00);
    loan.servicing.course = Course { settlement_accounts: vec![account.address()], ..Course::default() };
    let address = Address { part: loan.part, key: loan.key };
    let followed = |account: &Savings, loan: &Loan| {
        let ids = book.new_ids();
        book.in_context(&ids, |context| follow(account, loan, context)).map(|decision| decision.account)
    };
    account.linked_loans = vec![address];
    assert_eq!(followed(&account, &loan), None);
    let before = Box::new(loan.state().clone());
    let mut closed = loan.clone();
    closed.servicing.state =
        LoanState::Closed { closed_on: book.business_date, closure: Closure::Repaid, before };
    let resting = followed(&account, &closed).expect("the loan is closed");
    assert_eq!(resting.linked_loans, []);
    assert_eq!(followed(&resting, &loan).expect("it is open again").linked_loans, [address]);
}

#[test]
fn what_pays_for_a_loan_pays_for_the_one_in_its_place() {
    use loam_book::loan::commands::restructure::restructure;
    use loam_book::loan::restructuring::{Restructure, RestructureKind};
    let mut book = book(true);
    let account = opened(&book, 1, SavingsFigures::default()).expect("it is opened");
    let other = opened(&book, 2, SavingsFigures::default()).expect("it is opened");
    book.command(&LoanCommand::SetSettlementAccounts { accounts: vec![account.address(), other.address()] })
        .expect("the loan is active");
    let new = loam_book::loan::command::NewLoan {
        id: None,
        holder: book.loan().holder,
        product: linking().key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        figures: crate::support::figures("950"),
    };
    let asked = Restructure { kind: RestructureKind::Reschedule, new, details: None, notes: None };
    let carried = |book: &TestBook, product: Product| {
        let mut book = book.clone();
        book.catalog = Catalog::new(3, vec![Record::Product(Box::new(product))]);
        let mut ids = book.new_ids();
        ids.key = Key::entity(book.client.part, 2, 77);
        ids.account_no = 2;
        let linked = [&account, &other];
        let done = book.in_context(&ids, |context| restructure((book.loan(), &linked), &asked, context));
        let done = done.expect("it is active");
        let follow = |loan| {
            book.in_context(&ids, |context| {
                follow(
                    &Savings {
                        linked_loans: vec![Address { part: book.loan().part, key: book.loan().key }],
                        ..account.clone()
                    },
                    loan,
                    context,
                )
            })
        };
        assert!(follow(&done.closed.loan).is_some_and(|decision| decision.account.linked_loans.is_empty()));
        done.opened.loan.servicing.course.settlement_accounts
    };
    assert_eq!(carried(&book, linking()), [account.address(), other.address()]);
    let only = LinkingRules { savings_product: Some(account.terms.product), ..linking().linking };
    assert_eq!(carried(&book, Product { linking: only, ..linking() }), [account.address()]);
    assert_eq!(carried(&book, product()), []);
}

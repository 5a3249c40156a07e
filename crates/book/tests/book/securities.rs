//! Guarantees and investors' funds: what is taken, and how a repayment is shared.

use jiff::civil::date;
use loam_book::ids::{Key, Part};
use loam_book::journal::balances::balance_of;
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::command::{ChangeInterestRate, Disburse, LoanCommand};
use loam_book::loan::command::{LoanFigures, NewLoan};
use loam_book::loan::commands::restructure::restructure;
use loam_book::loan::event::Event;
use loam_book::loan::refusal::{Refusal, RestructureRefusal, SecurityRefusal};
use loam_book::loan::restructuring::{Restructure, RestructureKind};
use loam_book::loan::securities::{StatedFund, StatedGuarantee, StatedGuarantor};
use loam_book::loan::{Holder, HolderKind};
use loam_book::party::{Assignment, ClientState};
use loam_book::product::charges::FeeTrigger;
use loam_book::product::securities::{FunderCommission, FundingRules, SecurityRules};
use loam_book::product::{Product, Range};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use proptest::prelude::*;

use crate::support::{TestBook, cents, figures, product};

fn percent(percent: i64) -> Rate {
    Rate::from_ratio(percent, 100)
}

fn guaranteed() -> Product {
    let securities = SecurityRules {
        takes_guarantors: true,
        takes_collateral: true,
        required_guarantees: Some(percent(50)),
        funding: None,
    };
    let product = Product { securities, ..product() };
    assert_eq!(product.contradiction(), None);
    product
}

/// Funds that lend at a commission of the lender's.
pub(crate) fn funding() -> FundingRules {
    funded(FunderCommission::PercentageOfLoanFunding).securities.funding.expect("it is funded")
}

fn funded(commission: FunderCommission) -> Product {
    let funding = FundingRules {
        commission,
        organization_commission: Range { min: None, default: Some(Rate::from_ratio(5, 1000)), max: None },
        funder_commission: Range {
            min: Some(Rate::from_ratio(1, 100)),
            default: None,
            max: Some(percent(2)),
        },
        required: Some(percent(40)),
        locks_funds_at_approval: true,
    };
    let securities = SecurityRules { funding: Some(funding), ..SecurityRules::default() };
    let product = Product { securities, ..product() };
    assert_eq!(product.contradiction(), None);
    product
}

fn pending(product: Product) -> TestBook {
    let mut book = TestBook::new(product, date(2012, 6, 28));
    book.create_with(figures("950")).expect("within the product");
    book
}

fn holder(number: u64) -> Holder {
    Holder { kind: HolderKind::Client, key: Key::entity(Part::new(9), 0, number) }
}

fn guarantor(number: u64, amount: &str) -> StatedGuarantee {
    let state = Some(ClientState::Inactive);
    let guarantor = StatedGuarantor { state, ..StatedGuarantor::named(holder(number), None) };
    StatedGuarantee {
        key: None,
        is_asset: false,
        guarantor: Some(guarantor),
        savings_account: None,
        asset_name: None,
        amount: StatedAmount(amount.into()),
        custom_values: None,
    }
}

fn asset(name: &str, amount: &str) -> StatedGuarantee {
    let asset_name = Some(name.into());
    StatedGuarantee { is_asset: true, guarantor: None, asset_name, ..guarantor(1, amount) }
}

fn guarantee(book: &mut TestBook, guarantees: Vec<StatedGuarantee>) -> Result<(), Refusal> {
    book.command(&LoanCommand::SetGuarantees { guarantees }).map(|_| ())
}

pub(crate) fn fund(account: u64, amount: &str) -> StatedFund {
    let account = Some(Key::entity(Part::new(9), 1, account));
    StatedFund { key: None, account, amount: StatedAmount(amount.into()), interest_commission: None }
}

fn earning(commission: &str, fund: StatedFund) -> StatedFund {
    StatedFund { interest_commission: Some(StatedPercent(commission.into())), ..fund }
}

fn set_funds(book: &mut TestBook, funds: Vec<StatedFund>) -> Result<(), Refusal> {
    book.command(&LoanCommand::SetFunds { funds }).map(|_| ())
}

fn refused(answer: Result<(), Refusal>) -> SecurityRefusal {
    match answer {
        Err(Refusal::Security(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_posted_list_is_the_new_set_of_guarantees() {
    let mut book = pending(guaranteed());
    guarantee(&mut book, vec![guarantor(1, "300"), asset("tractor", "200")]).expect("both are taken");
    let first = book.loan().servicing.course.guarantees.clone();
    assert_eq!(first.len(), 2);
    let edited = StatedGuarantee { key: Some(first[1].key), ..asset("tractor", "250") };
    guarantee(&mut book, vec![edited, asset("barn", "100")]).expect("one edited, one added, one gone");
    let second = &book.loan().servicing.course.guarantees;
    assert_eq!((second[0].key, second[0].amount), (first[1].key, cents(250_00)));
    assert!(second[1].key != first[0].key && second[1].key != first[1].key);
    guarantee(&mut book, vec![]).expect("nothing is left");
    assert!(book.loan().servicing.course.guarantees.is_empty());
    assert_eq!(book.findings(), []);
}

#[test]
fn each_guarantee_is_what_its_type_says() {
    let mut book = pending(guaranteed());
    let mut check = |stated: StatedGuarantee, expected: SecurityRefusal| {
        assert_eq!(refused(guarantee(&mut book, vec![stated])), expected);
    };
    let plain = || guarantor(1, "100");
    check(StatedGuarantee { asset_name: Some("x".into()), ..plain() }, SecurityRefusal::AssetNameOfGuarantor);
    check(StatedGuarantee { guarantor: None, ..plain() }, SecurityRefusal::UnknownGuarantor);
    let of = |state| Some(StatedGuarantor { state, ..StatedGuarantor::named(holder(1), None) });
    check(StatedGuarantee { guarantor: of(None), ..plain() }, SecurityRefusal::UnknownGuarantor);
    let exited = of(Some(ClientState::Exited));
    check(StatedGuarantee { guarantor: exited, ..plain() }, SecurityRefusal::GuarantorState);
    let account = Some(holder(5).key);
    let elsewhere = "402832b4380a2d8801380a9cac41000f".parse().ok();
    check(StatedGuarantee { savings_account: elsewhere, ..plain() }, SecurityRefusal::UnknownSavingsAccount);
    check(StatedGuarantee { key: account, ..plain() }, SecurityRefusal::UnknownGuarantee);
    check(asset(" ", "1"), SecurityRefusal::AssetNameMissing);
    let with_guarantor = StatedGuarantee { guarantor: of(Some(ClientState::Inactive)), ..asset("barn", "1") };
    check(with_guarantor, SecurityRefusal::GuarantorOfAsset);
    let with_account = StatedGuarantee { savings_account: account, ..asset("barn", "1") };
    check(with_account, SecurityRefusal::SavingsAccountOfAsset);
    let twice = guarantee(&mut book, vec![asset("barn", "1"), asset("barn", "2")]);
    assert_eq!(refused(twice), SecurityRefusal::DuplicateAsset);
    let twice = guarantee(&mut book, vec![guarantor(1, "1"), guarantor(1, "2")]);
    assert_eq!(refused(twice), SecurityRefusal::DuplicateGuarantor);
    let nothing = guarantee(&mut book, vec![guarantor(1, "0")]);
    assert!(matches!(nothing, Err(Refusal::InvalidAmount { .. })), "{nothing:?}");
    guarantee(&mut book, vec![asset("barn", "1")]).expect("it is taken");
    let key = Some(book.loan().servicing.course.guarantees[0].key);
    let other = guarantee(&mut book, vec![StatedGuarantee { key, ..guarantor(1, "1") }]);
    assert_eq!(refused(other), SecurityRefusal::OtherTypeOfGuarantee);
    let mut book = pending(product());
    assert_eq!(refused(guarantee(&mut book, vec![guarantor(1, "1")])), SecurityRefusal::GuarantorsNotAllowed);
    assert_eq!(refused(guarantee(&mut book, vec![asset("x", "1")])), SecurityRefusal::CollateralNotAllowed);
}

#[test]
fn a_loan_is_approved_when_its_guarantees_suffice_and_they_go_on_to() {
    let mut book = pending(guaranteed());
    guarantee(&mut book, vec![guarantor(1, "400"), asset("barn", "74.99")]).expect("pending loans may lack");
    let approve = LoanCommand::Approve { notes: None };
    let few = SecurityRefusal::InsufficientGuarantees { sum: "474.99".into(), required: "475.00".into() };
    assert_eq!(refused(book.command(&approve).map(|_| ())), few);
    guarantee(&mut book, vec![guarantor(1, "400"), asset("barn", "75")]).expect("it is enough");
    book.command(&approve).expect("it is enough");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
    let fewer = refused(guarantee(&mut book, vec![guarantor(1, "474")]));
    assert_eq!(fewer, SecurityRefusal::GuarantorStays, "the guarantor is another entry without its key");
    let stays =
        StatedGuarantee { key: Some(book.loan().servicing.course.guarantees[0].key), ..guarantor(1, "474") };
    let fewer = refused(guarantee(&mut book, vec![stays.clone()]));
    assert!(matches!(fewer, SecurityRefusal::InsufficientGuarantees { .. }), "{fewer:?}");
    guarantee(&mut book, vec![StatedGuarantee { amount: StatedAmount("475".into()), ..stays }])
        .expect("the asset may go");
    assert_eq!(book.findings(), []);
}

#[test]
fn funds_are_checked_one_by_one_and_together() {
    let mut book = pending(funded(FunderCommission::FixedInterestCommissions));
    let mut check = |funds: Vec<StatedFund>, expected: SecurityRefusal| {
        assert_eq!(refused(set_funds(&mut book, funds)), expected);
    };
    let good = || earning("2", fund(1, "500"));
    check(vec![fund(1, "500")], SecurityRefusal::CommissionMissing);
    check(
        vec![earning("2.1", fund(1, "500"))],
        SecurityRefusal::CommissionOutsideProduct { value: "2.1".into() },
    );
    check(vec![earning("2", fund(1, "0"))], SecurityRefusal::FundNotPositive { value: "0.00".into() });
    check(vec![StatedFund { account: None, ..good() }], SecurityRefusal::FundAccountMissing);
    check(vec![good(), good()], SecurityRefusal::DuplicateFundAccount);
    check(vec![StatedFund { key: Some(holder(3).key), ..good() }], SecurityRefusal::UnknownFund);
    let much = SecurityRefusal::FundsExceedAmount { sum: "950.01".into(), amount: "950.00".into() };
    check(vec![good(), earning("1", fund(2, "450.01"))], much);
    let mut book = pending(product());
    assert_eq!(refused(set_funds(&mut book, vec![])), SecurityRefusal::FundsNotAllowed);
    let mut book = pending(funded(FunderCommission::FixedInterestCommissions));
    book.loan.as_mut().expect("a loan").terms.interest.rate = percent(1);
    let more = SecurityRefusal::CommissionExceedsRate { value: "2".into(), rate: "1".into() };
    assert_eq!(refused(set_funds(&mut book, vec![good()])), more);
}

#[test]
fn a_loan_is_approved_when_its_funds_suffice_and_they_are_locked_then() {
    let mut book = pending(funded(FunderCommission::PercentageOfLoanFunding));
    set_funds(&mut book, vec![fund(1, "379.99")]).expect("pending loans may lack");
    let approve = LoanCommand::Approve { notes: None };
    let few = SecurityRefusal::InsufficientFunds { sum: "379.99".into(), required: "380.00".into() };
    assert_eq!(refused(book.command(&approve).map(|_| ())), few);
    let key = Some(book.loan().servicing.course.funds[0].key);
    set_funds(&mut book, vec![StatedFund { key, ..fund(1, "380") }]).expect("it is enough");
    book.command(&approve).expect("it is enough");
    let locked = refused(set_funds(&mut book, vec![]));
    assert_eq!(locked, SecurityRefusal::FundsOfState { state: "approved" });
}

/// Two investors fund 600 and 200 of 950 at 2.5 %, of which the lender keeps 0.5.
fn running() -> TestBook {
    let mut book = pending(funded(FunderCommission::PercentageOfLoanFunding));
    set_funds(&mut book, vec![fund(1, "600"), fund(2, "200")]).expect("less than the loan");
    for command in [LoanCommand::Approve { notes: None }, LoanCommand::Disburse(Disburse::default())] {
        book.command(&command).expect("the life of a loan");
    }
    book
}

fn shared(book: &TestBook) -> Vec<(i64, i64)> {
    let funds = &book.loan().servicing.course.funds;
    funds.iter().map(|fund| (fund.principal_repaid.minor(), fund.interest_earned.minor())).collect()
}

#[test]
fn a_repayment_is_shared_by_what_each_funds_and_the_lender_keeps_its_part_of_the_rate() {
    let mut book = running();
    book.move_to(date(2012, 7, 28));
    book.repay("215.45").expect("190.00 of principal and 25.45 of interest are due");
    // 600 and 200 of 950 of 190.00; of 25.45 first 16.07 and 5.36, of these 2.0 of the 2.5 percent.
    assert_eq!(shared(&book), [(120_00, 12_85), (40_00, 4_28)]);
    assert_eq!(book.findings(), []);
    // Of 25.45 of income 17.13 are the investors': 8.32 are the lender's margin.
    assert_eq!(earned_and_owed(&book), (832, 1713));
}

/// What the lender earned of interest, and what is owed to investors of theirs.
fn earned_and_owed(book: &TestBook) -> (i64, i64) {
    let balance = |account| balance_of(&book.transfers, account).minor();
    let expense = balance(GlAccount::InterestExpense);
    assert_eq!(expense, -balance(GlAccount::InvestorInterestPayable));
    assert_eq!(balance(GlAccount::InvestorFunds), 0, "their money did not come over the book");
    (-balance(GlAccount::InterestIncome) - expense, expense)
}

#[test]
fn a_reversal_takes_the_shares_back_and_a_back_dated_repayment_shares_anew() {
    let mut book = running();
    book.move_to(date(2012, 8, 10));
    let before = book.loan().servicing.clone();
    let repaid = book.repay("100").expect("it is due")[0].id;
    assert_ne!(book.loan().servicing, before);
    book.reverse(repaid).expect("nothing followed");
    assert_eq!(book.loan().servicing, before);
    assert_eq!(earned_and_owed(&book).1, 0, "and what was owed for them");
    book.repay("100").expect("it is due");
    book.repay_on("115.45", Some(date(2012, 7, 30))).expect("corrected in bulk");
    assert_eq!(shared(&book), [(120_00, 12_85), (40_00, 4_28)], "as if it had been paid at once");
    assert_eq!(earned_and_owed(&book), (832, 1713));
    assert_eq!(book.findings(), []);
}

/// A log that was written when shares of these investors were not booked.
#[test]
fn shares_that_were_not_booked_stay_so_until_they_are_decided_again() {
    let mut book = running();
    book.move_to(date(2012, 7, 28));
    book.repay("100").expect("it is due");
    for entry in &mut book.entries {
        if let Event::FundsShared { shares } = &mut entry.step.event {
            shares.iter_mut().for_each(|share| share.is_owed = false);
        }
    }
    let is_of_share = |transfer: &Transfer| transfer.credit == GlAccount::InvestorInterestPayable;
    book.transfers.retain(|transfer| !is_of_share(transfer));
    assert_eq!(book.findings(), []);
    assert_eq!(earned_and_owed(&book).1, 0);
    let text = serde_json::to_string(&book.entries).expect("it is written");
    assert!(!text.contains("is_owed"), "as older releases wrote it");
    book.move_to(date(2012, 8, 10));
    book.repay_on("115.45", Some(date(2012, 7, 27))).expect("it comes before");
    assert_eq!(shared(&book), [(120_00, 12_85), (40_00, 4_28)]);
    assert_eq!(earned_and_owed(&book).1, 17_13, "all shares were decided again");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_funded_loan_carries_its_principal_and_its_funds_over() {
    let mut book = running();
    book.repay("215.45").expect("prepayments are accepted");
    let new = NewLoan {
        id: None,
        holder: book.loan().holder,
        product: product().key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        figures: LoanFigures { interest_rate: Some(StatedPercent("2.5".into())), ..LoanFigures::default() },
    };
    let kind = RestructureKind::Reschedule;
    let asked = Restructure { kind, new, details: None, notes: None };
    let ids = book.new_ids();
    let done = book.in_context(&ids, |context| restructure((book.loan(), &[]), &asked, context));
    let done = done.expect("only principal is owed");
    let funds = &done.opened.loan.servicing.course.funds;
    let amounts: Vec<Amount> = funds.iter().map(|fund| fund.amount).collect();
    assert_eq!(amounts, [cents(480_00), cents(160_00)]);
    book.move_to(date(2012, 8, 28));
    let ids = book.new_ids();
    let refused = book.in_context(&ids, |context| restructure((book.loan(), &[]), &asked, context).err());
    assert_eq!(refused, Some(Refusal::Restructure(RestructureRefusal::FundedCapitalization)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever is repaid, the shares add up, and the whole life gives each investor its money back.
    #[test]
    fn shares_add_up_to_the_cent_over_a_whole_life(
        payments in prop::collection::vec(1i64..30_000, 1..25),
        amounts in prop::collection::vec(1i64..9_500, 1..10),
    ) {
        let mut book = pending(funded(FunderCommission::FixedInterestCommissions));
        let text = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
        let mut funds: Vec<StatedFund> = (2u64..).zip(&amounts).map(|(account, minor)| earning("1.5", fund(account, &text(*minor)))).collect();
        funds.push(earning("2", fund(1, "500")));
        prop_assume!(amounts.iter().sum::<i64>() <= 450_00);
        set_funds(&mut book, funds).unwrap();
        book.command(&LoanCommand::Approve { notes: None }).unwrap();
        book.command(&LoanCommand::Disburse(Disburse::default())).unwrap();
        for payment in payments.into_iter().chain([1_000_000]) {
            let left: Amount = book.loan().servicing.installments.iter().map(|row| row.unpaid().total()).sum();
            if left.is_zero() {
                break;
            }
            let _paid = book.repay(&text(payment.min(left.minor()))).unwrap();
            prop_assert_eq!(book.findings(), vec![]);
        }
        let servicing = &book.loan().servicing;
        for fund in &servicing.course.funds {
            prop_assert_eq!(fund.principal_repaid, fund.amount, "all of it came back");
        }
        let earned: Amount = servicing.course.funds.iter().map(|fund| fund.interest_earned).sum();
        prop_assert!(earned <= servicing.paid.interest);
    }
}

#[test]
fn a_key_stands_in_a_list_once() {
    let mut book = pending(funded(FunderCommission::PercentageOfLoanFunding));
    set_funds(&mut book, vec![fund(1, "600")]).expect("it is taken");
    let key = Some(book.loan().servicing.course.funds[0].key);
    let twice = vec![StatedFund { key, ..fund(1, "500") }, StatedFund { key, ..fund(2, "400") }];
    assert_eq!(refused(set_funds(&mut book, twice)), SecurityRefusal::FundNamedTwice);
    let mut book = pending(guaranteed());
    guarantee(&mut book, vec![guarantor(1, "300")]).expect("it is taken");
    let key = Some(book.loan().servicing.course.guarantees[0].key);
    let twice =
        vec![StatedGuarantee { key, ..guarantor(1, "300") }, StatedGuarantee { key, ..guarantor(2, "1") }];
    assert_eq!(refused(guarantee(&mut book, twice)), SecurityRefusal::GuaranteeNamedTwice);
    let many = vec![fund(1, "0.01"); 1_001];
    let mut book = pending(funded(FunderCommission::PercentageOfLoanFunding));
    assert_eq!(refused(set_funds(&mut book, many)), SecurityRefusal::TooMany { count: 1_001, max: 1_000 });
}

/// The fee of 20.00 that is lent on top is the lender's: an investor of 600.00 gets 600.00 back.
#[test]
fn a_fee_that_is_lent_is_not_shared() {
    let mut kind = funded(FunderCommission::PercentageOfLoanFunding);
    kind.charges.fees = vec![crate::fees::fee(1, FeeTrigger::CapitalizedDisbursement)];
    kind.charges.fees[0].amount = Some(cents(20_00));
    let mut book = pending(kind);
    set_funds(&mut book, vec![fund(1, "600")]).expect("it is taken");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is funded");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
    let payoff = book.loan().payoff_on(book.business_date).total();
    book.repay(&payoff.to_fixed_text(book.loan().terms.currency)).expect("it is what is owed");
    assert_eq!(book.loan().servicing.course.funds[0].principal_repaid, cents(600_00));
}

/// Two percent of 2.5, then two percent of 5: the investor's interest stays the same.
#[test]
fn a_fixed_commission_does_not_grow_with_the_rate() {
    let mut kind = crate::dynamic::dynamic();
    kind.securities = funded(FunderCommission::FixedInterestCommissions).securities;
    let earned = |rates: &[&str]| {
        let mut book = TestBook::new(kind.clone(), date(2012, 6, 28));
        book.create_with(figures("1000")).expect("within the product");
        set_funds(&mut book, vec![earning("2", fund(1, "1000"))]).expect("it is taken");
        book.command(&LoanCommand::Approve { notes: None }).expect("it is funded");
        book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
        for rate in rates {
            let rate = StatedPercent((*rate).into());
            let change = ChangeInterestRate { rate, value_date: None, notes: None };
            book.command(&LoanCommand::ChangeInterestRate(change)).expect("it is dynamic");
        }
        book.move_to(date(2012, 7, 28));
        let due = book.loan().due_by(book.business_date).total();
        book.repay(&due.to_fixed_text(book.loan().terms.currency)).expect("it is due");
        book.loan().servicing.course.funds[0].interest_earned
    };
    assert_eq!(earned(&[]), earned(&["5"]));
}

//! Loan applications of the marketplace: the numbers of the contract, and every no.

use jiff::civil::{Date, date, time};
use loam_book::actor::Permission;
use loam_book::application::refinance::Found;
use loam_book::application::{
    Application, EodAccrual, NewApplication, ProtectType, ProtectWaiver, Resolved, Stage, apply, reject,
};
use loam_book::ids::{Key, Part};
use loam_book::loan::command::{Disburse, LoanCommand, NewLoan};
use loam_book::loan::context::Context;
use loam_book::loan::refusal::Refusal;
use loam_book::product::{DailyAccrual, Product, Range};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::{ChargeFrequency, InterestMethod};

use crate::auditor::Auditor;
use crate::support::{TestBook, cents, product};

const NUMBER: i64 = 38_502;

fn key() -> Key {
    Key::entity(Part::new(5), 2, 7)
}

fn purpose() -> Key {
    Key::entity(Part::new(0), 3, 3)
}

/// The contract's default product: 2 % on top, equal installments, 30/360.
fn default_product() -> Product {
    let mut product = product();
    product.interest_rate = Range { min: None, default: None, max: Some(Rate::from_ratio(1, 2)) };
    product.installments = Range { min: Some(1), default: None, max: Some(120) };
    product.interest_method = InterestMethod::DecliningBalanceDiscounted;
    product.charge_frequency = ChargeFrequency::Annualized;
    product.day_count = DayCount::ThirtyE360;
    product.days_method = DaysMethod::RepaymentPeriodicity;
    product.marketplace.capitalized_fee_percent = Rate::from_ratio(2, 100);
    product
}

/// The system date of the contract's sample.
pub(crate) fn book() -> TestBook {
    TestBook::new(default_product(), date(2014, 1, 3))
}

fn amount(text: &str) -> Option<StatedAmount> {
    Some(StatedAmount(text.into()))
}

fn percent(text: &str) -> Option<StatedPercent> {
    Some(StatedPercent(text.into()))
}

/// The first sample request, with the disbursal date that its response shows.
pub(crate) fn sample() -> NewApplication {
    NewApplication {
        borrower_account: "001G000001KY8by".into(),
        purpose: Resolved { value: "Family".into(), key: Some(purpose()) },
        product: Resolved { value: String::new(), key: Some(default_product().key) },
        amount: amount("10000"),
        refinancing: None,
        interest_rate: percent("9"),
        term: Some(10),
        maturity_date: None,
        due_day: None,
        disbursal_date: Some(date(2014, 6, 23)),
        first_installment_date: None,
        expiry_date: None,
        protect_type: None,
        protect_fee_percent: None,
        protect_waiver_type: None,
        eod_accrual_type: None,
        eod_fee_accrual: None,
        create_schedule: true,
        not_served: None,
    }
}

fn decide(book: &TestBook, new: &NewApplication) -> Result<(Application, Option<NewLoan>), Refusal> {
    book.in_context(&book.new_ids(), |context| apply(new, Found::default(), context, NUMBER, key()))
}

pub(crate) fn applied(new: &NewApplication) -> Application {
    decide(&book(), new).expect("the application is possible").0
}

fn refused(new: &NewApplication) -> Refusal {
    decide(&book(), new).expect_err("it is refused")
}

#[test]
fn the_sample_application_has_the_numbers_of_the_contract() {
    let application = applied(&sample());
    assert_eq!(application.name(), "APP-00038502");
    assert_eq!(application.stage, Stage::New);
    assert_eq!((application.amount, application.requested_amount), (cents(10_000_00), cents(10_200_00)));
    assert_eq!((application.capitalized_fee, application.protect_fee), (cents(200_00), Amount::ZERO));
    assert_eq!(application.monthly_payment, cents(1_062_55));
    assert_eq!(application.application_date, date(2014, 1, 3));
    assert_eq!(application.disbursal_date, date(2014, 6, 23));
    assert_eq!(application.expiry_date, date(2014, 6, 23));
    assert_eq!(application.first_payment_date, date(2014, 7, 23));
    assert_eq!(application.maturity_date, date(2015, 4, 23));
    assert_eq!((application.term, application.interest_rate), (10, Rate::from_ratio(9, 100)));
    assert_eq!(application.remaining_requested_amount(), cents(10_200_00));
    assert_eq!(application.percent_funded(), Rate::ZERO);
    assert!(!application.is_expired(date(2014, 1, 3)) && application.is_profitable());
    let left = application.time_left(date(2014, 1, 3), time(11, 32, 1, 0));
    assert_eq!(left.to_string(), "171 Days -11 Hours -32 Minutes");
    let seconds = application.seconds_left(date(2014, 1, 3), time(11, 32, 1, 0));
    assert_eq!(seconds, ((170 * 24 + 12) * 60 + 27) * 60 + 59, "170 days and what is left of one");
    let loan = application.loan.expect("a schedule was asked for");
    assert_eq!((loan.id.as_str(), loan.account_no), ("LAI-00038502", 1));
}

#[test]
fn its_loan_pays_ten_thousand_out_and_earns_the_fee() {
    let mut book = book();
    let (application, loan) = decide(&book, &sample()).expect("the application is possible");
    let loan = loan.expect("a schedule was asked for");
    book.command(&LoanCommand::Create(Box::new(loan))).expect("its terms were checked");
    let named = application.loan.expect("a schedule was asked for");
    assert_eq!((&named.id, named.key, named.account_no), (&book.loan().id, book.loan().key, 1));
    book.move_to(date(2014, 6, 23));
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");

    let rows = &book.loan().servicing.installments;
    let totals: Vec<i64> = rows.iter().map(|row| row.expected.total().minor()).collect();
    assert_eq!(totals, [[1_062_55; 9].as_slice(), &[1_062_50]].concat());
    assert_eq!(rows.iter().map(|row| row.expected.interest).sum::<Amount>(), cents(425_45));
    assert_eq!(rows[0].due_date, application.first_payment_date);
    let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
    assert_eq!((auditor.paid_out(), auditor.fee_income()), (cents(10_000_00), cents(200_00)));
    assert_eq!(book.findings(), []);
}

#[test]
fn without_a_schedule_there_is_no_loan_but_the_same_figures() {
    let new = NewApplication { create_schedule: false, ..sample() };
    let (application, loan) = decide(&book(), &new).expect("the application is possible");
    assert_eq!((loan, &application.loan), (None, &None));
    assert_eq!(application, Application { loan: None, ..applied(&sample()) });
}

#[test]
fn the_protect_fee_is_requested_and_kept_beside_the_products_fee() {
    let new = NewApplication {
        protect_type: Some(ProtectType::Full),
        protect_fee_percent: percent("1.5"),
        protect_waiver_type: Some(ProtectWaiver::PrincipalAndInterest),
        ..sample()
    };
    let application = applied(&new);
    assert_eq!(application.requested_amount, cents(10_350_00));
    assert_eq!((application.capitalized_fee, application.protect_fee), (cents(200_00), cents(150_00)));
    assert_eq!(application.protect_fee_percent, Some(Rate::from_ratio(15, 1_000)));
    let (_, loan) = decide(&book(), &new).expect("the application is possible");
    let mut book = book();
    book.command(&LoanCommand::Create(Box::new(loan.expect("a schedule was asked for"))))
        .expect("its terms were checked");
    assert_eq!(book.loan().terms.capitalized_fee, cents(350_00));
}

#[test]
fn a_protect_fee_that_is_charged_apart_is_not_requested() {
    let new = NewApplication {
        protect_type: Some(ProtectType::Partial),
        protect_fee_percent: percent("1.5"),
        protect_waiver_type: Some(ProtectWaiver::InterestOnly),
        ..sample()
    };
    let mut product = default_product();
    product.marketplace.protect.is_charged = true;
    product.marketplace.protect.maximum_installments = Some(2);
    let mut book = TestBook::new(product, date(2014, 1, 3));
    let (application, loan) = decide(&book, &new).expect("the application is possible");
    assert_eq!((application.requested_amount, application.protect_fee), (cents(10_200_00), cents(150_00)));
    book.command(&LoanCommand::Create(Box::new(loan.expect("a schedule was asked for"))))
        .expect("its terms were checked");
    let terms = &book.loan().terms;
    assert_eq!(terms.capitalized_fee, cents(200_00));
    let protection = terms.protection.as_deref().expect("it was agreed");
    assert_eq!((protection.fee, protection.is_charged), (cents(150_00), true));
    assert_eq!((protection.protect_type, protection.maximum_installments), (new.protect_type, Some(2)));
    assert_eq!(protection.waiver, ProtectWaiver::InterestOnly);
}

#[test]
fn the_requested_amount_is_rounded_once() {
    // By hand: 333.35 × 1.025 = 341.68375, of which 333.35 × 0.02 = 6.667.
    let new = NewApplication { amount: amount("333.35"), protect_fee_percent: percent("0.5"), ..sample() };
    let application = applied(&new);
    assert_eq!(application.requested_amount, cents(341_68));
    assert_eq!((application.capitalized_fee, application.protect_fee), (cents(6_67), cents(1_66)));
    // By hand: 100.25 × 1.02 = 102.255, a half that goes up.
    assert_eq!(
        applied(&NewApplication { amount: amount("100.25"), ..sample() }).requested_amount,
        cents(102_26)
    );
}

#[test]
fn the_second_sample_has_a_schedule_from_its_own_dates() {
    let new = NewApplication {
        term: Some(10),
        interest_rate: percent("10"),
        disbursal_date: Some(date(2017, 8, 1)),
        first_installment_date: Some(date(2017, 9, 1)),
        eod_accrual_type: Some(EodAccrual::ThroughDate),
        eod_fee_accrual: Some(true),
        create_schedule: false,
        ..sample()
    };
    let application = applied(&new);
    assert_eq!(application.first_payment_date, date(2017, 9, 1));
    assert_eq!(application.maturity_date, date(2018, 6, 1));
    assert_eq!(application.eod_accrual_type, Some(EodAccrual::ThroughDate));
    assert_eq!(application.eod_fee_accrual, Some(true));
}

#[test]
fn accrual_through_the_date_counts_only_if_the_product_accrues_at_the_end_of_the_day() {
    let through = NewApplication { eod_accrual_type: Some(EodAccrual::ThroughDate), ..sample() };
    assert_eq!(applied(&through).monthly_payment, cents(1_062_55));
    let mut product = default_product();
    product.marketplace.daily_accrual = DailyAccrual::EndOfDay;
    let book = TestBook::new(product, date(2014, 1, 3));
    let payment = |new| decide(&book, &new).expect("the application is possible").0.monthly_payment;
    assert_eq!(payment(through.clone()), cents(1_062_81));
    let to_date = NewApplication { eod_accrual_type: Some(EodAccrual::ToDate), ..sample() };
    assert_eq!(payment(to_date), cents(1_062_55));
}

#[test]
fn what_is_not_stated_follows_from_the_business_date_and_the_product() {
    let mut product = default_product();
    product.interest_rate.default = Some(Rate::from_ratio(12, 100));
    let book = TestBook::new(product, date(2014, 1, 31));
    let new = NewApplication { interest_rate: None, disbursal_date: None, ..sample() };
    let (application, _) = decide(&book, &new).expect("the application is possible");
    assert_eq!((application.disbursal_date, application.expiry_date), (date(2014, 1, 31), date(2014, 1, 31)));
    assert_eq!(application.first_payment_date, date(2014, 2, 28));
    assert_eq!(application.interest_rate, Rate::from_ratio(12, 100));
    let without_rate = NewApplication { interest_rate: None, ..sample() };
    assert_eq!(refused(&without_rate), Refusal::MissingField { field: "interestRate" });
}

#[test]
fn a_maturity_date_alone_gives_the_term() {
    let new = NewApplication { term: None, maturity_date: Some(date(2015, 5, 1)), ..sample() };
    let application = applied(&new);
    assert_eq!((application.term, application.maturity_date), (10, date(2015, 5, 1)));
    let early = date(2014, 7, 22);
    let refusal = refused(&NewApplication { maturity_date: Some(early), ..new });
    assert!(matches!(refusal, Refusal::InvalidLastDueDate { value, .. } if value == early), "{refusal}");
}

#[test]
fn with_a_maturity_date_and_a_term_the_term_counts() {
    let later = NewApplication { maturity_date: Some(date(2015, 12, 31)), ..sample() };
    assert_eq!((applied(&later).term, applied(&later).maturity_date), (10, date(2015, 12, 31)));
    let sooner = date(2015, 4, 22);
    let refusal = refused(&NewApplication { maturity_date: Some(sooner), ..sample() });
    assert!(matches!(refusal, Refusal::InvalidLastDueDate { value, .. } if value == sooner), "{refusal}");
}

#[test]
fn a_due_day_of_31_keeps_its_day_in_the_schedule_of_an_application() {
    for (disbursal, first, last) in [
        (date(2015, 1, 10), date(2015, 2, 28), date(2015, 3, 31)),
        (date(2016, 1, 10), date(2016, 2, 29), date(2016, 3, 31)),
    ] {
        let new =
            NewApplication { due_day: Some(31), term: Some(2), disbursal_date: Some(disbursal), ..sample() };
        let application = applied(&new);
        assert_eq!((application.first_payment_date, application.maturity_date), (first, last));
        assert_eq!(application.due_day, Some(31));
    }
    for value in [0, -1, 32, i64::MAX, i64::MIN] {
        let refusal = refused(&NewApplication { due_day: Some(value), ..sample() });
        assert!(matches!(refusal, Refusal::InvalidDueDay { value: named, .. } if named == value));
    }
}

#[test]
fn a_first_installment_before_the_disbursal_is_refused() {
    let new = NewApplication { first_installment_date: Some(date(2014, 6, 23)), ..sample() };
    assert!(matches!(refused(&new), Refusal::FirstDueDateBeforeDisbursement { .. }));
}

#[test]
fn amounts_and_terms_that_cannot_be_are_refused_with_their_value() {
    for text in ["0", "-5", "0.00", "10000.001", "ten", "", "1e4"] {
        let refusal = refused(&NewApplication { amount: amount(text), ..sample() });
        assert!(matches!(&refusal, Refusal::InvalidAmount { value, .. } if value == text), "{refusal}");
    }
    let largest = Amount::MAX.to_text(loam_calc::currency::Currency::USD);
    let refusal = refused(&NewApplication { amount: amount(&largest), ..sample() });
    assert!(matches!(refusal, Refusal::InvalidAmount { .. }), "{refusal}");
    for term in [0, -1, i64::MIN, i64::MAX] {
        let refusal = refused(&NewApplication { term: Some(term), ..sample() });
        assert!(matches!(refusal, Refusal::InvalidTerm { value, .. } if value == term), "{refusal}");
    }
    let refusal = refused(&NewApplication { term: Some(121), ..sample() });
    assert!(matches!(refusal, Refusal::InvalidInstallmentCount { .. }), "{refusal}");
}

#[test]
fn a_protect_fee_that_cannot_be_is_refused_by_its_own_name() {
    for text in ["-1", "100.01", "much", "0.00000000001"] {
        let refusal = refused(&NewApplication { protect_fee_percent: percent(text), ..sample() });
        assert!(matches!(&refusal, Refusal::InvalidProtectFee { value, .. } if value == text), "{refusal}");
    }
}

/// Everything is wrong at once; one fault after the other is mended.
#[test]
fn faults_are_named_in_the_order_of_the_contract() {
    let mut new = NewApplication {
        purpose: Resolved { value: "Yacht".into(), key: None },
        product: Resolved { value: "a8B6g000000gKyS".into(), key: None },
        amount: None,
        term: None,
        due_day: Some(0),
        interest_rate: None,
        ..sample()
    };
    let book = book();
    let of_nobody = book.in_context(&book.new_ids(), |context| {
        let context = Context { holder: None, ..*context };
        apply(&new, Found::default(), &context, NUMBER, key())
    });
    assert_eq!(of_nobody, Err(Refusal::UnknownHolder { value: "001G000001KY8by".into() }));
    assert_eq!(refused(&new), Refusal::UnknownPurpose { value: "Yacht".into() });
    new.purpose = sample().purpose;
    assert_eq!(refused(&new), Refusal::MissingField { field: "amount" });
    new.amount = amount("-1");
    assert!(matches!(refused(&new), Refusal::InvalidAmount { .. }));
    new.amount = sample().amount;
    assert_eq!(refused(&new), Refusal::MissingField { field: "term" });
    new.term = Some(0);
    assert!(matches!(refused(&new), Refusal::InvalidTerm { value: 0, .. }));
    new.term = sample().term;
    new.not_served = Some("refinancing".into());
    assert_eq!(refused(&new), Refusal::NotSupported("refinancing".into()));
    new.not_served = None;
    assert!(matches!(refused(&new), Refusal::InvalidDueDay { value: 0, .. }));
    new.due_day = None;
    assert_eq!(refused(&new), Refusal::UnknownProduct { value: "a8B6g000000gKyS".into() });
    new.product = sample().product;
    assert_eq!(refused(&new), Refusal::MissingField { field: "interestRate" });
}

#[test]
fn whoever_may_not_create_loans_may_not_apply_and_rejecting_has_a_permission_of_its_own() {
    let none = book().with_permissions(&[]);
    assert!(matches!(decide(&none, &sample()), Err(Refusal::NotPermitted { .. })));
    let creator = book().with_permissions(&[Permission::CreateLoanAccount]);
    let (application, _) = decide(&creator, &sample()).expect("the application is possible");
    let rejected = creator.in_context(&creator.new_ids(), |context| reject(&application, context));
    assert!(matches!(rejected, Err(Refusal::NotPermitted { .. })));
}

#[test]
fn only_an_application_that_is_new_or_in_funding_is_rejected() {
    let book = book();
    let in_stage = |stage| {
        let application = Application { stage, ..applied(&sample()) };
        book.in_context(&book.new_ids(), |context| reject(&application, context))
    };
    for stage in [Stage::New, Stage::InFunding] {
        let rejected = in_stage(stage).expect("it waits for money");
        assert_eq!((rejected.stage, rejected.version), (Stage::Rejected, 2));
    }
    for stage in [Stage::Funded, Stage::Expired, Stage::Cancelled, Stage::Rejected] {
        let expected = Refusal::WrongApplicationStage { command: "reject", stage: stage.name() };
        assert_eq!(in_stage(stage), Err(expected));
    }
    let booked =
        Application { stage: Stage::Funded, amount_in_funding: cents(10_200_00), ..applied(&sample()) };
    let rejected = book.in_context(&book.new_ids(), |context| reject(&booked, context));
    assert_eq!(rejected.map(|rejected| rejected.stage), Ok(Stage::Rejected), "nothing was paid out of it");
}

#[test]
fn what_is_left_and_what_is_funded_follow_from_the_amounts() {
    let funded = |in_funding: i64, funded: i64| Application {
        amount_in_funding: cents(in_funding),
        amount_funded: cents(funded),
        ..applied(&sample())
    };
    let some = funded(2_400_00, 1_000_00);
    assert_eq!(some.remaining_requested_amount(), cents(6_800_00));
    assert_eq!(some.percent_funded().to_percent_text(), "33.33");
    let more = funded(10_200_00, 1);
    assert_eq!(more.remaining_requested_amount(), Amount::ZERO);
    assert_eq!(funded(0, 10_200_00).percent_funded().to_percent_text(), "100");
    // By hand: 0.51 of 10200.00 is 0.005 %, a half that goes up.
    assert_eq!(funded(51, 0).percent_funded().to_percent_text(), "0.01");
}

#[test]
fn an_application_expires_after_its_expiry_date_by_the_business_date() {
    let in_stage = |stage| Application { stage, ..applied(&sample()) };
    let (on, after) = (date(2014, 6, 23), date(2014, 6, 24));
    assert!(!in_stage(Stage::New).is_expired(on));
    assert!(in_stage(Stage::New).is_expired(after) && in_stage(Stage::InFunding).is_expired(after));
    assert!(!in_stage(Stage::Funded).is_expired(after), "it has its money");
    assert!(in_stage(Stage::Expired).is_expired(date(2014, 1, 3)));
    let over = in_stage(Stage::New).time_left(after, time(0, 5, 0, 0));
    assert_eq!(over.to_string(), "-1 Days 0 Hours -5 Minutes");
    assert_eq!(in_stage(Stage::New).seconds_left(after, time(0, 5, 0, 0)), -86_700);
}

#[test]
fn an_application_is_read_as_it_was_written() {
    let application = applied(&NewApplication { due_day: Some(31), ..sample() });
    let text = serde_json::to_string(&application).expect("plain data");
    assert_eq!(serde_json::from_str::<Application>(&text).expect("it was written so"), application);
}

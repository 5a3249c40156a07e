//! Penalties and taxes: when and how much, whatever happens in between.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use loam_book::loan::advance::next_action_on;
use loam_book::loan::charges::penalties::accrued;
use loam_book::loan::charges::tax::tax_within;
use loam_book::loan::command::{
    ApplyPenalty, LoanCommand, LoanEdit, LoanFigures, ReversalKind, Reverse, WaiveCharge, WaivedCharge,
};
use loam_book::loan::refusal::{ChargeRefusal, Refusal};
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::organization::TransactionDetails;
use loam_book::product::charges::{FeeTrigger, PenaltyMethod, TaxMethod, TaxRules};
use loam_book::product::interest::{PeriodTier, RateTerms};
use loam_book::product::payments::Amortization;
use loam_book::product::{Product, Range};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{ChargeFrequency, InterestMethod};

use crate::auditor::Auditor;
use crate::fees::{fee, with_fees};
use crate::support::{TestBook, cents, figures, product};

fn percent(text: &str) -> Rate {
    Rate::parse_percent(text).expect("a rate")
}

/// Penalties on overdue principal at 0.1 % a day; 190.00 of principal with each installment.
pub(crate) fn with_penalties(method: PenaltyMethod, arrears: u32, tolerance: u32) -> Product {
    let mut product = product();
    product.arrears_tolerance_days = Range { default: Some(arrears), ..Range::OPEN };
    product.charges.penalty.method = method;
    product.charges.penalty.rate = Range { default: Some(percent("0.1")), ..Range::OPEN };
    product.charges.penalty.tolerance_days = tolerance;
    assert_eq!(product.contradiction(), None);
    product
}

fn paid_out(product: Product) -> TestBook {
    TestBook::active_loan(product, "950", date(2012, 6, 28))
}

fn penalties(book: &TestBook) -> Amount {
    book.outstanding().penalties
}

/// What has grown and is not applied, rounded half-up.
fn open(book: &TestBook) -> Amount {
    accrued(book.loan(), book.business_date).round(Rounding::HalfUp)
}

fn apply(book: &mut TestBook, amount: &str) -> Result<Vec<LoanTransaction>, Refusal> {
    book.command(&LoanCommand::ApplyPenalty(ApplyPenalty {
        amount: StatedAmount(amount.into()),
        value_date: None,
        installment: None,
        details: TransactionDetails::default(),
    }))
}

fn reverse(book: &mut TestBook, kind: ReversalKind, original: i64) -> Result<Vec<LoanTransaction>, Refusal> {
    book.command(&LoanCommand::Reverse(Reverse { kind, original, account_no: None, notes: None }))
}

/// The contract's examples: arrears tolerance 32, penalty tolerance 40.
#[test]
fn a_penalty_waits_for_both_tolerances_and_counts_from_the_due_date() {
    let due = date(2012, 7, 28);
    let mut book = paid_out(with_penalties(PenaltyMethod::OverdueBalance, 32, 40));
    book.move_to(due + 34.days());
    assert_eq!((book.loan().days_late(book.business_date), penalties(&book)), (34, Amount::ZERO));
    // 190.00 for 34 days, and 190.00 of the second installment, three days late, at 0.1 %
    assert_eq!(open(&book), cents(6_46 + 57));
    book.move_to(due + 41.days());
    assert_eq!(penalties(&book), cents(7_79), "190.00 × 41 × 0.1 %, of the first one only");
    let served = book.transactions.last().expect("it was applied").clone();
    assert_eq!((served.kind, served.value_date), (TransactionKind::PenaltyApplied, due + 41.days()));
    assert_eq!(open(&book), cents(1_90), "the second one waits");
    assert_eq!(book.findings(), []);
}

#[test]
fn the_arrears_tolerance_may_be_the_longer_one() {
    let due = date(2012, 7, 28);
    let mut book = paid_out(with_penalties(PenaltyMethod::OverdueBalance, 20, 5));
    book.move_to(due + 20.days());
    assert_eq!(penalties(&book), Amount::ZERO);
    book.move_to(due + 21.days());
    assert_eq!(penalties(&book), cents(3_99));
}

#[test]
fn a_year_late_costs_a_dozen_entries_and_the_right_amount_on_every_day() {
    let mut book = paid_out(with_penalties(PenaltyMethod::OverdueBalance, 0, 0));
    book.move_to(date(2012, 12, 31));
    let entries = book.entries.len();
    book.move_to(date(2013, 12, 31));
    assert_eq!(book.entries.len() - entries, 12, "one on the last day of each month");
    book.move_to(date(2014, 1, 17));
    assert_eq!(penalties(&book) + open(&book), all_penalties(&book));
    assert_eq!(open(&book), cents(16_15), "950.00 × 17 × 0.1 % since New Year");
    assert_eq!(next_action_on(book.loan()), Some(date(2014, 1, 31)));
    assert_eq!(book.findings(), []);
}

/// 190.00 × days late × 0.1 % of each installment, in minor units.
fn all_penalties(book: &TestBook) -> Amount {
    let days = |due: Date| i64::from(due.until(book.business_date).expect("dates").get_days()).max(0);
    book.loan().servicing.installments.iter().map(|row| cents(19 * days(row.due_date))).sum()
}

#[test]
fn interest_counts_where_the_product_says_so() {
    let mut book = paid_out(with_penalties(PenaltyMethod::OverdueBalanceAndInterest, 0, 0));
    book.move_to(date(2012, 7, 29));
    // (190.00 + 25.45) × 0.1 % = 0.21545
    assert_eq!(penalties(&book), cents(22));
}

#[test]
fn on_outstanding_principal_the_rate_has_the_frequency_of_the_interest() {
    let mut product = with_penalties(PenaltyMethod::OutstandingPrincipal, 0, 9);
    product.charges.penalty.rate.default = Some(percent("5"));
    product.charge_frequency = ChargeFrequency::EveryMonth;
    let mut book = paid_out(product);
    book.move_to(date(2012, 8, 7));
    // 950.00 × 5 % × 12 × 10 / 365 = 15.6164…
    assert_eq!(penalties(&book), cents(15_62));
    assert_eq!(book.loan().servicing.installments[0].expected.penalties, cents(15_62));
    book.move_to(date(2012, 8, 31));
    // 34 days since the due date of the oldest: the second one adds nothing of its own.
    assert_eq!(penalties(&book), cents(53_10));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_repayment_pays_penalties_up_to_its_day() {
    let mut book = paid_out(with_penalties(PenaltyMethod::OverdueBalance, 0, 0));
    book.move_to(date(2012, 8, 7));
    let served = book.repay("100").expect("it is owed");
    let kinds: Vec<_> = served.iter().map(|t| t.kind).collect();
    assert_eq!(kinds, [TransactionKind::PenaltyApplied, TransactionKind::Repayment]);
    assert_eq!(served[1].split.penalties, cents(1_90), "ten days");
    assert_eq!(served[1].split.principal, cents(100_00 - 1_90 - 25_45));
    book.move_to(date(2012, 8, 17));
    // 117.35 are left overdue.
    assert_eq!(open(&book), cents(1_17));
    assert_eq!(book.findings(), []);

    let repaid = served[1].id;
    book.reverse(repaid).expect("nothing followed");
    assert_eq!(penalties(&book) + open(&book), cents(3_80));
    assert_eq!(book.findings(), []);
}

#[test]
fn who_pays_within_the_tolerance_owes_no_penalty() {
    let mut book = paid_out(with_penalties(PenaltyMethod::OverdueBalance, 10, 10));
    book.move_to(date(2012, 8, 2));
    book.repay("115.45").expect("it is due");
    book.move_to(date(2012, 8, 7));
    assert_eq!(open(&book), cents(95 + 50), "five days on 190.00, five on 100.00");
    book.repay("100").expect("it is due");
    assert_eq!((penalties(&book), open(&book)), (Amount::ZERO, Amount::ZERO));
    book.move_to(date(2012, 8, 28));
    assert_eq!(penalties(&book), Amount::ZERO);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_back_dated_repayment_derives_penalties_again() {
    let mut book = paid_out(with_penalties(PenaltyMethod::OverdueBalance, 0, 0));
    book.move_to(date(2012, 8, 27));
    assert_eq!(penalties(&book) + open(&book), cents(5_70));
    book.repay_on("125.83", Some(date(2012, 8, 7))).expect("the actor may correct in bulk");
    // 1.90 for ten days is paid with 25.45 of interest and 98.48 of principal: 91.52 for twenty days.
    assert_eq!(penalties(&book) + open(&book), cents(1_83));
    assert_eq!(book.findings(), []);
}

#[test]
fn one_by_one_or_at_once_the_days_bring_the_same() {
    for method in [
        PenaltyMethod::OverdueBalance,
        PenaltyMethod::OverdueBalanceAndInterest,
        PenaltyMethod::OutstandingPrincipal,
    ] {
        let mut daily = paid_out(with_penalties(method, 3, 7));
        let mut late = paid_out(with_penalties(method, 3, 7));
        for day in 1..=200 {
            daily.move_to(date(2012, 6, 28) + day.days());
        }
        late.move_to(daily.business_date);
        assert_eq!(daily.loan().servicing, late.loan().servicing);
        assert!(penalties(&daily).is_positive());
    }
}

/// Nothing was paid of the installments of July and August; the book locked the account on August 2.
#[test]
fn a_repayment_pays_what_grew_on_a_locked_account() {
    let mut kind = with_penalties(PenaltyMethod::OverdueBalance, 0, 0);
    kind.controls.lock_after_days = Some(5);
    let mut book = paid_out(kind);
    book.move_to(date(2012, 8, 30));
    assert_eq!(book.loan().servicing.last_locked_on, Some(date(2012, 8, 2)));
    // 190.00 for 33 days and for two at 0.1 %.
    assert_eq!(penalties(&book) + open(&book), cents(6_27 + 38));
    assert_eq!(book.loan().payoff_on(book.business_date).penalties, cents(6_65));
    book.repay("450").expect("the actor may post on locked accounts");
    assert_eq!(book.loan().servicing.paid.penalties, cents(6_65));
    assert_eq!(book.findings(), []);
}

#[test]
fn an_undone_write_off_leaves_no_penalties_behind() {
    let mut kind = with_penalties(PenaltyMethod::OverdueBalance, 0, 0);
    kind.charges.penalty.rate.default = Some(percent("1"));
    let (mut undone, mut untouched) = (paid_out(kind.clone()), paid_out(kind));
    for book in [&mut undone, &mut untouched] {
        book.move_to(date(2012, 8, 15));
    }
    undone.command(&LoanCommand::WriteOff { notes: None }).expect("active");
    undone.command(&LoanCommand::UndoWriteOff { named: None, notes: None }).expect("written off");
    assert_eq!((penalties(&undone), open(&undone)), (cents(5_70), cents(28_50)), "applied until July 31");
    assert_eq!(undone.loan().servicing, untouched.loan().servicing);
    assert_eq!(undone.findings(), []);
}

#[test]
fn nothing_is_applied_while_the_account_is_locked_but_it_grows() {
    let mut book = paid_out(with_penalties(PenaltyMethod::OverdueBalance, 0, 0));
    book.command(&LoanCommand::Lock { notes: None }).expect("active");
    book.move_to(date(2012, 8, 7));
    assert_eq!((penalties(&book), open(&book)), (Amount::ZERO, cents(1_90)));
    book.command(&LoanCommand::Unlock { notes: None }).expect("locked");
    assert_eq!(penalties(&book), cents(1_90));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_penalty_can_be_charged_by_hand_taken_back_and_waived() {
    let mut book = paid_out(product());
    let served = apply(&mut book, "4").expect("active loans take penalties");
    assert_eq!((served[0].kind, served[0].installment), (TransactionKind::PenaltyApplied, Some(1)));
    let waiver = LoanCommand::WaiveCharge(WaiveCharge {
        charge: WaivedCharge::Penalties,
        amount: StatedAmount("1.50".into()),
        value_date: None,
        installment: None,
        details: TransactionDetails::default(),
    });
    let waived = book.command(&waiver).expect("it is owed");
    assert_eq!((waived[0].kind, penalties(&book)), (TransactionKind::PenaltiesReduced, cents(2_50)));
    reverse(&mut book, ReversalKind::PenaltyReduction, waived[0].id).expect("the last one");
    reverse(&mut book, ReversalKind::Penalty, served[0].id).expect("the last one");
    assert_eq!(penalties(&book), Amount::ZERO);
    assert_eq!(book.transactions.last().map(|t| t.kind), Some(TransactionKind::PenaltyReversal));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_penalty_of_the_book_that_is_taken_back_stays_away() {
    let mut book = paid_out(with_penalties(PenaltyMethod::OverdueBalance, 0, 5));
    book.move_to(date(2012, 8, 5));
    let applied = book.transactions.last().expect("applied").clone();
    assert_eq!((applied.kind, applied.amount), (TransactionKind::PenaltyApplied, cents(1_14)));
    reverse(&mut book, ReversalKind::Penalty, applied.id).expect("the last one");
    assert_eq!((penalties(&book), open(&book)), (Amount::ZERO, cents(38)));
    book.move_to(date(2012, 8, 31));
    assert_eq!(penalties(&book) + open(&book), cents(34 * 19 + 3 * 19 - 1_14));
    assert_eq!(book.findings(), []);
}

#[test]
fn the_penalty_rate_is_agreed_within_the_product_and_may_change() {
    let mut bounded = with_penalties(PenaltyMethod::OverdueBalance, 0, 0);
    bounded.charges.penalty.rate =
        Range { min: Some(percent("0.05")), default: None, max: Some(percent("0.2")) };
    let rate = |rate: &str| Some(StatedPercent(rate.into()));
    let mut book = TestBook::new(bounded, date(2012, 6, 28));
    let mut no = |penalty_rate| match book.create_with(LoanFigures { penalty_rate, ..figures("950") }) {
        Err(Refusal::Charge(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    assert_eq!(no(None), ChargeRefusal::MissingPenaltyRate);
    assert!(matches!(no(rate("0.3")), ChargeRefusal::InvalidPenaltyRate { .. }));
    assert!(matches!(no(rate("much")), ChargeRefusal::InvalidPenaltyRate { .. }));
    book.create_with(LoanFigures { penalty_rate: rate("0.1"), ..figures("950") }).expect("within");

    let mut plain = TestBook::new(product(), date(2012, 6, 28));
    let refused = plain.create_with(LoanFigures { penalty_rate: rate("0.1"), ..figures("950") });
    assert_eq!(refused, Err(ChargeRefusal::PenaltyNotOfProduct.into()));

    let mut active = paid_out(with_penalties(PenaltyMethod::OverdueBalance, 0, 40));
    active.move_to(date(2012, 8, 7));
    let figures = LoanFigures { penalty_rate: rate("0.2"), ..LoanFigures::default() };
    active
        .command(&LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() })))
        .expect("active loans may get another penalty rate");
    active.move_to(date(2012, 8, 17));
    assert_eq!(open(&active), cents(1_90 + 3_80), "each rate for its days");
    assert_eq!(active.findings(), []);
}

fn taxed(method: TaxMethod) -> Product {
    let mut product = with_fees(vec![fee(1, FeeTrigger::Manual), fee(2, FeeTrigger::Disbursement)]);
    product.interest_method = InterestMethod::DecliningBalanceDiscounted;
    product.charges.penalty = with_penalties(PenaltyMethod::OverdueBalance, 0, 0).charges.penalty;
    product.charges.tax =
        TaxRules { on_interest: true, on_fees: true, on_penalties: true, method, rate: Some(percent("20")) };
    assert_eq!(product.contradiction(), None);
    product
}

fn taxes_payable(book: &TestBook) -> Amount {
    Auditor::read(&book.transfers, Date::MAX, Date::MAX).taxes_payable()
}

#[test]
fn an_inclusive_tax_is_a_part_of_what_is_charged() {
    let plain = paid_out({
        let mut product = product();
        product.interest_method = InterestMethod::DecliningBalanceDiscounted;
        product
    });
    let mut book = paid_out(taxed(TaxMethod::Inclusive));
    let expected = |book: &TestBook| -> Vec<Components> {
        book.loan().servicing.installments.iter().map(|row| row.expected).collect()
    };
    assert_eq!(expected(&book), expected(&plain));
    assert_eq!(taxes_payable(&book), cents(1_67), "10.00 × 20 / 120 of the fee that was kept");
    assert_eq!(book.transactions[0].charges.tax.fees, cents(1_67));

    book.move_to(date(2012, 7, 28));
    let interest = book.transactions.last().expect("applied").clone();
    assert_eq!((interest.amount, interest.charges.tax.interest), (cents(25_45), cents(4_24)));
    assert_eq!(taxes_payable(&book), cents(1_67 + 4_24));
    assert_eq!(book.findings(), []);
}

#[test]
fn an_exclusive_tax_comes_on_top() {
    let mut book = paid_out(taxed(TaxMethod::Exclusive));
    assert_eq!(book.transactions[0].charges.fees[0].amount, cents(12_00));
    let rows = book.loan().servicing.installments.clone();
    // 950.00 × 2.5 % × 1.2 × 30 / 28
    assert_eq!(rows[0].expected.interest, cents(30_54));
    assert_eq!(rows[0].expected.total(), rows[1].expected.total(), "equal installments stay equal");

    book.charge("10", 1).expect("arbitrary fees are allowed");
    assert_eq!(book.outstanding().fees, cents(12_00));
    book.move_to(date(2012, 8, 7));
    let principal = rows[0].expected.principal.minor();
    assert_eq!(open(&book) + penalties(&book), cents((principal * 12 + 500) / 1000), "ten days at 0.12 %");
    assert_eq!(book.findings(), []);
}

#[test]
fn taxes_of_parts_add_up_to_the_tax_of_the_installment() {
    let mut book = paid_out(taxed(TaxMethod::Inclusive));
    for charged in ["0.01", "0.02", "0.07", "3.33"] {
        book.charge(charged, 1).expect("arbitrary fees are allowed");
    }
    book.move_to(date(2012, 7, 28));
    for paid in ["1.01", "2.02", "7.77"] {
        book.repay(paid).expect("it is due");
    }
    let row = &book.loan().servicing.installments[0];
    let terms = &book.loan().terms;
    let charged: Amount =
        book.transactions.iter().filter(|t| t.kind == TransactionKind::Fee).map(|t| t.charges.tax.fees).sum();
    assert_eq!(charged, tax_within(terms, row.expected).fees);
    let paid: Components = book
        .transactions
        .iter()
        .filter(|t| t.kind == TransactionKind::Repayment)
        .map(|t| t.charges.tax)
        .sum();
    assert_eq!(paid, tax_within(terms, row.paid));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_tax_needs_a_rate() {
    let mut product = taxed(TaxMethod::Inclusive);
    product.charges.tax.rate = None;
    assert_eq!(product.contradiction(), Some("taxRate"));
}

#[test]
fn the_rate_of_a_payment_plan_takes_no_tax_on_top() {
    let mut planned = taxed(TaxMethod::Exclusive);
    planned.amortization = Amortization::PaymentPlan;
    assert_eq!(planned.contradiction(), Some("taxCalculationMethod"));
}

#[test]
fn a_tax_on_top_makes_every_tier_higher() {
    let tier = |rate| PeriodTier { ending_day: None, rate: percent(rate) };
    let tiered = |rate, tax: TaxMethod| {
        let mut product = taxed(tax);
        product.interest_method = InterestMethod::DecliningBalance;
        product.interest_rules.rate_terms = RateTerms::TieredPeriod { tiers: vec![tier(rate)] };
        assert_eq!(product.contradiction(), None);
        let agreed = LoanFigures { interest_rate: None, ..figures("950") };
        let book = TestBook::active(product, date(2012, 6, 28), agreed);
        book.loan().servicing.installments.iter().map(|row| row.expected.interest).collect::<Vec<_>>()
    };
    assert_eq!(tiered("2.5", TaxMethod::Exclusive), tiered("3", TaxMethod::Inclusive));
}

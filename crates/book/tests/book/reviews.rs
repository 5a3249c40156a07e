//! Dynamic loans whose rate follows an index: the book looks at it anew every so often.

use jiff::civil::{Date, date};
use loam_book::catalog::Catalog;
use loam_book::loan::advance::next_action_on;
use loam_book::loan::command::{
    ChangeInterestRate, Disburse, LoanCommand, LoanFigures, ReversalKind, Reverse,
};
use loam_book::loan::event::{Event, Step};
use loam_book::loan::log::fold;
use loam_book::loan::refusal::{DynamicRefusal, Refusal};
use loam_book::loan::transaction::TransactionKind;
use loam_book::product::interest::RateSource;
use loam_book::product::{Product, ProductType, Range};
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::calendar::PeriodUnit;
use loam_calc::rate::Rate;

use crate::agreed_rates::{index, index_key, percent};
use crate::dynamic::{agreed, dynamic};
use crate::support::TestBook;

/// 3 % and then 5 %, 9 %, 0.5 % and 4 %.
const PRIME: [(Date, &str); 5] = [
    (date(2024, 1, 1), "3"),
    (date(2024, 3, 15), "5"),
    (date(2024, 7, 1), "9"),
    (date(2024, 8, 10), "0.5"),
    (date(2024, 12, 1), "4"),
];

/// Looked at every quarter, with 2 % on top, never below 4 % or above 8 %.
fn indexed(kind: Product) -> Product {
    let mut kind = kind;
    kind.interest_rules.source = RateSource::Index {
        source: index_key(),
        review_count: 3,
        review_unit: PeriodUnit::Months,
        floor: Some(percent("4")),
        ceiling: Some(percent("8")),
        spread: Range { min: None, default: Some(percent("2")), max: None },
    };
    assert_eq!(kind.contradiction(), None);
    kind
}

fn with_rates(product: &Product, rates: &[(Date, &str)]) -> Catalog {
    Catalog::new(1, vec![Record::Product(Box::new(product.clone())), Record::IndexRateSource(index(rates))])
}

fn unrated(amount: &str, installments: u32) -> LoanFigures {
    LoanFigures { interest_rate: None, ..agreed(amount, "0", installments) }
}

/// A loan that was paid out on the first of 2024, in a book that knows an index.
fn following(kind: Product, figures: LoanFigures, rates: &[(Date, &str)]) -> TestBook {
    let mut book = TestBook::new(kind.clone(), date(2024, 1, 1));
    book.catalog = with_rates(&kind, rates);
    book.create_with(figures).expect("the loan is within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("pending loans can be approved");
    let amount = kind.payment_rules.disburses_in_parts.then(|| StatedAmount("700".into()));
    let amount = if kind.product_type == ProductType::RevolvingCredit {
        Some(StatedAmount("600".into()))
    } else {
        amount
    };
    let disburse = Disburse { amount, ..Disburse::default() };
    book.command(&LoanCommand::Disburse(disburse)).expect("approved loans can be disbursed");
    book
}

fn twelve_hundred() -> TestBook {
    following(indexed(dynamic()), unrated("1200", 12), &PRIME)
}

/// The days of the reviews so far, and the rate that each of them set.
fn reviews(book: &TestBook) -> Vec<(Date, Option<Rate>)> {
    let steps = book.entries.iter().map(|entry| &entry.step);
    let review = |step: &Step| {
        if let Event::RateChanged { rate, is_derived: true, .. } = &step.event {
            return Some((step.value_date, Some(*rate)));
        }
        (step.event == Event::RateReviewed).then_some((step.value_date, None))
    };
    steps.filter_map(review).collect()
}

fn change(book: &mut TestBook, day: Date, rate: &str) -> Result<(), Refusal> {
    let rate = StatedPercent(rate.into());
    let change = ChangeInterestRate { rate, value_date: Some(day), notes: None };
    book.command(&LoanCommand::ChangeInterestRate(change)).map(|_| ())
}

#[test]
fn the_rate_goes_up_and_down_with_the_index_between_floor_and_ceiling() {
    let mut book = twelve_hundred();
    assert_eq!(book.loan().terms.interest.rate, percent("5"));
    book.move_to(date(2024, 12, 31));
    let expected = [
        (date(2024, 4, 1), Some(percent("7"))),
        (date(2024, 7, 1), Some(percent("8"))),
        (date(2024, 10, 1), Some(percent("4"))),
    ];
    assert_eq!(reviews(&book), expected);
    assert_eq!(book.findings(), []);
    let served = book.transactions.iter().filter(|t| t.kind == TransactionKind::InterestRateChanged);
    let served: Vec<_> = served.map(|t| (t.value_date, t.amount.minor())).collect();
    assert_eq!(served, expected.map(|(day, _)| (day, 0)));
}

/// The rows come out as those of a loan whose rate somebody changed on the same days.
fn assert_as_by_hand(kind: Product, figures: LoanFigures) {
    let by_rate = LoanFigures { interest_rate: Some(StatedPercent("5".into())), ..figures.clone() };
    let mut by_hand = following(kind.clone(), by_rate, &PRIME);
    let mut by_index = following(indexed(kind), figures, &PRIME);
    let changes = [(date(2024, 4, 1), "7"), (date(2024, 7, 1), "8"), (date(2024, 10, 1), "4")];
    for book in [&mut by_hand, &mut by_index] {
        book.move_to(date(2024, 2, 20));
        book.repay("150").expect("prepayments are accepted");
    }
    for (day, rate) in changes {
        by_hand.move_to(day);
        change(&mut by_hand, day, rate).expect("its rate is fixed");
        by_index.move_to(day);
        assert_eq!(by_index.loan().servicing.installments, by_hand.loan().servicing.installments, "{day}");
    }
    for book in [&mut by_hand, &mut by_index] {
        book.move_to(date(2024, 11, 5));
        book.repay("300").expect("it is due");
        assert_eq!(book.findings(), []);
    }
    assert_eq!(by_index.loan().servicing.installments, by_hand.loan().servicing.installments);
    assert_eq!(by_index.loan().servicing.course.rates, by_hand.loan().servicing.course.rates);
}

#[test]
fn a_review_does_to_the_rows_what_a_change_by_hand_does() {
    assert_as_by_hand(dynamic(), unrated("1200", 12));
    let mut tranched = dynamic();
    tranched.product_type = ProductType::TranchedLoan;
    tranched.payment_rules.disburses_in_parts = true;
    assert_as_by_hand(tranched, unrated("1200", 12));
    let credit = crate::revolving::credit(crate::revolving::flat());
    let limit = LoanFigures { interest_rate: None, ..crate::revolving::limit("1000") };
    assert_as_by_hand(credit, limit);
}

#[test]
fn the_rate_of_an_indexed_loan_is_not_changed_by_hand() {
    let mut book = twelve_hundred();
    let refused = change(&mut book, date(2024, 1, 1), "6");
    let reason = "it follows an index or tiers";
    assert_eq!(refused, Err(Refusal::Dynamic(DynamicRefusal::RateChangeNotAllowed { reason })));
}

#[test]
fn what_a_review_changed_is_not_taken_back() {
    let mut book = twelve_hundred();
    book.move_to(date(2024, 4, 2));
    let changed = book.transactions.iter().find(|t| t.kind == TransactionKind::InterestRateChanged);
    let original = changed.expect("the rate went up").id;
    for kind in [ReversalKind::Repayment, ReversalKind::Interest] {
        let reverse = Reverse { kind, original, account_no: None, notes: None };
        let refused = book.command(&LoanCommand::Reverse(reverse));
        assert_eq!(refused, Err(Refusal::Irreversible { transaction_id: original }));
    }
}

#[test]
fn a_review_that_changes_nothing_is_done_once_and_served_to_nobody() {
    let mut book = following(indexed(dynamic()), unrated("1200", 12), &PRIME[..1]);
    let served = book.transactions.len();
    assert_eq!(book.loan().servicing.course.reviewed_on, None);
    book.move_to(date(2024, 4, 1));
    assert_eq!(reviews(&book), [(date(2024, 4, 1), None)]);
    assert_eq!(book.loan().servicing.course.reviewed_on, Some(date(2024, 4, 1)));
    assert!(next_action_on(book.loan()).is_some_and(|next| next > date(2024, 4, 1)));
    let changes = |book: &TestBook| {
        book.transactions[served..].iter().filter(|t| t.kind == TransactionKind::InterestRateChanged).count()
    };
    assert_eq!(changes(&book), 0);
    // The index has no rate any more: the review is done all the same.
    book.catalog = with_rates(&indexed(dynamic()), &[]);
    book.move_to(date(2024, 7, 1));
    assert_eq!(reviews(&book)[1..], [(date(2024, 7, 1), None)]);
    book.catalog = Catalog::new(1, vec![Record::Product(Box::new(indexed(dynamic())))]);
    book.move_to(date(2024, 10, 1));
    assert_eq!(reviews(&book)[2..], [(date(2024, 10, 1), None)]);
    assert_eq!(changes(&book), 0);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_rate_is_seen_on_the_next_review_and_not_before() {
    let mut book = twelve_hundred();
    book.move_to(date(2024, 3, 31));
    assert!(book.loan().servicing.course.rates.is_empty(), "the index rose in the middle of March");
    book.move_to(date(2024, 4, 1));
    assert_eq!(book.loan().servicing.course.rates[0].rate, percent("7"));
}

#[test]
fn reviews_end_with_the_interest() {
    for (goes_on, last) in [(false, date(2024, 4, 1)), (true, date(2025, 1, 1))] {
        let mut kind = dynamic();
        kind.interest_rules.accrues_after_maturity = goes_on;
        // The last due date is that of the second review.
        let mut book = following(indexed(kind), unrated("1200", 6), &PRIME);
        book.move_to(date(2025, 2, 1));
        assert_eq!(reviews(&book).last().map(|review| review.0), Some(last), "interest goes on: {goes_on}");
        assert_eq!(book.findings(), []);
        let quoted = book.loan().payoff_on(book.business_date).total();
        book.repay(&quoted.to_fixed_text(book.loan().terms.currency)).expect("it is what is owed");
        assert!(!book.loan().state().is_active());
        assert_eq!(next_action_on(book.loan()), None);
        assert_eq!(book.findings(), []);
    }
}

#[test]
fn a_back_dated_repayment_across_reviews_comes_out_as_if_it_had_come_in_order() {
    let (mut late, mut in_order) = (twelve_hundred(), twelve_hundred());
    in_order.move_to(date(2024, 3, 20));
    in_order.repay("500").expect("prepayments are accepted");
    in_order.move_to(date(2024, 8, 1));
    late.move_to(date(2024, 8, 1));
    let changes: Vec<i64> = rate_changes(&late);
    late.repay_on("500", Some(date(2024, 3, 20))).expect("it takes its place");
    assert_eq!(late.loan().servicing, in_order.loan().servicing);
    assert_eq!(rate_changes(&late), changes, "the changes stand as they were served");
    assert_eq!(late.findings(), []);
}

/// The changes of the rate that count.
fn rate_changes(book: &TestBook) -> Vec<i64> {
    let changes = book.transactions.iter().filter(|t| t.kind == TransactionKind::InterestRateChanged);
    changes.filter(|t| t.reversed_by.is_none()).map(|t| t.id).collect()
}

/// In the morning of April 1 the loan has looked at the index; then somebody enters a rate from that
/// day on, which later loans find.
#[test]
fn what_a_review_found_stands_whatever_the_index_says_of_its_day_later() {
    let mut book = following(indexed(dynamic()), unrated("1200", 12), &PRIME[..2]);
    book.move_to(date(2024, 4, 1));
    let changes = rate_changes(&book);
    let index = [PRIME[0], PRIME[1], (date(2024, 4, 1), "2.5")];
    book.catalog = with_rates(&indexed(dynamic()), &index);
    book.move_to(date(2024, 5, 10));
    book.repay_on("100", Some(date(2024, 2, 10))).expect("it takes its place");
    assert_eq!(book.loan().servicing.course.rates.last().map(|rate| rate.rate), Some(percent("7")));
    assert_eq!(rate_changes(&book), changes, "the change stands as it was served");
    assert_eq!(book.findings(), []);
    book.move_to(date(2024, 7, 1));
    assert_eq!(book.loan().servicing.course.rates.last().map(|rate| rate.rate), Some(percent("4.5")));
    book.repay_on("10", Some(date(2024, 3, 10))).expect("it takes its place");
    assert_eq!(book.loan().servicing.course.rates.len(), 2);
    assert_eq!(book.findings(), []);
}

#[test]
fn nothing_is_looked_up_while_nothing_is_outstanding() {
    let mut kind = indexed(dynamic());
    kind.controls.dormancy_days = Some(40);
    let mut book = following(kind, unrated("1200", 12), &PRIME);
    book.move_to(date(2024, 3, 20));
    let quoted = book.loan().payoff_on(book.business_date).total();
    book.repay(&quoted.to_fixed_text(book.loan().terms.currency)).expect("it is what is owed");
    book.move_to(date(2024, 4, 28));
    assert_eq!((reviews(&book), book.loan().state().is_active()), (vec![], true));
    book.move_to(date(2024, 4, 29));
    assert!(!book.loan().state().is_active(), "forty days after the payment, not after a review");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_change_in_an_old_log_was_made_by_hand() {
    let old = r#"{"event":"rate_changed","posted":{"transaction_id":7,"principal_balance":100},
        "rate":"0.05","notes":null}"#;
    let event: Event = serde_json::from_str(old).expect("it reads");
    assert!(matches!(event, Event::RateChanged { is_derived: false, .. }));
    let mut book = twelve_hundred();
    book.move_to(date(2024, 12, 31));
    let text = serde_json::to_string(&book.entries).expect("it is written");
    let entries: Vec<_> = serde_json::from_str(&text).expect("it reads");
    assert_eq!(book.entries, entries);
    assert_eq!(fold(&entries), book.loan);
}

//! Random lives of loans that are paid out in parts, with fees of each disbursement.

use jiff::civil::{Date, date};
use loam_book::ids::Key;
use loam_book::loan::command::{Disburse, LoanCommand, StatedFee};
use loam_book::loan::event::Event;
use loam_book::loan::log::{effective, fold};
use loam_book::product::Product;
use loam_book::product::charges::{
    FeeAmortization, FeeCalculation, FeeTrigger, ProductFee, TaxMethod, TaxRules,
};
use loam_book::product::interest::{InterestBalance, InterestType};
use loam_book::product::payments::{InterestOnPrepayment, LatePaymentsRecalculation};
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use proptest::prelude::*;

use crate::auditor::Auditor;
use crate::explained;
use crate::fees::fee;
use crate::moves::{Move, a_dynamic_product, a_move, ago, live, rated_by, text};
use crate::projections::assert_told_well;
use crate::support::{TestBook, cents, figures};

#[derive(Debug, Clone)]
enum Step {
    Life(Move),
    /// Pays a part out with some of the fees.
    PayOut {
        cents: i64,
        fees: u8,
        days_ago: i64,
    },
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => a_move().prop_map(Step::Life),
        2 => (1i64..30_000, any::<u8>(), 0i64..20)
            .prop_map(|(cents, fees, days_ago)| Step::PayOut { cents, fees, days_ago }),
    ]
}

fn a_fee(number: u64) -> impl Strategy<Value = ProductFee> {
    let triggers = prop::sample::select(vec![
        FeeTrigger::Disbursement,
        FeeTrigger::CapitalizedDisbursement,
        FeeTrigger::UpfrontDisbursement,
    ]);
    let calculations = prop::sample::select(vec![
        FeeCalculation::Flat,
        FeeCalculation::LoanAmountPercentage,
        FeeCalculation::LoanAmountPercentageNumberOfInstallments,
        FeeCalculation::FlatNumberOfInstallments,
    ]);
    let amortizations = prop::sample::select(vec![
        FeeAmortization::None,
        FeeAmortization::SumOfYearsDigits,
        FeeAmortization::StraightLine,
    ]);
    (triggers, calculations, amortizations, 1i64..3_000, any::<bool>()).prop_map(
        move |(trigger, calculation, amortization, size, is_required)| ProductFee {
            calculation,
            amortization,
            is_required,
            amount: Some(cents(size)),
            percentage: Some(Rate::from_ratio(size, 100_000)),
            ..fee(number, trigger)
        },
    )
}

fn any_product() -> impl Strategy<Value = Product> {
    let fees = (a_fee(1), a_fee(2), a_fee(3));
    (a_dynamic_product(), fees, any::<[bool; 2]>()).prop_map(|(mut kind, fees, [taxed, capitalizes])| {
        kind.payment_rules.disburses_in_parts = true;
        kind.payment_rules.allows_custom_allocation = true;
        kind.charges.fees = vec![fees.0, fees.1, fees.2];
        if taxed {
            let rate = Some(Rate::from_ratio(7, 100));
            kind.charges.tax =
                TaxRules { on_fees: true, method: TaxMethod::Inclusive, rate, ..TaxRules::default() };
        }
        if capitalizes {
            kind.interest_rules.interest_type = InterestType::CapitalizedInterest;
            kind.interest_rules.balance = InterestBalance::PrincipalOnly;
            kind.interest_rules.late_interest_to_due_date = false;
            kind.payment_rules.late_payments_recalculation =
                LatePaymentsRecalculation::IncreaseLastInstallment;
            kind.payment_rules.interest_on_prepayment = InterestOnPrepayment::Automatic;
        }
        assert_eq!(kind.contradiction(), None);
        kind
    })
}

fn pay_out(book: &mut TestBook, cents: i64, mask: u8, days_ago: i64) {
    let fees = book.loan().terms.charges.fees.iter().enumerate();
    let named = fees.filter(|(index, _)| mask & (1 << index) != 0);
    let stated = named.map(|(_, fee)| StatedFee { fee: fee.key, amount: None }).collect();
    let fees = (mask & 128 == 0).then_some(stated);
    let (amount, value_date) = (Some(StatedAmount(text(cents))), ago(book, days_ago));
    let _refused =
        book.command(&LoanCommand::Disburse(Disburse { amount, value_date, fees, ..Disburse::default() }));
}

/// What was paid out of the loan amount, by the log.
fn paid_out(book: &TestBook) -> Amount {
    let mut sum = Amount::ZERO;
    for one in effective(&book.entries) {
        if let Event::Disbursed { amount, fees, .. } = &one.step.event {
            let added: Amount = fees.iter().filter(|fee| fee.is_capitalized).map(|fee| fee.amount).sum();
            sum += *amount - added;
        }
    }
    sum
}

/// A fee that is a share of the loan amount and was charged twice.
fn charged_twice(book: &TestBook) -> Option<Key> {
    let mut charged = Vec::new();
    for one in effective(&book.entries) {
        if let Event::Disbursed { fees, .. } = &one.step.event {
            charged.extend(fees.iter().map(|fee| fee.fee));
        }
        if let Event::FeeCharged { charge, .. } = &one.step.event {
            charged.extend(charge.fee);
        }
    }
    let is_share = |fee: &&ProductFee| {
        !matches!(fee.calculation, FeeCalculation::Flat | FeeCalculation::FlatNumberOfInstallments)
    };
    let shares = book.loan().terms.charges.fees.iter().filter(is_share).map(|fee| fee.key);
    shares.into_iter().find(|key| charged.iter().filter(|known| *known == key).count() > 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_comes_with_the_parts_of_a_loan_the_book_proves_itself(
        kind in any_product(),
        steps in prop::collection::vec(a_step(), 1..40),
    ) {
        let agreed = rated_by(&kind, figures("950"));
        let mut book = TestBook::new(kind, date(2012, 6, 28));
        book.create_with(agreed).expect("the loan is within the product");
        book.command(&LoanCommand::Approve { notes: None }).expect("pending loans can be approved");
        let first = Disburse { amount: Some(StatedAmount("300".into())), ..Disburse::default() };
        book.command(&LoanCommand::Disburse(first)).expect("approved loans can be disbursed");
        for step in &steps {
            match step {
                Step::Life(step) => live(&mut book, step),
                Step::PayOut { cents, fees, days_ago } => pay_out(&mut book, *cents, *fees, *days_ago),
            }
            prop_assert_eq!(book.findings(), vec![]);
            prop_assert!(paid_out(&book) <= cents(950_00), "{:?}", paid_out(&book));
            prop_assert_eq!(charged_twice(&book), None);
        }
        let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
        prop_assert!(auditor.is_balanced());
        prop_assert_eq!(auditor.outstanding(), book.outstanding());
        prop_assert_eq!(fold(&book.entries), book.loan.clone());
        assert_told_well(&book);
        // Late interest that has a row of its own is not explained with that yet.
        let placed = LatePaymentsRecalculation::IncreaseOverdueInstallments;
        if book.loan().terms.payment_rules.late_payments_recalculation != placed {
            prop_assert_eq!(explained::fault(&book), None);
        }
    }
}

//! Random lives of loans whose products have fees, penalties, taxes and controls.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use loam_book::loan::charges::tax::tax_within;
use loam_book::loan::command::{
    ApplyPenalty, ChargeFee, LoanCommand, ReversalKind, Reverse, StatedFee, WaiveCharge, WaivedCharge,
};
use loam_book::loan::event::Entry;
use loam_book::loan::log::fold;
use loam_book::loan::transaction::TransactionKind;
use loam_book::organization::TransactionDetails;
use loam_book::product::charges::{
    ChargeRules, FeeAmortization, FeeCalculation, FeeTrigger, PenaltyMethod, PenaltyRules, ProductFee,
    TaxMethod, TaxRules,
};
use loam_book::product::controls::{
    ArrearsCountedFrom, ArrearsRules, Capping, CappingBase, CappingConstraint, ControlRules,
};
use loam_book::product::{Product, Range};
use loam_book::stated::StatedAmount;
use loam_calc::allocation::Components;
use loam_calc::calendar::Calendar;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::InterestMethod;
use proptest::prelude::*;

use crate::auditor::Auditor;
use crate::fees::fee;
use crate::moves::{Move, a_dynamic_product, a_move, ago, live, text};
use crate::support::{TestBook, cents, figures, product};

/// One thing that may happen to a loan with charges.
#[derive(Debug, Clone)]
enum Charged {
    Life(Move),
    ManualFee { installment: u32 },
    Penalty { cents: i64, days_ago: i64 },
    Waive { cents: i64, fees: bool, days_ago: i64 },
    TakeBack(usize),
}

fn a_charged_move() -> impl Strategy<Value = Charged> {
    let days_ago = || prop_oneof![3 => Just(0i64), 2 => 0i64..60];
    prop_oneof![
        8 => a_move().prop_map(Charged::Life),
        1 => (1u32..7).prop_map(|installment| Charged::ManualFee { installment }),
        1 => (1i64..3_000, days_ago()).prop_map(|(cents, days_ago)| Charged::Penalty { cents, days_ago }),
        1 => (1i64..3_000, any::<bool>(), days_ago())
            .prop_map(|(cents, fees, days_ago)| Charged::Waive { cents, fees, days_ago }),
        2 => (0usize..20).prop_map(Charged::TakeBack),
    ]
}

/// Whether a move writes the schedule anew.
fn is_of_schedule(step: &Charged) -> bool {
    match step {
        Charged::Life(
            Move::Shift { .. }
            | Move::Holiday(_)
            | Move::ReAge { .. }
            | Move::TakeBackSpreading(_)
            | Move::Delete(_),
        ) => true,
        Charged::Life(Move::Simple(index)) => *index == 9,
        Charged::Life(
            Move::Days(_)
            | Move::Repay { .. }
            | Move::Reverse(_)
            | Move::Charge { .. }
            | Move::Recover { .. }
            | Move::ApplyInterest { .. }
            | Move::ChangeRate { .. }
            | Move::Pause { .. }
            | Move::Redraw { .. }
            | Move::PayOut { .. },
        )
        | Charged::ManualFee { .. }
        | Charged::Penalty { .. }
        | Charged::Waive { .. }
        | Charged::TakeBack(_) => false,
    }
}

fn live_charged(book: &mut TestBook, step: &Charged) {
    let details = TransactionDetails::default();
    let command = match step {
        Charged::Life(step) => return live(book, step),
        Charged::ManualFee { installment } => {
            let fees = &book.loan().terms.charges.fees;
            let manual = fees.iter().find(|fee| fee.trigger == FeeTrigger::Manual).map(|fee| fee.key);
            let stated = |fee| StatedFee { fee, amount: None };
            LoanCommand::ChargeFee(ChargeFee {
                amount: None,
                fees: Some(manual.map(stated).into_iter().collect()),
                value_date: None,
                installment: Some(*installment),
                details,
            })
        }
        Charged::Penalty { cents, days_ago } => LoanCommand::ApplyPenalty(ApplyPenalty {
            amount: StatedAmount(text(*cents)),
            value_date: ago(book, *days_ago),
            installment: None,
            details,
        }),
        Charged::Waive { cents, fees, days_ago } => LoanCommand::WaiveCharge(WaiveCharge {
            charge: if *fees { WaivedCharge::Fees } else { WaivedCharge::Penalties },
            amount: StatedAmount(text(*cents)),
            value_date: ago(book, *days_ago),
            installment: None,
            details,
        }),
        Charged::TakeBack(index) => {
            let kinds = [
                (TransactionKind::Fee, ReversalKind::Fee),
                (TransactionKind::PenaltyApplied, ReversalKind::Penalty),
                (TransactionKind::FeesReduced, ReversalKind::FeeReduction),
                (TransactionKind::PenaltiesReduced, ReversalKind::PenaltyReduction),
            ];
            let kind = |kind| kinds.iter().find(|(served, _)| *served == kind).map(|(_, kind)| *kind);
            let charges = book.transactions.iter().filter_map(|t| kind(t.kind).map(|kind| (kind, t.id)));
            let charges: Vec<(ReversalKind, i64)> = charges.collect();
            let Some((kind, original)) = charges.get(index % charges.len().max(1)).copied() else { return };
            LoanCommand::Reverse(Reverse { kind, original, account_no: None, notes: None })
        }
    };
    // A refusal is a normal answer; a panic or a finding is not.
    let _answer = book.command(&command);
}

fn any_fee() -> impl Strategy<Value = ProductFee> {
    let triggers = prop::sample::select(vec![
        FeeTrigger::Manual,
        FeeTrigger::Disbursement,
        FeeTrigger::CapitalizedDisbursement,
        FeeTrigger::UpfrontDisbursement,
        FeeTrigger::LateRepayment,
        FeeTrigger::PaymentDue,
    ]);
    let calculations = prop::sample::select(vec![
        FeeCalculation::Flat,
        FeeCalculation::LoanAmountPercentage,
        FeeCalculation::RepaymentPrincipalAmountPercentage,
        FeeCalculation::RepaymentInterestAmountPercentage,
        FeeCalculation::RepaymentAmountPercentage,
        FeeCalculation::LoanAmountPercentageNumberOfInstallments,
        FeeCalculation::FlatNumberOfInstallments,
    ]);
    let amortizations = prop::sample::select(vec![
        FeeAmortization::None,
        FeeAmortization::SumOfYearsDigits,
        FeeAmortization::StraightLine,
        FeeAmortization::EffectiveInterestRate,
    ]);
    (triggers, calculations, amortizations, 1i64..4_000).prop_map(
        |(trigger, calculation, amortization, size)| {
            let of_installment = calculation.is_of_installment();
            let comes_first = matches!(
                trigger,
                FeeTrigger::Disbursement
                    | FeeTrigger::CapitalizedDisbursement
                    | FeeTrigger::UpfrontDisbursement
            );
            let calculation = if of_installment && comes_first { FeeCalculation::Flat } else { calculation };
            let percentage = Some(Rate::from_ratio(size, 100_000));
            let number = size.unsigned_abs();
            ProductFee {
                calculation,
                amortization,
                percentage,
                amount: Some(cents(size)),
                ..fee(number, trigger)
            }
        },
    )
}

fn any_charges() -> impl Strategy<Value = ChargeRules> {
    let methods = prop::sample::select(vec![
        PenaltyMethod::None,
        PenaltyMethod::OverdueBalance,
        PenaltyMethod::OverdueBalanceAndInterest,
        PenaltyMethod::OutstandingPrincipal,
    ]);
    let fees = prop::collection::vec(any_fee(), 0..4);
    (fees, methods, 0i64..300, 0u32..20, any::<[bool; 4]>(), 0i64..30).prop_map(
        |(mut fees, method, rate, tolerance_days, taxed, tax)| {
            fees.sort_by_key(|fee| fee.key);
            fees.dedup_by_key(|fee| fee.key);
            let rate = Range { default: Some(Rate::from_ratio(rate, 10_000)), ..Range::OPEN };
            let tax = TaxRules {
                on_interest: taxed[0],
                on_fees: taxed[1],
                on_penalties: taxed[2],
                method: if taxed[3] { TaxMethod::Exclusive } else { TaxMethod::Inclusive },
                rate: Some(Rate::from_ratio(tax, 100)),
            };
            // Both kinds of products, by what is drawn anyway.
            let on_paid_installments = tolerance_days % 2 == 1;
            ChargeRules {
                fees,
                penalty: PenaltyRules { method, rate, tolerance_days },
                tax,
                on_paid_installments,
            }
        },
    )
}

fn any_controls() -> impl Strategy<Value = ControlRules> {
    let arrears = (
        prop::option::weighted(0.2, 1u8..29),
        prop::option::weighted(0.2, 0i64..60_000),
        prop::option::weighted(0.2, 0i64..60),
        any::<[bool; 2]>(),
    );
    let capping = (any::<[bool; 3]>(), 1i64..20);
    let others = (prop::option::weighted(0.2, 1u32..40), prop::option::weighted(0.2, 0u32..20));
    (arrears, prop::option::weighted(0.3, capping), others).prop_map(
        |((monthly_day, floor, share, flags), capping, (lock_after_days, dormancy_days))| ControlRules {
            arrears: ArrearsRules {
                monthly_day,
                floor_amount: floor.map(cents),
                floor_percentage: share.map(|share| Rate::from_ratio(share, 100)),
                counted_from: if flags[0] {
                    ArrearsCountedFrom::DateAccountFirstWentToArrears
                } else {
                    ArrearsCountedFrom::DateOfLastLateRepayment
                },
                excludes_non_working_days: flags[1],
            },
            lock_after_days,
            capping: capping.map(|([outstanding, hard, applies], percentage)| Capping {
                base: if outstanding {
                    CappingBase::OutstandingPrincipalPercentage
                } else {
                    CappingBase::OriginalPrincipalPercentage
                },
                constraint: if hard { CappingConstraint::HardCap } else { CappingConstraint::SoftCap },
                percentage: Rate::from_ratio(percentage, 100),
                applies_accrued_before_locking: applies && !hard,
            }),
            dormancy_days,
            ..ControlRules::default()
        },
    )
}

fn any_product() -> impl Strategy<Value = Product> {
    let fixed = prop::sample::select(vec![
        InterestMethod::Flat,
        InterestMethod::DecliningBalance,
        InterestMethod::DecliningBalanceDiscounted,
    ])
    .prop_map(|method| Product { interest_method: method, ..product() });
    let base = prop_oneof![2 => fixed, 1 => a_dynamic_product()];
    (base, any_charges(), any_controls(), 0u32..10).prop_map(|(base, charges, controls, tolerance)| {
        let arrears_tolerance_days = Range { default: Some(tolerance), ..Range::OPEN };
        let mut product = Product { charges, controls, arrears_tolerance_days, ..base };
        if product.contradiction() == Some("loanFees") {
            // What is paid out in parts has no fees of its disbursement.
            product.charges.fees.retain(|fee| {
                matches!(fee.trigger, FeeTrigger::Manual | FeeTrigger::LateRepayment | FeeTrigger::PaymentDue)
            });
        }
        assert_eq!(product.contradiction(), None);
        product
    })
}

fn weekends_off(mut book: TestBook) -> TestBook {
    use jiff::civil::Weekday;
    book.calendar = Calendar::try_new(&[Weekday::Saturday, Weekday::Sunday], []).expect("five days are left");
    book
}

fn paid_out(product: Product) -> TestBook {
    weekends_off(TestBook::active(product, date(2012, 6, 28), figures("950")))
}

/// What the installments and the disbursement say is owed in taxes.
fn taxes(book: &TestBook) -> Amount {
    let loan = book.loan();
    let rows = loan.servicing.installments.iter();
    let charged = rows.map(|row| {
        let held = Components { interest: row.interest_applied, ..row.expected };
        let tax = tax_within(&loan.terms, held);
        tax.total()
    });
    let paid_out = book
        .transactions
        .iter()
        .filter(|t| matches!(t.kind, TransactionKind::Disbursement | TransactionKind::DisbursementReversal));
    charged.sum::<Amount>() + paid_out.map(|t| t.charges.tax.fees).sum::<Amount>()
}

fn read_again(entries: &[Entry]) -> Vec<Entry> {
    let again = |entry: &Entry| {
        let text = serde_json::to_string(entry).expect("plain data");
        serde_json::from_str(&text).expect("what was written can be read")
    };
    entries.iter().map(again).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_loan_with_charges_proves_itself_whatever_happens(
        product in any_product(),
        moves in prop::collection::vec(a_charged_move(), 1..40),
    ) {
        let mut book = paid_out(product);
        for step in &moves {
            live_charged(&mut book, step);
            prop_assert_eq!(book.findings(), vec![]);
        }
        let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
        prop_assert!(auditor.is_balanced());
        prop_assert_eq!(auditor.outstanding(), book.outstanding());
        prop_assert_eq!(fold(&read_again(&book.entries)), book.loan.clone());
    }

    #[test]
    fn taxes_payable_are_the_taxes_in_what_was_charged(
        product in any_product(),
        moves in prop::collection::vec(a_charged_move(), 1..30),
    ) {
        let mut book = paid_out(product);
        for step in moves.iter().filter(|step| !is_of_schedule(step)) {
            live_charged(&mut book, step);
            let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
            prop_assert_eq!(auditor.taxes_payable(), taxes(&book));
        }
    }

    /// Advancing day by day or in one go leads to the same place.
    #[test]
    fn charges_come_the_same_however_days_are_closed(
        product in any_product(),
        days in 1i64..200,
        paid in 1i64..90_000,
    ) {
        let start = date(2012, 6, 28);
        let mut daily = paid_out(product.clone());
        let mut late = paid_out(product);
        for book in [&mut daily, &mut late] {
            let _refused = book.repay(&text(paid));
        }
        for day in 1..=days {
            daily.move_to(start.saturating_add(day.days()));
        }
        late.move_to(start.saturating_add(days.days()));
        prop_assert_eq!(&daily.loan().servicing, &late.loan().servicing);
    }
}

//! Random lives of loans whose repayments may say themselves what they pay.

use jiff::civil::{Date, date};
use loam_book::loan::command::{ChargeFee, LoanCommand, Repay, StatedFee};
use loam_book::loan::custom_payment::{FeeKind, PaidKind, StatedPart};
use loam_book::loan::log::fold;
use loam_book::loan::transaction::TransactionKind;
use loam_book::organization::TransactionDetails;
use loam_book::product::charges::{FeeTrigger, PenaltyMethod, PenaltyRules, TaxMethod, TaxRules};
use loam_book::product::{PrepaymentAcceptance, Product, Range};
use loam_book::stated::StatedAmount;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::InterestMethod;
use proptest::prelude::*;

use crate::auditor::Auditor;
use crate::fees::fee;
use crate::moves::{Move, a_dynamic_product, a_move, ago, live, text};
use crate::support::{TestBook, figures, product};

#[derive(Debug, Clone)]
enum Step {
    Life(Move),
    ManualFee {
        installment: u32,
    },
    /// A hundredth each of what is owed of principal, interest, penalties and the four fees; those
    /// of nothing are not named.
    Pay {
        shares: [u8; 7],
        days_ago: i64,
    },
}

fn a_step() -> impl Strategy<Value = Step> {
    let share = prop_oneof![4 => Just(0u8), 2 => 1u8..100, 2 => Just(100u8)];
    let days_ago = prop_oneof![3 => Just(0i64), 1 => 0i64..40];
    prop_oneof![
        5 => a_move().prop_map(Step::Life),
        1 => (1u32..7).prop_map(|installment| Step::ManualFee { installment }),
        4 => (prop::array::uniform7(share), days_ago)
            .prop_map(|(shares, days_ago)| Step::Pay { shares, days_ago }),
    ]
}

/// Fixed or dynamic, with every kind of fee, penalties, and maybe taxes.
fn any_product() -> impl Strategy<Value = Product> {
    let methods = [InterestMethod::Flat, InterestMethod::DecliningBalance];
    let fixed = prop::sample::select(methods.to_vec())
        .prop_map(|method| Product { interest_method: method, ..product() });
    let base = prop_oneof![1 => fixed, 2 => a_dynamic_product()];
    (base, any::<[bool; 4]>(), 0u32..10).prop_map(|(mut kind, flags, tolerance)| {
        kind.payment_rules.allows_custom_allocation = true;
        let upfront = (!kind.payment_rules.disburses_in_parts).then_some(FeeTrigger::UpfrontDisbursement);
        let triggers = [FeeTrigger::Manual, FeeTrigger::LateRepayment, FeeTrigger::PaymentDue];
        let triggers = triggers.into_iter().chain(upfront);
        kind.charges.fees = (1..).zip(triggers).map(|(number, trigger)| fee(number, trigger)).collect();
        let rate = Range { default: Some(Rate::from_ratio(1, 100)), ..Range::OPEN };
        let method = PenaltyMethod::OverdueBalance;
        kind.charges.penalty = PenaltyRules { method, rate, tolerance_days: 3 };
        if flags[1] {
            let (on_fees, on_penalties, method) = (true, true, TaxMethod::Inclusive);
            let rate = Some(Rate::from_ratio(7, 100));
            kind.charges.tax = TaxRules { on_interest: flags[0], on_fees, on_penalties, method, rate };
        }
        if flags[2] && flags[3] {
            kind.prepayment = PrepaymentAcceptance::NoPrepayments;
        }
        kind.arrears_tolerance_days = Range { default: Some(tolerance), ..Range::OPEN };
        assert_eq!(kind.contradiction(), None);
        kind
    })
}

const KINDS: [PaidKind; 7] = [
    PaidKind::Principal,
    PaidKind::Interest,
    PaidKind::Penalty,
    PaidKind::Fee(FeeKind::Manual),
    PaidKind::Fee(FeeKind::UpfrontDisbursement),
    PaidKind::Fee(FeeKind::LateRepayment),
    PaidKind::Fee(FeeKind::PaymentDue),
];

fn owed(book: &TestBook, kind: PaidKind) -> Amount {
    let servicing = &book.loan().servicing;
    let unpaid: Components = servicing.installments.iter().map(|row| row.unpaid()).sum();
    match kind {
        PaidKind::Principal => servicing.outstanding.principal,
        PaidKind::Interest => unpaid.interest,
        PaidKind::Penalty => unpaid.penalties,
        PaidKind::Fee(kind) => {
            let fees = servicing.course.owed_fees.iter();
            fees.filter(|fee| fee.kind == kind).map(|fee| fee.amount).sum()
        }
    }
}

fn take(book: &mut TestBook, step: &Step) -> Result<(), TestCaseError> {
    let details = TransactionDetails::default();
    match step {
        Step::Life(step) => live(book, step),
        Step::ManualFee { installment } => {
            let fees = &book.loan().terms.charges.fees;
            let manual = fees.iter().find(|fee| fee.trigger == FeeTrigger::Manual).map(|fee| fee.key);
            let fees = manual.map(|fee| StatedFee { fee, amount: None }).into_iter().collect();
            let (value_date, installment) = (None, Some(*installment));
            let charge = ChargeFee { amount: None, fees: Some(fees), value_date, installment, details };
            let _refused = book.command(&LoanCommand::ChargeFee(charge));
        }
        Step::Pay { shares, days_ago } => {
            let part = |(kind, share): (&PaidKind, &u8)| {
                (*kind, owed(book, *kind).minor() * i64::from(*share) / 100)
            };
            let parts: Vec<(PaidKind, i64)> =
                KINDS.iter().zip(shares).map(part).filter(|(_, cents)| *cents > 0).collect();
            let stated = |(kind, cents): &(PaidKind, i64)| StatedPart {
                kind: *kind,
                amount: StatedAmount(text(*cents)),
            };
            let sum: i64 = parts.iter().map(|(_, cents)| cents).sum();
            let repay = Repay {
                amount: StatedAmount(text(sum)),
                custom: parts.iter().map(stated).collect(),
                value_date: ago(book, *days_ago),
                details,
            };
            if let Ok(served) = book.command(&LoanCommand::Repay(repay))
                && *days_ago == 0
            {
                let repaid = served.iter().find(|t| t.kind == TransactionKind::Repayment);
                let repaid = repaid.expect("what was paid is served");
                let shown = repaid.charges.custom.iter().map(|part| (part.kind, part.amount.minor()));
                let mut shown: Vec<(PaidKind, i64)> = shown.collect();
                let place = |(kind, _): &(PaidKind, i64)| KINDS.iter().position(|known| known == kind);
                shown.sort_by_key(place);
                prop_assert_eq!(shown, parts);
                let taxes: Amount = repaid.charges.custom.iter().map(|part| part.tax).sum();
                prop_assert_eq!(taxes, repaid.charges.tax.total());
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_repayments_say_they_pay_the_book_proves_itself(
        kind in any_product(),
        steps in prop::collection::vec(a_step(), 1..40),
    ) {
        let mut book = TestBook::active(kind.clone(), date(2012, 6, 28), figures("950"));
        for step in &steps {
            take(&mut book, step)?;
            prop_assert_eq!(book.findings(), vec![]);
        }
        let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
        prop_assert!(auditor.is_balanced());
        prop_assert_eq!(auditor.outstanding(), book.outstanding());
        prop_assert_eq!(fold(&book.entries), book.loan.clone());
        // What is quoted closes the loan, unless it was paid too much or takes nothing ahead.
        let quoted = book.loan().payoff_on(book.business_date).total();
        let loan = book.loan();
        let takes_all = !loan.servicing.course.overpaid.is_positive()
            && loan.terms.prepayment == PrepaymentAcceptance::AcceptPrepayments;
        if loan.state().is_active() && takes_all && quoted.is_positive() {
            let repaid = book.repay(&quoted.to_fixed_text(book.loan().terms.currency));
            prop_assert!(repaid.is_ok(), "{:?}", repaid);
            prop_assert!(!book.loan().state().is_active());
            prop_assert_eq!(book.findings(), vec![]);
        }
    }
}

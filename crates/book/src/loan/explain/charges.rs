//! Fees and penalties: what they were worked out on, or that somebody named them.

use jiff::civil::Date;
use loam_calc::allocation::Component;
use loam_calc::charges::{part_of_installment, share};
use loam_calc::day_count::Fraction;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use crate::ids::Key;
use crate::loan::charges::fees::{Carrier, amount_of};
use crate::loan::charges::penalties::{self, PenaltyGrowth, growing};
use crate::loan::charges::tax;
use crate::loan::event::charge::{Forgone, PenaltyCause, PenaltyPart};
use crate::loan::event::{Event, Posted, Step};
use crate::loan::explain::interest::in_order;
use crate::loan::explain::{Base, Change, Explainer, Explanation, Figure, Less, Part, Working};
use crate::loan::{Loan, Terms};
use crate::product::charges::{FeeCalculation, ProductFee, TaxMethod};

impl Explainer<'_> {
    /// The fees and penalties that a step brings to the loan as it stands before it, or gives up.
    pub(super) fn explain_charges(&mut self, loan: &Loan, step: &Step) {
        let value_date = step.value_date;
        if let Event::Disbursed { posted, capitalized_fee, fees, .. } = &step.event {
            if capitalized_fee.is_positive() {
                let working = Working::Stated(*capitalized_fee);
                self.charge(Figure::CapitalizedFee { value_date }, *capitalized_fee, working, posted);
            }
            let carrier = Carrier::none(&loan.terms);
            for fee in fees {
                let working = fee_of_product(&loan.terms, fee.fee, carrier, fee.amount);
                let figure = Figure::DisbursementFee { fee: fee.fee, value_date };
                self.charge(figure, fee.amount, working, posted);
            }
        }
        if let Event::FeeCharged { posted, amount, number, charge, .. } = &step.event {
            let (transaction_id, number) = (posted.transaction_id, *number);
            let carrier = Carrier::of(&loan.servicing.installments, number);
            let working = charge
                .fee
                .map_or(Working::Stated(*amount), |fee| fee_of_product(&loan.terms, fee, carrier, *amount));
            self.charge(Figure::Fee { transaction_id, number, value_date }, *amount, working, posted);
        }
        if let Event::ChargeReduced { posted, amount, .. } = &step.event {
            let (transaction_id, amount) = (posted.transaction_id, amount.total());
            let figure = Figure::ChargeGivenUp { transaction_id, value_date };
            self.charge(figure, amount, Working::Stated(amount), posted);
        }
        if let Event::PenaltyAccrued { .. } = &step.event {
            self.grow(loan, value_date);
        }
        // What was taken back stays as it was noted then, whatever the balances are by now.
        if let Event::ChargeForgone { forgone: Forgone::Penalty { parts } } = &step.event {
            for part in parts {
                self.penalties.insert(part.number, vec![noted(part)]);
            }
        }
        if let Event::PenaltyApplied { posted, amount, parts, cause, .. } = &step.event {
            let working = match cause {
                PenaltyCause::Request => Working::Stated(*amount),
                PenaltyCause::Lateness | PenaltyCause::Settlement => {
                    self.grow(loan, value_date);
                    together(parts.iter().map(|part| self.penalty_of(loan, part)))
                }
            };
            let figure = Figure::Penalty { transaction_id: posted.transaction_id, value_date };
            self.charge(figure, *amount, working, posted);
        }
    }

    /// Penalties that have grown by a day and are no balance yet.
    pub(super) fn penalties_accrued(&mut self, loan: &Loan, on: Date) {
        if penalties::accrued(loan, on).is_zero() {
            return;
        }
        let known = &loan.servicing.course.charges.penalties;
        let carriers = penalties::carried_by(loan, on);
        let entries = in_order(carriers.iter().flat_map(|number| self.resting_on(*number)).collect());
        let workings = carriers.into_iter().map(|number| {
            let mut parts = self.penalties.get(&number).cloned().unwrap_or_default();
            let more = growing(loan, on).into_iter().filter(|growth| growth.number == number);
            parts.extend(more.map(|growth| part_of(&growth)));
            let applied = known.iter().find(|known| known.number == number);
            let amount = applied.map_or(Amount::ZERO, |known| known.amount);
            Working::Sum { parts, rounding: None, less: vec![Less::AppliedBefore { number, amount }] }
        });
        // What was noted before has 20 decimals; the parts have all of them.
        let working = together(workings);
        let (figure, amount) = (Figure::AccruedPenalty { on }, working.result());
        self.found.push(Explanation { figure, amount, working, counting: None, entries });
    }

    /// Keeps what has grown on the balances as they were until this day.
    fn grow(&mut self, loan: &Loan, date: Date) {
        for growth in growing(loan, date) {
            self.penalties.entry(growth.number).or_default().push(part_of(&growth));
        }
    }

    fn penalty_of(&self, loan: &Loan, part: &PenaltyPart) -> Working {
        let number = part.number;
        if part.amount.is_zero() {
            return Working::Stated(Amount::ZERO);
        }
        let known = loan.servicing.course.charges.penalties.iter().find(|known| known.number == number);
        let amount = known.map_or(Amount::ZERO, |known| known.amount);
        Working::Sum {
            parts: self.penalties.get(&number).cloned().unwrap_or_default(),
            rounding: Some(loan.terms.rounding),
            less: vec![Less::AppliedBefore { number, amount }],
        }
    }

    fn charge(&mut self, figure: Figure, amount: Amount, working: Working, posted: &Posted) {
        let entries = self.of_transaction(posted.transaction_id);
        let amount = Exact::from_amount(amount);
        self.found.push(Explanation { figure, amount, working, counting: None, entries });
    }
}

fn part_of(growth: &PenaltyGrowth) -> Part {
    Part {
        base: Base::OverdueBalance(growth.number),
        amount: growth.balance,
        rate: Some(growth.rate),
        period: Some((growth.from, growth.to)),
        share: Some(growth.time),
    }
}

/// What had grown when it was noted, in parts of a minor unit.
fn noted(part: &PenaltyPart) -> Part {
    const DECIMALS: usize = 20;
    let text = part.accrued.to_decimal_text();
    let (whole, decimals) = text.split_once('.').unwrap_or((text.as_str(), ""));
    let digits = format!("{whole}{decimals:0<DECIMALS$}");
    let numerator = digits.parse().expect("a penalty with 20 decimals is below 10^38");
    Part {
        base: Base::NotedPenalty(part.number),
        amount: Amount::from_minor(1),
        rate: None,
        period: None,
        share: Some(Fraction { numerator, denominator: 10_i128.pow(20) }),
    }
}

/// Several workings added up.
pub(super) fn together(mut workings: impl Iterator<Item = Working>) -> Working {
    let first = workings.next().unwrap_or(Working::Stated(Amount::ZERO));
    let changes: Vec<Change> = workings
        .filter(|working| !working.result().is_zero())
        .map(|working| Change::Joined(Box::new(working)))
        .collect();
    if changes.is_empty() { first } else { Working::Changed { before: Box::new(first), changes } }
}

/// A fee of the product by its calculation; named by somebody where it came out otherwise.
fn fee_of_product(terms: &Terms, key: Key, carrier: Carrier, amount: Amount) -> Working {
    let fee = terms.charges.fees.iter().find(|fee| fee.key == key);
    match fee.filter(|fee| amount_of(terms, fee, carrier) == Some(amount)) {
        Some(fee) => calculated(terms, fee, carrier),
        None => Working::Stated(amount),
    }
}

fn calculated(terms: &Terms, fee: &ProductFee, carrier: Carrier) -> Working {
    let rounding = terms.rounding;
    let stated = fee.amount.unwrap_or_default();
    let rate = fee.percentage.unwrap_or_default();
    let percentage = |base: Base, amount: Amount| {
        let part = Part { base, amount, rate: Some(rate), period: None, share: None };
        Working::Sum { parts: vec![part], rounding: Some(rounding), less: Vec::new() }
    };
    let (before, whole, is_part) = match fee.calculation {
        FeeCalculation::Flat => (Working::Stated(stated), stated, false),
        FeeCalculation::FlatNumberOfInstallments => (Working::Stated(stated), stated, true),
        FeeCalculation::LoanAmountPercentage => {
            (percentage(Base::LoanAmount, terms.amount), share(terms.amount, rate, rounding), false)
        }
        FeeCalculation::LoanAmountPercentageNumberOfInstallments => {
            (percentage(Base::LoanAmount, terms.amount), share(terms.amount, rate, rounding), true)
        }
        FeeCalculation::RepaymentPrincipalAmountPercentage => {
            let base = carrier.principal;
            (percentage(Base::InstallmentPrincipal, base), share(base, rate, rounding), false)
        }
        FeeCalculation::RepaymentInterestAmountPercentage => {
            let base = carrier.interest;
            (percentage(Base::InstallmentInterest, base), share(base, rate, rounding), false)
        }
        FeeCalculation::RepaymentAmountPercentage => {
            let base = carrier.principal + carrier.interest;
            (percentage(Base::InstallmentTotal, base), share(base, rate, rounding), false)
        }
    };
    let (mut net, mut changes) = (whole, Vec::new());
    if is_part {
        let (place, count) = carrier.place;
        changes.push(Change::PartOf { whole, place, count, rounding });
        net = part_of_installment(whole, carrier.place, rounding);
    }
    let tax = tax::rate_on(terms, Component::Fee);
    if let Some(rate) = tax.filter(|_| terms.charges.tax.method == TaxMethod::Exclusive) {
        changes.push(Change::TaxOnTop { net, rate, rounding });
    }
    if changes.is_empty() { before } else { Working::Changed { before: Box::new(before), changes } }
}

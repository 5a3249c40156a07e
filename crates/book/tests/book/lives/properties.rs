//! What holds of every life. Each is shown to fail by a seeded fault, in `faults`.

use std::collections::HashSet;

use loam_book::ids::Key;
use loam_book::journal::postings::transfers;
use loam_book::loan::as_of::{View, as_of};
use loam_book::loan::charges::tax::tax_within;
use loam_book::loan::event::Event;
use loam_book::loan::event::charge::FeeCause;
use loam_book::loan::log::{effective, fold, fold_steps};
use loam_book::loan::outlook::Outlook;
use loam_book::loan::transaction::TransactionKind;
use loam_book::loan::{Installment, Servicing};
use loam_book::product::charges::{FeeCalculation, ProductFee};
use loam_book::product::{AccountingMethod, PrepaymentAcceptance, ProductType};
use loam_calc::allocation::{Component, Components};
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;

use super::life::Life;
use crate::auditor::Auditor;
use crate::explained;

type Property = fn(&Life) -> Option<String>;

/// The properties with their names; each says what is wrong, if something is.
pub(crate) const PROPERTIES: &[(&str, Property)] = &[
    ("the fold equals the materialization", fold_is_the_row),
    ("incremental equals re-fold", steps_lead_to_the_row),
    ("principal repaid, given up and outstanding is what was lent and added", principal_adds_up),
    ("the principal of all rows is what was repaid and is outstanding", rows_add_up),
    ("no more is outstanding of a credit than its limit", the_limit_holds),
    ("no more is paid out than the loan amount", no_more_is_paid_out),
    ("no fee that is a share of the loan amount is charged twice by disbursements", no_share_comes_twice),
    ("paying what is quoted closes the loan", the_quote_closes),
    ("no balance is negative", nothing_is_negative),
    ("debits equal credits", debits_equal_credits),
    ("what was charged is earned, deferred or owed in taxes", income_is_what_was_charged),
    ("taxes payable are the taxes in what was charged", taxes_are_within),
    ("nothing is left between loans", nothing_is_left_between_loans),
    ("by another method the same money moves", other_methods_move_the_same),
    ("as of today is the current row", today_is_the_row),
    ("the book remembers how every day ended", evenings_are_remembered),
    ("nothing is left of what was taken back", what_was_taken_back_is_gone),
    ("the day that is over brings nothing more", today_brings_nothing),
    ("the checks find nothing", |life| life.book.findings().first().map(|finding| format!("{finding:?}"))),
    ("every figure is explained and multiplies out", |life| explained::fault(&life.book)),
];

/// The ones that are looked at after every move; they cost little.
pub(crate) fn of_every_moment(life: &Life) -> Option<String> {
    [fold_is_the_row as Property, principal_adds_up, rows_add_up, nothing_is_negative]
        .iter()
        .find_map(|holds| holds(life))
}

/// What two figures do not have in common, line by line.
fn differs<T: PartialEq + std::fmt::Debug>(left: &T, right: &T) -> Option<String> {
    if left == right {
        return None;
    }
    let (left, right) = (format!("{left:#?}"), format!("{right:#?}"));
    let only = |one: &str, other: &str| -> Vec<String> {
        let others: HashSet<&str> = other.lines().collect();
        one.lines().filter(|line| !others.contains(line)).map(|line| line.trim().to_owned()).collect()
    };
    Some(format!("{:?} and not {:?}", only(&left, &right), only(&right, &left)))
}

fn fold_is_the_row(life: &Life) -> Option<String> {
    differs(&fold(&life.book.entries), &life.book.loan)
}

fn steps_lead_to_the_row(life: &Life) -> Option<String> {
    let by_steps = fold_steps(&effective(&life.book.entries)).expect("a life has a log");
    differs(&by_steps.servicing, &life.book.loan().servicing)
}

/// What was capitalized at the disbursement is part of the amount that was disbursed.
fn principal_adds_up(life: &Life) -> Option<String> {
    let (mut lent, mut given_up) = (Amount::ZERO, Amount::ZERO);
    for effective in effective(&life.book.entries) {
        if let Event::Disbursed { amount, .. } = &effective.step.event {
            lent += *amount;
        }
        if let Event::InterestApplied { parts, .. } = &effective.step.event {
            lent += parts.iter().map(|part| part.part.principal).sum();
        }
        if let Event::WrittenOff { amount, .. } = &effective.step.event {
            given_up += amount.principal;
        }
        if let Event::Waived { amount, .. } = &effective.step.event {
            given_up += amount.principal;
        }
        if let Event::Restructured { written_off, carried_over, .. } = &effective.step.event {
            given_up += written_off.principal + carried_over.principal;
        }
    }
    let servicing = &life.book.loan().servicing;
    let found = servicing.paid.principal + servicing.outstanding.principal + given_up;
    differs(&found, &lent)
}

fn rows_add_up(life: &Life) -> Option<String> {
    let servicing = &life.book.loan().servicing;
    if !servicing.state.is_active() {
        return None;
    }
    let expected: Amount = servicing.installments.iter().map(|row| row.expected.principal).sum();
    differs(&expected, &(servicing.paid.principal + servicing.outstanding.principal))
}

fn the_limit_holds(life: &Life) -> Option<String> {
    let loan = life.book.loan();
    let is_credit = loan.terms.product_type == ProductType::RevolvingCredit;
    // What was charged may have become principal of a loan, of a credit never.
    let outstanding = loan.servicing.outstanding.principal;
    (is_credit && outstanding > loan.terms.amount).then(|| format!("{outstanding:?} is outstanding"))
}

fn no_more_is_paid_out(life: &Life) -> Option<String> {
    let loan = life.book.loan();
    let mut sum = Amount::ZERO;
    for one in effective(&life.book.entries) {
        if let Event::Disbursed { amount, fees, .. } = &one.step.event {
            let added: Amount = fees.iter().filter(|fee| fee.is_capitalized).map(|fee| fee.amount).sum();
            sum += *amount - added;
        }
    }
    // A credit is drawn again and again.
    (!loan.terms.is_revolving() && sum > loan.terms.amount).then(|| format!("{sum:?} were paid out"))
}

fn no_share_comes_twice(life: &Life) -> Option<String> {
    let mut charged = Vec::new();
    for one in effective(&life.book.entries) {
        if let Event::Disbursed { fees, .. } = &one.step.event {
            charged.extend(fees.iter().map(|fee| fee.fee));
        }
        if let Event::FeeCharged { charge, .. } = &one.step.event {
            charged.extend(charge.fee.filter(|_| charge.cause == FeeCause::Disbursement));
        }
    }
    let is_share = |fee: &&ProductFee| {
        !matches!(fee.calculation, FeeCalculation::Flat | FeeCalculation::FlatNumberOfInstallments)
    };
    let shares = life.book.loan().terms.charges.fees.iter().filter(is_share).map(|fee| fee.key);
    let is_twice = |key: &Key| charged.iter().filter(|known| *known == key).count() > 1;
    shares.into_iter().find(is_twice).map(|key| format!("{key} was charged twice"))
}

/// Where prepayments are taken; a loan on which nothing is owed any more is closed otherwise.
fn the_quote_closes(life: &Life) -> Option<String> {
    let mut book = life.book.clone();
    let loan = book.loan();
    let quoted = loan.payoff_on(book.business_date).total();
    // A loan on which too much was paid stays open: it can be drawn again.
    let is_overpaid = loan.servicing.course.overpaid.is_positive();
    let takes_all = !is_overpaid && loan.terms.prepayment == PrepaymentAcceptance::AcceptPrepayments;
    if !loan.state().is_active() || !takes_all || !quoted.is_positive() {
        return None;
    }
    let repaid = book.repay(&quoted.to_fixed_text(book.loan().terms.currency));
    if let Err(refusal) = repaid {
        return Some(format!("{quoted:?} is refused: {refusal}"));
    }
    let loan = book.loan();
    // What can be drawn again, is to be paid out still, or rests a while, stays open with nothing owed.
    let stays = loan.terms.controls.dormancy_days.is_some()
        || loan.terms.is_revolving()
        || loan.servicing.course.has_tranches_left();
    let is_settled = book.outstanding().is_zero() && (stays || !loan.state().is_active());
    (!is_settled).then(|| format!("{quoted:?} leaves {:?}", book.outstanding()))
}

fn nothing_is_negative(life: &Life) -> Option<String> {
    let servicing = &life.book.loan().servicing;
    let negative = |of: Components| Component::ALL.iter().any(|component| of.get(*component).is_negative());
    let of_row = |row: &Installment| {
        negative(row.expected)
            || negative(row.paid)
            || negative(row.unpaid())
            || row.interest_to_apply().is_negative()
            || (row.interest_applied - row.paid.interest).is_negative()
    };
    if negative(servicing.outstanding) || negative(servicing.paid) {
        return Some(format!("outstanding {:?}, paid {:?}", servicing.outstanding, servicing.paid));
    }
    servicing.installments.iter().find(|row| of_row(row)).map(|row| format!("{row:?}"))
}

fn debits_equal_credits(life: &Life) -> Option<String> {
    let auditor = Auditor::read_fast(&life.book.transfers);
    if !auditor.is_balanced() {
        return Some("the accounts do not add up to nothing".to_owned());
    }
    let course = &life.book.loan().servicing.course;
    differs(&auditor.outstanding(), &life.book.outstanding())
        .or_else(|| differs(&auditor.overpayments(), &course.overpaid))
        .or_else(|| differs(&auditor.recovered(), &course.recovered))
        .or_else(|| differs(&auditor.waived(), &waived(life)))
}

/// What claims that stand gave up of balances, but for taxes.
fn waived(life: &Life) -> Amount {
    let of = |event: &Event| {
        let Event::Waived { parts, tax, .. } = event else { return Amount::ZERO };
        let balances: Amount = parts.iter().map(|part| part.part.principal + part.applied).sum();
        balances - *tax
    };
    effective(&life.book.entries).iter().map(|one| of(&one.step.event)).sum()
}

/// Interest, fees and penalties as they were served, against the accounts of what is earned.
fn income_is_what_was_charged(life: &Life) -> Option<String> {
    use TransactionKind as Kind;
    let (mut served, mut taxes, mut waived_taxes) = (Components::ZERO, Components::ZERO, Amount::ZERO);
    for row in &life.book.transactions {
        let (amount, tax) = (row.amount, row.charges.tax);
        let charged = match row.kind {
            Kind::InterestApplied | Kind::InterestAppliedReversal => {
                Components { interest: amount, ..Components::ZERO }
            }
            Kind::Fee | Kind::FeeReversal => Components { fees: amount, ..Components::ZERO },
            Kind::PenaltyApplied | Kind::PenaltyReversal => {
                Components { penalties: amount, ..Components::ZERO }
            }
            Kind::FeesReduced | Kind::FeesReducedReversal => Components { fees: -amount, ..Components::ZERO },
            Kind::PenaltiesReduced | Kind::PenaltiesReducedReversal => {
                Components { penalties: -amount, ..Components::ZERO }
            }
            Kind::Waiver | Kind::WaiverReversal => {
                waived_taxes += tax.total();
                continue;
            }
            Kind::Disbursement | Kind::DisbursementReversal => {
                let fees = row.charges.fees.iter().map(|fee| fee.amount).sum();
                Components { fees, ..Components::ZERO }
            }
            Kind::Repayment
            | Kind::RepaymentReversal
            | Kind::InterestRateChanged
            | Kind::InterestRateChangeReversal
            | Kind::PaymentMade
            | Kind::PaymentMadeReversal
            | Kind::WriteOff
            | Kind::WriteOffReversal
            | Kind::Recovery
            | Kind::RecoveryReversal
            | Kind::Restructure
            | Kind::PaymentReschedule
            | Kind::PaymentRescheduleReversal
            | Kind::InterestLocked
            | Kind::FeeLocked
            | Kind::PenaltyLocked
            | Kind::InterestUnlocked
            | Kind::FeeUnlocked
            | Kind::PenaltyUnlocked => continue,
        };
        served += charged;
        let is_reduction = matches!(
            row.kind,
            Kind::FeesReduced
                | Kind::FeesReducedReversal
                | Kind::PenaltiesReduced
                | Kind::PenaltiesReducedReversal
        );
        taxes = if is_reduction { taxes - tax } else { taxes + tax };
    }
    let loan = life.book.loan();
    let is_paid_out = loan.state().disbursed_on().is_some();
    served.fees += if is_paid_out { loan.terms.capitalized_fee } else { Amount::ZERO };
    let auditor = Auditor::read_fast(&life.book.transfers);
    differs(&auditor.income(), &(served - taxes))
        .or_else(|| differs(&auditor.taxes_payable(), &(taxes.total() - waived_taxes)))
}

/// Where no schedule was written anew: what moved from row to row keeps the tax that it had.
fn taxes_are_within(life: &Life) -> Option<String> {
    if life.book.is_rescheduled() {
        return None;
    }
    let loan = life.book.loan();
    let rows = loan.servicing.installments.iter();
    let charged = rows.map(|row| {
        let held = Components { interest: row.interest_applied, ..row.expected };
        tax_within(&loan.terms, held).total()
    });
    let is_paid_out =
        |kind| matches!(kind, TransactionKind::Disbursement | TransactionKind::DisbursementReversal);
    let kept = life.book.transactions.iter().filter(|row| is_paid_out(row.kind));
    let expected = charged.sum::<Amount>() + kept.map(|row| row.charges.tax.fees).sum::<Amount>();
    differs(&Auditor::read_fast(&life.book.transfers).taxes_payable(), &expected)
}

fn nothing_is_left_between_loans(life: &Life) -> Option<String> {
    let all = life.earlier.iter().chain([life]);
    let left: Amount = all.map(|life| Auditor::read_fast(&life.book.transfers).restructuring()).sum();
    differs(&left, &Amount::ZERO)
}

/// The same life as it would be booked where income counts when it is paid, and where nothing is booked.
fn other_methods_move_the_same(life: &Life) -> Option<String> {
    let by = |method| {
        let mut loan = life.book.loan().clone();
        loan.terms.accounting.method = method;
        let all = life.book.entries.iter().flat_map(|entry| transfers(&loan, entry));
        Auditor::read_fast(&all.collect::<Vec<_>>())
    };
    let (owed, paid, none) =
        (by(AccountingMethod::Accrual), by(AccountingMethod::Cash), by(AccountingMethod::None));
    let outstanding = life.book.outstanding();
    let principal = Components { principal: outstanding.principal, ..Components::ZERO };
    let earned = |auditor: &Auditor| auditor.income().total() + auditor.taxes_payable();
    let still_owed = outstanding.total() - outstanding.principal;
    differs(&paid.outstanding(), &principal)
        .or_else(|| differs(&paid.paid_out(), &owed.paid_out()))
        .or_else(|| differs(&paid.restructuring(), &owed.restructuring()))
        .or_else(|| differs(&paid.deferred_fee_income(), &0))
        .or_else(|| differs(&earned(&paid), &(earned(&owed) - still_owed - given_up_of_charges(life))))
        .or_else(|| differs(&none.outstanding(), &Components::ZERO))
        .or_else(|| differs(&none.restructuring(), &owed.restructuring()))
        .or_else(|| (!paid.is_balanced() || !none.is_balanced()).then(|| "out of balance".to_owned()))
}

/// What was written off or waived of interest, fees and penalties, but for the tax of what was waived.
fn given_up_of_charges(life: &Life) -> Amount {
    let of = |event: &Event| {
        if let Event::WrittenOff { amount, .. } | Event::Restructured { written_off: amount, .. } = event {
            return amount.total() - amount.principal;
        }
        let Event::Waived { parts, tax, .. } = event else { return Amount::ZERO };
        parts.iter().map(|part| part.applied).sum::<Amount>() - *tax
    };
    effective(&life.book.entries).iter().map(|one| of(&one.step.event)).sum()
}

fn today_is_the_row(life: &Life) -> Option<String> {
    let today = View { as_of: life.book.business_date, known_on: life.book.business_date };
    let seen = as_of(&life.book.entries, today).map(|loan| loan.servicing);
    differs(&seen.as_ref(), &Some(&life.book.loan().servicing))
}

fn evenings_are_remembered(life: &Life) -> Option<String> {
    life.evenings.iter().enumerate().find_map(|(index, (day, servicing))| {
        // Of a day with several evenings, because no day passed between them, the last one counts.
        if life.evenings[index + 1..].iter().any(|(later, _)| later == day) || *day == life.book.business_date
        {
            return None;
        }
        let seen = as_of(&life.book.entries, View { as_of: *day, known_on: *day }).map(|loan| loan.servicing);
        differs(&seen.as_ref(), &Some(servicing)).map(|text| format!("{day}: {text}"))
    })
}

/// Tranches are paid out again under new numbers, where repayments before them went and came; a fee
/// that was taken back is forgone from an earlier day on. What grows is added up over other days, and may
/// differ in its twentieth decimal.
fn what_was_taken_back_is_gone(life: &Life) -> Option<String> {
    let numberless = |servicing: &Servicing| {
        let mut servicing = Servicing { latest_value_date: None, ..servicing.clone() };
        for part in &mut servicing.course.charges.penalties {
            let thousandths = part.accrued.times(1_000).round(Rounding::HalfEven);
            part.accrued = Exact::ratio(i128::from(thousandths.minor()), 1_000);
        }
        for tranche in &mut servicing.course.tranches {
            tranche.disbursement = tranche.disbursement.and(Some(0));
        }
        servicing
    };
    life.restored.iter().find_map(|(before, after)| differs(&numberless(after), &numberless(before)))
}

fn today_brings_nothing(life: &Life) -> Option<String> {
    let outlook = Outlook { calendar: &life.book.calendar, catalog: &life.book.catalog };
    let loan = life.book.loan();
    differs(&outlook.on(loan.clone(), life.book.business_date).servicing, &loan.servicing)
}

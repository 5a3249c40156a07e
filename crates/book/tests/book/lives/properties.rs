//! What holds of every life. Each is shown to fail by a seeded fault, in `faults`.

use loam_book::loan::Installment;
use loam_book::loan::as_of::{View, as_of};
use loam_book::loan::event::Event;
use loam_book::loan::log::{effective, fold, fold_steps};
use loam_book::loan::outlook::Outlook;
use loam_book::loan::transaction::TransactionKind;
use loam_book::product::PrepaymentAcceptance;
use loam_book::product::charges::ChargeRules;
use loam_calc::allocation::{Component, Components};
use loam_calc::calendar::Calendar;
use loam_calc::money::Amount;

use super::moves::Life;
use crate::auditor::Auditor;
use crate::explained;

type Property = fn(&Life) -> Option<String>;

/// The properties with their names; each says what is wrong, if something is.
pub(crate) const PROPERTIES: &[(&str, Property)] = &[
    ("the fold equals the materialization", fold_is_the_row),
    ("incremental equals re-fold", steps_lead_to_the_row),
    ("principal repaid, written off and outstanding is what was lent", principal_adds_up),
    ("the principal of all rows is what was repaid and is outstanding", rows_add_up),
    ("paying what is quoted closes the loan", the_quote_closes),
    ("no balance is negative", nothing_is_negative),
    ("debits equal credits", debits_equal_credits),
    ("fees charged and kept are fees earned", fees_are_earned),
    ("as of today is the current row", today_is_the_row),
    ("the book remembers how every day ended", evenings_are_remembered),
    ("nothing is left of what was taken back", what_was_taken_back_is_gone),
    ("the day that is over brings nothing more", today_brings_nothing),
    ("every figure is explained and multiplies out", |life| explained::fault(&life.book)),
    ("the checks find nothing", |life| life.book.findings().first().map(|finding| format!("{finding:?}"))),
];

/// The ones that are looked at after every move; they cost little.
pub(crate) fn of_every_moment(life: &Life) -> Option<String> {
    [fold_is_the_row as Property, principal_adds_up, rows_add_up, nothing_is_negative]
        .iter()
        .find_map(|holds| holds(life))
}

fn differs<T: PartialEq + std::fmt::Debug>(left: &T, right: &T) -> Option<String> {
    (left != right).then(|| format!("{left:?}\n  is not\n{right:?}"))
}

fn fold_is_the_row(life: &Life) -> Option<String> {
    differs(&fold(&life.book.entries), &life.book.loan)
}

fn steps_lead_to_the_row(life: &Life) -> Option<String> {
    let by_steps = fold_steps(&effective(&life.book.entries)).expect("a life has a log");
    differs(&by_steps.servicing, &life.book.loan().servicing)
}

/// What was capitalized is part of the amount that was disbursed.
fn principal_adds_up(life: &Life) -> Option<String> {
    let (mut lent, mut written_off) = (Amount::ZERO, Amount::ZERO);
    for effective in effective(&life.book.entries) {
        if let Event::Disbursed { amount, .. } = &effective.step.event {
            lent += *amount;
        }
        if let Event::WrittenOff { amount, .. } = &effective.step.event {
            written_off += amount.principal;
        }
    }
    let servicing = &life.book.loan().servicing;
    let found = servicing.paid.principal + servicing.outstanding.principal + written_off;
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
    book.loan().state().is_active().then(|| format!("{quoted:?} leaves {:?}", book.outstanding()))
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
    differs(&auditor.outstanding(), &life.book.outstanding())
}

/// Of products without fees and taxes of their own: those are kept, deferred, and owed to others.
fn fees_are_earned(life: &Life) -> Option<String> {
    if life.book.loan().terms.charges != ChargeRules::default() {
        return None;
    }
    let is_reduction =
        |kind| matches!(kind, TransactionKind::FeesReduced | TransactionKind::FeesReducedReversal);
    let reductions = life.book.transactions.iter().filter(|row| is_reduction(row.kind));
    let reduced: Amount = reductions.map(|row| row.amount).sum();
    let is_fee = |kind| matches!(kind, TransactionKind::Fee | TransactionKind::FeeReversal);
    let rows = life.book.transactions.iter().filter(|row| is_fee(row.kind));
    let charged: Amount = rows.map(|row| row.amount).sum();
    let loan = life.book.loan();
    let is_paid_out = loan.state().disbursed_on().is_some();
    let kept = if is_paid_out { loan.terms.capitalized_fee } else { Amount::ZERO };
    differs(&Auditor::read_fast(&life.book.transfers).fee_income(), &(charged + kept - reduced))
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

fn what_was_taken_back_is_gone(life: &Life) -> Option<String> {
    life.restored.iter().find_map(|(before, after)| differs(after, before))
}

fn today_brings_nothing(life: &Life) -> Option<String> {
    let calendar = Calendar::every_day_works();
    let outlook = Outlook { calendar: &calendar, catalog: &life.book.catalog };
    let loan = life.book.loan();
    differs(&outlook.on(loan.clone(), life.book.business_date).servicing, &loan.servicing)
}

//! Every interest, fee and penalty figure of a loan is explained, and the parts of the explanation,
//! multiplied out here by other code, give the figure.

use jiff::civil::date;
use loam_book::loan::as_of::View;
use loam_book::loan::event::Event;
use loam_book::loan::explain::{
    Base, Change, Explanation, Figure, Part, Working, accrued_exact, explain, formula,
};
use loam_book::loan::log::effective;
use loam_book::product::payments::Amortization;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{InstallmentRounding, InterestMethod};

use crate::support::{TestBook, cents, figures, product, sample_loan};

/// All explanations of a book's loan today.
fn explanations(book: &TestBook) -> Vec<Explanation> {
    let view = View { as_of: book.business_date, known_on: book.business_date };
    explain(&book.entries, view, book.loan(), &book.calendar)
}

/// What is not explained, or explained wrongly.
pub(crate) fn fault(book: &TestBook) -> Option<String> {
    let found = explanations(book);
    found.iter().find_map(|one| wrong(one, &found, book)).or_else(|| missing(&found, book))
}

/// A figure whose parts do not multiply out to it, or that rests on nothing.
fn wrong(one: &Explanation, all: &[Explanation], book: &TestBook) -> Option<String> {
    let text = formula(&one.working, book.loan().terms.currency);
    let is_there = |seq: &i64| book.entries.iter().any(|entry| entry.seq == *seq);
    if one.entries.is_empty() || !one.entries.iter().all(is_there) {
        return Some(format!("{:?} rests on {:?}", one.figure, one.entries));
    }
    if text.is_empty() || one.working.result() != one.amount {
        return Some(format!("{:?} is {} and its working gives {text}", one.figure, one.amount));
    }
    match &one.working {
        Working::Changed { .. } | Working::Sum { .. } => {
            let parts = parts_of(&one.working);
            let unknown = parts.iter().find(|part| !is_base(part.base, part.amount, all, book));
            unknown
                .map(|part| format!("{:?} rests on {part:?}, which is no figure of the loan", one.figure))
                .or_else(|| {
                    (multiplied_out(&one.working) != one.amount).then(|| format!("{:?}: {text}", one.figure))
                })
        }
        Working::Annuity { .. } => annuity_fault(&one.working).map(|fault| format!("{fault}: {text}")),
        Working::Stated(_) => stated_fault(one, book),
    }
}

/// Interest and taxes come of something; only what somebody named is as it was named.
fn stated_fault(one: &Explanation, book: &TestBook) -> Option<String> {
    let is_named = match one.figure {
        Figure::InstallmentInterest { .. } => {
            book.is_rescheduled() || book.loan().terms.amortization == Amortization::PaymentPlan
        }
        Figure::InterestApplied { .. } | Figure::AccruedInterest { .. } | Figure::EqualTotal => false,
        Figure::Tax { .. } | Figure::TaxGivenUp { .. } | Figure::AccruedPenalty { .. } => false,
        Figure::CapitalizedFee { .. }
        | Figure::Fee { .. }
        | Figure::DisbursementFee { .. }
        | Figure::Penalty { .. }
        | Figure::ChargeGivenUp { .. } => true,
    };
    (!is_named).then(|| format!("{:?} is said to be named", one.figure))
}

/// The parts of a working, of what it was before it was changed too.
fn parts_of(working: &Working) -> Vec<Part> {
    match working {
        Working::Sum { parts, .. } => parts.clone(),
        Working::Annuity { .. } | Working::Stated(_) => Vec::new(),
        Working::Changed { before, changes } => {
            let joined = changes.iter().flat_map(|change| match change {
                Change::Joined(working) | Change::LateInterest(working) => parts_of(working),
                Change::TakenOff { .. }
                | Change::Share { .. }
                | Change::AppliedAhead { .. }
                | Change::Carried { .. }
                | Change::AfterMaturity { .. }
                | Change::NotTaken { .. }
                | Change::Waived { .. }
                | Change::PartOf { .. }
                | Change::TaxOnTop { .. }
                | Change::ToMultiple { .. }
                | Change::HeldBack { .. } => Vec::new(),
            });
            parts_of(before).into_iter().chain(joined).collect()
        }
    }
}

/// Whether an amount is what it is said to be.
fn is_base(base: Base, amount: Amount, all: &[Explanation], book: &TestBook) -> bool {
    match base {
        // Fees may have been added to it; of a loan with tiers it is the part that has a rate. A down
        // payment bears no interest.
        Base::OriginalPrincipal => {
            let terms = &book.loan().terms;
            let has_tiers = !terms.interest_rules.rate_terms.balance_tiers().is_empty();
            // As it was paid out: a fee that is lent makes it larger, and it may have been spread anew since.
            let steps = effective(&book.entries);
            let first_row = steps.iter().find_map(|one| {
                let Event::Disbursed { installments, .. } = &one.step.event else { return None };
                installments.first().map(|row| row.expected.principal)
            });
            let has_down_payment = terms.down_payment().is_positive();
            let down_payment = first_row.filter(|_| has_down_payment).unwrap_or_default();
            amount >= terms.amount - down_payment || (has_tiers && !amount.is_negative())
        }
        Base::OutstandingPrincipal | Base::BearingPrincipal => !amount.is_negative(),
        Base::CarriedInterest(_) => amount.is_negative(),
        Base::OverdueBalance(_)
        | Base::NotedPenalty(_)
        | Base::InstallmentPrincipal
        | Base::InstallmentInterest
        | Base::InstallmentTotal => amount.is_positive(),
        Base::TaxedAmount => !amount.is_negative(),
        Base::LoanAmount => amount == book.loan().terms.amount,
        // Of interest that was applied before the schedule was changed, the row may ask for other interest now.
        Base::ExpectedInterest(_) if book.is_rescheduled() || book.loan().terms.is_dynamic() => {
            !amount.is_negative()
        }
        // As it was before a claim of the protection waived some of it.
        Base::ExpectedInterest(wanted) => all.iter().any(|one| {
            let waived = book.loan().servicing.waived_of(wanted).interest;
            let more = Exact::from_amount(amount) - one.amount;
            matches!(one.figure, Figure::InstallmentInterest { number, .. } if number == wanted)
                && more >= Exact::ZERO
                && more <= Exact::from_amount(waived)
        }),
    }
}

/// The working again in plain fractions: over one denominator, divided once.
fn multiplied_out(working: &Working) -> Exact {
    let (parts, rounding, less) = match working {
        Working::Sum { parts, rounding, less } => (parts, rounding, less),
        Working::Annuity { .. } | Working::Stated(_) => return working.result(),
        Working::Changed { before, changes } => {
            let sum = multiplied_out(before) + changes.iter().map(change_of).sum::<Exact>();
            return sum.max(Exact::ZERO);
        }
    };
    let (mut numerator, mut denominator) = (0i128, 1i128);
    for part in parts {
        let mut top = i128::from(part.amount.minor());
        let mut bottom = 1;
        for (over, under) in [
            part.rate.map(|rate| (rate.numerator(), rate.denominator())),
            part.share.map(|share| (share.numerator, share.denominator)),
        ]
        .into_iter()
        .flatten()
        {
            (top, bottom) = product_of((top, bottom), (over, under));
        }
        (numerator, denominator) = reduced(numerator * bottom + top * denominator, denominator * bottom);
    }
    let less: i64 = less.iter().map(|less| less.amount().minor()).sum();
    // What was noted with 20 decimals is looked at with 15, so that half a cent stays half a cent.
    if rounding.is_some() && parts.iter().any(|part| matches!(part.base, Base::NotedPenalty(_))) {
        let settled = Exact::ratio(numerator, denominator).to_decimals(15).to_decimal_text();
        let (whole, decimals) = settled.split_once('.').unwrap_or((&settled, ""));
        (numerator, denominator) =
            (format!("{whole}{decimals:0<15}").parse().expect("digits"), 10i128.pow(15));
    }
    let value = match rounding {
        None => Exact::ratio(numerator - i128::from(less) * denominator, denominator),
        Some(rounding) => Exact::ratio(rounded(numerator, denominator, *rounding) - i128::from(less), 1),
    };
    value.max(Exact::ZERO)
}

fn rounded(numerator: i128, denominator: i128, rounding: Rounding) -> i128 {
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::Up => rest > 0,
        Rounding::HalfUp => rest * 2 >= denominator,
        Rounding::HalfEven => rest * 2 > denominator || (rest * 2 == denominator && whole % 2 == 1),
    };
    whole + i128::from(up)
}

fn change_of(change: &Change) -> Exact {
    match change {
        Change::TakenOff { amount } | Change::NotTaken { amount } | Change::Waived { amount } => {
            Exact::ratio(-i128::from(amount.minor()), 1)
        }
        Change::AppliedAhead { amount }
        | Change::Carried { amount }
        | Change::AfterMaturity { amount }
        | Change::HeldBack { amount, .. } => Exact::ratio(i128::from(amount.minor()), 1),
        Change::Share { total, place, count } => {
            let running = |place: u32| i128::from(total.minor()) * i128::from(place) / i128::from(*count);
            Exact::ratio(running(*place) - running(*place - 1), 1)
        }
        Change::Joined(working) | Change::LateInterest(working) => multiplied_out(working),
        Change::PartOf { whole, place, count, rounding } => {
            let regular = rounded(i128::from(whole.minor()), i128::from(*count), *rounding);
            let whole = i128::from(whole.minor());
            let is_last = place == count;
            let part = if is_last { whole - regular * i128::from(*count - 1) } else { regular };
            Exact::ratio(part - whole, 1)
        }
        Change::ToMultiple { unrounded, multiple, rounding } => {
            let unit = i128::from(multiple.minor());
            let multiples = unrounded.divided_by(unit).round(*rounding);
            Exact::ratio(i128::from(multiples.minor()) * unit, 1) - *unrounded
        }
        Change::TaxOnTop { net, rate, rounding } => {
            let net = i128::from(net.minor());
            let gross = rounded(net * (rate.denominator() + rate.numerator()), rate.denominator(), *rounding);
            Exact::ratio(gross - net, 1)
        }
    }
}

/// Reduced crosswise first: rates may have twenty decimals, and `i128` has room for 38.
fn product_of((top, bottom): (i128, i128), (over, under): (i128, i128)) -> (i128, i128) {
    let (top, under) = reduced(top, under);
    let (over, bottom) = reduced(over, bottom);
    (top * over, bottom * under)
}

fn reduced(numerator: i128, denominator: i128) -> (i128, i128) {
    let (mut left, mut right) = (numerator.unsigned_abs(), denominator.unsigned_abs());
    while right != 0 {
        (left, right) = (right, left % right);
    }
    let divisor = i128::try_from(left.max(1)).expect("it divides both");
    (numerator / divisor, denominator / divisor)
}

/// The equal total is worth what was lent, and is rounded as it says.
fn annuity_fault(working: &Working) -> Option<String> {
    let Working::Annuity { principal, rate, times, unrounded, rounding, multiple, total } = working else {
        return None;
    };
    // What so many payments are worth at the beginning, counted back from the last one, in minor
    // units with 24 binary places.
    const UNIT: i128 = 1 << 24;
    // Larger payments have no room for these places; what they are rounded to is looked at all the same.
    const LARGEST: Amount = Amount::from_minor(1 << 38);
    let worth = |payment: i128| {
        times.iter().rev().fold(0, |later: i128, time| {
            let denominator = rate.denominator() * time.denominator;
            let growth = denominator + rate.numerator() * time.numerator;
            let discount = (denominator << 60) / growth;
            ((later + payment) * discount) >> 60
        })
    };
    if unrounded.round(Rounding::Up) <= LARGEST {
        let payment = i128::from(unrounded.times(UNIT).round(Rounding::Down).minor());
        let (near, lent) = (UNIT / 1024, i128::from(principal.minor()) * UNIT);
        if worth(payment - near) > lent || worth(payment + near) < lent {
            return Some(format!("{unrounded} does not pay the loan back"));
        }
    }
    let step = match multiple {
        InstallmentRounding::None => cents(1),
        InstallmentRounding::ToNearest(unit) | InstallmentRounding::UpTo(unit) => *unit,
    };
    let steps = unrounded.divided_by(i128::from(step.minor()));
    let rounding = match multiple {
        InstallmentRounding::None => *rounding,
        InstallmentRounding::UpTo(_) => Rounding::Up,
        InstallmentRounding::ToNearest(_) if *rounding == Rounding::HalfEven => Rounding::HalfEven,
        InstallmentRounding::ToNearest(_) => Rounding::HalfUp,
    };
    let rounded = Amount::from_minor(steps.round(rounding).minor() * step.minor());
    (rounded != *total).then(|| format!("{unrounded} is rounded to {rounded:?} and not to {total:?}"))
}

/// A figure of the loan that nothing explains.
fn missing(found: &[Explanation], book: &TestBook) -> Option<String> {
    let loan = book.loan();
    let sum = |of: &dyn Fn(&Figure) -> bool| -> Exact {
        found.iter().filter(|one| of(&one.figure)).map(|one| one.amount).sum()
    };
    for row in &loan.schedule_on(book.business_date) {
        let interest = found.iter().filter(
            |one| matches!(one.figure, Figure::InstallmentInterest { number, .. } if number == row.number),
        );
        let interest: Vec<Exact> = interest.map(|one| one.amount).collect();
        if interest != [Exact::from_amount(row.expected.interest)] {
            return Some(format!("interest of {row:?} is explained as {interest:?}"));
        }
        let fees = sum(&|figure| matches!(figure, Figure::Fee { number, .. } if *number == row.number));
        let is_given_up = found.iter().any(|one| matches!(one.figure, Figure::ChargeGivenUp { .. }));
        if fees != Exact::from_amount(row.expected.fees) && !book.is_rescheduled() && !is_given_up {
            return Some(format!("fees of {row:?} are explained as {fees}"));
        }
    }
    // A change of the schedule moves charges from row to row; together they stay what they are.
    let charged = sum(&|figure| matches!(figure, Figure::Fee { .. } | Figure::Penalty { .. }))
        - sum(&|figure| matches!(figure, Figure::ChargeGivenUp { .. }));
    let expected = loan.servicing.installments.iter().map(|row| row.expected.fees + row.expected.penalties);
    let expected: Amount = expected.sum();
    if charged != Exact::from_amount(expected) {
        return Some(format!("charges of {expected:?} are explained as {charged}"));
    }
    for effective in effective(&book.entries) {
        if let Some((transaction_id, tax)) = tax_of(&effective.step.event) {
            let is_it = |figure: &Figure| matches!(figure, Figure::Tax { transaction_id: id, .. } | Figure::TaxGivenUp { transaction_id: id, .. } if *id == transaction_id);
            if sum(&is_it) != Exact::from_amount(tax) {
                return Some(format!("the tax {tax:?} of transaction {transaction_id} is not explained"));
            }
        }
        if let Event::InterestApplied { posted, amount, .. } = &effective.step.event {
            let is_it = |figure: &Figure| matches!(figure, Figure::InterestApplied { transaction_id, .. } if *transaction_id == posted.transaction_id);
            if sum(&is_it) != Exact::from_amount(*amount) {
                return Some(format!("nothing explains transaction {}", posted.transaction_id));
            }
        }
    }
    let grown = accrued_exact(loan, book.business_date).map_or(Exact::ZERO, |(_, exact)| exact);
    let is_open = loan.terms.is_dynamic() && loan.state().is_active();
    // What was carried on is whole already, so a half may be rounded otherwise.
    let off = grown - Exact::from_amount(loan.accrued_on(book.business_date));
    if is_open && off.max(-off) >= Exact::ratio(1, 1) {
        return Some(format!("accrued interest {grown} is not what a payment would apply"));
    }
    if sum(&|figure| matches!(figure, Figure::AccruedInterest { .. })) != grown {
        return Some(format!("accrued interest {grown} is not explained"));
    }
    let penalties = loam_book::loan::charges::penalties::accrued(loan, book.business_date);
    let explained = sum(&|figure| matches!(figure, Figure::AccruedPenalty { .. }));
    // What has grown is noted with 20 decimals whenever that on which it grows changes.
    let off = (penalties - explained).times(1 << 40);
    if off.max(-off) >= Exact::ratio(1, 1) {
        return Some(format!("accrued penalties {penalties} are explained as {explained}"));
    }
    let is_paid_out = loan.state().disbursed_on().is_some();
    let kept = if is_paid_out { loan.terms.capitalized_fee } else { Amount::ZERO };
    let explained = sum(&|figure| matches!(figure, Figure::CapitalizedFee { .. }));
    (explained != Exact::from_amount(kept)).then(|| format!("the capitalized fee {kept:?} is not explained"))
}

/// The tax that an event says is in what it charges or gives up.
fn tax_of(event: &Event) -> Option<(i64, Amount)> {
    if let Event::InterestApplied { posted, tax, .. } | Event::PenaltyApplied { posted, tax, .. } = event {
        return Some((posted.transaction_id, *tax));
    }
    if let Event::FeeCharged { posted, charge, .. } = event {
        return Some((posted.transaction_id, charge.tax));
    }
    if let Event::ChargeReduced { posted, tax, .. } = event {
        return Some((posted.transaction_id, tax.total()));
    }
    if let Event::Disbursed { posted, capitalized_fee_tax, fees, .. } = event {
        let fees: Amount = fees.iter().map(|fee| fee.tax).sum();
        return Some((posted.transaction_id, *capitalized_fee_tax + fees));
    }
    None
}

fn formula_of(book: &TestBook, wanted: impl Fn(&Figure) -> bool) -> String {
    let found = explanations(book);
    let one = found.iter().find(|one| wanted(&one.figure)).expect("it is explained");
    formula(&one.working, Currency::USD)
}

#[test]
fn the_first_interest_of_the_sample_loan_is_30_days_of_28() {
    let book = sample_loan();
    assert_eq!(fault(&book), None);
    let first = explanations(&book)
        .into_iter()
        .find(|one| matches!(one.figure, Figure::InstallmentInterest { number: 1, .. }));
    let first = first.expect("it is explained");
    assert_eq!(first.amount, Exact::from_amount(cents(25_45)));
    assert_eq!(first.entries, [3], "the disbursement");
    let Working::Sum { parts, rounding: Some(Rounding::HalfUp), .. } = &first.working else {
        panic!("{first:?}")
    };
    assert_eq!(parts[0].base, Base::OriginalPrincipal);
    assert_eq!(parts[0].period, Some((date(2012, 6, 28), date(2012, 7, 28))));
    assert_eq!(
        formula(&first.working, Currency::USD),
        "950.00 × 2.5 % × 30/28 = 25.44642857142857142857, rounded half up to 25.45"
    );
}

#[test]
fn what_was_applied_by_hand_is_taken_off_what_falls_due() {
    let mut product = product();
    product.interest_method = InterestMethod::DecliningBalance;
    let mut book = TestBook::active_loan(product, "950", date(2012, 6, 28));
    book.move_to(date(2012, 7, 5));
    let request = loam_book::loan::command::LoanCommand::ApplyInterest { value_date: None, notes: None };
    book.command(&request).expect("seven days have grown");
    assert_eq!(fault(&book), None);
    let by_hand = formula_of(&book, |figure| matches!(figure, Figure::InterestApplied { .. }));
    assert_eq!(
        by_hand,
        "25.45 of installment 1 × 7/30 = 5.93833333333333333333, rounded down to 5.93 − 0.00 applied before of installment 1 = 5.93"
    );
    let grown = formula_of(&book, |figure| matches!(figure, Figure::AccruedInterest { .. }));
    assert!(grown.ends_with("− 5.93 applied before of installment 1 = 0.00833333333333333333"), "{grown}");
    book.move_to(date(2012, 7, 28));
    let due = date(2012, 7, 28);
    let rest = formula_of(
        &book,
        |figure| matches!(figure, Figure::InterestApplied { value_date, .. } if *value_date == due),
    );
    assert_eq!(rest, "25.45 of installment 1 − 5.93 applied before of installment 1 = 19.52");
    assert_eq!(fault(&book), None);
}

#[test]
fn an_equal_installment_says_how_it_came_about() {
    let mut product = product();
    product.interest_method = InterestMethod::DecliningBalanceDiscounted;
    product.charge_frequency = loam_calc::schedule::ChargeFrequency::EveryMonth;
    product.days_method = loam_calc::day_count::DaysMethod::RepaymentPeriodicity;
    let book = TestBook::active(product, date(2012, 6, 28), figures("950"));
    let text = formula_of(&book, |figure| *figure == Figure::EqualTotal);
    // 950 × 0.025 ÷ (1 − 1.025^−5)
    assert!(
        text.starts_with(
            "950.00 × Π(1 + r) ÷ Σ Π(1 + r of the periods after), r = 2.5 % × 1/1 (5 times) = 204.484"
        ),
        "{text}"
    );
    assert!(text.ends_with("rounded half up to 204.48"), "{text}");
    assert_eq!(fault(&book), None);
}

#[test]
fn a_figure_that_was_changed_is_not_explained() {
    let mut book = sample_loan();
    book.charge("5", 2).expect("arbitrary fees are allowed");
    assert_eq!(fault(&book), None);
    let mut changed = sample_loan();
    changed.loan.as_mut().expect("a loan").servicing.installments[2].expected.interest += cents(1);
    assert!(fault(&changed).expect("a cent too much").contains("number: 3"));
    book.loan.as_mut().expect("a loan").servicing.installments[1].expected.fees += cents(1);
    assert!(fault(&book).expect("a cent too much").contains("fees of"));
}

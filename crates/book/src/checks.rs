//! What must hold of an account: a list of checks, each a pure function. `loam check` runs them.

use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::journal::balances::{balance_of, by_account_and_day, outstanding};
use crate::journal::{GlAccount, Transfer, postings};
use crate::loan::custom_payment::fees_add_up;
use crate::loan::event::{Entry, Event, Step};
use crate::loan::log::NotBegun;
use crate::loan::transaction::LoanTransaction;
use crate::loan::transaction::transactions;
use crate::loan::{Installment, Loan, log};
use crate::product::{AccountingMethod, ProductType};

/// Everything that is stored about one account.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// `None` for a deleted loan.
    pub loan: Option<&'a Loan>,
    pub entries: &'a [Entry],
    pub transactions: &'a [LoanTransaction],
    pub transfers: &'a [Transfer],
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub check: &'static str,
    pub sentence: String,
}

type Check = fn(&Stored<'_>, &Loan) -> Option<String>;

/// The checks, with their names.
const CHECKS: [(&str, Check); 9] = [
    ("the stored account equals the fold over its log", stored_equals_fold),
    ("refolds end where their steps lead", refolds_agree),
    ("balances equal the transfers", balances_equal_transfers),
    ("the transfers of each day equal the postings that count", days_equal_postings),
    ("what was lent and kept is what was agreed", lent_as_agreed),
    ("installments add up to balances", installments_add_up),
    ("fees by what charged them add up to installments", fees_by_kind_add_up),
    ("deferred income is what is not earned yet", deferred_income_remains),
    ("transactions equal what the log serves", transactions_equal_log),
];

/// Runs every check on one account.
pub fn check(stored: &Stored<'_>) -> Vec<Finding> {
    let entries = stored.entries;
    if let Some(lacking) = lacking(log::begun(entries), entries.iter().map(|entry| entry.seq)) {
        return vec![lacking];
    }
    let Some(folded) = log::fold(stored.entries) else {
        return vec![Finding { check: "an account has a log", sentence: "its log is empty".to_owned() }];
    };
    CHECKS
        .iter()
        .filter_map(|(name, check)| check(stored, &folded).map(|sentence| Finding { check: name, sentence }))
        .collect()
}

/// An entry that a log lacks, by how it begins and the numbers of its entries. Such a log is not folded: what follows may be
/// something that cannot happen to what is left.
pub(crate) fn lacking(
    begun: Result<(), NotBegun>,
    numbers: impl IntoIterator<Item = i64>,
) -> Option<Finding> {
    if let Err(not_begun) = begun {
        return Some(Finding { check: "a log begins with the creation", sentence: not_begun.to_string() });
    }
    let (expected, seq) = (1..).zip(numbers).find(|(expected, seq)| expected != seq)?;
    let sentence = format!("entry {expected} is missing; {seq} follows");
    Some(Finding { check: "the log is numbered without gaps", sentence })
}

fn stored_equals_fold(stored: &Stored<'_>, folded: &Loan) -> Option<String> {
    let is_deleted = folded.is_deleted();
    let Some(stored) = stored.loan else {
        return (!is_deleted).then(|| "its row is missing".to_owned());
    };
    if stored == folded {
        return None;
    }
    let (is, should) = (&stored.servicing, &folded.servicing);
    Some(format!(
        "version {} is stored and {} folded; outstanding {} is stored and {} folded; state {} is stored and {} folded",
        stored.version,
        folded.version,
        in_minor_units(is.outstanding),
        in_minor_units(should.outstanding),
        is.state.name(),
        should.state.name(),
    ))
}

fn refolds_agree(stored: &Stored<'_>, folded: &Loan) -> Option<String> {
    let by_steps = log::fold_steps(&log::effective(stored.entries))?;
    (by_steps.servicing != folded.servicing).then(|| {
        format!(
            "the steps that count lead to {}, the log to {}",
            in_minor_units(by_steps.servicing.outstanding),
            in_minor_units(folded.servicing.outstanding)
        )
    })
}

fn balances_equal_transfers(stored: &Stored<'_>, folded: &Loan) -> Option<String> {
    let by_transfers = outstanding(stored.transfers);
    let balances = on_ledger(folded.servicing.outstanding, folded.terms.accounting.method);
    (by_transfers != balances).then(|| {
        format!("the transfers say {}, the log {}", in_minor_units(by_transfers), in_minor_units(balances))
    })
}

/// What of a loan's balances stands in the journal by its method of accounting.
pub fn on_ledger(balances: Components, method: AccountingMethod) -> Components {
    match method {
        AccountingMethod::Accrual => balances,
        AccountingMethod::Cash => Components { principal: balances.principal, ..Components::default() },
        AccountingMethod::None => Components::default(),
    }
}

fn days_equal_postings(stored: &Stored<'_>, folded: &Loan) -> Option<String> {
    let steps = log::effective(stored.entries);
    let posted: Vec<Transfer> = steps.iter().flat_map(|e| as_transfers(folded, e.step)).collect();
    let (is, should) = (by_account_and_day(stored.transfers), by_account_and_day(&posted));
    if is == should {
        return None;
    }
    let differs = is.iter().chain(&should).find(|(key, _)| is.get(key) != should.get(key));
    let ((account, day), _) = differs.expect("two different maps differ somewhere");
    let of =
        |map: &std::collections::BTreeMap<_, Amount>| map.get(&(*account, *day)).map_or(0, |a| a.minor());
    Some(format!("{} on {day}: the transfers say {}, the log {}", account.text(), of(&is), of(&should)))
}

fn as_transfers(loan: &Loan, step: &Step) -> Vec<Transfer> {
    let on_day = |movement: postings::Movement| Transfer {
        debit: movement.debit,
        credit: movement.credit,
        booked: loan.terms.accounting.rules.booked(movement.debit, movement.credit),
        amount: movement.amount,
        currency: loan.terms.currency,
        value_date: step.value_date,
        booking_date: step.value_date,
        branch: None,
        product: loan.terms.product,
        part: loan.part,
        account_no: loan.account_no,
        seq: 0,
    };
    postings::movements(step, loan.terms.accounting.method).into_iter().map(on_day).collect()
}

/// Terms of a loan that was paid out do not change in amount and fee, so both stand in them still.
fn lent_as_agreed(stored: &Stored<'_>, folded: &Loan) -> Option<String> {
    let agreed = (folded.terms.amount, folded.terms.capitalized_fee);
    let steps = log::effective(stored.entries);
    let mut lent = (Amount::ZERO, Amount::ZERO);
    for effective in &steps {
        if let Event::Disbursed { amount, capitalized_fee, fees, .. } = &effective.step.event {
            let added: Amount = fees.iter().filter(|fee| fee.is_capitalized).map(|fee| fee.amount).sum();
            lent = (lent.0 + *amount - added, lent.1 + *capitalized_fee);
        }
    }
    // A credit is drawn again and again; what bounds it is the limit of its day.
    if folded.terms.is_revolving() {
        return None;
    }
    let in_parts = folded.terms.product_type == ProductType::TranchedLoan
        || folded.terms.payment_rules.disburses_in_parts;
    if lent.0.is_zero() || in_parts && lent.0 <= agreed.0 && lent.1 == agreed.1 {
        return None;
    }
    (lent != agreed).then(|| {
        format!(
            "{} were lent and {} of them kept, agreed were {} and {}",
            lent.0.minor(),
            lent.1.minor(),
            agreed.0.minor(),
            agreed.1.minor()
        )
    })
}

fn installments_add_up(_: &Stored<'_>, folded: &Loan) -> Option<String> {
    let servicing = &folded.servicing;
    if !servicing.state.is_active() {
        return None;
    }
    let unpaid: Components = servicing.installments.iter().map(Installment::unpaid).sum();
    let applied: Amount = servicing.installments.iter().map(|i| i.interest_applied - i.paid.interest).sum();
    let by_installments = Components { interest: applied, ..unpaid };
    let negative = servicing.installments.iter().find(|i| has_negative(i.unpaid()) || has_negative(i.paid));
    if let Some(installment) = negative {
        return Some(format!("installment {} has a negative figure", installment.number));
    }
    (by_installments != servicing.outstanding).then(|| {
        format!(
            "the installments say {}, the account {}",
            in_minor_units(by_installments),
            in_minor_units(servicing.outstanding)
        )
    })
}

fn fees_by_kind_add_up(_: &Stored<'_>, folded: &Loan) -> Option<String> {
    let counts = folded.servicing.state.is_active() && !fees_add_up(folded);
    counts.then(|| "an installment asks for other fees than are known by what charged them".to_owned())
}

fn deferred_income_remains(stored: &Stored<'_>, folded: &Loan) -> Option<String> {
    let deferred = folded.servicing.course.charges.deferred.iter();
    let remains: Amount = match folded.terms.accounting.method {
        AccountingMethod::Accrual => deferred.map(|fee| fee.amount - fee.recognized).sum(),
        AccountingMethod::Cash | AccountingMethod::None => Amount::ZERO,
    };
    let by_transfers = -balance_of(stored.transfers, GlAccount::DeferredFeeIncome);
    (by_transfers != remains).then(|| {
        format!("the transfers say {}, the log {} (minor units)", by_transfers.minor(), remains.minor())
    })
}

fn transactions_equal_log(stored: &Stored<'_>, folded: &Loan) -> Option<String> {
    let mut served: Vec<LoanTransaction> =
        stored.entries.iter().flat_map(|entry| transactions(folded, entry)).collect();
    let reversals: Vec<(i64, i64)> = served.iter().filter_map(|t| t.reverses.map(|r| (r, t.id))).collect();
    for (original, reversal) in reversals {
        if let Some(transaction) = served.iter_mut().find(|transaction| transaction.id == original) {
            transaction.reversed_by = Some(reversal);
        }
    }
    // Numbers alone are not in the order of booking: two servers hold different blocks of them.
    served.sort_by_key(|transaction| (transaction.seq, transaction.id));
    let differs = stored.transactions.len() != served.len();
    let first = stored.transactions.iter().zip(&served).find(|(is, should)| is != should);
    match first {
        Some((is, _)) => Some(format!("transaction {} is not as the log served it", is.id)),
        None => {
            differs.then(|| format!("{} are stored, {} were served", stored.transactions.len(), served.len()))
        }
    }
}

fn has_negative(components: Components) -> bool {
    let parts = [components.principal, components.interest, components.fees, components.penalties];
    parts.iter().any(|amount| amount.is_negative())
}

fn in_minor_units(components: Components) -> String {
    format!(
        "{} principal, {} interest, {} fees, {} penalties (minor units)",
        components.principal.minor(),
        components.interest.minor(),
        components.fees.minor(),
        components.penalties.minor()
    )
}

//! The posting manual as a page: which transfers each event makes, by every method of accounting.
//!
//! It is made by letting the postings loose on samples. Each figure of a sample is a power of three, so that an amount
//! that comes out tells of itself which figures were added and which were taken away.

use std::fmt::Write;

use jiff::civil::date;
use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::chart::default_account;
use crate::journal::postings::{Movement, movements};
use crate::loan::event::{Event, Step};
use crate::product::AccountingMethod;
use crate::savings;

mod samples;

/// Where the tables begin in the page.
pub const BEGIN: &str = "<!-- posting manual: begin; made by `cargo xtask posting-manual` -->";
/// Where the tables end in the page.
pub const END: &str = "<!-- posting manual: end -->";

/// Figures of a sample, the largest first.
#[derive(Debug)]
pub(super) struct Figures(Vec<(&'static str, i64)>);

impl Figures {
    /// The names, the largest figure first.
    fn new(names: &[&'static str]) -> Figures {
        let powers = (0..names.len()).rev().map(|exponent| 3_i64.pow(u32::try_from(exponent).unwrap_or(0)));
        Figures(names.iter().copied().zip(powers).collect())
    }

    /// The figure with this name.
    fn of(&self, name: &str) -> Amount {
        let found = self.0.iter().find(|(known, _)| *known == name);
        Amount::from_minor(found.expect("a sample names its figures").1)
    }

    /// What an amount is made of, such as `amount - fee`.
    fn explain(&self, amount: Amount) -> String {
        let mut left = amount.minor();
        let mut text = String::new();
        for (index, (name, weight)) in self.0.iter().enumerate() {
            let rest: i64 = self.0[index + 1..].iter().map(|(_, weight)| weight).sum();
            let sign = if left > rest { 1 } else { -i64::from(left < -rest) };
            if sign == 0 {
                continue;
            }
            left -= sign * weight;
            let mark = match (text.is_empty(), sign) {
                (true, 1) => "",
                (true, _) => "-",
                (false, 1) => " + ",
                (false, _) => " - ",
            };
            text.push_str(mark);
            text.push_str(name);
        }
        assert_eq!(left, 0, "an amount of the manual is made of figures of its event");
        text
    }
}

/// A sample of what happens.
pub(super) struct Sample {
    what: &'static str,
    figures: Figures,
    happens: Happens,
}

pub(super) enum Happens {
    ToLoan(Box<Event>),
    ToDeposit(Box<savings::event::Movement>),
}

/// The tables of `docs/accounting.md`.
pub fn tables() -> String {
    let mut page = String::new();
    page.push_str("### Accounts\n\n| account | carries | type |\n|---|---|---|\n");
    for account in GlAccount::ALL {
        let row = default_account(*account);
        let (code, name, kind) = (row.code, row.name, row.ledger_type.name());
        let _ = writeln!(page, "| {code} {name} | `{}` | {kind} |", account.name());
    }
    page.push_str(
        "\n### Loans\n\n| what happens | method | debit | credit | amount |\n|---|---|---|---|---|\n",
    );
    for sample in samples::of_loans() {
        let Happens::ToLoan(event) = &sample.happens else { continue };
        add_loan(&mut page, &sample, event);
    }
    page.push_str(
        "\n### Deposit accounts\n\n| what happens | method | debit | credit | amount |\n|---|---|---|---|---|\n",
    );
    for sample in samples::of_deposits() {
        let Happens::ToDeposit(movement) = &sample.happens else { continue };
        for (name, method) in [("accrual, cash", AccountingMethod::Cash), ("none", AccountingMethod::None)] {
            for (debit, credit, amount) in savings::postings::moved(movement, method) {
                let (debit, credit) = (shown(debit), shown(credit));
                let amount = sample.figures.explain(amount);
                let _ = writeln!(page, "| {} | {name} | {debit} | {credit} | {amount} |", sample.what);
            }
        }
    }
    page.push_str(
        "\n### Evenings\n\n| what is more than before | debit | credit | amount |\n|---|---|---|---|\n",
    );
    for (what, transfers) in samples::of_evenings() {
        for transfer in transfers {
            let (debit, credit) = (shown(transfer.debit), shown(transfer.credit));
            let _ = writeln!(page, "| {what} | {debit} | {credit} | the difference |");
        }
    }
    page
}

/// The rows of one event. Methods that book the same share a row.
fn add_loan(page: &mut String, sample: &Sample, event: &Event) {
    let step = Step { value_date: date(2026, 1, 1), event: event.clone() };
    let of = |method| movements(&step, method);
    let (accrual, cash, none) =
        (of(AccountingMethod::Accrual), of(AccountingMethod::Cash), of(AccountingMethod::None));
    let mut add = |methods: &str, all: &[Movement]| {
        for movement in all {
            let (debit, credit) = (shown(movement.debit), shown(movement.credit));
            let amount = sample.figures.explain(movement.amount);
            let _ = writeln!(page, "| {} | {methods} | {debit} | {credit} | {amount} |", sample.what);
        }
        if all.is_empty() {
            let _ = writeln!(page, "| {} | {methods} | – | – | nothing |", sample.what);
        }
    };
    if accrual == cash {
        add("accrual, cash", &accrual);
    } else {
        add("accrual", &accrual);
        add("cash", &cash);
    }
    if !none.is_empty() {
        add("none", &none);
    }
}

fn shown(account: GlAccount) -> String {
    let row = default_account(account);
    format!("{} {}", row.code, row.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_tells_what_it_is_made_of() {
        let figures = Figures::new(&["amount", "fee", "tax"]);
        let of = |name| figures.of(name);
        assert_eq!(figures.explain(of("amount") - of("fee")), "amount - fee");
        assert_eq!(figures.explain(of("fee") - of("tax")), "fee - tax");
        assert_eq!(figures.explain(of("amount") - of("fee") + of("tax")), "amount - fee + tax");
        assert_eq!(figures.explain(of("tax")), "tax");
    }

    /// Whoever changes what is posted runs `cargo xtask posting-manual`.
    #[test]
    fn the_page_says_what_the_book_posts() {
        let page = include_str!("../../../../docs/accounting.md");
        let (_, rest) = page.split_once(BEGIN).expect("the page says where the tables begin");
        let (written, _) = rest.split_once(END).expect("the page says where the tables end");
        assert_eq!(written.trim(), tables().trim());
    }
}

//! The members of a request, read one by one, and what is wrong with each: all problems at once,
//! in the order of the contract's table.

use std::fmt;

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::{Amount, MoneyError};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::error::DoorError;
use super::super::wire::Problem;

/// How many characters a name from outside may have.
const LONGEST_NAME: usize = 128;

/// The members of a report in the order of the contract's table.
const TABLE: [&str; 16] = [
    "clientId",
    "externalClientId",
    "loanReferenceId",
    "applicationDate",
    "dateLoanWasGranted",
    "applicationStatus",
    "amount",
    "currency",
    "tenure",
    "tenure.value",
    "tenure.interval",
    "totalInstallments",
    INSTALLMENTS,
    "loanRepaymentStatus",
    "dateLastInstallmentIsDue",
    "dateLoanIsSettled",
];
const INSTALLMENTS: &str = "installmentRepayments";
/// The members of an installment, in the same order.
const INSTALLMENT_TABLE: [&str; 9] = [
    "dueDate",
    "datePaid",
    "amountDue",
    "amountDue.amount",
    "amountDue.currency",
    "amountPaid",
    "amountPaid.amount",
    "amountPaid.currency",
    "status",
];

/// Which member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Field {
    name: &'static str,
    /// The position of the installment that it is a member of.
    installment: Option<usize>,
}

impl Field {
    pub(in super::super) const fn new(name: &'static str) -> Field {
        Field { name, installment: None }
    }

    /// A member of the installment at a position.
    pub(in super::super) const fn in_installment(installment: usize, name: &'static str) -> Field {
        Field { name, installment: Some(installment) }
    }

    /// The place in the table. Names that stand in none keep their order, at the end.
    fn rank(self) -> (usize, usize, usize) {
        let place =
            |table: &[&str], name: &str| table.iter().position(|known| *known == name).unwrap_or(table.len());
        match self.installment {
            None => (place(&TABLE, self.name), 0, 0),
            Some(position) => {
                (place(&TABLE, INSTALLMENTS), position + 1, place(&INSTALLMENT_TABLE, self.name))
            }
        }
    }

    /// Whether this is the other member, or a member of it.
    fn is_within(self, other: Field) -> bool {
        let rest = self.name.strip_prefix(other.name);
        let is_inner = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.installment == other.installment && is_inner
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.installment, self.name) {
            (None, name) => f.write_str(name),
            (Some(position), "") => write!(f, "{INSTALLMENTS}[{position}]"),
            (Some(position), name) => write!(f, "{INSTALLMENTS}[{position}].{name}"),
        }
    }
}

/// Reads members and gathers what is wrong.
#[derive(Debug, Default)]
pub(in super::super) struct Reading {
    problems: Vec<(Field, String)>,
}

/// A member as it was sent.
pub(in super::super) type Member<'a> = Option<&'a RawValue>;

/// How many problems of one body are told.
const MOST_PROBLEMS: usize = 1_000;

impl Reading {
    /// Notes a problem: what follows the name of the member in a sentence.
    pub(in super::super) fn object_to(&mut self, field: Field, reason: impl Into<String>) {
        // A body may have a problem in every installment; more of them help nobody.
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push((field, reason.into()));
        }
    }

    /// Whether a member, or something in it, is at fault already.
    pub(in super::super) fn has_objected_to(&self, field: Field) -> bool {
        self.problems.iter().any(|(known, _)| known.is_within(field))
    }

    /// Whether anything in any installment is at fault already.
    pub(in super::super) fn has_objected_to_installments(&self) -> bool {
        self.problems.iter().any(|(known, _)| known.installment.is_some() || known.name == INSTALLMENTS)
    }

    /// What was read, unless there were problems.
    pub(in super::super) fn finish<T>(mut self, read: Option<T>) -> Result<T, DoorError> {
        if self.problems.is_empty() {
            return Ok(read.expect("what could not be read was objected to"));
        }
        self.problems.sort_by_key(|(field, _)| field.rank());
        let problems = self.problems.into_iter().map(|(field, reason)| {
            let field = field.to_string();
            Problem { message: format!("{field} {reason}"), field }
        });
        Err(DoorError::invalid(problems.collect()))
    }

    fn required<'a>(&mut self, field: Field, member: Member<'a>) -> Member<'a> {
        if member.is_none() {
            self.object_to(field, "is required");
        }
        member
    }

    fn string(&mut self, field: Field, member: Member<'_>) -> Option<String> {
        let read = serde_json::from_str(member?.get()).ok();
        if read.is_none() {
            self.object_to(field, "must be a string");
        }
        read
    }

    /// A name that must be given.
    pub(in super::super) fn name(&mut self, field: Field, member: Member<'_>) -> Option<String> {
        let member = self.required(field, member);
        let text = self.string(field, member)?;
        if text.trim().is_empty() {
            self.object_to(field, "must not be empty");
            return None;
        }
        self.possible_name(field, text)
    }

    /// A name that may be left out; an empty one is.
    pub(in super::super) fn optional_name(&mut self, field: Field, member: Member<'_>) -> Option<String> {
        let text = self.string(field, member).filter(|text| !text.trim().is_empty())?;
        self.possible_name(field, text)
    }

    fn possible_name(&mut self, field: Field, text: String) -> Option<String> {
        let is_long = text.chars().count() > LONGEST_NAME;
        if is_long {
            self.object_to(field, format!("must have at most {LONGEST_NAME} characters"));
        } else if text.chars().any(char::is_control) {
            self.object_to(field, "must not have control characters");
        } else {
            return Some(text);
        }
        None
    }

    /// A day that must be given.
    pub(in super::super) fn date(&mut self, field: Field, member: Member<'_>) -> Option<Date> {
        let member = self.required(field, member);
        self.optional_date(field, member)
    }

    /// A day that may be left out.
    pub(in super::super) fn optional_date(&mut self, field: Field, member: Member<'_>) -> Option<Date> {
        let text = self.string(field, member)?;
        let date = parse_date(&text);
        if date.is_none() {
            self.object_to(field, "must be a date in the form YYYY-MM-DD");
        }
        date
    }

    /// One of the words of the contract.
    pub(in super::super) fn word<T: Copy>(
        &mut self,
        field: Field,
        member: Member<'_>,
        words: &[T],
        name_of: fn(T) -> &'static str,
    ) -> Option<T> {
        let member = self.required(field, member);
        let text = self.string(field, member)?;
        let found = words.iter().copied().find(|word| name_of(*word) == text);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|word| name_of(*word)).collect();
            self.object_to(field, format!("must be one of {}", names.join(", ")));
        }
        found
    }

    /// A whole number from 1 on. `12.0` is one.
    pub(in super::super) fn count(&mut self, field: Field, member: Member<'_>, most: u32) -> Option<u32> {
        let text = self.required(field, member)?.get();
        let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|digit| digit == b'0'));
        let number = whole.map_or(text, |(whole, _)| whole).parse::<u32>().ok();
        let number = number.filter(|number| (1..=most).contains(number));
        if number.is_none() {
            self.object_to(field, format!("must be a whole number from 1 to {most}"));
        }
        number
    }

    pub(in super::super) fn currency(&mut self, field: Field, member: Member<'_>) -> Option<Currency> {
        let member = self.required(field, member);
        let code = self.string(field, member)?;
        let currency = Currency::from_code(&code).ok();
        if currency.is_none() {
            self.object_to(field, "must be a currency code of three capital letters");
        }
        currency
    }

    /// An amount that is not negative. While the currency is not known, with as many decimals as any
    /// currency has: enough to tell whether there is an amount.
    pub(in super::super) fn amount(
        &mut self,
        field: Field,
        member: Member<'_>,
        currency: Option<Currency>,
    ) -> Option<Amount> {
        let text = self.required(field, member)?.get();
        if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            self.object_to(field, "must be a number");
            return None;
        }
        let currency = currency.or_else(|| Currency::all().max_by_key(|currency| currency.digits()))?;
        match Amount::parse(text, currency) {
            Ok(amount) if amount.is_negative() => self.object_to(field, "must not be negative"),
            Ok(amount) => return Some(amount),
            Err(error) => self.object_to(field, reason_of(&error)),
        }
        None
    }

    /// An object that must be given.
    pub(in super::super) fn object<'a, T: Deserialize<'a>>(
        &mut self,
        field: Field,
        member: Member<'a>,
    ) -> Option<T> {
        let text = self.required(field, member)?.get();
        // Structs could be read from lists too.
        let read = text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten();
        if read.is_none() {
            self.object_to(field, "must be an object");
        }
        read
    }

    /// A list that must be given.
    pub(in super::super) fn list<'a>(
        &mut self,
        field: Field,
        member: Member<'a>,
    ) -> Option<Vec<&'a RawValue>> {
        let read = serde_json::from_str(self.required(field, member)?.get()).ok();
        if read.is_none() {
            self.object_to(field, "must be a list");
        }
        read
    }
}

/// The object that a body is.
pub(in super::super) fn read_body<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, DoorError> {
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(DoorError::malformed("it does not begin with a brace"));
    }
    serde_json::from_slice(body).map_err(DoorError::malformed)
}

/// A day in the one form that the contract has.
pub(in super::super) fn parse_date(text: &str) -> Option<Date> {
    let has_form = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    text.parse().ok().filter(|_| has_form)
}

fn reason_of(error: &MoneyError) -> String {
    match error {
        MoneyError::TooPrecise { digits, .. } => format!("must have at most {digits} decimals"),
        MoneyError::BeyondLargest { .. } => "is too large".to_owned(),
        MoneyError::Malformed { .. } | MoneyError::UnknownCurrency { .. } => {
            "must be a plain decimal number".to_owned()
        }
    }
}

//! Commands on a loan, as `{"command": "repay", …}`. One row of [`WORDS`] is one command.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, KeyKind, Part};
use loam_book::loan::accompanying::Accompanying;
use loam_book::loan::command::{
    ChangeInterestRate, Disburse, LoanCommand, LoanEdit, LoanFigures, NamedTransaction, PauseInterest,
    PrincipalPayment, Redraw, Repay, ReversalKind, Reverse, StatedPayment, TrancheFigure,
};
use loam_book::organization::{ChannelField, TransactionDetails};
use loam_book::stated::{StatedAmount, StatedPercent};

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::names;

mod charges;
mod custom_payment;
mod protect;
mod schedule;

type Result<T> = std::result::Result<T, DoorError>;

/// A command as it was sent, and where its loan is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) members: &'a Members,
    pub(crate) catalog: &'a Catalog,
    pub(crate) part: Part,
}

/// A command's name on the wire, the members that it takes, and how they are read.
struct Word {
    name: &'static str,
    takes: &'static [&'static [&'static str]],
    read: fn(&Given<'_>) -> Result<LoanCommand>,
}

const NOTES: &[&str] = &["notes"];
const DAY: &[&str] = &["valueDate"];
const AMOUNT: &[&str] = &["amount"];
const DETAILS: &[&str] = &[
    "notes",
    "externalId",
    "transactionChannel",
    "identifier",
    "accountName",
    "receiptNumber",
    "bankNumber",
    "checkNumber",
    "bankAccountNumber",
    "bankRoutingNumber",
];
const NEW_INSTALLMENTS: &[&str] =
    &["firstRepaymentDate", "repaymentInstallments", "repaymentPeriodCount", "repaymentPeriodUnit"];
const FIGURES: &[&str] = &[
    "loanAmount",
    "interestRate",
    "repaymentInstallments",
    "repaymentPeriodCount",
    "repaymentPeriodUnit",
    "gracePeriod",
    "principalRepaymentInterval",
    "arrearsTolerancePeriod",
    "fixedDaysOfMonth",
    "expectedDisbursementDate",
    "firstRepaymentDate",
    "dueDay",
    "maturityDate",
    "capitalizedFee",
    "penaltyRate",
    "accrualThrough",
    "tranches",
    "interestSpread",
    "periodicPayment",
    "paymentPlan",
    "principalPaymentSettings",
];

const REPAY: &str = "repay";
/// Commands by which money comes in.
const PAYMENTS: &[&str] = &[REPAY, "recover"];

/// Every command that a loan takes through this door, by its name. A loan is created elsewhere, and
/// the passing of days is the book's own.
const WORDS: &[Word] = &[
    Word { name: "edit", takes: &[FIGURES, &["loanName", "notes"]], read: edit },
    Word { name: "delete", takes: &[], read: |_| Ok(LoanCommand::Delete) },
    noted("requestApproval", |given| Ok(LoanCommand::RequestApproval { notes: given.notes()? })),
    noted("approve", |given| Ok(LoanCommand::Approve { notes: given.notes()? })),
    noted("undoApproval", |given| Ok(LoanCommand::UndoApproval { notes: given.notes()? })),
    noted("reject", |given| Ok(LoanCommand::Reject { notes: given.notes()? })),
    noted("undoReject", |given| Ok(LoanCommand::UndoReject { notes: given.notes()? })),
    noted("withdraw", |given| Ok(LoanCommand::Withdraw { notes: given.notes()? })),
    noted("undoWithdraw", |given| Ok(LoanCommand::UndoWithdraw { notes: given.notes()? })),
    Word {
        name: "disburse",
        takes: &[AMOUNT, DAY, DETAILS, &["firstRepaymentDate", "fees"]],
        read: disburse,
    },
    Word {
        name: "undoDisbursement",
        takes: &[NOTES, &["originalTransactionId"]],
        read: |given| Ok(LoanCommand::UndoDisbursement { named: given.named()?, notes: given.notes()? }),
    },
    Word { name: REPAY, takes: &[AMOUNT, DAY, DETAILS, &["customPaymentAmounts"]], read: repay },
    Word { name: "changeInterestRate", takes: &[DAY, NOTES, &["interestRate"]], read: change_interest_rate },
    Word { name: "pauseInterest", takes: &[NOTES, &["from", "until"]], read: pause_interest },
    Word { name: "redraw", takes: &[AMOUNT, DAY, DETAILS], read: redraw },
    Word { name: "reverse", takes: &[NOTES, &["type", "originalTransactionId"]], read: reverse },
    Word {
        name: "chargeFee",
        takes: &[AMOUNT, DAY, DETAILS, &["installment", "fees"]],
        read: charges::charge_fee,
    },
    Word {
        name: "applyPenalty",
        takes: &[AMOUNT, DAY, DETAILS, &["installment"]],
        read: charges::apply_penalty,
    },
    Word {
        name: "waiveCharge",
        takes: &[AMOUNT, DAY, DETAILS, &["installment", "charge"]],
        read: charges::waive_charge,
    },
    Word { name: "applyInterest", takes: &[DAY, NOTES], read: apply_interest },
    noted("writeOff", |given| Ok(LoanCommand::WriteOff { notes: given.notes()? })),
    Word {
        name: "undoWriteOff",
        takes: &[NOTES, &["originalTransactionId"]],
        read: |given| Ok(LoanCommand::UndoWriteOff { named: given.named()?, notes: given.notes()? }),
    },
    Word {
        name: "claimProtection",
        takes: &[DAY, NOTES, &["claimType", "numberOfInstallments", "from", "until"]],
        read: protect::claim,
    },
    Word { name: "recover", takes: &[AMOUNT, DAY, DETAILS], read: recover },
    Word { name: "editSchedule", takes: &[&["repayments"]], read: schedule::edit_schedule },
    Word { name: "deleteInstallment", takes: &[&["installment"]], read: schedule::delete_installment },
    Word { name: "reAge", takes: &[NOTES, NEW_INSTALLMENTS], read: schedule::re_age },
    noted("reAmortize", |given| Ok(LoanCommand::ReAmortize { notes: given.notes()? })),
    noted("lock", |given| Ok(LoanCommand::Lock { notes: given.notes()? })),
    noted("unlock", |given| Ok(LoanCommand::Unlock { notes: given.notes()? })),
    noted("close", |given| Ok(LoanCommand::Close { notes: given.notes()? })),
    noted("undoClose", |given| Ok(LoanCommand::UndoClose { notes: given.notes()? })),
];

const fn noted(name: &'static str, read: fn(&Given<'_>) -> Result<LoanCommand>) -> Word {
    Word { name, takes: &[NOTES], read }
}

const REVERSALS: Names<'_, ReversalKind> = Names {
    values: &[
        ReversalKind::Repayment,
        ReversalKind::PaymentMade,
        ReversalKind::Fee,
        ReversalKind::FeeReduction,
        ReversalKind::Penalty,
        ReversalKind::PenaltyReduction,
        ReversalKind::Interest,
        ReversalKind::PaymentReschedule,
        ReversalKind::Recovery,
        ReversalKind::Claim,
    ],
    name_of: |kind| match kind {
        ReversalKind::Repayment => "REPAYMENT",
        ReversalKind::PaymentMade => "PAYMENT_MADE",
        ReversalKind::Fee => "FEE",
        ReversalKind::FeeReduction => "FEES_DUE_REDUCED",
        ReversalKind::Penalty => "PENALTY_APPLIED",
        ReversalKind::PenaltyReduction => "PENALTIES_DUE_REDUCED",
        ReversalKind::Interest => "INTEREST_APPLIED",
        ReversalKind::PaymentReschedule => "PAYMENT_RESCHEDULE",
        ReversalKind::Recovery => "RECOVERY",
        ReversalKind::Claim => "PROTECT_CLAIM",
    },
};

/// Reads a command. Unlike a record, it refuses members that it knows nothing of: one that was
/// misspelt would be money moved on another day.
///
/// # Errors
/// Members that are missing, unknown, or cannot be what they stand for.
pub(crate) fn command(given: &Given<'_>) -> Result<(&'static str, LoanCommand)> {
    let name = given.members.required("command")?;
    read_as(&name, WORDS.iter(), &["command"], given)
}

/// Reads what one payment among many does to its `loan`: a repayment, where nothing else is said.
///
/// # Errors
/// As [`command`], and for commands that bring no money.
pub(crate) fn payment(given: &Given<'_>) -> Result<(&'static str, LoanCommand)> {
    let name = given.members.text("command")?;
    let payments = WORDS.iter().filter(|word| PAYMENTS.contains(&word.name));
    read_as(name.as_deref().unwrap_or(REPAY), payments, &["command", "loan"], given)
}

/// Reads the command of a name among some; `besides` are members that every one of them may have.
fn read_as(
    name: &str,
    words: impl Iterator<Item = &'static Word> + Clone,
    besides: &[&str],
    given: &Given<'_>,
) -> Result<(&'static str, LoanCommand)> {
    let word = words.clone().find(|word| word.name == name).ok_or_else(|| {
        let all = words.map(|word| word.name).collect::<Vec<_>>().join(", ");
        DoorError::not_supported("command", &format!("\"{name}\""), &all)
    })?;
    let is_taken =
        |member: &str| besides.contains(&member) || word.takes.iter().any(|some| some.contains(&member));
    if let Some(member) = given.members.names().find(|member| !is_taken(member)) {
        return Err(DoorError::no_member_of(member, word.name));
    }
    Ok((word.name, (word.read)(given)?))
}

impl Given<'_> {
    fn notes(&self) -> Result<Option<String>> {
        self.members.text("notes")
    }

    fn named(&self) -> Result<Option<NamedTransaction>> {
        let named = self.members.stated("originalTransactionId")?;
        named.map(|named| original_transaction(&named, self.part)).transpose()
    }

    fn value_date(&self) -> Result<Option<Date>> {
        self.members.date("valueDate")
    }

    fn amount(&self) -> Result<Option<StatedAmount>> {
        self.members.stated("amount").map(|amount| amount.map(StatedAmount))
    }

    fn required_amount(&self) -> Result<StatedAmount> {
        self.amount()?.ok_or_else(|| DoorError::missing("amount"))
    }

    fn details(&self) -> Result<TransactionDetails> {
        let channel = self.members.text("transactionChannel")?.map(|channel| {
            let unknown =
                || DoorError::invalid("transactionChannel", &channel, "there is no such transaction channel");
            self.catalog.channels.find(&channel).map(|found| found.key).ok_or_else(unknown)
        });
        let details = TransactionDetails {
            values_key: None,
            notes: self.notes()?,
            channel: channel.transpose()?,
            external_id: self.members.text("externalId")?,
            channel_fields: self.channel_fields()?,
            transfer: None,
            investing: None,
            target: None,
            claim: None,
        };
        if details.channel.is_none() && !details.channel_fields.is_empty() {
            return Err(DoorError::missing("transactionChannel"));
        }
        Ok(details)
    }

    fn channel_fields(&self) -> Result<BTreeMap<ChannelField, String>> {
        const NAMES: [(&str, ChannelField); 7] = [
            ("identifier", ChannelField::Identifier),
            ("accountName", ChannelField::AccountName),
            ("receiptNumber", ChannelField::ReceiptNumber),
            ("bankNumber", ChannelField::BankNumber),
            ("checkNumber", ChannelField::CheckNumber),
            ("bankAccountNumber", ChannelField::AccountNumber),
            ("bankRoutingNumber", ChannelField::RoutingNumber),
        ];
        let mut fields = BTreeMap::new();
        for (name, field) in NAMES {
            if let Some(text) = self.members.text(name)? {
                fields.insert(field, text);
            }
        }
        Ok(fields)
    }
}

fn disburse(given: &Given<'_>) -> Result<LoanCommand> {
    Ok(LoanCommand::Disburse(Disburse {
        amount: given.amount()?,
        value_date: given.value_date()?,
        first_due_date: given.members.date("firstRepaymentDate")?,
        fees: charges::fees(given)?,
        details: given.details()?,
        paid_in: Vec::new(),
        pays_off: Vec::new(),
    }))
}

fn repay(given: &Given<'_>) -> Result<LoanCommand> {
    let custom = custom_payment::stated_parts(given)?;
    Ok(LoanCommand::Repay(Repay { custom, ..money_in(given)? }))
}

fn recover(given: &Given<'_>) -> Result<LoanCommand> {
    Ok(LoanCommand::Recover(money_in(given)?))
}

fn money_in(given: &Given<'_>) -> Result<Repay> {
    Ok(Repay {
        amount: given.required_amount()?,
        custom: Vec::new(),
        value_date: given.value_date()?,
        details: given.details()?,
    })
}

fn change_interest_rate(given: &Given<'_>) -> Result<LoanCommand> {
    let rate = given.members.stated("interestRate")?.map(StatedPercent);
    Ok(LoanCommand::ChangeInterestRate(ChangeInterestRate {
        rate: rate.ok_or_else(|| DoorError::missing("interestRate"))?,
        value_date: given.value_date()?,
        notes: given.notes()?,
    }))
}

fn pause_interest(given: &Given<'_>) -> Result<LoanCommand> {
    Ok(LoanCommand::PauseInterest(PauseInterest {
        from: given.members.date("from")?,
        until: given.members.date("until")?.ok_or_else(|| DoorError::missing("until"))?,
        notes: given.notes()?,
    }))
}

fn redraw(given: &Given<'_>) -> Result<LoanCommand> {
    Ok(LoanCommand::Redraw(Redraw {
        amount: given.required_amount()?,
        value_date: given.value_date()?,
        details: given.details()?,
    }))
}

fn apply_interest(given: &Given<'_>) -> Result<LoanCommand> {
    Ok(LoanCommand::ApplyInterest { value_date: given.value_date()?, notes: given.notes()? })
}

fn reverse(given: &Given<'_>) -> Result<LoanCommand> {
    let kind = given.members.choice("type", REVERSALS)?.ok_or_else(|| DoorError::missing("type"))?;
    let named = given.named()?.ok_or_else(|| DoorError::missing("originalTransactionId"))?;
    let NamedTransaction { id: original, account_no } = named;
    Ok(LoanCommand::Reverse(Reverse { kind, original, account_no, notes: given.notes()? }))
}

/// The number of a transaction, given as such or as the transaction's key, which names its account.
fn original_transaction(text: &str, part: Part) -> Result<NamedTransaction> {
    if let Ok(id) = text.parse::<i64>() {
        return Ok(NamedTransaction { id, account_no: None });
    }
    let unknown =
        || DoorError::invalid("originalTransactionId", text, "it names no transaction of this loan");
    let key: Key = text.parse().map_err(|_| unknown())?;
    match key.kind() {
        Some(KeyKind::Transaction { transaction_id, account_no }) if key.part() == Some(part) => {
            Ok(NamedTransaction { id: transaction_id, account_no: Some(account_no) })
        }
        Some(
            KeyKind::Transaction { .. }
            | KeyKind::Entity
            | KeyKind::Installment { .. }
            | KeyKind::Tranche { .. }
            | KeyKind::Named,
        )
        | None => Err(unknown()),
    }
}

/// Null takes a date or the notes away; otherwise it is "not given".
fn edit(given: &Given<'_>) -> Result<LoanCommand> {
    let members = given.members;
    let taken_away = |name: &str| members.is_null(name).then_some(None);
    let day = |name: &str| -> Result<Option<Option<Date>>> {
        Ok(members.date(name)?.map(Some).or_else(|| taken_away(name)))
    };
    let notes = members.text("notes")?.map(Some);
    let figures = LoanFigures {
        amount: members.stated("loanAmount")?.map(StatedAmount),
        interest_rate: members.stated("interestRate")?.map(StatedPercent),
        installments: members.count("repaymentInstallments")?,
        period_count: members.count("repaymentPeriodCount")?,
        period_unit: members.choice("repaymentPeriodUnit", names::PERIOD_UNIT)?,
        grace_period: members.count("gracePeriod")?,
        principal_repayment_interval: members.count("principalRepaymentInterval")?,
        arrears_tolerance_days: members.count("arrearsTolerancePeriod")?,
        fixed_days_of_month: members.stored("fixedDaysOfMonth")?,
        expected_disbursement_on: day("expectedDisbursementDate")?,
        first_due_date: day("firstRepaymentDate")?,
        due_day: members
            .figure("dueDay", |text| text.parse::<u8>().map_err(|_| "it is no day of a month"))?,
        last_due_date: day("maturityDate")?,
        capitalized_fee: members.stated("capitalizedFee")?.map(StatedAmount),
        penalty_rate: members.stated("penaltyRate")?.map(StatedPercent),
        accrual_through: members.flag("accrualThrough")?.unwrap_or(false),
        tranches: tranches(members)?,
        interest_spread: members.stated("interestSpread")?.map(StatedPercent),
        periodic_payment: members.stated("periodicPayment")?.map(StatedAmount),
        payment_plan: payment_plan(members)?,
        principal_payment: principal_payment(members)?,
        accompanying: Accompanying::default(),
        protection: None,
    };
    let notes = notes.or_else(|| members.is_null("notes").then_some(None));
    Ok(LoanCommand::Edit(Box::new(LoanEdit { figures, name: members.text("loanName")?, notes })))
}

/// The list that is given is the whole one.
fn payment_plan(members: &Members) -> Result<Option<Vec<StatedPayment>>> {
    if !members.has("paymentPlan") {
        return Ok(None);
    }
    let read = |planned: &Members| -> Result<StatedPayment> {
        let missing = |name: &str| DoorError::missing(&planned.path(name));
        let through = planned.count("endingInstallmentPosition")?;
        Ok(StatedPayment {
            through: through.ok_or_else(|| missing("endingInstallmentPosition"))?,
            payment: StatedAmount(planned.stated("pmt")?.ok_or_else(|| missing("pmt"))?),
        })
    };
    members.objects("paymentPlan")?.iter().map(read).collect::<Result<Vec<_>>>().map(Some)
}

/// The list that is given is the whole one.
fn tranches(members: &Members) -> Result<Option<Vec<TrancheFigure>>> {
    if !members.has("tranches") {
        return Ok(None);
    }
    let read = |tranche: &Members| -> Result<TrancheFigure> {
        let amount = tranche.stated("amount")?.ok_or_else(|| DoorError::missing(&tranche.path("amount")))?;
        Ok(TrancheFigure {
            key: tranche.figure("encodedKey", str::parse::<Key>)?,
            amount: StatedAmount(amount),
            expected_on: tranche.date("expectedDisbursementDate")?,
        })
    };
    members.objects("tranches")?.iter().map(read).collect::<Result<Vec<_>>>().map(Some)
}

/// The amount or the percentage of the bills of a revolving credit.
fn principal_payment(members: &Members) -> Result<Option<PrincipalPayment>> {
    let settings = members.object("principalPaymentSettings")?;
    if settings.is_empty() {
        return Ok(None);
    }
    let amount = settings.stated("amount")?.map(StatedAmount);
    let percentage = settings.stated("percentage")?.map(StatedPercent);
    Ok(Some(PrincipalPayment { amount, percentage, ..PrincipalPayment::default() }))
}

#[cfg(test)]
mod tests;

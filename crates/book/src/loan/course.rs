//! What events have changed of a loan besides balances and installments. Stored as a whole.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::ids::{Address, Key};
use crate::loan::Installment;
use crate::loan::accompanying::DisbursementPlan;
use crate::loan::custom_payment::OwedFee;
use crate::loan::event::Event;
use crate::loan::event::charge::PenaltyPart;
use crate::loan::premium::{PremiumCause, PremiumShare};
use crate::loan::protection::{WaivedInstallment, WaivedPart};
use crate::loan::rescheduling::MovedInterest;
use crate::loan::restructuring::{Origin, PaidOff};
use crate::loan::securities::{Fund, FundShare, Guarantee};
use crate::loan::trades::Trade;
use crate::product::charges::FeeAmortization;

/// A part of a loan that is paid out on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tranche {
    pub key: Key,
    pub amount: Amount,
    pub expected_on: Option<Date>,
    /// The day on which the book reminds of it: the expected one, until it has reminded. `None` as well for a day that
    /// had come when it was agreed, and for what was agreed before books reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_on: Option<Date>,
    /// The transaction that paid it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disbursement: Option<i64>,
}

/// A rate and the day from which it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateFrom {
    pub from: Date,
    pub rate: Rate,
}

/// An outstanding principal and the day from which it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrincipalFrom {
    pub from: Date,
    pub principal: Amount,
}

/// The first day without interest, and the first one with interest again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: Date,
    pub to: Date,
}

/// The course that a loan took. The default is that of a loan to which nothing of this happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Course {
    /// In the order of their days; empty while the agreed rate counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<RateFrom>,
    /// When the book last looked at the index that the rate follows; of dynamic loans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_on: Option<Date>,
    /// Outstanding principal over the period whose interest is not applied yet; of dynamic loans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub principal: Vec<PrincipalFrom>,
    /// How many installments' time is over, so that their rows are facts; of dynamic loans.
    #[serde(skip_serializing_if = "crate::loan::terms::is_default")]
    pub closed: u32,
    /// Interest of earlier time that no row carries yet; less than zero where interest of the time
    /// that runs was applied ahead of its due date. Of dynamic loans.
    #[serde(skip_serializing_if = "crate::loan::terms::is_zero")]
    pub carried: Amount,
    /// Overdue principal whose interest was not placed yet; of dynamic loans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overdue: Vec<PrincipalFrom>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// Paid and not owed: it can be drawn again.
    #[serde(skip_serializing_if = "crate::loan::terms::is_default")]
    pub overpaid: Amount,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tranches: Vec<Tranche>,
    /// How the loan is to be paid out.
    #[serde(skip_serializing_if = "crate::loan::terms::is_default")]
    pub disbursement_plan: DisbursementPlan,
    #[serde(skip_serializing_if = "crate::loan::terms::is_default")]
    pub charges: ChargeCourse,
    /// Interest that became principal.
    #[serde(skip_serializing_if = "crate::loan::terms::is_zero")]
    pub capitalized_interest: Amount,
    /// Fees that were added to the principal when the loan was paid out.
    #[serde(skip_serializing_if = "crate::loan::terms::is_zero")]
    pub capitalized_fees: Amount,
    /// Fees that are owed, by what charged them, the oldest first; of loans whose repayments may say
    /// what they pay.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owed_fees: Vec<OwedFee>,
    /// The schedule by which the loan is to be paid out, if it was edited by hand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agreed_schedule: Vec<Installment>,
    /// Whether the schedule was changed by hand, or what was overdue was spread anew.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_custom: bool,
    /// Due dates that somebody set or added by hand: they stay whatever the calendar says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set_dates: Vec<Date>,
    /// Interest that the installments carry for others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<MovedInterest>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guarantees: Vec<Guarantee>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub funds: Vec<Fund>,
    /// What of them was sold, in that order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trades: Vec<Trade>,
    /// The deposit accounts from which it is paid when it falls due, in the order of linking.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settlement_accounts: Vec<Address>,
    /// The line of credit that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_of_credit: Option<Key>,
    /// What came in after the loan was written off.
    #[serde(skip_serializing_if = "crate::loan::terms::is_default")]
    pub recovered: Amount,
    /// What claims of the protection waived, by installment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waived_installments: Vec<WaivedInstallment>,
    /// All that they waived.
    #[serde(skip_serializing_if = "crate::loan::terms::is_default")]
    pub waived: Components,
    /// Due dates of rows whose principal somebody fixed by hand; of dynamic loans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept_principal: Vec<Date>,
    /// The first due date, where it was named with the disbursement; later ones count from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_due_date: Option<Date>,
    /// The loan whose place this one took; of several that it paid off, the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The loans that it paid off when it was paid out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paid_off: Vec<PaidOff>,
    /// The loan that took the place of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<Origin>,
}

/// What became of the charges of a loan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChargeCourse {
    /// Fees of the product that installments carry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<FeeOnInstallment>,
    /// Fees that the book charged and somebody took back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forgone: Vec<FeeOnInstallment>,
    /// Until when penalties have grown in `penalties`; the day itself is not part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub penalties_through: Option<Date>,
    /// When the book last applied them, or would have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub penalties_applied_on: Option<Date>,
    /// By installment: `amount` is what the book has applied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub penalties: Vec<PenaltyPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deferred: Vec<DeferredFee>,
    /// When what is late becomes arrears, where that takes a calendar to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrears_on: Option<Date>,
    /// The beginning of the arrears for which the book locked the loan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked_for: Option<Date>,
}

/// A fee of the product on an installment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeOnInstallment {
    pub fee: Key,
    pub number: u32,
    pub amount: Amount,
    /// The tax that the amount includes.
    #[serde(default, skip_serializing_if = "crate::loan::terms::is_zero")]
    pub tax: Amount,
}

/// A fee whose income is spread over the due dates that follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeferredFee {
    pub fee: Key,
    pub profile: FeeAmortization,
    /// Without tax.
    pub amount: Amount,
    pub recognized: Amount,
    pub charged_on: Date,
    /// The day up to which income has been recognized.
    pub recognized_through: Date,
}

impl Course {
    /// Puts a list in the place of the one that was there: guarantees, funds or settlement accounts; or the line.
    pub(crate) fn set_whole(&mut self, event: &Event) {
        if let Event::GuaranteesSet { guarantees } = event {
            self.guarantees.clone_from(guarantees);
        } else if let Event::FundsSet { funds } = event {
            self.funds.clone_from(funds);
        } else if let Event::FundsPaidIn { funds } = event {
            self.funds.extend(funds.iter().cloned());
        } else if let Event::SettlementAccountsSet { accounts } = event {
            self.settlement_accounts.clone_from(accounts);
        } else if let Event::LineOfCreditSet { line } = event {
            self.line_of_credit = *line;
        }
    }

    /// Notes the transaction that paid a tranche out.
    pub(crate) fn disburse_tranche(&mut self, key: Option<Key>, transaction_id: i64) {
        if let Some(tranche) = self.tranches.iter_mut().find(|tranche| Some(tranche.key) == key) {
            tranche.disbursement = Some(transaction_id);
        }
    }

    /// The tranche of which the book reminds next: not of one that is paid out.
    pub(crate) fn next_reminder(&self) -> Option<(Date, &Tranche)> {
        let waiting = self.tranches.iter().filter(|tranche| tranche.disbursement.is_none());
        waiting.filter_map(|tranche| Some((tranche.remind_on?, tranche))).min_by_key(|(on, _)| *on)
    }

    /// Notes that the book reminded of a tranche: it does so once.
    pub(crate) fn remind_of_tranche(&mut self, key: Key) {
        if let Some(tranche) = self.tranches.iter_mut().find(|tranche| tranche.key == key) {
            tranche.remind_on = None;
        }
    }

    /// Whether a tranche is still to be paid out.
    pub fn has_tranches_left(&self) -> bool {
        self.tranches.iter().any(|tranche| tranche.disbursement.is_none())
    }

    /// Another rate counts from a day; one that counted from the same day never did.
    pub(crate) fn set_rate(&mut self, rate: RateFrom) {
        self.rates.retain(|before| before.from < rate.from);
        self.rates.push(rate);
    }

    /// Adds a funder's share to what came back of the fund.
    pub(crate) fn share(&mut self, share: &FundShare) {
        if let Some(fund) = self.funds.iter_mut().find(|fund| fund.key == share.fund) {
            fund.principal_repaid += share.principal;
            fund.interest_earned += share.interest;
            fund.lost += share.lost;
        }
    }

    /// Adds what a claim waived of an installment.
    pub(crate) fn waive(&mut self, part: &WaivedPart) {
        self.waived += part.part;
        match self.waived_installments.iter_mut().find(|row| row.number == part.number) {
            Some(row) => row.waived += part.part,
            None => {
                let (number, waived) = (part.number, part.part);
                self.waived_installments.push(WaivedInstallment { number, waived });
            }
        }
    }

    /// Adds what an investor got of the premium.
    pub(crate) fn share_premium(&mut self, cause: PremiumCause, share: &PremiumShare) {
        if let Some(fund) = self.funds.iter_mut().find(|fund| fund.key == share.fund) {
            match cause {
                PremiumCause::Disbursement => fund.premium += share.amount,
                PremiumCause::Rebate => fund.rebated += share.amount,
            }
        }
    }

    /// What the installment with this due date carries for others.
    pub fn moved_to(&self, due_date: Date) -> Option<&MovedInterest> {
        self.moved.iter().find(|moved| moved.due_date == due_date)
    }

    /// Interest that an installment carries for others and that does not grow in it. What a claim waived it carries no more.
    pub(crate) fn carried_interest(&self, row: &Installment) -> Amount {
        let carried = self.moved_to(row.due_date).map_or(Amount::ZERO, |moved| moved.interest);
        carried.min(row.interest_applied)
    }

    pub(crate) fn pause(&mut self, pause: Pause) {
        self.pauses.push(pause);
    }

    /// Whether nothing of this happened.
    pub fn is_default(&self) -> bool {
        *self == Course::default()
    }
}

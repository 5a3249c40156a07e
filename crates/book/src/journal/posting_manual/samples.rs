//! One sample of each thing that moves money, with figures that tell of themselves.

use jiff::civil::date;
use loam_calc::allocation::Components;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::{Figures, Happens, Sample};
use crate::application::ProtectType;
use crate::ids::{Address, Key, Part};
use crate::journal::Transfer;
use crate::journal::deposit_interest::{DepositInterestAmounts, DepositInterestKind};
use crate::journal::evening::{EveningGroup, EveningPosting, post};
use crate::journal::income::{IncomeAmounts, IncomeKind};
use crate::journal::provisions::{ProvisionAmounts, ProvisionKind};
use crate::journal::rules::AccrualPosting;
use crate::loan::event::charge::{Deferral, DisbursedFee, FeeCharge, IncomePart, PenaltyCause};
use crate::loan::event::{CarriedOver, Event, InstallmentPart, InterestCause, Posted};
use crate::loan::premium::{PremiumCause, PremiumShare};
use crate::loan::protection::{ProtectClaim, WaivedPart};
use crate::loan::restructuring::{Origin, PaidOff, RestructureKind};
use crate::loan::securities::{Fund, FundShare};
use crate::loan::trades::Traded;
use crate::organization::{TransactionDetails, TransferLink};
use crate::product::charges::FeeAmortization;
use crate::savings::event::{Movement, MovementKind};

const ZERO: Amount = Amount::ZERO;

fn sample(
    what: &'static str,
    names: &[&'static str],
    event: impl FnOnce(&dyn Fn(&str) -> Amount) -> Event,
) -> Sample {
    let figures = Figures::new(names);
    let event = event(&|name| figures.of(name));
    Sample { what, figures, happens: Happens::ToLoan(Box::new(event)) }
}

fn key() -> Key {
    Key::entity(Part::new(0), 0, 1)
}

fn address() -> Address {
    Address { part: Part::new(0), key: key() }
}

fn posted() -> Posted {
    Posted { transaction_id: 1, principal_balance: ZERO }
}

fn origin() -> Origin {
    Origin { kind: RestructureKind::Refinance, loan: key() }
}

fn elsewhere(is_between_branches: bool) -> TransactionDetails {
    let link = TransferLink {
        account: address(),
        account_no: 2,
        is_loan: false,
        transaction_id: 2,
        is_source: false,
        is_between_branches,
    };
    TransactionDetails { transfer: Some(link), ..TransactionDetails::default() }
}

/// Everything that happens to loans and moves money, in the order of a loan's life.
pub(super) fn of_loans() -> Vec<Sample> {
    let mut all = disbursements();
    all.extend(charges());
    all.extend(money_in());
    all.extend(ends());
    all.extend(investors());
    all
}

fn disbursements() -> Vec<Sample> {
    let plain = |amount, details| Event::Disbursed {
        posted: posted(),
        amount,
        capitalized_fee: ZERO,
        capitalized_fee_tax: ZERO,
        fees: Vec::new(),
        upfront: Vec::new(),
        carried_over: None,
        paid_off: Vec::new(),
        installments: Vec::new(),
        details,
        tranche: None,
        first_due_date: None,
    };
    vec![
        sample("paid out", &["amount"], |of| plain(of("amount"), TransactionDetails::default())),
        sample("paid out to a deposit account", &["amount"], |of| plain(of("amount"), elsewhere(false))),
        sample("paid out to a deposit account of another branch", &["amount"], |of| {
            plain(of("amount"), elsewhere(true))
        }),
        sample("paid out less fees", &["amount", "fee", "deferred fee", "capitalized fee", "tax"], |of| {
            with_fees(plain(of("amount"), TransactionDetails::default()), of)
        }),
        sample("paid out in the place of other loans", &["amount", "carried over", "paid off"], |of| {
            with_others(plain(of("amount"), TransactionDetails::default()), of)
        }),
    ]
}

fn with_fees(mut event: Event, of: &dyn Fn(&str) -> Amount) -> Event {
    if let Event::Disbursed { capitalized_fee, capitalized_fee_tax, fees, .. } = &mut event {
        (*capitalized_fee, *capitalized_fee_tax) = (of("capitalized fee"), of("tax"));
        let fee = |amount, deferral| DisbursedFee {
            fee: key(),
            amount,
            is_capitalized: false,
            tax: ZERO,
            deferral,
        };
        fees.extend([fee(of("fee"), None), fee(of("deferred fee"), Some(deferral(of("deferred fee"))))]);
    }
    event
}

fn with_others(mut event: Event, of: &dyn Fn(&str) -> Amount) -> Event {
    if let Event::Disbursed { carried_over, paid_off, .. } = &mut event {
        *carried_over = Some(CarriedOver { origin: origin(), amount: of("carried over") });
        let (account_no, transaction_id) = (3, 3);
        paid_off.push(PaidOff { loan: address(), account_no, transaction_id, amount: of("paid off") });
    }
    event
}

fn deferral(amount: Amount) -> Deferral {
    Deferral { amount, profile: FeeAmortization::StraightLine }
}

fn charges() -> Vec<Sample> {
    let part = |part| vec![InstallmentPart { number: 1, part }];
    let applied = |amount, parts, tax| Event::InterestApplied {
        posted: posted(),
        amount,
        parts,
        cause: InterestCause::DueDate,
        notes: None,
        tax,
    };
    let charged = |amount, charge| Event::FeeCharged {
        posted: posted(),
        amount,
        number: 1,
        details: TransactionDetails::default(),
        charge,
    };
    vec![
        sample("interest applied", &["interest", "tax"], |of| {
            let interest = of("interest");
            applied(interest, part(Components { interest, ..Components::ZERO }), of("tax"))
        }),
        sample("interest added to the principal", &["interest"], |of| {
            let principal = of("interest");
            applied(principal, part(Components { principal, ..Components::ZERO }), ZERO)
        }),
        sample("fee charged", &["fee", "tax"], |of| {
            charged(of("fee"), FeeCharge { tax: of("tax"), ..FeeCharge::default() })
        }),
        sample("fee charged, income deferred", &["fee"], |of| {
            charged(of("fee"), FeeCharge { deferral: Some(deferral(of("fee"))), ..FeeCharge::default() })
        }),
        sample("deferred income earned", &["amount"], |of| Event::FeeIncomeRecognized {
            parts: vec![IncomePart { position: 0, amount: of("amount") }],
        }),
        sample("penalty applied", &["penalty", "tax"], |of| Event::PenaltyApplied {
            posted: posted(),
            amount: of("penalty"),
            parts: Vec::new(),
            cause: PenaltyCause::Lateness,
            tax: of("tax"),
            details: TransactionDetails::default(),
        }),
        sample(
            "fees or penalties reduced",
            &["fees", "penalties", "tax on fees", "tax on penalties"],
            |of| {
                let amount = Components { fees: of("fees"), penalties: of("penalties"), ..Components::ZERO };
                let tax = Components {
                    fees: of("tax on fees"),
                    penalties: of("tax on penalties"),
                    ..Components::ZERO
                };
                let (parts, details) = (Vec::new(), TransactionDetails::default());
                Event::ChargeReduced { posted: posted(), amount, parts, tax, details, is_of_edit: false }
            },
        ),
    ]
}

const REPAID: [&str; 8] = [
    "amount",
    "principal",
    "interest",
    "fees",
    "penalties",
    "tax on interest",
    "tax on fees",
    "tax on penalties",
];

fn components(of: &dyn Fn(&str) -> Amount) -> Components {
    Components {
        principal: of("principal"),
        interest: of("interest"),
        fees: of("fees"),
        penalties: of("penalties"),
    }
}

fn taxes(of: &dyn Fn(&str) -> Amount) -> Components {
    Components {
        principal: ZERO,
        interest: of("tax on interest"),
        fees: of("tax on fees"),
        penalties: of("tax on penalties"),
    }
}

fn money_in() -> Vec<Sample> {
    let repaid = |details, of: &dyn Fn(&str) -> Amount| Event::Repaid {
        posted: posted(),
        amount: of("amount"),
        parts: vec![InstallmentPart { number: 1, part: components(of) }],
        details,
        tax: taxes(of),
        custom: None,
    };
    vec![
        sample("repaid", &REPAID, |of| repaid(TransactionDetails::default(), of)),
        sample("repaid from a deposit account", &REPAID, |of| repaid(elsewhere(false), of)),
        sample("repaid from a deposit account of another branch", &REPAID, |of| repaid(elsewhere(true), of)),
        sample("drawn again of what was paid too much", &["amount"], |of| Event::Redrawn {
            posted: posted(),
            amount: of("amount"),
            details: TransactionDetails::default(),
        }),
        sample("recovered after a write-off", &["amount"], |of| Event::Recovered {
            posted: posted(),
            amount: of("amount"),
            details: TransactionDetails::default(),
        }),
    ]
}

fn ends() -> Vec<Sample> {
    let claim = ProtectClaim { claimed: ProtectType::Partial, installments: Vec::new() };
    vec![
        sample("written off", &["principal", "interest", "fees", "penalties"], |of| Event::WrittenOff {
            posted: posted(),
            amount: components(of),
            notes: None,
            claim: None,
        }),
        sample("waived by a protection", &["principal", "interest", "tax"], |of| {
            let amount =
                Components { principal: of("principal"), interest: of("interest"), ..Components::ZERO };
            let parts = vec![WaivedPart { number: 1, part: amount, applied: of("interest") }];
            Event::Waived { posted: posted(), amount, parts, claim, tax: of("tax"), notes: None }
        }),
        sample("carried over to another loan", &REPAID[1..], |of| Event::Restructured {
            posted: posted(),
            successor: origin(),
            written_off: Components::ZERO,
            carried_over: components(of),
            tax: taxes(of),
            notes: None,
        }),
    ]
}

fn investors() -> Vec<Sample> {
    let fund = |amount| Fund {
        key: key(),
        account: key(),
        amount,
        interest_commission: None,
        is_paid_in: true,
        principal_repaid: ZERO,
        interest_earned: ZERO,
        premium: ZERO,
        rebated: ZERO,
        lost: ZERO,
        traded: ZERO,
        bought_on: None,
    };
    let of_fund = |principal, interest, lost| FundShare {
        fund: key(),
        principal,
        interest,
        lost,
        is_waived: false,
        is_paid_out: true,
        is_owed: false,
    };
    let share =
        |principal, interest, lost| Event::FundsShared { shares: vec![of_fund(principal, interest, lost)] };
    vec![
        sample("investors pay for the loan", &["amount"], |of| Event::FundsPaidIn {
            funds: vec![fund(of("amount"))],
        }),
        sample("an investor buys a part of the lender's", &["what is left"], |of| Event::FundsTraded {
            traded: Box::new(Traded { from: None, fund: fund(of("what is left")), premium: ZERO }),
        }),
        sample("investors get their shares", &["principal", "interest"], |of| {
            share(of("principal"), of("interest"), ZERO)
        }),
        sample("investors earn their shares whose accounts others keep", &["principal", "interest"], |of| {
            let share = of_fund(of("principal"), of("interest"), ZERO);
            Event::FundsShared { shares: vec![FundShare { is_paid_out: false, is_owed: true, ..share }] }
        }),
        sample("investors lose what is given up", &["principal"], |of| share(ZERO, ZERO, of("principal"))),
        sample("investors get their share of a premium", &["amount"], |of| Event::PremiumShared {
            cause: PremiumCause::Disbursement,
            shares: vec![PremiumShare { fund: key(), amount: of("amount") }],
        }),
    ]
}

/// Everything that moves money of deposit accounts.
pub(super) fn of_deposits() -> Vec<Sample> {
    let moved = |kind, amount, overdraft, details| Movement {
        transaction_id: 1,
        kind,
        amount,
        balance: ZERO,
        overdraft,
        invested: ZERO,
        details,
    };
    let one = |what, kind, is_negative: bool, details: TransactionDetails| {
        let figures = Figures::new(&["amount"]);
        let amount = if is_negative { -figures.of("amount") } else { figures.of("amount") };
        Sample { what, figures, happens: Happens::ToDeposit(Box::new(moved(kind, amount, ZERO, details))) }
    };
    let none = TransactionDetails::default;
    let overdrawn = Figures::new(&["amount", "overdrawn"]);
    let withdrawal =
        moved(MovementKind::Withdrawal, -overdrawn.of("amount"), overdrawn.of("overdrawn"), none());
    vec![
        one("deposit", MovementKind::Deposit, false, none()),
        one("withdrawal", MovementKind::Withdrawal, true, none()),
        Sample {
            what: "withdrawal by which the account is overdrawn",
            figures: overdrawn,
            happens: Happens::ToDeposit(Box::new(withdrawal)),
        },
        one("transfer to another account", MovementKind::Transfer, true, elsewhere(false)),
        one("transfer to an account of another branch", MovementKind::Transfer, true, elsewhere(true)),
        one("transfer from another account", MovementKind::Transfer, false, elsewhere(false)),
        one("fee", MovementKind::Fee, true, none()),
        one("interest", MovementKind::Interest, false, none()),
        one("interest of an overdraft", MovementKind::OverdraftInterest, true, none()),
        one("withholding tax", MovementKind::WithholdingTax, true, none()),
    ]
}

/// What the evening posts for many loans together. Of less than before it posts the same the other way round.
pub(super) fn of_evenings() -> Vec<(&'static str, Vec<Transfer>)> {
    let (on, one) = (date(2026, 1, 31), Amount::from_minor(1));
    let grown = |accrued, suspended| {
        let kind = IncomeKind {
            posting: AccrualPosting::Daily,
            accrued_on: None,
            income_on: None,
            suspense_on: None,
        };
        let amounts = IncomeAmounts { accrued, suspended };
        post(&EveningPosting { group: group(kind), before: None, amounts, on }, 1).1
    };
    let of_deposits = |payable, accrued| {
        let kind = DepositInterestKind {
            posting: AccrualPosting::Daily,
            payable_on: None,
            expense_on: None,
            accrued_on: None,
            income_on: None,
        };
        let amounts = DepositInterestAmounts { payable, accrued };
        post(&EveningPosting { group: group(kind), before: None, amounts, on }, 1).1
    };
    let kind = ProvisionKind { allowance_on: None, expense_on: None };
    let amounts = ProvisionAmounts { allowance: one };
    let provided = EveningPosting { group: group(kind), before: None, amounts, on };
    vec![
        ("interest that has grown", grown(one, ZERO)),
        ("interest in suspense", grown(ZERO, one)),
        ("allowance for losses", post(&provided, 1).1),
        ("interest of deposits that has grown", of_deposits(one, ZERO)),
        ("interest of overdrafts that has grown", of_deposits(ZERO, one)),
    ]
}

fn group<K>(kind: K) -> EveningGroup<K> {
    EveningGroup { product: key(), branch: None, currency: Currency::USD.code().to_owned(), kind }
}

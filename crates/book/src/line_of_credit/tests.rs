//! What may be done with a line, and how it counts.

use jiff::Timestamp;
use jiff::civil::date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::*;
use crate::loan::HolderKind;
use crate::loan::context::Context;
use crate::loan::refusal::{LineRefusal, Refusal};
use crate::party::holder::Party;
use crate::party::testing::{a_client, key, new_client, within};
use crate::party::{Client, ClientState, NewClient, create_client};

const THOUSAND: Amount = Amount::from_minor(100_000);

fn line(state: LineState) -> LineOfCredit {
    LineOfCredit {
        key: key(50),
        part: Part::new(1),
        id: "L".to_owned(),
        version: 4,
        holder: Holder { kind: HolderKind::Client, key: key(9) },
        assignment: Assignment::default(),
        state,
        currency: Currency::USD,
        amount: THOUSAND,
        limit: ExposureLimit::ApprovedAmount,
        start_on: date(2024, 1, 1),
        expire_on: date(2024, 12, 31),
        notes: None,
        uses: Vec::new(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
        approved_at: None,
        closed_at: None,
    }
}

fn taken(account: u64, minor: i64) -> LineUse {
    LineUse {
        account: key(account),
        is_loan: true,
        is_open: true,
        amount: Amount::from_minor(minor),
        paid_out_on: Some(date(2024, 2, 1)),
        matures_on: Some(date(2024, 8, 1)),
    }
}

fn edited(line: &LineOfCredit, change: LineEdit) -> Result<LineOfCredit, Refusal> {
    within(vec![], 1, |context| edit(line, &change, context))
}

fn entered(line: &LineOfCredit, state: LineState) -> Result<LineOfCredit, Refusal> {
    edited(line, LineEdit { state: Some(state), ..LineEdit::default() })
}

fn stated(text: &str) -> Option<StatedAmount> {
    Some(StatedAmount(text.to_owned()))
}

/// A new line of a client, entered by somebody who may do everything.
fn created(client: &Client, change: impl FnOnce(&mut NewLine)) -> Result<LineOfCredit, Refusal> {
    let mut new = NewLine {
        id: Some("L".to_owned()),
        holder: Holder { kind: HolderKind::Client, key: client.key },
        amount: stated("1000"),
        limit: None,
        start_on: Some(date(2024, 1, 1)),
        expire_on: Some(date(2024, 12, 31)),
        notes: None,
        is_approved: false,
        custom_values: vec![],
    };
    change(&mut new);
    within(vec![], 50, |context| {
        let context = Context { holder: Some(Party::Client(client)), ..*context };
        create(&new, Currency::USD, &context)
    })
}

#[test]
fn a_line_waits_for_approval_unless_it_is_entered_approved() {
    let client = a_client(9);
    let new = created(&client, |_| {}).unwrap();
    assert_eq!(
        (new.state, new.limit, new.available()),
        (LineState::PendingApproval, ExposureLimit::ApprovedAmount, THOUSAND)
    );
    let approved = created(&client, |new| new.is_approved = true).unwrap();
    assert_eq!((approved.state, approved.approved_at.is_some()), (LineState::Approved, true));
    assert_eq!(created(&client, |new| new.start_on = None), Err(LineRefusal::StartMissing.into()));
    assert_eq!(created(&client, |new| new.amount = None), Err(LineRefusal::AmountMissing.into()));
    let not_borrowing = within(vec![], 9, |context| {
        let new = NewClient { state: Some(ClientState::Rejected), ..new_client() };
        create_client(&new, "9", context)
    });
    assert_eq!(created(&not_borrowing.unwrap(), |_| {}), Err(LineRefusal::HolderState.into()));
}

#[test]
fn a_line_goes_only_the_ways_that_there_are() {
    use LineState::{Active, Approved, Closed, PendingApproval, Rejected, Withdrawn};
    let ways = [
        (PendingApproval, &[Approved, Withdrawn, Rejected][..]),
        (Approved, &[PendingApproval, Closed]),
        (Closed, &[Approved]),
        (Withdrawn, &[PendingApproval]),
        (Rejected, &[PendingApproval]),
    ];
    for (from, to) in ways {
        for wanted in [Approved, Closed, PendingApproval, Rejected, Withdrawn] {
            let entered = entered(&line(from), wanted);
            if wanted == from || to.contains(&wanted) {
                assert_eq!(entered.map(|line| line.state), Ok(wanted), "{from:?}");
            } else {
                let refused = LineRefusal::WrongStep { from: from.name(), to: wanted.name() };
                assert_eq!(entered, Err(refused.into()));
            }
        }
    }
    let used = line(Approved).with_use(taken(7, 5), Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(used.state, Active);
    assert!(entered(&used, PendingApproval).is_err(), "there is an account on it");
    assert_eq!(entered(&used, Closed), Err(LineRefusal::HasOpenAccounts.into()));
    let closed_account = LineUse { is_open: false, amount: Amount::ZERO, ..taken(7, 0) };
    let used = used.with_use(closed_account, Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(entered(&used, Closed).map(|line| line.state), Ok(Closed));
}

#[test]
fn a_line_counts_each_account_once() {
    let line = line(LineState::Approved);
    let at = Timestamp::UNIX_EPOCH;
    let one = line.with_use(taken(7, 30_000), at).unwrap();
    let two = one.with_use(taken(8, 50_000), at).unwrap();
    assert_eq!((two.consumed(), two.available()), (Amount::from_minor(80_000), Amount::from_minor(20_000)));
    assert_eq!(two.with_use(taken(8, 50_000), at), None, "nothing changes");
    let less = two.with_use(taken(7, 10_000), at).unwrap();
    assert_eq!((less.consumed(), less.version), (Amount::from_minor(60_000), line.version + 3));
    let none = less.without(key(7), at).unwrap().without(key(8), at).unwrap();
    assert_eq!((none.state, none.consumed()), (LineState::Approved, Amount::ZERO));
    assert_eq!(none.without(key(8), at), None);
}

#[test]
fn terms_keep_to_the_accounts_that_are_on_the_line() {
    let used = line(LineState::Approved).with_use(taken(7, 30_000), Timestamp::UNIX_EPOCH).unwrap();
    let none = LineEdit::default;
    let late = edited(&used, LineEdit { start_on: Some(date(2024, 2, 2)), ..none() });
    assert!(matches!(late, Err(Refusal::Line(LineRefusal::BeforeStart { .. }))), "{late:?}");
    let early = edited(&used, LineEdit { expire_on: Some(date(2024, 7, 31)), ..none() });
    assert!(matches!(early, Err(Refusal::Line(LineRefusal::AfterExpiry { .. }))), "{early:?}");
    let other = edited(&used, LineEdit { limit: Some(ExposureLimit::OutstandingAmount), ..none() });
    assert_eq!(other, Err(LineRefusal::NotEditable { field: "exposureLimitType" }.into()));
    let kept = LineEdit {
        start_on: Some(date(2024, 2, 1)),
        expire_on: Some(date(2024, 8, 1)),
        amount: stated("100"),
        notes: Some(Some("n".to_owned())),
        ..none()
    };
    let lowered = edited(&used, kept).unwrap();
    assert_eq!(lowered.available(), Amount::from_minor(-20_000));
    let closed = line(LineState::Closed);
    let refused = LineRefusal::WrongState { command: "edit", state: "closed" };
    assert_eq!(edited(&closed, LineEdit { amount: stated("5"), ..none() }), Err(refused.into()));
    let noted = edited(&closed, LineEdit { notes: Some(Some("n".to_owned())), ..none() }).unwrap();
    assert_eq!((noted.notes.as_deref(), noted.version), (Some("n"), closed.version + 1));
}

//! Guarantors and others whom commands name beside the holder: they are there when it is written, or the command is
//! refused by name, whatever the door saw.

use std::sync::Arc;

use loam_app::command::{Address, Command, Done, Outcome};
use loam_app::desk::Desk;
use loam_app::error::{AppError, StoreError};
use loam_book::ids::{Key, Part};
use loam_book::loan::accompanying::Accompanying;
use loam_book::loan::command::{LoanCommand, LoanFigures, NewLoan};
use loam_book::loan::refusal::{PartyRefusal, Refusal, SecurityRefusal};
use loam_book::loan::securities::{StatedGuarantee, StatedGuarantor};
use loam_book::loan::{Holder, HolderKind};
use loam_book::paper::{NewPaper, PaperCommand, PaperSubject, SubjectKind};
use loam_book::party::group::{GroupContact, NewGroup};
use loam_book::party::{Assignment, Client};
use loam_book::product::Product;
use loam_book::product::securities::SecurityRules;
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};

use crate::desk::{a_product, client_of, new_client, open, submit};
use crate::memory::Memory;

fn at(client: &Client) -> Address {
    Address { part: client.part, key: client.key }
}

fn is(client: &Client) -> Holder {
    Holder { kind: HolderKind::Client, key: client.key }
}

/// A desk with a product that takes guarantors, a borrower and somebody who may guarantee.
async fn prepared(store: &Memory) -> (Desk, Client, Client) {
    let desk = open(store);
    let [borrower, guarantor] = [(); 2].map(|()| submit(&desk, new_client(None, "Ana")));
    let (borrower, guarantor) = futures_util::future::join(borrower, guarantor).await;
    let securities = SecurityRules { takes_guarantors: true, ..SecurityRules::default() };
    let product = Box::new(Product { securities, ..a_product() });
    submit(&desk, Command::CreateRecord(Box::new(Record::Product(product)))).await.expect("a new product");
    (desk, client_of(borrower.expect("complete")), client_of(guarantor.expect("complete")))
}

fn guarantee(holder: Holder, part: Part) -> StatedGuarantee {
    StatedGuarantee {
        key: None,
        is_asset: false,
        guarantor: Some(StatedGuarantor::named(holder, Some(part))),
        savings_account: None,
        asset_name: None,
        amount: StatedAmount("10".into()),
        custom_values: None,
    }
}

fn new_loan(borrower: &Client, guarantees: Option<Vec<StatedGuarantee>>) -> Command {
    let new = NewLoan {
        id: None,
        holder: is(borrower),
        product: a_product().key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        figures: LoanFigures {
            amount: Some(StatedAmount("950".into())),
            interest_rate: Some(StatedPercent("2.5".into())),
            accompanying: Accompanying { guarantees, ..Accompanying::default() },
            ..LoanFigures::default()
        },
    };
    Command::CreateLoan { holder: at(borrower), new: Box::new(new) }
}

async fn pending_loan(desk: &Desk, borrower: &Client) -> Address {
    let outcome = submit(desk, new_loan(borrower, None)).await.expect("within the product");
    let Done::Loan { loan, .. } = outcome.done else { panic!("a loan was asked for") };
    Address { part: loan.part, key: loan.key }
}

fn guaranteed_by(loan: Address, holder: Holder) -> Command {
    let guarantees = vec![guarantee(holder, loan.part)];
    Command::Loan { loan, command: LoanCommand::SetGuarantees { guarantees } }
}

fn deletion(client: &Client) -> Command {
    Command::DeleteClient { client: at(client) }
}

/// The answers to commands that make one batch, in this order: they wait behind a save.
async fn in_one_batch(store: &Memory, desk: &Desk, commands: [Command; 2]) -> [Result<Outcome, AppError>; 2] {
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    store.inside().gate = Some(Arc::clone(&gate));
    let before = store.inside().batches.len();
    let [first, second] = commands.map(|command| submit(desk, command));
    let open_gate = async {
        tokio::task::yield_now().await;
        gate.add_permits(1_000);
    };
    let (ahead, first, second, ()) =
        futures_util::future::join4(submit(desk, new_client(None, "Ahead")), first, second, open_gate).await;
    ahead.expect("complete");
    store.inside().gate = None;
    assert!(store.inside().batches.len() <= before + 2, "they were several batches");
    [first, second]
}

fn refused(answer: Result<Outcome, AppError>) -> Refusal {
    match answer {
        Err(AppError::Refused(refusal)) => refusal,
        other => panic!("it was not refused: {other:?}"),
    }
}

const UNKNOWN: Refusal = Refusal::Security(SecurityRefusal::UnknownGuarantor);
const TIED: Refusal = Refusal::Party(PartyRefusal::IsGuarantor);

#[tokio::test]
async fn a_guarantor_who_is_gone_is_refused_whatever_the_door_saw() {
    let store = Memory::default();
    let (desk, borrower, guarantor) = prepared(&store).await;
    let loan = pending_loan(&desk, &borrower).await;
    submit(&desk, guaranteed_by(loan, is(&guarantor))).await.expect("the guarantor is there");
    submit(&desk, Command::Loan { loan, command: LoanCommand::SetGuarantees { guarantees: vec![] } })
        .await
        .expect("a loan that is not active lets guarantors go");
    submit(&desk, deletion(&guarantor)).await.expect("nothing ties");
    assert_eq!(refused(submit(&desk, guaranteed_by(loan, is(&guarantor))).await), UNKNOWN);
    let stated = guarantee(is(&guarantor), guarantor.part);
    assert_eq!(refused(submit(&desk, new_loan(&borrower, Some(vec![stated]))).await), UNKNOWN);
    assert_eq!(store.inside().loans.len(), 1);
}

#[tokio::test]
async fn within_a_batch_whoever_guarantees_is_kept_and_whoever_is_deleted_guarantees_nothing() {
    let store = Memory::default();
    let (desk, borrower, guarantor) = prepared(&store).await;
    let loan = pending_loan(&desk, &borrower).await;
    let commands = [guaranteed_by(loan, is(&guarantor)), deletion(&guarantor)];
    let [guaranteed, deleted] = in_one_batch(&store, &desk, commands).await;
    guaranteed.expect("the guarantor is there");
    assert_eq!(refused(deleted), TIED);

    let other = client_of(submit(&desk, new_client(None, "Bo")).await.expect("complete"));
    let stated = guarantee(is(&other), other.part);
    let commands = [new_loan(&borrower, Some(vec![stated.clone()])), deletion(&other)];
    let [opened, deleted] = in_one_batch(&store, &desk, commands).await;
    opened.expect("the guarantor is there");
    assert_eq!(refused(deleted), TIED);

    let third = client_of(submit(&desk, new_client(None, "Cy")).await.expect("complete"));
    let commands = [deletion(&third), guaranteed_by(loan, is(&third))];
    let [deleted, guaranteed] = in_one_batch(&store, &desk, commands).await;
    deleted.expect("nothing ties");
    assert_eq!(refused(guaranteed), UNKNOWN);
}

#[tokio::test]
async fn a_group_that_guarantees_stays_within_a_batch() {
    let store = Memory::default();
    let (desk, borrower, member) = prepared(&store).await;
    let loan = pending_loan(&desk, &borrower).await;
    let new = NewGroup {
        id: None,
        contact: GroupContact { name: "River".to_owned(), ..GroupContact::default() },
        role: None,
        assignment: Assignment::default(),
        addresses: Vec::new(),
        members: vec![at(&member)],
        roles: Vec::new(),
        custom_values: Vec::new(),
    };
    let created = submit(&desk, Command::CreateGroup { part: member.part, new: Box::new(new) }).await;
    let Done::Group { group } = created.expect("complete").done else { panic!("a group was asked for") };
    let address = Address { part: group.part, key: group.key };
    let holder = Holder { kind: HolderKind::Group, key: group.key };
    let deletion = Command::DeleteGroup { group: address, members: vec![at(&member)] };
    let [guaranteed, deleted] = in_one_batch(&store, &desk, [guaranteed_by(loan, holder), deletion]).await;
    guaranteed.expect("the group is there");
    assert_eq!(refused(deleted), TIED);
    // A key of a client is no key of a group.
    let as_client = Holder { kind: HolderKind::Client, ..holder };
    assert_eq!(refused(submit(&desk, guaranteed_by(loan, as_client)).await), UNKNOWN);
}

#[tokio::test]
async fn a_guarantor_who_goes_while_it_is_written_is_refused_in_the_next_round() {
    let store = Memory::default();
    let (desk, borrower, guarantor) = prepared(&store).await;
    let loan = pending_loan(&desk, &borrower).await;
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    store.inside().gate = Some(Arc::clone(&gate));
    let elsewhere = async {
        tokio::task::yield_now().await;
        // Another server deletes the guarantor, which the store finds when the batch names him or her.
        store.inside().clients.remove(&guarantor.key);
        store.inside().faults.push_back(StoreError::VersionConflict);
        gate.add_permits(1_000);
    };
    let command = guaranteed_by(loan, is(&guarantor));
    let (answer, ()) = futures_util::future::join(submit(&desk, command), elsewhere).await;
    assert_eq!(refused(answer), UNKNOWN);
    assert!(store.inside().loans[&loan.key].servicing.course.guarantees.is_empty());
}

#[tokio::test]
async fn a_paper_is_about_somebody_who_is_there() {
    let store = Memory::default();
    let (desk, _, client) = prepared(&store).await;
    let subject = Some(PaperSubject { kind: SubjectKind::Client, address: at(&client) });
    let comment = || {
        let new = NewPaper::Comment("a word".to_owned());
        Command::Paper(Box::new(PaperCommand::Create { part: client.part, subject, new }))
    };
    submit(&desk, comment()).await.expect("the client is there");
    submit(&desk, deletion(&client)).await.expect("papers tie nobody");
    assert_eq!(submit(&desk, comment()).await.expect_err("there is nobody"), AppError::ClientNotFound);
    let nobody = Address { part: Part::new(1), key: Key::entity(Part::new(1), 0, 9) };
    let subject = Some(PaperSubject { kind: SubjectKind::Group, address: nobody });
    let new = NewPaper::Comment("a word".to_owned());
    let about_no_group = Command::Paper(Box::new(PaperCommand::Create { part: nobody.part, subject, new }));
    assert_eq!(submit(&desk, about_no_group).await.expect_err("there is none"), AppError::GroupNotFound);
}

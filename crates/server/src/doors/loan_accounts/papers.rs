//! What papers of every kind have in common: what they are about, and who may see them.

use axum::Router;
use axum::routing::{get, post};
use loam_app::command::{Command, Done};
use loam_app::views::{Page, PaperFilter};
use loam_book::ids::{Address, Key, Part};
use loam_book::paper::{Paper, PaperCommand, PaperKind, PaperSubject, SubjectKind};

use crate::Services;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::return_codes::ReturnCode;
use super::{activities, comments, currencies, documents, tasks, users};

/// What has comments and documents: the word of its path, the name of its parameter, its kind.
const ENTITIES: [(&str, &str, SubjectKind); 10] = [
    ("clients", "client", SubjectKind::Client),
    ("groups", "group", SubjectKind::Group),
    ("loans", "loan", SubjectKind::LoanAccount),
    ("loanproducts", "product", SubjectKind::LoanProduct),
    ("savings", "savings", SubjectKind::DepositAccount),
    ("savingsproducts", "product", SubjectKind::SavingsProduct),
    ("branches", "branch", SubjectKind::Branch),
    ("centres", "centre", SubjectKind::Centre),
    ("users", "user", SubjectKind::User),
    ("linesofcredit", "line", SubjectKind::LineOfCredit),
];

/// The routes of papers and activities, those that entities have alike among them.
pub(super) fn router() -> Router<Services> {
    let router = Router::new()
        .route("/api/documents", post(documents::upload))
        .route("/api/documents/{document}", get(documents::show).delete(documents::delete))
        .route("/api/images/{image}", get(documents::image))
        .route(
            "/api/clients/{client}/documents/{picture}",
            get(documents::show_picture).post(documents::set_picture).delete(documents::delete_picture),
        )
        .route("/api/activities", get(activities::list))
        .route("/api/tasks", get(tasks::list).post(tasks::create))
        .route("/api/tasks/{task}", post(tasks::edit).delete(tasks::delete))
        .route("/api/currencies/{currency}/rates", get(currencies::rates).post(currencies::add_rate));
    ENTITIES.into_iter().fold(router, |router, (word, parameter, kind)| {
        let of = format!("/api/{word}/{{{parameter}}}");
        let comments = get(move |At(id): At<String>, asked: Asked| comments::list(kind, id, asked))
            .post(move |At(id): At<String>, asked: Asked| comments::create(kind, id, asked));
        let documents = get(move |At(id): At<String>, asked: Asked| documents::list(kind, id, asked));
        let router = router.route(&format!("{of}/comments"), comments);
        match kind {
            // Clients take documents on this path too.
            SubjectKind::Client => {
                router.route(&format!("{of}/documents"), documents.post(documents::upload_to_client))
            }
            SubjectKind::Group
            | SubjectKind::LoanAccount
            | SubjectKind::LoanProduct
            | SubjectKind::DepositAccount
            | SubjectKind::SavingsProduct
            | SubjectKind::Branch
            | SubjectKind::Centre
            | SubjectKind::User
            | SubjectKind::LineOfCredit => router.route(&format!("{of}/documents"), documents),
        }
    })
}

/// The kind that a caller names, in any case.
pub(super) fn kind_named(name: &str) -> Option<SubjectKind> {
    SubjectKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
}

/// What the caller names by id or key, if he or she may see it.
pub(super) async fn subject(asked: &Asked, kind: SubjectKind, id: &str) -> Result<PaperSubject, DoorError> {
    let catalog = asked.catalog();
    let user = (kind == SubjectKind::User).then(|| users::find(catalog, id)).flatten();
    // Everybody may see himself or herself.
    if user.is_none_or(|user| user.key != asked.actor().user_key) {
        asked.require(kind.to_view())?;
    }
    let in_catalog = |key: Option<Key>, code| {
        let key = key.ok_or_else(|| DoorError::not_found(code))?;
        asked.require_record(key)?;
        Ok::<_, DoorError>(Address { part: Part::new(0), key })
    };
    let address = match kind {
        SubjectKind::LoanAccount => {
            let loan = asked.loan(id).await?;
            Address { part: loan.part, key: loan.key }
        }
        SubjectKind::Client => {
            let client = super::clients::read(asked, id).await?.client;
            Address { part: client.part, key: client.key }
        }
        SubjectKind::Group => {
            let group = super::groups::read(asked, id).await?.group;
            Address { part: group.part, key: group.key }
        }
        SubjectKind::LineOfCredit => super::lines_of_credit::read(asked, id).await?.address(),
        SubjectKind::LoanProduct => {
            in_catalog(catalog.products.find(id).map(|found| found.key), ReturnCode::InvalidProductId)?
        }
        SubjectKind::DepositAccount => super::savings::account(asked, id).await?.address(),
        SubjectKind::SavingsProduct => {
            let found = catalog.savings_products.find(id).map(|found| found.key);
            in_catalog(found, ReturnCode::InvalidProductId)?
        }
        SubjectKind::Branch => {
            in_catalog(catalog.branches.find(id).map(|found| found.key), ReturnCode::InvalidBranchId)?
        }
        SubjectKind::Centre => {
            in_catalog(catalog.centres.find(id).map(|found| found.key), ReturnCode::InvalidCentreId)?
        }
        SubjectKind::User => in_catalog(user.map(|found| found.key), ReturnCode::InvalidUserName)?,
    };
    Ok(PaperSubject { kind, address })
}

/// Refuses a caller who may not see what a paper is about.
pub(super) async fn require_view(asked: &Asked, paper: &Paper) -> Result<(), DoorError> {
    match paper.subject {
        None => asked.require_loose(paper),
        Some(about) => subject(asked, about.kind, &about.address.key.to_string()).await.map(|_| ()),
    }
}

/// Papers of one kind about one thing.
pub(super) async fn about(
    asked: &Asked,
    kind: PaperKind,
    subject: PaperSubject,
    page: Page,
) -> Result<Vec<Paper>, DoorError> {
    let filter = PaperFilter { subject: Some(subject.address), ..PaperFilter::of_kind(kind) };
    Ok(asked.services.reading.store().papers(&filter, page).await?)
}

/// A paper by its number or its key.
pub(super) async fn find(
    asked: &Asked,
    kind: PaperKind,
    id: &str,
    code: ReturnCode,
) -> Result<Paper, DoorError> {
    let store = asked.services.reading.store();
    let key: Option<Key> = id.parse().ok();
    let found = match (key.and_then(|key| key.part().map(|part| Address { part, key })), id.parse::<i64>()) {
        (Some(address), _) => store.paper(address).await?,
        (None, Ok(number)) => store.paper_by_number(number).await?,
        (None, Err(_)) => None,
    };
    found.filter(|paper| paper.kind() == kind).ok_or_else(|| DoorError::not_found(code))
}

/// Hands a command on a paper to the desk.
pub(super) async fn submit(asked: &Asked, command: PaperCommand) -> Result<Paper, DoorError> {
    let Done::Paper { paper } = asked.submit(Command::Paper(Box::new(command))).await?.done else {
        unreachable!("a command on a paper leads to a paper")
    };
    Ok(*paper)
}

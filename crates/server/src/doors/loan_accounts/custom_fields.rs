//! Custom fields, and their values at a path of their own (contract §5.9).

use axum::Router;
use axum::routing::{get, patch};
use loam_app::command::{Address, Command};
use loam_app::custom_values::owner_of_savings;
use loam_app::views::Page;
use loam_book::actor::Permission;
use loam_book::custom_field::command::values_key;
use loam_book::custom_field::owner::{Owner, OwnerKind};
use loam_book::custom_field::value::{CustomEdit, CustomValues, StatedValue};
use loam_book::custom_field::{CustomField, DataType};
use loam_book::ids::Part;
use loam_book::loan::Loan;
use loam_book::savings::Savings;

use crate::Services;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::groups;
use super::lines_of_credit;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::savings;
use super::translate::custom_field::{self as translate, Shown};
use super::translate::page::{page, slice};
use super::users;

/// What has values at a path of its own.
#[derive(Debug, Clone, Copy)]
enum Entity {
    Loan,
    Client,
    Group,
    Branch,
    Centre,
    User,
    LineOfCredit,
    Savings,
    /// A transaction of a loan: loan and transaction stand in the path.
    Transaction,
    /// The same of a deposit account.
    SavingsTransaction,
}

/// Entities with one id in their path.
const ENTITIES: [(Entity, &str); 8] = [
    (Entity::Loan, "/api/loans/{loan}"),
    (Entity::Client, "/api/clients/{client}"),
    (Entity::Group, "/api/groups/{group}"),
    (Entity::Branch, "/api/branches/{branch}"),
    (Entity::Centre, "/api/centres/{centre}"),
    (Entity::User, "/api/users/{user}"),
    (Entity::LineOfCredit, "/api/linesofcredit/{line}"),
    (Entity::Savings, "/api/savings/{savings}"),
];

/// An owner, and the account that it is or hangs on.
struct Found {
    owner: Owner,
    account: Option<Address>,
}

pub(super) fn routes() -> Router<Services> {
    let mut routes = Router::new()
        .route("/api/customfieldsets", get(sets))
        .route("/api/customfields/{field}", get(field))
        .merge(of_transactions(Entity::Transaction, "/api/loans/{loan}"))
        .merge(of_transactions(Entity::SavingsTransaction, "/api/savings/{savings}"));
    for (entity, path) in ENTITIES {
        routes = routes.merge(of_entity(entity, path));
    }
    routes
}

/// `…/transactions/{transaction}/custominformation/{field}` of an account.
fn of_transactions(entity: Entity, path: &str) -> Router<Services> {
    type One = At<(String, String, String)>;
    Router::new().route(
        &format!("{path}/transactions/{{transaction}}/custominformation/{{field}}"),
        get(move |At((account, id, field)): One, asked| show(entity, [account, id], (field, None), asked))
            .patch(move |At((account, id, field)): One, asked| {
                put(entity, [account, id], (field, None), asked)
            })
            .delete(move |At((account, id, field)): One, asked| {
                remove(entity, [account, id], (field, None), asked)
            }),
    )
}

/// `…/custominformation`, `…/{field}` and `…/{field}/{index}`.
fn of_entity(entity: Entity, path: &str) -> Router<Services> {
    let at = |tail: &str| format!("{path}/custominformation{tail}");
    type One = At<(String, String)>;
    type InGroup = At<(String, String, String)>;
    Router::new()
        .route(&at(""), patch(move |At(id): At<String>, asked| put_many(entity, [id, String::new()], asked)))
        .route(
            &at("/{field}"),
            get(move |At((id, field)): One, asked| show(entity, [id, String::new()], (field, None), asked))
                .patch(move |At((id, field)): One, asked| {
                    put(entity, [id, String::new()], (field, None), asked)
                })
                .delete(move |At((id, field)): One, asked| {
                    remove(entity, [id, String::new()], (field, None), asked)
                }),
        )
        .route(
            &at("/{field}/{index}"),
            get(move |At((id, field, index)): InGroup, asked| {
                show(entity, [id, String::new()], (field, Some(index)), asked)
            })
            .patch(move |At((id, field, index)): InGroup, asked| {
                put(entity, [id, String::new()], (field, Some(index)), asked)
            })
            .delete(move |At((id, field, index)): InGroup, asked| {
                remove(entity, [id, String::new()], (field, Some(index)), asked)
            }),
        )
}

/// `GET /api/customfieldsets`, narrowed by `type`.
async fn sets(asked: Asked) -> Answer {
    let query = asked.query()?;
    let of_type = query.text("type")?;
    let of_type =
        of_type.map(|name| translate::read_type(&name).ok_or_else(|| invalid("type"))).transpose()?;
    let catalog = asked.catalog();
    let mut rows: Vec<_> = catalog.custom_field_sets.iter().collect();
    rows.retain(|set| of_type.is_none_or(|of_type| set.applies_to == of_type));
    rows.sort_by_key(|set| (set.applies_to, set.index));
    let rows = slice(rows.into_iter(), page(&query)?);
    reply::ok(&rows.map(|set| translate::set(set, catalog, asked.actor())).collect::<Vec<_>>())
}

/// `GET /api/customfields/{field}`.
async fn field(At(id): At<String>, asked: Asked) -> Answer {
    let found = visible(&asked, &id)?;
    let set = asked.catalog().custom_field_sets.by_key(found.set);
    let set = set.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidCustomFieldSetId))?;
    reply::ok(&translate::field(found, set))
}

/// The field of a path, which the caller may see.
fn visible<'a>(asked: &'a Asked, id: &str) -> Result<&'a CustomField, DoorError> {
    let found = asked.catalog().custom_fields.find(id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidCustomFieldId))?;
    if found.view_rights.allow(asked.actor()) {
        return Ok(found);
    }
    Err(DoorError::at(ReturnCode::InvalidPermissions, found.id.clone()))
}

/// `GET …/custominformation/{field}`: a list, one element or one for each group.
async fn show(
    entity: Entity,
    id: [String; 2],
    (field, index): (String, Option<String>),
    asked: Asked,
) -> Answer {
    require_view(entity, &id, &asked)?;
    let Found { owner, .. } = find(entity, &id, &asked).await?;
    let field = visible(&asked, &field)?;
    let kept = asked.kept_values(vec![owner.address]).await?;
    let mut rows = asked.shown(&kept).of(owner.address.key);
    rows.retain(|row| row.custom_field_id == field.id);
    if let Some(index) = index {
        rows.retain(|row| row.custom_field_set_group_index.to_string() == index);
        if rows.is_empty() {
            return Err(DoorError::not_found(ReturnCode::InvalidCustomFieldGroupIndex));
        }
    }
    reply::ok(&rows)
}

/// `PATCH …/custominformation/{field}`: `{"value":…}` or `{"linkedEntityKeyValue":…}`.
async fn put(
    entity: Entity,
    id: [String; 2],
    (field, index): (String, Option<String>),
    asked: Asked,
) -> Answer {
    let found = find(entity, &id, &asked).await?;
    known(&asked, &field)?;
    let given = translate::value(&asked.fields()?)?;
    let group = index.or(given.group.clone());
    let stated = asked.completed(vec![StatedValue { field, group, ..given }]).await?;
    submit(&asked, found, CustomEdit::Put(stated)).await
}

/// `PATCH …/custominformation`: `{"customInformation":[…]}`.
async fn put_many(entity: Entity, id: [String; 2], asked: Asked) -> Answer {
    let found = find(entity, &id, &asked).await?;
    let missing = || DoorError::at(ReturnCode::MissingRequiredParameter, "customInformation");
    let stated = asked.stated(&asked.fields()?).await?.ok_or_else(missing)?;
    submit(&asked, found, CustomEdit::Put(stated)).await
}

/// `DELETE …/custominformation/{field}`.
async fn remove(
    entity: Entity,
    id: [String; 2],
    (field, group): (String, Option<String>),
    asked: Asked,
) -> Answer {
    let found = find(entity, &id, &asked).await?;
    known(&asked, &field)?;
    submit(&asked, found, CustomEdit::Remove { field, group }).await
}

async fn submit(asked: &Asked, found: Found, edit: CustomEdit) -> Answer {
    let Found { owner, account } = found;
    asked.submit(Command::EditCustomValues { owner, account, edit }).await?;
    reply::success()
}

/// A field that the path names and that is not there is not found.
fn known(asked: &Asked, field: &str) -> Result<(), DoorError> {
    match asked.catalog().custom_fields.find(field) {
        Some(_) => Ok(()),
        None => Err(DoorError::not_found(ReturnCode::InvalidCustomFieldId)),
    }
}

/// What a reader must be allowed to. What a writer may do, the book checks.
fn require_view(entity: Entity, id: &[String; 2], asked: &Asked) -> Result<(), DoorError> {
    let is_own = users::find(asked.catalog(), &id[0]).is_some_and(|user| user.key == asked.actor().user_key);
    match entity {
        Entity::Loan | Entity::Transaction => asked.require(Permission::ViewLoanAccountDetails),
        Entity::Savings | Entity::SavingsTransaction => asked.require(Permission::ViewSavingsAccountDetails),
        Entity::Client => asked.require(Permission::ViewClientDetails),
        Entity::Group => asked.require(Permission::ViewGroupDetails),
        Entity::LineOfCredit => asked.require(Permission::ViewLineOfCreditDetails),
        Entity::Branch => asked.require(Permission::ViewBranchDetails),
        Entity::Centre => asked.require(Permission::ViewCentreDetails),
        Entity::User if is_own => Ok(()),
        Entity::User => asked.require(Permission::ViewUserDetails),
    }
}

/// The owner that a path names.
async fn find(entity: Entity, [id, inner]: &[String; 2], asked: &Asked) -> Result<Found, DoorError> {
    let of_record = |kind, key| {
        let owner = Owner { kind, address: Address { part: Part::new(0), key }, setting: None };
        Found { owner, account: None }
    };
    let catalog = asked.catalog();
    match entity {
        Entity::Loan => Ok(of_loan(&loan(asked, id).await?)),
        Entity::Transaction => of_transaction(asked, &loan(asked, id).await?, inner).await,
        Entity::Savings => Ok(of_savings(&savings::reached(asked, id).await?)),
        Entity::SavingsTransaction => {
            of_savings_transaction(asked, &savings::reached(asked, id).await?, inner).await
        }
        Entity::Client => {
            let address = asked.client_address(id).await?;
            let view = asked.services.reading.store().client(address).await?;
            let view = view.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidClientId))?;
            asked.require_reach(&view.client.assignment)?;
            let address = Address { part: view.client.part, key: view.client.key };
            let setting = view.client.role;
            Ok(Found { owner: Owner { kind: OwnerKind::Client, address, setting }, account: None })
        }
        Entity::Group => {
            let view = groups::read(asked, id).await?;
            let address = Address { part: view.group.part, key: view.group.key };
            let setting = view.group.role;
            Ok(Found { owner: Owner { kind: OwnerKind::Group, address, setting }, account: None })
        }
        Entity::LineOfCredit => {
            let address = lines_of_credit::kept(asked, id).await?.address();
            Ok(Found {
                owner: Owner { kind: OwnerKind::LineOfCredit, address, setting: None },
                account: None,
            })
        }
        Entity::Branch => {
            let found = catalog.branches.find(id).ok_or(DoorError::not_found(ReturnCode::InvalidBranchId))?;
            Ok(of_record(OwnerKind::Branch, found.key))
        }
        Entity::Centre => {
            let found = catalog.centres.find(id).ok_or(DoorError::not_found(ReturnCode::InvalidCentreId))?;
            Ok(of_record(OwnerKind::Centre, found.key))
        }
        Entity::User => {
            let found = users::find(catalog, id).ok_or(DoorError::not_found(ReturnCode::InvalidUserName))?;
            Ok(of_record(OwnerKind::User, found.key))
        }
    }
}

async fn loan(asked: &Asked, id: &str) -> Result<Loan, DoorError> {
    let address = asked.loan_address(id).await?;
    let loan = asked.services.reading.store().loan(address).await?;
    let loan = loan.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidLoanAccountId))?;
    asked.require_reach(&loan.assignment)?;
    Ok(loan)
}

fn of_loan(loan: &Loan) -> Found {
    let address = Address { part: loan.part, key: loan.key };
    let owner = Owner { kind: OwnerKind::Loan, address, setting: Some(loan.terms.product) };
    Found { owner, account: Some(address) }
}

fn of_savings(account: &Savings) -> Found {
    Found { owner: owner_of_savings(account), account: Some(account.address()) }
}

/// A transaction, by its number or its key.
async fn of_transaction(asked: &Asked, loan: &Loan, id: &str) -> Result<Found, DoorError> {
    let all = Page { offset: 0, limit: i64::MAX };
    let rows = asked.services.reading.store().transactions(loan.part, loan.account_no, all).await?;
    let mut rows = rows.iter();
    let found = rows.find(|row| row.id.to_string() == id || row.key(loan).to_string() == id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidTransactionId))?;
    let address = Address { part: loan.part, key: values_key(found, loan) };
    let owner = Owner { kind: OwnerKind::LoanTransaction, address, setting: found.details.channel };
    Ok(Found { owner, account: Some(Address { part: loan.part, key: loan.key }) })
}

/// The same of a deposit account.
async fn of_savings_transaction(asked: &Asked, account: &Savings, id: &str) -> Result<Found, DoorError> {
    let all = Page { offset: 0, limit: i64::MAX };
    let (part, account_no) = (account.part, account.account_no);
    let rows = asked.services.reading.store().savings_transactions(part, account_no, all).await?;
    let mut rows = rows.iter();
    let found = rows.find(|row| row.id.to_string() == id || row.key(account).to_string() == id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidTransactionId))?;
    let address = Address { part, key: found.key(account) };
    let owner = Owner { kind: OwnerKind::SavingsTransaction, address, setting: found.details.channel };
    Ok(Found { owner, account: Some(account.address()) })
}

impl Asked {
    /// The custom field values of these owners.
    pub(super) async fn kept_values(&self, mut owners: Vec<Address>) -> Result<Vec<CustomValues>, DoorError> {
        // Where no field was ever made, nobody has values.
        if self.catalog().custom_fields.iter().next().is_none() {
            return Ok(Vec::new());
        }
        owners.sort_unstable();
        owners.dedup();
        Ok(self.services.reading.store().custom_values(&owners).await?)
    }

    /// The values of loans, and of what hangs on them.
    pub(super) async fn values_of_loans(&self, loans: &[&Loan]) -> Result<Vec<CustomValues>, DoorError> {
        let mut owners = Vec::with_capacity(loans.len());
        for loan in loans {
            let course = &loan.servicing.course;
            let guarantees = course.guarantees.iter().map(|guarantee| guarantee.key);
            let keys = std::iter::once(loan.key)
                .chain(guarantees)
                .chain(course.disbursement_plan.details.values_key);
            owners.extend(keys.map(|key| Address { part: loan.part, key }));
        }
        self.kept_values(owners).await
    }

    /// Values as the caller may see them.
    pub(super) fn shown<'a>(&'a self, kept: &'a [CustomValues]) -> Shown<'a> {
        Shown { catalog: self.catalog(), actor: self.actor(), kept }
    }

    /// The list of values that a body gives; `None` where there is none.
    pub(super) async fn stated(&self, fields: &Fields<'_>) -> Result<Option<Vec<StatedValue>>, DoorError> {
        match translate::stated(fields)? {
            None => Ok(None),
            Some(stated) => self.completed(stated).await.map(Some),
        }
    }

    /// The values with what only the door knows: where a linked client is, and the day of a date-time.
    pub(super) async fn completed(
        &self,
        mut stated: Vec<StatedValue>,
    ) -> Result<Vec<StatedValue>, DoorError> {
        for value in &mut stated {
            let data_type = self.catalog().custom_fields.find(&value.field).map(|field| field.data_type);
            if data_type == Some(DataType::Date) {
                let day = value.value.as_deref().and_then(translate::day);
                value.value = day.or(value.value.take());
            }
            if matches!(data_type, Some(DataType::ClientLink | DataType::GroupLink)) {
                let named = value.link.take().map(|link| link.named).or(value.value.take());
                if let Some(named) = named {
                    let reading = &self.services.reading;
                    let address = match data_type {
                        Some(DataType::GroupLink) => reading.find_group(&named).await?,
                        _ => reading.find_client(&named).await?,
                    };
                    value.link = Some(loam_book::custom_field::value::StatedLink { named, address });
                }
            }
        }
        Ok(stated)
    }
}

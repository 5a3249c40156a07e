//! Clients: list, read, create, change, delete.

use loam_app::command::{Address, Command, Done};
use loam_app::views::ClientView;
use loam_book::actor::Permission;
use loam_book::custom_field::value::CustomEdit;
use loam_book::ids::Key;
use loam_book::paper::{Paper, PictureKind};
use loam_book::party::{Client, ClientEdit};

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::Fields;
use super::loans::refuse_custom_view;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate;
use super::translate::client::{client, expanded, shown_state};
use super::translate::custom_field::Shown;
use super::translate::new_client::with_lists;
use super::wire::client::{self as wire, ClientExpanded};
use super::wire::values::EncodedKey;

/// `GET /api/clients/{client}`: flat, or everything with `fullDetails`.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let full_details = asked.query()?.flag("fullDetails")?;
    asked.require(Permission::ViewClientDetails)?;
    let view = read(&asked, &id).await?;
    let catalog = asked.catalog();
    let (picture, signature) = pictures(&asked, address(&view)).await?;
    let pictured = |client| wire::Client {
        profile_picture_key: picture.map(EncodedKey),
        profile_signature_key: signature.map(EncodedKey),
        ..client
    };
    if !full_details {
        return reply::ok(&pictured(client(&view, catalog)));
    }
    let kept = asked.kept_values(vec![address(&view)]).await?;
    let expanded = with_values(&view, &asked, asked.shown(&kept));
    reply::ok(&wire::ClientExpanded { client: pictured(expanded.client), ..expanded })
}

/// The keys of the profile picture and the signature, where there are such.
async fn pictures(asked: &Asked, client: Address) -> Result<(Option<Key>, Option<Key>), DoorError> {
    let mut found = [None, None];
    for (at, picture) in [PictureKind::ProfilePicture, PictureKind::Signature].into_iter().enumerate() {
        let address = Address { part: client.part, key: Paper::picture_key(client, picture) };
        found[at] = asked.services.reading.store().paper(address).await?.map(|paper| paper.key);
    }
    Ok((found[0], found[1]))
}

pub(super) async fn read(asked: &Asked, id: &str) -> Result<ClientView, DoorError> {
    let address = asked.client_address(id).await?;
    let view = asked.services.reading.store().client(address).await?;
    let view = view.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidClientId))?;
    asked.require_reach(&view.client.assignment)?;
    Ok(view)
}

/// `GET /api/clients`.
pub(super) async fn list(asked: Asked) -> Answer {
    asked.require(Permission::ViewClientDetails)?;
    let query = asked.query()?;
    refuse_custom_view(&query)?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let mut filter = translate::new_client::client_filter(&query, asked.catalog())?;
    asked.require_own_officer(filter.credit_officer)?;
    filter.within = asked.branches_of_list(filter.branch)?;
    let views = asked.services.reading.store().clients(&filter, page).await?;
    shown_list(&asked, &views, full_details).await
}

/// Clients as a list shows them.
pub(super) async fn shown_list(asked: &Asked, views: &[ClientView], full_details: bool) -> Answer {
    let catalog = asked.catalog();
    if full_details {
        let kept = asked.kept_values(views.iter().map(address).collect()).await?;
        let values = asked.shown(&kept);
        return reply::ok(&views.iter().map(|view| with_values(view, asked, values)).collect::<Vec<_>>());
    }
    reply::ok(&views.iter().map(|view| client(view, catalog)).collect::<Vec<_>>())
}

/// `POST /api/clients`.
pub(super) async fn create(asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let entity = asked.entity(asked.fields()?, "client")?;
    if entity.has("encodedKey") {
        return Err(DoorError::at(ReturnCode::ParameterNotAllowed, "encodedKey"));
    }
    let part = asked.part_for_new_holder();
    let new_key = || asked.services.desk.new_key(part);
    let mut new = translate::new_client::new_client(&entity, &outer, asked.catalog(), new_key)?;
    new.custom_values = asked.completed(new.custom_values).await?;
    let done = asked.submit(Command::CreateClient { part, new: Box::new(new) }).await?.done;
    // Nobody has loans at once.
    let view = ClientView { client: of(done), has_active_loans: false, loan_cycle: 0, group_loan_cycle: 0 };
    let kept = asked.kept_values(vec![address(&view)]).await?;
    reply::created(&view.client.id, &with_values(&view, &asked, asked.shown(&kept)))
}

/// `POST /api/clients/{client}`: a change, answered with the client. Addresses and documents are new complete lists.
pub(super) async fn update(At(id): At<String>, asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let view = read(&asked, &id).await?;
    let is_list = ["addresses", "idDocuments", "customInformation"].iter().any(|name| outer.names(name));
    let entity = match outer.object("client")? {
        Some(entity) => entity,
        None if is_list => Fields::default(),
        None => return Err(DoorError::at(ReturnCode::MissingEntityJson, "client")),
    };
    asked.require_same_key(&entity, view.client.key)?;
    let edit = translate::new_client::client_edit(&entity, asked.catalog(), shown_state(&view))?;
    let new_key = || asked.services.desk.new_key(view.client.part);
    let mut edit = with_lists(edit, &outer, &view.client, asked.catalog(), new_key)?;
    edit.custom_values = asked.stated(&outer).await?.map(CustomEdit::Replace);
    let changed = change(&asked, &view, edit).await?;
    let view = ClientView { client: changed, ..view };
    let kept = asked.kept_values(vec![address(&view)]).await?;
    reply::ok(&with_values(&view, &asked, asked.shown(&kept)))
}

/// `PATCH /api/clients/{client}`: the client's own members only.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let entity = asked.entity(asked.fields()?, "client")?;
    let view = read(&asked, &id).await?;
    for name in ["addresses", "idDocuments"] {
        if outer.has(name) {
            return Err(DoorError::at(ReturnCode::ParameterNotAllowed, name));
        }
    }
    asked.require_same_key(&entity, view.client.key)?;
    let mut edit = translate::new_client::client_edit(&entity, asked.catalog(), shown_state(&view))?;
    edit.custom_values = asked.stated(&outer).await?.map(CustomEdit::Put);
    change(&asked, &view, edit).await?;
    reply::success()
}

async fn change(asked: &Asked, view: &ClientView, edit: ClientEdit) -> Result<Client, DoorError> {
    let edit = Command::EditClient { client: address(view), edit: Box::new(edit) };
    Ok(of(asked.submit(edit).await?.done))
}

/// `DELETE /api/clients/{client}`.
pub(super) async fn delete(At(id): At<String>, asked: Asked) -> Answer {
    let client = asked.client_address(&id).await?;
    // A retry names by key who is gone already: the desk has kept the answer.
    let is_gone = asked.may_be_a_retry() && asked.services.reading.store().client(client).await?.is_none();
    if !is_gone {
        read(&asked, &id).await?;
    }
    asked.submit(Command::DeleteClient { client }).await?;
    reply::success()
}

fn of(done: Done) -> Client {
    let Done::Client { client } = done else { unreachable!("a command on a client leads to a client") };
    *client
}

fn address(view: &ClientView) -> Address {
    Address { part: view.client.part, key: view.client.key }
}

/// Everything that hangs on a client.
fn with_values<'a>(view: &'a ClientView, asked: &'a Asked, values: Shown<'a>) -> ClientExpanded<'a> {
    ClientExpanded { custom_information: values.of(view.client.key), ..expanded(view, asked.catalog()) }
}

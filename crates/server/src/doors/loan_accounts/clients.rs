//! Clients: list, read, create, change, delete.

use loam_app::command::{Address, Command, Done};
use loam_app::views::ClientView;
use loam_book::actor::Permission;
use loam_book::party::{Client, ClientEdit};

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::Fields;
use super::loans::refuse_custom_view;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate;
use super::translate::client::{client, expanded, shown_state};
use super::translate::new_client::with_lists;

/// `GET /api/clients/{client}`: flat, or everything with `fullDetails`.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let full_details = asked.query()?.flag("fullDetails")?;
    asked.require(Permission::ViewClientDetails)?;
    let view = read(&asked, &id).await?;
    let catalog = asked.catalog();
    if full_details { reply::ok(&expanded(&view, catalog)) } else { reply::ok(&client(&view, catalog)) }
}

pub(super) async fn read(asked: &Asked, id: &str) -> Result<ClientView, DoorError> {
    let address = asked.client_address(id).await?;
    let view = asked.services.reading.store().client(address).await?;
    let view = view.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidClientId))?;
    asked.require_officer_of(view.client.assignment.user)?;
    Ok(view)
}

/// `GET /api/clients`.
pub(super) async fn list(asked: Asked) -> Answer {
    asked.require(Permission::ViewClientDetails)?;
    let query = asked.query()?;
    refuse_custom_view(&query)?;
    let page = translate::page::page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let filter = translate::new_client::client_filter(&query, asked.catalog())?;
    asked.require_own_filter(filter.credit_officer)?;
    let views = asked.services.reading.store().clients(&filter, page).await?;
    let catalog = asked.catalog();
    if full_details {
        return reply::ok(&views.iter().map(|view| expanded(view, catalog)).collect::<Vec<_>>());
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
    let new = translate::new_client::new_client(&entity, &outer, asked.catalog(), new_key)?;
    asked.require_new_officer(new.assignment.user)?;
    let done = asked.submit(Command::CreateClient { part, new: Box::new(new) }).await?.done;
    // Nobody has loans at once.
    let view = ClientView { client: of(done), has_active_loans: false, loan_cycle: 0 };
    reply::created(&view.client.id, &expanded(&view, asked.catalog()))
}

/// `POST /api/clients/{client}`: a change, answered with the client. Addresses and documents are new complete lists.
pub(super) async fn update(At(id): At<String>, asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let view = read(&asked, &id).await?;
    translate::new_loan::refuse_unknown_custom_fields(&outer)?;
    let is_list = ["addresses", "idDocuments", "customInformation"].iter().any(|name| outer.names(name));
    let entity = match outer.object("client")? {
        Some(entity) => entity,
        None if is_list => Fields::default(),
        None => return Err(DoorError::at(ReturnCode::MissingEntityJson, "client")),
    };
    let edit = translate::new_client::client_edit(&entity, asked.catalog(), shown_state(&view))?;
    let new_key = || asked.services.desk.new_key(view.client.part);
    let edit = with_lists(edit, &outer, &view.client, asked.catalog(), new_key)?;
    let changed = change(&asked, &view, edit).await?;
    let view = ClientView { client: changed, ..view };
    reply::ok(&expanded(&view, asked.catalog()))
}

/// `PATCH /api/clients/{client}`: the client's own members only.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let entity = asked.entity(asked.fields()?, "client")?;
    let view = read(&asked, &id).await?;
    translate::new_loan::refuse_unknown_custom_fields(&outer)?;
    for name in ["addresses", "idDocuments"] {
        if outer.has(name) {
            return Err(DoorError::at(ReturnCode::ParameterNotAllowed, name));
        }
    }
    let edit = translate::new_client::client_edit(&entity, asked.catalog(), shown_state(&view))?;
    change(&asked, &view, edit).await?;
    reply::success()
}

async fn change(asked: &Asked, view: &ClientView, edit: ClientEdit) -> Result<Client, DoorError> {
    if let Some(officer) = edit.user {
        asked.require_new_officer(officer)?;
    }
    let client = Address { part: view.client.part, key: view.client.key };
    Ok(of(asked.submit(Command::EditClient { client, edit: Box::new(edit) }).await?.done))
}

/// `DELETE /api/clients/{client}`.
pub(super) async fn delete(At(id): At<String>, asked: Asked) -> Answer {
    let view = read(&asked, &id).await?;
    let client = Address { part: view.client.part, key: view.client.key };
    asked.submit(Command::DeleteClient { client }).await?;
    reply::success()
}

fn of(done: Done) -> Client {
    let Done::Client { client } = done else { unreachable!("a command on a client leads to a client") };
    *client
}

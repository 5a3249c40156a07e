//! Clients: list, read, create, change.

use loam_app::command::{Address, Command, Done};
use loam_app::views::ClientView;
use loam_book::actor::Permission;
use loam_book::custom_field::value::CustomEdit;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::invalid;
use super::loans::refuse_custom_view;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate;
use super::translate::client::{client, expanded, shown_state};
use super::translate::custom_field::Shown;
use super::wire::client::ClientExpanded;

/// `GET /api/clients/{client}`: flat, or everything with `fullDetails`.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let full_details = asked.query()?.flag("fullDetails")?;
    asked.require(Permission::ViewClientDetails)?;
    let view = read(&asked, &id).await?;
    if !full_details {
        return reply::ok(&client(&view));
    }
    let kept = asked.kept_values(vec![address(&view)]).await?;
    reply::ok(&with_values(&view, asked.shown(&kept)))
}

async fn read(asked: &Asked, id: &str) -> Result<ClientView, DoorError> {
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
    if asked.actor().only_own_clients && filter.credit_officer.is_none() {
        return Err(invalid("creditOfficerUsername"));
    }
    asked.require_officer_of(filter.credit_officer)?;
    let views = asked.services.reading.store().clients(&filter, page).await?;
    if full_details {
        let kept = asked.kept_values(views.iter().map(address).collect()).await?;
        let values = asked.shown(&kept);
        return reply::ok(&views.iter().map(|view| with_values(view, values)).collect::<Vec<_>>());
    }
    reply::ok(&views.iter().map(client).collect::<Vec<_>>())
}

/// `POST /api/clients`.
pub(super) async fn create(asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let entity = asked.entity(asked.fields()?, "client")?;
    if entity.has("encodedKey") {
        return Err(DoorError::disabled("encodedKey"));
    }
    let part = asked.part_for_new_client();
    let new_key = || asked.services.desk.new_key(part);
    let mut new = translate::new_client::new_client(&entity, &outer, asked.catalog(), new_key)?;
    new.custom_values = asked.completed(new.custom_values).await?;
    let outcome = asked.submit(Command::CreateClient { part, new: Box::new(new) }).await?;
    let Done::Client { client } = outcome.done else { unreachable!("creating a client leads to a client") };
    // Nobody has loans at once.
    let view = ClientView { client: *client, has_active_loans: false, loan_cycle: 0 };
    let kept = asked.kept_values(vec![address(&view)]).await?;
    reply::created(&view.client.id, &with_values(&view, asked.shown(&kept)))
}

/// `PATCH /api/clients/{client}`.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let entity = asked.entity(asked.fields()?, "client")?;
    let view = read(&asked, &id).await?;
    for name in ["addresses", "idDocuments"] {
        if outer.has(name) {
            return Err(DoorError::disabled(name));
        }
    }
    let mut edit = translate::new_client::client_edit(&entity, asked.catalog(), shown_state(&view))?;
    edit.custom_values = asked.stated(&outer).await?.map(CustomEdit::Put);
    let client = asked.client_address(&id).await?;
    asked.submit(Command::EditClient { client, edit: Box::new(edit) }).await?;
    reply::success()
}

fn address(view: &ClientView) -> Address {
    Address { part: view.client.part, key: view.client.key }
}

/// Everything that hangs on a client.
fn with_values<'a>(view: &'a ClientView, values: Shown<'a>) -> ClientExpanded<'a> {
    ClientExpanded { custom_information: values.of(view.client.key), ..expanded(view) }
}

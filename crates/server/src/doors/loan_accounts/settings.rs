//! What the organization says of itself, read-only.

use super::asked::Asked;
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::organization as translate;
use super::translate::page::{page, slice};

/// `GET /api/settings/general`.
pub(super) async fn general(asked: Asked) -> Answer {
    let settings = asked.catalog().settings.as_deref();
    reply::ok(&translate::general_settings(settings, asked.services.closes_days))
}

/// `GET /api/settings/organization`.
pub(super) async fn organization(asked: Asked) -> Answer {
    let time_zone = &asked.now.state.time_zone;
    reply::ok(&translate::organization(asked.catalog().settings.as_deref(), time_zone))
}

/// `GET /api/settings/branding/logo`: there is none, and nothing sets one.
pub(super) async fn logo(_: Asked) -> Answer {
    Err(DoorError::not_found(ReturnCode::NoOrganizationLogo))
}

/// `GET /api/settings/branding/icon`: the same.
pub(super) async fn icon(_: Asked) -> Answer {
    Err(DoorError::not_found(ReturnCode::NoOrganizationIcon))
}

/// `GET /api/settings/labels`.
pub(super) async fn labels(asked: Asked) -> Answer {
    reply::ok(&translate::labels(asked.catalog().settings.as_deref()))
}

/// `GET /api/settings/iddocumenttemplates`.
pub(super) async fn document_templates(asked: Asked) -> Answer {
    let rows = slice(asked.catalog().document_templates.iter(), page(&asked.query()?)?);
    reply::ok(&rows.map(|row| translate::document_template(row)).collect::<Vec<_>>())
}

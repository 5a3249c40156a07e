//! How objects of the platform say no: an array with one fault, as before an operation of the marketplace is reached.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use loam_app::error::AppError;
use loam_book::loan::refusal::Refusal;

use super::error::{DoorError, Platform};
use super::sobject_wire::ObjectError;

/// Why a request about an object was refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// The body is no JSON object, or a value is of another kind.
    Unparsable,
    Missing(&'static [&'static str]),
    /// The object has no such member, or none that is written.
    NoSuchField {
        field: String,
        object: &'static str,
    },
    /// What the book says no to, with the member at fault where it is known.
    Invalid {
        message: String,
        fields: &'static [&'static str],
    },
    NotFound,
    Duplicate(String),
    Platform(DoorError),
}

impl Refused {
    pub(super) fn invalid(field: &'static [&'static str], message: impl std::fmt::Display) -> Refused {
        Refused::Invalid { message: format!("{}: {message}", field.join(", ")), fields: field }
    }
}

impl From<DoorError> for Refused {
    fn from(error: DoorError) -> Refused {
        match error {
            DoorError::Row(_) => Refused::Unparsable,
            DoorError::Exception(message) | DoorError::Unknown(message) => {
                Refused::Invalid { message, fields: &[] }
            }
            DoorError::OtherContent => {
                Refused::Duplicate("the idempotency key was used with other content".to_owned())
            }
            other @ (DoorError::Named(_)
            | DoorError::Rows(_)
            | DoorError::NoSuchField(_)
            | DoorError::Platform(_)
            | DoorError::Internal) => Refused::Platform(other),
        }
    }
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Refused {
        if let AppError::Refused(refusal @ Refusal::IdInUse { .. }) = &error {
            return Refused::Duplicate(refusal.to_string());
        }
        let error = DoorError::from(error);
        if let DoorError::Row(row) = error {
            return Refused::Invalid { message: row.message().to_owned(), fields: &[] };
        }
        error.into()
    }
}

impl From<loam_app::error::StoreError> for Refused {
    fn from(error: loam_app::error::StoreError) -> Refused {
        Refused::Platform(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let texts = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
        let bad = StatusCode::BAD_REQUEST;
        let (status, error_code, message, fields) = match self {
            Refused::Unparsable => {
                (bad, "JSON_PARSER_ERROR", "the body or a value of it cannot be read".to_owned(), vec![])
            }
            Refused::Missing(fields) => {
                let message = format!("Required fields are missing: [{}]", fields.join(", "));
                (bad, "REQUIRED_FIELD_MISSING", message, texts(fields))
            }
            Refused::NoSuchField { field, object } => {
                let message = format!("No such column '{field}' on sobject of type {object}");
                (bad, "INVALID_FIELD", message, vec![field])
            }
            Refused::Invalid { message, fields } => {
                (bad, "FIELD_INTEGRITY_EXCEPTION", message, texts(fields))
            }
            Refused::NotFound => {
                let message = "The requested resource does not exist".to_owned();
                (StatusCode::NOT_FOUND, "NOT_FOUND", message, vec![])
            }
            Refused::Duplicate(message) => (StatusCode::CONFLICT, "DUPLICATE_VALUE", message, vec![]),
            Refused::Platform(DoorError::Platform(platform)) => {
                return DoorError::Platform(platform).into_response();
            }
            Refused::Platform(_) => {
                tracing::error!("a request about an object failed on our side");
                let message = "the request failed on our side; the log has more under its request id";
                (StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN_EXCEPTION", message.to_owned(), vec![])
            }
        };
        (status, Json([ObjectError { message, error_code, fields }])).into_response()
    }
}

impl From<Platform> for Refused {
    fn from(platform: Platform) -> Refused {
        Refused::Platform(platform.into())
    }
}

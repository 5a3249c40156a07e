//! Messages to clients and users (contract §5.7). The book sends none: every search is valid and finds nothing, and
//! nothing can be sent again.

use loam_book::actor::Permission;
use loam_book::ids::Key;

use super::asked::Asked;
use super::error::DoorError;
use super::fields::invalid;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::search::today;
use super::translate::page::page;
use super::translate::search::{item_search, messages};

/// The most messages that are asked to be sent again at once.
const MOST: usize = 100;

/// `POST /api/notifications/messages/search`.
pub(super) async fn search(asked: Asked) -> Answer {
    asked.require(Permission::Administration)?;
    page(&asked.query()?)?;
    item_search(&asked.fields()?, messages::select, today(&asked))?;
    let none: [(); 0] = [];
    reply::ok(&none)
}

/// `POST /api/notifications`: `{"action":"resend","identifiers":[…]}`. Every identifier is unknown.
pub(super) async fn resend(asked: Asked) -> Answer {
    asked.require(Permission::Administration)?;
    let fields = asked.fields()?;
    let action = fields.text("action")?.ok_or_else(|| missing("action"))?;
    if !action.eq_ignore_ascii_case("resend") {
        return Err(invalid("action"));
    }
    let named = fields.texts("identifiers")?.unwrap_or_default();
    if named.is_empty() {
        return Err(missing("identifiers"));
    }
    if named.len() > MOST {
        return Err(DoorError::new(ReturnCode::MaximumNumberOfNotificationsToResendExceeded));
    }
    let twice = named.iter().enumerate().find(|(at, key)| named[..*at].contains(key));
    if let Some((_, key)) = twice {
        return Err(DoorError::at(ReturnCode::DuplicatedNotificationEncodedKey, source(key)));
    }
    Err(DoorError::at(ReturnCode::InvalidCommunicationMessageEncodedKey, source(&named[0])))
}

fn missing(name: &'static str) -> DoorError {
    DoorError::at(ReturnCode::MissingRequiredParameter, name)
}

/// A key as it was named; what is no key is not repeated.
fn source(named: &str) -> String {
    named.parse::<Key>().map_or_else(|_| "identifiers".to_owned(), |key| key.to_string())
}

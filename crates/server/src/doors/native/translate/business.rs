//! Businesses between the wire and the book.

use jiff::tz::TimeZone;
use loam_book::partner::{AllowedNotification, Business, Realm};

use crate::object_id::ObjectId;

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::wire;
use super::address::address;

type Result<T> = std::result::Result<T, DoorError>;

const NOTIFICATIONS: Names<'_, AllowedNotification> = Names {
    values: &[
        AllowedNotification::All,
        AllowedNotification::None,
        AllowedNotification::Emails,
        AllowedNotification::Webhooks,
    ],
    name_of: |notification| match notification {
        AllowedNotification::All => "all",
        AllowedNotification::None => "none",
        AllowedNotification::Emails => "emails",
        AllowedNotification::Webhooks => "webhooks",
    },
};
const REALMS: Names<'_, Realm> = Names {
    values: &[Realm::Live, Realm::Test],
    name_of: |realm| match realm {
        Realm::Live => "live",
        Realm::Test => "test",
    },
};

/// What a caller may say about a business.
pub(in super::super) struct Said {
    pub(in super::super) name: String,
    pub(in super::super) time_zone: String,
    pub(in super::super) doubles_seconds: bool,
    pub(in super::super) allowed_notification: AllowedNotification,
    pub(in super::super) reads_book: bool,
    pub(in super::super) is_active: bool,
    pub(in super::super) webhook_url: Option<String>,
    pub(in super::super) test_webhook_url: Option<String>,
}

/// What the members say; what is left out has its default.
///
/// # Errors
/// A member that is missing, malformed or not supported.
pub(in super::super) fn said(members: &Members) -> Result<Said> {
    Ok(Said {
        name: members.required("name")?,
        time_zone: time_zone(members)?.unwrap_or_else(|| "UTC".to_owned()),
        doubles_seconds: members.flag("doublesSeconds")?.unwrap_or(false),
        allowed_notification: members.choice("allowedNotification", NOTIFICATIONS)?.unwrap_or_default(),
        reads_book: members.flag("readsBook")?.unwrap_or(false),
        is_active: members.flag("isActive")?.unwrap_or(true),
        webhook_url: webhook_url(members, "webhookUrl")?,
        test_webhook_url: webhook_url(members, "testWebhookUrl")?,
    })
}

/// The id that the members give.
///
/// # Errors
/// When it is no 24 hexadecimal digits.
pub(in super::super) fn given_id(members: &Members) -> Result<Option<ObjectId>> {
    members.figure("id", |text| ObjectId::parse(text).ok_or("it is no 24 hexadecimal digits"))
}

/// The realms that a rotation is about.
///
/// # Errors
/// A realm that does not exist.
pub(in super::super) fn realms(members: &Members) -> Result<Vec<Realm>> {
    let named = members.choice("realm", REALMS)?;
    Ok(named.map_or_else(|| REALMS.values.to_vec(), |realm| vec![realm]))
}

/// A business as this door shows it: without secrets.
pub(in super::super) fn wire_of_business(business: &Business) -> wire::Business {
    let url = |realm| business.webhook(realm).map(|webhook| webhook.url.clone());
    wire::Business {
        encoded_key: business.key.to_string(),
        id: business.id.clone(),
        name: business.name.clone(),
        time_zone: business.time_zone.clone(),
        doubles_seconds: business.doubles_seconds,
        allowed_notification: business.allowed_notification,
        reads_book: business.reads_book,
        is_active: business.is_active,
        webhook_url: url(Realm::Live),
        test_webhook_url: url(Realm::Test),
        creation_date: business.created_at.to_string(),
        last_modified_date: business.last_modified_at.to_string(),
        live_keys: None,
        test_keys: None,
        webhook_secret: None,
        test_webhook_secret: None,
    }
}

fn time_zone(members: &Members) -> Result<Option<String>> {
    let Some(name) = members.text("timeZone")? else { return Ok(None) };
    let zone = TimeZone::get(&name);
    let unknown = |_| DoorError::invalid("timeZone", &name, "there is no such time zone");
    // Only zones by name: their names go back into the book.
    let canonical = zone.map_err(unknown)?.iana_name().map(str::to_owned);
    Ok(Some(canonical.unwrap_or(name)))
}

fn webhook_url(members: &Members, name: &str) -> Result<Option<String>> {
    let Some(text) = members.text(name)? else { return Ok(None) };
    address(name, &text)?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::address::LONGEST_URL;
    use super::*;

    fn members(value: &Value) -> Members {
        Members::of_json(value.to_string().as_bytes()).expect("an object")
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let said = said(&members(&json!({"name": "A lender"}))).expect("a name is enough");
        assert_eq!((said.name.as_str(), said.time_zone.as_str()), ("A lender", "UTC"));
        assert_eq!((said.doubles_seconds, said.reads_book, said.is_active), (false, false, true));
        assert_eq!(said.allowed_notification, AllowedNotification::All);
        assert_eq!((said.webhook_url, said.test_webhook_url), (None, None));
    }

    #[test]
    fn webhooks_go_over_https_or_stay_on_the_machine() {
        let url = |text: &str| {
            let members = members(&json!({"name": "A", "webhookUrl": text}));
            said(&members).map(|said| said.webhook_url)
        };
        for fine in [
            "https://example.com/hook?for=loam",
            "https://example.com:8443",
            "http://localhost:9000/hook",
            "http://127.0.0.1/hook",
            "http://[::1]:80/hook",
        ] {
            assert_eq!(url(fine).ok().flatten().as_deref(), Some(fine));
        }
        for refused in [
            "http://example.com/hook",
            "http://localhost.example.com",
            "http://127.0.0.1@example.com",
            "https://user:password@example.com",
            "ftp://example.com",
            "example.com",
            "/hook",
            "https://",
            "soon",
            &format!("https://example.com/{}", "x".repeat(LONGEST_URL)),
        ] {
            assert_eq!(url(refused).expect_err(refused).parts(), (400, "invalid_member", "webhookUrl"));
        }
    }

    #[test]
    fn a_time_zone_has_a_name() {
        let zone =
            |text: &str| said(&members(&json!({"name": "A", "timeZone": text}))).map(|said| said.time_zone);
        assert_eq!(zone("Africa/Lagos").ok().as_deref(), Some("Africa/Lagos"));
        for refused in ["Lagos", "+01:00", "Africa/Atlantis"] {
            assert_eq!(zone(refused).expect_err(refused).parts(), (400, "invalid_member", "timeZone"));
        }
    }

    #[test]
    fn an_id_is_an_object_id() {
        let id = |value: Value| given_id(&members(&json!({ "id": value })));
        assert_eq!(id(Value::Null).ok().flatten(), None);
        assert!(id(json!("667d38938450ddf0f7ea2468")).is_ok_and(|id| id.is_some()));
        assert_eq!(id(json!("A-7")).expect_err("no digits").parts(), (400, "invalid_member", "id"));
    }

    #[test]
    fn without_a_realm_both_are_meant() {
        let of = |value: Value| realms(&members(&value));
        assert_eq!(of(json!({})).ok(), Some(vec![Realm::Live, Realm::Test]));
        assert_eq!(of(json!({"realm": "test"})).ok(), Some(vec![Realm::Test]));
        assert_eq!(of(json!({"realm": "both"})).expect_err("none such").parts().1, "not_supported");
    }
}

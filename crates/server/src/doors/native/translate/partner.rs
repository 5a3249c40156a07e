//! Clients of the token endpoint and leads between the wire and the book.

use jiff::Timestamp;
use loam_book::partner::{ApiClient, Realm, Scope};
use loam_book::reporting::lead::Lead;

use crate::persons;
use crate::vault::Vault;

use super::super::error::DoorError;
use super::super::members::{Members, Names};
use super::super::records::Base;
use super::super::wire;

type Result<T> = std::result::Result<T, DoorError>;

const REALMS: Names<'_, Realm> = Names { values: &[Realm::Live, Realm::Test], name_of: realm_name };
const SCOPES: Names<'_, Scope> = Names { values: &Scope::ALL, name_of: Scope::name };
/// As long as an id of the contracts may be.
const LONGEST_NAME: usize = 255;

/// The client that the members say. Id and secret of a new one are for the caller to fill in.
///
/// # Errors
/// A member that is missing or malformed, or one that never changes and would.
pub(in super::super) fn api_client_of(members: &Members, base: &Base<'_, ApiClient>) -> Result<ApiClient> {
    let present = base.present;
    let organization = name(members, "organization")?;
    let realm = members.choice("realm", REALMS)?;
    if let Some(present) = present {
        stays(members, "organization", (organization.as_deref(), &present.organization))?;
        stays(members, "realm", (realm.map(realm_name), realm_name(present.realm)))?;
        let id = members.text("clientId")?;
        stays(members, "clientId", (id.as_deref(), &present.id))?;
    }
    let is_active = members.flag("isActive")?.unwrap_or(true);
    let is_let_in_again = is_active && present.is_some_and(|present| !present.is_active);
    let kept_from = present.map(|present| present.tokens_valid_from).filter(|_| !is_let_in_again);
    Ok(ApiClient {
        key: base.key,
        id: present.map(|present| present.id.clone()).unwrap_or_default(),
        name: members.required("name")?,
        organization: present.map(|p| p.organization.clone()).or(organization).unwrap_or_default(),
        realm: present.map(|present| present.realm).or(realm).unwrap_or_default(),
        scopes: members.choices("scopes", SCOPES)?.unwrap_or_default(),
        secret_hash: present.map(|present| present.secret_hash.clone()).unwrap_or_default(),
        requests_per_minute: members.count("requestsPerMinute")?,
        is_active,
        tokens_valid_from: kept_from.unwrap_or(base.now),
        created_at: present.map_or(base.now, |present| present.created_at),
        last_modified_at: base.now,
    })
}

/// A client as this door shows it: without its secret.
pub(in super::super) fn wire_of_api_client(client: &ApiClient) -> wire::ApiClient {
    wire::ApiClient {
        encoded_key: client.key.to_string(),
        client_id: client.id.clone(),
        client_secret: None,
        name: client.name.clone(),
        organization: client.organization.clone(),
        realm: realm_name(client.realm),
        scopes: client.scopes.iter().map(|scope| scope.name()).collect(),
        requests_per_minute: client.requests_per_minute,
        is_active: client.is_active,
        creation_date: client.created_at.to_string(),
        last_modified_date: client.last_modified_at.to_string(),
    }
}

/// The lead that the members say.
///
/// # Errors
/// A member that is missing or malformed; what identifies a person is never repeated in it.
pub(in super::super) fn lead_of(members: &Members, now: Timestamp, vault: &Vault) -> Result<Lead> {
    let whole = |text: &str| text.parse::<i64>().map_err(|_| "it is no whole number");
    let organization = name(members, "organization")?.ok_or_else(|| DoorError::missing("organization"))?;
    let lead_id = members.figure("leadId", whole)?.ok_or_else(|| DoorError::missing("leadId"))?;
    let number = unshown(
        members,
        "socialSecurityNumber",
        persons::is_social_security_number,
        "it is not nine digits",
    )?;
    let email = unshown(members, "email", persons::is_email, "it is no e-mail address")?;
    Ok(Lead {
        part: Lead::part(&organization, lead_id),
        organization,
        lead_id,
        account_id: name(members, "accountId")?,
        ssn_hash: number.map(|number| persons::ssn_hash(vault, &number)),
        email_hash: email.map(|email| persons::email_hash(vault, &email)),
        received_at: instant(members, "receivedAt")?.unwrap_or(now),
        purchased_at: instant(members, "purchasedAt")?,
        underwritten_at: instant(members, "underwrittenAt")?,
    })
}

/// A lead as this door shows it.
pub(in super::super) fn wire_of_lead(lead: &Lead) -> wire::Lead {
    wire::Lead {
        organization: lead.organization.clone(),
        lead_id: lead.lead_id,
        account_id: lead.account_id.clone(),
        has_social_security_number: lead.ssn_hash.is_some(),
        has_email: lead.email_hash.is_some(),
        received_at: lead.received_at.to_string(),
        purchased_at: lead.purchased_at.map(|at| at.to_string()),
        underwritten_at: lead.underwritten_at.map(|at| at.to_string()),
    }
}

fn realm_name(realm: Realm) -> &'static str {
    match realm {
        Realm::Live => "live",
        Realm::Test => "test",
    }
}

/// A name from outside: stored and compared as it is.
fn name(members: &Members, member: &str) -> Result<Option<String>> {
    let Some(text) = members.text(member)? else { return Ok(None) };
    if text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control) {
        let reason = format!("it is longer than {LONGEST_NAME} characters or holds control characters");
        return Err(DoorError::invalid(&members.path(member), &format!("{text:?}"), reason));
    }
    Ok(Some(text))
}

/// What identifies a person: an error names the member and not the value.
fn unshown(
    members: &Members,
    member: &str,
    is_possible: fn(&str) -> bool,
    reason: &str,
) -> Result<Option<String>> {
    let no = || DoorError::invalid(&members.path(member), "as given", reason);
    let text = members.text(member).map_err(|_| no())?;
    match text {
        Some(text) if !is_possible(&text) => Err(no()),
        Some(_) | None => Ok(text),
    }
}

fn instant(members: &Members, member: &str) -> Result<Option<Timestamp>> {
    members.figure(member, |text| {
        text.parse::<Timestamp>().map_err(|_| "it is no instant in the form 2024-12-31T12:00:00Z")
    })
}

/// Refuses another value for a member that never changes.
fn stays(members: &Members, member: &str, (given, present): (Option<&str>, &str)) -> Result<()> {
    match given {
        Some(given) if given != present => {
            let reason = format!("it is \"{present}\" and stays so");
            Err(DoorError::invalid(&members.path(member), &format!("\"{given}\""), reason))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(text: &str) -> Result<Lead> {
        let members = Members::of_json(text.as_bytes()).unwrap();
        lead_of(&members, Timestamp::UNIX_EPOCH, &Vault::new(&[7; 32]))
    }

    #[test]
    fn a_lead_keeps_hashes_and_nothing_to_read() {
        let told = r#"{"organization": "o", "leadId": 5, "accountId": "A", "email": "Ana@example.com",
            "socialSecurityNumber": "078051120", "purchasedAt": "2021-09-25T04:01:57+02:00"}"#;
        let lead = lead(told).unwrap();
        let vault = Vault::new(&[7; 32]);
        assert_eq!(lead.ssn_hash, Some(persons::ssn_hash(&vault, "078051120")));
        assert_eq!(lead.email_hash, Some(persons::email_hash(&vault, "ana@example.com")));
        assert_eq!(lead.received_at, Timestamp::UNIX_EPOCH);
        assert_eq!(lead.purchased_at.map(|at| at.to_string()).as_deref(), Some("2021-09-25T02:01:57Z"));
    }

    #[test]
    fn an_error_about_a_person_names_the_member_only() {
        for (body, field) in [
            (
                r#"{"organization": "o", "leadId": 5, "socialSecurityNumber": "078-05-1120"}"#,
                "socialSecurityNumber",
            ),
            (
                r#"{"organization": "o", "leadId": 5, "socialSecurityNumber": 78051120}"#,
                "socialSecurityNumber",
            ),
            (r#"{"organization": "o", "leadId": 5, "email": "ana.example"}"#, "email"),
        ] {
            let error = lead(body).unwrap_err();
            assert_eq!(error.parts(), (400, "invalid_member", field), "{body}");
            assert!(!["05", "ana"].iter().any(|part| error.message().contains(part)), "{}", error.message());
        }
    }

    #[test]
    fn a_lead_without_organization_or_number_is_refused() {
        assert_eq!(lead(r#"{"leadId": 5}"#).unwrap_err().parts(), (400, "missing_member", "organization"));
        assert_eq!(lead(r#"{"organization": "o"}"#).unwrap_err().parts(), (400, "missing_member", "leadId"));
        let nul = lead(r#"{"organization": "o\u0000", "leadId": 5}"#).unwrap_err();
        assert_eq!(nul.parts(), (400, "invalid_member", "organization"));
    }
}

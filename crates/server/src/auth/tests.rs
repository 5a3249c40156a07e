use std::sync::Mutex;

use axum::http::HeaderValue;
use loam_book::ids::{Key, Part};
use loam_book::record::Record;

use super::*;

/// A clock that stands where it is put.
struct Put(Mutex<Timestamp>);

impl Clock for Put {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

fn tom() -> User {
    User {
        key: Key::entity(Part::new(0), 1, 1),
        number: 1,
        username: "tom".to_owned(),
        first_name: "Tom".to_owned(),
        last_name: "Lee".to_owned(),
        title: None,
        email_address: None,
        home_phone: None,
        mobile_phone: None,
        language: None,
        notes: None,
        state: UserState::Active,
        is_administrator: false,
        is_teller: false,
        is_credit_officer: false,
        has_api_access: true,
        sees_other_officers_clients: false,
        branch: None,
        permissions: vec![],
        password_hash: Some(hash_password("secret", b"sixteen bytes...").unwrap()),
        api_key_hash: Some(hash_api_key("KEY123")),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn catalog(version: i64, user: User) -> Catalog {
    Catalog::new(version, vec![Record::User(user)])
}

fn auth() -> (Auth, Arc<Put>) {
    let clock = Arc::new(Put(Mutex::new(Timestamp::UNIX_EPOCH)));
    (Auth::new([7; 32], Arc::clone(&clock) as Arc<dyn Clock>), clock)
}

fn basic(text: &str) -> HeaderMap {
    let value = format!("Basic {}", STANDARD.encode(text));
    HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::try_from(value).unwrap())])
}

#[tokio::test]
async fn a_password_and_an_api_key_name_the_same_user() {
    let (auth, _) = auth();
    let catalog = catalog(1, tom());
    let by_password = auth.authenticate(&basic("tom:secret"), &catalog).await.unwrap();
    let headers = HeaderMap::from_iter([(API_KEY, HeaderValue::from_static("KEY123"))]);
    assert_eq!(auth.authenticate(&headers, &catalog).await.unwrap().user_key, by_password.user_key);
}

#[tokio::test]
async fn wrong_and_missing_credentials_are_told_apart() {
    let (auth, _) = auth();
    let catalog = catalog(1, tom());
    for wrong in ["tom:Secret", "tim:secret", "tom:"] {
        assert_eq!(auth.authenticate(&basic(wrong), &catalog).await, Err(Denied::Wrong), "{wrong}");
    }
    assert_eq!(auth.authenticate(&HeaderMap::new(), &catalog).await, Err(Denied::Unreadable));
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static("Bearer abc"))]);
    assert_eq!(auth.authenticate(&headers, &catalog).await, Err(Denied::Unreadable));
}

#[tokio::test]
async fn a_known_credential_is_forgotten_when_the_password_changes() {
    let (auth, _) = auth();
    assert!(auth.authenticate(&basic("tom:secret"), &catalog(1, tom())).await.is_ok());
    let changed = User { password_hash: Some(hash_password("other", b"sixteen bytes...").unwrap()), ..tom() };
    assert_eq!(auth.authenticate(&basic("tom:secret"), &catalog(2, changed)).await, Err(Denied::Wrong));
}

#[tokio::test]
async fn a_known_credential_follows_the_users_rights() {
    let (auth, _) = auth();
    assert!(!auth.authenticate(&basic("tom:secret"), &catalog(1, tom())).await.unwrap().is_administrator);
    let raised = User { is_administrator: true, ..tom() };
    assert!(auth.authenticate(&basic("tom:secret"), &catalog(2, raised)).await.unwrap().is_administrator);
    let gone = User { state: UserState::Inactive, ..tom() };
    assert_eq!(auth.authenticate(&basic("tom:secret"), &catalog(3, gone)).await, Err(Denied::InactiveUser));
    let shut_out = User { has_api_access: false, ..tom() };
    assert_eq!(
        auth.authenticate(&basic("tom:secret"), &catalog(4, shut_out)).await,
        Err(Denied::NoApiAccess)
    );
}

#[tokio::test]
async fn a_known_credential_is_known_for_five_minutes() {
    let (auth, clock) = auth();
    let catalog = catalog(1, tom());
    auth.authenticate(&basic("tom:secret"), &catalog).await.unwrap();
    let key = auth.key(&Credential::of(&basic("tom:secret")).ok().unwrap());
    assert!(auth.recall(&key, &catalog).is_some());
    *clock.0.lock().unwrap() = Timestamp::from_second(300).unwrap();
    assert!(auth.recall(&key, &catalog).is_none());
}

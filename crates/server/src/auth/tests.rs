use std::sync::Mutex;

use async_trait::async_trait;
use axum::http::{HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use loam_book::consumer::{ApiConsumer, ConsumerKey};
use loam_book::ids::{Key, Part};
use loam_book::organization::{User, UserState};
use loam_book::record::Record;
use loam_book::rights::{AccessRight, Limits, Reach, Rights};
use loam_book::security::{Counting, Failures};
use loam_book::working_days::OrganizationSettings;

use super::*;

/// A clock that stands where it is put.
struct Put(Mutex<Timestamp>);

impl Clock for Put {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Failures in memory, counted as a store counts them.
#[derive(Default)]
struct Counted(Mutex<HashMap<String, Failures>>, Mutex<HashMap<Key, Timestamp>>);

#[async_trait]
impl SignInStore for Counted {
    async fn failures(&self, subject: &str) -> Result<Option<Failures>, StoreError> {
        Ok(self.0.lock().unwrap().get(subject).copied())
    }

    async fn failed(&self, subject: &str, counting: &Counting) -> Result<u32, StoreError> {
        let mut kept = self.0.lock().unwrap();
        let count = counting.after(kept.get(subject).copied());
        kept.insert(subject.to_owned(), Failures { count, last_at: counting.now });
        Ok(count)
    }

    async fn forget(&self, subject: &str) -> Result<(), StoreError> {
        self.0.lock().unwrap().remove(subject);
        Ok(())
    }

    async fn signed_in(&self, user: Key, at: Timestamp) -> Result<(), StoreError> {
        self.1.lock().unwrap().insert(user, at);
        Ok(())
    }

    async fn last_sign_ins(&self, users: &[Key]) -> Result<Vec<(Key, Timestamp)>, StoreError> {
        let kept = self.1.lock().unwrap();
        Ok(users.iter().filter_map(|user| kept.get(user).map(|at| (*user, *at))).collect())
    }
}

impl Put {
    fn put(&self, second: i64) {
        *self.0.lock().unwrap() = Timestamp::from_second(second).unwrap();
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
        reach: loam_book::rights::Reach::default(),
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

/// The catalog with other rules.
fn secured(security: Security, user: User) -> Catalog {
    let settings = OrganizationSettings {
        key: Key::entity(Part::new(0), 1, 2),
        name: "Bank".to_owned(),
        non_working_weekdays: vec![],
        holidays: vec![],
        parties: Default::default(),
        contact: Default::default(),
        labels: vec![],
        portfolios: Default::default(),
        provisioning: Default::default(),
        security,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    };
    Catalog::new(1, vec![Record::User(user), Record::Settings(settings)])
}

fn auth() -> (Auth, Arc<Put>) {
    let clock = Arc::new(Put(Mutex::new(Timestamp::UNIX_EPOCH)));
    let proxies = Proxies(vec!["10.0.0.1".to_owned()]);
    (Auth::new([7; 32], Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(Counted::default()), proxies), clock)
}

fn api_key(key: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(API_KEY, HeaderValue::from_static(key))])
}

/// Comes from nobody knows where.
async fn come(auth: &Auth, headers: &HeaderMap, catalog: &Catalog) -> Result<Arc<Actor>, Denied> {
    auth.authenticate(headers, None, catalog).await
}

fn basic(text: &str) -> HeaderMap {
    let value = format!("Basic {}", STANDARD.encode(text));
    HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::try_from(value).unwrap())])
}

#[tokio::test]
async fn a_password_and_an_api_key_name_the_same_user() {
    let (auth, _) = auth();
    let catalog = catalog(1, tom());
    let by_password = come(&auth, &basic("tom:secret"), &catalog).await.unwrap();
    let headers = api_key("KEY123");
    assert_eq!(come(&auth, &headers, &catalog).await.unwrap().user_key, by_password.user_key);
}

#[tokio::test]
async fn wrong_and_missing_credentials_are_told_apart() {
    let (auth, _) = auth();
    let catalog = catalog(1, tom());
    for wrong in ["tom:Secret", "tim:secret", "tom:"] {
        assert_eq!(come(&auth, &basic(wrong), &catalog).await, Err(Denied::Wrong), "{wrong}");
    }
    assert_eq!(come(&auth, &HeaderMap::new(), &catalog).await, Err(Denied::Unreadable));
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static("Bearer abc"))]);
    assert_eq!(come(&auth, &headers, &catalog).await, Err(Denied::Unreadable));
}

#[tokio::test]
async fn a_known_credential_is_forgotten_when_the_password_changes() {
    let (auth, _) = auth();
    assert!(come(&auth, &basic("tom:secret"), &catalog(1, tom())).await.is_ok());
    let changed = User { password_hash: Some(hash_password("other", b"sixteen bytes...").unwrap()), ..tom() };
    assert_eq!(come(&auth, &basic("tom:secret"), &catalog(2, changed)).await, Err(Denied::Wrong));
}

#[tokio::test]
async fn a_known_credential_follows_the_users_rights() {
    let (auth, _) = auth();
    assert!(!come(&auth, &basic("tom:secret"), &catalog(1, tom())).await.unwrap().is_administrator);
    let raised = User { is_administrator: true, ..tom() };
    assert!(come(&auth, &basic("tom:secret"), &catalog(2, raised)).await.unwrap().is_administrator);
    let locked = User { state: UserState::Locked, ..tom() };
    assert_eq!(come(&auth, &basic("tom:secret"), &catalog(9, locked)).await, Err(Denied::Locked));
    let gone = User { state: UserState::Inactive, ..tom() };
    assert_eq!(come(&auth, &basic("tom:secret"), &catalog(3, gone)).await, Err(Denied::InactiveUser));
    let shut_out = User { has_api_access: false, ..tom() };
    assert_eq!(come(&auth, &basic("tom:secret"), &catalog(4, shut_out)).await, Err(Denied::NoApiAccess));
}

#[tokio::test]
async fn a_known_credential_is_known_for_five_minutes() {
    let (auth, clock) = auth();
    let catalog = catalog(1, tom());
    come(&auth, &basic("tom:secret"), &catalog).await.unwrap();
    let key = auth.key(&Credential::of(&basic("tom:secret")).ok().unwrap());
    assert!(auth.recall(&key, &catalog).is_some());
    clock.put(300);
    assert!(auth.recall(&key, &catalog).is_none());
}

#[tokio::test]
async fn failures_slow_down_and_then_lock_whatever_is_sent() {
    let (auth, clock) = auth();
    let catalog =
        secured(Security { failures_until_locked: 7, locked_minutes: 1, ..Security::default() }, tom());
    let (wrong, right) = (basic("tom:wrong"), basic("tom:secret"));
    for _ in 0..6 {
        assert_eq!(come(&auth, &wrong, &catalog).await, Err(Denied::Wrong));
    }
    assert_eq!(come(&auth, &right, &catalog).await, Err(Denied::TooSoon));
    clock.put(1);
    assert_eq!(come(&auth, &wrong, &catalog).await, Err(Denied::Wrong));
    clock.put(60);
    assert_eq!(come(&auth, &right, &catalog).await, Err(Denied::Locked));
    clock.put(61);
    assert!(come(&auth, &right, &catalog).await.is_ok());
    let after = basic("tom:wrong again");
    for _ in 0..6 {
        assert_eq!(come(&auth, &after, &catalog).await, Err(Denied::Wrong), "counted from one again");
    }
}

#[tokio::test]
async fn somebody_who_is_not_there_is_locked_like_somebody_who_is() {
    let (auth, _) = auth();
    let catalog = secured(Security { failures_until_locked: 3, ..Security::default() }, tom());
    for name in ["tom:x", "nobody:x"] {
        for _ in 0..3 {
            assert_eq!(come(&auth, &basic(name), &catalog).await, Err(Denied::Wrong));
        }
        assert_eq!(come(&auth, &basic(name), &catalog).await, Err(Denied::Locked), "{name}");
    }
    auth.unlock("tom").await.unwrap();
    assert!(come(&auth, &basic("tom:secret"), &catalog).await.is_ok());
}

#[tokio::test]
async fn a_name_and_the_key_of_the_same_user_are_locked_together() {
    let (auth, _) = auth();
    let catalog = secured(Security { failures_until_locked: 4, ..Security::default() }, tom());
    let key = tom().key.to_string();
    for name in ["tom", &key, &key, "tom"] {
        assert_eq!(come(&auth, &basic(&format!("{name}:x")), &catalog).await, Err(Denied::Wrong));
    }
    for name in ["tom", &key] {
        let right = basic(&format!("{name}:secret"));
        assert_eq!(come(&auth, &right, &catalog).await, Err(Denied::Locked), "{name}");
    }
    auth.unlock("tom").await.unwrap();
    assert!(come(&auth, &basic(&format!("{key}:secret")), &catalog).await.is_ok());
}

#[tokio::test]
async fn an_address_is_slowed_whatever_name_it_tries() {
    let (auth, clock) = auth();
    let catalog = catalog(1, tom());
    let peer = Some("192.0.2.9".parse().unwrap());
    let attempt =
        async |number: u32, peer| auth.authenticate(&basic(&format!("user{number}:x")), peer, &catalog).await;
    for number in 0..21 {
        assert_eq!(attempt(number, peer).await, Err(Denied::Wrong));
    }
    assert_eq!(attempt(21, peer).await, Err(Denied::TooSoon));
    assert_eq!(auth.authenticate(&api_key("KEY123"), peer, &catalog).await, Err(Denied::TooSoon));
    assert_eq!(attempt(21, Some("192.0.2.8".parse().unwrap())).await, Err(Denied::Wrong), "another one");
    clock.put(1);
    assert!(auth.authenticate(&api_key("KEY123"), peer, &catalog).await.is_ok());
}

#[tokio::test]
async fn who_comes_from_elsewhere_is_not_let_in() {
    let (auth, _) = auth();
    let (inside, outside) = (Some("192.0.2.9".parse().unwrap()), Some("198.51.100.9".parse().unwrap()));
    let networks = vec!["192.0.2.0/24".to_owned()];
    let everybody = secured(Security { networks: networks.clone(), ..Security::default() }, tom());
    let reach = Reach { networks, ..Reach::default() };
    let only_tom = catalog(2, User { reach, ..tom() });
    for catalog in [everybody, only_tom] {
        for headers in [basic("tom:secret"), api_key("KEY123")] {
            assert!(auth.authenticate(&headers, inside, &catalog).await.is_ok());
            assert_eq!(auth.authenticate(&headers, outside, &catalog).await, Err(Denied::Address));
            assert_eq!(auth.authenticate(&headers, None, &catalog).await, Err(Denied::Address));
            let mut forwarded = headers.clone();
            forwarded.insert("x-forwarded-for", HeaderValue::from_static("192.0.2.9"));
            let proxy = Some("10.0.0.1".parse().unwrap());
            assert!(auth.authenticate(&forwarded, proxy, &catalog).await.is_ok());
            assert_eq!(auth.authenticate(&forwarded, outside, &catalog).await, Err(Denied::Address));
        }
    }
}

fn consumer(keys: Vec<ConsumerKey>) -> ApiConsumer {
    let rights = Rights { access: [AccessRight::Apis].into(), ..Rights::default() };
    ApiConsumer {
        key: Key::entity(Part::new(0), 1, 3),
        id: "billing".to_owned(),
        name: "Billing".to_owned(),
        notes: None,
        is_active: true,
        rights,
        role: None,
        branch: None,
        managed_branches: vec![],
        limits: Limits::default(),
        networks: vec![],
        keys,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn key_of(number: u64, secret: &str, expires: Option<i64>) -> ConsumerKey {
    ConsumerKey {
        id: Key::entity(Part::new(0), 2, number),
        hash: hash_api_key(secret),
        created_at: Timestamp::UNIX_EPOCH,
        expires_at: expires.map(|second| Timestamp::from_second(second).unwrap()),
    }
}

#[tokio::test]
async fn the_keys_of_a_consumer_end_each_at_its_time() {
    let (auth, clock) = auth();
    let catalog_of =
        |version, consumer: ApiConsumer| Catalog::new(version, vec![Record::ApiConsumer(consumer)]);
    let both = consumer(vec![key_of(1, "old", Some(60)), key_of(2, "new", None)]);
    let catalog = catalog_of(1, both.clone());
    assert_eq!(come(&auth, &api_key("old"), &catalog).await.unwrap().user_key, both.key);
    assert!(come(&auth, &api_key("new"), &catalog).await.is_ok());
    clock.put(60);
    assert_eq!(come(&auth, &api_key("old"), &catalog).await, Err(Denied::Wrong), "known or not");
    assert!(come(&auth, &api_key("new"), &catalog).await.is_ok());
    let revoked = both.clone().without_key(key_of(2, "", None).id).unwrap();
    assert_eq!(come(&auth, &api_key("new"), &catalog_of(2, revoked)).await, Err(Denied::Wrong));
    let stopped = ApiConsumer { is_active: false, ..both };
    assert_eq!(come(&auth, &api_key("new"), &catalog_of(3, stopped)).await, Err(Denied::InactiveUser));
}

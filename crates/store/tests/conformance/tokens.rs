//! Tokens of the token endpoint: found by their hash until somebody forgets them.

use crate::places::Place;
use crate::reported::token;
use crate::samples::{instant, key};

on_both!(
    a_token_is_found_by_its_hash,
    expired_tokens_are_forgotten_when_one_is_kept,
    tokens_outlive_a_restart,
    tokens_that_are_kept_at_once_are_all_kept,
);

async fn a_token_is_found_by_its_hash(place: Place) {
    let tokens = place.book().await.store.tokens().unwrap();
    assert_eq!(tokens.find("a").await.unwrap(), None);
    tokens.put(&token("a", key(0, 1), 100), instant(0)).await.unwrap();
    tokens.put(&token("b", key(0, 2), 200), instant(0)).await.unwrap();
    assert_eq!(tokens.find("a").await.unwrap(), Some(token("a", key(0, 1), 100)));
    assert_eq!(tokens.find("b").await.unwrap(), Some(token("b", key(0, 2), 200)));
    assert_eq!(tokens.find("A").await.unwrap(), None);
}

async fn expired_tokens_are_forgotten_when_one_is_kept(place: Place) {
    let tokens = place.book().await.store.tokens().unwrap();
    for (hash, expires) in [("a", 99), ("b", 98), ("c", 100), ("d", 200)] {
        tokens.put(&token(hash, key(0, 1), expires), instant(0)).await.unwrap();
    }
    assert_eq!(place.count("access_token").await, 4);
    tokens.put(&token("e", key(0, 1), 300), instant(100)).await.unwrap();
    for (hash, is_kept) in [("a", false), ("b", false), ("c", true), ("d", true), ("e", true)] {
        assert_eq!(tokens.find(hash).await.unwrap().is_some(), is_kept, "{hash}");
    }
    assert_eq!(place.count("access_token").await, 3);
}

async fn tokens_outlive_a_restart(place: Place) {
    let open = place.book().await;
    open.store.tokens().unwrap().put(&token("a", key(0, 1), 100), instant(0)).await.unwrap();
    drop(open);
    let tokens = place.open().await.store.tokens().unwrap();
    assert!(tokens.find("a").await.unwrap().is_some());
}

async fn tokens_that_are_kept_at_once_are_all_kept(place: Place) {
    let open = place.book().await;
    let (one, two) = (open.store.tokens().unwrap(), open.store.tokens().unwrap());
    for n in 0..20 {
        one.put(&token(&format!("old{n}"), key(0, 1), 50), instant(0)).await.unwrap();
    }
    // Both find the same tokens to forget.
    let (mine, yours) = (token("mine", key(0, 1), 300), token("yours", key(0, 2), 300));
    let (first, second) = tokio::join!(one.put(&mine, instant(100)), two.put(&yours, instant(100)));
    assert_eq!((first, second), (Ok(()), Ok(())));
    assert_eq!(place.count("access_token").await, 2);
}

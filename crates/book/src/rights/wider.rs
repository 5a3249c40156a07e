//! Whether a user reaches further than somebody who enters or changes the user. Permissions are compared
//! beside, with `Rights`.

use ipnet::IpNet;
use loam_calc::exact::Exact;

use super::{Branches, Limits};
use crate::actor::Actor;
use crate::catalog::Catalog;
use crate::organization::User;
use crate::security::network;

/// Whether the user belongs to a branch, or works in one, that is not the actor's.
pub(super) fn in_branches(user: &User, actor: &Actor, catalog: &Catalog) -> bool {
    let manages_all = user.rights(catalog).manages_all_branches && actor.bounds.branches != Branches::All;
    let managed = user.reach.managed_branches.iter().map(|branch| Some(*branch));
    manages_all || !managed.chain([user.branch]).all(|branch| actor.bounds.contain(branch))
}

/// Whether the user may move more at once, sees more clients or comes in from more networks.
pub(super) fn otherwise(user: &User, actor: &Actor, catalog: &Catalog) -> bool {
    let sees_others = actor.only_own_clients && !user.to_actor(catalog).only_own_clients;
    sees_others
        || !are_limits_within(&user.reach.limits, &actor.bounds.limits)
        || !are_networks_within(&user.reach.networks, networks_of(actor, catalog))
}

/// Whether the one let nothing through that the others hold back.
fn are_limits_within(limits: &Limits, bounds: &Limits) -> bool {
    let parsed = |text: &String| Exact::parse_decimal_text(text).ok();
    let is_within = |own: &String, most: &String| matches!((parsed(own), parsed(most)), (Some(own), Some(most)) if own <= most);
    bounds.0.iter().all(|(what, most)| limits.0.get(what).is_some_and(|own| is_within(own, most)))
}

/// From where the actor may come in; empty: from anywhere.
fn networks_of<'a>(actor: &Actor, catalog: &'a Catalog) -> &'a [String] {
    let user = catalog.users.by_key(actor.user_key).map(|user| user.reach.networks.as_slice());
    let consumer = || catalog.consumers.by_key(actor.user_key).map(|consumer| consumer.networks.as_slice());
    user.or_else(consumer).unwrap_or_default()
}

fn are_networks_within(networks: &[String], bounds: &[String]) -> bool {
    let bounds: Vec<IpNet> = bounds.iter().filter_map(|text| network(text)).collect();
    let is_within = |text: &String| {
        network(text).is_some_and(|network| bounds.iter().any(|bound| bound.contains(&network)))
    };
    bounds.is_empty() || (!networks.is_empty() && networks.iter().all(is_within))
}

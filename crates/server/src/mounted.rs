//! What is mounted, as the routers themselves say it, beside the page that says who may do what.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use utoipa::openapi::OpenApi;

use crate::{Services, doors, health, oauth, openapi};

const METHODS: [&str; 5] = ["get", "post", "patch", "put", "delete"];
const PAGE: &str = include_str!("../../../docs/permissions.md");

type Routes = BTreeSet<(String, String)>;

/// Method and path of every route with a handler of its own. A router shows them when it is printed
/// for debugging, and nowhere else.
fn mounted(router: &Router<Services>) -> Routes {
    let text = format!("{router:?}");
    let text = text.split("fallback_router:").next().expect("a text has a beginning");
    let (routes, paths) = text.split_once("node: Node { paths: {").expect("a router knows its paths");
    let paths: BTreeMap<&str, &str> = by_id(paths)
        .filter_map(|(id, rest)| Some((id, rest.strip_prefix(": \"")?.split('"').next()?)))
        .collect();
    let mut found = Routes::new();
    for (id, route) in by_id(routes) {
        let Some(path) = paths.get(id) else { continue };
        for method in METHODS {
            let marks = [format!("{{ {method}: "), format!(", {method}: ")];
            let handler = marks.iter().find_map(|mark| route.split_once(mark.as_str())).map(|(_, rest)| rest);
            if handler.is_some_and(|handler| !handler.starts_with("None")) {
                found.insert((method.to_uppercase(), (*path).to_owned()));
            }
        }
    }
    found
}

/// What stands behind each `RouteId(…)`, up to the next.
fn by_id(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("RouteId(").skip(1).filter_map(|part| part.split_once(')'))
}

/// Of a door that is described as it is mounted.
fn described(document: &OpenApi) -> Routes {
    let json = serde_json::to_value(document).expect("a document is JSON");
    let paths = json["paths"].as_object().expect("paths").clone();
    let of_path = |(path, item): (String, serde_json::Value)| {
        let methods: Vec<String> = item.as_object().expect("methods").keys().cloned().collect();
        let methods = methods.into_iter().filter(|method| METHODS.contains(&method.as_str()));
        methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    paths.into_iter().flat_map(of_path).collect()
}

fn everything() -> Routes {
    let routers = [
        health::router(),
        openapi::router(),
        oauth::router(),
        doors::native::router(),
        doors::loan_accounts::router(),
        doors::marketplace::router(),
        doors::repayment_data::router(),
    ];
    routers.iter().flat_map(mounted).chain(described(&doors::loan_performance::openapi())).collect()
}

/// Method and path of every row of the page; one operation may have several.
fn rows() -> Routes {
    let cells = PAGE.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let rows = cells.filter(|cells| cells.len() > 3 && METHODS.contains(&cells[1].to_lowercase().as_str()));
    rows.map(|cells| (cells[1].to_owned(), cells[2].trim_matches('`').to_owned())).collect()
}

fn listed<'a>(routes: impl Iterator<Item = &'a (String, String)>) -> String {
    routes.map(|(method, path)| format!("| {method} | `{path}` | | ? | |\n")).collect()
}

#[test]
fn every_route_has_a_row_that_says_who_may_call_it() {
    let (mounted, rows) = (everything(), rows());
    assert!(mounted.len() > 100, "only {} routes are seen: is a router printed otherwise?", mounted.len());
    let missing = listed(mounted.difference(&rows));
    assert!(missing.is_empty(), "docs/permissions.md has no row for these; add them:\n{missing}");
    let stale = listed(rows.difference(&mounted));
    assert!(stale.is_empty(), "docs/permissions.md has rows for what is not mounted:\n{stale}");
}

#[test]
fn the_reference_describes_every_operation_of_the_contracts_door() {
    let described = described(&doors::loan_accounts::openapi());
    let undescribed: Vec<_> =
        mounted(&doors::loan_accounts::router()).difference(&described).cloned().collect();
    assert_eq!(undescribed, [], "served and not described: see operations.rs");
    let unserved: Vec<_> = described.difference(&everything()).cloned().collect();
    assert_eq!(unserved, [], "described and not served");
}

//! The loan accounts door on books that `loam demo --loans N` makes: what a screen or an integration asks,
//! at two sizes of the book, and new loans on the larger one.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::serve::{Bench, Books, CONNECTIONS, Running};
use loam_load::http::{Latencies, Requests, load};
use loam_load::stopwatch::{Stopwatch, per_second};
use loam_load::table::{Row, Table, ratio};

/// Loans made in a second that the generator is to reach on SQLite.
const MADE_PER_SECOND: u128 = 20_000;
/// Loans opened over HTTP in a second that are to be reached.
const OPENED_PER_SECOND: u128 = 3_000;
/// No answer has more rows.
const PAGE: usize = 50;
/// New loans belong to so many clients.
const HOLDERS: usize = 1_000;

/// What is asked, and how it is called in the table.
struct Question {
    name: &'static str,
    requests: Requests,
}

/// One size of the book, asked.
struct Asked {
    loans: usize,
    answers: Vec<(&'static str, Latencies)>,
    server: Running,
    api_key: String,
}

/// Makes a book of each size, asks the same of both, and opens loans on the larger.
pub(crate) async fn measure(table: &mut Table, bench: &Bench<'_>) -> anyhow::Result<()> {
    let books = Books::begin(bench)?;
    let (few, many) = bench.size.portfolios;
    let references = ask(table, bench, few, &books.fresh("few")?).await?.answers;
    let url = books.fresh("many")?;
    let large = ask(table, bench, many, &url).await?;
    for ((name, measured), (_, reference)) in large.answers.iter().zip(&references) {
        table.push(Row {
            what: format!("{}, {name}, one client, {} loans", bench.kind.name(), large.loans),
            measured: format!("p50 {} µs, p99 {} µs", measured.p50.as_micros(), measured.p99.as_micros()),
            reference: format!("p50 {} µs at {few} loans", reference.p50.as_micros()),
            ratio: format!("p50 {} times", ratio(measured.p50.as_micros(), reference.p50.as_micros())),
        });
    }
    opening(table, bench, &large).await?;
    drop(large);
    books.remove(&url)
}

/// Makes a book and asks everything of it, one question after the other.
async fn ask(table: &mut Table, bench: &Bench<'_>, loans: usize, url: &str) -> anyhow::Result<Asked> {
    let stopwatch = Stopwatch::start();
    run(bench, &["--database", url, "demo", "--loans", &loans.to_string()])?;
    let made = per_second(loans, stopwatch.elapsed());
    table.push(Row {
        what: format!("{}, `loam demo --loans {loans}`", bench.kind.name()),
        measured: format!("{made} loans/s, {} s", stopwatch.elapsed().as_secs()),
        reference: format!("{MADE_PER_SECOND}/s"),
        ratio: ratio(made, MADE_PER_SECOND),
    });
    let printed = run(bench, &["--database", url, "user", "api-key", "admin"])?;
    let api_key = printed.split_whitespace().last().context("the key is printed last")?.to_owned();
    let server = Running::start(bench, url)?;
    let seconds = Duration::from_secs(bench.size.seconds) / 2;
    let branch = rows(&server, &api_key, "branches?limit=1")?;
    let branch = branch.first().and_then(|row| row["encodedKey"].as_str()).context("there is a branch")?;
    let mut answers = Vec::new();
    for question in questions(&api_key, loans, branch) {
        answers.push((question.name, load(&server.address, 1, seconds, &question.requests).await?));
    }
    Ok(Asked { loans, answers, server, api_key })
}

fn questions(api_key: &str, loans: usize, branch: &str) -> Vec<Question> {
    let three = [
        constraint("ACCOUNT_STATE", "EQUALS", &["ACTIVE_IN_ARREARS"]),
        constraint("LOAN_AMOUNT", "BETWEEN", &["1000", "1100"]),
        constraint("BRANCH_KEY", "EQUALS", &[branch]),
    ];
    let late = [constraint("DAYS_IN_ARREARS", "BETWEEN", &["31", "60"])];
    let last = loans - PAGE;
    let key = api_key.to_owned();
    let one: Requests =
        Arc::new(move |number| get(&key, &format!("loans/L{:08}", number.wrapping_mul(61_803) % loans)));
    let filtered = format!("loans?accountState=ACTIVE_IN_ARREARS&branchId={branch}&limit={PAGE}");
    vec![
        Question { name: "one loan", requests: one },
        Question { name: "list with a filter", requests: always(get(api_key, &filtered)) },
        Question { name: "search with three constraints", requests: always(search(api_key, &three)) },
        Question { name: "search by days in arrears", requests: always(search(api_key, &late)) },
        Question {
            name: "last page of all loans",
            requests: always(get(api_key, &format!("loans?offset={last}&limit={PAGE}"))),
        },
    ]
}

fn constraint(selection: &str, element: &str, values: &[&str]) -> String {
    let second = values.get(1).map_or_else(String::new, |value| format!(r#","secondValue":"{value}""#));
    format!(
        r#"{{"filterSelection":"{selection}","filterElement":"{element}","value":"{}"{second},"dataItemType":"LOANS","dataFieldType":"NATIVE"}}"#,
        values[0]
    )
}

/// New loans for clients all over the book.
async fn opening(table: &mut Table, bench: &Bench<'_>, book: &Asked) -> anyhow::Result<()> {
    let clients = rows(&book.server, &book.api_key, &format!("clients?limit={HOLDERS}"))?;
    let holders: Vec<String> =
        clients.iter().filter_map(|row| row["encodedKey"].as_str().map(str::to_owned)).collect();
    let products = rows(&book.server, &book.api_key, "loanproducts?limit=1")?;
    let product =
        products.first().and_then(|row| row["encodedKey"].as_str()).context("there is a product")?;
    let (api_key, product) = (book.api_key.clone(), product.to_owned());
    let requests: Requests = Arc::new(move |number| {
        let holder = &holders[number % holders.len()];
        let body = format!(
            r#"{{"loanAccount":{{"accountHolderType":"CLIENT","accountHolderKey":"{holder}","productTypeKey":"{product}","loanAmount":1000,"repaymentInstallments":12}}}}"#
        );
        post(&api_key, "loans", &body)
    });
    let seconds = Duration::from_secs(bench.size.seconds);
    let opened = load(&book.server.address, CONNECTIONS, seconds, &requests).await?;
    let (p50, p99) = (opened.p50.as_micros(), opened.p99.as_micros());
    table.push(Row {
        what: format!(
            "{}, POST /api/loans with a schedule of 12 installments, {CONNECTIONS} connections, {} loans",
            bench.kind.name(),
            book.loans
        ),
        measured: format!("{}/s, p50 {p50} µs, p99 {p99} µs ({} requests)", opened.per_second, opened.count),
        reference: format!("{OPENED_PER_SECOND}/s"),
        ratio: ratio(opened.per_second, OPENED_PER_SECOND),
    });
    Ok(())
}

/// Runs a command of the program; gives what it printed.
fn run(bench: &Bench<'_>, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(bench.binary).args(arguments).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "loam {} ended badly: {said}", arguments.join(" "));
    Ok(String::from_utf8(output.stdout)?)
}

fn rows(server: &Running, api_key: &str, path: &str) -> anyhow::Result<Vec<Value>> {
    let url = format!("http://{}/api/{path}", server.address);
    Ok(ureq::get(url).header("apikey", api_key).call()?.body_mut().read_json()?)
}

fn always(request: Vec<u8>) -> Requests {
    Arc::new(move |_| request.clone())
}

fn get(api_key: &str, path: &str) -> Vec<u8> {
    format!("GET /api/{path} HTTP/1.1\r\nhost: bench\r\napikey: {api_key}\r\n\r\n").into_bytes()
}

fn search(api_key: &str, constraints: &[String]) -> Vec<u8> {
    let body = format!(r#"{{"filterConstraints":[{}]}}"#, constraints.join(","));
    post(api_key, &format!("loans/search?limit={PAGE}"), &body)
}

fn post(api_key: &str, path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /api/{path} HTTP/1.1\r\nhost: bench\r\napikey: {api_key}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

//! The doors that report loans, under load: upserts, repayment data, applications with a schedule.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use loam_app::command::{Address, Command};
use loam_book::ids::{Key, Part};
use loam_book::partner::{AllowedNotification, ApiClient, Business, KeyPair, LoanPurpose, Realm, Scope};
use loam_book::product::{Product, Range};
use loam_book::record::Record;
use loam_book::reporting::subject::{Scheme, SubjectName};
use loam_book::reporting::{Report, ReportCommand};
use loam_store::DatabaseUrl;
use sha2::{Digest, Sha256};

use crate::fill::{Filler, product};
use crate::serve::{API_KEY_HASH, Bench, CONNECTIONS, Running};
use loam_load::http::{Latencies, Requests, load};
use loam_load::table::{Row, Table, ratio};

/// How many people are reported on, or apply.
const PEOPLE: usize = 10_000;
const ORGANIZATION: &str = "bench";
const CLIENT_ID: &str = "8d4f0c1e-5b5e-4d4a-9a55-0b0e6f3f2a11";
const SECRET: &str = "the secret of the benchmark";
const BUSINESS: &str = "667d38938450ddf0f7ea2468";
const BUSINESS_KEY: &str = "sk_live_benchmark";
/// Numbers of the keys of the loan purpose, and of the product that applications get.
pub(crate) const PURPOSE: u64 = 5;
pub(crate) const LOAN_PRODUCT: u64 = 6;
/// To be reached on both databases.
const TO_REACH: u128 = 4_000;

/// Measures the three on a book of their own.
pub(crate) async fn measure(table: &mut Table, bench: &Bench<'_>, url: &str) -> anyhow::Result<()> {
    let parsed = DatabaseUrl::parse(url).map_err(|error| anyhow!("{error}"))?;
    let filler = Filler::create(&parsed, API_KEY_HASH.trim()).await?;
    prepare(&filler).await?;
    filler.close();
    let server = Running::start(bench, url)?;
    let seconds = Duration::from_secs(bench.size.seconds);
    let token = token(&server.address)?;
    for (what, requests) in [
        ("upsert of a loan, every loan twice", upserts(&token)),
        ("PUT of repayment data with 12 installments, every loan twice", repayment_data()),
        ("loan application with a schedule of 10 installments", applications(&token)),
    ] {
        let measured = load(&server.address, CONNECTIONS, seconds, &requests).await?;
        table.push(row(bench, what, &measured));
    }
    Ok(())
}

fn row(bench: &Bench<'_>, what: &str, measured: &Latencies) -> Row {
    let (p50, p99) = (measured.p50.as_micros(), measured.p99.as_micros());
    Row {
        what: format!("{}, {what}, {CONNECTIONS} connections", bench.kind.name()),
        measured: format!(
            "{}/s, p50 {p50} µs, p99 {p99} µs ({} requests)",
            measured.per_second, measured.count
        ),
        reference: format!("{TO_REACH}/s"),
        ratio: ratio(measured.per_second, TO_REACH),
    }
}

/// Credentials, people under their names of each contract, a purpose and a product. Gives the people.
pub(crate) async fn prepare(filler: &Filler) -> anyhow::Result<Vec<Address>> {
    let records = [
        Record::ApiClient(api_client()),
        Record::Business(business()),
        Record::Purpose(LoanPurpose {
            key: key(PURPOSE),
            id: "a1h000000000001".into(),
            name: "Family".into(),
            created_at: Timestamp::UNIX_EPOCH,
            last_modified_at: Timestamp::UNIX_EPOCH,
        }),
        Record::Product(Box::new(Product {
            key: key(LOAN_PRODUCT),
            id: "Default".into(),
            name: "Default".into(),
            amount: Range::OPEN,
            interest_rate: Range::OPEN,
            installments: Range::OPEN,
            ..product()
        })),
    ];
    for record in records {
        filler.submit(Command::CreateRecord(Box::new(record))).await?;
    }
    let clients = filler.all((0..PEOPLE).map(|number| filler.new_client(number)).collect()).await?;
    let accounts = clients.iter().enumerate().map(|(number, client)| {
        let report = Report::LinkSubject { client: Some(*client) };
        told((Scheme::MarketplaceAccount, "marketplace"), account(number), report)
    });
    filler.report(accounts.collect()).await?;
    let customers = (0..PEOPLE)
        .map(|number| told((Scheme::PerformanceCustomer, ORGANIZATION), number.to_string(), Report::Subject));
    filler.report(customers.collect()).await?;
    let borrowers = (0..PEOPLE)
        .map(|number| told((Scheme::RepaymentClient, BUSINESS), object_id(number), Report::Subject));
    filler.report(borrowers.collect()).await?;
    Ok(clients)
}

fn told((scheme, organization): (Scheme, &str), id: String, report: Report) -> Command {
    let subject = SubjectName { scheme, organization: organization.to_owned(), id, reference: None };
    let address: Address = subject.address();
    Command::Report(Box::new(ReportCommand { subject, address, report }))
}

fn api_client() -> ApiClient {
    ApiClient {
        key: key(3),
        id: CLIENT_ID.into(),
        name: ORGANIZATION.into(),
        organization: ORGANIZATION.into(),
        realm: Realm::Live,
        scopes: Scope::ALL.to_vec(),
        secret_hash: sha256(SECRET),
        requests_per_minute: None,
        is_active: true,
        tokens_valid_from: Timestamp::UNIX_EPOCH,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn business() -> Business {
    let keys =
        |name: &str| KeyPair { secret_hash: sha256(name), public_hash: sha256(&format!("public {name}")) };
    Business {
        key: key(4),
        id: BUSINESS.into(),
        name: ORGANIZATION.into(),
        live_keys: keys(BUSINESS_KEY),
        test_keys: keys("sk_test_benchmark"),
        live_webhook: None,
        test_webhook: None,
        allowed_notification: AllowedNotification::None,
        time_zone: "UTC".into(),
        doubles_seconds: false,
        reads_book: false,
        is_active: true,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

pub(crate) fn key(number: u64) -> Key {
    Key::entity(Part::new(0), 1, number)
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a text never fails.
        let _written = write!(hex, "{byte:02x}");
        hex
    })
}

pub(crate) fn account(number: usize) -> String {
    format!("001G0000{number:07}")
}

fn object_id(number: usize) -> String {
    format!("669baedb{number:016x}")
}

pub(crate) fn token(address: &str) -> anyhow::Result<String> {
    let form = [("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("client_secret", SECRET)];
    let mut answer = ureq::post(format!("http://{address}/oauth/token")).send_form(form)?;
    let answer: serde_json::Value = answer.body_mut().read_json()?;
    Ok(answer["access_token"].as_str().context("the answer has a token")?.to_owned())
}

pub(crate) fn request(line: &str, credential: &str, body: &str) -> Vec<u8> {
    format!(
        "{line} HTTP/1.1\r\nhost: bench\r\n{credential}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn upserts(token: &str) -> Requests {
    let credential = format!("authorization: Bearer {token}");
    Arc::new(move |number| {
        let loan = number / 2;
        let line = format!("POST /api/v1/loan-performance/customers/{}/loans", loan % PEOPLE);
        let status = if number % 2 == 0 { "Pending" } else { "Originated" };
        let body = format!(
            r#"{{"loan_id":"L-{loan}","management_system_id":1,"application_type":"New","loan_type":"Installment","loan_status":"{status}","loan_amount":75000,"funded_amount":35000,"first_payment_date":"2021-09-25","applied_at":"2021-09-25T04:01:57Z","esigned_at":"2021-09-25T04:01:57Z"}}"#
        );
        request(&line, &credential, &body)
    })
}

fn repayment_data() -> Requests {
    let credential = format!("x-api-key: {BUSINESS_KEY}");
    let money = r#"{"amount":833.33,"currency":"NGN"}"#;
    let installments: Vec<String> = (1..=12)
        .map(|month| {
            format!(
                r#"{{"dueDate":"2023-{month:02}-01","datePaid":"2023-{month:02}-01","amountDue":{money},"amountPaid":{money},"status":"fully_paid"}}"#
            )
        })
        .collect();
    let installments = installments.join(",");
    Arc::new(move |number| {
        let loan = number / 2;
        let client = object_id(loan % PEOPLE);
        let body = format!(
            r#"{{"clientId":"{client}","loanReferenceId":"loan_{loan}","applicationDate":"2022-12-01","dateLoanWasGranted":"2022-12-15","applicationStatus":"approved","amount":10000,"currency":"NGN","tenure":{{"value":12,"interval":"months"}},"totalInstallments":12,"installmentRepayments":[{installments}],"loanRepaymentStatus":"settled","dateLastInstallmentIsDue":"2023-12-01","dateLoanIsSettled":"2023-12-01"}}"#
        );
        request("PUT /v1/api/clients/loans", &credential, &body)
    })
}

fn applications(token: &str) -> Requests {
    let credential = format!("authorization: Bearer {token}");
    Arc::new(move |number| {
        let body = format!(
            r#"{{"borrowerId":"{}","purpose":"Family","amount":10000,"term":10,"interestRate":9,"createSchedule":1}}"#,
            account(number % PEOPLE)
        );
        request("POST /services/apexrest/peer/v1/loanApplications", &credential, &body)
    })
}

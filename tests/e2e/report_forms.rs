//! A report says the same in every form: what others read of a CSV, a spreadsheet or a Parquet file is what its JSON says.

use std::fs::File;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;

use crate::book::{Book, on_both};
use crate::reports::{filled, hundredths};
use crate::sub_ledgers::deposited;

const REPORTS: [&str; 10] = [
    "trial-balance?from=2012-07-01",
    "gl-statement?account=1400&from=2012-07-01",
    "income",
    "portfolio-at-risk?bands=10,20,30",
    "aging",
    "collections-due?to=2012-10-31",
    "sub-ledger",
    "deposit-sub-ledger",
    "transactions",
    "schedules",
];
const IN_PARQUET: [&str; 4] = ["sub-ledger", "deposit-sub-ledger", "transactions", "schedules"];

/// What stands in a cell of a file.
#[derive(Debug, PartialEq)]
enum Cell {
    Nothing,
    Text(String),
    /// As it is written: no number is calculated here.
    Number(String),
    Day(Date),
}

/// A head and the rows below it.
type Rows = (Vec<String>, Vec<Vec<Cell>>);

fn download(book: &Book, query: &str, form: &str) -> Vec<u8> {
    let mark = if query.contains('?') { '&' } else { '?' };
    let path = format!("/loam/v1/reports/{query}{mark}format={form}");
    let (status, bytes) = book.admin.download(&path);
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    bytes
}

/// None of the values of these tests has a comma.
fn csv(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let text = String::from_utf8(bytes).expect("text");
    assert!(!text.contains('"'), "{text}");
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn xlsx(bytes: Vec<u8>) -> Rows {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a spreadsheet");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("it can be read");
    let mut rows = sheet.rows();
    let head = rows.next().expect("a head").iter().map(ToString::to_string).collect();
    (head, rows.map(|row| row.iter().map(cell).collect()).collect())
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Nothing,
        Data::String(text) => Cell::Text(text.clone()),
        Data::Int(number) => Cell::Number(number.to_string()),
        Data::Float(number) => Cell::Number(number.to_string()),
        Data::DateTime(instant) => {
            let (year, month, day, hour, minute, second, milli) = instant.to_ymd_hms_milli();
            assert_eq!((hour, minute, second, milli), (0, 0, 0, 0), "a day has no time");
            let [year, month, day] =
                [year, month.into(), day.into()].map(|part| i16::try_from(part).expect("small"));
            let small = |part: i16| i8::try_from(part).expect("small");
            Cell::Day(date(year, small(month), small(day)))
        }
        Data::Bool(_) | Data::DateTimeIso(_) | Data::DurationIso(_) | Data::Error(_) => panic!("{data:?}"),
    }
}

fn parquet(book: &Book, bytes: &[u8]) -> Rows {
    let path = book.database.folder().join("report.parquet");
    std::fs::write(&path, bytes).expect("it is written");
    let file = File::open(path).expect("it is there");
    let file = SerializedFileReader::new(file).expect("a Parquet file");
    let columns = file.metadata().file_metadata().schema().get_fields();
    let head = columns.iter().map(|column| column.name().to_owned()).collect();
    let rows = file
        .get_row_iter(None)
        .expect("rows")
        .map(|row| row.expect("a row").get_column_iter().map(|(_, field)| field_cell(field)).collect());
    (head, rows.collect())
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the format has twenty kinds more, and a report none of them"
)]
fn field_cell(field: &Field) -> Cell {
    match field {
        Field::Null => Cell::Nothing,
        Field::Str(text) => Cell::Text(text.clone()),
        Field::Long(number) => Cell::Number(number.to_string()),
        Field::Date(days) => Cell::Day(date(1970, 1, 1) + days.days()),
        other => panic!("{other:?}"),
    }
}

/// What kind of cell a column has, by its name in the JSON.
enum Kind {
    Text,
    Count,
    Day,
    Money,
}

fn kind_of(report: &str, column: &str) -> Kind {
    match column {
        "dueDate" | "valueDate" | "bookingDate" | "lateSince" | "repaidOn" => Kind::Day,
        "number" | "loans" | "installments" | "entryId" | "reverses" => Kind::Count,
        "transactionId" if report.starts_with("transactions") => Kind::Count,
        "daysPastDue" if report.starts_with("sub-ledger") => Kind::Count,
        "opening"
        | "debits"
        | "credits"
        | "closing"
        | "debit"
        | "credit"
        | "balance"
        | "amount"
        | "principal"
        | "interest"
        | "fees"
        | "penalties"
        | "total"
        | "overpaid"
        | "taxesPayable"
        | "deferredFeeIncome"
        | "investorFunds"
        | "investorInterestPayable"
        | "savings"
        | "overdraft"
        | "principalBalance"
        | "principalThisLateOrLater" => Kind::Money,
        other if other.ends_with("Expected") || other.ends_with("Paid") => Kind::Money,
        _ => Kind::Text,
    }
}

/// The value of the JSON as text; nothing is empty.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// The cell that a file should have; `money` says how it writes amounts.
fn expected(report: &str, column: &str, value: &Value, money: impl Fn(&Value) -> String) -> Cell {
    match kind_of(report, column) {
        _ if value.is_null() => Cell::Nothing,
        Kind::Text => Cell::Text(plain(value)),
        Kind::Count => Cell::Number(plain(value)),
        Kind::Day => Cell::Day(plain(value).parse().expect("a day")),
        Kind::Money => Cell::Number(money(value)),
    }
}

#[test]
fn every_form_of_a_report_says_the_same() {
    on_both(|book| {
        filled(book);
        deposited(book);
        for report in REPORTS {
            let json = book.list(&format!("/loam/v1/reports/{report}"));
            assert!(!json.is_empty(), "{report}");
            let mut lines = csv(download(book, report, "csv"));
            let head = lines.remove(0);
            let told = json.iter().flat_map(|row| row.as_object().expect("an object").keys());
            assert!(told.into_iter().all(|name| head.contains(name)), "{report}: {head:?}");
            let texts: Vec<Vec<String>> =
                json.iter().map(|row| head.iter().map(|name| plain(&row[name])).collect()).collect();
            assert_eq!(lines, texts, "{report}");

            let (columns, rows) = xlsx(download(book, report, "xlsx"));
            assert_eq!(columns, head, "{report}");
            let cells = json.iter().map(|row| {
                head.iter().map(|name| expected(report, name, &row[name], plain)).collect::<Vec<_>>()
            });
            assert_eq!(rows, cells.collect::<Vec<_>>(), "{report}");
        }
    });
}

#[test]
fn a_parquet_file_says_the_same_in_minor_units() {
    on_both(|book| {
        filled(book);
        deposited(book);
        for report in IN_PARQUET {
            let json = book.list(&format!("/loam/v1/reports/{report}"));
            let head = csv(download(book, report, "csv")).remove(0);
            let (columns, rows) = parquet(book, &download(book, report, "parquet"));
            let named = |name: &String| match kind_of(report, name) {
                Kind::Money => format!("{name}Minor"),
                Kind::Text | Kind::Count | Kind::Day => name.clone(),
            };
            assert_eq!(columns, head.iter().map(named).collect::<Vec<_>>(), "{report}");
            let minor = |value: &Value| hundredths(value).to_string();
            let cells = json.iter().map(|row| {
                head.iter().map(|name| expected(report, name, &row[name], minor)).collect::<Vec<_>>()
            });
            assert_eq!(rows, cells.collect::<Vec<_>>(), "{report}");
        }
    });
}

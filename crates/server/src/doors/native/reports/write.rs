//! Rows become bytes, page by page: no form but the spreadsheet holds more than a page of them.

use loam_book::report::{Column, Row, Value};

use super::form::Form;
use super::parquet::ParquetWriter;
use super::xlsx::Sheet;

/// Something that could not be written: more rows than a form takes, or a library that failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unwritten(pub(super) String);

/// A report as it is being written.
pub(super) enum Writer {
    Json { columns: &'static [Column], has_rows: bool },
    Csv { columns: &'static [Column], has_head: bool },
    Xlsx(Box<Sheet>),
    Parquet(Box<ParquetWriter>),
}

impl Writer {
    pub(super) fn new(form: Form, name: &str, columns: &'static [Column]) -> Result<Writer, Unwritten> {
        Ok(match form {
            Form::Json => Writer::Json { columns, has_rows: false },
            Form::Csv => Writer::Csv { columns, has_head: false },
            Form::Xlsx => Writer::Xlsx(Box::new(Sheet::new(name, columns)?)),
            Form::Parquet => Writer::Parquet(Box::new(ParquetWriter::new(columns)?)),
        })
    }

    /// What the next rows are written as.
    pub(super) fn rows(&mut self, rows: &[Row]) -> Result<Vec<u8>, Unwritten> {
        match self {
            Writer::Json { columns, has_rows } => Ok(json_rows(columns, rows, has_rows)),
            Writer::Csv { columns, has_head } => {
                let head = !std::mem::replace(has_head, true);
                csv_rows(columns, rows, head).map_err(|error| Unwritten(error.to_string()))
            }
            Writer::Xlsx(sheet) => sheet.add(rows).map(|()| Vec::new()),
            Writer::Parquet(writer) => writer.add(rows),
        }
    }

    /// What comes after the last row.
    pub(super) fn end(self) -> Result<Vec<u8>, Unwritten> {
        match self {
            Writer::Json { has_rows: true, .. } => Ok(b"]".to_vec()),
            Writer::Json { .. } => Ok(b"[]".to_vec()),
            Writer::Csv { columns, has_head: false } => {
                csv_rows(columns, &[], true).map_err(|error| Unwritten(error.to_string()))
            }
            Writer::Csv { .. } => Ok(Vec::new()),
            Writer::Xlsx(sheet) => sheet.end(),
            Writer::Parquet(writer) => writer.end(),
        }
    }
}

/// A list of objects; what is not there is left out. Amounts are texts in units of their currency.
fn json_rows(columns: &[Column], rows: &[Row], has_rows: &mut bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in rows {
        bytes.push(if std::mem::replace(has_rows, true) { b',' } else { b'[' });
        let members = columns.iter().zip(row).filter_map(|(column, value)| {
            let value = match value {
                Value::Nothing => return None,
                Value::Count(count) => serde_json::Value::from(*count),
                Value::Text(_) | Value::Day(_) | Value::Money(..) => serde_json::Value::from(text_of(value)),
            };
            Some((column.name.to_owned(), value))
        });
        let object: serde_json::Map<String, serde_json::Value> = members.collect();
        bytes.extend(serde_json::Value::Object(object).to_string().into_bytes());
    }
    bytes
}

fn csv_rows(columns: &[Column], rows: &[Row], head: bool) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if head {
        writer.write_record(columns.iter().map(|column| column.name))?;
    }
    for row in rows {
        writer.write_record(row.iter().map(harmless_text_of))?;
    }
    writer.flush()?;
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A spreadsheet would take a text that begins like a formula for one.
fn harmless_text_of(value: &Value) -> String {
    let text = text_of(value);
    let is_formula = matches!(value, Value::Text(_)) && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{text}") } else { text }
}

/// A value as text; nothing is empty.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Nothing => String::new(),
        Value::Text(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Money(amount, currency) => amount.to_text(*currency),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use loam_calc::currency::Currency;
    use loam_calc::money::Amount;

    use super::*;

    const COLUMNS: &[Column] =
        &[Column::text("name"), Column::count("count"), Column::day("day"), Column::money("amount")];

    fn row(name: &str) -> Row {
        let amount = Value::Money(Amount::from_minor(-12_345), Currency::USD);
        vec![Value::text(name), Value::Count(3), Value::Day(date(2026, 1, 31)), amount]
    }

    fn written(form: Form, pages: &[Vec<Row>]) -> Vec<u8> {
        let mut writer = Writer::new(form, "test", COLUMNS).expect("a form");
        let mut bytes = Vec::new();
        for page in pages {
            bytes.extend(writer.rows(page).expect("rows"));
        }
        bytes.extend(writer.end().expect("an end"));
        bytes
    }

    #[test]
    fn pages_of_json_are_one_list() {
        let nothing = vec![Value::Nothing; 4];
        let bytes = written(Form::Json, &[vec![row("a")], vec![], vec![nothing, row("b")]]);
        let expected = |name: &str| serde_json::json!({"name": name, "count": 3, "day": "2026-01-31", "amount": "-123.45"});
        let read: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(read, serde_json::json!([expected("a"), {}, expected("b")]));
        assert_eq!(written(Form::Json, &[]), b"[]");
    }

    #[test]
    fn a_text_that_looks_like_a_formula_is_none() {
        let bytes = written(Form::Csv, &[vec![row("=1+1")], vec![row("a, \"b\"")]]);
        let text = String::from_utf8(bytes).expect("text");
        assert_eq!(
            text,
            "name,count,day,amount\n'=1+1,3,2026-01-31,-123.45\n\"a, \"\"b\"\"\",3,2026-01-31,-123.45\n"
        );
        assert_eq!(written(Form::Csv, &[]), b"name,count,day,amount\n");
    }

    #[test]
    fn a_spreadsheet_and_a_parquet_file_begin_and_end_as_such() {
        let pages = [vec![row("a")], vec![row("b")]];
        assert!(written(Form::Xlsx, &pages).starts_with(b"PK"));
        let parquet = written(Form::Parquet, &pages);
        assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
        let empty = written(Form::Parquet, &[]);
        assert!(empty.starts_with(b"PAR1") && empty.ends_with(b"PAR1"));
    }
}

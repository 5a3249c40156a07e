//! A report as a Parquet file: a row group for each page, so that no more than a page is held. Amounts are whole
//! numbers of minor units, in columns whose name ends in `Minor`; the currency stands in a column of its own. Days are
//! `DATE`.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use loam_book::report::{Column, Kind, Row, Value};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::write::Unwritten;

/// What has been written and not been sent.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(super) struct ParquetWriter {
    file: SerializedFileWriter<Sink>,
    sink: Sink,
    columns: &'static [Column],
}

impl ParquetWriter {
    pub(super) fn new(columns: &'static [Column]) -> Result<ParquetWriter, Unwritten> {
        let sink = Sink::default();
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let schema = Arc::new(schema_of(columns).map_err(unwritten)?);
        let file =
            SerializedFileWriter::new(sink.clone(), schema, Arc::new(properties)).map_err(unwritten)?;
        Ok(ParquetWriter { file, sink, columns })
    }

    pub(super) fn add(&mut self, rows: &[Row]) -> Result<Vec<u8>, Unwritten> {
        if !rows.is_empty() {
            let mut group = self.file.next_row_group().map_err(unwritten)?;
            for (place, column) in self.columns.iter().enumerate() {
                let values = rows.iter().map(|row| &row[place]);
                write_column(&mut group, column.kind, &values.collect::<Vec<_>>()).map_err(unwritten)?;
            }
            group.close().map_err(unwritten)?;
        }
        Ok(self.sink.take())
    }

    pub(super) fn end(self: Box<Self>) -> Result<Vec<u8>, Unwritten> {
        let ParquetWriter { file, sink, .. } = *self;
        file.close().map_err(unwritten)?;
        Ok(sink.take())
    }
}

fn schema_of(columns: &[Column]) -> Result<Type, ParquetError> {
    let field = |column: &Column| {
        let (name, physical, logical) = match column.kind {
            Kind::Text => (column.name.to_owned(), Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Count => (column.name.to_owned(), Physical::INT64, None),
            Kind::Day => (column.name.to_owned(), Physical::INT32, Some(LogicalType::Date)),
            Kind::Money => (format!("{}Minor", column.name), Physical::INT64, None),
        };
        let field = Type::primitive_type_builder(&name, physical).with_repetition(Repetition::OPTIONAL);
        field.with_logical_type(logical).build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<Vec<_>, ParquetError>>()?;
    Type::group_type_builder("report").with_fields(fields).build()
}

fn write_column(
    group: &mut SerializedRowGroupWriter<'_, Sink>,
    kind: Kind,
    values: &[&Value],
) -> Result<(), ParquetError> {
    let mut column = group.next_column()?.ok_or_else(|| ParquetError::General("no column is left".into()))?;
    let levels: Vec<i16> = values.iter().map(|value| i16::from(**value != Value::Nothing)).collect();
    match kind {
        Kind::Text => {
            let texts = values.iter().filter_map(|value| match value {
                Value::Text(text) => Some(ByteArray::from(text.as_str())),
                Value::Nothing | Value::Count(_) | Value::Day(_) | Value::Money(..) => None,
            });
            column.typed::<ByteArrayType>().write_batch(&texts.collect::<Vec<_>>(), Some(&levels), None)?;
        }
        Kind::Day => {
            let days = values.iter().filter_map(|value| match value {
                Value::Day(day) => Some(epoch_day(*day)),
                Value::Nothing | Value::Count(_) | Value::Text(_) | Value::Money(..) => None,
            });
            column.typed::<Int32Type>().write_batch(&days.collect::<Vec<_>>(), Some(&levels), None)?;
        }
        Kind::Count | Kind::Money => {
            let numbers = values.iter().filter_map(|value| match value {
                Value::Count(count) => Some(*count),
                Value::Money(amount, _) => Some(amount.minor()),
                Value::Nothing | Value::Day(_) | Value::Text(_) => None,
            });
            column.typed::<Int64Type>().write_batch(&numbers.collect::<Vec<_>>(), Some(&levels), None)?;
        }
    }
    column.close()
}

/// Days since the first of January 1970.
fn epoch_day(day: jiff::civil::Date) -> i32 {
    jiff::civil::date(1970, 1, 1).until(day).map_or(0, |span| span.get_days())
}

fn unwritten(error: ParquetError) -> Unwritten {
    Unwritten(error.to_string())
}

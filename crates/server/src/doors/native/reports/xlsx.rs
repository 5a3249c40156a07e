//! A report as a spreadsheet. It is held whole until its end, so it takes a bounded number of rows.

use jiff::civil::Date;
use loam_book::report::{Column, Kind, Row, Value};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::write::{Unwritten, text_of};

/// The most rows; whoever needs more asks for another form.
const MOST_ROWS: u32 = 100_000;
/// How many digits of a number a spreadsheet keeps.
const DIGITS: usize = 15;
/// How days are shown, and how wide a column must be for it: a narrower one shows nothing of them.
const DAY_FORMAT: &str = "yyyy-mm-dd";
const DAY_WIDTH: u32 = 12;

pub(super) struct Sheet {
    workbook: Workbook,
    columns: &'static [Column],
    /// The next row; the head is row 0.
    next: u32,
}

impl Sheet {
    pub(super) fn new(name: &str, columns: &'static [Column]) -> Result<Sheet, Unwritten> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        let head = Format::new().set_bold();
        let write = |sheet: &mut Worksheet| -> Result<(), XlsxError> {
            sheet.set_name(name)?;
            for (place, column) in (0..).zip(columns) {
                sheet.write_string_with_format(0, place, column.name, &head)?;
                if column.kind == Kind::Day {
                    sheet.set_column_width(place, DAY_WIDTH)?;
                }
            }
            sheet.set_freeze_panes(1, 0)?;
            Ok(())
        };
        write(sheet).map_err(unwritten)?;
        Ok(Sheet { workbook, columns, next: 1 })
    }

    pub(super) fn add(&mut self, rows: &[Row]) -> Result<(), Unwritten> {
        for row in rows {
            if self.next > MOST_ROWS {
                return Err(Unwritten(format!("a spreadsheet takes {MOST_ROWS} rows at most")));
            }
            let sheet = self.workbook.worksheet_from_index(0).map_err(unwritten)?;
            for (place, value) in (0..).zip(row) {
                write(sheet, (self.next, place), value).map_err(unwritten)?;
            }
            self.next += 1;
        }
        Ok(())
    }

    pub(super) fn end(mut self: Box<Self>) -> Result<Vec<u8>, Unwritten> {
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let sheet = self.workbook.worksheet_from_index(0).map_err(unwritten)?;
        sheet.autofilter(0, 0, self.next - 1, last).map_err(unwritten)?;
        self.workbook.save_to_buffer().map_err(unwritten)
    }
}

fn write(sheet: &mut Worksheet, (row, column): (u32, u16), value: &Value) -> Result<(), XlsxError> {
    let text = text_of(value);
    match value {
        Value::Nothing => {}
        Value::Text(_) => sheet.write_string(row, column, text).map(|_| ())?,
        Value::Day(day) => write_day(sheet, (row, column), *day, text)?,
        Value::Count(_) | Value::Money(..) => write_figure(sheet, (row, column), value, text)?,
    }
    Ok(())
}

/// Days of this format begin with the year 1900: one before that stays a text.
fn write_day(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    day: Date,
    text: String,
) -> Result<(), XlsxError> {
    let parts = (u16::try_from(day.year()), u8::try_from(day.month()), u8::try_from(day.day()));
    let known = match parts {
        (Ok(year), Ok(month), Ok(day)) => ExcelDateTime::from_ymd(year, month, day).ok(),
        _ => None,
    };
    let Some(known) = known else { return sheet.write_string(row, column, text).map(|_| ()) };
    let format = Format::new().set_num_format(DAY_FORMAT);
    sheet.write_datetime_with_format(row, column, &known, &format).map(|_| ())
}

/// The format keeps numbers in binary with fifteen digits: what has more stays a text, so that nothing is lost. Nothing
/// is calculated here.
#[expect(clippy::disallowed_types, reason = "the cells of this format are binary numbers")]
fn write_figure(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Value,
    text: String,
) -> Result<(), XlsxError> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    match text.parse::<f64>() {
        Ok(number) if digits <= DIGITS => {
            let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            let shown = if let Value::Money(_, currency) = value {
                usize::from(currency.digits()).max(decimals)
            } else {
                0
            };
            let pattern = if shown == 0 { "0".to_owned() } else { format!("#,##0.{}", "0".repeat(shown)) };
            let format = Format::new().set_num_format(pattern);
            sheet.write_number_with_format(row, column, number, &format).map(|_| ())
        }
        Ok(_) | Err(_) => sheet.write_string(row, column, text).map(|_| ()),
    }
}

fn unwritten(error: XlsxError) -> Unwritten {
    Unwritten(error.to_string())
}

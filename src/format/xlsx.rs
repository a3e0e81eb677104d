//! Workbooks (Office Open XML, ECMA-376): a row of one sheet is an item.
//!
//! The archive has been weighed before (see `archive`). Cells are taken one by
//! one, because a sheet of two cells in opposite corners is a table of
//! seventeen thousand million cells to who lays it out whole.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError};
use jiff::civil::{Date, Time};

use super::input::Input;
use super::plan::Plan;
use super::table::{MOST_COLUMNS, Table};
use super::{Format, FormatError, Language, MOST_ITEMS};
use crate::model::item::Parsed;
use crate::model::text::one_line;

/// The row of this format.
pub const FORMAT: Format = Format {
    word: "xlsx",
    doc: "a workbook (Office Open XML): a row of a `sheet` is an item",
    language: Language::Name,
    is_feed: true,
    // Its bytes are no text; `archive` knows it.
    recognise: |_| false,
    read,
};

/// How many sheets are looked at to find one that holds anything.
const MOST_SHEETS: usize = 100;

/// How far down the line with the columns' names is searched for: titles and remarks stand above it.
const PREFACE: usize = 100;

/// What a cell takes beside its text, in bytes.
const CELL: usize = size_of::<String>() + 16;

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

fn read(input: &Input<'_>, plan: &Plan) -> Result<Parsed, FormatError> {
    if !input.is_workbook {
        return Err(FormatError::unreadable("the document is no workbook: expected an Office Open XML file (.xlsx)"));
    }
    let mut workbook: Workbook<'_> = Xlsx::new(Cursor::new(input.bytes)).map_err(damaged)?;
    let (name, sheet) = chosen(&mut workbook, plan, input.room)?;
    let begins = if plan.without_header { None } else { Some(header_line(&sheet.rows, plan)) };
    let header = begins.and_then(|at| sheet.rows.get(at).cloned()).unwrap_or_else(|| sheet.widest());
    let mut table = Table::new(FORMAT.word, &texts(&header.cells), plan, input)?;
    table.title(&name);
    sheet.notes.into_iter().for_each(|note| table.warn(note));
    for row in sheet.rows.iter().skip(begins.map_or(0, |at| at + 1)) {
        let mut cells = texts(&row.cells);
        // A row ends with its last filled cell; that is no ragged table.
        cells.resize(cells.len().max(header.cells.len()), "");
        if !table.row(&cells, u64::from(row.number)) {
            break;
        }
    }
    Ok(table.finish())
}

fn damaged(error: XlsxError) -> FormatError {
    FormatError::unreadable(format!("the workbook cannot be read: {error}"))
}

fn texts(cells: &[String]) -> Vec<&str> {
    cells.iter().map(String::as_str).collect()
}

/// A row with its number as the program shows it, from 1.
#[derive(Debug, Clone, Default, PartialEq)]
struct Row {
    number: u32,
    cells: Vec<String>,
}

impl Row {
    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.trim().is_empty()).count()
    }
}

/// The rows of a sheet that hold anything.
#[derive(Debug, Default)]
struct Sheet {
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Sheet {
    /// A row as wide as the widest, to count the columns of a table without a header.
    fn widest(&self) -> Row {
        self.rows.iter().max_by_key(|row| row.cells.len()).cloned().unwrap_or_default()
    }
}

/// The sheet that is named, else the first that holds anything.
fn chosen(workbook: &mut Workbook<'_>, plan: &Plan, room: u64) -> Result<(String, Sheet), FormatError> {
    let names = workbook.sheet_names();
    let known = || {
        let shown: Vec<String> = names.iter().take(20).map(|name| format!("`{}`", one_line(name, 40))).collect();
        shown.join(", ")
    };
    let wanted: Vec<&String> = match plan.sheet.as_deref() {
        Some(sheet) => names.iter().filter(|name| name.trim().eq_ignore_ascii_case(sheet.trim())).collect(),
        None => names.iter().take(MOST_SHEETS).collect(),
    };
    for name in wanted {
        let sheet = read_sheet(workbook, name, room)?;
        if !sheet.rows.is_empty() {
            return Ok((name.clone(), sheet));
        }
    }
    Err(FormatError::unreadable(match plan.sheet.as_deref() {
        Some(sheet) => format!("the workbook has no sheet `{sheet}` with anything in it; its sheets are {}", known()),
        None => format!("no sheet of the workbook holds anything; its sheets are {}", known()),
    }))
}

/// Reads the cells of a sheet; what goes beyond a bound is left out with a note.
fn read_sheet(workbook: &mut Workbook<'_>, name: &str, room: u64) -> Result<Sheet, FormatError> {
    let mut cells = match workbook.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // A sheet of charts has no cells.
        Err(XlsxError::WorksheetNotFound(_)) => return Ok(Sheet::default()),
        Err(error) => return Err(damaged(error)),
    };
    let mut sheet = Sheet::default();
    // One text may be named by every cell, so that the sheet is longer than its file.
    let mut left = room;
    loop {
        let cell = match cells.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            Err(error) => {
                sheet.notes.push(format!("the sheet is damaged ({error}); what comes before that was read"));
                break;
            }
        };
        let ((row, column), text) = (cell.get_position(), shown(cell.get_value()));
        let Some(rest) = left.checked_sub((text.len() + CELL) as u64) else {
            sheet.notes.push(format!("the sheet's cells take more than {room} bytes of memory, the limit set by [http] max_body; the rest was left out"));
            break;
        };
        left = rest;
        if sheet.rows.len() > MOST_ITEMS + PREFACE {
            break;
        }
        sheet.put(row, column as usize, text);
    }
    Ok(sheet)
}

impl Sheet {
    fn put(&mut self, row: u32, column: usize, text: String) {
        if text.trim().is_empty() {
            return;
        }
        if column >= MOST_COLUMNS {
            let note = format!("only the first {MOST_COLUMNS} columns were read");
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
            return;
        }
        let number = row.saturating_add(1);
        if self.rows.last().is_none_or(|last| last.number != number) {
            self.rows.push(Row { number, cells: Vec::new() });
        }
        let Some(last) = self.rows.last_mut() else { return };
        if last.cells.len() <= column {
            last.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = last.cells.get_mut(column) {
            *cell = text;
        }
    }
}

/// Where the columns' names stand: the first line with all that the configuration names, else the first with two cells.
fn header_line(rows: &[Row], plan: &Plan) -> usize {
    let named: Vec<&str> = plan.places().map(|place| place.written.as_str()).collect();
    let holds_all = |row: &Row| named.iter().all(|name| row.cells.iter().any(|cell| cell.trim() == *name));
    let mut preface = rows.iter().take(PREFACE);
    let configured = (!named.is_empty()).then(|| preface.clone().position(holds_all)).flatten();
    configured.or_else(|| preface.position(|row| row.filled() > 1)).unwrap_or(0)
}

/// A cell as a table would write it: numbers in digits, times as ISO 8601 without a zone, which a workbook never has.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.is_finite() => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(is_true) => is_true.to_string(),
        DataRef::DateTime(at) => time(at),
        // `#N/A` is no value, and what is not a number is none either.
        DataRef::Float(_) | DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn time(at: &ExcelDateTime) -> String {
    if at.is_duration() {
        return at.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let small = |number: u8| i8::try_from(number).unwrap_or_default();
    let date = i16::try_from(year).ok().and_then(|year| Date::new(year, small(month), small(day)).ok());
    let clock = Time::new(small(hour), small(minute), small(second), 0).ok();
    match (date, clock) {
        (Some(date), Some(clock)) if clock == Time::midnight() => date.to_string(),
        (Some(date), Some(clock)) => format!("{date} {clock}"),
        // The 29th of February 1900, which was none.
        _ => String::new(),
    }
}

//! Reads CSV as RFC 4180 defines it: a header with the names of the columns, quoted cells, and an object for each row.

use csv_core::{ReadFieldResult, Reader};
use smol_str::SmolStr;

use super::json::{duplicates, too_large};
use super::limits::MAX_NODES;
use super::messages;
use super::tree::{Tree, TreeKey, TreeKind};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

/// A cell with its span, which includes quotes.
struct Cell {
    span: Span,
    text: String,
    is_quoted: bool,
}

/// Reads a text as a list of objects. An empty cell without quotes is null; others are text.
///
/// # Errors
/// A text that is too large, a column without a name of its own, a row of another length, or a cell that is not closed.
pub fn read(file: FileId, text: &str) -> Result<Tree, Box<Diagnostic>> {
    too_large(file, text)?;
    let mut rows = rows(file, text)?.into_iter();
    let Some(header) = rows.next() else {
        return Ok(Tree { span: Span::new(file, 0, 0), kind: TreeKind::List(Vec::new()) });
    };
    let names: Vec<TreeKey> =
        header.iter().map(|cell| TreeKey { text: SmolStr::new(&cell.text), span: cell.span }).collect();
    if let Some(unnamed) = names.iter().find(|name| name.text.is_empty()) {
        return Err(messages::column_without_name(unnamed.span).into());
    }
    duplicates(&names.iter().map(|name| (name.clone(), Tree::default())).collect::<Vec<_>>())?;
    let mut items = Vec::new();
    for row in rows {
        let span = row.first().zip(row.last()).map_or(Span::new(file, 0, 0), |(a, b)| a.span.to(b.span));
        if row.len() != names.len() {
            return Err(messages::wrong_number_of_cells(span, row.len(), names.len()).into());
        }
        if items.len() * names.len() > MAX_NODES {
            return Err(messages::too_many_unfolded_values(span).into());
        }
        let cells = names.iter().zip(row).map(|(name, cell)| {
            let kind = if cell.text.is_empty() && !cell.is_quoted { TreeKind::Null } else { TreeKind::Text(cell.text) };
            (name.clone(), Tree { span: cell.span, kind })
        });
        items.push(Tree { span, kind: TreeKind::Map(cells.collect()) });
    }
    Ok(Tree { span: Span::new(file, 0, text.len() as u32), kind: TreeKind::List(items) })
}

fn rows(file: FileId, text: &str) -> Result<Vec<Vec<Cell>>, Box<Diagnostic>> {
    let mut reader = Reader::new();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut out: Vec<Vec<Cell>> = Vec::new();
    let mut row: Vec<Cell> = Vec::new();
    let mut buffer = vec![0u8; 256];
    let (mut start, mut written) = (at, 0);
    loop {
        let (result, read, wrote) = reader
            .read_field(text.as_bytes().get(at..).unwrap_or_default(), buffer.get_mut(written..).unwrap_or_default());
        at += read;
        written += wrote;
        match result {
            ReadFieldResult::OutputFull => buffer.resize(buffer.len() * 2, 0),
            // An empty input ends the last cell.
            ReadFieldResult::InputEmpty => {}
            ReadFieldResult::Field { record_end } => {
                let source = text.get(start..at).unwrap_or_default();
                // The reader leaves the second half of a line end to the next row.
                let trimmed = if row.is_empty() { source.trim_start_matches(['\r', '\n']) } else { source };
                let first = start + source.len() - trimmed.len();
                let shown = trimmed.trim_end_matches(['\r', '\n']);
                let shown =
                    if at < text.len() || !record_end { shown.strip_suffix(',').unwrap_or(shown) } else { shown };
                let span = Span::new(file, first as u32, (first + shown.len()) as u32);
                let is_quoted = shown.starts_with('"');
                if is_quoted && (shown.len() < 2 || !shown.ends_with('"')) {
                    return Err(messages::unclosed_quotes(span).into());
                }
                let bytes = buffer.get(..written).unwrap_or_default();
                row.push(Cell { span, text: String::from_utf8_lossy(bytes).into_owned(), is_quoted });
                (start, written) = (at, 0);
                if record_end {
                    out.push(std::mem::take(&mut row));
                }
            }
            ReadFieldResult::End => return Ok(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<String, String> {
        read(FileId(0), text).map(|tree| tree.json().to_string()).map_err(|d| d.message)
    }

    #[test]
    fn cells_are_read_as_rfc_4180_defines_them() {
        assert_eq!(json("id,size\na,1\nb,\n").unwrap(), r#"[{"id":"a","size":"1"},{"id":"b","size":null}]"#);
        assert_eq!(
            json("\u{feff}id,\"a \"\"b\"\"\"\r\n\"x,\ny\",\"\"\r\n").unwrap(),
            r#"[{"id":"x,\ny","a \"b\"":""}]"#
        );
        assert_eq!(json("id\nä").unwrap(), r#"[{"id":"ä"}]"#);
        assert_eq!(json("").unwrap(), "[]");
        assert_eq!(json("id\n").unwrap(), "[]");
        for wrong in ["id,id\n", "id,\n", "a,b\n1\n", "a\n1,2\n", "a\n\"x\n"] {
            assert!(json(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn spans_are_those_of_the_cells() {
        let text = "id,name\r\n1,\"ä, b\"\r\n2,c";
        let tree = read(FileId(0), text).unwrap();
        let spans: Vec<&str> = tree
            .items()
            .iter()
            .flat_map(Tree::entries)
            .map(|(_, cell)| &text[cell.span.start as usize..cell.span.end as usize])
            .collect();
        assert_eq!(spans, ["1", "\"ä, b\"", "2", "c"]);
    }
}

//! Renders Markdown for a terminal: wrapped, optionally with colors.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use textwrap::{Options, wrap};

use crate::diag::render::Style;
use crate::syntax::tokens::{Lexeme, Tokens};
use crate::syntax::words;

/// The maximum line width, for readability.
const WIDEST: usize = 100;

const BOLD: &str = "1";
const HEADING: &str = "1;36";
const CODE: &str = "36";
const KEYWORD: &str = "35";
const STRING: &str = "32";
const COMMENT: &str = "2";

/// Renders Markdown: headings, paragraphs, lists and code. Code in the language is highlighted; lines that are not in the
/// code before it are marked with `+`.
pub fn render(markdown: &str, style: Style) -> String {
    let mut page = Page {
        out: String::new(),
        text: String::new(),
        code: None,
        before: Vec::new(),
        link: String::new(),
        depth: 0,
        item: false,
        style,
    };
    Parser::new(markdown).for_each(|event| page.event(event));
    page.out
}

struct Page {
    out: String,
    /// The block of text being collected.
    text: String,
    /// The language of the code being collected.
    code: Option<String>,
    /// The lines of the last code, to mark those that the next one changes.
    before: Vec<String>,
    /// Where the link being collected leads.
    link: String,
    /// How many lists are open.
    depth: usize,
    /// The next block is the first of a list item.
    item: bool,
    style: Style,
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                self.flush();
                self.code = Some(match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                });
            }
            Event::End(TagEnd::CodeBlock) => self.end_code(),
            Event::Start(Tag::List(_)) => {
                self.flush();
                self.depth += 1;
            }
            Event::End(TagEnd::List(_)) => {
                self.flush();
                self.depth = self.depth.saturating_sub(1);
            }
            Event::Start(Tag::Link { dest_url, .. }) => self.link = dest_url.replace("../", "docs/"),
            Event::End(TagEnd::Link) => {
                let link = std::mem::take(&mut self.link);
                self.text.push_str(&format!(" ({link})"));
            }
            Event::Start(Tag::Item) => self.item = true,
            Event::End(TagEnd::Heading(level)) => {
                let shown = std::mem::take(&mut self.text);
                let text = match level {
                    HeadingLevel::H1 => shown,
                    _ => shown.to_uppercase(),
                };
                self.text = self.painted(HEADING, &text);
                self.flush();
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item) => self.flush(),
            Event::Start(Tag::Strong) if self.style.color => self.text.push_str(&format!("\u{1b}[{BOLD}m")),
            Event::End(TagEnd::Strong) if self.style.color => self.text.push_str("\u{1b}[0m"),
            Event::Text(text) => self.text.push_str(&text),
            Event::Code(code) if self.style.color => self.text.push_str(&paint(CODE, &code)),
            Event::Code(code) => self.text.push_str(&format!("`{code}`")),
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            _ => {}
        }
    }

    fn painted(&self, color: &str, text: &str) -> String {
        if self.style.color { paint(color, text) } else { text.to_owned() }
    }

    /// Ends a block of text.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.trim().is_empty() {
            return;
        }
        let inner = "  ".repeat(self.depth);
        let first = match std::mem::take(&mut self.item) {
            true => format!("{}- ", "  ".repeat(self.depth.saturating_sub(1))),
            false => inner.clone(),
        };
        if !self.out.is_empty() && !first.ends_with("- ") {
            self.out.push('\n');
        }
        let options = Options::new(self.style.width.min(WIDEST)).initial_indent(&first).subsequent_indent(&inner);
        for line in wrap(text.trim(), options) {
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    fn end_code(&mut self) {
        let code = std::mem::take(&mut self.text);
        let language = self.code.take().unwrap_or_default();
        let lines: Vec<String> = code.lines().map(str::to_owned).collect();
        let shown = if language.starts_with("pipe") && self.style.color { highlighted(&code) } else { code };
        self.out.push('\n');
        for (line, shown) in lines.iter().zip(shown.lines()) {
            let changed = !self.before.is_empty() && !self.before.contains(line);
            let mark = if changed { "  + " } else { "    " };
            self.out.push_str(format!("{mark}{shown}").trim_end());
            self.out.push('\n');
        }
        self.before = lines;
    }
}

/// Source with colors.
fn highlighted(source: &str) -> String {
    let mut out = String::new();
    for token in Tokens::of(source) {
        let text = source.get(token.start..token.end).unwrap_or_default();
        let color = match token.kind {
            Lexeme::Comment => COMMENT,
            Lexeme::Str { .. } => STRING,
            Lexeme::Word if words::WORDS.iter().any(|w| w.text == text) => KEYWORD,
            _ => {
                out.push_str(text);
                continue;
            }
        };
        // A string may span lines, and each line is indented separately.
        let lines: Vec<String> = text.split('\n').map(|line| paint(color, line)).collect();
        out.push_str(&lines.join("\n"));
    }
    out
}

fn paint(color: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\u{1b}[{color}m{text}\u{1b}[0m") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(width: usize, color: bool) -> Style {
        Style { color, width, unicode: true }
    }

    #[test]
    fn blocks_are_wrapped_and_code_is_kept() {
        let page = "# A title\n\nOne `word` and\nsome more words.\n\n- first\n- second item\n\n```pipe\nlet a  = 1\n```\n\n## Right\n";
        assert_eq!(
            render(page, style(20, false)),
            "A title\n\nOne `word` and some\nmore words.\n- first\n- second item\n\n    let a  = 1\n\nRIGHT\n"
        );
    }

    #[test]
    fn changed_lines_are_marked_and_links_shown() {
        let page = "```pipe\na\nb\n```\n\n```pipe\na\nc\n```\n\nSee [b](../b.md).\n";
        assert_eq!(render(page, style(80, false)), "\n    a\n    b\n\n    a\n  + c\n\nSee b (docs/b.md).\n");
    }

    #[test]
    fn colors_do_not_count_as_columns() {
        let page = "`aaaa` `bbbb` `cccc`\n";
        let plain = render(page, style(20, true)).replace("\u{1b}[36m", "").replace("\u{1b}[0m", "");
        assert_eq!(plain, "aaaa bbbb cccc\n");
    }
}

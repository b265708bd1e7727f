//! Renders diagnostics for a terminal, with miette. The only file that uses miette.

use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};

use super::{Diagnostic, Severity};
use crate::source::{SourceFile, SourceMap, Span, plain};

/// How to render.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// ANSI colors.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Box-drawing characters instead of ASCII.
    pub unicode: bool,
}

/// Renders a diagnostic with its source.
pub fn human(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let theme = match (style.color, style.unicode) {
        (true, true) => GraphicalTheme::unicode(),
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (true, false) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    let icon = theme.characters.advice.clone();
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width).with_context_lines(1);
    let mut out = String::new();
    let shown = Shown::new(diagnostic, sources);
    if shown.has_long_lines() {
        // A very long line is unreadable, and miette cannot draw it.
        out = super::formats::one_line(diagnostic, sources);
        if let Some(help) = &diagnostic.help {
            out.push_str(&format!("\n  help: {}", plain::lines(help)));
        }
        return out + "\n";
    }
    if handler.render_report(&mut out, &shown).is_err() {
        // Writing to a string does not fail; this is the fallback if miette does.
        out = super::formats::one_line(diagnostic, sources);
    }
    // miette heads the parts in other files as advice, which looks like a second problem.
    let is_heading = |line: &&str| line.trim_end().ends_with("Advice:");
    let with_icon = format!("{icon} {ELSEWHERE}");
    let lines = out.lines().filter(|line| shown.others.is_empty() || !is_heading(line));
    lines.map(|line| line.trim_end().replacen(&with_icon, ELSEWHERE, 1)).collect::<Vec<_>>().join("\n") + "\n"
}

/// The heading of a part in another file.
const ELSEWHERE: &str = "in another file";

/// The longest line to draw, in bytes.
const LONG_LINE: u32 = 4096;

/// A file, of which miette reads only the lines that it draws.
struct Window<'a> {
    file: Option<&'a SourceFile>,
    name: String,
}

impl SourceCode for Window<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let file = self.file.ok_or(MietteError::OutOfBounds)?;
        let lines = file.lines();
        let first = lines.line(span.offset() as u32).saturating_sub(before);
        let last = lines.line((span.offset() + span.len()) as u32) + after;
        let start = lines.line_start(first);
        let end = if last + 1 < lines.count() { lines.line_start(last + 1) } else { file.text.len() as u32 };
        let data = file.shown().get(start as usize..end as usize).ok_or(MietteError::OutOfBounds)?;
        let place = SourceSpan::new((start as usize).into(), data.len());
        // miette requests the header position without context, and the lines to draw with context.
        let column = if before == 0 && after == 0 {
            let at = lines.position(&file.text, span.offset() as u32);
            at.column.saturating_sub(1) as usize
        } else {
            0
        };
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, place, first, column, last + 1 - first)))
    }
}

/// The part of a diagnostic that belongs to one file, for miette.
struct Shown<'a> {
    head: Option<(String, String, Severity)>,
    source: Window<'a>,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    others: Vec<Shown<'a>>,
}

impl<'a> Shown<'a> {
    fn has_long_lines(&self) -> bool {
        let long = |label: &LabeledSpan| {
            self.source.file.is_some_and(|f| {
                let line = f.lines().line(label.offset() as u32);
                (line.saturating_sub(1)..line + 2)
                    .any(|l| f.lines().line_start(l + 1).saturating_sub(f.lines().line_start(l)) > LONG_LINE)
                    || (f.lines().count() == line + 1 && f.text.len() as u32 - f.lines().line_start(line) > LONG_LINE)
            })
        };
        self.labels.iter().any(long) || self.others.iter().any(Shown::has_long_lines)
    }

    fn new(diagnostic: &Diagnostic, sources: &'a SourceMap) -> Shown<'a> {
        let mut labels = vec![label(diagnostic.span, &diagnostic.label, true)];
        let mut others: Vec<(Span, &str)> = Vec::new();
        for related in &diagnostic.related {
            if related.span.file == diagnostic.span.file {
                labels.push(label(related.span, &related.message, false));
            } else {
                others.push((related.span, &related.message));
            }
        }
        Shown {
            head: Some((
                diagnostic.code.id().to_owned(),
                plain::line(&diagnostic.message).into_owned(),
                diagnostic.severity,
            )),
            source: named(sources, diagnostic.span),
            labels,
            help: diagnostic.help.as_deref().map(|h| plain::lines(h).into_owned()),
            others: others
                .into_iter()
                .map(|(span, message)| Shown {
                    head: None,
                    source: named(sources, span),
                    labels: vec![label(span, message, true)],
                    help: None,
                    others: Vec::new(),
                })
                .collect(),
        }
    }
}

fn named(sources: &SourceMap, span: Span) -> Window<'_> {
    Window {
        file: sources.get(span.file),
        name: plain::line(&sources.path(span.file).display().to_string()).into_owned(),
    }
}

fn label(span: Span, text: &str, primary: bool) -> LabeledSpan {
    let place = SourceSpan::new((span.start as usize).into(), (span.end - span.start) as usize);
    let text = (!text.is_empty()).then(|| plain::line(text).into_owned());
    if primary { LabeledSpan::new_primary_with_span(text, place) } else { LabeledSpan::new_with_span(text, place) }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.head {
            Some((_, message, _)) => f.write_str(message),
            None => f.write_str(ELSEWHERE),
        }
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.head.as_ref().map(|(code, ..)| Box::new(code) as Box<dyn fmt::Display>)
    }
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.head {
            Some((_, _, Severity::Error)) => miette::Severity::Error,
            Some((_, _, Severity::Warning)) => miette::Severity::Warning,
            None => miette::Severity::Advice,
        })
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        (!self.others.is_empty()).then(|| Box::new(self.others.iter().map(|o| o as &dyn miette::Diagnostic)) as Box<_>)
    }
}

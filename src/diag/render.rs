//! Diagnostics for a terminal, drawn by miette. The only file that names miette.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode, SourceSpan};

use super::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Box-drawing characters; plain ASCII without.
    pub unicode: bool,
}

/// One diagnostic with its source, ready for a terminal.
pub fn human(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let theme = match (style.color, style.unicode) {
        (true, true) => GraphicalTheme::unicode(),
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (true, false) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width).with_context_lines(1);
    let mut out = String::new();
    let shown = Shown::new(diagnostic, sources);
    if handler.render_report(&mut out, &shown).is_err() {
        // A writer into a string does not fail; this is what a reader gets if miette ever does.
        out = super::formats::one_line(diagnostic, sources);
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

/// One file's part of a diagnostic, in miette's terms.
struct Shown {
    head: Option<(String, String, Severity)>,
    source: NamedSource<String>,
    labels: Vec<LabeledSpan>,
    help: Option<String>,
    others: Vec<Shown>,
}

impl Shown {
    fn new(diagnostic: &Diagnostic, sources: &SourceMap) -> Shown {
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
            head: Some((diagnostic.code.id().to_owned(), diagnostic.message.clone(), diagnostic.severity)),
            source: named(sources, diagnostic.span),
            labels,
            help: diagnostic.help.clone(),
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

fn named(sources: &SourceMap, span: Span) -> NamedSource<String> {
    NamedSource::new(sources.path(span.file).display().to_string(), sources.text(span.file).to_owned())
}

fn label(span: Span, text: &str, primary: bool) -> LabeledSpan {
    let place = SourceSpan::new((span.start as usize).into(), (span.end - span.start) as usize);
    let text = (!text.is_empty()).then(|| text.to_owned());
    if primary { LabeledSpan::new_primary_with_span(text, place) } else { LabeledSpan::new_with_span(text, place) }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.head {
            Some((_, message, _)) => f.write_str(message),
            None => f.write_str("in another file"),
        }
    }
}

impl std::error::Error for Shown {}

impl miette::Diagnostic for Shown {
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

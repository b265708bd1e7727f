//! Answers for editors, as pure functions of a [`Snapshot`], a file and a position. There is no protocol here, and no
//! second implementation of the language: trees come from the parser, meanings from the checker, facts from the
//! table.

mod actions;
mod complete;
mod completion_site;
mod completions;
mod declared;
mod describe;
mod fold;
mod graph;
mod hierarchy;
mod hints;
mod hover;
mod lens;
mod names;
mod rename;
mod snapshot;
mod symbols;
mod tokens;
mod view;
mod vocabulary;
mod within;
mod workspace;

pub use actions::{Refactoring, actions, fix_all};
pub use complete::complete;
pub use completions::{Completion, CompletionKind};
pub use fold::{FoldKind, folds, selections};
pub use graph::graph;
pub use hierarchy::{TaskItem, callees, callers, task_at};
pub use hints::{Hint, hints};
pub use hover::{Hover, hover};
pub use lens::{Lens, LensKind, lenses};
pub use names::{Destination, definition, highlights, references};
pub use rename::{RenameError, renamable, rename};
pub use snapshot::Snapshot;
pub use symbols::{Symbol, SymbolKind, all_symbols, symbols};
pub use tokens::{Highlighted, TokenKind, tokens};
pub use view::FileContext;
pub use workspace::EditorWorkspace;

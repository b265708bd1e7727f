//! Answers for editors: pure functions of a [`Snapshot`], a file and a place in it. No protocol, and no second
//! implementation of the language: trees come from the parser, meanings from the checker, facts from the table.

mod actions;
mod complete;
mod declared;
mod describe;
mod fold;
mod graph;
mod hierarchy;
mod hints;
mod hover;
mod lens;
mod names;
mod offer;
mod rename;
mod slot;
mod snapshot;
mod symbols;
mod tokens;
mod view;
mod vocabulary;
mod within;
mod workspace;

pub use actions::{Action, actions, fix_all};
pub use complete::complete;
pub use fold::{FoldKind, folds, selections};
pub use graph::graph;
pub use hierarchy::{Task, callees, callers, task_at};
pub use hints::{Hint, hints};
pub use hover::{Hover, hover};
pub use lens::{Lens, LensKind, lenses};
pub use names::{Place, definition, highlights, references};
pub use offer::{Completion, CompletionKind};
pub use rename::{RenameError, renamable, rename};
pub use snapshot::Snapshot;
pub use symbols::{Symbol, SymbolKind, all_symbols, symbols};
pub use tokens::{Token, TokenKind, tokens};
pub use view::View;
pub use workspace::Workspace;

//! All tests except cases on disk and the parser steps, in one executable, so that the library is linked once.

mod advise;
mod architecture;
mod cli;
mod deploy;
mod docs;
mod editors;
mod emit;
mod errors;
mod format;
mod found_offline;
mod graph;
mod hostile;
mod import;
mod local;
mod lsp_soak;
mod new;
mod properties;
mod prose;
mod settings;
mod support;
mod wheels;

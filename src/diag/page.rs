//! The pages of codes.

use super::Code;

/// The page of a code in Markdown: what it means, a wrong program, a right program.
pub fn page(code: Code) -> &'static str {
    code.page_source()
}

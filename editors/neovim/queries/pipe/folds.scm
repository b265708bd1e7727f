; Made from editors/tree-sitter-pipe/queries: `UPDATE=1 cargo test --test suite editors::`.

[
  (block)
  (list)
  (arguments)
  (text_block)
] @fold

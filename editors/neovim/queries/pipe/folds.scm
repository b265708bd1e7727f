; Made from editors/tree-sitter-pipe/queries: `UPDATE=1 cargo test --test editors`.

[
  (block)
  (list)
  (arguments)
  (text_block)
] @fold

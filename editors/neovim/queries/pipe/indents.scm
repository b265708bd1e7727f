; Made from editors/tree-sitter-pipe/queries: `UPDATE=1 cargo test --test suite editors::`.

[
  (block)
  (list)
  (arguments)
] @indent.begin

[
  "}"
  "]"
  ")"
] @indent.branch @indent.end

(text_block) @indent.ignore

[
  (block)
  (list)
  (arguments)
  (text_block)
] @fold

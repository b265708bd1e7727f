; Made from editors/tree-sitter-pipe/queries: `UPDATE=1 cargo test --test suite editors::`.

; A string that starts like a SQL statement.
((string (string_content) @injection.content)
  (#match? @injection.content "^\\s*(SELECT|WITH|INSERT INTO|MERGE INTO|CREATE|UPDATE|DELETE FROM|select|with|insert into|merge into|create|update|delete from)\\s")
  (#set! injection.language "sql"))

((text_block (string_content) @injection.content)
  (#match? @injection.content "^\\s*(SELECT|WITH|INSERT INTO|MERGE INTO|CREATE|UPDATE|DELETE FROM|select|with|insert into|merge into|create|update|delete from)\\s")
  (#set! injection.language "sql"))

; dbt commands are command lines.
((call
  callee: (dbt)
  (arguments (argument value: (string (string_content) @injection.content))))
  (#set! injection.language "bash"))

((entry
  key: (identifier) @_key
  value: (list (string (string_content) @injection.content)))
  (#eq? @_key "commands")
  (#set! injection.language "bash"))

-- Tests highlighting, folding and injections in Neovim, with a compiled tree-sitter parser:
--   nvim --headless -u NONE --cmd 'set rtp^=SITE,editors/neovim' -l tests/editors/neovim_tree_sitter.lua examples
local folder = _G.arg[1]

local function fail(what)
  io.stderr:write('neovim: ' .. what .. '\n')
  os.exit(1)
end

vim.cmd('filetype plugin on')
vim.cmd.runtime({ 'ftdetect/*', bang = true })

local function open(path)
  vim.cmd.edit(path)
  if not vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()] then
    fail('tree-sitter does not colour ' .. path)
  end
  vim.treesitter.get_parser():parse(true)
end

--- The line and column of a text, from 0.
local function find(text)
  for line, content in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local first = content:find(text, 1, true)
    if first then
      return line - 1, first - 1
    end
  end
  fail('the file has no ' .. text)
end

local function expect(text, behind, capture)
  local line, column = find(text)
  local names = vim.iter(vim.treesitter.get_captures_at_pos(0, line, column + behind)):map(function(c)
    return c.capture
  end)
  names = names:totable()
  if not vim.list_contains(names, capture) then
    fail(('%s is %s, not %s'):format(text, vim.inspect(names), capture))
  end
end

open(folder .. '/churn/pipeline.pipe')
expect('pipeline churn_training', 0, 'keyword')
expect('pipeline churn_training', 9, 'type.definition')
expect('step train', 5, 'function')
expect('churn.train:fit', 0, 'module')
expect('churn.train:fit', 12, 'function.call')
expect('timeout_seconds', 0, 'property')
expect('A100', 0, 'constant')
expect('## Trains', 0, 'comment.documentation')

-- Folds start with bodies, and are nested.
local line = find('pipeline churn_training') + 1
if vim.fn.foldlevel(line) ~= 1 or vim.fn.foldlevel(line + 2) ~= 2 then
  fail(('folds have the levels %d and %d'):format(vim.fn.foldlevel(line), vim.fn.foldlevel(line + 2)))
end

open(folder .. '/sql_dbt/pipeline.pipe')
-- Neovim includes no parser for bash, so only the injection is checked.
local query = vim.treesitter.query.get('pipe', 'injections')
local found = {}
for _, match, metadata in query:iter_matches(vim.treesitter.get_parser():trees()[1]:root(), 0) do
  for id, nodes in pairs(match) do
    if query.captures[id] == 'injection.content' then
      found[vim.treesitter.get_node_text(nodes[1], 0)] = metadata['injection.language']
    end
  end
end
if found['dbt deps'] ~= 'bash' then
  fail('the texts in other languages are ' .. vim.inspect(found))
end
print('neovim ' .. tostring(vim.version()) .. ' and the tree-sitter grammar understand each other')

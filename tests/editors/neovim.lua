-- Tests the language server in Neovim, with the files of `editors/`:
--   nvim --headless -u NONE --cmd 'set rtp^=editors/neovim,editors/vim' -l tests/editors/neovim.lua PIPEC FOLDER
local pipec, folder = _G.arg[1], _G.arg[2]

local function fail(what)
  io.stderr:write('neovim: ' .. what .. '\n')
  os.exit(1)
end

local function wait(what, f)
  if not vim.wait(15000, f, 20) then
    fail('waited in vain for ' .. what)
  end
end

vim.cmd('filetype plugin indent on')
vim.cmd('syntax on')
vim.cmd.runtime({ 'ftdetect/*', bang = true })
vim.lsp.config('pipec', { cmd = { pipec, 'lsp' } })
vim.lsp.enable('pipec')
vim.cmd.edit(folder .. '/pipeline.pipe')
local buffer = vim.api.nvim_get_current_buf()
if vim.bo.filetype ~= 'pipe' then
  fail('the file type is ' .. vim.bo.filetype)
end
if vim.b.current_syntax ~= 'pipe' then
  fail('there is no syntax')
end
wait('the client', function()
  return #vim.lsp.get_clients({ bufnr = buffer, name = 'pipec' }) == 1
end)
local client = vim.lsp.get_clients({ bufnr = buffer })[1]
wait('the server', function()
  return client.initialized
end)
print('encoding', client.offset_encoding)

--- Moves the cursor to the last letter of the first occurrence of a text; returns line and column, from 0.
local function go(text)
  for line, content in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    local _, last = content:find(text, 1, true)
    if last then
      vim.api.nvim_win_set_cursor(0, { line, last - 1 })
      return line - 1, last - 1
    end
  end
  fail('the file has no ' .. text)
end

local function ask(method, extra)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local answer = client:request_sync(method, vim.tbl_extend('force', params, extra or {}), 15000, buffer)
  if not answer or answer.err then
    fail(method .. ': ' .. vim.inspect(answer))
  end
  return answer.result
end

go('churn.train:fit')
local hover = ask('textDocument/hover')
if not hover.contents.value:find('def fit', 1, true) then
  fail('hover said ' .. vim.inspect(hover))
end
local definition = ask('textDocument/definition')
if not definition.uri:find('train.py', 1, true) then
  fail('definition said ' .. vim.inspect(definition))
end

-- Neovim's rename changes a step everywhere.
go('step train')
vim.lsp.buf.rename('fit_model')
wait('the rename', function()
  local text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
  return text:find('step fit_model', 1, true) and text:find('fit_model.auc', 1, true) and not text:find('train.auc', 1, true)
end)

-- An error is a diagnostic, which its quick fix removes.
local line = go('timeout_seconds')
local before = vim.api.nvim_buf_get_lines(buffer, line, line + 1, false)[1]
vim.api.nvim_buf_set_lines(buffer, line, line + 1, false, { (before:gsub('timeout_seconds', 'timeout_secnds')) })
wait('the diagnostic', function()
  return vim.iter(vim.diagnostic.get(buffer)):any(function(d)
    return d.code == 'E0102'
  end)
end)
go('timeout_secnds')
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action)
    return action.kind == 'quickfix'
  end,
})
wait('the fix', function()
  return vim.api.nvim_buf_get_lines(buffer, line, line + 1, false)[1] == before
end)
wait('the end of the diagnostic', function()
  return not vim.iter(vim.diagnostic.get(buffer)):any(function(d)
    return d.code == 'E0102'
  end)
end)

-- Completion of a half-typed field.
vim.api.nvim_buf_set_lines(buffer, line, line, false, { '    max_re' })
vim.api.nvim_win_set_cursor(0, { line + 1, 9 })
vim.cmd.startinsert({ bang = true })
local offered = ask('textDocument/completion', { position = { line = line, character = 10 } })
if not vim.iter(offered.items or offered):any(function(o)
  return o.label == 'max_retries'
end) then
  fail('completion said ' .. vim.inspect(offered))
end
vim.cmd.stopinsert()
vim.api.nvim_buf_set_lines(buffer, line, line + 1, false, {})

-- Formatting restores the layout.
local tidy = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
vim.api.nvim_buf_set_lines(buffer, line, line + 1, false, { '  ' .. vim.trim(before) .. '  ' })
vim.lsp.buf.format({ timeout_ms = 15000 })
if not vim.deep_equal(tidy, vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) then
  fail('formatting left\n' .. table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n'))
end

-- Vim's indentation equals the formatter's for lines that start an entry.
local wrong = 0
for n, content in ipairs(tidy) do
  if content:find('%S') and vim.fn.GetPipeIndent(n) ~= vim.fn.indent(n) then
    wrong = wrong + 1
  end
end
if wrong > 0 then
  fail(wrong .. ' lines are indented in another way')
end

client:stop()
wait('the end', function()
  return client:is_stopped()
end)
print('neovim ' .. tostring(vim.version()) .. ' and the server understand each other')

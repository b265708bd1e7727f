-- The language server. Neovim 0.11 and newer find this file by its name: `vim.lsp.enable('pipec')`.
return {
  cmd = { 'pipec', 'lsp' },
  filetypes = { 'pipe' },
  root_markers = { 'pipec.toml', 'pyproject.toml', '.git' },
}

if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=GetPipeIndent(v:lnum) indentkeys=0},0],0),o,O,!^F nosmartindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< smartindent<'

if exists('*GetPipeIndent')
  finish
endif

" One step in for each line that ends with an open bracket, one step out where a line begins with a closing one.
function! GetPipeIndent(line) abort
  let l:before = prevnonblank(a:line - 1)
  if l:before == 0
    return 0
  endif
  let l:indent = indent(l:before)
  if substitute(getline(l:before), '\s*#.*$', '', '') =~# '[{[(]\s*$'
    let l:indent += shiftwidth()
  endif
  if getline(a:line) =~# '^\s*[]})]'
    let l:indent -= shiftwidth()
  endif
  return max([l:indent, 0])
endfunction

;;; pipe-ts-mode.el --- Major mode for the pipe language -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT OR Apache-2.0
;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))
;; Keywords: languages

;;; Commentary:

;; Highlighting, indentation, an outline and the language server `pipec lsp' (with Eglot) for `.pipe' files.

;;; Code:

(require 'treesit)
(require 'eglot)

(defgroup pipe nil
  "The pipe language."
  :group 'languages)

(defcustom pipe-ts-mode-indent-offset 2
  "Blanks for each level."
  :type 'integer
  :safe #'integerp
  :group 'pipe)

(defvar pipe-ts-mode--syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "w" table)
    (modify-syntax-entry ?` "\"" table)
    table)
  "Syntax table of `pipe-ts-mode'.")

(defconst pipe-ts-mode--colours
  "(comment) @font-lock-comment-face
;; generated: words
[
  \"import\" \"package\" \"let\" \"var\" \"target\" \"pipeline\" \"param\" \"cluster\"
  \"environment\" \"step\" \"output\" \"if\" \"else\" \"when\" \"for\" \"python\"
  \"notebook\" \"script\" \"sql\" \"dbt\" \"run\" \"extends\" \"on\" \"after\"
  \"is\" \"in\" \"by\" \"parallel\"
] @font-lock-keyword-face
;; end
(package name: (_) @font-lock-constant-face)
(let name: (_) @font-lock-constant-face)
(var name: (_) @font-lock-constant-face)
(param name: (_) @font-lock-variable-name-face)
(output name: (_) @font-lock-variable-name-face)
(target name: (_) @font-lock-type-face)
(pipeline name: (_) @font-lock-type-face)
(cluster name: (_) @font-lock-type-face)
(environment name: (_) @font-lock-type-face)
(step name: (_) @font-lock-function-name-face)
(if name: (_) @font-lock-function-name-face)
(for name: (_) @font-lock-function-name-face)
(for variable: (_) @font-lock-variable-name-face)
(family variable: (_) @font-lock-variable-name-face)
(extends (_) @font-lock-type-face)
(on (identifier) @font-lock-type-face)
(function name: (_) @font-lock-builtin-face)
(dependency step: (_) @font-lock-function-name-face)
(entry key: (_) @font-lock-property-name-face)
(python module: (module) @font-lock-constant-face)
(python function: (_) @font-lock-function-name-face)
(run pipeline: (_) @font-lock-type-face)
(argument name: (_) @font-lock-variable-name-face)
(type (identifier) @font-lock-type-face)
(constant) @font-lock-constant-face
(number) @font-lock-number-face
(duration) @font-lock-number-face
(string) @font-lock-string-face
(text_block) @font-lock-string-face"
  "What has which colour, as a query.")

(defvar pipe-ts-mode--indent-rules
  '((pipe
     ((node-is "}") parent-bol 0)
     ((node-is "]") parent-bol 0)
     ((node-is ")") parent-bol 0)
     ((parent-is "text_block") no-indent 0)
     ((parent-is "block") parent-bol pipe-ts-mode-indent-offset)
     ((parent-is "list") parent-bol pipe-ts-mode-indent-offset)
     ((parent-is "arguments") parent-bol pipe-ts-mode-indent-offset)
     ((parent-is "source_file") column-0 0)))
  "Indentation of `pipe-ts-mode'.")

(defun pipe-ts-mode--name (node)
  "The name that NODE declares."
  (treesit-node-text (treesit-node-child-by-field-name node "name") t))

;;;###autoload
(define-derived-mode pipe-ts-mode prog-mode "Pipe"
  "Major mode for the pipe language."
  :syntax-table pipe-ts-mode--syntax-table
  (setq-local comment-start "# ")
  (setq-local comment-end "")
  (setq-local indent-tabs-mode nil)
  (setq-local electric-indent-chars (append "{}[]()" electric-indent-chars))
  (when (treesit-ready-p 'pipe)
    (treesit-parser-create 'pipe)
    (setq-local treesit-font-lock-feature-list '((all)))
    (setq-local treesit-font-lock-settings
                (treesit-font-lock-rules
                 :language 'pipe :feature 'all :override t pipe-ts-mode--colours))
    (setq-local treesit-simple-indent-rules pipe-ts-mode--indent-rules)
    (setq-local treesit-defun-type-regexp
                (rx bos (or "pipeline" "cluster" "environment" "target" "step" "if" "for") eos))
    (setq-local treesit-defun-name-function #'pipe-ts-mode--name)
    (setq-local treesit-simple-imenu-settings
                '(("Pipeline" "\\`pipeline\\'" nil nil)
                  ("Cluster" "\\`cluster\\'" nil nil)
                  ("Step" "\\`step\\'" nil nil)))
    (treesit-major-mode-setup)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.pipe\\'" . pipe-ts-mode))

(add-to-list 'eglot-server-programs '(pipe-ts-mode . ("pipec" "lsp")))

(provide 'pipe-ts-mode)

;;; pipe-ts-mode.el ends here

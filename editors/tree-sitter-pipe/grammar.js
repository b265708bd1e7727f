/**
 * The pipe language for editors. The compiler uses grammar/pipe.pest. Tests compare both: there is no ERROR node in any
 * program that the compiler accepts, and blocks have the same ranges.
 */

// generated: words
const WORDS = [
  'import', 'package', 'let', 'var', 'target', 'pipeline', 'param', 'cluster',
  'environment', 'step', 'output', 'if', 'else', 'when', 'for', 'python',
  'notebook', 'script', 'sql', 'dbt', 'run', 'extends', 'on', 'after',
  'is', 'in', 'by', 'parallel',
];
const CONSTANTS = [
  'true', 'false', 'none',
];
// end

/** A list separated by commas, with an optional one at the end. */
const list = (rule) => optional(seq(rule, repeat(seq(',', rule)), optional(',')));

export default grammar({
  name: 'pipe',

  word: ($) => $.identifier,

  extras: ($) => [/[ \t\r\n\uFEFF]/, $.comment],

  supertypes: ($) => [$._declaration, $._value],

  inline: ($) => [$._item],

  rules: {
    source_file: ($) => $._items,

    _items: ($) => repeat1(choice($._item, ',')),
    _item: ($) => choice($._declaration, $.spread, $.entry, $.call),

    _declaration: ($) =>
      choice(
        $.import,
        $.package,
        $.let,
        $.var,
        $.param,
        $.output,
        $.target,
        $.pipeline,
        $.cluster,
        $.environment,
        $.step,
        $.if,
        $.for,
        $.when,
      ),

    block: ($) => seq('{', optional($._items), '}'),

    // ---- declarations ----

    import: ($) => seq('import', field('path', $.string)),
    package: ($) => seq('package', field('name', $._name), '=', field('path', $.string)),
    let: ($) => seq('let', field('name', $._name), optional($._type_annotation), '=', field('value', $._value)),
    var: ($) => seq('var', field('name', $._name), optional($._type_annotation), optional($._default)),
    param: ($) => seq('param', field('name', $._name), optional($._type_annotation), optional($._default)),
    output: ($) => seq('output', field('name', $._name), optional($._type_annotation)),
    target: ($) => seq('target', $._head, field('body', $.block)),
    pipeline: ($) => seq('pipeline', $._family_head, field('body', $.block)),
    cluster: ($) => seq('cluster', $._family_head, field('body', $.block)),
    environment: ($) => seq('environment', $._family_head, field('body', $.block)),
    step: ($) => seq('step', $._family_head, field('body', $.block)),
    if: ($) =>
      prec.right(seq(
        'if',
        $._head,
        ':',
        field('condition', $.condition),
        field('then', $.block),
        optional(seq('else', field('else', $.block))),
      )),
    for: ($) =>
      seq(
        'for',
        $._head,
        ':',
        field('variable', $._name),
        'in',
        field('list', $._value),
        optional(seq('parallel', field('parallel', $._value))),
        field('body', $.block),
      ),

    when: ($) =>
      prec.right(seq(
        'when',
        field('condition', alias($.choice, $.condition)),
        field('then', $.block),
        optional(seq('else', field('else', $.block))),
      )),
    choice: ($) =>
      seq(
        field('left', choice($.string, $.number, $.constant, $.function, $.reference)),
        optional(seq(choice(field('operator', $.operator), 'in'), field('right', $._value))),
      ),

    _family_head: ($) => seq(field('name', $._name), optional($.family), repeat($._clause)),
    _head: ($) => seq(field('name', $._name), repeat($._clause)),
    _clause: ($) => choice($.extends, $.on, $.after),
    extends: ($) => seq('extends', $._name, optional($.index)),
    on: ($) => seq('on', choice(seq($._name, optional($.index)), $.constant, $.function)),
    after: ($) => seq('after', $.dependency, repeat(seq(',', $.dependency))),
    dependency: ($) => seq(field('step', $._name), optional($.index), optional(seq('is', field('outcome', choice($.identifier, $.constant))))),

    family: ($) => seq('[', $._elements, repeat(seq(',', $._elements)), optional(seq('by', field('by', $._value))), ']'),
    _elements: ($) => seq(field('variable', $._name), 'in', field('list', $._value)),
    condition: ($) =>
      seq(field('left', $._value), optional(seq(field('operator', $.operator), field('right', $._value)))),
    operator: () => choice('==', '!=', '<=', '>=', '<', '>'),

    _type_annotation: ($) => seq(':', field('type', $.type)),
    type: ($) => seq($.identifier, optional(seq('<', $.type, '>'))),
    _default: ($) => seq('=', field('default', $._value)),

    // ---- entries and calls ----

    spread: ($) => seq('..', choice($.object, $.function, $.reference)),
    entry: ($) => seq(field('key', choice($._name, $.string)), choice(seq('=', field('value', $._value)), field('body', $.block))),

    call: ($) =>
      prec.right(seq(
        field('callee', choice($.python, $.notebook, $.script, $.sql, $.dbt, $.run)),
        optional($.arguments),
        optional(field('body', $.block)),
      )),
    python: ($) => seq('python', field('module', $.module), ':', field('function', $.identifier)),
    module: ($) => seq($._word, repeat(seq('.', $._word))),
    notebook: ($) => seq('notebook', field('path', $.string)),
    script: ($) => seq('script', field('path', $.string)),
    sql: ($) => seq('sql', field('path', $.string)),
    dbt: ($) => seq('dbt', field('path', $.string)),
    run: ($) => seq('run', field('pipeline', $._name), optional($.index)),

    arguments: ($) => seq('(', list($.argument), ')'),
    argument: ($) => seq(optional(seq(field('name', $._name), '=')), field('value', $._value)),

    // ---- values ----

    _value: ($) =>
      choice(
        $.string,
        $.text_block,
        $.list,
        $.object,
        $.number,
        $.duration,
        $.range,
        $.constant,
        $.function,
        $.reference,
      ),

    list: ($) => seq('[', list($._value), ']'),
    object: ($) => $.block,
    function: ($) => seq(field('name', $.identifier), $.arguments),
    // Without blanks, unlike the `..` of a spread on the next line.
    range: ($) => seq(choice($.number, $.reference), token.immediate(prec(1, '..')), choice($.number, $.reference)),
    reference: ($) => prec.right(seq($._name, repeat(choice($.index, seq('.', $._name))))),
    index: ($) => seq('[', choice($.string, $.number, $.path), ']'),
    path: ($) => seq($._name, repeat(seq('.', $._name))),

    number: () => /-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/,
    duration: () => /[0-9]+[smhd]/,
    constant: () => choice(...CONSTANTS),

    string: ($) =>
      seq(
        '"',
        repeat(
          choice(
            alias(token.immediate(prec(1, /[^"\\$\n]+/)), $.string_content),
            alias(token.immediate('$'), $.string_content),
            $.escape,
            $.interpolation,
          ),
        ),
        token.immediate('"'),
      ),
    text_block: ($) =>
      seq(
        '"""',
        repeat(
          choice(
            alias(token.immediate(prec(1, /[^"\\$]+/)), $.string_content),
            alias(token.immediate(/[$"]/), $.string_content),
            $.escape,
            $.interpolation,
          ),
        ),
        token.immediate('"""'),
      ),
    escape: () => token.immediate(/\\(u\{[0-9a-fA-F]{1,6}\}|[^\n])/),
    interpolation: ($) => seq(token.immediate('${'), $.reference, '}'),

    // ---- names ----

    _name: ($) => choice($._word, $.quoted_identifier),
    // Keywords can be used as names.
    _word: ($) => choice($.identifier, alias(choice(...WORDS), $.identifier)),
    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,
    quoted_identifier: () => /`[^`\n]*`/,

    comment: () => token(prec(-1, /#[^\n]*/)),
  },
});

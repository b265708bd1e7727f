//! The keywords of the language with descriptions, for suggestions, completion, hover and grammars of editors.

/// The position of a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordPosition {
    /// At the start of a declaration.
    Declaration,
    /// At the start of a call.
    Call,
    /// In the header of a declaration, after the name.
    Head,
    /// As a value.
    Value,
}

/// A keyword.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub text: &'static str,
    pub slot: WordPosition,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// The whole construct as a snippet, with `${1:...}` for the parts to fill in.
    pub shape: &'static str,
}

const fn word(text: &'static str, slot: WordPosition, doc: &'static str, shape: &'static str) -> Word {
    Word { text, slot, doc, shape }
}

/// All keywords. Outside of their position they can be names, except for [`WordPosition::Value`].
pub const WORDS: &[Word] = &[
    word(
        "import",
        WordPosition::Declaration,
        "Makes the declarations of another file available.",
        "import \"${1:clusters.pipe}\"",
    ),
    word(
        "package",
        WordPosition::Declaration,
        "A Python project that is built into a wheel.",
        "package ${1:name} = \"${2:.}\"",
    ),
    word("let", WordPosition::Declaration, "A compile-time constant.", "let ${1:name} = ${2:\"value\"}"),
    word(
        "var",
        WordPosition::Declaration,
        "A compile-time variable, set by targets or `--var`.",
        "var ${1:name}: ${2:string}",
    ),
    word(
        "target",
        WordPosition::Declaration,
        "Where and how to deploy the project.",
        "target ${1:dev} {\n  workspace { host = \"${2:https://}\" }\n  mode = ${3:development}\n}",
    ),
    word("pipeline", WordPosition::Declaration, "A job: its steps and schedule.", "pipeline ${1:name} {\n  $0\n}"),
    word(
        "param",
        WordPosition::Declaration,
        "A run-time parameter of the job.",
        "param ${1:name}: ${2:string} = ${3:\"\"}",
    ),
    word(
        "cluster",
        WordPosition::Declaration,
        "A job cluster, created for the run.",
        "cluster ${1:name} {\n  spark_version = \"${2:15.4.x-scala2.12}\"\n  node_type_id  = \"$3\"\n  num_workers   = ${4:1}\n}",
    ),
    word(
        "environment",
        WordPosition::Declaration,
        "A serverless environment.",
        "environment ${1:name} {\n  environment_version = \"${2:4}\"\n}",
    ),
    word("step", WordPosition::Declaration, "A task.", "step ${1:name} {\n  $0\n}"),
    word(
        "output",
        WordPosition::Declaration,
        "A value that the step returns; using it adds a dependency on the step.",
        "output ${1:name}: ${2:string}",
    ),
    word(
        "if",
        WordPosition::Declaration,
        "A condition task with two branches.",
        "if ${1:name}: ${2:value} ${3:==} ${4:true} {\n  $0\n}",
    ),
    word("else", WordPosition::Declaration, "The branch for a false condition.", "else {\n  $0\n}"),
    word(
        "when",
        WordPosition::Declaration,
        "Entries that exist only in some targets, chosen at compile time.",
        "when ${1:target.name} == ${2:\"prod\"} {\n  $0\n}",
    ),
    word(
        "for",
        WordPosition::Declaration,
        "A loop task that runs one step per item.",
        "for ${1:name}: ${2:item} in ${3:items} {\n  step ${4:inner} {\n    $0\n  }\n}",
    ),
    word(
        "python",
        WordPosition::Call,
        "Calls a Python function of a package, and checks its signature.",
        "python ${1:module}:${2:function}($3)",
    ),
    word("notebook", WordPosition::Call, "Runs a notebook.", "notebook \"${1:./notebook.py}\"($2)"),
    word(
        "script",
        WordPosition::Call,
        "Runs a Python file with positional arguments.",
        "script \"${1:./script.py}\"($2)",
    ),
    word(
        "sql",
        WordPosition::Call,
        "Runs a SQL file on a warehouse.",
        "sql \"${1:./query.sql}\"($2) {\n  warehouse_id = \"$3\"\n}",
    ),
    word("dbt", WordPosition::Call, "Runs the commands of a dbt project.", "dbt \"${1:./dbt}\"(\"${2:dbt build}\")"),
    word("run", WordPosition::Call, "Runs another pipeline, and checks its parameters.", "run ${1:pipeline}($2)"),
    word("extends", WordPosition::Head, "Inherits the fields of another cluster or environment.", "extends ${1:name}"),
    word(
        "on",
        WordPosition::Head,
        "The compute: a cluster, an environment, `existing(\"id\")`, `serverless` or `none`.",
        "on ${1:name}",
    ),
    word("after", WordPosition::Head, "Waits for other steps without using their values.", "after ${1:step}"),
    word("is", WordPosition::Head, "The outcome of a condition to wait for.", "is ${1:true}"),
    word("in", WordPosition::Head, "The list of a loop or a family.", "in ${1:list}"),
    word("by", WordPosition::Head, "What names the members of a family.", "by ${1:name}"),
    word("parallel", WordPosition::Head, "The number of iterations that run concurrently.", "parallel ${1:2}"),
    word("true", WordPosition::Value, "True.", "true"),
    word("false", WordPosition::Value, "False.", "false"),
    word("none", WordPosition::Value, "Unsets the field: removes a default, inherited or derived value.", "none"),
    word("serverless", WordPosition::Value, "Serverless compute without an environment (after `on`).", "serverless"),
    word("existing", WordPosition::Value, "An existing cluster (after `on`).", "existing(\"${1:id}\")"),
];

/// Whether a word starts a declaration.
pub(super) fn declares(word: &[u8]) -> bool {
    declaration(word).is_some()
}

/// Whether a word starts a declaration that ends with a block.
pub(super) fn declares_block(word: &[u8]) -> bool {
    declaration(word).is_some_and(|w| w.shape.contains(" {\n"))
}

/// The row of a word that starts a declaration; not `else`, which continues one.
fn declaration(word: &[u8]) -> Option<&'static Word> {
    let mut all = WORDS.iter().filter(|w| w.slot == WordPosition::Declaration && w.text != "else");
    all.find(|w| w.text.as_bytes() == word)
}

/// The keywords that start an entry: declarations and calls.
pub fn openers() -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(|w| matches!(w.slot, WordPosition::Declaration | WordPosition::Call)).map(|w| w.text)
}

/// The row of a keyword.
pub fn find(text: &str) -> Option<&'static Word> {
    WORDS.iter().find(|w| w.text == text)
}

/// Whether a keyword is a value.
pub fn is_reserved(word: &str) -> bool {
    find(word).is_some_and(|w| w.slot == WordPosition::Value)
}

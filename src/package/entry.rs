//! Generates the module with the entry points of a wheel's steps.

/// The entry point of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPoint {
    /// Its name in the metadata of the wheel.
    pub name: String,
    pub pipeline: String,
    /// The key of the step.
    pub step: String,
    /// The dotted module of the function.
    pub module: String,
    pub function: String,
    /// Parameters with their types.
    pub parameters: Vec<(String, String)>,
    /// Whether outputs are read by name from the returned value; `None` if that is only known at run time.
    pub by_name: Option<bool>,
    /// Outputs with their types.
    pub outputs: Vec<(String, String)>,
}

/// The group of the entry points.
pub(super) const GROUP: &str = "pipec.steps";

/// The name of the generated module of a distribution.
pub(super) fn module_name(distribution: &str) -> String {
    format!("_pipec_{distribution}")
}

/// The source of the module, and the function of each entry point.
pub(super) fn module(entries: &[EntryPoint]) -> (String, Vec<String>) {
    let mut source = include_str!("entry.py").replace("\r\n", "\n");
    let mut functions: Vec<String> = Vec::new();
    for entry in entries {
        let word: String = entry.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let mut function = format!("step_{word}");
        let mut n = 2;
        while functions.contains(&function) {
            function = format!("step_{word}_{n}");
            n += 1;
        }
        source.push_str(&format!(
            "\n\ndef {function}():\n    _run({}, {}, {}, {}, {}, {})\n",
            literal(&entry.name),
            literal(&entry.module),
            literal(&entry.function),
            dict(&entry.parameters),
            dict(&entry.outputs),
            match entry.by_name {
                Some(true) => "True",
                Some(false) => "False",
                None => "None",
            },
        ));
        functions.push(function);
    }
    (source, functions)
}

/// A Python string literal: JSON escapes are valid in Python.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn dict(pairs: &[(String, String)]) -> String {
    let parts: Vec<String> = pairs.iter().map(|(k, v)| format!("{}: {}", literal(k), literal(v))).collect();
    format!("{{{}}}", parts.join(", "))
}

//! Mistakes that other tools find only after submission, or never: one program each, with the code that reports it.
//!
//! Mistakes that involve Python source are not included.

use crate::support::{check_memory, memory, root};

const ETL: &str = "cluster etl {\n  spark_version = \"15.4.x-scala2.12\"\n  node_type_id = \"Standard_D8ds_v5\"\n  num_workers = 1\n}\n";

fn cluster(fields: &str) -> String {
    format!("cluster c {{\n{fields}\n}}\npipeline p on c {{\n  step a {{\n    notebook \"/x\"\n  }}\n}}\n")
}

fn steps(body: &str) -> String {
    format!("pipeline p {{\n{body}\n}}\n")
}

fn step(name: &str, rest: &str) -> String {
    format!("step {name} {{\n  notebook \"/x\"{rest}\n}}\n")
}

fn schedule(expression: &str, zone: &str) -> String {
    let schedule =
        format!("schedule {{\n  quartz_cron_expression = \"{expression}\"\n  timezone_id = \"{zone}\"\n}}\n");
    steps(&(schedule + &step("a", "")))
}

#[test]
fn each_is_found_before_anything_is_submitted() {
    let list = |n: usize, item: &dyn Fn(usize) -> String| (0..n).map(item).collect::<String>();
    let mistakes: Vec<(&str, &str, String)> = vec![
        ("a cycle in the dependencies", "E0301", steps(&(step("a after b", "") + &step("b after a", "")))),
        ("a dependency on a task that is not there", "E0103", steps(&step("a after nobody", ""))),
        ("a task key twice", "E0111", steps(&(step("a", "") + &step("a", "")))),
        ("two kinds in one task", "E0309", steps("step a {\n  notebook \"/x\"\n  script \"/y.py\"\n}")),
        ("an undefined cluster", "E0104", steps(&step("a on nothing", ""))),
        ("an undefined cluster, by its key", "E0104", steps(&step("a", "\n  job_cluster_key = \"nothing\""))),
        ("a fixed and a variable size", "E0205", cluster("spark_version = \"15.4.x-scala2.12\", node_type_id = \"Standard_D8ds_v5\", num_workers = 2, autoscale = 1..2")),
        ("more workers at least than at most", "E0412", cluster("spark_version = \"15.4.x-scala2.12\", node_type_id = \"Standard_D8ds_v5\", autoscale = 3..2")),
        ("a GPU runtime on nodes without GPU", "E0406", cluster("spark_version = \"15.4.x-gpu-ml-scala2.12\", node_type_id = \"i3.xlarge\", num_workers = 2")),
        ("a plain runtime on GPU nodes", "E0405", cluster("spark_version = \"15.4.x-scala2.12\", node_type_id = \"g5.xlarge\", num_workers = 2")),
        ("Photon on GPU nodes", "E0407", cluster("spark_version = \"15.4.x-gpu-ml-scala2.12\", node_type_id = \"a2-highgpu-1g\", num_workers = 2, runtime_engine = PHOTON")),
        ("a five-field cron", "E0502", schedule("*/5 * * * *", "UTC")),
        ("a malformed cron", "E0501", schedule("0 0 2 * * *", "UTC")),
        ("an unknown time zone", "E0503", schedule("0 0 2 * * ?", "Mars/Phobos")),
        ("a job parameter that is not declared", "E0602", steps(&step("a", "(x = \"{{job.parameters.x}}\")"))),
        (
            "a value of a task that is not upstream",
            "E0303",
            steps(&(step("a", "\n  output k: int") + &step("b", "(k = \"{{tasks.a.values.k}}\")"))),
        ),
        (
            "a value that its task never sets",
            "E0304",
            steps(&(step("a", "\n  output k: int") + &step("b after a", "(k = \"{{tasks.a.values.j}}\")"))),
        ),
        (
            "a value of the wrong type",
            "E0201",
            format!("{}{}", steps(&("param n: int = 1\n".to_owned() + &step("a", "(n)"))), "pipeline q {\n  step b {\n    run p(n = \"many\")\n  }\n}\n"),
        ),
        ("text compared as a number", "E0211", steps(&(step("a", "\n  output s: string") + "if c: a.s > 3 {\n" + &step("b", "") + "}\n"))),
        (
            "an entry point that is not there",
            "E0704",
            "package app = \".\"\nenvironment e { environment_version = \"4\" }\npipeline p on e {\n  step a {\n    python app.nowhere:f()\n  }\n  step b {\n    notebook \"/x\"\n  }\n}\n".to_owned(),
        ),
        ("retries on a loop", "E0314", steps("for f: x in [1, 2] {\n  max_retries = 1\n  step a {\n    notebook \"/x\"(x)\n  }\n}")),
        (
            "a package for another Python than the runtime's",
            "E0414",
            "package app = \".\"\ncluster c {\n  spark_version = \"11.3.x-scala2.12\"\n  node_type_id = \"i3.xlarge\"\n  num_workers = 1\n}\npipeline p on c {\n  step a {\n    python app.jobs:load()\n  }\n}\n".to_owned(),
        ),
        ("more tags than the service takes", "E0208", steps(&(format!("tags {{\n{}}}\n", list(26, &|i| format!("t{i} = \"x\"\n"))) + &step("a", "")))),
        ("a task key that is too long", "E0207", steps(&step(&"a".repeat(101), ""))),
        ("more tasks than the service takes", "E0208", steps(&list(1001, &|i| step(&format!("s{i}"), "")))),
        ("a list that is too long for a loop", "E0207", steps(&format!("for f: x in [{}] {{\n  step a {{\n    notebook \"/x\"(x)\n  }}\n}}", vec!["\"abcdefgh\""; 1200].join(", ")))),
        ("more parameters than the service takes", "E0207", steps(&(list(300, &|i| format!("param p{i}: string = \"0123456789\"\n")) + &step("a", "")))),
        (
            "a parameter that nothing uses",
            "W0150",
            "package app = \".\"\nenvironment e { environment_version = \"4\" }\npipeline p on e {\n  param unused: int = 1\n  step a {\n    python app.jobs:load()\n  }\n}\n".to_owned(),
        ),
        ("a cluster that nothing uses", "W0150", format!("{ETL}{}", steps(&step("a", "")))),
        (
            "a step that never runs",
            "E0306",
            steps(&("param b: bool = true\nif c: b {\n".to_owned() + &step("x", "\n  output v: int") + "} else {\n" + &step("y", "(v = x.v)") + "}\n")),
        ),
    ];
    let folder = root().join("tests/pages");
    let mut missed = Vec::new();
    for (mistake, code, program) in &mistakes {
        let (loaded, checked) = check_memory(&memory(&folder, program));
        let found: Vec<String> =
            checked.diagnostics.iter().map(|d| pipec::diag::formats::one_line(d, &loaded.sources)).collect();
        if checked.diagnostics.is_empty() || checked.diagnostics.iter().any(|d| d.code.id() != *code) {
            missed.push(format!("{mistake}: expected {code} alone, found {found:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    println!("{} of {} mistakes found, each with one code", mistakes.len(), mistakes.len());
}

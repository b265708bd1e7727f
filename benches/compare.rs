//! Compares whole processes: `cargo bench`.
//!
//! Every figure is the median of several runs; only the ratios matter. The comparison with Python needs `python3`
//! with PyYAML (built with libyaml), and is skipped with a message otherwise.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PIPEC: &str = env!("CARGO_BIN_EXE_pipec");

fn main() {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compare");
    let _ = std::fs::remove_dir_all(&dir);
    for (name, files, steps) in
        [("ten", 1, 10), ("thousand", 1, 1000), ("many_10", 10, 100), ("many_100", 100, 100), ("many_1000", 1000, 100)]
    {
        project(&dir.join(name), files, steps);
    }
    let start = median(30, || run(&["--version"]));
    let ten = median(30, || run(&["check", &path(&dir, "ten")]));
    println!("process start (`--version`)                {}", ms(start));
    println!(
        "check, 10 steps, cold process              {}   of it CPU {}",
        ms(ten),
        cpu(&["check", &path(&dir, "ten")])
    );

    let check = median(20, || run(&["check", &path(&dir, "thousand")]));
    let compile = median(20, || run(&["compile", "--quiet", &path(&dir, "thousand")]));
    println!("check, 1000 steps                          {}", ms(check));
    println!("compile, 1000 steps                        {}", ms(compile));
    let json = std::fs::read(dir.join("thousand/build/default/p0.job.json")).expect("the job was compiled");
    let value: serde_json::Value = serde_json::from_slice(&json).expect("it is JSON");
    let yaml = serde_yaml_ng::to_string(&value).expect("it has a YAML form");
    std::fs::write(dir.join("job.yaml"), &yaml).expect("the folder is ours");
    let rust = median(20, || timed(|| drop(serde_yaml_ng::from_str::<serde_yaml_ng::Value>(&yaml))));
    println!(
        "serde_yaml, parsing that job as YAML       {}   compile takes {:.2} of it",
        ms(rust),
        ratio(compile, rust)
    );
    match pyyaml(&dir.join("job.yaml")) {
        Some(python) => {
            println!(
                "PyYAML's C loader, parsing it              {}   compile takes {:.2} of it",
                ms(python),
                ratio(compile, python)
            );
        }
        None => println!("PyYAML's C loader                          not here: install PyYAML to compare"),
    }

    let drawn = median(5, || run(&["graph", "--quiet", "--format", "svg", &path(&dir, "thousand")]));
    println!("graph, 1000 steps as SVG                   {}", ms(drawn));

    imports(&dir, &json);
    wheels(&dir);

    let mut last = Duration::ZERO;
    for (name, steps) in [("many_10", 1_000), ("many_100", 10_000), ("many_1000", 100_000)] {
        let all = median(5, || run(&["check", "--quiet", &path(&dir, name)]));
        let one = median(3, || run_with(&["check", "--quiet", &path(&dir, name)], &[("RAYON_NUM_THREADS", "1")]));
        let growth =
            if last.is_zero() { String::new() } else { format!("   {:.1} times the line above", ratio(all, last)) };
        println!(
            "check, {steps:>6} steps in {:>4} files          {}   {:.2} of one thread's time{growth}",
            steps / 100,
            ms(all),
            ratio(all, one)
        );
        last = all;
    }
    if let Some(kib) = peak(&["check", "--quiet", &path(&dir, "many_1000")]) {
        println!("memory for 100,000 steps                   {:>7.1} MB", kib as f64 / 1000.0);
    }
}

/// Processes that build a wheel, compared with `uv build`; and a check that reads Python.
fn wheels(dir: &Path) {
    for modules in [7, 1000] {
        let project = dir.join(format!("wheel_{modules}"));
        python_project(&project, modules);
        let target = project.to_string_lossy().into_owned();
        let check = median(15, || run(&["check", "--quiet", &target]));
        let compile = median(15, || run(&["compile", "--quiet", &target]));
        println!("check, {modules:>4} modules, a call of each       {}", ms(check));
        println!("compile, {modules:>4} modules, wheel and all      {}", ms(compile));
        let out = dir.join("uv");
        let uv = || {
            let mut command = Command::new("uv");
            command.args(["build", "--wheel", "--quiet", "--offline", "--no-build-isolation", "--out-dir"]);
            command.arg(&out).arg(&project).stdout(Stdio::null()).stderr(Stdio::null());
            timed(|| assert!(command.status().is_ok_and(|s| s.success()), "uv build failed"))
        };
        if Command::new("uv").arg("--version").output().is_ok_and(|o| o.status.success()) {
            let own = median(15, uv);
            println!(
                "uv build with uv_build, the same           {}   compile takes {:.2} of it",
                ms(own),
                ratio(compile, own)
            );
        } else {
            println!("uv build                                   not here: install uv and uv_build to compare");
        }
    }
}

/// A Python project with a called function in every module.
fn python_project(dir: &Path, modules: usize) {
    let package = dir.join("src/thing");
    std::fs::create_dir_all(&package).expect("the folder is ours");
    let toml = "[project]\nname = \"thing\"\nversion = \"1.0\"\n\n[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n";
    std::fs::write(dir.join("pyproject.toml"), toml).expect("the folder is ours");
    std::fs::write(package.join("__init__.py"), "").expect("the folder is ours");
    let mut pipe =
        String::from("package thing = \".\"\nenvironment ml { environment_version = \"4\" }\npipeline p on ml {\n");
    for i in 0..modules {
        let helper = "def helper(rows: int, share: float = 0.5) -> dict[str, float]:\n    total = rows * share\n    return {\"total\": total}\n\n\n";
        let text = format!(
            "\"\"\"Module {i}.\"\"\"\n\nimport json\n\n\n{}def run(rows: int, name: str = \"x\") -> int:\n    return rows\n",
            helper.repeat(8)
        );
        std::fs::write(package.join(format!("m{i}.py")), text).expect("the folder is ours");
        let _ = writeln!(pipe, "  step s{i} {{\n    python thing.m{i}:run(rows = {i})\n  }}");
    }
    pipe.push_str("}\n");
    std::fs::write(dir.join("main.pipe"), pipe).expect("the folder is ours");
}

/// Projects as generated code would have them: notebooks, arguments, values and some edges.
fn project(dir: &Path, files: usize, steps: usize) {
    std::fs::create_dir_all(dir).expect("the folder is ours");
    for file in 0..files {
        let mut text = String::from(
            "cluster etl {\n  spark_version = \"15.4.x-scala2.12\"\n  node_type_id  = \"Standard_D8ds_v5\"\n  num_workers   = 4\n}\n\n",
        );
        let _ = writeln!(text, "pipeline p{file} on etl {{\n  param day: string = \"2026-01-01\"");
        for i in 0..steps {
            let after = if i % 7 == 1 { format!(" after step_{}", i - 1) } else { String::new() };
            let value = if i > 1 && i % 3 == 0 { format!(", rows = step_{}.rows", i - 2) } else { String::new() };
            let _ = write!(
                text,
                "\n  ## Step number {i}.\n  step step_{i}{after} {{\n    notebook \"/Shared/project/step_{i}\"(day, table = \"main.raw.table_{i}\"{value})\n    \
                 max_retries     = 2\n    timeout_seconds = 2h\n    output rows: int\n  }}\n"
            );
        }
        text.push_str("}\n");
        std::fs::write(dir.join(format!("p{file}.pipe")), text).expect("the folder is ours");
    }
}

fn path(dir: &Path, name: &str) -> String {
    dir.join(name).to_string_lossy().into_owned()
}

fn timed(f: impl FnOnce()) -> Duration {
    let start = Instant::now();
    f();
    start.elapsed()
}

fn run(arguments: &[&str]) -> Duration {
    run_with(arguments, &[])
}

fn run_with(arguments: &[&str], environment: &[(&str, &str)]) -> Duration {
    let mut command = Command::new(PIPEC);
    command.args(arguments).envs(environment.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
    timed(|| assert!(command.status().expect("pipec runs").success(), "{arguments:?} failed"))
}

fn median(runs: usize, mut f: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| f()).collect();
    times.sort();
    times[runs / 2]
}

fn ms(d: Duration) -> String {
    format!("{:>7.1} ms", d.as_secs_f64() * 1000.0)
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

fn python(script: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new("python3").arg("-c").arg(script).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The time of PyYAML in a running Python process.
fn pyyaml(file: &Path) -> Option<Duration> {
    let script = "import sys, time, yaml\ntext = open(sys.argv[1]).read()\ntimes = []\nfor _ in range(7):\n    t = time.perf_counter()\n    yaml.load(text, Loader=yaml.CSafeLoader)\n    times.append(time.perf_counter() - t)\nprint(sorted(times)[3])";
    python(script, &[&file.to_string_lossy()])?.parse().ok().map(Duration::from_secs_f64)
}

/// User and system time of a run.
fn cpu(arguments: &[&str]) -> String {
    let script = "import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)\nu = resource.getrusage(resource.RUSAGE_CHILDREN)\nprint(f'{(u.ru_utime + u.ru_stime) * 1000:.1f} ms')";
    python(script, &[&[PIPEC], arguments].concat()).unwrap_or_else(|| "not known".to_owned())
}

/// Peak memory of a run, in KiB.
fn peak(arguments: &[&str]) -> Option<u64> {
    let script = "import resource, subprocess, sys\nsubprocess.run(sys.argv[1:])\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
    python(script, &[&[PIPEC], arguments].concat())?.parse().ok()
}

/// Imports one job of 1000 tasks, and 1000 jobs of four.
fn imports(dir: &Path, job: &[u8]) {
    std::fs::write(dir.join("job.json"), job).expect("the folder is ours");
    let one = median(5, || run(&["import", "--quiet", &path(dir, "job.json")]));
    println!("import, a job of 1000 tasks                {}", ms(one));
    let mut lines = String::new();
    for i in 0..1000 {
        let tasks: Vec<serde_json::Value> = (0..4)
            .map(|t| {
                let after: Vec<_> = (0..t).map(|d| serde_json::json!({ "task_key": format!("t{d}") })).collect();
                serde_json::json!({
                    "task_key": format!("t{t}"), "depends_on": after, "max_retries": 2, "timeout_seconds": 3600,
                    "notebook_task": { "notebook_path": format!("/Shared/{i}/{t}"), "base_parameters": { "day": "{{job.parameters.day}}" } },
                })
            })
            .collect();
        let parameters = serde_json::json!([{ "name": "day", "default": "2026-01-01" }]);
        let _ = writeln!(
            lines,
            "{}",
            serde_json::json!({ "name": format!("job {i}"), "parameters": parameters, "tasks": tasks })
        );
    }
    std::fs::write(dir.join("jobs.jsonl"), &lines).expect("the folder is ours");
    let many = median(3, || run(&["import", "--quiet", &path(dir, "jobs.jsonl")]));
    println!("import, 1000 jobs of four tasks            {}", ms(many));
}

//! E04xx: compute.

use crate::diag::{Code, Diagnostic, list_names};
use crate::model::Package;
use crate::schema::Cloud;
use crate::source::Span;
use crate::syntax::ast::Decl;

pub fn accelerator_count(count: Span, kind: &str, per_node: u32) -> Diagnostic {
    let d = Diagnostic::new(Code::AcceleratorCount, count, format!("`{kind}` comes in groups of {per_node}"));
    d.help(format!("write a positive multiple of {per_node}"))
}

pub fn job_cluster_field(field: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::JobClusterField, field, format!("`{key}` does nothing on a job cluster"));
    d.help("a job cluster is named after its run, and ends with it; remove the field")
}

pub fn min_over_max(scale: Span, min: i64, max: i64) -> Diagnostic {
    let d = Diagnostic::new(Code::MinOverMax, scale, format!("the least, {min}, is more than the most, {max}"));
    d.help("write the smaller number first")
}

pub fn half_single_node(key: Span, workers: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::HalfSingleNode, key, "no workers, but the cluster is not set up as a single node");
    let d = d.help("write `single_node = true` in place of `num_workers = 0`: it fills in the conf and the tag");
    if key.file == workers.file && key.end <= workers.start {
        d.unsafe_fix("use `single_node = true`", vec![(key.to(workers), "single_node = true".to_owned())])
    } else {
        d
    }
}

pub fn incomplete_cluster(span: Span, name: &str, lacks: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::IncompleteCluster, span, format!("cluster {name} lacks {lacks}"));
    d.help(
        "a cluster needs a runtime, a node type (or a pool, or `gpu`) and a size (or `autoscale`, or `single_node`), \
             unless a `policy_id` fills them in",
    )
}

pub fn unknown_runtime(value: Span, text: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownRuntime, value, format!("runtime `{text}` is not in the table"));
    match near {
                Some(near) => d.help(format!("the nearest known is `{near}`; a newer one can be added to `pipec.toml`")),
                None => d.help("a key looks like `15.4.x-scala2.12` or `15.4.x-gpu-ml-scala2.12`; a newer runtime can be added to `pipec.toml`"),
            }
}

pub fn unknown_node_type(value: Span, id: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownNodeType, value, format!("node type `{id}` is not in the table"));
    match near {
        Some(near) => d
            .help(format!("did you mean `{near}`? a new one can be added to `pipec.toml`"))
            .unsafe_fix(format!("use `{near}`"), vec![(value, format!("\"{near}\""))]),
        None => d.help("if it is new, add it to `pipec.toml`, so that its GPUs and cloud can be checked"),
    }
}

pub fn photon_on_gpu(at: Span, span: Span, what: String) -> Diagnostic {
    let d = Diagnostic::new(Code::PhotonOnGpu, at, "Photon does not run on GPU nodes").with_label(span, what);
    d.help("remove Photon, or use nodes without GPU")
}

pub fn gpu_needs_gpu_runtime(version: Span, gpu: &str, span: Span, what: String) -> Diagnostic {
    let d =
        Diagnostic::new(Code::GpuNeedsGpuRuntime, version, "this runtime has no GPU support").with_label(span, what);
    d.help(format!("use `{gpu}`")).unsafe_fix(format!("use `{gpu}`"), vec![(version, format!("\"{gpu}\""))])
}

pub fn gpu_runtime_without_gpu(span: Span, node: &str, example: Option<String>, version: Span) -> Diagnostic {
    let d =
        Diagnostic::new(Code::GpuRuntimeWithoutGpu, span, format!("`{}` has no GPU, but the runtime needs one", node));
    let help = match example {
        Some(example) => {
            format!("use a GPU node such as `{example}`, or `gpu {{ ... }}`, or a runtime without `gpu` in its key")
        }
        None => "use a GPU node, or a runtime without `gpu` in its key".to_owned(),
    };
    d.with_label(version, "a GPU runtime").help(help)
}

pub fn ml_access_mode(value: Span, mode: &str, runtime: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::AccessMode, value, format!("ML runtimes do not run in access mode `{mode}`"));
    let d = d.with_label(runtime, "an ML runtime");
    d.help("use `SINGLE_USER`").unsafe_fix("use `SINGLE_USER`", vec![(value, "SINGLE_USER".to_owned())])
}

pub fn single_user_name(key: Span, mode: &str, value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::AccessMode, key, format!("`single_user_name` means nothing in access mode `{mode}`"));
    d.with_label(value, "the access mode").help("use `SINGLE_USER`, or remove the name")
}

pub fn wrong_cloud(span: Span, what: &str, is: Cloud, should: Cloud, target: Option<Span>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongCloud,
        span,
        format!("{what} is for {}, but this cluster is for {}", is.name(), should.name()),
    );
    let d = match target {
        Some(at) => d.with_label(at, format!("this target is on {}", should.name())),
        _ => d,
    };
    d.help("each target can have its own value: declare a `var`, and set it in `vars`")
}

pub fn two_computes_of_step(at: Span, key: &str, on: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TwoComputes,
        at,
        format!("the step says where it runs twice: with `on`, and with `{key}`"),
    );
    d.with_label(on, "said here already").help("keep one of them")
}

pub fn two_compute_fields(a: &str, first: Span, b: &str, second: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TwoComputes, second, format!("`{a}` and `{b}` exclude each other"));
    d.with_label(first, "set here already").help("a step runs on one compute; keep one of them")
}

pub fn spark_submit_compute(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, at, "spark-submit runs only on a cluster made for it");
    d.help("write `new_cluster { ... }` in the step; better, use `spark_jar_task` or `script`")
}

pub fn takes_no_compute(at: Span, kind_name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, at, format!("{kind_name} takes no compute of this kind"));
    d.help("it brings its own, such as a `warehouse_id`; remove `on`")
}

pub fn libraries_on_serverless(key: Span) -> Diagnostic {
    let d =
        Diagnostic::new(Code::LibrariesOnServerless, key, "libraries are for clusters; this step runs on serverless");
    d.help("put the packages into `dependencies` of an `environment`, and run the step on it")
}

pub fn serverless_gpu_on_cluster(key: Span, at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, key, "a serverless GPU on a step that runs on a cluster");
    d.with_label(at, "the cluster").help("give the cluster a `gpu` block, or run the step on an environment")
}

pub fn warehouse_and_cluster(at: Span) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TwoComputes,
        at,
        "a notebook with a `warehouse_id` runs on that warehouse, and on no cluster",
    );
    d.help("remove one of them")
}

pub fn environment_without_gpu(key: Span, version: &str, environment: Span, newer: Vec<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, key, format!("environment version {} has no GPU form", version));
    d.with_label(environment, "the environment").help(format!("use version {}", crate::diag::list_names(newer, 6)))
}

pub fn no_compute_of_its_own(span: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, span, format!("{what} runs on no compute of its own"));
    d.help("remove it; the steps inside say where they run")
}

pub fn unknown_environment(value: Span, version: &str, known: Vec<&str>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::UnknownEnvironment,
        value,
        format!("environment version `{version}` is not in the table"),
    );

    d.help(format!("known are {}; a newer one can be added to `pipec.toml`", list_names(known, 12)))
}

pub fn unknown_cloud(gpu: Span, target: Option<Span>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownCloud, gpu, "which cloud is this for? the target does not tell");
    let d = d.help(
        "give the target a `workspace { host = ... }` or `cloud = azure`, or write `node_type_id` in place of `gpu`",
    );
    match target {
        Some(span) => d.with_label(span, "the target"),
        None => d,
    }
}

pub fn no_such_serverless_gpu(gpu: Span, count: i64, accelerator: &str, all: &[String]) -> Diagnostic {
    let d = Diagnostic::new(Code::NoSuchGpu, gpu, format!("serverless compute has no {count} {accelerator}"));
    d.help(format!(
        "there are {}; for others put the step on a cluster with `gpu`",
        list_names(all.iter().map(String::as_str), 9)
    ))
}

pub fn python_version(at: Span, python: &str, package: &Package, step: Span, wants: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::PythonVersion,
        at,
        format!("this has Python {python}, but package `{}` requires {wants}", package.name),
    );
    d.with_label(package.span, "the package")
        .with_label(step, "used by this step")
        .help("use a runtime with a fitting Python, or change `requires-python`")
}

/// `runs` is what the step runs, in words; `names` are the clusters and environments in scope.
pub fn no_compute(step: &Decl, runs: &str, names: &[&str]) -> Diagnostic {
    let message = format!("step `{}` has no compute: {runs} needs a cluster or an environment", step.name.text);
    place_to_run(Diagnostic::new(Code::NoCompute, step.name.span, message), step, names)
}

/// The same for a step that is to run on serverless compute.
pub fn needs_environment(step: &Decl, runs: &str, names: &[&str]) -> Diagnostic {
    let at = step.header.on.as_ref().map_or(step.name.span, |on| on.value.span);
    let message = format!("step `{}` runs {runs} on serverless, which needs an environment", step.name.text);
    place_to_run(Diagnostic::new(Code::NeedsEnvironment, at, message), step, names)
}

/// Offers the clusters and environments in scope to a step.
fn place_to_run(d: Diagnostic, step: &Decl, names: &[&str]) -> Diagnostic {
    let edit = |name: &str| match &step.header.on {
        Some(on) => vec![(on.value.span, name.to_owned())],
        None => vec![(step.family.as_ref().map_or(step.name.span, |f| f.span).end_point(), format!(" on {name}"))],
    };
    if names.is_empty() {
        return d.help(
            "declare `environment default { environment_version = \"4\" }` and write `on default`, or a `cluster`",
        );
    }
    let d = d.help(format!("write `on` and the name of one: {}", list_names(names.iter().copied(), 6)));
    names.iter().take(3).fold(d, |d, name| d.unsafe_fix(format!("run it on `{name}`"), edit(name)))
}

/// `counts` are the numbers of this accelerator that a node may have; without any, `kinds` are the accelerators there are.
pub fn no_such_gpu(
    accelerator: Span,
    name: &str,
    count: u32,
    cloud: Cloud,
    counts: &[u32],
    kinds: &[&str],
) -> Diagnostic {
    let d =
        Diagnostic::new(Code::NoSuchGpu, accelerator, format!("{} has no node type with {count} {name}", cloud.name()));
    if counts.is_empty() {
        return d.help(format!("on {} there are {}", cloud.name(), list_names(kinds.iter().copied(), 12)));
    }
    let counts: Vec<String> = counts.iter().map(u32::to_string).collect();
    d.help(format!("there are nodes with {} of them", list_names(counts.iter().map(String::as_str), 8)))
}

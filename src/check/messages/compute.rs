//! E04xx: compute.

use crate::diag::{Code, Diagnostic, list_names};
use crate::model::Package;
use crate::schema::Cloud;
use crate::source::Span;
use crate::syntax::ast::Decl;

pub fn accelerator_count(count: Span, kind: &str, per_node: u32) -> Diagnostic {
    let d = Diagnostic::new(
        Code::AcceleratorCount,
        count,
        format!("number of `{kind}` accelerators must be a multiple of {per_node}"),
    );
    d.help(format!("use a positive multiple of {per_node}"))
}

pub fn job_cluster_field(field: Span, key: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::JobClusterField, field, format!("`{key}` has no effect on a job cluster"));
    d.help("remove the field; a job cluster is named after its run and terminates with it")
}

/// `from` are the declarations of vars and constants that set the numbers.
pub fn min_over_max(scale: Span, min: i64, max: i64, from: &[(Span, i64)]) -> Diagnostic {
    let mut d = Diagnostic::new(Code::MinOverMax, scale, format!("minimum {min} is greater than maximum {max}"));
    for (span, number) in from {
        d = d.with_label(*span, format!("its value is {number}"));
    }
    match from {
        [] => d.help("swap the numbers"),
        _ => d.help(format!("set a minimum of at most {max}, or a greater maximum")),
    }
}

pub fn half_single_node(key: Span, workers: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::HalfSingleNode, key, "cluster without workers is not configured as a single node");
    let d = d.help("set `single_node` instead, which adds the required Spark configuration and tag");
    if key.file == workers.file && key.end <= workers.start {
        d.unsafe_fix("use `single_node = true`", vec![(key.to(workers), "single_node = true".to_owned())])
    } else {
        d
    }
}

pub fn single_node_without_tag(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::HalfSingleNode, key, "single-node cluster without the tag `ResourceClass`");
    d.help("add the tag `ResourceClass` with the value `SingleNode` to `custom_tags`, or use `single_node` instead")
}

pub fn environment_without_dbt(step: Span, environment: &str, declared: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NoDbt, step, format!("environment `{environment}` does not install dbt"));
    d.with_label(declared, "declared here").help("add `dbt-databricks` to its `dependencies`")
}

pub fn incomplete_cluster(span: Span, name: &str, lacks: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::IncompleteCluster, span, format!("cluster {name} is missing {lacks}"));
    d.help(
        "set a runtime, a node type (or a pool, or `gpu`) and a size (or `autoscale`, or `single_node`), \
         or a `policy_id` that provides them",
    )
}

pub fn unknown_runtime(value: Span, text: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownRuntime, value, format!("unknown runtime `{text}`"));
    match near {
        Some(near) => d.help(format!("did you mean `{near}`? add a newer runtime to `pipec.toml`")),
        None => d.help(
            "use a key such as `15.4.x-scala2.12` or `15.4.x-gpu-ml-scala2.12`, or add a newer runtime to `pipec.toml`",
        ),
    }
}

pub fn unknown_node_type(value: Span, id: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownNodeType, value, format!("unknown node type `{id}`"));
    match near {
        Some(near) => d
            .help(format!("did you mean `{near}`? add a newer node type to `pipec.toml`"))
            .unsafe_fix(format!("use `{near}`"), vec![(value, format!("\"{near}\""))]),
        None => d.help("add a newer node type to `pipec.toml`, so that pipec can check its cloud and GPUs"),
    }
}

pub fn photon_on_gpu(at: Span, span: Span, what: String) -> Diagnostic {
    let d = Diagnostic::new(Code::PhotonOnGpu, at, "Photon is not available on GPU nodes").with_label(span, what);
    d.help("remove Photon, or use nodes without a GPU")
}

pub fn gpu_needs_gpu_runtime(version: Span, gpu: &str, span: Span, what: String) -> Diagnostic {
    let d = Diagnostic::new(Code::GpuNeedsGpuRuntime, version, "runtime without GPU support on a GPU node")
        .with_label(span, what);
    d.help(format!("use `{gpu}`")).unsafe_fix(format!("use `{gpu}`"), vec![(version, format!("\"{gpu}\""))])
}

pub fn gpu_runtime_without_gpu(span: Span, node: &str, example: Option<String>, version: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::GpuRuntimeWithoutGpu, span, format!("GPU runtime on `{}`, which has no GPU", node));
    let help = match example {
        Some(example) => {
            format!("use a GPU node such as `{example}`, or `gpu {{ ... }}`, or a runtime without `gpu` in its key")
        }
        None => "use a GPU node, or a runtime without `gpu` in its key".to_owned(),
    };
    d.with_label(version, "GPU runtime").help(help)
}

pub fn ml_access_mode(value: Span, mode: &str, runtime: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::AccessMode, value, format!("ML runtimes do not support access mode `{mode}`"));
    let d = d.with_label(runtime, "ML runtime");
    d.help("use `SINGLE_USER`").unsafe_fix("use `SINGLE_USER`", vec![(value, "SINGLE_USER".to_owned())])
}

pub fn single_user_name(key: Span, mode: &str, value: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::AccessMode, key, format!("`single_user_name` has no effect in access mode `{mode}`"));
    d.with_label(value, "access mode").help("use `SINGLE_USER`, or remove `single_user_name`")
}

pub fn wrong_cloud(span: Span, what: &str, is: Cloud, should: Cloud, target: Option<Span>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::WrongCloud,
        span,
        format!("{what} is for {}, but the cluster runs on {}", is.name(), should.name()),
    );
    let d = match target {
        Some(at) => d.with_label(at, format!("target on {}", should.name())),
        _ => d,
    };
    d.help("declare a `var` and set it in the `vars` of each target")
}

pub fn two_computes_of_step(at: Span, key: &str, on: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TwoComputes, at, format!("compute is set twice: with `on` and with `{key}`"));
    d.with_label(on, "first set here").help("keep one of them")
}

pub fn two_compute_fields(a: &str, first: Span, b: &str, second: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TwoComputes, second, format!("`{a}` and `{b}` cannot be used together"));
    d.with_label(first, "first set here").help("keep one of them; a step runs on one compute")
}

pub fn spark_submit_compute(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, at, "spark-submit tasks require a new cluster");
    d.help("set `new_cluster { ... }` in the step, or use `spark_jar_task` or `script`")
}

pub fn takes_no_compute(at: Span, kind_name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, at, format!("{kind_name} cannot run on this compute"));
    d.help("remove `on`; this task has its own compute, such as `warehouse_id`")
}

pub fn takes_no_cluster(at: Span, kind_name: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, at, format!("{kind_name} cannot run on a cluster"));
    d.help("remove `on`, or use an `environment` for its packages")
}

pub fn libraries_on_serverless(key: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::LibrariesOnServerless, key, "libraries are not supported on serverless compute");
    d.help("add the packages to the `dependencies` of an `environment`, and run the step on it")
}

pub fn serverless_gpu_on_cluster(key: Span, at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, key, "serverless GPU on a step that runs on a cluster");
    d.with_label(at, "cluster").help("add a `gpu` block to the cluster, or run the step on an environment")
}

pub fn warehouse_and_cluster(at: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::TwoComputes, at, "notebook has both a `warehouse_id` and a cluster");
    d.help("remove one of them")
}

pub fn environment_without_gpu(key: Span, version: &str, environment: Span, newer: Vec<&str>) -> Diagnostic {
    let d =
        Diagnostic::new(Code::WrongCompute, key, format!("environment version {} is not available on GPUs", version));
    d.with_label(environment, "environment").help(format!("use version {}", crate::diag::list_names(newer, 6)))
}

pub fn no_compute_of_its_own(span: Span, what: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::WrongCompute, span, format!("{what} cannot have compute"));
    d.help("remove it, and set the compute of the steps inside")
}

pub fn unknown_environment(value: Span, version: &str, known: Vec<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownEnvironment, value, format!("unknown environment version `{version}`"));

    d.help(format!("use {}, or add a newer version to `pipec.toml`", list_names(known, 12)))
}

/// `target` is the declaration of the target, if there is one.
pub fn unknown_cloud(gpu: Span, target: Option<&Decl>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownCloud, gpu, "cannot choose a node type: the target does not set its cloud");
    let d =
        d.help("set the `host` in `workspace`, or the `cloud`, in the target, or replace `gpu` with `node_type_id`");
    match target {
        Some(target) => d.with_label(target.name.span, "target").missing(["host", "workspace", "cloud"], target.span),
        None => d,
    }
}

pub fn no_such_serverless_gpu(gpu: Span, count: i64, accelerator: &str, all: &[String]) -> Diagnostic {
    let d = Diagnostic::new(Code::NoSuchGpu, gpu, format!("serverless compute does not offer {count} {accelerator}"));
    d.help(format!("use {}, or run the step on a cluster with `gpu`", list_names(all.iter().map(String::as_str), 9)))
}

pub fn python_version(at: Span, python: &str, package: &Package, step: Span, wants: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::PythonVersion,
        at,
        format!("compute has Python {python}, but package `{}` requires {wants}", package.name),
    );
    d.with_label(package.span, "package")
        .with_label(step, "used by this step")
        .help("use a runtime with a supported Python version, or change `requires-python`")
}

/// `runs` names the kind of the step; `names` are the clusters and environments in scope.
pub fn no_compute(step: &Decl, pipeline: &Decl, runs: &str, names: &[&str]) -> Diagnostic {
    let message = format!("step `{}` has no compute: {runs} requires a cluster or an environment", step.name.text);
    place_to_run(Diagnostic::new(Code::NoCompute, step.name.span, message), step, pipeline, names)
}

/// The same for a step on serverless compute, which it may have because of its `gpu`.
pub fn needs_environment(step: &Decl, pipeline: &Decl, runs: &str, gpu: Option<Span>, names: &[&str]) -> Diagnostic {
    let at = step.header.on.as_ref().map_or(step.name.span, |on| on.value.span);
    let message = format!("step `{}` has no environment: {runs} requires one on serverless compute", step.name.text);
    let d = Diagnostic::new(Code::NeedsEnvironment, at, message);
    let d = match gpu {
        Some(gpu) => d.with_label(gpu, "`gpu` in a step is serverless; a cluster has its own"),
        None => d,
    };
    place_to_run(d, step, pipeline, names)
}

/// Offers the clusters and environments in scope to a step.
fn place_to_run(d: Diagnostic, step: &Decl, pipeline: &Decl, names: &[&str]) -> Diagnostic {
    let edit = |name: &str| match &step.header.on {
        Some(on) => vec![(on.value.span, name.to_owned())],
        None => vec![(step.family.as_ref().map_or(step.name.span, |f| f.span).end_point(), format!(" on {name}"))],
    };
    if names.is_empty() {
        let declaration = "environment default { environment_version = \"4\" }";
        let start = Span { start: pipeline.body.span.start + 1, ..pipeline.body.span }.start_point();
        let mut edits = edit("default");
        edits.push((start, format!("\n  {declaration}\n")));
        return d
            .help(format!("declare `{declaration}` and add `on default`, or declare a `cluster`"))
            .unsafe_fix("declare an environment", edits);
    }
    let d = d.help(format!("add `on` with {}", list_names(names.iter().copied(), 6)));
    names.iter().take(3).fold(d, |d, name| d.unsafe_fix(format!("run it on `{name}`"), edit(name)))
}

/// `counts` are the available numbers of this accelerator on a node; without any, `kinds` are the available accelerators.
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
        return d.help(format!("use {}", list_names(kinds.iter().copied(), 12)));
    }
    let counts: Vec<String> = counts.iter().map(u32::to_string).collect();
    d.help(format!("use a count of {}", list_names(counts.iter().map(String::as_str), 8)))
}

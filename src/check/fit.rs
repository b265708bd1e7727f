//! Do node type, runtime, access mode and size of a cluster fit together, and the cloud?

use super::scope::Checker;
use crate::diag::{Code, Diagnostic, nearest};
use crate::model::{Node, NodeKind, Object, Target};
use crate::schema::{Cloud, RuntimeKey};
use crate::source::Span;

impl Checker<'_> {
    /// Checks a whole cluster. `name` stands for it in messages; `job_cluster` is false for a cluster of a raw task.
    pub fn fit(&mut self, settings: &Object, span: Span, name: &str, target: &Target, job_cluster: bool) {
        if settings.broken {
            return;
        }
        self.required(settings);
        self.size(settings);
        self.complete(settings, span, name);
        let runtime = self.runtime(settings);
        self.nodes(settings, runtime.as_ref(), target);
        self.access_mode(settings, runtime.as_ref());
        self.clouds(settings, target);
        if job_cluster {
            for key in ["autotermination_minutes", "cluster_name"] {
                if settings.has(key) {
                    let d = Diagnostic::new(
                        Code::JobClusterField,
                        settings.key_span(key),
                        format!("`{key}` does nothing on a job cluster"),
                    );
                    self.report(d.help("a job cluster is named after its run, and ends with it; remove the field"));
                }
            }
        }
    }

    fn size(&mut self, settings: &Object) {
        if let Some(scale) = settings.get("autoscale").and_then(|n| n.as_object()) {
            let number = |key: &str| scale.get(key).and_then(Node::as_int);
            if let (Some(min), Some(max)) = (number("min_workers"), number("max_workers"))
                && min > max
            {
                let d = Diagnostic::new(
                    Code::MinOverMax,
                    scale.span,
                    format!("the least, {min}, is more than the most, {max}"),
                );
                self.report(d.help("write the smaller number first"));
            }
        }
        let Some(workers) = settings.get("num_workers") else { return };
        if workers.as_int() != Some(0) || settings.has("policy_id") {
            return;
        }
        if settings.get("is_single_node").and_then(Node::as_bool) == Some(true) {
            return;
        }
        let entry = |field: &str, key: &str| match settings.get(field).map(|n| &n.kind) {
            Some(NodeKind::Map(entries)) => entries.iter().any(|(k, ..)| k == key),
            _ => false,
        };
        let profile = entry("spark_conf", "spark.databricks.cluster.profile");
        let master = entry("spark_conf", "spark.master");
        if !profile || !master {
            let d = Diagnostic::new(
                Code::HalfSingleNode,
                settings.key_span("num_workers"),
                "no workers, but the cluster is not set up as a single node",
            );
            let d =
                d.help("write `single_node = true` in place of `num_workers = 0`: it fills in the conf and the tag");
            let key = settings.key_span("num_workers");
            let whole = key.to(workers.span);
            self.report(if key.file == workers.span.file && key.end <= workers.span.start {
                d.suggestion("use `single_node = true`", vec![(whole, "single_node = true".to_owned())])
            } else {
                d
            });
        }
    }

    fn complete(&mut self, settings: &Object, span: Span, name: &str) {
        let by_other_means = settings.has("policy_id") || settings.has("kind") || !settings.unchecked.is_empty();
        if by_other_means {
            return;
        }
        let any = |keys: &[&str]| keys.iter().any(|k| settings.has(k));
        let mut lacks = Vec::new();
        if !any(&["spark_version"]) {
            lacks.push("spark_version");
        }
        if !any(&["node_type_id", "instance_pool_id", "driver_node_type_id", "driver_instance_pool_id"]) {
            lacks.push("node_type_id");
        }
        if !any(&["num_workers", "autoscale", "is_single_node"]) {
            lacks.push("num_workers");
        }
        if lacks.is_empty() {
            return;
        }
        let lacks = crate::diag::one_of(lacks, 3).replace(" or ", " and ");
        let d = Diagnostic::new(Code::IncompleteCluster, span, format!("cluster {name} lacks {lacks}"));
        self.report(d.help(
            "a cluster needs a runtime, a node type (or a pool, or `gpu`) and a size (or `autoscale`, or `single_node`), \
             unless a `policy_id` fills them in",
        ));
    }

    fn runtime(&mut self, settings: &Object) -> Option<RuntimeKey> {
        let node = settings.get("spark_version")?;
        let text = node.as_str()?;
        let tables = self.symbols.project.tables.clone();
        let key = RuntimeKey::parse(text);
        let known = key.as_ref().is_some_and(|k| tables.runtime(k).is_some());
        // Custom images and policies have keys of their own.
        if !known && !text.starts_with("custom:") && !text.starts_with("auto:") {
            let all: Vec<String> =
                tables.runtimes().iter().map(|r| format!("{}.x-scala{}", r.version, r.scala)).collect();
            let d = Diagnostic::new(Code::UnknownRuntime, node.span, format!("runtime `{text}` is not in the table"));
            let variant = key.as_ref().map_or("", |k| k.variant.as_str());
            let plain = if variant.is_empty() { text.to_owned() } else { text.replace(&format!("-{variant}"), "") };
            // A near spelling of the same major version is a misspelling; of another one it would mislead.
            let major = |text: &str| text.split('.').next().map(str::to_owned);
            let near = nearest(&plain, all.iter().map(String::as_str)).filter(|n| major(n) == major(text));
            self.report(match near {
                Some(near) => d.help(format!("the nearest known is `{near}`; a newer one can be added to `pipec.toml`")),
                None => d.help("a key looks like `15.4.x-scala2.12` or `15.4.x-gpu-ml-scala2.12`; a newer runtime can be added to `pipec.toml`"),
            });
        }
        key
    }

    fn nodes(&mut self, settings: &Object, runtime: Option<&RuntimeKey>, target: &Target) {
        let tables = self.symbols.project.tables.clone();
        for key in ["node_type_id", "driver_node_type_id"] {
            let Some(node) = settings.get(key) else { continue };
            let Some(id) = node.as_str() else { continue };
            let Some(known) = tables.node(id) else {
                let d =
                    Diagnostic::new(Code::UnknownNodeType, node.span, format!("node type `{id}` is not in the table"));
                let near = nearest(
                    id,
                    tables.nodes().iter().filter(|n| target.cloud.is_none_or(|c| c == n.cloud)).map(|n| n.id.as_str()),
                );
                self.report(match near {
                    Some(near) => d
                        .help(format!("did you mean `{near}`? a new one can be added to `pipec.toml`"))
                        .suggestion(format!("use `{near}`"), vec![(node.span, format!("\"{near}\""))]),
                    None => d.help("if it is new, add it to `pipec.toml`, so that its GPUs and cloud can be checked"),
                });
                continue;
            };
            if let Some(cloud) = target.cloud.filter(|c| *c != known.cloud) {
                self.wrong_cloud(node.span, &format!("`{id}`"), known.cloud, cloud, target);
            }
        }
        let worker = settings.get("node_type_id").and_then(|n| Some((n.span, tables.node(n.as_str()?)?)));
        let Some((span, node)) = worker else { return };
        let Some(version) = settings.get("spark_version") else { return };
        let version_span = version.span;
        let photon = settings.str("runtime_engine") == Some("PHOTON");
        let photon_key = runtime.is_some_and(RuntimeKey::is_photon);
        let chosen_by_service = settings.get("use_ml_runtime").and_then(Node::as_bool) == Some(true);
        if node.has_gpu() {
            let what = format!("`{}` has {} {}", node.id, node.gpu_count, node.gpu);
            if photon || photon_key {
                let at =
                    if photon { settings.get("runtime_engine").map_or(version_span, |n| n.span) } else { version_span };
                let d = Diagnostic::new(Code::PhotonOnGpu, at, "Photon does not run on GPU nodes").also(span, what);
                self.report(d.help("remove Photon, or use nodes without GPU"));
            } else if let Some(key) = runtime
                && !key.is_gpu()
                && !settings.has("docker_image")
                && !chosen_by_service
            {
                let gpu = key.gpu_ml();
                let d = Diagnostic::new(Code::GpuNeedsGpuRuntime, version_span, "this runtime has no GPU support")
                    .also(span, what);
                self.report(
                    d.help(format!("use `{gpu}`"))
                        .suggestion(format!("use `{gpu}`"), vec![(version_span, format!("\"{gpu}\""))]),
                );
            }
        } else if runtime.is_some_and(RuntimeKey::is_gpu) {
            let d = Diagnostic::new(
                Code::GpuRuntimeWithoutGpu,
                span,
                format!("`{}` has no GPU, but the runtime needs one", node.id),
            );
            let example = tables
                .nodes()
                .iter()
                .find(|n| n.cloud == node.cloud && n.has_gpu() && n.selectable)
                .map(|n| n.id.to_string());
            let help = match example {
                Some(example) => format!(
                    "use a GPU node such as `{example}`, or `gpu {{ ... }}`, or a runtime without `gpu` in its key"
                ),
                None => "use a GPU node, or a runtime without `gpu` in its key".to_owned(),
            };
            self.report(d.also(version_span, "a GPU runtime").help(help));
        }
    }

    fn access_mode(&mut self, settings: &Object, runtime: Option<&RuntimeKey>) {
        let Some(node) = settings.get("data_security_mode") else { return };
        let mode = node.as_str().unwrap_or("");
        let shared = matches!(mode, "USER_ISOLATION" | "DATA_SECURITY_MODE_STANDARD");
        if shared && runtime.is_some_and(|r| r.variant.contains("ml")) {
            let d =
                Diagnostic::new(Code::AccessMode, node.span, format!("ML runtimes do not run in access mode `{mode}`"));
            let d = d.also(settings.get("spark_version").map_or(node.span, |n| n.span), "an ML runtime");
            self.report(
                d.help("use `SINGLE_USER`")
                    .suggestion("use `SINGLE_USER`", vec![(node.span, "SINGLE_USER".to_owned())]),
            );
        }
        if settings.has("single_user_name") && (shared || mode == "NONE") {
            let d = Diagnostic::new(
                Code::AccessMode,
                settings.key_span("single_user_name"),
                format!("`single_user_name` means nothing in access mode `{mode}`"),
            );
            self.report(d.also(node.span, "the access mode").help("use `SINGLE_USER`, or remove the name"));
        }
    }

    fn clouds(&mut self, settings: &Object, target: &Target) {
        let tables = self.symbols.project.tables.clone();
        let by_node = settings.str("node_type_id").and_then(|id| tables.node(id)).map(|n| n.cloud);
        let present: Vec<(&str, Cloud)> =
            [("azure_attributes", Cloud::Azure), ("aws_attributes", Cloud::Aws), ("gcp_attributes", Cloud::Gcp)]
                .into_iter()
                .filter(|(key, _)| settings.has(key))
                .collect();
        let known = target.cloud.or(by_node).or(if present.len() > 1 { present.first().map(|p| p.1) } else { None });
        for (key, cloud) in present {
            if let Some(known) = known
                && known != cloud
            {
                self.wrong_cloud(settings.key_span(key), &format!("`{key}`"), cloud, known, target);
            }
        }
    }

    fn wrong_cloud(&mut self, span: Span, what: &str, is: Cloud, should: Cloud, target: &Target) {
        let d = Diagnostic::new(
            Code::WrongCloud,
            span,
            format!("{what} is for {}, but this cluster is for {}", is.name(), should.name()),
        );
        let d = match target.span {
            Some(at) if target.cloud.is_some() => d.also(at, format!("this target is on {}", should.name())),
            _ => d,
        };
        self.report(d.help("each target can have its own value: declare a `var`, and set it in `vars`"));
    }
}

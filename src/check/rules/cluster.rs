//! Clusters: whether node type, runtime, access mode, size and cloud fit together.

use super::{PipelineFacts, required};
use crate::check::messages;
use crate::diag::{Diagnostics, closest_match};
use crate::model::{Compute, Node, NodeKind, Object, Target};
use crate::schema::{Cloud, FieldKey, RuntimeKey, SINGLE_NODE, key};
use crate::source::Span;

/// Checks the clusters of a pipeline, and those defined in steps.
pub fn check(facts: &PipelineFacts, out: &mut Diagnostics) {
    let pipeline = &facts.pipeline.pipeline;
    for cluster in &pipeline.clusters {
        if let Some(gpu) = cluster.settings.get(key::GPU) {
            required::complete_below(gpu, out);
        }
        // A cluster that sets only `serverless_compute_id` has no settings to check.
        if !(cluster.settings.fields.is_empty() && cluster.serverless_compute_id.is_some()) {
            check_cluster(facts, &cluster.settings, cluster.span, &format!("`{}`", cluster.key), out);
        }
    }
    for step in pipeline.all_steps().filter(|s| s.compute == Compute::Raw) {
        let task = step.settings.get(key::FOR_EACH_TASK).and_then(Node::as_object).and_then(|l| l.get(key::TASK));
        for settings in [Some(&step.settings), task.and_then(Node::as_object)].into_iter().flatten() {
            if let Some(cluster) = settings.get(key::NEW_CLUSTER).and_then(Node::as_object) {
                check_cluster(facts, cluster, cluster.span, "of this step", out);
            }
        }
    }
}

/// Checks a cluster; `name` describes it in messages.
fn check_cluster(facts: &PipelineFacts, settings: &Object, span: Span, name: &str, out: &mut Diagnostics) {
    let target = &facts.program.target.target;
    if settings.broken {
        return;
    }
    required::complete(settings, out);
    size(facts, settings, out);
    pools(settings, out);
    kind(settings, out);
    complete(settings, span, name, out);
    let runtime = runtime(facts, settings, out);
    nodes(facts, settings, runtime.as_ref(), target, out);
    access_mode(settings, runtime.as_ref(), out);
    clouds(facts, settings, target, out);
    for key in [key::AUTOTERMINATION_MINUTES, key::CLUSTER_NAME] {
        if settings.has(key) {
            out.push(messages::job_cluster_field(settings.key_span(key), key.name()));
        }
    }
}

fn size(facts: &PipelineFacts, settings: &Object, out: &mut Diagnostics) {
    if let Some(scale) = settings.get(key::AUTOSCALE).and_then(|n| n.as_object()) {
        let number = |key: FieldKey| scale.get(key).and_then(Node::as_int);
        if let (Some(min), Some(max)) = (number(key::MIN_WORKERS), number(key::MAX_WORKERS))
            && min > max
        {
            let from: Vec<(Span, i64)> = [(key::MIN_WORKERS, min), (key::MAX_WORKERS, max)]
                .into_iter()
                .filter_map(|(key, number)| {
                    let at = scale.get(key)?.span;
                    facts.program.links().find(|link| link.at == at).map(|link| (link.to, number))
                })
                .collect();
            out.push(messages::min_over_max(scale.span, min, max, &from));
        }
    }
    let Some(workers) = settings.get(key::NUM_WORKERS) else { return };
    if workers.as_int() != Some(0) || settings.has(key::POLICY_ID) {
        return;
    }
    if settings.get(key::IS_SINGLE_NODE).and_then(Node::as_bool) == Some(true) {
        return;
    }
    let entry = |field: FieldKey, key: &str| match settings.get(field).map(|n| &n.kind) {
        Some(NodeKind::Map(entries)) => entries.iter().any(|(k, ..)| k == key),
        _ => false,
    };
    let lacks = |field: FieldKey| SINGLE_NODE.iter().any(|(of, key, _)| *of == field && !entry(field, key));
    let key = settings.key_span(key::NUM_WORKERS);
    if lacks(key::SPARK_CONF) {
        out.push(messages::half_single_node(key, workers.span));
    } else if key != workers.span && lacks(key::CUSTOM_TAGS) {
        // `single_node` sets the number of workers and the tag, unless `custom_tags = none` removes it.
        out.push(messages::single_node_without_tag(key));
    }
}

/// A pool determines the node type, also that of the driver.
fn pools(settings: &Object, out: &mut Diagnostics) {
    let exclusive = [
        (key::INSTANCE_POOL_ID, key::DRIVER_NODE_TYPE_ID),
        (key::DRIVER_INSTANCE_POOL_ID, key::DRIVER_NODE_TYPE_ID),
        (key::DRIVER_INSTANCE_POOL_ID, key::NODE_TYPE_ID),
    ];
    for (pool, node_type) in exclusive {
        if settings.has(pool) && settings.has(node_type) {
            let (at, other) = (settings.key_span(node_type), settings.key_span(pool));
            out.push(messages::exclusive(at, node_type.name(), other, pool.name(), &[pool.name(), node_type.name()]));
            return;
        }
    }
}

/// Fields that only clusters of a kind support; a policy may set it.
fn kind(settings: &Object, out: &mut Diagnostics) {
    if settings.has(key::KIND) || settings.has(key::POLICY_ID) {
        return;
    }
    for key in [key::USE_ML_RUNTIME, key::IS_SINGLE_NODE] {
        if settings.get(key).and_then(Node::as_bool) == Some(true) {
            out.push(messages::needs_kind(settings.key_span(key), key.name()));
            return;
        }
    }
}

fn complete(settings: &Object, span: Span, name: &str, out: &mut Diagnostics) {
    let by_other_means = settings.has(key::POLICY_ID) || settings.has(key::KIND) || !settings.unchecked.is_empty();
    if by_other_means {
        return;
    }
    let any = |keys: &[FieldKey]| keys.iter().any(|k| settings.has(*k));
    let mut lacks = Vec::new();
    if !any(&[key::SPARK_VERSION]) {
        lacks.push("spark_version");
    }
    if !any(&[key::NODE_TYPE_ID, key::INSTANCE_POOL_ID, key::DRIVER_NODE_TYPE_ID, key::DRIVER_INSTANCE_POOL_ID]) {
        lacks.push("node_type_id");
    }
    if !any(&[key::NUM_WORKERS, key::AUTOSCALE, key::IS_SINGLE_NODE]) {
        lacks.push("num_workers");
    }
    if lacks.is_empty() {
        return;
    }
    let lacks = crate::diag::list_names(lacks, 3).replace(" or ", " and ");
    out.push(messages::incomplete_cluster(span, name, &lacks));
}

fn runtime(facts: &PipelineFacts, settings: &Object, out: &mut Diagnostics) -> Option<RuntimeKey> {
    let node = settings.get(key::SPARK_VERSION)?;
    let text = node.as_str()?;
    let tables = facts.tables();
    let key = RuntimeKey::parse(text);
    let known = key.as_ref().is_some_and(|k| tables.runtime(k).is_some());
    // Custom images and policies have other versions.
    if !known && !text.starts_with("custom:") && !text.starts_with("auto:") {
        let all: Vec<String> = tables.runtimes().iter().map(|r| format!("{}.x-scala{}", r.version, r.scala)).collect();
        let variant = key.as_ref().map_or("", |k| k.variant.as_str());
        let plain = if variant.is_empty() { text.to_owned() } else { text.replace(&format!("-{variant}"), "") };
        // Suggest only a version with the same major number; another one would be misleading.
        let major = |text: &str| text.split('.').next().map(str::to_owned);
        let near = closest_match(&plain, all.iter().map(String::as_str)).filter(|n| major(n) == major(text));
        out.push(messages::unknown_runtime(node.span, text, near));
    }
    key
}

fn nodes(
    facts: &PipelineFacts,
    settings: &Object,
    runtime: Option<&RuntimeKey>,
    target: &Target,
    out: &mut Diagnostics,
) {
    let tables = facts.tables();
    for key in [key::NODE_TYPE_ID, key::DRIVER_NODE_TYPE_ID] {
        let Some(node) = settings.get(key) else { continue };
        let Some(id) = node.as_str() else { continue };
        let Some(known) = tables.node(id) else {
            let near = closest_match(
                id,
                tables.nodes().iter().filter(|n| target.cloud.is_none_or(|c| c == n.cloud)).map(|n| n.id.as_str()),
            );
            out.push(messages::unknown_node_type(node.span, id, near));
            continue;
        };
        if let Some(cloud) = target.cloud.filter(|c| *c != known.cloud) {
            wrong_cloud(node.span, &format!("`{id}`"), known.cloud, cloud, target, out);
        }
    }
    let worker = settings.get(key::NODE_TYPE_ID).and_then(|n| Some((n.span, tables.node(n.as_str()?)?)));
    let Some((span, node)) = worker else { return };
    let Some(version) = settings.get(key::SPARK_VERSION) else { return };
    let version_span = version.span;
    let photon = settings.str(key::RUNTIME_ENGINE) == Some("PHOTON");
    let photon_key = runtime.is_some_and(RuntimeKey::is_photon);
    let chosen_by_service = settings.get(key::USE_ML_RUNTIME).and_then(Node::as_bool) == Some(true);
    if node.has_gpu() {
        let what = format!("`{}` has {} {}", node.id, node.gpu_count, node.gpu);
        if photon || photon_key {
            let at =
                if photon { settings.get(key::RUNTIME_ENGINE).map_or(version_span, |n| n.span) } else { version_span };
            out.push(messages::photon_on_gpu(at, span, what));
        } else if let Some(key) = runtime
            && !key.is_gpu()
            && !settings.has(key::DOCKER_IMAGE)
            && !chosen_by_service
        {
            let gpu = key.gpu_ml();
            out.push(messages::gpu_needs_gpu_runtime(version_span, &gpu, span, what));
        }
    } else if runtime.is_some_and(RuntimeKey::is_gpu) {
        let example = tables
            .nodes()
            .iter()
            .find(|n| n.cloud == node.cloud && n.has_gpu() && n.selectable)
            .map(|n| n.id.to_string());
        out.push(messages::gpu_runtime_without_gpu(span, &node.id, example, version_span));
    }
}

fn access_mode(settings: &Object, runtime: Option<&RuntimeKey>, out: &mut Diagnostics) {
    let Some(node) = settings.get(key::DATA_SECURITY_MODE) else { return };
    let mode = node.as_str().unwrap_or("");
    let shared = matches!(mode, "USER_ISOLATION" | "DATA_SECURITY_MODE_STANDARD");
    if shared && runtime.is_some_and(|r| r.variant.contains("ml")) {
        out.push(messages::ml_access_mode(
            node.span,
            mode,
            settings.get(key::SPARK_VERSION).map_or(node.span, |n| n.span),
        ));
    }
    if settings.has(key::SINGLE_USER_NAME) && (shared || mode == "NONE") {
        out.push(messages::single_user_name(settings.key_span(key::SINGLE_USER_NAME), mode, node.span));
    }
}

fn clouds(facts: &PipelineFacts, settings: &Object, target: &Target, out: &mut Diagnostics) {
    let tables = facts.tables();
    let by_node = settings.str(key::NODE_TYPE_ID).and_then(|id| tables.node(id)).map(|n| n.cloud);
    let present: Vec<(FieldKey, Cloud)> =
        [(key::AZURE_ATTRIBUTES, Cloud::Azure), (key::AWS_ATTRIBUTES, Cloud::Aws), (key::GCP_ATTRIBUTES, Cloud::Gcp)]
            .into_iter()
            .filter(|(key, _)| settings.has(*key))
            .collect();
    let known = target.cloud.or(by_node).or(if present.len() > 1 { present.first().map(|p| p.1) } else { None });
    for (key, cloud) in present {
        if let Some(known) = known
            && known != cloud
        {
            wrong_cloud(settings.key_span(key), &format!("`{key}`"), cloud, known, target, out);
        }
    }
}

fn wrong_cloud(span: Span, what: &str, is: Cloud, should: Cloud, target: &Target, out: &mut Diagnostics) {
    out.push(messages::wrong_cloud(span, what, is, should, target.span.filter(|_| target.cloud.is_some())));
}

//! Known values of a field: node types, runtimes, time zones and so on.

use super::describe;
use super::view::FileContext;
use crate::schema::Vocabulary;
use crate::time::zone_names;

/// The values of a vocabulary with descriptions; node types are those of the project's clouds.
pub(super) fn texts(vocabulary: Vocabulary, view: &FileContext<'_>) -> Vec<(String, String)> {
    let tables = &view.project.tables;
    match vocabulary {
        Vocabulary::NodeTypes => {
            let clouds: Vec<_> = view.programs().filter_map(describe::cloud).collect();
            tables
                .nodes()
                .iter()
                .filter(|n| clouds.is_empty() || clouds.contains(&n.cloud))
                .map(|n| (n.id.to_string(), describe::node_type(n)))
                .collect()
        }
        Vocabulary::Runtimes => tables
            .runtimes()
            .iter()
            .flat_map(|r| {
                let plain = format!("{}.x-scala{}", r.version, r.scala);
                let gpu = r.gpu_ml.then(|| format!("{}.x-gpu-ml-scala{}", r.version, r.scala));
                let cpu = r.gpu_ml.then(|| format!("{}.x-cpu-ml-scala{}", r.version, r.scala));
                [Some(plain), gpu, cpu].into_iter().flatten().map(move |key| (key, describe::runtime(r)))
            })
            .collect(),
        Vocabulary::EnvironmentVersions => {
            tables.environments().iter().map(|e| (e.version.to_string(), format!("Python {}", e.python))).collect()
        }
        Vocabulary::TimeZones => zone_names().into_iter().map(|z| (z, "time zone".to_owned())).collect(),
        Vocabulary::Cron => [
            ("0 0 2 * * ?", "every day at 02:00"),
            ("0 0 * * * ?", "every hour"),
            ("0 0/15 * * * ?", "every 15 minutes"),
            ("0 0 6 ? * MON-FRI", "on weekdays at 06:00"),
            ("0 0 3 1 * ?", "on the first of each month at 03:00"),
        ]
        .map(|(cron, what)| (cron.to_owned(), what.to_owned()))
        .into(),
    }
}

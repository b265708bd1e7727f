//! Renders a run as a timeline with a bar per task.

use std::fmt::Write as _;

use super::record::duration;
use super::{Graph, RunRecord, StepRecord, columns, escaped, shortened};

const ROW: f64 = 22.0;
const BARS: f64 = 640.0;
const AXIS: f64 = 46.0;

/// The chart, from a vertical offset, and its size.
pub(super) fn drawn(graph: &Graph, run: &RunRecord, top: f64) -> (String, f64, f64) {
    let mut rows: Vec<(&str, &StepRecord)> = graph
        .nodes
        .iter()
        .filter_map(|n| run.steps.get(&n.key).map(|s| (n.key.as_str(), s)))
        .filter(|(_, s)| s.started.is_some())
        .collect();
    rows.sort_by_key(|(_, s)| s.started);
    let title = format!("run {}", run.title);
    let mut out =
        format!("<g class=\"chart\"><text class=\"title\" x=\"16\" y=\"{:.1}\">{}</text>", top + 18.0, escaped(&title));
    let Some((from, to)) = run.span() else {
        let _ = write!(out, "<text x=\"16\" y=\"{:.1}\">no task has begun</text></g>", top + 38.0);
        return (out, 320.0, 52.0);
    };
    let names = rows.iter().map(|(k, _)| columns(k).min(34)).max().unwrap_or(0) as f64 * 6.4 + 32.0;
    let whole = to.saturating_sub(from).max(1) as f64;
    let x = |ms: i64| names + ms.saturating_sub(from) as f64 / whole * BARS;
    let bottom = top + AXIS + rows.len() as f64 * ROW;
    for tick in ticks(to.saturating_sub(from)) {
        let at = x(from.saturating_add(tick));
        let _ = write!(
            out,
            "<path class=\"grid\" d=\"M{at:.1} {:.1}V{bottom:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            top + AXIS - 4.0,
            at + 2.0,
            top + AXIS - 8.0,
            duration(tick)
        );
    }
    for (n, (key, step)) in rows.iter().enumerate() {
        let y = top + AXIS + n as f64 * ROW;
        let start = step.started.unwrap_or(from);
        let (left, right) = (x(start), x(step.ended.unwrap_or(to).max(start)));
        let tries = if step.attempts > 1 { format!(", {} attempts", step.attempts) } else { String::new() };
        let _ = write!(
            out,
            "<g><title>{0}: {1}{tries}</title><text x=\"16\" y=\"{2:.1}\">{3}</text>\
             <rect class=\"bar {4}\" x=\"{left:.1}\" y=\"{5:.1}\" width=\"{6:.1}\" height=\"12\" rx=\"2\"/>\
             <text x=\"{7:.1}\" y=\"{2:.1}\">{1}{tries}</text></g>",
            escaped(key),
            escaped(&step.shown()),
            y + 12.0,
            escaped(&shortened(key, 34)),
            step.tone.class(),
            y + 2.0,
            (right - left).max(2.0),
            right.max(left + 2.0) + 6.0,
        );
    }
    out.push_str("</g>\n");
    (out, names + BARS + 220.0, bottom - top + 16.0)
}

/// Round times for the axis, from zero, in milliseconds.
fn ticks(whole: i64) -> Vec<i64> {
    const STEPS: [i64; 20] = [
        1, 5, 20, 100, 250, 500, 1_000, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000, 900_000, 1_800_000,
        3_600_000, 7_200_000, 21_600_000, 86_400_000,
    ];
    let step = STEPS.into_iter().find(|s| whole / s <= 6).unwrap_or(whole / 6).max(1);
    (0..=whole / step).map(|n| n * step).collect()
}

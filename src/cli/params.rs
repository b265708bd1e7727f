//! Job parameters on the command line.

use std::collections::BTreeSet;

use serde_json::Value;

use super::args::RunArgs as Args;
use crate::diag::{article, closest_match, list_names};
use crate::model::{Param, Pipeline, Type};

/// Parses the parameters by their declared types, and reports missing ones without a default.
pub fn given_params(args: &Args, pipeline: &Pipeline) -> Result<Vec<(String, String)>, String> {
    let mut out = Vec::new();
    let mut set = BTreeSet::new();
    for given in &args.params {
        let (name, value) =
            given.split_once('=').ok_or_else(|| format!("invalid `--param {given}`; use NAME=VALUE"))?;
        let Some(param) = pipeline.params.iter().find(|p| p.name == name) else {
            let names: Vec<&str> = pipeline.params.iter().map(|p| p.name.as_str()).collect();
            return Err(match closest_match(name, names.iter().copied()) {
                Some(near) => format!("pipeline `{}` has no parameter `{name}`; did you mean `{near}`?", pipeline.name),
                None => {
                    format!("pipeline `{}` has no parameter `{name}`; use {}", pipeline.name, list_names(names, 12))
                }
            });
        };
        typed(param, value)?;
        if set.contains(name) {
            return Err(format!("`--param {name}` is passed twice"));
        }
        out.push((name.to_owned(), value.to_owned()));
        set.insert(name);
    }
    let missing: Vec<&str> = pipeline
        .params
        .iter()
        .filter(|p| p.default.is_none() && !set.contains(p.name.as_str()))
        .map(|p| p.name.as_str())
        .collect();
    if missing.is_empty() {
        Ok(out)
    } else {
        Err(format!(
            "pipeline `{}` requires a value for {}: pass `--param {}=...`",
            pipeline.name,
            list_names(missing.iter().copied(), 12),
            missing.first().unwrap_or(&"")
        ))
    }
}

fn typed(param: &Param, value: &str) -> Result<(), String> {
    let json = || serde_json::from_str::<Value>(value);
    let fits = match &param.ty {
        Type::Int => value.parse::<i64>().is_ok(),
        Type::Float => value.parse::<f64>().is_ok(),
        Type::Bool => matches!(value, "true" | "false"),
        Type::Date => crate::time::is_date(value),
        Type::Datetime => crate::time::is_date(value) || crate::time::is_datetime(value),
        Type::Json => json().is_ok(),
        Type::List(_) => json().is_ok_and(|v| v.is_array()),
        Type::Map(_) | Type::Record(_) => json().is_ok_and(|v| v.is_object()),
        _ => true,
    };
    if fits {
        Ok(())
    } else {
        Err(format!("`{}` must be {}, not `{value}`", param.name, article(&param.ty.to_string())))
    }
}

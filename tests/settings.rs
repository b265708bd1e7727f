//! The cases in `tests/settings/cases.toml`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pipec::workspace::{Environ, Overrides, Settings, choose};
use toml::{Table, Value};

#[test]
fn settings_come_to_what_the_cases_say() {
    let text = include_str!("settings/cases.toml");
    let cases: Table = text.parse().unwrap();
    let mut wrong = Vec::new();
    for case in cases["case"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        if let Err(why) = held(case) {
            wrong.push(format!("{name}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn held(case: &Value) -> Result<(), String> {
    let text =
        |table: &str, key: &str| case.get(table).and_then(|t| t.get(key)).and_then(Value::as_str).map(str::to_owned);
    let asked = Overrides {
        host: text("flag", "host"),
        profile: text("flag", "profile"),
        target_host: text("target", "host"),
        target_profile: text("target", "profile"),
    };
    let env: BTreeMap<String, String> = case
        .get("env")
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
        .map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned()))
        .collect();
    let profiles = case.get("profiles").map(|p| (PathBuf::from("profiles"), p.as_str().unwrap().to_owned()));
    let installed: Vec<&str> =
        case.get("installed").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let around = Environ { env, profiles };
    let found = Settings::resolve(&asked, &around)
        .and_then(|settings| Ok((choose(&settings, &around, &|p| installed.contains(&p))?, settings)));
    let expected = case.get("error").and_then(Value::as_str);
    let (login, settings) = match (found, expected) {
        (Err(e), Some(part)) if e.message.contains(part) && !e.help.is_empty() => {
            return if format!("{e:?}").contains("planted") { Err(format!("a secret is told: {e:?}")) } else { Ok(()) };
        }
        (Err(e), _) => return Err(format!("{e:?}")),
        (Ok((login, _)), Some(part)) => return Err(format!("no error {part:?}, but {}", login.method)),
        (Ok(found), None) => found,
    };
    let same = |what: &str, wanted: Option<&str>, got: String| match wanted {
        Some(wanted) if wanted != got => Err(format!("{what} is {got}, not {wanted}")),
        _ => Ok(()),
    };
    same("host", case.get("host").and_then(Value::as_str), settings.host())?;
    same("method", case.get("method").and_then(Value::as_str), login.method.to_string())?;
    for (name, source) in case.get("from").and_then(Value::as_table).into_iter().flatten() {
        let got = settings.source(name).map(ToString::to_string).unwrap_or_default();
        same(name, source.as_str(), got)?;
    }
    Ok(())
}

//! `pipec auth`.

use super::super::Outcome;
use super::super::args::{Auth, Shared};
use super::super::check::load_and_check;
use super::connect::{client, settings, wrong};
use super::say::tell_fault;

/// Shows which settings win, where they come from, and who they make us.
pub fn auth(args: &Auth, shared: &Shared) -> Outcome {
    // Outside of a project the environment and the profiles still say something.
    let asked = !args.paths.is_empty() || shared.target.is_some();
    let loaded = match super::super::paths(&args.paths) {
        Ok(_) => match load_and_check(&args.paths, shared, false) {
            Ok(found) => Some(found),
            Err(outcome) => return outcome,
        },
        Err(why) if asked => return super::super::usage(why),
        Err(_) => None,
    };
    let target = loaded.as_ref().and_then(|(_, checked)| checked.programs.iter().flatten().next()).map(|p| &p.target);
    let chosen = match settings(target, &args.login) {
        Ok(chosen) => chosen,
        Err(e) => return wrong(&e),
    };
    let mut out = String::new();
    if let Some(name) = target.and_then(|t| t.name.as_ref()) {
        out.push_str(&format!("target     {name}\n"));
    }
    let width = chosen.settings.all().iter().map(|a| a.name.len()).max().unwrap_or(0).max(10);
    for attribute in chosen.settings.all() {
        out.push_str(&format!("{:<width$} {}  ({})\n", attribute.name, attribute.shown(), attribute.source));
    }
    let login = match chosen.login {
        Ok(login) => login,
        Err(e) => {
            super::super::terminal::print(&out);
            return wrong(&e);
        }
    };
    out.push_str(&format!("{:<width$} {}\n", "logs in by", login.method));
    super::super::terminal::print(&out);
    if args.offline {
        return Outcome::Done;
    }
    let me = match client(&chosen.settings, login, shared).and_then(|c| c.me().map_err(tell_fault)) {
        Ok(me) => me,
        Err(outcome) => return outcome,
    };
    let kind = if me.is_service_principal() { " (service principal)" } else { "" };
    let shown = if me.shown == me.name { String::new() } else { format!("{}, ", me.shown) };
    super::super::terminal::print(&format!("{:<width$} {shown}{}{kind}\n", "as", me.name));
    Outcome::Done
}

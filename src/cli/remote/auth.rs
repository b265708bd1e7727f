//! `pipec auth`.

use super::super::args::{Auth, SharedArgs};
use super::super::check::open;
use super::super::{Ended, Outcome};
use super::connect::{client, settings};

/// Shows the effective settings, their sources, and the user.
pub fn auth(args: &Auth, shared: &SharedArgs) -> Ended {
    // Outside of a project, the environment and profiles still apply.
    let asked = !args.paths.is_empty() || shared.target.is_some();
    let session = match super::super::paths(&args.paths) {
        Ok(_) => Some(open(&args.paths, shared, false)?),
        Err(why) if asked => return Err(why),
        Err(_) => None,
    };
    let target = session.as_ref().and_then(|s| s.programs().next()).map(|(_, program)| &program.target);
    let chosen = settings(target, &args.login)?;
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
            return Err(e.into());
        }
    };
    out.push_str(&format!("{:<width$} {}\n", "authentication", login.method));
    super::super::terminal::print(&out);
    if args.offline {
        return Ok(Outcome::Done);
    }
    let me = client(&chosen.settings, login, shared)?.me()?;
    let kind = if me.is_service_principal() { " (service principal)" } else { "" };
    let shown = if me.shown == me.name { String::new() } else { format!("{}, ", me.shown) };
    super::super::terminal::print(&format!("{:<width$} {shown}{}{kind}\n", "as", me.name));
    Ok(Outcome::Done)
}

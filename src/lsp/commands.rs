//! Commands of code lenses, for clients that do not run them: runs pipec in a process.

use std::path::Path;
use std::process::Command;

use lsp_server::{Message, Notification};
use serde_json::{Value, json};

/// The commands, with their command lines.
pub(super) const COMMANDS: &[(&str, &[&str])] =
    &[("pipec.compile", &["compile"]), ("pipec.runLocal", &["run", "--local"]), ("pipec.plan", &["plan"])];

/// Starts a command; its output is sent to the client when it ends.
///
/// # Errors
/// An unknown command, or a missing file.
pub(super) fn start(name: &str, arguments: &[Value], send: impl Fn(Message) + Send + 'static) -> Result<(), String> {
    let Some((_, line)) = COMMANDS.iter().find(|(n, _)| *n == name) else {
        return Err(format!("unknown command `{name}`"));
    };
    let argument = arguments.first();
    let text = |key: &str| argument.and_then(|a| a.get(key)).and_then(Value::as_str);
    let file = text("file").ok_or("the command requires a file")?;
    let mut command = Command::new(std::env::current_exe().map_err(|e| e.to_string())?);
    command.args(*line).arg(file).args(["--color", "never"]);
    if let Some(target) = text("target") {
        command.args(["--target", target]);
    }
    if let Some(pipeline) = text("pipeline") {
        command.args(["--pipeline", pipeline]);
    }
    if let Some(dir) = Path::new(file).parent().filter(|d| d.is_dir()) {
        command.current_dir(dir);
    }
    let what = line.join(" ");
    std::thread::spawn(move || {
        let (kind, said) = match command.output() {
            Ok(out) => {
                let said = [out.stdout, out.stderr].map(|b| String::from_utf8_lossy(&b).trim().to_owned()).join("\n");
                (if out.status.success() { 3 } else { 1 }, said.trim().to_owned())
            }
            Err(e) => (1, e.to_string()),
        };
        let last = said.lines().last().unwrap_or("done").to_owned();
        let log = json!({ "type": kind, "message": format!("pipec {what}\n{said}") });
        send(Message::Notification(Notification { method: "window/logMessage".to_owned(), params: log }));
        let show = json!({ "type": kind, "message": format!("pipec {what}: {last}") });
        send(Message::Notification(Notification { method: "window/showMessage".to_owned(), params: show }));
    });
    Ok(())
}

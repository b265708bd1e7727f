//! E05xx: schedules and triggers.

use crate::diag::{Code, Diagnostic};
use crate::model::Param;
use crate::source::Span;
use crate::time::from_unix;

pub fn two_triggers(second: Span, second_name: &str, first: Span, first_name: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::TwoTriggers,
        second,
        format!("`{first_name}` and `{second_name}` cannot be used together"),
    );
    d.with_label(first, "first set here").help("keep one of them, or combine several triggers in `triggers`")
}

pub fn param_without_default(param: &Param, by: Span) -> Diagnostic {
    let d =
        Diagnostic::new(Code::ParamWithoutDefault, param.span, format!("parameter `{}` has no default", param.name));
    let d = d.with_label(by, "the job is started automatically, without a value for the parameter");
    d.help(format!("add a default: `param {}: {} = ...`", param.name, param.ty))
}

pub fn unknown_time_zone(value: Span, zone: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownTimeZone, value, format!("unknown time zone `{zone}`"));
    match near {
        Some(near) => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(value, format!("\"{near}\""))]),
        None => d.help("use an IANA name such as `Europe/Berlin` or `UTC`"),
    }
}

pub fn unix_cron(span: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(Code::UnixCron, span, "cron expression has five fields; Quartz requires six or seven");
    match from_unix(text) {
        Some(quartz) => d
            .help(format!("use the Quartz expression `{quartz}`"))
            .unsafe_fix("convert it to Quartz", vec![(span, format!("\"{quartz}\""))]),
        None => d.help("add the seconds as the first field, and use `?` for one of the two day fields"),
    }
}

pub fn never_fires(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NeverFires, span, "cron expression never matches a date");
    d.help("change the day of month, the month or the year")
}

/// `meant` is what the whole expression at `whole` was probably meant to be.
pub fn bad_cron(place: Span, message: String, whole: Span, meant: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::BadCron, place, message);
    if let Some(meant) = meant {
        return d
            .help(format!("did you mean `{meant}`?"))
            .unsafe_fix(format!("use `{meant}`"), vec![(whole, format!("\"{meant}\""))]);
    }
    d.help("use the fields seconds, minutes, hours, day of month, month, day of week and optionally year, such as `0 0 2 * * ?`")
}

//! E05xx: schedules and triggers.

use crate::diag::{Code, Diagnostic};
use crate::model::Param;
use crate::source::Span;
use crate::time::from_unix;

pub fn two_triggers(second: Span, second_name: &str, first: Span, first_name: &str) -> Diagnostic {
    let d =
        Diagnostic::new(Code::TwoTriggers, second, format!("`{first_name}` and `{second_name}` exclude each other"));
    d.with_label(first, "the other way to start the job")
        .help("keep one; several triggers together stand in `triggers`")
}

pub fn param_without_default(param: &Param, by: Span) -> Diagnostic {
    let d =
        Diagnostic::new(Code::ParamWithoutDefault, param.span, format!("the param `{}` has no default", param.name));
    let d = d.with_label(by, "nobody is there to give it when this starts the job");
    d.help(format!("add one: `param {}: {} = ...`", param.name, param.ty))
}

pub fn unknown_time_zone(value: Span, zone: &str, near: Option<&str>) -> Diagnostic {
    let d = Diagnostic::new(Code::UnknownTimeZone, value, format!("there is no time zone `{zone}`"));
    match near {
        Some(near) => d
            .help(format!("did you mean `{near}`?"))
            .unsafe_fix(format!("use `{near}`"), vec![(value, format!("\"{near}\""))]),
        None => d.help("use an IANA name such as `Europe/Berlin` or `UTC`"),
    }
}

pub fn unix_cron(span: Span, text: &str) -> Diagnostic {
    let d = Diagnostic::new(
        Code::UnixCron,
        span,
        "this is a Unix cron expression with five fields; Quartz has six or seven",
    );
    match from_unix(text) {
        Some(quartz) => d
            .help(format!("the same in Quartz is `{quartz}`"))
            .unsafe_fix("write it for Quartz", vec![(span, format!("\"{quartz}\""))]),
        None => d.help("Quartz begins with seconds, and one of the two day fields is `?`"),
    }
}

pub fn never_fires(span: Span) -> Diagnostic {
    let d = Diagnostic::new(Code::NeverFires, span, "no day of the calendar matches this expression");
    d.help("look at day of month, month and year together")
}

pub fn bad_cron(place: Span, message: String) -> Diagnostic {
    let d = Diagnostic::new(Code::BadCron, place, message);
    d.help("the fields are: seconds minutes hours day-of-month month day-of-week [year]; such as `0 0 2 * * ?`")
}

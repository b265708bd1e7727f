//! What a row of the table can say.

/// The type of a field on the wire.
#[derive(Clone, Copy, Debug)]
pub enum Ty {
    /// A text.
    Str,
    /// A whole number.
    Int,
    /// Any number.
    Num,
    /// True or false.
    Bool,
    /// One of a closed set of texts.
    Enum(&'static Enum),
    /// A map from text to text.
    Map,
    /// An object with fields of its own.
    Block(&'static Block),
    /// A list of texts.
    StrList,
    /// A list of objects.
    BlockList(&'static Block),
}

impl Ty {
    /// The type in words, for messages and `pipec schema`.
    pub fn describe(self) -> String {
        match self {
            Ty::Str => "text".to_owned(),
            Ty::Int => "a whole number".to_owned(),
            Ty::Num => "a number".to_owned(),
            Ty::Bool => "`true` or `false`".to_owned(),
            Ty::Enum(e) => format!("one of {}", e.name),
            Ty::Map => "a map of text".to_owned(),
            Ty::Block(b) => format!("{} {} block", article(b.name), b.name),
            Ty::StrList => "a list of text".to_owned(),
            Ty::BlockList(b) => format!("a list of {} objects", b.name),
        }
    }

    /// The block that a block or a list of blocks is made of.
    pub fn block(self) -> Option<&'static Block> {
        match self {
            Ty::Block(b) | Ty::BlockList(b) => Some(b),
            _ => None,
        }
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) { "an" } else { "a" }
}

/// A closed set of texts.
#[derive(Debug)]
pub struct Enum {
    /// The name in the API's own types.
    pub name: &'static str,
    /// The members as they go over the wire.
    pub members: &'static [&'static str],
}

/// What the platform does with `{{...}}` in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eval {
    /// Nothing: the text is taken as it is.
    Constant,
    /// Replaces it by a value at run time.
    Evaluated,
    /// Not known.
    Unknown,
    /// Replaces secret references only.
    Secrets,
}

impl Eval {
    /// In words.
    pub fn describe(self) -> &'static str {
        match self {
            Eval::Constant => "not evaluated",
            Eval::Evaluated => "evaluated at run time",
            Eval::Unknown => "evaluation is not known",
            Eval::Secrets => "secrets only",
        }
    }
}

/// How settled a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Generally available.
    Ga,
    /// Beta.
    Beta,
    /// Private preview.
    Preview,
    /// Still taken, not to be used in new work.
    Deprecated,
}

/// The unit of a number; a duration literal is converted to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A plain number.
    None,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Millis,
    /// Minutes.
    Minutes,
    /// Gibibytes.
    GiB,
    /// Hundredths.
    Percent,
    /// Megabytes per second.
    MBps,
}

impl Unit {
    /// The unit in words, empty for none.
    pub fn name(self) -> &'static str {
        match self {
            Unit::None => "",
            Unit::Seconds => "seconds",
            Unit::Millis => "milliseconds",
            Unit::Minutes => "minutes",
            Unit::GiB => "GiB",
            Unit::Percent => "percent",
            Unit::MBps => "MB/s",
        }
    }

    /// How many milliseconds one unit is, for units of time.
    pub fn millis(self) -> Option<i64> {
        match self {
            Unit::Seconds => Some(1000),
            Unit::Millis => Some(1),
            Unit::Minutes => Some(60_000),
            _ => None,
        }
    }
}

/// One field: one row of the table.
#[derive(Debug)]
pub struct Field {
    /// The name on the wire and in source.
    pub key: &'static str,
    /// Its type.
    pub ty: Ty,
    /// One line of our own about it.
    pub doc: &'static str,
    /// Whether the service refuses an object without it.
    pub required: bool,
    /// What becomes of `{{...}}` in it.
    pub eval: Eval,
    /// How settled it is.
    pub status: Status,
    /// The unit of a number.
    pub unit: Unit,
    /// The lowest number allowed.
    pub min: Option<i64>,
    /// The highest number allowed.
    pub max: Option<i64>,
    /// The longest text allowed, in bytes of UTF-8.
    pub max_len: Option<u32>,
    /// The largest number of entries of a list or map.
    pub max_items: Option<u32>,
    /// What the service takes when the field is absent.
    pub default: Option<&'static str>,
}

/// A row with what every row has.
pub(super) const fn field(key: &'static str, ty: Ty, doc: &'static str) -> Field {
    Field {
        key,
        ty,
        doc,
        required: false,
        eval: Eval::Constant,
        status: Status::Ga,
        unit: Unit::None,
        min: None,
        max: None,
        max_len: None,
        max_items: None,
        default: None,
    }
}

impl Field {
    /// What is known of it beside its description, each with the name of what it is: type, unit, range and so on.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let kind = match self.ty {
            Ty::Enum(e) => e.members.join(" | "),
            other => other.describe().replace('`', ""),
        };
        let mut out = vec![("type", kind)];
        if self.unit != Unit::None {
            out.push(("unit", self.unit.name().to_owned()));
        }
        match (self.min, self.max) {
            (Some(a), Some(b)) => out.push(("range", format!("{a} to {b}"))),
            (Some(a), None) => out.push(("range", format!("{a} or more"))),
            (None, Some(b)) => out.push(("range", format!("{b} or less"))),
            (None, None) => {}
        }
        if let Some(n) = self.max_len {
            out.push(("length", format!("at most {n} bytes")));
        }
        if let Some(n) = self.max_items {
            out.push(("entries", format!("at most {n}")));
        }
        if let Some(default) = self.default {
            out.push(("default", default.to_owned()));
        }
        out.push(("{{...}}", self.eval.describe().to_owned()));
        out
    }

    /// Whether it must be there, and how settled it is: `required`, `beta`.
    pub fn notes(&self) -> Vec<&'static str> {
        let mut notes = Vec::new();
        if self.required {
            notes.push("required");
        }
        match self.status {
            Status::Beta => notes.push("beta"),
            Status::Preview => notes.push("preview"),
            Status::Deprecated => notes.push("deprecated"),
            Status::Ga => {}
        }
        notes
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    pub(super) const fn evaluated(mut self) -> Self {
        self.eval = Eval::Evaluated;
        self
    }
    pub(super) const fn maybe_evaluated(mut self) -> Self {
        self.eval = Eval::Unknown;
        self
    }
    pub(super) const fn takes_secrets(mut self) -> Self {
        self.eval = Eval::Secrets;
        self
    }
    pub(super) const fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }
    pub(super) const fn unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }
    pub(super) const fn min(mut self, min: i64) -> Self {
        self.min = Some(min);
        self
    }
    pub(super) const fn max(mut self, max: i64) -> Self {
        self.max = Some(max);
        self
    }
    pub(super) const fn max_len(mut self, bytes: u32) -> Self {
        self.max_len = Some(bytes);
        self
    }
    pub(super) const fn max_items(mut self, items: u32) -> Self {
        self.max_items = Some(items);
        self
    }
    pub(super) const fn default(mut self, text: &'static str) -> Self {
        self.default = Some(text);
        self
    }
}

/// How many of some fields an object may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One at the most.
    AtMostOne,
    /// Exactly one.
    ExactlyOne,
}

/// Fields that say one thing in several ways.
#[derive(Debug)]
pub struct Group {
    /// How many of them.
    pub choice: Choice,
    /// Their names.
    pub keys: &'static [&'static str],
}

/// An object type of the API, or a block of the language.
#[derive(Debug)]
pub struct Block {
    /// The name in the API's own types, or a phrase for a block of the language.
    pub name: &'static str,
    /// One line about it.
    pub doc: &'static str,
    /// The fields in the order in which they are written out.
    pub fields: &'static [Field],
    /// Fields that exclude each other.
    pub groups: &'static [Group],
}

impl Block {
    /// The row of a field.
    pub fn field(&'static self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.key == key)
    }

    /// The group that a field belongs to.
    pub fn group_of(&'static self, key: &str) -> Option<&'static Group> {
        self.groups.iter().find(|g| g.keys.contains(&key))
    }
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

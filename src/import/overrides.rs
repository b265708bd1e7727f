//! Changes of jobs in the targets of a bundle.

use super::variables::Variables;
use crate::data::{TextPiece, Tree, TreeKey, TreeKind};
use crate::schema::list_key;

/// Converts the changes of a target: if job and target both set a number or string, it becomes a var that the target
/// sets.
pub(super) struct TargetOverrides<'a> {
    pub target: &'a str,
    /// The target defines the whole job, so lists are replaced instead of extended.
    pub whole: bool,
    pub variables: &'a mut Variables,
    /// The path of objects from the job; `None` inside a list.
    pub around: Option<Vec<TreeKey>>,
    /// Changes that cannot be a var.
    pub left: Vec<Leftover>,
}

/// A change that cannot be a var.
pub(super) struct Leftover {
    /// The path of objects from the job; `None` inside a list.
    pub around: Option<Vec<TreeKey>>,
    pub key: TreeKey,
    pub value: Tree,
}

impl TargetOverrides<'_> {
    /// Merges an object into one of the job.
    pub fn map(&mut self, job: &mut Tree, change: &Tree, path: &[String]) {
        let TreeKind::Map(entries) = &mut job.kind else { return };
        for (key, value) in change.entries() {
            match entries.iter_mut().find(|(k, _)| k.text == key.text) {
                Some((_, own)) => {
                    let mut path = path.to_vec();
                    path.push(key.text.to_string());
                    self.value(own, value, key, &path);
                }
                None => self.leave(key, value),
            }
        }
    }

    fn leave(&mut self, key: &TreeKey, value: &Tree) {
        self.left.push(Leftover { around: self.around.clone(), key: key.clone(), value: value.clone() });
    }

    fn value(&mut self, own: &mut Tree, value: &Tree, key: &TreeKey, path: &[String]) {
        if own.same(value) {
            return;
        }
        match (&mut own.kind, &value.kind) {
            (TreeKind::Map(_), TreeKind::Map(_)) => {
                let outer = self.around.clone();
                if let Some(around) = &mut self.around {
                    around.push(key.clone());
                }
                self.map(own, value, path);
                self.around = outer;
            }
            (TreeKind::List(items), TreeKind::List(changes)) => {
                let outer = self.around.take();
                let whole = self.left.len();
                self.list(items, changes, key, value, path);
                self.around = outer;
                // A completely different list is an ordinary field.
                for left in self.left.iter_mut().skip(whole).filter(|l| l.key.span == key.span) {
                    left.around.clone_from(&self.around);
                }
            }
            (TreeKind::Mixed(pieces), TreeKind::Text(_) | TreeKind::Number(_) | TreeKind::Bool(_)) => {
                match pieces.as_slice() {
                    [TextPiece::Var { name, .. }] if self.variables.is_made(name) => {
                        self.variables.set(self.target, name.clone(), value.clone());
                    }
                    _ => self.leave(key, value),
                }
            }
            (
                TreeKind::Text(_) | TreeKind::Number(_) | TreeKind::Bool(_),
                TreeKind::Text(_) | TreeKind::Number(_) | TreeKind::Bool(_),
            ) => {
                let name = self.variables.made(path, own.kind.clone());
                self.variables.set(self.target, name.clone(), value.clone());
                own.kind = TreeKind::Mixed(vec![TextPiece::Var { name, value: Box::new(own.kind.clone()) }]);
            }
            _ => self.leave(key, value),
        }
    }

    /// Keyed elements are matched by key, others by index if the whole list is defined.
    fn list(&mut self, items: &mut [Tree], changes: &[Tree], key: &TreeKey, value: &Tree, path: &[String]) {
        let named = list_key(&key.text).filter(|id| changes.iter().all(|c| c.text_of(id).is_some()));
        let below = |part: String| path.iter().cloned().chain([part]).collect::<Vec<_>>();
        match named {
            Some(id) if self.whole || key.text != "depends_on" => {
                for change in changes {
                    let wanted = change.text_of(id);
                    match items.iter_mut().find(|i| i.text_of(id) == wanted) {
                        Some(item) => self.map(item, change, &below(wanted.unwrap_or_default().to_owned())),
                        None => self.leave(key, value),
                    }
                }
            }
            None if self.whole && items.len() == changes.len() => {
                for (i, (item, change)) in items.iter_mut().zip(changes).enumerate() {
                    self.value(item, change, key, &below((i + 1).to_string()));
                }
            }
            _ => self.leave(key, value),
        }
    }
}

/// The entries of a job that another form of it lacks.
pub(super) fn missing<'t>(job: &'t Tree, other: &Tree) -> Vec<&'t TreeKey> {
    let mut out = Vec::new();
    for (key, value) in job.entries().iter().filter(|(_, v)| v.kind != TreeKind::Null) {
        match (other.get(&key.text), list_key(&key.text)) {
            (None, _) => out.push(key),
            (Some(inner), Some(id)) => {
                for item in value.items() {
                    match inner.items().iter().find(|i| i.text_of(id) == item.text_of(id)) {
                        Some(inner) => out.extend(missing(item, inner)),
                        None => out.push(key),
                    }
                }
            }
            (Some(inner), None) => out.extend(missing(value, inner)),
        }
    }
    out
}

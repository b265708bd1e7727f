//! The states of a deployment, one file each: `<root>/state/00000007.json`.
//!
//! A workspace has no conditional write. But if several clients create the same new file, only one succeeds. So a
//! state is never overwritten: every change creates the file with the next serial, and the second client fails. Locks
//! are entries of the same journal, so only one client can take over an expired lock.

use std::sync::Arc;
use std::time::Duration;

use super::error::DeployError;
use super::state::{DeploymentState, FORM, Lease};
use crate::workspace::{ApiError, ApiErrorKind, Client, EntryKind, WorkspaceEntry};

/// The number of older states to keep.
pub const STATES_KEPT: usize = 5;

/// How long a lock is valid unless it is renewed, in milliseconds.
pub(super) const LEASE: i64 = 60_000;

/// The states of one project and target.
pub struct Journal<'a> {
    client: &'a Client,
    folder: String,
    head: DeploymentState,
    /// The existing serials.
    serials: Vec<u64>,
}

impl<'a> Journal<'a> {
    /// Reads the current state: two requests, or one if nothing was ever deployed.
    ///
    /// # Errors
    /// A state that cannot be read, has a newer form, or belongs to another project.
    pub fn open(client: &'a Client, root: &str, project: &str, target: &str) -> Result<Journal<'a>, DeployError> {
        let mut journal =
            Journal { client, folder: format!("{root}/state"), head: DeploymentState::default(), serials: Vec::new() };
        journal.reload()?;
        let head = &journal.head;
        if head.serial > 0 && (head.project != project || head.target != target) {
            return DeployError::unfit(
                format!(
                    "directory `{root}` belongs to the project `{}`, target `{}`, not to `{project}`, target `{target}`",
                    head.project, head.target
                ),
                "set a separate `root_path` for each project and target; after renaming, run `pipec destroy` with the old name first",
            );
        }
        Ok(journal)
    }

    /// The current state; serial 0 means that nothing was deployed.
    pub fn head(&self) -> &DeploymentState {
        &self.head
    }

    fn path(&self, serial: u64) -> String {
        format!("{}/{serial:08}.json", self.folder)
    }

    /// Reads the current state again.
    ///
    /// # Errors
    /// Like [`Journal::open`].
    pub fn reload(&mut self) -> Result<(), DeployError> {
        // Between listing and reading, others may have created new states and deleted the old ones.
        for _ in 0..5 {
            let entries = self.client.list(&self.folder)?.unwrap_or_default();
            self.serials = entries.iter().filter_map(serial).collect();
            self.serials.sort_unstable();
            let Some(last) = self.serials.last().copied() else {
                self.head = DeploymentState::default();
                return Ok(());
            };
            let Some(bytes) = self.client.read_file(&self.path(last))? else { continue };
            self.head = self.parse(last, &bytes)?;
            return Ok(());
        }
        DeployError::unfit("state changes faster than it can be read", "try again")
    }

    fn parse(&self, serial: u64, bytes: &[u8]) -> Result<DeploymentState, DeployError> {
        let path = self.path(serial);
        let form = serde_json::from_slice::<serde_json::Value>(bytes).ok();
        let form = form.as_ref().and_then(|j| j.get("form")).and_then(serde_json::Value::as_u64);
        match form {
            Some(form) if form > u64::from(FORM) => DeployError::unfit(
                format!("`{path}` was written by a newer version of pipec"),
                "use that version, or a newer one",
            ),
            _ => match serde_json::from_slice::<DeploymentState>(bytes) {
                Ok(state) if state.serial == serial => Ok(state),
                _ => DeployError::unfit(
                    format!("`{path}` is not a deployment state"),
                    "delete this file to go back to the previous state, after its lock has expired (docs/deploy.md, \"Recovery\")",
                ),
            },
        }
    }

    /// Creates the next state.
    ///
    /// # Errors
    /// [`DeployError::Moved`] if another client was first; nothing was written then.
    pub fn append(&mut self, mut next: DeploymentState) -> Result<(), DeployError> {
        next.form = FORM;
        next.serial = self.head.serial + 1;
        next.nonce = nonce();
        next.pipec = env!("CARGO_PKG_VERSION").to_owned();
        next.at = self.client.now();
        let path = self.path(next.serial);
        let bytes = serde_json::to_vec(&next)
            .map_err(|e| DeployError::Unfit { message: format!("cannot write the state: {e}"), help: String::new() })?;
        let bytes = Arc::new(bytes);
        let made = match self.client.make_file(&path, bytes.clone()) {
            Err(f) if f.is(ApiErrorKind::Missing) && self.head.serial == 0 => {
                self.client.make_folder(&self.folder)?;
                self.client.make_file(&path, bytes.clone())?
            }
            // The folder of the current state is gone, and the state with it.
            Err(f) if f.is(ApiErrorKind::Missing) => return Err(DeployError::Moved { by: "somebody".to_owned() }),
            other => other?,
        };
        if !made {
            // A request whose response was lost may have created it.
            match self.client.read_file(&path)? {
                Some(there) if there == *bytes => {}
                there => {
                    let there = there.and_then(|b| self.parse(next.serial, &b).ok());
                    let key = |s: &DeploymentState| s.lease.as_ref().map(|l| l.key.clone());
                    match there {
                        // An earlier attempt of this process has created it: continue from there.
                        Some(there) if key(&there).is_some() && key(&there) == key(&self.head) => {
                            self.serials.push(there.serial);
                            self.head = there;
                            return self.append(next);
                        }
                        there => {
                            let by = there.map_or_else(|| "somebody".to_owned(), |s| s.by);
                            return Err(DeployError::Moved { by });
                        }
                    }
                }
            }
        }
        if !self.follows()? {
            // Old states are deleted, so a free serial may be one that others have already passed.
            self.client.remove(&path, false)?;
            return Err(DeployError::Moved { by: "somebody".to_owned() });
        }
        self.serials.push(next.serial);
        self.head = next;
        Ok(())
    }

    /// Whether the current state is still the predecessor of the next: it exists, and has the same content.
    fn follows(&self) -> Result<bool, DeployError> {
        if self.head.serial == 0 {
            let entries = self.client.list(&self.folder)?.unwrap_or_default();
            return Ok(entries.iter().filter_map(serial).count() == 1);
        }
        let before = self.client.read_file(&self.path(self.head.serial))?;
        let before = before.and_then(|bytes| self.parse(self.head.serial, &bytes).ok());
        Ok(before.is_some_and(|state| state.nonce == self.head.nonce))
    }

    /// Takes the lock, with the state that `with` derives from the current one. Waits up to `patience` for another
    /// owner, and reports that once.
    ///
    /// # Errors
    /// [`DeployError::Locked`] after that time; [`DeployError::Moved`] if the state is no longer `planned`.
    pub fn lock(
        &mut self,
        owner: &str,
        planned: u64,
        patience: Duration,
        tell: &dyn Fn(&Lease),
        with: &dyn Fn(&mut DeploymentState),
    ) -> Result<String, DeployError> {
        let key = nonce();
        let what = |state: &DeploymentState| state.pending.as_ref().map_or("deploy", |p| p.what.as_str()).to_owned();
        // Time may have passed since the plan was made.
        self.reload()?;
        self.wait(patience, tell)?;
        if self.head.serial != planned {
            return Err(DeployError::Moved { by: self.head.by.clone() });
        }
        let mut next = self.head.clone();
        with(&mut next);
        let lease =
            Lease { owner: owner.to_owned(), key: key.clone(), what: what(&next), until: self.client.now() + LEASE };
        next.by = owner.to_owned();
        next.lease = Some(lease);
        self.append(next)?;
        Ok(key)
    }

    /// Waits up to `patience` until the lock is free.
    ///
    /// # Errors
    /// [`DeployError::Locked`] after `patience`.
    pub fn wait(&mut self, patience: Duration, tell: &dyn Fn(&Lease)) -> Result<(), DeployError> {
        let mut waited = Duration::ZERO;
        let mut told = false;
        loop {
            let now = self.client.now();
            let Some(lease) = self.head.lease.clone().filter(|l| l.holds(now)) else { return Ok(()) };
            if waited >= patience {
                return Err(DeployError::Locked { by: format!("{} ({})", lease.owner, lease.what) });
            }
            if !told {
                told = true;
                tell(&lease);
            }
            let left = u64::try_from(lease.until - now).unwrap_or_default() + 100;
            let nap = Duration::from_millis(left.min(1_000)).min(patience - waited);
            self.client.sleep(nap)?;
            waited += nap;
            self.reload()?;
        }
    }

    /// Extends the lock if it expires soon.
    ///
    /// # Errors
    /// [`DeployError::Moved`] if it was lost.
    pub fn renew(&mut self, key: &str) -> Result<(), DeployError> {
        let now = self.client.now();
        let mut next = self.head.clone();
        match &mut next.lease {
            Some(lease) if lease.key == key && lease.until - now > LEASE / 2 => return Ok(()),
            Some(lease) if lease.key == key => lease.until = now + LEASE,
            _ => return Err(DeployError::Moved { by: self.head.by.clone() }),
        }
        self.append(next)
    }

    /// Deletes old states.
    ///
    /// # Errors
    /// The first deletion that fails.
    pub fn prune(&mut self) -> Result<(), ApiError> {
        while self.serials.len() > STATES_KEPT + 1 {
            let oldest = self.serials.remove(0);
            self.client.remove(&self.path(oldest), false)?;
        }
        Ok(())
    }

    /// Deletes all states, the newest last.
    ///
    /// # Errors
    /// The first deletion that fails.
    pub fn remove(&mut self) -> Result<(), ApiError> {
        for serial in std::mem::take(&mut self.serials) {
            self.client.remove(&self.path(serial), false)?;
        }
        // Files of others are kept.
        self.client.remove_empty(&self.folder)
    }
}

/// The serial of a state file.
fn serial(entry: &WorkspaceEntry) -> Option<u64> {
    let name = entry.path.rsplit('/').next()?.strip_suffix(".json")?;
    (entry.kind != EntryKind::Directory && name.len() == 8).then(|| name.parse().ok()).flatten()
}

/// A random unique string.
pub(crate) fn nonce() -> String {
    format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))
}

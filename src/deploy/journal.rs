//! The states of a deployment, one file each: `<root>/state/00000007.json`.
//!
//! A workspace has no "write only if nobody else has": but of several who make a file that is not there yet, only one
//! succeeds. So a state is never overwritten. Who wants to change something makes the file with the next serial, and who
//! comes second learns it. Locks are entries of the same journal, and so a lock that ended is taken over by one only.

use std::sync::Arc;
use std::time::Duration;

use super::error::DeployError;
use super::state::{DeploymentState, FORM, Lease};
use crate::workspace::{ApiError, ApiErrorKind, Client, EntryKind, WorkspaceEntry};

/// States that stay behind the present one.
pub const STATES_KEPT: usize = 5;

/// For how long a lock holds unless it is renewed, in milliseconds.
pub(super) const LEASE: i64 = 60_000;

/// The states of one project and target.
pub struct Journal<'a> {
    client: &'a Client,
    folder: String,
    head: DeploymentState,
    /// The serials that are there.
    serials: Vec<u64>,
}

impl<'a> Journal<'a> {
    /// Reads the present state: two requests, one where nothing was ever deployed.
    ///
    /// # Errors
    /// A state that cannot be read, that is of a newer form, or that is of another project.
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

    /// The present state; that of serial 0 says that nothing was deployed.
    pub fn head(&self) -> &DeploymentState {
        &self.head
    }

    fn path(&self, serial: u64) -> String {
        format!("{}/{serial:08}.json", self.folder)
    }

    /// Reads the present state again.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn reload(&mut self) -> Result<(), DeployError> {
        // Between list and read somebody may have made new states and taken the old ones away.
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

    /// Makes the next state.
    ///
    /// # Errors
    /// [`DeployError::Moved`] if somebody else was first; then nothing was written.
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
            // The folder of the state that we know is gone, and the state with it.
            Err(f) if f.is(ApiErrorKind::Missing) => return Err(DeployError::Moved { by: "somebody".to_owned() }),
            other => other?,
        };
        if !made {
            // An attempt without an answer may have made it: then it is ours.
            match self.client.read_file(&path)? {
                Some(there) if there == *bytes => {}
                there => {
                    let there = there.and_then(|b| self.parse(next.serial, &b).ok());
                    let key = |s: &DeploymentState| s.lease.as_ref().map(|l| l.key.clone());
                    match there {
                        // An earlier attempt of ours that ended badly had made it after all: it goes on from there.
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
            // Old states are taken away, so a serial that is free may be one that others have left behind.
            self.client.remove(&path, false)?;
            return Err(DeployError::Moved { by: "somebody".to_owned() });
        }
        self.serials.push(next.serial);
        self.head = next;
        Ok(())
    }

    /// Whether the state that we know is the one before the next still: there, and not another one of the same serial.
    fn follows(&self) -> Result<bool, DeployError> {
        if self.head.serial == 0 {
            let entries = self.client.list(&self.folder)?.unwrap_or_default();
            return Ok(entries.iter().filter_map(serial).count() == 1);
        }
        let before = self.client.read_file(&self.path(self.head.serial))?;
        let before = before.and_then(|bytes| self.parse(self.head.serial, &bytes).ok());
        Ok(before.is_some_and(|state| state.nonce == self.head.nonce))
    }

    /// Takes the lock, with the state that `with` makes of the present one; waits for up to `patience` if somebody else
    /// has it, and tells so once.
    ///
    /// # Errors
    /// [`DeployError::Locked`] when the time is up; [`DeployError::Moved`] when the state is not `planned` any more.
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
        // A plan may have been looked at for long.
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

    /// Waits until nobody has the lock.
    ///
    /// # Errors
    /// [`DeployError::Locked`] when the time is up.
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

    /// Gives the lock more time, if it is getting short.
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

    /// Takes old states away.
    ///
    /// # Errors
    /// Whatever keeps one from being taken away.
    pub fn prune(&mut self) -> Result<(), ApiError> {
        while self.serials.len() > STATES_KEPT + 1 {
            let oldest = self.serials.remove(0);
            self.client.remove(&self.path(oldest), false)?;
        }
        Ok(())
    }

    /// Takes all states away, the last one last.
    ///
    /// # Errors
    /// Whatever keeps one from being taken away.
    pub fn remove(&mut self) -> Result<(), ApiError> {
        for serial in std::mem::take(&mut self.serials) {
            self.client.remove(&self.path(serial), false)?;
        }
        // Whatever somebody else keeps there stays.
        self.client.remove_empty(&self.folder)
    }
}

/// The serial of a state, by its file.
fn serial(entry: &WorkspaceEntry) -> Option<u64> {
    let name = entry.path.rsplit('/').next()?.strip_suffix(".json")?;
    (entry.kind != EntryKind::Directory && name.len() == 8).then(|| name.parse().ok()).flatten()
}

/// A word that nobody else has.
pub(crate) fn nonce() -> String {
    format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))
}

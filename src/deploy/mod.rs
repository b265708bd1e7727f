//! Taking compiled artefacts to a workspace: what is wanted, what was deployed last, what is there, and the way from one to
//! the other.
//!
//! ```text
//! Bundle + wheels -> desired::Desired     what is wanted
//! journal::Journal -> state::State        what was deployed last; each state is a file that only one can make
//! survey::survey  -> Survey               what is there
//! plan::plan      -> Plan                 what to do; pure
//! apply::apply    -> workspace            does it
//! ```

mod apply;
mod desired;
mod destroy;
mod diff;
mod error;
mod hold;
mod identity;
mod journal;
mod payload;
mod plan;
mod state;
mod survey;
mod sweep;

pub use apply::{Applied, Apply, Event, apply};
pub use desired::{Artifact, Desired, DesiredJob, Upload, desired};
pub use destroy::{Doomed, destroy, doomed};
pub use diff::{Difference, diff};
pub use error::DeployError;
pub use identity::{TAG, tag};
pub(crate) use journal::nonce;
pub use journal::{Journal, STATES_KEPT};
pub use plan::{Action, ArtifactChange, JobPlan, Plan, is_another_project, is_unchanged, not_deployed, plan};
pub use state::{Deployed, Generation, Lease, Pending, Placed, State};
pub use survey::{Found, Survey, survey};

//! Deploys to a workspace: compares what is desired, what was deployed last and what exists, and applies the
//! difference.
//!
//! ```text
//! Bundle + wheels  -> desired::Desired        what is desired
//! journal::Journal -> state::DeploymentState  what was deployed last; only one client can create a state
//! observe::observe -> Observed            what exists
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
mod observe;
mod payload;
mod plan;
mod state;
mod sweep;

pub use apply::{Applied, Apply, DeployEvent, apply};
pub use desired::{Desired, DesiredFile, DesiredJob, Upload, desired};
pub use destroy::{DestroyPlan, destroy, doomed};
pub use diff::{Difference, diff};
pub use error::DeployError;
pub use identity::{TAG, tag};
pub(crate) use journal::nonce;
pub use journal::{Journal, STATES_KEPT};
pub use observe::{LiveState, Observed, observe};
pub use plan::{ArtifactChange, JobAction, JobPlan, Plan, is_another_project, is_unchanged, not_deployed, plan};
pub use state::{Deployed, DeploymentState, Generation, Lease, Pending, Placed};

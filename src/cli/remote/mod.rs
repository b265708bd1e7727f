//! Commands that connect to a workspace. Everything that can be checked offline has been checked before.

mod auth;
mod connect;
mod deploy;
mod destroy;
mod follow;
mod jobs;
mod plan;
mod progress;
mod project;
mod run;
mod say;
mod show;
mod status;
mod stop;

pub use auth::auth;
pub use deploy::deploy;
pub use destroy::destroy;
pub use jobs::Connected;
pub use plan::plan;
pub use run::run;
pub use status::status;

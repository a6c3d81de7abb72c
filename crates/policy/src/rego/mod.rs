//! The boundary to the Rego engine. Nothing outside this module names it, so that it can be replaced.

mod builtins;
mod printf;
mod program;
mod response;
mod source;
mod value;

pub use program::{Limits, Programs, RuleError, RuleInput};
pub use response::{RelatedResponse, Response};
pub use value::EngineValue;

//! Judging resources by a control library.
//!
//! The library's rules are Rego ([`rego`]); their answers become verdicts, scores and counters ([`evaluate`]).
//! Pure: no network, disk or clock; what depends on them comes in as a value.

mod aggregate;
mod attack;
mod batch;
mod evaluate;
mod identity;
mod image_name;
mod index;
mod network;
mod results;
mod score;
mod selection;
mod suggest;

pub mod exceptions;
pub mod rego;
pub mod testing;

pub use attack::prioritize;
pub use evaluate::{EvaluationContext, Evaluator, Progress, evaluate};
pub use image_name::{ImageNameError, normalize as normalize_image_name};
pub use index::{joins_across, wanted_kinds};
pub use network::{HttpRequest, HttpRequests, HttpResponse, ImageSignatures, Network};
pub use selection::{
    ControlFilter, Request, SelectedControl, SelectedFramework, Selection, SelectionError, select,
};
pub use suggest::closest;
pub use testing::rule_objects;

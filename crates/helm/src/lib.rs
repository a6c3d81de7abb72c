//! Helm charts: loading, values, and rendering as `helm template` does.
//!
//! Every rendered document remembers which line of which template wrote each of its lines and, where a line shows one
//! value, its key. Rendering is offline: `lookup` finds nothing, nothing is fetched, links out of the chart are refused.
//!
//! ```no_run
//! use kubescape_helm::{RenderOptions, render};
//!
//! let rendered = render("charts/shop".as_ref(), &RenderOptions::default())?;
//! for document in &rendered.documents {
//!     println!("---\n# Source: {}\n{}", document.file, document.text);
//! }
//! # Ok::<(), kubescape_helm::HelmError>(())
//! ```

mod chart;
mod dependencies;
mod error;
mod functions;
mod glob;
pub mod go_yaml;
mod ignore;
mod manifest;
mod metadata;
mod objects;
mod overrides;
mod parsed;
mod places;
mod provenance;
mod render;
mod schema;
pub mod set;
mod toml;
pub mod values;

pub use chart::{Chart, ChartFile};
pub use error::HelmError;
pub use metadata::{Dependency, Metadata};
pub use overrides::Overrides;
pub use provenance::LineOrigin;
pub use render::{Document, RenderOptions, Rendered, render, render_snippet};

//! Reports to bytes, one module per format.
//!
//! Formats read a [`ScanReport`]: the verdicts, what the target was, and the words of the library. They write to any
//! `impl Write`; they open no file and know no terminal beyond what [`pretty::Style`] says.

mod control_page;
mod fields;
mod scan_report;
mod score;

pub mod json;
pub mod pretty;

pub use control_page::control_page;
pub use scan_report::{ClusterMetadata, Metadata, RepositoryMetadata, ScanReport, Target, Words};
pub use score::whole_score;

//! One module per command; folders follow the command line.

pub(crate) mod completion;
pub(crate) mod download;
pub(crate) mod explain;
pub(crate) mod list;
pub(crate) mod render;
pub(crate) mod scan;
pub(crate) mod test;
pub(crate) mod version;

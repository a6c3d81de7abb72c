//! What can be wrong with a library.

use std::path::PathBuf;

/// A library that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not YAML.
    #[error("{path}:{message}")]
    Yaml {
        /// The file.
        path: PathBuf,
        /// Line, column and cause.
        message: String,
    },
    /// A file has the wrong shape.
    #[error("{path}: {message}")]
    Shape {
        /// The file.
        path: PathBuf,
        /// What is wrong, and with which key.
        message: String,
    },
    /// A line of a file has the wrong shape, or names what no file has.
    #[error("{path}:{line}: {message}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A control names a rule that no file defines, or a rule names a missing Rego file.
    #[error("{user} names {kind} {name:?}, which the library does not have")]
    Dangling {
        /// Who names it.
        user: String,
        /// `rule`, `framework` or `Rego file`.
        kind: &'static str,
        /// What is missing.
        name: String,
    },
    /// Two files define the same thing.
    #[error("{kind} {name:?} is defined twice, the second time in {path}")]
    Duplicate {
        /// `control`, `rule` or `framework`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// The second file.
        path: PathBuf,
    },
    /// A folder of custom rules holds none.
    #[error("no .rego files found in {folder:?}")]
    NoCustomRules {
        /// The folder.
        folder: PathBuf,
    },
    /// The packed form is damaged.
    #[error("the packed library is damaged: {0}")]
    Packed(String),
}

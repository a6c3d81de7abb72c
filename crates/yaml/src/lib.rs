//! Kubernetes YAML and JSON as Go's decoders read it, with the bytes of every node.
//!
//! Go tools differ from the YAML 1.2 specification and from each other in what a plain scalar means (`0644`, `yes`,
//! `2020-01-01`), in duplicate keys, in merge keys and in what the syntax allows. A [`Profile`] names the decoder that is
//! followed; its errors of syntax are told in the decoder's own words, too.
//!
//! Nothing here reads files: callers pass text. Hostile text ends in a [`YamlError`], bounded by [`Limits`].
//!
//! ```
//! use kubescape_yaml::{Limits, Profile, load_one};
//!
//! let node = load_one("mode: 0644\n", Profile::GoYamlV3, &Limits::default())?;
//! let mode = node.get("mode").expect("the key is there");
//! assert_eq!(mode.as_i64(), Some(0o644));
//! assert_eq!((mode.span.start, mode.span.end), (6, 10));
//! # Ok::<(), kubescape_yaml::YamlError>(())
//! ```

mod compose;
mod emitter;
mod error;
mod json;
mod key_order;
mod lines;
mod lookahead;
mod mapping;
mod node;
mod open_mapping;
mod path;
mod scalar;
mod stream;
mod syntax;
mod timestamp;
mod write_json;
mod write_yaml;

pub use emitter::{Dialect, Emitter, ScalarStyle, is_printable};
pub use error::YamlError;
pub use json::load_json;
pub use key_order::natural_order;
pub use lines::{LineIndex, Position};
pub use mapping::{Entry, Key, KeyKind, Mapping};
pub use node::{Node, Span, Value};
pub use path::{Nearest, PathSegment, parse_path};
pub use scalar::{Profile, is_plain_string};
pub use stream::{Document, Limits, Manifest, document_text, load, load_manifests, load_one};
pub use write_json::{JsonStyle, format_float, format_general, write_json};
pub use write_yaml::{is_base_60, to_yaml, to_yaml_folded};

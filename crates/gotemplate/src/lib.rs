//! Go's `text/template` with sprig's functions, for programs that render what Go programs render.
//!
//! An [`Engine`] holds parsed templates that share their definitions; [`Functions`] are closures and may hold state.
//! Values keep the Go types that templates can tell apart, and maps are shared, so that `set` in one template is seen
//! in another. Nothing here touches files, the network or the environment; rendering is bounded by [`Limits`].
//!
//! ```
//! use kubescape_gotemplate::{Engine, Functions, Limits, Value};
//!
//! let engine = Engine::new(Functions::builtin(), Limits::default());
//! engine.parse("greeting", "{{ range $i, $name := .names }}{{ if $i }}, {{ end }}{{ $name }}{{ end }}!")?;
//! let data = Value::dict([("names", Value::list(vec!["Ann".into(), "Bo".into()]))]);
//! let output = engine.render("greeting", &data)?;
//! assert_eq!(String::from_utf8_lossy(&output.text), "Ann, Bo!");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builtin;
mod compare;
mod engine;
mod equality;
mod error;
mod exec;
pub mod format;
mod functions;
pub mod json;
mod lex;
pub mod number;
mod output;
mod parse;
pub mod sprig;
mod text;
mod tree;
mod unquote;
pub mod value;

pub use engine::{Engine, Limits};
pub use error::{CallError, ExecError, ParseError};
pub use functions::{Function, Functions, Param};
pub use output::{Mark, Output};
pub use text::{Text, lossy};
pub use value::{Class, Element, List, Map, Object, Value};

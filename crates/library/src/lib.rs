//! The control library: controls, frameworks, rules and their Rego, attack tracks and default inputs.
//!
//! A library is a folder of YAML and Rego ([`Library::from_folder`]) or the packed form of one inside a program
//! ([`Library::from_packed`]). Nothing is evaluated here.
//!
//! ```no_run
//! let library = kubescape_library::Library::from_folder("controls".as_ref())?;
//! assert!(library.control("c-0016").is_some());
//! # Ok::<(), kubescape_library::LibraryError>(())
//! ```

mod artifacts;
mod cases;
mod custom_rules;
mod document;
mod error;
mod folder;
mod pack;
mod published_rules;
mod rule_file;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use artifacts::{Artifact, Artifacts, artifact_files, artifact_named, write_artifact};
pub use cases::{BriefFinding, Case, Expected, cases_of_custom_rules, cases_of_folder, cases_of_library};
pub use custom_rules::CUSTOM_RULES;
pub use error::LibraryError;
use kubescape_model::{AttackTrack, Control, ControlTexts, ExceptionPolicy, Framework, Rule};

/// Inputs of the controls by name.
pub type Inputs = BTreeMap<String, Vec<String>>;

/// A control library.
#[derive(Debug, Default)]
pub struct Library {
    /// Controls, sorted by id.
    pub controls: Vec<Control>,
    /// Frameworks, sorted by name without case.
    pub frameworks: Vec<Framework>,
    /// Rules by name.
    pub rules: BTreeMap<String, Rule>,
    /// Rego by module key: `rules/FOLDER/FILE` of rules, `lib/FILE` of what they share.
    pub modules: BTreeMap<String, String>,
    /// Inputs that hold when the user sets none.
    pub defaults: Inputs,
    /// Attack tracks, sorted by name.
    pub attack_tracks: Vec<AttackTrack>,
    /// Exceptions that hold when the user gives none: parts of clusters that cannot be otherwise.
    pub exceptions: Vec<Arc<ExceptionPolicy>>,
    texts: Texts,
}

/// The long texts: plain in a library that was read from files, packed until first use otherwise.
#[derive(Debug, Default)]
struct Texts {
    packed: Option<&'static [u8]>,
    plain: OnceLock<BTreeMap<String, ControlTexts>>,
}

impl Library {
    /// The control with this id, in any case.
    pub fn control(&self, id: &str) -> Option<&Control> {
        let exact = self
            .controls
            .binary_search_by(|control| control.id.as_str().cmp(id))
            .ok();
        match exact {
            Some(index) => self.controls.get(index),
            None => self.controls.iter().find(|control| {
                control.id.eq_ignore_ascii_case(id)
                    || control.aliases.iter().any(|a| a.eq_ignore_ascii_case(id))
            }),
        }
    }

    /// The framework with this name or alias, in any case.
    pub fn framework(&self, name: &str) -> Option<&Framework> {
        self.frameworks.iter().find(|framework| {
            framework.name.eq_ignore_ascii_case(name)
                || framework
                    .aliases
                    .iter()
                    .any(|alias| alias.eq_ignore_ascii_case(name))
        })
    }

    /// The rule with this name or alias.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.get(name).or_else(|| {
            self.rules
                .values()
                .find(|rule| rule.alias.as_deref() == Some(name))
        })
    }

    fn set_texts(&mut self, id: &str, texts: ControlTexts) {
        // Unpacks what is packed first.
        self.texts(id);
        if let Some(plain) = self.texts.plain.get_mut() {
            plain.insert(id.to_owned(), texts);
        }
    }

    /// The long texts of a control. Empty texts for a control that has none.
    pub fn texts(&self, id: &str) -> &ControlTexts {
        static NONE: OnceLock<ControlTexts> = OnceLock::new();
        self.texts
            .plain
            .get_or_init(|| {
                self.texts
                    .packed
                    .and_then(|bytes| pack::unpack_texts(bytes).ok())
                    .unwrap_or_default()
            })
            .get(id)
            .unwrap_or_else(|| NONE.get_or_init(ControlTexts::default))
    }
}

//! Artefacts that name each other instead of holding each other: frameworks that list ids of controls, controls that
//! list names of rules, and the two tables that say which belongs to which.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::csv::{Place, Row, read_table};
use super::documents::{FrameworkDocument, RuleDocument, SectionDocument};
use crate::LibraryError;

/// The table of frameworks: which controls each has, and under which name.
pub(super) const FRAMEWORKS_TABLE: &str = "FWName_CID_CName";
/// The table of controls: which rules each has.
pub(super) const CONTROLS_TABLE: &str = "ControlID_RuleName";

/// What is joined when all files are read.
#[derive(Default)]
pub(super) struct Joins {
    /// Frameworks without their controls.
    pub(super) frameworks: Vec<(PathBuf, FrameworkDocument)>,
    /// Rules by name.
    pub(super) rules: BTreeMap<String, RuleDocument>,
    /// Names of rules by the id of the control that lists them.
    rules_of: BTreeMap<String, Vec<Named>>,
    /// Controls of frameworks, by the frameworks' names in lower case.
    controls_of: BTreeMap<String, Vec<Named>>,
}

/// Something that a file names.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) name: String,
    /// What the one who names it calls it.
    pub(super) title: Option<String>,
    pub(super) origin: Origin,
}

/// Where something is named.
#[derive(Clone)]
pub(super) enum Origin {
    /// In the row of a table.
    Row(Place),
    /// Somewhere in a document.
    Document(PathBuf),
}

impl Joins {
    /// Adds a table, when the file is one.
    pub(super) fn add_table(&mut self, path: &Path, text: &str) -> Result<bool, LibraryError> {
        if is_table(path, FRAMEWORKS_TABLE) {
            let columns = ["frameworkName", "ControlID", "ControlName"];
            for Row { cells, place } in read_table(path, text, columns, 2)? {
                let [framework, name, title] = cells;
                let named = Named {
                    name,
                    title: (!title.is_empty()).then_some(title),
                    origin: Origin::Row(place),
                };
                add(self.controls_of.entry(framework.to_lowercase()), named);
            }
            return Ok(true);
        }
        if is_table(path, CONTROLS_TABLE) {
            for Row { cells, place } in read_table(path, text, ["ControlID", "RuleName"], 2)? {
                let [control, name] = cells;
                let origin = Origin::Row(place);
                let title = None;
                add(self.rules_of.entry(control), Named { name, title, origin });
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Adds the names of rules that a control lists.
    pub(super) fn add_rule_names(&mut self, path: &Path, control: &str, rules: Vec<String>) {
        for name in rules {
            let rule = Named {
                name,
                title: None,
                origin: Origin::Document(path.to_owned()),
            };
            add(self.rules_of.entry(control.to_owned()), rule);
        }
    }

    /// The rules that a control lists.
    pub(super) fn rules_of(&self, control: &str) -> Vec<Named> {
        self.rules_of.get(control).cloned().unwrap_or_default()
    }

    /// The controls that a framework lists, itself, in its sections or in the table.
    pub(super) fn controls_of(&self, path: &Path, framework: &FrameworkDocument) -> Vec<Named> {
        let rows = self.controls_of.get(&framework.name.to_lowercase());
        let mut controls: BTreeMap<String, Named> = BTreeMap::new();
        let mut listed = Vec::new();
        let own = framework.controls.iter();
        listed.extend(own.map(|control| (control.id.clone(), Some(control.name.clone()))));
        let active = framework.active_controls.iter();
        listed.extend(active.map(|control| (control.id.clone(), control.patch.name.clone())));
        listed.extend(framework.control_ids.iter().map(|id| (id.clone(), None)));
        in_sections(&framework.sub_sections, &mut listed);
        let listed = listed.into_iter().map(|(name, title)| Named {
            name,
            title: title.filter(|title| !title.is_empty()),
            origin: Origin::Document(path.to_owned()),
        });
        for named in listed.chain(rows.into_iter().flatten().cloned()) {
            let known = controls
                .entry(named.name.clone())
                .or_insert_with(|| named.clone());
            if known.title.is_none() {
                known.title = named.title;
            }
        }
        controls.into_values().collect()
    }
}

impl Named {
    /// The file and line that name it, for messages.
    pub(super) fn place(&self) -> Place {
        match &self.origin {
            Origin::Row(place) => place.clone(),
            Origin::Document(path) => place_of(path, &self.name),
        }
    }
}

/// The line of a file that has this text as a JSON string first.
pub(super) fn place_of(path: &Path, text: &str) -> Place {
    let written = serde_json::to_string(text).unwrap_or_default();
    // Only somebody who is about to be told of a mistake waits for this second reading.
    let document = std::fs::read_to_string(path).unwrap_or_default();
    let before = document.find(&written).and_then(|at| document.get(..at));
    Place {
        path: path.to_owned(),
        line: 1 + before.unwrap_or_default().matches('\n').count(),
    }
}

/// Whether the file is the table of this name, with its extension or without.
pub(super) fn is_table(path: &Path, name: &str) -> bool {
    let file = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    file.eq_ignore_ascii_case(name) || file.to_lowercase() == format!("{}.csv", name.to_lowercase())
}

fn add(entry: std::collections::btree_map::Entry<'_, String, Vec<Named>>, named: Named) {
    let listed = entry.or_default();
    if !listed.iter().any(|known| known.name == named.name) {
        listed.push(named);
    }
}

fn in_sections(sections: &BTreeMap<String, SectionDocument>, found: &mut Vec<(String, Option<String>)>) {
    for section in sections.values() {
        found.extend(section.control_ids.iter().map(|id| (id.clone(), None)));
        in_sections(&section.sub_sections, found);
    }
}

//! From what the user asks for to the controls that are evaluated.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kubescape_library::{CUSTOM_RULES, Library};
use kubescape_model::{ActionRequired, Control, Framework, Rule, Scope};
use regex::Regex;

use crate::suggest::closest;

/// The version of the product family whose policies we run; rules may name a first and a last one.
const POLICY_VERSION: (u64, u64, u64) = (4, 0, 0);

/// What the user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Frameworks by name; `all` means every framework.
    Frameworks(Vec<String>),
    /// Controls by id.
    Controls(Vec<String>),
}

/// Controls that the user takes out or singles out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControlFilter {
    /// Taken out before the scan; ids or older section numbers, in any case.
    pub exclude: Vec<String>,
    /// Left out of the report.
    pub skip: Vec<String>,
    /// When not empty: the only ones in the report.
    pub include: Vec<String>,
}

/// Controls to evaluate and the frameworks that ask for them.
#[derive(Clone, Debug, Default)]
pub struct Selection<'library> {
    /// Controls, sorted by id, each once.
    pub controls: Vec<SelectedControl<'library>>,
    /// Frameworks in the order of the request.
    pub frameworks: Vec<SelectedFramework<'library>>,
    /// Ids of filters that matched nothing, and frameworks that do not apply: worth a warning.
    pub warnings: Vec<String>,
}

impl<'library> Selection<'library> {
    /// The frameworks that ask for a control: their indexes and names.
    pub(crate) fn frameworks_of(&self, control: usize) -> Vec<(usize, &'library str)> {
        let asking = |framework: &&SelectedFramework<'_>| framework.controls.binary_search(&control).is_ok();
        let frameworks = self.frameworks.iter().enumerate();
        frameworks
            .filter(|(_, framework)| asking(framework))
            .map(|(index, framework)| (index, framework.name))
            .collect()
    }

    /// Keeps the controls that a test accepts, also in the frameworks.
    pub fn retain(&mut self, keep: impl Fn(&SelectedControl<'library>) -> bool) {
        let mut places = Vec::with_capacity(self.controls.len());
        let mut kept = 0;
        for selected in &self.controls {
            places.push(keep(selected).then_some(kept));
            kept += usize::from(places.last().is_some_and(Option::is_some));
        }
        let mut old = places.iter();
        self.controls.retain(|_| old.next().is_some_and(Option::is_some));
        for framework in &mut self.frameworks {
            framework.controls = framework
                .controls
                .iter()
                .filter_map(|index| places.get(*index).copied().flatten())
                .collect();
        }
    }
}

/// A control and those of its rules that run here.
#[derive(Clone, Debug)]
pub struct SelectedControl<'library> {
    /// The control.
    pub control: &'library Control,
    /// Its rules.
    pub rules: Vec<&'library Rule>,
}

/// A framework and its controls, as indexes into [`Selection::controls`].
#[derive(Clone, Debug)]
pub struct SelectedFramework<'library> {
    /// Its name.
    pub name: &'library str,
    /// What readers of its results have to know.
    pub note: &'library str,
    /// Indexes.
    pub controls: Vec<usize>,
}

/// A request that cannot be met.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SelectionError {
    /// No such framework.
    #[error("framework: {name}: framework from file not matching{}", did_you_mean(.suggestion.as_ref(), "frameworks"))]
    UnknownFramework {
        /// What was typed.
        name: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// No such control.
    #[error("controlID: {id}: control from file not matching{}", did_you_mean(.suggestion.as_ref(), "controls"))]
    UnknownControl {
        /// What was typed.
        id: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// An element of the list is empty.
    #[error("--exclude-controls has an empty element")]
    EmptyExclude,
    /// The filter left nothing.
    #[error("--exclude-controls left no controls to scan")]
    NothingLeft,
}

fn did_you_mean(suggestion: Option<&String>, what: &str) -> String {
    match suggestion {
        Some(name) => format!("; did you mean {name:?}?"),
        None => format!("; `kubescape list {what}` shows all"),
    }
}

/// Resolves a request for a scan of this scope.
pub fn select<'library>(
    library: &'library Library,
    request: &Request,
    filter: &ControlFilter,
    scope: &Scope,
) -> Result<Selection<'library>, SelectionError> {
    let mut warnings = Vec::new();
    let mut groups = requested(library, request, scope, &mut warnings)?;
    add_custom_rules(library, &mut groups);
    let keeps = Filter::new(filter, library)?;
    let mut selected: BTreeMap<&str, SelectedControl<'library>> = BTreeMap::new();
    for control in groups.iter().flat_map(|group| &group.controls) {
        let by_hand = control.action_required == Some(ActionRequired::ManualReview);
        // What has to be checked by hand has to be checked whatever is scanned.
        if keeps.control(control) && (by_hand || Scope::applies(&control.scope, scope)) {
            let rules = runnable_rules(library, control);
            if !rules.is_empty() || by_hand {
                selected.insert(&control.id, SelectedControl { control, rules });
            }
        }
    }
    if selected.is_empty() && keeps.excluded_any(groups.iter().flat_map(|group| &group.controls)) {
        return Err(SelectionError::NothingLeft);
    }
    warnings.extend(keeps.unmatched(groups.iter().flat_map(|group| &group.controls)));
    let positions: BTreeMap<&str, usize> = selected
        .keys()
        .enumerate()
        .map(|(index, id)| (*id, index))
        .collect();
    let frameworks = groups
        .iter()
        .filter_map(|group| {
            let mut controls: Vec<usize> = group
                .controls
                .iter()
                .filter_map(|control| positions.get(control.id.as_str()).copied())
                .collect();
            controls.sort_unstable();
            let framework = group.framework?;
            Some(SelectedFramework {
                name: &framework.name,
                note: &framework.note,
                controls,
            })
        })
        .collect();
    Ok(Selection {
        controls: selected.into_values().collect(),
        frameworks,
        warnings,
    })
}

/// The controls of one requested framework, or of a list of controls.
struct Group<'library> {
    framework: Option<&'library Framework>,
    controls: Vec<&'library Control>,
}

fn requested<'library>(
    library: &'library Library,
    request: &Request,
    scope: &Scope,
    warnings: &mut Vec<String>,
) -> Result<Vec<Group<'library>>, SelectionError> {
    match request {
        Request::Controls(ids) => {
            let mut seen = HashSet::new();
            let mut controls = Vec::new();
            for id in ids {
                let control = library.control(id).ok_or_else(|| unknown_control(library, id))?;
                if seen.insert(&control.id) {
                    controls.push(control);
                }
            }
            Ok(vec![Group {
                framework: None,
                controls,
            }])
        }
        Request::Frameworks(names) => {
            let everything = names.iter().any(|name| name.eq_ignore_ascii_case("all"));
            let mut frameworks = Vec::new();
            if everything {
                frameworks.extend(
                    library
                        .frameworks
                        .iter()
                        .filter(|framework| Scope::applies(&framework.scope, scope)),
                );
            } else {
                for name in names {
                    let framework = library
                        .framework(name)
                        .ok_or_else(|| unknown_framework(library, name))?;
                    if !frameworks
                        .iter()
                        .any(|known: &&Framework| known.name == framework.name)
                    {
                        frameworks.push(framework);
                    }
                }
            }
            let mut groups = Vec::new();
            for framework in frameworks {
                if Scope::applies(&framework.scope, scope) {
                    groups.push(group(library, framework));
                } else {
                    warnings.push(format!(
                        "framework {} does not apply to this kind of scan",
                        framework.name
                    ));
                }
            }
            Ok(groups)
        }
    }
}

/// Rules of the user's own take part in every scan.
fn add_custom_rules<'library>(library: &'library Library, groups: &mut Vec<Group<'library>>) {
    let custom = library.framework(CUSTOM_RULES);
    let asked = |framework: &Framework| {
        let named = |group: &Group<'_>| group.framework.is_some_and(|known| known.name == framework.name);
        groups.iter().any(named)
    };
    if let Some(framework) = custom.filter(|framework| !asked(framework)) {
        groups.push(group(library, framework));
    }
}

fn group<'library>(library: &'library Library, framework: &'library Framework) -> Group<'library> {
    Group {
        framework: Some(framework),
        controls: framework
            .controls
            .iter()
            .filter_map(|id| library.control(id))
            .collect(),
    }
}

fn unknown_framework(library: &Library, name: &str) -> SelectionError {
    let names = library.frameworks.iter().flat_map(|framework| {
        framework
            .aliases
            .iter()
            .map(String::as_str)
            .chain([framework.name.as_str()])
    });
    SelectionError::UnknownFramework {
        name: name.to_owned(),
        suggestion: closest(name, names).map(ToOwned::to_owned),
    }
}

fn unknown_control(library: &Library, id: &str) -> SelectionError {
    let by_name = library
        .controls
        .iter()
        .find(|control| control.name.eq_ignore_ascii_case(id.trim()));
    let suggestion = by_name
        .map(|control| control.id.as_str())
        .or_else(|| closest(id, library.controls.iter().map(|control| control.id.as_str())));
    SelectionError::UnknownControl {
        id: id.to_owned(),
        suggestion: suggestion.map(ToOwned::to_owned),
    }
}

fn runnable_rules<'library>(library: &'library Library, control: &Control) -> Vec<&'library Rule> {
    control
        .rules
        .iter()
        .filter_map(|name| library.rules.get(name))
        .filter(|rule| {
            let from = rule.from_version.as_deref().and_then(version);
            let until = rule.until_version.as_deref().and_then(version);
            from.is_none_or(|from| from <= POLICY_VERSION)
                && until.is_none_or(|until| POLICY_VERSION <= until)
        })
        .collect()
}

fn version(text: &str) -> Option<(u64, u64, u64)> {
    let mut parts = text.trim_start_matches('v').split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?))
}

struct Filter<'user> {
    filter: &'user ControlFilter,
    /// The ids that `exclude` means, upper-case.
    excluded: HashSet<String>,
}

impl<'user> Filter<'user> {
    fn new(filter: &'user ControlFilter, library: &Library) -> Result<Self, SelectionError> {
        let mut excluded = HashSet::new();
        for id in &filter.exclude {
            if id.trim().is_empty() {
                return Err(SelectionError::EmptyExclude);
            }
            let meant = library
                .control(id.trim())
                .map_or_else(|| id.trim(), |control| &control.id);
            excluded.insert(meant.to_uppercase());
        }
        Ok(Self { filter, excluded })
    }

    fn control(&self, control: &Control) -> bool {
        !self.excluded.contains(&control.id.to_uppercase())
            && !self.filter.skip.contains(&control.id)
            && (self.filter.include.is_empty() || self.filter.include.contains(&control.id))
    }

    fn excluded_any<'c>(&self, mut controls: impl Iterator<Item = &'c &'c Control>) -> bool {
        controls.any(|control| self.excluded.contains(&control.id.to_uppercase()))
    }

    /// A warning for each id that names no control of the request.
    fn unmatched<'c>(&self, controls: impl Iterator<Item = &'c &'c Control>) -> Vec<String> {
        let known: BTreeSet<&str> = controls.map(|control| control.id.as_str()).collect();
        let mut warnings: Vec<String> = self
            .excluded
            .iter()
            .filter(|id| !known.contains(id.as_str()))
            .map(|id| format!("--exclude-controls: {id} is not among the selected controls"))
            .collect();
        for (flag, ids) in [
            ("--skip-controls", &self.filter.skip),
            ("--include-controls", &self.filter.include),
        ] {
            for id in ids.iter().filter(|id| !known.contains(id.as_str())) {
                let hint = closest(id, known.iter().copied()).map(|id| format!("; did you mean {id}?"));
                warnings.push(format!(
                    "{flag}: {id} is not among the selected controls{}",
                    hint.unwrap_or_default()
                ));
            }
        }
        warnings.sort();
        warnings
    }
}

/// Whether a text is the expression or equal to it, in any case: the way exceptions name controls and frameworks.
pub(crate) fn equals_or_matches(pattern: &str, text: &str) -> bool {
    pattern.eq_ignore_ascii_case(text)
        || Regex::new(&format!("(?i)^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(text))
}

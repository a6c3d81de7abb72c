//! Which objects a patch or replacement is for.

use regex::Regex;

use crate::config::Selector;
use crate::object::Object;
use crate::patterns;
use crate::requirements::Requirements;

type Result<T> = std::result::Result<T, String>;

/// A selector of patches: its texts are patterns for the whole value.
pub(crate) struct PatternSelector {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: Requirements,
    annotations: Requirements,
}

impl PatternSelector {
    pub(crate) fn new(selector: &Selector) -> Result<Self> {
        let pattern = |text: &str| {
            if text.is_empty() {
                return Ok(None);
            }
            patterns::compile_whole(text).map(Some)
        };
        Ok(Self {
            group: pattern(&selector.group)?,
            version: pattern(&selector.version)?,
            kind: pattern(&selector.kind)?,
            name: pattern(&selector.name)?,
            namespace: pattern(&selector.namespace)?,
            labels: Requirements::parse(&selector.label_selector)?,
            annotations: Requirements::parse(&selector.annotation_selector)?,
        })
    }

    pub(crate) fn matches(&self, object: &Object) -> bool {
        let fits = |pattern: &Option<Regex>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
        };
        // The cheap questions first.
        if !fits(&self.kind, object.kind()) {
            return false;
        }
        let original = object.previous.first();
        let named = fits(&self.name, &object.name()) || original.is_some_and(|id| fits(&self.name, &id.name));
        if !named {
            return false;
        }
        let id = object.id();
        fits(&self.group, &id.gvk.group)
            && fits(&self.version, &id.gvk.version)
            && (fits(&self.namespace, id.effective_namespace())
                || original.is_some_and(|id| fits(&self.namespace, id.effective_namespace())))
            && self.labels.hold(object, "labels")
            && self.annotations.hold(object, "annotations")
    }
}

/// A selector of replacements: its texts are exact.
pub(crate) struct ExactSelector<'a> {
    selector: &'a Selector,
    labels: Requirements,
    annotations: Requirements,
}

impl<'a> ExactSelector<'a> {
    pub(crate) fn new(selector: &'a Selector) -> Result<Self> {
        Ok(Self {
            selector,
            labels: Requirements::parse(&selector.label_selector)?,
            annotations: Requirements::parse(&selector.annotation_selector)?,
        })
    }

    pub(crate) fn matches(&self, object: &Object) -> bool {
        self.matches_id(object)
            && self.labels.hold(object, "labels")
            && self.annotations.hold(object, "annotations")
    }

    /// Whether one of the object's ids is meant; of a namespace what is written counts.
    pub(crate) fn matches_id(&self, object: &Object) -> bool {
        let fits = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        let selector = self.selector;
        object.ids().iter().any(|id| {
            id.gvk
                .is_selected(&selector.group, &selector.version, &selector.kind)
                && fits(&selector.name, &id.name)
                && (fits(&selector.namespace, &id.namespace)
                    || selector.namespace == "default" && id.namespace.is_empty())
        })
    }

    /// Whether any part of the selector rejects an object.
    pub(crate) fn rejects(&self, object: &Object) -> bool {
        let selector = self.selector;
        let names_something = [
            &selector.group,
            &selector.version,
            &selector.kind,
            &selector.name,
            &selector.namespace,
        ]
        .iter()
        .any(|part| !part.is_empty());
        names_something && self.matches_id(object)
            || !selector.label_selector.is_empty() && self.labels.hold(object, "labels")
            || !selector.annotation_selector.is_empty() && self.annotations.hold(object, "annotations")
    }
}

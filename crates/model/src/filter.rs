//! Which objects are kept.

use crate::{GroupVersionKind, KindPattern, Resource};

/// Everything that narrows the objects of a scan.
#[derive(Clone, Debug, Default)]
pub struct ResourceFilter {
    /// Kinds that the scan's rules look at; empty: all.
    pub wanted: Vec<KindPattern>,
    /// Kinds that the user chose.
    pub kinds: KindFilter,
    /// Namespaces that the user chose.
    pub namespaces: NamespaceFilter,
}

impl ResourceFilter {
    /// Whether a rule can look at the object.
    pub fn is_wanted(&self, resource: &Resource) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|pattern| pattern.matches(&resource.kind))
    }
}

/// `--include-kinds` and `--exclude-kinds`: kinds in any case; included first, then excluded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindFilter {
    /// When not empty: the only kinds that are kept.
    pub include: Vec<String>,
    /// Kinds that are dropped.
    pub exclude: Vec<String>,
}

impl KindFilter {
    /// Whether objects of the kind are kept.
    pub fn keeps(&self, kind: &GroupVersionKind) -> bool {
        let named = |kinds: &[String]| kinds.iter().any(|name| name.eq_ignore_ascii_case(&kind.kind));
        (self.include.is_empty() || named(&self.include)) && !named(&self.exclude)
    }

    /// Whether the filter does anything.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }
}

impl std::fmt::Display for KindFilter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts = Vec::new();
        if !self.include.is_empty() {
            parts.push(format!("include-kinds: {}", self.include.join(",")));
        }
        if !self.exclude.is_empty() {
            parts.push(format!("exclude-kinds: {}", self.exclude.join(",")));
        }
        formatter.write_str(&parts.join(", "))
    }
}

/// `--include-namespaces` and `--exclude-namespaces`; included wins. Objects without a namespace are always kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamespaceFilter {
    /// When not empty: the only namespaces that are kept.
    pub include: Vec<String>,
    /// Namespaces that are dropped.
    pub exclude: Vec<String>,
}

impl NamespaceFilter {
    /// Whether every namespace is kept.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Whether the object is kept.
    pub fn keeps(&self, resource: &Resource) -> bool {
        resource.namespace.is_empty() || self.keeps_name(&resource.namespace)
    }

    /// Whether the objects of a namespace are kept.
    pub fn keeps_name(&self, namespace: &str) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == namespace);
        match self.include.is_empty() {
            true => !named(&self.exclude),
            false => named(&self.include),
        }
    }
}

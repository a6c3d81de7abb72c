//! A rule: one policy and the objects it wants to see.

use serde::{Deserialize, Serialize};

use crate::{GroupVersionKind, Parameters};

/// One policy. Several rules may share one body of Rego and differ in their parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Unique name, as reports print it.
    pub name: String,
    /// Another name by which test cases know the rule.
    pub alias: Option<String>,
    /// One sentence on what it looks for.
    pub description: String,
    /// Kinds of the Kubernetes API that it looks at, in the order in which they enter its input.
    pub matches: Vec<KindPattern>,
    /// Kinds that do not come from the Kubernetes API: host data, cloud descriptions, image scans.
    pub external: Vec<KindPattern>,
    /// The inputs it reads; no other input reaches it.
    pub config: Vec<ConfigInput>,
    /// How its input is put together; `None`: the objects as they are.
    pub aggregator: Option<Aggregator>,
    /// The rule must see all objects of the cluster at once.
    pub whole_cluster: bool,
    /// Kinds whose objects the rule joins with objects of other namespaces; all others it joins within theirs.
    pub across: Vec<KindPattern>,
    /// Key of its module in the library.
    pub module: String,
    /// Key of the module that says which objects the rule is about; `None`: all of its input.
    pub filter: Option<String>,
    /// `data.parameters` of its module.
    pub parameters: Parameters,
    /// First product version that runs it.
    pub from_version: Option<String>,
    /// Last product version that runs it.
    pub until_version: Option<String>,
}

/// Kinds that a rule joins across namespaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Join {
    /// The kinds. Where one of them does not exist, there is nothing to join.
    pub kinds: Vec<KindPattern>,
    /// The kinds that they are joined with; empty: with one another.
    pub with: Vec<KindPattern>,
}

impl Join {
    /// Whether objects of a kind have to be seen across namespaces, where only some kinds exist.
    pub fn asks_for(&self, kind: &GroupVersionKind, exists: &dyn Fn(&KindPattern) -> bool) -> bool {
        self.kinds.iter().any(|pattern| pattern.matches(kind))
            && self.kinds.iter().all(exists)
            && (self.with.is_empty() || self.with.iter().any(exists))
    }
}

/// An input of a rule that users may set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigInput {
    /// Key in the controls' inputs, and last segment of the path in policy documents.
    pub key: String,
    /// Name for people.
    #[serde(default)]
    pub name: String,
    /// What to put in.
    #[serde(default)]
    pub description: String,
}

/// How the objects of a scan become the input of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregator {
    /// One entry for each subject of each binding with the role it refers to.
    SubjectRoleRolebinding,
    /// The first API server pod of `kube-system`.
    ApiserverPod,
}

/// `group/version/Kind` with `*` for any part; the core group is the empty string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KindPattern {
    /// API group or `*`.
    pub group: String,
    /// Version or `*`.
    pub version: String,
    /// Kind, its lower-case plural, or `*`.
    pub kind: String,
}

impl KindPattern {
    /// Whether an object of this kind is meant. Groups and versions are compared exactly; kinds ignore case and may
    /// be written as the resource's plural (`pods`), as policy documents do.
    pub fn matches(&self, gvk: &GroupVersionKind) -> bool {
        (self.group == "*" || self.group == gvk.group)
            && (self.version == "*" || self.version == gvk.version)
            && (self.kind == "*" || same_kind(&self.kind, &gvk.kind))
    }
}

fn same_kind(pattern: &str, kind: &str) -> bool {
    if pattern.eq_ignore_ascii_case(kind) {
        return true;
    }
    let pattern = pattern.to_ascii_lowercase();
    let kind = kind.to_ascii_lowercase();
    match pattern.strip_prefix(kind.as_str()) {
        Some("s" | "es") => true,
        Some(_) => false,
        None => kind
            .strip_suffix('y')
            .is_some_and(|stem| pattern.strip_prefix(stem) == Some("ies")),
    }
}

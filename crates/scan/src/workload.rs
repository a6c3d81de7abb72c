//! `scan workload`: one object and what it depends on.

use std::path::PathBuf;
use std::str::FromStr;

use kubescape_model::Resource;
use kubescape_policy::{Selection, closest};
use kubescape_yaml::Node;

use crate::ScanError;

/// `[NAMESPACE/]KIND[.VERSION[.GROUP]]/NAME`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkloadName {
    /// Empty: any.
    pub namespace: String,
    /// Kind, in the case of the manifest.
    pub kind: String,
    /// `group/version` or `version`; empty: any.
    pub api_version: String,
    /// Name.
    pub name: String,
    /// Absolute path of the file that states it; `None`: any.
    pub file: Option<PathBuf>,
}

impl FromStr for WorkloadName {
    type Err = ScanError;

    fn from_str(text: &str) -> Result<Self, ScanError> {
        let bad = || ScanError::WorkloadName(text.to_owned());
        let parts: Vec<&str> = text.split('/').collect();
        let (namespace, kind, name) = match parts.as_slice() {
            [kind, name] => ("", *kind, *name),
            [namespace, kind, name] if !namespace.is_empty() => (*namespace, *kind, *name),
            _ => return Err(bad()),
        };
        let (kind, version) = kind.split_once('.').unwrap_or((kind, ""));
        let api_version = match version.split_once('.') {
            Some((version, group)) => format!("{group}/{version}"),
            None => version.to_owned(),
        };
        if kind.is_empty() || name.is_empty() {
            return Err(bad());
        }
        Ok(Self {
            namespace: namespace.to_owned(),
            kind: kind.to_owned(),
            api_version,
            name: name.to_owned(),
            file: None,
        })
    }
}

impl std::fmt::Display for WorkloadName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.namespace.is_empty() {
            write!(formatter, "{}/", self.namespace)?;
        }
        write!(formatter, "{}/{}", self.kind, self.name)
    }
}

impl WorkloadName {
    fn names(&self, resource: &Resource) -> bool {
        resource.kind.kind == self.kind
            && *resource.name == *self.name
            && (self.namespace.is_empty() || *resource.namespace == *self.namespace)
            && (self.api_version.is_empty() || resource.api_version() == self.api_version)
            && self.file.as_ref().is_none_or(|file| {
                let source = resource.source.as_ref();
                source.is_some_and(|source| source.file == *file)
            })
    }

    /// The workload of the input that may have been meant, as it has to be written.
    fn closest(&self, resources: &[Resource]) -> Option<String> {
        let alike = |resource: &&Resource| {
            resource.kind.kind.eq_ignore_ascii_case(&self.kind) && !resource.name.is_empty()
        };
        let names = resources.iter().filter(alike).map(|resource| &*resource.name);
        let name = closest(&self.name, names)?.to_owned();
        let found = resources
            .iter()
            .filter(alike)
            .find(|resource| *resource.name == *name)?;
        let namespace = match &*found.namespace {
            "" => String::new(),
            namespace => format!("{namespace}/"),
        };
        Some(format!("{namespace}{}/{name}", found.kind.kind))
    }
}

/// Keeps, of the workload's kind, only the workload, and only the controls that look at the kind. Objects of other
/// kinds stay: rules join them with the workload.
pub(crate) fn single_out(
    name: &WorkloadName,
    resources: &mut Vec<Resource>,
    selection: &mut Selection<'_>,
) -> Result<(), ScanError> {
    let mut found = resources.iter().filter(|resource| name.names(resource));
    let workload = found.next().ok_or_else(|| ScanError::WorkloadNotFound {
        name: name.to_string(),
        suggestion: name.closest(resources),
    })?;
    if found.next().is_some() {
        return Err(ScanError::WorkloadAmbiguous(name.to_string()));
    }
    if has_owner(workload) {
        return Err(ScanError::WorkloadOwned(name.to_string()));
    }
    let kind = workload.kind.clone();
    selection.retain(|selected| {
        selected
            .rules
            .iter()
            .any(|rule| rule.matches.iter().any(|pattern| pattern.matches(&kind)))
    });
    resources.retain(|resource| resource.kind != kind || name.names(resource));
    Ok(())
}

fn has_owner(resource: &Resource) -> bool {
    resource
        .object
        .node()
        .at("metadata.ownerReferences")
        .and_then(Node::as_sequence)
        .is_some_and(|owners| !owners.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<[&str; 4]>) {
        let parsed = text.parse::<WorkloadName>().ok();
        let parts = parsed.as_ref().map(|name| {
            [
                name.namespace.as_str(),
                name.kind.as_str(),
                name.api_version.as_str(),
                name.name.as_str(),
            ]
        });
        assert_eq!(parts, expected, "{text}");
    }

    #[test]
    fn names() {
        check("Deployment/web", Some(["", "Deployment", "", "web"]));
        check(
            "shop/Deployment.v1.apps/web",
            Some(["shop", "Deployment", "apps/v1", "web"]),
        );
        check("Pod.v1/web", Some(["", "Pod", "v1", "web"]));
        check("web", None);
        check("/Pod/web", None);
        check("Pod/", None);
        check("a/b/c/d", None);
    }
}

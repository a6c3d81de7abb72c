//! A framework: a named choice of controls.

use serde::{Deserialize, Serialize};

/// A named choice of controls. Which controls belong to it stands in each control ([`crate::Membership`]).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Framework {
    /// Name as reports print it; compared without case.
    pub name: String,
    /// Version of the document that it follows.
    #[serde(default)]
    pub version: String,
    /// What it is.
    #[serde(default)]
    pub description: String,
    /// What readers of its results have to know.
    #[serde(default)]
    pub note: String,
    /// `compliance` or `security`.
    #[serde(default)]
    pub types: Vec<String>,
    /// Where it applies; empty: everywhere.
    #[serde(default)]
    pub scope: Vec<Scope>,
    /// Other names that users may type.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its sections, in the order of the document.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// Ids of its controls, sorted.
    #[serde(default)]
    pub controls: Vec<String>,
}

/// A section of a framework's document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Number, such as `5.2`.
    pub id: String,
    /// Heading.
    pub title: String,
}

/// Where a framework or control applies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Scope {
    /// A live cluster of any kind.
    Cluster,
    /// Files.
    File,
    /// A cluster of any cloud provider.
    Cloud,
    /// A cluster of this provider: `AKS`, `EKS` or `GKE`.
    Provider(String),
    /// A word that this version does not know; applies everywhere.
    Other(String),
}

impl From<String> for Scope {
    fn from(name: String) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "cluster" => Self::Cluster,
            "file" => Self::File,
            "cloud" => Self::Cloud,
            "aks" | "eks" | "gke" => Self::Provider(name.to_ascii_uppercase()),
            _ => Self::Other(name),
        }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Cluster => "cluster".to_owned(),
            Scope::File => "file".to_owned(),
            Scope::Cloud => "cloud".to_owned(),
            Scope::Provider(name) | Scope::Other(name) => name,
        }
    }
}

impl Scope {
    /// Whether something with these scopes applies to a scan of this scope. An empty list applies to every scan.
    pub fn applies(scopes: &[Self], scan: &Self) -> bool {
        scopes.is_empty()
            || scopes.iter().any(|scope| match (scope, scan) {
                (Self::Cluster | Self::Cloud, Self::Provider(_)) | (Self::Other(_), _) => true,
                (scope, scan) => scope == scan,
            })
    }
}

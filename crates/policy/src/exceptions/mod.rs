//! Exceptions: which findings somebody has accepted.
//!
//! They come from files ([`read_exceptions`]), from annotations of the objects themselves ([`inline`]) and from
//! `SecurityException` objects among the input ([`objects`]). All become [`Exception`]s, which are compiled once
//! ([`ExceptionSet`]) and asked for every finding; [`audit`] tells afterwards which of them were of use.

mod audit;
mod compiled;
mod inline;
mod objects;
mod read;
mod selector;

use std::collections::HashMap;
use std::sync::Arc;

use kubescape_model::{ExceptionPolicy, Resource, ResourceId};

pub use audit::audit;
pub use inline::is_inline;
pub use objects::{CLUSTER_WIDE, GROUP, NAMESPACED};
pub use read::{ExceptionError, read_exceptions};

use compiled::Compiled;
use selector::Selector;

/// An accepted risk and where it may apply.
#[derive(Clone, Debug)]
pub(crate) struct Exception {
    policy: Arc<ExceptionPolicy>,
    /// Labels that the object must have.
    objects: Option<Selector>,
    /// The only namespaces whose objects it covers.
    namespaces: Option<Vec<Arc<str>>>,
}

impl From<Arc<ExceptionPolicy>> for Exception {
    fn from(policy: Arc<ExceptionPolicy>) -> Self {
        Self {
            policy,
            objects: None,
            namespaces: None,
        }
    }
}

/// Every exception of a scan, ready to be asked.
#[derive(Debug, Default)]
pub struct ExceptionSet {
    general: Vec<Compiled>,
    /// Those that an object carries itself.
    inline: HashMap<ResourceId, Compiled>,
    /// Those that no longer hold; the audit names them.
    expired: Vec<Arc<ExceptionPolicy>>,
    /// What is wrong with annotations and objects: worth a warning.
    pub warnings: Vec<String>,
}

/// Where exceptions come from, and when.
#[derive(Debug)]
pub struct ExceptionSources<'scan> {
    /// Those of files and of the library.
    pub policies: Vec<Arc<ExceptionPolicy>>,
    /// The objects of the scan, which may hold `SecurityException`s.
    pub resources: &'scan [Resource],
    /// Whether annotations of objects are honoured.
    pub inline: bool,
    /// Seconds since 1970: what is over by then does not hold.
    pub now: i64,
}

impl ExceptionSet {
    /// Compiles the exceptions that hold now.
    pub fn new(sources: ExceptionSources<'_>) -> Self {
        let mut set = Self::default();
        let mut exceptions: Vec<Exception> = sources.policies.into_iter().map(Exception::from).collect();
        exceptions.extend(objects::of(sources.resources, &mut set.warnings));
        for exception in exceptions {
            if expired(&exception.policy, sources.now) {
                set.expired.push(exception.policy);
            } else {
                set.general.push(Compiled::new(exception));
            }
        }
        if sources.inline {
            for resource in sources.resources {
                set.add_inline(resource, sources.now);
            }
        }
        set
    }

    fn add_inline(&mut self, resource: &Resource, now: i64) {
        let Some(policy) = inline::of(resource, &mut self.warnings) else {
            return;
        };
        if expired(&policy, now) {
            self.expired.push(policy);
        } else {
            self.inline
                .insert(Arc::clone(&resource.id), Compiled::new(policy.into()));
        }
    }

    /// The exceptions that speak of a control.
    pub(crate) fn of_control(&self, control_id: &str) -> ControlExceptions<'_> {
        let general = self
            .general
            .iter()
            .filter(|exception| exception.names_control(control_id))
            .collect();
        ControlExceptions {
            general,
            inline: &self.inline,
            control_id: control_id.to_owned(),
        }
    }

    /// Every exception, with whether it still holds.
    fn all(&self) -> impl Iterator<Item = (&Arc<ExceptionPolicy>, bool)> {
        let mut inline: Vec<&Compiled> = self.inline.values().collect();
        inline.sort_by(|a, b| a.policy().name.cmp(&b.policy().name));
        let holding = self
            .general
            .iter()
            .chain(inline)
            .map(|exception| (exception.policy(), true));
        holding.chain(self.expired.iter().map(|policy| (policy, false)))
    }
}

/// The exceptions that speak of one control.
pub(crate) struct ControlExceptions<'set> {
    general: Vec<&'set Compiled>,
    inline: &'set HashMap<ResourceId, Compiled>,
    control_id: String,
}

/// An exception that covers a finding.
pub(crate) struct Cover {
    pub(crate) policy: Arc<ExceptionPolicy>,
    /// The frameworks it speaks of; `None`: all.
    pub(crate) frameworks: Option<Vec<String>>,
}

impl ControlExceptions<'_> {
    /// The exceptions that cover a finding of a rule on a resource.
    pub(crate) fn covering(&self, rule_name: &str, resource: &Resource, cluster: &str) -> Vec<Cover> {
        let own = self
            .inline
            .get(&resource.id)
            .filter(|exception| exception.names_control(&self.control_id));
        self.general
            .iter()
            .copied()
            .chain(own)
            .filter(|exception| exception.names_rule(&self.control_id, rule_name))
            .filter(|exception| exception.designates(resource, cluster))
            .map(|exception| Cover {
                policy: Arc::clone(exception.policy()),
                frameworks: exception.frameworks(&self.control_id, rule_name),
            })
            .collect()
    }

    /// The exceptions that accept the control as a whole: they name no resource beyond the cluster.
    pub(crate) fn of_everything(&self, cluster: &str) -> bool {
        self.general
            .iter()
            .any(|exception| exception.is_of_everything(cluster))
    }
}

/// `FILE: Kind name`, to find an object again.
fn named(resource: &Resource) -> String {
    let object = format!("{} {}", resource.kind.kind, resource.name);
    match &resource.source {
        Some(source) if !source.relative_path.is_empty() => format!("{}: {object}", source.relative_path),
        _ => object,
    }
}

fn expired(policy: &ExceptionPolicy, now: i64) -> bool {
    policy
        .expiration_date
        .as_deref()
        .and_then(|date| date.parse::<jiff::Timestamp>().ok())
        .is_some_and(|date| date.as_second() <= now)
}

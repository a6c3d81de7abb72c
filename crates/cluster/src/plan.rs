//! Which of the offered kinds a scan has to list.

use std::collections::BTreeMap;

use kubescape_model::{GroupVersionKind, KindPattern, MissingKind};

use crate::discovery::{Served, discover};
use crate::request::Requests;
use crate::{ListSettings, RequestError, host_data};

/// Kinds that come and go by themselves: a pattern for everything does not mean them.
const FLEETING: [(&str, &str); 5] = [
    ("", "Event"),
    ("events.k8s.io", "Event"),
    ("", "ComponentStatus"),
    ("metrics.k8s.io", "PodMetrics"),
    ("metrics.k8s.io", "NodeMetrics"),
];

/// The kinds of a scan.
pub(crate) struct Plan {
    /// Kinds to list.
    pub(crate) kinds: Vec<Served>,
    /// Custom resources with data of hosts, and the kind that rules see of each.
    pub(crate) hosts: Vec<(Served, GroupVersionKind)>,
    /// Parts of the API that could not be asked.
    pub(crate) failures: Vec<MissingKind>,
}

impl Plan {
    pub(crate) async fn new(requests: &Requests, settings: &ListSettings) -> Result<Self, RequestError> {
        let (served, failures) = discover(requests).await?;
        let wanted = &settings.filter.wanted;
        let concerns = |failure: &MissingKind| {
            wanted.iter().any(|pattern| {
                [
                    (&pattern.group, &failure.kind.group),
                    (&pattern.version, &failure.kind.version),
                ]
                .iter()
                .all(|(asked, failed)| *asked == "*" || asked == failed)
            })
        };
        let kinds = choose(&served, wanted, &|kind| {
            kind.group != host_data::GROUP && settings.filter.kinds.keeps(kind)
        });
        let hosts = served
            .iter()
            .filter(|served| served.kind.group == host_data::GROUP)
            .filter_map(|served| Some((served.clone(), host_data::wanted_kind(&served.plural, wanted)?)))
            .collect();
        Ok(Self {
            kinds,
            hosts,
            failures: failures.into_iter().filter(concerns).collect(),
        })
    }
}

/// For each kind that a pattern asks for, the most mature version that is both asked for and offered.
fn choose(
    served: &[Served],
    wanted: &[KindPattern],
    keeps: &dyn Fn(&GroupVersionKind) -> bool,
) -> Vec<Served> {
    let mut chosen: BTreeMap<(&str, &str), &Served> = BTreeMap::new();
    for candidate in served {
        let kind = &candidate.kind;
        if !keeps(kind) || !wanted.iter().any(|pattern| asks_for(pattern, kind)) {
            continue;
        }
        let best = chosen.entry((&kind.group, &kind.kind)).or_insert(candidate);
        if maturity(&kind.version) > maturity(&best.kind.version) {
            *best = candidate;
        }
    }
    chosen.into_values().cloned().collect()
}

fn asks_for(pattern: &KindPattern, kind: &GroupVersionKind) -> bool {
    let is_fleeting = || FLEETING.contains(&(kind.group.as_str(), kind.kind.as_str()));
    pattern.matches(kind) && !(pattern.kind == "*" && is_fleeting())
}

/// Order of versions: stable before beta before alpha, then the higher number (Kubernetes, "API versioning").
fn maturity(version: &str) -> (u8, u32, u32) {
    let number = |text: &str| text.parse().unwrap_or(0);
    let rest = version.strip_prefix('v').unwrap_or(version);
    for (stage, word) in [(1, "beta"), (0, "alpha")] {
        if let Some((major, minor)) = rest.split_once(word) {
            return (stage, number(major), number(minor));
        }
    }
    (2, number(rest), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(served: &[&str], wanted: &[&str], expected: &[&str]) {
        let served: Vec<Served> = served
            .iter()
            .map(|name| {
                let kind = kind(name);
                Served {
                    plural: format!("{}s", kind.kind.to_lowercase()),
                    kind,
                    namespaced: true,
                }
            })
            .collect();
        let wanted: Vec<KindPattern> = wanted
            .iter()
            .map(|name| {
                let GroupVersionKind { group, version, kind } = kind(name);
                KindPattern { group, version, kind }
            })
            .collect();
        let chosen = choose(&served, &wanted, &|_| true);
        let names: Vec<String> = chosen.iter().map(Served::name).collect();
        assert_eq!(names, expected);
    }

    fn kind(name: &str) -> GroupVersionKind {
        let parts: Vec<&str> = name.split('/').collect();
        match parts.as_slice() {
            [group, version, kind] => GroupVersionKind {
                group: (*group).to_owned(),
                version: (*version).to_owned(),
                kind: (*kind).to_owned(),
            },
            _ => panic!("{name}"),
        }
    }

    #[test]
    fn one_version_of_each_kind() {
        let batch = ["batch/v1beta1/CronJob", "batch/v1/CronJob", "batch/v1/Job"];
        check(&batch, &["batch/*/CronJob"], &["batch/v1/cronjobs"]);
        check(&batch, &["batch/v1beta1/CronJob"], &["batch/v1beta1/cronjobs"]);
        check(&batch, &["*/*/*"], &["batch/v1/cronjobs", "batch/v1/jobs"]);
    }

    #[test]
    fn maturity_before_numbers() {
        let scalers = ["a/v2beta2/Scaler", "a/v1/Scaler", "a/v2/Scaler", "a/v10/Scaler"];
        check(&scalers, &["a/*/Scaler"], &["a/v10/scalers"]);
        check(&["a/v3alpha1/X", "a/v2beta1/X"], &["a/*/X"], &["a/v2beta1/xs"]);
    }

    #[test]
    fn everything_is_not_what_is_fleeting() {
        check(&["/v1/Event", "/v1/Pod"], &["*/*/*"], &["/v1/pods"]);
        check(&["/v1/Event"], &["/v1/Event"], &["/v1/events"]);
    }

    #[test]
    fn what_nobody_offers_is_no_fault() {
        check(&["/v1/Pod"], &["policy/v1beta1/PodSecurityPolicy"], &[]);
    }
}

//! Exceptions that an object carries in its own annotations.

use std::sync::Arc;

use kubescape_model::{Designator, ExceptionPolicy, PosturePolicy, Resource};
use kubescape_yaml::Node;

use super::compiled::ATTRIBUTES;

/// Ids of controls, separated by commas.
const CONTROLS: &str = "kubescape.io/skip-controls";
/// Why.
const REASON: &str = "kubescape.io/skip-reason";
/// RFC 3339 time until which it holds.
const EXPIRY: &str = "kubescape.io/skip-expiry";

/// Whether an object carries an exception in its annotations.
pub fn is_inline(resource: &Resource) -> bool {
    resource
        .object
        .node()
        .at("metadata.annotations")
        .is_some_and(|annotations| annotations.get(CONTROLS).is_some())
}

/// The exception in the annotations of an object, if there is one. A malformed expiry is a warning and no exception.
pub(super) fn of(resource: &Resource, warnings: &mut Vec<String>) -> Option<Arc<ExceptionPolicy>> {
    let object = resource.object.node();
    let annotations = object.at("metadata.annotations")?;
    let text = |key: &str| annotations.get(key).and_then(Node::as_str);
    let ids: Vec<&str> = text(CONTROLS)?
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    if ids.is_empty() {
        return None;
    }
    let expiry = text(EXPIRY).map(str::trim).filter(|text| !text.is_empty());
    if let Some(date) = expiry
        && date.parse::<jiff::Timestamp>().is_err()
    {
        warnings.push(format!(
            "{}: the annotation {EXPIRY} {date:?} is no RFC 3339 time such as 2030-01-31T00:00:00Z; its exception does not hold",
            super::named(resource)
        ));
        return None;
    }
    let attribute =
        |key: &str, value: &str| (!value.is_empty()).then(|| (key.to_owned(), regex::escape(value)));
    let attributes = [
        attribute("kind", &resource.kind.kind),
        attribute("name", &resource.name),
        attribute("namespace", &resource.namespace),
        attribute("resourceID", &resource.id),
    ];
    Some(Arc::new(ExceptionPolicy {
        name: format!("inline-{}", resource.id),
        actions: vec!["disable".to_owned()],
        reason: text(REASON).unwrap_or_default().to_owned(),
        expiration_date: expiry.map(ToOwned::to_owned),
        resources: vec![Designator {
            designator_type: ATTRIBUTES.to_owned(),
            attributes: attributes.into_iter().flatten().collect(),
        }],
        posture_policies: ids
            .into_iter()
            .map(|id| PosturePolicy {
                control_id: id.to_owned(),
                ..PosturePolicy::default()
            })
            .collect(),
        ..ExceptionPolicy::default()
    }))
}

//! Objects of built-in kinds whose fields have the wrong type: an API server would refuse them.
//!
//! Not the whole schema: the fields that every object has, and those of pods that controls look at. What is unknown is
//! taken for right, and so is `null`.

use kubescape_model::GroupVersionKind;
use kubescape_yaml::{Node, Value};

/// What a field has to be.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Bool,
    Integer,
    Texts,
    TextMap,
    /// A map with some known fields.
    Map(&'static [Field]),
    /// A list of such maps.
    Maps(&'static [Field]),
}

/// A field of a map and its shape.
type Field = (&'static str, Shape);

const METADATA: &[Field] = &[
    ("name", Shape::Text),
    ("generateName", Shape::Text),
    ("namespace", Shape::Text),
    ("labels", Shape::TextMap),
    ("annotations", Shape::TextMap),
    ("finalizers", Shape::Texts),
    ("ownerReferences", Shape::Maps(&[])),
];

const CAPABILITIES: &[Field] = &[("add", Shape::Texts), ("drop", Shape::Texts)];

const SECURITY_CONTEXT: &[Field] = &[
    ("privileged", Shape::Bool),
    ("allowPrivilegeEscalation", Shape::Bool),
    ("readOnlyRootFilesystem", Shape::Bool),
    ("runAsNonRoot", Shape::Bool),
    ("runAsUser", Shape::Integer),
    ("runAsGroup", Shape::Integer),
    ("fsGroup", Shape::Integer),
    ("capabilities", Shape::Map(CAPABILITIES)),
    ("seccompProfile", Shape::Map(&[("type", Shape::Text)])),
    ("seLinuxOptions", Shape::Map(&[])),
];

const CONTAINER: &[Field] = &[
    ("name", Shape::Text),
    ("image", Shape::Text),
    ("imagePullPolicy", Shape::Text),
    ("command", Shape::Texts),
    ("args", Shape::Texts),
    (
        "env",
        Shape::Maps(&[("name", Shape::Text), ("value", Shape::Text)]),
    ),
    ("envFrom", Shape::Maps(&[])),
    (
        "ports",
        Shape::Maps(&[("containerPort", Shape::Integer), ("hostPort", Shape::Integer)]),
    ),
    (
        "volumeMounts",
        Shape::Maps(&[
            ("name", Shape::Text),
            ("mountPath", Shape::Text),
            ("readOnly", Shape::Bool),
        ]),
    ),
    ("resources", Shape::Map(&[])),
    ("securityContext", Shape::Map(SECURITY_CONTEXT)),
    ("livenessProbe", Shape::Map(&[])),
    ("readinessProbe", Shape::Map(&[])),
];

const POD_SPEC: &[Field] = &[
    ("containers", Shape::Maps(CONTAINER)),
    ("initContainers", Shape::Maps(CONTAINER)),
    ("ephemeralContainers", Shape::Maps(CONTAINER)),
    ("volumes", Shape::Maps(&[("name", Shape::Text)])),
    ("imagePullSecrets", Shape::Maps(&[])),
    ("tolerations", Shape::Maps(&[])),
    ("hostNetwork", Shape::Bool),
    ("hostPID", Shape::Bool),
    ("hostIPC", Shape::Bool),
    ("automountServiceAccountToken", Shape::Bool),
    ("serviceAccountName", Shape::Text),
    ("nodeSelector", Shape::TextMap),
    ("securityContext", Shape::Map(SECURITY_CONTEXT)),
];

const TEMPLATE: &[Field] = &[("metadata", Shape::Map(METADATA)), ("spec", Shape::Map(POD_SPEC))];
const JOB_SPEC: &[Field] = &[("template", Shape::Map(TEMPLATE))];
const JOB_TEMPLATE: &[Field] = &[("metadata", Shape::Map(METADATA)), ("spec", Shape::Map(JOB_SPEC))];

const POD: &[Field] = &[("metadata", Shape::Map(METADATA)), ("spec", Shape::Map(POD_SPEC))];
const WORKLOAD: &[Field] = &[
    ("metadata", Shape::Map(METADATA)),
    (
        "spec",
        Shape::Map(&[("replicas", Shape::Integer), ("template", Shape::Map(TEMPLATE))]),
    ),
];
const CRON_JOB: &[Field] = &[
    ("metadata", Shape::Map(METADATA)),
    (
        "spec",
        Shape::Map(&[
            ("schedule", Shape::Text),
            ("jobTemplate", Shape::Map(JOB_TEMPLATE)),
        ]),
    ),
];
const ROLE: &[Field] = &[
    ("metadata", Shape::Map(METADATA)),
    (
        "rules",
        Shape::Maps(&[
            ("apiGroups", Shape::Texts),
            ("resources", Shape::Texts),
            ("verbs", Shape::Texts),
        ]),
    ),
];
const BINDING: &[Field] = &[
    ("metadata", Shape::Map(METADATA)),
    (
        "subjects",
        Shape::Maps(&[
            ("kind", Shape::Text),
            ("name", Shape::Text),
            ("namespace", Shape::Text),
        ]),
    ),
    (
        "roleRef",
        Shape::Map(&[("kind", Shape::Text), ("name", Shape::Text)]),
    ),
];
const CONFIG_MAP: &[Field] = &[
    ("metadata", Shape::Map(METADATA)),
    ("data", Shape::TextMap),
    ("binaryData", Shape::TextMap),
];
const SECRET: &[Field] = &[
    ("metadata", Shape::Map(METADATA)),
    ("type", Shape::Text),
    ("data", Shape::TextMap),
    ("stringData", Shape::TextMap),
];
const SERVICE: &[Field] = &[
    ("metadata", Shape::Map(METADATA)),
    (
        "spec",
        Shape::Map(&[
            ("type", Shape::Text),
            ("selector", Shape::TextMap),
            ("ports", Shape::Maps(&[])),
        ]),
    ),
];

/// The first field of a built-in object that has the wrong type: where it stands, and what is wrong.
pub(crate) fn mistake<'node>(kind: &GroupVersionKind, object: &'node Node) -> Option<(&'node Node, String)> {
    let fields = match (kind.group.as_str(), kind.kind.as_str()) {
        ("", "Pod") => POD,
        ("apps", "Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet")
        | ("", "ReplicationController")
        | ("batch", "Job") => WORKLOAD,
        ("batch", "CronJob") => CRON_JOB,
        ("rbac.authorization.k8s.io", "Role" | "ClusterRole") => ROLE,
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => BINDING,
        ("", "ConfigMap") => CONFIG_MAP,
        ("", "Secret") => SECRET,
        ("", "Service") => SERVICE,
        _ => return None,
    };
    in_map(object, fields, "")
}

fn in_map<'node>(map: &'node Node, fields: &[Field], path: &str) -> Option<(&'node Node, String)> {
    fields.iter().find_map(|(name, shape)| {
        let node = map.get(name)?;
        let path = match path {
            "" => (*name).to_owned(),
            path => format!("{path}.{name}"),
        };
        in_field(node, *shape, &path)
    })
}

fn in_field<'node>(node: &'node Node, shape: Shape, path: &str) -> Option<(&'node Node, String)> {
    let is_text = |value: &Value| matches!(value, Value::String(_) | Value::Time(_) | Value::Null);
    let wrong = |what: &str| Some((node, format!("{path} must be {what}")));
    match (shape, &node.value) {
        (_, Value::Null)
        | (Shape::Text, Value::String(_) | Value::Time(_))
        | (Shape::Bool, Value::Bool(_))
        | (Shape::Integer, Value::Int(_) | Value::UInt(_) | Value::Number(_)) => None,
        (Shape::Integer, Value::Float(number)) if number.fract() == 0.0 => None,
        (Shape::Texts, Value::Sequence(items)) if items.iter().all(|item| is_text(&item.value)) => None,
        (Shape::TextMap, Value::Mapping(map)) => {
            let (key, value) = map.iter().find(|(_, value)| !is_text(&value.value))?;
            Some((
                value,
                format!("{path}[{key:?}] must be a text; put it in quotes", key = &**key),
            ))
        }
        (Shape::Map(fields), Value::Mapping(_)) => in_map(node, fields, path),
        (Shape::Maps(fields), Value::Sequence(items)) => {
            items.iter().enumerate().find_map(|(index, item)| {
                let path = format!("{path}[{index}]");
                in_field(item, Shape::Map(fields), &path)
            })
        }
        (Shape::Text, _) => wrong("a text"),
        (Shape::Bool, _) => wrong("true or false"),
        (Shape::Integer, _) => wrong("a whole number"),
        (Shape::Texts, _) => wrong("a list of texts"),
        (Shape::TextMap, _) => wrong("a map of texts"),
        (Shape::Map(_), _) => wrong("a map"),
        (Shape::Maps(_), _) => wrong("a list of maps"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(api_version: &str, kind: &str, object: &str, expected: Option<&str>) {
        let node = kubescape_yaml::load_one(
            object,
            kubescape_yaml::Profile::GoYamlV3,
            &kubescape_yaml::Limits::default(),
        );
        let node = node.unwrap_or_default();
        let (group, version) = kubescape_model::parse_group_version(api_version);
        let id = GroupVersionKind {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
        };
        let found = mistake(&id, &node).map(|(_, message)| message);
        assert_eq!(found.as_deref(), expected, "{object}");
    }

    #[test]
    fn mistakes() {
        check("v1", "Pod", "metadata: {name: a, labels: {a: b}}", None);
        check(
            "v1",
            "Pod",
            "{metadata: null, spec: {containers: null, volumes: [null]}}",
            None,
        );
        check("v1", "Pod", "metadata: hello", Some("metadata must be a map"));
        check(
            "v1",
            "Pod",
            "metadata: {name: [1]}",
            Some("metadata.name must be a text"),
        );
        check(
            "v1",
            "Pod",
            "metadata: {labels: {version: 1.2}}",
            Some("metadata.labels[\"version\"] must be a text; put it in quotes"),
        );
        check(
            "v1",
            "Pod",
            "spec: {containers: {a: b}}",
            Some("spec.containers must be a list of maps"),
        );
        check(
            "v1",
            "Pod",
            "spec: {containers: [{name: a}, b]}",
            Some("spec.containers[1] must be a map"),
        );
        check(
            "v1",
            "Pod",
            "spec: {hostNetwork: \"true\"}",
            Some("spec.hostNetwork must be true or false"),
        );
        check(
            "v1",
            "Pod",
            "spec: {containers: [{env: [{name: A, value: 1}]}]}",
            Some("spec.containers[0].env[0].value must be a text"),
        );
        check("apps/v1", "Deployment", "spec: {replicas: 2.0}", None);
        check(
            "apps/v1",
            "Deployment",
            "spec: {replicas: lots}",
            Some("spec.replicas must be a whole number"),
        );
        check(
            "batch/v1",
            "CronJob",
            "spec: {jobTemplate: {spec: {template: {spec: {containers: [{command: run}]}}}}}",
            Some("spec.jobTemplate.spec.template.spec.containers[0].command must be a list of texts"),
        );
        check(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "rules: [{verbs: get}]",
            Some("rules[0].verbs must be a list of texts"),
        );
        check(
            "v1",
            "ConfigMap",
            "data: {port: 80}",
            Some("data[\"port\"] must be a text; put it in quotes"),
        );
        check("example.com/v1", "Pod", "spec: 1", None);
    }
}

//! How the provider's resources are named, and where its names differ from those of Kubernetes.
//!
//! The provider writes `snake_case`, repeats a block for each item of a list, and converts texts to what the field
//! holds. Only what does not follow from the name stands in the tables.

/// `apiVersion` and `kind` of a resource type; `None` for types that are no objects of their own.
pub(super) fn object_kind(resource: &str) -> Option<(&'static str, &'static str)> {
    let name = resource.strip_prefix("kubernetes_")?;
    let exact = KINDS.iter().find(|(known, ..)| *known == name);
    let exact = exact.or_else(|| {
        let stem = name.strip_suffix("_v1")?;
        KINDS.iter().find(|(known, ..)| *known == stem)
    });
    exact.map(|(_, version, kind)| (*version, *kind))
}

/// Types without their ending `_v1`, where the version is that of today's clusters.
const KINDS: [(&str, &str, &str); 43] = [
    ("api_service", "apiregistration.k8s.io/v1", "APIService"),
    (
        "certificate_signing_request",
        "certificates.k8s.io/v1",
        "CertificateSigningRequest",
    ),
    ("cluster_role", "rbac.authorization.k8s.io/v1", "ClusterRole"),
    (
        "cluster_role_binding",
        "rbac.authorization.k8s.io/v1",
        "ClusterRoleBinding",
    ),
    ("config_map", "v1", "ConfigMap"),
    ("cron_job", "batch/v1", "CronJob"),
    ("csi_driver", "storage.k8s.io/v1", "CSIDriver"),
    ("daemonset", "apps/v1", "DaemonSet"),
    ("daemon_set", "apps/v1", "DaemonSet"),
    ("default_service_account", "v1", "ServiceAccount"),
    ("deployment", "apps/v1", "Deployment"),
    ("endpoint_slice", "discovery.k8s.io/v1", "EndpointSlice"),
    ("endpoints", "v1", "Endpoints"),
    (
        "horizontal_pod_autoscaler",
        "autoscaling/v1",
        "HorizontalPodAutoscaler",
    ),
    (
        "horizontal_pod_autoscaler_v1",
        "autoscaling/v1",
        "HorizontalPodAutoscaler",
    ),
    (
        "horizontal_pod_autoscaler_v2",
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
    ),
    (
        "horizontal_pod_autoscaler_v2beta2",
        "autoscaling/v2beta2",
        "HorizontalPodAutoscaler",
    ),
    ("ingress", "networking.k8s.io/v1", "Ingress"),
    ("ingress_class", "networking.k8s.io/v1", "IngressClass"),
    ("job", "batch/v1", "Job"),
    ("limit_range", "v1", "LimitRange"),
    (
        "mutating_webhook_configuration",
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
    ),
    ("namespace", "v1", "Namespace"),
    ("network_policy", "networking.k8s.io/v1", "NetworkPolicy"),
    ("persistent_volume", "v1", "PersistentVolume"),
    ("persistent_volume_claim", "v1", "PersistentVolumeClaim"),
    ("pod", "v1", "Pod"),
    ("pod_disruption_budget", "policy/v1", "PodDisruptionBudget"),
    ("pod_security_policy", "policy/v1beta1", "PodSecurityPolicy"),
    (
        "pod_security_policy_v1beta1",
        "policy/v1beta1",
        "PodSecurityPolicy",
    ),
    ("priority_class", "scheduling.k8s.io/v1", "PriorityClass"),
    ("replication_controller", "v1", "ReplicationController"),
    ("resource_quota", "v1", "ResourceQuota"),
    ("role", "rbac.authorization.k8s.io/v1", "Role"),
    ("role_binding", "rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("runtime_class", "node.k8s.io/v1", "RuntimeClass"),
    ("secret", "v1", "Secret"),
    ("service", "v1", "Service"),
    ("service_account", "v1", "ServiceAccount"),
    ("stateful_set", "apps/v1", "StatefulSet"),
    ("storage_class", "storage.k8s.io/v1", "StorageClass"),
    (
        "validating_webhook_configuration",
        "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration",
    ),
    (
        "pod_disruption_budget_v1beta1",
        "policy/v1beta1",
        "PodDisruptionBudget",
    ),
];

/// What only Terraform or the provider looks at.
pub(super) fn is_for_terraform(name: &str) -> bool {
    name.starts_with("wait_")
        || matches!(
            name,
            "count"
                | "for_each"
                | "depends_on"
                | "provider"
                | "lifecycle"
                | "provisioner"
                | "connection"
                | "timeouts"
                | "binary_data_wo_revision"
                | "data_wo_revision"
        )
}

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Text.
    Plain,
    Bool,
    Int,
    /// A number, or a text such as `25%` or the name of a port.
    IntOrText,
    /// File permissions: the provider takes octal text.
    Octal,
}

/// What blocks of a name become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One object.
    One,
    /// The items of a list.
    List,
    /// Fields of the block around them.
    Inline,
}

/// The field that an attribute sets. `within` is the name of the block around it.
pub(super) fn attribute(within: &str, kind: &str, name: &str) -> (String, Form) {
    let form = if BOOLS.contains(&name) {
        Form::Bool
    } else if INTS.contains(&name) {
        Form::Int
    } else {
        Form::Plain
    };
    find(&ATTRIBUTES, [within, kind, name], form)
}

/// The field that blocks set. `within` is the name of the block around them.
pub(super) fn block(within: &str, kind: &str, name: &str) -> (String, Shape) {
    find(&BLOCKS, [within, kind, name], Shape::One)
}

/// The row for a block, else for a kind, else for any.
fn find<T: Copy>(rows: &[(&str, &str, &str, T)], [within, kind, name]: [&str; 3], usual: T) -> (String, T) {
    let row = [within, kind, ""].into_iter().find_map(|place| {
        rows.iter()
            .find(|(known_place, known, ..)| *known == name && *known_place == place)
    });
    match row {
        Some((_, _, "", what)) => (camel_case(name), *what),
        Some((_, _, key, what)) => ((*key).to_owned(), *what),
        None => (camel_case(name), usual),
    }
}

/// `run_as_non_root` as `runAsNonRoot`, with the abbreviations that Kubernetes writes in capitals.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut key = words.next().unwrap_or_default().to_owned();
    for word in words {
        match word {
            "ip" | "ipc" | "pid" | "cidr" | "uri" | "uuid" | "api" | "csi" | "url" | "fqdn" | "cpu"
            | "id" | "tls" => key.push_str(&word.to_uppercase()),
            "ips" | "cidrs" | "urls" | "wwns" => {
                key.push_str(&word.trim_end_matches('s').to_uppercase());
                key.push('s');
            }
            _ => {
                let mut letters = word.chars();
                key.extend(letters.next().map(|first| first.to_ascii_uppercase()));
                key.push_str(letters.as_str());
            }
        }
    }
    key
}

/// Block or kind around it (nothing: any), name, key where it is irregular, form.
const ATTRIBUTES: [(&str, &str, &str, Form); 22] = [
    ("", "ceph_monitors", "monitors", Form::Plain),
    ("", "data_disk_uri", "diskURI", Form::Plain),
    ("", "default_mode", "", Form::Octal),
    ("", "endpoints_name", "endpoints", Form::Plain),
    ("", "max_surge", "", Form::IntOrText),
    ("", "max_unavailable", "", Form::IntOrText),
    ("", "min_available", "", Form::IntOrText),
    ("", "mode", "", Form::Octal),
    ("", "port", "", Form::IntOrText),
    ("", "rados_user", "user", Form::Plain),
    ("", "rbd_image", "image", Form::Plain),
    ("", "rbd_pool", "pool", Form::Plain),
    ("", "service_port", "", Form::IntOrText),
    ("", "storage_provisioner", "provisioner", Form::Plain),
    ("", "target_port", "", Form::IntOrText),
    ("", "timezone", "timeZone", Form::Plain),
    ("PriorityClass", "value", "", Form::Int),
    ("Secret", "binary_data", "data", Form::Plain),
    ("Secret", "binary_data_wo", "data", Form::Plain),
    ("Secret", "data_wo", "data", Form::Plain),
    ("on_exit_codes", "values", "", Form::Int),
    ("policy", "value", "", Form::Int),
];

/// Block or kind around it (nothing: any), name, key where it is irregular, shape.
const BLOCKS: [(&str, &str, &str, Shape); 64] = [
    ("", "address", "addresses", Shape::List),
    ("", "allowed_csi_drivers", "allowedCSIDrivers", Shape::List),
    ("", "allowed_flex_volumes", "", Shape::List),
    ("", "allowed_host_paths", "", Shape::List),
    ("", "allowed_topologies", "", Shape::List),
    ("", "ceph_fs", "cephfs", Shape::One),
    ("", "cluster_role_selectors", "", Shape::List),
    ("", "container", "containers", Shape::List),
    ("", "egress", "", Shape::List),
    ("", "endpoint", "endpoints", Shape::List),
    ("", "env", "", Shape::List),
    ("", "env_from", "", Shape::List),
    ("", "from", "", Shape::List),
    ("", "host_aliases", "", Shape::List),
    ("", "host_ports", "", Shape::List),
    ("", "http_header", "httpHeaders", Shape::List),
    ("", "image_pull_secret", "imagePullSecrets", Shape::List),
    ("", "image_pull_secrets", "", Shape::List),
    ("", "ingress", "", Shape::List),
    ("", "init_container", "initContainers", Shape::List),
    ("", "items", "", Shape::List),
    ("", "limit", "limits", Shape::List),
    ("", "match_condition", "matchConditions", Shape::List),
    ("", "match_conditions", "", Shape::List),
    ("", "match_expression", "matchExpressions", Shape::List),
    ("", "match_expressions", "", Shape::List),
    ("", "match_fields", "", Shape::List),
    ("", "match_label_expressions", "", Shape::List),
    ("", "metric", "metrics", Shape::List),
    ("", "node_selector_term", "nodeSelectorTerms", Shape::List),
    ("", "not_ready_address", "notReadyAddresses", Shape::List),
    ("", "on_pod_condition", "onPodConditions", Shape::List),
    ("", "option", "options", Shape::List),
    ("", "path", "paths", Shape::List),
    ("", "persistent_volume_source", "", Shape::Inline),
    ("", "policy", "policies", Shape::List),
    ("", "port", "ports", Shape::List),
    ("", "ports", "", Shape::List),
    (
        "",
        "preferred_during_scheduling_ignored_during_execution",
        "",
        Shape::List,
    ),
    ("", "range", "ranges", Shape::List),
    ("", "readiness_gate", "readinessGates", Shape::List),
    (
        "",
        "required_during_scheduling_ignored_during_execution",
        "",
        Shape::List,
    ),
    ("", "rule", "rules", Shape::List),
    ("", "sources", "", Shape::List),
    ("", "subject", "subjects", Shape::List),
    ("", "subset", "subsets", Shape::List),
    ("", "sysctl", "sysctls", Shape::List),
    ("", "tls", "", Shape::List),
    ("", "to", "", Shape::List),
    ("", "token_request", "tokenRequests", Shape::List),
    ("", "token_requests", "", Shape::List),
    ("", "toleration", "tolerations", Shape::List),
    (
        "",
        "topology_spread_constraint",
        "topologySpreadConstraints",
        Shape::List,
    ),
    ("", "volume", "volumes", Shape::List),
    ("", "volume_claim_template", "volumeClaimTemplates", Shape::List),
    ("", "volume_device", "volumeDevices", Shape::List),
    ("", "volume_mount", "volumeMounts", Shape::List),
    ("", "webhook", "webhooks", Shape::List),
    ("DaemonSet", "strategy", "updateStrategy", Shape::One),
    ("ServiceAccount", "secret", "secrets", Shape::List),
    ("ephemeral", "volume_claim_template", "", Shape::One),
    (
        "node_affinity",
        "required_during_scheduling_ignored_during_execution",
        "",
        Shape::One,
    ),
    ("service", "port", "", Shape::One),
    ("spec", "backend", "defaultBackend", Shape::One),
];

const BOOLS: [&str; 36] = [
    "allocate_load_balancer_node_ports",
    "allow_privilege_escalation",
    "allow_volume_expansion",
    "attach_required",
    "automount_service_account_token",
    "block_owner_deletion",
    "default_allow_privilege_escalation",
    "enable_service_links",
    "global_default",
    "host_ipc",
    "host_network",
    "host_pid",
    "host_process",
    "host_users",
    "immutable",
    "insecure_skip_tls_verify",
    "manual_selector",
    "optional",
    "paused",
    "pod_info_on_mount",
    "privileged",
    "publish_not_ready_addresses",
    "read_only",
    "read_only_root_filesystem",
    "ready",
    "requires_republish",
    "run_as_non_root",
    "serving",
    "set_hostname_as_fqdn",
    "share_process_namespace",
    "stdin",
    "stdin_once",
    "storage_capacity",
    "suspend",
    "terminating",
    "tty",
];

const INTS: [&str; 46] = [
    "active_deadline_seconds",
    "average_utilization",
    "backoff_limit",
    "backoff_limit_per_index",
    "completions",
    "container_port",
    "expiration_seconds",
    "failed_jobs_history_limit",
    "failure_threshold",
    "fs_group",
    "group_priority_minimum",
    "health_check_node_port",
    "host_port",
    "initial_delay_seconds",
    "lun",
    "max",
    "max_failed_indexes",
    "max_replicas",
    "max_skew",
    "min",
    "min_domains",
    "min_ready_seconds",
    "min_replicas",
    "node_port",
    "number",
    "parallelism",
    "partition",
    "period_seconds",
    "priority",
    "progress_deadline_seconds",
    "replicas",
    "revision_history_limit",
    "run_as_group",
    "run_as_user",
    "stabilization_window_seconds",
    "starting_deadline_seconds",
    "success_threshold",
    "successful_jobs_history_limit",
    "supplemental_groups",
    "target_cpu_utilization_percentage",
    "termination_grace_period_seconds",
    "timeout_seconds",
    "toleration_seconds",
    "ttl_seconds_after_finished",
    "version_priority",
    "weight",
];

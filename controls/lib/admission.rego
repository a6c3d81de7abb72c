# What stands between a manifest and the cluster.
package kubescape.admission

import rego.v1

# enforces(namespace): it enforces a pod security standard, whichever.
enforces(namespace) if {
	some label, _ in namespace.metadata.labels
	startswith(label, "pod-security.kubernetes.io/enforce")
}

# guarded_by_webhook: some admission webhook looks at objects of namespaces.
guarded_by_webhook if {
	some configuration in input
	configuration.kind in {"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"}
	some webhook in configuration.webhooks
	some rule in webhook.rules
	rule.scope != "Cluster"
}

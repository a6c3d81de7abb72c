package armo_builtins

import rego.v1

import data.kubescape.network_policy
import data.kubescape.workload

deny contains finding if {
	not network_policy.covered_everywhere
	some namespace in input
	namespace.kind == "Namespace"
	not namespace.metadata.name in network_policy.covered_namespaces
	finding := workload.finding(namespace, "it has no network policy", 9, {})
}

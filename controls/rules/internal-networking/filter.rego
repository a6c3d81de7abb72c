# The namespaces that the rule is about.
package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some namespace in input
	namespace.kind == "Namespace"
	finding := workload.finding(namespace, "is looked at", 0, {})
}

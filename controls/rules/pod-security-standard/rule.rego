package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some namespace in input
	namespace.kind == "Namespace"
	level := object.get(namespace, ["metadata", "labels", "pod-security.kubernetes.io/enforce"], "")
	not level in data.parameters.accepted
	path := "metadata.labels[pod-security.kubernetes.io/enforce]"
	message := sprintf("it does not enforce the pod security standard %s", [data.parameters.fix])
	finding := workload.finding(namespace, message, 7, {"fixPaths": [{"path": path, "value": data.parameters.fix}]})
}

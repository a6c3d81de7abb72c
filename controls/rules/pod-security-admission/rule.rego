package armo_builtins

import rego.v1

import data.kubescape.admission
import data.kubescape.workload

deny contains finding if {
	not admission.guarded_by_webhook
	some namespace in input
	namespace.kind == "Namespace"
	not admission.enforces(namespace)
	path := "metadata.labels[pod-security.kubernetes.io/enforce]"
	message := "nothing restricts what its pods may do"
	finding := workload.finding(namespace, message, 7, {"fixPaths": [{"path": path, "value": "YOUR_VALUE"}]})
}

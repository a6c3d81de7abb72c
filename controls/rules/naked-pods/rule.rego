package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some pod in input
	pod.kind == "Pod"
	not pod.metadata.ownerReferences
	finding := workload.finding(pod, "no controller owns it", 3, {})
}

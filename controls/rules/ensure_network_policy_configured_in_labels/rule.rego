package armo_builtins

import rego.v1

import data.kubescape.network_policy
import data.kubescape.workload

deny contains finding if {
	some position, subject in input
	workload.prefix(subject)
	not position in network_policy.selected
	finding := {
		"alertMessage": sprintf("%s: no network policy selects it", [workload.name(subject)]),
		"packagename": "armo_builtins",
		"alertObject": {"k8sApiObjects": [subject]},
	}
}

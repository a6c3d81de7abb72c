package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some object in input
	some entry in workload.containers(object, ["containers"])
	entry.container.securityContext.runAsUser == 0
	finding := {
		"alertMessage": sprintf("%s runs as root", [entry.container.name]),
		"packagename": "armo_builtins",
		"alertScore": 9,
		"deletePaths": [sprintf("%s.securityContext.runAsUser", [entry.path])],
		"alertObject": {"k8sApiObjects": [object]},
	}
}

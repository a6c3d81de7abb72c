package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some object in input
	some entry in workload.containers(object, ["containers"])
	not entry.container.securityContext.allowPrivilegeEscalation == false
	finding := {
		"alertMessage": sprintf("%s may gain privileges", [entry.container.name]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"fixPaths": [{"path": sprintf("%s.securityContext.allowPrivilegeEscalation", [entry.path]), "value": "false"}],
		"alertObject": {"k8sApiObjects": [object]},
	}
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some role in input
	role.kind == "Role"
	finding := {
		"alertMessage": sprintf("the role %s has to be reviewed", [workload.given_name(role)]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"alertObject": {"k8sApiObjects": [], "externalObjects": role},
	}
}

package armo_builtins

import rego.v1

deny contains finding if {
	some role in input
	role.kind == "Role"
	finding := {
		"alertMessage": sprintf("the role %s has to be reviewed", [role.metadata.name]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"alertObject": {"k8sApiObjects": [], "externalObjects": role},
	}
}

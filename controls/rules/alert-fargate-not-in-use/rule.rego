package armo_builtins

import rego.v1

import data.kubescape.node

deny contains finding if {
	count(node.nodes) > 0
	fargate := [subject | some subject in node.nodes; startswith(subject.metadata.name, "fargate")]
	count(fargate) == 0
	finding := {
		"alertMessage": "no pod runs on a machine of its own",
		"packagename": "armo_builtins",
		"alertScore": 7,
		"alertObject": {"k8sApiObjects": node.nodes},
	}
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some pod in input
	pod.kind == "Pod"
	contains(pod.metadata.name, "kube-apiserver")
	some i, container in pod.spec.containers
	some j, flag in container.command
	contains(flag, "--insecure-port=1")
	path := sprintf("spec.containers[%d].command[%d]", [i, j])
	finding := {
		"alertMessage": sprintf("%s: the insecure port is open", [workload.given_name(pod)]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"failedPaths": [path],
		"reviewPaths": [path],
		"fixPaths": [],
		"alertObject": {"k8sApiObjects": [pod]},
	}
}

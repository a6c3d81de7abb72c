# The pods of the API server.
package armo_builtins

import rego.v1

deny contains finding if {
	some pod in input
	pod.kind == "Pod"
	contains(pod.metadata.name, "kube-apiserver")
	finding := {
		"alertMessage": "",
		"packagename": "armo_builtins",
		"alertObject": {"k8sApiObjects": [pod]},
	}
}

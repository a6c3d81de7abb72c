package armo_builtins

import rego.v1

import data.kubescape.connected
import data.kubescape.ssh
import data.kubescape.workload

deny contains finding if {
	some entry in ssh.connections
	ssh.serves(entry.service)
	finding := {
		"alertMessage": sprintf("%s can be reached by SSH through %s", [workload.given_name(entry.subject), workload.given_name(entry.service)]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"failedPaths": [entry.path],
		"reviewPaths": [entry.path],
		"alertObject": {"k8sApiObjects": [], "externalObjects": connected.subject(entry.subject, entry.service)},
	}
}

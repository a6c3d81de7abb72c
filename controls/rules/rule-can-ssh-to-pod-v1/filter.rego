# The workloads that the rule is about, each with a service.
package armo_builtins

import rego.v1

import data.kubescape.connected
import data.kubescape.ssh
import data.kubescape.workload

deny contains finding if {
	some entry in ssh.connections
	finding := {
		"alertMessage": sprintf("%s is looked at", [workload.given_name(entry.subject)]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"alertObject": {"k8sApiObjects": [], "externalObjects": connected.subject(entry.subject, entry.service)},
	}
}

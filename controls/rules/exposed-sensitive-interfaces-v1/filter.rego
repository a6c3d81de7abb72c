# The interfaces that the rule is about, each with its services.
package armo_builtins

import rego.v1

import data.kubescape.connected
import data.kubescape.sensitive_interface
import data.kubescape.workload

deny contains finding if {
	some position in sensitive_interface.positions
	subject := input[position]
	services := sensitive_interface.services(position)
	finding := {
		"alertMessage": sprintf("%s is looked at", [workload.given_name(subject)]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"alertObject": {"k8sApiObjects": [], "externalObjects": connected.subject(subject, services)},
	}
}

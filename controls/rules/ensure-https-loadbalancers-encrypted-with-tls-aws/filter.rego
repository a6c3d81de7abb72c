# The services that the rule is about.
package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some service in input
	service.kind == "Service"
	service.spec.type == "LoadBalancer"
	finding := {
		"alertMessage": sprintf("%s is looked at", [workload.given_name(service)]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"alertObject": {"k8sApiObjects": [], "externalObjects": service},
	}
}

package armo_builtins

import rego.v1

import data.kubescape.connected
import data.kubescape.sensitive_interface
import data.kubescape.workload

deny contains finding if {
	some position in sensitive_interface.positions
	subject := input[position]
	some service in sensitive_interface.services(position)
	reachable(service)
	paths := ["spec.selector.matchLabels", "spec.selector"]
	finding := {
		"alertMessage": sprintf("%s can be reached from outside through %s", [workload.given_name(subject), workload.given_name(service)]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"failedPaths": paths,
		"reviewPaths": paths,
		"alertObject": {"k8sApiObjects": [], "externalObjects": connected.subject(subject, [service])},
	}
}

reachable(service) if service.spec.type == "NodePort"

reachable(service) if {
	service.spec.type == "LoadBalancer"
	service.status.loadBalancer.ingress[0].ip
}

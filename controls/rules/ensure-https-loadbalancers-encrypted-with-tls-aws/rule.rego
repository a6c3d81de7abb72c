package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	annotation := "service.beta.kubernetes.io/aws-load-balancer-ssl-cert"
	some service in input
	service.kind == "Service"
	service.spec.type == "LoadBalancer"
	some port in service.spec.ports
	port.port == 443
	certificates := [key |
		some key, _ in object.get(service, ["metadata", "annotations"], {})
		startswith(key, annotation)
	]
	count(certificates) == 0
	finding := {
		"alertMessage": sprintf("the load balancer of %s has no certificate", [workload.given_name(service)]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"fixPaths": [{"path": sprintf("metadata.annotations['%s']", [annotation]), "value": "AWS_LOADBALANCER_SSL_CERT"}],
		"alertObject": {"k8sApiObjects": [], "externalObjects": service},
	}
}

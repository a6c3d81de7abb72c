package armo_builtins

import rego.v1

import data.kubescape.azure
import data.kubescape.workload

deny contains finding if {
	some service in input
	service.kind == "Service"
	service.spec.type != "LoadBalancer"
	finding := answer(service, "it has no load balancer that could encrypt", {})
}

deny contains finding if {
	some service in azure.load_balancers
	not azure.internal(service)
	path := sprintf("metadata.annotations[%s]", [azure.internal_annotation])
	finding := answer(service, "its load balancer is open to the outside", {"fixPaths": [{"path": path, "value": "true"}]})
}

deny contains finding if {
	azure.any_internal
	some ingress in input
	ingress.kind == "Ingress"
	finding := answer(ingress, "its traffic is not encrypted", places(ingress))
}

places(ingress) := {"failedPaths": ["spec.tls"], "reviewPaths": ["spec.tls"]} if not ingress.spec.tls

places(ingress) := {"fixPaths": [{"path": "metadata.annotations[kubernetes.io/ingress.class]", "value": azure.gateway_class}]} if {
	ingress.spec.tls
	object.get(ingress, ["metadata", "annotations", "kubernetes.io/ingress.class"], "") != azure.gateway_class
}

answer(subject, message, places) := workload.finding(subject, message, 7, object.union({"fixCommand": ""}, places))

package armo_builtins

import rego.v1

import data.kubescape.exposure
import data.kubescape.workload

deny contains finding if {
	some entry in exposure.services
	exposure.exposed(entry.service)
	some position in entry.workloads
	message := sprintf("the service %s opens it to the outside", [workload.given_name(entry.service)])
	related := [{"object": entry.service, "failedPaths": ["spec.type"], "reviewPaths": ["spec.type"]}]
	finding := exposure.finding(input[position], message, related)
}

deny contains finding if {
	some entry in exposure.hidden_services
	some position in entry.workloads
	some ingress in exposure.routes(["Ingress"], workload.namespace(entry.service))
	paths := [sprintf("spec.rules[%d].http.paths[%d].backend.service.name", [i, j]) |
		some i, rule in ingress.spec.rules
		some j, path in rule.http.paths
		path.backend.service.name == entry.service.metadata.name
	]
	count(paths) > 0
	message := sprintf("the ingress %s opens it to the outside", [workload.given_name(ingress)])
	related := [{"object": ingress, "failedPaths": paths, "reviewPaths": paths}, {"object": entry.service}]
	finding := exposure.finding(input[position], message, related)
}

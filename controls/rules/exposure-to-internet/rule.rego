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
	some place in object.get(exposure.ingresses, [entry.key], set())
	ingress := input[place]
	paths := [sprintf("spec.rules[%d].http.paths[%d].backend.service.name", [i, j]) |
		some [i, j] in exposure.ingress_paths[array.concat(entry.key, [place])]
	]
	message := sprintf("the ingress %s opens it to the outside", [workload.given_name(ingress)])
	related := [{"object": ingress, "failedPaths": paths, "reviewPaths": paths}, {"object": entry.service}]
	some position in entry.workloads
	finding := exposure.finding(input[position], message, related)
}

package armo_builtins

import rego.v1

import data.kubescape.exposure
import data.kubescape.workload

deny contains finding if {
	some entry in exposure.hidden_services
	some place in object.get(exposure.routes, [entry.key], set())
	route := input[place]
	paths := [sprintf("spec.rules[%d].backendRefs[%d].name", [i, j]) |
		some [i, j] in exposure.route_references[array.concat(entry.key, [place])]
	]
	message := sprintf("the route %s opens it to the outside", [workload.given_name(route)])
	related := [{"object": route, "failedPaths": paths, "reviewPaths": paths}, {"object": entry.service}]
	some position in entry.workloads
	finding := exposure.finding(input[position], message, related)
}

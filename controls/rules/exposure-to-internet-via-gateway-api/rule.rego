package armo_builtins

import rego.v1

import data.kubescape.exposure
import data.kubescape.workload

deny contains finding if {
	some entry in exposure.hidden_services
	some position in entry.workloads
	some route in exposure.routes(["HTTPRoute", "TCPRoute", "UDPRoute"], workload.namespace(entry.service))
	paths := [sprintf("spec.rules[%d].backendRefs[%d].name", [i, j]) |
		some i, rule in route.spec.rules
		some j, reference in rule.backendRefs
		reference.name == entry.service.metadata.name
	]
	count(paths) > 0
	message := sprintf("the route %s opens it to the outside", [workload.given_name(route)])
	related := [{"object": route, "failedPaths": paths, "reviewPaths": paths}, {"object": entry.service}]
	finding := exposure.finding(input[position], message, related)
}

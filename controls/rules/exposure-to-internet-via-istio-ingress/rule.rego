package armo_builtins

import rego.v1

import data.kubescape.cluster
import data.kubescape.exposure
import data.kubescape.istio
import data.kubescape.selection
import data.kubescape.workload

deny contains finding if {
	some virtual in input
	virtual.kind == "VirtualService"
	some reference in virtual.spec.gateways
	some gateway in gateways(virtual, reference)
	some door in doors(gateway)
	some i, rule in virtual.spec.http
	some j, route in rule.route
	some service in destinations(virtual, route.destination.host)
	some position in selection.of_service(service)
	paths := [sprintf("spec.http[%d].routes[%d].destination.host", [i, j])]
	message := sprintf("the virtual service %s opens it to the outside", [workload.given_name(virtual)])
	finding := exposure.finding(input[position], message, [
		{"object": virtual, "failedPaths": paths, "reviewPaths": paths},
		{"object": door},
		{"object": gateway},
		{"object": service},
	])
}

# A gateway by its name, perhaps with its namespace in front.
gateways(virtual, reference) := cluster.named("Gateway", workload.namespace(virtual), reference) if {
	not contains(reference, "/")
} else := cluster.named("Gateway", namespace, name) if {
	[namespace, name] := split(reference, "/")
} else := []

# The services of Istio through which a gateway can be reached.
doors(gateway) := [service |
	some service in istio.services(gateway.spec.selector)
	open(service, gateway)
]

open(service, _) if exposure.exposed(service)

open(_, gateway) if endswith(gateway.metadata.name, "public")

# `name`, or `name.namespace` with whatever follows.
destinations(virtual, host) := cluster.named("Service", workload.namespace(virtual), host) if {
	not contains(host, ".")
} else := cluster.named("Service", parts[1], parts[0]) if {
	parts := split(host, ".")
}

package armo_builtins

import rego.v1

import data.kubescape.cluster
import data.kubescape.workload

deny contains finding if {
	some route in input
	some backend in backends(route)
	count(cluster.named("Service", backend.namespace, backend.name)) == 0
	message := sprintf("there is no service %s", [backend.name])
	finding := workload.finding(route, message, 4, {"failedPaths": [backend.path]})
}

backends(ingress) := array.concat(
	[{"name": name, "namespace": workload.namespace(ingress), "path": "spec.defaultBackend.service.name"} |
		name := ingress.spec.defaultBackend.service.name
	],
	[{"name": path.backend.service.name, "namespace": workload.namespace(ingress), "path": place} |
		some i, rule in ingress.spec.rules
		some j, path in rule.http.paths
		place := sprintf("spec.rules[%d].http.paths[%d].backend.service.name", [i, j])
	],
) if {
	ingress.kind == "Ingress"
}

backends(route) := [{"name": reference.name, "namespace": namespace, "path": path} |
	some i, rule in route.spec.rules
	some j, reference in rule.backendRefs
	object.get(reference, "kind", null) in {"Service", null}
	object.get(reference, "group", null) in {"", null}
	namespace := namespace_of(reference, route)
	path := sprintf("spec.rules[%d].backendRefs[%d].name", [i, j])
] if {
	route.kind in {"HTTPRoute", "TCPRoute", "UDPRoute"}
}

# A reference without a namespace means that of its route.
namespace_of(reference, route) := workload.namespace(route) if {
	object.get(reference, "namespace", null) in {"", null}
} else := reference.namespace

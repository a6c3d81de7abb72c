# What can be reached from outside of the cluster.
package kubescape.exposure

import rego.v1

import data.kubescape.selection
import data.kubescape.workload

# exposed(service): it has an address outside by itself.
exposed(service) if service.spec.type in {"NodePort", "LoadBalancer"}

# services: the services, each with where the workloads stand that it selects.
services := [{"service": service, "workloads": selection.of_service(service)} |
	some service in input
	service.kind == "Service"
]

# hidden_services: those of them that have no address outside by themselves, with the key that routes know them by.
hidden_services := [object.union(entry, {"key": [workload.namespace(service), service.metadata.name]}) |
	some entry in services
	service := entry.service
	not exposed(service)
]

# ingresses[[namespace, service]]: where the ingresses of the namespace stand that lead to the service.
ingresses[key] contains place[2] if {
	some place, _ in ingress_paths
	key := [place[0], place[1]]
}

# ingress_paths[[namespace, service, position]]: which rules and paths of the ingress there lead to the service.
ingress_paths[place] contains [i, j] if {
	some position, ingress in input
	ingress.kind == "Ingress"
	some i, rule in ingress.spec.rules
	some j, path in rule.http.paths
	place := [workload.namespace(ingress), path.backend.service.name, position]
}

# routes[[namespace, service]]: the same of the routes of gateways.
routes[key] contains place[2] if {
	some place, _ in route_references
	key := [place[0], place[1]]
}

# route_references[[namespace, service, position]]: which rules and references of the route there lead to the service.
route_references[place] contains [i, j] if {
	some position, route in input
	route.kind in {"HTTPRoute", "TCPRoute", "UDPRoute"}
	some i, rule in route.spec.rules
	some j, reference in rule.backendRefs
	place := [workload.namespace(route), reference.name, position]
}

# finding(subject, related): a workload that is reached by way of other objects.
finding(subject, message, related) := workload.finding(subject, message, 7, {"relatedObjects": related})

# What can be reached from outside of the cluster.
package kubescape.exposure

import rego.v1

import data.kubescape.cluster
import data.kubescape.selection
import data.kubescape.workload

# exposed(service): it has an address outside by itself.
exposed(service) if service.spec.type in {"NodePort", "LoadBalancer"}

# services: the services, each with where the workloads stand that it selects.
services := [{"service": service, "workloads": selection.of_service(service)} |
	some service in input
	service.kind == "Service"
]

# hidden_services: those of them that have no address outside by themselves.
hidden_services := [entry | some entry in services; not exposed(entry.service)]

# routes[[kind, namespace]]: the ingresses and routes of a namespace.
routes(kinds, namespace) := [route |
	some kind in kinds
	some route in cluster.in_namespace(kind, namespace)
]

# finding(subject, related): a workload that is reached by way of other objects.
finding(subject, message, related) := workload.finding(subject, message, 7, {"relatedObjects": related})

# Load balancers and ingresses of Azure.
package kubescape.azure

import rego.v1

internal_annotation := "service.beta.kubernetes.io/azure-load-balancer-internal"

gateway_class := "azure/application-gateway"

load_balancers := [service |
	some service in input
	service.kind == "Service"
	service.spec.type == "LoadBalancer"
]

internal(service) if service.metadata.annotations[internal_annotation] == "true"

any_internal if {
	some service in load_balancers
	internal(service)
}

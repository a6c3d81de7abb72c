# Aggregated API servers: an APIService and the service behind it.
package kubescape.aggregated_api

import rego.v1

import data.kubescape.workload

services_by_name[key] contains position if {
	some position, service in input
	service.kind == "Service"
	service.apiVersion == "v1"
	key := [workload.namespace(service), service.metadata.name]
}

# pairs: each APIService with its service.
pairs := [[api, input[position]] |
	some api in input
	api.kind == "APIService"
	asked := api.spec.service
	positions := services_by_name[[object.get(asked, "namespace", "default"), asked.name]]
	count(positions) == 1
	some position in positions
]

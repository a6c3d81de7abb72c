# Aggregated API servers: an APIService and the service behind it.
package kubescape.aggregated_api

import rego.v1

services_by_name[name] contains position if {
	some position, service in input
	service.kind == "Service"
	service.apiVersion == "v1"
	name := service.metadata.name
}

# pairs: each APIService whose service is the only one of its name, with it.
pairs := [[api, input[position]] |
	some api in input
	api.kind == "APIService"
	positions := services_by_name[api.spec.service.name]
	count(positions) == 1
	some position in positions
]

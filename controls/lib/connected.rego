# Workloads with the services that reach them, as one subject of a finding.
package kubescape.connected

import rego.v1

import data.kubescape.workload

# subject(object, related): what a finding is about; a missing namespace is "default".
subject(object, related) := {
	"name": object.metadata.name,
	"namespace": workload.namespace(object),
	"kind": object.kind,
	"relatedObjects": related,
}

# by_selector[[namespace, selector]]: where the services stand that have exactly this selector.
by_selector[key] contains position if {
	some position, service in input
	service.kind == "Service"
	key := [service.metadata.namespace, service.spec.selector]
}

# exact_services(namespace, labels): the services of a namespace whose selector is exactly these labels.
exact_services(namespace, labels) := [input[position] | some position in by_selector[[namespace, labels]]]

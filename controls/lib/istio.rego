# The services of Istio itself.
package kubescape.istio

import rego.v1

import data.kubescape.selection
import data.kubescape.workload

namespace := "istio-system"

# services(selector): the services that stand for the pods which a gateway's selector means: those that carry its
# labels, or select by them. Without labels: all.
services(selector) := [input[position] |
	some position in selection.candidates(by_label, namespace, selector)
	some labels in maps(input[position])
	selection.has_all(labels, selector)
] if {
	count(selector) > 0
} else := [input[position] | some position in positions] if {
	is_object(selector)
}

positions contains position if {
	some position, service in input
	service.kind == "Service"
	workload.namespace(service) == namespace
}

by_label[entry] contains position if {
	some position in positions
	some labels in maps(input[position])
	some key, value in labels
	entry := [namespace, key, value]
}

maps(service) := [selection.map_at(service, path) | some path in [["metadata", "labels"], ["spec", "selector"]]]

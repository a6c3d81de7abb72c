# Indexes over all objects of the input, each built once: rules look up what they join with.
# An index holds positions in the input, because positions are cheap to compare and objects are not.
package kubescape.cluster

import rego.v1

import data.kubescape.workload

# positions[[kind, namespace, name]]: where the objects of that name stand; a missing namespace is "default".
positions[key] contains position if {
	some position, subject in input
	key := [subject.kind, workload.namespace(subject), subject.metadata.name]
}

# named(kind, namespace, name): the objects of that name.
named(kind, namespace, name) := [input[position] | some position in positions[[kind, namespace, name]]]

# of_kind[[kind, namespace]]: where the objects of a kind in a namespace stand.
of_kind[key] contains position if {
	some position, subject in input
	key := [subject.kind, workload.namespace(subject)]
}

# in_namespace(kind, namespace): the objects of a kind in a namespace.
in_namespace(kind, namespace) := [input[position] | some position in of_kind[[kind, namespace]]]

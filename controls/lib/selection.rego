# Which workloads a selector of labels means. Workloads are indexed by namespace and label, so that a selector looks
# only at those that have one of its labels.
package kubescape.selection

import rego.v1

import data.kubescape.workload

# pod_labels(subject): labels of the pods of a workload, replication controllers included.
pod_labels(subject) := map_at(subject, ["metadata", "labels"]) if subject.kind == "Pod"

else := map_at(subject, ["spec", "jobTemplate", "spec", "template", "metadata", "labels"]) if subject.kind == "CronJob"

else := map_at(subject, ["spec", "template", "metadata", "labels"]) if is_workload(subject)

# map_at(object, path): the map there; empty where there is none, or null.
map_at(subject, path) := value if {
	value := object.get(subject, path, null)
	is_object(value)
} else := {}

# match_labels(selector): the labels that a selector of the API asks for.
match_labels(selector) := map_at(selector, ["matchLabels"])

# match_expressions(selector): the expressions that a selector of the API asks for.
match_expressions(selector) := value if {
	value := selector.matchExpressions
	is_array(value)
} else := []

is_workload(subject) if workload.prefix(subject)

is_workload(subject) if subject.kind == "ReplicationController"

# workloads[namespace]: where the workloads of a namespace stand.
workloads[namespace] contains position if {
	some position, subject in input
	is_workload(subject)
	namespace := workload.namespace(subject)
}

# by_label[[namespace, key, value]]: where the workloads stand whose pods have the label.
by_label[entry] contains position if {
	some position, subject in input
	some key, value in pod_labels(subject)
	entry := [workload.namespace(subject), key, value]
}

# positions(namespace, labels): where the workloads stand whose pods have all of the labels; without labels: all.
positions(namespace, labels) := workloads[namespace] if count(labels) == 0

positions(namespace, labels) := {position |
	some position in candidates(by_label, namespace, labels)
	has_all(pod_labels(input[position]), labels)
} if {
	count(labels) > 0
}

# candidates(index, namespace, labels): what an index says of the rarest of the labels.
candidates(index, namespace, labels) := object.get(index, [[namespace, rarest[1], labels[rarest[1]]]], set()) if {
	rarest := min([[count(object.get(index, [[namespace, key, value]], set())), key] | some key, value in labels])
}

# has_all(own, labels): every label is among one's own.
has_all(own, labels) if {
	every key, value in labels {
		own[key] == value
	}
}

# all_labels(subject): the maps of labels that a service may be compared with: of the workload itself, of its selector
# and of its pods.
all_labels(subject) := [labels |
	some path in label_paths
	labels := object.get(subject, path, null)
	is_object(labels)
] if {
	is_workload(subject)
}

label_paths := [
	["metadata", "labels"],
	["spec", "selector", "matchLabels"],
	["spec", "template", "metadata", "labels"],
	["spec", "jobTemplate", "spec", "template", "metadata", "labels"],
]

by_any_label[entry] contains position if {
	some position, subject in input
	some labels in all_labels(subject)
	some key, value in labels
	entry := [workload.namespace(subject), key, value]
}

# of_service(service): where the workloads stand that a service selects; a service without a selector selects none.
of_service(service) := {position |
	selector := service.spec.selector
	count(selector) > 0
	some position in candidates(by_any_label, workload.namespace(service), selector)
	some labels in all_labels(input[position])
	has_all(labels, selector)
}

# expression_holds(own, expression): one of `matchExpressions`.
expression_holds(own, expression) if {
	expression.operator == "In"
	own[expression.key] in expression.values
}

expression_holds(own, expression) if {
	expression.operator == "NotIn"
	not object.get(own, expression.key, null) in expression.values
}

expression_holds(own, expression) if {
	expression.operator == "Exists"
	has_key(own, expression.key)
}

expression_holds(own, expression) if {
	expression.operator == "DoesNotExist"
	not has_key(own, expression.key)
}

has_key(own, key) if object.get(own, key, null) != null

# holds(own, selector): a whole selector of the API, labels and expressions.
holds(own, selector) if {
	has_all(own, match_labels(selector))
	every expression in match_expressions(selector) {
		expression_holds(own, expression)
	}
}

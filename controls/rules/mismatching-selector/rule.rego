package armo_builtins

import rego.v1

import data.kubescape.selection
import data.kubescape.workload

deny contains finding if {
	some subject in input
	selection.is_workload(subject)
	place := selector_place(subject)
	selector := object.get(subject, split(place, "."), null)
	own := selection.pod_labels(subject)
	path := mismatch(subject.kind, selector, own, place)
	finding := workload.finding(subject, "its selector does not match its own pods", 3, {"failedPaths": [path]})
}

selector_place(subject) := "spec.jobTemplate.spec.selector" if subject.kind == "CronJob"

else := "spec.selector" if subject.kind != "Pod"

mismatch("ReplicationController", selector, own, place) := place if {
	is_object(selector)
	not selection.has_all(own, selector)
}

mismatch(kind, selector, own, place) := sprintf("%s.matchLabels", [place]) if {
	kind != "ReplicationController"
	is_object(selector)
	not selection.has_all(own, selection.match_labels(selector))
} else := sprintf("%s.matchExpressions", [place]) if {
	kind != "ReplicationController"
	not selection.holds(own, selector)
	is_object(selector)
}

package armo_builtins

import rego.v1

import data.kubescape.selection
import data.kubescape.workload

deny contains finding if {
	some policy in input
	policy.kind == "NetworkPolicy"
	selector := policy.spec.podSelector
	asks(selector)
	not selects_any(workload.namespace(policy), selector)
	finding := workload.finding(policy, "it selects no pod", 4, {"failedPaths": ["spec.podSelector"]})
}

asks(selector) if count(selector.matchLabels) > 0

asks(selector) if count(selector.matchExpressions) > 0

selects_any(namespace, selector) if {
	some position in selection.positions(namespace, selection.match_labels(selector))
	selection.holds(selection.pod_labels(input[position]), selector)
}

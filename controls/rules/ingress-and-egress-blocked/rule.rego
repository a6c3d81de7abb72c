package armo_builtins

import rego.v1

import data.kubescape.network_policy
import data.kubescape.workload

deny contains finding if {
	some position, subject in input
	workload.prefix(subject)
	not position in network_policy.restricted
	finding := workload.finding(subject, "no network policy restricts its traffic", 7, {})
}

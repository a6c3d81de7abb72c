# The workloads that the rule is about.
package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	workload.prefix(subject)
	subject.metadata.namespace
	finding := workload.finding(subject, "is looked at", 0, {})
}

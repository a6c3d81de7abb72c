package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	subject.kind == data.parameters.kind
	finding := workload.finding(subject, data.parameters.why, data.parameters.score, {})
}

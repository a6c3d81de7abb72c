package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	subject.kind == "Deployment"
	strategy := subject.spec.strategy.type
	not strategy in {"RollingUpdate", "", null}
	path := "spec.strategy.type"
	finding := workload.finding(subject, "its updates are not rolling", 3, {
		"failedPaths": [path],
		"reviewPaths": [path],
		"fixPaths": [{"path": path, "value": "RollingUpdate"}],
	})
}

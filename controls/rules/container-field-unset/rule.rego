package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	field := data.parameters.field
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	object.get(entry.container, field, null) == null
	path := sprintf("%s.%s", [entry.path, concat(".", field)])
	message := sprintf("%s has no %s", [entry.path, concat(".", field)])
	finding := workload.finding(subject, message, data.parameters.score, {"fixPaths": [{"path": path, "value": "YOUR_VALUE"}]})
}

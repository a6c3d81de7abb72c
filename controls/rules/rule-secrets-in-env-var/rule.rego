package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers", "initContainers"])
	some path in places(entry)
	message := sprintf("%s holds a secret in its environment", [entry.path])
	finding := workload.finding(subject, message, 9, {"failedPaths": [path], "deletePaths": [path]})
}

places(entry) := array.concat(
	[sprintf("%s.env[%d].name", [entry.path, j]) | some j, variable in entry.container.env; variable.valueFrom.secretKeyRef],
	[sprintf("%s.envFrom[%d].secretRef", [entry.path, j]) | some j, source in entry.container.envFrom; source.secretRef],
)

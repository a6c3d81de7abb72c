package armo_builtins

import rego.v1

import data.kubescape.credentials
import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	some j, variable in entry.container.env
	value := variable.value
	is_string(value)
	value != ""
	not startswith(value, "/")
	suspicious(variable)
	name := object.get(variable, "name", "")
	not credentials.allowed(name, value)
	paths := [sprintf("%s.env[%d].name", [entry.path, j]), sprintf("%s.env[%d].value", [entry.path, j])]
	message := sprintf("the variable %s holds a credential", [name])
	finding := workload.finding(subject, message, 9, {"failedPaths": paths, "deletePaths": paths})
}

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers", "initContainers"])
	some j, source in entry.container.envFrom
	source.secretRef
	paths := [sprintf("%s.envFrom[%d].secretRef", [entry.path, j])]
	message := sprintf("%s holds a whole secret in its environment", [entry.path])
	finding := workload.finding(subject, message, 9, {"failedPaths": paths, "deletePaths": paths})
}

suspicious(variable) if credentials.named(variable.name)

suspicious(variable) if credentials.looks(variable.value)

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers", "initContainers", "ephemeralContainers"])
	context := entry.container.securityContext
	paths := array.concat(capability_paths(entry.path, context), privileged_paths(entry.path, context))
	count(paths) > 0
	message := sprintf("%s runs privileged", [entry.path])
	finding := workload.finding(subject, message, 3, {"failedPaths": paths, "deletePaths": paths})
}

capability_paths(path, context) := [sprintf("%s.securityContext.capabilities.add[%d]", [path, k]) |
	some k, capability in context.capabilities.add
	capability == "SYS_ADMIN"
]

privileged_paths(path, context) := [sprintf("%s.securityContext.privileged", [path])] if {
	context.privileged == true
} else := []

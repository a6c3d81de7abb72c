package armo_builtins

import rego.v1

import data.kubescape.workload

# Neither the capability nor all of them are dropped.
deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	dropped := listed(entry.container)
	not dropped_any(dropped, {"NET_RAW", "ALL", "all"})
	path := sprintf("%s.securityContext.capabilities.drop[%d]", [entry.path, count(dropped)])
	message := sprintf("%s keeps NET_RAW", [entry.path])
	finding := workload.finding(subject, message, 7, {"fixPaths": [{"path": path, "value": "NET_RAW"}]})
}

# All are dropped, and this one is added again.
deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	capabilities := entry.container.securityContext.capabilities
	"NET_RAW" in capabilities.add
	dropped_any(listed(entry.container), {"ALL", "all"})
	paths := [sprintf("%s.securityContext.capabilities.add", [entry.path])]
	message := sprintf("%s adds NET_RAW", [entry.path])
	finding := workload.finding(subject, message, 7, {"failedPaths": paths, "deletePaths": paths})
}

# listed(container): what the container drops; null is nothing.
listed(container) := container.securityContext.capabilities.drop if {
	is_array(container.securityContext.capabilities.drop)
} else := []

dropped_any(dropped, names) if {
	some capability in dropped
	capability in names
}

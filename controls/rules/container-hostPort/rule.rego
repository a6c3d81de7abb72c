package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	paths := [sprintf("%s.ports[%d].hostPort", [entry.path, j]) |
		some j, port in entry.container.ports
		port.hostPort
	]
	count(paths) > 0
	message := sprintf("%s takes ports of the host", [entry.path])
	finding := workload.finding(subject, message, 4, {"failedPaths": paths, "deletePaths": paths})
}

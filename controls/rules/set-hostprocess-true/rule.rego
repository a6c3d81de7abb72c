package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	workload.pod_spec(subject).securityContext.windowsOptions.hostProcess == true
	finding := answer(subject, sprintf("%ssecurityContext.windowsOptions.hostProcess", [workload.prefix(subject)]))
}

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers", "initContainers", "ephemeralContainers"])
	entry.container.securityContext.windowsOptions.hostProcess == true
	finding := answer(subject, sprintf("%s.securityContext.windowsOptions.hostProcess", [entry.path]))
}

answer(subject, path) := workload.finding(
	subject,
	"runs as a process of the Windows host",
	7,
	{"failedPaths": [path], "fixPaths": [{"path": path, "value": "false"}]},
)

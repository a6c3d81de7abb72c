package armo_builtins

import rego.v1

import data.kubescape.feature_gates
import data.kubescape.workload

deny contains finding if {
	"ProcMountType" in feature_gates.enabled
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	object.get(entry.container, ["securityContext", "procMount"], "") != "Default"
	path := sprintf("%s.securityContext.procMount", [entry.path])
	message := sprintf("%s does not mask /proc", [entry.path])
	finding := workload.finding(subject, message, 7, {"fixPaths": [{"path": path, "value": "Default"}]})
}

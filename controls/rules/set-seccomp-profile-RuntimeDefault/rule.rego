package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	pod := object.get(workload.pod_spec(subject), ["securityContext", "seccompProfile", "type"], "")
	some entry in workload.containers(subject, ["containers"])
	own := object.get(entry.container, ["securityContext", "seccompProfile", "type"], "")
	decisive(own, pod) != "RuntimeDefault"
	message := sprintf("%s does not use the seccomp profile RuntimeDefault", [entry.path])
	finding := workload.finding(subject, message, 7, places(subject, entry.path, own, pod))
}

decisive(own, _) := own if own != ""

decisive("", pod) := pod

places(_, path, own, _) := {"failedPaths": paths, "reviewPaths": paths} if {
	own != ""
	paths := [sprintf("%s.securityContext.seccompProfile.type", [path])]
}

places(subject, _, "", pod) := {"failedPaths": paths, "reviewPaths": paths} if {
	pod != ""
	paths := [sprintf("%ssecurityContext.seccompProfile.type", [workload.prefix(subject)])]
}

places(_, path, "", "") := {"fixPaths": [{"path": sprintf("%s.securityContext.seccompProfile.type", [path]), "value": "RuntimeDefault"}]}

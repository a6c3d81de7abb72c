package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	pod := object.get(workload.pod_spec(subject), ["securityContext", "seccompProfile", "type"], "")
	some entry in workload.containers(subject, ["containers"])
	own := object.get(entry.container, ["securityContext", "seccompProfile", "type"], "")
	decisive(own, pod) != "RuntimeDefault"
	holder := place(subject, entry, own, pod)
	message := sprintf("%s does not use the seccomp profile RuntimeDefault", [holder])
	path := sprintf("%s.securityContext.seccompProfile.type", [holder])
	finding := workload.finding(subject, message, 7, places(path, decisive(own, pod)))
}

decisive(own, _) := own if own != ""

decisive("", pod) := pod

# place(subject, entry, own, pod): what holds the profile that decides. The pod is one place for all its containers.
place(subject, entry, own, pod) := trim_suffix(workload.prefix(subject), ".") if {
	own == ""
	pod != ""
} else := entry.path

places(path, "") := {"fixPaths": [{"path": path, "value": "RuntimeDefault"}]}

places(path, type) := {"failedPaths": [path], "reviewPaths": [path]} if type != ""

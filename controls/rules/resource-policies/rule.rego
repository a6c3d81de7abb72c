package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	repairs := [{"path": sprintf("%s.resources.limits.%s", [entry.path, resource]), "value": "YOUR_VALUE"} |
		some resource in ["cpu", "memory"]
		object.get(entry.container, ["resources", "limits", resource], null) == null
	]
	count(repairs) > 0
	message := sprintf("%s has no limit of CPU or memory", [entry.path])
	finding := workload.finding(subject, message, 7, {"fixPaths": repairs})
}

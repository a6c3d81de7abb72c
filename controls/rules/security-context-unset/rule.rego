package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	field := data.parameters.field
	some subject in input
	spec := workload.pod_spec(subject)
	concerned(spec)
	unset(spec, field)
	some entry in workload.containers(subject, data.parameters.arrays)
	unset(entry.container, field)
	path := sprintf("%s.securityContext.%s", [entry.path, concat(".", field)])
	message := sprintf("%s has no %s", [entry.path, concat(".", field)])
	finding := workload.finding(subject, message, 7, {"fixPaths": [{"path": path, "value": "YOUR_VALUE"}]})
}

unset(holder, field) if object.get(holder, array.concat(["securityContext"], field), null) == null

concerned(_) if not object.get(data.parameters, "windows", false)

concerned(spec) if {
	data.parameters.windows
	for_windows(spec)
}

for_windows(spec) if lower(spec.os.name) == "windows"

for_windows(spec) if spec.nodeSelector["kubernetes.io/os"] == "windows"

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	spec := workload.any_spec(subject)
	old := spec.serviceAccount
	not unset(old)
	new := object.get(spec, "serviceAccountName", "")
	new != old
	paths := [sprintf("%sserviceAccount", [workload.any_prefix(subject)])]
	finding := workload.finding(subject, "serviceAccount is deprecated", 3, {
		"failedPaths": paths,
		"deletePaths": paths,
		"fixPaths": [{"path": sprintf("%sserviceAccountName", [workload.any_prefix(subject)]), "value": old} | unset(new)],
	})
}

unset(name) if name in {"", null}

package armo_builtins

import rego.v1

import data.kubescape.service_account
import data.kubescape.workload

deny contains finding if {
	some subject in input
	spec := workload.pod_spec(subject)
	path := sprintf("%sautomountServiceAccountToken", [workload.prefix(subject)])
	places := mounting(subject, spec, path)
	finding := workload.finding(subject, "it mounts the token of its service account", score(subject), places)
}

mounting(_, spec, path) := {"failedPaths": [path], "fixPaths": [{"path": path, "value": "false"}]} if {
	spec.automountServiceAccountToken == true
}

mounting(subject, spec, path) := {"fixPaths": [{"path": path, "value": "false"}]} if {
	object.get(spec, "automountServiceAccountToken", null) == null
	not declined(subject)
}

declined(subject) if {
	some account in service_account.of(subject)
	service_account.declines(account)
}

score(subject) := 9 if subject.kind == "Pod"

else := 7

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	place := holder(subject)
	some field in data.parameters.fields
	place.spec[field] == true
	path := sprintf("%s%s", [place.prefix, field])
	message := sprintf("%s is on", [field])
	finding := workload.finding(subject, message, score(subject), {"failedPaths": [path], "deletePaths": [path]})
}

holder(subject) := {"spec": workload.pod_spec(subject), "prefix": workload.prefix(subject)}

holder(subject) := {"spec": subject.spec.template.spec, "prefix": "spec.template.spec."} if {
	object.get(data.parameters, "anyController", false)
	not workload.prefix(subject)
}

score(subject) := data.parameters.podScore if subject.kind == "Pod"

else := data.parameters.score

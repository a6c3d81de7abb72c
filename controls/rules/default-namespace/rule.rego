package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	concerned(subject)
	places := misplaced(object.get(subject, ["metadata", "namespace"], ""))
	message := "it is in the namespace default"
	finding := workload.finding(subject, message, 3, places)
}

misplaced("default") := {"failedPaths": ["metadata.namespace"], "reviewPaths": ["metadata.namespace"]}

misplaced("") := {"fixPaths": [{"path": "metadata.namespace", "value": "YOUR_NAMESPACE"}]}

concerned(subject) if {
	not kept(subject)
	not other_kind(subject)
}

kept(subject) if {
	subject.metadata.name == data.parameters.except
	workload.namespace(subject) == "default"
}

other_kind(subject) if {
	data.parameters.only == "workloads"
	not workload.prefix(subject)
}

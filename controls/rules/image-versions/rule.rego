package armo_builtins

import rego.v1

import data.kubescape.image as names
import data.kubescape.workload

deny contains finding if {
	some subject in input
	subject.kind == "Deployment"
	some entry in workload.containers(subject, ["containers"])
	some name in data.parameters.names
	contains(entry.container.image, name)
	version := names.version(entry.container.image)
	some range in data.parameters.bad
	version >= range.from
	version <= range.to
	paths := [sprintf("%s.image", [entry.path])]
	finding := {
		"alertMessage": sprintf("%s: %s has a known hole", [workload.name(subject), entry.container.image]),
		"packagename": "armo_builtins",
		"failedPaths": paths,
		"reviewPaths": paths,
		"alertObject": {"k8sApiObjects": [subject]},
	}
}

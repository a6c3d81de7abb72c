package armo_builtins

import rego.v1

import data.kubescape.image as names
import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	entry.container.imagePullPolicy in {"Never", "IfNotPresent"}
	names.floating(entry.container.image, object.get(data.postureControlInputs, "floatingImageTags", []))
	paths := [sprintf("%s.image", [entry.path]), sprintf("%s.imagePullPolicy", [entry.path])]
	message := sprintf("%s may change and is not pulled anew", [entry.container.image])
	finding := workload.finding(subject, message, 2, {"failedPaths": paths, "reviewPaths": paths})
}

package armo_builtins

import rego.v1

import data.kubescape.image as names
import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers", "initContainers", "ephemeralContainers"])
	image := entry.container.image
	not names.pinned(image)
	not exempt(image)
	paths := [sprintf("%s.image", [entry.path])]
	message := sprintf("%s is not named by its digest", [image])
	finding := workload.finding(subject, message, 3, {"failedPaths": paths, "reviewPaths": paths})
}

exempt(image) if {
	some repository in data.postureControlInputs.imageDigestExemptRepositories
	repository != ""
	names.below(image, repository)
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	not verified(entry.container.image)
	paths := [sprintf("%s.image", [entry.path])]
	message := sprintf("%s is not signed by a trusted key", [entry.container.image])
	finding := workload.finding(subject, message, 7, {"failedPaths": paths, "reviewPaths": paths})
}

verified(image) if {
	some key in data.postureControlInputs.trustedCosignPublicKeys
	cosign.verify(image, key)
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	subject.metadata.namespace == "kube-system"
	some entry in workload.containers(subject, ["containers"])
	startswith(entry.container.image, "k8s.gcr.io/")
	paths := [sprintf("%s.image", [entry.path])]
	message := sprintf("%s comes from a registry that is given up", [entry.container.image])
	finding := workload.finding(subject, message, 2, {"failedPaths": paths, "reviewPaths": paths})
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	subject.kind in {"Deployment", "DaemonSet", "StatefulSet"}
	some entry in workload.containers(subject, ["containers"])
	some name in ["ingress-nginx/controller", "k8s.gcr.io/ingress-nginx", "registry.k8s.io/ingress-nginx"]
	contains(entry.container.image, name)
	paths := [sprintf("%s.image", [entry.path])]
	message := sprintf("the development of %s has ended", [entry.container.image])
	finding := workload.finding(subject, message, 6, {"failedPaths": paths, "reviewPaths": paths, "fixCommand": ""})
}

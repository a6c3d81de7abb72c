package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	workload.pod_spec(subject).serviceAccountName == "kubernetes-dashboard"
	not startswith(subject.metadata.name, "kubernetes-dashboard")
	paths := [sprintf("%sserviceAccountName", [workload.prefix(subject)])]
	message := "it uses the service account of the dashboard"
	finding := workload.finding(subject, message, 7, {"failedPaths": paths, "deletePaths": paths})
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	start := account_place(subject)
	not startswith(subject.metadata.name, "kubernetes-dashboard")
	paths := [sprintf("%sserviceAccountName", [start])]
	message := "it uses the service account of the dashboard"
	finding := workload.finding(subject, message, 7, {"failedPaths": paths, "deletePaths": paths})
}

# account_place(subject): the path of the spec that names the account; a spec of any kind may name one itself.
account_place(subject) := "spec." if subject.spec.serviceAccountName == "kubernetes-dashboard"

else := workload.prefix(subject) if workload.pod_spec(subject).serviceAccountName == "kubernetes-dashboard"

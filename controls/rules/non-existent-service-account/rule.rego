package armo_builtins

import rego.v1

import data.kubescape.cluster
import data.kubescape.workload

deny contains finding if {
	some subject in input
	name := workload.any_spec(subject).serviceAccountName
	not name in {"", "default", null}
	count(cluster.named("ServiceAccount", workload.namespace(subject), name)) == 0
	path := sprintf("%sserviceAccountName", [workload.any_prefix(subject)])
	finding := workload.finding(subject, sprintf("there is no service account %s", [name]), 5, {"failedPaths": [path]})
}

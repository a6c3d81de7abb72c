package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some account in input
	account.kind == "ServiceAccount"
	account.metadata.name == "default"
	places := mounting(object.get(account, "automountServiceAccountToken", null))
	finding := workload.finding(account, "its token is mounted by default", 9, places)
}

mounting(true) := {"failedPaths": [path], "deletePaths": [path]} if path := "automountServiceAccountToken"

mounting(null) := {"fixPaths": [{"path": "automountServiceAccountToken", "value": "false"}]}

package armo_builtins

import rego.v1

import data.kubescape.service_account
import data.kubescape.workload

deny contains finding if {
	some subject in input
	spec := workload.pod_spec(subject)
	some account in service_account.of(subject)
	service_account.mounts_token(subject, account)
	bound(account)
	path := sprintf("%sautomountServiceAccountToken", [workload.prefix(subject)])
	message := sprintf("it mounts the token of %s, which has rights", [workload.given_name(account)])
	places := object.union(mounting(spec, path), {"relatedObjects": [{"object": account}]})
	finding := workload.finding(subject, message, 9, places)
}

bound(account) if count(service_account.bindings[[workload.namespace(account), account.metadata.name]]) > 0

bound(_) if service_account.bound_to_all

mounting(spec, path) := {"failedPaths": [path], "reviewPaths": [path]} if {
	spec.automountServiceAccountToken == true
} else := {"fixPaths": [{"path": path, "value": "false"}]}

package armo_builtins

import rego.v1

import data.kubescape.rbac
import data.kubescape.service_account
import data.kubescape.workload

deny contains finding if {
	some subject in input
	workload.prefix(subject)
	some account in service_account.of(subject)
	service_account.mounts_token(subject, account)
	some grant in service_account.grants(account)
	enough(data.parameters.right, grant)
	message := sprintf("its service account has the role %s", [workload.given_name(grant.role)])
	finding := workload.finding(subject, message, 9, {"relatedObjects": [
		{"object": account},
		object.union(
			{"object": grant.binding, "deletePaths": [sprintf("subjects[%d]", [grant.subject])]},
			{"reviewPaths": [path | path := "roleRef"; data.parameters.review]},
		),
		{"object": grant.role},
	]})
}

enough("administrative", grant) if grant.role_position in rbac.administrative

enough("takeover", grant) if {
	grant.binding.roleRef.kind == grant.role.kind
	grant.role_position in rbac.takeover
}

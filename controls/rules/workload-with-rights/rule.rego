package armo_builtins

import rego.v1

import data.kubescape.rbac
import data.kubescape.service_account
import data.kubescape.workload

# An input may hold objects of one name several times. One of each tells enough, and all with all would be many.
deny contains finding if {
	some subject in input
	workload.prefix(subject)
	accounts := [account |
		some account in service_account.of(subject)
		service_account.mounts_token(subject, account)
	]
	account := accounts[0]
	some [position, k, role_position] in grants[[workload.namespace(account), account.metadata.name]]
	role := input[role_position]
	message := sprintf("its service account has the role %s", [workload.given_name(role)])
	finding := workload.finding(subject, message, 9, {"relatedObjects": [
		{"object": account},
		object.union(
			{"object": input[position], "deletePaths": [sprintf("subjects[%d]", [k])]},
			{"reviewPaths": [path | path := "roleRef"; data.parameters.review]},
		),
		{"object": role},
	]})
}

# grants[[namespace, name]]: for each binding of the account that gives it the right, where the binding stands, the
# account's place in it, and where the role stands.
grants[account] contains grant if {
	some [account, _, _], same in candidates
	grant := min(same)
}

candidates[key] contains [position, k, role] if {
	some account, all in service_account.bindings
	some [position, k] in all
	binding := input[position]
	some place in {"*", workload.namespace(binding)}
	role := first_role[[binding.roleRef.name, place]]
	fits(data.parameters.right, binding, input[role])
	binding_key := [binding.kind, workload.namespace(binding), binding.metadata.name, k]
	key := [account, binding_key, place]
}

# first_role[[name, namespace]]: where the first role of the name stands that gives the right.
first_role[key] := min(mighty) if {
	some key, all in service_account.roles
	mighty := {position | some position in all; enough(data.parameters.right, position)}
	count(mighty) > 0
}

enough("administrative", position) if position in rbac.administrative

enough("takeover", position) if position in rbac.takeover

fits("administrative", _, _)

fits("takeover", binding, role) if binding.roleRef.kind == role.kind

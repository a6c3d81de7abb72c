# Service accounts: which one a workload runs as, whether its token is mounted, and what is bound to it.
package kubescape.service_account

import rego.v1

import data.kubescape.cluster
import data.kubescape.workload

# name_of(subject): the account of a workload.
name_of(subject) := name if {
	name := workload.pod_spec(subject).serviceAccountName
	name != ""
} else := "default"

# of(subject): the account objects of a workload; none when the input does not hold them.
of(subject) := cluster.named("ServiceAccount", workload.namespace(subject), name_of(subject))

# declines(account): the account keeps its token to itself.
declines(account) if account.automountServiceAccountToken == false

# mounts_token(subject, account): the workload gets the token, because it asks for it or nobody declines.
mounts_token(subject, _) if workload.pod_spec(subject).automountServiceAccountToken == true

mounts_token(subject, account) if {
	object.get(workload.pod_spec(subject), "automountServiceAccountToken", null) == null
	not declines(account)
}

# bindings[[namespace, name]]: the bindings of an account, each with the place of the account among its subjects.
bindings[key] contains [position, k] if {
	some position, binding in input
	endswith(binding.kind, "RoleBinding")
	some k, subject in binding.subjects
	subject.kind == "ServiceAccount"
	key := [subject.namespace, subject.name]
}

# bound_to_all: some binding gives rights to every account.
bound_to_all if {
	some binding in input
	endswith(binding.kind, "RoleBinding")
	some subject in binding.subjects
	subject.name in {"system:authenticated", "system:serviceaccounts"}
}

# roles[[name, namespace]]: where the roles of that name stand; those of the cluster stand in every namespace, "*".
roles[key] contains position if {
	some position, role in input
	role.kind in {"Role", "ClusterRole"}
	key := [role.metadata.name, reach(role)]
}

reach(role) := "*" if role.kind == "ClusterRole"

else := workload.namespace(role)

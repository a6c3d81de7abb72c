package armo_builtins

import rego.v1

import data.kubescape.rbac
import data.kubescape.workload

deny contains finding if {
	some entry in input
	[binding, role] := entry.relatedObjects
	refers(binding, role)
	some k, subject in binding.subjects
	subject.kind == "Group"
	subject.name == "system:authenticated"
	mighty(role)
	paths := ["", sprintf("relatedObjects[0].subjects[%d]", [k]), "relatedObjects[1].roleRef.name"]
	message := "may take over the cluster with the rights of everybody who has logged in"
	finding := rbac.finding(entry, message, 5, {"failedPaths": paths, "reviewPaths": paths})
}

refers(binding, role) if {
	binding.kind == "ClusterRoleBinding"
	role.kind == "ClusterRole"
}

refers(binding, role) if {
	binding.kind == "RoleBinding"
	role.kind == "Role"
	workload.namespace(binding) == workload.namespace(role)
}

mighty(role) if {
	some rule in role.rules
	some resource in rule.resources
	resource in rbac.takeover_resources
}

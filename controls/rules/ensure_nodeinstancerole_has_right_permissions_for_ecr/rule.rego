package armo_builtins

import rego.v1

import data.kubescape.cloud

deny contains finding if {
	versions := cloud.descriptions("eks", "PolicyVersion")
	some list in cloud.descriptions("eks", "ListEntitiesForPolicies")
	some arn, policy in list.data.rolesPolicies
	of_nodes(policy)
	some version in versions
	some statement in version.data.policiesDocuments[arn].Statement
	not only_pulls(statement)
	finding := cloud.finding(list, "nodes may do more with the registry than pull", 7, {})
}

of_nodes(policy) if {
	some role in policy.PolicyRoles
	contains(role.RoleName, "NodeInstance")
}

only_pulls(statement) if {
	statement.Effect == "Allow"
	statement.Resource == "*"
	is_array(statement.Action)
	count(statement.Action) == count(data.parameters.actions)
	sort(statement.Action) == sort(data.parameters.actions)
}

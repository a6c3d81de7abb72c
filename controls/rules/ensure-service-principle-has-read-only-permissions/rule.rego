package armo_builtins

import rego.v1

import data.kubescape.cloud

deny contains finding if {
	writing := {definition.id |
		some policy in cloud.descriptions("aks", "PolicyVersion")
		some definition in policy.data.roleDefinitions
		some permission in definition.properties.permissions
		some action in permission.actions
		not endswith(action, "read")
	}
	some list in cloud.descriptions("aks", "ListEntitiesForPolicies")
	some assignment in list.data.roleAssignments
	assignment.properties.principalType == "ServicePrincipal"
	assignment.properties.roleDefinitionId in writing
	finding := cloud.finding(list, "a service principal may do more than read", 7, {})
}

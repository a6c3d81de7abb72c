package armo_builtins

import rego.v1

import data.kubescape.rbac

deny contains finding if {
	some right in data.parameters.rights
	some entry in input
	asked_for(entry)
	some p, rule in entry.relatedObjects[1].rules
	nameless(rule)
	granting := rbac.granting_paths(p, rule, right)
	some binding in rbac.binding_paths(entry)
	message := sprintf("%s (%s)", [data.parameters.means, right.verbs[0]])
	finding := rbac.finding(entry, message, data.parameters.score, places(array.concat(granting, binding)))
}

# The role as a whole is asked for only where the rule says so.
asked_for(_) if not data.parameters.role

asked_for(entry) if {
	entry.relatedObjects[0].kind == "ClusterRoleBinding"
	entry.relatedObjects[1].metadata.name == data.parameters.role
}

# Rules that name objects are meant only when they name the one that matters.
nameless(_) if not data.parameters.names

nameless(rule) if not rule.resourceNames[0]

nameless(rule) if data.parameters.names in rule.resourceNames

places(paths) := {"failedPaths": paths, "deletePaths": paths} if {
	object.get(data.parameters, "change", false)
} else := {"failedPaths": paths, "reviewPaths": paths}

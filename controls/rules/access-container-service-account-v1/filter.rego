# The subjects that the rule is about.
package armo_builtins

import rego.v1

import data.kubescape.rbac

deny contains finding if {
	some entry in input
	entry.kind == "ServiceAccount"
	entry.namespace
	endswith(entry.relatedObjects[0].kind, "Binding")
	endswith(entry.relatedObjects[1].kind, "Role")
	finding := rbac.finding(entry, "has rights of its own", 7, {})
}

package armo_builtins

import rego.v1

import data.kubescape.rbac

deny contains finding if {
	some entry in input
	entry.relatedObjects[1].metadata.name == "kubernetes-dashboard"
	entry.name != "kubernetes-dashboard"
	some k, _ in entry.relatedObjects[0].subjects
	paths := [sprintf("relatedObjects[0].subjects[%d]", [k]), "relatedObjects[0].roleRef.name"]
	finding := rbac.finding(entry, "has the role of the dashboard", 9, {"failedPaths": paths, "reviewPaths": paths})
}

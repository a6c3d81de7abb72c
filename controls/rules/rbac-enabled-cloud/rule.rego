package armo_builtins

import rego.v1

import data.kubescape.cloud

deny contains finding if {
	some description in cloud.descriptions("aks", "ClusterDescribe")
	not description.data.properties.enableRBAC == true
	paths := ["data.properties.enableRBAC"]
	places := {"failedPaths": paths, "reviewPaths": paths, "fixCommand": ""}
	finding := cloud.finding(description, "role-based access control is off", 3, places)
}

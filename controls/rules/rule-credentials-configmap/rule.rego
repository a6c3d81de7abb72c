package armo_builtins

import rego.v1

import data.kubescape.credentials
import data.kubescape.workload

deny contains finding if {
	some settings in input
	settings.kind == "ConfigMap"
	some key, value in settings.data
	is_string(value)
	value != ""
	suspicious(key, value)
	not credentials.allowed(key, value)
	paths := [sprintf("data[%s]", [key])]
	message := sprintf("the entry %s holds a credential", [key])
	finding := workload.finding(settings, message, 9, {"failedPaths": paths, "deletePaths": paths})
}

suspicious(key, _) if credentials.named(key)

suspicious(_, value) if credentials.looks(value)

suspicious(_, value) if {
	base64.is_valid(value)
	credentials.looks(base64.decode(value))
}

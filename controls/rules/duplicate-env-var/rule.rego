package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	spec := workload.any_spec(subject)
	some array in ["containers", "initContainers", "ephemeralContainers"]
	some i, container in spec[array]
	places := {name: indexes |
		some name in {variable.name | some variable in container.env}
		indexes := [j | some j, variable in container.env; variable.name == name]
		count(indexes) > 1
	}
	some name, indexes in places
	some j in indexes
	path := sprintf("%s%s[%d].env[%d].name", [workload.any_prefix(subject), array, i, j])
	finding := workload.finding(subject, sprintf("%s is set twice", [name]), 3, {"failedPaths": [path]})
}

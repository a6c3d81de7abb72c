package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	spec := workload.any_spec(subject)
	some array in ["containers", "initContainers", "ephemeralContainers"]
	some i, container in spec[array]
	names := repeated([variable.name | some variable in container.env])
	count(names) > 0
	some j, variable in container.env
	variable.name in names
	path := sprintf("%s%s[%d].env[%d].name", [workload.any_prefix(subject), array, i, j])
	finding := workload.finding(subject, sprintf("%s is set twice", [variable.name]), 3, {"failedPaths": [path]})
}

# repeated(names): those that occur more than once. Most lists have none, which their length tells.
repeated(names) := set() if count(names) == count({name | some name in names})

else := {name |
	sorted := sort(names)
	some i, name in sorted
	name == sorted[i + 1]
}

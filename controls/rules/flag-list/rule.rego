# A flag whose value is a list: names that must be in it, or must not.
package armo_builtins

import rego.v1

import data.kubescape.control_plane

parameters := data.parameters

deny contains finding if {
	some pod in control_plane.pods
	some setting in control_plane.settings(pod.spec.containers[0], parameters.flag)
	values := [value | some value in split(setting.value, ","); value != ""]
	names := wrong(values)
	count(names) > 0
	finding := control_plane.finding(
		pod,
		sprintf("%s %s %s", [parameters.flag, complaint, concat(", ", names)]),
		[setting.path],
		[{"path": setting.path, "value": control_plane.with_value(setting, concat(",", repaired))} |
			repaired := repair(values, names)
			count(repaired) > 0
		],
	)
}

deny contains finding if {
	some pod in control_plane.pods
	container := pod.spec.containers[0]
	not control_plane.given(control_plane.flags(container), parameters.flag)
	finding := control_plane.finding(
		pod,
		sprintf("%s not given", [parameters.flag]),
		[],
		[{
			"path": control_plane.next_path(container, 0),
			"value": sprintf("%s=%s", [parameters.flag, concat(",", parameters.absent)]),
		}],
	)
}

complaint := "lacks" if {
	parameters.require
} else := "has"

# wrong(values): the names that are missing, or that should not be there.
wrong(values) := [name | some name in parameters.require; not name in values] if {
	parameters.require
	not replaced_by_other(values)
}

wrong(values) := [name | some name in parameters.forbid; name in values] if parameters.forbid

replaced_by_other(values) if {
	some name in parameters.alternatives
	name in values
}

# repair(values, names): the list that is proposed.
repair(values, names) := array.concat(values, names) if parameters.repair == "add"

repair(_, names) := names if parameters.repair == "only"

repair(values, names) := rest if {
	parameters.repair == "remove"
	rest := [value | some value in values; not value in names]
	count(rest) > 0
} else := object.get(parameters, "empty", []) if {
	parameters.repair == "remove"
}

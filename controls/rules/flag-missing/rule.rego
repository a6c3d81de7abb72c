# A flag that must be given is not.
package armo_builtins

import rego.v1

import data.kubescape.control_plane

deny contains finding if {
	some pod in control_plane.pods
	container := pod.spec.containers[0]
	line := concat(" ", control_plane.flags(container))
	missing := [k |
		some k, wanted in data.parameters.flags
		not contains(line, object.get(wanted, "search", wanted.flag))
	]
	count(missing) > 0
	names := [data.parameters.flags[k].flag | some k in missing]
	finding := control_plane.finding(
		pod,
		sprintf("%s not given", [concat(", ", names)]),
		evidence(container, object.get(data.parameters, "evidence", "none")),
		[fix |
			some k in missing
			wanted := data.parameters.flags[k]
			fix := {"path": control_plane.next_path(container, k), "value": sprintf("%s=%s", [wanted.flag, wanted.value])}
		],
	)
}

evidence(_, "none") := []

evidence(container, "list") := [control_plane.list_path(container)]

evidence(container, "next") := [control_plane.next_path(container, 0)]

package armo_builtins

import rego.v1

import data.kubescape.control_plane

parameters := data.parameters

deny contains finding if {
	some pod in control_plane.pods
	container := pod.spec.containers[0]
	some i, flag in control_plane.flags(container)
	setting := sprintf("%s=", [parameters.flag])
	parts := split(flag, setting)
	count(parts) > 1
	every part in array.slice(parts, 1, count(parts)) {
		not contains(split(part, " ")[0], parameters.wanted)
	}
	finding := control_plane.finding(
		pod,
		sprintf("%s lacks %s", [parameters.flag, parameters.wanted]),
		[control_plane.path(container, i)],
		[],
	)
}

# A flag that stands there with a bad value, or one that is not there and has a bad default.
package armo_builtins

import rego.v1

import data.kubescape.control_plane

deny contains finding if {
	some pod in control_plane.pods
	container := pod.spec.containers[0]
	flags := control_plane.flags(container)
	found := [position | some position, flag in flags; bad(flag)]
	some i in selected(found)
	path := control_plane.path(container, i)
	finding := control_plane.finding(pod, sprintf("%s is given", [data.parameters.bad]), [path], repairs(path, flags[i]))
}

deny contains finding if {
	absent := data.parameters.absent
	some pod in control_plane.pods
	container := pod.spec.containers[0]
	not control_plane.given(control_plane.flags(container), absent.flag)
	path := control_plane.next_path(container, 0)
	finding := control_plane.finding(
		pod,
		sprintf("%s not given", [absent.flag]),
		[path | object.get(absent, "review", false)],
		[{"path": path, "value": absent.fix}],
	)
}

selected(found) := array.slice(found, 0, 1) if {
	object.get(data.parameters, "first", false)
} else := found

bad(flag) if {
	not object.get(data.parameters, "whole", false)
	contains(flag, data.parameters.bad)
}

bad(flag) if {
	object.get(data.parameters, "whole", false)
	flag == data.parameters.bad
}

repairs(path, flag) := [{"path": path, "value": replace(flag, data.parameters.bad, data.parameters.good)}] if {
	data.parameters.good
	not kept(flag)
} else := []

kept(flag) if {
	object.get(data.parameters, "alone", "repaired") == "kept"
	flag == data.parameters.bad
}

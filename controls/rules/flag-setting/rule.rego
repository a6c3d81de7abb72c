# A flag whose one value must be a certain one, or a number that is large enough.
package armo_builtins

import rego.v1

import data.kubescape.control_plane

parameters := data.parameters

deny contains finding if {
	some pod in control_plane.pods
	some setting in control_plane.settings(pod.spec.containers[0], parameters.flag)
	unfit(setting.value)
	finding := control_plane.finding(
		pod,
		sprintf("%s is %s, not %s", [parameters.flag, setting.value, parameters.good]),
		[setting.path],
		[{"path": setting.path, "value": control_plane.with_value(setting, parameters.good)}],
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
		[{"path": control_plane.next_path(container, 0), "value": sprintf("%s=%s", [parameters.flag, parameters.good])}],
	)
}

unfit(value) if {
	not parameters.minimum
	value != parameters.good
}

unfit(value) if {
	regex.match(`^-?[0-9]{1,18}$`, value)
	to_number(value) < parameters.minimum
}

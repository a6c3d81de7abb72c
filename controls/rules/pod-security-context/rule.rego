package armo_builtins

import rego.v1

import data.kubescape.sysctls
import data.kubescape.workload

deny contains finding if {
	field := data.parameters.field
	some subject in input
	# A pod without any security context is another rule's concern.
	value := object.get(workload.pod_spec(subject).securityContext, field, null)
	bad(data.parameters.bad, value)
	path := sprintf("%ssecurityContext.%s", [workload.prefix(subject), field])
	message := sprintf("securityContext.%s should be changed", [field])
	finding := workload.finding(subject, message, 7, {
		"failedPaths": [path | data.parameters.failed],
		"fixPaths": [{"path": path, "value": data.parameters.fix}],
	})
}

bad("unset-or-negative", null)

bad("unset-or-negative", value) if {
	is_number(value)
	value < 0
}

bad("unknown-policy", null)

# The value is an expression that has to match the list of the known ones.
bad("unknown-policy", value) if {
	value != null
	not regex.match(value, "Always|OnRootMismatch")
}

bad("has-root", groups) if {
	is_array(groups)
	0 in groups
}

bad("unsafe-sysctl", settings) if {
	is_array(settings)
	some setting in settings
	not setting.name in sysctls.safe
}

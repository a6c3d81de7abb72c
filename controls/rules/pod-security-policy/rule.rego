package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	every other in input {
		other.kind == "PodSecurityPolicy"
		bad(data.parameters.bad, object.get(other, ["spec", data.parameters.field], null))
	}
	some policy in input
	message := sprintf("no policy is strict about %s", [data.parameters.field])
	finding := object.remove(workload.finding(policy, message, 0, places(data.parameters.bad)), ["alertScore"])
}

bad("on", value) if value == true

bad("filled", value) if count(value) > 0

bad("empty", null)

bad("empty", value) if count(value) == 0

bad("root", user) if not harmless(user)

harmless(user) if user.rule == "MustRunAsNonRoot"

harmless(user) if {
	user.rule == "MustRunAs"
	some range in user.ranges
	range.min > 0
}

places("empty") := {"fixPaths": [{"path": sprintf("spec.%s[0]", [data.parameters.field]), "value": "ALL"}]}

places("root") := {"failedPaths": [path], "deletePaths": [path]} if path := "spec.runAsUser.rule"

places(kind) := {"failedPaths": [path], "deletePaths": [path]} if {
	kind in {"on", "filled"}
	path := sprintf("spec.%s", [data.parameters.field])
}

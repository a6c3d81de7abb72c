package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some object in input
	some entry in workload.containers(object, ["containers"])
	allows(entry.container)
	not denied_by_policy
	finding := {
		"alertMessage": sprintf("%s %s: container %s may gain privileges", [object.kind, workload.given_name(object), entry.container.name]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"fixPaths": [
			{"path": sprintf("%s.securityContext.allowPrivilegeEscalation", [entry.path]), "value": "false"},
			{"path": sprintf("%s.securityContext.privileged", [entry.path]), "value": "false"},
		],
		"alertObject": {"k8sApiObjects": [object]},
	}
}

allows(container) if not container.securityContext.allowPrivilegeEscalation == false

# Pod security policies (before Kubernetes 1.25) that all forbid escalation protect every pod.
denied_by_policy if {
	some policy in input
	policy.kind == "PodSecurityPolicy"
	every other in input {
		not permits(other)
	}
}

permits(policy) if {
	policy.kind == "PodSecurityPolicy"
	not policy.spec.allowPrivilegeEscalation == false
}

package armo_builtins

import rego.v1

import data.kubescape.host

# Their contents must not get into the log.
secret := ["secrets", "configmaps", "tokenreviews"]

# Requests for them must get into the log.
sensitive := ["pods", "deployments", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"]

deny contains finding if {
	some report in host.reports("ControlPlaneInfo")
	line := report.data.APIServerInfo.cmdLine
	not contains(line, "--audit-policy-file")
	finding := answer("the API server has no audit policy", host.part(report, line))
}

deny contains finding if {
	some report in host.reports("ControlPlaneInfo")
	contains(report.data.APIServerInfo.cmdLine, "--audit-policy-file")
	policy := host.document(host.decoded(report.data.APIServerInfo.auditPolicyFile.content))
	is_object(policy)
	wrong := array.concat(
		[resource | some resource in secret; not only_metadata(policy, resource)],
		[resource | some resource in sensitive; not logged(policy, resource)],
	)
	count(wrong) > 0
	finding := answer(
		sprintf("the audit policy does not treat %s as it should", [concat(", ", wrong)]),
		object.union(
			object.remove(policy, ["metadata"]),
			{"metadata": {"name": sprintf("%s - Audit policy file", [host.name(report)])}},
		),
	)
}

answer(message, external) := {
	"alertMessage": message,
	"packagename": "armo_builtins",
	"alertScore": 5,
	"failedPaths": [],
	"fixPaths": [],
	"alertObject": {"externalObjects": external},
}

only_metadata(policy, resource) if levels(policy, resource) == {"Metadata"}

logged(policy, resource) if {
	found := levels(policy, resource)
	count(found) > 0
	not "None" in found
}

# levels(policy, resource): the levels of the rules that name the resource, "" for a rule without one.
levels(policy, resource) := {object.get(rule, "level", "") |
	some rule in policy.rules
	some entry in rule.resources
	some named in entry.resources
	named == resource
}

# Who may do what. The input holds one entry for each subject of each binding, with `relatedObjects`: the binding and
# the role it refers to.
package kubescape.rbac

import rego.v1

# matched(rule, field, values): where a rule of a role lists one of the values.
matched(rule, field, values) := [l | some l, value in rule[field]; value in values]

# granting_paths(p, rule, right): the places in the rule that grant the right, empty when it does not.
granting_paths(p, rule, right) := paths if {
	resources := matched(rule, "resources", right.resources)
	count(resources) > 0
	verbs := matched(rule, "verbs", right.verbs)
	count(verbs) > 0
	groups := matched(rule, "apiGroups", right.groups)
	count(groups) > 0
	paths := array.concat(
		array.concat(
			[sprintf("relatedObjects[1].rules[%d].resources[%d]", [p, l]) | some l in resources],
			[sprintf("relatedObjects[1].rules[%d].verbs[%d]", [p, l]) | some l in verbs],
		),
		[sprintf("relatedObjects[1].rules[%d].apiGroups[%d]", [p, l]) | some l in groups],
	)
}

# binding_paths(entry): for each place of the entry's subject in the binding, that place and the reference to the role.
binding_paths(entry) := [[sprintf("relatedObjects[0].subjects[%d]", [k]), "relatedObjects[0].roleRef.name"] |
	some k, subject in entry.relatedObjects[0].subjects
	same_subject(subject, entry)
]

same_subject(subject, entry) if {
	subject.kind == entry.kind
	subject.name == entry.name
	same_place(subject, entry)
}

same_place(subject, entry) if subject.namespace == entry.namespace

same_place(subject, entry) if subject.apiGroup == entry.apiGroup

# finding(entry, message, score, places): what a rule reports of an entry.
finding(entry, message, score, places) := object.union(
	{
		"alertMessage": sprintf("%s %s %s", [entry.kind, entry.name, message]),
		"packagename": "armo_builtins",
		"alertScore": score,
		"alertObject": {"k8sApiObjects": [], "externalObjects": entry},
	},
	places,
)

# takeover_resources: whoever handles one of these can take over the cluster.
takeover_resources := {
	"*",
	"pods",
	"pods/exec",
	"pods/attach",
	"pods/portforward",
	"deployments",
	"statefulset",
	"daemonset",
	"jobs",
	"cronjobs",
	"nodes",
	"secrets",
}

# administrative: where the roles stand of which a rule allows everything.
administrative contains position if {
	some position, role in input
	role.kind in {"Role", "ClusterRole"}
	some rule in role.rules
	"*" in rule.resources
	"*" in rule.verbs
	some group in rule.apiGroups
	group in {"", "*"}
}

# takeover: where the roles stand that can make or change pods, or read secrets.
takeover contains position if {
	some position, role in input
	role.kind in {"Role", "ClusterRole"}
	some rule in role.rules
	some group in rule.apiGroups
	group in {"", "*"}
	some resource in rule.resources
	some verb in takeover_verbs[resource]
	verb in rule.verbs
}

takeover_verbs := {
	"pods": ["create", "update", "patch", "*"],
	"secrets": ["get", "list", "watch", "*"],
	"*": ["create", "update", "patch", "get", "list", "watch", "*"],
}

# Network policies, those of Cilium included, and the workloads that they select.
package kubescape.network_policy

import rego.v1

import data.kubescape.selection
import data.kubescape.workload

# selected: where the workloads stand that a policy selects, whatever it says.
selected contains position if {
	some block in blocks
	some position in selected_by(block)
}

# restricted: where the workloads stand that a policy selects which speaks of ingress or egress.
restricted contains position if {
	some block in blocks
	block.restricts
	some position in selected_by(block)
}

# covered_namespaces: namespaces with a policy of their own.
covered_namespaces contains workload.namespace(policy) if {
	some policy in input
	policy.kind in {"NetworkPolicy", "CiliumNetworkPolicy"}
}

# covered_everywhere: a cluster-wide policy selects everything and denies by default.
covered_everywhere if {
	some block in blocks
	block.namespace == "*"
	block.labels == {}
	block.restricts
	not permissive(block)
}

permissive(block) if {
	block.default_deny.ingress == false
	block.default_deny.egress == false
}

# blocks: each selector of each policy: its namespace ("*": all), the labels ({}: all) and whether it restricts.
blocks contains block if {
	some policy in input
	policy.kind == "NetworkPolicy"
	some labels in pod_labels(object.get(policy, ["spec", "podSelector"], null))
	block := {
		"namespace": workload.namespace(policy),
		"labels": labels,
		"restricts": restricts_by_type(policy.spec),
		"default_deny": {},
	}
}

blocks contains block if {
	some policy in input
	policy.kind in {"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"}
	some part in parts(policy)
	some labels in endpoint_labels(object.get(part, "endpointSelector", null))
	block := {
		"namespace": place(policy),
		"labels": labels,
		"restricts": restricts_by_key(part),
		"default_deny": object.get(part, "enableDefaultDeny", {}),
	}
}

place(policy) := "*" if policy.kind == "CiliumClusterwideNetworkPolicy"

else := workload.namespace(policy)

parts(policy) := array.concat(
	[part | part := policy.spec; is_object(part)],
	[part | some part in policy.specs],
)

# The labels that a selector asks for, as a list of none or one: none when it selects nothing by labels.
pod_labels(selector) := [{}] if selector == {}

else := [selector.matchLabels] if is_object(selector.matchLabels)

else := []

# An empty map of labels beside expressions selects nothing by labels.
endpoint_labels(selector) := [{}] if selector == {}

else := [{}] if {
	selector.matchLabels == {}
	not selector.matchExpressions
}

else := [selector.matchLabels] if count(selector.matchLabels) > 0

else := []

restricts_by_type(spec) if {
	some type in spec.policyTypes
	type in {"Ingress", "Egress"}
} else := false

restricts_by_key(part) if {
	some key in ["ingress", "egress"]
	key in object.keys(part)
} else := false

selected_by(block) := selection.positions(block.namespace, block.labels) if block.namespace != "*"

selected_by(block) := {position |
	some namespace, _ in selection.workloads
	some position in selection.positions(namespace, block.labels)
} if {
	block.namespace == "*"
}

package armo_builtins

import rego.v1

import data.kubescape.sandbox
import data.kubescape.workload

deny contains finding if {
	some template in sandbox.templates
	spec := object.get(template, "spec", {})
	path := open_at(spec)
	finding := workload.finding(template, "it may reach everything", 7, {"failedPaths": [path]})
}

open_at(spec) := "spec.networkPolicyManagement" if not managed(spec)

else := "spec.networkPolicy" if not is_object(object.get(spec, "networkPolicy", null))

else := "spec.networkPolicy.egress" if {
	egress := spec.networkPolicy.egress
	wide(egress)
}

managed(spec) if object.get(spec, "networkPolicyManagement", null) in {null, "Managed"}

wide(egress) if {
	not is_array(egress)
	egress != null
}

wide(egress) if {
	is_array(egress)
	some rule in egress
	wide_rule(rule)
}

wide_rule(rule) if not is_object(rule)

wide_rule(rule) if not has_entries(object.get(rule, "to", null))

wide_rule(rule) if {
	some peer in rule.to
	not narrow(peer)
}

has_entries(list) if {
	is_array(list)
	count(list) > 0
}

narrow(peer) if {
	cidr := peer.ipBlock.cidr
	is_string(cidr)
	not endswith(cidr, "/0")
	cidr != ""
}

narrow(peer) if filled(peer.podSelector)

narrow(peer) if filled(peer.namespaceSelector)

filled(selector) if count(object.get(selector, "matchLabels", {})) > 0

filled(selector) if count(object.get(selector, "matchExpressions", [])) > 0

# The accounts that the rule is about.
package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some account in input
	account.kind == "ServiceAccount"
	account.metadata.name == "default"
	finding := workload.finding(account, "is looked at", 0, {})
}

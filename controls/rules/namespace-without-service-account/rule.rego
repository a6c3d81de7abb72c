package armo_builtins

import rego.v1

import data.kubescape.cluster
import data.kubescape.workload

deny contains finding if {
	some namespace in input
	namespace.kind == "Namespace"
	own := [account |
		some account in cluster.in_namespace("ServiceAccount", namespace.metadata.name)
		account.metadata.name != "default"
	]
	count(own) == 0
	finding := workload.finding(namespace, "it has no service account but the default one", 7, {})
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some ingress in input
	ingress.kind == "Ingress"
	not ingress.spec.tls
	fix := [{"path": "spec.tls", "value": "<your-tls-definition>"}]
	finding := workload.finding(ingress, "it does not use TLS", 7, {"fixPaths": fix})
}

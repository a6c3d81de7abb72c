package armo_builtins

import rego.v1

import data.kubescape.cluster
import data.kubescape.exposure
import data.kubescape.workload

deny contains finding if {
	some entry in exposure.services
	service := entry.service
	some result in cluster.named("ServiceScanResult", workload.namespace(service), service.metadata.name)
	open(result)
	some position in entry.workloads
	message := sprintf("its service %s asks nobody who they are", [workload.given_name(service)])
	finding := workload.finding(input[position], message, 7, {})
}

open(result) if {
	some port in result.spec.ports
	port.authenticated == false
}

package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some report in input
	report.kind == "cloudProviderInfo"
	startswith(report.apiVersion, "hostdata.kubescape.cloud/")
	report.data.providerMetaDataAPIAccess == true
	finding := {
		"alertMessage": sprintf("the metadata service of the cloud can be reached from the node %s", [workload.given_name(report)]),
		"packagename": "armo_builtins",
		"alertScore": 1,
		"alertObject": {"k8sApiObjects": [], "externalObjects": report},
	}
}

package armo_builtins

import rego.v1

import data.kubescape.cloud

deny contains finding if {
	some provider in ["eks", "gke"]
	some description in cloud.descriptions(provider, "DescribeRepositories")
	unscanned(provider, description.data)
	places := {"fixCommand": data.parameters[provider]}
	finding := cloud.finding(description, "images are not scanned when they are pushed", 3, places)
}

unscanned("eks", described) if {
	some repository in described.Repositories
	not repository.ImageScanningConfiguration.ScanOnPush == true
}

unscanned("gke", described) if {
	some registry in described.registries
	not registry.vulnerabilityScanningConfig.enableVulnerabilityScanning == true
}

# The API server's configuration of encryption at rest, as control plane reports carry it.
package kubescape.encryption_config

import rego.v1

import data.kubescape.host

# documents: each configuration with the name that findings give it.
documents := [object.union(document, {"name": "encryption-provider-config"}) |
	some report in host.reports("ControlPlaneInfo")
	document := host.document(host.decoded(report.data.APIServerInfo.encryptionProviderConfigFile.content))
	is_object(document)
]

# entries(document): the list of what is encrypted how.
entries(document) := document.resources if {
	is_array(document.resources)
} else := []

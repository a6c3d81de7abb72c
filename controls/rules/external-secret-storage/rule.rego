package armo_builtins

import rego.v1

import data.kubescape.encryption_config

deny contains finding if {
	some document in encryption_config.documents
	entries := encryption_config.entries(document)
	not outside(entries)
	finding := {
		"alertMessage": "no key outside of the cluster encrypts the secrets",
		"packagename": "armo_builtins",
		"alertScore": 2,
		"fixPaths": [
			{"path": sprintf("resources[%d].resources[0]", [count(entries)]), "value": "secrets"},
			{"path": sprintf("resources[%d].providers[0].kms", [count(entries)]), "value": "YOUR_EXTERNAL_KMS"},
		],
		"alertObject": {"externalObjects": document},
	}
}

outside(entries) if {
	some entry in entries
	some provider in entry.providers
	provider.kms.name in {"akeyless", "azurekmsprovider", "aws-encryption-provider"}
}

package armo_builtins

import rego.v1

import data.kubescape.encryption_config

strong := {"aescbc", "secretbox", "kms"}

deny contains finding if {
	some document in encryption_config.documents
	fixes := [fix |
		some i, entry in encryption_config.entries(document)
		providers := listed(entry)
		not strongly_encrypted(providers)
		fix := {
			"path": sprintf("resources[%d].providers[%d]", [i, count(providers)]),
			"value": `{"aescbc" | "secretbox" | "kms" : <provider config>}`,
		}
	]
	count(fixes) > 0
	finding := {
		"alertMessage": "the encryption configuration has entries without a strong provider",
		"packagename": "armo_builtins",
		"alertScore": 2,
		"failedPaths": [],
		"fixPaths": fixes,
		"alertObject": {"externalObjects": document},
	}
}

listed(entry) := entry.providers if {
	is_array(entry.providers)
} else := []

strongly_encrypted(providers) if {
	some provider in providers
	some name in strong
	is_object(provider)
	name in object.keys(provider)
}

package armo_builtins

import rego.v1

import data.kubescape.control_plane
import data.kubescape.encryption_config

deny contains finding if {
	some pod in control_plane.pods
	container := pod.spec.containers[0]
	not control_plane.given(control_plane.flags(container), "--encryption-provider-config")
	finding := object.remove(
		control_plane.finding(pod, "--encryption-provider-config not given", [], [{
			"path": control_plane.next_path(container, 0),
			"value": "--encryption-provider-config=<path/to/encryption-config.yaml>",
		}]),
		["reviewPaths"],
	)
}

deny contains finding if {
	some document in encryption_config.documents
	not encrypts_secrets(document)
	finding := {
		"alertMessage": "the encryption configuration leaves out secrets",
		"packagename": "armo_builtins",
		"alertScore": 2,
		"failedPaths": [],
		"fixPaths": [],
		"alertObject": {"externalObjects": document},
	}
}

encrypts_secrets(document) if {
	some entry in encryption_config.entries(document)
	some resource in entry.resources
	resource == "secrets"
}

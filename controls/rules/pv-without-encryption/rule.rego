package armo_builtins

import rego.v1

import data.kubescape.storage
import data.kubescape.workload

deny contains finding if {
	some volume in input
	volume.kind == "PersistentVolume"
	volume.spec.storageClassName in storage.plain_classes
	finding := {
		"alertMessage": sprintf("the volume %s is not encrypted", [workload.given_name(volume)]),
		"packagename": "armo_builtins",
		"alertScore": 7,
		"fixPaths": [{"path": "spec.storageClassName", "value": "<your encrypted storage class>"}],
		"alertObject": {"k8sApiObjects": [volume]},
	}
}

# The pods that the rule is about.
package armo_builtins

import rego.v1

import data.kubescape.image_scan

deny contains finding if {
	some entry in image_scan.pods
	image_scan.chosen(entry)
	finding := {
		"alertMessage": "is looked at",
		"packagename": "armo_builtins",
		"alertObject": {"k8sApiObjects": [], "externalObjects": image_scan.subject(entry)},
	}
}

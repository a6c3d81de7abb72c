package armo_builtins

import rego.v1

import data.kubescape.image_scan
import data.kubescape.workload

deny contains finding if {
	some entry in image_scan.pods
	bad(data.parameters.bad, entry.scan.data)
	image_scan.chosen(entry)
	paths := [sprintf("status.containerStatuses[%d].imageID", [entry.container])]
	finding := {
		"alertMessage": sprintf("the pod %s has a vulnerable image", [workload.given_name(entry.pod)]),
		"packagename": "armo_builtins",
		"alertScore": data.parameters.score,
		"failedPaths": paths,
		"reviewPaths": paths,
		"alertObject": {"k8sApiObjects": [], "externalObjects": image_scan.subject(entry)},
	}
}

bad("critical", found) if {
	some vulnerability in found
	vulnerability.severity == "Critical"
}

bad("remote-code", found) if {
	some vulnerability in found
	vulnerability.categories.isRce == true
}

bad("too-many", found) if {
	some severity, bounds in {
		"Critical": data.postureControlInputs.max_critical_vulnerabilities,
		"High": data.postureControlInputs.max_high_vulnerabilities,
	}
	some bound in bounds
	count([1 | some vulnerability in found; vulnerability.severity == severity]) > to_number(bound)
}

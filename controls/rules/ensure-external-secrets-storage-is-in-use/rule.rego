package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	spec := workload.pod_spec(subject)
	not external(spec)
	path := sprintf("%svolumes[0].csi.volumeAttributes.secretProviderClass", [workload.prefix(subject)])
	message := "its secrets do not come from a store outside of the cluster"
	finding := workload.finding(subject, message, 7, {"fixPaths": [{"path": path, "value": "YOUR_VALUE"}]})
}

external(spec) if {
	some volume in spec.volumes
	volume.csi.volumeAttributes.secretProviderClass
}

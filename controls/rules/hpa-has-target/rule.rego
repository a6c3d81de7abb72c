package armo_builtins

import rego.v1

import data.kubescape.cluster
import data.kubescape.workload

deny contains finding if {
	some scaler in input
	scaler.kind == "HorizontalPodAutoscaler"
	target := scaler.spec.scaleTargetRef
	target.kind in {"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"}
	count(cluster.named(target.kind, workload.namespace(scaler), target.name)) == 0
	message := sprintf("there is no %s %s", [target.kind, target.name])
	finding := workload.finding(scaler, message, 4, {"failedPaths": ["spec.scaleTargetRef.name"]})
}

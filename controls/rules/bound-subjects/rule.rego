package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some binding in input
	endswith(binding.kind, "RoleBinding")
	some i, subject in binding.subjects
	meant(data.parameters.who, subject, binding)
	paths := [sprintf("subjects[%d]", [i])]
	message := sprintf("it gives rights to %s", [subject.name])
	finding := workload.finding(binding, message, data.parameters.score, {"failedPaths": paths, "deletePaths": paths})
}

meant("default-account", subject, binding) if {
	subject.kind == "ServiceAccount"
	subject.name == "default"
	object.get(binding, ["metadata", "labels", "kubernetes.io/bootstrapping"], "") != "rbac-defaults"
}

meant("anonymous", subject, _) if subject.name in {"system:anonymous", "system:unauthenticated"}

package armo_builtins

import rego.v1

import data.kubescape.sandbox
import data.kubescape.workload

deny contains finding if {
	some template in sandbox.templates
	class := object.get(sandbox.pod_spec(template), "runtimeClassName", "")
	not hardened(class)
	paths := ["spec.podTemplate.spec.runtimeClassName"]
	finding := workload.finding(template, "its runtime is not hardened", 7, {"failedPaths": paths})
}

hardened(class) if {
	class != ""
	class in data.postureControlInputs.hardenedSandboxRuntimeClasses
}

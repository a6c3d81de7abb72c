package armo_builtins

import rego.v1

import data.kubescape.workload

deny contains finding if {
	some subject in input
	some entry in workload.containers(subject, ["containers"])
	bad(full_name(entry.container.image))
	paths := [sprintf("%s.image", [entry.path])]
	message := sprintf("the registry of %s is not allowed", [entry.container.image])
	finding := workload.finding(subject, message, 2, {"failedPaths": paths, "reviewPaths": paths})
}

bad(name) if {
	data.parameters.trusted
	not listed(name)
}

bad(name) if {
	not data.parameters.trusted
	listed(name)
}

listed(name) if {
	some list in data.parameters.lists
	some registry in data.postureControlInputs[list]
	comes_from(name, registry)
}

comes_from(name, registry) if {
	data.parameters.normalized
	startswith(name, registry)
}

comes_from(name, registry) if {
	not data.parameters.normalized
	regex.match(expression(registry), name)
}

expression(registry) := sprintf("^%s.*$", [registry]) if endswith(registry, "/")

else := sprintf("^%s/.*$", [registry])

full_name(name) := image.parse_normalized_name(name) if data.parameters.normalized

full_name(name) := sprintf("docker.io/%s", [name]) if {
	not data.parameters.normalized
	not contains(name, "/")
}

full_name(name) := name if {
	not data.parameters.normalized
	contains(name, "/")
}

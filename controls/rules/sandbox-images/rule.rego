package armo_builtins

import rego.v1

import data.kubescape.image as names
import data.kubescape.sandbox
import data.kubescape.workload

deny contains finding if {
	some template in sandbox.templates
	some entry in sandbox.containers(template, ["containers", "initContainers"])
	bad(data.parameters.check, entry.container.image)
	paths := [sprintf("%s.image", [entry.path])]
	message := sprintf("%s should not be used", [entry.container.image])
	finding := workload.finding(template, message, 7, {"failedPaths": paths})
}

bad("tag", image) if names.floating(image, object.get(data.postureControlInputs, "floatingImageTags", []))

bad("registry", image) if {
	allowed := [entry |
		some entry in object.get(data.postureControlInputs, "imageRepositoryAllowList", [])
		within(with_host(image), entry)
	]
	count(allowed) == 0
}

# The first part is a host when it looks like one.
with_host(image) := image if {
	contains(image, "/")
	host := split(image, "/")[0]
	regex.match(`[.:]|^localhost$`, host)
} else := sprintf("docker.io/%s", [image])

within(image, entry) if image == entry

within(image, entry) if startswith(image, sprintf("%s/", [trim_suffix(entry, "/")]))

within(image, entry) if {
	contains(entry, "/")
	some border in [":", "@"]
	startswith(image, sprintf("%s%s", [entry, border]))
}

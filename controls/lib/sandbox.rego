# Sandboxes of agents.
package kubescape.sandbox

import rego.v1

templates := [template |
	some template in input
	template.kind == "SandboxTemplate"
]

# pod_spec(template): the pod spec that sandboxes are made from.
pod_spec(template) := spec if {
	spec := template.spec.podTemplate.spec
	is_object(spec)
} else := {}

# containers(template, arrays): its containers with their paths.
containers(template, arrays) := [{"container": container, "path": path} |
	spec := pod_spec(template)
	some array in arrays
	some i, container in spec[array]
	path := sprintf("spec.podTemplate.spec.%s[%d]", [array, i])
]

# Ingress controllers made from nginx.
package kubescape.nginx_ingress

import rego.v1

import data.kubescape.image as names
import data.kubescape.workload

# controllers: the containers of deployments whose image has one of their names.
controllers := [{"subject": subject, "path": entry.path, "image": entry.container.image} |
	some subject in input
	subject.kind == "Deployment"
	some entry in workload.containers(subject, ["containers"])
	some name in ["nginx-controller", "ingress-controller", "ingress-nginx"]
	contains(entry.container.image, name)
]

# snippets_off: namespaces in which a config map switches the annotations off.
snippets_off contains workload.namespace(settings) if {
	some settings in input
	settings.kind == "ConfigMap"
	settings.data["allow-snippet-annotations"] == "false"
}

# vulnerable(image): up to 0.49.0, and 1.0.0.
vulnerable(image) if names.version(image) <= [0, 49, 0]

vulnerable(image) if names.version(image) == [1, 0, 0]

# Storage classes.
package kubescape.storage

import rego.v1

# plain_classes: names of the classes whose volumes are not encrypted.
plain_classes contains name if {
	some class in input
	class.kind == "StorageClass"
	not encrypted(class)
	name := class.metadata.name
}

encrypted(class) if class.parameters.encrypted == "true"

# These providers encrypt every disk.
encrypted(class) if {
	some provisioner in ["azure", "csi.storage.gke.io"]
	contains(class.provisioner, provisioner)
}

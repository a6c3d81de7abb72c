# The pods whose flags the rule reads.
package armo_builtins

import rego.v1

import data.kubescape.control_plane

deny contains finding if some finding in control_plane.subjects

# A file that does not belong to root.
package armo_builtins

import rego.v1

import data.kubescape.host_file

deny contains finding if {
	some entry in host_file.found
	ownership := entry.file.ownership
	not unknown(ownership)
	not belongs_to_root(ownership)
	finding := host_file.finding(
		entry,
		sprintf("%s belongs to %v:%v, not root:root", [
			entry.file.path,
			object.get(ownership, "username", ""),
			object.get(ownership, "groupname", ""),
		]),
		sprintf("chown root:root %s", [entry.file.path]),
	)
}

unknown(ownership) if not object.get(ownership, "error", "") in {"", null}

belongs_to_root(ownership) if {
	ownership.username == "root"
	ownership.groupname == "root"
}
